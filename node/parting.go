package node

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// maxReason bounds a removal's reason in runes.
const maxReason = 1000

// Removal implements [api.People].
func (n *Node) Removal(ctx context.Context, call api.Call, id string) (api.Parting, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Parting{}, err
	}
	out, _, err := c.removal(ctx, id)
	return out, err
}

// Remove implements [api.People].
func (n *Node) Remove(ctx context.Context, call api.Call, id string, removing api.Removing) (api.Parting, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Parting{}, err
	}
	if err := checkReason(removing.Reason); err != nil {
		return api.Parting{}, err
	}
	out, op, err := c.removal(ctx, id)
	if err != nil {
		return out, err
	}
	decided, err := c.decide(ctx, n.cfg.wall(call.Now), op, removing.Reason)
	out.Change = decided.Change.String()
	return out, err
}

func checkReason(reason string) error {
	if n := len([]rune(reason)); n > maxReason {
		return api.Hint(fmt.Errorf("%w: a reason of %d characters", api.ErrUsage, n), "say it in %d characters; a question or a story has room for more", maxReason)
	}
	return nil
}

// removal says what it means to remove someone, or why that may not be.
func (c *community) removal(ctx context.Context, id string) (out api.Parting, op *membership.Remove, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		var m membership.MemberState
		if m, err = c.memberIn(r, id); err != nil {
			return
		}
		if m.ID == c.persona.Member {
			err = api.Hint(fmt.Errorf("%w: that is you", api.ErrUsage), "`coppice leave` takes you out")
			return
		}
		op = &membership.Remove{Members: []protocol.MemberID{m.ID}}
		if err = c.may(r, op); err == nil {
			out, err = c.parting(r, op.Members)
		}
	})
	return out, op, first(asked, err)
}

// parting says what stays when members are removed, and what they still have.
func (c *community) parting(r *replica.Replica, members []protocol.MemberID) (out api.Parting, err error) {
	out = api.Parting{Kept: []api.Kept{}, Says: []string{}}
	var names []string
	for _, id := range members {
		kept, err := c.kept(r, id)
		if err != nil {
			return out, err
		}
		out.Kept = append(out.Kept, kept)
		names = append(names, kept.Member.Name)
		if kept.UpTo == nil {
			out.Says = append(out.Says, fmt.Sprintf("Nothing that %s wrote is here, so nothing is kept.", kept.Member.Name))
		} else {
			out.Says = append(out.Says, fmt.Sprintf("%s up to %s %s kept: all that %s wrote and this node holds.",
				changes(kept.Changes), clock(*kept.UpTo), isAre(kept.Changes), kept.Member.Name))
		}
	}
	who := strings.Join(names, ", ")
	out.Says = append(out.Says,
		"Whatever else they wrote, or write from now on, is set aside on every node when it arrives; `coppice member log` lists it.",
		fmt.Sprintf("%s still %s a copy of everything up to now, and nobody can take that back. Nothing new is sent to them, and what is written from now on is under a new key that they do not get.", who, has(len(names))))
	return c.leftOpen(r, members, out), nil
}

// kept counts what stays of someone's words.
func (c *community) kept(r *replica.Replica, id protocol.MemberID) (api.Kept, error) {
	held, err := r.HeldOf(id)
	out := api.Kept{Member: c.person(id), Changes: held.Changes}
	if held.Changes > 0 {
		at := at2time(held.Last)
		out.UpTo = &at
	}
	return out, explain(err)
}

// leftOpen adds which invites of theirs still let people in.
func (c *community) leftOpen(r *replica.Replica, members []protocol.MemberID, out api.Parting) api.Parting {
	for _, s := range r.State().Invites() {
		if slices.Contains(members, s.Author) && c.refusal(s) == 0 {
			out.Says = append(out.Says, fmt.Sprintf("An invite made by %s still lets people in: `coppice invite revoke %s` ends it.",
				c.person(s.Author).Name, s.ID.String()[:10]))
		}
	}
	return out
}

