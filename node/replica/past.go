package replica

import (
	"errors"
	"fmt"
	"slices"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// ErrPast is returned for a history that the door does not take whole.
var ErrPast = errors.New("the history is not whole")

// Past is a community as its recorded history tells it: read anew, by the same
// door, in memory and by nobody's device.
type Past struct{ r *Replica }

// Reread takes a recorded history through the door: the genesis that the
// community is called by, every seal, every chain, all that a run names. Then
// it holds what a node holds that was there. Errors: [ErrPast]. It costs a
// check and a fold of everything, and as much memory as the history.
func Reread(kinds *envelope.Kinds, of protocol.CommunityID, h *community.Recorded) (*Past, error) {
	if len(h.Control) == 0 || h.Control[0].Changes[0].ID != protocol.ChangeID(of) {
		return nil, fmt.Errorf("%w: it does not begin with the birth of the community it is said to be of", ErrPast)
	}
	if _, err := membership.Birth(h.Control[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPast, err)
	}
	reader, err := identity.NewDevice([2 * identity.SeedSize]byte{}) // in no certificate, so it may do nothing
	if err != nil {
		return nil, err
	}
	r := blank(Config{Community: of, Device: reader, Kinds: kinds, Disk: empty{}})
	r.begin(0)
	if err := r.retake(h.Control); err != nil {
		return nil, err
	}
	for _, k := range h.Keys {
		if err := r.ring.Lend(k.Epoch, k.Key); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPast, err)
		}
	}
	if err := r.retake(h.Content); err != nil {
		return nil, err
	}
	return &Past{r}, nil
}

// retake takes runs of which none may be left over.
func (r *Replica) retake(runs []*protocol.Run) error {
	switch err := r.receive(protocol.DeviceID{}, runs); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrPast, err)
	case r.fault != nil:
		return r.fault
	case r.parked.len() > 0:
		return fmt.Errorf("%w: %d runs name what is not in it", ErrPast, r.parked.len())
	case len(r.poisoned) > 0:
		return fmt.Errorf("%w: log %s ends without a seal that holds", ErrPast, r.poisoned[0])
	}
	return nil
}

// Frontier returns the hash of how far the history reaches.
func (p *Past) Frontier() protocol.Hash { return p.r.held().Hash() }

// Genesis returns what the community began with.
func (p *Past) Genesis() *membership.Genesis { return p.r.Genesis() }

// Documents lists the documents that changes name, ascending by id.
func (p *Past) Documents() []protocol.DocumentID {
	ids := make([]protocol.DocumentID, 0, len(p.r.freshDocs))
	for id := range p.r.freshDocs {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, protocol.DocumentID.Compare)
	return ids
}

// Document folds one: nil when nothing of it shows. Waiting counts the changes
// that no key in the history opens.
func (p *Past) Document(id protocol.DocumentID) (f *envelope.Folded, waiting int, err error) {
	d, err := p.r.document(id)
	if err != nil {
		return nil, 0, err
	}
	shown := d.project(false)
	return shown.Folded, shown.Waiting, nil
}

// Keys returns the content keys of the epochs that this device opens,
// ascending by epoch.
func (r *Replica) Keys() (keys []community.EpochKey) {
	for _, id := range r.ring.Opened() {
		key, _ := r.ring.Content(id)
		keys = append(keys, community.EpochKey{Epoch: id, Key: key})
	}
	return keys
}

// Copied folds a document as it showed when it was said to be a whole copy of
// one elsewhere, with nothing that was written since or beside that. Nil when
// nothing of it shows; whole is false when nobody said so, and then it is
// folded as it shows.
func (r *Replica) Copied(id protocol.DocumentID) (f *envelope.Folded, whole bool, err error) {
	d, err := r.document(id)
	if err != nil {
		return nil, false, err
	}
	at := d.saidWhole()
	if at == nil {
		f, _ = d.doc.Fold()
		return f, false, nil
	}
	copied := &document{
		r: r, id: id, doc: envelope.New(r.cfg.Kinds, r.cfg.Community, id),
		changes: map[protocol.ChangeID]*placed{}, state: r.now, told: map[*placed]bool{},
		compared: map[*membership.State]*agreement{},
	}
	past := d.past(at)
	take := func(h *held) error {
		if !past[h.ID] {
			return nil
		}
		return copied.apply(h)
	}
	err = r.disk.Document(id, func(log protocol.LogRef, c *protocol.Change) error {
		heads, epoch, err := r.disk.Stand(c.ID)
		if err != nil {
			return err
		}
		return take(&held{c, log, heads, epoch})
	})
	for _, h := range r.freshDocs[id] {
		err = errors.Join(err, take(h))
	}
	if err != nil {
		return nil, true, err
	}
	// What was decided since, a redaction say, is nothing that was carried.
	for _, p := range copied.order {
		then, err := r.graph.At(p.heads)
		if err != nil {
			return nil, true, err
		}
		rank, redacted := copied.verdict(then, p)
		copied.doc.SetVerdict(p.id, uint8(rank), redacted)
	}
	f, _ = copied.doc.Fold()
	return f, true, nil
}

// saidWhole returns the change that says of a copy that it is whole: of
// several the first by (lamport, id). Nil when none does with effect.
func (d *document) saidWhole() (first *placed) {
	for _, p := range d.order {
		ops, err := protocol.DecodeShape(p.shape)
		if err != nil {
			continue
		}
		effect := d.doc.Effect(p.id)
		for i, op := range ops {
			if op.Path != (protocol.Path{Field: envelope.Whole}) || i >= len(effect) || !effect[i] {
				continue
			}
			if first == nil || p.Lamport < first.Lamport || p.Lamport == first.Lamport && p.id.Compare(first.id) < 0 {
				first = p
			}
		}
	}
	return first
}

// past returns a change and all that it stands on.
func (d *document) past(of *placed) map[protocol.ChangeID]bool {
	in := map[protocol.ChangeID]bool{of.id: true}
	for next := []*placed{of}; len(next) > 0; {
		p := next[len(next)-1]
		next = next[:len(next)-1]
		for _, id := range p.Parents {
			if !in[id] {
				in[id] = true
				next = append(next, d.changes[id])
			}
		}
	}
	return in
}
