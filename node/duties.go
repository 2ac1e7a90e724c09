package node

import (
	"context"
	"fmt"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/protocol"
)

// Duties implements [api.Dutiful]. Every node derives all duties and shows its
// own person's: so nodes that hold the same agree who is asked for what.
func (n *Node) Duties(ctx context.Context, call api.Call) (api.Duties, error) {
	out := api.Duties{Duties: []api.Duty{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	out.Week = gathered.Week(w.now)
	occasions, err := w.c.scribeless(w.now)
	if err != nil {
		return out, err
	}
	tasks := append(gathered.Welcomes(w.people, w.exchanges(0), w.now), gathered.Answers(w.people, domain.Unanswered(w.facts, w.now))...)
	meetings := map[protocol.DocumentID]*gathered.Occasion{}
	for i := range occasions {
		id := occasions[i].ID(w.c.id)
		meetings[id] = &occasions[i]
		tasks = append(tasks, gathered.Scribing(id)...)
	}
	for _, d := range gathered.Duties(w.people, w.facts, tasks, w.now) {
		if d.Person == w.me {
			out.Duties = append(out.Duties, w.duty(d, meetings[d.Task.Item]))
		}
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
