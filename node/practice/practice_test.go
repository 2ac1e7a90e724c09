package practice_test

import (
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

var author = protocol.MemberID{9}

type trial struct {
	by      byte
	outcome string
	context string
}

// way is a folded way with trials on its present wording.
func way(trials ...trial) *envelope.Folded {
	f := &envelope.Folded{Author: author}
	s := envelope.Shown{Name: "trials", Type: envelope.Log}
	for i, t := range trials {
		e := envelope.Entry{ID: protocol.EntryID{Index: uint64(i)}, By: protocol.MemberID{t.by}, At: uint64(i)}
		e.Fields = append(e.Fields, envelope.Shown{Name: "outcome", Type: envelope.Register, Values: []envelope.Stamp{{Value: t.outcome}}})
		if t.context != "" {
			e.Fields = append(e.Fields, envelope.Shown{Name: "context", Type: envelope.Register,
				Values: []envelope.Stamp{{Value: envelope.Object{{Name: "climate", Value: t.context}}}}})
		}
		s.Entries = append(s.Entries, e)
	}
	f.Fields = append(f.Fields, s)
	return f
}

func TestStanding(t *testing.T) {
	for _, c := range []struct {
		want   string
		trials []trial
	}{
		{"untried", nil},
		{"untried", []trial{{9, "worked", "cold"}}}, // its author's own
		{"tried", []trial{{1, "worked", "cold"}}},
		{"tried", []trial{{1, "failed", "cold"}}},
		{"works here", []trial{{1, "worked", "cold"}, {2, "adapted", "cold"}}},
		{"tried", []trial{{1, "worked", "cold"}, {1, "worked", "wet"}}},
		{"proven", []trial{{1, "worked", "cold"}, {2, "adapted", "wet"}, {3, "worked", "wet"}}},
		{"works here", []trial{{1, "worked", ""}, {2, "adapted", ""}, {3, "worked", ""}}},
		{"contested", []trial{{1, "worked", "cold"}, {2, "worked", "wet"}, {3, "worked", "wet"}, {4, "worked", "wet"}, {5, "failed", "dry"}, {6, "failed", "dry"}}},
		{"proven", []trial{{1, "worked", "cold"}, {2, "worked", "wet"}, {3, "worked", "wet"}, {4, "failed", "dry"}}},
		{"tried", []trial{{1, "failed", "cold"}, {1, "worked", "cold"}}}, // the later of one member and context
		{"untried", []trial{{1, "", "cold"}}},
	} {
		if got := practice.Standing(way(c.trials...)); got != c.want {
			t.Errorf("%v: %s, not %s", c.trials, got, c.want)
		}
	}
}

// At exactly 30 % a trial still counts; beyond it fades.
func TestTrialsFadeWithTheWording(t *testing.T) {
	kinds := envelope.NewKinds(practice.Kinds())
	id := protocol.ChangeID{1}
	d := envelope.New(kinds, protocol.CommunityID{}, protocol.DocumentID(id))
	n := byte(0)
	write := func(by protocol.MemberID, intents ...envelope.Intent) {
		drafts, err := d.Write(envelope.Writing{Kind: practice.Way, Author: by, Rank: envelope.Member}, intents)
		if err != nil {
			t.Fatal(err)
		}
		for _, draft := range drafts {
			n++
			m := envelope.Meta{ID: protocol.ChangeID{n}, Kind: practice.Way, Creates: n == 1, Parents: d.Heads(), Lamport: uint64(n), Author: by, Rank: envelope.Member}
			if err := d.Apply(m, envelope.OpenBody(draft.Shape(), draft.Words, true, len(draft.Words)+protocol.WordsOverhead)); err != nil {
				t.Fatal(err)
			}
		}
	}
	set := func(text string) { write(author, envelope.Intent{Field: "body", Verb: envelope.DoText, Value: text}) }
	standing := func() string {
		f, _ := d.Fold()
		return practice.Standing(f)
	}
	write(author, envelope.Intent{Field: "title", Verb: envelope.DoSet, Value: "W"})
	set("0123456789")
	write(protocol.MemberID{1}, envelope.Intent{Field: "trials", Verb: envelope.DoEnter, Value: map[string]any{"outcome": "worked"}})
	set("0123456abc")
	if got := standing(); got != "tried" {
		t.Errorf("with 30 %% changed it is %s", got)
	}
	set("012345xabc")
	if got := standing(); got != "untried on this wording" {
		t.Errorf("with 40 %% changed it is %s", got)
	}
	f, _ := d.Fold()
	if all := practice.TrialsOf(f); len(all) != 1 || !all[0].Faded || all[0].Outcome != "worked" {
		t.Errorf("the trials are %+v", all)
	}
}

func TestAStorysTeller(t *testing.T) {
	derive := envelope.NewKinds(practice.Kinds()).Named("story").Derive
	f := &envelope.Folded{Author: author}
	if got := derive(0, f); got.Get("credited") != author || got.Get("told") != uint64(1) || got.Get("used_by") != uint64(0) {
		t.Errorf("derived %v", got)
	}
	f.Fields = []envelope.Shown{
		{Name: "teller", Type: envelope.Register, Values: []envelope.Stamp{{Value: "a nurse on nights"}}},
		{Name: "retold", Type: envelope.Set, Set: []envelope.Value{protocol.DocumentID{1}, protocol.DocumentID{2}}},
		{Name: "used", Type: envelope.Log, Entries: []envelope.Entry{{}, {Withdrawn: true}}},
	}
	if got := derive(0, f); got.Text("credited") != "a nurse on nights" || got.Get("told") != uint64(3) || got.Get("used_by") != uint64(1) {
		t.Errorf("derived %v", got)
	}
}

// Who names a problem met it once, unless she brought it from elsewhere; it
// recurs when two members met it, or one three times.
func TestAProblemRecurs(t *testing.T) {
	for _, c := range []struct {
		want   string
		origin bool
		met    []byte
	}{
		{"lone", false, nil},
		{"lone", false, []byte{9}},
		{"recurring", false, []byte{9, 9}},
		{"recurring", false, []byte{1}},
		{"lone", true, []byte{1}},
		{"recurring", true, []byte{1, 2}},
		{"recurring", true, []byte{1, 1, 1}},
	} {
		f := &envelope.Folded{Author: author}
		if c.origin {
			f.Fields = []envelope.Shown{{Name: "origin", Type: envelope.Register, Values: []envelope.Stamp{{Value: envelope.Object{{Name: "path", Value: "x"}, {Name: "hash", Value: protocol.Hash{1}}}}}}}
		}
		met := envelope.Shown{Name: "met", Type: envelope.Log, Entries: []envelope.Entry{{By: protocol.MemberID{5}, Withdrawn: true}}}
		for _, by := range c.met {
			met.Entries = append(met.Entries, envelope.Entry{By: protocol.MemberID{by}})
		}
		f.Fields = append(f.Fields, met)
		if got := practice.Recurs(f); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
