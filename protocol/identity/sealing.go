package identity

import (
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
	"io"
)

// Sizes of the sealing scheme in bytes.
const (
	SealingKeySize  = 1216 // a public sealing key
	SealingOverhead = 1136 // what [SealTo] adds to what it seals
)

// SealingKey opens what was sealed to one device: HPKE (RFC 9180) with
// MLKEM768-X25519, HKDF-SHA256 and ChaCha20-Poly1305, so that traffic recorded
// today stays closed to a quantum computer.
type SealingKey struct {
	private func() hpke.PrivateKey // a func, as in [Key]
}

// NewSealingKey returns the key that comes from seed, [SeedSize] secret random bytes.
func NewSealingKey(seed []byte) (SealingKey, error) {
	private, err := hpke.MLKEM768X25519().NewPrivateKey(seed)
	if err != nil {
		return SealingKey{}, fmt.Errorf("%w: sealing key: %w", ErrKey, err)
	}
	return SealingKey{func() hpke.PrivateKey { return private }}, nil
}

// Seed returns what [NewSealingKey] took.
func (k SealingKey) Seed() []byte {
	seed, err := k.private().Bytes()
	if err != nil {
		panic(err) // only for keys of hardware, and these come from seeds
	}
	return seed
}

// Public returns the public half, [SealingKeySize] bytes.
func (k SealingKey) Public() []byte { return k.private().PublicKey().Bytes() }

// Open opens what [SealTo] sealed with the same info.
func (k SealingKey) Open(info, sealed []byte) ([]byte, error) {
	return hpke.Open(k.private(), hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, sealed)
}

// SealTo seals plain to the holder of the public sealing key. Info names the
// purpose, the community and the recipient; without the same info it does not
// open. The result is [SealingOverhead] bytes longer than plain and differs
// each time.
func SealTo(public, info, plain []byte) ([]byte, error) {
	key, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("%w: sealing key: %w", ErrKey, err)
	}
	return hpke.Seal(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, plain)
}

// checkSealing verifies that something can be sealed to a public key: its
// ML-KEM part is reduced, its X25519 part (the last 32 bytes) not of small order.
func checkSealing(public []byte) error {
	if _, err := hpke.MLKEM768X25519().NewPublicKey(public); err != nil {
		return fmt.Errorf("%w: sealing key: %w", ErrKey, err)
	}
	point, err := ecdh.X25519().NewPublicKey(public[len(public)-32:])
	if err != nil {
		return fmt.Errorf("%w: sealing key: %w", ErrKey, err)
	}
	// Any scalar tells: clamping makes it a multiple of 8, which takes a point
	// of small order, and only such a point, to zero.
	probe, err := ecdh.X25519().NewPrivateKey(append(make([]byte, 31), 1))
	if err != nil {
		return err
	}
	if _, err := probe.ECDH(point); err != nil {
		return fmt.Errorf("%w: sealing key of small order", ErrKey)
	}
	return nil
}

// String hides the key.
func (SealingKey) String() string { return "sealing key" }

// GoString hides the key from %#v.
func (SealingKey) GoString() string { return "sealing key" }

// Format hides the key from every verb.
func (SealingKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "sealing key") }
