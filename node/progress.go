package node

import (
	"context"
	"fmt"
	"sync"

	"coppice.example/node/api"
)

// progress is what one act tells of itself. A nil one tells nobody.
type progress struct {
	mu  sync.Mutex
	now api.Progress
}

// step begins another part of the act.
func (p *progress) step(name string, of int) { p.set(api.Progress{Step: name, Of: of}) }

func (p *progress) set(now api.Progress) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// done tells that so much more of the part is done.
func (p *progress) done(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Done += n
}

// Progress implements [api.Forks].
func (n *Node) Progress(_ context.Context, _ api.Call, name string) (api.Progress, error) {
	n.mu.Lock()
	p := n.acts[name]
	n.mu.Unlock()
	if p == nil {
		return api.Progress{}, fmt.Errorf("%w: no act called %q is under way", api.ErrNotFound, name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now, nil
}

// telling lets the caller of an act ask how far it is, until end is called.
func (n *Node) telling(name string) (p *progress, end func()) {
	if name == "" {
		return nil, func() {}
	}
	p = &progress{}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.acts[name] = p
	return p, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.acts[name] == p {
			delete(n.acts, name)
		}
	}
}
