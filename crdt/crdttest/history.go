package crdttest

import (
	"encoding/binary"
	"slices"

	"pgregory.net/rapid"

	"coppice.example/crdt"
)

// The fields of a generated document; entries and items have the first three.
const (
	Text crdt.Code = iota + 1
	Register
	Set
	Map
	Log
	List
)

// History is what some people did to one document, apart and together.
type History struct {
	Changes []crdt.Change // in a causal order
	Hidden  []crdt.OpRef  // the verdicts of the day; ascending
	letters map[crdt.OpRef]string
}

// replica is one person at work.
type replica struct {
	author crdt.Author
	doc    *crdt.Document
	hidden []crdt.OpRef
}

// Draw lets two to five people write to one document: texts, registers, sets,
// maps, logs, lists and the fields of entries, at the end, past it, over one
// another, with letters missing; each under verdicts of his own that change as
// he goes.
func Draw(t *rapid.T) History {
	h := History{letters: map[crdt.OpRef]string{}}
	people := make([]*replica, rapid.IntRange(2, 5).Draw(t, "people"))
	for i := range people {
		people[i] = &replica{author: crdt.Author{byte(i + 1)}, doc: crdt.New()}
	}
	for range rapid.IntRange(3, 40).Draw(t, "steps") {
		p := people[rapid.IntRange(0, len(people)-1).Draw(t, "who")]
		switch rapid.IntRange(0, 9).Draw(t, "act") {
		case 0:
			p.hidden = subset(t, p.doc.Changes())
			p.doc.SetHidden(p.hidden)
		case 1, 2, 3:
			from := people[rapid.IntRange(0, len(people)-1).Draw(t, "from")].doc.Changes()
			for _, c := range from[:rapid.IntRange(0, len(from)).Draw(t, "pull")] {
				must(t, p.doc.Apply(copied(c)))
			}
		default:
			h.Changes = append(h.Changes, h.write(t, p, len(h.Changes)))
		}
	}
	h.Hidden = subset(t, h.Changes)
	return h
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// copied returns a change that shares no operation with c: who applies a
// change gives it away.
func copied(c crdt.Change) crdt.Change {
	c.Ops = slices.Clone(c.Ops)
	for i := range c.Ops {
		c.Ops[i].Fields = slices.Clone(c.Ops[i].Fields)
	}
	return c
}

// subset draws operations of the changes, ascending; mostly few.
func subset(t *rapid.T, changes []crdt.Change) (refs []crdt.OpRef) {
	share := rapid.IntRange(0, 3).Draw(t, "share")
	for _, c := range changes {
		for i := range c.Ops {
			if share > 0 && rapid.IntRange(0, 5).Draw(t, "hide") < share {
				refs = append(refs, crdt.OpRef{Change: c.ID, Index: i})
			}
		}
	}
	slices.SortFunc(refs, crdt.OpRef.Compare)
	return refs
}

// write makes a change on what p sees and applies it there.
func (h *History) write(t *rapid.T, p *replica, number int) crdt.Change {
	c := crdt.Change{Author: p.author, Parents: p.doc.Heads(), Hidden: p.hidden, Lamport: 1}
	c.ID[0] = rapid.Byte().Draw(t, "id")
	binary.BigEndian.PutUint32(c.ID[1:], uint32(number+1))
	for _, parent := range c.Parents {
		of, _ := p.doc.Change(parent)
		c.Lamport = max(c.Lamport, of.Lamport+1)
	}
	for range rapid.IntRange(0, 4).Draw(t, "ops") {
		c.Ops = append(c.Ops, h.op(t, p, crdt.OpRef{Change: c.ID, Index: len(c.Ops)}))
	}
	must(t, p.doc.Apply(copied(c)))
	return c
}

func (h *History) op(t *rapid.T, p *replica, self crdt.OpRef) crdt.Op {
	now := p.doc.Now()
	field := rapid.SampledFrom([]crdt.Code{Text, Text, Text, Register, Set, Map, Log, List}).Draw(t, "field")
	path := crdt.Path{Field: uint64(field)}
	entries := append(now.Log(uint64(Log)), now.List(uint64(List))...)
	if field <= Set && len(entries) > 0 && rapid.Bool().Draw(t, "within") {
		e := rapid.SampledFrom(entries).Draw(t, "entry")
		path = crdt.Path{Field: uint64(Log), Entry: e.ID, Sub: uint64(field)}
		if e.Position != "" {
			path.Field = uint64(List)
		}
	}
	first := rapid.Bool().Draw(t, "first")
	op := crdt.Op{Path: path, Value: value(t)}
	switch {
	case field == Text:
		return h.edit(t, p, path, self)
	case field == Register:
		op.Code = crdt.Set
	case field == Set && first:
		op.Code = crdt.Add
	case field == Set:
		op.Code = crdt.Drop
	case field == Map && first:
		op.Code = crdt.Put
	case field == Map:
		op.Code = crdt.Take
	case field == Log && (first || len(now.Log(uint64(Log))) == 0):
		op.Code, op.Fields = crdt.Enter, h.born(t, self)
	case field == Log:
		op.Code = crdt.Withdraw
		op.Path.Entry = rapid.SampledFrom(now.Log(uint64(Log))).Draw(t, "entry").ID
	default:
		h.list(t, now.List(uint64(List)), self, &op)
	}
	return op
}

func value(t *rapid.T) crdt.Value {
	return crdt.Value(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "value"))
}

