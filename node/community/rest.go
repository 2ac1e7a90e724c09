package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Burden is what rests on one member alone.
type Burden uint8

// What can rest on one member.
const (
	Steward  Burden = iota + 1 // nobody else looks after it
	Host                       // nobody else hosts it
	Champion                   // nobody else takes care of the question
	Helper                     // nobody else helps in the area
)

// Rest is one thing that rests on one member alone.
type Rest struct {
	What Burden
	Item protocol.DocumentID // of Helper the area
	// Others are who could take it: who learns the area, or who was there and
	// wrote in it; at most three.
	Others []*Person
}

// RestsOn lists what rests on one member alone: what nobody has with her who
// is in, by what it is and then by title. Live tells whether a document is one
// that somebody has still to care for.
func RestsOn(who *Person, people *People, facts []*envelope.Facts, known []*Known, live func(*envelope.Facts) bool) (rests []Rest) {
	titles := map[protocol.DocumentID]string{}
	for _, f := range facts {
		titles[f.ID] = f.Title
		if f.Shelved || !live(f) {
			continue
		}
		for _, one := range []struct {
			deed envelope.What
			what Burden
		}{{envelope.Stewarded, Steward}, {envelope.Hosted, Host}, {envelope.Championed, Champion}} {
			if onlyHers(who, people, f, one.deed) {
				rests = append(rests, Rest{one.what, f.ID, around(who, people, f)})
			}
		}
	}
	rests = append(rests, soleHelper(who, known)...)
	slices.SortStableFunc(rests, func(a, b Rest) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(titles[a.Item], titles[b.Item]), a.Item.Compare(b.Item))
	})
	return rests
}

// onlyHers tells whether she did such a deed and nobody else who is in did.
func onlyHers(who *Person, people *People, f *envelope.Facts, what envelope.What) (hers bool) {
	for _, d := range f.Deeds {
		switch one := people.Of(d.By); {
		case d.What != what:
		case one == who:
			hers = true
		case one != nil && one.Left == 0:
			return false
		}
	}
	return hers
}

const fewOthers = 3

// around lists who has something to do with a document, who did most first.
func around(who *Person, people *People, f *envelope.Facts) (others []*Person) {
	times := map[*Person]int{}
	for _, a := range f.Acts {
		if one := people.Of(a.By); one != nil && one != who && one.Left == 0 && !one.Guest {
			times[one]++
		}
	}
	for one := range times {
		others = append(others, one)
	}
	slices.SortFunc(others, func(a, b *Person) int { return cmp.Or(-cmp.Compare(times[a], times[b]), byName(a, b)) })
	return others[:min(len(others), fewOthers)]
}

// soleHelper lists the areas in which she alone helps or is recognised; who
// learns them could take over.
func soleHelper(who *Person, known []*Known) (rests []Rest) {
	for i := 0; i < len(known); {
		area, hers, others := known[i].Area, false, false
		var learners []*Person
		for ; i < len(known) && known[i].Area == area; i++ {
			switch k := known[i]; {
			case k.Helps || len(k.Recognised) > 0:
				hers, others = hers || k.Person == who, others || k.Person != who
			case k.Learns && k.Person != who && len(learners) < fewOthers:
				learners = append(learners, k.Person)
			}
		}
		if hers && !others {
			rests = append(rests, Rest{Helper, area, learners})
		}
	}
	return rests
}
