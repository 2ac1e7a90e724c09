package domain_test

import (
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

var asker, other = protocol.MemberID{1}, protocol.MemberID{2}

func answer(by protocol.MemberID, helped ...protocol.MemberID) envelope.Entry {
	e := envelope.Entry{By: by}
	own := envelope.Shown{Name: "helped", Type: envelope.Map}
	for _, who := range helped {
		own.Own = append(own.Own, envelope.Stamp{By: who})
	}
	e.Fields = append(e.Fields, own)
	return e
}

func TestStateOfAQuestion(t *testing.T) {
	withdrawn := answer(other, asker)
	withdrawn.Withdrawn = true
	for _, c := range []struct {
		want    string
		closed  string
		answers []envelope.Entry
	}{
		{"open", "", nil},
		{"open", "", []envelope.Entry{answer(asker)}},
		{"answered", "", []envelope.Entry{answer(other)}},
		{"answered", "", []envelope.Entry{answer(other, other)}}, // helped somebody else
		{"solved", "", []envelope.Entry{answer(other), answer(other, other, asker)}},
		{"open", "", []envelope.Entry{withdrawn}},
		{"moot", "moot", []envelope.Entry{answer(other)}},
		{"moved", "moved", nil},
		{"solved", "solved", nil},
		{"answered", "open", []envelope.Entry{answer(other)}}, // opened again
	} {
		f := &envelope.Folded{Author: asker, Fields: []envelope.Shown{{Name: "answers", Type: envelope.Log, Entries: c.answers}}}
		if c.closed != "" {
			f.Fields = append(f.Fields, envelope.Shown{Name: "closed", Type: envelope.Register,
				Values: []envelope.Stamp{{Value: envelope.Object{{Name: "why", Value: c.closed}}}}})
		}
		if got := domain.State(f); got != c.want {
			t.Errorf("closed %q with %d answers: %s, not %s", c.closed, len(c.answers), got, c.want)
		}
	}
}

func TestMeTooIsCountedFromPeople(t *testing.T) {
	marks := func(by protocol.MemberID, names ...envelope.Value) envelope.Stamp {
		return envelope.Stamp{By: by, Value: names}
	}
	f := &envelope.Folded{Author: asker, Fields: []envelope.Shown{{Name: "marks", Type: envelope.Map, Own: []envelope.Stamp{
		marks(asker, "metoo"), marks(other, "metoo", "thanks"), marks(protocol.MemberID{3}, "try"),
	}}}}
	if got := domain.MeToo(f); len(got) != 1 || got[0] != other {
		t.Errorf("me too: %v", got)
	}
	derived := envelope.NewKinds(domain.Kinds()).Named("question").Derive(0, f)
	if derived.Get("metoo") != uint64(1) || derived.Text("state") != "open" {
		t.Errorf("derived %v", derived)
	}
}

func TestACharterThatDoesNotSay(t *testing.T) {
	got := envelope.NewKinds(domain.Kinds()).Named("charter").Derive(0, &envelope.Folded{})
	if got.Text("style") != "mixed" || got.Get("review_months") != uint64(12) || got.Get("quorum") != domain.DefaultQuorum {
		t.Errorf("derived %v", got)
	}
}

// An agreement stays on the text agreed to, and says so.
func TestAgreementIsToAWording(t *testing.T) {
	kinds := envelope.NewKinds(domain.Kinds())
	id := protocol.DeriveDocument(protocol.CommunityID{}, domain.Charter)
	d := envelope.New(kinds, protocol.CommunityID{}, id)
	n := byte(0)
	write := func(by protocol.MemberID, field string, verb envelope.Verb, v any) {
		drafts, err := d.Write(envelope.Writing{Kind: domain.Charter, Author: by, Rank: envelope.Member}, []envelope.Intent{{Field: field, Verb: verb, Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		for _, draft := range drafts {
			n++
			m := envelope.Meta{ID: protocol.ChangeID{n}, Kind: domain.Charter, Parents: d.Heads(), Lamport: uint64(n), Author: by, Rank: envelope.Member}
			if err := d.Apply(m, envelope.OpenBody(draft.Shape(), draft.Words, true, len(draft.Words)+protocol.WordsOverhead)); err != nil {
				t.Fatal(err)
			}
		}
	}
	agreed := func() int {
		f, _ := d.Fold()
		return len(domain.AgreedNow(f))
	}
	write(asker, "concern", envelope.DoText, "A clear view in any weather.")
	write(asker, "agreed", envelope.DoAdd, "now")
	write(other, "agreed", envelope.DoAdd, "now")
	if agreed() != 2 {
		t.Errorf("%d agreed", agreed())
	}
	write(other, "norms", envelope.DoText, "We write down what bites us twice.")
	if agreed() != 0 {
		t.Errorf("%d agreed to what they never read", agreed())
	}
	write(asker, "agreed", envelope.DoAdd, "now")
	f, _ := d.Fold()
	if agreed() != 1 || len(f.Field("agreed").Own[0].Value.([]envelope.Value))+len(f.Field("agreed").Own[1].Value.([]envelope.Value)) != 3 {
		t.Errorf("%d agreed, %v", agreed(), f.Field("agreed").Own)
	}
}
