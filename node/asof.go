package node

import (
	"context"
	"slices"

	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// asOf is a community as it stood at the end of a UTC day: without anything
// that is timed later by the clock of who wrote it.
type asOf struct {
	c       *community
	day     gathered.Day
	roster  []gathered.Person
	facts   []*envelope.Facts // by id, shelved ones too
	cards   []*envelope.Folded
	charter *charterThen // nil: there was none
}

// charterThen is a charter as it stood.
type charterThen struct {
	chartered
	rewritten float64 // which share of it read otherwise a year before
}

// endOf returns when a day ends, in seconds since 1970.
func endOf(day gathered.Day) uint64 { return uint64(max(day+1, 0)) * 86400 }

// carded are the kinds whose cards say what facts do not.
var carded = []string{memberKind, gatheringKind, bridgeKind}

const yearDays = 365

// atDay returns the community as it stood at a day's end. It reads again only
// the documents in which something was written since, so that of today it costs
// what a list costs.
func (c *community) atDay(ctx context.Context, day gathered.Day) (*asOf, error) {
	m := &asOf{c: c, day: day}
	all, _, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	cards, err := c.shelf.cards(carded...)
	if err != nil {
		return nil, err
	}
	end := endOf(day)
	since := map[protocol.DocumentID]bool{} // what cannot be taken as it is now
	shown := make(map[protocol.DocumentID]bool, len(all))
	var again []protocol.DocumentID
	for _, f := range all {
		shown[f.ID] = true
		switch {
		case f.Updated < end:
			m.facts = append(m.facts, f)
		case f.Created < end:
			again = append(again, f.ID)
			since[f.ID] = true
		default:
			since[f.ID] = true
		}
	}
	for _, f := range cards {
		if !since[f.ID] {
			m.cards = append(m.cards, f)
		}
	}
	hidden, err := c.hidden(ctx, shown)
	if err != nil {
		return nil, err
	}
	err = c.replay(ctx, append(again, hidden...), []uint64{end}, func(_ int, d *envelope.Document) {
		if f := shownAt(d, end); f != nil {
			m.facts = append(m.facts, c.node.kinds.Facts(f))
			if slices.Contains(carded, f.KindName) {
				m.cards = append(m.cards, f)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(m.facts, func(a, b *envelope.Facts) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(m.cards, func(a, b *envelope.Folded) int { return a.ID.Compare(b.ID) })
	if m.charter, err = c.charterAt(ctx, end); err != nil {
		return nil, err
	}
	asked := c.ask(ctx, func(r *replica.Replica) { m.roster, err = c.standingAt(r, end) })
	return m, first(asked, explain(err))
}

// shownAt returns what a document shows that was replayed to a time; nil when
// it shows nothing, or was made later.
func shownAt(d *envelope.Document, end uint64) *envelope.Folded {
	f, shown := d.Fold()
	if !shown || f.Apart || f.Created >= end {
		return nil
	}
	return f
}

// hidden lists the documents of which nothing shows now: perhaps it once did.
func (c *community) hidden(ctx context.Context, shown map[protocol.DocumentID]bool) (ids []protocol.DocumentID, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		err = r.Documents(func(id protocol.DocumentID) error {
			if !shown[id] {
				ids = append(ids, id)
			}
			return nil
		})
	})
	return ids, first(asked, explain(err))
}

// replay replays documents, a few at a time so that nobody waits for long.
func (c *community) replay(ctx context.Context, ids []protocol.DocumentID, times []uint64, see func(time int, d *envelope.Document)) error {
	for part := range slices.Chunk(ids, foldedAtOnce) {
		var err error
		asked := c.ask(ctx, func(r *replica.Replica) {
			for _, id := range part {
				if err == nil {
					err = r.Replay(id, times, see)
				}
			}
		})
		if err := first(asked, explain(err)); err != nil {
			return err
		}
	}
	return nil
}

// charterAt returns the charter as it stood; nil when there was none.
func (c *community) charterAt(ctx context.Context, end uint64) (out *charterThen, err error) {
	times := []uint64{end}
	if end > yearDays*86400 {
		times = []uint64{end - yearDays*86400, end}
	}
	var before *protocol.Wording
	err = c.replay(ctx, []protocol.DocumentID{c.charterID()}, times, func(at int, d *envelope.Document) {
		if at == len(times)-1 {
			out = readCharter(d, end, before)
			return
		}
		if w := d.Wording(protocol.EntryID{}); w.Runes > 0 {
			before = &w
		}
		out = readCharter(d, end, nil) // it stands if nothing was written since
	})
	return out, err
}

// readCharter reads what a charter says that was replayed; before is how it
// read a year before, nil: it did not.
func readCharter(d *envelope.Document, end uint64, before *protocol.Wording) *charterThen {
	f := shownAt(d, end)
	if f == nil {
		return nil
	}
	out := &charterThen{chartered: chartered{folded: f, versions: d.Versions("agreed"), wording: d.Wording(protocol.EntryID{})}}
	out.texts = d.TextsAt(protocol.EntryID{}, out.wording)
	if before != nil {
		out.rewritten = d.Changed(protocol.EntryID{}, *before)
	}
	return out
}

// standingAt reads from the control graph who was in, and who had been, at a
// time. Only the loop calls it.
func (c *community) standingAt(r *replica.Replica, end uint64) ([]gathered.Person, error) {
	entries, err := controlled(r)
	if err != nil {
		return nil, err
	}
	return c.stoodAt(r, entries, end)
}

// controlled returns all control changes held.
func controlled(r *replica.Replica) (all []membership.Entry, err error) {
	err = r.Control(func(e membership.Entry) error {
		all = append(all, e)
		return nil
	})
	return all, err
}

// stoodAt reads from control changes who was in at a time. One that is timed
// later counts all the same where an earlier one builds on it: rights cannot be
// read with holes in them.
func (c *community) stoodAt(r *replica.Replica, entries []membership.Entry, end uint64) ([]gathered.Person, error) {
	var heads []protocol.ChangeID
	for _, e := range entries {
		if e.Change.Wall < end {
			heads = append(heads, e.Change.ID)
		}
	}
	switch len(heads) {
	case 0:
		return nil, nil
	case len(entries):
		return c.standing(r)
	}
	state, err := r.Before(heads)
	if err != nil {
		return nil, err
	}
	h := newStandings()
	for _, e := range entries {
		h.note(r, state, e)
	}
	return c.peopleOf(state, h), nil
}
