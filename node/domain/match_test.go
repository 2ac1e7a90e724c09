package domain_test

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

const (
	cold   = 100
	rubber = 101
	blades = 102 // above rubber
)

// Everybody of the club but Sam, who asks.
const (
	dev, ingrid, marta, rosa, yuki, sam byte = 1, 2, 3, 4, 5, 6
)

var names = map[byte]string{dev: "Dev", ingrid: "Ingrid", marta: "Marta", rosa: "Rosa", yuki: "Yuki", sam: "Sam"}

func told(matches []domain.Match) string {
	var all []string
	for _, m := range matches {
		near := ""
		if m.Near {
			near = " near"
		}
		all = append(all, fmt.Sprintf("%s %g%s", names[m.Who[0]], m.Score, near))
	}
	return strings.Join(all, ", ")
}

func TestMatchIsTheFormula(t *testing.T) {
	nordic := envelope.Object{{Name: "climate", Value: "nordic"}, {Name: "platform", Value: "van"}}
	q := domain.Asking{Asker: one(sam), Areas: []protocol.DocumentID{doc(rubber), doc(blades)}, Context: nordic}
	everybody := []domain.Candidate{
		{ID: one(sam), Context: nordic}, {ID: one(dev)}, {ID: one(ingrid), Context: envelope.Object{{Name: "climate", Value: "nordic"}, {Name: "platform", Value: "van"}}},
		{ID: one(marta)}, {ID: one(rosa)}, {ID: one(yuki), Active: true},
	}
	knows := []domain.Knows{
		{Who: one(sam), Area: doc(rubber), Recognised: true, Contributed: true, Helps: true},
		{Who: one(dev), Area: doc(rubber), Recognised: true, Contributed: true, Helps: true}, {Who: one(dev), Area: doc(blades), Helps: true},
		{Who: one(marta), Area: doc(blades), Contributed: true, Learns: true},
		{Who: one(rosa), Area: doc(cold), Recognised: true},
		{Who: one(yuki), Area: doc(rubber), Learns: true}, {Who: one(yuki), Area: doc(blades), Learns: true},
	}
	if got := told(domain.Matches(q, everybody, knows)); got != "Dev 7, Marta 2.5, Ingrid 0.5, Yuki 0.5 near" {
		t.Errorf("matched %s", got)
	}
	everybody[1].Put = 10 // Dev was asked ten times
	if got := told(domain.Matches(q, everybody, knows)); got != "Marta 2.5, Dev 2, Ingrid 0.5, Yuki 0.5 near" {
		t.Errorf("after ten questions %s", got)
	}
	var why []domain.Why
	for _, r := range domain.Matches(q, everybody, knows)[1].Reasons {
		why = append(why, r.Why)
	}
	if fmt.Sprint(why) != fmt.Sprint([]domain.Why{domain.WhyRecognised, domain.WhyContributed, domain.WhyHelps, domain.WhyHelps}) {
		t.Errorf("Dev because of %v", why)
	}
}

func TestTheNearPeer(t *testing.T) {
	q := domain.Asking{Asker: one(sam), Areas: []protocol.DocumentID{doc(cold)}}
	helper := func(who byte) domain.Knows { return domain.Knows{Who: one(who), Area: doc(cold), Helps: true} }
	for _, c := range []struct {
		name   string
		people []domain.Candidate
		knows  []domain.Knows
		want   string
	}{
		{"who learns it comes first", []domain.Candidate{{ID: one(yuki)}, {ID: one(rosa), New: true, Active: true}},
			[]domain.Knows{{Who: one(yuki), Area: doc(cold), Learns: true}, helper(rosa)}, "Rosa 1, Yuki 0.5 near"},
		{"one who came lately and did something", []domain.Candidate{{ID: one(dev)}, {ID: one(yuki), New: true, Active: true}, {ID: one(marta), Active: true}},
			[]domain.Knows{helper(dev)}, "Dev 1, Yuki 0 near"},
		{"nobody who only is there", []domain.Candidate{{ID: one(dev)}, {ID: one(yuki), New: true}, {ID: one(marta), Active: true}},
			[]domain.Knows{helper(dev)}, "Dev 1"},
		{"the next below, if she is about", []domain.Candidate{{ID: one(dev)}, {ID: one(ingrid)}, {ID: one(marta)}, {ID: one(rosa)}, {ID: one(yuki), Active: true}},
			[]domain.Knows{helper(dev), helper(ingrid), helper(marta), helper(rosa), helper(yuki)}, "Dev 1, Ingrid 1, Marta 1, Yuki 1 near"},
		{"one who came lately before her", []domain.Candidate{{ID: one(dev)}, {ID: one(ingrid)}, {ID: one(marta)}, {ID: one(rosa), New: true}, {ID: one(yuki), Active: true}},
			[]domain.Knows{helper(dev), helper(ingrid), helper(marta), helper(rosa), helper(yuki)}, "Dev 1, Ingrid 1, Marta 1, Rosa 1 near"},
	} {
		if got := told(domain.Matches(q, c.people, c.knows)); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

func TestQuestionsPutLately(t *testing.T) {
	const day = 24 * 60 * 60
	asked := func(at uint64, to byte) *envelope.Facts {
		return &envelope.Facts{Kind: domain.Question, Deeds: []envelope.Deed{{What: envelope.Asked, By: one(sam), To: one(to), At: at}}}
	}
	put := domain.Put([]*envelope.Facts{asked(100*day, dev), asked(87*day, dev), asked(86*day, dev), asked(101*day, dev), asked(99*day, rosa)}, 100*day)
	if put[one(dev)] != 2 || put[one(rosa)] != 1 {
		t.Errorf("put %v", put)
	}
}
