package community

import (
	"cmp"
	"slices"

	"coppice.example/protocol"
)

// Why says what two people have in common in an area, seen from one of them.
type Why uint8

// What two can have in common. The first is the best reason to say hello.
const (
	SheHelps  Why = iota // she can help with what I want to learn
	IHelp                // I can help with what she wants to learn
	BothLearn            // both want to learn it
	BothKnow             // both help with it, or did something in it
)

// Share is one area that two people have in common.
type Share struct {
	Area protocol.DocumentID
	Why  Why
}

// Says says it to one of the two, for instance "can help with rubber, which
// you want to learn".
func (s Share) Says(area string) string {
	switch s.Why {
	case SheHelps:
		return "can help with " + area + ", which you want to learn"
	case IHelp:
		return "wants to learn " + area + ", which you can help with"
	case BothLearn:
		return "wants to learn " + area + ", as you do"
	}
	return "knows " + area + ", as you do"
}

// Meeting is somebody whom one has something in common with.
type Meeting struct {
	Person *Person
	Shared []Share // the best reason first
}

// grounds are what somebody stands on in each area.
type grounds map[protocol.DocumentID]struct{ knows, learns bool }

func groundsOf(known []*Known) map[*Person]grounds {
	all := map[*Person]grounds{}
	for _, k := range known {
		if all[k.Person] == nil {
			all[k.Person] = grounds{}
		}
		all[k.Person][k.Area] = struct{ knows, learns bool }{k.Helps || len(k.Made) > 0 || len(k.Recognised) > 0, k.Learns}
	}
	return all
}

// shared lists what two have in common, seen from the first.
func shared(me, her grounds) (all []Share) {
	for area, mine := range me {
		hers, ok := her[area]
		if !ok {
			continue
		}
		switch {
		case mine.learns && hers.knows:
			all = append(all, Share{area, SheHelps})
		case mine.knows && hers.learns:
			all = append(all, Share{area, IHelp})
		case mine.learns && hers.learns:
			all = append(all, Share{area, BothLearn})
		default:
			all = append(all, Share{area, BothKnow})
		}
	}
	slices.SortFunc(all, func(a, b Share) int { return cmp.Or(cmp.Compare(a.Why, b.Why), a.Area.Compare(b.Area)) })
	return all
}

// Shared lists what me has in common with somebody.
func Shared(known []*Known, me, her *Person) []Share {
	all := groundsOf(known)
	return shared(all[me], all[her])
}

// Unmet lists who shares an area with me and with whom nothing has passed yet,
// who has most reason to be greeted first. Whoever is away can wait.
func Unmet(me *Person, people *People, known []*Known, exchanges []Exchange, now uint64) (unmet []Meeting) {
	met := map[*Person]bool{me: true}
	for _, e := range exchanges {
		switch by, to := people.Of(e.By), people.Of(e.To); me {
		case by:
			met[to] = true
		case to:
			met[by] = true
		}
	}
	all := groundsOf(known)
	for _, one := range people.all {
		if met[one] || one.Left > 0 || one.Away(now) {
			continue
		}
		if common := shared(all[me], all[one]); len(common) > 0 {
			unmet = append(unmet, Meeting{one, common})
		}
	}
	sortMeetings(unmet)
	return unmet
}

// Arrivals lists who came lately, other than me, those with an area in common
// first, then the latest.
func Arrivals(me *Person, people *People, known []*Known, now uint64) (arrivals []Meeting) {
	all := groundsOf(known)
	for _, one := range people.all {
		if one != me && one.Left == 0 && !one.Founder && one.New(now) {
			arrivals = append(arrivals, Meeting{one, shared(all[me], all[one])})
		}
	}
	slices.SortFunc(arrivals, func(a, b Meeting) int {
		return cmp.Or(cmp.Compare(alone(a), alone(b)), -cmp.Compare(a.Person.Came, b.Person.Came), byName(a.Person, b.Person))
	})
	return arrivals
}

func alone(m Meeting) int {
	if len(m.Shared) == 0 {
		return 1
	}
	return 0
}

func sortMeetings(all []Meeting) {
	slices.SortFunc(all, func(a, b Meeting) int {
		return cmp.Or(cmp.Compare(a.Shared[0].Why, b.Shared[0].Why), -cmp.Compare(len(a.Shared), len(b.Shared)), byName(a.Person, b.Person))
	})
}

// Between returns what passed between two people, oldest first.
func Between(people *People, exchanges []Exchange, a, b *Person) (between []Exchange) {
	for _, e := range exchanges {
		by, to := people.Of(e.By), people.Of(e.To)
		if by == a && to == b || by == b && to == a {
			between = append(between, e)
		}
	}
	slices.SortStableFunc(between, func(a, b Exchange) int { return cmp.Compare(a.At, b.At) })
	return between
}

// Tie is what passed between two people, or from one to the other, put together.
type Tie struct {
	By, To *Person
	Both   bool // it has no direction: By comes before To by id
	Weight int
	Times  int
	Latest Exchange
}

// Ties puts exchanges together by who and whom.
func Ties(people *People, exchanges []Exchange) []*Tie {
	type key struct {
		by, to *Person
		both   bool
	}
	of := map[key]*Tie{}
	for _, e := range exchanges {
		at := key{people.Of(e.By), people.Of(e.To), e.Both}
		if at.by == nil || at.to == nil || at.by == at.to {
			continue
		}
		if e.Both && at.by.ID.Compare(at.to.ID) > 0 {
			at.by, at.to = at.to, at.by
		}
		if of[at] == nil {
			of[at] = &Tie{By: at.by, To: at.to, Both: e.Both}
		}
		t := of[at]
		if t.Weight, t.Times = t.Weight+e.Weight, t.Times+1; t.Times == 1 || e.At > t.Latest.At {
			t.Latest = e
		}
	}
	ties := make([]*Tie, 0, len(of))
	for _, t := range of {
		ties = append(ties, t)
	}
	slices.SortFunc(ties, func(a, b *Tie) int {
		return cmp.Or(-cmp.Compare(a.Weight, b.Weight), byName(a.By, b.By), byName(a.To, b.To), cmp.Compare(flag(a.Both), flag(b.Both)))
	})
	return ties
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
