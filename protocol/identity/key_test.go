package identity_test

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"coppice.example/protocol/identity"
)

// key returns the key whose seed is n, 32 times.
func key(n byte) identity.Key {
	return identity.NewKey([identity.SeedSize]byte(bytes.Repeat([]byte{n}, identity.SeedSize)))
}

// device returns the device that comes from n.
func device(t testing.TB, n byte) *identity.Device {
	t.Helper()
	d, err := identity.NewDevice([64]byte(bytes.Repeat([]byte{n}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestASignatureVerifiesUnderItsKeyAlone(t *testing.T) {
	message := []byte("coppice/test/1")
	s := key(1).Sign(message)
	if !key(1).Public().Verify(message, s) {
		t.Error("the own key refuses")
	}
	if key(2).Public().Verify(message, s) {
		t.Error("another key accepts")
	}
	if key(1).Public().Verify([]byte("coppice/test/2"), s) {
		t.Error("another message passes")
	}
}

func TestSeedGivesTheKeyBack(t *testing.T) {
	k := key(7)
	if identity.NewKey(k.Seed()).Public() != k.Public() {
		t.Error("another key")
	}
	if k.IsZero() || !(identity.Key{}).IsZero() {
		t.Error("IsZero")
	}
	if !k.Public().Ed25519().Equal(k.Private().Public()) {
		t.Error("the standard library's form is of another key")
	}
}

// smallOrder are the encodings of the eight points of small order, canonical
// and not, that a lenient decoder takes (as listed in "Taming the many EdDSAs").
var smallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000", // the identity
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	// not canonical: y of p or more, or a sign on x = 0
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// notCanonical are encodings with y of p or more of points that are not of
// small order: y = p + 3 and p + 4 say 3 and 4.
var notCanonical = []string{
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

func public(t testing.TB, s string) (k identity.PublicKey) {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	copy(k[:], raw)
	return k
}

func TestOnlySoundKeysAreUsed(t *testing.T) {
	if err := key(1).Public().Check(); err != nil {
		t.Error(err)
	}
	for _, s := range append(append([]string{}, smallOrder...), notCanonical...) {
		if err := public(t, s).Check(); !errors.Is(err, identity.ErrKey) {
			t.Errorf("%s: %v", s, err)
		}
	}
	canonicalTwin := public(t, "0300000000000000000000000000000000000000000000000000000000000000")
	if err := canonicalTwin.Check(); err != nil {
		t.Error("the point whose other encoding is refused is itself sound:", err)
	}
	if err := public(t, "0200000000000000000000000000000000000000000000000000000000000000").Check(); !errors.Is(err, identity.ErrKey) {
		t.Error("no point of the curve:", err)
	}
}

// One fixed signature is good for every message under the identity point:
// the reason for Check.
func TestASmallOrderKeyAcceptsAnything(t *testing.T) {
	identityPoint := public(t, smallOrder[0])
	var s [64]byte
	copy(s[:], identityPoint[:]) // R = identity, S = 0
	if !identityPoint.Verify([]byte("one"), s) || !identityPoint.Verify([]byte("two"), s) {
		t.Skip("the verifier refuses small order by itself")
	}
	if identityPoint.Check() == nil {
		t.Error("and Check lets it in")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	d := device(t, 0x5a)
	type holder struct {
		Open   identity.Key
		closed identity.Key
		Seal   identity.SealingKey
		seal   identity.SealingKey
		device *identity.Device
	}
	h := holder{d.Key, d.Key, d.Sealing, d.Sealing, d}
	forms := [][]byte{}
	for _, secret := range [][]byte{d.Key.Private(), d.Sealing.Seed()} {
		piece := secret[4:12]
		forms = append(forms, piece,
			[]byte(fmt.Sprintf("%x", piece)), []byte(fmt.Sprintf("%X", piece)),
			[]byte(strings.Trim(fmt.Sprint(piece), "[]")), []byte(strings.Trim(fmt.Sprintf("%#v", piece), "[]byte{}")))
	}
	check := func(how, out string) {
		t.Helper()
		for _, form := range forms {
			if strings.Contains(out, string(form)) {
				t.Errorf("%s tells the secret: %.200q", how, out)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%p"} {
		for _, v := range []any{d.Key, &d.Key, struct{ k *identity.Key }{&d.Key}, [1]identity.SealingKey{d.Sealing}, d.Sealing, &d.Sealing, d, *d, h, &h, []identity.Key{d.Key}, map[string]identity.Key{"k": d.Key}} {
			check(verb, fmt.Sprintf(verb, v))
		}
	}
	check("String", d.Key.String()+d.Key.GoString()+d.Sealing.String()+d.Sealing.GoString())
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("x", "key", d.Key, "sealing", d.Sealing, "device", d, "holder", h)
	}
	check("slog", log.String())
	for _, v := range []any{d.Key, d.Sealing, d} {
		out, _ := json.Marshal(v)
		check("json", string(out))
		var b bytes.Buffer
		if gob.NewEncoder(&b).Encode(v) == nil {
			check("gob", b.String())
		}
	}
}

func TestSealingOpensForItsKeyAndInfoAlone(t *testing.T) {
	a, b := device(t, 1).Sealing, device(t, 2).Sealing
	secret := []byte("an epoch's secret, 32 bytes long")
	sealed, err := identity.SealTo(a.Public(), []byte("info"), secret)
	if err != nil {
		t.Fatal(err)
	}
	if len(sealed) != len(secret)+identity.SealingOverhead || len(a.Public()) != identity.SealingKeySize {
		t.Errorf("%d bytes sealed, %d of a key", len(sealed), len(a.Public()))
	}
	if got, err := a.Open([]byte("info"), sealed); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := b.Open([]byte("info"), sealed); err == nil {
		t.Error("another's key opens it")
	}
	if _, err := a.Open([]byte("other"), sealed); err == nil {
		t.Error("another info opens it")
	}
	for _, i := range []int{0, 1100, 1119, len(sealed) - 1} {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := a.Open([]byte("info"), bad); err == nil {
			t.Errorf("opens with byte %d changed", i)
		}
	}
	again, err := identity.NewSealingKey(a.Seed())
	if err != nil || !bytes.Equal(again.Public(), a.Public()) {
		t.Error("the seed does not give the key back:", err)
	}
	if _, err := identity.NewSealingKey(make([]byte, 31)); !errors.Is(err, identity.ErrKey) {
		t.Error("a short seed:", err)
	}
	if _, err := identity.SealTo(make([]byte, 5), nil, secret); !errors.Is(err, identity.ErrKey) {
		t.Error("a short public key:", err)
	}
}
