package protocol

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

// ID is a 32-byte name: a SHA-256 under a label of its own. The type
// parameter keeps the ids of different things apart at compile time.
type ID[Of any] [32]byte

type (
	communityOf struct{}
	memberOf    struct{}
	deviceOf    struct{}
	logOf       struct{}
	changeOf    struct{}
	documentOf  struct{}
	hashOf      struct{}
)

type (
	// CommunityID is the id of a community's genesis change.
	CommunityID = ID[communityOf]
	// MemberID names a person under one persona; see [MemberOf].
	MemberID = ID[memberOf]
	// DeviceID names a signing key; see [DeviceOf].
	DeviceID = ID[deviceOf]
	// LogID names one device's log of one class since its last copy or restore; see [LogOf].
	LogID = ID[logOf]
	// ChangeID names a change; see [HashHeader].
	ChangeID = ID[changeOf]
	// DocumentID names a document: its creating change, or a derived id.
	DocumentID = ID[documentOf]
	// Hash is any other SHA-256.
	Hash = ID[hashOf]
)

// crockford is Crockford's base32 alphabet in lower case: no i, l, o, u.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// String returns the 52 characters of Crockford base32 by which people and
// scripts name the thing.
func (id ID[Of]) String() string { return crockford.EncodeToString(id[:]) }

// IsZero tells whether id names nothing.
func (id ID[Of]) IsZero() bool { return id == ID[Of]{} }

// Compare orders ids by their bytes.
func (id ID[Of]) Compare(other ID[Of]) int { return bytes.Compare(id[:], other[:]) }

// MarshalText implements encoding.TextMarshaler.
func (id ID[Of]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it accepts upper case.
func (id *ID[Of]) UnmarshalText(text []byte) error {
	if len(text) != crockford.EncodedLen(len(id)) {
		return fmt.Errorf("%w: an id has %d characters, this has %d", ErrID, crockford.EncodedLen(len(id)), len(text))
	}
	lower := strings.ToLower(string(text))
	raw, err := crockford.DecodeString(lower)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrID, err)
	case len(raw) != len(id): // the decoder passes over line ends
		return fmt.Errorf("%w: line ends in it", ErrID)
	case ID[Of](raw).String() != lower:
		return fmt.Errorf("%w: its last character says more than an id holds", ErrID)
	}
	copy(id[:], raw)
	return nil
}

// ErrID is returned for a text that is no id.
var ErrID = errors.New("not an id")

// Incarnation tells apart the lives of one device's state directory: a copy
// or a restored home starts a new one, and with it new logs.
type Incarnation [8]byte

// Class is what a log holds.
type Class uint8

// The classes. A class this version does not know is stored, relayed and inert.
const (
	Control Class = 1 // membership, plain bodies
	Content Class = 2 // documents, sealed bodies
	Blob    Class = 3 // reserved: manifests of attachments
)

// Kind says what a document is, in a content change; in a control change, which operation.
type Kind uint16

// MemberOf returns the id of the member whose root key is root (32 bytes, Ed25519).
func MemberOf(root [32]byte) MemberID { return labelled[memberOf]("coppice/member/1", root[:]) }

// DeviceOf returns the id of the device whose signing key is key (32 bytes, Ed25519).
func DeviceOf(key [32]byte) DeviceID { return labelled[deviceOf]("coppice/device/1", key[:]) }

// LogOf returns the id of a device's log.
func LogOf(device DeviceID, incarnation Incarnation, class Class) LogID {
	return labelled[logOf]("coppice/log/1", device[:], incarnation[:], []byte{byte(class)})
}

// HashHeader returns the id of the change whose encoded header is given. The
// genesis alone is taken with the zero community: its id is the community's.
func HashHeader(community CommunityID, header []byte) ChangeID {
	return labelled[changeOf]("coppice/change/1", community[:], header)
}

// DeriveDocument returns the id of the one document of its kind that the
// parts name: charter [], member [member id], occurrence [series, slot],
// bridge [other community].
func DeriveDocument(community CommunityID, kind Kind, parts ...Value) DocumentID {
	k := AppendUint(nil, uint64(kind))
	return labelled[documentOf]("coppice/document/1", community[:], k, AppendValue(nil, parts))
}

func labelled[Of any](label string, parts ...[]byte) ID[Of] {
	h := sha256.New()
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	return ID[Of](h.Sum(nil))
}
