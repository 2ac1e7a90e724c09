package domain_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// big is a community of 200 members, 150 areas and 20,000 documents.
type big struct {
	terms  *domain.Terms
	facts  []*envelope.Facts
	groups *envelope.Groups
	made   *domain.Distillates
	knows  []domain.Knows
	people []domain.Candidate
}

func newBig() *big {
	r := rand.New(rand.NewPCG(1, 1))
	number := func(n int) (id [32]byte) {
		binary.BigEndian.PutUint32(id[:], uint32(n)+1)
		return id
	}
	b := &big{}
	var cards []*envelope.Folded
	for n := range 150 {
		f := &envelope.Folded{ID: number(n), Kind: domain.Term, Title: fmt.Sprint("area ", n), Fields: []envelope.Shown{register("area", true, 1)}}
		if n > 10 {
			f.Fields = append(f.Fields, register("parent", protocol.DocumentID(number(r.IntN(n))), 1))
		}
		cards = append(cards, f)
		b.facts = append(b.facts, &envelope.Facts{ID: f.ID, Kind: f.Kind})
	}
	kinds := []protocol.Kind{3, 3, 4, 4, domain.Question, 7, domain.Term}
	for n := range 20000 {
		f := &envelope.Facts{ID: number(n + 150), Kind: kinds[r.IntN(len(kinds))], State: "open", Created: uint64(n), Areas: []protocol.DocumentID{number(r.IntN(150))}, Author: number(r.IntN(200))}
		for range r.IntN(6) {
			f.Deeds = append(f.Deeds, envelope.Deed{What: envelope.MeToo, By: number(r.IntN(200)), At: uint64(n)})
		}
		if f.Kind == 3 {
			f.Links = []envelope.Link{{Rel: "from", To: number(150 + r.IntN(n+1))}}
		}
		if f.Kind == domain.Question && n%3 == 0 {
			f.Sort = domain.OnAgenda
		}
		b.facts = append(b.facts, f)
	}
	for n := range 200 {
		b.people = append(b.people, domain.Candidate{ID: number(n), Active: true})
		for range 20 {
			b.knows = append(b.knows, domain.Knows{Who: number(n), Area: number(r.IntN(150)), Recognised: r.IntN(2) == 0, Helps: true})
		}
	}
	b.groups = envelope.Group(b.facts)
	b.terms = domain.NewTerms(cards, b.groups)
	b.made = domain.NewDistillates(b.facts, b.groups)
	return b
}

func BenchmarkTerms(b *testing.B) {
	big := newBig()
	var cards []*envelope.Folded
	for _, w := range big.terms.All() {
		cards = append(cards, &envelope.Folded{ID: w.ID, Kind: domain.Term, Title: w.Title})
	}
	for b.Loop() {
		domain.NewTerms(cards, big.groups)
	}
}

func BenchmarkMap(b *testing.B) {
	for big := newBig(); b.Loop(); {
		domain.Map(big.terms, big.facts, big.groups, big.made, big.knows)
	}
}

func BenchmarkMatches(b *testing.B) {
	big := newBig()
	q := domain.Asking{Areas: big.terms.Above([]protocol.DocumentID{big.facts[40].ID, big.facts[90].ID})}
	for b.Loop() {
		domain.Matches(q, big.people, big.knows)
	}
}

func BenchmarkDistillates(b *testing.B) {
	for big := newBig(); b.Loop(); {
		domain.NewDistillates(big.facts, big.groups)
	}
}

func BenchmarkAgenda(b *testing.B) {
	for big := newBig(); b.Loop(); {
		domain.Agenda(big.facts, big.groups, big.made)
	}
}
