package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"coppice.example/node/api"
	history "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// Origin implements [api.Forks].
func (n *Node) Origin(ctx context.Context, call api.Call, asking api.OriginAsking) (out api.Origin, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	tell, end := n.telling(asking.Job)
	defer end()
	out.Community, out.Name = c.id.String(), c.name()
	k := &checking{
		c: c, ctx: ctx, tell: tell, out: &api.OriginCheck{Differs: []api.Difference{}},
		pages: map[protocol.DocumentID]bool{}, seen: map[protocol.DocumentID]bool{},
	}
	if out.From, err = k.whence(); err != nil || out.From == nil || !asking.Check {
		return out, err
	}
	out.Check, err = k.check()
	return out, explain(err)
}

// checking is the comparing of copies with the history they were carried with.
type checking struct {
	c     *community
	ctx   context.Context
	tell  *progress
	from  *envelope.Carried // as the charter says
	past  *replica.Past
	out   *api.OriginCheck
	pages map[protocol.DocumentID]bool // of the history, as they are called there
	// entries of the other community by those of their copies, and the copies of
	// its documents.
	passage *envelope.Passage
	seen    map[protocol.DocumentID]bool // originals of which there is a copy
}

// ask lets look see the replica.
func (k *checking) ask(look func(*replica.Replica) error) (err error) {
	asked := k.c.ask(k.ctx, func(r *replica.Replica) { err = look(r) })
	return first(asked, err)
}

// whence tells what the charter says of where all was carried from; nil when
// it says nothing.
func (k *checking) whence() (from *api.OriginFrom, err error) {
	err = k.ask(func(r *replica.Replica) error {
		charter := protocol.DeriveDocument(k.c.id, domain.Charter)
		d, err := r.Document(charter)
		if err != nil || d.Folded == nil || d.Folded.Carried == nil {
			return ignoreUnknown(err)
		}
		k.from = d.Folded.Carried
		from = &api.OriginFrom{Community: k.from.Community.String(), Frontier: k.from.Frontier.String()}
		root := d.History[0]
		from.By, from.At = k.c.person(root.Author), at2time(root.Wall)
		page, err := k.page(r, 0)
		if err != nil || page == nil {
			return err
		}
		if g, ok := birthOf(page, k.from.Community); ok {
			from.Name, from.Concern = g.Name, g.Concern
		}
		return nil
	})
	return from, err
}

func ignoreUnknown(err error) error {
	if errors.Is(err, replica.ErrUnknown) {
		return nil
	}
	return err
}

// birthOf reads what a community was founded with from the beginning of its
// history; the id that it is called by vouches for it.
func birthOf(page []byte, of protocol.CommunityID) (*membership.Genesis, bool) {
	run, err := history.ReadBirth(page, of)
	if err != nil || run.Changes[0].ID != protocol.ChangeID(of) {
		return nil, false
	}
	birth, err := membership.Birth(run)
	if err != nil {
		return nil, false
	}
	return birth, true
}

// page returns a page of the history; nil when it is not here.
func (k *checking) page(r *replica.Replica, n int) ([]byte, error) {
	d, err := r.Document(copyID(k.from.Community, k.c.id, history.Page(k.from.Community, n), history.History))
	if err != nil || d.Folded == nil {
		return nil, ignoreUnknown(err)
	}
	page, _ := d.Folded.Value("part").([]byte)
	return page, nil
}

// read gathers the pages of the history and reads it anew. Failed says why it
// cannot be compared with; the error is this machine's.
func (k *checking) read() (failed string, err error) {
	k.tell.step("reading the history", 0)
	var b []byte
	for more := true; more; {
		err := k.ask(func(r *replica.Replica) error {
			for range pagesAtOnce {
				page, err := k.page(r, len(k.pages))
				if more = page != nil; !more {
					return err
				}
				b = append(b, page...)
				k.pages[history.Page(k.from.Community, len(k.pages))] = true
			}
			return nil
		})
		if err != nil {
			return "", err
		}
		k.tell.done(pagesAtOnce)
	}
	if len(k.pages) == 0 {
		return "there is no page of its history here yet; sync, and check again", nil
	}
	recorded, err := history.Read(b, k.from.Community)
	if err != nil {
		return fmt.Sprintf("%d pages of its history are here, and they are not all of it, or not as it was: %v", len(k.pages), err), nil
	}
	k.tell.step("checking every seal", 0)
	k.past, err = replica.Reread(k.c.node.kinds, k.from.Community, recorded)
	switch {
	case errors.Is(err, replica.ErrPast):
		return err.Error(), nil
	case err != nil:
		return "", err
	case k.past.Frontier() != k.from.Frontier:
		return "the history reaches elsewhere than the charter says: something of it was left out, or added", nil
	}
	return "", nil
}

// check compares every document with its copy.
func (k *checking) check() (*api.OriginCheck, error) {
	failed, err := k.read()
	if err != nil || failed != "" {
		k.out.Failed = failed
		return k.out, err
	}
	originals, err := k.originals()
	if err != nil {
		return nil, err
	}
	k.out.Documents = len(originals)
	k.passage = passageOf(k.from.Community, k.c.id, originals)
	copies, err := k.copies()
	if err != nil {
		return nil, err
	}
	for _, compare := range []struct {
		step string
		one  func(*replica.Replica, protocol.DocumentID) error
	}{{"pairing entries", k.pair}, {"comparing documents", k.compare}} {
		k.tell.step(compare.step, len(copies))
		if err := k.each(copies, compare.one); err != nil {
			return nil, err
		}
	}
	for _, o := range originals {
		if !k.seen[o.id] {
			if err := k.missing(o); err != nil {
				return nil, err
			}
		}
	}
	k.out.Holds = len(k.out.Differs) == 0
	return k.out, nil
}

