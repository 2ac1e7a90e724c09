package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Header says what a change is and what it stands on. On the wire it is the
// canonical CBOR array
//
//	[format, class, kind, document, seq, previous, parents, control heads,
//	 lamport, epoch, shape length, words length, wall, body hash]
//
// and its SHA-256 under a label is the change's id.
type Header struct {
	Class Class
	Kind  Kind
	// Document is what the change belongs to: the community id for every
	// control change but the genesis (32 zero bytes). Creates stands for the
	// empty field of a content change that names a new document by its own id.
	Document DocumentID
	Creates  bool
	// Seq counts the changes of a log from 1; Previous is the one before, or
	// the log's own id where Seq is 1.
	Seq      uint64
	Previous ChangeID
	// Parents are the document's heads (a control change: the control heads)
	// as the author's node held them, ascending. On the wire Previous among
	// them is true and comes first, and true alone stands for exactly it.
	Parents []ChangeID
	// ControlHeads is empty when they are as in the log's previous change,
	// and always in a control change, whose parents they are.
	ControlHeads []ChangeID
	Lamport      uint64
	// Epoch names the content key by the control change that made it; zero
	// when as in the log's previous change, or when nothing is sealed.
	Epoch    ChangeID
	ShapeLen int // bytes on the wire
	WordsLen int // bytes on the wire, 0 only in a control change without words
	// Wall is seconds since 1970 by the author's clock: for display and
	// derived statistics only, never for order or validity.
	Wall     uint64
	BodyHash Hash
}

// Reasons to refuse a header or run, for errors.Is.
var (
	ErrFormat  = errors.New("a format this version does not know") // held back: "update needed"
	ErrLimit   = errors.New("over a limit of the protocol")
	ErrHeader  = errors.New("the header contradicts itself")
	ErrChain   = errors.New("the chain of the log is broken")
	ErrBody    = errors.New("the body is not the one the header names")
	ErrSeal    = errors.New("the seal does not verify")
	ErrLamport = errors.New("the lamport is not one more than what the change stands on")
)

// bodyHashTail is how many bytes of an encoded header the body hash takes:
// what associated data leaves out, so that the hash does not cover itself.
const bodyHashTail = 34

// DocumentOf returns the document that the change with this header and id belongs to.
func (h *Header) DocumentOf(id ChangeID) DocumentID {
	if h.Creates {
		return DocumentID(id)
	}
	return h.Document
}

// Chained tells whether the change stands on its log's previous change alone.
func (h *Header) Chained() bool {
	return h.Seq > 1 && len(h.Parents) == 1 && h.Parents[0] == h.Previous
}

// Append appends the canonical encoding of h to b.
func (h *Header) Append(b []byte) []byte {
	b = AppendArray(b, 14)
	b = AppendUint(b, Format)
	b = AppendUint(b, uint64(h.Class))
	b = AppendUint(b, uint64(h.Kind))
	if h.Creates {
		b = AppendBytes(b, nil)
	} else {
		b = AppendBytes(b, h.Document[:])
	}
	b = AppendUint(b, h.Seq)
	b = AppendBytes(b, h.Previous[:])
	b = h.appendParents(b)
	b = AppendIDs(b, h.ControlHeads)
	b = AppendUint(b, h.Lamport)
	if h.Epoch.IsZero() {
		b = AppendBytes(b, nil)
	} else {
		b = AppendBytes(b, h.Epoch[:])
	}
	b = AppendUint(b, uint64(h.ShapeLen))
	b = AppendUint(b, uint64(h.WordsLen))
	b = AppendUint(b, h.Wall)
	return AppendBytes(b, h.BodyHash[:])
}

func (h *Header) appendParents(b []byte) []byte {
	if h.Chained() {
		return AppendBool(b, true)
	}
	b = AppendArray(b, len(h.Parents))
	own := h.Seq > 1 && slices.Contains(h.Parents, h.Previous)
	if own {
		b = AppendBool(b, true)
	}
	for _, id := range h.Parents {
		if !own || id != h.Previous {
			b = AppendBytes(b, id[:])
		}
	}
	return b
}

// readParents reads what appendParents wrote, and more: what says the same in
// another way is left to the comparison of the whole header.
func (h *Header) readParents(r *Reader) []ChangeID {
	if r.NextIsTrue() {
		return []ChangeID{h.Previous}
	}
	n := r.Array()
	if n > MaxParents {
		r.exceed("%d parents, at most %d", n, MaxParents)
		return nil
	}
	if n == 0 || !r.NextIsTrue() {
		return ascending[ChangeID](r, n)
	}
	ids := ascending[ChangeID](r, n-1)
	at, _ := slices.BinarySearchFunc(ids, h.Previous, ChangeID.Compare)
	return slices.Insert(ids, at, h.Previous)
}

