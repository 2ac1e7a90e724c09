package envelope_test

import (
	"bytes"
	"strings"
	"testing"

	"coppice.example/node/envelope"
)

// A card gives back what the document shows, but for the ends of long texts.
func TestCardGivesBackTheDocument(t *testing.T) {
	p := begin(t, "way", rosa, envelope.Member,
		do("title", envelope.DoSet, "Chalk the lip"),
		do("body", envelope.DoText, strings.Repeat("Wipe once, dry. ", 100)),
		do("use_when", envelope.DoText, "You cannot see where it touches."),
		do("form", envelope.DoSet, "trick"))
	p.write(dev, envelope.Member, do("trials", envelope.DoEnter, map[string]any{"outcome": "worked", "context": "climate=nordic", "words": "At once."}))
	p.write(sam, envelope.Guest, do("marks", envelope.DoAdd, "try"), do("talk", envelope.DoEnter, "Which chalk?"))
	p.write(rosa, envelope.Member, do("body", envelope.DoText, "Rewritten."))
	f := p.fold()
	got, err := kinds.ReadCard(f.Card())
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if have, err := got.MarshalJSON(); err != nil || !bytes.Equal(have, want) {
		t.Errorf("the card says\n%s\nnot\n%s (%v)", have, want, err)
	}
	trials := got.Field("trials").Entries
	if len(trials) != 1 || trials[0].ID != f.Field("trials").Entries[0].ID {
		t.Fatalf("trials %v", trials)
	}
	if schema := kinds.Named("way"); schema.State(got) != schema.State(f) {
		t.Error("the card stands otherwise than the document: the measure of the wordings is lost")
	}
	if !bytes.Equal(got.Card(), f.Card()) {
		t.Error("the card of a card is another")
	}
}

func TestFactsNameWhoDidWhat(t *testing.T) {
	p := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk the lip"), do("body", envelope.DoText, "One stripe."))
	p.write(dev, envelope.Member, do("trials", envelope.DoEnter, map[string]any{"outcome": "failed", "words": "It smeared."}))
	p.write(sam, envelope.Guest, do("marks", envelope.DoAdd, "thanks"), do("talk", envelope.DoEnter, "Which chalk?"))
	facts := kinds.Facts(p.fold())
	for what, by := range map[envelope.What]any{envelope.Made: rosa, envelope.Failed: dev, envelope.Thanked: sam, envelope.Talked: sam} {
		did := facts.Did(what)
		if len(did) != 1 || did[0].By != by || what != envelope.Made && did[0].To != rosa {
			t.Errorf("deed %d: %+v", what, did)
		}
	}
	if len(facts.Acts) != 3 {
		t.Errorf("%d acts of three members on one day", len(facts.Acts))
	}
}

// FuzzReadCard reads damaged cards: whatever is taken can be written again.
func FuzzReadCard(f *testing.F) {
	p := begin(f, "question", sam, envelope.Guest, do("title", envelope.DoSet, "Judder?"), do("context", envelope.DoSet, "climate=mild"))
	p.write(dev, envelope.Member, do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	f.Add(p.fold().Card())
	f.Fuzz(func(t *testing.T, b []byte) {
		folded, err := kinds.ReadCard(b)
		if err != nil {
			return
		}
		again, err := kinds.ReadCard(folded.Card())
		if err != nil || !bytes.Equal(again.Card(), folded.Card()) {
			t.Errorf("a card that was read cannot be written: %v", err)
		}
		kinds.Facts(folded)
	})
}
