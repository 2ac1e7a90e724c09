package node

import (
	"context"
	"fmt"
	"strings"

	"coppice.example/node/api"
)

// Commit implements [api.Committers]: in the control graph, where it makes a
// guest what her invite gives, and on her own page, in one batch. The same words
// said again are said again: it is renewed by it.
func (n *Node) Commit(ctx context.Context, call api.Call, said api.Committing) error {
	c, err := n.pick(call)
	if err != nil {
		return err
	}
	words := strings.TrimSpace(said.Words)
	if words == "" {
		return api.Hint(fmt.Errorf("%w: a commitment says something", api.ErrUsage), "say in a sentence what you are here for")
	}
	return c.introduce(ctx, joinFile{Commitment: words, Wall: n.cfg.wall(call.Now), renews: true})
}
