package text

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// inTurn orders the changes of these tests, whose ids count up.
func inTurn(a, b ID) int { return a.Compare(b) }

func turn(n int) (id ID) {
	binary.BigEndian.PutUint32(id[:], uint32(n))
	return id
}

// rewritten is a text that one person rewrote again and again.
func rewritten(t *testing.T, wordings ...string) *Text {
	t.Helper()
	x := &Text{}
	for n, s := range wordings {
		rewrite(t, x, n+1, x.Heads(), s)
	}
	return x
}

func rewrite(t *testing.T, x *Text, n int, parents []ID, s string) {
	t.Helper()
	edits := Diff(x.At(parents, nil), s)
	for i := range edits {
		edits[i].Index = i
	}
	if err := x.Apply(Change{ID: turn(n), Parents: parents, Edits: edits}); err != nil {
		t.Fatal(err)
	}
}

func said(all []Gone) string {
	var b []string
	for _, g := range all {
		b = append(b, fmt.Sprintf("%d:%s", binary.BigEndian.Uint32(g.Change[:]), strings.TrimSpace(g.Text)))
	}
	return strings.Join(b, "|")
}

func TestGone(t *testing.T) {
	for _, c := range []struct {
		want     string
		wordings []string
	}{
		{"", []string{"", "one two three", "one two three four"}},
		{"2:the old oak", []string{"Cut the old oak down", "Cut down"}},
		{"2:Then we burn it. There", []string{"Then we burn it. There it is", "There it is"}}, // whole words, whatever letters were kept
		{"", []string{"one two three", "one three"}},                                          // too few
		{"2:one, two – three", []string{"one, two – three", "4, 5 – 6"}},                      // together, though the signs were kept
		{"2:red green blue|2:grey black white", []string{"red green blue and then grey black white", "and then"}},
		{"3:four five six.|2:one two three.", []string{"one two three. four five six.", "four five six.", ""}},
		{"3:it was written and went", []string{"a", "a it was written and went", "a"}},
		{"2:雨水タンク", []string{"雨水タンクを掃除する", "を掃除する"}},
	} {
		if got := said(rewritten(t, c.wordings...).Gone(3, 1<<20, inTurn)); got != c.want {
			t.Errorf("%q: %q, not %q", c.wordings, got, c.want)
		}
	}
	x := rewritten(t, "one two three. four five six.", "four five six.", "")
	if got := said(x.Gone(3, 20, inTurn)); got != "3:four five six.|2:one tw" {
		t.Errorf("20 bytes of it are %q", got)
	}
	x = rewritten(t, "one two three. four five six.", "four five six.", "")
	x.SetHidden([]OpRef{{turn(2), 0}}) // then the third took both
	if got := said(x.Gone(3, 99, inTurn)); got != "3:four five six." {
		t.Errorf("with the second void %q", got)
	}
}

// Letters that a verdict takes, or that are missing, are in no wording, whether
// the verdict comes before or after.
func TestGoneWithoutWhatIsHidden(t *testing.T) {
	x := rewritten(t, "the oak", "the secret name of the oak", "nothing is here")
	if got := said(x.Gone(3, 99, inTurn)); !strings.Contains(got, "secret") {
		t.Fatalf("before: %q", got)
	}
	var refs []OpRef
	for i := range 9 {
		refs = append(refs, OpRef{turn(2), i})
	}
	x.SetHidden(refs)
	if got := said(x.Gone(1, 99, inTurn)); strings.Contains(got, "secret") || strings.Contains(got, "name") || !strings.Contains(got, "oak") {
		t.Errorf("after: %q", got)
	}
	x.SetHidden(nil)
	if got := said(x.Gone(3, 99, inTurn)); !strings.Contains(got, "secret name") {
		t.Errorf("and again without the verdict: %q", got)
	}
}

// taken is what a rewriting takes away, letter by letter: the words that lost a
// letter, together where no other word stands between.
func taken(before string, edits []Edit) (all []string) {
	type letter struct {
		r    rune
		was  bool
		gone bool
	}
	var text []letter
	for _, r := range before {
		text = append(text, letter{r: r, was: true})
	}
	for _, e := range edits {
		at, seen := 0, 0
		for ; seen < e.Pos; at++ {
			if !text[at].gone {
				seen++
			}
		}
		for n := 0; n < e.Del; at++ {
			if !text[at].gone {
				text[at].gone = true
				n++
			}
		}
		for i, r := range []rune(e.Ins) {
			text = slices.Insert(text, at+i, letter{r: r})
		}
	}
	text = slices.DeleteFunc(text, func(l letter) bool { return !l.was })
	touched := make([]bool, len(text))
	for i := range text {
		if !text[i].gone {
			continue
		}
		touched[i] = true
		if !inside(text[i].r) {
			continue
		}
		for k := i; k >= 0 && inside(text[k].r); k-- {
			touched[k] = true
		}
		for k := i; k < len(text) && inside(text[k].r); k++ {
			touched[k] = true
		}
	}
	run, gap := "", ""
	end := func() {
		if run != "" {
			all = append(all, run)
		}
		run, gap = "", ""
	}
	for i, l := range text {
		switch {
		case touched[i]:
			run, gap = run+gap+string(l.r), ""
		case inWord(l.r):
			end()
		case run != "":
			gap += string(l.r)
		}
	}
	end()
	return all
}

