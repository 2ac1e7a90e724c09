package protocol_test

// The second decoder against the vectors, and what is left of it: shapes,
// records, certificates, control operations. As in stranger_test.go, nothing
// of this module is imported.

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// told is a vector as it stands in the file.
type told map[string]any

func (v told) str(field string) string { s, _ := v[field].(string); return s }

func (v told) hex(field string) []byte { return fromHex(v.str(field)) }

func (v told) list(field string) (out [][]byte) {
	list, _ := v[field].([]any)
	for _, s := range list {
		out = append(out, fromHex(s.(string)))
	}
	return out
}

func fromHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// eachVector calls f, which returns the outcome, with each vector of a file.
func eachVector(t *testing.T, file string, f func(t *testing.T, v told)) {
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []told
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.str("name"), func(t *testing.T) {
			got := string(judge(func() { f(t, v) }))
			if got == "" {
				got = "ok"
			}
			if got != v.str("outcome") {
				t.Errorf("the stranger says %s, the vector %s", got, v.str("outcome"))
			}
		})
	}
}

func TestStrangerReadsIDs(t *testing.T) {
	labels := map[string]string{"member": "member", "device": "device", "control log": "log", "content log": "log", "change": "change", "genesis": "change"}
	eachVector(t, "ids.json", func(t *testing.T, v told) {
		label, ok := labels[v.str("name")]
		if !ok {
			label = "document"
		}
		if got := hash("coppice/"+label+"/1", v.list("inputs")...); !bytes.Equal(got, v.hex("id")) {
			t.Errorf("%x", got)
		}
		bits := new(big.Int).Lsh(new(big.Int).SetBytes(v.hex("id")), 4) // 260 bits are 52 characters
		text := ""
		for range 52 {
			text = string("0123456789abcdefghjkmnpqrstvwxyz"[new(big.Int).And(bits, big.NewInt(31)).Int64()]) + text
			bits.Rsh(bits, 5)
		}
		if text != v.str("text") {
			t.Error(text)
		}
	})
}

func TestStrangerReadsValues(t *testing.T) {
	eachVector(t, "values.json", func(_ *testing.T, v told) { shallow(whole(v.hex("bytes")), 0) })
}

func TestStrangerReadsHeaders(t *testing.T) {
	eachVector(t, "headers.json", func(t *testing.T, v told) {
		h := readHeader(v.hex("bytes"))
		f := told(v["header"].(map[string]any))
		ids := func(list [][]byte, field string) bool {
			want := map[string]bool{}
			for _, id := range f.list(field) {
				want[string(id)] = true
			}
			for _, id := range list {
				if !want[string(id)] {
					return false
				}
			}
			return len(list) == len(want)
		}
		numbers := map[string]uint64{"class": h.class, "kind": h.kind, "seq": h.seq, "lamport": h.lamport, "shape_length": h.shapeLen, "words_length": h.wordsLen, "wall": h.wall}
		for name, n := range numbers {
			if f[name].(float64) != float64(n) {
				t.Errorf("%s is %d", name, n)
			}
		}
		for name, b := range map[string][]byte{"document": h.document, "previous": h.previous, "epoch": h.epoch, "body_hash": h.bodyHash} {
			if !bytes.Equal(f.hex(name), b) {
				t.Errorf("%s is %x", name, b)
			}
		}
		if !ids(h.parents, "parents") || !ids(h.controlHeads, "control_heads") {
			t.Errorf("parents %x, control heads %x", h.parents, h.controlHeads)
		}
	})
}

func TestStrangerReckonsLamports(t *testing.T) {
	eachVector(t, "lamports.json", func(_ *testing.T, v told) {
		held := v["lamports"].(map[string]any)
		readHeader(v.hex("bytes")).checkLamport(func(id []byte) uint64 { return uint64(held[hex.EncodeToString(id)].(float64)) })
	})
}

func TestStrangerReadsChanges(t *testing.T) {
	eachVector(t, "changes.json", func(t *testing.T, v told) {
		c := readStrangeChange(whole(v.hex("bytes")), v.hex("community"))
		if !bytes.Equal(c.id, v.hex("id")) {
			t.Errorf("id %x", c.id)
		}
		shape, words := c.open(v.hex("community"), v.hex("log"), v.hex("key"))
		if !bytes.Equal(shape, v.hex("shape")) {
			t.Errorf("shape %x", shape)
		}
		if want, ok := v["words"]; ok != (words != nil) || ok && want != string(words) {
			t.Errorf("words %q", words)
		}
	})
}

