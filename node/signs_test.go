package node

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// livedIn is a community of 200 members and 20,000 documents over three years,
// as it stood after some weeks.
func livedIn(c *community, weeks int) *asOf {
	r := rand.New(rand.NewPCG(1, 1))
	number := func(n int) (id [32]byte) {
		binary.BigEndian.PutUint32(id[:], uint32(n)+1)
		return id
	}
	const first, all = 19000, 156
	m := &asOf{c: c, day: gathered.Day(first + 7*weeks)}
	for n := range 200 {
		at := uint64(first) * 86400
		m.roster = append(m.roster, gathered.Person{ID: number(n), Page: number(1000 + n), Came: at, Joined: at, Founder: n == 0})
		m.facts = append(m.facts, &envelope.Facts{ID: number(1000 + n), Kind: gathered.Member, Author: number(n), Created: at, Updated: at})
	}
	kinds := []protocol.Kind{practice.Way, practice.Way, practice.Story, domain.Question, practice.Problem, domain.Term, gathered.Discussion}
	for n := range 20_000 * weeks / all {
		at := uint64(first+7*all*n/20_000) * 86400
		f := &envelope.Facts{
			ID: number(2000 + n), Kind: kinds[r.IntN(len(kinds))], Author: number(r.IntN(200)), Created: at, Updated: at,
			Areas: []protocol.DocumentID{number(2000 + r.IntN(100))},
		}
		for range 3 {
			by := protocol.MemberID(number(r.IntN(200)))
			what := []envelope.What{envelope.Worked, envelope.Talked, envelope.Thanked, envelope.Answered, envelope.MeToo}[r.IntN(5)]
			d := envelope.Deed{What: what, By: by, To: f.Author, At: at + uint64(r.IntN(30))*86400}
			d.Entry.Change[0], d.Entry.Index = byte(n), uint64(4*n+len(f.Deeds))
			f.Deeds = append(f.Deeds, d)
			f.Acts = append(f.Acts, envelope.Act{By: by, Day: uint32(d.At / 86400), Wrote: r.IntN(4) == 0})
		}
		if f.Kind == practice.Way && n > 0 {
			f.Links = []envelope.Link{{Rel: "from", To: number(2000 + r.IntN(n))}}
		}
		m.facts = append(m.facts, f)
	}
	return m
}

// The signs of 200 members and 20,000 documents: the budget is 200 ms; and all
// weeks of three years of them: the budget is 5 s, the documents told again apart.
func BenchmarkSigns20k(b *testing.B) {
	n := benchNode(b, b.TempDir())
	benchFound(b, n)
	c := n.opened()[0]
	b.Run("today", func(b *testing.B) {
		for m := livedIn(c, 156); b.Loop(); {
			vitals.Read(m.community(1))
		}
	})
	b.Run("weeks", func(b *testing.B) {
		var weeks []*asOf
		all := livedIn(c, 156)
		for week := range 156 {
			m := *all
			m.facts, m.day = nil, gathered.Day(19000+7*week)
			for _, f := range all.facts {
				if f.Created < endOf(m.day) {
					m.facts = append(m.facts, f)
				}
			}
			weeks = append(weeks, &m)
		}
		for b.Loop() {
			for _, m := range weeks {
				vitals.Read(m.community(1))
			}
		}
	})
}

// Documents told again, of a history over 100 weeks.
func BenchmarkReplay(b *testing.B) {
	n := benchNode(b, b.TempDir())
	benchFound(b, n)
	if out, err := n.Import(b.Context(), none, api.Importing{Dir: benchFiles(b, 1000)}); err != nil || out.Added != 1000 {
		b.Fatal(out, err)
	}
	c := n.opened()[0]
	ids, err := c.hidden(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	var times []uint64
	for week := range 100 {
		times = append(times, uint64(week)*7*86400)
	}
	times = append(times, 1<<40)
	for b.Loop() {
		if err := c.replay(b.Context(), ids, times, func(_ int, d *envelope.Document) { d.Fold() }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(ids)), "us/document")
}
