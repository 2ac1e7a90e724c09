package node

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Steps that are named otherwise than by an id.
const (
	stepDo   = "do"
	stepCome = "come"
)

// pathPath is communities/ID/path: what was chosen for this node's person while
// she is new, and what she ticked off. It never leaves this machine.
func (c *community) pathPath() []string { return []string{"communities", c.id.String(), "path"} }

func (c *community) path() (p gathered.Path, err error) {
	b, err := c.node.home.read(c.pathPath()...)
	if err != nil || b == nil {
		return p, err
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, api.Hint(fmt.Errorf("%w: %s: %w", api.ErrDamaged, c.node.home.path(c.pathPath()...), err),
			"remove that file: it holds what was chosen for you to begin with, and no words of anybody")
	}
	return p, nil
}

func (c *community) keepPath(p gathered.Path) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.node.home.write(b, c.pathPath()...)
}

// Welcome implements [api.Welcoming].
func (n *Node) Welcome(ctx context.Context, call api.Call) (api.Welcome, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Welcome{}, err
	}
	c.welcoming.Lock()
	defer c.welcoming.Unlock()
	return n.lead(ctx, call, func(*walk) error { return nil })
}

// Tick implements [api.Welcoming].
func (n *Node) Tick(ctx context.Context, call api.Call, s api.WelcomeStep) (api.Welcome, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Welcome{}, err
	}
	c.welcoming.Lock()
	defer c.welcoming.Unlock()
	return n.lead(ctx, call, func(w *walk) error {
		key, err := w.step(s.Step)
		if err != nil {
			return err
		}
		w.path.Done = slices.DeleteFunc(w.path.Done, func(have string) bool { return have == key })
		if s.Done {
			w.path.Done = append(w.path.Done, key)
		}
		return nil
	})
}

// walk is a newcomer on her path.
type walk struct {
	*crowd
	look     *outlook
	charter  tended
	meetings *meetings
	coming   []gathered.Occasion // a year of them, by time
	spoken   map[*gathered.Person]bool
	path     gathered.Path
}

// lead shows the path after change has ticked something off.
func (n *Node) lead(ctx context.Context, call api.Call, change func(*walk) error) (api.Welcome, error) {
	out := api.Welcome{Read: []api.ToRead{}, Meet: []api.ToMeet{}, Finished: true}
	w, err := n.walk(ctx, call)
	if err != nil {
		return out, err
	}
	was := w.path
	if !w.me.New(w.now) || w.me.Founder {
		return out, change(w) // it refuses: there is no such step
	}
	offers, err := w.offers()
	if err != nil {
		return out, err
	}
	w.path = w.path.Filled(offers, w.keeping())
	if err := change(w); err != nil {
		return out, err
	}
	if !reflect.DeepEqual(was, w.path) {
		if err := w.c.keepPath(w.path); err != nil {
			return out, err
		}
	}
	w.show(&out)
	return out, nil
}

func (n *Node) walk(ctx context.Context, call api.Call) (*walk, error) {
	crowd, err := n.crowd(ctx, call)
	if err != nil {
		return nil, err
	}
	w := &walk{crowd: crowd, spoken: map[*gathered.Person]bool{}}
	if w.look, err = w.domain(); err != nil {
		return nil, err
	}
	if w.charter, err = w.c.chartered(); err != nil {
		return nil, err
	}
	if w.meetings, err = w.c.meetings(); err != nil {
		return nil, err
	}
	if w.path, err = w.c.path(); err != nil {
		return nil, err
	}
	today := gathered.Today(w.now)
	w.coming = w.meetings.all(today-ribbonBack, today+lookAhead)
	for _, e := range w.exchanges(w.me.Came) {
		if by, to := w.people.Of(e.By), w.people.Of(e.To); by == w.me {
			w.spoken[to] = true
		} else if e.Both && to == w.me {
			w.spoken[by] = true
		}
	}
	return w, nil
}

// keeping tells what of the path still stands: what is done stays.
func (w *walk) keeping() gathered.Keeping {
	return gathered.Keeping{
		Item: func(id protocol.DocumentID) bool { f := w.titles[id]; return f != nil && (!f.Shelved || w.did(id)) },
		Person: func(id protocol.MemberID) bool {
			one := w.people.Of(id)
			return one != nil && one != w.me && (one.Left == 0 && !one.Away(w.now) || w.ticked(id.String()))
		},
		Come: func(id protocol.DocumentID) bool {
			o := w.occasion(id)
			return o != nil && (!o.Over(shows(w.now, o.Zone)) || w.comes(id))
		},
	}
}

// ticked tells whether she ticked a step off herself.
func (w *walk) ticked(step string) bool { return slices.Contains(w.path.Done, step) }

// did tells whether she did anything in a document, or ticked it off.
func (w *walk) did(id protocol.DocumentID) bool {
	f := w.titles[id]
	return w.ticked(id.String()) || f != nil && slices.ContainsFunc(f.Acts, func(a envelope.Act) bool { return w.people.Of(a.By) == w.me })
}

// comes tells whether she comes to a gathering, or was there.
func (w *walk) comes(id protocol.DocumentID) bool {
	f := w.titles[id]
	return w.ticked(stepCome) || f != nil && slices.ContainsFunc(f.Deeds, func(d envelope.Deed) bool {
		return (d.What == envelope.Coming || d.What == envelope.Here) && w.people.Of(d.By) == w.me
	})
}

// acted tells whether she did the small thing.
func (w *walk) acted(c gathered.Choice) bool {
	if w.ticked(stepDo) {
		return true
	}
	switch f := w.titles[c.Item]; {
	case c.Sort == gathered.DoAsk:
		return slices.ContainsFunc(w.facts, func(f *envelope.Facts) bool { return f.Kind == domain.Question && w.people.Of(f.Author) == w.me })
	case f == nil:
		return false
	case c.Sort == gathered.DoNotes: // to say that she comes is not yet to take notes
		return slices.ContainsFunc(f.Acts, func(a envelope.Act) bool { return a.Wrote && w.people.Of(a.By) == w.me })
	}
	return w.did(c.Item)
}

// occasion returns when a gathering takes place; nil when it does not within a
// year.
func (w *walk) occasion(id protocol.DocumentID) *gathered.Occasion {
	i := slices.IndexFunc(w.coming, func(o gathered.Occasion) bool { return o.ID(w.c.id) == id })
	if i < 0 {
		return nil
	}
	return &w.coming[i]
}

// step finds a step of the path.
func (w *walk) step(text string) (string, error) {
	steps := []string{}
	for _, c := range w.path.Read {
		steps = append(steps, c.Item.String())
	}
	for _, id := range w.path.Meet {
		steps = append(steps, id.String())
		if name, is := strings.CutPrefix(text, "@"); is && strings.EqualFold(w.people.Of(id).Name, name) {
			return id.String(), nil
		}
	}
	for _, c := range w.path.Do {
		steps = append(steps, stepDo)
		if id := c.Item.String(); c.Sort != gathered.DoAsk && len(text) >= leastPrefix && strings.HasPrefix(id, text) && !slices.Contains(steps, id) {
			return stepDo, nil
		}
	}
	if len(w.path.Come) > 0 {
		steps = append(steps, stepCome)
	}
	for _, step := range steps {
		if step == text || len(text) >= leastPrefix && strings.HasPrefix(step, strings.ToLower(text)) {
			return step, nil
		}
	}
	return "", api.Hint(fmt.Errorf("%w: your path has no step %q", api.ErrNotFound, text), "`coppice welcome` shows the steps that there are")
}
