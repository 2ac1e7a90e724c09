package crdt

import (
	"bytes"
	"cmp"
	"errors"

	"coppice.example/crdt/text"
)

type (
	// ID names a change.
	ID = text.ID
	// OpRef names an operation of a change; it is also the id of the log entry
	// or list item which that operation made. The zero OpRef names none.
	OpRef = text.OpRef
	// Edit is what an operation does to a text.
	Edit = text.Edit
)

// Author is who wrote a change: 32 opaque bytes, the key of own-key maps.
type Author [32]byte

// Compare orders authors by their bytes.
func (a Author) Compare(other Author) int { return bytes.Compare(a[:], other[:]) }

// Value is what registers, sets, maps and entries hold: opaque bytes, equal
// when the bytes are equal (a canonical encoding, in practice).
type Value string

// Path names a field of the document (Entry zero, Sub zero) or a field Sub of
// a log entry or list item of Field. It is no more than a name: an operation
// on an entry nobody made changes a field nobody reads.
type Path struct {
	Field uint64
	Entry OpRef
	Sub   uint64
}

// Compare orders paths by field, entry, field of the entry.
func (p Path) Compare(other Path) int {
	return cmp.Or(cmp.Compare(p.Field, other.Field), p.Entry.Compare(other.Entry), cmp.Compare(p.Sub, other.Sub))
}

// Code says what an operation does; the numbers are the wire's.
type Code uint64

// The operations. Any other code, zero included, does nothing but keeps its
// index, so that the neighbours keep theirs.
const (
	Insert   Code = 1  // text: Edit{Pos, Ins or Missing}
	Delete   Code = 2  // text: Edit{Pos, Del}
	Set      Code = 3  // register: Value
	Add      Code = 4  // set: Value
	Drop     Code = 5  // set: Value
	Put      Code = 6  // own-key map: Value; the key is the author
	Take     Code = 7  // own-key map
	Enter    Code = 8  // entry log: Fields
	Withdraw Code = 9  // entry log: Path names the entry, Sub is zero
	Place    Code = 10 // list: Item (zero: a new one, named by this operation), Position, Fields
	Remove   Code = 11 // list: Item
)

// Op is one operation of a change. Its index in [Change].Ops is its index in
// the change's shape: keep a place (the zero Op) for what is not understood.
type Op struct {
	Path     Path
	Code     Code
	Edit     Edit         // Insert, Delete; Edit.Index is ignored
	Value    Value        // Set, Add, Drop, Put
	Item     OpRef        // Place, Remove
	Position string       // Place: see [Between]
	Fields   []FieldValue // Enter; Place of a new item
}

// FieldValue is what a field of a new entry or item is born with. The field is
// then at Path{Field: the log's, Entry: the operation, Sub: Field}.
type FieldValue struct {
	Field uint64
	Code  Code  // Set (a register), Add (a set) or Insert (a text)
	Value Value // Set, Add
	Edit  Edit  // Insert: Ins or Missing; Pos is ignored
}

// Change is what one author did to a document at once.
type Change struct {
	ID      ID
	Lamport uint64
	Author  Author
	Parents []ID    // heads the author stood on; ascending
	Hidden  []OpRef // ascending: operations in the past of Parents that the author's fold did not show
	Ops     []Op
}

var (
	// ErrParent is returned for a change whose parents are not all here yet.
	ErrParent = errors.New("crdt: a parent of the change is missing")
	// ErrChange is returned for a change no document can hold: more letters
	// than two GiB in all.
	ErrChange = errors.New("crdt: no such change")
	// ErrDamaged is returned by [Load] for bytes that [Document.AppendBinary] did not write.
	ErrDamaged = errors.New("crdt: damaged")
)
