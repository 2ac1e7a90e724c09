package protocol_test

import (
	"testing"

	. "coppice.example/protocol"
)

// What a change costs to check, by the seals: decode, hash and reach it from
// one seal a page.
func BenchmarkVerifyBySeal(b *testing.B) {
	w, _ := found()
	p, changes := w.scribe(2048)
	var wire [][]byte
	for len(changes) > 0 {
		n := min(MaxRunChanges, len(changes))
		wire = append(wire, p.seal(changes[:n]...).Append(nil))
		changes = changes[n:]
	}
	benchmarkPage(b, w, p, wire, 2048)
}

// The same changes, each alone in a run whose seal is checked.
func BenchmarkVerifyEachSignature(b *testing.B) {
	w, _ := found()
	p, changes := w.scribe(256)
	var wire [][]byte
	for _, c := range changes {
		wire = append(wire, p.seal(c).Append(nil))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range wire {
			run, err := DecodeRun(raw, w.community)
			if err != nil || run.Verify(w.community, p.public()) != nil {
				b.Fatal("refused")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/256, "µs/change")
}

func benchmarkPage(b *testing.B, w *world, p *pen, wire [][]byte, changes int) {
	b.ReportAllocs()
	for b.Loop() {
		var page []*Run
		for _, raw := range wire {
			run, err := DecodeRun(raw, w.community)
			if err != nil {
				b.Fatal(err)
			}
			page = append(page, run)
		}
		for _, s := range VerifyPage(page, w.community, keys(p)) {
			if s < Reached {
				b.Fatal("refused")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(changes), "µs/change")
}

func BenchmarkDecodeHeader(b *testing.B) {
	h := content()
	raw := h.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeHeader(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// What an edit costs its writer before the signature: seal shape and words, hash.
func BenchmarkBuild(b *testing.B) {
	w, _ := found()
	p, _ := w.scribe(1)
	b.ReportAllocs()
	for b.Loop() {
		p.write(insert(70000, "hedgerow "))
	}
}

func BenchmarkOpen(b *testing.B) {
	w, _ := found()
	p, changes := w.scribe(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := changes[0].OpenShape(w.community, p.log.ID, &w.key); err != nil {
			b.Fatal(err)
		}
		if _, ok := changes[0].OpenWords(w.community, p.log.ID, &w.key); !ok {
			b.Fatal("words")
		}
	}
}
