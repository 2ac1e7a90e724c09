package identity_test

import (
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
)

// purpose is one thing a key signs for, with the verifier that takes it.
type purpose struct {
	name   string
	sign   func() protocol.Seal
	accept func(protocol.Seal) bool
}

// purposes are all that one device's key signs. They speak of the same
// community, log and nonces wherever they can, so that only the label tells
// them apart.
func purposes(t *testing.T) []purpose {
	d := device(t, 2)
	community := protocol.CommunityID{1}
	log := protocol.NewLogRef(d.ID(), protocol.Incarnation{1}, protocol.Content)
	id := protocol.ChangeID{5}

	byCertifier, err := identity.Certify(key(1).Public(), d.Key, d.ID(), device(t, 3), 0)
	must(t, err)
	byDevice := certified(t)
	fromCaller := transcript(t)
	fromCaller.Community = community
	fromResponder := fromCaller
	fromResponder.Direction = identity.FromResponder
	join := fromCaller
	join.Stream = "/coppice/join/1"
	record := func(kind protocol.RecordKind) purpose {
		r := protocol.Record{RecordKey: protocol.RecordKey{Device: d.ID(), Kind: kind}, Number: 1}
		return purpose{
			"record", func() protocol.Seal {
				r.Sign(d.Key.Private(), community)
				return r.Signature
			},
			func(s protocol.Seal) bool {
				r.Signature = s
				return r.Verify(d.Key.Public().Ed25519(), community) == nil
			},
		}
	}
	session := func(name string, x identity.Transcript) purpose {
		return purpose{
			name, func() protocol.Seal { return identity.SignTranscript(d.Key, x) },
			func(s protocol.Seal) bool { return identity.VerifyTranscript(d.Key.Public(), x, s) == nil },
		}
	}
	return []purpose{
		{
			"seal", func() protocol.Seal { return protocol.SignSeal(d.Key.Private(), community, log.ID, 3, id) },
			func(s protocol.Seal) bool {
				run := protocol.Run{Log: log, Seal: s, Changes: []*protocol.Change{{Header: protocol.Header{Seq: 3}, ID: id}}}
				return run.Verify(community, d.Key.Public().Ed25519()) == nil
			},
		},
		record(protocol.Addresses), record(protocol.Held), record(protocol.Letter),
		{
			"certificate, as certifier", func() protocol.Seal { return byCertifier.ByCertifier },
			func(s protocol.Seal) bool {
				c := *byCertifier
				c.ByCertifier = s
				return c.Verify(d.Key.Public()) == nil
			},
		},
		{
			"certificate, as device", func() protocol.Seal { return byDevice.ByDevice },
			func(s protocol.Seal) bool {
				c := *byDevice
				c.ByDevice = s
				return c.Verify(key(1).Public()) == nil
			},
		},
		entryAs(t, "entry, as invite", community, d.Key, key(1), device(t, 3), func(e *identity.Entry) *protocol.Seal { return &e.ByInvite }),
		entryAs(t, "entry, as root", community, key(5), d.Key, device(t, 3), func(e *identity.Entry) *protocol.Seal { return &e.ByRoot }),
		entryAs(t, "entry, as device", community, key(5), key(1), d, func(e *identity.Entry) *protocol.Seal { return &e.ByDevice }),
		session("session, as caller", fromCaller),
		session("session, as responder", fromResponder),
		session("join", join),
		knock(t, d),
	}
}

// knock is what an invite's key signs at the door of the join stream; here the
// invite's key is the device's.
func knock(t *testing.T, d *identity.Device) purpose {
	x := transcript(t)
	config := invite.ResponderConfig{Caller: x.Caller, Responder: x.Responder, Nonce: x.ResponderNonce,
		Known: func(identity.PublicKey, protocol.DeviceID) (invite.Invitation, bool) {
			return invite.Invitation{Community: protocol.CommunityID{1}, Refused: invite.Later}, true
		}}
	caller := invite.NewCaller(invite.CallerConfig{Community: protocol.CommunityID{1}, Invite: d.Key, Device: d.Key, Caller: x.Caller, Responder: x.Responder})
	frame, _, err := caller.Receive(invite.NewResponder(config).Start())
	must(t, err)
	at := len(frame) - len(protocol.Seal{}) // the signature ends the frame
	return purpose{
		"knock", func() protocol.Seal { return protocol.Seal(frame[at:]) },
		func(s protocol.Seal) bool {
			_, _, err := invite.NewResponder(config).Receive(append(slices.Clone(frame[:at]), s[:]...))
			return err == nil
		},
	}
}

// entryAs is one of the three signatures of an entry.
func entryAs(t *testing.T, name string, community protocol.CommunityID, invite, root identity.Key, d *identity.Device, seal func(*identity.Entry) *protocol.Seal) purpose {
	certificate, err := identity.Certify(root.Public(), root, protocol.DeviceID{}, d, 0)
	must(t, err)
	entry := identity.SignEntry(community, protocol.ChangeID{5}, invite, root, d.Key, certificate)
	return purpose{
		name, func() protocol.Seal { return *seal(&entry) },
		func(s protocol.Seal) bool {
			offered := entry
			*seal(&offered) = s
			_, err := offered.Verify(community, invite.Public())
			return err == nil
		},
	}
}

// A signature made for one purpose is offered for every other: only the
// diagonal passes.
func TestASignatureServesOnePurpose(t *testing.T) {
	all := purposes(t)
	signatures := make([]protocol.Seal, len(all))
	for i, p := range all {
		signatures[i] = p.sign()
	}
	for i, made := range all {
		for j, offered := range all {
			if got := offered.accept(signatures[i]); got != (i == j) {
				t.Errorf("a signature made as %s, offered as %s: accepted %t", made.name, offered.name, got)
			}
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
