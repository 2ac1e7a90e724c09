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
	village   *Village
	community protocol.CommunityID
	newest    *Node   // holds all that was told
	told      int     // how often there was something new
	alone     []*Node // did something apart, or let somebody in
	heard     map[*Node]int
	arrived   map[*Node]uint64 // runs held when it last acted or met
}

// after takes note of what a node did, which may have come in just now.
func (t *tale) after(ctx context.Context, n *Node, apart, came bool) error {
	before := t.arrived[n]
	if err := t.pass(ctx, n); err != nil {
		return err
	}
	wrote := t.arrived[n] != before
	switch {
	case t.newest == nil: // she founded it
		t.tells(n)
	case apart && (wrote || came):
		t.alone = append(t.alone, n)
	case apart:
	case wrote || came:
		return t.gather(ctx, n)
	}
	return nil
}

// tells notes that a node holds all there is, and something new.
func (t *tale) tells(n *Node) {
	t.newest = n
	t.told++
	t.heard[n] = t.told
}

// gather has a node hear all there is, of those too who did something apart.
// One that is, or by that turns out to be, no longer of the community cannot;
// then another does.
func (t *tale) gather(ctx context.Context, n *Node) error {
	sources := t.alone
	t.alone = nil
	if t.heard[n] != t.told {
		sources = append(sources, t.newest)
	}
	for _, next := range once(append([]*Node{n}, t.village.people...)) {
		for _, p := range once(sources) {
			if err := t.meet(ctx, next, p); err != nil {
				return err
			}
		}
		is, err := t.isOf(ctx, next, next)
		if err != nil {
			return err
		}
		if is {
			t.tells(next)
			return nil
		}
		sources = append(sources, next, t.newest)
	}
	return nil // nobody is left
}

// catchUp has a node hear all that was told.
func (t *tale) catchUp(ctx context.Context, n *Node) error {
	if t.heard[n] == t.told {
		return nil
	}
	return t.meet(ctx, n, t.newest)
}

// meet brings two nodes together if both are in the community. The first has
// heard then what the second had, if both serve each other.
func (t *tale) meet(ctx context.Context, n, with *Node) error {
	c, other := n.community(t.community), with.community(t.community)
	if c == nil || other == nil || n == with {
		return nil
	}
	same, err := c.meet(ctx, other)
	if err != nil {
		return err
	}
	if same && with == t.newest {
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

// same returns the state hash of all who are of the community.
func (t *tale) same(ctx context.Context) (hash api.StateHash, err error) {
	call := api.Call{Community: t.community.String()}
	if hash, err = t.newest.StateHash(ctx, call); err != nil {
		return hash, err
	}
	others, err := t.others(ctx, t.newest)
	if err != nil {
		return hash, err
	}
	for _, n := range others {
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

// others returns the nodes beside one that are of the community, as each of
// them and that one see it.
func (t *tale) others(ctx context.Context, n *Node) (out []*Node, err error) {
	for _, p := range t.village.people {
		if p == n {
			continue
		}
		is, err := t.isOf(ctx, p, p)
		if err == nil && is {
			is, err = t.isOf(ctx, p, n)
		}
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, p)
		}
	}
	return out, nil
}

// isOf tells whether a node is of the community as somebody sees it.
func (t *tale) isOf(ctx context.Context, n, sees *Node) (is bool, err error) {
	c, seen := n.community(t.community), sees.community(t.community)
	if c == nil || seen == nil {
		return false, nil
	}
	err = seen.ask(ctx, func(r *replica.Replica) { is = r.State().Active(c.persona.Device.ID()) })
	return is, err
}

// once returns nodes without those named before.
func once(nodes []*Node) (out []*Node) {
	for _, n := range nodes {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
