package node

import (
	"context"
	"fmt"
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// tale is one community of a village: how far each node has heard what was
// told in it.
type tale struct {
	community protocol.CommunityID
	newest    *Node   // holds all that was told
	told      int     // how often there was something new
	alone     []*Node // wrote something while apart, or let somebody in
	heard     map[*Node]int
	arrived   map[*Node]uint64 // runs held when it last acted or met
}

// after takes note of what a node holds now, which may have come in just now.
func (t *tale) after(ctx context.Context, n *Node, apart, came bool) error {
	before := t.arrived[n]
	if err := t.pass(ctx, n); err != nil {
		return err
	}
	switch {
	case apart && t.arrived[n] != before:
		t.alone = append(t.alone, n)
	case apart:
	case came && t.newest != n:
		return t.rejoin(ctx, n)
	case t.arrived[n] != before:
		t.tells(n)
	}
	return nil
}

// tells notes that a node holds all there is, and something new.
func (t *tale) tells(n *Node) {
	t.newest = n
	t.told++
	t.heard[n] = t.told
}

// rejoin has a node hear all there is, of those too who did something apart.
func (t *tale) rejoin(ctx context.Context, n *Node) error {
	alone := slices.Compact(append(t.alone, t.newest))
	t.alone = nil
	if n.community(t.community) == nil {
		n = t.newest // who acts is not of this community
	}
	for _, p := range alone {
		if err := t.meet(ctx, p, n); err != nil {
			return err
		}
	}
	t.tells(n) // the others have heard of some of it at most
	return nil
}

func (t *tale) catchUp(ctx context.Context, n *Node) error {
	if t.heard[n] == t.told {
		return nil
	}
	return t.meet(ctx, n, t.newest)
}

// meet brings two nodes together if both are in the community. The first has
// heard then what the second had.
func (t *tale) meet(ctx context.Context, n, with *Node) error {
	c, other := n.community(t.community), with.community(t.community)
	if c == nil || other == nil {
		return nil
	}
	if n != with {
		if err := c.meet(ctx, other); err != nil {
			return err
		}
	}
	if with == t.newest {
		t.heard[n] = t.told
	}
	if err := t.pass(ctx, with); err != nil {
		return err
	}
	return t.pass(ctx, n)
}

// pass lets a node live through the time by which the clock was set on, and
// counts what it holds.
func (t *tale) pass(ctx context.Context, n *Node) error {
	c := n.community(t.community)
	if c == nil {
		return nil
	}
	return c.stand(ctx, func() {
		if c.tick(); c.replica != nil {
			t.arrived[n] = c.store.Arrived()
		}
	})
}

// same compares what everybody holds who is still of the community.
func (t *tale) same(ctx context.Context, people []*Node) (hash api.StateHash, err error) {
	call := api.Call{Community: t.community.String()}
	if hash, err = t.newest.StateHash(ctx, call); err != nil {
		return hash, err
	}
	for _, n := range people {
		of, err := t.isOf(ctx, n)
		if err != nil {
			return hash, err
		}
		if !of {
			continue
		}
		got, err := n.StateHash(ctx, call)
		if err != nil {
			return hash, err
		}
		if got.Hash != hash.Hash {
			return hash, fmt.Errorf("%w: %s's node holds %d changes and %s's %d, and they do not come to the same", api.ErrTimeout,
				n.community(t.community).persona.Name, got.Changes, t.newest.community(t.community).persona.Name, hash.Changes)
		}
	}
	return hash, nil
}

// isOf tells whether a node is of the community as it and the newest see it.
func (t *tale) isOf(ctx context.Context, n *Node) (is bool, err error) {
	c := n.community(t.community)
	if c == nil {
		return false, nil
	}
	is = true
	for _, asked := range []*Node{n, t.newest} {
		err := asked.community(t.community).ask(ctx, func(r *replica.Replica) {
			is = is && r.State().Active(c.persona.Device.ID())
		})
		if err != nil {
			return false, err
		}
	}
	return is, nil
}
