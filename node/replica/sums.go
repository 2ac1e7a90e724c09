package replica

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"

	"coppice.example/protocol"
)

// sums keeps what the state hash is made of as documents change.
type sums struct {
	documents sum
	moved     bool
}

const (
	sumKey     = "sum"
	hashPrefix = "hash/"
)

// loadSums reads the sum as the last batch left it.
func (r *Replica) loadSums() error {
	value, err := r.disk.Local(sumKey)
	if err != nil || value == nil {
		return err
	}
	if len(value) != 32 {
		return fmt.Errorf("local value %q has %d bytes", sumKey, len(value))
	}
	r.sums.documents = sumOf(protocol.Hash(value))
	return nil
}

// count replaces what a document counts; the zero hash counts nothing.
func (d *document) count(now protocol.Hash) {
	key := hashPrefix + hex.EncodeToString(d.id[:])
	if !d.counted {
		copy(d.hash[:], d.r.kept(key))
		d.counted = true
	}
	if d.hash == now {
		return
	}
	s := &d.r.sums
	s.documents.subtract(sumOf(d.hash))
	s.documents.add(sumOf(now))
	s.moved, d.hash = true, now
	if now.IsZero() {
		d.r.keep(key, nil)
	} else {
		d.r.keep(key, slices.Clone(now[:]))
	}
}

func (r *Replica) settleSums() {
	if r.sums.moved {
		r.sums.moved = false
		h := r.sums.documents.hash()
		r.keep(sumKey, h[:])
	}
}

// stateHash is equal on nodes that hold the same changes and open the same
// epochs (protocol.md 12). While documents are being set right their sum is of
// nothing that is, and the hash is zero.
func (r *Replica) stateHash() protocol.Hash {
	if r.righting.any() {
		return protocol.Hash{}
	}
	frontier, authority, documents := r.held().Hash(), r.now.Authority(), r.sums.documents.hash()
	return sha256.Sum256(slices.Concat(frontier[:], authority[:], documents[:]))
}

// sum is a number modulo 2^256, little-endian.
type sum [4]uint64

func sumOf(h protocol.Hash) (s sum) {
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(h[8*i:])
	}
	return s
}

func (s sum) hash() (h protocol.Hash) {
	for i := range s {
		binary.LittleEndian.PutUint64(h[8*i:], s[i])
	}
	return h
}

func (s *sum) add(o sum) {
	carry := uint64(0)
	for i := range s {
		s[i], carry = bits.Add64(s[i], o[i], carry)
	}
}

func (s *sum) subtract(o sum) {
	borrow := uint64(0)
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], o[i], borrow)
	}
}
