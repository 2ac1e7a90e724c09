package vitals

import (
	"fmt"
	"strings"
)

// Verdict says what a community looks like now.
type Verdict string

// The verdicts, in the order in which they are tried: the first that matches is it.
const (
	Dormant       Verdict = "dormant"
	Conversation  Verdict = "a good conversation (so far)"
	Website       Verdict = "website"
	JobTitle      Verdict = "job title"
	ContactList   Verdict = "contact list"
	Club          Verdict = "club"
	Neighbourhood Verdict = "neighbourhood"
	InterestGroup Verdict = "interest group"
	MailingList   Verdict = "mailing list"
	Museum        Verdict = "museum"
	Pillar        Verdict = "pillar"
	ClosedShop    Verdict = "closed shop"
	DomainLags    Verdict = "domain lags"
	CommunityLags Verdict = "community lags"
	PracticeLags  Verdict = "practice lags"
	WellPractised Verdict = "a community of practice"
	Growing       Verdict = "growing"
)

// The stages, by how far a community has come.
const (
	potential    = "potential"
	coalescing   = "coalescing"
	maturing     = "maturing"
	stewarding   = "stewarding"
	transforming = "transforming"
)

// Read reads a community.
func Read(c *Community) *Vitals {
	m := newMeasure(c)
	v := &Vitals{Day: c.Day, N: m.n, Window: m.window, Small: m.n < smallMembers, Signs: m.signs(), m: m}
	of := map[Element][]Ratio{}
	for _, s := range v.Signs {
		of[s.Element] = append(of[s.Element], s.Value)
	}
	v.D, v.C, v.P = mean(of[TheDomain]...), mean(of[TheCommunity]...), mean(of[ThePractice]...)
	v.Vitality, v.Balance = vitality(v.D, v.C, v.P), balance(v.D, v.C, v.P)
	for _, row := range looks {
		switch holds := v.Verdict == "" || row.note && v.Verdict != Dormant && v.Verdict != Conversation; {
		case !holds || !row.is(v):
		case v.Verdict == "":
			v.Verdict = row.verdict(v)
			v.Says = row.says(v)
		default:
			v.Notes = append(v.Notes, Note{row.verdict(v), row.says(v)})
		}
	}
	v.Stage = v.stage()
	return v
}

// look is one row of the table of verdicts.
type look struct {
	verdict func(*Vitals) Verdict
	is      func(*Vitals) bool
	says    func(*Vitals) string
	note    bool // it is said beside another verdict too
}

func always(v Verdict) func(*Vitals) Verdict { return func(*Vitals) Verdict { return v } }

func words(s string) func(*Vitals) string { return func(*Vitals) string { return s } }

// looks are the verdicts in their order.
var looks = []look{
	{always(Dormant), (*Vitals).dormant, (*Vitals).asleep, false},
	{always(Conversation), (*Vitals).conversation, words("Good talk. It becomes a practice when you meet again."), false},
	{always(Website), (*Vitals).website, words("Plenty to read, few to talk to. A website in itself is not a community."), false},
	{always(JobTitle), func(v *Vitals) bool { return v.apart() && v.D.reaches(someDomain) },
		words("You have much in common and have hardly spoken."), false},
	{always(ContactList), (*Vitals).apart, words("You know how to reach each other. What do you do together? A contact list is a fine thing to be, too."), false},
	{always(Club), func(v *Vitals) bool { return v.aimless() && v.value("mutual").reaches(warmMutual) },
		words("You enjoy each other. What is it you want to get better at?"), false},
	{always(Neighbourhood), (*Vitals).aimless, words("Side by side, not yet learning together."), false},
	{always(InterestGroup), (*Vitals).onlookers, words("You talk about it. Who does it?"), false},
	{always(MailingList), (*Vitals).talkative, words("Much is said, little is kept."), false},
	{always(Museum), (*Vitals).dusty, words("The shelves are full and dusty."), true},
	{always(Pillar), (*Vitals).pillar, words("Much of what happens here rests on one of you. Share it out: nobody minds being asked."), true},
	{always(ClosedShop), (*Vitals).closed, words("It is the same circle as a year ago. Who would bring something you do not know yet?"), true},
	{func(v *Vitals) Verdict { return Verdict(v.weakest() + " lags") }, func(v *Vitals) bool { return v.Balance.below(unbalanced) },
		(*Vitals).lags, false},
	{always(WellPractised), (*Vitals).well, words("You care about something, you have each other, and you do it better for it. That is a community of practice."), false},
	{always(Growing), func(*Vitals) bool { return true }, words("All three are there and growing. One small thing for each keeps it so."), false},
}

func (v *Vitals) value(sign string) Ratio { return v.Sign(sign).Value }

// dormant tells whether nobody did anything for long, as this community's
// rhythm goes.
func (v *Vitals) dormant() bool {
	return float64(v.Day-v.m.lastAct) > max(quietDays, quietPeriods*v.m.Period)
}

