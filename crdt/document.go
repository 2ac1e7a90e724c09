package crdt

import "coppice.example/crdt/text"

// Document is a collection of fields folded from changes. It is not safe for
// concurrent use.
type Document struct{}

// New returns an empty document; its fields come into being by the operations on them.
func New() *Document { return &Document{} }

// Load reads what [Document.AppendBinary] wrote.
func Load(b []byte) (*Document, error) { return New(), nil }

// AppendBinary appends the whole document, its history and what is hidden now included.
func (d *Document) AppendBinary(b []byte) ([]byte, error) { return b, nil }

// Apply takes a change whose parents were all applied before ([ErrParent]
// otherwise). A change it already holds is a no-op. An error leaves the
// document as it was.
func (d *Document) Apply(c Change) error { return nil }

// Supply delivers the letters of an insertion that came without them: of an
// Insert operation (sub zero), or of the field sub an Enter or Place was born with.
func (d *Document) Supply(op OpRef, sub uint64, letters string) error { return nil }

// Has tells whether the change was applied.
func (d *Document) Has(id ID) bool { return false }

// Len returns the number of changes applied.
func (d *Document) Len() int { return 0 }

// Heads returns the changes that no other has in its past, ascending.
func (d *Document) Heads() []ID { return nil }

// Changes returns all changes in a causal order, as they were applied. The
// slice and what it holds are the document's: read only.
func (d *Document) Changes() []Change { return nil }

// Change returns the change of that id.
func (d *Document) Change(id ID) (Change, bool) { return Change{}, false }

// InPast tells whether the change is one of heads or in the past of one.
func (d *Document) InPast(id ID, heads []ID) bool { return false }

// FieldHeads returns those changes with operations on the field (of any type)
// that lie in the past of heads, without those in the past of another such:
// two versions hold the same operations on a field iff these are equal.
func (d *Document) FieldHeads(p Path, heads []ID) []ID { return nil }

// SetHidden says which operations take no effect now. refs is ascending,
// replaces the previous set, and may name operations still to come. Cost
// follows the difference to the previous set.
func (d *Document) SetHidden(refs []OpRef) {}

// Text returns the text at the path as it shows now, nil when nobody ever
// edited one there. It is live and the document's: read only.
func (d *Document) Text(p Path) *text.Text { return nil }

// Paths returns every path that an operation was ever on, ascending.
func (d *Document) Paths() []Path { return nil }

// Now returns the document as it shows now.
func (d *Document) Now() View { return View{} }

// At returns the document as an author saw it who stood on parents and whose
// fold did not show hidden (ascending). Cheap when that is what shows now, and
// cheap for a field which that leaves as it is now.
func (d *Document) At(parents []ID, hidden []OpRef) View { return View{} }
