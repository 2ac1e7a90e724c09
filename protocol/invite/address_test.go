package invite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/invite"
	"pgregory.net/rapid"
)

// somePeer is as long as a real one: an Ed25519 peer id and a packed
// /ip4/.../udp/.../quic-v1.
func somePeer(n byte) invite.Peer {
	return invite.Peer{ID: bytes.Repeat([]byte{n}, 38), Addr: []byte{4, 192, 168, 1, n, 145, 2, 16, 17, 204, 3}}
}

func address(peers int) *invite.Address {
	a := &invite.Address{Community: protocol.CommunityID{1, 2, 3}, Secret: invite.Secret{9, 8, 7}}
	for n := range peers {
		a.Peers = append(a.Peers, somePeer(byte(n+1)))
	}
	return a
}

func same(a, b *invite.Address) bool {
	if a.Community != b.Community || a.Secret != b.Secret || len(a.Peers) != len(b.Peers) {
		return false
	}
	for i, p := range a.Peers {
		if !bytes.Equal(p.ID, b.Peers[i].ID) || !bytes.Equal(p.Addr, b.Peers[i].Addr) {
			return false
		}
	}
	return true
}

func TestAddressRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := &invite.Address{}
		copy(a.Community[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "community"))
		copy(a.Secret[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "secret"))
		for range rapid.IntRange(0, 6).Draw(rt, "peers") {
			a.Peers = append(a.Peers, invite.Peer{
				ID:   rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(rt, "id"),
				Addr: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "addr"),
			})
		}
		text := a.Text()
		if len(text) > invite.MaxAddress {
			rt.Fatalf("%d characters", len(text))
		}
		b, err := invite.Parse(text)
		if err != nil {
			rt.Fatal(err)
		}
		if b.Text() != text || b.Community != a.Community || b.Secret != a.Secret {
			rt.Fatal("differs")
		}
		if c, err := invite.Parse(a.QR()); err != nil || !same(b, c) {
			rt.Fatalf("the QR's text: %v", err)
		}
	})
}

func TestAsManyPeersAsFit(t *testing.T) {
	a, err := invite.Parse(address(9).Text())
	if err != nil {
		t.Fatal(err)
	}
	if !same(a, address(3)) {
		t.Errorf("%d peers, want the first 3", len(a.Peers))
	}
	long := &invite.Address{Peers: []invite.Peer{{ID: make([]byte, 300)}, somePeer(1)}}
	if a, err := invite.Parse(long.Text()); err != nil || len(a.Peers) != 1 || !bytes.Equal(a.Peers[0].ID, somePeer(1).ID) {
		t.Errorf("one too long keeps the others out: %v", err)
	}
}

// A QR code's alphanumeric mode knows digits, capitals and nine signs.
func TestQRIsAlphanumeric(t *testing.T) {
	for _, c := range address(3).QR() {
		if !strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", c) {
			t.Fatalf("%q", c)
		}
	}
}

func TestParseForgives(t *testing.T) {
	text := address(2).Text()
	body := strings.TrimPrefix(text, "coppice:join/")
	for name, s := range map[string]string{
		"white space around": "  " + text + "\r\n",
		"broken lines":       text[:60] + "\n  " + text[60:],
		"hyphens":            "coppice:join/" + body[:5] + "-" + body[5:],
		"capitals":           strings.ToUpper(text),
		"o for 0":            "coppice:join/" + strings.ReplaceAll(body, "0", "o"),
		"l for 1":            "coppice:join/" + strings.ReplaceAll(body, "1", "L"),
	} {
		a, err := invite.Parse(s)
		if err != nil || !same(a, address(2)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseNamesTheFault(t *testing.T) {
	text := address(2).Text()
	flipped := []byte(text)
	flipped[40] ^= 'a' ^ 'b'
	if flipped[40] == 'i' || flipped[40] == 'l' || flipped[40] == 'o' || flipped[40] == 'u' {
		flipped[40] = 'z'
	}
	newer := "coppice:join/" + strings.Repeat("z", 50)
	for _, test := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", invite.ErrNotInvite},
		{"a web page", "https://example.com/join", invite.ErrNotInvite},
		{"a book", strings.Repeat("x", 1<<20), invite.ErrNotInvite},
		{"the scheme alone", "coppice:", invite.ErrCutShort},
		{"the prefix alone", "coppice:join/", invite.ErrCutShort},
		{"one character gone", text[:len(text)-1], invite.ErrCutShort},
		{"half", text[:len(text)/2], invite.ErrCutShort},
		{"one character wrong", string(flipped), invite.ErrMistyped},
		{"one character too many", text + "0", invite.ErrMistyped},
		{"no such letter", strings.Replace(text, text[40:41], "u", 1), invite.ErrMistyped},
		{"twice", text + text, invite.ErrMistyped},
		{"another version", newer, invite.ErrVersion},
	} {
		a, err := invite.Parse(test.text)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		if err != nil && (a != nil || strings.Contains(err.Error(), text[20:40])) {
			t.Errorf("%s: quotes the secret: %v", test.name, err)
		}
	}
}

// Every character matters: any one replaced, or any end cut off, is noticed.
func TestEveryCharacterIsChecked(t *testing.T) {
	text := address(1).Text()
	for i := len("coppice:join/"); i < len(text); i++ {
		b := []byte(text)
		if b[i] = 'z'; text[i] == 'z' {
			b[i] = '2'
		}
		if _, err := invite.Parse(string(b)); err == nil {
			t.Errorf("character %d replaced goes unnoticed", i)
		}
		if _, err := invite.Parse(text[:i]); !errors.Is(err, invite.ErrCutShort) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

func TestInviteSecretsDoNotPrint(t *testing.T) {
	s := invite.Secret(bytes.Repeat([]byte{0xab}, 16))
	a := &invite.Address{Secret: s}
	for _, v := range []any{s, &s, a, *a, []invite.Secret{s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			out := strings.ToLower(fmt.Sprintf(verb, v))
			if strings.Contains(out, "abab") || strings.Contains(out, "171 171") || strings.Contains(out, "0xab") || strings.Contains(out, a.Text()) {
				t.Errorf("%s of %T: %s", verb, v, out)
			}
		}
		if out, err := json.Marshal(v); err == nil {
			t.Errorf("%T marshals: %s", v, out)
		}
	}
}

func TestKeyComesFromTheSecret(t *testing.T) {
	a, b := invite.Secret{1}.Key().Public(), invite.Secret{1}.Key().Public()
	if a != b || a == (invite.Secret{2}).Key().Public() {
		t.Error("not a function of the secret")
	}
	if s, err := invite.NewSecret(strings.NewReader("short")); err == nil || s != (invite.Secret{}) {
		t.Error("a short source gave a secret")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(address(3).Text())
	f.Add(address(0).QR())
	f.Add("coppice:join/")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := invite.Parse(s)
		if err != nil {
			return
		}
		b, err := invite.Parse(a.Text())
		if err != nil || b.Community != a.Community || b.Secret != a.Secret {
			t.Fatalf("%v", err)
		}
	})
}
