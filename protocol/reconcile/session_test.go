package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

func TestEqualCostsOneRoundTripAndNoDisk(t *testing.T) {
	w := newWorld(t, 1)
	a := w.holder()
	for range 50 {
		w.write(a, w.writer(protocol.Content), 3)
	}
	b := a.clone()
	a.reads, b.reads = 0, 0
	base := reconcile.NewFrontier([]reconcile.Tip{{Seq: 7}})
	l := connect(t, w, a, b, func(_ int, c *reconcile.Config) { c.Base, c.RecordsTaken = base, 70_000 })
	l.run(always)
	for i, e := range l.ends {
		if e.inSync != 1 || e.frames != 1 {
			t.Errorf("end %d: in sync %d times after %d frames", i, e.inSync, e.frames)
		}
		if e.sent > 120 {
			t.Errorf("end %d sent %d bytes", i, e.sent)
		}
		if e.h.reads > 0 {
			t.Errorf("end %d read %d times", i, e.h.reads)
		}
	}
	t.Logf("%d bytes each way", l.ends[0].sent)
}

// grow writes at random by one of the writers, at a holder that holds her log,
// and now and then restores a writer from an old copy, so that her log forks.
func grow(w *world, holders []*holder, homes []*writer, n int, forks bool) {
	old := map[int]writer{}
	for range n {
		i := w.rnd.IntN(len(homes))
		if before, ok := old[i]; ok && forks && w.rnd.IntN(12) == 0 {
			*homes[i] = before
		}
		h := holders[i%len(holders)]
		if forks && w.rnd.IntN(3) == 0 {
			h = holders[w.rnd.IntN(len(holders))] // the copy runs elsewhere
		}
		if homes[i].seq > 0 && h.changes[homes[i].last] == nil {
			continue
		}
		if w.rnd.IntN(5) == 0 {
			old[i] = *homes[i]
		}
		w.write(h, homes[i], 1+w.rnd.IntN(5))
	}
}

func writersOf(w *world, n int) (list []*writer) {
	for i := range n {
		class := protocol.Content
		if i%3 == 0 {
			class = protocol.Control
		}
		list = append(list, w.writer(class))
	}
	return list
}

// TestRandomSetsConverge cuts sessions anywhere and resumes them; with forks
// and without.
func TestRandomSetsConverge(t *testing.T) {
	const seeds = 150
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			holders := []*holder{w.holder(), w.holder(), w.holder()}
			writers := writersOf(w, 1+w.rnd.IntN(8))
			for range 4 {
				grow(w, holders, writers, w.rnd.IntN(40), seed%2 == 1)
				a, b := w.rnd.IntN(3), w.rnd.IntN(3)
				if a == b {
					continue
				}
				l := connect(t, w, holders[a], holders[b], nil)
				l.late = w.rnd.IntN(2) == 0
				for range w.rnd.IntN(3) { // cut anywhere, begin again
					l.run(w.rnd.IntN(12))
					l = connect(t, w, holders[a], holders[b], nil)
				}
				if l.run(always); l.ends[0].inSync == 0 || l.ends[1].inSync == 0 {
					t.Fatalf("seed %d: not in sync: %v", seed, l.ends[0].events)
				}
				equal(t, holders[a], holders[b])
			}
		})
	}
}

func TestBothWaysAndRelay(t *testing.T) {
	w := newWorld(t, 3)
	a, b, c := w.holder(), w.holder(), w.holder()
	for range 10 {
		w.write(a, w.writer(protocol.Content), 20)
		w.write(b, w.writer(protocol.Content), 20)
	}
	sync(t, w, a, b)
	equal(t, a, b)
	if a.twice+b.twice > 0 {
		t.Errorf("%d changes sent twice", a.twice+b.twice)
	}
	sync(t, w, b, c) // b serves what a sealed
	equal(t, b, c)
}

// TestChainSplitUnderDifferentSeals is the rule that boundaries are not truth:
// the writer of one chain seals and splits it differently for each of three
// nodes, whose honest writers stand on its middle.
func TestChainSplitUnderDifferentSeals(t *testing.T) {
	for seed := range uint64(40) {
		w := newWorld(t, seed)
		home, by := w.holder(), w.writer(protocol.Content)
		run := w.write(home, by, 12)
		holders := []*holder{w.holder(), w.holder(), w.holder()}
		for _, h := range holders {
			held := w.rnd.IntN(12) + 1
			for from := 0; from < held; {
				to := from + 1 + w.rnd.IntN(held-from)
				last := run.Changes[to-1]
				h.append(&protocol.Run{
					Log: run.Log, Changes: run.Changes[from:to],
					Seal: protocol.SignSeal(by.key, w.community, run.Log.ID, last.Seq, last.ID),
				}, true)
				from = to
			}
			other := w.writer(protocol.Content)
			w.write(h, other, 1)
			w.write(h, other, 3)
		}
		for range 2 {
			sync(t, w, holders[0], holders[1])
			sync(t, w, holders[1], holders[2])
		}
		equal(t, holders[0], holders[2])
		sync(t, w, holders[0], home)
		equal(t, holders[0], home)
	}
}