// DecodeHeader reads the one canonical encoding of a header and checks all
// that it can say of itself. Errors: [ErrFormat], [ErrCanonical], [ErrLimit], [ErrHeader].
func DecodeHeader(b []byte) (h Header, err error) {
	if len(b) > MaxHeader {
		return h, fmt.Errorf("%w: a header of %d bytes", ErrLimit, len(b))
	}
	r := NewReader(b)
	n := r.Array()
	if format := r.Uint(); r.Err() == nil && format != Format {
		return h, fmt.Errorf("%w: %d", ErrFormat, format)
	}
	if r.Err() == nil && n != 14 {
		return h, fmt.Errorf("%w: a header of %d fields", ErrCanonical, n)
	}
	h.Class = Class(r.UintMax(math.MaxUint8))
	h.Kind = Kind(r.UintMax(math.MaxUint16))
	h.Creates = !r.Optional(h.Document[:])
	h.Seq = r.UintMax(math.MaxInt64)
	h.Previous = ReadID[ChangeID](r)
	h.Parents = h.readParents(r)
	h.ControlHeads = ReadIDs[ChangeID](r, MaxControlHeads)
	h.Lamport = r.UintMax(math.MaxInt64)
	r.Optional(h.Epoch[:]) // of zeroes: the comparison below finds it
	h.ShapeLen = int(r.UintMax(MaxControlBody))
	h.WordsLen = int(r.UintMax(MaxControlBody))
	h.Wall = r.UintMax(math.MaxInt64)
	r.Fixed(h.BodyHash[:])
	if err := r.End(); err != nil {
		return Header{}, err
	}
	if !bytes.Equal(h.Append(make([]byte, 0, len(b))), b) {
		return Header{}, fmt.Errorf("%w: the previous change by its id among the parents, or an epoch of zeroes", ErrCanonical)
	}
	if err := h.check(); err != nil {
		return Header{}, err
	}
	return h, nil
}

// check refuses a header that contradicts itself, whatever is held.
func (h *Header) check() error {
	most := MaxBody
	if h.Class == Control {
		most = MaxControlBody
	}
	switch {
	case h.Seq == 0 || h.Lamport == 0:
		return fmt.Errorf("%w: seq and lamport begin at 1", ErrHeader)
	case h.ShapeLen+h.WordsLen > most:
		return fmt.Errorf("%w: a body of %d bytes", ErrLimit, h.ShapeLen+h.WordsLen)
	case h.Creates && len(h.Parents) > 0:
		return fmt.Errorf("%w: what creates a document has no parents", ErrHeader)
	case !h.Creates && h.Document.IsZero() && !h.Genesis():
		return fmt.Errorf("%w: only the genesis belongs to no document", ErrHeader)
	case h.Class == Control:
		return h.checkControl()
	case h.Class == Content:
		return h.checkContent()
	}
	return nil
}

func (h *Header) checkControl() error {
	sealed := h.WordsLen > 0
	switch {
	case h.Creates:
		return fmt.Errorf("%w: a control change creates no document", ErrHeader)
	case len(h.ControlHeads) > 0:
		return fmt.Errorf("%w: a control change names its control heads as parents", ErrHeader)
	case len(h.Parents) == 0 && !h.Genesis():
		return fmt.Errorf("%w: only the genesis has no past", ErrHeader)
	case sealed && h.WordsLen < WordsOverhead:
		return fmt.Errorf("%w: sealed words are longer than that", ErrHeader)
	case sealed && h.Seq == 1 && h.Epoch.IsZero():
		return fmt.Errorf("%w: the first change of a log inherits no epoch", ErrHeader)
	case !sealed && !h.Epoch.IsZero():
		return fmt.Errorf("%w: an epoch, and nothing sealed", ErrHeader)
	case h.Genesis() && (h.Kind != genesisKind || h.Lamport != 1 || len(h.Parents) > 0 || sealed):
		return fmt.Errorf("%w: the genesis stands on nothing", ErrHeader)
	}
	return nil
}

func (h *Header) checkContent() error {
	switch {
	case h.Seq == 1 && (len(h.ControlHeads) == 0 || h.Epoch.IsZero()):
		return fmt.Errorf("%w: the first change of a log inherits neither control heads nor epoch", ErrHeader)
	case h.WordsLen < WordsOverhead || h.ShapeLen < ShapeOverhead:
		return fmt.Errorf("%w: a sealed body is longer than that", ErrHeader)
	}
	return nil
}

// A community is born by these two kinds of control change, in one run.
const (
	genesisKind Kind = 1
	epochKind   Kind = 2
)

// Genesis tells whether h can only be the first change of a community.
func (h *Header) Genesis() bool {
	return h.Class == Control && h.Seq == 1 && h.Document.IsZero() && !h.Creates
}

// Names lists what must be held before a change with this header is taken:
// previous (unless seq is 1), parents, control heads and epoch, each once.
func (h *Header) Names() []ChangeID {
	names := make([]ChangeID, 0, len(h.Parents)+len(h.ControlHeads)+2)
	add := func(ids ...ChangeID) {
		for _, id := range ids {
			if !slices.Contains(names, id) {
				names = append(names, id)
			}
		}
	}
	if h.Seq > 1 {
		add(h.Previous)
	}
	add(h.Parents...)
	add(h.ControlHeads...)
	if !h.Epoch.IsZero() {
		add(h.Epoch)
	}
	return names
}

// CheckLamport verifies that h's lamport is one more than the greatest of
// previous, parents and the control heads it names, as lamport tells them.
func (h *Header) CheckLamport(lamport func(ChangeID) (uint64, bool)) error {
	want := uint64(0)
	stands := slices.Concat(h.Parents, h.ControlHeads)
	if h.Seq > 1 {
		stands = append(stands, h.Previous)
	}
	for _, id := range stands {
		l, ok := lamport(id)
		if !ok {
			return fmt.Errorf("%w: %s is not held", ErrLamport, id)
		}
		want = max(want, l)
	}
	if h.Lamport != want+1 {
		return fmt.Errorf("%w: %d, not %d", ErrLamport, h.Lamport, want+1)
	}
	return nil
}
