package protocol

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// EntryID names an entry of a log field or an item of a list field: the
// operation that made it. The zero EntryID names none.
type EntryID struct {
	Change ChangeID
	Index  uint64 // of the operation in its change's shape
}

// Path says where in a document an operation works: a field, or a field of an entry.
type Path struct {
	Field uint64
	Entry EntryID // zero: the document's own field
	Sub   uint64  // the entry's field
}

// Code says what an operation does.
type Code uint64

// The operations; unknown ones are kept and do nothing. Arguments in order.
const (
	Insert   Code = 1  // text: pos, Words(n)
	Delete   Code = 2  // text: pos, n
	Set      Code = 3  // register: value
	Add      Code = 4  // set: value
	Drop     Code = 5  // set: value
	Put      Code = 6  // own-key map: value
	Take     Code = 7  // own-key map: nothing
	Enter    Code = 8  // entry log: [[field, value] ...]
	Withdraw Code = 9  // entry log: the path names the entry and no field of it (sub 0)
	Place    Code = 10 // list: item (an entry id, or true for a new one), position, [[field, value] ...]
	Remove   Code = 11 // list: item
)

// Operation is one act on a document.
type Operation struct {
	Path Path
	Code Code
	Args []Value
}

// EntryValue returns the value that names an entry: [change, index].
func EntryValue(e EntryID) Value { return []Value{e.Change[:], e.Index} }

// EntryOf reads what [EntryValue] made.
func EntryOf(v Value) (e EntryID, ok bool) {
	parts, ok := v.([]Value)
	if !ok || len(parts) != 2 {
		return e, false
	}
	id, ok := parts[0].([]byte)
	index, ok2 := parts[1].(uint64)
	if !ok || !ok2 || len(id) != len(e.Change) {
		return e, false
	}
	return EntryID{ChangeID(id), index}, true
}

// EncodeShape returns the canonical shape of the operations: an array of
// [path, code, argument ...], where path is [field] or [field, [change, index], sub].
func EncodeShape(ops []Operation) []byte {
	b := AppendArray(nil, len(ops))
	for _, op := range ops {
		b = AppendArray(b, 2+len(op.Args))
		if op.Path.Entry == (EntryID{}) {
			b = AppendUint(AppendArray(b, 1), op.Path.Field)
		} else {
			b = AppendUint(AppendArray(b, 3), op.Path.Field)
			b = AppendValue(b, EntryValue(op.Path.Entry))
			b = AppendUint(b, op.Path.Sub)
		}
		b = AppendUint(b, uint64(op.Code))
		for _, a := range op.Args {
			b = AppendValue(b, a)
		}
	}
	return b
}

// DecodeShape reads a shape. An error makes the change inert, for all alike.
func DecodeShape(b []byte) ([]Operation, error) {
	r := NewReader(b)
	var ops []Operation
	for range r.Array() {
		var op Operation
		n := r.Array()
		switch path := r.Array(); {
		case n < 2:
			r.refuse("an operation of %d items", n)
		case path == 1:
			op.Path.Field = r.Uint()
		case path == 3:
			op.Path.Field = r.Uint()
			e, ok := EntryOf(r.Value())
			if !ok || e == (EntryID{}) {
				r.refuse("no entry id")
			}
			op.Path.Entry = e
			op.Path.Sub = r.Uint()
		default:
			r.refuse("a path of %d items", path)
		}
		op.Code = Code(r.Uint())
		for range max(n-2, 0) {
			op.Args = append(op.Args, r.Value())
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
		ops = append(ops, op)
	}
	return ops, r.End()
}

// Letters hands out the words of a change in the order in which its shape
// claims them: every [Words] of every operation, known or not, claims its
// runes. A reader takes each claim with [Letters.Next], or passes over those
// of an operation that means nothing to it with [Letters.Skip].
type Letters struct {
	rest []byte
	ok   bool
}

// NewLetters checks what the operations claim against the words part.
//
// wordsLen is the header's: a shape that claims more runes than its words
// part has bytes is inert ([ErrBody]). Readable tells whether words hold; they
// do not when missing, unopenable, not valid text or of another length than
// claimed, and then every claim yields that many U+FFFD.
func NewLetters(ops []Operation, words []byte, readable bool, wordsLen int) (*Letters, error) {
	claimed := uint64(0)
	for _, op := range ops {
		for _, a := range op.Args {
			n := claims(a)
			if n > MaxControlBody || claimed+n > MaxControlBody {
				return nil, fmt.Errorf("%w: claims more words than a body holds", ErrBody)
			}
			claimed += n
		}
	}
	if claimed > uint64(max(wordsLen-WordsOverhead, 0)) {
		return nil, fmt.Errorf("%w: claims more words than there are bytes", ErrBody)
	}
	ok := readable && ValidText(words) && uint64(utf8.RuneCount(words)) == claimed
	return &Letters{words, ok}, nil
}

func claims(v Value) uint64 {
	switch v := v.(type) {
	case Words:
		return uint64(v)
	case []Value:
		n := uint64(0)
		for _, item := range v {
			if c := claims(item); c > math.MaxUint32 {
				return c
			} else {
				n += c
			}
		}
		return n
	}
	return 0
}

// Next returns the next n runes; readable is false when they are unreadable
// and U+FFFD stand in their place.
func (l *Letters) Next(n Words) (s string, readable bool) {
	if !l.ok {
		b := make([]byte, 0, 3*int(n))
		for range n {
			b = utf8.AppendRune(b, utf8.RuneError)
		}
		return string(b), false
	}
	end := 0
	for range n {
		_, size := utf8.DecodeRune(l.rest[end:])
		end += size
	}
	s, l.rest = string(l.rest[:end]), l.rest[end:]
	return s, true
}

// Skip passes over all that an operation claims.
func (l *Letters) Skip(op Operation) {
	for _, a := range op.Args {
		if n := claims(a); l.ok {
			l.Next(Words(n))
		}
	}
}

// Wording is a text as it was when someone tried or agreed: the document's
// heads then and the runes in the fields that count.
type Wording struct {
	Heads []ChangeID // ascending
	Runes uint64
}

// Value returns the wording as an operation carries it: [[head ...], runes].
func (w Wording) Value() Value {
	heads := make([]Value, len(w.Heads))
	for i, h := range w.Heads {
		heads[i] = h[:]
	}
	return []Value{heads, w.Runes}
}

// WordingOf reads what [Wording.Value] made.
func WordingOf(v Value) (w Wording, ok bool) {
	parts, ok := v.([]Value)
	if !ok || len(parts) != 2 {
		return w, false
	}
	heads, ok := parts[0].([]Value)
	runes, ok2 := parts[1].(uint64)
	if !ok || !ok2 || len(heads) > MaxParents {
		return w, false
	}
	for i, h := range heads {
		id, ok := h.([]byte)
		if !ok || len(id) != 32 || i > 0 && w.Heads[i-1].Compare(ChangeID(id)) >= 0 {
			return Wording{}, false
		}
		w.Heads = append(w.Heads, ChangeID(id))
	}
	w.Runes = runes
	return w, true
}
