package replica

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"coppice.example/node/practice"
	"coppice.example/protocol"
)

// lattice forges a document whose changes stand in layers of a width, each on
// all of the layer before: what is widest that the door lets through. A width
// of one is what an honest person writes.
func (f *forger) lattice(width, changes int) (runs []*protocol.Run) {
	way := f.n.must(Write{Kind: f.n.w.kinds.Named("way").Kind, Intents: titled("wide")}).(Written)
	*f = *f.n.forge(protocol.Content)
	layer, lamport := []protocol.ChangeID{way.Change}, f.end.lamport
	for done := 0; done < changes; {
		var next []protocol.ChangeID
		var run []*protocol.Change
		for range width {
			c := f.change(func(d *protocol.Draft) {
				d.Creates, d.Document, d.Lamport = false, way.Document, max(lamport, f.end.lamport)+1
				d.Parents = sortedIDs(layer)
				d.Words = fmt.Appendf(nil, "word%d ", f.word%10)
				d.Shape = protocol.EncodeShape([]protocol.Operation{{
					Path: protocol.Path{Field: practice.WayBody}, Code: protocol.Insert,
					Args: []protocol.Value{uint64(0), protocol.Words(len(d.Words))},
				}})
			})
			next, run, done = append(next, c.ID), append(run, c), done+1
		}
		layer, lamport = next, run[len(run)-1].Lamport
		runs = append(runs, f.run(run...))
	}
	return runs
}

// What a change costs that stands on sixteen others does not grow with what
// lies below, and is no more than some honest ones'. Work is counted in bytes
// allocated, which other programs on the machine do not disturb.
func TestWideContentGraphCostsNoMoreTheDeeperB9(t *testing.T) {
	work := func(width, changes int) float64 {
		_, a, b, _ := trio(t)
		runs := b.forge(protocol.Content).lattice(width, changes)
		root, err := b.store.Run(b.store.Arrived(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.give(b, root); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for page := range slices.Chunk(runs, 128/width) {
			if err := a.give(b, page...); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		last := runs[len(runs)-1].Last()
		d, err := a.replica.Document(last.Document)
		if err != nil || len(d.History) != changes+1 || len(d.Folded.Body) != 6*changes {
			t.Fatalf("the document shows %d changes and %d bytes (%v)", len(d.History), len(d.Folded.Body), err)
		}
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(changes)
	}
	honest, shallow, deep := work(1, 1600), work(16, 1600), work(16, 6400)
	t.Logf("bytes a change: honest %.0f, 16 wide %.0f, four times as deep %.0f", honest, shallow, deep)
	if deep > 1.4*shallow {
		t.Errorf("a change costs %.1f times as much where the graph is four times as deep", deep/shallow)
	}
	if shallow > 3*honest {
		t.Errorf("a change on sixteen others costs %.1f honest ones", shallow/honest)
	}
}
