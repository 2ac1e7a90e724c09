package practice_test

import (
	"math"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

func deed(by byte, what envelope.What, context string, at uint64) envelope.Deed {
	d := envelope.Deed{What: what, By: protocol.MemberID{by}, At: at}
	if context != "" {
		d.Context = envelope.Object{{Name: "climate", Value: context}}
	}
	return d
}

// Wilson's lower bound of w of w+f at z = 1.28, worked out by hand from
// (p + z²/2n − z·sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n).
func TestBound(t *testing.T) {
	for _, c := range []struct {
		w, f int
		want float64
	}{
		{0, 0, 0},
		{1, 0, 0.379018}, // 1 / (1 + 1.6384)
		{3, 0, 0.646775}, // 3 / (3 + 1.6384)
		{1, 1, 0.164475}, // (0.9096 − 1.28·sqrt(0.2274)) / 1.8192
		{2, 1, 0.321509},
		{4, 2, 0.409685},
		{0, 2, 0},
	} {
		e := practice.Evidence{Worked: make([]protocol.MemberID, c.w), Failed: make([]protocol.MemberID, c.f)}
		if got := e.Bound(); math.Abs(got-c.want) > 5e-7 {
			t.Errorf("%d worked, %d failed: %.6f, not %.6f", c.w, c.f, got, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	of := func(pairs ...string) (c practice.Context) { return pairs }
	for _, c := range []struct {
		a, b practice.Context
		want float64
	}{
		{nil, nil, 0},
		{of("climate=cold"), nil, 0},
		{of("climate=cold"), of("climate=cold"), 1},
		{of("climate=cold", "platform=van"), of("climate=cold"), 0.5},
		{of("climate=cold", "platform=van"), of("climate=cold", "platform=sedan"), 1.0 / 3},
	} {
		if got, back := practice.Fit(c.a, c.b), practice.Fit(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%v and %v: %v and %v, not %v", c.a, c.b, got, back, c.want)
		}
	}
}

// Keys and values compare trimmed, in lower case.
func TestContextsCompareAsPeopleMeanThem(t *testing.T) {
	a := practice.ContextOf(envelope.Object{{Name: "Platform ", Value: "Van"}, {Name: "climate", Value: " NORDIC"}})
	if !slices.Equal(a, practice.Context{"climate=nordic", "platform=van"}) {
		t.Errorf("it reads %q", a)
	}
	d, other := deed(1, envelope.Worked, "Cold ", 1), deed(1, envelope.Failed, "cold", 2)
	if e := practice.Weigh([]envelope.Deed{d, other}, nil); len(e.Worked) != 0 || len(e.Failed) != 1 {
		t.Errorf("one member in one context counts twice: %+v", e)
	}
}

// Both sides of a contested way are named, each with where.
func TestBothSides(t *testing.T) {
	e := practice.Weigh([]envelope.Deed{
		deed(1, envelope.Worked, "mild", 1), deed(2, envelope.Adapted, "mild", 2), deed(3, envelope.Worked, "wet", 3), deed(4, envelope.Worked, "", 4),
		deed(5, envelope.Failed, "cold", 5), deed(6, envelope.Failed, "cold", 6), deed(9, envelope.Worked, "dry", 7), {What: envelope.Thanked, By: protocol.MemberID{7}},
	}, []protocol.MemberID{{9}})
	if e.Standing() != "contested" || len(e.Worked) != 4 || len(e.Adapted) != 1 || len(e.Failed) != 2 {
		t.Errorf("%s: %+v", e.Standing(), e)
	}
	if len(e.WorkedIn) != 3 || len(e.FailedIn) != 1 || !slices.Equal(e.Where(), practice.Context{"climate=mild", "climate=wet"}) {
		t.Errorf("worked in %q (all of it %q), failed in %q", e.WorkedIn, e.Where(), e.FailedIn)
	}
}

// club are documents of a problem and its ways: 1 and 2 are one problem, 3 to 5
// deal with it, 6 is a question whose answer 4 was made of.
func documents() ([]*envelope.Facts, *envelope.Groups) {
	id := func(n byte) protocol.DocumentID { return protocol.DocumentID{n} }
	who := func(n byte) protocol.MemberID { return protocol.MemberID{n} }
	answer := protocol.EntryID{Index: 1}
	about := func(n byte) envelope.Link { return envelope.Link{Rel: "about", To: id(n)} }
	facts := []*envelope.Facts{
		{ID: id(1), Kind: practice.Problem, Author: who(1), Created: 1, State: "lone"},
		{ID: id(2), Kind: practice.Problem, Author: who(2), Created: 2, State: "lone", Same: []protocol.DocumentID{id(1)}},
		{ID: id(3), Kind: practice.Way, Author: who(1), Created: 3, Links: []envelope.Link{about(2)}},
		{ID: id(4), Kind: practice.Way, Author: who(1), Created: 4, Links: []envelope.Link{about(1), {Rel: "from", Entry: answer}}},
		{ID: id(5), Kind: practice.Way, Author: who(1), Created: 5, Links: []envelope.Link{about(1)}, Shelved: true},
		{ID: id(6), Kind: 5, Author: who(3), Created: 6, Entries: []protocol.EntryID{answer}, Deeds: []envelope.Deed{{What: envelope.Answered, By: who(7), Entry: answer}}},
	}
	return facts, envelope.Group(facts)
}

// tell has the facts of ways say what their pages alone do.
func tell(facts []*envelope.Facts) []*envelope.Facts {
	for _, f := range facts {
		if f.Kind == practice.Way {
			f.State = practice.Weigh(f.Deeds, []protocol.MemberID{f.Author}).Standing()
		}
	}
	return facts
}

// A way is his whose answer it was made of: his own trials do not count, and
// those of whoever wrote it down do.
func TestWhoseInsightItIs(t *testing.T) {
	facts, groups := documents()
	facts[3].Deeds = []envelope.Deed{deed(7, envelope.Worked, "cold", 1)}
	facts[2].Deeds = []envelope.Deed{deed(1, envelope.Worked, "cold", 1)}
	ways := practice.NewWays(facts, groups)
	if got := ways.Of(facts[3].ID); !slices.Equal(got.Authors, []protocol.MemberID{{7}}) || got.Standing() != "untried" {
		t.Errorf("made of an answer: %v, %s", got.Authors, got.Standing())
	}
	facts[3].Deeds = append(facts[3].Deeds, deed(7, envelope.Failed, "wet", 2))
	if got := practice.Settled(tell(facts), groups); got[3].State != "untried" || facts[3].State != "tried" {
		t.Errorf("of the facts given %s became %s", facts[3].State, got[3].State)
	}
	facts[3].Deeds = append(facts[3].Deeds, deed(1, envelope.Worked, "cold", 2))
	if got := practice.Settled(tell(facts), groups); got[3].State != "tried" || got[2].State != "untried" {
		t.Errorf("whoever wrote it down tried it: %s; its author did: %s", got[3].State, got[2].State)
	}
}

// A problem goes from lone to settled by its ways; the problems that are one
// have one state, and the ways of each.
func TestHowFarAProblemHasCome(t *testing.T) {
	facts, groups := documents()
	state := func(want string) {
		t.Helper()
		got := practice.Settled(tell(facts), groups)
		if got[0].State != want || got[1].State != want {
			t.Errorf("it is %s and %s, not %s", got[0].State, got[1].State, want)
		}
	}
	state("has ways")
	for _, way := range []int{2, 3} {
		facts[way].Shelved = true
	}
	state("recurring") // two members named it
	facts[2].Shelved, facts[3].Shelved = false, false
	fight := []envelope.Deed{deed(2, envelope.Worked, "mild", 1), deed(3, envelope.Failed, "cold", 1), deed(4, envelope.Failed, "cold", 1)}
	facts[2].Deeds = fight
	state("contested")
	facts[3].Deeds = []envelope.Deed{deed(2, envelope.Worked, "mild", 1), deed(3, envelope.Worked, "mild", 1), deed(4, envelope.Adapted, "wet", 1)}
	state("settled")
	mild := practice.Context{"climate=cold"}
	if ways := practice.NewWays(facts, groups).For(facts[1].ID, mild); len(ways) != 2 || ways[0].ID != facts[3].ID {
		t.Errorf("for nobody's context %d ways, the likeliest not first", len(ways))
	}
	facts[2].Deeds = []envelope.Deed{deed(2, envelope.Worked, "cold", 1), deed(5, envelope.Failed, "dry", 1)}
	if ways := practice.NewWays(facts, groups).For(facts[1].ID, mild); ways[0].ID != facts[2].ID {
		t.Error("the way that fits does not come first")
	}
}

// A problem with 40 ways and 2,000 trials, as its page puts them in order.
func BenchmarkWaysOfAProblem(b *testing.B) {
	problem := protocol.DocumentID{200}
	var facts []*envelope.Facts
	for n := range byte(40) {
		f := &envelope.Facts{ID: protocol.DocumentID{n + 1}, Kind: practice.Way, Author: protocol.MemberID{255}, Links: []envelope.Link{{Rel: "about", To: problem}}}
		for at := range 50 {
			what := []envelope.What{envelope.Worked, envelope.Adapted, envelope.Failed}[at%3]
			f.Deeds = append(f.Deeds, deed(byte(at), what, []string{"mild", "wet", "nordic", "dry"}[at%4], uint64(at)))
		}
		facts = append(facts, f)
	}
	facts = append(facts, &envelope.Facts{ID: problem, Kind: practice.Problem})
	groups := envelope.Group(facts)
	for b.Loop() {
		if ways := practice.NewWays(facts, groups).For(problem, practice.Context{"climate=nordic"}); len(ways) != 40 {
			b.Fatalf("%d ways", len(ways))
		}
	}
}
