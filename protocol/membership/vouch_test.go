package membership

import (
	"bytes"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Signatures cost more than all else in a history. Where it is about the fold
// they are vouched for: the test knows who signed what.

// vouchedEntry is an entry that nobody signed: in the place of the invite
// key's signature stands the key itself.
func vouchedEntry(invite protocol.ChangeID, key string, who *person, device int) (e identity.Entry) {
	e.Invite = invite
	e.Certificate = cached(fmt.Sprint("encoded", who.name, device), func() []byte { return who.cert(device).Encode() })
	public := inviteKey(key).Public()
	copy(e.ByInvite[:], public[:])
	return e
}

// vouchedFor is what [identity.Entry.Verify] would say of a vouched entry.
func vouchedFor(e *identity.Entry, key identity.PublicKey) error {
	if !bytes.Equal(e.ByInvite[:len(key)], key[:]) {
		return ErrProof
	}
	return nil
}

// vouch tells the graph what verification would: of an entry what it says
// itself, of a certificate what was found when it was met first.
func vouch(g *Graph, c *protocol.Change) {
	op, _ := Decode(c.Kind, c.Shape)
	switch o := op.(type) {
	case *Genesis:
		cert, _ := identity.DecodeCertificate(o.Certificate)
		g.proofs[c.ID] = certVerified(cert, o.Root)
	case *Invite:
		g.proofs[c.ID] = nil
	case *Admit:
		if e, held := g.Change(o.Invite); held {
			if invite, is := e.Operation.(*Invite); is {
				g.proofs[c.ID] = vouchedFor(&o.Entry, invite.Key)
			}
		}
	case *Device:
		cert, err := identity.DecodeCertificate(o.Certificate)
		if err != nil {
			return
		}
		key := cert.Root
		if !cert.Certifier.IsZero() {
			key = deviceKeys()[cert.Certifier]
		}
		g.proofs[c.ID] = certVerified(cert, key)
	}
}

// certVerified verifies a certificate once.
func certVerified(cert *identity.Certificate, key identity.PublicKey) error {
	type answer struct{ err error }
	id := cert.Hash()
	return cached(fmt.Sprintf("verified%x%x", id[:], key[:]), func() answer { return answer{cert.Verify(key)} }).err
}

// deviceKeys finds the keys of everybody's devices.
func deviceKeys() map[protocol.DeviceID]identity.PublicKey {
	return cached("device keys", func() map[protocol.DeviceID]identity.PublicKey {
		keys := map[protocol.DeviceID]identity.PublicKey{}
		for _, name := range people {
			for _, d := range someone(name).devices {
				keys[d.ID()] = d.Key.Public()
			}
		}
		return keys
	})
}