func TestPokeSendsWhatIsNew(t *testing.T) {
	w := newWorld(t, 7)
	a, b := w.holder(), w.holder()
	wa, wb := w.writer(protocol.Content), w.writer(protocol.Content)
	w.write(a, wa, 3)
	l := sync(t, w, a, b)
	for range 5 {
		before := l.ends[0].sent + l.ends[1].sent - l.ends[0].data - l.ends[1].data
		w.write(a, wa, 1)
		w.write(b, wb, 1) // both at once: their summaries cross
		l.send(0, l.ends[0].s.Poke())
		l.send(1, l.ends[1].s.Poke())
		l.run(always)
		equal(t, a, b)
		if control := l.ends[0].sent + l.ends[1].sent - l.ends[0].data - l.ends[1].data - before; control > 400 {
			t.Errorf("%d control bytes for two changes", control)
		}
	}
	if a.twice+b.twice > 0 {
		t.Errorf("%d changes sent twice", a.twice+b.twice)
	}
	n := l.ends[0].inSync
	l.send(1, l.ends[1].s.Compare())
	if l.run(always); l.ends[0].inSync != n+1 {
		t.Error("a new comparison does not end in sync")
	}
}

// TestFewOfMany measures what it costs to bring 10,000 changes of 100 logs.
func TestFewOfMany(t *testing.T) {
	w := newWorld(t, 9)
	a := w.holder()
	var writers []*writer
	for range 100 {
		writers = append(writers, w.writer(protocol.Content))
	}
	for range 3 {
		for _, by := range writers {
			w.write(a, by, 20)
		}
	}
	b := a.clone()
	size := 0
	for range 5 {
		for _, by := range writers {
			size += w.write(a, by, 20).Size()
		}
	}
	b.reads = 0
	l := connect(t, w, b, a, nil)
	hops := 0
	for len(l.ends[0].events) == 0 { // until the first page
		for range len(l.ends[hops%2].in) {
			l.step(hops % 2)
		}
		hops++
		if hops > 10 {
			t.Fatal("no data")
		}
	}
	l.run(always)
	equal(t, a, b)
	asked, control := l.ends[0].sent, l.ends[1].sent-l.ends[1].data
	t.Logf("%d bytes of data, %d of pages; control bytes: %d by who lacks, %d by who gives; first data after %d hops", size, l.ends[1].data, asked, control, hops)
	if asked > 2000 || control > 2000 {
		t.Error("too many control bytes")
	}
	if l.ends[1].data > size*115/100 {
		t.Errorf("%d bytes of pages for %d bytes of changes", l.ends[1].data, size)
	}
	// With a base in common only what changed is named.
	base := b.frontier
	for _, by := range writers[:10] {
		w.write(a, by, 2)
	}
	l = connect(t, w, b, a, func(_ int, c *reconcile.Config) { c.Base = base })
	l.run(always)
	equal(t, a, b)
	if n := l.ends[1].sent - l.ends[1].data; n > 700 {
		t.Errorf("%d control bytes for 10 logs of 100", n)
	}
}

func TestForkCostsOneRoundTripMore(t *testing.T) {
	w := newWorld(t, 11)
	a := w.holder()
	by := w.writer(protocol.Content)
	for range 200 {
		w.write(a, by, 10)
	}
	b := a.clone()
	twin := *by
	w.write(a, by, 5)
	w.write(b, &twin, 9)
	l := sync(t, w, a, b)
	equal(t, a, b)
	if len(a.frontier.Of(by.log.ID)) != 2 {
		t.Fatal("no fork")
	}
	control := 0
	for _, e := range l.ends {
		control += e.sent - e.data
	}
	t.Logf("%d control bytes in all, %d changes sent twice", control, a.twice+b.twice)
	if control > 500 { // two rounds of summaries and entries, and the trace
		t.Error("too many control bytes")
	}
	if a.twice+b.twice > 20 {
		t.Errorf("%d changes sent twice", a.twice+b.twice)
	}
	// And when both branches grow on.
	w.write(a, by, 3)
	w.write(b, &twin, 3)
	a.twice, b.twice = 0, 0
	sync(t, w, a, b)
	equal(t, a, b)
	if a.twice+b.twice > 20 {
		t.Errorf("%d changes sent twice", a.twice+b.twice)
	}
}

