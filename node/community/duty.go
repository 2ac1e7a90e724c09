package community

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// The duties there are.
const (
	WelcomeDuty = "welcome" // a newcomer
	AnswerDuty  = "answer"  // a question that nobody has answered
	ScribeDuty  = "scribe"  // a gathering for which nobody takes notes
	ReviewDuty  = "review"  // a way that wants to be looked at again
)

// dutyOrder is in which order duties are given out.
var dutyOrder = []string{WelcomeDuty, AnswerDuty, ScribeDuty, ReviewDuty}

const (
	mostDuties  = 3  // of one member in one week
	welcomeDays = 14 // in which somebody who came is to be welcomed
	welcomers   = 2
	answerers   = 2
)

// Task is something that somebody should do, and how many are asked to.
type Task struct {
	Duty string
	Item protocol.DocumentID
	Asks int
	// For is whom it is done for, who is not asked; nil: nobody.
	For *Person
	// Not are others who are not asked: those who did their part another way.
	Not []protocol.MemberID
	// Among tells who is asked at all; nil: whoever can be.
	Among func(*Person) bool
	// Near tells whether somebody stands close to whom it is for; if it is set,
	// one of those asked does, where there is one.
	Near func(*Person) bool
	// Done tells whether somebody who was asked has done her part; nil: the task
	// is gone when it is done.
	Done func(*Person) bool
}

// Duty is a task that falls to a member.
type Duty struct {
	Person *Person
	Task   *Task
	Near   bool // she is asked because she stands close to whom it is for
}

// Week names the week of a time in seconds since 1970: by ISO 8601 in UTC,
// "2026-W21". Duties change hands with it.
func Week(now uint64) string {
	day := Today(now)
	thursday := day - Day(day.Weekday()) + 3
	year, _, _ := thursday.Civil()
	return fmt.Sprintf("%04d-W%02d", year, 1+int(thursday-Date(year, 1, 1))/7)
}

// Duties says to whom tasks fall in the week of now: to whom the hash of
// member, duty, item and week comes first among those who can be asked. So
// nodes that hold the same agree, and ask nobody. Nobody has more than three a
// week; what is done is left out.
func Duties(people *People, facts []*envelope.Facts, tasks []*Task, now uint64) (duties []Duty) {
	able := Able(people, facts, now)
	week := Week(now)
	load := map[*Person]int{}
	tasks = slices.Clone(tasks)
	slices.SortFunc(tasks, func(a, b *Task) int {
		return cmp.Or(cmp.Compare(slices.Index(dutyOrder, a.Duty), slices.Index(dutyOrder, b.Duty)), a.Item.Compare(b.Item))
	})
	for _, t := range tasks {
		for _, d := range t.fall(people, able, load, week) {
			load[d.Person]++
			if t.Done == nil || !t.Done(d.Person) {
				duties = append(duties, d)
			}
		}
	}
	return duties
}

// fall picks who is asked for a task.
func (t *Task) fall(people *People, able []*Person, load map[*Person]int, week string) (duties []Duty) {
	type candidate struct {
		one  *Person
		hash [sha256.Size]byte
	}
	var all []candidate
	for _, one := range able {
		skipped := one == t.For || t.Among != nil && !t.Among(one) || slices.ContainsFunc(t.Not, func(id protocol.MemberID) bool { return people.is(one, id) })
		if !skipped && load[one] < mostDuties {
			all = append(all, candidate{one, t.hash(one.ID, week)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	take := func(i int, near bool) {
		duties = append(duties, Duty{all[i].one, t, near})
		all = slices.Delete(all, i, i+1)
	}
	if t.Near != nil {
		if i := slices.IndexFunc(all, func(c candidate) bool { return t.Near(c.one) }); i >= 0 {
			take(i, true)
		}
	}
	for len(duties) < t.Asks && len(all) > 0 {
		take(0, false)
	}
	return duties
}

const dutyLabel = "coppice/duty/1"

func (t *Task) hash(who protocol.MemberID, week string) [sha256.Size]byte {
	b := append([]byte(dutyLabel), who[:]...)
	b = append(append(b, t.Duty...), 0)
	return sha256.Sum256(append(append(b, t.Item[:]...), week...))
}

// Able lists who can be asked for something: members who are in and not away,
// and of those who did not renew their commitment only who did something
// lately all the same.
func Able(people *People, facts []*envelope.Facts, now uint64) []*Person {
	able := people.Present(now)
	if !slices.ContainsFunc(able, func(one *Person) bool { return one.Lapsed(now) }) {
		return able
	}
	acts := Acts(people, facts, now)
	return slices.DeleteFunc(able, func(one *Person) bool { return one.Lapsed(now) && acts[one] == 0 })
}

// Awaited tells whether somebody came in the last two weeks: whom others may
// not have welcomed yet.
func (p *People) Awaited(now uint64) bool { return slices.ContainsFunc(p.all, awaited(now)) }

func awaited(now uint64) func(*Person) bool {
	return func(one *Person) bool {
		return one.Left == 0 && !one.Founder && now < one.Came+welcomeDays*secondsADay
	}
}

// Welcomes lists who came in the last two weeks and was not spoken to by two
// yet. One of those who are asked is new as well, or learns the same.
func Welcomes(people *People, exchanges []Exchange, now uint64) (tasks []*Task) {
	spoke := map[*Person]map[*Person]bool{}
	for _, e := range exchanges {
		by, to := people.Of(e.By), people.Of(e.To)
		if by == nil || to == nil || e.Both {
			continue
		}
		if spoke[to] == nil {
			spoke[to] = map[*Person]bool{}
		}
		spoke[to][by] = true
	}
	for _, one := range people.all {
		if !awaited(now)(one) || len(spoke[one]) >= welcomers {
			continue
		}
		tasks = append(tasks, &Task{
			Duty: WelcomeDuty, Item: one.Page, Asks: welcomers, For: one,
			Near: func(other *Person) bool {
				return other.New(now) || slices.ContainsFunc(other.Learns, one.Wants)
			},
			Done: func(other *Person) bool { return spoke[one][other] },
		})
	}
	return tasks
}

// Answers makes tasks of questions that nobody has answered: who asked is not
// asked back.
func Answers(people *People, questions []*envelope.Facts) (tasks []*Task) {
	for _, f := range questions {
		tasks = append(tasks, &Task{Duty: AnswerDuty, Item: f.ID, Asks: answerers, For: people.Of(f.Author)})
	}
	return tasks
}

// Scribing makes tasks of gatherings, by their ids, for which nobody takes notes.
func Scribing(gatherings ...protocol.DocumentID) (tasks []*Task) {
	for _, id := range gatherings {
		tasks = append(tasks, &Task{Duty: ScribeDuty, Item: id, Asks: 1})
	}
	return tasks
}
