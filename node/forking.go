package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"coppice.example/node/api"
	history "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/store"
	"coppice.example/protocol"
)

// ofTheFork are the fields of a charter that a fork has its own of.
var ofTheFork = []uint64{envelope.Title, domain.Concern}

// Fork implements [api.Forks].
func (n *Node) Fork(ctx context.Context, call api.Call) (out api.Fork, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	others := 0
	err = c.ask(ctx, func(r *replica.Replica) {
		status := r.Status()
		out.Waiting, others = status.Waiting, status.Members-1
	})
	if err != nil {
		return out, err
	}
	out.Community, out.Name, out.Documents = c.id.String(), c.name(), c.shelf.total()
	out.Says = sayFork(out, others)
	return out, nil
}

// sayFork says what a fork means.
func sayFork(f api.Fork, others int) []string {
	says := []string{
		fmt.Sprintf("A new community will begin with a copy of %s, each in the name of who said it, and with the whole history of %s, by which everyone there can check the copies.", all(f.Documents), f.Name),
		"You will be its founder, and alone in it: whoever is to come along needs a new invite. Who was removed here is unknown there.",
	}
	if others > 0 {
		says = append(says, fmt.Sprintf("%s goes on as it is, and you stay in it.", f.Name))
	}
	says = append(says, "Whoever you let in there can read all that was written here up to now, and that history can no more be erased there.")
	if f.Waiting > 0 {
		says = append(says, fmt.Sprintf("%s here cannot be read yet, for want of a key: it comes along sealed, and is in no copy.", changes(f.Waiting)))
	}
	return says
}

func all(documents int) string {
	if documents == 1 {
		return "the one document here"
	}
	return fmt.Sprintf("all %d documents here", documents)
}

// MakeFork implements [api.Forks].
func (n *Node) MakeFork(ctx context.Context, call api.Call, f api.Forking) (out api.ForkMade, err error) {
	tell, end := n.telling(f.Job)
	defer end()
	k, err := n.prepareFork(ctx, call, tell)
	if err != nil {
		return out, err
	}
	return n.fork(k, f)
}

// prepareFork reads what is to be carried, and checks it as whoever gets it will.
func (n *Node) prepareFork(ctx context.Context, call api.Call, tell *progress) (*carrying, error) {
	from, err := n.pick(call)
	if err != nil {
		return nil, err
	}
	tell.step("reading the history", 0)
	recorded, err := from.recorded(ctx)
	if err != nil {
		return nil, explain(err)
	}
	tell.step("checking it", 0)
	past, err := replica.Reread(n.kinds, from.id, recorded)
	if err != nil {
		return nil, fmt.Errorf("%w: what is held of %s cannot be carried: %w", api.ErrDamaged, from.name(), err)
	}
	k := &carrying{
		node: n, ctx: ctx, call: call, tell: tell, from: from.id, founder: from.person(from.persona.Member).Name,
		genesis: past.Genesis(), frontier: past.Frontier(), fold: past.Document, pages: history.Pages(recorded.Append(nil)),
	}
	return k, explain(k.choose(past.Documents()))
}

// fork founds the community, carries all into it, and only then gives it its
// place in the home.
func (n *Node) fork(k *carrying, f api.Forking) (out api.ForkMade, err error) {
	b, err := n.birth(k.call, k.founding(f), k.charterCarried())
	if err != nil {
		return out, err
	}
	c, err := n.settle(k.ctx, b.id, b.persona, b.outputs, func(s *store.Store) error { return k.carry(b, s) })
	if err != nil {
		return out, explain(err)
	}
	return api.ForkMade{
		Founded: b.founded(c), From: k.from.String(), Documents: len(k.documents), Pages: len(k.pages), Waiting: k.waiting,
	}, nil
}

// recorded reads all that is held of a community. What arrives meanwhile is
// not in it.
func (c *community) recorded(ctx context.Context) (*history.Recorded, error) {
	h := &history.Recorded{}
	var s *store.Store
	var upto uint64
	err := c.ask(ctx, func(r *replica.Replica) {
		h.Keys, s, upto = r.Keys(), c.store, c.store.Arrived()
	})
	if err != nil {
		return nil, err
	}
	err = s.Runs(1, func(arrival uint64, run *protocol.Run) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if arrival > upto {
			return errEnough
		}
		h.Add(run)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return h, damaged(err)
}

var errEnough = errors.New("enough")

// choose finds out what shows in the community that is carried, in the order
// in which it is carried: the charter, the people, then the oldest first.
func (k *carrying) choose(ids []protocol.DocumentID) error {
	k.tell.step("reading documents", len(ids))
	for _, id := range ids {
		if k.ctx.Err() != nil {
			return k.ctx.Err()
		}
		f, waiting, err := k.fold(id)
		if err != nil {
			return err
		}
		k.waiting += waiting
		k.tell.done(1)
		if f == nil || k.node.kinds.Schema(f.Kind).Apart {
			continue
		}
		if f.KindName == charterKind {
			k.charter = f
		}
		k.documents = append(k.documents, original{id, f.Kind, f.Created})
	}
	rank := func(o original) int {
		switch o.kind {
		case domain.Charter:
			return 0
		case k.node.kinds.Named(memberKind).Kind:
			return 1
		}
		return 2
	}
	slices.SortFunc(k.documents, func(a, b original) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.created, b.created), a.id.Compare(b.id))
	})
	return nil
}

// founding says what the new community is founded with: what was asked for,
// else what the old one is called and cares about.
func (k *carrying) founding(f api.Forking) api.Founding {
	out := api.Founding{Name: f.Name, Concern: f.Concern, As: cmp.Or(f.As, k.founder), Commitment: f.Commitment}
	name, concern := k.genesis.Name, k.genesis.Concern
	if k.charter != nil {
		name = cmp.Or(k.charter.Title, name)
		if said := k.charter.TextOf("concern"); said != "" && utf8.RuneCountInString(said) <= protocol.MaxFounding {
			concern = said
		}
		out.Style, _ = k.charter.Value("style").(string)
	}
	if strings.TrimSpace(out.Name) == "" {
		out.Name = name
	}
	if strings.TrimSpace(out.Concern) == "" {
		out.Concern = concern
	}
	return out
}

// charterCarried says in the new charter what it is a copy of, and how far the
// old community was known.
func (k *carrying) charterCarried() *envelope.Carried {
	c := &envelope.Carried{Community: k.from, Document: protocol.DeriveDocument(k.from, domain.Charter)}
	if k.charter != nil {
		c.Author, c.Created = k.charter.Author, k.charter.Created
	}
	c.Frontier = k.frontier
	return c
}
