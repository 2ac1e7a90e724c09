package protocol_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	. "coppice.example/protocol"
)

func TestShapesComeBack(t *testing.T) {
	entry := EntryID{ChangeID{5}, 3}
	ops := []Operation{
		{Path{Field: 1}, Insert, []Value{uint64(0), Words(7)}},
		{Path{Field: 1}, Delete, []Value{uint64(3), uint64(2)}},
		{Path{Field: 2}, Set, []Value{"value"}},
		{Path{Field: 3}, Add, []Value{[]byte{1, 2}}},
		{Path{Field: 3}, Drop, []Value{int64(-4)}},
		{Path{Field: 4}, Put, []Value{true}},
		{Path{Field: 4}, Take, nil},
		{Path{Field: 5}, Enter, []Value{[]Value{[]Value{uint64(1), Words(2)}, []Value{uint64(2), "x"}}}},
		{Path{5, entry, 0}, Withdraw, nil},
		{Path{Field: 6}, Place, []Value{EntryValue(entry), "m", []Value{}}},
		{Path{5, entry, 2}, Set, []Value{uint64(1)}},
		{Path{Field: 99}, Code(77), []Value{[]Value{"unknown"}}}, // of a later version: kept
	}
	b := EncodeShape(ops)
	got, err := DecodeShape(b)
	if err != nil || !reflect.DeepEqual(got, ops) {
		t.Errorf("%v\n%+v\n%+v", err, got, ops)
	}
	if none, err := DecodeShape(EncodeShape(nil)); err != nil || len(none) != 0 {
		t.Error("no operations:", err)
	}
	if e, ok := EntryOf(EntryValue(entry)); !ok || e != entry {
		t.Error("an entry id does not come back")
	}
}

func TestShapesThatAreInert(t *testing.T) {
	id := "5820" + strings.Repeat("07", 32)
	zero := "5820" + zeros(32)
	for name, s := range map[string]string{
		"nothing":                     "",
		"no array":                    "01",
		"a byte too many":             "80 00",
		"an operation of one item":    "81 81 8101",
		"a code beside its operation": "81 81 8101 03",
		"an operation of none":        "81 80",
		"no path":                     "81 82 01 03",
		"an empty path":               "81 82 80 03",
		"a path of two":               "81 82 820103 03",
		"a path of four":              "81 82 8401 82" + id + "00 00 00 03",
		"an entry of no change":       "81 82 8301 82" + zero + "00 00 03",
		"an entry of a short change":  "81 82 8301 824107 00 00 03",
		"an entry of one part":        "81 82 8301 81" + id + " 00 03",
		"a field below zero":          "81 82 8120 03",
		"a code below zero":           "81 82 8101 20",
		"a code that is text":         "81 82 8101 6161",
		"a float":                     "81 83 8101 03 f90000",
		"a map":                       "81 83 8101 03 a0",
		"an argument missing":         "81 83 8101 03",
		"a code in two bytes":         "81 82 8101 1803",
		"2^32 operations":             "9b0000000100000000",
		"nested too deep":             "81 83 8101 03" + strings.Repeat("81", 7) + "00",
	} {
		if ops, err := DecodeShape(unhex(t, s)); !errors.Is(err, ErrCanonical) || ops != nil {
			t.Errorf("%s: %v, %v", name, ops, err)
		}
	}
	for name, v := range map[string]Value{
		"text": "x", "one part": []Value{[]byte{1}}, "a short id": []Value{[]byte{1}, uint64(1)},
		"text for an id": []Value{strings.Repeat("x", 32), uint64(1)}, "an index below zero": []Value{make([]byte, 32), int64(-1)},
	} {
		if _, ok := EntryOf(v); ok {
			t.Errorf("%s names an entry", name)
		}
	}
}

// claim is an operation that claims runes.
func claim(n ...uint64) Operation {
	op := Operation{Path: Path{Field: 1}, Code: Insert, Args: []Value{uint64(0)}}
	for _, n := range n {
		op.Args = append(op.Args, Words(n))
	}
	return op
}

func TestLettersAreHandedOutInOrder(t *testing.T) {
	nested := Operation{Path{Field: 5}, Enter, []Value{[]Value{[]Value{uint64(1), Words(2)}, []Value{uint64(2), Words(1)}}}}
	unknown := Operation{Path{Field: 9}, Code(77), []Value{Words(1), []Value{Words(1)}}}
	ops := []Operation{claim(1), unknown, nested, claim(0), claim(3)}
	words := []byte("aßcdé😀xyz")
	l, err := NewLetters(ops, words, true, len(words)+WordsOverhead)
	if err != nil {
		t.Fatal(err)
	}
	take := func(n Words, want string) {
		t.Helper()
		if got, ok := l.Next(n); got != want || !ok {
			t.Errorf("%q, %t, not %q", got, ok, want)
		}
	}
	take(1, "a")
	l.Skip(unknown)
	take(2, "dé")
	take(1, "😀")
	take(0, "")
	take(3, "xyz")
	if got, _ := l.Next(1); got != "" {
		t.Errorf("more letters than there are: %q", got)
	}
}

