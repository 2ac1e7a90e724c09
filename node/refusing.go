package node

import (
	"errors"
	"fmt"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// may asks whether this node's person may do op; nil is yes, else the reason
// in a sentence, with who may instead. It decides nothing: [membership.State.May] does.
func (c *community) may(r *replica.Replica, op membership.Operation) error {
	err := r.State().May(c.persona.Device.ID(), op)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, membership.ErrDevice):
		return c.outside(r)
	case errors.Is(err, membership.ErrLastFounder):
		return c.lastFounder(r)
	case errors.Is(err, membership.ErrRank):
		return api.Hint(fmt.Errorf("%w: %s", api.ErrNotPermitted, c.whyNot(r, op, err)), "%s", c.whoMay(r, op))
	case errors.Is(err, membership.ErrTarget):
		return api.Hint(fmt.Errorf("%w: %w", api.ErrNotFound, err), "`coppice member list` shows who is here")
	case errors.Is(err, membership.ErrInvite):
		return api.Hint(fmt.Errorf("%w: %w", api.ErrNotFound, err), "`coppice invite list` shows the invites")
	case errors.Is(err, membership.ErrRevoked), errors.Is(err, membership.ErrUsedUp):
		return api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "`coppice invite` makes a new one")
	}
	return explain(err)
}

// outside says that this device is no longer in, and how that came.
func (c *community) outside(r *replica.Replica) error {
	why := c.ended(r, c.persona.Member)
	if why == "" {
		why = "this device is not an active one of the community"
	}
	return api.Hint(fmt.Errorf("%w: %s", api.ErrNotPermitted, why),
		"what came before is here to read and to export; to take part again you need a new invite")
}

func (c *community) lastFounder(r *replica.Replica) error {
	hint := "alone here there is nobody to hand over to; `coppice down` ends the node"
	if len(r.State().Members()) > 1 {
		hint = "`coppice member promote ID --to founder` makes another founder; then you may leave"
	}
	return api.Hint(fmt.Errorf("%w: you are the last founder, and a community without one could never again name a convener", api.ErrNotPermitted), "%s", hint)
}

// whyNot says which of the people an operation is about stands in its way.
func (c *community) whyNot(r *replica.Replica, op membership.Operation, err error) string {
	state := r.State()
	mine := state.Rank(c.persona.Member).String()
	for _, alone := range apart(op) {
		if state.May(c.persona.Device.ID(), alone.op) == nil {
			continue
		}
		name, theirs := c.person(alone.member).Name, state.Rank(alone.member).String()
		switch theirs {
		case membership.Founder.String():
			return fmt.Sprintf("%s is a founder, and nobody acts against a founder", name)
		case mine:
			if theirs == membership.Convener.String() {
				return fmt.Sprintf("%s is a convener, as you are: nobody acts against an equal", name)
			}
		}
	}
	takes := err.Error()
	if at := strings.LastIndex(takes, ": "); at >= 0 {
		takes = takes[at+2:]
	}
	return fmt.Sprintf("you are a %s, and %s", mine, takes)
}

// alone is an operation on one member.
type alone struct {
	member protocol.MemberID
	op     membership.Operation
}

// apart takes an operation apart by the members it is about.
func apart(op membership.Operation) (each []alone) {
	switch o := op.(type) {
	case *membership.Remove:
		for _, m := range o.Members {
			each = append(each, alone{m, &membership.Remove{Members: []protocol.MemberID{m}}})
		}
	case *membership.SetRank:
		each = append(each, alone{o.Member, o})
	}
	return each
}

// whoMay names who else may do op, as the next step.
func (c *community) whoMay(r *replica.Replica, op membership.Operation) string {
	state := r.State()
	var names []string
	for _, m := range state.Members() {
		if m.ID == c.persona.Member || aims(op, m.ID) {
			continue
		}
		for _, device := range m.Devices {
			if state.May(device, op) == nil {
				names = append(names, fmt.Sprintf("%s (%s)", c.person(m.ID).Name, m.Rank))
				break
			}
		}
	}
	switch len(names) {
	case 0:
		return "nobody here can do that"
	case 1, 2, 3:
		return "ask " + strings.Join(names, " or ")
	}
	return fmt.Sprintf("ask %s or %d others", strings.Join(names[:2], ", "), len(names)-2)
}

// aims tells whether an operation is about a member.
func aims(op membership.Operation, member protocol.MemberID) bool {
	for _, a := range apart(op) {
		if a.member == member {
			return true
		}
	}
	return false
}
