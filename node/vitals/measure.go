package vitals

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
)

const (
	secondsADay = 24 * 60 * 60
	daysAWeek   = 7
)

// measure is a community with what several signs and verdicts count.
type measure struct {
	*Community
	end    uint64 // of the day
	window int    // W
	n      int    // N
	live   []*Document

	tried    map[int]bool   // who ever tried a way
	told     map[int]bool   // whose stories there are
	acts     []int          // of each person in W
	lastAct  int            // its day
	partners []map[int]bool // in W, those who left apart
	pairs    map[pair]way   // in W, likewise; with a direction
	weeks    map[int]bool   // with exchange, ever: 0 is the last
	spoken   map[int][]uint64
	talk     int // entries and discussions in W
}

// pair is two people, the lesser number first.
type pair struct{ a, b int }

// way is in which directions something passed.
type way uint8

const (
	there way = 1 << iota
	back
	bothWays = there | back
)

func newMeasure(c *Community) *measure {
	m := &measure{
		Community: c, end: uint64(c.Day+1) * secondsADay, window: Window(c.Period),
		tried: map[int]bool{}, told: map[int]bool{}, pairs: map[pair]way{}, weeks: map[int]bool{}, spoken: map[int][]uint64{},
		acts: make([]int, len(c.People)), partners: make([]map[int]bool, len(c.People)), lastAct: int(c.Founded / secondsADay),
	}
	for i := range c.People {
		m.partners[i] = map[int]bool{}
		if c.People[i].active() {
			m.n++
		}
	}
	m.documents()
	m.passed()
	return m
}

// since returns when a number of days began that end with the day asked for.
func (m *measure) since(days int) uint64 {
	return m.end - min(uint64(days)*secondsADay, m.end)
}

// within tells whether a time lies in the last so many days.
func (m *measure) within(at uint64, days int) bool { return at >= m.since(days) && at < m.end }

// older tells whether something is older than so many days at the day's end.
func (m *measure) older(at uint64, days int) bool { return at+uint64(days)*secondsADay < m.end }

// person returns who a number means; nil for nobody.
func (m *measure) person(i int) *Person {
	if i < 0 || i >= len(m.People) {
		return nil
	}
	return &m.People[i]
}

// count counts the people who count and are somehow.
func (m *measure) count(is func(i int, p *Person) bool) (n int64) {
	for i := range m.People {
		if p := &m.People[i]; p.active() && is(i, p) {
			n++
		}
	}
	return n
}

// documents notes what is there, and what was done when.
func (m *measure) documents() {
	days := map[Act]int{} // in how many documents somebody did something on a day
	for i := range m.Documents {
		d := &m.Documents[i]
		if d.Live && d.Kind.item() {
			m.live = append(m.live, d)
		}
		if d.Kind == Discussion && m.within(d.Created, m.window) {
			m.talk++
		}
		if d.Kind == Story {
			for _, who := range d.Authors {
				m.told[who] = true
			}
		}
		for _, deed := range d.Deeds {
			switch {
			case deed.What == envelope.Talked && m.within(deed.At, m.window):
				m.talk++
			case d.Kind == Way && isTrial(deed.What):
				m.tried[deed.By] = true
			}
		}
		for _, a := range d.Acts {
			if a.Day <= m.Day {
				m.lastAct = max(m.lastAct, a.Day)
				days[a]++
			}
		}
	}
	slices.SortFunc(m.live, func(a, b *Document) int { return cmp.Or(a.ID.Compare(b.ID)) })
	for a, n := range days {
		if a.By >= 0 && a.Day > m.Day-m.window {
			m.acts[a.By] += min(n, mostActs)
		}
	}
}

func isTrial(w envelope.What) bool {
	return w == envelope.Worked || w == envelope.Adapted || w == envelope.Failed
}

// isUse tells whether a deed is a trial of a way or a use of a story.
func isUse(w envelope.What) bool { return isTrial(w) || w == envelope.Used }

// passed notes what passed between people.
func (m *measure) passed() {
	for _, e := range m.Exchanges {
		by, to := m.person(e.By), m.person(e.To)
		if e.At >= m.end || by == nil || to == nil || by == to {
			continue
		}
		m.weeks[m.week(e.At)] = true
		if !e.Both {
			m.spoken[e.To] = append(m.spoken[e.To], e.At)
		}
		if !m.within(e.At, m.window) || by.Left > 0 || to.Left > 0 {
			continue
		}
		m.partners[e.By][e.To], m.partners[e.To][e.By] = true, true
		switch {
		case e.Both:
		case e.By < e.To:
			m.pairs[pair{e.By, e.To}] |= there
		default:
			m.pairs[pair{e.To, e.By}] |= back
		}
	}
}

// week counts weeks back from the one that ends with the day asked for, 0.
func (m *measure) week(at uint64) int { return (m.Day - int(at/secondsADay)) / daysAWeek }

// weeksOf returns how many weeks there are in so many days, the last of them
// perhaps cut short.
func weeksOf(days int) int { return (days + daysAWeek - 1) / daysAWeek }

// exchanging counts the people with whom anything passed in W.
func (m *measure) exchanging() int64 {
	return m.count(func(i int, _ *Person) bool { return len(m.partners[i]) > 0 })
}

// join tells when somebody joined whom others could welcome; false for a
// founder and for who is no member.
func (p *Person) join() (at uint64, joined bool) { return p.Joined, p.Joined > 0 && !p.Founder }

// hands counts the people who shaped an item.
func (m *measure) hands(d *Document) int {
	who := map[int]bool{}
	add := func(i int) {
		if p := m.person(i); p != nil && !p.Guest {
			who[i] = true
		}
	}
	for _, i := range d.Authors {
		add(i)
	}
	for _, i := range d.Writers {
		add(i)
	}
	for _, deed := range d.Deeds {
		if isUse(deed.What) || deed.What == envelope.Met || deed.What == envelope.MeToo || deed.What == envelope.Retold {
			add(deed.By)
		}
	}
	return len(who)
}
