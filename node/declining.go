package node

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"coppice.example/node/api"
)

// refusedAct is one act that this node's person does not want to do.
type refusedAct struct {
	Times int    `json:"times"`
	At    uint64 `json:"at"` // the last time, seconds since 1970
}

// Bounds of what is kept of refusals.
const (
	enoughRefusals = 2
	refusedFor     = 60 * 86400 // seconds for which an act is not offered then
	mostRefusals   = 256
)

// refusals are communities/ID/refused, by key. They never leave this machine.
type refusals map[string]refusedAct

func (c *community) refusedPath() []string { return []string{"communities", c.id.String(), "refused"} }

func (c *community) refusals() (refusals, error) {
	all := refusals{}
	b, err := c.node.home.read(c.refusedPath()...)
	if err != nil || b == nil {
		return all, err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", api.ErrDamaged, c.node.home.path(c.refusedPath()...), err)
	}
	return all, nil
}

// refused returns the acts that are not offered at a time: those that were
// refused twice, for 60 days after the second time.
func (c *community) refused(now uint64) (map[string]bool, error) {
	all, err := c.refusals()
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for key, r := range all {
		out[key] = r.Times >= enoughRefusals && now < r.At+refusedFor
	}
	return out, nil
}

// RefuseAct implements [api.Measuring].
func (n *Node) RefuseAct(_ context.Context, call api.Call, refusal api.Refusal) error {
	c, err := n.pick(call)
	if err != nil {
		return err
	}
	key := strings.TrimSpace(refusal.Key)
	if key == "" {
		return api.Hint(fmt.Errorf("%w: it does not say which act", api.ErrUsage), "`coppice signs --json` names each act of \"next\" by its key")
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	all, err := c.refusals()
	if err != nil {
		return err
	}
	now := n.cfg.wall(call.Now)
	was := all[key]
	if was.Times >= enoughRefusals && now >= was.At+refusedFor { // it was offered again
		was.Times = 0
	}
	if was.Times == 0 && len(all) >= mostRefusals {
		return api.Hint(fmt.Errorf("%w: there are no so many acts", api.ErrTooLarge), "refuse an act by the key that `coppice signs --json` gives it")
	}
	all[key] = refusedAct{was.Times + 1, now}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return n.home.write(b, c.refusedPath()...)
}
