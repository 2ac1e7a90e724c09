package envelope_test

import (
	"testing"

	"coppice.example/node/envelope"
)

func TestVersionsAreTextsAsTheyRead(t *testing.T) {
	p := begin(t, "charter", rosa, member, do("title", envelope.DoSet, "Wiper Club"), do("concern", envelope.DoText, "A clear view"))
	agree := do("agreed", envelope.DoAdd, "now")
	first := p.write(rosa, member, agree)[0]
	p.write(dev, member, agree)
	p.write(rosa, member, agree) // again: the heads are others, the text is not
	edit := p.write(dev, member, do("concern", envelope.DoText, "A clear view in any weather"), do("norms", envelope.DoText, "We write it down"))
	p.write(sam, member, agree)
	p.write(rosa, member, do("norms", envelope.DoText, "We write down what bites us"))

	all := p.doc.Versions("agreed")
	if len(all) != 2 {
		t.Fatalf("%d versions", len(all))
	}
	newer, older := all[0], all[1]
	if len(newer.Texts) != 2 || newer.Texts[0].Text != "A clear view in any weather" || newer.Texts[1].Name != "norms" ||
		newer.Texts[1].Text != "We write it down" || len(newer.By) != 1 || newer.By[0].By != sam || newer.Now {
		t.Errorf("the newer %+v", newer)
	}
	if newer.At != edit[len(edit)-1].Wall {
		t.Errorf("the newer was written at %d", newer.At)
	}
	if len(older.Texts) != 1 || older.Texts[0].Text != "A clear view" || len(older.By) != 2 {
		t.Errorf("the older %+v", older)
	}
	for _, s := range older.By {
		if s.By == rosa && s.At != first.Wall {
			t.Errorf("Rosa stands by it since %d, not %d", s.At, first.Wall)
		}
	}
	p.write(sam, member, agree)
	if all = p.doc.Versions("agreed"); len(all) != 3 || !all[0].Now || all[1].Now {
		t.Errorf("what it says now is not the newest of %d", len(all))
	}
	p.write(sam, member, do("agreed", envelope.DoTake, nil)) // she takes it all back
	if all = p.doc.Versions("agreed"); len(all) != 1 {
		t.Errorf("%d versions are left", len(all))
	}
	if got := p.doc.Versions("concern"); got != nil {
		t.Errorf("a text has versions: %v", got)
	}
}

// What is taken out of the history is out of every version.
func TestVersionsLeaveOutWhatHasNoEffect(t *testing.T) {
	p := begin(t, "charter", rosa, member, do("title", envelope.DoSet, "Wiper Club"), do("concern", envelope.DoText, "A clear view"))
	secret := p.write(dev, member, do("norms", envelope.DoText, "Dev's number"))[0]
	p.write(rosa, member, do("agreed", envelope.DoAdd, "now"))
	p.doc.SetVerdict(secret.ID, member, true)
	if all := p.doc.Versions("agreed"); len(all) != 1 || len(all[0].Texts) != 1 || all[0].Texts[0].Name != "concern" {
		t.Errorf("versions %+v", all)
	}
}
