package reconcile_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/reconcile"
)

func access(community protocol.CommunityID, epoch byte) reconcile.Access {
	key := append(community[:], epoch)
	return reconcile.Access{
		Community: community, Epoch: protocol.ChangeID{epoch},
		Presence: func(d identity.Direction, caller, responder []byte, callerNonce, responderNonce identity.Nonce) [32]byte {
			m := hmac.New(sha256.New, key)
			m.Write([]byte{byte(d), byte(len(caller))})
			m.Write(caller)
			m.Write(responder)
			m.Write(callerNonce[:])
			m.Write(responderNonce[:])
			return [32]byte(m.Sum(nil))
		},
	}
}

type device struct {
	device      *identity.Device
	credentials reconcile.Credentials
}

func newDevice(t testing.TB, seed byte) device {
	root := identity.NewKey([32]byte{seed, 1})
	d, err := identity.NewDevice([64]byte{seed, 2})
	if err != nil {
		t.Fatal(err)
	}
	c, err := identity.Certify(root.Public(), root, protocol.DeviceID{}, d, 0)
	if err != nil {
		t.Fatal(err)
	}
	return device{d, reconcile.Credentials{Certificate: c, Sign: func(tr identity.Transcript) protocol.Seal {
		return identity.SignTranscript(d.Key, tr)
	}}}
}

// meeting is a handshake to be, with every part at hand to be bent.
type meeting struct {
	call      reconcile.CallConfig
	answer    reconcile.AnswerConfig
	community protocol.CommunityID
}

func newMeeting(t testing.TB, ana, ben device) meeting {
	here, elsewhere := protocol.CommunityID{1}, protocol.CommunityID{2}
	return meeting{
		community: here,
		call: reconcile.CallConfig{
			Community: here, Caller: []byte("ana"), Responder: []byte("ben"), Nonce: identity.Nonce{1},
			Access: []reconcile.Access{access(here, 9), access(here, 8)}, Credentials: ana.credentials,
		},
		answer: reconcile.AnswerConfig{
			Caller: []byte("ana"), Responder: []byte("ben"), Nonce: identity.Nonce{2},
			Access: []reconcile.Access{access(elsewhere, 9), access(here, 7), access(here, 8)},
			Credentials: func(c protocol.CommunityID) (reconcile.Credentials, bool) {
				return ben.credentials, c == here
			},
		},
	}
}

// run returns who each end met, or the first error.
func (m meeting) run() (caller, responder *reconcile.Peer, err error) {
	c, a := reconcile.NewCall(m.call), reconcile.NewAnswer(m.answer)
	welcome, _, err := a.Receive(c.Start())
	if err != nil {
		return nil, nil, err
	}
	proof, caller, err := c.Receive(welcome)
	if err != nil {
		return nil, nil, err
	}
	_, responder, err = a.Receive(proof)
	return caller, responder, err
}

func TestHandshake(t *testing.T) {
	ana, ben := newDevice(t, 1), newDevice(t, 2)
	m := newMeeting(t, ana, ben)
	c, a, err := m.run()
	if err != nil {
		t.Fatal(err)
	}
	if c.Device != ben.device.ID() || a.Device != ana.device.ID() {
		t.Error("met somebody else")
	}
	if c.Epoch != (protocol.ChangeID{8}) || a.Epoch != c.Epoch || a.Community != m.community {
		t.Error("met elsewhere")
	}
	call := reconcile.NewCall(m.call)
	if n := len(call.Start()); n > 200 {
		t.Errorf("the first frame has %d bytes", n)
	}
}

