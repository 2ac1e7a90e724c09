package envelope

import (
	"slices"
	"strings"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// stand is where the author of a change stood: what she saw, and who she was.
type stand struct {
	d       *Document
	kind    protocol.Kind
	root    bool // the change begins the document
	begins  bool // and says where it was carried from
	author  []protocol.MemberID
	parents []crdt.ID
	hidden  []crdt.OpRef // in her past, not shown by her fold; ascending
	all     bool         // her past is all that is here
	writer  []protocol.MemberID
	looked  bool // writer is known
}

func (d *Document) stand(m *Meta) *stand {
	s := &stand{d: d, kind: m.Kind, root: len(m.Parents) == 0, author: append([]protocol.MemberID{m.Author}, m.As...)}
	s.parents = make([]crdt.ID, len(m.Parents))
	for i, p := range m.Parents {
		s.parents[i] = crdt.ID(p)
	}
	slices.SortFunc(s.parents, crdt.ID.Compare)
	s.all = slices.Equal(s.parents, d.merged.Heads())
	s.hidden = s.inPast(d.unseen(m.Sight))
	slices.SortFunc(s.hidden, crdt.OpRef.Compare)
	return s
}

// unseen returns the operations that a sight does not show, of all changes here.
func (d *Document) unseen(sight *Sight) []crdt.OpRef {
	if sight == nil {
		return d.hidden
	}
	s := d.sights[sight.Key]
	if s == nil {
		s = &seen{}
		d.sights[sight.Key] = s
	}
	for ; s.changes < len(d.changes); s.changes++ {
		c := d.changes[s.changes]
		if len(c.needs) == 0 {
			continue
		}
		rank, redacted := sight.Verdict(c.id)
		for i, need := range c.needs {
			if need != Nobody && !takes(need, rank, redacted) {
				s.hidden = append(s.hidden, crdt.OpRef{Change: crdt.ID(c.id), Index: i})
			}
		}
	}
	return s.hidden
}

// inPast returns those operations that lie in the author's past.
func (s *stand) inPast(refs []crdt.OpRef) []crdt.OpRef {
	if s.all || len(refs) == 0 {
		return slices.Clone(refs)
	}
	var past []crdt.OpRef
	for i, ref := range refs {
		if i > 0 && refs[i-1].Change == ref.Change {
			if len(past) > 0 && past[len(past)-1].Change == ref.Change {
				past = append(past, ref)
			}
			continue
		}
		if s.reaches(ref.Change) {
			past = append(past, ref)
		}
	}
	return past
}

func (s *stand) reaches(id crdt.ID) bool { return s.all || s.d.merged.InPast(id, s.parents) }

func (s *stand) is(who protocol.MemberID) bool { return slices.Contains(s.author, who) }

// need returns the least rank that suffices for an operation: a function of
// the operation, its author and what she saw.
func (s *stand) need(a act) uint8 { return s.d.schema.needOf(s, a) }

func (schema *Schema) needOf(s *stand, a act) uint8 {
	if a.field == nil || a.field.Fixed && !s.root {
		return Nobody
	}
	switch {
	case s.carrying():
		if !s.seesAll(a) {
			return Nobody
		}
		return Founder
	case a.carried:
		return Nobody
	}
	need := s.grant(s.ruleOf(a), a)
	if s.root {
		need = max(need, schema.Create)
	}
	return need
}

var byEntryWriter = By(EntryWriter, Guest)

// ruleOf returns the rule for an operation; none when it works on an entry
// that the author did not see.
func (s *stand) ruleOf(a act) Rule {
	f := a.field
	if !s.seesAll(a) {
		return nil
	}
	switch {
	case a.op.Path.Entry == (crdt.OpRef{}):
		return f.Rule
	case a.sub != nil && a.sub.Rule != nil:
		return a.sub.Rule
	case f.Type == List:
		return f.Rule
	}
	return byEntryWriter
}

// seesAll tells whether the author saw the entries that an operation works on.
func (s *stand) seesAll(a act) bool {
	for _, ref := range []crdt.OpRef{a.op.Path.Entry, a.op.Item} {
		if ref != (crdt.OpRef{}) && !s.sees(ref, a.field.Number) {
			return false
		}
	}
	return true
}

// sees tells whether the author saw an entry of a field.
func (s *stand) sees(ref crdt.OpRef, field uint64) bool {
	e := s.d.entries[ref]
	if e == nil || e.field != field || !s.reaches(ref.Change) {
		return false
	}
	_, hidden := slices.BinarySearchFunc(s.hidden, ref, crdt.OpRef.Compare)
	return !hidden
}

// grant returns the least rank of the grants that apply.
func (s *stand) grant(r Rule, a act) uint8 {
	least := Nobody
	for _, g := range r {
		if g.Rank < least && s.applies(g, a) {
			least = g.Rank
		}
	}
	return least
}

func (s *stand) applies(g Grant, a act) bool {
	switch g.Who {
	case Anyone:
		return true
	case Writer:
		return slices.ContainsFunc(s.writers(), s.is)
	case EntryWriter:
		e := s.d.entries[a.op.Path.Entry]
		return e != nil && !e.carried && s.is(e.by.author)
	}
	return slices.ContainsFunc(s.author, func(who protocol.MemberID) bool {
		me := memberValue(who)
		switch g.Who {
		case Herself:
			return a.op.Value == me
		case Named:
			values := s.view().Register(crdt.Path{Field: g.Field})
			return len(values) > 0 && values[len(values)-1].Value == me
		case Listed:
			return slices.Contains(s.view().Set(crdt.Path{Field: g.Field}), me)
		}
		return false
	})
}

func (s *stand) view() crdt.View { return s.d.merged.At(s.parents, s.hidden) }

// writers returns whose words the document is: who began it, and nobody here
// when it was carried here.
func (s *stand) writers() []protocol.MemberID {
	if s.carried() {
		return nil
	}
	return s.beginners()
}

// beginners returns who began the document as the author of the change saw it:
// the author of the smallest root in her past, or she herself at a root.
func (s *stand) beginners() []protocol.MemberID {
	switch {
	case s.looked:
	case s.root:
		s.writer = s.author
	default:
		var roots []*change
		for _, c := range s.d.roots {
			if s.reaches(crdt.ID(c.id)) {
				roots = append(roots, c)
			}
		}
		if c := smallest(roots); c != nil {
			s.writer = []protocol.MemberID{c.author}
		}
	}
	s.looked = true
	return s.writer
}

// Words says who the rule lets in; empty for nobody.
func (r Rule) Words() string {
	var who []string
	for _, g := range r {
		rank := map[uint8]string{Guest: "", Member: " (members)", Convener: " (conveners)", Founder: " (founders)"}[g.Rank]
		switch g.Who {
		case Anyone:
			who = append(who, map[uint8]string{Guest: "everyone", Member: "members", Convener: "conveners", Founder: "founders"}[g.Rank])
		case Writer:
			who = append(who, "its author"+rank)
		case Named, Listed:
			who = append(who, "who is named in it"+rank)
		case Herself:
			who = append(who, "each for herself"+rank)
		case EntryWriter:
			who = append(who, "who wrote the entry")
		}
	}
	return strings.Join(who, ", ")
}

// whoMay says it as a hint.
func whoMay(r Rule) string {
	if words := r.Words(); words != "" {
		return "who may: " + words
	}
	return ""
}
