package node

import (
	"context"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// showing is what documents of a community are shown by: who is here, what all
// documents say, and what this node's person has closed for herself. Each is
// gathered once, when something is shown that needs it.
type showing struct {
	n     *Node
	ctx   context.Context
	call  api.Call
	c     *community
	folds *folds // nil: all is shown open, as it is for everybody

	gathered *crowd
	ways     *practised
}

// crowd gathers who is here.
func (s *showing) crowd() (w *crowd, err error) {
	if s.gathered == nil {
		s.gathered, err = s.n.crowd(s.ctx, api.Call{Community: s.c.id.String(), Now: s.call.Now})
	}
	return s.gathered, err
}

// practice gathers what ways and problems are shown by.
func (s *showing) practice() (p *practised, err error) {
	w, err := s.crowd()
	if err == nil && s.ways == nil {
		s.ways, err = w.practice(s.call.Where)
	}
	return s.ways, err
}

// Show implements [api.Backend].
func (n *Node) Show(ctx context.Context, call api.Call, id string) (api.Document, error) {
	c, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return api.Document{}, err
	}
	s := &showing{n: n, ctx: ctx, call: call, c: c}
	if s.folds, err = c.folds(s.crowd); err != nil {
		return api.Document{}, err
	}
	return s.show(at.document, d)
}

// show shows a document as it stands, with what others say of it.
func (s *showing) show(id protocol.DocumentID, d *replica.Document) (out api.Document, err error) {
	c := s.c
	d, same, err := c.unite(s.ctx, d)
	if err != nil {
		return out, err
	}
	f := d.Folded
	out = api.Document{
		ID: id.String(), Kind: f.KindName, Title: called(f), Body: f.Body,
		Author: c.person(f.Author), Created: at2time(f.Created), Updated: at2time(f.Updated), Shelved: f.Shelved,
		Waiting: d.Waiting, History: c.steps(f.KindName, d), Same: same, Conflicts: c.conflicts(f), Whence: whence(f), Elsewhere: saidElsewhere(f),
	}
	if out.Held, err = c.held(s.ctx, id); err != nil {
		return api.Document{}, err
	}
	out.Fields, out.Answers = c.fields(f)
	if err := s.folds.shown(&out, f); err != nil {
		return api.Document{}, err
	}
	s.derive(&out, f)
	for _, more := range []func(*api.Document, *envelope.Folded) error{s.domain, s.practise} {
		if err := more(&out, f); err != nil {
			return api.Document{}, err
		}
	}
	switch f.Kind {
	case gathered.Gathering:
		out.State, out.Title = c.gatheringState(f, s.n.cfg.wall(s.call.Now)), c.titled(f.KindName, f.ID, f.Title)
	case gathered.Bridge:
		if out.Beside, err = s.n.beside(c, f); err != nil {
			return api.Document{}, err
		}
	}
	return out, nil
}

// derive adds what follows from the document alone.
func (s *showing) derive(out *api.Document, f *envelope.Folded) {
	schema := s.n.kinds.Schema(f.Kind)
	if schema == nil {
		return
	}
	if schema.State != nil {
		out.State = schema.State(f)
	}
	if schema.Derive == nil {
		return
	}
	for _, pair := range schema.Derive(int64(s.n.cfg.wall(s.call.Now))*1000, f) {
		if pair.Name == "state" {
			out.State, _ = pair.Value.(string)
			continue
		}
		out.Fields[pair.Name] = s.c.plain(pair.Value)
	}
}
