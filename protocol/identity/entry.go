package identity

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// ErrEntry is returned for an entry that does not prove what it says.
var ErrEntry = errors.New("the entry does not hold")

const entryLabel = "coppice/entry/1"

// Entry is what an admission carries, so that anyone can check it: whoever
// held the invite's secret, the member's root and the device itself agree that
// this device comes in by this invite. Bound to all three, it cannot be lifted
// off the wire and used with other keys, nor in another community.
type Entry struct {
	Invite      protocol.ChangeID
	Certificate []byte // as [Certificate.Encode] gives it; the root certifies
	ByInvite    protocol.Seal
	ByRoot      protocol.Seal
	ByDevice    protocol.Seal
}

// SignEntry makes the entry of a device that comes in by an invite whose key
// and id are given.
func SignEntry(community protocol.CommunityID, invite protocol.ChangeID, inviteKey, root, device Key, certificate *Certificate) Entry {
	e := Entry{Invite: invite, Certificate: certificate.Encode()}
	m := e.signed(community)
	e.ByInvite, e.ByRoot, e.ByDevice = inviteKey.Sign(m), root.Sign(m), device.Sign(m)
	return e
}

// Verify checks the entry by the invite's public key and returns the
// certificate in it, which it verifies too. The certifier must be the root:
// nobody else is known yet. Errors: [ErrEntry], [ErrCertificate], [ErrKey].
func (e *Entry) Verify(community protocol.CommunityID, inviteKey PublicKey) (*Certificate, error) {
	if err := inviteKey.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	c, err := DecodeCertificate(e.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if err := c.Verify(c.Root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	m := e.signed(community)
	switch {
	case !inviteKey.Verify(m, e.ByInvite):
		return nil, fmt.Errorf("%w: the invite's signature", ErrEntry)
	case !c.Root.Verify(m, e.ByRoot):
		return nil, fmt.Errorf("%w: the root's signature", ErrEntry)
	case !c.Device.Verify(m, e.ByDevice):
		return nil, fmt.Errorf("%w: the device's signature", ErrEntry)
	}
	return c, nil
}

func (e *Entry) signed(community protocol.CommunityID) []byte {
	m := append([]byte(entryLabel), community[:]...)
	m = append(m, e.Invite[:]...)
	return append(m, e.Certificate...)
}

// MaxCertificate is more than an encoded certificate takes, in bytes.
const MaxCertificate = 2 << 10

// Append appends the five values of e: invite, certificate, by invite, by
// root, by device. The array they stand in is the caller's.
func (e *Entry) Append(b []byte) []byte {
	b = protocol.AppendBytes(b, e.Invite[:])
	b = protocol.AppendBytes(b, e.Certificate)
	b = protocol.AppendBytes(b, e.ByInvite[:])
	b = protocol.AppendBytes(b, e.ByRoot[:])
	return protocol.AppendBytes(b, e.ByDevice[:])
}

// EntryFields is how many values [Entry.Append] writes.
const EntryFields = 5

// ReadEntry reads what [Entry.Append] wrote; it verifies nothing.
func ReadEntry(r *protocol.Reader) (e Entry) {
	r.Fixed(e.Invite[:])
	e.Certificate = r.Bytes(MaxCertificate)
	r.Fixed(e.ByInvite[:])
	r.Fixed(e.ByRoot[:])
	r.Fixed(e.ByDevice[:])
	return e
}
