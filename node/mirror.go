package node

import (
	"cmp"
	"context"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

const (
	mostLearners = 50 // that a mirror lists, and of each as many things
	mostSaid     = 3  // learners that it names in sentences
)

// Mirror implements [api.Tending].
func (n *Node) Mirror(ctx context.Context, call api.Call) (api.Mirror, error) {
	out := api.Mirror{Learned: []api.Learned{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	_, groups, err := w.c.shelf.survey()
	if err != nil {
		return out, err
	}
	charter, err := w.c.chartered()
	if err != nil {
		return out, err
	}
	meeting, err := w.c.meeting(w.now)
	if err != nil {
		return out, err
	}
	r := practice.Mirror(w.facts, groups, func(f *envelope.Facts) bool {
		return f.Kind == gathered.Gathering && f.State == "held" && !f.Shelved
	}, func(id protocol.MemberID) (protocol.MemberID, bool) {
		if one := w.people.Of(id); one != nil {
			return one.ID, one.Left == 0
		}
		return id, false
	})
	out.Gatherings, out.Stories, out.Tricks, out.Used = r.Gatherings, r.Stories, r.Tricks, r.Used
	slices.SortStableFunc(r.Learned, func(a, b practice.Learner) int { // who came last, first
		return -cmp.Compare(w.people.Of(a.Who).Came, w.people.Of(b.Who).Came)
	})
	var newest []practice.Named
	said := slices.DeleteFunc(slices.Clone(r.Learned), func(one practice.Learner) bool { return len(one.From) < 2 })
	if len(said) == 0 {
		said = r.Learned
	}
	for _, one := range said[:min(len(said), mostSaid)] {
		newest = append(newest, practice.Named{Name: w.people.Of(one.Who).Name, Things: len(one.From)})
	}
	out.Says = r.Words(meeting, charter.on.Mirror, newest)
	for _, one := range r.Learned[:min(len(r.Learned), mostLearners)] {
		l := api.Learned{Member: as(w.people.Of(one.Who))}
		for _, id := range one.From[:min(len(one.From), mostLearners)] {
			l.From = append(l.From, w.item(id))
		}
		out.Learned = append(out.Learned, l)
	}
	slices.SortFunc(out.Learned, func(a, b api.Learned) int {
		return cmp.Or(cmp.Compare(a.Member.Name, b.Member.Name), cmp.Compare(a.Member.ID, b.Member.ID))
	})
	return out, nil
}

// meeting returns what members call their gatherings: lunch where most of those
// that were held were lunches, else gathering.
func (c *community) meeting(wall uint64) (string, error) {
	m, err := c.meetings()
	if err != nil {
		return "", err
	}
	today := gathered.Today(wall)
	held, lunches := 0, 0
	for _, o := range m.all(today-vitals.MostWindow, today) {
		if o.Held {
			held++
		}
		if o.Held && o.Text("format") == "lunch" {
			lunches++
		}
	}
	if 2*lunches > held {
		return "lunch", nil
	}
	return "gathering", nil
}
