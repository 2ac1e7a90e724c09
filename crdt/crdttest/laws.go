package crdttest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"coppice.example/crdt"
)

// Laws checks every law on the histories that draw makes, as subtests.
func Laws(t *testing.T, draw func(*rapid.T) History) {
	for _, law := range []struct {
		name  string
		holds func(*rapid.T, History)
	}{
		{"AnyOrder", anyOrder},
		{"Duplicates", duplicates},
		{"KeepsWhatItTook", keeps},
		{"Verdicts", verdicts},
		{"ThePast", thePast},
		{"Intention", intention},
		{"SaveAndLoad", saveAndLoad},
		{"Letters", letters},
	} {
		t.Run(law.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { law.holds(t, draw(t)) })
		})
	}
}

// Fold applies the changes in their order and says what is hidden.
func Fold(t *rapid.T, changes []crdt.Change, hidden []crdt.OpRef) *crdt.Document {
	d := crdt.New()
	for _, c := range changes {
		must(t, d.Apply(copied(c)))
	}
	d.SetHidden(hidden)
	return d
}

// Shuffle returns the changes in another causal order.
func Shuffle(t *rapid.T, changes []crdt.Change) []crdt.Change {
	var order []crdt.Change
	here := map[crdt.ID]bool{}
	rest := slices.Clone(changes)
	for len(rest) > 0 {
		var ready []int
		for i, c := range rest {
			if !slices.ContainsFunc(c.Parents, func(p crdt.ID) bool { return !here[p] }) {
				ready = append(ready, i)
			}
		}
		i := rapid.SampledFrom(ready).Draw(t, "next")
		order = append(order, rest[i])
		here[rest[i].ID] = true
		rest = slices.Delete(rest, i, i+1)
	}
	return order
}

// Dump says all that a view shows, canonically: equal bytes, equal documents.
func Dump(d *crdt.Document, v crdt.View) []byte {
	var b []byte
	for _, p := range d.Paths() {
		say := func(what string, shown any, n int) {
			if n > 0 {
				b = fmt.Appendf(b, "%d/%x.%d/%d %s %q\n", p.Field, p.Entry.Change, p.Entry.Index, p.Sub, what, fmt.Sprintf("%+v", shown))
			}
		}
		text := v.Text(p)
		say("text", text, len(text))
		say("register", v.Register(p), len(v.Register(p)))
		say("set", v.Added(p), len(v.Added(p)))
		say("map", v.Map(p), len(v.Map(p)))
		if p.Sub == 0 && p.Entry == (crdt.OpRef{}) {
			say("log", v.Log(p.Field), len(v.Log(p.Field)))
			say("list", v.List(p.Field), len(v.List(p.Field)))
		}
	}
	return b
}

func same(t *rapid.T, law string, got, want []byte) {
	if !bytes.Equal(got, want) {
		t.Fatalf("%s:\n%s\nwant:\n%s", law, got, want)
	}
}

// anyOrder: the same changes in any causal order make the same document.
func anyOrder(t *rapid.T, h History) {
	one := Fold(t, h.Changes, h.Hidden)
	two := Fold(t, Shuffle(t, h.Changes), h.Hidden)
	same(t, "another order", Dump(two, two.Now()), Dump(one, one.Now()))
	if !slices.Equal(one.Heads(), two.Heads()) {
		t.Fatal("other heads")
	}
}

// duplicates: a change applied again changes nothing.
func duplicates(t *rapid.T, h History) {
	d := Fold(t, h.Changes, h.Hidden)
	want := Dump(d, d.Now())
	for range 3 {
		if len(h.Changes) > 0 {
			must(t, d.Apply(copied(rapid.SampledFrom(h.Changes).Draw(t, "again"))))
		}
	}
	same(t, "duplicates", Dump(d, d.Now()), want)
}

// keeps: what was taken is there; what lacks a parent is refused and leaves
// the document as it was.
func keeps(t *rapid.T, h History) {
	d := crdt.New()
	order := Shuffle(t, h.Changes)
	for i, c := range order {
		for _, later := range order[i+1:] {
			if slices.ContainsFunc(later.Parents, func(p crdt.ID) bool { return !d.Has(p) }) {
				want := Dump(d, d.Now())
				if err := d.Apply(copied(later)); !errors.Is(err, crdt.ErrParent) {
					t.Fatalf("a change without its parents: %v", err)
				}
				same(t, "refused", Dump(d, d.Now()), want)
				break
			}
		}
		must(t, d.Apply(copied(c)))
	}
	for i, c := range order {
		if got, ok := d.Change(c.ID); !ok || !d.Has(c.ID) || got.ID != d.Changes()[i].ID {
			t.Fatal("a change got lost")
		}
	}
	for _, c := range order {
		for _, p := range c.Parents {
			if !d.InPast(p, []crdt.ID{c.ID}) || d.InPast(c.ID, []crdt.ID{p}) {
				t.Fatal("the past is not the past")
			}
		}
	}
}

// verdicts: what is hidden may change at any time; only the last word counts.
func verdicts(t *rapid.T, h History) {
	d := crdt.New()
	d.SetHidden(subset(t, h.Changes))
	for _, c := range Shuffle(t, h.Changes) {
		must(t, d.Apply(copied(c)))
		if rapid.IntRange(0, 3).Draw(t, "verdict") == 0 {
			d.SetHidden(subset(t, h.Changes))
			Dump(d, d.Now())
		}
	}
	d.SetHidden(h.Hidden)
	fresh := Fold(t, h.Changes, h.Hidden)
	same(t, "verdicts", Dump(d, d.Now()), Dump(fresh, fresh.Now()))
}

