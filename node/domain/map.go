package domain

import (
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Region is one area on the map of the domain, with all that lies below it.
type Region struct {
	*Word
	Depth      int
	Size       int                   // stories, problems, ways and terms
	Recognised []protocol.MemberID   // by id
	Keepers    []protocol.MemberID   // recognised or offering help, by id
	Learners   []protocol.MemberID   // by id
	Open       []protocol.DocumentID // questions nobody answered, and unsettled ones of the agenda, by id
	Unsolved   int                   // problems without a proven way
	Proven     int                   // ways
}

// Demand is what members miss in an area: open questions, who learns, and
// problems without a proven way (social.md 4).
func (r *Region) Demand() float64 { return float64(len(r.Open) + len(r.Learners) + r.Unsolved) }

// Supply is what there is to meet it: recognised members, half of the others
// who offer help, and proven ways.
func (r *Region) Supply() float64 {
	return float64(len(r.Recognised)) + 0.5*float64(len(r.Keepers)-len(r.Recognised)) + float64(r.Proven)
}

// Gap is how far demand outgrows supply: 0 when nobody misses anything.
func (r *Region) Gap() float64 { return r.Demand() / (1 + r.Supply()) }

// RestsOnOne tells whether one member alone keeps the area.
func (r *Region) RestsOnOne() bool { return len(r.Keepers) == 1 }

// Map returns the regions of the domain as [Terms.Areas] orders them. Shelved
// documents are left out, and those that are one count once. Knows is of the
// members who are in.
func Map(t *Terms, facts []*envelope.Facts, groups *envelope.Groups, made *Distillates, knows []Knows) []*Region {
	m := &mapping{t: t, groups: groups, areas: map[protocol.DocumentID][]protocol.DocumentID{}, of: map[protocol.DocumentID]*Region{}}
	used := m.read(facts, knows)
	areas, depth := t.Areas(used)
	all := make([]*Region, len(areas))
	for i, w := range areas {
		all[i] = &Region{Word: w, Depth: depth[i]}
		m.of[w.ID] = all[i]
	}
	for _, f := range facts {
		if !f.Shelved && groups.First(f.ID) == f.ID {
			m.count(f, made)
		}
	}
	for _, k := range knows {
		m.know(k)
	}
	return all
}

// mapping puts documents and people into regions.
type mapping struct {
	t      *Terms
	groups *envelope.Groups
	areas  map[protocol.DocumentID][]protocol.DocumentID // of documents, each with those that are one with it
	of     map[protocol.DocumentID]*Region
}

// read notes the areas of documents, and returns which terms are used as one.
func (m *mapping) read(facts []*envelope.Facts, knows []Knows) map[protocol.DocumentID]bool {
	used := map[protocol.DocumentID]bool{}
	use := func(id protocol.DocumentID) {
		if w := m.t.Of(id); w != nil {
			used[w.ID] = true
		}
	}
	for _, f := range facts {
		if f.Shelved || len(f.Areas) == 0 {
			continue
		}
		first := m.groups.First(f.ID)
		m.areas[first] = append(m.areas[first], f.Areas...)
		for _, id := range f.Areas {
			use(id)
		}
	}
	for _, k := range knows {
		use(k.Area)
	}
	return used
}

// regions returns the regions that hold a document: of a term those above it,
// too, itself apart.
func (m *mapping) regions(f *envelope.Facts) (in []*Region) {
	areas := m.areas[f.ID]
	if f.Kind == Term {
		if p := m.t.Parent(f.ID); p != nil {
			areas = append(slices.Clone(areas), p.ID)
		}
	}
	for _, id := range m.t.Above(areas) {
		if r := m.of[id]; r != nil && id != f.ID {
			in = append(in, r)
		}
	}
	return in
}

func (m *mapping) count(f *envelope.Facts, made *Distillates) {
	for _, r := range m.regions(f) {
		switch f.Kind {
		case way, story, problem, Term:
			r.Size++
		}
		switch {
		case f.Kind == way && f.State == "proven":
			r.Proven++
		case f.Kind == problem && f.State != "settled":
			r.Unsolved++
		case f.Kind == Question && made.State(f) == "open", f.Kind == Question && f.Sort == OnAgenda && made.State(f) == "answered":
			r.Open = append(r.Open, f.ID)
		}
	}
}

func (m *mapping) know(k Knows) {
	for _, id := range m.t.Above([]protocol.DocumentID{k.Area}) {
		r := m.of[id]
		if r == nil {
			continue
		}
		if k.Recognised {
			r.Recognised = with(r.Recognised, k.Who)
		}
		if k.Recognised || k.Helps {
			r.Keepers = with(r.Keepers, k.Who)
		}
		if k.Learns {
			r.Learners = with(r.Learners, k.Who)
		}
	}
}
