package envelope_test

import (
	"testing"

	"coppice.example/node/envelope"
)

// What a text read when somebody last wrote in it: hers and what she saw, not
// what came after or beside it.
func TestWhatSomebodyLeft(t *testing.T) {
	p := begin(t, "way", rosa, member, do("title", envelope.DoSet, "Chalk"), do("body", envelope.DoText, "Chalk the lip.\n"))
	left := func(name string, by string) string { return p.doc.Left(name, person(by)) }
	if got := left("body", "Dev"); got != "" {
		t.Errorf("Dev left %q and never wrote", got)
	}
	p.write(dev, member, do("body", envelope.DoText, "Chalk the lip.\nWipe once.\n"))
	p.write(rosa, member, do("use_when", envelope.DoText, "before winter"))
	p.write(sam, member, do("body", envelope.DoText, "Chalk the lip well.\nWipe once.\n"))
	for who, want := range map[string]string{"Rosa": "Chalk the lip.\n", "Dev": "Chalk the lip.\nWipe once.\n", "Sam": "Chalk the lip well.\nWipe once.\n"} {
		if got := left("body", who); got != want {
			t.Errorf("%s left %q, not %q", who, got, want)
		}
	}
	if got := left("use_when", "Rosa"); got != "before winter" {
		t.Errorf("Rosa left %q", got)
	}
	for _, name := range []string{"form", "trials", "nothing"} {
		if got := left(name, "Rosa"); got != "" {
			t.Errorf("%s is no text and reads %q", name, got)
		}
	}
	p.doc.SetVerdict(p.sent[1].ID, envelope.None, false)
	if got := left("body", "Dev"); got != "Chalk the lip.\n" {
		t.Errorf("without effect Dev left %q", got)
	}
}