func (v *Vitals) asleep() string {
	n := 0
	for _, d := range v.m.live {
		if d.Kind == Story || d.Kind == Way {
			n++
		}
	}
	here := fmt.Sprintf("%d stories and ways are still here.", n)
	switch n {
	case 0:
		here = "everybody can still be reached."
	case 1:
		here = "what one of you told is still here."
	}
	return fmt.Sprintf("Quiet since %s. Asleep, not gone: %s", dayInWords(v.m.lastAct, v.Day), here)
}

func (v *Vitals) conversation() bool {
	return v.N < fewMembers || v.young() && len(v.m.weeks) < youngWeeks
}

// young tells whether the community is less than 60 days old.
func (v *Vitals) young() bool { return v.m.Founded+youngDays*secondsADay > v.m.end }

func (v *Vitals) full() bool { return v.value("repertoire").reaches(fullShelves) }

func (v *Vitals) apart() bool { return v.value("linked").below(fewLinked) }

func (v *Vitals) aimless() bool { return v.D.below(weakElement) && v.P.below(weakElement) }

func (v *Vitals) website() bool {
	return v.full() && (v.apart() || v.N >= severalMembers && v.authored().reaches(oneAuthor) && v.value("many_hands").below(fewHands))
}

// authored returns the share of the items that are of whoever has most.
func (v *Vitals) authored() Ratio {
	by := map[int]int64{}
	for _, d := range v.m.live {
		for _, who := range d.Authors {
			by[who]++
		}
	}
	delete(by, Nobody)
	most := int64(0)
	for _, n := range by {
		most = max(most, n)
	}
	return of(most, int64(len(v.m.live)))
}

// onlookers tells whether few ever told a story of their own or tried a way.
func (v *Vitals) onlookers() bool {
	doers := v.m.count(func(i int, _ *Person) bool { return v.m.told[i] || v.m.tried[i] })
	return v.N >= severalMembers && of(doers, int64(v.N)).below(fewDoers)
}

func (v *Vitals) talkative() bool {
	return v.m.talk >= muchTalk*v.N && (v.value("repertoire").below(thinShelves) || v.value("kept").below(littleKept))
}

func (v *Vitals) dusty() bool {
	return v.full() && (v.value("fresh").below(dusty) || v.value("practised").below(littlePractice))
}

// pillar tells whether one member does more than half of everything.
func (v *Vitals) pillar() bool {
	most, all := int64(0), int64(0)
	for i, n := range v.m.acts {
		if v.m.People[i].active() {
			most, all = max(most, int64(n)), all+int64(n)
		}
	}
	return v.N >= severalMembers && of(most, all).reaches(onePillar)
}

func (v *Vitals) closed() bool {
	if v.N < manyMembers || v.m.Bridged || !v.m.older(v.m.Founded, closedDays) {
		return false
	}
	for i := range v.m.People {
		if at, joined := v.m.People[i].join(); joined && v.m.within(at, yearDays) {
			return false
		}
	}
	return true
}

func (v *Vitals) well() bool {
	for _, e := range v.elements() {
		if !e.value.reaches(wellElement) {
			return false
		}
	}
	return len(v.m.weeks) >= practiceWeeks
}

// weakest returns the element that comes to least, the first of several.
func (v *Vitals) weakest() Element { return v.order()[0] }

// lags says which element is thin beside which.
func (v *Vitals) lags() string {
	thin := v.weakest()
	var strong []string
	for _, e := range v.elements() {
		if e.Element != thin {
			strong = append(strong, string(e.Element))
		}
	}
	return fmt.Sprintf("Strong in %s; %s is thin.", strings.Join(strong, " and "), thin)
}

// stage says in one word how far a community has come. What its style leaves
// out of the signs keeps it from no stage.
func (v *Vitals) stage() string {
	agreed, fresh := v.value("agreed"), v.value("fresh")
	switch {
	case v.Verdict == Dormant || v.turnedOver() || v.m.Charter.Rewritten > rewritten:
		return transforming
	case v.m.exchanging() < fewExchanging:
		return potential
	case !v.m.older(v.m.Founded, settledDays) || agreed.below(agreedEnough):
		return coalescing
	case v.m.older(v.m.Founded, stewardDays) && !fresh.below(freshEnough) && v.value("practised").reaches(practiceEnough):
		return stewarding
	}
	return maturing
}

// turnedOver tells whether more than half of those who were members a year ago
// have left since.
func (v *Vitals) turnedOver() bool {
	ago := v.m.since(yearDays)
	gone, all := int64(0), int64(0)
	for i := range v.m.People {
		p := &v.m.People[i]
		if p.Joined == 0 || p.Joined > ago || p.Left > 0 && p.Left <= ago {
			continue
		}
		if all++; p.Left > 0 {
			gone++
		}
	}
	return of(gone, all).exceeds(turnover)
}
