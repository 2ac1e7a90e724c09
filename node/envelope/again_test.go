package envelope_test

import (
	"slices"
	"testing"

	"coppice.example/node/envelope"
)

// bothWrite has two people write on what both hold, neither seeing the other.
func bothWrite(p *paper, first, second func(*paper)) {
	p.t.Helper()
	q := &paper{t: p.t, doc: p.again(), sent: slices.Clone(p.sent)}
	from := len(p.sent)
	first(p)
	second(q)
	for i, s := range q.sent[from:] {
		s.Lamport += uint64(i) // apart, but not at the same height
		p.sent = append(p.sent, s)
		apply(p.t, p.doc, s)
	}
}

const twoParagraphs = "Wipe once, dry.\n\nThen look where it does not touch.\n"

func chalk(t *testing.T) *paper {
	return begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Chalk the lip"), do("body", envelope.DoText, twoParagraphs))
}

// Both edit one paragraph of a way: both texts stand, and it says who should
// read it again until one of them edits or says that it reads well.
func TestMergeBothEditOneParagraph(t *testing.T) {
	for name, clear := range map[string]func(p *paper){
		"an edit":  func(p *paper) { p.write(sam, envelope.Member, do("body", envelope.DoText, "Wipe once.\n")) },
		"her word": func(p *paper) { p.write(rosa, envelope.Member, do("reads_well", envelope.DoPut, "now")) },
		"his word": func(p *paper) { p.write(dev, envelope.Member, do("reads_well", envelope.DoPut, "now")) },
	} {
		p := chalk(t)
		bothWrite(p, func(p *paper) {
			p.write(rosa, envelope.Member, do("body", envelope.DoText, "Wipe once, quite dry.\n\nThen look where it does not touch.\n"))
		}, func(p *paper) {
			p.write(dev, envelope.Member, do("body", envelope.DoText, "Wipe once, dry, from the left.\n\nThen look where it does not touch.\n"))
		})
		f := p.fold()
		if want := "Wipe once, quite dry, from the left.\n\nThen look where it does not touch.\n"; f.Body != want {
			t.Errorf("both together: %q", f.Body)
		}
		if len(f.Again) != 1 || f.Again[0].Paragraph != 0 || len(f.Again[0].By) != 2 {
			t.Errorf("to be read again: %+v", f.Again)
		}
		if open := kinds.Facts(f).Open; !slices.Equal(open, []string{"body"}) {
			t.Errorf("open %v", open)
		}
		if clear(p); len(p.fold().Again) != 0 {
			t.Errorf("%s does not clear it", name)
		}
	}
}

func TestParagraphsApartAskNothing(t *testing.T) {
	p := chalk(t)
	bothWrite(p, func(p *paper) {
		p.write(rosa, envelope.Member, do("body", envelope.DoText, "Wipe once, quite dry.\n\nThen look where it does not touch.\n"))
	}, func(p *paper) {
		p.write(dev, envelope.Member, do("body", envelope.DoText, "Wipe once, dry.\n\nThen look where it hardly touches.\n"))
	})
	if again := p.fold().Again; len(again) != 0 {
		t.Errorf("to be read again: %+v", again)
	}
	// A word of an older text covers nothing that came apart from it.
	q := chalk(t)
	bothWrite(q, func(q *paper) {
		q.write(rosa, envelope.Member, do("body", envelope.DoText, "Wipe twice, dry.\n"), do("reads_well", envelope.DoPut, "now"))
	}, func(q *paper) {
		q.write(dev, envelope.Member, do("body", envelope.DoText, "Wipe once, wet.\n"))
	})
	if again := q.fold().Again; len(again) != 1 {
		t.Errorf("to be read again: %+v", again)
	}
}

// What was chosen apart stands open until somebody chooses; the same chosen
// twice is one.
func TestChosenApart(t *testing.T) {
	p := chalk(t)
	bothWrite(p, func(p *paper) {
		p.write(rosa, envelope.Member, do("title", envelope.DoSet, "Chalk it"), do("form", envelope.DoSet, "trick"))
	}, func(p *paper) {
		p.write(dev, envelope.Member, do("title", envelope.DoSet, "Chalk the blade"), do("form", envelope.DoSet, "trick"))
	})
	f := p.fold()
	if chosen := f.Field("title").Chosen(); len(chosen) != 2 || f.Field("form").Chosen() != nil {
		t.Errorf("chosen apart: %+v, %+v", chosen, f.Field("form").Chosen())
	}
	if open := kinds.Facts(f).Open; !slices.Equal(open, []string{"title"}) {
		t.Errorf("open %v", open)
	}
	p.write(sam, envelope.Member, do("title", envelope.DoSet, f.Title))
	if p.fold().Field("title").Chosen() != nil {
		t.Error("choosing what shows does not settle it")
	}
}
