package envelope_test

import (
	"fmt"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// long is a way that two members edited in turn, by one word a change.
func long(b *testing.B, changes int) *paper {
	w := begin(b, "way", rosa, member, do("title", envelope.DoSet, "T"), do("body", envelope.DoText, "start"))
	body := "start"
	for i := range changes {
		body += fmt.Sprintf(" w%d", i)
		w.write([]protocol.MemberID{rosa, dev}[i%2], member, do("body", envelope.DoText, body))
	}
	return w
}

func BenchmarkLoad(b *testing.B) {
	w := long(b, 2000)
	for name, sights := range map[string]int{"as now": 0, "20 control states": 20} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d := envelope.New(kinds, here, w.doc.ID())
				for i, s := range w.sent {
					if sights > 0 {
						s.Sight = &envelope.Sight{Key: protocol.Hash{byte(i * sights / len(w.sent)), 1},
							Verdict: func(protocol.ChangeID) (uint8, bool) { return member, false }}
					}
					apply(b, d, s)
				}
				d.Fold()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(w.sent)), "µs/change")
		})
	}
}

func BenchmarkMark(b *testing.B) {
	w := long(b, 2000)
	intent := []envelope.Intent{do("marks", envelope.DoAdd, "thanks")}
	for b.Loop() {
		if _, err := w.doc.Write(envelope.Writing{Author: dev, Rank: member}, intent); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	w := long(b, 2000)
	for b.Loop() {
		w.doc.Fold()
	}
}
