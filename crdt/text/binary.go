package text

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"
)

const format = 1

// AppendBinary appends the whole text, its history included, for [Load].
//
// The layout: the format, what is hidden now, then the changes in the order
// they came, each with its id, how far back its parents lie, what it did not
// show (0: as the change before it, else 1 + how many) and its operations.
// Missing letters are as many zero bytes, so that no length promises more than
// there is.
func (t *Text) AppendBinary(b []byte) ([]byte, error) {
	put := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	put(format)
	put(len(t.hidden))
	for _, r := range t.hidden {
		b = append(b, r.Change[:]...)
		put(r.Index)
	}
	put(len(t.changes))
	var veiled []int32
	for i, c := range t.changes {
		b = append(b, c.id[:]...)
		parents := t.graph.Parents(int32(i))
		put(len(parents))
		for _, p := range parents {
			put(i - int(p))
		}
		if slices.Equal(veiled, c.veiled) {
			put(0)
		} else {
			veiled = c.veiled
			put(1 + len(veiled))
			for _, n := range veiled {
				put(int(n))
			}
		}
		ops := t.ops[c.ops:t.opsEnd(int32(i))]
		put(len(ops))
		for _, o := range ops {
			put(int(o.kind))
			put(int(o.index))
			put(int(o.pos))
			put(int(o.n))
			switch {
			case o.kind == insertion && o.size == 0:
				b = append(b, make([]byte, o.n)...)
			case o.kind == insertion:
				b = append(b, t.letters[o.at:o.at+o.size]...)
			}
		}
	}
	return b, nil
}

// Load reads what [Text.AppendBinary] wrote.
func Load(b []byte) (*Text, error) {
	r := &reader{rest: b}
	t := &Text{}
	if v := r.int(); v != format && !r.bad {
		return nil, fmt.Errorf("%w: format %d", ErrDamaged, v)
	}
	for n := r.int(); n > 0 && !r.bad; n-- {
		t.hidden = append(t.hidden, OpRef{r.id(), r.int()})
	}
	if !slices.IsSortedFunc(t.hidden, OpRef.Compare) {
		r.bad = true
	}
	var veiled []int32
	for n := r.int(); n > 0 && !r.bad; n-- {
		veiled = t.load(r, veiled)
	}
	if r.bad || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes before the end", ErrDamaged, len(r.rest))
	}
	return t, nil
}

// load reads one change; veiled is what the one before it did not show.
func (t *Text) load(r *reader, veiled []int32) []int32 {
	id := r.id()
	var parents []int32
	for n := r.int(); n > 0 && !r.bad; n-- {
		back := r.int()
		r.bad = r.bad || back < 1 || back > len(t.changes)
		parents = append(parents, int32(len(t.changes)-back))
	}
	if n := r.int(); n > 0 {
		veiled = nil
		for ; n > 1 && !r.bad; n-- {
			o := r.int()
			r.bad = r.bad || o >= len(t.ops) || len(veiled) > 0 && int(veiled[len(veiled)-1]) >= o
			veiled = append(veiled, int32(o))
		}
	}
	if r.bad || t.Has(id) || !slices.IsSorted(parents) {
		r.bad = true
		return nil
	}
	t.begin(id, parents, veiled)
	for n := r.int(); n > 0 && !r.bad; n-- {
		t.loadOp(r)
	}
	return veiled
}

func (t *Text) loadOp(r *reader) {
	what, e, n := kind(r.int()), Edit{Index: r.int(), Pos: r.int()}, r.int()
	switch what {
	case insertion:
		e.Ins = r.runes(n)
		if e.Ins != "" && e.Ins[0] == 0 && n == len(e.Ins) && absent(e.Ins) {
			e.Ins, e.Missing = "", n
		}
		r.bad = r.bad || n == 0
	case deletion:
		e.Del = n
		r.bad = r.bad || n == 0
	case void:
		t.ops = append(t.ops, op{change: int32(len(t.changes) - 1), index: int32(e.Index), kind: void, pos: int32(e.Pos)})
		return
	default:
		r.bad = true
	}
	if r.bad || e.check() != nil {
		r.bad = true
		return
	}
	t.edit(e)
	r.bad = t.ops[len(t.ops)-1].kind == void
}

// absent tells whether all bytes are zero: no letter is (a text holds no NUL).
func absent(s string) bool {
	for i := range len(s) {
		if s[i] != 0 {
			return false
		}
	}
	return true
}

// reader takes bytes apart; once bad, it yields zeros.
type reader struct {
	rest []byte
	bad  bool
}

// int reads a number that fits a text.
func (r *reader) int() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v >= 1<<31 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

func (r *reader) id() (id ID) {
	if len(r.rest) < len(id) {
		r.bad, r.rest = true, nil
		return id
	}
	copy(id[:], r.rest)
	r.rest = r.rest[len(id):]
	return id
}

// runes reads n runes of UTF-8.
func (r *reader) runes(n int) string {
	end := 0
	for range n {
		c, size := utf8.DecodeRune(r.rest[end:])
		if c == utf8.RuneError && size <= 1 {
			r.bad, r.rest = true, nil
			return ""
		}
		end += size
	}
	s := string(r.rest[:end])
	r.rest = r.rest[end:]
	return s
}
