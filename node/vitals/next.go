package vitals

import (
	"cmp"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Suggestion is one thing that somebody could do next, with one command.
type Suggestion struct {
	Key     string // names it for good: who does not want it refuses it by it
	Element Element
	Act     string // in a few words: "answer the question that waits longest"
	Why     string
	Does    string // the command; Item stands in it as ITEM
	Item    protocol.DocumentID
}

// order returns the elements, the weakest first; of equals the first.
func (v *Vitals) order() []Element {
	all := v.elements()
	slices.SortStableFunc(all, func(a, b part) int { return a.value.Compare(b.value) })
	return []Element{all[0].Element, all[1].Element, all[2].Element}
}

// Next returns one act for each element, the weakest element first: of what its
// style knows and nobody refused, what the verdict asks for, then what helps
// its weakest sign, then what its stage needs. Refused holds keys.
func (v *Vitals) Next(refused map[string]bool) (next []Suggestion) {
	for _, element := range v.order() {
		var best *act
		var item protocol.DocumentID
		for i := range catalogue {
			a := &catalogue[i]
			if a.element != element || refused[a.key] || !a.suits(v.m.Style) {
				continue
			}
			on, there := a.item(v)
			if there && (best == nil || v.prefer(a, best) < 0) {
				best, item = a, on
			}
		}
		if best != nil {
			does := strings.ReplaceAll(best.does, "ITEM", item.String())
			next = append(next, Suggestion{best.key, element, best.act, best.why, does, item})
		}
	}
	return next
}

// suits tells whether an act is for communities of a style.
func (a *act) suits(style string) bool {
	return a.style == anyStyle || (a.style == setOut) == (style != Incidental)
}

// item returns what an act is about; false when it takes something and there
// is no such thing.
func (a *act) item(v *Vitals) (id protocol.DocumentID, there bool) {
	if a.on == nil {
		return id, true
	}
	d := a.on(v)
	if d == nil {
		return id, false
	}
	return d.ID, true
}

// prefer orders acts of one element.
func (v *Vitals) prefer(a, b *act) int {
	yes := func(is bool) int {
		if is {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(yes(slices.Contains(a.looks, v.Verdict)), yes(slices.Contains(b.looks, v.Verdict))),
		v.need(a).Compare(v.need(b)),
		cmp.Compare(yes(slices.Contains(a.stages, v.Stage)), yes(slices.Contains(b.stages, v.Stage))),
	)
}

// need returns the sign that an act helps; full when it is null or none.
func (v *Vitals) need(a *act) Ratio {
	if s := v.Sign(a.sign); s != nil && s.Value.Known() {
		return s.Value
	}
	return of(1, 1)
}

// What an act is about.

// first returns the live document of some kind that comes first by an order.
func (v *Vitals) first(is func(*Document) bool, order func(a, b *Document) int) *Document {
	var best *Document
	for i := range v.m.Documents {
		d := &v.m.Documents[i]
		if d.Live && is(d) && (best == nil || cmp.Or(order(d, best), d.ID.Compare(best.ID)) < 0) {
			best = d
		}
	}
	return best
}

func oldest(a, b *Document) int { return cmp.Compare(a.Created, b.Created) }

func newest(a, b *Document) int { return cmp.Compare(b.Created, a.Created) }

// waiting is the question of now that waits longest for an answer.
func waiting(v *Vitals) *Document {
	return v.first(func(d *Document) bool {
		return d.Kind == Question && !d.Agenda && d.Solved == 0 && !slices.ContainsFunc(d.Deeds, answers(d))
	}, oldest)
}

// undistilled is the last solved question from which nothing was kept.
func undistilled(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind == Question && d.Solved > 0 && !d.Kept }, func(a, b *Document) int {
		return cmp.Compare(b.Solved, a.Solved)
	})
}

// untried is the last way that nobody but its author tried.
func untried(v *Vitals) *Document {
	return v.first(func(d *Document) bool {
		return d.Kind == Way && !slices.ContainsFunc(d.Deeds, func(deed Deed) bool {
			return isTrial(deed.What) && !slices.Contains(d.Authors, deed.By)
		})
	}, newest)
}

// stale is the way whose review is longest past.
func stale(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind == Way && d.Review < v.m.Day }, func(a, b *Document) int {
		return cmp.Compare(a.Review, b.Review)
	})
}

// unmapped is the last item in no area.
func unmapped(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind.item() && d.Kind != Term && !d.Mapped }, newest)
}

// alone is the last way or story that one member alone shaped.
func alone(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return (d.Kind == Way || d.Kind == Problem) && v.m.hands(d) < enoughHands }, newest)
}

// untold is the story that was told once and longest ago.
func untold(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind == Story }, oldest)
}

// lively is the question of the agenda that most people want.
func lively(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind == Question && d.Agenda }, func(a, b *Document) int {
		return cmp.Or(cmp.Compare(v.m.wanted(b), v.m.wanted(a)), oldest(a, b))
	})
}

// answers tells of a deed whether it is an answer by another than the asker.
func answers(d *Document) func(Deed) bool {
	return func(deed Deed) bool { return deed.What == envelope.Answered && !slices.Contains(d.Authors, deed.By) }
}
