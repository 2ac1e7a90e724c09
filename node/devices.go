package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// everybody in place of a member asks for the devices of all.
const everybody = "all"

// Devices implements [api.Devices].
func (n *Node) Devices(ctx context.Context, call api.Call, member string) (out api.DeviceList, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	asked := c.ask(ctx, func(r *replica.Replica) {
		out.Items, err = c.devicesOf(r, member)
	})
	return out, first(asked, err)
}

func (c *community) devicesOf(r *replica.Replica, member string) ([]api.DeviceLine, error) {
	whose := c.persona.Member
	switch member {
	case everybody:
		return c.deviceLines(r, func(protocol.MemberID) bool { return true })
	case "":
	default:
		var err error
		if whose, err = c.someone(r, member); err != nil {
			return nil, err
		}
	}
	return c.deviceLines(r, func(id protocol.MemberID) bool { return id == whose })
}

// deviceLines lists the devices of some members, revoked ones too: by member,
// then from the first certified on.
func (c *community) deviceLines(r *replica.Replica, of func(protocol.MemberID) bool) ([]api.DeviceLine, error) {
	state, lines := r.State(), []api.DeviceLine{}
	seen := map[protocol.DeviceID]bool{}
	err := r.Control(func(e membership.Entry) error {
		cert, ok := membership.Carried(e.Change)
		if !ok || !of(cert.Member()) || seen[cert.DeviceID()] || !state.Effective(e.Change.ID) {
			return nil
		}
		seen[cert.DeviceID()] = true
		line, err := c.deviceLine(r, cert, e.Change.Wall)
		lines = append(lines, line)
		return err
	})
	slices.SortStableFunc(lines, func(a, b api.DeviceLine) int {
		return cmp.Or(strings.Compare(a.Member.Name, b.Member.Name), strings.Compare(a.Member.ID, b.Member.ID))
	})
	return lines, err
}

func (c *community) deviceLine(r *replica.Replica, cert *identity.Certificate, certified uint64) (api.DeviceLine, error) {
	id := cert.DeviceID()
	line := api.DeviceLine{
		Device: api.Device{ID: id.String(), Certified: at2time(certified), By: certifier(cert), This: id == c.persona.Device.ID()},
		Member: c.person(cert.Member()), State: api.DeviceIdle,
	}
	switch {
	case r.State().Active(id):
		line.State = api.DeviceActive
	case r.State().Revoked(id):
		line.State = api.DeviceRevoked
	}
	held, err := r.HeldBy(id)
	line.Changes = held.Changes
	if held.Last > 0 {
		last := at2time(held.Last)
		line.Last = &last
	}
	return line, err
}

// byRoot stands for the root in place of a device that certified.
const byRoot = "root"

func certifier(c *identity.Certificate) string {
	if c.Certifier.IsZero() {
		return byRoot
	}
	return c.Certifier.String()
}

// deviceIn returns the device whose id begins so, and its member.
func (c *community) deviceIn(r *replica.Replica, text string) (id protocol.DeviceID, member protocol.MemberID, err error) {
	lines, err := c.devicesOf(r, everybody)
	if err != nil {
		return id, member, err
	}
	lines = slices.DeleteFunc(lines, func(l api.DeviceLine) bool {
		return text == "" || !strings.HasPrefix(l.ID, strings.ToLower(text))
	})
	switch {
	case len(lines) == 0:
		return id, member, api.Hint(fmt.Errorf("%w: no device's id begins with %q", api.ErrNotFound, text), "`coppice device list --all` shows the devices")
	case len(lines) > 1:
		return id, member, fmt.Errorf("%w: %q", api.ErrAmbiguous, text)
	case lines[0].State == api.DeviceRevoked:
		return id, member, fmt.Errorf("%w: device %s is revoked already", api.ErrUsage, lines[0].ID[:10])
	}
	err = first(id.UnmarshalText([]byte(lines[0].ID)), member.UnmarshalText([]byte(lines[0].Member.ID)))
	return id, member, err
}

// Revocation implements [api.Devices].
func (n *Node) Revocation(ctx context.Context, call api.Call, id string) (out api.Revocation, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	asked := c.ask(ctx, func(r *replica.Replica) {
		out, _, err = c.revocation(r, id, nil)
	})
	return out, first(asked, err)
}

