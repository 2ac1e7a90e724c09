package envelope

import (
	"cmp"
	"fmt"
	"slices"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Meta is what a document must know of a change besides its operations.
type Meta struct {
	ID      protocol.ChangeID
	Kind    protocol.Kind
	Creates bool // the change names the document by its own id
	Parents []protocol.ChangeID
	Lamport uint64
	Wall    uint64 // seconds since 1970, for display
	Author  protocol.MemberID
	// As lists the members whom hand-overs effective at the change's control
	// heads made the author, besides herself.
	As []protocol.MemberID
	// Rank is the change's rank in the fold of all control changes held now;
	// Redacted, whether an effective redaction names it now.
	Rank     uint8
	Redacted bool
	// Sight is what the author's fold knew of the other changes' verdicts: the
	// state at this change's control heads. Nil means that it knew exactly
	// what the document knows at this moment, of all changes in its past.
	Sight *Sight
}

// Sight tells the verdicts on a document's changes in the state at some
// control heads, redactions effective there included.
type Sight struct {
	// Key names the control heads: two sights with one key give the same
	// verdicts, so a document asks once for each change and key.
	Key protocol.Hash
	// Verdict returns the rank of a change of this document in that state and
	// whether it is redacted there.
	Verdict func(protocol.ChangeID) (rank uint8, redacted bool)
}

// Body is what the operations of a change say. The zero Body is inert: no
// operations.
type Body struct {
	ops     []protocol.Operation
	letters *protocol.Letters
}

// OpenBody reads the plain shape of a change. What does not decode, or claims
// more words than there are, is the inert body. Readable tells whether words
// hold; wordsLen is the header's.
func OpenBody(shape, words []byte, readable bool, wordsLen int) Body {
	ops, err := protocol.DecodeShape(shape)
	if err != nil {
		return Body{}
	}
	letters, err := protocol.NewLetters(ops, words, readable, wordsLen)
	if err != nil {
		return Body{}
	}
	return Body{ops, letters}
}

// Document is one document as its changes make it: the operations that take
// effect, by the rules of its kind. It is given changes in causal order and
// their verdicts, and comes to the same state whatever the order. Not safe for
// concurrent use.
type Document struct {
	kinds     *Kinds
	community protocol.CommunityID
	id        protocol.DocumentID
	schema    *Schema // nil until a valid root is here
	merged    *crdt.Document
	changes   []*change // as applied
	numbers   map[protocol.ChangeID]int
	roots     []*change // the valid ones
	entries   map[crdt.OpRef]*entry
	sights    map[protocol.Hash]*seen
	hidden    []crdt.OpRef // operations without effect now, ascending
	moved     bool         // hidden is not what merged was told
	carries   bool         // a root says that it was carried here
	forked    bool         // two changes of it were made apart
}

// change is what the document keeps of a change.
type change struct {
	id       protocol.ChangeID
	lamport  uint64
	wall     uint64
	author   protocol.MemberID
	rank     uint8
	redacted bool
	reaches  bool    // a valid root lies in its past, or it is one
	needs    []uint8 // of its operations, fixed for ever
	writes   []bool  // which of them change a text of the document
}

// entry is where an entry or item was made.
type entry struct {
	field   uint64
	by      *change
	carried bool // for who said it elsewhere
}

// seen is what a sight showed of the changes asked for so far.
type seen struct {
	changes int
	hidden  []crdt.OpRef // in the order of the changes
}

// New returns a document without changes.
func New(kinds *Kinds, community protocol.CommunityID, id protocol.DocumentID) *Document {
	return &Document{
		kinds: kinds, community: community, id: id,
		merged:  crdt.New(),
		numbers: map[protocol.ChangeID]int{},
		entries: map[crdt.OpRef]*entry{},
		sights:  map[protocol.Hash]*seen{},
	}
}

// ID returns the document's id.
func (d *Document) ID() protocol.DocumentID { return d.id }

// Schema returns the kind's table; nil while no valid root is here, or when
// the kind is unknown.
func (d *Document) Schema() *Schema { return d.schema }

// Apply takes a change whose parents are here ([ErrParent] if not). A change
// already here is no error and does nothing.
func (d *Document) Apply(m Meta, b Body) error {
	if d.Has(m.ID) {
		return nil
	}
	c := &change{
		id: m.ID, lamport: m.Lamport, wall: m.Wall, author: m.Author,
		rank: m.Rank, redacted: m.Redacted,
	}
	var from *Carried
	if len(m.Parents) == 0 {
		from = begins(b.ops)
	}
	root := d.root(&m, from, b.ops)
	c.reaches = root != nil
	for _, p := range m.Parents {
		n, ok := d.numbers[p]
		if !ok {
			return fmt.Errorf("%w: %s stands on %s", ErrParent, m.ID, p)
		}
		c.reaches = c.reaches || d.changes[n].reaches
	}
	if root != nil {
		d.schema = root
		d.roots = append(d.roots, c)
	}
	s := d.stand(&m)
	s.begins = root != nil && from != nil
	d.carries = d.carries || s.begins
	ops := d.judge(c, s, b)
	d.settle()
	err := d.merged.Apply(crdt.Change{
		ID: crdt.ID(m.ID), Lamport: m.Lamport, Author: crdt.Author(m.Author),
		Parents: s.parents, Hidden: s.hidden, Ops: ops,
	})
	if err != nil {
		if root != nil {
			d.roots = d.roots[:len(d.roots)-1]
		}
		return fmt.Errorf("document %s: %w", d.id, err)
	}
	d.forked = d.forked || len(m.Parents) > 1 || len(d.merged.Heads()) > 1
	d.numbers[m.ID] = len(d.changes)
	d.changes = append(d.changes, c)
	d.remember(c, ops)
	d.hide(c)
	return nil
}

// root returns the table of a change that is a valid root: it creates the
// document, or the document's id follows from its kind and author, from what it
// is about, or from what it is a copy of. One of another community may be named
// by its change whatever its kind.
func (d *Document) root(m *Meta, from *Carried, ops []protocol.Operation) *Schema {
	s := d.kinds.Schema(m.Kind)
	if s == nil || len(m.Parents) > 0 {
		return nil
	}
	about := s.about(ops)
	switch {
	case from != nil && !m.Creates && from.ID(d.community, s.Kind) == d.id:
		return s
	case m.Creates && ofElsewhere(ops):
		if protocol.DocumentID(m.ID) != d.id {
			return nil
		}
		return s
	case len(about) > 0:
		if m.Creates || len(about) != len(s.About) || protocol.DeriveDocument(d.community, s.Kind, about...) != d.id {
			return nil
		}
		return s
	case m.Creates != (s.Parts == nil):
		return nil
	case m.Creates:
		if protocol.DocumentID(m.ID) != d.id {
			return nil
		}
		return s
	}
	for _, who := range append([]protocol.MemberID{m.Author}, m.As...) {
		if protocol.DeriveDocument(d.community, s.Kind, s.Parts(who)...) == d.id {
			return s
		}
	}
	return nil
}

// ofElsewhere tells whether operations at a root say that the document is one of
// another community: then a charter is not this community's, a member's page is
// nobody's here, and its id follows from nothing.
func ofElsewhere(ops []protocol.Operation) bool {
	for _, o := range ops {
		if o.Code != protocol.Set || o.Path != (protocol.Path{Field: Origin}) || len(o.Args) != 1 {
			continue
		}
		parts, _ := o.Args[0].([]protocol.Value)
		for _, part := range parts {
			number, community, ok := two[uint64, []byte](part)
			if ok && number == OriginFrom && len(community) == len(protocol.CommunityID{}) {
				return true
			}
		}
	}
	return false
}

// about returns what operations at a root say the document is about: the values
// of the fields that its id follows from.
func (s *Schema) about(ops []protocol.Operation) (values []protocol.Value) {
	for _, number := range s.About {
		for _, o := range ops {
			if o.Code == protocol.Set && o.Path == (protocol.Path{Field: number}) && len(o.Args) == 1 {
				values = append(values, o.Args[0])
				break
			}
		}
	}
	return values
}

// judge reads the operations of a change by the table and fixes what each
// needs. Inert and impossible ones keep their place and do nothing.
func (d *Document) judge(c *change, s *stand, b Body) []crdt.Op {
	if !c.reaches || s.kind != d.schema.Kind {
		return nil
	}
	ops := make([]crdt.Op, len(b.ops))
	c.needs, c.writes = make([]uint8, len(b.ops)), make([]bool, len(b.ops))
	for i, o := range b.ops {
		a := d.schema.decode(o, b.letters)
		c.writes[i] = o.Path.Entry == (protocol.EntryID{}) && (o.Code == protocol.Insert || o.Code == protocol.Delete)
		c.needs[i] = s.need(a)
		if c.needs[i] != Nobody {
			ops[i] = a.op
		}
	}
	return ops
}

// remember notes which entries a change made.
func (d *Document) remember(c *change, ops []crdt.Op) {
	for i := range ops {
		if op := &ops[i]; op.Code == crdt.Enter || op.Code == crdt.Place && op.Item == (crdt.OpRef{}) {
			carried := slices.ContainsFunc(op.Fields, func(f crdt.FieldValue) bool { return f.Field == signedSub })
			d.entries[crdt.OpRef{Change: crdt.ID(c.id), Index: i}] = &entry{op.Path.Field, c, carried}
		}
	}
}

// takes tells whether an operation takes effect under a verdict. What nobody
// may do is not merged at all and needs no hiding.
func takes(need, rank uint8, redacted bool) bool { return rank >= need && !redacted }

// hide brings the hidden set to the verdict on a change.
func (d *Document) hide(c *change) {
	for i, need := range c.needs {
		if need == Nobody {
			continue
		}
		ref := crdt.OpRef{Change: crdt.ID(c.id), Index: i}
		at, was := slices.BinarySearchFunc(d.hidden, ref, crdt.OpRef.Compare)
		switch now := !takes(need, c.rank, c.redacted); {
		case now && !was:
			d.hidden = slices.Insert(d.hidden, at, ref)
			d.moved = true
		case was && !now:
			d.hidden = slices.Delete(d.hidden, at, at+1)
			d.moved = true
		}
	}
}

// settle tells the merged fields what is hidden now.
func (d *Document) settle() {
	if d.moved {
		d.merged.SetHidden(d.hidden)
		d.moved = false
	}
}

// SetVerdict says anew what rank a change has and whether it is redacted; for
// a change that is not here it does nothing.
func (d *Document) SetVerdict(id protocol.ChangeID, rank uint8, redacted bool) {
	n, ok := d.numbers[id]
	if !ok {
		return
	}
	c := d.changes[n]
	c.rank, c.redacted = rank, redacted
	d.hide(c)
}

// Has tells whether a change is here.
func (d *Document) Has(id protocol.ChangeID) bool {
	_, ok := d.numbers[id]
	return ok
}

// Heads returns the changes that no change here stands on, ascending: the
// parents of what is written next.
func (d *Document) Heads() []protocol.ChangeID {
	heads := d.merged.Heads()
	ids := make([]protocol.ChangeID, len(heads))
	for i, h := range heads {
		ids[i] = protocol.ChangeID(h)
	}
	return ids
}

// Changes returns the ids of all changes in the order they were applied.
func (d *Document) Changes() []protocol.ChangeID {
	ids := make([]protocol.ChangeID, len(d.changes))
	for i, c := range d.changes {
		ids[i] = c.id
	}
	return ids
}

// Effect tells of each operation of a change whether it takes effect now. An
// inert change has none.
func (d *Document) Effect(id protocol.ChangeID) []bool {
	n, ok := d.numbers[id]
	if !ok {
		return nil
	}
	c := d.changes[n]
	effect := make([]bool, len(c.needs))
	for i, need := range c.needs {
		effect[i] = takes(need, c.rank, c.redacted)
	}
	return effect
}

// Needs returns the rank each operation of a change needs: fixed for ever.
func (d *Document) Needs(id protocol.ChangeID) []uint8 {
	n, ok := d.numbers[id]
	if !ok {
		return nil
	}
	return slices.Clone(d.changes[n].needs)
}

// smallest returns the smallest of the roots: the one whose author is the
// document's and whose time is its creation. Nil without a root.
func smallest(roots []*change) *change {
	if len(roots) == 0 {
		return nil
	}
	return slices.MinFunc(roots, (*change).compare)
}

func (c *change) compare(other *change) int {
	return cmp.Or(cmp.Compare(c.lamport, other.lamport), c.id.Compare(other.id))
}
