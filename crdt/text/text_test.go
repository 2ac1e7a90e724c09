package text

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func apply(t testing.TB, text *Text, c Change) ID {
	t.Helper()
	if err := text.Apply(c); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func TestConcurrentRunsDoNotInterleave(t *testing.T) {
	var text Text
	root := apply(t, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Ins: "[]"}}})
	a, b := root, root
	for i := range 5 {
		a = apply(t, &text, Change{ID: idOf("a", i), Parents: []ID{a}, Edits: []Edit{{Pos: 1 + i, Ins: "a"}}})
		b = apply(t, &text, Change{ID: idOf("b", i), Parents: []ID{b}, Edits: []Edit{{Pos: 1, Ins: "b"}}})
	}
	if got := text.String(); got != "[aaaaabbbbb]" {
		t.Errorf("%q", got)
	}
}

func TestTwoDeletionsOfOneRuneBothCount(t *testing.T) {
	var text Text
	root := apply(t, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Ins: "abc"}}})
	one := apply(t, &text, Change{ID: idOf("a", 0), Parents: []ID{root}, Edits: []Edit{{Pos: 1, Del: 1}}})
	two := apply(t, &text, Change{ID: idOf("b", 0), Parents: []ID{root}, Edits: []Edit{{Pos: 1, Del: 1}}})
	for _, step := range []struct {
		hidden []OpRef
		want   string
	}{{nil, "ac"}, {[]OpRef{{one, 0}}, "ac"}, {[]OpRef{{one, 0}, {two, 0}}, "abc"}, {[]OpRef{{two, 0}}, "ac"}} {
		text.SetHidden(step.hidden)
		if got := text.String(); got != step.want {
			t.Errorf("%d of the deletions void: %q, want %q", len(step.hidden), got, step.want)
		}
	}
}

func TestPastTheEndIsVoidForEver(t *testing.T) {
	var text Text
	root := apply(t, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Ins: "abc"}}})
	apply(t, &text, Change{ID: idOf("b", 0), Parents: []ID{root}, Edits: []Edit{{Pos: 0, Ins: "longer "}}})
	apply(t, &text, Change{ID: idOf("a", 0), Parents: []ID{root}, Edits: []Edit{
		{Index: 0, Pos: 4, Ins: "x"}, {Index: 1, Pos: 2, Del: 2}, {Index: 2, Pos: 1 << 40, Ins: "x"}, {Index: 3, Pos: 3, Ins: "d"},
	}})
	if got := text.String(); got != "longer abcd" {
		t.Errorf("%q", got)
	}
}

// The author of the second change did not see the first word: her positions
// count without it, and go on doing so when it is shown again.
func TestPositionsCountWhatTheAuthorSaw(t *testing.T) {
	var text Text
	root := apply(t, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Index: 0, Ins: "hidden "}, {Index: 1, Pos: 7, Ins: "seen"}}})
	hidden := []OpRef{{root, 0}}
	next := apply(t, &text, Change{ID: idOf("s", 0), Parents: []ID{root}, Hidden: hidden, Edits: []Edit{{Pos: 4, Ins: "!"}}})
	if got := text.String(); got != "hidden seen!" {
		t.Errorf("shown: %q", got)
	}
	text.SetHidden(hidden)
	if got := text.String(); got != "seen!" {
		t.Errorf("hidden: %q", got)
	}
	if got := text.At([]ID{next}, nil); got != "hidden seen!" {
		t.Errorf("looked back: %q", got)
	}
}

// What a change did not show may be named before it is here.
func TestHiddenNamesWhatIsStillToCome(t *testing.T) {
	var text Text
	x := idOf("x", 0)
	hidden := []OpRef{{x, 0}}
	text.SetHidden(hidden)
	a := apply(t, &text, Change{ID: idOf("a", 0), Hidden: hidden, Edits: []Edit{{Ins: "a"}}})
	apply(t, &text, Change{ID: x, Edits: []Edit{{Ins: "xxx"}}})
	apply(t, &text, Change{ID: idOf("b", 0), Parents: []ID{a, x}, Hidden: hidden, Edits: []Edit{{Pos: 1, Ins: "b"}, {Pos: 3, Ins: "void"}}})
	if got := text.String(); got != "ab" {
		t.Errorf("%q", got)
	}
}

