package node

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
)

// name returns what the community is called: by its charter, or as it was founded.
func (c *community) name() string {
	if title := c.shelf.charterName(); title != "" {
		return title
	}
	return c.founded
}

// Status implements [api.Backend].
func (n *Node) Status(ctx context.Context, call api.Call) (api.Status, error) {
	out := api.Status{
		Peer: n.net.id(), Addrs: n.net.addrs(), Web: n.pages(),
		Communities: []api.CommunityStatus{}, Joining: []api.Joined{}, Damaged: n.damagedLines(),
	}
	communities := n.opened()
	if call.Community != "" {
		c, err := n.pick(call)
		if err != nil {
			return out, err
		}
		communities = []*community{c}
	}
	for _, c := range communities {
		s, err := c.status(ctx)
		if err != nil {
			return out, err
		}
		out.Communities = append(out.Communities, s)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, j := range n.joining {
		j.mu.Lock()
		out.Joining = append(out.Joining, j.state())
		j.mu.Unlock()
	}
	slices.SortFunc(out.Joining, func(a, b api.Joined) int { return strings.Compare(a.Community, b.Community) })
	return out, nil
}

func (c *community) status(ctx context.Context) (out api.CommunityStatus, err error) {
	err = c.ask(ctx, func(r *replica.Replica) {
		s := r.Status()
		ended := ""
		if !r.State().Active(c.persona.Device.ID()) {
			ended = c.ended(r, c.persona.Member)
		}
		out = api.CommunityStatus{
			Rank: s.Rank.String(), Ended: ended,
			ID: c.id.String(), Name: c.name(), Member: c.person(c.persona.Member), Members: s.Members,
			Changes: int(s.Changes), BeingSetRight: s.Righting, UpdateNeeded: s.Newer, Waiting: s.Waiting, Peers: []api.Peer{},
		}
		for _, d := range s.Delayed {
			out.Delayed = append(out.Delayed, api.Delayed{Member: c.person(d.Member), Runs: d.Runs})
		}
		for _, f := range r.Forks() {
			out.ForkedLogs = append(out.ForkedLogs, api.ForkedLog{Member: c.person(f.Member), Device: f.Log.Device.String()})
		}
		if s.Righting == 0 {
			out.StateHash = s.State.String()
		}
		for _, at := range s.Sessions {
			held := c.sessions[at.Session]
			if held == nil {
				continue
			}
			p := api.Peer{Peer: held.peer, Member: c.person(at.Member), InSync: at.InSync}
			if at.Synced > 0 {
				t := time.UnixMilli(at.Synced).UTC()
				p.LastSync = &t
			}
			out.Peers = append(out.Peers, p)
		}
	})
	slices.SortFunc(out.Peers, func(a, b api.Peer) int { return strings.Compare(a.Peer, b.Peer) })
	if err == nil {
		_, out.KitDue, err = c.rootHere()
	}
	return out, err
}

// StateHash implements [api.Backend]. It waits until all documents are right:
// before that there is no hash to compare.
func (n *Node) StateHash(ctx context.Context, call api.Call) (api.StateHash, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.StateHash{}, err
	}
	for {
		next := c.events.next()
		s, err := c.status(ctx)
		if err != nil || s.BeingSetRight == 0 {
			return api.StateHash{Community: s.ID, Hash: s.StateHash, Changes: s.Changes}, err
		}
		select {
		case <-next:
		case <-ctx.Done():
			return api.StateHash{}, ctx.Err()
		case <-c.done:
			return api.StateHash{}, errEnding
		}
	}
}

// usualWait is how long a sync may take whose caller did not say.
const usualWait = 10 * time.Second

// dialGrace is how long a sync that could end waits for nodes it does not
// reach: one that is up answers sooner.
const dialGrace = 2 * time.Second

// Sync implements [api.Backend].
func (n *Node) Sync(ctx context.Context, call api.Call, s api.Syncing) (api.Synced, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Synced{}, err
	}
	if s.Wait <= 0 {
		s.Wait = api.Duration(usualWait)
	}
	if v := n.cfg.village; v != nil {
		return v.sync(ctx, c)
	}
	waiting, cancel := context.WithTimeout(ctx, time.Duration(s.Wait))
	defer cancel()
	if err := c.inside(waiting); err != nil {
		return api.Synced{}, err
	}
	if err := c.tell(waiting, replica.Poke{}); err != nil {
		return api.Synced{}, err
	}
	n.net.dialAll()
	patience := time.NewTimer(dialGrace)
	defer patience.Stop()
	for dialled := false; ; {
		next, settled := c.events.next(), n.net.settled()
		out, err := c.synced(ctx)
		if err != nil {
			return out, err
		}
		if out.Peers > 0 && out.InSync == out.Peers && out.StateHash != "" && (dialled || !n.net.reaching(c)) {
			c.shelf.drain()
			return out, nil
		}
		select {
		case <-next:
		case <-settled:
		case <-patience.C:
			dialled = true
		case <-waiting.Done():
			switch {
			case ctx.Err() != nil:
				return out, ctx.Err()
			case out.Peers == 0:
				return out, fmt.Errorf("%w: no member's node is within reach", api.ErrUnreachable)
			case out.InSync == 0:
				return out, fmt.Errorf("%w: %d of %d nodes within reach hold the same", api.ErrTimeout, out.InSync, out.Peers)
			}
			return out, nil
		case <-n.ctx.Done():
			return out, errEnding
		}
	}
}

func (c *community) synced(ctx context.Context) (api.Synced, error) {
	s, err := c.status(ctx)
	out := api.Synced{Community: s.ID, Peers: len(s.Peers), Changes: s.Changes, StateHash: s.StateHash}
	for _, p := range s.Peers {
		if p.InSync {
			out.InSync++
		}
	}
	return out, err
}

// Rebuild implements [api.Backend].
func (n *Node) Rebuild(ctx context.Context, call api.Call) (api.Rebuilt, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Rebuilt{}, err
	}
	var out api.Rebuilt
	var failed error
	err = c.ask(ctx, func(*replica.Replica) {
		failed = c.rebuild()
		out.Changes, out.Documents = int(c.store.Changes()), c.shelf.total()
	})
	if err == nil {
		err = explain(failed)
	}
	return out, err
}
