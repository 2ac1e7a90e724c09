package node

import (
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

// Member implements [api.People].
func (n *Node) Member(ctx context.Context, call api.Call, id string) (out api.MemberPage, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	asked := c.ask(ctx, func(r *replica.Replica) {
		var who protocol.MemberID
		if who, err = c.someone(r, id); err == nil {
			out, err = c.page(r, who)
		}
	})
	if err := first(asked, explain(err)); err != nil {
		return out, err
	}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	return out, w.words(ctx, &out)
}

// page describes the standing of a member, or of one who was.
func (c *community) page(r *replica.Replica, id protocol.MemberID) (out api.MemberPage, err error) {
	p, state := c.person(id), r.State()
	out = api.MemberPage{ID: p.ID, Name: p.Name, Rank: state.Rank(id).String(), Admissions: []api.Admission{}, Devices: []api.Device{}}
	in := membership.MemberState{}
	for _, m := range state.Members() {
		if m.ID == id {
			in, out.Waiting, out.Keeper = m, m.Waiting, m.Keeper
		}
	}
	if in.ID.IsZero() {
		out.Ended = c.ended(r, id)
	}
	err = r.Control(func(e membership.Entry) error {
		cert, ok := membership.Carried(e.Change)
		if !ok || cert.Member() != id || !state.Effective(e.Change.ID) {
			return nil
		}
		if _, further := e.Operation.(*membership.Device); !further {
			out.Admissions = append(out.Admissions, c.admission(r, e))
		}
		if device := cert.DeviceID(); slices.Contains(in.Devices, device) && !slices.ContainsFunc(out.Devices, func(d api.Device) bool { return d.ID == device.String() }) {
			by := "root"
			if !cert.Certifier.IsZero() {
				by = cert.Certifier.String()
			}
			out.Devices = append(out.Devices, api.Device{
				ID: device.String(), Certified: at2time(e.Change.Wall), By: by, This: device == c.persona.Device.ID(),
			})
		}
		return nil
	})
	if err == nil {
		out.Follows, err = c.follows(r, id)
	}
	if err != nil {
		return out, err
	}
	kind := c.node.kinds.Named(memberKind).Kind
	out.Document = protocol.DeriveDocument(c.id, kind, id[:]).String()
	return out, nil
}

// admission tells how someone came in.
func (c *community) admission(r *replica.Replica, e membership.Entry) api.Admission {
	by, _ := r.AuthorOf(e)
	out := api.Admission{ID: e.Change.ID.String(), At: at2time(e.Change.Wall), By: c.person(by)}
	admit, ok := e.Operation.(*membership.Admit)
	if !ok {
		return out
	}
	out.Invite = admit.Invite.String()
	if invite, held := r.ControlChange(admit.Invite); held {
		author, _ := r.AuthorOf(invite)
		inviter := c.person(author)
		out.InvitedBy = &inviter
	}
	return out
}

// ended says in a sentence how it came that a member, or this device, is no
// longer in; "" when nothing took her out.
func (c *community) ended(r *replica.Replica, id protocol.MemberID) string {
	e, ok, err := r.Ended(id)
	if err != nil || !ok {
		return ""
	}
	by, _ := r.AuthorOf(e)
	who, at := "you were", clock(at2time(e.Change.Wall))
	if id != c.persona.Member {
		who = c.person(id).Name + " was"
	}
	switch e.Operation.(type) {
	case *membership.Leave:
		return fmt.Sprintf("%s left, %s", strings.TrimSuffix(strings.TrimSuffix(who, " was"), " were"), at)
	case *membership.HandOver:
		return fmt.Sprintf("%s followed by a new person of the same name, %s", who, at)
	case *membership.Revoke:
		return fmt.Sprintf("this device was revoked by %s, %s", c.person(by).Name, at)
	}
	text := fmt.Sprintf("%s removed by %s, %s", who, c.person(by).Name, at)
	if reason := r.WordsOf(e.Change.ID); reason != "" {
		text += fmt.Sprintf(": %q", reason)
	}
	return text
}

// mostVoid bounds a member log.
const mostVoid = 500

// MemberLog implements [api.People].
func (n *Node) MemberLog(ctx context.Context, call api.Call, id string) (out api.MemberLog, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	c.shelf.fresh() // for titles
	asked := c.ask(ctx, func(r *replica.Replica) {
		var whose []protocol.MemberID
		if id != "" {
			who, unknown := c.someone(r, id)
			if err = unknown; err != nil {
				return
			}
			whose = append(whose, who)
		}
		out.Items, err = c.voids(r, whose)
	})
	if err := first(asked, explain(err)); err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Items, func(a, b api.Void) int { return b.At.Compare(a.At) })
	if len(out.Items) > mostVoid {
		out.Items, out.More = out.Items[:mostVoid], true
	}
	return out, nil
}

