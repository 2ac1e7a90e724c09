package node

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"coppice.example/node/api"
	"coppice.example/protocol"
)

// mutedFile is communities/ID/muted. It never leaves this machine.
type mutedFile struct {
	Members []protocol.MemberID `json:"members"`
}

func (c *community) mutedPath() []string { return []string{"communities", c.id.String(), "muted"} }

// muted lists whom this node's person does not want to hear.
func (c *community) muted() ([]protocol.MemberID, error) {
	b, err := c.node.home.read(c.mutedPath()...)
	if err != nil || b == nil {
		return nil, err
	}
	var f mutedFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", api.ErrDamaged, c.node.home.path(c.mutedPath()...), err)
	}
	return f.Members, nil
}

// Mute implements [api.Marking].
func (n *Node) Mute(_ context.Context, call api.Call, member string) (api.Muted, error) {
	return n.muting(call, member, true)
}

// Unmute implements [api.Marking].
func (n *Node) Unmute(_ context.Context, call api.Call, member string) (api.Muted, error) {
	return n.muting(call, member, false)
}

// Muted implements [api.Marking].
func (n *Node) Muted(_ context.Context, call api.Call) (api.Muted, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Muted{}, err
	}
	muted, err := c.muted()
	return c.mutedNames(muted), err
}

func (n *Node) muting(call api.Call, member string, mute bool) (api.Muted, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Muted{}, err
	}
	who, err := names{c}.Member(member)
	if err != nil {
		return api.Muted{}, err
	}
	if who == c.persona.Member {
		return api.Muted{}, fmt.Errorf("%w: that is you", api.ErrUsage)
	}
	c.muting.Lock()
	defer c.muting.Unlock()
	muted, err := c.muted()
	if err != nil {
		return api.Muted{}, err
	}
	muted = slices.DeleteFunc(muted, func(id protocol.MemberID) bool { return id == who })
	if mute {
		muted = append(muted, who)
	}
	b, err := json.Marshal(mutedFile{muted})
	if err != nil {
		return api.Muted{}, err
	}
	return c.mutedNames(muted), c.node.home.write(b, c.mutedPath()...)
}

func (c *community) mutedNames(muted []protocol.MemberID) api.Muted {
	out := api.Muted{Items: []api.Person{}}
	for _, id := range muted {
		out.Items = append(out.Items, c.person(id))
	}
	return out
}
