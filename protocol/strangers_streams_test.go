package protocol_test

// The second decoder on epochs, letters, addresses and the frames of streams.
// As in stranger_test.go, nothing of this module is imported.

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
)

func hmacSHA256(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

// expandKey is X of section 9: one block of HKDF-Expand.
func expandKey(key []byte, label string, context []byte) []byte {
	return hmacSHA256(key, append(append([]byte(label), context...), 1))
}

func openSealed(key, sealed []byte, label string) []byte {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err)
	}
	if len(sealed) < 24 {
		return nil
	}
	plain, err := aead.Open([]byte{}, sealed[:24], sealed[24:], []byte(label))
	if err != nil {
		return nil
	}
	return plain
}

// presence is the tag of section 12.2.
func presence(access []byte, direction byte, caller, responder, callerNonce, responderNonce []byte) []byte {
	message := bytes.Join([][]byte{{direction}, encodeString(2, caller), encodeString(2, responder), encodeString(2, callerNonce), encodeString(2, responderNonce)}, nil)
	return hmacSHA256(expandKey(access, "coppice/presence/1", nil), message)
}

func (v told) field(name string) []byte {
	fields, _ := v["fields"].(map[string]any)
	s, _ := fields[name].(string)
	return fromHex(s)
}

func TestStrangerDerivesEpochs(t *testing.T) {
	eachVector(t, "epochs.json", func(t *testing.T, v told) {
		s, community, zero := v.field("secret"), v.hex("community"), make([]byte, 32)
		access := expandKey(s, "coppice/access/1", community)
		for name, got := range map[string][]byte{
			"commitment": expandKey(s, "coppice/epoch/1", community), "content": expandKey(s, "coppice/content/1", community), "access": access,
			"check": expandKey(access, "coppice/check/1", nil), "gossip": expandKey(access, "coppice/gossip/1", nil),
			"hello_tag":     presence(access, 1, v.field("caller"), v.field("responder"), v.field("caller_nonce"), zero),
			"welcome_tag":   presence(access, 2, v.field("caller"), v.field("responder"), v.field("caller_nonce"), v.field("responder_nonce")),
			"carried_plain": openSealed(expandKey(s, "coppice/carried/1", community), v.field("carried"), "coppice/carried/1"),
		} {
			if !bytes.Equal(got, v.field(name)) {
				t.Errorf("%s is %x", name, got)
			}
		}
		topic := hmacSHA256(expandKey(access, "coppice/topic/1", nil), []byte("topic"))
		if got := strings.ToLower(strings.TrimRight(base32.StdEncoding.EncodeToString(topic), "=")); got != v.str("text") {
			t.Errorf("topic %s", got)
		}
	})
}

func TestStrangerOpensLetters(t *testing.T) {
	eachVector(t, "letters.json", func(t *testing.T, v told) {
		key, err := hpke.MLKEM768X25519().NewPrivateKey(v.field("sealing_seed"))
		if err != nil {
			t.Fatal(err)
		}
		info := bytes.Join([][]byte{[]byte("coppice/letter/1"), v.hex("community"), v.field("epoch"), v.field("recipient")}, nil)
		secret, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, v.hex("bytes"))
		refuseIf(err != nil, "letter")
		if !bytes.Equal(secret, v.field("secret")) {
			t.Errorf("%x", secret)
		}
	})
}

// readAddress is the first part of section 11.
func readAddress(text string) (packed []byte) {
	text = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(text, "-", "")), ""))
	refuseIf(!strings.HasPrefix(text, "coppice:join/"), "no invite")
	body := strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(text[len("coppice:join/"):])
	bits := new(big.Int)
	for _, c := range body {
		at := strings.IndexRune("0123456789abcdefghjkmnpqrstvwxyz", c)
		refuseIf(at < 0, "mistyped")
		bits.Or(bits.Lsh(bits, 5), big.NewInt(int64(at)))
	}
	n := len(body) * 5 / 8
	spare := uint(len(body)*5 - 8*n)
	b := new(big.Int).Rsh(bits, spare).FillBytes(make([]byte, n))
	refuseIf(n < 2, "cut short")
	refuseIf(b[0] != 1, "newer version")
	want := 2 + int(b[1]) + 4
	refuseIf(n < want, "cut short")
	sum := hash("coppice/address/1", b[:n-4])
	refuseIf(n != want || !bytes.Equal(sum[:4], b[n-4:]) || new(big.Int).Lsh(new(big.Int).Rsh(bits, spare), spare).Cmp(bits) != 0, "mistyped")
	return b[2 : n-4]
}

