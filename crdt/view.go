package crdt

// View reads the fields of a document in one version of it. It is valid until
// the document changes.
type View struct{}

// Stamped is a value and the operation that gave it.
type Stamped struct {
	Value   Value
	Op      OpRef
	Lamport uint64
	Author  Author
}

// Register returns the values nobody has replaced, ascending by (lamport,
// change id, index): the last is the one to show, the others are concurrent.
func (v View) Register(p Path) []Stamped { return nil }

// Set returns the values of the set, ascending by their bytes.
func (v View) Set(p Path) []Value { return nil }

// Added returns the additions that keep the values of the set in it, ascending
// by value, then (lamport, change id, index).
func (v View) Added(p Path) []Stamped { return nil }

// Map returns each author's own value, ascending by author.
func (v View) Map(p Path) []Stamped { return nil }

// Entry is an entry of a log or an item of a list. Its fields are read at
// Path{Field, ID, Sub}.
type Entry struct {
	ID        OpRef
	Author    Author
	Lamport   uint64
	Fields    []FieldValue // as it was born
	Withdrawn []Stamped    // log: the withdrawals, ascending by (lamport, change id, index); whoever reads judges them
	Position  string       // list
}

// Log returns the entries of the log field, withdrawn ones too, ascending by
// (lamport, change id, index), which is a causal order.
func (v View) Log(field uint64) []Entry { return nil }

// List returns the items of the list field by position; ties by (lamport,
// change id) of the placing.
func (v View) List(field uint64) []Entry { return nil }

// Text returns the text at the path.
func (v View) Text(p Path) string { return "" }
