package community_test

import (
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// paper is a document that members write on, one after the other.
type paper struct {
	t    *testing.T
	kind protocol.Kind
	doc  *envelope.Document
	n    byte
}

func begin(t *testing.T, kind protocol.Kind, by protocol.MemberID, intents ...envelope.Intent) *paper {
	p := &paper{t: t, kind: kind, doc: envelope.New(envelope.NewKinds(community.Kinds()), protocol.CommunityID{}, protocol.DocumentID{1})}
	p.write(by, intents...)
	return p
}

func (p *paper) write(by protocol.MemberID, intents ...envelope.Intent) {
	p.t.Helper()
	drafts, err := p.doc.Write(envelope.Writing{Kind: p.kind, Author: by, Rank: envelope.Member}, intents)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, draft := range drafts {
		p.n++
		m := envelope.Meta{
			ID: protocol.ChangeID{p.n}, Kind: p.kind, Creates: p.n == 1, Parents: p.doc.Heads(),
			Lamport: uint64(p.n), Wall: uint64(p.n), Author: by, Rank: envelope.Member,
		}
		if err := p.doc.Apply(m, envelope.OpenBody(draft.Shape(), draft.Words, true, len(draft.Words)+protocol.WordsOverhead)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *paper) fold() *envelope.Folded {
	f, shown := p.doc.Fold()
	if !shown {
		p.t.Fatal("it does not show")
	}
	return f
}

func say(field string, v any) envelope.Intent {
	return envelope.Intent{Field: field, Verb: envelope.DoSet, Value: v}
}

func stance(says, why string) envelope.Intent {
	return envelope.Intent{Field: "stances", Verb: envelope.DoPut, Value: map[string]any{"says": says, "why": why, "wording": "now"}}
}

func TestAStanceIsOnAWording(t *testing.T) {
	rosa, dev, ina := protocol.MemberID{1}, protocol.MemberID{2}, protocol.MemberID{3}
	p := begin(t, community.Discussion, rosa, say("title", "Sign park changes"), say("purpose", "proposal"),
		envelope.Intent{Field: "proposal", Verb: envelope.DoText, Value: "We sign every change to the park switch."})
	p.write(dev, stance("agree", "it would have saved us a launch"))
	p.write(ina, stance("disagree", "too slow"))
	all := community.StancesOf(p.fold())
	if len(all) != 2 || all[0].By != ina || all[0].Says != "disagree" || all[0].Why != "too slow" || all[0].Earlier || all[1].Earlier {
		t.Fatalf("stances %+v", all)
	}
	p.write(rosa, envelope.Intent{Field: "proposal", Verb: envelope.DoText, Value: "We sign every change to the park switch within two days."})
	p.write(ina, stance("agree", ""))
	all = community.StancesOf(p.fold())
	if all[0].Says != "agree" || all[0].Earlier || !all[1].Earlier || all[1].Changed <= 0 || all[1].Changed >= 1 {
		t.Errorf("after rewording %+v", all)
	}
	derived := envelope.NewKinds(community.Kinds()).Named("discussion").Derive(0, p.fold())
	tally, _ := derived.Get("tally").(envelope.Object)
	if tally.Get("agree") != uint64(1) || tally.Get("disagree") != uint64(0) {
		t.Errorf("counted %v", tally)
	}
}

func TestHowFarADiscussionHasCome(t *testing.T) {
	p := begin(t, community.Discussion, protocol.MemberID{1}, say("title", "Two benches a month"))
	day := func(s string) community.Day {
		d, ok := community.ParseDay(s)
		if !ok {
			t.Fatal(s)
		}
		return d
	}
	if got := community.StateOf(p.fold(), day("2030-01-01")); got != community.Open {
		t.Errorf("without a last day %s", got)
	}
	p.write(protocol.MemberID{1}, say("closes", "2026-05-14"))
	for at, want := range map[string]string{"2026-05-13": community.Open, "2026-05-14": community.Closing, "2026-06-01": community.Closing} {
		if got := community.StateOf(p.fold(), day(at)); got != want {
			t.Errorf("on %s %s, not %s", at, got, want)
		}
	}
	p.write(protocol.MemberID{2}, envelope.Intent{Field: "outcome", Verb: envelope.DoText, Value: "We meet twice."})
	if got := community.StateOf(p.fold(), day("2026-05-13")); got != community.Decided {
		t.Errorf("with an outcome %s", got)
	}
}
