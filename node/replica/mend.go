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
func (r *Replica) lacks(document protocol.DocumentID, err error) {
	if d, ok := errors.AsType[damage](err); ok && !d.Damaged().IsZero() {
		r.missing[d.Damaged()] = document
	}
}

// damaged tells of a document that cannot be read, and asks the peers for what
// it lacks.
func (r *Replica) damaged(document protocol.DocumentID, err error) {
	r.lacks(document, err)
	r.event(Event{What: Damaged, Document: document, Err: err})
	for _, s := range r.sessions.sorted() {
		r.askFor(s)
	}
}

// askFor asks a peer for the changes that are damaged here.
func (r *Replica) askFor(s *session) {
	if len(r.missing) > 0 {
		r.send(s.id, s.AskBodies(slices.SortedFunc(maps.Keys(r.missing), protocol.ChangeID.Compare))...)
	}
}

// mend takes changes that a peer sent for damaged ones. Their ids are the
// hashes of what came, so that it matters not who sent it.
func (r *Replica) mend(changes []*protocol.Change) {
	for _, c := range changes {
		_, asked := r.missing[c.ID]
		if !asked || c.Erased() && !r.redactionNames(c.ID) {
			continue
		}
		delete(r.missing, c.ID)
		r.mended = append(r.mended, c)
		r.later(func() { r.dirty[c.DocumentOf(c.ID)] = true })
	}
}