// originals lists what the other community showed.
func (k *checking) originals() (shown []original, err error) {
	ids := k.past.Documents()
	k.tell.step("reading documents", len(ids))
	for _, id := range ids {
		if k.ctx.Err() != nil {
			return nil, k.ctx.Err()
		}
		f, _, err := k.past.Document(id)
		if err != nil {
			return nil, err
		}
		if f != nil && !f.Apart {
			shown = append(shown, original{id, f.Kind, f.Created})
		}
		k.tell.done(1)
	}
	return shown, nil
}

// copies lists the documents of this community, whatever they are.
func (k *checking) copies() (ids []protocol.DocumentID, err error) {
	err = k.ask(func(*replica.Replica) error {
		return k.c.store.Documents(protocol.DocumentID{}, func(id protocol.DocumentID) error {
			ids = append(ids, id)
			return nil
		})
	})
	return ids, err
}

// comparedAtOnce is how many documents are looked at while everybody else waits.
const comparedAtOnce = 16

func (k *checking) each(ids []protocol.DocumentID, one func(*replica.Replica, protocol.DocumentID) error) error {
	for part := range slices.Chunk(ids, comparedAtOnce) {
		err := k.ask(func(r *replica.Replica) error {
			for _, id := range part {
				if err := one(r, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		k.tell.done(len(part))
	}
	return nil
}

// copied folds a document as it was carried, with its original: nil when it is
// no copy of anything that the other community showed.
func (k *checking) copied(r *replica.Replica, id protocol.DocumentID) (f, of *envelope.Folded, whole bool, err error) {
	if f, whole, err = r.Copied(id); err != nil || f == nil || f.Carried == nil || f.Carried.Community != k.from.Community {
		return f, nil, whole, err
	}
	of, _, err = k.past.Document(f.Carried.Document)
	if of != nil && (of.Apart || of.Kind != f.Kind) {
		of = nil
	}
	return f, of, whole, err
}

// pair finds out which entries of copies are of which entries there.
func (k *checking) pair(r *replica.Replica, id protocol.DocumentID) error {
	f, of, _, err := k.copied(r, id)
	if err != nil || of == nil {
		return err
	}
	if made := entriesOf(f); len(made) == len(entriesOf(of)) {
		return pairEntries(k.passage, of, made)
	}
	return nil
}

// compare compares one document with what it is a copy of.
func (k *checking) compare(r *replica.Replica, id protocol.DocumentID) error {
	f, of, whole, err := k.copied(r, id)
	switch {
	case err != nil || f == nil || f.Carried == nil:
		return err // written here
	case f.Apart:
		if f.Carried.Community != k.from.Community || !k.pages[f.Carried.Document] {
			k.differs(f, "added", "a page that is none of the history's")
		}
		return nil
	case of == nil:
		k.differs(f, "added", "it says that it was carried, and there was no such document there")
		return nil
	}
	k.seen[of.ID] = true
	if !whole {
		k.differs(f, "unfinished", "its carrying never ended, so anything may still be put into it in others' names")
		return nil
	}
	if !bytes.Equal(envelope.Telling(f, nil, except(f.Kind)...), envelope.Telling(of, k.passage, except(f.Kind)...)) {
		k.differs(f, "altered", "it was carried with other words, names or times than it has there")
		return nil
	}
	now, err := r.Document(id)
	if err := ignoreUnknown(err); err != nil {
		return err
	}
	switch {
	case now == nil || now.Folded == nil:
		k.out.Changed++ // hidden or withdrawn here
	case signedSince(f, now.Folded):
		k.differs(f, "added", "words were put into it in others' names beside what was carried")
		return nil
	case !bytes.Equal(envelope.Telling(f, nil), envelope.Telling(now.Folded, nil)):
		k.out.Changed++
	}
	k.out.Same++
	return nil
}

// signedSince tells whether a document now shows something as said elsewhere
// that its copy did not show when it was whole.
func signedSince(then, now *envelope.Folded) bool {
	type signature struct {
		field uint64
		entry protocol.EntryID
		by    protocol.MemberID
		at    uint64
		value string
	}
	collect := func(f *envelope.Folded) map[signature]bool {
		all := map[signature]bool{}
		own := func(s envelope.Shown, entry protocol.EntryID) {
			for _, v := range s.Own {
				if v.Carried {
					all[signature{s.Number, entry, v.By, v.At, fmt.Sprint(v.Value)}] = true
				}
			}
		}
		for _, s := range f.Fields {
			own(s, protocol.EntryID{})
			for _, e := range s.Entries {
				if e.Carried {
					all[signature{s.Number, e.ID, e.By, e.At, ""}] = true
				}
				for _, sub := range e.Fields {
					own(sub, e.ID)
				}
			}
		}
		return all
	}
	before := collect(then)
	for s := range collect(now) {
		if !before[s] {
			return true
		}
	}
	return false
}

// missing notes a document of which there is no copy.
func (k *checking) missing(o original) error {
	f, _, err := k.past.Document(o.id)
	if err != nil {
		return err
	}
	k.out.Differs = append(k.out.Differs, api.Difference{
		ID: copyID(k.from.Community, k.c.id, o.id, o.kind).String(), Kind: f.KindName, Title: f.Title,
		What: "missing", Says: "it was not carried",
	})
	return nil
}

func (k *checking) differs(f *envelope.Folded, what, says string) {
	k.out.Differs = append(k.out.Differs, api.Difference{ID: f.ID.String(), Kind: f.KindName, Title: called(f), What: what, Says: says})
}
