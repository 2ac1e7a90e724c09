package domain

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Knows is what one member knows of one area, as what was done shows it.
type Knows struct {
	Who  protocol.MemberID
	Area protocol.DocumentID
	// Recognised: by another member, for something she contributed.
	Recognised bool
	// Contributed: a way of hers, an answer of hers that helped, or a trial.
	Contributed bool
	Helps       bool // she says that she helps
	Learns      bool // she says that she learns it
}

// Candidate is a member whom a question may be put to.
type Candidate struct {
	ID      protocol.MemberID
	Context envelope.Object // of her own page
	New     bool            // she came lately
	Active  bool            // she did something lately
	Put     int             // how many questions were put to her lately, see [Put]
}

// Asking is a question as far as a match looks at it.
type Asking struct {
	Asker   protocol.MemberID
	Areas   []protocol.DocumentID // with those above them, see [Terms.Above]
	Context envelope.Object
}

// The weights of a match (social.md, flow 6).
const (
	weighRecognised  = 3.0
	weighContributed = 2.0
	weighHelps       = 1.0
	weighLearns      = 0.5
	weighContext     = 0.5
	weighPut         = 0.5
)

// Reason is one thing that speaks for asking somebody.
type Reason struct {
	Why  Why
	Area protocol.DocumentID // of the first four
	Pair envelope.Pair       // of SameContext
}

// Why says what speaks for asking somebody.
type Why uint8

// What speaks for asking somebody, in the order in which it is said.
const (
	WhyRecognised Why = iota + 1
	WhyContributed
	WhyHelps
	WhyLearns
	WhyContext
	WhyNew
)

// In says it in words, of an area or of a pair of a context, key=value.
func (w Why) In(area, pair string) string {
	switch w {
	case WhyRecognised:
		return "recognised in " + area
	case WhyContributed:
		return "contributed to " + area
	case WhyHelps:
		return "offers help with " + area
	case WhyLearns:
		return "learns " + area
	case WhyContext:
		return "works in the same context, " + pair
	}
	return "came lately"
}

// Match is one member to put a question to, and why.
type Match struct {
	Who     protocol.MemberID
	Score   float64
	Reasons []Reason
	// Near says that she is there as a near-peer: one who learns it herself.
	Near bool

	helps bool // she knows something of it
	learn bool
	one   Candidate
}

// mostHelpers is how many are named besides the near-peer.
const mostHelpers = 3

// Matches returns whom a question may be put to: at most three who can help,
// the best first, and one near-peer. Candidates are the members who are in and
// not away; the asker is left out. Each scores, over the question's areas and
// all above them, 3 for being recognised there, 2 for having contributed and 1
// for offering help; half a point if she learns one of them, half a point if
// she works in the same context (one key with the same value), less half a
// point for each question put to her lately. Who only learns an area, or has
// nothing to do with it, is no helper.
//
// The near-peer is somebody from whom one learns because she is not far ahead:
// of those who are not among the three, who learns one of the areas; else who
// came lately and knows something of it; else, of those who know something of
// it and did something lately, the next below; else who came lately and did
// something. Of several the one who scores more. Ties are broken by id
// throughout.
func Matches(q Asking, people []Candidate, knows []Knows) []Match {
	of := map[protocol.MemberID][]Knows{}
	for _, k := range knows {
		of[k.Who] = append(of[k.Who], k)
	}
	var helpers, others []Match
	for _, one := range people {
		if one.ID == q.Asker {
			continue
		}
		if m := q.Weigh(one, of[one.ID]); m.helps {
			helpers = append(helpers, m)
		} else {
			others = append(others, m)
		}
	}
	slices.SortFunc(helpers, byScore)
	named := helpers[:min(len(helpers), mostHelpers)]
	others = append(others, helpers[len(named):]...)
	slices.SortFunc(others, func(a, b Match) int { return cmp.Or(cmp.Compare(a.distance(), b.distance()), byScore(a, b)) })
	if len(others) > 0 && others[0].distance() < tooFar {
		near := others[0]
		near.Near = true
		named = append(slices.Clip(named), near)
	}
	return named
}

func byScore(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), a.Who.Compare(b.Who)) }

// tooFar is the distance of those who are no near-peer.
const tooFar = 4

// distance sorts near-peers into the four sorts that Matches names.
func (m *Match) distance() int {
	switch {
	case m.learn:
		return 0
	case m.one.New && m.helps:
		return 1
	case m.one.Active && m.helps:
		return 2
	case m.one.New && m.one.Active:
		return 3
	}
	return tooFar
}

// Weigh scores one member by what she knows. Her reasons stand in the order of
// [Why], each in the order of the question's areas.
func (q Asking) Weigh(one Candidate, knows []Knows) Match {
	m := Match{Who: one.ID, one: one}
	say := func(is bool, why Why, weight float64, area protocol.DocumentID) {
		if is {
			m.Score += weight
			m.Reasons = append(m.Reasons, Reason{Why: why, Area: area})
		}
	}
	for _, area := range q.Areas {
		for _, k := range knows {
			if k.Who == one.ID && k.Area == area {
				say(k.Recognised, WhyRecognised, weighRecognised, area)
				say(k.Contributed, WhyContributed, weighContributed, area)
				say(k.Helps, WhyHelps, weighHelps, area)
				if k.Learns && !m.learn {
					m.learn = true
					say(true, WhyLearns, weighLearns, area)
				}
				m.helps = m.helps || k.Recognised || k.Contributed || k.Helps
			}
		}
	}
	for _, pair := range q.Context {
		if one.Context.Get(pair.Name) == pair.Value {
			m.helps = true
			m.Score += weighContext
			m.Reasons = append(m.Reasons, Reason{Why: WhyContext, Pair: pair})
			break
		}
	}
	m.Score -= weighPut * float64(one.Put)
	if one.New {
		m.Reasons = append(m.Reasons, Reason{Why: WhyNew})
	}
	slices.SortStableFunc(m.Reasons, func(a, b Reason) int { return cmp.Compare(a.Why, b.Why) })
	return m
}

// lately is how long a question that was put to somebody weighs on her, in seconds.
const lately = 14 * 24 * 60 * 60

// Put counts the questions put to each member in the 14 days before now, in
// seconds since 1970.
func Put(facts []*envelope.Facts, now uint64) map[protocol.MemberID]int {
	put := map[protocol.MemberID]int{}
	for _, f := range facts {
		for _, d := range f.Deeds {
			if d.What == envelope.Asked && d.At <= now && d.At+lately > now {
				put[d.To]++
			}
		}
	}
	return put
}
