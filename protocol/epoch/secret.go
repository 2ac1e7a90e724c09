package epoch

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"coppice.example/protocol"
)

// Labels of the derivations from an epoch's secret and from its access key.
const (
	commitmentLabel = "coppice/epoch/1"
	contentLabel    = "coppice/content/1"
	accessLabel     = "coppice/access/1"
	carriedLabel    = "coppice/carried/1"
	checkLabel      = "coppice/check/1"
	presenceLabel   = "coppice/presence/1"
	topicLabel      = "coppice/topic/1"
	gossipLabel     = "coppice/gossip/1"
	letterLabel     = "coppice/letter/1"
)

// errPrinted is what marshalling a secret gives.
var errPrinted = errors.New("a secret is not written out")

// Secret is the S of an epoch: whoever has it reads all that was written under
// the epoch and all earlier ones it carries. It does not print or marshal; the
// bytes are s[:], for a file of mode 0600.
type Secret [32]byte

// NewSecret takes a secret from random.
func NewSecret(random io.Reader) (s Secret, err error) {
	if _, err := io.ReadFull(random, s[:]); err != nil {
		return Secret{}, fmt.Errorf("epoch secret: %w", err)
	}
	return s, nil
}

// expand is HKDF-Expand with SHA-256 (RFC 5869 2.3) to 32 bytes: what it
// expands is uniformly random already.
func expand(key []byte, label string, context []byte) [32]byte {
	out, err := hkdf.Expand(sha256.New, key, label+string(context), 32)
	if err != nil {
		panic(err) // 32 bytes are within what SHA-256 expands to
	}
	return [32]byte(out)
}

// Commitment returns C, which the epoch's change publishes: no two secrets have one.
func (s Secret) Commitment(community protocol.CommunityID) protocol.Hash {
	return expand(s[:], commitmentLabel, community[:])
}

// Content returns the key that seals shapes and words.
func (s Secret) Content(community protocol.CommunityID) protocol.ContentKey {
	return expand(s[:], contentLabel, community[:])
}

// Access returns A, all that a keeper gets: presence, topic and gossip, no content.
func (s Secret) Access(community protocol.CommunityID) AccessKey {
	return expand(s[:], accessLabel, community[:])
}

// String hides the secret.
func (Secret) String() string { return "epoch secret" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "epoch secret" }

// Format hides the secret from every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "epoch secret") }

// MarshalText refuses.
func (Secret) MarshalText() ([]byte, error) { return nil, errPrinted }
