package invite

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"coppice.example/protocol/identity"
)

// errPrinted is what marshalling a secret gives.
var errPrinted = errors.New("an invite's secret is not written out")

// Secret is what an invite's address carries: whoever holds it may come in.
// It does not print or marshal.
type Secret [16]byte

const (
	keyLabel     = "coppice/invite/1"
	linkKeyLabel = "coppice/link/1"
)

// NewSecret takes a secret from random.
func NewSecret(random io.Reader) (s Secret, err error) {
	if _, err := io.ReadFull(random, s[:]); err != nil {
		return Secret{}, fmt.Errorf("invite secret: %w", err)
	}
	return s, nil
}

// Key returns the invite's key; only its public half enters the control graph.
func (s Secret) Key() identity.Key { return s.key(keyLabel) }

// LinkKey returns the key of a device link whose address holds the secret. It
// enters no graph: the device that showed the address and the one that read it
// hold it.
func (s Secret) LinkKey() identity.Key { return s.key(linkKeyLabel) }

func (s Secret) key(label string) identity.Key {
	seed, err := hkdf.Key(sha256.New, s[:], nil, label, identity.SeedSize)
	if err != nil {
		panic(err) // 32 bytes are within what SHA-256 expands to
	}
	return identity.NewKey([identity.SeedSize]byte(seed))
}

// String hides the secret.
func (Secret) String() string { return "invite secret" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "invite secret" }

// Format hides the secret from every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "invite secret") }

// MarshalText refuses.
func (Secret) MarshalText() ([]byte, error) { return nil, errPrinted }
