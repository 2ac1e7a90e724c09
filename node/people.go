package node

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// Members implements [api.Backend].
func (n *Node) Members(ctx context.Context, call api.Call) (api.Members, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Members{}, err
	}
	out := api.Members{Items: []api.Member{}}
	err = c.ask(ctx, func(r *replica.Replica) {
		for _, m := range r.State().Members() {
			if m.Rank == membership.None && !m.Waiting {
				continue
			}
			p := c.person(m.ID)
			out.Items = append(out.Items, api.Member{
				ID: p.ID, Name: p.Name, Rank: m.Rank.String(), Devices: len(m.Devices), Waiting: m.Waiting,
			})
		}
	})
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Items, func(a, b api.Member) int { return strings.Compare(a.Name, b.Name) })
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	levels := gathered.Levels(w.people, w.facts, w.now)
	for i := range out.Items {
		one, err := w.someone(out.Items[i].ID)
		if err != nil || out.Items[i].Waiting {
			continue // nothing is known of her yet but that she came
		}
		out.Items[i].Level, out.Items[i].Lapsed = string(levels[one.ID]), one.Lapsed(w.now)
		if one.Away(w.now) {
			out.Items[i].AwayUntil = one.AwayUntil
		}
	}
	return out, nil
}

// person names a member as every answer does.
func (c *community) person(id protocol.MemberID) api.Person {
	name := c.shelf.nameOf(id)
	if name == "" && id == c.persona.Member {
		name = c.persona.Name
	}
	if name == "" {
		name = "member " + id.String()[:8]
	}
	return api.Person{ID: id.String(), Name: name}
}

const (
	usualUses = 1
	usualDays = 14
	mostDays  = 366
)

// Invite implements [api.Backend].
func (n *Node) Invite(ctx context.Context, call api.Call, i api.Invitation) (api.Invited, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Invited{}, err
	}
	if i.Uses == 0 {
		i.Uses = usualUses
	}
	if i.Days == 0 {
		i.Days = usualDays
	}
	if i.Uses < 0 || i.Uses > membership.MaxUses || i.Days < 0 || i.Days > mostDays {
		return api.Invited{}, fmt.Errorf("%w: an invite is for 1 to %d people and 1 to %d days", api.ErrUsage, membership.MaxUses, mostDays)
	}
	rank := membership.Member
	if i.Guest {
		rank = membership.Guest
	}
	secret, err := invite.NewSecret(rand.Reader)
	if err != nil {
		return api.Invited{}, err
	}
	wall := n.cfg.wall(call.Now)
	op := &membership.Invite{
		Key: secret.Key().Public(), Rank: rank, Uses: uint64(i.Uses), Approval: i.Approval,
		Expires: wall + uint64(i.Days)*uint64(24*time.Hour/time.Second),
	}
	d, err := c.decide(ctx, wall, op, "")
	if err != nil {
		return api.Invited{}, err
	}
	address := invite.Address{Community: c.id, Secret: secret, Peers: n.net.invitePeers(c)}
	return api.Invited{ID: d.Change.String(), Invite: address.Text()}, nil
}

// Invites implements [api.Backend].
func (n *Node) Invites(ctx context.Context, call api.Call) (api.Invites, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Invites{}, err
	}
	wall := n.cfg.wall(call.Now)
	out := api.Invites{Items: []api.Invite{}}
	states, err := c.invites(ctx)
	for _, s := range slices.Backward(states) {
		line := api.Invite{
			ID: s.ID.String(), By: c.person(s.Author), Rank: s.Invite.Rank.String(),
			Uses: int(s.Invite.Uses), Used: len(s.Entered), Expires: at2time(s.Invite.Expires), State: "open",
		}
		switch {
		case s.Revoked:
			line.State = "revoked"
		case s.UsedUp():
			line.State = "used up"
		case s.Invite.Expires < wall:
			line.State = "expired"
		}
		out.Items = append(out.Items, line)
	}
	return out, err
}

func (c *community) invites(ctx context.Context) (states []membership.InviteState, err error) {
	err = c.ask(ctx, func(r *replica.Replica) { states = r.State().Invites() })
	return states, err
}

// RevokeInvite implements [api.Backend].
func (n *Node) RevokeInvite(ctx context.Context, call api.Call, id string) error {
	c, err := n.pick(call)
	if err != nil {
		return err
	}
	states, err := c.invites(ctx)
	if err != nil {
		return err
	}
	s, err := inviteOf(states, id)
	if err != nil || s.Revoked {
		return err
	}
	_, err = c.decide(ctx, n.cfg.wall(call.Now), &membership.RevokeInvite{Invite: s.ID}, "")
	return err
}