// Revoke implements [api.Devices].
func (n *Node) Revoke(ctx context.Context, call api.Call, id string, revoking api.Revoking) (out api.Revocation, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	root, err := n.rootFor(c, revoking.OpenKit)
	if err != nil {
		return out, err
	}
	var ops []membership.Operation
	asked := c.ask(ctx, func(r *replica.Replica) {
		out, ops, err = c.revocations(r, id, root, revoking.WithCertified)
	})
	switch err := first(asked, err); {
	case err != nil:
		return out, err
	case len(ops) == 0:
		return out, api.Hint(fmt.Errorf("%w: it takes your root key, which is not on this device", api.ErrNotPermitted),
			"give your recovery kit: `coppice device revoke %s --kit FILE`; or have a convener revoke it", out.Device.ID[:10])
	}
	wall := n.cfg.wall(call.Now)
	makes := make([]func(replica.Token) replica.Input, len(ops))
	for i, op := range ops {
		makes[i] = func(t replica.Token) replica.Input { return replica.Decide{Token: t, Operation: op, Wall: wall} }
	}
	replies, err := c.act(ctx, makes...)
	if err != nil {
		return out, explain(err)
	}
	decided, _ := replies[0].Result.(replica.Decided)
	out.Change, out.Device.State = decided.Change.String(), api.DeviceRevoked
	for i := range out.Certified[:len(ops)-1] {
		out.Certified[i].State = api.DeviceRevoked
	}
	return out, nil
}

// rooted lends the root for one signature; nil when it is not at hand.
type rooted func(sign func(identity.Key))

// revocation says what revoking a device means. With a root, or where it takes
// none, it returns the operation, if this device may do it.
func (c *community) revocation(r *replica.Replica, text string, root rooted) (out api.Revocation, op membership.Operation, err error) {
	id, owner, err := c.deviceIn(r, text)
	if err != nil {
		return out, nil, err
	}
	me := c.persona.Device.ID()
	out.Root = owner == c.persona.Member && id != me
	if out.Device, out.Certified, err = c.certifiedBy(r, id); err != nil {
		return out, nil, err
	}
	out.Says = c.sayRevocation(out)
	revoke := r.Cut(&membership.Revoke{Device: id}).(*membership.Revoke)
	switch {
	case !out.Root:
	case root != nil:
		root(func(k identity.Key) { revoke.ByRoot = membership.SignRevoke(k, c.id, me, revoke) })
	case !r.State().Active(me):
		return out, nil, c.outside(r)
	default:
		return out, nil, nil
	}
	return out, revoke, c.may(r, revoke)
}

// revocations is revocation with the operations on what the device certified
// behind its own, if they are asked for.
func (c *community) revocations(r *replica.Replica, text string, root rooted, too bool) (api.Revocation, []membership.Operation, error) {
	out, op, err := c.revocation(r, text, root)
	if err != nil || op == nil {
		return out, nil, err
	}
	ops := []membership.Operation{op}
	for _, l := range out.Certified {
		if !too {
			break
		}
		_, op, err := c.revocation(r, l.ID, root)
		if err != nil || op == nil {
			return out, nil, err
		}
		ops = append(ops, op)
	}
	return out, ops, nil
}

// certifiedBy returns a device, and the active ones that it certified, they
// and what they certified in turn, without this one.
func (c *community) certifiedBy(r *replica.Replica, id protocol.DeviceID) (of api.DeviceLine, certified []api.DeviceLine, err error) {
	lines, err := c.devicesOf(r, everybody)
	certified = []api.DeviceLine{}
	from := map[string]bool{id.String(): true}
	for more := true; more; { // a certifier may stand behind what it certified
		more = false
		for _, l := range lines {
			switch {
			case l.ID == id.String():
				of = l
			case from[l.By] && !from[l.ID]:
				from[l.ID], more = true, true
				if l.State == api.DeviceActive && !l.This {
					certified = append(certified, l)
				}
			}
		}
	}
	return of, certified, err
}

// sayRevocation says what stays and what not.
func (c *community) sayRevocation(out api.Revocation) []string {
	whose := out.Device.Member.Name + "'s device"
	switch {
	case out.Device.This:
		whose = "This device"
	case out.Device.Member.ID == c.persona.Member.String():
		whose = "Your device"
	}
	says := []string{fmt.Sprintf("%s %s takes part no more: it is served nothing, and what it writes from now on has no effect.", whose, out.Device.ID[:10])}
	if out.Device.Changes > 0 {
		says = append(says, fmt.Sprintf("%s of it up to %s %s.", changes(out.Device.Changes), clock(*out.Device.Last), stays(out.Device.Changes)))
	}
	if out.Device.This {
		says = append(says, "You come back here by another device of yours, or by your recovery kit.")
	}
	says = append(says, "What is on it remains readable there; all that is written from now on is sealed with a new key.")
	for _, d := range out.Certified {
		says = append(says, fmt.Sprintf("Through it came device %s on %s.", d.ID[:10], d.Certified.Local().Format("2 January 2006")))
	}
	if n := len(out.Certified); n > 0 {
		says = append(says, "Do you know it as yours? Then it stays. If not, add --with-certified, and it ends as well.")
		if n > 1 {
			says[len(says)-1] = fmt.Sprintf("Do you know all %d as yours? Then they stay. If none, add --with-certified, and they end as well; else end each that is strange by its own id.", n)
		}
	}
	return says
}