// TestInterrupted cuts twenty times: what was under way is all that is lost.
func TestInterrupted(t *testing.T) {
	w := newWorld(t, 13)
	a, b := w.holder(), w.holder()
	writers := writersOf(w, 30)
	for i := range 6000 {
		w.write(a, writers[i%30], 3)
	}
	data := 0
	for range 20 {
		l := connect(t, w, b, a, nil)
		l.run(3 + w.rnd.IntN(8))
		// What has arrived is taken even when the stream is gone.
		for len(l.ends[0].taking) > 0 {
			b.takePage(l.ends[0].taking[0].Runs)
			l.ends[0].taking = l.ends[0].taking[1:]
		}
	}
	l := sync(t, w, b, a)
	data = l.ends[1].data
	equal(t, a, b)
	t.Logf("the last session: %d bytes; %d of %d changes came twice", data, b.twice, len(b.changes))
	if b.twice*20 > len(b.changes) {
		t.Error("more than 5 % came twice")
	}
}

func TestDeferredLogsAreComparedWithoutWhatLiesBeyond(t *testing.T) {
	w := newWorld(t, 15)
	a, b := w.holder(), w.holder()
	heavy, other := w.writer(protocol.Content), w.writer(protocol.Content)
	w.write(a, heavy, 2)
	sync(t, w, a, b)
	for range 5 {
		w.write(a, heavy, 4)
	}
	// other writes at b, apart from what is heavy
	w.write(b, other, 3)
	b.defer_[heavy.log.ID] = true
	l := connect(t, w, a, b, nil)
	l.send(1, l.ends[1].s.Defer([]reconcile.Deferred{{Log: heavy.log.ID, Reason: reconcile.Quota}}))
	l.run(always)
	for i, e := range l.ends {
		if e.inSync == 0 || e.stalled > 0 {
			t.Fatalf("end %d: %v", i, e.events)
		}
	}
	if len(b.frontier.Of(heavy.log.ID)) != 1 || b.frontier.Of(heavy.log.ID)[0].Seq != 2 {
		t.Fatal("what was deferred was taken")
	}
	b.defer_ = map[protocol.LogID]bool{}
	l.send(1, l.ends[1].s.Defer(nil))
	l.send(1, l.ends[1].s.Compare())
	l.run(always)
	equal(t, a, b)
}

// Whatever is deferred in the midst of rounds that end as they began, both ends
// go on to agree whether whole ids are told.
func TestDeferringAtAnyTimeKeepsBothEndsInStep(t *testing.T) {
	for hops := range 40 {
		for from := range 2 {
			w := newWorld(t, 16)
			a, b := w.holder(), w.holder()
			by, other := w.writer(protocol.Content), w.writer(protocol.Content)
			w.write(a, by, 2)
			w.write(a, other, 2)
			base := sync(t, w, a, b).ends[0].base
			w.write(a, by, 3)
			b.refuse[by.log.ID] = true
			l := connect(t, w, a, b, func(_ int, c *reconcile.Config) { c.Base = base })
			if l.run(hops) {
				return // at rest: all times were tried
			}
			l.send(from, l.ends[from].s.Defer([]reconcile.Deferred{{Log: other.log.ID, Reason: reconcile.Quota}}))
			l.run(always)
		}
	}
	t.Error("the session did not come to rest in 40 frames")
}

func TestRefusedRunsEndInAStall(t *testing.T) {
	w := newWorld(t, 17)
	a, b := w.holder(), w.holder()
	bad, good := w.writer(protocol.Content), w.writer(protocol.Content)
	w.write(a, good, 2)
	w.write(a, bad, 2)
	b.refuse[bad.log.ID] = true
	l := sync(t, w, a, b)
	if l.ends[0].stalled != 1 || l.ends[1].stalled != 1 {
		t.Fatalf("stalled %d and %d times", l.ends[0].stalled, l.ends[1].stalled)
	}
	w.write(a, good, 1)
	l.send(0, l.ends[0].s.Poke())
	l.run(always)
	if b.changes[good.last] == nil {
		t.Fatal("a stall stops what is new")
	}
	b.refuse = map[protocol.LogID]bool{}
	l.send(0, l.ends[0].s.Compare())
	l.run(always)
	equal(t, a, b)
}

func TestServe(t *testing.T) {
	w := newWorld(t, 19)
	a, b := w.holder(), w.holder()
	content, control, hers := w.writer(protocol.Content), w.writer(protocol.Control), w.writer(protocol.Content)
	w.write(a, content, 2)
	w.write(a, control, 2)
	w.write(b, hers, 1)
	l := connect(t, w, a, b, func(i int, c *reconcile.Config) {
		if i == 0 {
			c.Serve = reconcile.ServeNothing
		}
	})
	l.run(always)
	if len(b.changes) != 3 || a.changes[hers.last] == nil {
		t.Fatal("who is given nothing must still be able to give")
	}
	l.send(0, l.ends[0].s.SetServe(reconcile.ServeControl))
	l.run(always)
	if b.changes[control.last] == nil || b.changes[content.last] != nil {
		t.Fatal("control runs only")
	}
	l.send(0, l.ends[0].s.SetServe(reconcile.ServeAll))
	l.run(always)
	equal(t, a, b)
}

