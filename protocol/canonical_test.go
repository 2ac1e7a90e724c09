package protocol_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	. "coppice.example/protocol"
	"pgregory.net/rapid"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The encodings of RFC 8949, appendix A, as far as they are ours.
func TestValuesEncodeAsTheStandardSays(t *testing.T) {
	for want, v := range map[string]Value{
		"00": uint64(0), "01": uint64(1), "17": uint64(23), "1818": uint64(24), "18ff": uint64(255),
		"190100": uint64(256), "19ffff": uint64(65535), "1a00010000": uint64(65536),
		"1affffffff": uint64(math.MaxUint32), "1b0000000100000000": uint64(1 << 32),
		"1bffffffffffffffff": uint64(math.MaxUint64),
		"20":                 int64(-1), "3818": int64(-25), "3903e7": int64(-1000), "3b7fffffffffffffff": int64(math.MinInt64),
		"f4": false, "f5": true, "40": []byte{}, "4401020304": []byte{1, 2, 3, 4}, "60": "", "64f0908591": "\U00010151",
		"80": []Value{}, "83010203": []Value{uint64(1), uint64(2), uint64(3)}, "8101": []Value{uint64(1)},
		"c805": Words(5), "c81a00010000": Words(65536),
	} {
		if got := AppendValue(nil, v); hex.EncodeToString(got) != want {
			t.Errorf("%v encodes as %x, not %s", v, got, want)
		}
		r := NewReader(unhex(t, want))
		if got := r.Value(); r.End() != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%s reads as %v, %v", want, got, r.End())
		}
	}
	if got := AppendValue(nil, int64(5)); !bytes.Equal(got, []byte{5}) {
		t.Errorf("a positive int64 encodes as %x", got)
	}
}

// Attack B5 and B28: what says the same in other bytes, or promises what is
// not there, is refused.
func TestValuesThatAreNotCanonical(t *testing.T) {
	deep := strings.Repeat("81", 7) + "00"
	for name, s := range map[string]string{
		"nothing":                      "",
		"0 in two bytes":               "1800",
		"23 in two bytes":              "1817",
		"255 in three bytes":           "1900ff",
		"65535 in five bytes":          "1a0000ffff",
		"2^32-1 in nine bytes":         "1b00000000ffffffff",
		"-1 in two bytes":              "3800",
		"an integer cut short":         "19ff",
		"below -2^63":                  "3b8000000000000000",
		"a byte string cut short":      "4401",
		"a byte string of 2^63":        "5b7fffffffffffffff",
		"a byte string of 2^64-1":      "5bffffffffffffffff",
		"an array of 2^64-1":           "9bffffffffffffffff",
		"an array of 2^32 in 5 bytes":  "9b0000000100000000",
		"a short length, written long": "580101",
		"an indefinite byte string":    "5f4101ff",
		"an indefinite text":           "7f6161ff",
		"an indefinite array":          "9f01ff",
		"a reserved length":            "1c",
		"a map":                        "a0",
		"a map of one":                 "a10101",
		"null":                         "f6",
		"undefined":                    "f7",
		"a half float":                 "f90000",
		"a float":                      "fa00000000",
		"a double":                     "fb0000000000000000",
		"true in two bytes":            "f815",
		"an unassigned simple value":   "f0",
		"a break":                      "ff",
		"another tag":                  "c001",
		"words in another tag's form":  "d80805",
		"words of text":                "c86161",
		"words, 5 in two bytes":        "c81805",
		"text that is not UTF-8":       "61ff",
		"an overlong letter":           "62c080",
		"half a surrogate":             "63eda080",
		"NUL":                          "6100",
		"a carriage return":            "610d",
		"an escape":                    "611b",
		"one array too deep":           deep,
		"a byte too many":              "0000",
	} {
		r := NewReader(unhex(t, s))
		r.Value()
		if err := r.End(); !errors.Is(err, ErrCanonical) {
			t.Errorf("%s (%s): %v", name, s, err)
		}
	}
	r := NewReader(unhex(t, deep[2:]))
	if r.Value(); r.End() != nil {
		t.Error("six arrays within each other:", r.End())
	}
}

func TestTextMayHoldTabsAndLineFeeds(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "a\tb\nc": true, "\u202e": true, "\u0085": true, "\x7f": true, "\U0010ffff": true, "\ufffd": true,
		"\x00": false, "\r": false, "\x1f": false, "\xff": false, "a\xc3": false,
	} {
		if ValidText(s) != want || ValidText([]byte(s)) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}

