package envelope_test

import (
	"encoding/json"
	"errors"
	"testing"

	"coppice.example/node/envelope"
)

// Whatever a script says is either written, and then takes effect, or refused
// with a sentence.
func FuzzIntents(f *testing.F) {
	f.Add("question", []byte(`[{"field":"closed","verb":"set","value":{"why":"solved","words":"x"}}]`))
	f.Add("way", []byte(`[{"field":"trials","verb":"enter","value":{"outcome":"worked","context":{"a":"b"},"wording":{"heads":[],"runes":3}}}]`))
	f.Add("charter", []byte(`[{"field":"starters","verb":"place","value":"me"},{"field":"quorum","verb":"set","value":"2/3"}]`))
	f.Add("story", []byte(`[{"field":"teller","verb":"set","value":{"words":"a nurse"}},{"field":"links","verb":"set","value":["from me"]}]`))
	f.Add("member", []byte(`[{"field":"recognised","verb":"add","value":{"area":"me","for":[],"words":"w"}},{"field":"recognised","verb":"drop","value":[]}]`))
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		var intents []envelope.Intent
		if kinds.Named(kind) == nil || json.Unmarshal(b, &intents) != nil {
			return
		}
		p := begin(t, kind, rosa, envelope.Founder, do("title", envelope.DoSet, "T"))
		p.write(rosa, envelope.Founder, do("talk", envelope.DoEnter, "hello"))
		drafts, err := p.doc.Write(envelope.Writing{Author: rosa, Rank: convener}, intents)
		var r *envelope.Refusal
		if err != nil {
			if !errors.As(err, &r) || r.Saying == "" || r.Reason == nil {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		for _, s := range p.put(rosa, convener, drafts) {
			for i, takes := range p.doc.Effect(s.ID) {
				if !takes {
					t.Fatalf("operation %d of %s has no effect", i, b)
				}
			}
		}
		p.doc.Fold()
	})
}

func TestTheLastMarkDroppedIsTakenBack(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "T"))
	w.write(dev, guest, do("marks", envelope.DoAdd, "try"))
	w.write(dev, guest, do("marks", envelope.DoDrop, "try"))
	if got := w.fold().Field("marks").Own; len(got) != 0 {
		t.Errorf("marks %v", got)
	}
}
