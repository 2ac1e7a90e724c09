package domain

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// The kinds of the other elements that this one counts (KINDS.md): the floor
// keeps the elements apart.
const (
	way     protocol.Kind = 3
	story   protocol.Kind = 4
	problem protocol.Kind = 7
)

// OnAgenda is the horizon of a question that is the community's: one to keep
// coming back to. Every other question is somebody's, and of now.
const OnAgenda = "agenda"

// Distillates are the ways and stories that were made from questions and their
// answers.
type Distillates struct {
	of map[protocol.DocumentID][]*envelope.Facts
}

// NewDistillates finds out what was made from which question, in the order of
// the facts; shelved items do not count.
func NewDistillates(facts []*envelope.Facts, groups *envelope.Groups) *Distillates {
	d := &Distillates{map[protocol.DocumentID][]*envelope.Facts{}}
	question := map[protocol.DocumentID]bool{}
	answered := map[protocol.EntryID]protocol.DocumentID{}
	for _, f := range facts {
		if f.Kind == Question {
			question[f.ID] = true
			for _, deed := range f.Did(envelope.Answered) {
				answered[deed.Entry] = f.ID
			}
		}
	}
	for _, f := range facts {
		if f.Kind != way && f.Kind != story || f.Shelved {
			continue
		}
		for _, l := range f.Links {
			q := l.To
			if at, is := answered[l.Entry]; is {
				q = at
			}
			if l.Rel != "from" || !question[q] {
				continue
			}
			if q = groups.First(q); !slices.Contains(d.of[q], f) {
				d.of[q] = append(d.of[q], f)
			}
		}
	}
	return d
}

// Of returns what was made from a question.
func (d *Distillates) Of(question protocol.DocumentID) []*envelope.Facts { return d.of[question] }

// State tells how far a question has come when one looks beyond its own page:
// what [State] says, or distilled when a way or story was made from it. One
// that was opened again is distilled only once it is solved again.
func (d *Distillates) State(q *envelope.Facts) string {
	switch {
	case len(d.of[q.ID]) == 0, q.State == "moot", q.State == "moved":
		return q.State
	case q.State != "solved" && len(q.Did(envelope.Reopened)) > 0:
		return q.State
	}
	return "distilled"
}

// Unanswered lists the questions of now that nobody but the asker has answered,
// asked more than 72 hours before now (seconds since 1970), the oldest first.
func Unanswered(facts []*envelope.Facts, now uint64) (open []*envelope.Facts) {
	const patience = 72 * 60 * 60
	for _, f := range facts {
		if f.Kind == Question && !f.Shelved && f.Sort != OnAgenda && f.State == "open" && now > f.Created+patience {
			open = append(open, f)
		}
	}
	slices.SortFunc(open, byAge)
	return open
}

// Undistilled lists the questions with an answer that helped, or that are solved,
// of which nothing was made: those of most members first, then the last asked,
// while it is fresh.
func Undistilled(facts []*envelope.Facts, groups *envelope.Groups, made *Distillates) (rest []*envelope.Facts) {
	for _, f := range facts {
		if f.Kind != Question || f.Shelved || groups.First(f.ID) != f.ID || len(made.Of(f.ID)) > 0 {
			continue
		}
		if f.State == "solved" || f.State == "answered" && len(f.Did(envelope.Helped)) > 0 {
			rest = append(rest, f)
		}
	}
	slices.SortFunc(rest, func(a, b *envelope.Facts) int {
		return cmp.Or(cmp.Compare(len(b.Did(envelope.MeToo)), len(a.Did(envelope.MeToo))), byAge(b, a))
	})
	return rest
}

func byAge(a, b *envelope.Facts) int {
	return cmp.Or(cmp.Compare(a.Created, b.Created), a.ID.Compare(b.ID))
}

// Agendum is a question on the learning agenda.
type Agendum struct {
	*envelope.Facts
	MeToo    []protocol.MemberID // who else has it, each once, by id
	Champion []protocol.MemberID // who takes care of it
}

// Agenda lists the agenda's questions that are not settled: those which most
// others have too, then the older ones.
func Agenda(facts []*envelope.Facts, groups *envelope.Groups, made *Distillates) (agenda []Agendum) {
	at := map[protocol.DocumentID]int{}
	for _, f := range facts {
		if state := made.State(f); f.Kind == Question && !f.Shelved && f.Sort == OnAgenda && groups.First(f.ID) == f.ID && unsettled(state) {
			at[f.ID] = len(agenda)
			agenda = append(agenda, Agendum{Facts: f})
		}
	}
	for _, f := range facts {
		i, is := at[groups.First(f.ID)]
		if !is || f.Shelved {
			continue
		}
		a := &agenda[i]
		for _, d := range f.Deeds {
			switch {
			case d.What == envelope.MeToo && d.By != a.Author, d.What == envelope.Made && d.By != a.Author:
				a.MeToo = with(a.MeToo, d.By)
			case d.What == envelope.Championed:
				a.Champion = with(a.Champion, d.By)
			}
		}
	}
	slices.SortFunc(agenda, func(a, b Agendum) int {
		return cmp.Or(cmp.Compare(len(b.MeToo), len(a.MeToo)), byAge(a.Facts, b.Facts))
	})
	return agenda
}

func unsettled(state string) bool { return state == "open" || state == "answered" }

// with adds somebody to people by id.
func with(people []protocol.MemberID, who protocol.MemberID) []protocol.MemberID {
	i, found := slices.BinarySearchFunc(people, who, protocol.MemberID.Compare)
	if found {
		return people
	}
	return slices.Insert(people, i, who)
}

// OursFrom is how many others make a question of now one that the community
// may want on its agenda.
const OursFrom = 3
