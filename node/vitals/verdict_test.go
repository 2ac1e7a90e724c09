package vitals_test

import (
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
)

// weekly are days with exchange in eight weeks.
var weekly = []int{1, 8, 15, 22, 29, 36, 43, 50}

// healthy is a community in which all three are well.
func healthy(n int) *world {
	w := members(n, 400).states().names().items(4*n, 100).tries(10).circle(weekly...).acts(3).meets(true, 10, 20, 30, 40, 50)
	for range 3 {
		q := w.make(vitals.Question, 1, 20)
		q.Agenda = true
		does(q, envelope.MeToo, 2, 19)
	}
	w.join(20)
	last := len(w.c.People) - 1
	w.c.People[last] = vitals.Person{Member: true, Came: noon(20), Joined: noon(20), Agreed: true, Commitment: 30, Committed: noon(20), Known: true}
	w.speaks(0, last, 18).speaks(last, 0, 17).speaks(last, 1, 17).speaks(1, last, 3)
	w.make(vitals.Other, last, 16)
	return w
}

// verdicts are communities, each of which looks like one thing.
var verdicts = map[vitals.Verdict]func() *world{
	vitals.Dormant: func() *world { return members(5, 400).states().items(10, 100).circle(100) },
	vitals.Conversation: func() *world {
		w := members(2, 20).speaks(0, 1, 20).speaks(1, 0, 20)
		w.make(vitals.Question, 0, 20)
		return w
	},
	vitals.Website: func() *world {
		w := members(5, 200).circle(weekly...).acts(5)
		for range 45 {
			w.make(vitals.Way, 0, 60)
		}
		return w
	},
	vitals.JobTitle: func() *world {
		return members(30, 200).states().acts(20).speaks(0, 1, 10, 11, 12).speaks(2, 1, 9, 8, 7)
	},
	vitals.ContactList:   func() *world { return members(6, 200).acts(20).speaks(0, 1, 10) },
	vitals.Club:          func() *world { return members(8, 200).circle(weekly...).acts(5) },
	vitals.Neighbourhood: func() *world { return together(members(8, 200).acts(5), weekly...) },
	vitals.InterestGroup: func() *world {
		w := members(10, 200).states().names().circle(weekly...).acts(5)
		for i := range 20 {
			w.make(vitals.Term, i%10, 40)
		}
		does(w.make(vitals.Way, 1, 40), envelope.Worked, 2, 10)
		return w
	},
	vitals.MailingList: func() *world { return members(5, 200).states().items(5, 40).tries(30).circle(weekly...).talks(20, 5) },
	vitals.Museum: func() *world {
		w := members(4, 300).states().names().items(16, 200).circle(weekly...).acts(5)
		for i := range w.c.Documents {
			w.c.Documents[i].Review = today - 10
		}
		return w
	},
	vitals.Pillar: func() *world {
		w := healthy(4)
		for ago := range 20 {
			for range 5 {
				w.make(vitals.Other, 0, ago)
			}
		}
		return w
	},
	vitals.ClosedShop: func() *world {
		return members(6, 700).states().names().items(24, 100).tries(10).circle(weekly...).acts(3).meets(true, 10, 20, 30)
	},
	vitals.DomainLags: func() *world {
		w := healthy(5)
		w.c.Charter = vitals.Charter{}
		for i := range w.c.People {
			w.c.People[i].Commitment, w.c.People[i].Known = 0, false
		}
		for i := range w.c.Documents {
			w.c.Documents[i].Mapped, w.c.Documents[i].Agenda = w.c.Documents[i].Kind == vitals.Way, false
		}
		return w
	},
	vitals.CommunityLags: func() *world {
		w := members(5, 300).states().names().items(20, 100).tries(10).meets(false, 10, 20, 30)
		for i := range 5 { // everybody speaks, nobody answers
			for j := i + 1; j < 5; j++ {
				w.speaks(i, j, weekly...)
			}
		}
		w.c.People[4].Joined = noon(100)
		for range 3 {
			w.make(vitals.Question, 0, 20)
		}
		return w
	},
	vitals.PracticeLags: func() *world {
		w := healthy(5)
		w.c.Documents = w.c.Documents[:0]
		w.items(6, 100).acts(3)
		w.make(vitals.Other, 5, 16)
		for i := range 2 {
			does(&w.c.Documents[0], envelope.Worked, i+1, 10)
		}
		for range 3 {
			q := w.make(vitals.Question, 1, 20)
			q.Agenda = true
			does(q, envelope.MeToo, 2, 19)
		}
		for i := range w.c.Occasions {
			w.c.Occasions[i].Kept = false
		}
		for i := range w.c.Documents {
			w.c.Documents[i].Review = today - 1
		}
		return w
	},
	vitals.WellPractised: func() *world { return healthy(6) },
	vitals.Growing: func() *world { // a fine beginning of five weeks
		w := healthy(5)
		w.c.Exchanges = nil
		return w.circle(1, 8, 15, 22, 29)
	},
}

