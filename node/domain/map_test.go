package domain_test

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func item(id byte, kind protocol.Kind, state string, areas ...byte) *envelope.Facts {
	f := &envelope.Facts{ID: doc(id), Kind: kind, State: state, Created: uint64(id)}
	for _, a := range areas {
		f.Areas = append(f.Areas, doc(a))
	}
	return f
}

func drawn(regions []*domain.Region) string {
	var lines []string
	for _, r := range regions {
		lines = append(lines, fmt.Sprintf("%d %s size %d keepers %d open %d learners %d gap %.2f alone %v",
			r.Depth, r.Title, r.Size, len(r.Keepers), len(r.Open), len(r.Learners), r.Gap(), r.RestsOnOne()))
	}
	return strings.Join(lines, "\n")
}

func TestMapOfTheDomain(t *testing.T) {
	terms := []*envelope.Folded{
		termCard(10, "blades", register("area", true, 1)),
		termCard(11, "rubber", register("area", true, 1), register("parent", doc(10), 1)),
		termCard(12, "cold", register("area", true, 1)),
		termCard(13, "judder", register("parent", doc(11), 1)), // a word, no area
	}
	facts := []*envelope.Facts{
		item(10, domain.Term, ""), item(11, domain.Term, ""), item(12, domain.Term, ""), item(13, domain.Term, "", 12),
		item(20, 3, "proven", 11), item(21, 3, "tried", 11), item(22, 4, "", 10, 11), item(23, 7, "settled", 11), item(24, 7, "", 12),
		item(30, domain.Question, "open", 11), item(31, domain.Question, "answered", 11), item(32, domain.Question, "solved", 11),
	}
	agenda := item(33, domain.Question, "answered", 12)
	agenda.Sort = domain.OnAgenda
	gone := item(34, 3, "proven", 12)
	gone.Shelved = true
	twin := item(35, 3, "tried", 12)
	twin.Same = []protocol.DocumentID{doc(21)}
	facts = append(facts, agenda, gone, twin)
	knows := []domain.Knows{
		{Who: one(1), Area: doc(11), Recognised: true, Helps: true}, {Who: one(2), Area: doc(11), Helps: true}, {Who: one(3), Area: doc(11), Learns: true},
		{Who: one(1), Area: doc(10), Helps: true}, {Who: one(4), Area: doc(12), Helps: true}, {Who: one(5), Area: doc(12), Contributed: true},
	}
	g := groups(facts...)
	got := drawn(domain.Map(domain.NewTerms(terms, g), facts, g, domain.NewDistillates(facts, g), knows))
	// rubber: demand 1 question + 1 learner, supply 1 recognised + 0.5 + 1 proven: 2 / 3.5;
	// judder is in cold too, and so is the way that is one with another: cold has
	// a question of the agenda and a problem, and half a keeper: 2 / 1.5.
	want := `0 blades size 6 keepers 2 open 1 learners 1 gap 0.57 alone false
1 rubber size 5 keepers 2 open 1 learners 1 gap 0.57 alone false
0 cold size 3 keepers 1 open 1 learners 0 gap 1.33 alone true`
	if got != want {
		t.Errorf("the map:\n%s\nnot\n%s", got, want)
	}
}

func TestAWordUsedAsAnAreaIsOnTheMap(t *testing.T) {
	facts := []*envelope.Facts{item(10, domain.Term, ""), item(20, 4, "", 10)}
	g := groups(facts...)
	got := drawn(domain.Map(domain.NewTerms([]*envelope.Folded{termCard(10, "nights")}, g), facts, g, domain.NewDistillates(facts, g), nil))
	if got != "0 nights size 1 keepers 0 open 0 learners 0 gap 0.00 alone false" {
		t.Errorf("the map: %s", got)
	}
}
