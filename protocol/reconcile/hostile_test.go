package reconcile_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// recorded plays a session with all kinds of frame and returns them.
func recorded(t testing.TB) (w *world, frames [][]byte) {
	w = newWorld(t, 41)
	a, b := w.holder(), w.holder()
	by, other := w.writer(protocol.Content), w.writer(protocol.Control)
	for range 20 {
		w.write(a, by, 2)
	}
	sync(t, w, a, b)
	twin := *by
	w.write(a, by, 2)
	w.write(b, &twin, 2)
	w.write(b, other, 2)
	a.records = []*protocol.Record{record(1, 1)}
	l := connect(t, w, a, b, func(i int, c *reconcile.Config) { c.Lacked = []protocol.ChangeID{{byte(i)}} })
	keep := func() {
		for _, e := range l.ends {
			frames = append(frames, e.in...)
		}
	}
	for {
		keep()
		if !l.step(0) && !l.step(1) {
			break
		}
	}
	l.send(0, l.ends[0].s.AskBodies([]protocol.ChangeID{by.last}))
	l.send(0, l.ends[0].s.AskRange(by.log.ID, 1, 9))
	l.send(0, l.ends[0].s.Defer([]reconcile.Deferred{{Log: by.log.ID, Reason: reconcile.Quota}}))
	for {
		keep()
		if !l.step(1) && !l.step(0) {
			break
		}
	}
	l.send(0, l.ends[0].s.Goodbye(reconcile.Busy))
	keep()
	return w, frames
}

func TestFramesOutOfTurn(t *testing.T) {
	w, frames := recorded(t)
	kinds := map[uint64]bool{}
	for _, f := range frames {
		r := protocol.NewReader(f)
		r.Array()
		kinds[r.Uint()] = true
	}
	if len(kinds) < 13 {
		t.Errorf("only %d kinds of frame are played", len(kinds))
	}
	// Any order of known frames ends in an error or in nothing, never in a loss.
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		h := w.holder()
		s := reconcile.New(reconcile.Config{Role: reconcile.Role(1 + rnd.IntN(2)), Community: w.community, Source: h, Serve: reconcile.ServeAll})
		s.Start()
		for range 40 {
			if _, _, err := s.Receive(frames[rnd.IntN(len(frames))]); err != nil {
				if !errors.Is(err, reconcile.ErrPeer) {
					t.Fatal(err)
				}
				break
			}
		}
	}
}

func TestFrameTooLong(t *testing.T) {
	w := newWorld(t, 43)
	s := reconcile.New(reconcile.Config{Role: reconcile.Responder, Community: w.community, Source: w.holder()})
	if _, _, err := s.Receive(make([]byte, reconcile.MaxFrame+1)); !errors.Is(err, reconcile.ErrPeer) {
		t.Error(err)
	}
}

// TestWindow: a sender that does not wait is cut off.
func TestWindow(t *testing.T) {
	w := newWorld(t, 45)
	a, b := w.holder(), w.holder()
	by := w.writer(protocol.Content)
	w.words = 40_000
	for range 200 {
		w.write(a, by, 1)
	}
	l := connect(t, w, a, b, nil)
	page := uint64(0)
	for {
		for i := range 2 {
			for len(l.ends[i].in) > 0 {
				l.step(i)
			}
		}
		if len(l.ends[1].taking) > 0 {
			break
		}
	}
	inFlight := 0
	for _, p := range l.ends[1].taking {
		page = p.Number
		for _, r := range p.Runs {
			inFlight += r.Size()
		}
	}
	if inFlight > reconcile.Window {
		t.Errorf("%d bytes under way", inFlight)
	}
	run := a.runs[3].run
	var err error
	for range 2 * (reconcile.Window + reconcile.MaxFrame) / run.Size() {
		page++
		frame := protocol.AppendUint(protocol.AppendArray(nil, 3), 21)
		frame = protocol.AppendArray(protocol.AppendUint(frame, page), 1)
		if _, _, err = l.ends[1].s.Receive(run.Append(frame)); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("a sender without end is heard without end")
	}
}

