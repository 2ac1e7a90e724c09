package protocol

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"math"
)

// RecordKind says what a record tells.
type RecordKind uint8

// The kinds of record.
const (
	Addresses RecordKind = 1 // a device's libp2p addresses (signed envelope); forgotten after 30 days
	Letter    RecordKind = 2 // an epoch's secret sealed to the recipient
	Held      RecordKind = 3 // a device's frontier hash and the wall time
)

// MaxRecord is the greatest payload of a record in bytes.
const MaxRecord = 4 << 10

// RecordKey is what a record is about. Of records with one key the greatest
// number stands.
type RecordKey struct {
	Device    DeviceID // who signed
	Kind      RecordKind
	Recipient DeviceID // of a letter, else zero
	Epoch     ChangeID // of a letter, else zero
}

// Record is signed by a device and kept beside the logs, in no frontier.
type Record struct {
	RecordKey
	Number    uint64
	Payload   []byte
	Signature Seal
}

func (k RecordKey) append(b []byte) []byte {
	b = AppendUint(b, uint64(k.Kind))
	b = AppendBytes(b, k.Device[:])
	b = AppendBytes(b, k.Recipient[:])
	return AppendBytes(b, k.Epoch[:])
}

func (r *Record) signed(community CommunityID) []byte {
	b := append([]byte("coppice/record/1"), community[:]...)
	b = r.RecordKey.append(b)
	return AppendBytes(AppendUint(b, r.Number), r.Payload)
}

// Sign signs r as its device.
func (r *Record) Sign(key ed25519.PrivateKey, community CommunityID) {
	r.Signature = Seal(ed25519.Sign(key, r.signed(community)))
}

// Verify tells whether r is its device's.
func (r *Record) Verify(device ed25519.PublicKey, community CommunityID) error {
	if !ed25519.Verify(device, r.signed(community), r.Signature[:]) {
		return fmt.Errorf("record: %w", ErrSeal)
	}
	return nil
}

// Append appends [kind, device, recipient, epoch, number, payload, signature].
func (r *Record) Append(b []byte) []byte {
	b = r.RecordKey.append(AppendArray(b, 7))
	b = AppendBytes(AppendUint(b, r.Number), r.Payload)
	return AppendBytes(b, r.Signature[:])
}

// check refuses a key that names more or less than its kind needs, so that
// one thing has one key. Of unknown kinds nothing is asked.
func (r *Record) check() error {
	switch named := !r.Recipient.IsZero() || !r.Epoch.IsZero(); {
	case r.Number == 0:
		return fmt.Errorf("%w: numbers begin at 1", ErrRecord)
	case r.Kind == Letter && (r.Recipient.IsZero() || r.Epoch.IsZero()):
		return fmt.Errorf("%w: a letter without recipient or epoch", ErrRecord)
	case (r.Kind == Addresses || r.Kind == Held) && named:
		return fmt.Errorf("%w: recipient and epoch are a letter's", ErrRecord)
	}
	return nil
}

// ErrRecord is returned for a record that contradicts itself.
var ErrRecord = errors.New("the record contradicts itself")

// ReadRecord reads one record and checks it against itself; the signature is
// not verified.
func ReadRecord(r *Reader) (*Record, error) {
	rec := &Record{}
	r.ArrayOf(7)
	rec.Kind = RecordKind(r.UintMax(math.MaxUint8))
	r.Fixed(rec.Device[:])
	r.Fixed(rec.Recipient[:])
	r.Fixed(rec.Epoch[:])
	rec.Number = r.UintMax(math.MaxInt64)
	rec.Payload = r.Bytes(MaxRecord)
	r.Fixed(rec.Signature[:])
	if r.Err() == nil {
		r.Fail(rec.check())
	}
	return rec, r.Err()
}
