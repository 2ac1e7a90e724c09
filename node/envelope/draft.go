package envelope

import (
	"slices"

	"coppice.example/protocol"
)

// Bounds of one change: what is left of a body when both seals are taken off,
// with room for the shape around the words.
const (
	maxDraft = protocol.MaxBody - protocol.WordsOverhead - protocol.ShapeOverhead
	maxWords = 40 << 10 // bytes of one value or one insertion
)

// planned is one operation to be, its words still in it as [said].
type planned struct {
	op   protocol.Operation
	size int // bytes it takes, about
}

func (p *plan) add(at protocol.Path, code protocol.Code, args ...protocol.Value) {
	op := protocol.Operation{Path: at, Code: code, Args: args}
	size := 96
	for _, a := range args {
		size += sizeOf(a)
	}
	p.acts = append(p.acts, planned{op, size})
}

// sizeOf bounds the bytes of a value, in shape and words together.
func sizeOf(v protocol.Value) int {
	switch v := v.(type) {
	case said:
		return len(v.text) + 10
	case string:
		return len(v) + 9
	case []byte:
		return len(v) + 9
	case []protocol.Value:
		n := 9
		for _, item := range v {
			n += sizeOf(item)
		}
		return n
	}
	return 9
}

// drafts puts the operations, in their order, into as few changes as hold them.
//
// What only the document's root may set comes first, where the root is.
func (p *plan) drafts() (drafts []Draft) {
	slices.SortStableFunc(p.acts, func(a, b planned) int { return rootFirst(p.schema, a) - rootFirst(p.schema, b) })
	left := 0
	for _, a := range p.acts {
		if len(drafts) == 0 || a.size > left {
			drafts = append(drafts, Draft{})
			left = maxDraft - 16
		}
		left -= a.size
		d := &drafts[len(drafts)-1]
		for i, arg := range a.op.Args {
			a.op.Args[i] = d.claim(arg)
		}
		d.Operations = append(d.Operations, a.op)
	}
	return drafts
}

func rootFirst(s *Schema, a planned) int {
	if s.Field(a.op.Path.Field).Fixed {
		return 0
	}
	return 1
}

// claim moves the words of an argument into the draft's words part.
func (d *Draft) claim(v protocol.Value) protocol.Value {
	switch v := v.(type) {
	case said:
		d.Words = append(d.Words, v.text...)
		return protocol.Words(v.runes)
	case []protocol.Value:
		items := make([]protocol.Value, len(v))
		for i, item := range v {
			items[i] = d.claim(item)
		}
		return items
	}
	return v
}