func TestStrangerReadsAddresses(t *testing.T) {
	eachVector(t, "addresses.json", func(t *testing.T, v told) {
		packed := readAddress(v.str("text"))
		community, secret, rest := packed[:32], packed[32:48], packed[48:]
		var peers [][]byte
		for len(rest) > 0 {
			peers = append(peers, rest[1:1+rest[0]])
			rest = rest[1+rest[0]:]
		}
		seed, err := hkdf.Key(sha256.New, secret, nil, "coppice/invite/1", 32)
		if err != nil {
			t.Fatal(err)
		}
		key := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		if !bytes.Equal(community, v.hex("community")) || !bytes.Equal(secret, v.field("secret")) || !bytes.Equal(key, v.field("key")) || !reflect.DeepEqual(peers, v.list("inputs")) {
			t.Errorf("community %x, secret %x, key %x, peers %x", community, secret, key, peers)
		}
	})
}

// frame reads an array of n items that begins with a kind.
func frame(b []byte, kind uint64, n int) []item {
	f := whole(b).arrayOf(n)
	refuseIf(f[0].uint(1<<63-1) != kind, isNotCanonical)
	return f
}

// signedSession tells whether the device of a certificate signed a transcript.
func signedSession(v told, stream string, certificate []byte, callerNonce, responderNonce []byte, direction byte, signature []byte) bool {
	message := bytes.Join([][]byte{
		[]byte("coppice/session/1"), v.hex("community"), encodeString(3, []byte(stream)), encodeString(2, v.field("caller")), encodeString(2, v.field("responder")),
		encodeString(2, callerNonce), encodeString(2, responderNonce), {direction}, encodeString(2, hash("", certificate)),
	}, nil)
	return ed25519.Verify(whole(certificate).arrayOf(7)[1].fixed(32), message, signature)
}

// encodeItem encodes an item as it came; the stranger's decoder keeps no bytes.
func encodeItem(it item) []byte {
	head := []byte{it.major << 5}
	switch {
	case it.n < 24:
		head[0] |= byte(it.n)
	default:
		width := 1
		for width < 8 && it.n>>(8*width) > 0 {
			width *= 2
		}
		head[0] |= map[int]byte{1: 24, 2: 25, 4: 26, 8: 27}[width]
		for i := width - 1; i >= 0; i-- {
			head = append(head, byte(it.n>>(8*i)))
		}
	}
	head = append(head, it.data...)
	for _, one := range it.items {
		head = append(head, encodeItem(one)...)
	}
	return head
}

// checkBirth is a run a community begins with; what it returns is the founding name.
func checkBirth(t *testing.T, it item, community []byte) string {
	r := readStrangeRun(encodeItem(it), community)
	if !bytes.Equal(r.changes[0].id, community) {
		t.Error("the birth of another community")
	}
	readOperation(1, r.changes[0].shape)
	readOperation(2, r.changes[1].shape)
	genesis := whole(r.changes[0].shape).items
	root, device := readCertificate(genesis[5].data, genesis[4].data)
	if !bytes.Equal(root, genesis[4].data) || !r.sealed(community, device) {
		t.Error("the founder did not sign")
	}
	return string(genesis[2].data)
}

