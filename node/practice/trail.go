package practice

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Step is one step of a trail: an item, or a part of one, and what it did for
// what the trail is of.
type Step struct {
	Document protocol.DocumentID
	Entry    protocol.EntryID // the part of it; zero: the whole
	Rel      Rel
	What     envelope.What       // of RelTried: which
	By       []protocol.MemberID // whose it is; empty: of nobody who is here
	At       uint64              // seconds since 1970
	Of       protocol.DocumentID // what it was done to, or made of; zero: what the trail is of
	Helped   []protocol.MemberID // of RelAnswered: whom it helped
	Asker    bool                // who asked is among them
}

// Rel says what a step is.
type Rel string

// The steps of a trail.
const (
	RelAsked     Rel = "asked"     // a question
	RelAnswered  Rel = "answered"  // an answer
	RelSaid      Rel = "said"      // a comment
	RelTold      Rel = "told"      // a story
	RelNamed     Rel = "named"     // a problem
	RelWritten   Rel = "written"   // a way
	RelGathered  Rel = "gathered"  // a gathering
	RelBegan     Rel = "began"     // anything else
	RelDistilled Rel = "distilled" // made of a question or an answer
	RelKept      Rel = "kept"      // made of what was said at a gathering
	RelMade      Rel = "made"      // made of anything else
	RelAdapted   Rel = "adapted"   // a variant
	RelReplaced  Rel = "replaced"  // it takes its place
	RelAbout     Rel = "about"     // it is about it
	RelProduced  Rel = "produced"  // what a project led to
	RelTried     Rel = "tried"     // a trial
	RelUsed      Rel = "used"      // a use of a story
	RelMet       Rel = "met"       // a meeting of a problem
	RelRetold    Rel = "retold"    // told again at a gathering
	RelShared    Rel = "shared"    // over a bridge
)

// MostSteps bounds each direction of a trail, mostDeeds what is told of one
// item on the way.
const (
	MostSteps = 200
	mostDeeds = 40
)

// Trails tell of anything where it came from and where it went.
type Trails struct {
	facts  []*envelope.Facts // by id
	groups *envelope.Groups
	arrows []arrow                  // by what they lead to
	holds  map[protocol.EntryID]int // where in facts an entry stands that links lead to
	to     map[protocol.EntryID][]arrow
}

// target is what a trail is of, or passes: a document that stands for its like,
// or an entry.
type target struct {
	document protocol.DocumentID
	entry    protocol.EntryID
}

// arrow leads from a document to another, by a link or by a deed.
type arrow struct {
	to, from int32 // in the facts
	link     int32 // of from; -1: a deed
	deed     int32
}

// NewTrails reads the facts of all documents, which ascend by id.
func NewTrails(facts []*envelope.Facts, groups *envelope.Groups) *Trails {
	t := &Trails{facts: facts, groups: groups, holds: map[protocol.EntryID]int{}, to: map[protocol.EntryID][]arrow{}}
	for from, f := range facts {
		for n, l := range f.Links {
			a := arrow{from: int32(from), link: int32(n), deed: -1}
			if l.Entry != (protocol.EntryID{}) {
				t.to[l.Entry] = append(t.to[l.Entry], a)
				continue
			}
			t.lead(a, l.To)
		}
		for n, d := range f.Deeds {
			if d.What == envelope.Retold || d.What == envelope.Shared || d.What == envelope.Answered && !d.Document.IsZero() {
				t.lead(arrow{from: int32(from), link: -1, deed: int32(n)}, d.Document)
			}
		}
	}
	slices.SortStableFunc(t.arrows, func(a, b arrow) int { return cmp.Compare(a.to, b.to) })
	for at, f := range facts {
		for _, e := range f.Entries {
			if len(t.to) > 0 && t.to[e] != nil {
				t.holds[e] = at
			}
		}
	}
	return t
}

// lead notes an arrow to a document, if it is here.
func (t *Trails) lead(a arrow, to protocol.DocumentID) {
	if at, found := envelope.Find(t.facts, t.groups.First(to)); found {
		a.to = int32(at)
		t.arrows = append(t.arrows, a)
	}
}

// into returns what leads to a target.
func (t *Trails) into(at target) []arrow {
	if at.entry != (protocol.EntryID{}) {
		return t.to[at.entry]
	}
	to, found := envelope.Find(t.facts, at.document)
	if !found {
		return nil
	}
	i, _ := slices.BinarySearchFunc(t.arrows, to, func(a arrow, to int) int { return cmp.Compare(int(a.to), to) })
	end := i
	for end < len(t.arrows) && int(t.arrows[end].to) == to {
		end++
	}
	return t.arrows[i:end]
}