// list places a new item, moves one or removes one.
func (h *History) list(t *rapid.T, items []crdt.Entry, self crdt.OpRef, op *crdt.Op) {
	at := rapid.IntRange(0, len(items)).Draw(t, "at")
	before, after := "", ""
	if at > 0 {
		before = items[at-1].Position
	}
	if at < len(items) {
		after = items[at].Position
	}
	op.Code, op.Position = crdt.Place, crdt.Between(before, after)
	act := rapid.IntRange(0, 3).Draw(t, "act")
	if len(items) == 0 || act < 2 {
		op.Fields = h.born(t, self)
		return
	}
	op.Item = rapid.SampledFrom(items).Draw(t, "item").ID
	if act == 3 {
		op.Code = crdt.Remove
	}
}

func (h *History) born(t *rapid.T, self crdt.OpRef) []crdt.FieldValue {
	words := rapid.SampledFrom([]string{"", "x", "née 🌳"}).Draw(t, "words")
	return []crdt.FieldValue{
		{Field: uint64(Text), Code: crdt.Insert, Edit: h.letter(t, self, words)},
		{Field: uint64(Register), Code: crdt.Set, Value: value(t)},
		{Field: uint64(Set), Code: crdt.Add, Value: value(t)},
	}
}

// edit works on a text within the first change's letters of what p sees; now
// and then it reaches past the end.
func (h *History) edit(t *rapid.T, p *replica, path crdt.Path, self crdt.OpRef) crdt.Op {
	length := 0
	if text := p.doc.Text(path); text != nil {
		length = text.Runes()
	}
	pos := rapid.IntRange(0, length).Draw(t, "pos")
	if rapid.IntRange(0, 15).Draw(t, "past") == 0 {
		pos = length + 1 + rapid.IntRange(0, 2).Draw(t, "beyond")
	}
	if pos < length && rapid.Bool().Draw(t, "delete") {
		n := rapid.IntRange(1, min(4, length-pos)).Draw(t, "n")
		return crdt.Op{Path: path, Code: crdt.Delete, Edit: crdt.Edit{Pos: pos, Del: n}}
	}
	e := h.letter(t, self, rapid.StringOfN(rapid.SampledFrom([]rune("abcXYZß木🌳\n")), 1, 5, -1).Draw(t, "letters"))
	e.Pos = pos
	return crdt.Op{Path: path, Code: crdt.Insert, Edit: e}
}

// letter inserts words, or keeps them back for a later delivery.
func (h *History) letter(t *rapid.T, self crdt.OpRef, words string) crdt.Edit {
	if words == "" || rapid.IntRange(0, 5).Draw(t, "missing") > 0 {
		return crdt.Edit{Ins: words}
	}
	h.letters[self] = words
	return crdt.Edit{Missing: len([]rune(words))}
}