// Each typed read refuses what is not of its type, or over its limit.
func TestTypedReads(t *testing.T) {
	id := "5820" + strings.Repeat("11", 32)
	id2 := "5820" + strings.Repeat("22", 32)
	cases := []struct {
		name, bytes string
		read        func(*Reader)
		want        error
	}{
		{"bytes as uint", "40", func(r *Reader) { r.Uint() }, ErrCanonical},
		{"uint within", "05", func(r *Reader) { r.UintMax(5) }, nil},
		{"uint beyond", "06", func(r *Reader) { r.UintMax(5) }, ErrLimit},
		{"text as bytes", "6161", func(r *Reader) { r.Bytes(9) }, ErrCanonical},
		{"bytes within", "4101", func(r *Reader) { r.Bytes(1) }, nil},
		{"bytes beyond", "420101", func(r *Reader) { r.Bytes(1) }, ErrLimit},
		{"bytes beyond, and not there", "5b7fffffffffffffff", func(r *Reader) { r.Bytes(1) }, ErrLimit},
		{"fixed too short", "4101", func(r *Reader) { r.Fixed(make([]byte, 2)) }, ErrCanonical},
		{"fixed too long", "43010101", func(r *Reader) { r.Fixed(make([]byte, 2)) }, ErrCanonical},
		{"bytes as text", "4161", func(r *Reader) { r.Text(9) }, ErrCanonical},
		{"text beyond", "626161", func(r *Reader) { r.Text(1) }, ErrLimit},
		{"text with NUL", "6100", func(r *Reader) { r.Text(9) }, ErrCanonical},
		{"uint as bool", "01", func(r *Reader) { r.Bool() }, ErrCanonical},
		{"null as bool", "f6", func(r *Reader) { r.Bool() }, ErrCanonical},
		{"array of another length", "820101", func(r *Reader) { r.ArrayOf(3) }, ErrCanonical},
		{"array longer than the bytes", "9a00ffffff", func(r *Reader) { r.Array() }, ErrCanonical},
		{"ids in order", "82" + id + id2, func(r *Reader) { readIDs(r, 2) }, nil},
		{"ids out of order", "82" + id2 + id, func(r *Reader) { readIDs(r, 2) }, ErrCanonical},
		{"an id twice", "82" + id + id, func(r *Reader) { readIDs(r, 2) }, ErrCanonical},
		{"too many ids", "82" + id + id2, func(r *Reader) { readIDs(r, 1) }, ErrLimit},
		{"a short id", "81" + "4111", func(r *Reader) { readIDs(r, 1) }, ErrCanonical},
		{"skip what does not read", "8118", func(r *Reader) { r.Skip() }, ErrCanonical},
	}
	for _, c := range cases {
		r := NewReader(unhex(t, c.bytes))
		if c.read(r); !errors.Is(r.End(), c.want) {
			t.Errorf("%s: %v, not %v", c.name, r.End(), c.want)
		}
	}
}

func readIDs(r *Reader, most int) { ReadIDs[ChangeID](r, most) }

func TestTheFirstFaultSticks(t *testing.T) {
	r := NewReader([]byte{0x18, 0x00, 1, 2, 3})
	r.Uint()
	first := r.Err()
	if first == nil || r.Len() != 0 {
		t.Fatal("no fault")
	}
	r.Fail(errors.New("later"))
	if n, s, b := r.Uint(), r.Bytes(9), r.Bool(); n != 0 || len(s) != 0 || b || r.Array() != 0 || r.Value() != nil || r.Skip() != nil || r.NextIsTrue() || r.NextIsArray() {
		t.Error("reads after a fault")
	}
	if r.End() != first {
		t.Error("the fault changed:", r.End())
	}
	r = NewReader(nil)
	if r.Fail(nil); r.End() != nil {
		t.Error("no fault became one")
	}
}

func TestSkipReturnsTheBytesOfOneValue(t *testing.T) {
	r := NewReader(unhex(t, "82016161 05"))
	if got := r.Skip(); hex.EncodeToString(got) != "82016161" || cap(got) != 4 {
		t.Errorf("%x, capacity %d", got, cap(got))
	}
	if r.Uint() != 5 || r.End() != nil {
		t.Error(r.End())
	}
}

// values draws any value that may stand on the wire.
func values(depth int) *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		most := 6
		if depth == 0 {
			most = 5
		}
		switch rapid.IntRange(0, most).Draw(t, "type") {
		case 0:
			return rapid.Uint64().Draw(t, "uint")
		case 1:
			return rapid.Int64Range(math.MinInt64, -1).Draw(t, "negative")
		case 2:
			return rapid.Bool().Draw(t, "bool")
		case 3:
			return append([]byte{}, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")...)
		case 4:
			return rapid.StringMatching(`[a-z\n\täß€😀]{0,30}`).Draw(t, "text")
		case 5:
			return Words(rapid.Uint64().Draw(t, "words"))
		}
		items := []Value{}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			items = append(items, values(depth-1).Draw(t, "item"))
		}
		return items
	})
}

func TestAnyValueComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values(6).Draw(t, "value")
		b := AppendValue(nil, v)
		r := NewReader(b)
		if got := r.Value(); r.End() != nil || !reflect.DeepEqual(got, v) {
			t.Fatalf("%x: %v, %v", b, got, r.End())
		}
		if len(b) > 1 {
			r = NewReader(b[:len(b)-1])
			if r.Value(); r.End() == nil {
				t.Fatalf("%x reads without its last byte", b)
			}
		}
	})
}

func TestAnotherGoTypeIsAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a float encodes")
		}
	}()
	AppendValue(nil, 1.5)
}