// together has everybody sit side by side, and nobody speak to anybody.
func together(w *world, ago ...int) *world {
	for _, day := range ago {
		for i := range w.c.People {
			for j := range i {
				w.c.Exchanges = append(w.c.Exchanges, vitals.Exchange{By: j, To: i, At: noon(day), Both: true})
			}
		}
	}
	return w
}

func TestEachVerdict(t *testing.T) {
	for want, of := range verdicts {
		v := vitals.Read(&of().c)
		if v.Verdict != want {
			t.Errorf("%s: looks like %s", want, v.Verdict)
			for _, s := range v.Signs {
				if n := s.Value.Number(); n != nil {
					t.Logf("  %s %.3f %s", s.Name, *n, s.Of)
				}
			}
		}
		if v.Says == "" || v.Stage == "" {
			t.Errorf("%s: says %q, stage %q", want, v.Says, v.Stage)
		}
		if next := v.Next(nil); len(next) != 3 || next[0].Element != weakest(v) {
			t.Errorf("%s: next %v, the weakest is %s", want, next, weakest(v))
		}
	}
}

func weakest(v *vitals.Vitals) vitals.Element {
	switch {
	case v.D.Compare(v.C) <= 0 && v.D.Compare(v.P) <= 0:
		return vitals.TheDomain
	case v.C.Compare(v.P) <= 0:
		return vitals.TheCommunity
	}
	return vitals.ThePractice
}

func TestDormantIsSaidKindly(t *testing.T) {
	v := vitals.Read(&verdicts[vitals.Dormant]().c)
	if want := "Quiet since 21 February. Asleep, not gone: 10 stories and ways are still here."; v.Says != want {
		t.Errorf("says %q", v.Says)
	}
	if v.Stage != "transforming" {
		t.Errorf("stage %s", v.Stage)
	}
	yearly := verdicts[vitals.Dormant]()
	if yearly.c.Period = 365; vitals.Read(&yearly.c).Verdict == vitals.Dormant {
		t.Error("a yearly camp sleeps a hundred days after")
	}
}

// At exactly the threshold nothing sleeps yet.
func TestDormantAfterFortyFiveDays(t *testing.T) {
	for ago, want := range map[int]bool{45: false, 46: true} {
		w := members(5, 400).states().items(10, ago).circle(ago)
		if got := vitals.Read(&w.c).Verdict == vitals.Dormant; got != want {
			t.Errorf("quiet for %d days: %v", ago, got)
		}
	}
}

func TestMuseumPillarAndClosedShopAreNotesToo(t *testing.T) {
	w := verdicts[vitals.ClosedShop]()
	for ago := range 20 {
		for range 5 {
			w.make(vitals.Other, 0, ago)
		}
	}
	v := vitals.Read(&w.c)
	if v.Verdict != vitals.Pillar || len(v.Notes) != 1 || v.Notes[0].Verdict != vitals.ClosedShop {
		t.Errorf("%s, beside it %v", v.Verdict, v.Notes)
	}
}

func TestAnIntenseFirstWeekIsGrowingAtMost(t *testing.T) {
	w := members(6, 7).states().names().items(30, 5).tries(3).circle(1, 2, 3, 4, 5).acts(2).meets(true, 2, 4, 6)
	if v := vitals.Read(&w.c); v.Verdict != vitals.Conversation {
		t.Errorf("it looks like %s", v.Verdict)
	}
	old := healthy(6)
	old.c.Exchanges = nil
	if v := vitals.Read(&old.circle(1, 2, 3, 4, 5, 6).c); v.Verdict == vitals.WellPractised {
		t.Error("one week of exchange makes a community of practice")
	}
}

// Two or three who sit side by side are never well, whatever else there is.
func TestSittingTogetherAloneIsNeverWell(t *testing.T) {
	for n := 2; n < 40; n += 7 {
		w := together(members(n, 300).acts(5).meets(true, 5, 10, 15, 20), weekly...)
		if v := vitals.Read(&w.c); v.Verdict == vitals.WellPractised || v.Verdict == vitals.Growing {
			t.Errorf("%d who only sit together look like %s", n, v.Verdict)
		}
	}
}

func TestRefusedActsAreNotOffered(t *testing.T) {
	v := vitals.Read(&verdicts[vitals.Club]().c)
	refused := map[string]bool{}
	for range 4 {
		for _, s := range v.Next(refused) {
			if refused[s.Key] {
				t.Fatalf("%s was refused", s.Key)
			}
			if strings.Contains(s.Does, "ITEM") && s.Item.IsZero() {
				t.Errorf("%s names nothing: %s", s.Key, s.Does)
			}
			refused[s.Key] = true
		}
	}
}

// What did not set out to learn is asked for no charter and no review.
func TestIncidentalIsNotToldOff(t *testing.T) {
	for name, of := range verdicts {
		w := of()
		w.c.Style = vitals.Incidental
		refused := map[string]bool{}
		for range 12 {
			for _, s := range vitals.Read(&w.c).Next(refused) {
				refused[s.Key] = true
				if s.Key != "hint" && (strings.Contains(s.Does, "charter") || strings.Contains(s.Does, "review")) {
					t.Errorf("%s: asks for %s", name, s.Does)
				}
			}
		}
	}
}