// Entrants implements [api.People].
func (n *Node) Entrants(ctx context.Context, call api.Call, invite string) (api.Parting, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Parting{}, err
	}
	out, _, err := c.entrants(ctx, invite)
	return out, err
}

// RemoveEntrants implements [api.People].
func (n *Node) RemoveEntrants(ctx context.Context, call api.Call, invite string, removing api.Removing) (api.Parting, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Parting{}, err
	}
	if err := checkReason(removing.Reason); err != nil {
		return api.Parting{}, err
	}
	out, ops, err := c.entrants(ctx, invite)
	if err != nil || len(ops) == 0 {
		return out, err
	}
	wall := n.cfg.wall(call.Now)
	makes := make([]func(replica.Token) replica.Input, len(ops))
	for i, op := range ops {
		makes[i] = func(t replica.Token) replica.Input {
			d := replica.Decide{Token: t, Operation: op, Wall: wall}
			if _, removes := op.(*membership.Remove); removes {
				d.Words = removing.Reason
			}
			return d
		}
	}
	replies, err := c.act(ctx, makes...)
	if err != nil {
		return out, explain(err)
	}
	decided, _ := replies[len(replies)-1].Result.(replica.Decided)
	out.Change = decided.Change.String()
	return out, nil
}

// entrants says what ending an invite with all who came in by it means, and
// what does it: nothing when there is nothing left to do.
func (c *community) entrants(ctx context.Context, text string) (out api.Parting, ops []membership.Operation, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		var s membership.InviteState
		if s, err = inviteOf(r.State().Invites(), text); err != nil {
			return
		}
		if !s.Revoked {
			ops = append(ops, &membership.RevokeInvite{Invite: s.ID})
		}
		remove := &membership.Remove{}
		for _, m := range r.State().Members() {
			if slices.Contains(s.Entered, m.ID) {
				remove.Members = append(remove.Members, m.ID)
			}
		}
		if slices.Contains(remove.Members, c.persona.Member) {
			err = api.Hint(fmt.Errorf("%w: you came in by this invite yourself", api.ErrUsage), "remove the others by name with `coppice member remove`")
			return
		}
		if len(remove.Members) > 0 {
			ops = append(ops, remove)
		}
		for _, op := range ops {
			if err = c.may(r, op); err != nil {
				return
			}
		}
		if out, err = c.parting(r, remove.Members); err != nil {
			return
		}
		if len(remove.Members) == 0 {
			out.Says = nil
		}
		out.Says = slices.Insert(out.Says, 0, fmt.Sprintf("The invite lets nobody in any more, and %s who came in by it %s removed.",
			decimal(len(remove.Members)), isAre(len(remove.Members))))
	})
	return out, ops, first(asked, err)
}

// inviteOf returns the invite whose id begins so.
func inviteOf(states []membership.InviteState, text string) (s membership.InviteState, err error) {
	var matching []membership.InviteState
	for _, s := range states {
		if text != "" && strings.HasPrefix(s.ID.String(), strings.ToLower(text)) {
			matching = append(matching, s)
		}
	}
	switch len(matching) {
	case 0:
		return s, api.Hint(fmt.Errorf("%w: no invite's id begins with %q", api.ErrNotFound, text), "`coppice invite list` shows the invites")
	case 1:
		return matching[0], nil
	}
	return s, fmt.Errorf("%w: %q", api.ErrAmbiguous, text)
}

// clock writes a time as people say it: the hour alone for today.
func clock(t time.Time) string {
	t = t.Local()
	now := time.Now()
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 January, 15:04")
	}
	return t.Format("2 January 2006, 15:04")
}

func changes(n int) string {
	if n == 1 {
		return "1 change"
	}
	return decimal(n) + " changes"
}

func decimal(n int) string { return fmt.Sprint(n) }

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

func stays(n int) string {
	if n == 1 {
		return "stays"
	}
	return "stay"
}
