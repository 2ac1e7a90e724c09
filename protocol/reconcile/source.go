package reconcile

import "coppice.example/protocol"

// Source is what a node holds of one community, as a session reads it. All
// calls are synchronous reads. Between two calls into a session the Source may
// gain runs, never lose one.
type Source interface {
	// Frontier returns the tips of all that is held. The value must not
	// change afterwards: build a new one when something is taken, or return
	// the same one when nothing was.
	Frontier() *Frontier

	// IDs returns the ids held at seq of a log: one, or several where the log
	// forked, or none. Called at most once for each entry of the peer that
	// differs from the own tip.
	IDs(log protocol.LogID, seq uint64) []protocol.ChangeID

	// Ancestor returns the id at seq on the chain that ends in tip, which is
	// held. Called only for logs with more than one tip and when a fork is
	// searched, O(log n) times a tip.
	Ancestor(log protocol.LogID, tip Tip, seq uint64) (protocol.ChangeID, bool)

	// Runs returns at most limit stored runs that hold the changes after seq
	// on the chain that ends in tip, in the order of the chain. The first may
	// begin at or before seq (it is cut by Load); where the chain leaves a run
	// in its middle the whole run is listed. Empty at the end.
	Runs(log protocol.LogID, tip Tip, after uint64, limit int) []RunRef

	// Load returns a stored run, without the changes at or before seq after.
	// An error (damage) ends that log for this round; the rest goes on.
	Load(ref RunRef, after uint64) (*protocol.Run, error)

	// Records returns records with the greatest own number of those returned
	// (and of those left out because they are of no use to the peer): those
	// after the given own number, ascending, at most budget bytes but at least
	// one. Upto equal to after means there are none.
	Records(after uint64, budget int) (records []*protocol.Record, upto uint64)

	// Change returns one held change, for a peer whose copy is damaged.
	Change(id protocol.ChangeID) (*protocol.Change, bool)

	// Range returns runs that cover [from, to] of a log, their seals verified,
	// for a peer whose copy is damaged; at most budget bytes but at least one.
	Range(log protocol.LogID, from, to uint64, budget int) []*protocol.Run
}

// RunRef points at a stored run.
type RunRef struct {
	Log     protocol.LogID
	Class   protocol.Class
	Arrival uint64            // the number under which this node took the run: a causal order
	First   uint64            // seq
	Last    uint64            // seq
	ID      protocol.ChangeID // of the last change
	Size    int               // bytes of headers and bodies, or an upper bound
	// Checked tells that this node verified the seal itself (its own run, the
	// last of its log in a page, one that came alone). A seal passed over in a
	// page is not, and no page may end its log there.
	Checked bool
}
