package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// The five steps, from what one has at once to what changes what one wants.
var valueSteps = []string{"immediate", "potential", "applied", "realized", "reframing"}

// mostValued is how many items a step names.
const mostValued = 50

// valuing collects what was of value between two times.
type valuing struct {
	w        *crowd
	from, to uint64
	of       map[string][]valued
}

// valued is one thing of value.
type valued struct {
	id   protocol.DocumentID
	by   protocol.MemberID // zero: nobody in particular
	at   uint64
	says string
}

// Value implements [api.Measuring].
func (n *Node) Value(ctx context.Context, call api.Call, from string) (out api.Value, err error) {
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	today := gathered.Today(w.now)
	m, err := w.c.meetings()
	if err != nil {
		return out, err
	}
	period, _ := m.period(today)
	since := today - gathered.Day(vitals.Window(period)) + 1
	if from != "" {
		if since, err = n.dayAsked(call, from); err != nil {
			return out, err
		}
	}
	v := &valuing{w: w, from: uint64(max(since, 0)) * 86400, to: endOf(today), of: map[string][]valued{}}
	for _, f := range w.facts {
		v.document(f)
	}
	v.held(m, since, today)
	if err := v.stories(); err != nil {
		return out, err
	}
	if err := v.charter(ctx); err != nil {
		return out, err
	}
	out.From, out.To, out.Steps = since.String(), today.String(), []api.ValueStep{}
	for _, step := range valueSteps {
		out.Steps = append(out.Steps, v.step(step))
	}
	return out, nil
}

// add adds something that was in time.
func (v *valuing) add(step string, one valued) {
	if one.at >= v.from && one.at < v.to {
		v.of[step] = append(v.of[step], one)
	}
}

// made says of whose kinds a new one is something to have.
var made = map[protocol.Kind]string{practice.Way: "wrote down a way", practice.Story: "told a story", domain.Term: "added a word"}

// document adds what was done in a document; of what was put away, that
// somebody saw that it is to be.
func (v *valuing) document(f *envelope.Facts) {
	for _, d := range f.Did(envelope.Retired) {
		v.add("reframing", valued{f.ID, d.By, d.At, "says that it is to be given up"})
	}
	if f.Shelved {
		return
	}
	if says := made[f.Kind]; says != "" {
		v.add("potential", valued{f.ID, f.Author, f.Created, says})
	}
	for _, d := range f.Deeds {
		one := valued{id: f.ID, by: d.By, at: d.At}
		add := func(step, says string) {
			one.says = says
			v.add(step, one)
		}
		switch d.What {
		case envelope.Thanked:
			add("immediate", "said thanks")
		case envelope.Trying:
			add("potential", "wants to try it")
		case envelope.Worked:
			add("applied", "did it, and it worked")
		case envelope.Adapted:
			add("applied", "did it in another way")
		case envelope.Failed:
			add("applied", "did it, and it did not work")
		case envelope.Used:
			add("applied", "used it")
		}
		if d.Effect {
			add("realized", "did it, and said what came of it in the end")
		}
	}
	for _, l := range f.Links {
		if l.Rel == "replaces" && f.Kind == practice.Way {
			v.add("reframing", valued{f.ID, f.Author, f.Created, "put it in the place of another"})
		}
	}
}

// held adds the gatherings that took place.
func (v *valuing) held(m *meetings, from, to gathered.Day) {
	for _, o := range m.all(from, to) {
		if o.Held && o.Own != nil {
			v.add("immediate", valued{id: o.Own.ID, at: uint64(o.Start.Day) * 86400, says: "you met"})
		}
	}
}

// stories adds what stories of value say came of it.
func (v *valuing) stories() error {
	for _, f := range v.w.facts {
		if f.Kind != practice.Story || f.Sort != "value" || f.Shelved {
			continue
		}
		card, err := v.w.c.shelf.card(f.ID)
		if err != nil {
			return err
		}
		for _, section := range []string{"realized", "reframing"} {
			if text := strings.TrimSpace(card.TextOf(section)); text != "" {
				v.add(section, valued{f.ID, f.Author, f.Created, text})
			}
		}
	}
	return nil
}

// charter adds the versions of the charter that somebody agreed to.
func (v *valuing) charter(ctx context.Context) error {
	ch, err := v.w.c.charterAt(ctx, v.to)
	if err != nil || ch == nil {
		return err
	}
	for _, version := range ch.versions {
		v.add("reframing", valued{ch.folded.ID, protocol.MemberID{}, version.At, fmt.Sprintf("a version of the charter; %d agreed to it", len(version.By))})
	}
	return nil
}

// step lists what was added to one, the last first.
func (v *valuing) step(name string) api.ValueStep {
	all := v.of[name]
	slices.SortStableFunc(all, func(a, b valued) int { return cmp.Or(cmp.Compare(b.at, a.at), a.id.Compare(b.id)) })
	out := api.ValueStep{Step: name, Count: len(all), Items: []api.Valued{}}
	for _, one := range all[:min(len(all), mostValued)] {
		at := at2time(one.at)
		item := api.Valued{Item: v.w.item(one.id), At: &at, Says: one.says}
		if !one.by.IsZero() {
			by := v.w.c.person(one.by)
			item.By = &by
		}
		out.Items = append(out.Items, item)
	}
	return out
}
