package community

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Level is how somebody takes part, as one word. It is what anyone sees who
// looks at what was done; nothing is ranked by it, it gives no right and takes
// none, and nobody is told that hers has changed.
type Level string

// The levels.
const (
	GuestLevel Level = "guest"    // asks and answers; has not committed herself
	Newcomer   Level = "newcomer" // came less than 60 days ago
	Core       Level = "core"     // of the few who did most lately
	Active     Level = "active"   // does something now and then
	Edge       Level = "edge"     // looks on, as most do at times
	AwayLevel  Level = "away"     // said so
	Alumnus    Level = "alumnus"  // was here
)

const (
	coreOf     = 8 // one in so many is of the core
	activeActs = 3 // make somebody active
	mostActs   = 5 // of one day that count
)

// Levels says of everybody how she takes part.
func Levels(people *People, facts []*envelope.Facts, now uint64) map[protocol.MemberID]Level {
	acts := Acts(people, facts, now)
	levels := make(map[protocol.MemberID]Level, len(people.all))
	var settled []*Person // whose acts are compared
	for _, one := range people.all {
		switch {
		case one.Left > 0:
			levels[one.ID] = Alumnus
		case one.Away(now):
			levels[one.ID] = AwayLevel
		case one.Guest:
			levels[one.ID] = GuestLevel
		case one.New(now):
			levels[one.ID] = Newcomer
		default:
			settled = append(settled, one)
		}
	}
	room := (len(people.Present(now)) + coreOf/2) / coreOf
	for _, one := range settled {
		switch n := acts[one]; {
		case n >= activeActs && more(settled, acts, one) < room:
			levels[one.ID] = Core
		case n >= activeActs:
			levels[one.ID] = Active
		default:
			levels[one.ID] = Edge
		}
	}
	return levels
}

// more counts who did as much as one, or more: where several did the same,
// nobody is picked from among them.
func more(people []*Person, acts map[*Person]int, one *Person) (n int) {
	for _, other := range people {
		if other != one && acts[other] >= acts[one] {
			n++
		}
	}
	return n
}

// Acts counts what people did lately (social.md 4b): a member's day with a
// document is one act, her own page apart, and of a day at most five count.
func Acts(people *People, facts []*envelope.Facts, now uint64) map[*Person]int {
	type day struct {
		one *Person
		day uint32
	}
	days := map[day]int{}
	today, first := uint32(Today(now)), uint32(max(Today(now)-actDays+1, 0))
	for _, f := range facts {
		for _, a := range f.Acts {
			one := people.who[a.By]
			if one == nil || a.Day < first || a.Day > today || f.Kind == Member && people.is(one, f.Author) {
				continue
			}
			days[day{one, a.Day}]++
		}
	}
	acts := map[*Person]int{}
	for at, n := range days {
		acts[at.one] += min(n, mostActs)
	}
	return acts
}
