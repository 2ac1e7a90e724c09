package vitals_test

import (
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
)

// Who is in and does nothing changes what is a share of the members, and no
// other sign.
func TestSomebodyWhoOnlyJoinedChangesOnlySharesOfMembers(t *testing.T) {
	before := vitals.Read(&healthy(6).c)
	w := healthy(6)
	w.join(5)
	after := vitals.Read(&w.c)
	ofMembers := map[string]bool{
		"agreed": true, "committed": true, "distinct": true, "linked": true, "breadth": true, "repertoire": true, "practised": true,
	}
	for _, s := range before.Signs {
		if got := after.Sign(s.Name); !ofMembers[s.Name] && got.Value.Compare(s.Value) != 0 {
			t.Errorf("%s was %v and is %v", s.Name, show(s.Value.Number()), show(got.Value.Number()))
		}
	}
}

func TestWithoutPracticeThereIsNoVitality(t *testing.T) {
	w := members(4, 400).states().names().circle(weekly...)
	if v := vitals.Read(&w.c); v.P.Number() == nil || *v.P.Number() != 0 || *v.Vitality != 0 || *v.Balance.Number() != 0 {
		t.Errorf("P %v, vitality %v, balance %v", show(v.P.Number()), show(v.Vitality), show(v.Balance.Number()))
	}
}

// A cube root is rounded half away from zero, like everything else.
func TestVitalityIsTheCubeRoot(t *testing.T) {
	v := vitals.Read(&healthy(6).c)
	d, c, p := *v.D.Number(), *v.C.Number(), *v.P.Number()
	x := *v.Vitality
	if low, high := (x-.002)*(x-.002)*(x-.002), (x+.002)*(x+.002)*(x+.002); d*c*p < low || d*c*p > high {
		t.Errorf("the cube root of %v x %v x %v is not %v", d, c, p, x)
	}
}

func TestIncidentalLeavesSignsOut(t *testing.T) {
	w := healthy(6)
	w.c.Style = vitals.Incidental
	w.c.Charter.InForce = false
	for i := range w.c.Documents {
		w.c.Documents[i].Agenda = false
	}
	for _, name := range []string{"agreed", "agenda", "proven", "fresh"} {
		if got := sign(t, &w.c, name); got != -1 {
			t.Errorf("%s is %v", name, got)
		}
	}
	if got := sign(t, &w.c, "stated"); got != 1 {
		t.Errorf("stated is %v", got)
	}
}

