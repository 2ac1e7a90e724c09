package node

import (
	"math/rand/v2"
	"strings"
	"testing"

	"coppice.example/node/api"
)

func TestRebase(t *testing.T) {
	for name, c := range map[string]struct{ base, now, wanted, want string }{
		"nobody else wrote":     {"a b c", "a b c", "a x c", "a x c"},
		"both wrote apart":      {"one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n", "ONE\ntwo\nTHREE\n"},
		"only others wrote":     {"a b c", "a b c d", "a b c", "a b c d"},
		"both did the same":     {"a b c", "a X c", "a X c", "a X c"},
		"said twice":            {"a b c", "a X b c more", "a X b c", "a X b c more"},
		"one struck, one wrote": {"keep this secret here", "keep this here", "keep this secret right here", "keep this right here"},
		"from nothing":          {"", "theirs", "", "theirs"},
		"to nothing":            {"all of it", "all of it", "", ""},
		"beyond the BMP":        {"🌳 ash 🌳", "🌳 ash 🌳 oak", "🌲 ash 🌳", "🌲 ash 🌳 oak"},
		"a line more":           {"- a\n- c\n", "- a\n- b\n- c\n", "- a\n- c, too\n", "- a\n- b\n- c, too\n"},
		"the same line more":    {"- a\n- c\n", "- a\n- b\n- c\nend", "- a\n- b\n- c\n", "- a\n- b\n- c\nend"},
		"same and different":    {"a b c d e", "X b c d Y", "X b Z d e", "X b Z d Y"},
	} {
		got, err := rebase(c.base, c.now, c.wanted)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// Whatever two do apart, nothing that one of them wrote is lost, and to say it
// again, when nobody wrote in between, changes nothing.
func TestRebaseKeepsWhatBothWrote(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range 2000 {
		words := make([]string, 1+r.IntN(12))
		for j := range words {
			words[j] = strings.Repeat(string(rune('a'+j)), 3)
		}
		alter := func(mark string) (string, []string) {
			out, made := []string(nil), []string(nil)
			for _, w := range words {
				switch r.IntN(5) {
				case 0: // struck
				case 1:
					made = append(made, mark+strings.ToUpper(w))
					out = append(out, w, mark+strings.ToUpper(w))
				default:
					out = append(out, w)
				}
			}
			return strings.Join(out, " "), made
		}
		base := strings.Join(words, " ")
		now, theirs := alter("<")
		wanted, mine := alter(">")
		got, err := rebase(base, now, wanted)
		if err != nil {
			t.Fatal(i, err)
		}
		for _, made := range append(theirs, mine...) {
			if !strings.Contains(got, made) {
				t.Fatalf("%d: %q is lost: base %q, now %q, wanted %q, came to %q", i, made, base, now, wanted, got)
			}
		}
		if again, err := rebase(base, wanted, wanted); err != nil || again != wanted {
			t.Fatalf("%d: what was there already came in again: %q became %q, %v", i, wanted, again, err)
		}
	}
}

// Two people edit from one text, each without the other's words: both stay.
func TestTwoRewriteFromOneBase(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	base := "Flour.\n\nWater.\n\nSalt.\n"
	way := w.way(ana, "Bread", base)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	rewrite := func(n *Node, text string) api.Made {
		return must[api.Made](t)(n.Edit(t.Context(), none, way, api.Rewrite{Text: text, Base: &base}))
	}
	if made := rewrite(ben, "Flour, and rye.\n\nWater.\n\nSalt.\n"); made.Merged || made.ID != way {
		t.Errorf("nobody else had written: %+v", made)
	}
	w.same(ana, ben)
	// Ana still looks at what was there when she opened it.
	if made := rewrite(ana, "Flour.\n\nWater.\n\nSalt, two per cent.\n"); !made.Merged {
		t.Error("she is not told that there is more than she wrote")
	}
	w.same(ana, ben)
	for _, n := range []*Node{ana, ben} {
		if text := w.show(n, way).Body; text != "Flour, and rye.\n\nWater.\n\nSalt, two per cent.\n" {
			t.Errorf("it reads %q", text)
		}
	}
	before := w.hash(ana)
	if made := rewrite(ana, "Flour.\n\nWater.\n\nSalt, two per cent.\n"); !made.Merged || w.hash(ana) != before {
		t.Error("the same request again, after a lost answer, wrote once more:", w.show(ana, way).Body)
	}

	// An answer has a text of its own.
	question := must[api.Made](t)(ana.New(t.Context(), none, api.Draft{Kind: "question", Title: "How long?"})).ID
	answer := must[api.Made](t)(ana.Answer(t.Context(), none, question, api.Answering{Body: "One night."})).ID
	was := "One night."
	for _, text := range []string{"One night. Or two.", "At least one night."} {
		must[api.Made](t)(ana.Edit(t.Context(), none, answer, api.Rewrite{Text: text, Base: &was}))
	}
	if text := w.show(ana, question).Answers[0].Body; text != "At least one night. Or two." {
		t.Errorf("the answer reads %q", text)
	}
	if _, err := ana.Edit(t.Context(), none, way, api.Rewrite{Field: "form", Text: "trick", Base: &was}); err == nil {
		t.Error("what is no text was rewritten")
	}
}
