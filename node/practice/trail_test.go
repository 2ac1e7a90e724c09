package practice_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

func rels(steps []practice.Step) (all []string) {
	for _, s := range steps {
		all = append(all, fmt.Sprintf("%s %d", s.Rel, s.Document[0]))
	}
	return all
}

// lesson is a lunch (1), the question asked about it (2), its answer, the
// lesson made of that (3), a variant of it (4), and a story told at the lunch (5).
func lesson() (facts []*envelope.Facts, answer protocol.EntryID) {
	id := func(n byte) protocol.DocumentID { return protocol.DocumentID{n} }
	who := func(n byte) protocol.MemberID { return protocol.MemberID{n} }
	answer, trial := protocol.EntryID{Index: 1}, protocol.EntryID{Index: 2}
	return []*envelope.Facts{
		{ID: id(1), Kind: 9, Author: who(1), Created: 10},
		{ID: id(2), Kind: 5, Author: who(1), Created: 20, Links: []envelope.Link{{Rel: "from", To: id(1)}}, Entries: []protocol.EntryID{answer}, Deeds: []envelope.Deed{
			{What: envelope.Answered, By: who(2), At: 30, Entry: answer}, {What: envelope.Helped, By: who(1), To: who(2), At: 31, Entry: answer},
		}},
		{ID: id(3), Kind: practice.Way, Author: who(3), Created: 40, Links: []envelope.Link{{Rel: "from", To: id(2)}, {Rel: "from", Entry: answer}}, Deeds: []envelope.Deed{
			{What: envelope.Worked, By: who(4), At: 50, Entry: trial},
		}},
		{ID: id(4), Kind: practice.Way, Author: who(4), Created: 60, Links: []envelope.Link{{Rel: "adapts", To: id(3)}}},
		{ID: id(5), Kind: practice.Story, Author: who(5), Told: true, Created: 15, Links: []envelope.Link{{Rel: "told_at", To: id(1)}}, Deeds: []envelope.Deed{
			{What: envelope.Retold, By: who(3), At: 70, Document: id(1)},
		}},
	}, answer
}

func TestTrailsBothWays(t *testing.T) {
	facts, answer := lesson()
	trails := practice.NewTrails(facts, envelope.Group(facts))
	none := protocol.EntryID{}
	for _, c := range []struct {
		of       byte
		entry    protocol.EntryID
		from, to []string
	}{
		{4, none, []string{"gathered 1", "asked 2", "answered 2", "written 3"}, nil},
		{3, none, []string{"gathered 1", "asked 2", "answered 2"}, []string{"tried 3", "adapted 4"}},
		{2, none, []string{"gathered 1"}, []string{"answered 2", "distilled 3", "tried 3", "adapted 4"}},
		{2, answer, []string{"gathered 1", "asked 2"}, []string{"distilled 3", "tried 3", "adapted 4"}},
		{1, none, nil, []string{"kept 5", "kept 2", "answered 2", "distilled 3", "tried 3", "adapted 4", "retold 5"}},
		{5, none, []string{"gathered 1"}, []string{"retold 1"}},
	} {
		from, to := rels(trails.From(protocol.DocumentID{c.of}, c.entry)), rels(trails.To(protocol.DocumentID{c.of}, c.entry))
		if !slices.Equal(from, c.from) || !slices.Equal(to, c.to) {
			t.Errorf("%d: from %q, to %q", c.of, from, to)
		}
	}
	first := trails.From(protocol.DocumentID{3}, none)[2]
	if !first.Asker || !slices.Equal(first.By, []protocol.MemberID{{2}}) {
		t.Errorf("the answer is %+v", first)
	}
	if made := trails.To(protocol.DocumentID{2}, none)[1]; !slices.Equal(made.By, []protocol.MemberID{{2}}) {
		t.Errorf("the lesson is of %v, not of who answered", made.By)
	}
}

// Links that go round, and more of them than anybody reads, come to an end.
func TestTrailsEnd(t *testing.T) {
	id := func(n int) (id protocol.DocumentID) {
		binary.BigEndian.PutUint32(id[:], uint32(n))
		return id
	}
	var facts []*envelope.Facts
	for n := range 1000 {
		facts = append(facts, &envelope.Facts{
			ID: id(n), Kind: practice.Way, Author: protocol.MemberID{1}, Created: uint64(n),
			Links: []envelope.Link{{Rel: "adapts", To: id((n + 1) % 1000)}, {Rel: "from", To: id(n)}},
		})
	}
	trails := practice.NewTrails(facts, envelope.Group(facts))
	if from, to := trails.From(id(0), protocol.EntryID{}), trails.To(id(0), protocol.EntryID{}); len(from) != practice.MostSteps || len(to) != practice.MostSteps {
		t.Errorf("%d and %d steps", len(from), len(to))
	}
}

// thousands are n documents of which each is made of the one before, with two
// trials or uses each.
func thousands(n int) []*envelope.Facts {
	id := func(n int) (id protocol.DocumentID) {
		binary.BigEndian.PutUint32(id[:], uint32(n))
		return id
	}
	var facts []*envelope.Facts
	for i := range n {
		kind := []protocol.Kind{practice.Way, practice.Story, 5, 9, practice.Problem}[i%5]
		f := &envelope.Facts{ID: id(i), Kind: kind, Author: protocol.MemberID{byte(i)}, Told: kind == practice.Story, Created: uint64(i)}
		if i > 0 {
			f.Links = append(f.Links, envelope.Link{Rel: []string{"from", "about", "told_at"}[i%3], To: id(i - 1 - i%7)})
		}
		for e := range 2 {
			entry := protocol.EntryID{Change: protocol.ChangeID(f.ID), Index: uint64(e)}
			f.Entries = append(f.Entries, entry)
			what := map[protocol.Kind]envelope.What{practice.Way: envelope.Worked, practice.Story: envelope.Used, practice.Problem: envelope.Met, 5: envelope.Answered, 9: envelope.Talked}[kind]
			f.Deeds = append(f.Deeds, envelope.Deed{What: what, By: protocol.MemberID{byte(i + e)}, At: uint64(i), Entry: entry})
		}
		facts = append(facts, f)
	}
	return facts
}

func BenchmarkTrail20k(b *testing.B) {
	facts := thousands(20_000)
	groups := envelope.Group(facts)
	for b.Loop() {
		trails := practice.NewTrails(facts, groups)
		trails.From(facts[19_999].ID, protocol.EntryID{})
		trails.To(facts[9].ID, protocol.EntryID{})
	}
}

func BenchmarkSettled20k(b *testing.B) {
	facts := thousands(20_000)
	groups := envelope.Group(facts)
	for b.Loop() {
		practice.Settled(facts, groups)
	}
}
