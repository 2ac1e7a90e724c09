package community_test

import (
	"fmt"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// BenchmarkOccasions expands what a busy community has: 40 rhythms with 100
// occurrences each, over a year and a quarter.
func BenchmarkOccasions(b *testing.B) {
	var series []*envelope.Folded
	own := map[protocol.DocumentID][]*envelope.Folded{}
	for i := range 40 {
		g := gathering(fmt.Sprint("bench ", i)).register("start", "2024-05-14T18:00").register("rrule", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR").set("hosts", rosa)
		g.ID = protocol.DocumentID{1, byte(i)}
		series = append(series, &g.Folded)
		first := community.Date(2026, 1, 5)
		for n := range 100 {
			o := on((first+community.Day(n)).String()).register("minutes", uint64(30)).set("here", rosa, dev)
			o.ID = protocol.DocumentID{2, byte(i), byte(n)}
			o.Fields[0].Values[0].Value = g.ID
			own[g.ID] = append(own[g.ID], &o.Folded)
		}
	}
	today := community.Date(2026, 5, 1)
	for b.Loop() {
		n := 0
		for _, g := range series {
			all := community.Occasions(g, own[g.ID], today-365, today+91)
			community.Kept(all, today, 90)
			community.Period(g, today)
			n += len(all)
		}
		if n < 40*300 {
			b.Fatal(n, "occasions")
		}
	}
}

// BenchmarkRuleThatMeansNoDay looks for the next days of one that has none.
func BenchmarkRuleThatMeansNoDay(b *testing.B) {
	g := gathering("never").register("start", "2024-05-14T18:00").register("rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
	for b.Loop() {
		if next := community.Next(&g.Folded, community.Date(2026, 5, 1), 8); len(next) != 0 {
			b.Fatal(next)
		}
	}
}
