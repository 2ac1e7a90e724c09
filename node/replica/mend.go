package replica

import (
	"errors"
	"maps"
	"slices"

	"coppice.example/protocol"
)

// damage is an error of the disk that names the change it hit.
type damage interface {
	error
	// Damaged returns the change, zero where not even that is known.
	Damaged() protocol.ChangeID
}

// lacks remembers what is damaged on disk, to be asked for.
func (r *Replica) lacks(err error) {
	if d, ok := errors.AsType[damage](err); ok && !d.Damaged().IsZero() {
		r.missing[d.Damaged()] = true
	}
}

// hurt tells whether an error is damage that has a name, which it remembers to
// ask for: what asked goes without, and nothing else stops.
func (r *Replica) hurt(err error) bool {
	d, ok := errors.AsType[damage](err)
	if !ok || d.Damaged().IsZero() {
		return false
	}
	r.lacks(err)
	r.later(r.askAll)
	return true
}

// readable tells whether a held change can be read: what stands on one that
// cannot waits until it is mended.
func (r *Replica) readable(id protocol.ChangeID) bool {
	if r.fresh[id] != nil || r.graph.Has(id) {
		return true
	}
	_, ok := r.brief(id)
	return ok && !r.missing[id]
}

// damaged tells of a document that cannot be read, and asks the peers for what
// it lacks.
func (r *Replica) damaged(document protocol.DocumentID, err error) {
	r.lacks(err)
	r.event(Event{What: Damaged, Document: document, Err: err})
	r.askAll()
}

// lacking returns what peers are asked for: changes that are damaged here, and
// those whose words are wanted again; ascending.
func (r *Replica) lacking() []protocol.ChangeID {
	ids := slices.Concat(slices.Collect(maps.Keys(r.missing)), slices.Collect(maps.Keys(r.erasing.wanted)))
	return sortedIDs(ids)
}

// asking is what a peer was asked for.
type asking struct {
	upto protocol.ChangeID // ids up to this one
	out  bool              // the answer is not here yet
}

// askMost is how many changes one question names.
const askMost = 256

func (r *Replica) askAll() {
	for _, s := range r.sessions.sorted() {
		r.askFor(s)
	}
}

// askFor asks a peer for all that is lacking here, part after part.
func (r *Replica) askFor(s *session) {
	s.asked.upto = protocol.ChangeID{}
	r.askOn(s)
}

// askOn asks for the part that follows what a peer was asked for last.
func (r *Replica) askOn(s *session) {
	ids := r.lacking()
	at, found := slices.BinarySearchFunc(ids, s.asked.upto, protocol.ChangeID.Compare)
	if found {
		at++
	}
	ids = ids[at:min(len(ids), at+askMost)]
	if len(ids) == 0 || s.asked.out {
		return
	}
	s.asked = asking{ids[len(ids)-1], true}
	r.send(s.id, s.AskBodies(ids)...)
}

// answered takes what a peer had of it. Who had some is asked from the
// beginning: an answer may hold a part of what it could.
func (r *Replica) answered(s *session, changes []*protocol.Change) {
	s.asked.out = false
	if r.mend(changes) {
		s.asked.upto = protocol.ChangeID{}
	}
	r.askOn(s)
}

// mend takes changes that a peer sent for those that are damaged or lack their
// words here, and tells whether any was of use. Their ids are the hashes of
// what came, so that it matters not who sent it.
func (r *Replica) mend(changes []*protocol.Change) (any bool) {
	for _, c := range changes {
		damaged, wanted := r.missing[c.ID], r.erasing.wanted[c.ID]
		if !damaged && !wanted || c.Erased() && (!damaged || !r.redactionNames(c.ID)) {
			continue
		}
		any = true
		delete(r.missing, c.ID)
		delete(r.erasing.wanted, c.ID)
		if wanted {
			r.erasing.came = append(r.erasing.came, c.ID)
		}
		r.mended = append(r.mended, c)
		r.later(func() { r.wholeAgain(c) })
	}
	return any
}

// wholeAgain has what a change is part of read and folded anew, once the disk
// has it.
func (r *Replica) wholeAgain(c *protocol.Change) {
	r.parked.came(need{change: c.ID})
	for _, l := range r.logs {
		if t := l.tipOf(c.ID); t != nil {
			t.lamport = c.Lamport
		}
	}
	if c.Class == protocol.Content {
		id := c.DocumentOf(c.ID)
		r.documents.drop(id)
		r.dirty[id] = true
	}
}
