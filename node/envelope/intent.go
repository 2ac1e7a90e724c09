package envelope

import "coppice.example/protocol"

// Verb says what an intent does to a field.
type Verb string

// The verbs, and the types they work on.
const (
	DoText     Verb = "text"     // T V: make it read Value, a string
	DoSet      Verb = "set"      // R: choose Value; also M: put, T V: text, S: have exactly these
	DoRenew    Verb = "renew"    // R: choose Value anew, though it may be chosen already
	DoBegin    Verb = "begin"    // R: choose Value if this makes the document, else nothing
	DoAdd      Verb = "add"      // S: add Value; also M of many: put with it
	DoDrop     Verb = "drop"     // S: drop Value; also M of many: put without it
	DoPut      Verb = "put"      // M: my value is Value
	DoTake     Verb = "take"     // M: I have no value
	DoEnter    Verb = "enter"    // L: a new entry with the fields in Value, an object
	DoWithdraw Verb = "withdraw" // L: withdraw Entry
	DoPlace    Verb = "place"    // O: a new item with the fields in Value, or Entry moved; Before names the item it comes before
	DoRemove   Verb = "remove"   // O: remove Entry
)

// Intent is one act on one field, in the words of people and scripts.
type Intent struct {
	Field string `json:"field"`
	Verb  Verb   `json:"verb"`
	Entry string `json:"entry,omitempty"` // text form of an entry's id, for its fields and withdraw
	Sub   string `json:"sub,omitempty"`   // the entry's field
	// Value is what encoding/json makes of the argument (string, float64,
	// bool, []any, map[string]any), or a [Value]. Every form also reads a
	// plain string: records as their first part or "part: value" lines,
	// context as "key=value, key=value", links as "rel id".
	Value  any    `json:"value,omitempty"`
	Before string `json:"before,omitempty"`
}

// Writing is who writes, and what her words may name.
type Writing struct {
	Kind   protocol.Kind // of the document, for one without a root
	Author protocol.MemberID
	As     []protocol.MemberID
	Rank   uint8 // hers now: what needs more is refused
	Names  Names // may be nil: then only whole ids are understood
	// Carried begins the document as a copy of one elsewhere; nil otherwise.
	Carried *Carried
}

// Names finds what people name: by id, by unambiguous prefix, by title.
type Names interface {
	// Document returns the document that text names.
	Document(text string) (protocol.DocumentID, error)
	// Member returns the member that text names.
	Member(text string) (protocol.MemberID, error)
	// Entry returns the entry that text names.
	Entry(text string) (protocol.EntryID, error)
}

// Draft is one change to be: its body of at most [protocol.MaxBody] bytes when sealed.
type Draft struct {
	Operations []protocol.Operation
	Words      []byte
}

// Shape returns the canonical shape of the draft.
func (d Draft) Shape() []byte { return protocol.EncodeShape(d.Operations) }
