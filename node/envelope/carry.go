package envelope

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Passage is how what one community knows is named in another that carries all
// of it: documents by the ids of their copies, members as [Past].
type Passage struct {
	From      protocol.CommunityID
	Documents map[protocol.DocumentID]protocol.DocumentID
	Entries   map[protocol.EntryID]protocol.EntryID
}

// Stage is a part of a copy: what stands alone, the entries and own values,
// which speak of its wording, and what names entries, after which it is whole.
type Stage uint8

// The stages, in their order.
const (
	Alone Stage = iota
	Signed
	Naming
)

// Carry is one stage of the copy of a document.
type Carry struct {
	*Passage
	Of *Folded // as it shows in the community it is from
	// Except are the fields that the community it goes to has its own of.
	Except []uint64
	Stage  Stage
	// Entries are those that the stage before made here, in their order.
	Entries []protocol.EntryID
}

// Carried says of what the copy is one.
func (c *Carry) Carried() *Carried {
	return &Carried{Community: c.From, Document: c.Of.ID, Author: c.Of.Author, Created: c.Of.Created}
}

// firstWords bounds a text within an entry as it is entered; the rest follows.
const firstWords = 24 << 10

// Carry returns the drafts of one stage of a copy, as [Document.Write] does of
// intents. It takes the words as they are: nothing is settled, parsed or
// refused. The last stage says that the copy is whole, and from then on nobody
// speaks in others' names.
func (d *Document) Carry(w Writing, c *Carry) ([]Draft, error) {
	p, err := d.plan(&w)
	if err != nil {
		return nil, err
	}
	if !p.stand.carrying() || w.Rank < Founder {
		return nil, refuse(ErrForbidden, "", "only who founds a community carries another's words into it")
	}
	for _, s := range c.Of.Fields {
		row := p.schema.Field(s.Number)
		if row == nil || slices.Contains(c.Except, s.Number) || s.Number == CarriedFrom || s.Number == Whole {
			continue
		}
		at := protocol.Path{Field: s.Number}
		switch c.Stage {
		case Alone:
			p.carryAlone(c, row, at, s)
		case Signed:
			p.carrySigned(c, row, at, s)
		case Naming:
			p.carryNaming(c, row, at, s)
		}
	}
	if c.Stage == Naming {
		p.carryRest(c)
		p.add(protocol.Path{Field: Whole}, protocol.Set, true)
	}
	return p.drafts(), nil
}

// carryAlone plans texts, registers and the values of sets, but those that
// name entries.
func (p *plan) carryAlone(c *Carry, row *Field, at protocol.Path, s Shown) {
	switch row.Type {
	case Text, Voice:
		p.carryText(at, 0, s.Text)
	case Register:
		if v := s.Value(); v != nil {
			p.add(at, protocol.Set, p.argument(c, row.Form, v))
		}
	case Set:
		for _, v := range s.Set {
			if !namesEntry(v) {
				p.add(at, protocol.Add, p.argument(c, row.Form, v))
			}
		}
	}
}

// carryText plans a text from a position on.
func (p *plan) carryText(at protocol.Path, pos int, text string) {
	for _, part := range pieces(text, maxWords) {
		n := utf8.RuneCountInString(part)
		p.add(at, protocol.Insert, uint64(pos), said{part, n, true})
		pos += n
	}
}

// carrySigned plans entries, items and own values, each for who gave it.
func (p *plan) carrySigned(c *Carry, row *Field, at protocol.Path, s Shown) {
	switch row.Type {
	case Map:
		p.carryOwn(c, row, at, s)
	case Log:
		for _, e := range s.Entries {
			if !e.Withdrawn {
				p.add(at, protocol.Enter, p.bornAgain(c, row, e), e.By[:], e.At)
			}
		}
	case List:
		position := ""
		for _, e := range s.Entries {
			position = crdt.Between(position, "")
			p.add(at, protocol.Place, true, position, p.bornAgain(c, row, e))
		}
	}
}

func (p *plan) carryOwn(c *Carry, row *Field, at protocol.Path, s Shown) {
	for _, own := range s.Own {
		value := p.argument(c, row.Form, own.Value)
		if at.Sub != 0 { // its wording is the entry's
			value = row.Form.argument(c.rename(own.Value, nil))
		}
		p.add(at, protocol.Add, own.By[:], own.At, value)
	}
}

// bornAgain returns what an entry begins with.
func (p *plan) bornAgain(c *Carry, row *Field, e Entry) protocol.Value {
	items := []protocol.Value{}
	for _, s := range e.Fields {
		sub := row.Sub(s.Number)
		var v protocol.Value
		switch sub.Type {
		case Text, Voice:
			text := pieces(s.Text, firstWords)[0]
			v = said{text, utf8.RuneCountInString(text), true}
		case Register:
			if s.Value() == nil || namesEntry(s.Value()) {
				continue
			}
			v = p.argument(c, sub.Form, s.Value())
		case Set:
			v = p.argument(c, Many(sub.Form), s.Set)
		default:
			continue // own values: when the entry is there
		}
		items = append(items, []protocol.Value{sub.Number, v})
	}
	return items
}

