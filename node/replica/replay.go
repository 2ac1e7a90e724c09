package replica

import (
	"fmt"
	"slices"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// Documents walks the ids of all documents that held changes name, ascending,
// whether anything of them shows or not. Each ends the walk by an error, which
// is returned.
func (r *Replica) Documents(each func(protocol.DocumentID) error) error {
	return r.disk.Documents(protocol.DocumentID{}, each)
}

// Before returns the state of the control changes that some of those held stand
// for: they and all that they build on. Errors: [membership.ErrMissing].
func (r *Replica) Before(heads []protocol.ChangeID) (*membership.State, error) {
	return r.graph.At(heads)
}

// Replay lets see a document as it was at some times, ascending, in seconds
// since 1970: with the changes that were written before each by the clocks of
// who wrote them, and as verdicts are now. See gets the number of a time, and
// is called for those before which something was written since the time before;
// it must not change the document nor keep it. Recorded histories are passed
// over. It costs a read of the document's changes and one application of each.
//
// A change that builds on one of a later time, by somebody whose clock was
// ahead, counts from its own time on: what is timed later is without effect in
// it and takes nothing else along.
func (r *Replica) Replay(id protocol.DocumentID, times []uint64, see func(time int, d *envelope.Document)) error {
	if err := r.Ailing(); err != nil {
		return err
	}
	p := replaying{times: times, when: map[protocol.ChangeID]int{}, by: make([][]*held, len(times)+1), d: &document{
		r: r, id: id, doc: envelope.New(r.cfg.Kinds, r.cfg.Community, id),
		changes: map[protocol.ChangeID]*placed{}, state: r.now, told: map[*placed]bool{},
		compared: map[*membership.State]*agreement{},
	}}
	err := r.disk.Document(id, func(log protocol.LogRef, c *protocol.Change) error {
		if log.Class != protocol.Content || c.Kind == community.History {
			return nil
		}
		heads, epoch, err := r.disk.Stand(c.ID)
		if err == nil {
			p.take(&held{c, log, heads, epoch})
		}
		return err
	})
	if err == nil {
		err = p.run(see)
	}
	if err != nil {
		r.lacks(err)
		return fmt.Errorf("document %s: %w", id, err)
	}
	return nil
}

// replaying is a document that is told again.
type replaying struct {
	d     *document
	times []uint64
	all   []*held                   // parents first
	when  map[protocol.ChangeID]int // before which of the times a change was written first
	by    [][]*held                 // likewise; those after all times last
	late  bool                      // one builds on a later one
}

func (p *replaying) take(h *held) {
	at, _ := slices.BinarySearch(p.times, h.Wall+1)
	p.all, p.when[h.ID], p.by[at] = append(p.all, h), at, append(p.by[at], h)
	p.late = p.late || slices.ContainsFunc(h.Parents, func(id protocol.ChangeID) bool { return p.when[id] > at })
}

func (p *replaying) run(see func(int, *envelope.Document)) error {
	if p.late {
		if err := p.hide(); err != nil {
			return err
		}
	}
	for at := range p.times {
		for _, h := range p.by[at] {
			if p.late {
				c := p.d.changes[h.ID]
				p.d.doc.SetVerdict(h.ID, uint8(c.rank), c.redacted)
			} else if err := p.d.apply(h); err != nil {
				return err
			}
		}
		if len(p.by[at]) > 0 {
			see(at, p.d.doc)
		}
	}
	return nil
}

// hide applies all changes and takes the effect of each, to be given back at
// its time.
func (p *replaying) hide() error {
	for _, h := range p.all {
		if err := p.d.apply(h); err != nil {
			return err
		}
	}
	for _, h := range p.all {
		p.d.doc.SetVerdict(h.ID, uint8(p.d.changes[h.ID].rank), true)
	}
	return nil
}
