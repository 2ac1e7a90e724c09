package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// Tend implements [api.Tending]. Every node derives all duties and shows its
// own person's: so nodes that hold the same agree who is asked for what.
func (n *Node) Tend(ctx context.Context, call api.Call) (api.Tend, error) {
	out := api.Tend{More: map[string]int{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	d, err := w.domain()
	if err != nil {
		return out, err
	}
	charter, err := w.c.chartered()
	if err != nil {
		return out, err
	}
	var stale []gathered.Stale
	if charter.on.Reviews {
		stale = gathered.StaleOf(w.facts, d.groups, practice.Way, charter.months, w.now)
	}
	out.Week = gathered.Week(w.now)
	if out.Duties, err = w.duties(stale); err != nil {
		return out, err
	}
	w.cares(&out, d, stale)
	open, err := w.c.unsettled()
	if err != nil {
		return out, err
	}
	if out.Conflicts, err = w.c.conflicted(atMost(&out, "conflicts", open)); err != nil {
		return out, err
	}
	out.Twins = w.c.twins(atMost(&out, "twins", envelope.NearTwins(w.facts, d.groups, twinned(n.kinds)...)))
	words, err := n.Unexplained(ctx, call)
	if err != nil {
		return out, err
	}
	out.Unexplained = words.Items
	if out.Hint = []string{}; charter.card != nil {
		out.Hint, err = w.c.hint(ctx, charter.card)
	}
	return out, err
}

// atMost returns the lines that a list shows, and notes how many it does not.
func atMost[Line any](out *api.Tend, list string, all []Line) []Line {
	if left := len(all) - api.MostCare; left > 0 {
		out.More[list] = left
		return all[:api.MostCare]
	}
	return all
}

// tended is what the charter says of tending.
type tended struct {
	card   *envelope.Folded // nil: it has not come yet
	on     domain.Switches
	months uint64 // after which a way is to be looked at again
}

// old tells whether a way wants to be looked at again, at a time in seconds
// since 1970.
func (t tended) old(way *envelope.Facts, now uint64) bool {
	return t.on.Reviews && gathered.ReviewDay(way, t.months) < gathered.Today(now)
}

func (c *community) chartered() (tended, error) {
	out := tended{on: domain.SwitchesOf(domain.DefaultStyle), months: domain.DefaultReviewMonths}
	f, err := c.shelf.card(c.charterID())
	if errors.Is(err, view.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return tended{f, domain.SwitchesOf(domain.StyleOf(f)), domain.MonthsOf(f)}, nil
}

// cares fills in what waits for whoever likes to care for it.
func (w *crowd) cares(out *api.Tend, d *outlook, stale []gathered.Stale) {
	out.Tries, out.Stale, out.Undistilled, out.Unwritten, out.OneKeeper = []api.Care{}, []api.Care{}, []api.Care{}, []api.Care{}, []api.OneKeeper{}
	mine := func(id protocol.MemberID) bool { return w.people.Of(id) == w.me }
	for _, f := range atMost(out, "tries", practice.Tries(w.facts, mine, w.now)) {
		next := "coppice used " + brief(f) + " \"...\""
		if f.Kind == practice.Way {
			next = "coppice tried " + brief(f) + " worked|adapted|failed \"...\""
		}
		out.Tries = append(out.Tries, w.care(f, "How did it go?", next))
	}
	for _, s := range atMost(out, "stale", stale) {
		out.Stale = append(out.Stale, w.care(s.Facts, w.whyStale(s), nextStale(s)))
	}
	for _, f := range atMost(out, "undistilled", domain.Undistilled(w.facts, d.groups, d.made)) {
		out.Undistilled = append(out.Undistilled, w.care(f, "answered, and nothing is kept of it yet", "coppice distil "+brief(f)))
	}
	for _, p := range atMost(out, "unwritten", practice.Unwritten(w.facts, d.groups)) {
		why := fmt.Sprintf("met %d times, and no way is proven yet: write it down together", p.Times)
		out.Unwritten = append(out.Unwritten, w.care(p.Facts, why, bee("Write it down: "+p.Title)))
	}
	var alone []*domain.Region
	for _, r := range domain.Map(d.terms, w.facts, d.groups, d.made, w.knowing()) {
		if r.RestsOnOne() {
			alone = append(alone, r)
		}
	}
	for _, r := range atMost(out, "one_keeper", alone) {
		out.OneKeeper = append(out.OneKeeper, w.oneKeeper(r))
	}
}

// care tells what a document wants.
func (w *crowd) care(f *envelope.Facts, why, next string) api.Care {
	return api.Care{Item: w.c.line(f), Why: why, Next: next}
}

// brief is as much of an id as a person types.
func brief(f *envelope.Facts) string { return f.ID.String()[:10] }

// bee is the command that calls members together to do something.
func bee(title string) string { return "coppice gathering new " + quoted(title) + " --format bee" }

// whyStale says why a way is to be looked at again.
func (w *crowd) whyStale(s gathered.Stale) string {
	if len(s.Doubts) == 0 {
		return "to be looked at again since " + s.Since.String()
	}
	who, says := w.c.person(s.Doubts[0].By).Name, "it needs work"
	if s.Doubts[0].What == envelope.Retired {
		says = "it is to be retired"
	}
	if more := len(s.Doubts) - 1; more > 0 {
		who += fmt.Sprintf(" and %d more say", more)
	} else {
		who += " says"
	}
	return who + " that " + says
}

// nextStale says what to do about it: what needs work is worked on together.
func nextStale(s gathered.Stale) string {
	switch {
	case len(s.Doubts) == 0:
		return "coppice review " + brief(s.Facts) + " good|work|retire"
	case s.Doubts[0].What == envelope.Retired:
		return "coppice shelve " + brief(s.Facts)
	}
	return bee("Mend: " + s.Title)
}

// oneKeeper says what to do about an area that rests on one.
func (w *crowd) oneKeeper(r *domain.Region) api.OneKeeper {
	out := api.OneKeeper{Area: w.item(r.ID), Keeper: w.c.person(r.Keepers[0]), Why: "one keeper: pair up or tell its stories"}
	verb := "want"
	if w.people.Of(r.Keepers[0]) == w.me {
		verb = "offer"
	}
	out.Next = fmt.Sprintf("coppice pairing %s --area %s", verb, quoted(r.Title))
	return out
}

// duties tells what falls to this node's person.
func (w *crowd) duties(stale []gathered.Stale) ([]api.Duty, error) {
	occasions, err := w.c.scribeless(w.now)
	if err != nil {
		return nil, err
	}
	tasks := gathered.Answers(w.people, domain.Unanswered(w.facts, w.now))
	if w.people.Awaited(w.now) {
		tasks = append(tasks, gathered.Welcomes(w.people, w.exchanges(0), w.now)...)
	}
	meetings := map[protocol.DocumentID]*gathered.Occasion{}
	for i := range occasions {
		id := occasions[i].ID(w.c.id)
		meetings[id] = &occasions[i]
		tasks = append(tasks, gathered.Scribing(id)...)
	}
	if len(stale) > 0 {
		tasks = append(tasks, gathered.Reviews(w.people, w.facts, w.known(), stale, w.now)...)
	}
	out := []api.Duty{}
	for _, d := range gathered.Duties(w.people, w.facts, tasks, w.now) {
		if d.Person != w.me {
			continue
		}
		duty := w.duty(d, meetings[d.Task.Item])
		if i := slices.IndexFunc(stale, func(s gathered.Stale) bool { return s.ID == d.Task.Item }); i >= 0 && duty.Duty == gathered.ReviewDuty {
			duty.Why, duty.Next = w.whyStale(stale[i]), nextStale(stale[i])
		}
		out = append(out, duty)
	}
	return out, nil
}

// duty tells a duty with the next step.
func (w *crowd) duty(d gathered.Duty, o *gathered.Occasion) api.Duty {
	out := api.Duty{Duty: d.Task.Duty, Item: w.item(d.Task.Item)}
	id := out.Item.ID[:10]
	switch d.Task.Duty {
	case gathered.WelcomeDuty:
		one := d.Task.For
		out.Item.Kind, out.Item.Title = memberKind, one.Name
		out.Why = fmt.Sprintf("%s came %s", one.Name, ago(w.now, one.Came))
		switch common := gathered.Shared(w.known(), w.me, one); {
		case len(common) > 0:
			out.Why += " and " + common[0].Says(w.item(common[0].Area).Title)
		case d.Near:
			out.Why += "; you are new here as well, and remember what it is like"
		}
		out.Next = fmt.Sprintf("coppice hello %s \"...\"", quoted("@"+one.Name))
	case gathered.AnswerDuty:
		out.Why = fmt.Sprintf("asked %s, and nobody has answered yet; who knows somebody who knows helps too", ago(w.now, w.titles[d.Task.Item].Created))
		out.Next = "coppice answer " + id
	case gathered.ScribeDuty:
		if o.Own == nil { // nothing was done about that day yet
			id = o.Series.ID.String()[:10] + "/" + o.Slot.String()
			out.Item.ID = dayName(o.Series.ID, o.Slot)
		}
		out.Item.Kind, out.Item.Title = gatheringKind, o.Title()+", "+o.Start.Day.String()
		out.Why = "nobody takes notes of it yet"
		out.Next = fmt.Sprintf("coppice add %s scribes me", id)
	}
	return out
}

// ago says how long ago something was, in days.
func ago(now, at uint64) string {
	switch days := int(gathered.Today(now)) - int(gathered.Today(at)); {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}