func TestStrangerReadsJoins(t *testing.T) {
	eachVector(t, "joins.json", func(t *testing.T, v told) {
		f, community := v.list("frames"), v.hex("community")
		nonce := frame(f[0], 1, 2)[1].fixed(32)
		knock := frame(f[1], 2, 4)
		message := bytes.Join([][]byte{[]byte("coppice/knock/1"), community, encodeString(2, v.field("caller")), encodeString(2, v.field("responder")), encodeString(2, nonce), encodeString(2, knock[2].fixed(32))}, nil)
		if !bytes.Equal(knock[1].fixed(32), v.field("invite_key")) || !ed25519.Verify(knock[1].data, message, knock[3].fixed(64)) {
			t.Error("the knock")
		}
		preview := frame(f[2], 4, 8)
		if name := checkBirth(t, preview[1], community); name != "Hedgelayers" || string(preview[5].data) != "We lay hedges." || preview[6].uint(99) != 3 {
			t.Error("the preview of", name)
		}
		enter := frame(f[3], 5, 7)
		entry := bytes.Join([][]byte{[]byte("coppice/entry/1"), community, enter[1].fixed(32), enter[2].data}, nil)
		if !ed25519.Verify(v.field("invite_key"), entry, enter[3].fixed(64)) || !signedSession(v, "/coppice/join/1", enter[2].data, make([]byte, 32), nonce, 1, enter[6].fixed(64)) {
			t.Error("the entry")
		}
		page := frame(f[4], 6, 3)
		for _, run := range page[1].array() {
			readStrangeRun(encodeItem(run), community)
		}
		if len(page[1].items) != 2 || len(page[2].array()) != 1 {
			t.Error("the page")
		}
		if !frame(f[5], 7, 2)[1].isTrue() {
			t.Error("done")
		}
		refused := frame(f[6], 3, 3)
		checkBirth(t, refused[2].arrayOf(1)[0], community)
		if refused[1].uint(7) != 4 {
			t.Error("the refusal")
		}
	})
}

func TestStrangerReadsHandshakes(t *testing.T) {
	eachVector(t, "handshakes.json", func(t *testing.T, v told) {
		f, zero, caller, responder := v.list("frames"), make([]byte, 32), v.field("caller"), v.field("responder")
		hello, welcome, proof := frame(f[0], 1, 3), frame(f[1], 2, 5), frame(f[2], 3, 3)
		mine, theirs := hello[1].fixed(32), welcome[1].fixed(32)
		if tag := presence(v.field("access"), 1, caller, responder, mine, zero); !bytes.Equal(hello[2].arrayOf(1)[0].fixed(32), tag) {
			t.Error("the caller's tag")
		}
		if tag := presence(v.field("access"), 2, caller, responder, mine, theirs); !bytes.Equal(welcome[2].fixed(32), tag) {
			t.Error("the responder's tag")
		}
		if !signedSession(v, "/coppice/sync/1", welcome[3].data, mine, theirs, 2, welcome[4].fixed(64)) || !signedSession(v, "/coppice/sync/1", proof[1].data, mine, theirs, 1, proof[2].fixed(64)) {
			t.Error("a transcript")
		}
	})
}

func TestStrangerJudgesGossip(t *testing.T) {
	eachVector(t, "gossip.json", func(_ *testing.T, v told) {
		plain := openSealed(v.hex("key"), v.hex("bytes"), "coppice/gossip/1")
		refuseIf(plain == nil, "reject")
		verdict := refusal("accept")
		bad := judge(func() { verdict = judgeGossip(v, plain) })
		refuseIf(bad != "", "reject")
		panic(verdict)
	})
}

func judgeGossip(v told, plain []byte) refusal {
	top, rest := parse(plain)
	refuseIf(len(top.array()) == 0, isNotCanonical)
	kind := top.items[0].uint(1<<63 - 1)
	if kind > 4 {
		return "ignore"
	}
	refuseIf(len(rest) > 0 || len(top.items) != map[uint64]int{1: 2, 2: 4, 3: 2, 4: 6}[kind], isNotCanonical)
	switch kind {
	case 1:
		r := readStrangeRun(encodeItem(top.items[1]), v.hex("community"))
		device := hash("coppice/device/1", v.hex("device"))
		if name := top.items[1].items[0]; name.major != 4 || !bytes.Equal(name.items[0].data, device) {
			return "ignore" // the vectors know one device, by runs that begin its log
		}
		refuseIf(!r.sealed(v.hex("community"), v.hex("device")), isBadSeal)
	case 2:
		top.items[1].fixed(32)
		refuseIf(top.items[2].uint(1<<63-1) == 0, isNotCanonical)
		top.items[3].fixed(32)
	default:
		return "ignore" // no record's or caret's device is known
	}
	return "accept"
}