func TestHandAndGoodbye(t *testing.T) {
	w := newWorld(t, 21)
	a, b := w.holder(), w.holder()
	run := w.write(a, w.writer(protocol.Control), 2)
	w.write(a, w.writer(protocol.Content), 2)
	l := connect(t, w, a, b, func(_ int, c *reconcile.Config) { c.Serve = reconcile.ServeNothing })
	l.send(0, l.ends[0].s.Hand([]*protocol.Run{run}))
	l.send(0, l.ends[0].s.Goodbye(reconcile.Removed))
	l.run(always)
	if b.changes[run.Last().ID] == nil || len(b.changes) != 4 {
		t.Fatal("the handed run, and no other")
	}
	if g := l.ends[1].goodbye; g == nil || *g != reconcile.Removed {
		t.Fatal("no reason told")
	}
}

func record(n uint64, device byte) *protocol.Record {
	return &protocol.Record{
		RecordKey: protocol.RecordKey{Device: protocol.DeviceID{device}, Kind: protocol.Held},
		Number:    n, Payload: []byte{1},
	}
}

func TestRecordsAlsoWhenEqual(t *testing.T) {
	w := newWorld(t, 23)
	a := w.holder()
	w.write(a, w.writer(protocol.Content), 2)
	b := a.clone()
	a.records = []*protocol.Record{record(1, 1), record(1, 2), record(9, 3)}
	lacked := []protocol.ChangeID{{4}, {2}}
	l := connect(t, w, a, b, func(i int, c *reconcile.Config) {
		if i == 1 {
			c.RecordsTaken, c.Lacked = 1, lacked
		}
	})
	l.run(always)
	if got := l.ends[1]; len(got.records) != 2 || got.upto != 3 || len(l.ends[0].lacks) != 2 {
		t.Fatalf("%d records up to %d", len(got.records), got.upto)
	}
	// Letters are an answer, outside the order; what came is not sent back.
	l.send(0, l.ends[0].s.Letters([]*protocol.Record{record(1, 7)}))
	b.records = append(l.ends[1].records, record(1, 8))
	l.send(1, l.ends[1].s.Poke())
	l.run(always)
	if got := l.ends[1]; len(got.records) != 3 || got.upto != 3 {
		t.Fatal("the letter did not come")
	}
	if got := l.ends[0].records; len(got) != 1 || got[0].Device != (protocol.DeviceID{8}) {
		t.Fatalf("%d records came back", len(got))
	}
}

func TestRepair(t *testing.T) {
	w := newWorld(t, 25)
	a := w.holder()
	by := w.writer(protocol.Content)
	run := w.write(a, by, 4)
	l := sync(t, w, a, a.clone())
	l.send(0, l.ends[0].s.AskBodies([]protocol.ChangeID{run.Changes[1].ID, run.Changes[0].ID, {9}}))
	l.send(0, l.ends[0].s.AskRange(by.log.ID, 2, 3))
	l.run(always)
	if e := l.ends[0]; len(e.bodies) != 2 || len(e.stretch) != 1 || e.stretch[0].Last().ID != by.last {
		t.Fatalf("%d bodies, %d runs", len(e.bodies), len(e.stretch))
	}
}

// TestLiesInFrontiers: who claims more than she holds is not sent it, who
// claims less is sent what she has; an honest peer completes either.
func TestLiesInFrontiers(t *testing.T) {
	w := newWorld(t, 27)
	a, b := w.holder(), w.holder()
	by := w.writer(protocol.Content)
	for range 5 {
		w.write(a, by, 2)
	}
	w.write(b, w.writer(protocol.Content), 2)
	liar := w.holder()
	liar.frontier = liar.frontier.With(protocol.ChangeID{}, reconcile.Tip{Log: by.log.ID, Seq: 400, ID: protocol.ChangeID{1}})
	l := connect(t, w, a, liar, nil)
	l.run(always)
	less := a.clone()
	less.frontier = w.holder().frontier
	sync(t, w, a, less)
	sync(t, w, a, b)
	equal(t, a, b)
}

func TestSeedsGiveOneTrace(t *testing.T) {
	trace := func() (sum int) {
		w := newWorld(t, 31)
		holders := []*holder{w.holder(), w.holder()}
		grow(w, holders, writersOf(w, 6), 60, true)
		l := connect(t, w, holders[0], holders[1], nil)
		l.rnd = rand.New(rand.NewPCG(31, 2))
		l.run(always)
		return l.ends[0].sent*1_000_000 + l.ends[1].sent
	}
	if a, b := trace(), trace(); a != b {
		t.Errorf("%d and %d", a, b)
	}
}
