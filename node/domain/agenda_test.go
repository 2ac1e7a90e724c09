package domain_test

import (
	"fmt"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

const hour = 60 * 60

func TestWhatIsMadeFromAQuestion(t *testing.T) {
	answer := protocol.EntryID{Change: protocol.ChangeID{9}, Index: 1}
	q := &envelope.Facts{ID: doc(1), Kind: domain.Question, Author: one(1), State: "solved",
		Deeds: []envelope.Deed{{What: envelope.Answered, By: one(2), Entry: answer}}}
	lesson := &envelope.Facts{ID: doc(2), Kind: 3, Links: []envelope.Link{{Rel: "from", Entry: answer}}}
	for _, c := range []struct {
		state string
		link  envelope.Link
		kind  protocol.Kind
		want  string
	}{
		{"solved", envelope.Link{Rel: "from", Entry: answer}, 3, "distilled"},
		{"solved", envelope.Link{Rel: "from", To: doc(1)}, 4, "distilled"},
		{"answered", envelope.Link{Rel: "from", To: doc(1)}, 3, "distilled"},
		{"solved", envelope.Link{Rel: "about", To: doc(1)}, 3, "solved"},
		{"solved", envelope.Link{Rel: "from", To: doc(1)}, domain.Term, "solved"},
		{"moot", envelope.Link{Rel: "from", To: doc(1)}, 3, "moot"},
		{"open", envelope.Link{Rel: "from", To: doc(7)}, 3, "open"},
	} {
		q.State, lesson.Links, lesson.Kind = c.state, []envelope.Link{c.link}, c.kind
		facts := []*envelope.Facts{q, lesson}
		if got := domain.NewDistillates(facts, groups(facts...)).State(q); got != c.want {
			t.Errorf("%s with %v of kind %d: %s, not %s", c.state, c.link, c.kind, got, c.want)
		}
	}
	lesson.Links, lesson.Kind = []envelope.Link{{Rel: "from", To: doc(1)}}, 3
	q.Deeds = append(q.Deeds, envelope.Deed{What: envelope.Reopened})
	for _, state := range []string{"open", "answered", "solved"} {
		q.State = state
		want := map[string]string{"solved": "distilled"}[state]
		if want == "" {
			want = state
		}
		facts := []*envelope.Facts{q, lesson}
		if got := domain.NewDistillates(facts, groups(facts...)).State(q); got != want {
			t.Errorf("opened again, %s: %s", state, got)
		}
	}
	lesson.Shelved = true
	if facts := []*envelope.Facts{q, lesson}; domain.NewDistillates(facts, groups(facts...)).State(q) != "solved" {
		t.Error("a shelved lesson counts")
	}
}

func TestOpenedAgain(t *testing.T) {
	p := begin(t, domain.Question, one(1), do("title", envelope.DoSet, "Judder?"))
	p.write(one(2), do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	helped := func() envelope.Intent {
		return envelope.Intent{Field: "answers", Entry: envelope.EntryName(p.fold().Field("answers").Entries[0].ID), Sub: "helped", Verb: envelope.DoPut, Value: "now"}
	}
	p.write(one(1), helped())
	state := func(want string) {
		t.Helper()
		if got := domain.State(p.fold()); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	state("solved")
	p.write(one(1), do("closed", envelope.DoSet, "open"))
	state("answered") // what helped then does not any more
	p.write(one(2), envelope.Intent{Field: "answers", Entry: helped().Entry, Sub: "body", Verb: envelope.DoText, Value: "Shorten the dwell in the last wipes."})
	p.write(one(1), helped())
	state("solved")
}

func TestUnansweredAfterThreeDays(t *testing.T) {
	at := func(id byte, asked uint64, state, horizon string) *envelope.Facts {
		return &envelope.Facts{ID: doc(id), Kind: domain.Question, Created: asked, State: state, Sort: horizon}
	}
	facts := []*envelope.Facts{
		at(1, 30*hour, "open", ""), at(2, 20*hour, "open", "now"), at(3, 28*hour, "open", ""), at(4, 1*hour, "answered", ""),
		at(5, 1*hour, "open", "agenda"), at(6, 1*hour, "moot", ""), {ID: doc(7), Kind: domain.Term, State: "open"},
	}
	var ids []byte
	for _, f := range domain.Unanswered(facts, 101*hour) {
		ids = append(ids, f.ID[0])
	}
	if fmt.Sprint(ids) != "[2 3]" {
		t.Errorf("unanswered %v", ids)
	}
}

func TestAgendaIsOrderedByWhoElseAsks(t *testing.T) {
	question := func(id byte, created uint64, state string, metoo ...byte) *envelope.Facts {
		f := &envelope.Facts{ID: doc(id), Kind: domain.Question, Created: created, State: state, Sort: domain.OnAgenda, Author: one(99)}
		f.Deeds = append(f.Deeds, envelope.Deed{What: envelope.Made, By: one(99)})
		for _, who := range metoo {
			f.Deeds = append(f.Deeds, envelope.Deed{What: envelope.MeToo, By: one(who)})
		}
		return f
	}
	own, mine := question(1, 5, "open", 99), question(2, 4, "answered") // one's own me-too says nothing
	liked, solved, now := question(3, 9, "open", 1, 2), question(4, 1, "solved", 1, 2, 3), question(5, 1, "open", 1, 2, 3)
	now.Sort = "now"
	twin := question(6, 10, "open", 1, 4)
	twin.Same, twin.Author, twin.Deeds[0].By = []protocol.DocumentID{doc(1)}, one(7), one(7)
	twin.Deeds = append(twin.Deeds, envelope.Deed{What: envelope.Championed, By: one(8)})
	facts := []*envelope.Facts{own, mine, liked, solved, now, twin}
	g := groups(facts...)
	var got []string
	for _, a := range domain.Agenda(facts, g, domain.NewDistillates(facts, g)) {
		got = append(got, fmt.Sprint(a.ID[0], len(a.MeToo), len(a.Champion)))
	}
	// Joined questions count together: 1, 4 and who asked the other.
	if fmt.Sprint(got) != "[1 3 1 3 2 0 2 0 0]" {
		t.Errorf("agenda %v", got)
	}
}

// A member has one vote, from whichever device she gives it, and takes it back.
func TestMergeSamePersonVotesOnLaptopAndPhone(t *testing.T) {
	laptop := begin(t, domain.Question, one(1), do("title", envelope.DoSet, "Whom do we visit?"), do("horizon", envelope.DoSet, "agenda"))
	phone := laptop.apart()
	laptop.write(one(2), do("marks", envelope.DoAdd, "metoo"))
	phone.write(one(2), do("marks", envelope.DoAdd, "metoo"))
	laptop.meet(phone)
	phone.meet(laptop)
	for name, p := range map[string]*paper{"laptop": laptop, "phone": phone} {
		if got := domain.MeToo(p.fold()); len(got) != 1 || got[0] != one(2) {
			t.Errorf("on the %s %v", name, got)
		}
	}
	later := laptop.apart()
	laptop.write(one(2), do("marks", envelope.DoAdd, "thanks")) // the earlier word
	later.write(one(2), do("marks", envelope.DoDrop, "metoo"))  // the later one counts
	laptop.meet(later)
	if got := domain.MeToo(laptop.fold()); len(got) != 0 {
		t.Errorf("taken back on one device: %v", got)
	}
}

func TestHelpedIsSaidOfAWording(t *testing.T) {
	asker := begin(t, domain.Question, one(1), do("title", envelope.DoSet, "Judder?"))
	asker.write(one(2), do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	entry := envelope.EntryName(asker.fold().Field("answers").Entries[0].ID)
	helper := asker.apart()
	asker.write(one(1), envelope.Intent{Field: "answers", Entry: entry, Sub: "helped", Verb: envelope.DoPut, Value: "now"})
	helper.write(one(2), envelope.Intent{Field: "answers", Entry: entry, Sub: "body", Verb: envelope.DoText, Value: "Shorten the dwell in the last wipes."})
	asker.meet(helper)
	helper.meet(asker)
	for name, p := range map[string]*paper{"the asker": asker, "the helper": helper} {
		f := p.fold()
		helps := domain.Helps(f, f.Field("answers").Entries[0])
		if len(helps) != 1 || helps[0].By != one(1) || helps[0].Changed <= 0 || helps[0].Changed >= 1 || domain.State(f) != "solved" {
			t.Fatalf("%s sees %+v, %s", name, helps, domain.State(f))
		}
		texts := p.doc.TextsAt(f.Field("answers").Entries[0].ID, helps[0].Wording)
		if len(texts) != 1 || texts[0].Text != "Shorten the dwell." {
			t.Errorf("%s sees that it read %+v", name, texts)
		}
		card, err := kinds.ReadCard(f.Card())
		if err != nil || domain.Helps(card, card.Field("answers").Entries[0])[0].Changed != helps[0].Changed {
			t.Errorf("a card of it forgets how much was edited: %v", err)
		}
	}
}