// Each row tells one clause: the sign, what is told, and what it comes to.
func TestClauses(t *testing.T) {
	for _, c := range []struct {
		sign, clause string
		want         float64
		of           func() *world
	}{
		{"breadth", "of a day five acts count", 0.5, func() *world { // 5 and 0 of 4 members: Gini 3/4
			w := members(4, 100)
			for range 50 {
				w.make(vitals.Other, 0, 3)
			}
			return w
		}},
		{"breadth", "evenly", 1, func() *world { return members(4, 100).acts(3) }},
		{"linked", "one partner does for two", 1, func() *world { return members(2, 100).speaks(0, 1, 5) }},
		{"linked", "one partner does not for three", 0, func() *world { return members(3, 100).speaks(0, 1, 5) }},
		{"linked", "who left is no partner", 0, func() *world {
			w := members(4, 100).circle(5)
			w.c.People[1] = vitals.Person{Came: noon(100), Joined: noon(100), Left: noon(2)}
			w.c.People[3] = vitals.Person{Came: noon(100), Joined: noon(100), Left: noon(2)}
			w.join(1)
			return w
		}},
		{"linked", "out of the window", 0, func() *world { return members(4, 200).circle(90) }},
		{"linked", "on its first day", 1, func() *world { return members(4, 200).circle(89) }},
		{"mutual", "sitting together has no direction", -1, func() *world { return together(members(4, 100), 5) }},
		{"rhythm", "without one, 0.7 of the weeks", 0.108, func() *world { return members(4, 100).circle(1, 8) }},
		{"rhythm", "today is due when it was held", 0.5, func() *world { return members(4, 100).meets(true, 0).meets(false, 14) }},
		{"rhythm", "today is not due before it is over", 0, func() *world { return members(4, 100).meets(false, 0, 14) }},
		{"rhythm", "none was due yet", -1, func() *world { return members(4, 10).meets(true) }},
		{"answered", "by herself is not", 0, func() *world {
			w := members(3, 100)
			does(w.make(vitals.Question, 0, 10), envelope.Answered, 0, 9)
			return w
		}},
		{"answered", "after eight days is late", 0, func() *world {
			w := members(3, 100)
			does(w.make(vitals.Question, 0, 10), envelope.Answered, 1, 2)
			return w
		}},
		{"answered", "younger than 72 hours", -1, func() *world {
			w := members(3, 100)
			w.make(vitals.Question, 0, 2)
			return w
		}},
		{"welcome", "the founder is no joiner", -1, func() *world { return members(1, 20) }},
		{"welcome", "spoken to and acted", 1, func() *world {
			w := members(1, 100)
			w.join(20)
			w.make(vitals.Other, 1, 10)
			return w.speaks(0, 1, 15)
		}},
		{"welcome", "spoken to after a fortnight", 0, func() *world {
			w := members(1, 100)
			w.join(30)
			w.make(vitals.Other, 1, 20)
			return w.speaks(0, 1, 15)
		}},
		{"practised", "the author's own does not count", 0, func() *world {
			w := members(2, 100)
			does(w.make(vitals.Way, 0, 10), envelope.Worked, 0, 5)
			return w
		}},
		{"practised", "twice by one is once", 0.25, func() *world {
			w := members(4, 100)
			d := w.make(vitals.Way, 0, 10)
			does(d, envelope.Worked, 1, 5)
			does(d, envelope.Failed, 1, 3)
			return w
		}},
		{"practised", "a story and its retelling are half each", 0.25, func() *world {
			w := members(4, 100)
			does(w.make(vitals.Story, 0, 10), envelope.Retold, 1, 5)
			return w
		}},
		{"many_hands", "who wrote on has a hand in it", 1, func() *world {
			w := members(2, 100)
			w.make(vitals.Way, 0, 10).Writers = []int{1}
			return w
		}},
		{"many_hands", "a guest's me-too is no member's hand", 0, func() *world {
			w := members(1, 100)
			w.c.People = append(w.c.People, vitals.Person{Guest: true, Came: noon(10)})
			does(w.make(vitals.Problem, 0, 10), envelope.MeToo, 1, 5)
			return w
		}},
		{"on_the_map", "two items say nothing", -1, func() *world { return members(2, 100).items(2, 10) }},
		{"on_the_map", "three do", 1, func() *world { return members(2, 100).items(3, 10) }},
		{"committed", "400 days ago lapsed", 0, func() *world {
			w := members(1, 500).states()
			w.c.People[0].Committed = noon(400)
			return w
		}},
		{"repertoire", "what is shelved is not there", 0, func() *world {
			w := members(1, 100).items(4, 10)
			for i := range w.c.Documents {
				w.c.Documents[i].Live = false
			}
			return w
		}},
	} {
		if got := sign(t, &c.of().c, c.sign); got != c.want {
			t.Errorf("%s, %s: %v, not %v", c.sign, c.clause, got, c.want)
		}
	}
}

// More than is enough reads as plenty, not as 13 of 12.
func TestMoreThanEnoughIsPlenty(t *testing.T) {
	for items, want := range map[int]string{12: "12 of 12 items", 13: "13 items, and 12 are plenty"} {
		w := members(3, 400).items(items, 5)
		if got := vitals.Read(&w.c).Sign("repertoire").Of; got != want {
			t.Errorf("%d items read %q, not %q", items, got, want)
		}
	}
}
