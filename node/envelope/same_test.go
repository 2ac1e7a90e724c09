package envelope_test

import (
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func factsOf(n byte, title string, same ...byte) *envelope.Facts {
	f := &envelope.Facts{ID: protocol.DocumentID{n}, Kind: 6, Title: title, Created: uint64(n)}
	for _, s := range same {
		f.Same = append(f.Same, protocol.DocumentID{s})
	}
	return f
}

// Whoever joins, in whichever direction, both at once and in a ring: the
// oldest stands for all, the same on every node.
func TestJoinedDocumentsAreTheOldest(t *testing.T) {
	for _, c := range []struct {
		what  string
		facts []*envelope.Facts
	}{
		{"the younger says so", []*envelope.Facts{factsOf(1, "a"), factsOf(2, "b", 1), factsOf(3, "c", 2)}},
		{"the older says so", []*envelope.Facts{factsOf(1, "a", 2), factsOf(2, "b", 3), factsOf(3, "c")}},
		{"both, and a ring", []*envelope.Facts{factsOf(1, "a", 2, 3), factsOf(2, "b", 1), factsOf(3, "c", 1, 3)}},
	} {
		facts := append(c.facts, factsOf(9, "alone", 9))
		g := envelope.Group(facts)
		for _, n := range []byte{1, 2, 3} {
			if first := g.First(protocol.DocumentID{n}); first != (protocol.DocumentID{1}) {
				t.Errorf("%s: %d is %s", c.what, n, first)
			}
		}
		if others := g.Others(protocol.DocumentID{1}); len(others) != 2 || others[0] != (protocol.DocumentID{2}) {
			t.Errorf("%s: others %v", c.what, others)
		}
		if nine := (protocol.DocumentID{9}); g.First(nine) != nine || g.Others(nine) != nil {
			t.Errorf("%s: one that is alone is not", c.what)
		}
	}
	other := factsOf(2, "b", 1)
	other.Kind = 3
	if g := envelope.Group([]*envelope.Facts{factsOf(1, "a"), other}); len(g.Others(protocol.DocumentID{1})) != 0 {
		t.Error("documents of two kinds are one")
	}
}

// Putting the oldest away hides none of those that are one with it.
func TestShelvedStandsForNone(t *testing.T) {
	older, younger := factsOf(1, "a"), factsOf(2, "b", 1)
	older.Shelved = true
	g := envelope.Group([]*envelope.Facts{older, younger})
	if g.First(older.ID) != younger.ID || g.First(younger.ID) != younger.ID {
		t.Error("what is put away hides what is not")
	}
	younger.Shelved = true
	if g = envelope.Group([]*envelope.Facts{older, younger}); g.First(younger.ID) != older.ID {
		t.Error("of those that are put away it is not the oldest")
	}
}

func TestDocumentsOfOneOriginAreOne(t *testing.T) {
	a, b, c := factsOf(1, "Chalk the lip"), factsOf(2, "Chalk"), factsOf(3, "Other")
	a.Origin, b.Origin, c.Origin = "seals/7", "seals/7", "seals/8"
	g := envelope.Group([]*envelope.Facts{a, b, c})
	if g.First(b.ID) != a.ID || g.First(c.ID) != c.ID {
		t.Error("they are not told apart by their origin")
	}
}

func TestNearTwins(t *testing.T) {
	area := protocol.DocumentID{77}
	named := func(n byte, title string, areas ...protocol.DocumentID) *envelope.Facts {
		f := factsOf(n, title)
		f.Areas = areas
		return f
	}
	for _, c := range []struct {
		a, b *envelope.Facts
		near bool
	}{
		{named(1, "judder"), named(2, "Judder"), true},
		{named(1, "Judder"), named(2, "Judder "), true},
		{named(1, "attack angle"), named(2, "attack angles"), true},
		{named(1, "angle of attack"), named(2, "attack angle"), true}, // the order of words says little
		{named(1, "judder"), named(2, "chatter"), false},
		{named(1, "judder", area), named(2, "judder"), false},
		{named(1, "judder", area), named(2, "judder", area), true},
		{named(1, ""), named(2, ""), false},
	} {
		facts := []*envelope.Facts{c.a, c.b}
		pairs := envelope.NearTwins(facts, envelope.Group(facts), 6)
		if (len(pairs) == 1) != c.near {
			t.Errorf("%q and %q: %d pairs", c.a.Title, c.b.Title, len(pairs))
		}
	}
	a, b := named(1, "judder"), named(2, "judder")
	b.Same = []protocol.DocumentID{a.ID}
	if pairs := envelope.NearTwins([]*envelope.Facts{a, b}, envelope.Group([]*envelope.Facts{a, b}), 6); len(pairs) != 0 {
		t.Error("who is joined already is proposed again")
	}
}

// What the short cut finds is what comparing all with all finds.
func TestNearTwinsMissesNone(t *testing.T) {
	var facts []*envelope.Facts
	words := []string{"chalk", "chalks", "lip", "lips", "the lip", "angle", "angles", "cold", "colder", "park", "parks", "switch"}
	for i, a := range words {
		for j, b := range words {
			f := factsOf(0, a+" "+b)
			f.ID = protocol.DocumentID{byte(i), byte(j), 1}
			facts = append(facts, f)
		}
	}
	found := map[string]bool{}
	for _, p := range envelope.NearTwins(facts, envelope.Group(facts), 6) {
		found[fmt.Sprint(p.Older.ID, p.Younger.ID)] = true
	}
	count := 0
	for i, a := range facts {
		for _, b := range facts[i+1:] {
			if pairs := envelope.NearTwins([]*envelope.Facts{a, b}, envelope.Group(nil), 6); len(pairs) == 1 {
				count++
				if !found[fmt.Sprint(pairs[0].Older.ID, pairs[0].Younger.ID)] {
					t.Errorf("%q and %q are not found", a.Title, b.Title)
				}
			}
		}
	}
	if count != len(found) || count == 0 {
		t.Errorf("%d pairs one by one, %d together", count, len(found))
	}
}

func BenchmarkNearTwins2k(b *testing.B) {
	facts := make([]*envelope.Facts, 2000)
	for i := range facts {
		n := i*7919%2000 + 1
		facts[i] = factsOf(0, fmt.Sprintf("%x keeps %x from %x", n*n*n, n*31, n*n))
		facts[i].ID = protocol.DocumentID{byte(i), byte(i >> 8), 1}
	}
	slices.SortFunc(facts, func(a, b *envelope.Facts) int { return a.ID.Compare(b.ID) })
	for b.Loop() {
		envelope.NearTwins(facts, envelope.Group(facts), 6)
	}
}
