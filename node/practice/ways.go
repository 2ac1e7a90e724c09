package practice

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Weighed is a way as all documents together tell it.
type Weighed struct {
	*envelope.Facts                       // of the one that stands for those that are one
	Authors         []protocol.MemberID   // whose insight it is, else who began it
	Trials          []envelope.Deed       // of all that are one, in the order they came
	About           []protocol.DocumentID // the problems it is for, each that stands for its like
	Evidence
	like    []*envelope.Facts // those that are one with it, it included
	weighed bool
}

// weigh reads its trials, once.
func (w *Weighed) weigh() *Weighed {
	if !w.weighed {
		for _, f := range w.like {
			for _, d := range f.Deeds {
				if isTrial(d.What) {
					w.Trials = append(w.Trials, d)
				}
			}
		}
		slices.SortStableFunc(w.Trials, func(a, b envelope.Deed) int { return cmp.Compare(a.At, b.At) })
		w.Evidence, w.weighed = Weigh(w.Trials, w.Authors), true
	}
	return w
}

// stands says what its trials come to. Of one that is alone and of who began it
// its own page says so.
func (w *Weighed) stands() string {
	if len(w.like) == 1 && len(w.Authors) == 1 && w.Authors[0] == w.Author {
		return w.State
	}
	return w.weigh().Standing()
}

// Ways are all ways, and which of them deal with which problem. They are read
// as far as somebody asks, and by one goroutine at a time.
type Ways struct {
	groups *envelope.Groups
	at     map[protocol.DocumentID]*Weighed
	about  map[protocol.DocumentID][]*Weighed
}

// question is the kind whose answers ways are made of (KINDS.md): the floor
// keeps the elements apart.
const question protocol.Kind = 5

// NewWays reads the facts of all documents, which ascend by id. Shelved ways
// deal with no problem.
func NewWays(facts []*envelope.Facts, groups *envelope.Groups) *Ways {
	var all []*envelope.Facts
	for _, f := range facts {
		if f.Kind == Way {
			all = append(all, f)
		}
	}
	w := &Ways{groups: groups, at: make(map[protocol.DocumentID]*Weighed, len(all)), about: map[protocol.DocumentID][]*Weighed{}}
	credits := creditsOf(facts, all)
	for _, f := range all {
		first := groups.First(f.ID)
		one := w.at[first]
		if one == nil {
			one = &Weighed{}
			w.at[first] = one
		}
		one.add(f, first, credits, groups)
	}
	for _, f := range all {
		one := w.at[f.ID]
		if one == nil { // another stands for it
			continue
		}
		if one.Shelved {
			continue
		}
		for _, problem := range one.About {
			w.about[problem] = append(w.about[problem], one)
		}
	}
	return w
}

// add takes in one of the documents that are one way. Whose the way is says the
// one that stands for them.
func (w *Weighed) add(f *envelope.Facts, first protocol.DocumentID, credits *envelope.Credits, groups *envelope.Groups) {
	if f.ID == first {
		w.Facts, w.Authors = f, credits.Whose(f)
	}
	w.like = append(w.like, f)
	for _, l := range f.Links {
		if problem := groups.First(l.To); l.Rel == "about" && !l.To.IsZero() && !slices.Contains(w.About, problem) {
			w.About = append(w.About, problem)
		}
	}
}

// creditsOf reads of the facts those that say whose these ways are: what they
// were made of.
func creditsOf(facts, ways []*envelope.Facts) *envelope.Credits {
	answers := map[protocol.EntryID]bool{}
	var sources []*envelope.Facts
	for _, f := range ways {
		for _, l := range f.Links {
			switch at, found := envelope.Find(facts, l.To); {
			case l.Rel != "from":
			case l.Entry != protocol.EntryID{}:
				answers[l.Entry] = true
			case found && facts[at].Told:
				sources = append(sources, facts[at])
			}
		}
	}
	for _, f := range facts {
		if len(answers) > 0 && f.Kind == question && slices.ContainsFunc(f.Entries, func(e protocol.EntryID) bool { return answers[e] }) {
			sources = append(sources, f)
		}
	}
	return envelope.NewCredits(sources)
}

// Of returns a way, or the one that stands for it; nil when there is none.
func (w *Ways) Of(id protocol.DocumentID) *Weighed {
	if way := w.at[w.groups.First(id)]; way != nil {
		return way.weigh()
	}
	return nil
}

// For returns the ways that deal with a problem, as somebody in a context has to
// see them: those first that fit her, then by their bound, then the newest.
func (w *Ways) For(problem protocol.DocumentID, mine Context) []*Weighed {
	all := slices.Clone(w.about[w.groups.First(problem)])
	for _, way := range all {
		way.weigh()
	}
	slices.SortFunc(all, func(a, b *Weighed) int { return a.Before(b, mine) })
	return all
}

// settles tells how far a problem has come by the ways that deal with it.
func settles(recurs string, ways []*Weighed) string {
	state := recurs
	for _, way := range ways {
		switch way.stands() {
		case proven:
			return "settled"
		case contested:
			state = contested
		default:
			if state == recurs {
				state = "has ways"
			}
		}
	}
	return state
}

// recurring tells whether a problem, and those that are one with it, came back.
// Of one that is alone its own page says so.
func recurring(facts []*envelope.Facts, groups *envelope.Groups, f *envelope.Facts) string {
	first := groups.First(f.ID)
	others := groups.Others(first)
	if len(others) == 0 {
		return f.State
	}
	var met []protocol.MemberID
	for _, id := range append([]protocol.DocumentID{first}, others...) {
		at, found := envelope.Find(facts, id)
		if !found {
			continue
		}
		if facts[at].Origin == "" {
			met = append(met, facts[at].Author)
		}
		for _, d := range facts[at].Did(envelope.Met) {
			met = append(met, d.By)
		}
	}
	return recurs(met)
}

// Settled returns the facts of all documents, which ascend by id, with the
// states of ways and problems as all of them together tell them: a way's trials
// without those of whose it is, documents that are one as one, and a problem
// with its ways. What is so already is not copied.
func Settled(facts []*envelope.Facts, groups *envelope.Groups) []*envelope.Facts {
	ways := NewWays(facts, groups)
	copied := false
	for i, f := range facts {
		state := f.State
		switch f.Kind {
		case Way:
			state = ways.at[groups.First(f.ID)].stands()
		case Problem:
			state = settles(recurring(facts, groups, f), ways.about[groups.First(f.ID)])
		}
		if state == f.State {
			continue
		}
		if !copied {
			facts, copied = slices.Clone(facts), true
		}
		other := *f
		other.State = state
		facts[i] = &other
	}
	return facts
}
