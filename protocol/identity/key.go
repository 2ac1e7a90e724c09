package identity

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"coppice.example/protocol"
	"filippo.io/edwards25519"
)

// ErrKey is returned for a public key that no honest device would hold.
var ErrKey = errors.New("not a usable key")

// PublicKey is an Ed25519 public key.
type PublicKey [ed25519.PublicKeySize]byte

// Check verifies that k is the one encoding of a point, and a point that is
// not of small order: under such a key one signature is valid for every
// message. The error is [ErrKey].
func (k PublicKey) Check() error {
	p, err := new(edwards25519.Point).SetBytes(k[:])
	switch {
	case err != nil:
		return fmt.Errorf("%w: no point of the curve", ErrKey)
	case !bytes.Equal(p.Bytes(), k[:]):
		return fmt.Errorf("%w: not the canonical encoding of its point", ErrKey)
	case new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 1:
		return fmt.Errorf("%w: of small order", ErrKey)
	}
	return nil
}

// Verify tells whether s is k's signature of message. It is the only
// verification equation in use (RFC 8032 without the cofactor, as in
// crypto/ed25519): a batch verifier with another one would disagree on
// signatures made to that end.
func (k PublicKey) Verify(message []byte, s protocol.Seal) bool {
	return ed25519.Verify(k[:], message, s[:])
}

// Ed25519 returns k as the standard library takes it.
func (k PublicKey) Ed25519() ed25519.PublicKey { return bytes.Clone(k[:]) }

// Device returns the id of the device that signs with k.
func (k PublicKey) Device() protocol.DeviceID { return protocol.DeviceOf(k) }

// Member returns the id of the member whose root is k.
func (k PublicKey) Member() protocol.MemberID { return protocol.MemberOf(k) }

// Key is an Ed25519 signing key. The zero Key signs nothing: it panics.
type Key struct {
	private func() ed25519.PrivateKey // a func: fmt prints an address even where it cannot call Format
}

// SeedSize is the length in bytes of the seed of a signing key and of a sealing key.
const SeedSize = 32

// NewKey returns the key that comes from seed, 32 secret random bytes.
func NewKey(seed [SeedSize]byte) Key {
	private := ed25519.NewKeyFromSeed(seed[:])
	return Key{func() ed25519.PrivateKey { return private }}
}

// Seed returns what [NewKey] took.
func (k Key) Seed() [SeedSize]byte { return [SeedSize]byte(k.private().Seed()) }

// Public returns the public half.
func (k Key) Public() PublicKey { return PublicKey(k.private().Public().(ed25519.PublicKey)) }

// Private returns k as the standard library takes it. It prints: hand it on,
// never keep it.
func (k Key) Private() ed25519.PrivateKey { return k.private() }

// Sign signs message, which must begin with the label of its purpose and the
// community.
func (k Key) Sign(message []byte) protocol.Seal {
	return protocol.Seal(ed25519.Sign(k.private(), message))
}

// IsZero tells whether k is no key.
func (k Key) IsZero() bool { return k.private == nil }

// String hides the key.
func (Key) String() string { return "signing key" }

// GoString hides the key from %#v.
func (Key) GoString() string { return "signing key" }

// Format hides the key from every verb.
func (Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "signing key") }
