package node

import (
	"context"
	"crypto/rand"
	"fmt"

	"coppice.example/node/api"
	history "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/store"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// carrying is a fork under way: the copies are written into a store that is in
// no community's place yet, so that what is cut off leaves nothing.
type carrying struct {
	node *Node
	ctx  context.Context
	call api.Call
	tell *progress

	from     protocol.CommunityID
	founder  string // the name of who carries, there
	genesis  *membership.Genesis
	frontier protocol.Hash
	// fold folds a document as it shows there; nil when nothing of it does. It
	// tells how many changes of it cannot be read.
	fold  func(protocol.DocumentID) (*envelope.Folded, int, error)
	pages [][]byte // of the history

	charter   *envelope.Folded
	documents []original // what is carried, in order
	waiting   int        // changes that cannot be read

	store   *store.Store
	replica *replica.Replica
	passage *envelope.Passage
}

// original is a document that is carried.
type original struct {
	id      protocol.DocumentID
	kind    protocol.Kind
	created uint64
}

const (
	carriedAtOnce = 128 // documents that share a sync
	pagesAtOnce   = 64
)

// carry writes the copies and the pages of the history into a new community's
// store. Pages come last: who joins reads the documents first.
func (k *carrying) carry(b *birth, s *store.Store) (err error) {
	k.store = s
	k.replica, err = replica.Open(replica.Config{
		Community: b.id, Device: b.persona.Device, Incarnation: k.node.incarnation.ID,
		Kinds: k.node.kinds, Disk: s, Random: rand.Reader,
	})
	if err != nil {
		return err
	}
	k.passage = passageOf(k.from, b.id, k.documents)
	k.tell.step("carrying documents", len(k.documents))
	var later []*envelope.Carry
	for at := 0; at < len(k.documents); at += carriedAtOnce {
		naming, err := k.batch(k.documents[at:min(at+carriedAtOnce, len(k.documents))])
		if err != nil {
			return err
		}
		later = append(later, naming...)
	}
	if err := k.name(later); err != nil {
		return err
	}
	k.tell.step("carrying the history", len(k.pages))
	for at := 0; at < len(k.pages); at += pagesAtOnce {
		if err := k.carryPages(at, k.pages[at:min(at+pagesAtOnce, len(k.pages))]); err != nil {
			return err
		}
	}
	return nil
}

// passageOf names the copies of documents.
func passageOf(from, to protocol.CommunityID, documents []original) *envelope.Passage {
	g := &envelope.Passage{
		From: from, Documents: map[protocol.DocumentID]protocol.DocumentID{}, Entries: map[protocol.EntryID]protocol.EntryID{},
	}
	for _, o := range documents {
		g.Documents[o.id] = copyID(from, to, o.id, o.kind)
	}
	return g
}

// copyID returns where the copy of a document stands.
func copyID(from, to protocol.CommunityID, id protocol.DocumentID, kind protocol.Kind) protocol.DocumentID {
	if kind == domain.Charter {
		return protocol.DeriveDocument(to, kind)
	}
	return envelope.Carried{Community: from, Document: id}.ID(to, kind)
}

// except returns the fields of a document that are not carried.
func except(kind protocol.Kind) []uint64 {
	if kind == domain.Charter {
		return ofTheFork
	}
	return nil
}

// batch writes copies, but for what has to wait until all entries are there.
func (k *carrying) batch(documents []original) (later []*envelope.Carry, err error) {
	var inputs []replica.Input
	var asked []*envelope.Carry
	for _, o := range documents {
		f, _, err := k.fold(o.id)
		if err != nil {
			return nil, err
		}
		stages := []envelope.Stage{envelope.Alone, envelope.Signed, envelope.Naming}
		if namesEntries(f) {
			stages = stages[:2]
		}
		for _, stage := range stages {
			c := &envelope.Carry{Passage: k.passage, Of: f, Except: except(o.kind), Stage: stage}
			inputs = append(inputs, replica.Write{Token: replica.Token(len(inputs)), Carry: c, Wall: f.Updated})
			asked = append(asked, c)
		}
	}
	replies, err := k.step(inputs)
	if err != nil {
		return nil, err
	}
	for i, c := range asked {
		if c.Stage != envelope.Signed {
			continue
		}
		c.Entries = replies[i].Entries
		if err := pairEntries(k.passage, c.Of, c.Entries); err != nil {
			return nil, err
		}
		if namesEntries(c.Of) {
			last := *c
			last.Stage = envelope.Naming
			later = append(later, &last)
		}
	}
	k.tell.done(len(documents))
	return later, nil
}

// pair notes the entries of a copy by those of the original.
func pairEntries(g *envelope.Passage, f *envelope.Folded, made []protocol.EntryID) error {
	originals := entriesOf(f)
	if len(originals) != len(made) {
		return fmt.Errorf("document %s has %d entries and its copy %d", f.ID, len(originals), len(made))
	}
	for i, e := range originals {
		g.Entries[e] = made[i]
	}
	return nil
}

// entriesOf lists the entries that show, in the order of the fields.
func entriesOf(f *envelope.Folded) (all []protocol.EntryID) {
	for _, s := range f.Fields {
		for _, e := range s.Entries {
			if !e.Withdrawn {
				all = append(all, e.ID)
			}
		}
	}
	return all
}

// namesEntries tells whether a copy can be whole only when entries are there:
// its own, or others that it speaks of.
func namesEntries(f *envelope.Folded) bool {
	for _, s := range f.Fields {
		for _, v := range s.Set {
			if o, ok := v.(envelope.Object); ok {
				if _, is := o.Get("to").(protocol.EntryID); is {
					return true
				}
			}
		}
	}
	return len(entriesOf(f)) > 0
}

// name writes what speaks of entries, and says of those copies that they are whole.
func (k *carrying) name(later []*envelope.Carry) error {
	k.tell.step("joining what belongs together", len(later))
	for at := 0; at < len(later); at += carriedAtOnce {
		var inputs []replica.Input
		for _, c := range later[at:min(at+carriedAtOnce, len(later))] {
			inputs = append(inputs, replica.Write{Token: replica.Token(len(inputs)), Carry: c, Wall: c.Of.Updated})
		}
		if _, err := k.step(inputs); err != nil {
			return err
		}
		k.tell.done(len(inputs))
	}
	return nil
}

// carryPages writes pages of the history, from a number on.
func (k *carrying) carryPages(from int, pages [][]byte) error {
	var inputs []replica.Input
	for i, page := range pages {
		f := &envelope.Folded{ID: history.Page(k.from, from+i), Kind: history.History, Fields: []envelope.Shown{
			{Number: history.Part, Type: envelope.Register, Values: []envelope.Stamp{{Value: page}}},
		}}
		for _, stage := range []envelope.Stage{envelope.Alone, envelope.Naming} {
			c := &envelope.Carry{Passage: k.passage, Of: f, Stage: stage}
			inputs = append(inputs, replica.Write{Token: replica.Token(len(inputs)), Carry: c})
		}
	}
	_, err := k.step(inputs)
	k.tell.done(len(pages))
	return err
}

// step does writes in one batch and returns what came of them, in order.
func (k *carrying) step(inputs []replica.Input) ([]replica.Written, error) {
	if k.ctx.Err() != nil {
		return nil, k.ctx.Err()
	}
	out := make([]replica.Written, len(inputs))
	for _, output := range k.replica.Step(int64(k.node.cfg.wall(k.call.Now))*1000, inputs...) {
		switch o := output.(type) {
		case replica.Append:
			if _, err := k.store.Append(batchOf(o)); err != nil {
				return nil, err
			}
		case replica.Reply:
			if o.Err != nil {
				return nil, o.Err
			}
			out[o.Token], _ = o.Result.(replica.Written)
		}
	}
	return out, nil
}
