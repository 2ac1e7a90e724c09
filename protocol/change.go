package protocol

import (
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// Change is one immutable unit of a log, as it came: the header's bytes are
// what is hashed, relayed and stored, never a re-encoding of the fields.
type Change struct {
	Header
	ID    ChangeID
	Raw   []byte // the header's bytes
	Shape []byte // sealed; plain in a control change
	Words []byte // sealed; nil when the control change has none or when erased
	// WordsHash is SHA-256 of the words part. It stays when words are erased.
	WordsHash Hash
}

// Erased tells whether the words part was dropped after a redaction.
func (c *Change) Erased() bool { return c.WordsLen > 0 && len(c.Words) == 0 }

// Size returns the bytes of header and body.
func (c *Change) Size() int { return len(c.Raw) + len(c.Shape) + len(c.Words) }

// Erase returns c without its words part: same id, same place, no letters.
func (c *Change) Erase() *Change {
	erased := *c
	erased.Words = nil
	return &erased
}

// What sealing adds, in bytes.
const (
	NonceSize     = chacha20poly1305.NonceSizeX           // random bytes a words part begins with
	WordsOverhead = NonceSize + chacha20poly1305.Overhead // a words part beyond its letters: 40
	ShapeOverhead = chacha20poly1305.Overhead             // a sealed shape beyond the shape: 16
)

// ContentKey seals shapes and words of one epoch (XChaCha20-Poly1305). It
// neither prints nor marshals.
type ContentKey [32]byte

// String hides the key from logs and messages.
func (ContentKey) String() string { return "content key" }

// GoString hides the key from %#v.
func (ContentKey) GoString() string { return "content key" }

// Format hides the key from every verb: %d would print the numbers.
func (ContentKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "content key") }

// MarshalText refuses.
func (ContentKey) MarshalText() ([]byte, error) {
	return nil, errors.New("a content key is not written down")
}

// Draft is a change before it has an id: the header without its lengths and
// body hash, and the plain body.
type Draft struct {
	Header
	Shape []byte // canonical CBOR
	Words []byte // UTF-8
}

// Build makes the change of a log; the community of a genesis is zero. A
// content change is sealed under key, as are the words of a control change; a
// control change without words takes no key. Nonce must be fresh random bytes: used twice, it gives words away.
// Lengths and body hash of the draft's header are not read; its parents and
// control heads must ascend. Nothing is copied.
func (d Draft) Build(community CommunityID, log LogID, key *ContentKey, nonce [NonceSize]byte) *Change {
	c := &Change{Header: d.Header}
	sealsWords := d.Class != Control || len(d.Words) > 0
	c.ShapeLen = len(d.Shape)
	if d.Class != Control {
		c.ShapeLen += ShapeOverhead
	}
	if sealsWords {
		c.WordsLen = len(d.Words) + WordsOverhead
	}
	c.BodyHash = Hash{}
	ad := c.Header.Append(nil)
	ad = ad[:len(ad)-bodyHashTail]
	if sealsWords {
		c.Words = key.aead().Seal(nonce[:], nonce[:], d.Words, associated("coppice/words/1", community, log, ad))
	}
	c.WordsHash = sha256.Sum256(c.Words)
	if d.Class == Control {
		c.Shape = d.Shape
	} else {
		n := shapeNonce(c.WordsHash)
		c.Shape = key.aead().Seal(nil, n[:], d.Shape, associated("coppice/shape/1", community, log, ad))
	}
	c.BodyHash = bodyHash(c.WordsHash, c.Shape)
	c.Raw = c.Header.Append(nil)
	c.ID = HashHeader(community, c.Raw)
	return c
}

// OpenShape returns the plain shape. A control change needs no key.
// [ErrBody] means the change is inert: the same for all who hold the key.
func (c *Change) OpenShape(community CommunityID, log LogID, key *ContentKey) ([]byte, error) {
	if c.Class == Control {
		return c.Shape, nil
	}
	n := shapeNonce(c.WordsHash)
	shape, err := key.aead().Open(nil, n[:], c.Shape, associated("coppice/shape/1", community, log, c.associated()))
	if err != nil {
		return nil, fmt.Errorf("%w: the shape does not open", ErrBody)
	}
	return shape, nil
}