// What one person rewrote at random is gone as a comparison letter by letter says.
func TestGoneLetterByLetter(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		x, want := &Text{}, []string{}
		text := ""
		for n := 1; n < 12; n++ {
			next := scrambled(r, text)
			edits := Diff(text, next)
			var now []string
			for _, s := range taken(text, edits) {
				if countWords(s) >= 2 {
					now = append(now, fmt.Sprintf("%d:%s", n, strings.TrimSpace(s)))
				}
			}
			want = append(now, want...)
			rewrite(t, x, n, x.Heads(), next)
			text = next
			if got := said(x.Gone(2, 1<<20, inTurn)); got != strings.Join(want, "|") {
				t.Fatalf("seed %d, change %d: %q, not %q", seed, n, got, strings.Join(want, "|"))
			}
		}
	}
}

// scrambled rewrites a text: words come, go, change a letter, and move.
func scrambled(r *rand.Rand, text string) string {
	words := strings.Fields(text)
	for range 1 + r.IntN(6) {
		at := r.IntN(len(words) + 1)
		switch {
		case at == len(words) || r.IntN(3) == 0:
			words = slices.Insert(words, at, []string{"oak", "ash,", "the", "hedge", "雨水", "a-b", "é", "bind."}[r.IntN(8)])
		case r.IntN(3) == 0:
			_, size := utf8.DecodeRuneInString(words[at])
			words[at] = words[at][size:] + "x"
		default:
			words = slices.Delete(words, at, min(len(words), at+1+r.IntN(3)))
		}
	}
	return strings.Join(words, " ")
}

// However changes made apart come, and whenever verdicts do, the same is gone.
func TestGoneInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		var changes []Change
		x := &Text{}
		for n := 1; n < 14; n++ {
			parents := x.Heads()
			if len(changes) > 2 && r.IntN(2) == 0 {
				parents = []ID{changes[r.IntN(len(changes))].ID}
			}
			rewrite(t, x, n, parents, scrambled(r, x.At(parents, nil)))
			edits := []Edit{}
			for i, e := range Diff(x.At(parents, nil), x.At([]ID{turn(n)}, nil)) {
				e.Index = i
				edits = append(edits, e)
			}
			changes = append(changes, Change{ID: turn(n), Parents: parents, Edits: edits})
		}
		var hidden []OpRef
		for _, c := range changes {
			for i := range c.Edits {
				if r.IntN(6) == 0 {
					hidden = append(hidden, OpRef{c.ID, i})
				}
			}
		}
		want := ""
		for try := range 6 {
			y, rest := &Text{}, slices.Clone(changes)
			verdicts := r.IntN(len(changes))
			for len(rest) > 0 {
				i := r.IntN(len(rest))
				if slices.ContainsFunc(rest[i].Parents, func(id ID) bool { return !y.Has(id) }) {
					continue
				}
				if err := y.Apply(rest[i]); err != nil {
					t.Fatal(err)
				}
				if r.IntN(3) == 0 {
					y.Gone(2, 400, inTurn)
				}
				if rest = slices.Delete(rest, i, i+1); len(rest) == verdicts {
					y.SetHidden(hidden)
				}
			}
			y.SetHidden(hidden)
			if got := said(y.Gone(2, 400, inTurn)); try == 0 {
				want = got
			} else if got != want {
				t.Fatalf("seed %d, order %d: %q, not %q", seed, try, got, want)
			}
		}
	}
}

// BenchmarkGone takes three words out of a text of ten thousand edits, again
// and again: each time all of its history is looked at.
func BenchmarkGone(b *testing.B) {
	x := &Text{}
	apply := func(n int, e Edit) {
		if err := x.Apply(Change{ID: turn(n), Parents: x.Heads(), Edits: []Edit{e}}); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for ; n < 10_000; n++ {
		at := n * 7919 % (x.Runes() + 1)
		if n%4 == 3 {
			apply(n, Edit{Pos: at % (x.Runes() - 20), Del: 15})
		} else {
			apply(n, Edit{Pos: at, Ins: "some more of it. "})
		}
	}
	for b.Loop() {
		apply(n, Edit{Pos: n % 1000, Del: 15})
		apply(n+1, Edit{Pos: n % 1000, Ins: "some more of it"})
		x.Gone(3, 64<<10, inTurn)
		n += 2
	}
}