// voids lists what is without effect, of some or of all.
func (c *community) voids(r *replica.Replica, whose []protocol.MemberID) ([]api.Void, error) {
	items, state := []api.Void{}, r.State()
	all := whose == nil
	err := r.Control(func(e membership.Entry) error {
		author, ok := r.AuthorOf(e)
		if all && ok && !slices.Contains(whose, author) {
			whose = append(whose, author)
		}
		why := state.Reason(e.Change.ID)
		if why == nil || !slices.Contains(whose, author) {
			return nil
		}
		items = append(items, api.Void{
			ID: e.Change.ID.String(), At: at2time(e.Change.Wall), By: c.person(author),
			What: c.sought(e.Operation), Why: why.Error(),
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if all { // who never wrote a control change is known by being admitted
		for id := range c.shelf.members() {
			if !slices.Contains(whose, id) {
				whose = append(whose, id)
			}
		}
	}
	for _, id := range whose {
		asides, err := r.SetAside(id)
		if err != nil {
			return nil, err
		}
		for _, a := range asides {
			items = append(items, c.aside(r, id, a))
		}
	}
	return items, nil
}

// aside tells of words that were set aside.
func (c *community) aside(r *replica.Replica, author protocol.MemberID, a replica.Aside) api.Void {
	out := api.Void{
		ID: a.Change.String(), At: at2time(a.Wall), By: c.person(author), Document: a.Document.String(),
		What: "words that cannot be read yet", Why: "no admission of its author stands any more",
	}
	if len(a.Operations) > 0 {
		out.What = c.wrote(r, a)
	}
	e, ok := r.ControlChange(a.By)
	if !ok {
		return out
	}
	by, _ := r.AuthorOf(e)
	at := clock(at2time(e.Change.Wall))
	switch o := e.Operation.(type) {
	case *membership.Leave:
		out.Why = fmt.Sprintf("%s left, %s, and it is not among what was kept", out.By.Name, at)
	case *membership.SetRank:
		out.Why = fmt.Sprintf("%s made %s a %s, %s, and it is not among what was kept", c.person(by).Name, out.By.Name, o.Rank, at)
	case *membership.Revoke:
		out.Why = fmt.Sprintf("%s revoked the device, %s, and it is not among what was kept", c.person(by).Name, at)
	default:
		out.Why = fmt.Sprintf("%s removed %s, %s, and it is not among what was kept", c.person(by).Name, out.By.Name, at)
	}
	return out
}

// wrote says in a few words what a change did to which document.
func (c *community) wrote(r *replica.Replica, a replica.Aside) string {
	schema := c.node.kinds.Schema(a.Kind)
	name := "document of a kind this version does not know"
	if schema != nil {
		name = schema.Name
	}
	d, err := r.Document(a.Document)
	switch {
	case err == nil && d.Folded != nil:
		return fmt.Sprintf("%s of the %s %q", describe(schema, a.Operations), name, d.Folded.Title)
	case a.Creates:
		return fmt.Sprintf("made a %s, which therefore shows nowhere", name)
	}
	return fmt.Sprintf("%s of a %s that shows nowhere now", describe(schema, a.Operations), name)
}

// sought says in a few words what an operation wanted.
func (c *community) sought(op membership.Operation) string {
	switch o := op.(type) {
	case *membership.Invite:
		return "made an invite"
	case *membership.RevokeInvite:
		return "ended an invite"
	case *membership.Admit:
		if cert, err := identity.DecodeCertificate(o.Certificate); err == nil {
			return "let in " + c.person(cert.Member()).Name
		}
		return "let someone in"
	case *membership.Commit:
		return "made a commitment"
	case *membership.Device:
		return "added a device"
	case *membership.Revoke:
		return "revoked a device"
	case *membership.SetRank:
		return fmt.Sprintf("made %s a %s", c.person(o.Member).Name, o.Rank)
	case *membership.Remove:
		var names []string
		for _, m := range o.Members {
			names = append(names, c.person(m).Name)
		}
		return "removed " + strings.Join(names, ", ")
	case *membership.Leave:
		return "left"
	case *membership.ExtendCut:
		return "kept more of what a removal struck"
	case *membership.Policy:
		return "changed how people enter"
	case *membership.Epoch:
		return "made a new key"
	case *membership.Keeper:
		return "stopped or resumed a keeper"
	case *membership.Redact:
		return "took back the words of " + changes(len(o.Changes))
	case *membership.Merge:
		return "joined what was decided apart"
	case *membership.HandOver:
		return fmt.Sprintf("handed %s over to %s", c.person(o.Old).Name, c.person(o.New).Name)
	}
	return "something this version does not know"
}
