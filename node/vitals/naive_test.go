package vitals_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// naive reads signs in the words of the design, one after the other, with
// nothing prepared and nothing shared: to be compared with the real reading.
type naive struct {
	*vitals.Community
	end, w int // seconds, days
	n      float64
}

var null = math.NaN()

func newNaive(c *vitals.Community) *naive {
	w := min(max(3*c.Period, 90), 365)
	x := &naive{Community: c, end: (c.Day + 1) * 86400, w: int(w)}
	for _, p := range c.People {
		if p.Member && !p.Away {
			x.n++
		}
	}
	return x
}

func (x *naive) share(some, all float64) float64 { return some / all } // 0/0 is null

// in tells whether a time lies in the last so many days.
func (x *naive) in(at uint64, days int) bool {
	return float64(x.end)-float64(at) <= float64(days)*86400 && int(at) < x.end
}

func (x *naive) age(at uint64) float64 { return (float64(x.end) - float64(at)) / 86400 }

func (x *naive) members(is func(i int, p vitals.Person) bool) float64 {
	n := 0.0
	for i, p := range x.People {
		if p.Member && !p.Away && is(i, p) {
			n++
		}
	}
	return x.share(n, x.n)
}

func (x *naive) items(is func(vitals.Document) bool) (all []vitals.Document) {
	for _, d := range x.Documents {
		if d.Live && slices.Contains([]vitals.Kind{vitals.Story, vitals.Problem, vitals.Way, vitals.Term}, d.Kind) && is(d) {
			all = append(all, d)
		}
	}
	return all
}

func (x *naive) some(all []vitals.Document, is func(vitals.Document) bool) float64 {
	n := 0.0
	for _, d := range all {
		if is(d) {
			n++
		}
	}
	return n
}

func (x *naive) questions(is func(vitals.Document) bool) (all []vitals.Document) {
	for _, d := range x.Documents {
		if d.Kind == vitals.Question && d.Live && is(d) {
			all = append(all, d)
		}
	}
	return all
}

func always(vitals.Document) bool { return true }

// partners of somebody in W, who left apart.
func (x *naive) partners(i int) int {
	who := map[int]bool{}
	for _, e := range x.Exchanges {
		if x.in(e.At, x.w) && e.By != e.To && (e.By == i || e.To == i) {
			if other := e.By + e.To - i; other >= 0 && x.People[other].Left == 0 && x.People[i].Left == 0 {
				who[other] = true
			}
		}
	}
	return len(who)
}

func (x *naive) mutual() float64 {
	one, both := 0.0, 0.0
	for a := range x.People {
		for b := range a {
			there, back := false, false
			for _, e := range x.Exchanges {
				if e.Both || !x.in(e.At, x.w) || x.People[a].Left > 0 || x.People[b].Left > 0 {
					continue
				}
				there = there || e.By == a && e.To == b
				back = back || e.By == b && e.To == a
			}
			if there || back {
				one++
			}
			if there && back {
				both++
			}
		}
	}
	return x.share(both, one)
}

func (x *naive) breadth() float64 {
	var acts []float64
	for i, p := range x.People {
		if !p.Member || p.Away {
			continue
		}
		sum := 0
		for day := x.Day - x.w + 1; day <= x.Day; day++ {
			n := 0
			for _, d := range x.Documents {
				if slices.Contains(d.Acts, vitals.Act{By: i, Day: day}) {
					n++
				}
			}
			sum += min(n, 5)
		}
		acts = append(acts, float64(sum))
	}
	apart, sum := 0.0, 0.0
	for _, a := range acts {
		sum += a
		for _, b := range acts {
			apart += math.Abs(a - b)
		}
	}
	if sum == 0 {
		return null
	}
	gini := apart / (2 * float64(len(acts)) * sum)
	return min(1, (1-gini)/0.5)
}