// target returns what a link leads to.
func (t *Trails) target(l envelope.Link) target {
	if l.Entry != (protocol.EntryID{}) {
		return target{entry: l.Entry}
	}
	return target{document: t.groups.First(l.To)}
}

// of returns the facts of a document; nil when it shows nothing.
func (t *Trails) of(id protocol.DocumentID) *envelope.Facts {
	if at, found := envelope.Find(t.facts, id); found {
		return t.facts[at]
	}
	return nil
}

// in returns what an entry stands in that links lead to; nil when it shows nothing.
func (t *Trails) in(entry protocol.EntryID) *envelope.Facts {
	if at, known := t.holds[entry]; known {
		return t.facts[at]
	}
	return nil
}

// documents returns those that are one with a document, it first.
func (t *Trails) documents(id protocol.DocumentID) (all []*envelope.Facts) {
	for _, one := range append([]protocol.DocumentID{id}, t.groups.Others(id)...) {
		if f := t.of(one); f != nil {
			all = append(all, f)
		}
	}
	return all
}

// whose returns whose a document is, by what it was made of.
func (t *Trails) whose(f *envelope.Facts) []protocol.MemberID {
	var sources []*envelope.Facts
	for _, l := range f.Links {
		if in := t.in(l.Entry); l.Rel == "from" && in != nil {
			sources = append(sources, in)
		} else if story := t.of(l.To); l.Rel == "from" && story != nil && story.Told {
			sources = append(sources, story)
		}
	}
	return envelope.NewCredits(sources).Whose(f)
}

// walk collects steps, each once, the nearer first.
type walk struct {
	*Trails
	steps []Step
	seen  map[target]bool
	queue []target
}

func (t *Trails) walk(from target) *walk {
	return &walk{Trails: t, seen: map[target]bool{from: true}, queue: []target{from}}
}

// add adds a step; false once there are as many as there may be.
func (w *walk) add(s Step) bool {
	if len(w.steps) < MostSteps {
		w.steps = append(w.steps, s)
	}
	return len(w.steps) < MostSteps
}

// visit has a target looked at later; false when it was seen.
func (w *walk) visit(at target) bool {
	if w.seen[at] {
		return false
	}
	w.seen[at] = true
	w.queue = append(w.queue, at)
	return true
}

