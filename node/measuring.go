package node

import (
	"context"
	"fmt"
	"sync"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/replica"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// measured is what was read of the signs last, and of past weeks.
type measured struct {
	mu   sync.Mutex // held while signs are read: who asks the same meanwhile waits and has it
	of   position
	day  gathered.Day
	read *vitals.Vitals

	weeks weeks
}

// position is how far what is held has come.
type position struct{ moved, arrived uint64 }

// position returns how far what is held has come; what signs are read of is the
// same as long as it is.
func (c *community) position(ctx context.Context) (p position, err error) {
	c.shelf.fresh()
	p.moved = c.shelf.ledger.position()
	err = c.ask(ctx, func(*replica.Replica) { p.arrived = c.store.Arrived() })
	return p, err
}

// vitals reads the signs at the end of a day.
func (c *community) vitals(ctx context.Context, day gathered.Day) (*vitals.Vitals, error) {
	if _, err := c.shelf.facts(); err != nil { // so that reading them moves nothing below
		return nil, err
	}
	c.measured.mu.Lock()
	defer c.measured.mu.Unlock()
	at, err := c.position(ctx)
	if err != nil {
		return nil, err
	}
	if m := &c.measured; m.read != nil && m.of == at && m.day == day {
		return m.read, nil
	}
	then, err := c.atDay(ctx, day)
	if err != nil {
		return nil, err
	}
	if len(then.roster) == 0 {
		return nil, api.Hint(fmt.Errorf("%w: on %s this community was not there yet", api.ErrUsage, day), "`coppice signs --history` begins with its first week")
	}
	read := vitals.Read(then.community(beginning(then.roster)))
	c.measured.of, c.measured.day, c.measured.read = at, day, read
	return read, nil
}

// beginning returns when a community began: when its founder came.
func beginning(roster []gathered.Person) (at uint64) {
	for _, one := range roster {
		if one.Founder && (at == 0 || one.Came < at) {
			at = one.Came
		}
	}
	return at
}

// dayAsked returns the day that a call asks for; empty: the call's.
func (n *Node) dayAsked(call api.Call, text string) (gathered.Day, error) {
	if text == "" {
		return gathered.Today(n.cfg.wall(call.Now)), nil
	}
	day, ok := gathered.ParseDay(text)
	if !ok {
		return 0, api.Hint(fmt.Errorf("%w: %q is no day", api.ErrUsage, text), "write it like 2026-05-14")
	}
	return day, nil
}

// Signs implements [api.Measuring].
func (n *Node) Signs(ctx context.Context, call api.Call, day string) (out api.Signs, err error) {
	on, err := n.dayAsked(call, day)
	if err != nil {
		return out, err
	}
	w, err := n.crowd(ctx, call)
	if err == nil {
		err = w.membersOnly()
	}
	if err != nil {
		return out, err
	}
	v, err := w.c.vitals(ctx, on)
	if err != nil {
		return out, err
	}
	if out.Brief, err = w.brief(v); err != nil {
		return out, err
	}
	out.Signs = map[string]api.Sign{}
	for _, s := range v.Signs {
		sign := api.Sign{Element: string(s.Element), Value: s.Value.Number(), Of: s.Of, Formula: s.Formula, Items: []api.Item{}}
		for _, id := range s.Items {
			if w.titles[id] != nil {
				sign.Items = append(sign.Items, w.item(id))
			}
		}
		out.Signs[s.Name] = sign
	}
	return out, nil
}

// membersOnly refuses a guest: how a community is doing is for its members.
func (w *crowd) membersOnly() error {
	if !w.me.Guest {
		return nil
	}
	return api.Hint(fmt.Errorf("%w: the signs of a community are for its members", api.ErrNotPermitted),
		"`coppice commit \"...\"` says in your own words what you are here for, and makes you one")
}

// brief tells how the community is doing, and what this node's person could do
// about it.
func (w *crowd) brief(v *vitals.Vitals) (api.Brief, error) {
	out := api.Brief{
		Day: gathered.Day(v.Day).String(), N: v.N, Vital: vital(v), Verdict: string(v.Verdict), Says: v.Says, Notes: []api.Note{},
		Stage: v.Stage, Small: v.Small, Window: v.Window, Next: []api.NextAct{},
	}
	for _, note := range v.Notes {
		out.Notes = append(out.Notes, api.Note{Verdict: string(note.Verdict), Says: note.Says})
	}
	refused, err := w.c.refused(w.now)
	if err != nil {
		return out, err
	}
	for _, s := range v.Next(refused) {
		next := api.NextAct{Key: s.Key, Element: string(s.Element), Act: s.Act, Why: s.Why, Does: s.Does}
		if !s.Item.IsZero() {
			item := w.item(s.Item)
			next.Item = &item
		}
		out.Next = append(out.Next, next)
	}
	return out, nil
}

func vital(v *vitals.Vitals) api.Vital {
	return api.Vital{D: v.D.Number(), C: v.C.Number(), P: v.P.Number(), Vitality: v.Vitality, Balance: v.Balance.Number()}
}

// homeSigns tells on a community's first page how it is doing today; nil to a
// guest.
func (n *Node) homeSigns(ctx context.Context, call api.Call, id protocol.CommunityID) (*api.Brief, error) {
	w, err := n.crowd(ctx, api.Call{Community: id.String(), Now: call.Now})
	if err != nil || w.me.Guest {
		return nil, err
	}
	v, err := w.c.vitals(ctx, gathered.Today(w.now))
	if err != nil {
		return nil, err
	}
	out, err := w.brief(v)
	return &out, err
}
