package epoch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"golang.org/x/crypto/chacha20poly1305"
)

// AccessKey is the A of an epoch: it lets a node be recognised, find the
// domain's room and ring its doorbell, and opens no content. It does not print
// or marshal.
type AccessKey [32]byte

// Check returns the check value, which the epoch's change publishes.
func (a AccessKey) Check() protocol.Hash { return expand(a[:], checkLabel, nil) }

// Tag shows knowledge of an access key on one stream, to who knows it too,
// and nothing to anyone else.
type Tag [32]byte

// Meeting is the stream a presence tag is made for. Peer ids are those the
// transport authenticated.
type Meeting struct {
	Caller, Responder           []byte // peer ids
	CallerNonce, ResponderNonce identity.Nonce
}

// Presence returns the tag that the end in direction sends.
func (a AccessKey) Presence(m Meeting, direction identity.Direction) Tag {
	key := expand(a[:], presenceLabel, nil)
	b := protocol.AppendUint(nil, uint64(direction))
	b = protocol.AppendBytes(b, m.Caller)
	b = protocol.AppendBytes(b, m.Responder)
	b = protocol.AppendBytes(b, m.CallerNonce[:])
	b = protocol.AppendBytes(b, m.ResponderNonce[:])
	return mac(key, b)
}

// Equal compares tags in constant time.
func (t Tag) Equal(other Tag) bool { return hmac.Equal(t[:], other[:]) }

func mac(key [32]byte, message []byte) (sum [32]byte) {
	h := hmac.New(sha256.New, key[:])
	h.Write(message)
	h.Sum(sum[:0])
	return sum
}

// Topic returns the name of the epoch's gossip topic: 52 lower-case
// characters that tell nothing to who lacks the key.
func (a AccessKey) Topic() string {
	name := mac(expand(a[:], topicLabel, nil), []byte("topic"))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(name[:]))
}

// Gossip returns the key of the epoch's doorbell.
func (a AccessKey) Gossip() GossipKey { return expand(a[:], gossipLabel, nil) }

// GossipKey seals what is published on the epoch's topic. It does not print
// or marshal.
type GossipKey [32]byte

// ErrGossip is returned for a message that this key did not seal.
var ErrGossip = errors.New("not sealed with this gossip key")

// GossipOverhead is how many bytes [GossipKey.Seal] adds.
const GossipOverhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

// Seal seals a message of the doorbell. The nonce must be fresh random bytes.
func (k GossipKey) Seal(nonce [protocol.NonceSize]byte, plain []byte) []byte {
	return seal(k, gossipLabel, nonce, plain)
}

// Open opens what [GossipKey.Seal] sealed.
func (k GossipKey) Open(sealed []byte) ([]byte, error) {
	plain, err := open(k, gossipLabel, sealed)
	if err != nil {
		return nil, ErrGossip
	}
	return plain, nil
}

// seal returns nonce and ciphertext, XChaCha20-Poly1305 with the label as
// associated data.
func seal(key [32]byte, label string, nonce [protocol.NonceSize]byte, plain []byte) []byte {
	a, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // the key has the one right length by its type
	}
	return a.Seal(nonce[:], nonce[:], plain, []byte(label))
}

func open(key [32]byte, label string, sealed []byte) ([]byte, error) {
	a, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // as above
	}
	if len(sealed) < a.NonceSize() {
		return nil, io.ErrUnexpectedEOF
	}
	return a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], []byte(label))
}

// String hides the key.
func (AccessKey) String() string { return "access key" }

// GoString hides the key from %#v.
func (AccessKey) GoString() string { return "access key" }

// Format hides the key from every verb.
func (AccessKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "access key") }

// MarshalText refuses.
func (AccessKey) MarshalText() ([]byte, error) { return nil, errPrinted }

// String hides the key.
func (GossipKey) String() string { return "gossip key" }

// GoString hides the key from %#v.
func (GossipKey) GoString() string { return "gossip key" }

// Format hides the key from every verb.
func (GossipKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "gossip key") }

// MarshalText refuses.
func (GossipKey) MarshalText() ([]byte, error) { return nil, errPrinted }
