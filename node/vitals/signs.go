package vitals

import (
	"fmt"
	"math/big"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Incidental is the style of a community that did not set out to learn.
const Incidental = "incidental"

// tally is what a sign counts: so many of so many, what they are, and which.
type tally struct {
	value     Ratio
	some, all int64
	what      string // of them, in words; empty: the value is no count
	items     []protocol.DocumentID
}

// share counts some of all.
func shareOf(some, all int64, what string, items ...protocol.DocumentID) tally {
	return tally{of(some, all), some, all, what, items}
}

// unless returns null in its place.
func (t tally) unless(no bool) tally {
	if no {
		t.value = Ratio{}
	}
	return t
}

// rows are the signs in their order, each with how it is made, in words.
var rows = []struct {
	name    string
	element Element
	formula string
	count   func(*measure) tally
}{
	{"stated", TheDomain, "texts of the charter with 30 letters and more, of those the style asks for", (*measure).stated},
	{"agreed", TheDomain, "members who agreed to the charter in force, of all who count", (*measure).agreed},
	{"committed", TheDomain, "members who said in 20 letters and more, less than 400 days ago, what they are here for, of all who count", (*measure).committed},
	{"on_the_map", TheDomain, "items made in the window that are in an area, of the items made in it; with fewer than 3 it says nothing", (*measure).onTheMap},
	{"agenda", TheDomain, "questions of the agenda that two or more want and somebody touched in two windows, of 3", (*measure).agenda},
	{"distinct", TheDomain, "members recognised in an area, or who help in one and contributed to it, of all who count", (*measure).distinct},
	{"linked", TheCommunity, "members with whom something passed to or from two others in the window, of all who count", (*measure).linked},
	{"mutual", TheCommunity, "pairs between whom something passed both ways in the window, of the pairs between whom it passed", (*measure).mutual},
	{"breadth", TheCommunity, "how evenly acts in the window spread over members: one less their Gini coefficient, full from a half on", (*measure).breadth},
	{"rhythm", TheCommunity, "gatherings held in the window, of those due; without a rhythm 0.7 of the share of weeks with exchange", (*measure).rhythm},
	{"answered", TheCommunity, "questions of now asked in the window and more than 72 hours ago that another answered within 7 days, of such questions", (*measure).answered},
	{"welcome", TheCommunity, "who joined in two windows, more than 14 days ago, and within 14 days was spoken to and did something, of those who joined then", (*measure).welcome},
	{"repertoire", ThePractice, "stories, problems, ways and words that are here, of four a member", (*measure).repertoire},
	{"practised", ThePractice, "what members tried or used of others in the window, each once, and half of the stories told in it, of one a member", (*measure).practised},
	{"proven", ThePractice, "ways older than 60 days that two or more members tried, of such ways; with fewer than 3 it says nothing", (*measure).proven},
	{"kept", ThePractice, "questions solved and gatherings held, 14 days to two windows ago, from which something was kept, of all those; with fewer than 3 it says nothing", (*measure).kept},
	{"fresh", ThePractice, "ways that are not past their review, of all ways; with fewer than 3 it says nothing", (*measure).fresh},
	{"many_hands", ThePractice, "items that two or more members shaped, of all that are here", (*measure).manyHands},
}

// signs counts all of them.
func (m *measure) signs() (all []Sign) {
	for _, row := range rows {
		t := row.count(m)
		s := Sign{Name: row.name, Element: row.element, Value: t.value, Formula: row.formula, Items: t.items}
		if t.what != "" {
			s.Of = fmt.Sprintf("%d of %d %s", t.some, t.all, t.what)
		}
		if t.some > t.all && t.all > 0 {
			s.Of = fmt.Sprintf("%d %s, and %d are plenty", t.some, t.what, t.all)
		}
		slices.SortFunc(s.Items, protocol.DocumentID.Compare)
		s.Items = slices.Compact(s.Items)
		s.Items = s.Items[:min(len(s.Items), MostItems)]
		all = append(all, s)
	}
	return all
}

func (m *measure) stated() tally {
	texts := []int{m.Charter.Concern, m.Charter.Domain}
	if m.Style != Incidental {
		texts = append(texts, m.Charter.InScope, m.Charter.OutScope, m.Charter.Commitment)
	}
	some := int64(0)
	for _, letters := range texts {
		if letters >= leastLetters {
			some++
		}
	}
	return shareOf(some, int64(len(texts)), "texts", m.charter()...)
}

// charter names the charter, if there is one.
func (m *measure) charter() []protocol.DocumentID {
	if m.Charter.ID.IsZero() {
		return nil
	}
	return []protocol.DocumentID{m.Charter.ID}
}

func (m *measure) agreed() tally {
	some := m.count(func(_ int, p *Person) bool { return p.Agreed && m.Charter.InForce })
	return shareOf(some, int64(m.n), "members", m.charter()...).unless(m.Style == Incidental && !m.Charter.InForce)
}

func (m *measure) committed() tally {
	return shareOf(m.count(func(_ int, p *Person) bool {
		return p.Commitment >= leastCommitment && p.Committed > 0 && p.Committed+commitmentDays*secondsADay > m.end
	}), int64(m.n), "members")
}

func (m *measure) onTheMap() tally {
	all, items := int64(0), []protocol.DocumentID{}
	for _, d := range m.live {
		if m.within(d.Created, m.window) {
			if all++; d.Mapped {
				items = append(items, d.ID)
			}
		}
	}
	return shareOf(int64(len(items)), all, "items", items...).unless(all < fewItems)
}

func (m *measure) agenda() tally {
	there, items := false, []protocol.DocumentID{}
	for i := range m.Documents {
		d := &m.Documents[i]
		if d.Kind != Question || !d.Agenda || !d.Live {
			continue
		}
		there = true
		if m.wanted(d) >= enoughWanted && m.within(d.Updated, 2*m.window) {
			items = append(items, d.ID)
		}
	}
	t := shareOf(int64(len(items)), enoughAgenda, "questions", items...)
	t.value = t.value.atMost1()
	return t.unless(m.Style == Incidental && !there)
}

// wanted counts who wants a question: the asker and every me-too.
func (m *measure) wanted(d *Document) int {
	who := map[int]bool{}
	for _, i := range d.Authors {
		who[i] = true
	}
	for _, deed := range d.Deeds {
		if deed.What == envelope.MeToo {
			who[deed.By] = true
		}
	}
	delete(who, Nobody)
	return len(who)
}

func (m *measure) distinct() tally {
	return shareOf(m.count(func(_ int, p *Person) bool { return p.Known }), int64(m.n), "members")
}

func (m *measure) linked() tally {
	enough := enoughPartners
	if m.n == 2 {
		enough = 1
	}
	return shareOf(m.count(func(i int, _ *Person) bool { return len(m.partners[i]) >= enough }), int64(m.n), "members")
}

func (m *measure) mutual() tally {
	both := int64(0)
	for _, ways := range m.pairs {
		if ways == bothWays {
			both++
		}
	}
	return shareOf(both, int64(len(m.pairs)), "pairs")
}

// breadth is of the Gini coefficient: half the mean difference of two members'
// acts over their mean.
func (m *measure) breadth() tally {
	var acts []int64
	sum := int64(0)
	for i := range m.People {
		if m.People[i].active() {
			acts = append(acts, int64(m.acts[i]))
			sum += int64(m.acts[i])
		}
	}
	slices.Sort(acts)
	n, apart := int64(len(acts)), int64(0) // the sum over all pairs of their difference
	for i, x := range acts {
		apart += (2*int64(i) - n + 1) * x
	}
	value := of(n*sum-apart, n*sum)
	if value.Known() {
		value.r = new(big.Rat).Quo(value.r, big.NewRat(fullBreadth.over, fullBreadth.under))
	}
	return tally{value: value.atMost1()}
}

func (m *measure) rhythm() tally {
	if !m.Rhythm {
		weeks := int64(0)
		for w := range m.weeks {
			if w < weeksOf(m.window) {
				weeks++
			}
		}
		t := shareOf(weeks, int64(weeksOf(m.window)), "weeks with exchange")
		t.value.r = new(big.Rat).Mul(t.value.r, big.NewRat(rhythmless.over, rhythmless.under))
		return t
	}
	held, due, items := int64(0), int64(0), []protocol.DocumentID{}
	for _, o := range m.Occasions {
		if o.Day > m.Day || o.Day <= m.Day-m.window || o.Day == m.Day && !o.Held { // the day is not over
			continue
		}
		if due++; o.Held {
			held++
			items = append(items, o.ID)
		}
	}
	return shareOf(held, due, "gatherings", items...)
}

func (m *measure) answered() tally {
	all, items := int64(0), []protocol.DocumentID{}
	for i := range m.Documents {
		d := &m.Documents[i]
		if d.Kind != Question || d.Agenda || !d.Live || !m.within(d.Created, m.window) || !m.older(d.Created, patienceDays) {
			continue
		}
		all++
		if slices.ContainsFunc(d.Deeds, func(deed Deed) bool {
			return deed.What == envelope.Answered && !slices.Contains(d.Authors, deed.By) && deed.At <= d.Created+answerDays*secondsADay
		}) {
			items = append(items, d.ID)
		}
	}
	return shareOf(int64(len(items)), all, "questions", items...)
}

func (m *measure) welcome() tally {
	did := map[int]int{} // the first day with an act
	for i := range m.Documents {
		for _, a := range m.Documents[i].Acts {
			if first, known := did[a.By]; !known || a.Day < first {
				did[a.By] = a.Day
			}
		}
	}
	some, all := int64(0), int64(0)
	for i := range m.People {
		p := &m.People[i]
		at, joined := p.join()
		if !joined || !m.within(at, 2*m.window) || !m.older(at, welcomeDays) {
			continue
		}
		all++
		until := at + welcomeDays*secondsADay
		first, acted := did[i]
		if acted && uint64(first)*secondsADay <= until && slices.ContainsFunc(m.spoken[i], func(said uint64) bool { return said >= p.Came && said <= until }) {
			some++
		}
	}
	return shareOf(some, all, "newcomers")
}

func (m *measure) repertoire() tally {
	t := shareOf(int64(len(m.live)), int64(itemsEach*m.n), "items", ids(m.live)...)
	t.value = t.value.atMost1()
	return t
}

func ids(all []*Document) (out []protocol.DocumentID) {
	for _, d := range all {
		out = append(out, d.ID)
	}
	return out
}

func (m *measure) practised() tally {
	pairs, told, items := int64(0), int64(0), []protocol.DocumentID{}
	for _, d := range m.live {
		if d.Kind == Story && m.within(d.Created, m.window) {
			told++
		}
		who := map[int]bool{}
		for _, deed := range d.Deeds {
			p := m.person(deed.By)
			switch {
			case !m.within(deed.At, m.window):
			case deed.What == envelope.Retold && d.Kind == Story:
				told++
			case isUse(deed.What) && p != nil && p.Member && !slices.Contains(d.Authors, deed.By):
				who[deed.By] = true
			}
		}
		if pairs += int64(len(who)); len(who) > 0 {
			items = append(items, d.ID)
		}
	}
	t := tally{items: items}
	t.value = of(pairs*storyWeight.under+told*storyWeight.over, int64(m.n)*storyWeight.under).atMost1()
	return t
}

func (m *measure) proven() tally {
	all, items := int64(0), []protocol.DocumentID{}
	for _, d := range m.live {
		if d.Kind != Way || !m.older(d.Created, provenDays) {
			continue
		}
		all++
		who := map[int]bool{}
		for _, deed := range d.Deeds {
			if isTrial(deed.What) {
				who[deed.By] = true
			}
		}
		if len(who) >= enoughOutcomes {
			items = append(items, d.ID)
		}
	}
	return shareOf(int64(len(items)), all, "ways", items...).unless(all < fewItems || m.Style == Incidental)
}

func (m *measure) kept() tally {
	some, all, items := int64(0), int64(0), []protocol.DocumentID{}
	count := func(kept bool, id protocol.DocumentID) {
		if all++; kept {
			some++
			items = append(items, id)
		}
	}
	for i := range m.Documents {
		d := &m.Documents[i]
		if d.Kind == Question && d.Live && d.Solved > 0 && m.within(d.Solved, 2*m.window) && d.Solved+keptDays*secondsADay <= m.end {
			count(d.Kept, d.ID)
		}
	}
	for _, o := range m.Occasions {
		if age := m.Day - o.Day; o.Held && age >= keptDays && age < 2*m.window {
			count(o.Kept, o.ID)
		}
	}
	return shareOf(some, all, "questions and gatherings", items...).unless(all < fewItems)
}

func (m *measure) fresh() tally {
	all, items := int64(0), []protocol.DocumentID{}
	for _, d := range m.live {
		if d.Kind == Way {
			if all++; d.Review >= m.Day {
				items = append(items, d.ID)
			}
		}
	}
	return shareOf(int64(len(items)), all, "ways", items...).unless(all < fewItems || m.Style == Incidental)
}

func (m *measure) manyHands() tally {
	var items []protocol.DocumentID
	for _, d := range m.live {
		if m.hands(d) >= enoughHands {
			items = append(items, d.ID)
		}
	}
	return shareOf(int64(len(items)), int64(len(m.live)), "items", items...)
}