// thePast: a view of a version shows what a fold of that version alone shows.
func thePast(t *rapid.T, h History) {
	d := Fold(t, Shuffle(t, h.Changes), h.Hidden)
	want := Dump(d, d.Now())
	for range 4 {
		if len(h.Changes) == 0 {
			break
		}
		var heads []crdt.ID
		for range rapid.IntRange(1, 3).Draw(t, "heads") {
			heads = append(heads, rapid.SampledFrom(h.Changes).Draw(t, "head").ID)
		}
		var past []crdt.Change
		for _, c := range h.Changes {
			if d.InPast(c.ID, heads) {
				past = append(past, c)
			}
		}
		hidden := subset(t, past)
		then := Fold(t, past, hidden)
		same(t, "the past", Dump(d, d.At(heads, hidden)), Dump(then, then.Now()))
		for _, p := range then.Paths() {
			if !slices.Equal(d.FieldHeads(p, heads), then.FieldHeads(p, then.Heads())) {
				t.Fatalf("the heads of field %v differ", p)
			}
		}
	}
	same(t, "now, after looking back", Dump(d, d.Now()), want)
}

// intention: whatever came before or beside it, an edit lands where its author
// put it in the text she saw.
func intention(t *rapid.T, h History) {
	d := Fold(t, Shuffle(t, h.Changes), h.Hidden)
	for _, c := range h.Changes {
		for _, p := range d.Paths() {
			want := []rune(d.At(c.Parents, c.Hidden).Text(p))
			for i, op := range c.Ops {
				for _, v := range op.Fields {
					if v.Code == crdt.Insert && p == (crdt.Path{Field: op.Path.Field, Entry: crdt.OpRef{Change: c.ID, Index: i}, Sub: v.Field}) {
						want = edited(want, v.Edit)
					}
				}
				if op.Path == p && (op.Code == crdt.Insert || op.Code == crdt.Delete) {
					want = edited(want, op.Edit)
				}
			}
			if got := d.At([]crdt.ID{c.ID}, c.Hidden).Text(p); got != string(want) {
				t.Fatalf("change %x made %q of %v, its author meant %q", c.ID[:5], got, p, string(want))
			}
		}
	}
}

// edited returns the text after an edit, which past its end does nothing.
func edited(text []rune, e crdt.Edit) []rune {
	if e.Pos+e.Del > len(text) {
		return text
	}
	ins := []rune(e.Ins + strings.Repeat("\uFFFD", e.Missing))
	return slices.Concat(text[:e.Pos], ins, text[e.Pos+e.Del:])
}

// saveAndLoad: a document read back is the same and goes on the same.
func saveAndLoad(t *rapid.T, h History) {
	order := Shuffle(t, h.Changes)
	cut := rapid.IntRange(0, len(order)).Draw(t, "cut")
	d := Fold(t, order[:cut], h.Hidden)
	saved, err := d.AppendBinary(nil)
	must(t, err)
	loaded, err := crdt.Load(saved)
	must(t, err)
	same(t, "loaded", Dump(loaded, loaded.Now()), Dump(d, d.Now()))
	again, err := loaded.AppendBinary(nil)
	must(t, err)
	if !bytes.Equal(again, saved) {
		t.Fatal("saved again, other bytes")
	}
	for _, c := range order[cut:] {
		must(t, d.Apply(copied(c)))
		must(t, loaded.Apply(copied(c)))
	}
	same(t, "gone on", Dump(loaded, loaded.Now()), Dump(d, d.Now()))
}

// letters: words that come late make the document they would have made in time.
func letters(t *rapid.T, h History) {
	late := Fold(t, Shuffle(t, h.Changes), h.Hidden)
	complete := slices.Clone(h.Changes)
	for i := range complete {
		complete[i] = copied(complete[i])
		for j := range complete[i].Ops {
			op := &complete[i].Ops[j]
			ref := crdt.OpRef{Change: complete[i].ID, Index: j}
			words, missing := h.letters[ref]
			if !missing {
				continue
			}
			sub := uint64(0)
			if op.Code == crdt.Insert {
				op.Edit.Ins, op.Edit.Missing = words, 0
			} else {
				sub = op.Fields[0].Field
				op.Fields[0].Edit = crdt.Edit{Ins: words}
			}
			must(t, late.Supply(ref, sub, words))
		}
	}
	inTime := Fold(t, complete, h.Hidden)
	saved, err := late.AppendBinary(nil)
	must(t, err)
	loaded, err := crdt.Load(saved)
	must(t, err)
	same(t, "late letters, saved", Dump(loaded, loaded.Now()), Dump(late, late.Now()))
	for _, p := range inTime.Paths() {
		if got, want := late.Now().Text(p), inTime.Now().Text(p); got != want {
			t.Fatalf("late letters: %q, want %q", got, want)
		}
		if text := late.Text(p); text != nil {
			joined := ""
			for _, r := range text.Runs() {
				joined += r.Text
			}
			if joined != text.String() || text.Runes() != len([]rune(joined)) {
				t.Fatalf("runs %q of %q", joined, text.String())
			}
		}
	}
}
