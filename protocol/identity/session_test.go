package identity_test

import (
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

func transcript(t testing.TB) identity.Transcript {
	return identity.Transcript{
		Community: protocol.CommunityID{7}, Stream: "/coppice/sync/1",
		Caller: []byte("caller's peer id"), Responder: []byte("responder's peer id"),
		CallerNonce: identity.Nonce{1}, ResponderNonce: identity.Nonce{2},
		Direction: identity.FromCaller, Certificate: certified(t).Hash(),
	}
}

// A signature made in one session is no good in any that differs in one thing.
func TestATranscriptIsOfOneSession(t *testing.T) {
	d := device(t, 2)
	good := transcript(t)
	s := identity.SignTranscript(d.Key, good)
	if err := identity.VerifyTranscript(d.Key.Public(), good, s); err != nil {
		t.Fatal(err)
	}
	for name, alter := range map[string]func(*identity.Transcript){
		"another community":            func(x *identity.Transcript) { x.Community[31] = 1 },
		"another stream":               func(x *identity.Transcript) { x.Stream = "/coppice/join/1" },
		"relayed from another caller":  func(x *identity.Transcript) { x.Caller = []byte("mallory") },
		"relayed to another responder": func(x *identity.Transcript) { x.Responder = []byte("mallory") },
		"a caller's nonce replayed":    func(x *identity.Transcript) { x.CallerNonce[0] = 9 },
		"a responder's nonce replayed": func(x *identity.Transcript) { x.ResponderNonce[0] = 9 },
		"reflected":                    func(x *identity.Transcript) { x.Direction = identity.FromResponder },
		"roles swapped": func(x *identity.Transcript) {
			x.Caller, x.Responder = x.Responder, x.Caller
			x.CallerNonce, x.ResponderNonce = x.ResponderNonce, x.CallerNonce
		},
		"roles swapped and reflected": func(x *identity.Transcript) {
			x.Caller, x.Responder = x.Responder, x.Caller
			x.CallerNonce, x.ResponderNonce = x.ResponderNonce, x.CallerNonce
			x.Direction = identity.FromResponder
		},
		"another certificate": func(x *identity.Transcript) { x.Certificate[0] ^= 1 },
		"peer ids that join the same": func(x *identity.Transcript) {
			x.Caller, x.Responder = []byte("caller's peer idr"), []byte("esponder's peer id")
		},
	} {
		other := good
		alter(&other)
		if err := identity.VerifyTranscript(d.Key.Public(), other, s); !errors.Is(err, identity.ErrSession) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := identity.VerifyTranscript(key(9).Public(), good, s); !errors.Is(err, identity.ErrSession) {
		t.Error("another device:", err)
	}
}
