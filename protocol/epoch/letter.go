package epoch

import (
	"errors"
	"fmt"
	"io"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// ErrLetter is returned for a letter that does not open or holds no key of
// its epoch. Whoever gets one asks again; nobody is to blame for certain.
var ErrLetter = errors.New("the letter holds no key of its epoch")

// LetterSize is the length of a sealed letter in bytes.
const LetterSize = identity.SealingOverhead + 32

// Address says whose letter it is and for which epoch. It is bound into the
// letter, which opens under no other.
type Address struct {
	Community protocol.CommunityID
	Epoch     protocol.ChangeID
	Recipient protocol.DeviceID
}

func (a Address) info() []byte {
	b := append([]byte(letterLabel), a.Community[:]...)
	b = append(b, a.Epoch[:]...)
	return append(b, a.Recipient[:]...)
}

// Contents is what a letter held: a secret or, for a keeper, an access key.
// [Ring.Take] finds out which. It does not print or marshal.
type Contents [32]byte

// SealLetter seals an epoch's secret to a device whose public sealing key is
// given ([identity.Certificate]'s Sealing). Each call gives other bytes.
func SealLetter(s Secret, to Address, sealing []byte) ([]byte, error) {
	return identity.SealTo(sealing, to.info(), s[:])
}

// SealKeeperLetter seals an epoch's access key to a keeper's device.
func SealKeeperLetter(a AccessKey, to Address, sealing []byte) ([]byte, error) {
	return identity.SealTo(sealing, to.info(), a[:])
}

// OpenLetter opens a letter with the recipient's sealing key. The error is
// [ErrLetter]; that it opens does not yet say that it holds the truth, see
// [Ring.Take].
func OpenLetter(key identity.SealingKey, to Address, letter []byte) (c Contents, err error) {
	if len(letter) != LetterSize {
		return c, fmt.Errorf("%w: %d bytes", ErrLetter, len(letter))
	}
	plain, err := key.Open(to.info(), letter)
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrLetter, err)
	}
	return Contents(plain), nil
}

// String hides the contents.
func (Contents) String() string { return "letter contents" }

// GoString hides the contents from %#v.
func (Contents) GoString() string { return "letter contents" }

// Format hides the contents from every verb.
func (Contents) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "letter contents") }

// MarshalText refuses.
func (Contents) MarshalText() ([]byte, error) { return nil, errPrinted }
