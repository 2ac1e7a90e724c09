package replica

import (
	"fmt"
	"testing"
	"time"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
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

// struck makes a founder's node that holds so many documents of one member and
// edits of them, and the removal that covers all her changes but the first.
func struck(b testing.TB, documents, edits int) (w *world, a *node, made []protocol.DocumentID, removal Decide) {
	w = newWorld(b, 11)
	a = w.found()
	m := a.join(true)
	w.sync(a, m)
	kind := w.kinds.Named("way").Kind
	for len(made) < documents {
		var inputs []Input
		for range min(250, documents-len(made)) {
			inputs = append(inputs, Write{Token: Token(1e6 + len(inputs)), Kind: kind, Intents: []envelope.Intent{
				{Field: "title", Verb: envelope.DoSet, Value: fmt.Sprintf("Way number %d", len(made)+len(inputs))},
				{Field: "body", Verb: envelope.DoText, Value: "Rest the dough for an hour, then fold it twice and let it rise in the cold until it has doubled."},
			}})
		}
		for _, o := range m.step(inputs...) {
			if r, ok := o.(Reply); ok {
				made = append(made, r.Result.(Written).Document)
			}
		}
	}
	for i := 0; i < edits; i += 250 {
		var inputs []Input
		for j := range min(250, edits-i) {
			inputs = append(inputs, Write{Token: Token(2e6 + j), Document: made[(i+j)%len(made)], Intents: titled(fmt.Sprintf("Edited %d", i+j))})
		}
		m.step(inputs...)
	}
	w.rest()
	w.cutAll()
	own := m.own()
	return w, a, made, Decide{Token: 7, Operation: &membership.Remove{
		Members: []protocol.MemberID{m.member()},
		Cuts:    []membership.Cut{{Log: protocol.LogOf(m.id(), m.life, protocol.Content), Kept: own[0]}},
	}}
}

// BenchmarkRemoval is a removal that covers 5,000 changes in 2,000 documents:
// the longest step, and all of them together.
func BenchmarkRemoval(b *testing.B) {
	var longest, total time.Duration
	steps := 0
	for range b.N {
		b.StopTimer()
		_, a, _, removal := struck(b, 2000, 3000)
		b.StartTimer()
		for in := Input(removal); in != nil; {
			began := time.Now()
			outputs := a.replica.Step(a.clock(), in)
			took := time.Since(began)
			longest, total, steps, in = max(longest, took), total+took, steps+1, nil
			for _, o := range outputs {
				a.do(o)
				if wake, ok := o.(Wake); ok && wake.At <= a.clock() {
					in = Tick{}
				}
			}
		}
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/longest-step")
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms/removal")
	b.ReportMetric(float64(steps)/float64(b.N), "steps")
}

// BenchmarkControlPage is one page of control runs of one change each, as many
// as fit: what an honest peer sends at most, and what the frame allows.
func BenchmarkControlPage(b *testing.B) {
	for _, size := range []int{128 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			w := newWorld(b, 12)
			a := w.found()
			c := a.join(true)
			w.sync(a, c)
			w.cutAll()
			var runs []*protocol.Run
			left := size
			for _, run := range c.merges(size / 240) {
				if left -= run.Size() + 128; left > 0 {
					runs = append(runs, run)
				}
			}
			runs = wire(b, w.community, runs)
			for range b.N {
				b.StopTimer()
				r, err := Open(a.config())
				if err != nil {
					b.Fatal(err)
				}
				r.rates.burst = len(runs)
				r.begin(a.clock())
				b.StartTimer()
				r.attempt([]func(){func() {
					if err := r.receive(c.id(), runs); err != nil {
						b.Fatal(err)
					}
				}})
			}
			b.ReportMetric(float64(len(runs)), "changes")
		})
	}
}
