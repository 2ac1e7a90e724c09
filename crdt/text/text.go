package text

// Text is a text that many people edit at once. The zero Text is empty and
// ready to use. It is not safe for concurrent use.
type Text struct{}

// Apply takes a change whose parents were all applied before. A change it
// already holds is a no-op. An error leaves the text as it was.
func (t *Text) Apply(c Change) error { return nil }

// Has tells whether the change was applied.
func (t *Text) Has(id ID) bool { return false }

// Heads returns the changes of this text that no other has in its past, ascending.
func (t *Text) Heads() []ID { return nil }

// SetHidden says which operations take no effect now: insertions among them
// show nothing, deletions do nothing; their places stay as anchors. refs is
// ascending and replaces the previous set; it may name operations still to come.
func (t *Text) SetHidden(refs []OpRef) {}

// Supply delivers the letters of an insertion that came without them. They
// must be as many runes as are missing; letters already there are kept.
func (t *Text) Supply(op OpRef, letters string) error { return nil }

// String returns the text as it shows now.
func (t *Text) String() string { return "" }

// At returns the text as the author of a change with these parents and this
// hidden set saw it. Parents it does not hold count for nothing.
func (t *Text) At(parents []ID, hidden []OpRef) string { return "" }

// Runes returns the length of the text that shows, in runes.
func (t *Text) Runes() int { return 0 }

// UTF16 returns the length of the text that shows, in UTF-16 code units.
func (t *Text) UTF16() int { return 0 }

// RuneToUTF16 turns a position in runes into one in UTF-16 units. Positions
// outside the text are moved to its nearer end.
func (t *Text) RuneToUTF16(pos int) int { return 0 }

// UTF16ToRune turns a position in UTF-16 units into one in runes; inside a
// surrogate pair it is the rune's beginning.
func (t *Text) UTF16ToRune(pos int) int { return 0 }

// Run is a stretch of the text that shows, written by one change.
type Run struct {
	Change  ID
	Text    string
	Missing bool // its letters are not here; Text is as many U+FFFD
}

// Runs returns the text that shows, in order, by who wrote what.
func (t *Text) Runs() []Run { return nil }

// AppendBinary appends the whole text, its history included, for [Load].
func (t *Text) AppendBinary(b []byte) ([]byte, error) { return b, nil }

// Load reads what [Text.AppendBinary] wrote.
func Load(b []byte) (*Text, error) { return &Text{}, nil }

// Diff returns edits that turn old into new when applied in order, few and
// small where the difference is; invalid UTF-8 counts as U+FFFD. Its time is
// bounded: texts that differ everywhere are replaced in larger pieces.
func Diff(old, new string) []Edit { return nil }
