package text

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// patched applies edits the way a text does.
func patched(s string, edits []Edit) string {
	runes := []rune(s)
	for _, e := range edits {
		runes = []rune(string(runes[:e.Pos]) + e.Ins + string(runes[e.Pos+e.Del:]))
	}
	return string(runes)
}

func TestDiffTurnsOldIntoNew(t *testing.T) {
	alphabet := rapid.SampledFrom([]rune("ab c\nß木🌳"))
	rapid.Check(t, func(t *rapid.T) {
		old := rapid.StringOfN(alphabet, 0, 60, -1).Draw(t, "old")
		new := rapid.StringOfN(alphabet, 0, 60, -1).Draw(t, "new")
		if rapid.Bool().Draw(t, "near") {
			at := rapid.IntRange(0, len([]rune(old))).Draw(t, "at")
			new = string([]rune(old)[:at]) + new + string([]rune(old)[at:])
		}
		if got := patched(old, Diff(old, new)); got != new {
			t.Fatalf("%q becomes %q, want %q", old, got, new)
		}
	})
}

func TestDiffIsSmall(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     []Edit
	}{
		{"the cat sat", "the dog sat", []Edit{{Pos: 4, Del: 3, Ins: "dog"}}},
		{"same", "same", nil},
		{"", "new", []Edit{{Ins: "new"}}},
		{"gone", "", []Edit{{Del: 4}}},
		{"the colour of colour", "the color of color", []Edit{{Pos: 8, Del: 1}, {Pos: 17, Del: 1}}},
		{"one\ntwo\nthree\n", "one\ntwo and a half\nthree\nfour\n", []Edit{{Pos: 7, Ins: " and a half"}, {Pos: 24, Ins: "\nfour"}}},
		{"blade, arm and motor", "blade, thumb and motor", []Edit{{Pos: 7, Del: 3, Ins: "thumb"}}},
		{"木の刃を替える", "木の腕を替える", []Edit{{Pos: 2, Del: 1, Ins: "腕"}}},
	} {
		if got := Diff(c.old, c.new); !slices.Equal(got, c.want) {
			t.Errorf("%q to %q: %v, want %v", c.old, c.new, got, c.want)
		}
	}
}

// Anything that grew with the square of these would not end within the test's
// own limit.
func TestDiffOfLargeTexts(t *testing.T) {
	const size = 512 << 10
	r := rand.New(rand.NewPCG(1, 2))
	random := func(alphabet string) string {
		b := make([]byte, size)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}
	words := func() string {
		var b strings.Builder
		for b.Len() < size {
			fmt.Fprintf(&b, "w%d ", r.IntN(50_000))
		}
		return b.String()
	}
	for name, pair := range map[string][2]string{
		"no line, two letters":  {random("ab"), random("ab")},
		"many lines":            {random("abc\n"), random("abc\n")},
		"words":                 {words(), words()},
		"the same letter":       {strings.Repeat("a", size), "b" + strings.Repeat("a", size/2) + "b" + strings.Repeat("a", size/3) + "b"},
		"one changed every row": {strings.Repeat("line\n", size/5), strings.Repeat("lime\n", size/5)},
	} {
		start := time.Now()
		edits := Diff(pair[0], pair[1])
		t.Logf("%s: %d edits in %v", name, len(edits), time.Since(start))
		if patchedFast(pair[0], edits) != pair[1] {
			t.Errorf("%s: another text", name)
		}
	}
}

// patchedFast is patched for edits that ascend.
func patchedFast(s string, edits []Edit) string {
	old, at := []rune(s), 0
	var b []rune
	for _, e := range edits {
		for len(b) < e.Pos {
			b, at = append(b, old[at]), at+1
		}
		b, at = append(b, []rune(e.Ins)...), at+e.Del
	}
	return string(append(b, old[at:]...))
}