// OpenWords returns the plain words; ok is false when they are erased or do not open.
func (c *Change) OpenWords(community CommunityID, log LogID, key *ContentKey) (words []byte, ok bool) {
	if c.WordsLen == 0 {
		return nil, true
	}
	if len(c.Words) < WordsOverhead {
		return nil, false
	}
	words, err := key.aead().Open(nil, c.Words[:NonceSize], c.Words[NonceSize:], associated("coppice/words/1", community, log, c.associated()))
	return words, err == nil
}

func (c *Change) associated() []byte { return c.Raw[:len(c.Raw)-bodyHashTail] }

func (k *ContentKey) aead() cipher.AEAD {
	a, err := chacha20poly1305.NewX(k[:])
	if err != nil {
		panic(err) // the key has the one right length by its type
	}
	return a
}

func associated(label string, community CommunityID, log LogID, header []byte) []byte {
	ad := make([]byte, 0, len(label)+64+len(header))
	ad = append(ad, label...)
	ad = append(ad, community[:]...)
	ad = append(ad, log[:]...)
	return append(ad, header...)
}

func shapeNonce(words Hash) [NonceSize]byte {
	sum := labelled[hashOf]("coppice/shape/1", words[:])
	return [NonceSize]byte(sum[:])
}

func bodyHash(words Hash, shape []byte) Hash {
	var parts [64]byte
	copy(parts[:], words[:])
	s := sha256.Sum256(shape)
	copy(parts[32:], s[:])
	return sha256.Sum256(parts[:])
}

// identify sets the id of c, and refuses what is of another community.
func (c *Change) identify(community CommunityID) error {
	if c.Genesis() {
		c.ID = HashHeader(CommunityID{}, c.Raw)
		if !community.IsZero() && c.ID != ChangeID(community) {
			return fmt.Errorf("%w: the genesis of another community", ErrHeader)
		}
		return nil
	}
	c.ID = HashHeader(community, c.Raw)
	switch {
	case community.IsZero():
		return fmt.Errorf("%w: a community begins with its genesis", ErrHeader)
	case c.Class == Control && c.Document != DocumentID(community):
		return fmt.Errorf("%w: a control change belongs to its community", ErrHeader)
	}
	return nil
}

// AppendChange appends [header, shape, words] in byte strings; for erased
// words, [W] stands in their place.
func AppendChange(b []byte, c *Change) []byte {
	b = AppendArray(b, 3)
	b = AppendBytes(b, c.Raw)
	b = AppendBytes(b, c.Shape)
	if c.Erased() {
		return AppendBytes(AppendArray(b, 1), c.WordsHash[:])
	}
	return AppendBytes(b, c.Words)
}

// ReadChange reads what [AppendChange] wrote and checks it against itself:
// header, community, lengths, body hash. The zero community stands for one
// that is not known yet, and then only a genesis is taken. The change shares
// the reader's memory.
func ReadChange(r *Reader, community CommunityID) (*Change, error) {
	c := &Change{}
	r.ArrayOf(3)
	c.Raw = r.Bytes(MaxHeader)
	c.Shape = r.Bytes(MaxControlBody)
	erased := r.NextIsArray()
	if erased {
		r.ArrayOf(1)
		r.Fixed(c.WordsHash[:])
	} else {
		c.Words = r.Bytes(MaxControlBody)
		c.WordsHash = sha256.Sum256(c.Words)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	var err error
	if c.Header, err = DecodeHeader(c.Raw); err != nil {
		return nil, err
	}
	if err := c.identify(community); err != nil {
		return nil, err
	}
	switch {
	case len(c.Shape) != c.ShapeLen || !erased && len(c.Words) != c.WordsLen || erased && c.WordsLen == 0:
		return nil, fmt.Errorf("%w: lengths", ErrBody)
	case bodyHash(c.WordsHash, c.Shape) != c.BodyHash:
		return nil, fmt.Errorf("%w: hash", ErrBody)
	}
	return c, nil
}