func TestHandshakeFails(t *testing.T) {
	ana, ben := newDevice(t, 1), newDevice(t, 2)
	for _, test := range []struct {
		name string
		want error
		bend func(*meeting)
	}{
		{"no access key in common", reconcile.ErrStranger, func(m *meeting) { m.answer.Access = m.answer.Access[:2] }},
		{"no access key at all", reconcile.ErrStranger, func(m *meeting) { m.call.Access = nil }},
		{"another community's key", reconcile.ErrStranger, func(m *meeting) { m.call.Access = []reconcile.Access{access(protocol.CommunityID{3}, 8)} }},
		{"a community left meanwhile", reconcile.ErrStranger, func(m *meeting) {
			m.answer.Credentials = func(protocol.CommunityID) (reconcile.Credentials, bool) { return reconcile.Credentials{}, false }
		}},
		{"relayed to another responder", reconcile.ErrStranger, func(m *meeting) { m.call.Responder = []byte("eve") }},
		{"relayed from another caller", reconcile.ErrStranger, func(m *meeting) { m.answer.Caller = []byte("eve") }},
		{"somebody else's certificate", reconcile.ErrHandshake, func(m *meeting) { m.call.Credentials.Certificate = ben.credentials.Certificate }},
		{"a signature of something else", reconcile.ErrHandshake, func(m *meeting) {
			m.call.Credentials.Sign = func(t identity.Transcript) protocol.Seal {
				t.Stream = "/coppice/join/1"
				return ana.credentials.Sign(t)
			}
		}},
		{"a signature of the other direction", reconcile.ErrHandshake, func(m *meeting) {
			m.call.Credentials.Sign = func(t identity.Transcript) protocol.Seal {
				t.Direction = identity.FromResponder
				return ana.credentials.Sign(t)
			}
		}},
		{"the responder's signature of another nonce", reconcile.ErrHandshake, func(m *meeting) {
			m.answer.Credentials = func(protocol.CommunityID) (reconcile.Credentials, bool) {
				return reconcile.Credentials{Certificate: ben.credentials.Certificate, Sign: func(t identity.Transcript) protocol.Seal {
					t.CallerNonce[0]++
					return ben.credentials.Sign(t)
				}}, true
			}
		}},
	} {
		m := newMeeting(t, ana, ben)
		test.bend(&m)
		if _, _, err := m.run(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestHandshakeReplayed: frames of one meeting are worth nothing in the next.
func TestHandshakeReplayed(t *testing.T) {
	m := newMeeting(t, newDevice(t, 1), newDevice(t, 2))
	c, a := reconcile.NewCall(m.call), reconcile.NewAnswer(m.answer)
	hello := c.Start()
	welcome, _, _ := a.Receive(hello)
	proof, _, _ := c.Receive(welcome)
	m.answer.Nonce, m.call.Nonce = identity.Nonce{5}, identity.Nonce{6}
	again := reconcile.NewAnswer(m.answer)
	if _, _, err := again.Receive(hello); err != nil {
		t.Fatal(err) // the same peer may say the same; it proves presence anew below
	}
	if _, _, err := again.Receive(proof); !errors.Is(err, reconcile.ErrHandshake) {
		t.Errorf("an old proof: %v", err)
	}
	if _, _, err := reconcile.NewCall(m.call).Receive(welcome); !errors.Is(err, reconcile.ErrStranger) {
		t.Errorf("an old welcome: %v", err)
	}
	// Reflected: the caller's own tag is no answer.
	if _, _, err := reconcile.NewCall(m.call).Receive(hello); err == nil {
		t.Error("a hello taken for a welcome")
	}
	if _, _, err := again.Receive(proof); !errors.Is(err, reconcile.ErrHandshake) {
		t.Errorf("after the end: %v", err)
	}
}

func FuzzHandshake(f *testing.F) {
	m := newMeeting(f, newDevice(f, 1), newDevice(f, 2))
	c, a := reconcile.NewCall(m.call), reconcile.NewAnswer(m.answer)
	hello := c.Start()
	welcome, _, _ := a.Receive(hello)
	proof, _, _ := c.Receive(welcome)
	for _, b := range [][]byte{hello, welcome, proof, nil, make([]byte, reconcile.MaxHello+1)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, peer, err := reconcile.NewCall(m.call).Receive(b); err == nil && string(b) != string(welcome) {
			t.Fatalf("a forged welcome of %s", peer.Device)
		}
		answer := reconcile.NewAnswer(m.answer)
		tag := hello[len(hello)-32:] // under the one access key in common
		if _, _, err := answer.Receive(b); err == nil && !bytes.Contains(b, tag) {
			t.Fatal("a forged hello")
		}
		answer = reconcile.NewAnswer(m.answer)
		if _, _, err := answer.Receive(hello); err != nil {
			t.Fatal(err)
		}
		if _, peer, err := answer.Receive(b); err == nil && string(b) != string(proof) {
			t.Fatalf("a forged proof of %s", peer.Device)
		}
	})
}

func BenchmarkSearchAllAccessKeys(b *testing.B) {
	m := newMeeting(b, newDevice(b, 1), newDevice(b, 2))
	for len(m.answer.Access) < reconcile.MaxAccess {
		m.answer.Access = append(m.answer.Access, access(protocol.CommunityID{9}, byte(len(m.answer.Access))))
	}
	hello := reconcile.NewCall(m.call).Start()
	for b.Loop() {
		if _, _, err := reconcile.NewAnswer(m.answer).Receive(hello); err != nil {
			b.Fatal(err)
		}
	}
}
