package identity_test

import (
	"bytes"
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Attacks B21 and B22: an entry cannot be lifted off the wire and used with
// other keys, by another invite or in another community.
func TestAnEntryIsOfOneInviteOneRootOneDevice(t *testing.T) {
	community, invite := protocol.CommunityID{6}, protocol.ChangeID{3}
	root, inviteKey, d := key(1), key(5), device(t, 2)
	good := identity.SignEntry(community, invite, inviteKey, root, d.Key, certified(t))
	if c, err := good.Verify(community, inviteKey.Public()); err != nil || c.DeviceID() != d.ID() {
		t.Fatal(err)
	}
	read := protocol.NewReader(good.Append(nil))
	if got := identity.ReadEntry(read); read.End() != nil || !bytes.Equal(got.Append(nil), good.Append(nil)) {
		t.Error("does not come back:", read.End())
	}

	otherRoot, otherDevice := key(11), device(t, 12)
	stolen, err := identity.Certify(otherRoot.Public(), otherRoot, protocol.DeviceID{}, otherDevice, 5)
	must(t, err)
	swapped, err := identity.Certify(root.Public(), root, protocol.DeviceID{}, otherDevice, 5)
	must(t, err)
	second, err := identity.Certify(root.Public(), d.Key, d.ID(), device(t, 3), 0)
	must(t, err)
	for name, alter := range map[string]func(*identity.Entry){
		"another invite":                 func(e *identity.Entry) { e.Invite[0]++ },
		"another member's keys":          func(e *identity.Entry) { e.Certificate = stolen.Encode() },
		"another device of hers":         func(e *identity.Entry) { e.Certificate = swapped.Encode() },
		"a certificate of nobody":        func(e *identity.Entry) { e.Certificate = nil },
		"without the invite's signature": func(e *identity.Entry) { e.ByInvite = protocol.Seal{} },
		"without the root's signature":   func(e *identity.Entry) { e.ByRoot = protocol.Seal{} },
		"without the device's signature": func(e *identity.Entry) { e.ByDevice = protocol.Seal{} },
		"the invite's for the root's":    func(e *identity.Entry) { e.ByRoot = e.ByInvite },
		"the device's for the root's":    func(e *identity.Entry) { e.ByRoot = e.ByDevice },
		"certified by a device and not the root": func(e *identity.Entry) {
			*e = identity.SignEntry(community, invite, inviteKey, root, device(t, 3).Key, second)
		},
		"the thief signs for the root he has not": func(e *identity.Entry) {
			*e = identity.SignEntry(community, invite, inviteKey, otherRoot, d.Key, certified(t))
		},
	} {
		e := good
		alter(&e)
		if _, err := e.Verify(community, inviteKey.Public()); !errors.Is(err, identity.ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := good.Verify(protocol.CommunityID{7}, inviteKey.Public()); !errors.Is(err, identity.ErrEntry) {
		t.Error("in another community:", err)
	}
	if _, err := good.Verify(community, key(9).Public()); !errors.Is(err, identity.ErrEntry) {
		t.Error("by another invite's key:", err)
	}
	weak := public(t, smallOrder[0])
	e := good
	copy(e.ByInvite[:], append(bytes.Clone(weak[:]), make([]byte, 32)...))
	if _, err := e.Verify(community, weak); !errors.Is(err, identity.ErrEntry) {
		t.Error("by an invite whose key is of small order:", err)
	}
}

func FuzzReadEntry(f *testing.F) {
	e := identity.SignEntry(protocol.CommunityID{6}, protocol.ChangeID{3}, key(5), key(1), device(f, 2).Key, certified(f))
	f.Add(e.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := protocol.NewReader(b)
		e := identity.ReadEntry(r)
		if r.Err() != nil {
			return
		}
		if used := b[:len(b)-r.Len()]; !bytes.Equal(e.Append(nil), used) {
			t.Fatalf("accepted %x, encodes as %x", used, e.Append(nil))
		}
		_, _ = e.Verify(protocol.CommunityID{6}, key(5).Public())
	})
}
