package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/store"
	"coppice.example/protocol"
)

// stagePrefix begins the names of communities that are being made: what has
// such a name at the start was never acknowledged and is swept away.
const stagePrefix = ".new-"

// Found implements [api.Backend].
func (n *Node) Found(ctx context.Context, call api.Call, f api.Founding) (api.Founded, error) {
	b, err := n.birth(call, f, nil)
	if err != nil {
		return api.Founded{}, err
	}
	c, err := n.settle(ctx, b.id, b.persona, b.outputs, nil)
	if err != nil {
		return api.Founded{}, err
	}
	return b.founded(c), nil
}

// birth is a community that is about to be.
type birth struct {
	id      protocol.CommunityID
	persona *persona // its founder
	outputs []replica.Output
}

func (b *birth) founded(c *community) api.Founded {
	return api.Founded{Community: b.id.String(), Member: b.persona.Member.String(), Name: c.name()}
}

// birth makes what a community begins with; carried, its charter is a copy.
func (n *Node) birth(call api.Call, f api.Founding, carried *envelope.Carried) (*birth, error) {
	f, charter, err := prefilled(f)
	if err != nil {
		return nil, err
	}
	begin, err := n.lunch(call, f.Lunch)
	if err != nil {
		return nil, err
	}
	p, err := newPersona(personaName(f.As))
	if err != nil {
		return nil, err
	}
	cfg := replica.Config{Device: p.Device, Incarnation: n.incarnation.ID, Kinds: n.kinds, Random: rand.Reader}
	id, outputs, err := replica.Found(int64(n.cfg.wall(call.Now))*1000, cfg, replica.Founding{
		Root: p.Root, Name: f.Name, Concern: f.Concern, Style: f.Style,
		Person: p.Name, Commitment: f.Commitment, Carried: carried,
		Charter: charter, Begin: begin,
	})
	if err != nil {
		return nil, explain(err)
	}
	return &birth{id, p, outputs}, nil
}

// settle gives a new community its place in the home: keys, first batch and
// what fill adds to it in a directory beside, then one rename. Only then is it
// there. A nil fill adds nothing.
func (n *Node) settle(_ context.Context, id protocol.CommunityID, p *persona, outputs []replica.Output, fill func(*store.Store) error) (*community, error) {
	stage := filepath.Join("communities", stagePrefix+id.String())
	if err := os.RemoveAll(n.home.path(stage)); err != nil {
		return nil, err
	}
	if err := n.home.savePersona(stage, p); err != nil {
		return nil, explain(err)
	}
	s, err := store.Open(n.home.path(stage, "store"), id, n.cfg.store)
	if err != nil {
		return nil, explain(err)
	}
	for _, output := range outputs {
		if batch, ok := output.(replica.Append); ok {
			if _, err := s.Append(batchOf(batch)); err != nil {
				return nil, explain(errors.Join(err, s.Close()))
			}
		}
	}
	if fill != nil {
		if err := fill(s); err != nil {
			return nil, errors.Join(err, s.Close(), os.RemoveAll(n.home.path(stage)))
		}
	}
	if err := s.Close(); err != nil {
		return nil, explain(err)
	}
	if err := os.Rename(n.home.path(stage), n.home.path("communities", id.String())); err != nil {
		return nil, err
	}
	if err := syncDir(n.home.path("communities")); err != nil {
		return nil, err
	}
	c, err := n.openCommunity(id)
	if err != nil {
		return nil, err
	}
	n.add(c)
	return c, nil
}

// sweep removes what was being made when the node was killed.
func (h *home) sweep() error {
	entries, err := os.ReadDir(h.path("communities"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagePrefix) {
			if err := os.RemoveAll(h.path("communities", e.Name())); err != nil {
				return fmt.Errorf("home: %w", err)
			}
		}
	}
	return nil
}
