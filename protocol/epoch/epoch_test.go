package epoch_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/identity"
	"pgregory.net/rapid"
)

var community = protocol.CommunityID{1, 2, 3}

func device(t testing.TB, name string) *identity.Device {
	t.Helper()
	a, b := sha256.Sum256([]byte("sign"+name)), sha256.Sum256([]byte("seal"+name))
	d, err := identity.NewDevice([64]byte(slices.Concat(a[:], b[:])))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func secret(n byte) epoch.Secret { return epoch.Secret(bytes.Repeat([]byte{n}, 32)) }

// public is what the change of an epoch with that secret says.
func public(id byte, lamport uint64, s epoch.Secret, carried ...epoch.Carried) epoch.Public {
	return epoch.Public{
		ID: protocol.ChangeID{id}, Lamport: lamport, Commitment: s.Commitment(community),
		Check: s.Access(community).Check(), Carried: s.SealCarried(community, [24]byte{id}, carried),
	}
}

func TestDerivationsAreLabelled(t *testing.T) {
	s := secret(7)
	want, err := hkdf.Expand(sha256.New, s[:], "coppice/epoch/1"+string(community[:]), 32)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Commitment(community); !bytes.Equal(got[:], want) {
		t.Errorf("commitment %x, want %x", got[:], want)
	}
	a, content := s.Access(community), s.Content(community)
	other := s.Access(protocol.CommunityID{9})
	gossip, check := a.Gossip(), a.Check()
	commitment := s.Commitment(community)
	seen := map[string]string{}
	for name, b := range map[string][]byte{
		"secret": s[:], "commitment": commitment[:], "content": content[:], "access": a[:],
		"access elsewhere": other[:], "gossip": gossip[:], "check": check[:],
	} {
		if before, twice := seen[string(b)]; twice {
			t.Errorf("%s equals %s", name, before)
		}
		seen[string(b)] = name
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	s := epoch.Secret(bytes.Repeat([]byte{0xab}, 32))
	a := s.Access(community)
	ring := epoch.NewRing(community)
	p := public(1, 1, s)
	ring.Know(p)
	if _, err := ring.Take(p.ID, epoch.Contents(s)); err != nil {
		t.Fatal(err)
	}
	c := epoch.Contents(a)
	for _, v := range []any{s, &s, a, &a, a.Gossip(), c, &c, epoch.Carried{Secret: s}, []epoch.Secret{s}, map[string]any{"s": s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			out := fmt.Sprintf(verb, v)
			for _, hidden := range [][]byte{s[:], a[:]} {
				if strings.Contains(out, string(hidden)) || strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", hidden[:6])) ||
					strings.Contains(out, fmt.Sprint(hidden[0], " ", hidden[1], " ", hidden[2])) {
					t.Errorf("%s of %T shows it: %s", verb, v, out)
				}
			}
		}
		if out, err := json.Marshal(v); err == nil {
			t.Errorf("%T marshals: %s", v, out)
		}
	}
	if out := fmt.Sprintf("%+v", ring); strings.Contains(out, "171 171") || strings.Contains(out, "ababab") {
		t.Errorf("the ring prints its secrets: %s", out)
	}
}

func TestPresence(t *testing.T) {
	a := secret(1).Access(community)
	m := epoch.Meeting{Caller: []byte("caller"), Responder: []byte("responder"), CallerNonce: identity.Nonce{1}, ResponderNonce: identity.Nonce{2}}
	tag := a.Presence(m, identity.FromCaller)
	if !tag.Equal(a.Presence(m, identity.FromCaller)) {
		t.Fatal("the same tag differs")
	}
	differ := map[string]epoch.Tag{
		"reflected":       a.Presence(m, identity.FromResponder),
		"another key":     secret(2).Access(community).Presence(m, identity.FromCaller),
		"swapped peers":   a.Presence(epoch.Meeting{Caller: m.Responder, Responder: m.Caller, CallerNonce: m.CallerNonce, ResponderNonce: m.ResponderNonce}, identity.FromCaller),
		"another nonce":   a.Presence(epoch.Meeting{Caller: m.Caller, Responder: m.Responder, CallerNonce: m.CallerNonce}, identity.FromCaller),
		"a moved border":  a.Presence(epoch.Meeting{Caller: []byte("callerr"), Responder: []byte("esponder"), CallerNonce: m.CallerNonce, ResponderNonce: m.ResponderNonce}, identity.FromCaller),
		"a swapped nonce": a.Presence(epoch.Meeting{Caller: m.Caller, Responder: m.Responder, CallerNonce: m.ResponderNonce, ResponderNonce: m.CallerNonce}, identity.FromCaller),
	}
	for name, other := range differ {
		if tag.Equal(other) {
			t.Errorf("%s gives the same tag", name)
		}
	}
}

func TestTopicTellsNothing(t *testing.T) {
	topic := secret(1).Access(community).Topic()
	if len(topic) != 52 || strings.ToLower(topic) != topic {
		t.Errorf("topic %q", topic)
	}
	if topic == secret(2).Access(community).Topic() {
		t.Error("two epochs share a topic")
	}
}

func TestGossip(t *testing.T) {
	k := secret(1).Access(community).Gossip()
	sealed := k.Seal([24]byte{5}, []byte("ding"))
	if len(sealed) != 4+epoch.GossipOverhead {
		t.Errorf("%d bytes", len(sealed))
	}
	plain, err := k.Open(sealed)
	if err != nil || string(plain) != "ding" {
		t.Fatalf("%q, %v", plain, err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := k.Open(bad); !errors.Is(err, epoch.ErrGossip) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
		if _, err := k.Open(sealed[:i]); !errors.Is(err, epoch.ErrGossip) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, err := secret(2).Access(community).Gossip().Open(sealed); !errors.Is(err, epoch.ErrGossip) {
		t.Error("opens under another epoch")
	}
}

func TestLetter(t *testing.T) {
	ben, cara := device(t, "ben"), device(t, "cara")
	s := secret(3)
	to := epoch.Address{Community: community, Epoch: protocol.ChangeID{1}, Recipient: ben.ID()}
	letter, err := epoch.SealLetter(s, to, ben.Sealing.Public())
	if err != nil {
		t.Fatal(err)
	}
	if len(letter) != epoch.LetterSize {
		t.Errorf("a letter of %d bytes", len(letter))
	}
	c, err := epoch.OpenLetter(ben.Sealing, to, letter)
	if err != nil || c != epoch.Contents(s) {
		t.Fatalf("does not open: %v", err)
	}
	wrong := map[string]func() error{
		"another's key": func() error { _, err := epoch.OpenLetter(cara.Sealing, to, letter); return err },
		"another epoch": func() error {
			elsewhere := to
			elsewhere.Epoch = protocol.ChangeID{2}
			_, err := epoch.OpenLetter(ben.Sealing, elsewhere, letter)
			return err
		},
		"another community": func() error {
			elsewhere := to
			elsewhere.Community = protocol.CommunityID{9}
			_, err := epoch.OpenLetter(ben.Sealing, elsewhere, letter)
			return err
		},
		"another recipient": func() error {
			elsewhere := to
			elsewhere.Recipient = cara.ID()
			_, err := epoch.OpenLetter(ben.Sealing, elsewhere, letter)
			return err
		},
		"cut short": func() error { _, err := epoch.OpenLetter(ben.Sealing, to, letter[:1167]); return err },
		"garbage": func() error {
			_, err := epoch.OpenLetter(ben.Sealing, to, make([]byte, epoch.LetterSize))
			return err
		},
		"flipped": func() error {
			bad := bytes.Clone(letter)
			bad[1150] ^= 1
			_, err := epoch.OpenLetter(ben.Sealing, to, bad)
			return err
		},
	}
	for name, open := range wrong {
		if err := open(); !errors.Is(err, epoch.ErrLetter) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Attack B46: a letter that opens and holds garbage does no harm, and the
// true one still opens the epoch.
func TestGarbageInALetter(t *testing.T) {
	ring, s := epoch.NewRing(community), secret(3)
	p := public(1, 1, s)
	ring.Know(p)
	for _, garbage := range []epoch.Contents{{}, {1}, epoch.Contents(secret(9))} {
		if _, err := ring.Take(p.ID, garbage); !errors.Is(err, epoch.ErrLetter) {
			t.Fatalf("garbage: %v", err)
		}
	}
	opened, err := ring.Take(p.ID, epoch.Contents(s))
	if err != nil || !slices.Equal(opened, []protocol.ChangeID{p.ID}) {
		t.Fatalf("%v, %v", opened, err)
	}
}

// Attack B24: an epoch's id commits to its secret, so a second one is never taken.
func TestTwoSecretsForOneEpoch(t *testing.T) {
	ring, s := epoch.NewRing(community), secret(3)
	p := public(1, 1, s)
	ring.Know(p)
	ring.Know(public(1, 1, secret(4))) // the same id told again with another commitment changes nothing
	if _, err := ring.Take(p.ID, epoch.Contents(secret(4))); !errors.Is(err, epoch.ErrLetter) {
		t.Fatalf("a second secret: %v", err)
	}
	if _, err := ring.Take(p.ID, epoch.Contents(s)); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Take(p.ID, epoch.Contents(secret(4))); !errors.Is(err, epoch.ErrLetter) {
		t.Fatalf("a second secret after the first: %v", err)
	}
	if got, _ := ring.Secret(p.ID); got != s {
		t.Error("the secret was replaced")
	}
}

func TestRingFollowsWhatEpochsCarry(t *testing.T) {
	ring := epoch.NewRing(community)
	one, two, three := secret(1), secret(2), secret(3)
	p1 := public(1, 1, one)
	p2 := public(2, 2, two, epoch.Carried{Epoch: p1.ID, Secret: one})
	p3 := public(3, 3, three, epoch.Carried{Epoch: p2.ID, Secret: two})
	for _, p := range []epoch.Public{p1, p2, p3} {
		ring.Know(p)
	}
	if got := ring.Unopened(); len(got) != 3 {
		t.Fatalf("unopened %v", got)
	}
	opened, err := ring.Take(p3.ID, epoch.Contents(three))
	if err != nil || !slices.Equal(opened, []protocol.ChangeID{p1.ID, p2.ID, p3.ID}) {
		t.Fatalf("opened %v, %v", opened, err)
	}
	if again, err := ring.Take(p3.ID, epoch.Contents(three)); err != nil || len(again) > 0 {
		t.Errorf("again %v, %v", again, err)
	}
	loose := ring.Loose([]protocol.ChangeID{p1.ID, p2.ID, p3.ID})
	if len(loose) != 1 || loose[0].Epoch != p3.ID {
		t.Errorf("a newcomer needs one letter, not %d", len(loose))
	}
	if loose := ring.Loose([]protocol.ChangeID{p1.ID, p2.ID, {9}}); len(loose) != 1 || loose[0].Epoch != p2.ID {
		t.Errorf("of the first two the second is enough: %v", loose)
	}
	if _, err := ring.Take(protocol.ChangeID{9}, epoch.Contents(one)); !errors.Is(err, epoch.ErrUnknown) {
		t.Errorf("unknown epoch: %v", err)
	}
}

// A member who lies about what her epoch carries must not make admitters
// spare the letter a newcomer needs.
func TestLyingCarrier(t *testing.T) {
	ring := epoch.NewRing(community)
	one, two, three := secret(1), secret(2), secret(3)
	p1 := public(1, 1, one)
	liar := public(2, 2, two, epoch.Carried{Epoch: p1.ID, Secret: secret(9)})
	// Two epochs that cross and carry each other.
	a := public(3, 2, three, epoch.Carried{Epoch: protocol.ChangeID{4}, Secret: secret(4)})
	b := public(4, 2, secret(4), epoch.Carried{Epoch: protocol.ChangeID{3}, Secret: three})
	for _, p := range []epoch.Public{p1, liar, a, b} {
		ring.Know(p)
	}
	for id, s := range map[byte]epoch.Secret{1: one, 2: two, 3: three, 4: secret(4)} {
		if _, err := ring.Take(protocol.ChangeID{id}, epoch.Contents(s)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := ring.Secret(p1.ID); got != one {
		t.Error("a lie replaced a secret")
	}
	if loose := ring.Loose(ring.Opened()); len(loose) != 4 {
		t.Errorf("%d letters, want one for each of four", len(loose))
	}
	garbled := epoch.Public{ID: protocol.ChangeID{5}, Lamport: 9, Commitment: secret(5).Commitment(community), Check: secret(5).Access(community).Check(), Carried: []byte("garbage")}
	ring.Know(garbled)
	if opened, err := ring.Take(garbled.ID, epoch.Contents(secret(5))); err != nil || len(opened) != 1 {
		t.Errorf("an epoch that carries garbage: %v, %v", opened, err)
	}
}

func TestKeeperRings(t *testing.T) {
	ring, s := epoch.NewRing(community), secret(1)
	p := public(1, 1, s)
	ring.Know(p)
	if opened, err := ring.Take(p.ID, epoch.Contents(s.Access(community))); err != nil || len(opened) != 0 {
		t.Fatalf("%v, %v", opened, err)
	}
	if a, ok := ring.Access(p.ID); !ok || a != s.Access(community) {
		t.Error("no access")
	}
	if _, ok := ring.Content(p.ID); ok {
		t.Error("a keeper reads")
	}
	if _, ok := ring.Choose([]epoch.Candidate{{ID: p.ID, Effective: true, Covers: true}}); ok {
		t.Error("a keeper writes")
	}
}

func TestChoose(t *testing.T) {
	ring := epoch.NewRing(community)
	for id := byte(1); id <= 5; id++ {
		ring.Know(public(id, uint64(id), secret(id)))
		if id < 5 {
			if _, err := ring.Take(protocol.ChangeID{id}, epoch.Contents(secret(id))); err != nil {
				t.Fatal(err)
			}
		}
	}
	lying := public(6, 6, secret(6))
	lying.Check = protocol.Hash{1}
	ring.Know(lying)
	if _, err := ring.Take(lying.ID, epoch.Contents(secret(6))); err != nil {
		t.Fatal(err)
	}
	good := func(id byte, lamport uint64) epoch.Candidate {
		return epoch.Candidate{ID: protocol.ChangeID{id}, Lamport: lamport, Effective: true, Covers: true}
	}
	tests := []struct {
		name       string
		candidates []epoch.Candidate
		want       byte // 0: none
	}{
		{"none", nil, 0},
		{"the latest", []epoch.Candidate{good(1, 1), good(3, 3), good(2, 2)}, 3},
		{"ties by id", []epoch.Candidate{good(2, 7), good(1, 7)}, 2},
		{"not a void one", []epoch.Candidate{good(1, 1), {ID: protocol.ChangeID{2}, Lamport: 2, Covers: true}}, 1},
		{"not one that lacks a removal", []epoch.Candidate{good(1, 1), {ID: protocol.ChangeID{2}, Lamport: 2, Effective: true}}, 1},
		{"only ones that lack a removal", []epoch.Candidate{{ID: protocol.ChangeID{2}, Lamport: 2, Effective: true}}, 0},
		{"not one I cannot open", []epoch.Candidate{good(1, 1), good(5, 5)}, 1},
		{"not one whose check value lies", []epoch.Candidate{good(1, 1), good(6, 6)}, 1},
		{"not one nobody knows", []epoch.Candidate{good(9, 9)}, 0},
	}
	for _, test := range tests {
		got, ok := ring.Choose(test.candidates)
		if want := (protocol.ChangeID{test.want}); ok != (test.want > 0) || got != want {
			t.Errorf("%s: %v, %v", test.name, got, ok)
		}
	}
	if _, ok := ring.Content(lying.ID); !ok {
		t.Error("what was written under an epoch with a lying check value does not open")
	}
}

func TestCarriedRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Byte(), 0, 40, rapid.ID[byte]).Draw(rt, "epochs")
		var carried []epoch.Carried
		for _, id := range ids {
			carried = append(carried, epoch.Carried{Epoch: protocol.ChangeID{id}, Secret: secret(id)})
		}
		s := secret(200)
		sealed := s.SealCarried(community, [24]byte{1}, carried)
		got, err := s.OpenCarried(community, sealed)
		if err != nil {
			rt.Fatal(err)
		}
		slices.SortFunc(carried, func(a, b epoch.Carried) int { return a.Epoch.Compare(b.Epoch) })
		if !slices.Equal(got, carried) {
			rt.Fatal("differs")
		}
		if len(ids) > 0 {
			if _, err := secret(201).OpenCarried(community, sealed); !errors.Is(err, epoch.ErrCarried) {
				rt.Fatalf("opens under another secret: %v", err)
			}
			if _, err := s.OpenCarried(protocol.CommunityID{8}, sealed); !errors.Is(err, epoch.ErrCarried) {
				rt.Fatalf("opens elsewhere: %v", err)
			}
		}
	})
}

func TestNewSecret(t *testing.T) {
	if _, err := epoch.NewSecret(strings.NewReader("short")); err == nil {
		t.Error("a short source gave a secret")
	}
	s, err := epoch.NewSecret(bytes.NewReader(bytes.Repeat([]byte{4}, 32)))
	if err != nil || s != secret(4) {
		t.Error(err)
	}
}

func FuzzOpenLetter(f *testing.F) {
	ben := device(f, "ben")
	to := epoch.Address{Community: community, Epoch: protocol.ChangeID{1}, Recipient: ben.ID()}
	letter, err := epoch.SealLetter(secret(1), to, ben.Sealing.Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(letter)
	f.Add(letter[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := epoch.OpenLetter(ben.Sealing, to, b)
		// Each process seals its own seed letter: only what is inside can be compared.
		if err == nil && c != epoch.Contents(secret(1)) {
			t.Fatal("another letter opens")
		}
	})
}

func FuzzGossipOpen(f *testing.F) {
	k := secret(1).Access(community).Gossip()
	sealed := k.Seal([24]byte{5}, []byte("ding"))
	f.Add(sealed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := k.Open(b); err == nil && !bytes.Equal(b, sealed) {
			t.Fatal("a forged message opens")
		}
	})
}

// BenchmarkLetters: a rotation for 200 devices is to take at most 100 ms.
func BenchmarkLetters200(b *testing.B) {
	ben := device(b, "ben")
	to := epoch.Address{Community: community, Epoch: protocol.ChangeID{1}, Recipient: ben.ID()}
	for b.Loop() {
		for range 200 {
			if _, err := epoch.SealLetter(secret(1), to, ben.Sealing.Public()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPresence: a responder tries a tag against 1,024 access keys.
func BenchmarkPresence1024(b *testing.B) {
	a := secret(1).Access(community)
	m := epoch.Meeting{Caller: []byte("caller"), Responder: []byte("responder")}
	for b.Loop() {
		for range 1024 {
			a.Presence(m, identity.FromCaller)
		}
	}
}
