package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// heir is who carries on for a member, as the hand-overs that stand say.
type heir struct {
	old, new protocol.MemberID
	by       []protocol.MemberID // who vouched; the old member herself, where her root signed
	last     protocol.ChangeID
	complete bool // it took effect; else it wants another convener's word
}

// heirs returns all of whom a hand-over that stands speaks, in causal order.
func (c *community) heirs(r *replica.Replica) (heirs []heir, err error) {
	state := r.State()
	err = r.Control(func(e membership.Entry) error {
		o, is := e.Operation.(*membership.HandOver)
		if !is || !state.Effective(e.Change.ID) {
			return nil
		}
		at := slices.IndexFunc(heirs, func(h heir) bool { return h.old == o.Old && h.new == o.New })
		if at < 0 {
			at = len(heirs)
			heirs = append(heirs, heir{old: o.Old, new: o.New, complete: slices.Contains(state.Selves(o.New), o.Old)})
		}
		by, _ := r.AuthorOf(e)
		if o.ByRoot != (protocol.Seal{}) {
			by = o.Old
		}
		heirs[at].last = e.Change.ID
		if !slices.Contains(heirs[at].by, by) {
			heirs[at].by = append(heirs[at].by, by)
		}
		return nil
	})
	return heirs, err
}

// follows lists for whom a member carries on.
func (c *community) follows(r *replica.Replica, member protocol.MemberID) (out []api.Following, err error) {
	heirs, err := c.heirs(r)
	for _, h := range heirs {
		if h.complete && h.new == member {
			out = append(out, api.Following{Member: c.person(h.old), Vouched: c.persons(h.by)})
		}
	}
	return out, err
}

func (c *community) persons(ids []protocol.MemberID) []api.Person {
	out := make([]api.Person, len(ids))
	for i, id := range ids {
		out[i] = c.person(id)
	}
	return out
}

// HandingOver implements [api.People].
func (n *Node) HandingOver(ctx context.Context, call api.Call, old, heir string) (api.HandOver, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.HandOver{}, err
	}
	out, _, err := c.handingOver(ctx, old, heir)
	return out, err
}

// HandOver implements [api.People].
func (n *Node) HandOver(ctx context.Context, call api.Call, old, heir string) (api.HandOver, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.HandOver{}, err
	}
	out, op, err := c.handingOver(ctx, old, heir)
	if err != nil {
		return out, err
	}
	decided, err := c.decide(ctx, n.cfg.wall(call.Now), op, "")
	out.Change = decided.Change.String()
	return out, err
}

// handingOver says what it means that one member carries on for another, or
// why that may not be, and what does it.
func (c *community) handingOver(ctx context.Context, oldText, newText string) (out api.HandOver, op *membership.HandOver, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		var from, to membership.MemberState
		if from, err = c.memberIn(r, oldText); err != nil {
			return
		}
		if to, err = c.memberIn(r, newText); err != nil {
			return
		}
		if from.ID == to.ID {
			err = api.Hint(fmt.Errorf("%w: %s is one and the same person", api.ErrUsage, c.person(to.ID).Name), "name who lost the devices first, and with --to who carries on")
			return
		}
		op, out, err = c.heirOf(r, from.ID, to.ID)
	})
	return out, op, first(asked, explain(err))
}

func (c *community) heirOf(r *replica.Replica, from, to protocol.MemberID) (op *membership.HandOver, out api.HandOver, err error) {
	heirs, err := c.heirs(r)
	if err != nil {
		return nil, out, err
	}
	op = &membership.HandOver{Old: from, New: to}
	out = api.HandOver{From: c.person(from), To: c.person(to), Vouched: []api.Person{}}
	alone := r.State().Rank(c.persona.Member) == membership.Founder
	for _, h := range heirs {
		if h.old != from || h.new != to || h.complete {
			continue
		}
		if slices.Contains(h.by, c.persona.Member) && !alone {
			return nil, out, api.Hint(fmt.Errorf("%w: you vouched for it already", api.ErrUsage), "it takes effect when another convener, or a founder, says the same")
		}
		op.Second, out.Vouched = h.last, c.persons(h.by)
	}
	if err := c.may(r, op); err != nil {
		if errors.Is(err, api.ErrNotPermitted) && r.State().Rank(from) == membership.Founder {
			err = api.Hint(fmt.Errorf("%w: %s is a founder, and nobody can take a founder's place", api.ErrNotPermitted, out.From.Name), "another founder goes on; `coppice recovery restore` brings back who still has the recovery kit")
		}
		return nil, out, err
	}
	out.Waits = !alone && op.Second.IsZero()
	kept, err := c.kept(r, from)
	out.Says = c.saysHandOver(out, kept)
	return op, out, err
}

func (c *community) saysHandOver(out api.HandOver, kept api.Kept) []string {
	from, to := out.From.Name, out.To.Name
	if from == to {
		from, to = "the "+from+" of before", "the new "+to
	}
	says := []string{
		fmt.Sprintf("What %s wrote (%s) becomes %s's own: to edit, to mark and to take back.", from, changes(kept.Changes), to),
		fmt.Sprintf("Every device of %s ends with it: whoever has one of them can write nothing and gets nothing new. It gives %s no rank.", from, to),
		"Be sure that it is one and the same person: ask on the telephone, or face to face. Everybody sees who vouched.",
	}
	switch {
	case out.Waits:
		says = append(says, "It takes effect when another convener, or a founder, says the same.")
	case len(out.Vouched) > 0:
		var names []string
		for _, p := range out.Vouched {
			names = append(names, p.Name)
		}
		says = append(says, fmt.Sprintf("%s vouched for it before you; with your word it takes effect.", strings.Join(names, ", ")))
	}
	return says
}
