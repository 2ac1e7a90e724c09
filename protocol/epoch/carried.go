package epoch

import (
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// ErrCarried is returned for carried secrets that do not open under the
// epoch's secret or do not decode: that epoch carries nothing.
var ErrCarried = errors.New("the carried secrets do not open")

// Carried is an earlier epoch's secret that travels inside a later epoch.
type Carried struct {
	Epoch  protocol.ChangeID
	Secret Secret
}

// SealCarried seals the secrets of earlier epochs under s, for the epoch's
// change: whoever opens this epoch opens those. Nothing to carry is no bytes.
// The nonce must be fresh random bytes.
func (s Secret) SealCarried(community protocol.CommunityID, nonce [protocol.NonceSize]byte, carried []Carried) []byte {
	if len(carried) == 0 {
		return nil
	}
	sorted := slices.Clone(carried)
	slices.SortFunc(sorted, func(a, b Carried) int { return a.Epoch.Compare(b.Epoch) })
	b := protocol.AppendArray(nil, len(sorted))
	for _, c := range sorted {
		b = protocol.AppendBytes(protocol.AppendArray(b, 2), c.Epoch[:])
		b = protocol.AppendBytes(b, c.Secret[:])
	}
	return seal(expand(s[:], carriedLabel, community[:]), carriedLabel, nonce, b)
}

// OpenCarried opens what [Secret.SealCarried] sealed. What it finds is a claim
// until it agrees with each epoch's own commitment, see [Ring.Take]. The error
// is [ErrCarried].
func (s Secret) OpenCarried(community protocol.CommunityID, sealed []byte) ([]Carried, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := open(expand(s[:], carriedLabel, community[:]), carriedLabel, sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCarried, err)
	}
	return decodeCarried(plain)
}

func decodeCarried(plain []byte) ([]Carried, error) {
	r := protocol.NewReader(plain)
	var carried []Carried
	for i := range r.Array() {
		var c Carried
		r.ArrayOf(2)
		r.Fixed(c.Epoch[:])
		r.Fixed(c.Secret[:])
		if r.Err() != nil {
			break
		}
		if i > 0 && carried[i-1].Epoch.Compare(c.Epoch) >= 0 {
			return nil, fmt.Errorf("%w: out of order", ErrCarried)
		}
		carried = append(carried, c)
	}
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCarried, err)
	}
	return carried, nil
}
