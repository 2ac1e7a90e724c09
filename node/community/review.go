package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Stale is a document that wants to be looked at again.
type Stale struct {
	*envelope.Facts
	Since Day // when its time was up, or somebody said that it needs work
	// Doubts are who said that it needs work, or should be retired, and nobody
	// has worked on it or found it good since.
	Doubts []envelope.Deed
}

// mostReviewMonths bounds what a charter says: a century is never.
const mostReviewMonths = 1200

// ReviewDay returns the day by which a document is to be looked at again: the
// one it names, unless it was found good on that day or later; else as many
// months after it was found good last, or was made.
func ReviewDay(f *envelope.Facts, months uint64) Day {
	at := uint64(0)
	for _, d := range f.Did(envelope.Reviewed) {
		at = max(at, d.At)
	}
	if day, ok := ParseDay(f.ReviewBy); ok && Today(at) < day {
		return day
	}
	year, month, day := Today(max(at, f.Created)).Civil()
	return Date(year, month+int(min(months, mostReviewMonths)), day)
}

// StaleOf lists the documents of a kind that want to be looked at again,
// because their day is past or because somebody doubts them, the longest
// overdue first. Shelved ones are left out, and those that another stands for.
func StaleOf(facts []*envelope.Facts, groups *envelope.Groups, kind protocol.Kind, months, now uint64) (stale []Stale) {
	today := Today(now)
	for _, f := range facts {
		if f.Kind != kind || f.Shelved || groups.First(f.ID) != f.ID {
			continue
		}
		s := Stale{Facts: f, Since: ReviewDay(f, months), Doubts: doubts(f)}
		if len(s.Doubts) > 0 {
			s.Since = min(s.Since, Today(s.Doubts[0].At))
		} else if s.Since >= today {
			continue
		}
		stale = append(stale, s)
	}
	slices.SortFunc(stale, func(a, b Stale) int { return cmp.Or(cmp.Compare(a.Since, b.Since), a.ID.Compare(b.ID)) })
	return stale
}

// doubts lists who doubts a document that nobody found good since, the oldest
// doubt first.
func doubts(f *envelope.Facts) (all []envelope.Deed) {
	good := uint64(0)
	for _, d := range f.Did(envelope.Reviewed) {
		good = max(good, d.At)
	}
	for _, d := range f.Deeds {
		if (d.What == envelope.Doubted || d.What == envelope.Retired) && d.At > good {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b envelope.Deed) int { return cmp.Compare(a.At, b.At) })
	return all
}

// Reviews makes tasks of what is stale: each falls to one who knows one of its
// areas and whose it is not, where there is such a one; who doubts it has said
// her part. As many tasks are made as can be given out in a week, the longest
// overdue ones.
func Reviews(people *People, facts []*envelope.Facts, known []*Known, stale []Stale, now uint64) (tasks []*Task) {
	able := Able(people, facts, now)
	knows := map[knower]bool{}
	for _, k := range known {
		if k.Helps || len(k.Made) > 0 || len(k.Recognised) > 0 {
			knows[knower{k.Person, k.Area}] = true
		}
	}
	credits := envelope.NewCredits(facts)
	for _, s := range stale[:min(len(stale), mostDuties*len(able))] {
		t := &Task{Duty: ReviewDuty, Item: s.ID, Asks: 1}
		for _, d := range s.Doubts {
			t.Not = append(t.Not, d.By)
		}
		in := func(one *Person) bool {
			return slices.ContainsFunc(s.Areas, func(area protocol.DocumentID) bool { return knows[knower{one, area}] })
		}
		whose := credits.Whose(s.Facts)
		other := func(one *Person) bool {
			return !slices.ContainsFunc(whose, func(id protocol.MemberID) bool { return people.is(one, id) })
		}
		for _, among := range []func(*Person) bool{func(one *Person) bool { return in(one) && other(one) }, in, other} {
			if slices.ContainsFunc(able, func(one *Person) bool {
				return among(one) && !slices.ContainsFunc(t.Not, func(id protocol.MemberID) bool { return people.is(one, id) })
			}) {
				t.Among = among
				break
			}
		}
		tasks = append(tasks, t)
	}
	return tasks
}