func TestStrangerReadsRuns(t *testing.T) {
	eachVector(t, "runs.json", func(t *testing.T, v told) {
		r := readStrangeRun(v.hex("bytes"), v.hex("community"))
		var ids [][]byte
		for _, c := range r.changes {
			ids = append(ids, c.id)
		}
		if !reflect.DeepEqual(ids, v.list("ids")) || !bytes.Equal(r.log, v.hex("log")) {
			t.Errorf("log %x, ids %x", r.log, ids)
		}
		refuseIf(!r.sealed(v.hex("community"), v.hex("device")), isBadSeal)
	})
}

func TestStrangerVerifiesPages(t *testing.T) {
	eachVector(t, "pages.json", func(t *testing.T, v told) {
		var page []*strangeRun
		for _, b := range v.list("runs") {
			page = append(page, readStrangeRun(b, v.hex("community")))
		}
		refused := false
		for i, r := range page {
			standing := v["standings"].([]any)[i]
			reached := r.reached(page, v.hex("community"), v.hex("device"))
			if reached != (standing != "refused") || standing == "sealed" && !r.sealed(v.hex("community"), v.hex("device")) {
				t.Errorf("run %d: reached %t", i, reached)
			}
			refused = refused || !reached
		}
		refuseIf(refused, isBadSeal)
	})
}

// claimedRunes lists the claims of a free value, in order; more than most is inert.
func claimedRunes(it item, most uint64, claims []uint64) []uint64 {
	if it.major == 6 {
		refuseIf(it.items[0].n > most, isInert)
		return append(claims, it.items[0].n)
	}
	for _, one := range it.items {
		claims = claimedRunes(one, most, claims)
	}
	return claims
}

func readShape(b []byte) (arguments []item) {
	for _, op := range whole(b).array() {
		refuseIf(len(op.array()) < 2, isNotCanonical)
		path := op.items[0].array()
		refuseIf(len(path) != 1 && len(path) != 3, isNotCanonical)
		path[0].uint(1<<64 - 1)
		if len(path) == 3 {
			entry := path[1].arrayOf(2)
			refuseIf(allZero(entry[0].fixed(32)) && entry[1].uint(1<<64-1) == 0, isNotCanonical)
			path[2].uint(1<<64 - 1)
		}
		op.items[1].uint(1<<64 - 1)
		for _, a := range op.items[2:] {
			shallow(a, 0)
			arguments = append(arguments, a)
		}
	}
	return arguments
}

func TestStrangerReadsShapes(t *testing.T) {
	eachVector(t, "shapes.json", func(t *testing.T, v told) {
		var arguments []item
		refuseIf(judge(func() { arguments = readShape(v.hex("bytes")) }) != "", isInert)
		bound, sum := uint64(v["words_length"].(float64))-40, uint64(0)
		var claims []uint64
		for _, a := range arguments {
			claims = claimedRunes(a, bound, claims)
		}
		for _, n := range claims {
			sum += n
		}
		refuseIf(sum > bound, isInert)
		words, there := v["words"].(string)
		readable := there && plainText([]byte(words)) && uint64(utf8.RuneCountInString(words)) == sum
		letters := []any{}
		for rest := []rune(words); len(claims) > 0; claims = claims[1:] {
			if readable {
				letters, rest = append(letters, string(rest[:claims[0]])), rest[claims[0]:]
			} else {
				letters = append(letters, strings.Repeat("\ufffd", int(claims[0])))
			}
		}
		if want, _ := v["letters"].([]any); len(letters)+len(want) > 0 && !reflect.DeepEqual(letters, want) {
			t.Errorf("%q", letters)
		}
	})
}

func TestStrangerReadsRecords(t *testing.T) {
	eachVector(t, "records.json", func(_ *testing.T, v told) {
		b := v.hex("bytes")
		f := whole(b).arrayOf(7)
		kind, number := f[0].uint(255), f[4].uint(1<<63-1)
		f[1].fixed(32)
		recipient, epoch := allZero(f[2].fixed(32)), allZero(f[3].fixed(32))
		f[5].bytes(4 << 10)
		refuseIf(number == 0 || kind == 2 && (recipient || epoch) || (kind == 1 || kind == 3) && (!recipient || !epoch), isBadRecord)
		claims := b[1 : len(b)-66] // between the array's head and the signature
		message := bytes.Join([][]byte{[]byte("coppice/record/1"), v.hex("community"), claims}, nil)
		refuseIf(!ed25519.Verify(v.hex("device"), message, f[6].fixed(64)), isBadSeal)
	})
}

