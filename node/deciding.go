package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// decide writes a control change, if this node's person may.
func (c *community) decide(ctx context.Context, wall uint64, op membership.Operation, words string) (replica.Decided, error) {
	var refused error
	if err := c.ask(ctx, func(r *replica.Replica) { refused = c.may(r, op) }); err != nil {
		return replica.Decided{}, err
	}
	if refused != nil {
		return replica.Decided{}, refused
	}
	return one[replica.Decided](ctx, c, func(t replica.Token) replica.Input {
		return replica.Decide{Token: t, Operation: op, Words: words, Wall: wall}
	})
}

// SetRank implements [api.People].
func (n *Node) SetRank(ctx context.Context, call api.Call, id string, ranking api.Ranking) (api.Ranked, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Ranked{}, err
	}
	var op *membership.SetRank
	var out api.Ranked
	asked := c.ask(ctx, func(r *replica.Replica) {
		var m membership.MemberState
		if m, err = c.memberIn(r, id); err != nil {
			return
		}
		if m.ID == c.persona.Member {
			err = api.Hint(fmt.Errorf("%w: that is you, and nobody gives or takes their own rank", api.ErrNotPermitted), "ask who is above you; `coppice member list` shows them")
			return
		}
		out = api.Ranked{Member: c.person(m.ID), From: m.Rank.String()}
		var to membership.Rank
		if to, err = aimed(r, m, out.Member.Name, ranking); err != nil {
			return
		}
		out.To = to.String()
		op = &membership.SetRank{Member: m.ID, Rank: to}
		err = c.may(r, op)
	})
	if asked != nil || err != nil {
		return api.Ranked{}, first(asked, err)
	}
	_, err = c.decide(ctx, n.cfg.wall(call.Now), op, "")
	return out, err
}

// ladder is what one step up or down leads to.
var ladder = []membership.Rank{membership.Guest, membership.Member, membership.Convener, membership.Founder}

// aimed returns the rank that a promotion or demotion leads to, or why it is none.
func aimed(r *replica.Replica, m membership.MemberState, name string, ranking api.Ranking) (to membership.Rank, err error) {
	at := slices.Index(ladder, m.Rank) // -1 for one who waits
	if ranking.To != "" {
		aim := slices.IndexFunc(ladder, func(r membership.Rank) bool { return r.String() == ranking.To })
		switch {
		case aim < 0:
			return to, api.Hint(fmt.Errorf("%w: there is no rank %q", api.ErrUsage, ranking.To), "the ranks are guest, member, convener and founder")
		case aim == at:
			return to, fmt.Errorf("%w: %s is a %s already", api.ErrUsage, name, ranking.To)
		case (aim > at) != ranking.Up:
			return to, api.Hint(fmt.Errorf("%w: %s is a %s, and a %s is %s", api.ErrUsage, name, m.Rank, ranking.To, higher(aim > at)),
				"`coppice member %s`", verb(aim > at))
		}
		return ladder[aim], nil
	}
	switch {
	case m.Waiting && ranking.Up:
		return invited(r, m), nil
	case m.Waiting:
		return to, api.Hint(fmt.Errorf("%w: %s waits to be let in", api.ErrUsage, name), "`coppice member remove` turns away, `coppice member promote` lets in")
	case !ranking.Up && at <= 0:
		return to, api.Hint(fmt.Errorf("%w: %s is a guest, and nothing is lower", api.ErrUsage, name), "`coppice member remove` takes a guest out")
	case !ranking.Up:
		return ladder[at-1], nil
	case m.Rank == membership.Convener:
		return to, api.Hint(fmt.Errorf("%w: %s is a convener; what comes next is founder, whom nobody can remove again", api.ErrUsage, name), "say it with --to founder")
	case at == len(ladder)-1:
		return to, fmt.Errorf("%w: %s is a founder, and nothing is higher", api.ErrUsage, name)
	}
	return ladder[at+1], nil
}

func higher(up bool) string {
	if up {
		return "higher"
	}
	return "lower"
}

func verb(up bool) string {
	if up {
		return "promote"
	}
	return "demote"
}

// invited returns what the invite of one who waits for a nod gives.
func invited(r *replica.Replica, m membership.MemberState) membership.Rank {
	for _, id := range slices.Backward(m.Admissions) {
		e, _ := r.ControlChange(id)
		admit, ok := e.Operation.(*membership.Admit)
		if !ok {
			continue
		}
		e, _ = r.ControlChange(admit.Invite)
		if invite, ok := e.Operation.(*membership.Invite); ok {
			return max(invite.Rank, membership.Guest)
		}
	}
	return membership.Member
}