// TestUnknownFormatIsHeldBack: a run from the future leaves the rest of its
// page, and its log waits.
func TestUnknownFormatIsHeldBack(t *testing.T) {
	w := newWorld(t, 47)
	a, b := w.holder(), w.holder()
	by := w.writer(protocol.Content)
	run := w.write(a, by, 1)
	l := connect(t, w, b, a, nil)
	for {
		l.step(0)
		if l.step(1); l.ends[1].data > 0 {
			break
		}
	}
	f := l.ends[0].in[len(l.ends[0].in)-1]
	raw := run.Changes[0].Raw
	at := bytes.Index(f, raw)
	if at < 0 {
		t.Fatal("no page")
	}
	f[at+1] = 2 // the header's format
	l.run(always)
	if len(b.changes) != 2 || l.ends[0].inSync == 0 {
		t.Fatalf("%d changes, events %v", len(b.changes), l.ends[0].events)
	}
}

// TestAPageEndsAtACheckedSeal: b got a's runs in one page and looked at the
// last seal only; c must be able to verify what b sends.
func TestAPageEndsAtACheckedSeal(t *testing.T) {
	w := newWorld(t, 49)
	a := w.holder()
	w.words = 5_000 // the whole is one page, and many of those a node builds
	by, other := w.writer(protocol.Content), w.writer(protocol.Content)
	for i := range 30 {
		run := w.write(a, by, 1)
		w.write(a, other, 1)
		if i%2 == 0 && i < 24 {
			run.Seal[0]++ // nobody will look at it
		}
	}
	for _, s := range a.runs {
		s.checked = true
	}
	// b takes all in one page, as a careless node would send it.
	b := w.holder()
	var runs []*protocol.Run
	for _, s := range a.runs[1:] {
		runs = append(runs, s.run)
	}
	if b.takePage(runs); len(b.changes) != len(a.changes) {
		t.Fatal("b did not take the page")
	}
	c := w.holder()
	sync(t, w, b, c)
	equal(t, b, c) // c could verify every page
}

func FuzzFrame(f *testing.F) {
	w, frames := recorded(f)
	for _, frame := range frames {
		f.Add(frame, true)
		f.Add(frame, false)
	}
	f.Fuzz(func(t *testing.T, frame []byte, caller bool) {
		role := reconcile.Responder
		if caller {
			role = reconcile.Caller
		}
		s := reconcile.New(reconcile.Config{Role: role, Community: w.community, Source: w.holder(), Serve: reconcile.ServeAll})
		s.Start()
		if _, _, err := s.Receive(frame); err != nil && !errors.Is(err, reconcile.ErrPeer) {
			t.Fatal(err)
		}
	})
}

// FuzzSequence lets a peer say known frames, bent ones and takes in any order
// in the middle of an honest session; the honest side loses nothing.
func FuzzSequence(f *testing.F) {
	w, frames := recorded(f)
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0, 200, 1, 201, 5, 5, 9})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 64 {
			return
		}
		h := w.holder()
		held := len(h.changes)
		s := reconcile.New(reconcile.Config{Role: reconcile.Responder, Community: w.community, Source: h, Serve: reconcile.ServeAll})
		s.Start()
		var pages []reconcile.Page
		for i, c := range script {
			switch {
			case c >= 250:
				s.Poke()
			case c >= 240:
				s.Compare()
			case c >= 200 && len(pages) > 0:
				h.takePage(pages[0].Runs)
				s.Taken(pages[0].Number)
				pages = pages[1:]
			default:
				frame := bytes.Clone(frames[int(c)%len(frames)])
				if c >= 100 && i+1 < len(script) && c < 200 {
					frame[int(script[i+1])%len(frame)] ^= c
				}
				_, events, err := s.Receive(frame)
				if err != nil && !errors.Is(err, reconcile.ErrPeer) {
					t.Fatal(err)
				}
				for _, e := range events {
					if p, ok := e.(reconcile.Page); ok {
						pages = append(pages, p)
					}
				}
			}
		}
		if len(h.changes) < held {
			t.Fatal("lost")
		}
	})
}