// carryNaming plans what a set says of entries.
func (p *plan) carryNaming(c *Carry, row *Field, at protocol.Path, s Shown) {
	for _, v := range s.Set {
		if namesEntry(v) {
			p.add(at, protocol.Add, p.argument(c, row.Form, v))
		}
	}
}

// carryRest plans what could not be entered with the entries: the rest of long
// texts, what names other entries, and own values within them.
func (p *plan) carryRest(c *Carry) {
	next := 0
	for _, s := range c.Of.Fields {
		row := p.schema.Field(s.Number)
		if row == nil || slices.Contains(c.Except, s.Number) {
			continue
		}
		for _, e := range s.Entries {
			if e.Withdrawn || next == len(c.Entries) {
				continue
			}
			for _, field := range e.Fields {
				sub := row.Sub(field.Number)
				at := protocol.Path{Field: row.Number, Entry: c.Entries[next], Sub: sub.Number}
				switch {
				case sub.Type.Text() && len(field.Text) > firstWords:
					begun := pieces(field.Text, firstWords)[0]
					p.carryText(at, utf8.RuneCountInString(begun), field.Text[len(begun):])
				case sub.Type == Register && namesEntry(field.Value()):
					p.add(at, protocol.Set, p.argument(c, sub.Form, field.Value()))
				case sub.Type == Map:
					p.carryOwn(c, sub, at, field)
				}
			}
			next++
		}
	}
}

// namesEntry tells whether a value names an entry somewhere.
func namesEntry(v Value) bool {
	switch v := v.(type) {
	case protocol.EntryID:
		return true
	case Object:
		return slices.ContainsFunc(v, func(p Pair) bool { return namesEntry(p.Value) })
	case []Value:
		return slices.ContainsFunc(v, namesEntry)
	}
	return false
}

// argument returns a shown value as an operation says it, in the names of the
// community it goes to; who spoke of the text as it reads now does so here.
func (p *plan) argument(c *Carry, f Form, v Value) protocol.Value {
	return f.argument(c.rename(v, func(w protocol.Wording) protocol.Wording {
		if c.Of.ChangedSince(w) == 0 {
			return p.d.Wording(protocol.EntryID{})
		}
		return w
	}))
}

// rename returns a value in the names of the community it goes to. Wording
// says what becomes of wordings; nil: they stay. A nil passage names nothing anew.
func (g *Passage) rename(v Value, wording func(protocol.Wording) protocol.Wording) Value {
	switch v := v.(type) {
	case protocol.MemberID:
		if g != nil {
			return Past(g.From, v)
		}
	case protocol.DocumentID:
		if g != nil && !g.Documents[v].IsZero() {
			return g.Documents[v]
		}
	case protocol.EntryID:
		if g != nil && g.Entries[v] != (protocol.EntryID{}) {
			return g.Entries[v]
		}
	case protocol.Wording:
		if wording != nil {
			return wording(v)
		}
	case Object:
		out := slices.Clone(v)
		for i := range out {
			out[i].Value = g.rename(out[i].Value, wording)
		}
		return out
	case []Value:
		out := slices.Clone(v)
		for i := range out {
			out[i] = g.rename(out[i], wording)
		}
		return out
	}
	return v
}

// argument returns a value as an operation says it: what [Form.show] undoes.
func (f Form) argument(v Value) protocol.Value {
	switch v := v.(type) {
	case string:
		if f.Is == IsWords || f.Is == IsPerson {
			return said{v, utf8.RuneCountInString(v), true}
		}
	case protocol.Hash:
		return v[:]
	case protocol.MemberID:
		return v[:]
	case protocol.DocumentID:
		return v[:]
	case protocol.EntryID:
		return protocol.EntryValue(v)
	case protocol.Wording:
		return v.Value()
	case Fraction:
		return []protocol.Value{v.Over, v.Under}
	case Object:
		return f.pairs(v)
	case []Value:
		return f.several(v)
	}
	return v
}

func (f Form) pairs(o Object) protocol.Value {
	items := []protocol.Value{}
	for _, p := range o {
		if f.Is == IsPairs {
			items = append(items, []protocol.Value{p.Name, p.Value})
			continue
		}
		for _, part := range f.Parts {
			if part.Name == p.Name {
				items = append(items, []protocol.Value{part.Number, part.Form.argument(p.Value)})
			}
		}
	}
	return items
}

// several puts values of one form into the order that stands on the wire.
func (f Form) several(values []Value) protocol.Value {
	type one struct {
		canon crdt.Value
		value protocol.Value
	}
	var all []one
	for _, v := range values {
		value := f.Of.argument(v)
		canon, _ := f.Of.canon(value)
		all = append(all, one{canon, value})
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Compare(a.canon, b.canon) })
	all = slices.CompactFunc(all, func(a, b one) bool { return a.canon == b.canon })
	items := make([]protocol.Value, len(all))
	for i := range all {
		items[i] = all[i].value
	}
	return items
}
