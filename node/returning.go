package node

import (
	"context"
	"errors"
	"fmt"

	"coppice.example/node/api"
	"coppice.example/node/replica"
)

// inside refuses who is no longer in; nil for who is.
func (c *community) inside(ctx context.Context) (refused error) {
	err := c.ask(ctx, func(r *replica.Replica) {
		if !r.State().Active(c.persona.Device.ID()) {
			refused = c.outside(r)
		}
	})
	return first(err, refused)
}

var errInside = errors.New("this node is in the community")

// mayReturn returns nil for who is out and can come in again as the same
// person, by a new invite; [errInside] for who is in.
func (c *community) mayReturn(ctx context.Context) (refused error) {
	err := c.ask(ctx, func(r *replica.Replica) {
		device := c.persona.Device.ID()
		switch {
		case r.State().Active(device):
			refused = errInside
		case r.State().Revoked(device):
			refused = api.Hint(fmt.Errorf("%w: this device was revoked, and a revoked device never comes back", api.ErrNotPermitted), "join from another home, as another device")
		case c.persona.Root.IsZero():
			refused = api.Hint(fmt.Errorf("%w: your root key is not on this machine, and an invite takes it", api.ErrNotPermitted), "join from the home where you first came in, or as a new person from another home")
		}
	})
	return first(err, refused)
}

// comeBack lets this node's person in again who was out, by the invite of the
// job; for who is in there is nothing to do.
func (j *joining) comeBack(file joinFile) error {
	c := j.node.community(j.id)
	if errors.Is(c.mayReturn(j.node.ctx), errInside) {
		return nil
	}
	entrance, err := j.enterBy(file)
	if err != nil {
		return err
	}
	j.waitsFor("what was received to be checked and kept")
	if _, err = c.act(j.node.ctx, func(t replica.Token) replica.Input {
		return replica.Readmit{Token: t, Entrance: *entrance}
	}); err != nil {
		j.waitsFor("a node that hands over the community as it is: %v", err)
		return err
	}
	j.node.net.enter(c)
	return nil
}
