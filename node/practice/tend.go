package practice

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Recurrent is a problem that keeps coming back.
type Recurrent struct {
	*envelope.Facts
	Times int // it was met, its naming included
}

// oftenMet is how often a problem is met before it wants to be written about.
const oftenMet = 3

// Unwritten lists the problems that were met three times or more and that no
// proven way settles (see [Settled]): those met most often first, then the older
// ones.
func Unwritten(facts []*envelope.Facts, groups *envelope.Groups) (open []Recurrent) {
	times := map[protocol.DocumentID]int{}
	for _, f := range facts {
		if f.Kind == Problem && !f.Shelved {
			times[groups.First(f.ID)] += len(f.Did(envelope.Met))
			if f.Origin == "" {
				times[groups.First(f.ID)]++
			}
		}
	}
	for _, f := range facts {
		if n := times[f.ID]; f.Kind == Problem && !f.Shelved && n >= oftenMet && f.State != "settled" {
			open = append(open, Recurrent{f, n})
		}
	}
	slices.SortFunc(open, func(a, b Recurrent) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Created, b.Created), a.ID.Compare(b.ID))
	})
	return open
}

// tryDays is after how many days one is asked how it went.
const tryDays = 14

// Tries lists the ways and stories that somebody meant to try more than two
// weeks before now (seconds since 1970) and said nothing of since, the oldest
// intention first.
func Tries(facts []*envelope.Facts, hers func(protocol.MemberID) bool, now uint64) (open []*envelope.Facts) {
	meant := map[*envelope.Facts]uint64{}
	for _, f := range facts {
		if f.Shelved || f.Kind != Way && f.Kind != Story {
			continue
		}
		at, told := uint64(0), uint64(0)
		for _, d := range f.Deeds {
			switch {
			case !hers(d.By):
			case d.What == envelope.Trying:
				at = max(at, d.At)
			case DidIt(d.What), d.What == envelope.Failed:
				told = max(told, d.At)
			}
		}
		if at > told && at+tryDays*24*60*60 < now {
			meant[f] = at
			open = append(open, f)
		}
	}
	slices.SortFunc(open, func(a, b *envelope.Facts) int { return cmp.Or(cmp.Compare(meant[a], meant[b]), a.ID.Compare(b.ID)) })
	return open
}

// DidIt tells whether a deed is that somebody did as a way says and it worked,
// or that a story was of use to her.
func DidIt(what envelope.What) bool {
	return what == envelope.Worked || what == envelope.Adapted || what == envelope.Used
}
