package node

import (
	"context"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// roster is who is in and who was, as a state of the control graph has it.
type roster struct {
	of     *membership.State
	people []gathered.Person // without what their pages say
}

// people returns everybody who is in or was, with what their pages say.
func (c *community) people(ctx context.Context) (*gathered.People, error) {
	var known []gathered.Person
	var err error
	asked := c.ask(ctx, func(r *replica.Replica) { known, err = c.standing(r) })
	if err := first(asked, explain(err)); err != nil {
		return nil, err
	}
	cards, err := c.shelf.cards(memberKind)
	if err != nil {
		return nil, err
	}
	_, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	return c.peopled(known, cards, groups), nil
}

// peopled joins who is in or was to what their pages say.
func (c *community) peopled(known []gathered.Person, pages []*envelope.Folded, groups *envelope.Groups) *gathered.People {
	all := make([]*gathered.Person, len(known))
	by := make(map[protocol.MemberID]*gathered.Person, len(known))
	for i, one := range known {
		one.Name = c.person(one.ID).Name
		all[i], by[one.ID] = &one, &one
	}
	for _, f := range pages {
		if one := by[f.Author]; one != nil && f.Carried == nil {
			one.Read(f)
			one.Helps, one.Learns = together(groups, one.Helps), together(groups, one.Learns)
		}
	}
	return gathered.NewPeople(all)
}

// together names of ids that are one the one that stands for them, each once.
func together(groups *envelope.Groups, ids []protocol.DocumentID) (out []protocol.DocumentID) {
	for _, id := range ids {
		if id = groups.First(id); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// standing reads from the control graph who is in and who was. Only the loop
// calls it; it costs a walk of all control changes when one was added.
func (c *community) standing(r *replica.Replica) ([]gathered.Person, error) {
	state := r.State()
	if c.roster.of == state {
		return c.roster.people, nil
	}
	h := newStandings()
	if err := r.Control(func(e membership.Entry) error {
		h.note(r, state, e)
		return nil
	}); err != nil {
		return nil, err
	}
	c.roster = roster{of: state, people: c.peopleOf(state, h)}
	return c.roster.people, nil
}

// standings is when people came, committed themselves and went, by member.
type standings struct {
	came, joined, left map[protocol.MemberID]uint64
	founder            protocol.MemberID
}

func newStandings() *standings {
	return &standings{map[protocol.MemberID]uint64{}, map[protocol.MemberID]uint64{}, map[protocol.MemberID]uint64{}, protocol.MemberID{}}
}

// note notes what a control change did, if it is effective in a state.
func (h *standings) note(r *replica.Replica, state *membership.State, e membership.Entry) {
	if !state.Effective(e.Change.ID) {
		return
	}
	wall := max(e.Change.Wall, 1)
	earliest := func(of map[protocol.MemberID]uint64, who protocol.MemberID) {
		if of[who] == 0 || wall < of[who] {
			of[who] = wall
		}
	}
	if cert, ok := membership.Carried(e.Change); ok {
		_, further := e.Operation.(*membership.Device)
		if !further {
			earliest(h.came, cert.Member())
		}
		if _, admitted := e.Operation.(*membership.Admit); !further && !admitted {
			h.founder = cert.Member()
			earliest(h.joined, h.founder)
		}
	}
	switch o := e.Operation.(type) {
	case *membership.Commit:
		if who, ok := r.AuthorOf(e); ok {
			earliest(h.joined, who)
		}
	case *membership.Leave:
		if who, ok := r.AuthorOf(e); ok {
			h.left[who] = wall
		}
	case *membership.Remove:
		for _, who := range o.Members {
			h.left[who] = wall
		}
	}
}

// peopleOf puts together who is in, and who came and is not.
func (c *community) peopleOf(state *membership.State, h *standings) (people []gathered.Person) {
	page := func(id protocol.MemberID) protocol.DocumentID {
		return protocol.DeriveDocument(c.id, gathered.Member, id[:])
	}
	followed := map[protocol.MemberID]bool{} // who is somebody else now
	for _, m := range state.Members() {
		if m.Keeper || m.Waiting {
			followed[m.ID] = true // none of the people yet
			continue
		}
		one := gathered.Person{
			ID: m.ID, Page: page(m.ID), Guest: m.Rank < membership.Member, Convener: m.Rank >= membership.Convener,
			Founder: m.ID == h.founder, Came: h.came[m.ID], Joined: h.joined[m.ID],
		}
		for _, self := range state.Selves(m.ID) {
			if followed[self] = true; self != m.ID {
				one.Selves = append(one.Selves, self)
				one.Founder = one.Founder || self == h.founder
				one.Came = min(one.Came, h.came[self])
				if at := h.joined[self]; at > 0 && (one.Joined == 0 || at < one.Joined) {
					one.Joined = at
				}
			}
		}
		if !one.Guest && one.Joined == 0 { // a convener made her one
			one.Joined = one.Came
		}
		people = append(people, one)
	}
	for id, at := range h.came {
		if !followed[id] {
			people = append(people, gathered.Person{
				ID: id, Page: page(id), Came: at, Joined: h.joined[id], Left: max(h.left[id], at), Founder: id == h.founder,
			})
		}
	}
	slices.SortFunc(people, func(a, b gathered.Person) int { return a.ID.Compare(b.ID) })
	return people
}

// crowd is what answers about people are made of.
type crowd struct {
	c       *community
	now     uint64 // seconds since 1970
	people  *gathered.People
	me      *gathered.Person // this node's person
	facts   []*envelope.Facts
	titles  map[protocol.DocumentID]*envelope.Facts
	learned []*gathered.Known // once it was asked for
}

// crowd gathers who is here and what all documents say, areas that are one
// under one id.
func (n *Node) crowd(ctx context.Context, call api.Call) (*crowd, error) {
	c, err := n.pick(call)
	if err != nil {
		return nil, err
	}
	people, err := c.people(ctx)
	if err != nil {
		return nil, err
	}
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	w := &crowd{c: c, now: n.cfg.wall(call.Now), people: people, facts: canonical(facts, groups)}
	w.titles = make(map[protocol.DocumentID]*envelope.Facts, len(facts))
	for _, f := range facts {
		w.titles[f.ID] = f
	}
	if w.me = people.Of(c.persona.Member); w.me == nil { // this device waits to be let in
		w.me = &gathered.Person{ID: c.persona.Member, Name: c.persona.Name}
	}
	return w, nil
}

// canonical names areas that are one by the one that stands for them. What
// needs no change is not copied.
func canonical(facts []*envelope.Facts, groups *envelope.Groups) []*envelope.Facts {
	moved := func(id protocol.DocumentID) bool { return groups.First(id) != id }
	deed := func(d envelope.Deed) bool { return !d.Area.IsZero() && moved(d.Area) }
	var out []*envelope.Facts
	for i, f := range facts {
		if !slices.ContainsFunc(f.Areas, moved) && !slices.ContainsFunc(f.Deeds, deed) {
			continue
		}
		if out == nil {
			out = slices.Clone(facts)
		}
		other := *f
		other.Areas, other.Deeds = together(groups, f.Areas), slices.Clone(f.Deeds)
		for j := range other.Deeds {
			if deed(other.Deeds[j]) {
				other.Deeds[j].Area = groups.First(other.Deeds[j].Area)
			}
		}
		out[i] = &other
	}
	if out == nil {
		return facts
	}
	return out
}

// known tells who knows what.
func (w *crowd) known() []*gathered.Known {
	if w.learned == nil {
		w.learned = gathered.Knowledge(w.people, w.facts, practice.Way, practice.Story)
	}
	return w.learned
}

// exchanges lists what passed between people since a time, to now.
func (w *crowd) exchanges(from uint64) []gathered.Exchange {
	return gathered.Exchanges(w.facts, from, w.now+1)
}

// item names a document as a line of a list does, without times.
func (w *crowd) item(id protocol.DocumentID) api.Item {
	out := api.Item{ID: id.String()}
	if f := w.titles[id]; f != nil {
		out.Title = f.Title
		if schema := w.c.node.kinds.Schema(f.Kind); schema != nil {
			out.Kind = schema.Name
			out.Title = w.c.titled(out.Kind, id, out.Title)
		}
	}
	return out
}

// part names an entry as a line of a list does: by the document it is in.
func (w *crowd) part(credits *envelope.Credits, entry protocol.EntryID) (out api.Item) {
	in, what := credits.Part(entry)
	if in != nil {
		out = w.item(in.ID)
	}
	out.ID, out.Kind = envelope.EntryName(entry), partNames[what]
	return out
}

// partNames say what entries are.
var partNames = map[envelope.What]string{
	envelope.Answered: "answer", envelope.Talked: "comment", envelope.Worked: "trial", envelope.Adapted: "trial",
	envelope.Failed: "trial", envelope.Used: "use", envelope.Met: "meeting it again",
}

// items names areas, in the order of their titles.
func (w *crowd) items(ids []protocol.DocumentID) []api.Item {
	out := make([]api.Item, 0, len(ids))
	for _, id := range ids {
		if w.titles[id] != nil {
			out = append(out, w.item(id))
		}
	}
	slices.SortFunc(out, byTitle)
	return out
}

// naming says names to this node's person.
func (w *crowd) naming() gathered.Naming {
	return gathered.NamingFor(w.me.ID, func(id protocol.MemberID) string {
		if one := w.people.Of(id); one != nil {
			return one.Name
		}
		return w.c.person(id).Name
	})
}

// someone returns who is meant by an id, a name or "me", among all who are in
// or were.
func (w *crowd) someone(text string) (*gathered.Person, error) {
	id, err := names{w.c}.Member(text)
	if err != nil {
		return nil, err
	}
	if one := w.people.Of(id); one != nil {
		return one, nil
	}
	return &gathered.Person{ID: id, Name: w.c.person(id).Name}, nil
}

// as names a person as every answer does.
func as(one *gathered.Person) api.Person { return api.Person{ID: one.ID.String(), Name: one.Name} }
