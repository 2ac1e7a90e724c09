package reconcile_test

import (
	"testing"

	"coppice.example/protocol"
)

// BenchmarkEqual is a comparison of two equal nodes with 1,000 logs.
func BenchmarkEqual(b *testing.B) {
	w := newWorld(b, 1)
	a := w.holder()
	for range 1000 {
		w.write(a, w.writer(protocol.Content), 1)
	}
	c := a.clone()
	for b.Loop() {
		if l := connect(b, w, a, c, nil); !l.run(always) || l.ends[0].inSync != 1 {
			b.Fatal("not in sync")
		}
	}
}

// BenchmarkHandOver is what a session costs a change at both ends, door and
// verification of this test's holder included.
func BenchmarkHandOver(b *testing.B) {
	w := newWorld(b, 1)
	a := w.holder()
	for range 20 {
		by := w.writer(protocol.Content)
		for range 100 {
			w.write(a, by, 5)
		}
	}
	for b.Loop() {
		c := w.holder()
		sync(b, w, a, c)
		equal(b, a, c)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/change")
}

// BenchmarkPoke is one new change told to a peer in sync, with 1,000 logs.
func BenchmarkPoke(b *testing.B) {
	w := newWorld(b, 1)
	a := w.holder()
	for range 1000 {
		w.write(a, w.writer(protocol.Content), 1)
	}
	c := a.clone()
	l := sync(b, w, a, c)
	by := w.writer(protocol.Content)
	for b.Loop() {
		b.StopTimer()
		w.write(a, by, 1)
		b.StartTimer()
		l.send(0, l.ends[0].s.Poke())
		b.StopTimer()
		l.run(always)
		b.StartTimer()
	}
}
