package replica

import (
	"fmt"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// full makes a member's node that holds n changes of an import, one way each,
// and an edit of each by another member, sealed one by one.
func full(b testing.TB, n int) (w *world, from *node) {
	w = newWorld(b, 9)
	from = w.found()
	kind := w.kinds.Named("way").Kind
	for done := 0; done < n; {
		var inputs []Input
		for range min(500, n-done) {
			done++
			inputs = append(inputs, Write{Token: Token(done), Kind: kind, Intents: []envelope.Intent{
				{Field: "title", Verb: envelope.DoSet, Value: fmt.Sprintf("Way number %d", done)},
				{Field: "body", Verb: envelope.DoText, Value: "Rest the dough for an hour, then fold it twice and let it rise in the cold until it has doubled."},
			}})
		}
		from.step(inputs...)
	}
	return w, from
}

// BenchmarkJoin is a newcomer's node that takes 10,000 changes over a session
// in memory: verification, batches synced to a file system in memory, folds.
func BenchmarkJoin(b *testing.B) {
	w, from := full(b, 10_000)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		new := from.join(true)
		b.StartTimer()
		w.sync(from, new)
		b.StopTimer()
		if st := new.replica.Status(); st.State != from.replica.Status().State {
			b.Fatal("not in sync")
		}
		w.cutAll()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10_000, "µs/change")
}

// BenchmarkReceive is the same without the session: pages of a hundred runs of
// one change each, brought to the door.
func BenchmarkReceive(b *testing.B) {
	w, from := full(b, 100)
	f := from.forge(protocol.Content)
	var runs []*protocol.Run
	for range 10_000 {
		runs = append(runs, f.run(f.change(nil)))
	}
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		new := from.join(true)
		w.sync(from, new)
		w.cutAll()
		b.StartTimer()
		for i := 0; i < len(runs); i += 100 {
			if err := new.give(from, runs[i:i+100]...); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10_000, "µs/change")
}

// BenchmarkEdit is one small edit of one document, acknowledged.
func BenchmarkEdit(b *testing.B) {
	w, a := full(b, 1000)
	made := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("edited")}).(Written)
	i := 0
	for b.Loop() {
		i++
		a.must(Write{Document: made.Document, Intents: titled(fmt.Sprintf("edited %d times", i%100))})
	}
}

// BenchmarkOpen is what a start costs: the control graph, the tips, the keys.
func BenchmarkOpen(b *testing.B) {
	_, a := full(b, 10_000)
	for b.Loop() {
		if _, err := Open(a.config()); err != nil {
			b.Fatal(err)
		}
	}
}
