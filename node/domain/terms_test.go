package domain_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func termCard(id byte, title string, fields ...envelope.Shown) *envelope.Folded {
	return card(domain.Term, id, title, fields...)
}

func titles(words []*domain.Word) (all []string) {
	for _, w := range words {
		all = append(all, w.Title)
	}
	return all
}

func TestATermAnswersToItsNames(t *testing.T) {
	terms := domain.NewTerms([]*envelope.Folded{
		termCard(1, "Attack angle", set("aliases", "Lip angle", "rake")),
		termCard(2, "Judder"), termCard(3, "judder"),
	}, groups())
	for name, want := range map[string][]string{
		"attack  ANGLE": {"Attack angle"}, "lip angle": {"Attack angle"}, "Rake": {"Attack angle"},
		"JUDDER": {"Judder", "judder"}, "angle": nil, "": nil,
	} {
		if got := titles(terms.Named(name)); !slices.Equal(got, want) {
			t.Errorf("%q names %v, not %v", name, got, want)
		}
	}
}

// Joined terms are one: the oldest stands for both and answers to both names.
func TestJoinedTermsAreOne(t *testing.T) {
	joined := groups(&envelope.Facts{ID: doc(1), Kind: domain.Term, Created: 1}, &envelope.Facts{ID: doc(2), Kind: domain.Term, Created: 2, Same: []protocol.DocumentID{doc(1)}})
	terms := domain.NewTerms([]*envelope.Folded{
		termCard(2, "Chatter", register("area", true, 5), register("parent", doc(3), 6)), termCard(1, "Judder"), termCard(3, "Noise"),
	}, joined)
	if got := titles(terms.Named("chatter")); !slices.Equal(got, []string{"Judder"}) {
		t.Errorf("chatter names %v", got)
	}
	if w := terms.Of(doc(2)); w == nil || w.ID != doc(1) || !w.Area {
		t.Errorf("the younger is %+v", w)
	}
	if got := terms.Above([]protocol.DocumentID{doc(2), doc(1)}); !slices.Equal(got, []protocol.DocumentID{doc(1), doc(3)}) {
		t.Errorf("above it %v", got)
	}
}

func TestAShelvedTermHasNoName(t *testing.T) {
	shelved := termCard(1, "Judder", register("area", true, 1))
	shelved.Shelved = true
	terms := domain.NewTerms([]*envelope.Folded{shelved}, groups())
	if got := terms.Named("judder"); len(got) > 0 {
		t.Errorf("it names %v", titles(got))
	}
	if areas, _ := terms.Areas(nil); len(areas) > 0 {
		t.Errorf("areas %v", titles(areas))
	}
}

func TestAreasReadAsATree(t *testing.T) {
	terms := domain.NewTerms([]*envelope.Folded{
		termCard(1, "rubber", register("area", true, 1), register("parent", doc(4), 1)),
		termCard(2, "cold", register("area", true, 1)),
		termCard(3, "lip", register("parent", doc(1), 1)), // a word, used as an area
		termCard(4, "Blade"), // above one
		termCard(5, "attack angle"),
	}, groups())
	areas, depth := terms.Areas(map[protocol.DocumentID]bool{doc(3): true})
	if got := fmt.Sprint(titles(areas), depth); got != "[Blade rubber lip cold] [0 1 2 0]" {
		t.Errorf("areas %s", got)
	}
}

// Whatever parents point to, nothing goes round; only the youngest link of each
// circle is left out.
func TestParentsNeverGoRound(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		n := 1 + r.IntN(12)
		var cards []*envelope.Folded
		parent, since := map[byte]byte{}, map[byte]uint64{}
		for id := range byte(n) {
			var fields []envelope.Shown
			if p := byte(r.IntN(n + 3)); p < byte(n) {
				parent[id+1], since[id+1] = p+1, uint64(r.IntN(4))
				fields = append(fields, register("parent", doc(p+1), since[id+1]))
			}
			cards = append(cards, termCard(id+1, fmt.Sprint(id), fields...))
		}
		terms := domain.NewTerms(cards, groups())
		r.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
		other := domain.NewTerms(cards, groups())
		for id := range byte(n) {
			above := terms.Above([]protocol.DocumentID{doc(id + 1)})
			if !slices.Equal(above, other.Above([]protocol.DocumentID{doc(id + 1)})) {
				t.Fatalf("%d: the order of cards decides", id+1)
			}
			if p := terms.Parent(doc(id + 1)); p == nil && parent[id+1] != 0 && parent[id+1] != id+1 && !youngest(id+1, parent, since) {
				t.Fatalf("%v %v: the link of %d is left out", parent, since, id+1)
			} else if p != nil && slices.Contains(terms.Above([]protocol.DocumentID{p.ID}), doc(id+1)) {
				t.Fatalf("%v: %d is above itself", parent, id+1)
			}
		}
	}
}

// youngest tells whether a link closes a circle of which it is the youngest.
func youngest(id byte, parent map[byte]byte, since map[byte]uint64) bool {
	at := parent[id]
	for range len(parent) {
		switch {
		case at == id:
			return true
		case at == 0, since[at] > since[id], since[at] == since[id] && at > id:
			return false
		}
		at = parent[at]
	}
	return false
}
