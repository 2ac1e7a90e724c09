package protocol_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	. "coppice.example/protocol"
)

func TestIDsAreRead(t *testing.T) {
	id := ChangeID(sha256.Sum256([]byte("x")))
	s := id.String()
	var got ChangeID
	for _, form := range []string{s, strings.ToUpper(s)} {
		if err := got.UnmarshalText([]byte(form)); err != nil || got != id {
			t.Errorf("%s: %v", form, err)
		}
	}
	if b, err := json.Marshal(map[ChangeID]ChangeID{id: id}); err != nil || string(b) != `{"`+s+`":"`+s+`"}` {
		t.Errorf("%s, %v", b, err)
	}
	if len(s) != 52 || s != strings.ToLower(s) || strings.ContainsAny(s, "ilou=") {
		t.Error(s)
	}
	for name, form := range map[string]string{
		"nothing": "", "a prefix": s[:20], "one more": s + "0", "a letter that is none": "u" + s[1:],
		"a line end within": s[:51] + "\n", "line ends within": s[:10] + "\r\n" + s[10:50], "a space": s[:51] + " ",
		"spare bits set":          strings.Repeat("z", 52),
		"a sign that lowers to k": "\u212a" + s[3:],
		"padding":                 s[:51] + "=",
	} {
		before := got
		if err := got.UnmarshalText([]byte(form)); !errors.Is(err, ErrID) || got != before {
			t.Errorf("%s (%q): %v", name, form, err)
		}
	}
}

// What the ids are made of, said again from the specification.
func TestIDsAreHashesUnderLabels(t *testing.T) {
	sum := func(label string, parts ...[]byte) [32]byte {
		b := []byte(label)
		for _, p := range parts {
			b = append(b, p...)
		}
		return sha256.Sum256(b)
	}
	key, community, member := [32]byte{1}, CommunityID{2}, MemberID{3}
	device := DeviceOf(key)
	for name, pair := range map[string][2][32]byte{
		"member":   {MemberOf(key), sum("coppice/member/1", key[:])},
		"device":   {device, sum("coppice/device/1", key[:])},
		"log":      {LogOf(device, Incarnation{4}, Content), sum("coppice/log/1", device[:], []byte{4, 0, 0, 0, 0, 0, 0, 0}, []byte{2})},
		"change":   {HashHeader(community, []byte{5}), sum("coppice/change/1", community[:], []byte{5})},
		"charter":  {DeriveDocument(community, 1), sum("coppice/document/1", community[:], []byte{1}, []byte{0x80})},
		"member's": {DeriveDocument(community, 2, member[:]), sum("coppice/document/1", community[:], []byte{2}, []byte{0x81, 0x58, 32}, member[:])},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %x, not %x", name, pair[0], pair[1])
		}
	}
	if DeriveDocument(community, 1, "a", "b") == DeriveDocument(community, 1, "ab") || DeriveDocument(community, 1) == DeriveDocument(community, 2) {
		t.Error("two documents by one id")
	}
	if !(ChangeID{}).IsZero() || (ChangeID{1}).IsZero() || (ChangeID{1}).Compare(ChangeID{2}) >= 0 {
		t.Error("order")
	}
}
