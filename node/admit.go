package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// randomness is secret and uniform.
var randomness io.Reader = rand.Reader

// checkBirth is membership.Birth as package invite asks for it.
func checkBirth(run *protocol.Run) error {
	_, err := membership.Birth(run)
	return err
}

// Preview implements [api.Backend].
func (n *Node) Preview(ctx context.Context, _ api.Call, p api.Previewing) (api.Preview, error) {
	address, err := invite.Parse(p.Invite)
	if err != nil {
		return api.Preview{}, explain(err)
	}
	device, err := newPersona("") // a device of no member: previewing shows nothing of ours
	if err != nil {
		return api.Preview{}, err
	}
	var preview *invite.Preview
	err = n.net.callEach(address, func(s *stream) error {
		caller := n.caller(s, address, device.Device.Key)
		for preview == nil {
			got, err := hear(s, caller)
			if err != nil {
				return err
			}
			preview = got.Preview
		}
		return nil
	})
	if err != nil {
		return api.Preview{}, explain(err)
	}
	genesis, err := membership.Birth(preview.Birth)
	if err != nil {
		return api.Preview{}, explain(err)
	}
	return api.Preview{
		Community: address.Community.String(), Name: genesis.Name, Concern: genesis.Concern,
		Nutshell: preview.Nutshell, Members: int(preview.Members), Size: int(preview.Size),
	}, nil
}

// Bounds on a join stream: who has proved nothing gets little time.
const (
	knockTime = 5 * time.Second
	enterTime = 2 * time.Minute // a person reads the preview
)

// admit answers a /coppice/join/1 stream.
func (n *Node) admit(s *stream) {
	defer s.drain()
	s.deadline(knockTime)
	var nonce identity.Nonce
	if _, err := rand.Read(nonce[:]); err != nil {
		return
	}
	responder := invite.NewResponder(invite.ResponderConfig{
		Caller: s.caller(), Responder: s.responder(), Nonce: nonce, Known: n.invitation,
	})
	if err := s.write(responder.Start()); err != nil {
		return
	}
	for !responder.Over() {
		frame, err := s.read(invite.MaxStranger)
		if err != nil {
			return
		}
		send, entered, err := responder.Receive(frame)
		if err != nil {
			n.log.Debug("a stranger was not let in", "reason", err)
			return
		}
		if send != nil {
			if err := s.write(send); err != nil {
				return
			}
			s.deadline(enterTime)
		}
		if entered != nil {
			n.letIn(s, responder, entered)
		}
	}
}

// letIn admits who entered and hands over what she needs to begin.
func (n *Node) letIn(s *stream, responder *invite.Responder, entered *invite.Entered) {
	refuse := func(reason invite.Refusal) { _ = s.write(responder.Refuse(reason)) }
	c := n.community(entered.Community)
	if c == nil {
		refuse(invite.Later)
		return
	}
	ctx, cancel := context.WithTimeout(n.ctx, callTime)
	defer cancel()
	admitted, err := c.letEnter(ctx, entered)
	var refusal invite.Refusal
	switch {
	case errors.As(err, &refusal):
		refuse(refusal)
		return
	case err != nil:
		c.log.Warn("who had an invite could not be let in", "error", err)
		refuse(invite.Later)
		return
	}
	s.deadline(callTime)
	if err := handOver(s, responder, admitted); err != nil {
		c.log.Debug("a join was cut", "error", err)
		return
	}
	_ = s.write(responder.Done(len(admitted.Letters) == 0))
}

// handOver sends the control runs and the letters, in pages.
func handOver(s *stream, responder *invite.Responder, a replica.Admitted) error {
	const room = invite.MaxPage - 64<<10
	page, size := invite.Page{Letters: a.Letters}, len(a.Letters)*2<<10
	send := func() error {
		frame, err := responder.Page(page)
		if err != nil {
			return err
		}
		page, size = invite.Page{}, 0
		return s.write(frame)
	}
	for _, run := range a.Runs {
		more := run.Size() + 256*len(run.Changes) + 256
		if size > 0 && size+more > room {
			if err := send(); err != nil {
				return err
			}
		}
		page.Runs, size = append(page.Runs, run), size+more
	}
	return send()
}

// invitation tells what this node knows of an invite's key.
func (n *Node) invitation(key identity.PublicKey, device protocol.DeviceID) (invite.Invitation, bool) {
	ctx, cancel := context.WithTimeout(n.ctx, knockTime)
	defer cancel()
	for _, c := range n.opened() {
		if i, ok := c.invitation(ctx, key, device); ok {
			return i, true
		}
	}
	return invite.Invitation{}, false
}

func (c *community) invitation(ctx context.Context, key identity.PublicKey, device protocol.DeviceID) (i invite.Invitation, ok bool) {
	err := c.ask(ctx, func(r *replica.Replica) {
		if i, ok = c.linkOf(r, key, device); ok {
			return
		}
		if i, ok = c.rootOf(r, key); ok {
			return
		}
		state := r.State()
		for _, s := range state.Invites() {
			if s.Invite.Key != key {
				continue
			}
			birth, err := c.birth()
			if err != nil {
				c.log.Error("the birth of the community cannot be read", "error", err)
				return
			}
			i = invite.Invitation{Community: c.id, Preview: invite.Preview{
				Birth: birth, Invite: s.ID, Rank: uint8(s.Invite.Rank), Approval: s.Invite.Approval || state.Policy().Approval,
				Nutshell: c.nutshell(), Members: uint64(len(state.Members())), Size: c.store.Size(),
			}}
			ok = true
			if !isIn(state, device) {
				i.Refused = c.refusal(s)
			}
			return
		}
	})
	return i, ok && err == nil
}

// isIn tells whether a device was admitted: it comes again for what it lacks,
// a convener's nod or a letter, whatever became of the invite.
func isIn(s *membership.State, device protocol.DeviceID) bool {
	return slices.ContainsFunc(s.Members(), func(m membership.MemberState) bool { return slices.Contains(m.Devices, device) })
}

// refusal says why an invite lets nobody new in; 0 when it does.
func (c *community) refusal(s membership.InviteState) invite.Refusal {
	switch {
	case s.Revoked:
		return invite.Revoked
	case s.UsedUp():
		return invite.UsedUp
	case s.Invite.Expires <= c.node.cfg.wall(time.Time{}):
		return invite.Expired
	}
	return 0
}

// birth returns the run the community begins with.
func (c *community) birth() (birth *protocol.Run, err error) {
	err = c.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		birth = run
		return errStop
	})
	if birth != nil {
		return birth, nil
	}
	return nil, errors.Join(errors.New("the log has no first run"), err)
}

var errStop = errors.New("enough")

// nutshell tells a newcomer in a few lines where she is going: the charter as
// this node shows it.
func (c *community) nutshell() string {
	items := c.shelf.counts()
	text := c.name()
	for _, kind := range []string{"way", "story", "problem", "question"} {
		if items[kind] > 0 {
			text += fmt.Sprintf("\n%d %s", items[kind], plural(kind, items[kind]))
		}
	}
	return text
}

func plural(kind string, n int) string {
	switch {
	case n == 1:
		return kind
	case kind == "story":
		return "stories"
	}
	return kind + "s"
}