func (x *naive) rhythm() float64 {
	if !x.Rhythm {
		weeks := map[int]bool{}
		for _, e := range x.Exchanges {
			for week := range (x.w + 6) / 7 {
				if last := x.Day - 7*week; int(e.At)/86400 <= last && int(e.At)/86400 > last-7 && e.By != e.To && e.By >= 0 && e.To >= 0 {
					weeks[week] = true
				}
			}
		}
		return 0.7 * float64(len(weeks)) / float64((x.w+6)/7)
	}
	held, due := 0.0, 0.0
	for _, o := range x.Occasions {
		past := o.Day < x.Day || o.Day == x.Day && o.Held
		if past && o.Day > x.Day-x.w {
			if due++; o.Held {
				held++
			}
		}
	}
	return x.share(held, due)
}

func (x *naive) answered() float64 {
	asked := x.questions(func(d vitals.Document) bool { return !d.Agenda && x.in(d.Created, x.w) && x.age(d.Created) > 3 })
	return x.share(x.some(asked, func(d vitals.Document) bool {
		return slices.ContainsFunc(d.Deeds, func(deed vitals.Deed) bool {
			return deed.What == envelope.Answered && deed.By != d.Authors[0] && float64(deed.At)-float64(d.Created) <= 7*86400
		})
	}), float64(len(asked)))
}

func (x *naive) welcome() float64 {
	some, all := 0.0, 0.0
	for i, p := range x.People {
		if p.Founder || p.Joined == 0 || !x.in(p.Joined, 2*x.w) || x.age(p.Joined) <= 14 {
			continue
		}
		all++
		spoken := slices.ContainsFunc(x.Exchanges, func(e vitals.Exchange) bool {
			return !e.Both && e.To == i && e.By != i && e.By >= 0 && e.At >= p.Came && e.At <= p.Joined+14*86400
		})
		acted := slices.ContainsFunc(x.Documents, func(d vitals.Document) bool {
			return slices.ContainsFunc(d.Acts, func(a vitals.Act) bool { return a.By == i && uint64(a.Day)*86400 <= p.Joined+14*86400 })
		})
		if spoken && acted {
			some++
		}
	}
	return x.share(some, all)
}

func (x *naive) practised() float64 {
	sum := 0.0
	for _, d := range x.items(always) {
		for i, p := range x.People {
			if p.Member && !slices.Contains(d.Authors, i) && slices.ContainsFunc(d.Deeds, func(deed vitals.Deed) bool {
				return deed.By == i && x.in(deed.At, x.w) &&
					slices.Contains([]envelope.What{envelope.Worked, envelope.Adapted, envelope.Failed, envelope.Used}, deed.What)
			}) {
				sum++
			}
		}
		if d.Kind != vitals.Story {
			continue
		}
		if x.in(d.Created, x.w) {
			sum += 0.5
		}
		for _, deed := range d.Deeds {
			if deed.What == envelope.Retold && x.in(deed.At, x.w) {
				sum += 0.5
			}
		}
	}
	return min(1, x.share(sum, x.n))
}

func (x *naive) proven() float64 {
	ways := x.items(func(d vitals.Document) bool { return d.Kind == vitals.Way && x.age(d.Created) > 60 })
	if len(ways) < 3 || x.Style == vitals.Incidental {
		return null
	}
	return x.share(x.some(ways, func(d vitals.Document) bool {
		who := map[int]bool{}
		for _, deed := range d.Deeds {
			if slices.Contains([]envelope.What{envelope.Worked, envelope.Adapted, envelope.Failed}, deed.What) {
				who[deed.By] = true
			}
		}
		return len(who) >= 2
	}), float64(len(ways)))
}

func (x *naive) kept() float64 {
	some, all := 0.0, 0.0
	for _, d := range x.questions(func(d vitals.Document) bool { return d.Solved > 0 }) {
		if x.age(d.Solved) >= 14 && x.in(d.Solved, 2*x.w) {
			if all++; d.Kept {
				some++
			}
		}
	}
	for _, o := range x.Occasions {
		if o.Held && x.Day-o.Day >= 14 && x.Day-o.Day < 2*x.w {
			if all++; o.Kept {
				some++
			}
		}
	}
	if all < 3 {
		return null
	}
	return some / all
}

func (x *naive) hands(d vitals.Document) int {
	who := map[int]bool{}
	for _, i := range append(slices.Clone(d.Authors), d.Writers...) {
		who[i] = true
	}
	for _, deed := range d.Deeds {
		switch deed.What {
		case envelope.Worked, envelope.Adapted, envelope.Failed, envelope.Met, envelope.Used, envelope.MeToo, envelope.Retold:
			who[deed.By] = true
		}
	}
	n := 0
	for i := range who {
		if i >= 0 && !x.People[i].Guest {
			n++
		}
	}
	return n
}

