package envelope

import (
	"math"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// maxPosition is the greatest length of an item's position in bytes.
const maxPosition = 512

// act is an operation as its kind's table reads it. An act without a field is
// one that means nothing: unknown, or of a shape that does not fit.
type act struct {
	op    crdt.Op
	field *Field
	sub   *Field // the entry's field
	// carried: it puts what others said into their mouths, as it was said in
	// the community the document was carried from.
	carried bool
}

// decode reads an operation by the table. It takes the operation's letters in
// any case, so that the next one finds its own.
func (s *Schema) decode(o protocol.Operation, l *protocol.Letters) act {
	args := make([]protocol.Value, len(o.Args))
	for i, a := range o.Args {
		args[i] = resolve(a, l)
	}
	path, ok := pathOf(o.Path)
	if f := s.Field(o.Path.Field); ok && f != nil {
		a := act{op: crdt.Op{Path: path}, field: f}
		if (f.Type == Log || f.Type == List) && a.entry(o.Code, args) {
			return a
		}
		on := f
		if path.Entry != (crdt.OpRef{}) {
			a.sub = f.Sub(path.Sub)
			on = a.sub
		}
		if on != nil && a.take(on, o.Code, args) {
			return a
		}
	}
	return act{}
}

func pathOf(p protocol.Path) (crdt.Path, bool) {
	e, ok := refOf(p.Entry)
	return crdt.Path{Field: p.Field, Entry: e, Sub: p.Sub}, ok
}

func refOf(e protocol.EntryID) (crdt.OpRef, bool) {
	return crdt.OpRef{Change: crdt.ID(e.Change), Index: int(e.Index)}, e.Index <= math.MaxInt32
}

// take reads an operation on a text, register, set or own-key map.
func (a *act) take(f *Field, code protocol.Code, args []protocol.Value) (ok bool) {
	a.op.Code = crdt.Code(code)
	switch {
	case code == protocol.Insert && f.Type.Text() && len(args) == 2:
		a.op.Edit, ok = insertion(args[1])
		pos, isPos := length(args[0])
		a.op.Edit.Pos = pos
		return ok && isPos
	case code == protocol.Delete && f.Type.Text() && len(args) == 2:
		pos, ok := length(args[0])
		n, ok2 := length(args[1])
		a.op.Edit = crdt.Edit{Pos: pos, Del: n}
		return ok && ok2
	case code == protocol.Set && f.Type == Register && len(args) == 1,
		(code == protocol.Add || code == protocol.Drop) && f.Type == Set && len(args) == 1,
		code == protocol.Put && f.Type == Map && len(args) == 1:
		a.op.Value, ok = f.Form.canon(args[0])
		return ok
	case code == protocol.Add && f.Type == Map && len(args) == 3:
		return a.putFor(f, args)
	case code == protocol.Take && f.Type == Map:
		return len(args) == 0
	}
	return false
}

// entry reads an operation on the entries of a log or the items of a list themselves.
func (a *act) entry(code protocol.Code, args []protocol.Value) (ok bool) {
	f, named := a.field, a.op.Path.Entry != (crdt.OpRef{})
	a.op.Code = crdt.Code(code)
	switch {
	case code == protocol.Enter && f.Type == Log && !named && len(args) == 1:
		a.op.Fields, ok = f.born(args[0])
		return ok
	case code == protocol.Enter && f.Type == Log && !named && len(args) == 3:
		return a.enterFor(args)
	case code == protocol.Withdraw && f.Type == Log && named && a.op.Path.Sub == 0:
		return len(args) == 0
	case code == protocol.Place && f.Type == List && !named && len(args) == 3:
		position, isText := args[1].(string)
		a.op.Position = position
		a.op.Fields, ok = f.born(args[2])
		if fresh, isNew := args[0].(bool); isNew {
			return fresh && ok && isText && isPosition(position)
		}
		return a.item(args[0]) && len(a.op.Fields) == 0 && ok && isText && isPosition(position)
	case code == protocol.Remove && f.Type == List && !named && len(args) == 1:
		return a.item(args[0])
	}
	return false
}

func (a *act) item(v protocol.Value) bool {
	e, ok := protocol.EntryOf(v)
	if !ok || e == (protocol.EntryID{}) {
		return false
	}
	a.op.Item, ok = refOf(e)
	return ok
}

// born reads what the fields of a new entry begin with: [[number, value] ...],
// ascending. Unknown ones are left out.
func (f *Field) born(v protocol.Value) (fields []crdt.FieldValue, ok bool) {
	items, ok := v.([]protocol.Value)
	last := uint64(0)
	for _, item := range items {
		number, value, isPair := two[uint64, protocol.Value](item)
		if !isPair || number <= last {
			return nil, false
		}
		last = number
		sub := f.Sub(number)
		if sub == nil {
			continue
		}
		if fields, ok = sub.begin(fields, value); !ok {
			return nil, false
		}
	}
	return fields, ok
}

func (f *Field) begin(fields []crdt.FieldValue, v protocol.Value) ([]crdt.FieldValue, bool) {
	born := crdt.FieldValue{Field: f.Number}
	ok := false
	switch f.Type {
	case Text, Voice:
		born.Code = crdt.Insert
		born.Edit, ok = insertion(v)
	case Register:
		born.Code = crdt.Set
		born.Value, ok = f.Form.canon(v)
	case Set:
		items, isMany := v.([]protocol.Value)
		for _, item := range items {
			born.Code = crdt.Add
			if born.Value, ok = f.Form.canon(item); !ok {
				return nil, false
			}
			fields = append(fields, born)
		}
		return fields, isMany && len(items) <= maxMany
	}
	return append(fields, born), ok
}

// Text tells whether fields of this type are texts.
func (t Type) Text() bool { return t == Text || t == Voice }

func insertion(v protocol.Value) (crdt.Edit, bool) {
	s, ok := v.(said)
	if !s.letters {
		return crdt.Edit{Missing: s.runes}, ok
	}
	return crdt.Edit{Ins: s.text}, ok
}

func length(v protocol.Value) (int, bool) {
	n, ok := v.(uint64)
	return int(n), ok && n <= math.MaxInt32
}

func isPosition(s string) bool { return s != "" && len(s) <= maxPosition }
