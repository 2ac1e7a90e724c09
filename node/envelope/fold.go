package envelope

import "coppice.example/protocol"

// Folded is a document as it shows: a value, without ties to the [Document].
type Folded struct {
	ID        protocol.DocumentID `json:"id"`
	Kind      protocol.Kind       `json:"-"`
	KindName  string              `json:"kind"`
	Title     string              `json:"title"`
	Body      string              `json:"body"`
	Author    protocol.MemberID   `json:"-"`
	Created   uint64              `json:"created"` // seconds since 1970, by the author's clock
	Updated   uint64              `json:"updated"` // greatest wall of a change with effect
	Shelved   bool                `json:"shelved"`
	Fields    []Shown             `json:"fields"` // by number; unset ones are left out
	Changes   int                 `json:"changes"`
	canonical []byte
}

// Shown is a field as it shows. One of the members is set, by the type.
type Shown struct {
	Number  uint64
	Name    string
	Type    Type
	Text    string  // T V
	Values  []Stamp // R: the shown one first, then other concurrent ones
	Set     []Value // S
	Own     []Stamp // M: by member
	Entries []Entry // L O: in order
}

// Stamp is a value with who gave it and when.
type Stamp struct {
	Value Value             `json:"value"`
	By    protocol.MemberID `json:"-"`
	At    uint64            `json:"at"` // seconds since 1970, by her clock
}

// Entry is a signed entry of a log, or an item of a list.
type Entry struct {
	ID        protocol.EntryID
	By        protocol.MemberID
	At        uint64 // seconds since 1970, by her clock
	Withdrawn bool   // then it has no fields
	Fields    []Shown
}

// Field returns a field by name; the zero Shown when it is unset.
func (f *Folded) Field(name string) Shown { panic("being written") }

// Value returns a register's shown value, nil when unset.
func (f *Folded) Value(name string) Value { panic("being written") }

// Text returns a text field, or a register's string.
func (f *Folded) TextOf(name string) string { panic("being written") }

// Plain returns title, texts and entries for search.
func (f *Folded) Plain() string { panic("being written") }

// Canonical returns the bytes that the state hash is taken of: canonical CBOR
// of all that shows, the same however the changes came.
func (f *Folded) Canonical() []byte { return f.canonical }

// MarshalJSON writes {"id", "kind", "title", "body", "author": {"member"},
// "created", "updated", "shelved", "changes", "fields": {name: value},
// "conflicts": {name: [{value, by, at}]}}.
func (f *Folded) MarshalJSON() ([]byte, error) { panic("being written") }