func (x *naive) signs() map[string]float64 {
	ch, incidental := x.Charter, x.Style == vitals.Incidental
	texts := []int{ch.Concern, ch.Domain, ch.InScope, ch.OutScope, ch.Commitment}
	if incidental {
		texts = texts[:2]
	}
	filled := 0.0
	for _, n := range texts {
		if n >= 30 {
			filled++
		}
	}
	recent := x.items(func(d vitals.Document) bool { return x.in(d.Created, x.w) })
	ways := x.items(func(d vitals.Document) bool { return d.Kind == vitals.Way })
	agenda := x.questions(func(d vitals.Document) bool { return d.Agenda })
	all := map[string]float64{
		"stated": filled / float64(len(texts)),
		"agreed": x.members(func(_ int, p vitals.Person) bool { return p.Agreed && ch.InForce }),
		"committed": x.members(func(_ int, p vitals.Person) bool {
			return p.Commitment >= 20 && p.Committed > 0 && x.age(p.Committed) < 400
		}),
		"on_the_map": x.share(x.some(recent, func(d vitals.Document) bool { return d.Mapped }), float64(len(recent))),
		"agenda": min(1, x.some(agenda, func(d vitals.Document) bool {
			who := map[int]bool{d.Authors[0]: true}
			for _, deed := range d.Deeds {
				if deed.What == envelope.MeToo {
					who[deed.By] = true
				}
			}
			delete(who, vitals.Nobody)
			return len(who) >= 2 && x.in(d.Updated, 2*x.w)
		})/3),
		"distinct": x.members(func(_ int, p vitals.Person) bool { return p.Known }),
		"linked": x.members(func(i int, _ vitals.Person) bool {
			n := x.partners(i)
			return n >= 2 || x.n == 2 && n >= 1
		}),
		"mutual": x.mutual(), "breadth": x.breadth(), "rhythm": x.rhythm(), "answered": x.answered(), "welcome": x.welcome(),
		"repertoire": min(1, float64(len(x.items(always)))/(4*x.n)), "practised": x.practised(), "proven": x.proven(), "kept": x.kept(),
		"fresh":      1 - x.some(ways, func(d vitals.Document) bool { return x.Day > d.Review })/float64(len(ways)),
		"many_hands": x.some(x.items(always), func(d vitals.Document) bool { return x.hands(d) >= 2 }) / float64(len(x.items(always))),
	}
	for name, gone := range map[string]bool{
		"agreed": incidental && !ch.InForce, "on_the_map": len(recent) < 3, "agenda": incidental && len(agenda) == 0, "fresh": len(ways) < 3 || incidental,
	} {
		if gone {
			all[name] = null
		}
	}
	if x.n == 0 { // nothing over nothing
		all["repertoire"], all["practised"] = null, null
	}
	return all
}

