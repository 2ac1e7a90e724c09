package crdt

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

const format = 1

// AppendBinary appends the whole document, its history and what is hidden now
// included, for [Load].
//
// The layout: the format, what is hidden now, then the changes in the order
// they came: id, lamport, author, parents, what the author's fold did not show
// (0: as the change before it, else 1 + how many), operations. Missing letters
// are as many zero bytes, so that no length promises more than there is.
func (d *Document) AppendBinary(b []byte) ([]byte, error) {
	w := writer{b}
	w.int(format)
	w.int(len(d.hidden))
	w.refs(d.hidden)
	w.int(len(d.changes))
	var hidden []OpRef
	for i := range d.changes {
		c := &d.changes[i]
		w.b = append(w.b, c.ID[:]...)
		w.b = binary.AppendUvarint(w.b, c.Lamport)
		w.b = append(w.b, c.Author[:]...)
		w.int(len(c.Parents))
		for _, p := range c.Parents {
			w.int(i - int(d.numbers[p]))
		}
		if sameRefs(hidden, c.Hidden) {
			w.int(0)
		} else {
			hidden = c.Hidden
			w.int(1 + len(hidden))
			w.refs(hidden)
		}
		w.int(len(c.Ops))
		for j := range c.Ops {
			w.op(&c.Ops[j])
		}
	}
	return w.b, nil
}

type writer struct{ b []byte }

func (w *writer) int(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *writer) text(s string) {
	w.int(len(s))
	w.b = append(w.b, s...)
}

func (w *writer) ref(r OpRef) {
	w.b = append(w.b, r.Change[:]...)
	w.b = binary.AppendUvarint(w.b, uint64(r.Index))
}

func (w *writer) refs(refs []OpRef) {
	for _, r := range refs {
		w.ref(r)
	}
}

// maybe writes a reference that may be none.
func (w *writer) maybe(r OpRef) {
	if r == (OpRef{}) {
		w.int(0)
		return
	}
	w.int(1)
	w.ref(r)
}

func (w *writer) edit(e Edit) {
	w.int(e.Pos)
	w.int(e.Del)
	w.text(e.Ins)
	w.int(e.Missing)
	w.b = append(w.b, make([]byte, e.Missing)...)
}

// op writes an operation; of one that does nothing, its place.
func (w *writer) op(op *Op) {
	c := classOf(op.Code)
	if c == none || c == texts && !fits(op.Edit) {
		w.int(0)
		return
	}
	w.b = binary.AppendUvarint(w.b, uint64(op.Code))
	w.b = binary.AppendUvarint(w.b, op.Path.Field)
	w.maybe(op.Path.Entry)
	w.b = binary.AppendUvarint(w.b, op.Path.Sub)
	switch op.Code {
	case Insert, Delete:
		w.edit(op.Edit)
	case Set, Add, Drop, Put:
		w.text(string(op.Value))
	case Place:
		w.maybe(op.Item)
		w.text(op.Position)
		w.born(op.Fields)
	case Remove:
		w.maybe(op.Item)
	case Enter:
		w.born(op.Fields)
	}
}

func (w *writer) born(fields []FieldValue) {
	w.int(len(fields))
	for _, v := range fields {
		if !fits(v.Edit) {
			v = FieldValue{Field: v.Field}
		}
		w.b = binary.AppendUvarint(w.b, v.Field)
		w.b = binary.AppendUvarint(w.b, uint64(v.Code))
		w.text(string(v.Value))
		w.edit(v.Edit)
	}
}

// Load reads what [Document.AppendBinary] wrote.
func Load(b []byte) (*Document, error) {
	r := &reader{rest: b}
	d := New()
	if v := r.int(); v != format && !r.bad {
		return nil, fmt.Errorf("%w: format %d", ErrDamaged, v)
	}
	d.hidden = r.refs(r.int())
	var hidden []OpRef
	for n := r.int(); n > 0 && !r.bad; n-- {
		c := d.load(r, hidden)
		hidden = c.Hidden
		if r.bad || d.Has(c.ID) {
			return nil, fmt.Errorf("%w: change %d", ErrDamaged, d.Len())
		}
		if err := d.Apply(c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if r.bad || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes before the end", ErrDamaged, len(r.rest))
	}
	return d, nil
}

// load reads one change; hidden is that of the one before it.
func (d *Document) load(r *reader, hidden []OpRef) Change {
	c := Change{ID: r.id(), Lamport: r.uint(), Author: Author(r.id()), Hidden: hidden}
	for n := r.int(); n > 0 && !r.bad; n-- {
		back := r.int()
		if back < 1 || back > len(d.changes) {
			r.fail()
			break
		}
		c.Parents = append(c.Parents, d.changes[len(d.changes)-back].ID)
	}
	if n := r.int(); n > 0 {
		c.Hidden = r.refs(n - 1)
	}
	for n := r.int(); n > 0 && !r.bad; n-- {
		c.Ops = append(c.Ops, r.op())
	}
	return c
}

// reader takes bytes apart; once bad, it yields zeros.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) fail() { r.bad, r.rest = true, nil }

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) int() int {
	v := r.uint()
	if v > math.MaxInt {
		r.fail()
		return 0
	}
	return int(v)
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) id() (id ID) {
	copy(id[:], r.take(len(id)))
	return id
}

func (r *reader) text() string { return string(r.take(r.int())) }

func (r *reader) ref() OpRef { return OpRef{Change: r.id(), Index: int(r.uint())} }

// refs reads n references, ascending.
func (r *reader) refs(n int) (refs []OpRef) {
	for ; n > 0 && !r.bad; n-- {
		refs = append(refs, r.ref())
	}
	if !slices.IsSortedFunc(refs, OpRef.Compare) {
		r.fail()
	}
	return refs
}

func (r *reader) maybe() OpRef {
	if r.int() == 0 {
		return OpRef{}
	}
	return r.ref()
}

func (r *reader) edit() Edit {
	e := Edit{Pos: r.int(), Del: r.int(), Ins: r.text(), Missing: r.int()}
	r.take(e.Missing)
	return e
}

func (r *reader) op() (op Op) {
	op.Code = Code(r.uint())
	if classOf(op.Code) == none {
		return op
	}
	op.Path = Path{Field: r.uint(), Entry: r.maybe(), Sub: r.uint()}
	switch op.Code {
	case Insert, Delete:
		op.Edit = r.edit()
	case Set, Add, Drop, Put:
		op.Value = Value(r.text())
	case Place:
		op.Item, op.Position, op.Fields = r.maybe(), r.text(), r.born()
	case Remove:
		op.Item = r.maybe()
	case Enter:
		op.Fields = r.born()
	}
	return op
}

func (r *reader) born() (fields []FieldValue) {
	for n := r.int(); n > 0 && !r.bad; n-- {
		fields = append(fields, FieldValue{Field: r.uint(), Code: Code(r.uint()), Value: Value(r.text()), Edit: r.edit()})
	}
	return fields
}
