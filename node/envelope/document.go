package envelope

import "coppice.example/protocol"

// Meta is what a document must know of a change besides its operations.
type Meta struct {
	ID      protocol.ChangeID
	Kind    protocol.Kind
	Creates bool // the change names the document by its own id
	Parents []protocol.ChangeID
	Lamport uint64
	Wall    uint64 // seconds since 1970, for display
	Author  protocol.MemberID
	// As lists the members whom hand-overs effective at the change's control
	// heads made the author, besides herself.
	As []protocol.MemberID
	// Rank is the change's rank in the fold of all control changes held now;
	// Redacted, whether an effective redaction names it now.
	Rank     uint8
	Redacted bool
	// Sight is what the author's fold knew of the other changes' verdicts: the
	// state at this change's control heads. Nil means that it knew exactly
	// what the document knows at this moment, of all changes in its past.
	Sight *Sight
}

// Sight tells the verdicts on a document's changes in the state at some
// control heads, redactions effective there included.
type Sight struct {
	// Key names the control heads: two sights with one key give the same
	// verdicts, so a document asks once for each change and key.
	Key protocol.Hash
	// Verdict returns the rank of a change of this document in that state and
	// whether it is redacted there.
	Verdict func(protocol.ChangeID) (rank uint8, redacted bool)
}

// Body is what the operations of a change say. The zero Body is inert: no
// operations.
type Body struct {
	ops     []protocol.Operation
	letters *protocol.Letters
}

// OpenBody reads the plain shape of a change. What does not decode, or claims
// more words than there are, is the inert body. Readable tells whether words
// hold; wordsLen is the header's.
func OpenBody(shape, words []byte, readable bool, wordsLen int) Body {
	ops, err := protocol.DecodeShape(shape)
	if err != nil {
		return Body{}
	}
	letters, err := protocol.NewLetters(ops, words, readable, wordsLen)
	if err != nil {
		return Body{}
	}
	return Body{ops, letters}
}

// Document is one document as its changes make it: the operations that take
// effect, by the rules of its kind. It is given changes in causal order and
// their verdicts, and comes to the same state whatever the order. Not safe for
// concurrent use.
type Document struct {
}

// New returns a document without changes.
func New(kinds *Kinds, community protocol.CommunityID, id protocol.DocumentID) *Document {
	panic("being written")
}

// ID returns the document's id.
func (d *Document) ID() protocol.DocumentID { panic("being written") }

// Schema returns the kind's table; nil while no valid root is here, or when
// the kind is unknown.
func (d *Document) Schema() *Schema { panic("being written") }

// Apply takes a change whose parents are here ([ErrParent] if not). A change
// already here is no error and does nothing.
func (d *Document) Apply(m Meta, b Body) error { panic("being written") }

// SetVerdict says anew what rank a change has and whether it is redacted; for
// a change that is not here it does nothing.
func (d *Document) SetVerdict(id protocol.ChangeID, rank uint8, redacted bool) {
	panic("being written")
}

// Has tells whether a change is here.
func (d *Document) Has(id protocol.ChangeID) bool { panic("being written") }

// Heads returns the changes that no change here stands on, ascending: the
// parents of what is written next.
func (d *Document) Heads() []protocol.ChangeID { panic("being written") }

// Changes returns the ids of all changes in the order they were applied.
func (d *Document) Changes() []protocol.ChangeID { panic("being written") }

// Effect tells of each operation of a change whether it takes effect now.
func (d *Document) Effect(id protocol.ChangeID) []bool { panic("being written") }

// Needs returns the rank each operation of a change needs: fixed for ever.
func (d *Document) Needs(id protocol.ChangeID) []uint8 { panic("being written") }

// Fold returns the document as it shows now. Shown is false when no operation
// takes effect: then it is in no list, and counts nothing in the state hash.
func (d *Document) Fold() (f *Folded, shown bool) { panic("being written") }

// Wording returns the document as it reads now, for a trial or an agreement.
func (d *Document) Wording() protocol.Wording { panic("being written") }

// Changed returns which share of the counted text, 0 to 1, differs between a
// wording and now (protocol.md 3.2).
func (d *Document) Changed(w protocol.Wording) float64 { panic("being written") }

// Write turns intents into drafts of changes, each to stand on the one before
// and the first on [Document.Heads]. It refuses with a [Refusal]. Intents that
// change nothing give no draft.
func (d *Document) Write(w Writing, intents []Intent) ([]Draft, error) { panic("being written") }

// AppendBinary appends the document's state to b.
func (d *Document) AppendBinary(b []byte) ([]byte, error) { panic("being written") }

// Load reads what AppendBinary wrote.
func Load(kinds *Kinds, b []byte) (*Document, error) { panic("being written") }