// usable tells whether a public key is canonical and not of small order: y is
// below the prime, a point of the curve has it, and it is none of the five that
// points of small order have.
func usable(key []byte) bool {
	y := make([]byte, 32)
	for i, c := range key {
		y[31-i] = c
	}
	y[0] &= 0x7f
	prime := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	n := new(big.Int).SetBytes(y)
	eighth, _ := new(big.Int).SetString("2707385501144840649318225287225658788936804267575313519463743609750303402022", 10)
	for _, small := range []*big.Int{big.NewInt(0), big.NewInt(1), new(big.Int).Sub(prime, big.NewInt(1)), eighth, new(big.Int).Sub(prime, eighth)} {
		if n.Cmp(small) == 0 {
			return false
		}
	}
	return n.Cmp(prime) < 0 && onCurve(n, prime)
}

// onCurve tells whether (y^2 - 1) / (d y^2 + 1) is a square, which is x^2.
func onCurve(y, prime *big.Int) bool {
	d, _ := new(big.Int).SetString("37095705934669439343138083508754565189542113879843219016388785533085940283555", 10)
	square := new(big.Int).Mul(y, y)
	above := new(big.Int).Sub(square, big.NewInt(1))
	below := square.Mul(square, d)
	below.Add(below, big.NewInt(1))
	x := above.Mul(above, below.ModInverse(below.Mod(below, prime), prime))
	return new(big.Int).ModSqrt(x.Mod(x, prime), prime) != nil
}

func TestStrangerReadsKeys(t *testing.T) {
	eachVector(t, "keys.json", func(_ *testing.T, v told) { refuseIf(!usable(v.hex("bytes")), "key") })
}

// readCertificate is section 4; certifier is the key that is said to certify.
func readCertificate(b, certifier []byte) (root, device []byte) {
	f := whole(b).arrayOf(7)
	root, device = f[0].fixed(32), f[1].fixed(32)
	sealing, named := f[2].fixed(1216), f[4].optional(32)
	f[3].uint(1<<64 - 1)
	refuseIf(len(named) == 32 && allZero(named), isNotCanonical)
	f[5].fixed(64)
	f[6].fixed(64)
	claims := b[1 : len(b)-132]
	const bad = refusal("certificate")
	refuseIf(!usable(root) || !usable(device) || !usable(certifier), bad)
	_, err := mlkem.NewEncapsulationKey768(sealing[:1184])
	refuseIf(err != nil, bad)
	point, err := ecdh.X25519().NewPublicKey(sealing[1184:])
	refuseIf(err != nil, bad)
	scalar, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{1}, 32))
	refuseIf(err != nil, bad)
	_, err = scalar.ECDH(point)
	refuseIf(err != nil, bad)
	refuseIf(bytes.Equal(device, root) || bytes.Equal(device, certifier), bad)
	if len(named) == 0 {
		refuseIf(!bytes.Equal(certifier, root), bad)
	} else {
		refuseIf(bytes.Equal(certifier, root) || !bytes.Equal(hash("coppice/device/1", certifier), named), bad)
	}
	refuseIf(!ed25519.Verify(certifier, append([]byte("coppice/certificate/1\x01"), claims...), f[5].data), bad)
	refuseIf(!ed25519.Verify(device, append([]byte("coppice/certificate/1\x02"), claims...), f[6].data), bad)
	return root, device
}

func TestStrangerReadsCertificates(t *testing.T) {
	eachVector(t, "certificates.json", func(t *testing.T, v told) {
		root, device := readCertificate(v.hex("bytes"), v.hex("certifier"))
		want := [][]byte{hash("coppice/member/1", root), hash("coppice/device/1", device), hash("", v.hex("bytes"))}
		if !reflect.DeepEqual(want, v.list("ids")) {
			t.Errorf("ids %x", want)
		}
	})
}

// encodeString encodes a byte or text string of fewer than 256 bytes.
func encodeString(major byte, s []byte) []byte {
	if len(s) < 24 {
		return append([]byte{major<<5 | byte(len(s))}, s...)
	}
	return append([]byte{major<<5 | 24, byte(len(s))}, s...)
}

func TestStrangerVerifiesTranscripts(t *testing.T) {
	eachVector(t, "transcripts.json", func(_ *testing.T, v told) {
		in := v.list("inputs") // caller, responder, nonces, direction, certificate hash
		message := bytes.Join([][]byte{
			[]byte("coppice/session/1"), v.hex("community"), encodeString(3, []byte(v.str("text"))), encodeString(2, in[0]), encodeString(2, in[1]),
			encodeString(2, in[2]), encodeString(2, in[3]), in[4], encodeString(2, in[5]),
		}, nil)
		refuseIf(!ed25519.Verify(v.hex("device"), message, v.hex("bytes")), "session")
	})
}