// told returns the steps, the oldest first.
func (w *walk) told() []Step {
	slices.SortStableFunc(w.steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return w.steps
}

// From tells where a document, or an entry of one, came from: what it was made
// of, told at, adapts, replaces or is about, and where that came from, the
// oldest first.
func (t *Trails) From(document protocol.DocumentID, entry protocol.EntryID) []Step {
	whole := target{document: t.groups.First(document)}
	w := t.walk(whole)
	if f := t.of(whole.document); f != nil && entry != (protocol.EntryID{}) { // it stands in something that was there first
		w.add(t.birth(f))
		w.seen[target{entry: entry}] = true
	}
	for len(w.queue) > 0 {
		at := w.queue[0]
		w.queue = w.queue[1:]
		if in := t.in(at.entry); in != nil {
			if w.visit(target{document: t.groups.First(in.ID)}) {
				w.add(t.birth(in))
			}
			continue
		}
		for _, f := range t.documents(at.document) {
			for _, l := range f.Links {
				w.back(f, l)
			}
			if f.Origin != "" {
				w.add(Step{Document: f.ID, Rel: RelShared, At: f.Created})
			}
		}
	}
	return w.told()
}

// back follows a link to what was there before.
func (w *walk) back(f *envelope.Facts, l envelope.Link) {
	if l.Rel == "produced" || l.Rel == "needs" {
		return
	}
	at := w.target(l)
	if at.entry != (protocol.EntryID{}) {
		if in := w.in(at.entry); in != nil && w.visit(at) {
			w.add(w.part(in, at.entry))
		}
		return
	}
	if before := w.of(at.document); before != nil && w.visit(at) {
		w.add(w.birth(before))
	}
}

// born says how each kind begins; else it began.
var born = map[protocol.Kind]Rel{Way: RelWritten, Story: RelTold, Problem: RelNamed, question: RelAsked, gathering: RelGathered}

// gathering is the kind of what stories are told at.
const gathering protocol.Kind = 9

// birth is the step by which a document came to be.
func (t *Trails) birth(f *envelope.Facts) Step {
	rel, known := born[f.Kind]
	if !known {
		rel = RelBegan
	}
	return Step{Document: t.groups.First(f.ID), Rel: rel, By: t.whose(f), At: f.Created}
}

// part is the step by which an entry came to be.
func (t *Trails) part(in *envelope.Facts, entry protocol.EntryID) Step {
	for _, d := range in.Deeds {
		if d.Entry == entry {
			if s, ok := t.deed(in, d); ok {
				return s
			}
		}
	}
	return Step{Document: in.ID, Entry: entry, Rel: RelSaid, At: in.Created}
}

// entered says which step a deed is that is an entry of a log.
var entered = map[envelope.What]Rel{
	envelope.Answered: RelAnswered, envelope.Talked: RelSaid, envelope.Worked: RelTried, envelope.Adapted: RelTried, envelope.Failed: RelTried,
	envelope.Used: RelUsed, envelope.Met: RelMet,
}

// deed is the step that an entry of a log is.
func (t *Trails) deed(in *envelope.Facts, d envelope.Deed) (s Step, is bool) {
	rel, is := entered[d.What]
	if !is {
		return s, false
	}
	first := t.groups.First(in.ID)
	s = Step{Document: first, Entry: d.Entry, Rel: rel, What: d.What, By: []protocol.MemberID{d.By}, At: d.At, Of: first}
	if rel == RelAnswered {
		for _, h := range in.Deeds {
			if h.What == envelope.Helped && h.Entry == d.Entry {
				s.Helped, s.Asker = append(s.Helped, h.By), s.Asker || h.By == in.Author
			}
		}
	}
	return s, true
}

// To tells where a document, or an entry of one, went: what was made of it, who
// tried and used it and met it again, where it was told again and shared, and
// where what was made of it went, the oldest first.
func (t *Trails) To(document protocol.DocumentID, entry protocol.EntryID) []Step {
	start := target{document: t.groups.First(document)}
	if entry != (protocol.EntryID{}) {
		start = target{entry: entry}
	}
	w := t.walk(start)
	for len(w.queue) > 0 {
		at := w.queue[0]
		w.queue = w.queue[1:]
		if at.entry != (protocol.EntryID{}) {
			w.forth(at, t.in(at.entry))
			continue
		}
		for _, f := range t.documents(at.document) {
			for _, e := range f.Entries { // what was made of an answer was made of the question
				if len(t.to[e]) > 0 {
					w.visit(target{entry: e})
				}
			}
			w.deeds(f)
			w.produced(f)
		}
		w.forth(at, t.of(at.document))
	}
	return w.told()
}

// deeds adds what members did with an item, the newest of it.
func (w *walk) deeds(f *envelope.Facts) {
	var steps []Step
	for _, d := range f.Deeds {
		if s, is := w.deed(f, d); is && s.Rel != RelSaid {
			steps = append(steps, s)
		}
		if d.What == envelope.Retold && !w.seen[target{document: w.groups.First(d.Document)}] {
			steps = append(steps, Step{Document: d.Document, Rel: RelRetold, By: []protocol.MemberID{d.By}, At: d.At, Of: w.groups.First(f.ID)})
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	for _, s := range steps[max(0, len(steps)-mostDeeds):] {
		w.add(s)
	}
}

// produced follows a project to what it led to.
func (w *walk) produced(f *envelope.Facts) {
	for _, l := range f.Links {
		if at := w.target(l); l.Rel == "produced" {
			if made := w.of(at.document); made != nil && w.visit(at) {
				s := w.birth(made)
				s.Rel, s.Of = RelProduced, w.groups.First(f.ID)
				w.add(s)
			}
		}
	}
}

// forth follows what leads to a target, which stands in a document, to what was
// made of it.
func (w *walk) forth(at target, in *envelope.Facts) {
	if in == nil {
		return
	}
	of := w.groups.First(in.ID)
	for _, a := range w.into(at) {
		f := w.facts[a.from]
		from := target{document: w.groups.First(f.ID)}
		switch {
		case f.Shelved || from.document == of:
		case a.link >= 0:
			if rel := f.Links[a.link].Rel; rel != "produced" && rel != "needs" && w.visit(from) {
				s := w.birth(f)
				s.Rel, s.Of = made(rel, in), of
				w.add(s)
			}
		case f.Deeds[a.deed].What == envelope.Answered:
			if s, is := w.deed(f, f.Deeds[a.deed]); is && w.visit(target{entry: s.Entry}) {
				w.add(s)
			}
		default:
			d := f.Deeds[a.deed]
			rel := map[envelope.What]Rel{envelope.Retold: RelRetold, envelope.Shared: RelShared}[d.What]
			w.add(Step{Document: from.document, Rel: rel, By: []protocol.MemberID{d.By}, At: d.At, Of: of})
		}
	}
}

// made says how something came of what a link leads to.
func made(rel string, of *envelope.Facts) Rel {
	switch {
	case rel == "adapts":
		return RelAdapted
	case rel == "replaces":
		return RelReplaced
	case rel == "about":
		return RelAbout
	case rel == "told_at":
		return RelKept
	case of.Kind == question:
		return RelDistilled
	case of.Kind == gathering:
		return RelKept
	}
	return RelMade
}
