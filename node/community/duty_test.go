package community_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func crowd(n int, change ...func(int, *community.Person)) *community.People {
	var all []*community.Person
	for i := range n {
		p := person(byte(i+1), fmt.Sprintf("M%03d", i))
		p.ID[1] = byte(i >> 8)
		for _, f := range change {
			f(i, p)
		}
		all = append(all, p)
	}
	return community.NewPeople(all)
}

func questions(n int, by *community.Person) (all []*envelope.Facts) {
	for i := range n {
		all = append(all, document(byte(i+1), by, 5))
	}
	return all
}

func told(duties []community.Duty) (all []string) {
	for _, d := range duties {
		all = append(all, fmt.Sprintf("%s %s %x", d.Person.Name, d.Task.Duty, d.Task.Item[:2]))
	}
	return all
}

func TestISOWeek(t *testing.T) {
	for day, want := range map[string]string{
		"2026-01-01": "2026-W01", "2025-12-29": "2026-W01", "2025-12-28": "2025-W52", "2021-01-03": "2020-W53",
		"2024-12-30": "2025-W01", "2026-11-24": "2026-W48", "2023-01-01": "2022-W52", "2023-01-02": "2023-W01",
	} {
		d, _ := community.ParseDay(day)
		if got := community.Week(uint64(d)*aDay + aDay - 1); got != want {
			t.Errorf("%s is in %s, not %s", day, got, want)
		}
	}
}

// Whatever the order in which a node has people and tasks, the same are asked;
// the next week others are.
func TestDutiesFallTheSameEverywhere(t *testing.T) {
	people := crowd(20)
	tasks := community.Answers(people, questions(9, people.Everybody()[0]))
	want := told(community.Duties(people, nil, tasks, noon))
	if len(want) != 18 {
		t.Fatalf("%d duties of 9 questions", len(want))
	}
	shuffled, others := slices.Clone(people.Everybody()), slices.Clone(tasks)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	rand.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	if got := told(community.Duties(community.NewPeople(shuffled), nil, others, noon+aDay)); !slices.Equal(got, want) {
		t.Errorf("in another order %v\nnot %v", got, want)
	}
	if got := told(community.Duties(people, nil, tasks, noon+7*aDay)); slices.Equal(got, want) {
		t.Error("the next week asks the same people")
	}
}

func TestNobodyIsAskedForMoreThanThree(t *testing.T) {
	people := crowd(3)
	load := map[string]int{}
	for _, d := range community.Duties(people, nil, community.Answers(people, questions(9, person(99, "Sam"))), noon) {
		load[d.Person.Name]++
	}
	if len(load) != 3 || load["M000"] != 3 || load["M001"] != 3 || load["M002"] != 3 {
		t.Errorf("%v", load)
	}
}

func TestWhoIsNotAsked(t *testing.T) {
	people := crowd(8, func(i int, p *community.Person) {
		switch i {
		case 0:
			p.AwayUntil = "2024-10-04"
		case 1:
			p.Left = noon - aDay
		case 2:
			p.Guest = true
		case 3, 4:
			p.Committed = noon - 450*aDay
		}
	})
	all := people.Everybody()
	facts := []*envelope.Facts{document(50, all[4], 3)} // not renewed, and still with us
	asked := map[string]bool{}
	for week := range uint64(30) {
		now := noon - week*7*aDay/30 // the same week, mostly
		for _, d := range community.Duties(people, facts, community.Answers(people, questions(3, all[5])), now) {
			asked[d.Person.Name] = true
		}
	}
	for i, want := range []bool{false, false, false, false, true, false, true, true} {
		if name := all[i].Name; asked[name] != want {
			t.Errorf("%s is asked: %v", name, asked[name])
		}
	}
}

// Two welcome a newcomer; one of them is new as well or learns the same, where
// there is such a one. Who did it is not asked again, and when two did nobody is.
func TestTwoWelcomeANewcomer(t *testing.T) {
	for range 20 {
		people := crowd(12, func(i int, p *community.Person) {
			switch i {
			case 0:
				p.Came, p.Learns = noon-3*aDay, []protocol.DocumentID{arms}
			case 7:
				p.Learns = []protocol.DocumentID{arms}
			}
			p.Page[2] = byte(rand.IntN(256))
		})
		sam, near := people.Everybody()[0], people.Everybody()[7]
		asked := community.Duties(people, nil, community.Welcomes(people, nil, noon), noon)
		if len(asked) != 2 || asked[0].Person != near || !asked[0].Near || asked[1].Near || asked[1].Person == sam {
			t.Fatalf("%v", told(asked))
		}
		spoke := func(by ...*community.Person) (all []community.Exchange) {
			for _, one := range by {
				all = append(all, community.Exchange{By: one.ID, To: sam.ID, What: envelope.Talked})
			}
			return all
		}
		left := community.Duties(people, nil, community.Welcomes(people, spoke(near), noon), noon)
		if len(left) != 1 || left[0].Person != asked[1].Person {
			t.Fatalf("when one did it: %v, not %v", told(left), told(asked))
		}
		if left := community.Welcomes(people, spoke(near, people.Everybody()[3]), noon); len(left) != 0 {
			t.Fatal("somebody is asked to welcome whom two have welcomed")
		}
		if left := community.Welcomes(people, nil, noon+11*aDay); len(left) != 0 {
			t.Fatal("somebody is asked to welcome who has been here for two weeks")
		}
	}
}

// big is a community of 200 members with 20,000 documents.
func big() (*community.People, []*envelope.Facts) {
	r := rand.New(rand.NewPCG(1, 2))
	people := crowd(200, func(i int, p *community.Person) {
		if i%20 == 0 {
			p.Came = noon - uint64(r.IntN(14))*aDay
		}
		area := func() protocol.DocumentID { return protocol.DocumentID{byte(r.IntN(40)), 1} }
		p.Helps, p.Learns = []protocol.DocumentID{area(), area()}, []protocol.DocumentID{area(), area()}
	})
	all := people.Everybody()
	who := func() *community.Person { return all[r.IntN(len(all))] }
	var facts []*envelope.Facts
	for i := range 20000 {
		f := document(byte(i), who(), uint64(r.IntN(700)), in(protocol.DocumentID{byte(r.IntN(40)), 1}))
		f.ID[2], f.ID[3] = byte(i>>8), byte(i>>16)
		deeds := []envelope.What{envelope.Answered, envelope.Worked, envelope.Thanked, envelope.Talked, envelope.MeToo, envelope.Here, envelope.Here}
		for range r.IntN(6) {
			did(deeds[r.IntN(len(deeds))], who(), uint64(r.IntN(700)), entry(uint64(i)))(f)
		}
		if i%3 == 0 {
			wrote(who(), uint64(r.IntN(700)))(f)
		}
		facts = append(facts, f)
	}
	return people, facts
}

func BenchmarkCommunity(b *testing.B) {
	people, facts := big()
	exchanges, known := community.Exchanges(facts, 0, noon), community.Knowledge(people, facts, 3)
	for name, f := range map[string]func(){
		"exchanges": func() { community.Exchanges(facts, 0, noon) },
		"levels":    func() { community.Levels(people, facts, noon) },
		"knowledge": func() { community.Knowledge(people, facts, 3) },
		"unmet":     func() { community.Unmet(people.Everybody()[3], people, known, exchanges, noon) },
		"ties":      func() { community.Ties(people, exchanges) },
		"duties": func() {
			tasks := append(community.Welcomes(people, exchanges, noon), community.Answers(people, facts[:300])...)
			community.Duties(people, facts, tasks, noon)
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