// drawn is a community of which anything may be so.
func drawn(r *rand.Rand) *vitals.Community {
	w := &world{c: vitals.Community{
		Day: today, Founded: noon(1 + r.IntN(900)), Style: []string{"deliberate", "mixed", vitals.Incidental}[r.IntN(3)],
		Rhythm: r.IntN(2) == 0, Period: float64(r.IntN(3)) * r.Float64() * 80, Bridged: r.IntN(4) == 0,
	}}
	long := func() int { return r.IntN(60) }
	w.c.Charter = vitals.Charter{
		ID: protocol.DocumentID{255}, Concern: long(), Domain: long(), InScope: long(), OutScope: long(), Commitment: long(), InForce: r.IntN(2) == 0,
	}
	for range r.IntN(12) {
		p := vitals.Person{
			Member: r.IntN(5) > 0, Away: r.IntN(6) == 0, Came: noon(r.IntN(400)), Commitment: r.IntN(40), Agreed: r.IntN(2) == 0, Known: r.IntN(2) == 0,
			Founder: len(w.c.People) == 0,
		}
		if p.Member {
			p.Joined, p.Committed = p.Came+uint64(r.IntN(5))*86400, noon(r.IntN(500))
		} else if p.Guest = r.IntN(2) == 0; !p.Guest {
			p.Left = noon(r.IntN(100))
		}
		w.c.People = append(w.c.People, p)
	}
	n := len(w.c.People)
	who := func() int { return r.IntN(n+1) - 1 }
	if n > 0 {
		for range r.IntN(60) {
			d := w.make(vitals.Kind(r.IntN(7)), who(), r.IntN(400))
			d.Live, d.Mapped, d.Agenda, d.Kept, d.Review = r.IntN(6) > 0, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0, today-50+r.IntN(100)
			if r.IntN(2) == 0 {
				d.Solved = d.Created + 86400
			}
			for range r.IntN(5) {
				does(d, envelope.What(1+r.IntN(int(envelope.Wrote))), who(), r.IntN(200))
			}
			for range r.IntN(3) {
				d.Writers = append(d.Writers, who())
			}
			slices.SortFunc(d.Acts, func(a, b vitals.Act) int { return 1000*(a.Day-b.Day) + a.By - b.By })
			d.Acts = slices.Compact(d.Acts)
		}
		for range r.IntN(120) {
			w.c.Exchanges = append(w.c.Exchanges, vitals.Exchange{By: who(), To: who(), At: noon(r.IntN(300)), Both: r.IntN(4) == 0})
		}
	}
	for range r.IntN(20) {
		w.c.Occasions = append(w.c.Occasions, vitals.Occasion{Day: today - r.IntN(300), Held: r.IntN(3) > 0, Kept: r.IntN(2) == 0})
	}
	return &w.c
}

// seeds are as many random communities as are drawn.
const seeds = 400

func TestSignsAgreeWithAnotherReading(t *testing.T) {
	for seed := range uint64(seeds) {
		c := drawn(rand.New(rand.NewPCG(seed, 1)))
		v := vitals.Read(c)
		for name, want := range newNaive(c).signs() {
			got := v.Sign(name).Value.Number()
			switch {
			case got == nil && math.IsNaN(want):
			case got == nil || math.IsNaN(want) || math.Abs(*got-want) > 0.000501:
				t.Errorf("seed %d: %s is %v, not %v (%s)", seed, name, show(got), want, v.Sign(name).Of)
			}
		}
	}
}

func show(x *float64) string {
	if x == nil {
		return "null"
	}
	return fmt.Sprint(*x)
}

func TestSignsAreSharesAndOrderDecidesNothing(t *testing.T) {
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := drawn(r)
		v := vitals.Read(c)
		for _, s := range v.Signs {
			if n := s.Value.Number(); n != nil && (*n < 0 || *n > 1) {
				t.Errorf("seed %d: %s is %v", seed, s.Name, *n)
			}
		}
		other := *c
		other.Documents, other.Exchanges, other.Occasions = slices.Clone(c.Documents), slices.Clone(c.Exchanges), slices.Clone(c.Occasions)
		r.Shuffle(len(other.Documents), func(i, j int) { other.Documents[i], other.Documents[j] = other.Documents[j], other.Documents[i] })
		r.Shuffle(len(other.Exchanges), func(i, j int) { other.Exchanges[i], other.Exchanges[j] = other.Exchanges[j], other.Exchanges[i] })
		r.Shuffle(len(other.Occasions), func(i, j int) { other.Occasions[i], other.Occasions[j] = other.Occasions[j], other.Occasions[i] })
		if a, b := plain(v), plain(vitals.Read(&other)); !reflect.DeepEqual(a, b) {
			t.Errorf("seed %d: in another order it is\n%v, not\n%v", seed, b, a)
		}
	}
}

// plain is all that is told of a reading.
func plain(v *vitals.Vitals) (out []string) {
	out = append(out, fmt.Sprint(v.N, show(v.D.Number()), show(v.C.Number()), show(v.P.Number()), show(v.Vitality), v.Verdict, v.Says, v.Notes, v.Stage, v.Next(nil)))
	for _, s := range v.Signs {
		out = append(out, fmt.Sprint(s.Name, show(s.Value.Number()), s.Of, s.Items))
	}
	return out
}