// Words decide nothing: whatever is wrong with them, each claim yields that
// many unreadable runes, the same on every node.
func TestWordsThatAreUnreadable(t *testing.T) {
	ops := []Operation{claim(2), claim(1)}
	for name, v := range map[string]struct {
		words    string
		readable bool
		want     bool
	}{
		"fitting":            {"abc", true, true},
		"wide":               {"ß😀€", true, true},
		"erased or unopened": {"", false, false},
		"not opened":         {"abc", false, false},
		"too short":          {"ab", true, false},
		"too long":           {"abcd", true, false},
		"not UTF-8":          {"ab\xff", true, false},
		"a control":          {"ab\x01", true, false},
		"a carriage return":  {"ab\r", true, false},
	} {
		l, err := NewLetters(ops, []byte(v.words), v.readable, 60)
		if err != nil {
			t.Fatal(name, err)
		}
		first, ok := l.Next(2)
		second, ok2 := l.Next(1)
		if ok != v.want || ok2 != v.want {
			t.Errorf("%s: readable %t", name, ok)
		}
		if !v.want && (first != "\ufffd\ufffd" || second != "\ufffd") {
			t.Errorf("%s: %q, %q", name, first, second)
		}
	}
}

// The shape alone decides: what claims more runes than its words part has
// bytes is inert, whether or not the words are there.
func TestShapesThatClaimTooMuch(t *testing.T) {
	deep := Operation{Path{Field: 5}, Enter, []Value{[]Value{Words(3), []Value{Words(3)}}}}
	for name, v := range map[string]struct {
		ops      []Operation
		wordsLen int
		want     error
	}{
		"as much as there is":     {[]Operation{claim(3), claim(2)}, 45, nil},
		"less":                    {[]Operation{claim(3)}, 45, nil},
		"nothing of nothing":      {[]Operation{claim(0)}, 40, nil},
		"nothing of no part":      {nil, 0, nil},
		"one more":                {[]Operation{claim(3), claim(3)}, 45, ErrBody},
		"one more, nested":        {[]Operation{deep}, 45, ErrBody},
		"one of nothing":          {[]Operation{claim(1)}, 40, ErrBody},
		"one of no part":          {[]Operation{claim(1)}, 0, ErrBody},
		"2^64-1":                  {[]Operation{claim(math.MaxUint64)}, 45, ErrBody},
		"a sum that wraps":        {[]Operation{claim(math.MaxUint64, 1)}, 45, ErrBody},
		"a nested sum that wraps": {[]Operation{{Path{Field: 5}, Enter, []Value{[]Value{Words(math.MaxUint64), Words(1)}}}}, 45, ErrBody},
		"halves that wrap":        {[]Operation{claim(1 << 63), claim(1 << 63)}, 45, ErrBody},
		"more than a body holds":  {[]Operation{claim(MaxControlBody + 1)}, math.MaxInt32, ErrBody},
	} {
		for _, readable := range []bool{true, false} {
			if _, err := NewLetters(v.ops, []byte("abcde"), readable, v.wordsLen); !errors.Is(err, v.want) {
				t.Errorf("%s, readable %t: %v", name, readable, err)
			}
		}
	}
}

func TestWordingsComeBack(t *testing.T) {
	w := Wording{Heads: many(3), Runes: 70}
	b := AppendValue(nil, w.Value())
	v := NewReader(b).Value()
	if got, ok := WordingOf(v); !ok || !reflect.DeepEqual(got, w) {
		t.Errorf("%+v, %t", got, ok)
	}
	id := func(n byte) []byte { return append(bytes.Repeat([]byte{0}, 31), n) }
	for name, v := range map[string]Value{
		"text":              "x",
		"one part":          []Value{[]Value{}},
		"heads of text":     []Value{[]Value{"x"}, uint64(1)},
		"a short head":      []Value{[]Value{[]byte{1}}, uint64(1)},
		"heads unsorted":    []Value{[]Value{id(2), id(1)}, uint64(1)},
		"a head twice":      []Value{[]Value{id(1), id(1)}, uint64(1)},
		"runes below zero":  []Value{[]Value{id(1)}, int64(-1)},
		"more than 16":      Wording{Heads: many(17)}.Value(),
		"heads not a list":  []Value{id(1), uint64(1)},
		"runes not a count": []Value{[]Value{id(1)}, "many"},
	} {
		if _, ok := WordingOf(v); ok {
			t.Errorf("%s is a wording", name)
		}
	}
	if _, ok := WordingOf([]Value{[]Value{}, uint64(0)}); !ok {
		t.Error("a text nobody has written is one too")
	}
}
