package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"coppice.example/node/envelope"
)

func stretches(p *paper) string {
	var b []string
	for _, one := range kinds.Stretches(p.fold()) {
		b = append(b, one.Field+": "+one.Text)
	}
	return strings.Join(b, "|")
}

func formerly(p *paper) string {
	var b []string
	for _, one := range p.fold().Former {
		b = append(b, one.Field+": "+one.Text)
	}
	return strings.Join(b, "|")
}

// Words in values are read, names somebody chose among are not.
func TestStretches(t *testing.T) {
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk"), do("form", envelope.DoSet, "trick"),
		do("use_when", envelope.DoText, "Below zero."), do("shelved", envelope.DoPut, map[string]any{"is": "yes", "why": "nobody does it"}))
	w.write(dev, envelope.Member, do("trials", envelope.DoEnter, map[string]any{"outcome": "worked", "words": "Held.", "effect": "A week.", "context": "climate=nordic"}))
	if got := stretches(w); got != "shelved: nobody does it|use_when: Below zero.|trials: nordic\nHeld.\nA week." {
		t.Errorf("it reads %q", got)
	}
}

// What a member took away is found with her, unless it was taken back, or what
// took it away is void; and no more of it is kept than stands.
func TestFormerWordings(t *testing.T) {
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk"), do("body", envelope.DoText, "Cut the old oak down and burn it."))
	w.write(dev, envelope.Member, do("body", envelope.DoText, "Cut and burn it."))
	f := w.fold()
	if len(f.Former) != 1 || f.Former[0].Text != "the old oak down" || f.Former[0].By != dev || f.Former[0].Field != "body" || f.Former[0].Change != w.sent[len(w.sent)-1].ID {
		t.Fatalf("former: %+v", f.Former)
	}
	w.doc.SetVerdict(w.sent[len(w.sent)-1].ID, envelope.Member, true) // Dev's cut is void
	if got := formerly(w); got != "" || w.fold().Body != "Cut the old oak down and burn it." {
		t.Errorf("without his cut: %q", got)
	}
	w.doc.SetVerdict(w.sent[len(w.sent)-1].ID, envelope.Member, false)
	w.write(sam, envelope.Member, do("talk", envelope.DoEnter, map[string]any{"body": "Mister Smith in bed four told me so."}))
	talk := envelope.EntryName(w.fold().Field("talk").Entries[0].ID)
	w.write(sam, envelope.Member, envelope.Intent{Field: "talk", Entry: talk, Sub: "body", Verb: envelope.DoText, Value: "He told me so."})
	if got := formerly(w); !strings.Contains(got, "talk: Mister Smith in bed four") {
		t.Errorf("of talk: %q", got)
	}
	w.write(sam, envelope.Member, envelope.Intent{Field: "talk", Entry: talk, Verb: envelope.DoWithdraw})
	if got := formerly(w); got != "body: the old oak down" {
		t.Errorf("of talk that was taken back: %q", got)
	}
	for _, s := range w.sent { // the words themselves are redacted
		if s.Author == rosa {
			w.doc.SetVerdict(s.ID, envelope.Member, true)
		}
	}
	if got := formerly(w); strings.Contains(got, "oak") {
		t.Errorf("of words that were redacted: %q", got)
	}
}

func TestFormerWordingsAreBounded(t *testing.T) {
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk"), do("body", envelope.DoText, ""))
	for n := range 5 {
		w.write(rosa, envelope.Member, do("body", envelope.DoText, strings.Repeat(string(rune('a'+n))+"word ", 400)))
	}
	size, last := 0, w.fold().Former[0]
	for _, one := range w.fold().Former {
		size += len(one.Text)
	}
	if size > 4<<10 || size < 3<<10 || !strings.HasPrefix(last.Text, "dword") {
		t.Errorf("%d bytes are kept, the last is %.20q", size, last.Text)
	}
}

// Two copies that heard of the same in another order keep the same.
func TestFormerWordingsDoNotDependOnTheOrder(t *testing.T) {
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk"), do("body", envelope.DoText, "one two three four. five six seven eight."))
	base := len(w.sent)
	other := &paper{t: t, doc: w.again(), sent: slices.Clone(w.sent)}
	w.write(dev, envelope.Member, do("body", envelope.DoText, "five six seven eight."))
	other.write(sam, envelope.Member, do("body", envelope.DoText, "one two three four."))
	mine, theirs := w.sent[base:], other.sent[base:]
	for _, s := range theirs {
		apply(t, w.doc, s)
	}
	for _, s := range mine {
		apply(t, other.doc, s)
	}
	if a, b := formerly(w), formerly(other); a != b || strings.Count(a, "|") != 1 {
		t.Errorf("%q and %q", a, b)
	}
}