func TestStrangerVerifiesEntries(t *testing.T) {
	eachVector(t, "entries.json", func(_ *testing.T, v told) {
		f := whole(v.hex("bytes")).arrayOf(5)
		certificate := f[1].bytes(2 << 10)
		root := whole(certificate).arrayOf(7)[0].fixed(32)
		_, device := readCertificate(certificate, root)
		message := bytes.Join([][]byte{[]byte("coppice/entry/1"), v.hex("community"), f[0].fixed(32), certificate}, nil)
		for i, key := range [][]byte{v.hex("key"), root, device} {
			refuseIf(!ed25519.Verify(key, message, f[2+i].fixed(64)), "entry")
		}
	})
}

// layouts are the shapes of section 8, a letter a field: u uint, b bytes, i
// bytes(32), s bytes(64), r bytes(16), t text, o optional(32), g optional(64),
// f bool, c cuts, l a list of 1 to 256 ids.
var layouts = map[uint64]string{
	1: "urttib", 2: "iiuob", 3: "iuuuf", 4: "i", 5: "ibsss", 6: "i", 7: "b", 8: "icg", 9: "iuc", 10: "lc",
	11: "c", 12: "ic", 13: "uuf", 14: "if", 15: "l", 16: "", 17: "iicgo",
}

// readOperation is section 8: the layout, then what is said of single fields.
func readOperation(kind uint64, b []byte) {
	layout, known := layouts[kind]
	refuseIf(!known, isInert)
	top := whole(b)
	if kind == 13 && len(top.array()) == 0 {
		return
	}
	f := top.arrayOf(len(layout))
	for i, letter := range layout {
		readField(f[i], letter)
	}
	bad := false
	switch kind {
	case 1:
		name, concern := string(f[2].data), string(f[3].data)
		bad = f[0].n != 1 || name == "" || utf8.RuneCountInString(name) > 64 || utf8.RuneCountInString(concern) > 280
	case 2:
		bad = f[2].n > 3 || (f[2].n >= 2) != (len(f[3].data) > 0)
	case 3:
		bad = f[1].n > 2 || f[2].n < 1 || f[2].n > 65536 || f[3].n >= 1<<63
	case 9:
		bad = f[1].n != 1 && f[1].n != 2 && f[1].n != 4 && f[1].n != 6
	case 12:
		bad = len(f[1].items) == 0
	case 13:
		bad = f[0].n != 2 && f[0].n != 4 || f[1].n != 2 && f[1].n != 4
	case 17:
		bad = bytes.Equal(f[0].data, f[1].data)
	}
	refuseIf(bad, isInert)
}

func readField(it item, letter rune) {
	switch letter {
	case 'u':
		it.uint(1<<64 - 1)
	case 'b':
		it.bytes(1 << 20)
	case 'i':
		it.fixed(32)
	case 's':
		it.fixed(64)
	case 'r':
		it.fixed(16)
	case 't':
		refuseIf(it.major != 3, isNotCanonical)
	case 'o', 'g':
		b := it.optional(map[rune]int{'o': 32, 'g': 64}[letter])
		refuseIf(len(b) > 0 && allZero(b), isNotCanonical)
	case 'f':
		refuseIf(it.major != 7, isNotCanonical)
	case 'l':
		refuseIf(len(ascend(it.array())) == 0 || len(it.items) > 256, isNotCanonical)
	case 'c':
		var before []byte
		for _, cut := range it.array() {
			pair := append(bytes.Clone(cut.arrayOf(2)[0].fixed(32)), cut.items[1].fixed(32)...)
			refuseIf(bytes.Compare(before, pair) >= 0, isNotCanonical)
			before = pair
		}
	}
}

func TestStrangerReadsControlOperations(t *testing.T) {
	eachVector(t, "control.json", func(_ *testing.T, v told) {
		r := judge(func() { readOperation(uint64(v["kind"].(float64)), v.hex("bytes")) })
		refuseIf(r != "", isInert)
	})
}

// The page's own hash of nothing, so that a slip in hash() is seen.
func TestStrangerHashes(t *testing.T) {
	if sum := sha256.Sum256(nil); !bytes.Equal(hash(""), sum[:]) {
		t.Error("hash")
	}
}
