package replica

import (
	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// Disk is what a replica reads: the store of its community, as far as it is
// synced. store.Port satisfies it. A replica calls it only within [Open],
// [Replica.Step] and its other methods, and never writes: that is what
// [Append] is for.
//
// A walk ends with the callback's error, which it returns as it is. Changes
// that are damaged on disk come as an error.
type Disk interface {
	// Arrival returns the number of the newest run. Runs are numbered 1, 2, 3
	// and so on in the order in which they were appended, without gaps.
	Arrival() uint64
	// Changes returns how many changes are held.
	Changes() uint64
	// Tips returns the tips of all logs, ascending.
	Tips() []reconcile.Tip
	// Log returns the full name of a log that is held.
	Log(log protocol.LogID) (protocol.LogRef, bool)
	// Has tells whether a change is held.
	Has(id protocol.ChangeID) (bool, error)
	// Change returns a held change and its log; nil when it is not held.
	Change(id protocol.ChangeID) (*protocol.Change, protocol.LogRef, error)
	// Stand returns the control heads and the epoch in force at a held content
	// change: its own, or those it inherits along its log.
	Stand(id protocol.ChangeID) (heads []protocol.ChangeID, epoch protocol.ChangeID, err error)
	// IDs returns the changes at a seq of a log, ascending: several where it forked.
	IDs(log protocol.LogID, seq uint64) ([]protocol.ChangeID, error)
	// Ancestor returns the change at a seq on the chain that ends in a held
	// change of the log.
	Ancestor(log protocol.LogID, end protocol.ChangeID, seq uint64) (protocol.ChangeID, bool, error)
	// Refs lists at most limit runs of the chain that ends in tip, with what
	// comes after seq, in order. Checked is not filled in.
	Refs(tip reconcile.Tip, after uint64, limit int) ([]reconcile.RunRef, error)
	// Run returns a run by its arrival number, without the changes up to seq
	// after; nil when there is none.
	Run(arrival, after uint64) (*protocol.Run, error)
	// ArrivalOf returns the number of the run that brought a held change.
	ArrivalOf(id protocol.ChangeID) (uint64, error)
	// Control walks the control changes in the order in which they arrived.
	Control(each func(protocol.LogRef, *protocol.Change) error) error
	// Document walks the changes of a document in the order in which they arrived.
	Document(document protocol.DocumentID, each func(protocol.LogRef, *protocol.Change) error) error
	// Documents walks all documents, ascending by id, beginning after the given one.
	Documents(after protocol.DocumentID, each func(protocol.DocumentID) error) error
	// Record returns the record that stands under a key; nil when there is none.
	Record(key protocol.RecordKey) (*protocol.Record, error)
	// Letters walks the letters that one device got for an epoch, by author.
	Letters(recipient protocol.DeviceID, epoch protocol.ChangeID, each func(*protocol.Record) error) error
	// Records walks the records taken after a number of this node's own, by number.
	Records(after uint64, each func(number uint64, record *protocol.Record) error) error
	// Local returns a value that the replica keeps for itself; nil when there is none.
	Local(key string) ([]byte, error)
	// Locals walks the values under a prefix, ascending by key.
	Locals(prefix string, each func(key string, value []byte) error) error
}

// Local is a value that a replica keeps for itself beside the changes; a nil
// value deletes it.
type Local struct {
	Key   string
	Value []byte
}