func TestApplyRefuses(t *testing.T) {
	var text Text
	for _, e := range []Edit{{Pos: -1}, {Del: -1}, {Missing: -1}, {Missing: MaxMissing + 1}, {Ins: "\xff"}, {Ins: "a", Missing: 1}, {Index: -1}} {
		if err := text.Apply(Change{ID: idOf("a", 1), Edits: []Edit{{Ins: "a"}, e}}); !errors.Is(err, ErrEdit) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if err := text.Apply(Change{ID: idOf("a", 1), Parents: []ID{idOf("b", 1)}}); !errors.Is(err, ErrParent) {
		t.Errorf("no parent: %v", err)
	}
	if text.Has(idOf("a", 1)) || text.String() != "" {
		t.Error("a refused change left something")
	}
}

func TestSupply(t *testing.T) {
	var text Text
	root := apply(t, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Missing: 4}}})
	next := apply(t, &text, Change{ID: idOf("s", 0), Parents: []ID{root}, Edits: []Edit{{Pos: 2, Ins: "-"}}})
	if got := text.String(); got != "\uFFFD\uFFFD-\uFFFD\uFFFD" || text.UTF16() != 5 {
		t.Errorf("%q, %d units", got, text.UTF16())
	}
	if err := text.Supply(OpRef{root, 0}, "abc"); !errors.Is(err, ErrLetters) {
		t.Errorf("too few letters: %v", err)
	}
	for range 2 { // the second time they are here
		if err := text.Supply(OpRef{root, 0}, "ü🌳木d"); err != nil {
			t.Fatal(err)
		}
	}
	want := []Run{{root, "ü🌳", false}, {next, "-", false}, {root, "木d", false}}
	if got := text.Runs(); !slices.Equal(got, want) || text.UTF16() != 6 {
		t.Errorf("%v, %d units", got, text.UTF16())
	}
}

func TestUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text Text
		for _, c := range drawTexts(t) {
			if err := text.Apply(c); err != nil {
				t.Fatal(err)
			}
		}
		runes := []rune(text.String())
		if text.Runes() != len(runes) || text.UTF16() != len(utf16.Encode(runes)) {
			t.Fatalf("%d runes, %d units of %q", text.Runes(), text.UTF16(), text.String())
		}
		for i := range len(runes) + 1 {
			units := len(utf16.Encode(runes[:i]))
			if text.RuneToUTF16(i) != units || text.UTF16ToRune(units) != i {
				t.Fatalf("rune %d is unit %d: %d, back %d", i, units, text.RuneToUTF16(i), text.UTF16ToRune(units))
			}
			if i < len(runes) && runes[i] > 0xFFFF && text.UTF16ToRune(units+1) != i {
				t.Fatalf("inside a pair: %d, want %d", text.UTF16ToRune(units+1), i)
			}
		}
	})
}

func TestSaveAndLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := drawTexts(t)
		cut := rapid.IntRange(0, len(changes)).Draw(t, "cut")
		var text Text
		text.SetHidden(drawHidden(t, changes))
		for _, c := range changes[:cut] {
			if err := text.Apply(c); err != nil {
				t.Fatal(err)
			}
		}
		saved, _ := text.AppendBinary(nil)
		loaded, err := Load(saved)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes[cut:] {
			if text.String() != loaded.String() || !slices.Equal(text.Heads(), loaded.Heads()) {
				t.Fatalf("loaded %q of %q", loaded.String(), text.String())
			}
			if err := errors.Join(text.Apply(c), loaded.Apply(c)); err != nil {
				t.Fatal(err)
			}
		}
		if text.String() != loaded.String() || !slices.Equal(text.Runs(), loaded.Runs()) {
			t.Fatalf("gone on to %q and %q", text.String(), loaded.String())
		}
	})
}

func FuzzLoad(f *testing.F) {
	var text Text
	root := apply(f, &text, Change{ID: idOf("r", 0), Edits: []Edit{{Ins: "añ🌳d"}, {Index: 1, Pos: 2, Missing: 3}}})
	apply(f, &text, Change{ID: idOf("a", 0), Parents: []ID{root}, Hidden: []OpRef{{root, 1}}, Edits: []Edit{{Pos: 1, Del: 2, Ins: "x"}, {Pos: 99, Ins: "void"}}})
	apply(f, &text, Change{ID: idOf("b", 0), Parents: []ID{root}, Edits: []Edit{{Pos: 1, Del: 4}}})
	text.SetHidden([]OpRef{{root, 0}})
	saved, _ := text.AppendBinary(nil)
	f.Add(saved)
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := Load(b)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		again, _ := text.AppendBinary(nil)
		loaded, err := Load(again)
		if err != nil || loaded.String() != text.String() || len([]rune(text.String())) != text.Runes() {
			t.Fatalf("%q saved and read as %q: %v", text, loaded, err)
		}
	})
}
