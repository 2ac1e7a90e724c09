package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/store"
	"coppice.example/protocol"
)

// Village is nodes of one process that live by one clock, which whoever holds
// the village sets, and that meet without a network: nobody listens, rings or
// dials. So a community can be played through months in a second, and every
// home is afterwards an ordinary one, on which an ordinary node may run.
//
//	v := node.NewVillage()
//	defer v.Close()
//	rosa, err := v.Open(home)
//	v.Set(at)
//	err = v.Act(ctx, rosa, false, func() error { ... rosa.Client() ... })
//	hashes, err := v.Together(ctx)
//
// All that is done on a node is done within [Village.Act], by one goroutine at
// a time. Who acts holds before what everybody held who acted before her,
// unless they were apart. To the others it comes when they act, or in
// [Village.Together]: from inside nobody can tell the difference, and an act
// costs two meetings and not one with everybody.
type Village struct {
	now     atomic.Int64 // milliseconds since 1970; 0: the real time
	people  []*Node
	tales   []*tale // by founding
	apart   bool    // nobody meets
	visited []*Node // who was asked to let somebody in, since it was last noted

	mu    sync.Mutex
	hosts map[string]*villager
}

// NewVillage returns a village without anybody.
func NewVillage() *Village { return &Village{hosts: map[string]*villager{}} }

// Open opens a node on a home, which is made when there is none. Errors are
// those of [New].
func (v *Village) Open(home string) (*Node, error) {
	n, err := New(Config{Home: home, NoDiscovery: true, NoGossip: true, store: store.Options{Late: true}, village: v})
	if err != nil {
		return nil, err
	}
	v.people = append(v.people, n)
	return n, nil
}

// Close closes all nodes.
func (v *Village) Close() error {
	var errs []error
	for _, n := range v.people {
		errs = append(errs, n.Close())
	}
	v.people = nil
	return errors.Join(errs...)
}

// Set sets the clock of all nodes. It may go back, as clocks do.
func (v *Village) Set(at time.Time) { v.now.Store(at.UnixMilli()) }

func (v *Village) clock() time.Time {
	if now := v.now.Load(); now != 0 {
		return time.UnixMilli(now)
	}
	return time.Now()
}

// Client returns a client that the node answers within this process. It asks
// for no socket, and so it is the only one of a node in a [Village].
func (n *Node) Client() *api.Client { return api.Within(n.doors.Socket()) }

// Act has somebody do something on her node. Apart, what she does stays there:
// no nodes meet until somebody acts who is not apart, and after that act all
// do. Two who act apart one after the other know nothing of each other's words.
// Who comes into a community while others are apart meets the node that lets
// her in, and no other. The error is do's, or says why nodes could not meet.
func (v *Village) Act(ctx context.Context, n *Node, apart bool, do func() error) error {
	if err := v.before(ctx, n, apart); err != nil {
		return err
	}
	failed := do()
	if err := v.after(ctx, n, apart); failed == nil {
		failed = err
	}
	return failed
}

// before brings a node to where it is to stand when its person acts.
func (v *Village) before(ctx context.Context, n *Node, apart bool) error {
	switch {
	case v.apart:
	case apart: // what was told before is not to be missed
		for _, p := range v.people {
			if err := v.catchUp(ctx, p); err != nil {
				return err
			}
		}
		v.apart = true
	default:
		if n.retryJoins() {
			if err := v.note(ctx, n, false); err != nil {
				return err
			}
		}
		if err := v.catchUp(ctx, n); err != nil {
			return err
		}
	}
	for _, t := range v.tales {
		if err := t.pass(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// catchUp has a node hear all that was told.
func (v *Village) catchUp(ctx context.Context, n *Node) error {
	for _, t := range v.tales {
		if err := t.catchUp(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// after takes note of what was done, and ends the time apart.
func (v *Village) after(ctx context.Context, n *Node, apart bool) error {
	if err := v.note(ctx, n, apart); err != nil {
		return err
	}
	if apart || !v.apart {
		return nil
	}
	v.apart = false
	for _, t := range v.tales {
		if err := t.gather(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// note takes note of what a node did, and whom it met to be let in.
func (v *Village) note(ctx context.Context, n *Node, apart bool) error {
	visited := v.visited
	v.visited = nil
	for _, c := range n.opened() {
		t := v.tale(c.id)
		_, inside := t.arrived[n]
		came := !inside && t.newest != nil
		for _, p := range visited {
			if err := t.meet(ctx, n, p); err != nil {
				return err
			}
			t.alone = append(t.alone, p)
		}
		if err := t.after(ctx, n, apart, came); err != nil {
			return err
		}
	}
	return nil
}

// tale returns what was told in a community.
func (v *Village) tale(id protocol.CommunityID) *tale {
	i := slices.IndexFunc(v.tales, func(t *tale) bool { return t.community == id })
	if i < 0 {
		i = len(v.tales)
		v.tales = append(v.tales, &tale{village: v, community: id, heard: map[*Node]int{}, arrived: map[*Node]uint64{}})
	}
	return v.tales[i]
}

// Together has everybody hear everything, those who were apart too, and
// returns the state hash of each community, by founding, to which all come.
// Who is no longer of a community is let be. The error is [api.ErrTimeout] when
// two do not come to the same.
func (v *Village) Together(ctx context.Context) (hashes []api.StateHash, err error) {
	v.apart = false
	for _, t := range v.tales {
		if err := t.gather(ctx, t.newest); err != nil {
			return nil, err
		}
		for range 2 { // the second time everybody hears who holds what
			for _, n := range v.people {
				if err := t.meet(ctx, n, t.newest); err != nil {
					return nil, err
				}
			}
		}
		hash, err := t.same(ctx)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// sync is what [Node.Sync] does in a village. Who acts calls it.
func (v *Village) sync(ctx context.Context, c *community) (out api.Synced, err error) {
	if v.apart {
		return out, fmt.Errorf("%w: no member's node is within reach", api.ErrUnreachable)
	}
	t := v.tale(c.id)
	others, err := t.others(ctx, c.node)
	if err != nil {
		return out, err
	}
	for _, n := range others {
		if err := t.meet(ctx, n, c.node); err != nil {
			return out, err
		}
	}
	c.shelf.drain()
	out, err = c.synced(ctx)
	out.Peers, out.InSync = len(others), len(others)
	return out, err
}

// Occupied tells whether a home holds a community, or a join under way. A
// directory that is not there holds nothing.
func Occupied(home string) (bool, error) {
	for _, sub := range []string{"communities", "joining"} {
		entries, err := os.ReadDir(filepath.Join(home, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if len(entries) > 0 {
			return true, nil
		}
	}
	return false, nil
}
