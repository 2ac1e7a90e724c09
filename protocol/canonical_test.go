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

// standardValues are the encodings of RFC 8949, appendix A, as far as they are ours.
var standardValues = map[string]Value{
	"00": uint64(0), "01": uint64(1), "17": uint64(23), "1818": uint64(24), "18ff": uint64(255),
	"190100": uint64(256), "19ffff": uint64(65535), "1a00010000": uint64(65536),
	"1affffffff": uint64(math.MaxUint32), "1b0000000100000000": uint64(1 << 32),
	"1bffffffffffffffff": uint64(math.MaxUint64),
	"20":                 int64(-1), "3818": int64(-25), "3903e7": int64(-1000), "3b7fffffffffffffff": int64(math.MinInt64),
	"f4": false, "f5": true, "40": []byte{}, "4401020304": []byte{1, 2, 3, 4}, "60": "", "64f0908591": "\U00010151",
	"80": []Value{}, "83010203": []Value{uint64(1), uint64(2), uint64(3)}, "8101": []Value{uint64(1)},
	"c805": Words(5), "c81a00010000": Words(65536),
}

func TestValuesEncodeAsTheStandardSays(t *testing.T) {
	for want, v := range standardValues {
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

// valueCases are bytes that say one value in its one form, and bytes that do
// not: what says the same in others, or promises what is not there (attack B5, B28).
var valueCases = []struct{ name, bytes, want string }{
	{"0", "00", "ok"}, {"23", "17", "ok"}, {"24", "1818", "ok"}, {"65536", "1a00010000", "ok"}, {"2^64-1", "1bffffffffffffffff", "ok"},
	{"-1", "20", "ok"}, {"-2^63", "3b7fffffffffffffff", "ok"}, {"true", "f5", "ok"}, {"false", "f4", "ok"},
	{"no bytes", "40", "ok"}, {"text with tab and line feed", "6361090a", "ok"}, {"a letter of four bytes", "64f0908591", "ok"},
	{"an array", "83010203", "ok"}, {"words", "c805", "ok"}, {"six arrays within each other", strings.Repeat("81", 6) + "00", "ok"},
	{"one array too deep", strings.Repeat("81", 7) + "00", "not canonical"},
	{"nothing", "", "not canonical"},
	{"0 in two bytes", "1800", "not canonical"},
	{"23 in two bytes", "1817", "not canonical"},
	{"255 in three bytes", "1900ff", "not canonical"},
	{"65535 in five bytes", "1a0000ffff", "not canonical"},
	{"2^32-1 in nine bytes", "1b00000000ffffffff", "not canonical"},
	{"-1 in two bytes", "3800", "not canonical"},
	{"an integer cut short", "19ff", "not canonical"},
	{"below -2^63", "3b8000000000000000", "not canonical"},
	{"a byte string cut short", "4401", "not canonical"},
	{"a byte string of 2^63", "5b7fffffffffffffff", "not canonical"},
	{"a byte string of 2^64-1", "5bffffffffffffffff", "not canonical"},
	{"an array of 2^64-1", "9bffffffffffffffff", "not canonical"},
	{"an array of 2^32 in 5 bytes", "9b0000000100000000", "not canonical"},
	{"a short length, written long", "580101", "not canonical"},
	{"an indefinite byte string", "5f4101ff", "not canonical"},
	{"an indefinite text", "7f6161ff", "not canonical"},
	{"an indefinite array", "9f01ff", "not canonical"},
	{"a reserved length", "1c", "not canonical"},
	{"a map", "a0", "not canonical"},
	{"a map of one", "a10101", "not canonical"},
	{"null", "f6", "not canonical"},
	{"undefined", "f7", "not canonical"},
	{"a half float", "f90000", "not canonical"},
	{"a float", "fa00000000", "not canonical"},
	{"a double", "fb0000000000000000", "not canonical"},
	{"true in two bytes", "f815", "not canonical"},
	{"an unassigned simple value", "f0", "not canonical"},
	{"a break", "ff", "not canonical"},
	{"another tag", "c001", "not canonical"},
	{"words in another tag's form", "d80805", "not canonical"},
	{"words of text", "c86161", "not canonical"},
	{"words, 5 in two bytes", "c81805", "not canonical"},
	{"text that is not UTF-8", "61ff", "not canonical"},
	{"an overlong letter", "62c080", "not canonical"},
	{"half a surrogate", "63eda080", "not canonical"},
	{"NUL", "6100", "not canonical"},
	{"a carriage return", "610d", "not canonical"},
	{"an escape", "611b", "not canonical"},
	{"a byte too many", "0000", "not canonical"},
}

func TestValues(t *testing.T) {
	for _, c := range valueCases {
		r := NewReader(unhex(t, c.bytes))
		r.Value()
		if err := r.End(); errors.Is(err, ErrCanonical) != (c.want == "not canonical") || (err == nil) != (c.want == "ok") {
			t.Errorf("%s (%s): %v", c.name, c.bytes, err)
		}
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
		{"optional, there", "420101", func(r *Reader) { r.Optional(make([]byte, 2)) }, nil},
		{"optional, not there", "40", func(r *Reader) { r.Optional(make([]byte, 2)) }, nil},
		{"optional, half there", "4101", func(r *Reader) { r.Optional(make([]byte, 2)) }, ErrCanonical},
		{"optional, too long", "43010101", func(r *Reader) { r.Optional(make([]byte, 2)) }, ErrCanonical},
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