// Policy implements [api.People].
func (n *Node) Policy(ctx context.Context, call api.Call) (out api.Policy, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	err = c.ask(ctx, func(r *replica.Replica) { out = policyOf(r.State().Policy()) })
	return out, err
}

func policyOf(p membership.Policy) api.Policy {
	who := map[membership.Rank]string{membership.Member: api.PolicyMembers, membership.Convener: api.PolicyConveners}
	out := api.Policy{Invite: who[p.Invite], Keepers: who[p.InviteKeeper], Entry: api.PolicyOpen}
	if p.Approval {
		out.Entry = api.PolicyApproval
	}
	return out
}

// SetPolicy implements [api.People].
func (n *Node) SetPolicy(ctx context.Context, call api.Call, p api.Policy) (out api.Policy, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	if p == (api.Policy{}) {
		return out, api.Hint(fmt.Errorf("%w: nothing to set", api.ErrUsage), "--invite members|conveners, --entry open|approval, --keepers members|conveners")
	}
	var was membership.Policy
	if err := c.ask(ctx, func(r *replica.Replica) { was = r.State().Policy() }); err != nil {
		return out, err
	}
	is := was
	if is.Invite, err = inviting(p.Invite, was.Invite); err != nil {
		return out, err
	}
	if is.InviteKeeper, err = inviting(p.Keepers, was.InviteKeeper); err != nil {
		return out, err
	}
	switch p.Entry {
	case "":
	case api.PolicyOpen, api.PolicyApproval:
		is.Approval = p.Entry == api.PolicyApproval
	default:
		return out, api.Hint(fmt.Errorf("%w: entry cannot be %q", api.ErrUsage, p.Entry), "it is open, or approval: a convener says yes to each who comes")
	}
	_, err = c.decide(ctx, n.cfg.wall(call.Now), &is, "")
	return policyOf(is), err
}

func inviting(who string, was membership.Rank) (membership.Rank, error) {
	switch who {
	case "":
		return was, nil
	case api.PolicyMembers:
		return membership.Member, nil
	case api.PolicyConveners:
		return membership.Convener, nil
	}
	return was, api.Hint(fmt.Errorf("%w: %q cannot be who invites", api.ErrUsage, who), "it is members or conveners")
}

// Rotate implements [api.People].
func (n *Node) Rotate(ctx context.Context, call api.Call) (out api.Rotated, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	if _, err = c.decide(ctx, n.cfg.wall(call.Now), &membership.Policy{Rotate: true}, ""); err != nil {
		return out, err
	}
	err = c.ask(ctx, func(r *replica.Replica) {
		if epochs := r.State().Epochs(); len(epochs) > 0 {
			out.Epoch = epochs[len(epochs)-1].ID.String()
		}
	})
	return out, err
}

// memberIn returns who is meant among those who are in, or wait to be.
func (c *community) memberIn(r *replica.Replica, text string) (m membership.MemberState, err error) {
	id, err := c.someone(r, text)
	if err != nil {
		return m, err
	}
	for _, m := range r.State().Members() {
		if m.ID == id {
			return m, nil
		}
	}
	return m, api.Hint(fmt.Errorf("%w: %s is not in this community any more", api.ErrNotFound, c.person(id).Name), "`coppice member show %s` says how that came", id.String()[:8])
}

// someone returns who is meant by an id, the beginning of one, a name or "me":
// among all who are in and all who ever said a name.
func (c *community) someone(r *replica.Replica, text string) (id protocol.MemberID, err error) {
	if text = strings.TrimPrefix(text, "@"); text == "me" {
		return c.persona.Member, nil
	}
	people := c.shelf.members()
	for _, m := range r.State().Members() {
		people[m.ID] = c.person(m.ID).Name
	}
	var named, begun []protocol.MemberID
	for id, name := range people {
		switch {
		case id.String() == strings.ToLower(text):
			return id, nil
		case strings.EqualFold(name, text):
			named = append(named, id)
		case text != "" && strings.HasPrefix(id.String(), strings.ToLower(text)):
			begun = append(begun, id)
		}
	}
	if len(named) == 0 {
		named = begun
	}
	switch len(named) {
	case 0:
		return id, api.Hint(fmt.Errorf("%w: nobody here is called %q, and no member's id begins so", api.ErrNotFound, text), "`coppice member list` shows who is here")
	case 1:
		return named[0], nil
	}
	return id, api.Hint(fmt.Errorf("%w: %q", api.ErrAmbiguous, text), "name her by more of her id: `coppice member list` shows the ids")
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
