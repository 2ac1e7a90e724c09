package protocol_test

import (
	"bytes"
	"slices"
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// shelf is what one end of a session holds, in the order in which it came.
type shelf struct {
	runs    []*Run
	records []*Record
}

func (s *shelf) each(f func(arrival int, run *Run, c *Change)) {
	for i, run := range s.runs {
		for _, c := range run.Changes {
			f(i, run, c)
		}
	}
}

// Frontier implements reconcile.Source, as do the methods below.
func (s *shelf) Frontier() *reconcile.Frontier {
	named := map[ChangeID]bool{}
	s.each(func(_ int, _ *Run, c *Change) { named[c.Previous] = true })
	var tips []reconcile.Tip
	s.each(func(_ int, run *Run, c *Change) {
		if !named[c.ID] {
			tips = append(tips, reconcile.Tip{Log: run.Log.ID, Seq: c.Seq, ID: c.ID})
		}
	})
	return reconcile.NewFrontier(tips)
}

func (s *shelf) IDs(log LogID, seq uint64) (ids []ChangeID) {
	s.each(func(_ int, run *Run, c *Change) {
		if run.Log.ID == log && c.Seq == seq {
			ids = append(ids, c.ID)
		}
	})
	return ids
}

// chain maps the seqs of the chain that ends in tip to their ids.
func (s *shelf) chain(tip reconcile.Tip) map[uint64]ChangeID {
	held := map[ChangeID]*Change{}
	s.each(func(_ int, _ *Run, c *Change) { held[c.ID] = c })
	chain := map[uint64]ChangeID{}
	for c := held[tip.ID]; c != nil; c = held[c.Previous] {
		chain[c.Seq] = c.ID
	}
	return chain
}

func (s *shelf) Ancestor(_ LogID, tip reconcile.Tip, seq uint64) (ChangeID, bool) {
	id, ok := s.chain(tip)[seq]
	return id, ok
}

func (s *shelf) Runs(log LogID, tip reconcile.Tip, after uint64, limit int) (refs []reconcile.RunRef) {
	chain := s.chain(tip)
	for i, run := range s.runs {
		on := slices.ContainsFunc(run.Changes, func(c *Change) bool { return c.Seq > after && chain[c.Seq] == c.ID })
		if run.Log.ID == log && on && len(refs) < limit {
			refs = append(refs, reconcile.RunRef{
				Log: log, Class: run.Last().Class, Arrival: uint64(i) + 1, First: run.Changes[0].Seq, Last: run.Last().Seq,
				ID: run.Last().ID, Size: run.Size(), Checked: true,
			})
		}
	}
	return refs
}

func (s *shelf) Load(ref reconcile.RunRef, after uint64) (*Run, error) {
	run := *s.runs[ref.Arrival-1]
	run.Changes = slices.DeleteFunc(slices.Clone(run.Changes), func(c *Change) bool { return c.Seq <= after })
	return &run, nil
}

func (s *shelf) Records(after uint64, _ int) ([]*Record, uint64) {
	return s.records[after:], uint64(len(s.records))
}

func (s *shelf) Change(ChangeID) (*Change, bool) { return nil, false }

func (s *shelf) Range(log LogID, from, to uint64, _ int) (runs []*Run) {
	for _, run := range s.runs {
		if run.Log.ID == log && run.Last().Seq >= from && run.Changes[0].Seq <= to {
			runs = append(runs, run)
		}
	}
	return runs
}

// end is one end of a session under way.
type end struct {
	session *reconcile.Session
	shelf   *shelf
	in      [][]byte
	inSync  bool
	damaged bool // has asked for a stretch
}

// step takes one frame and returns what to send.
func (e *end) step(t *testing.T) [][]byte {
	t.Helper()
	frame := e.in[0]
	e.in = e.in[1:]
	send, events, err := e.session.Receive(frame)
	fatal(t, err)
	for _, event := range events {
		switch event := event.(type) {
		case reconcile.Page:
			e.shelf.runs = append(e.shelf.runs, event.Runs...)
			send = append(send, e.session.Taken(event.Number)...)
		case reconcile.Records:
			e.shelf.records = append(e.shelf.records, event.Records...)
			send = append(send, e.session.Taken(event.Number)...)
		case reconcile.InSync:
			e.inSync = true
		}
	}
	return send
}

// Two nodes meet that hold each what the other lacks, of one log two branches:
// every frame of their session, as it was sent.
func TestVectorsOfSessions(t *testing.T) {
	w, _ := found()
	p, c := w.scribe(6)
	branch := p.fork(c[3], 2)
	q := newPen(w, 3, Content)
	hers := q.write(insert(0, "mine"))
	caller := &end{shelf: &shelf{runs: []*Run{w.founding, p.seal(c[:4]...), p.seal(c[4:]...)}}}
	responder := &end{shelf: &shelf{runs: []*Run{w.founding, p.seal(c[:4]...), p.seal(branch...), q.seal(hers)}, records: []*Record{letter()}}}
	before := []hexBytes{array(caller.shelf.Frontier().Hash()), array(responder.shelf.Frontier().Hash())}
	caller.session = reconcile.New(reconcile.Config{Role: reconcile.Caller, Community: w.community, Source: caller.shelf, Serve: reconcile.ServeAll, Lacked: []ChangeID{w.epoch}})
	responder.session = reconcile.New(reconcile.Config{Role: reconcile.Responder, Community: w.community, Source: responder.shelf, Serve: reconcile.ServeAll})

	out := vector{Name: "a fork, a log unknown to one, a record", Outcome: "ok", Community: array(w.community), IDs: before}
	for _, run := range caller.shelf.runs {
		out.Runs = append(out.Runs, run.Append(nil))
	}
	sent := func(from, to *end, frames [][]byte) {
		for _, f := range frames {
			by := byte(1)
			if from == responder {
				by = 2
			}
			out.Frames, out.Inputs = append(out.Frames, bytes.Clone(f)), append(out.Inputs, hexBytes{by})
			to.in = append(to.in, f)
		}
	}
	sent(caller, responder, caller.session.Start())
	sent(responder, caller, responder.session.Start())
	for len(caller.in)+len(responder.in) > 0 {
		if len(responder.in) > 0 {
			sent(responder, caller, responder.step(t))
		} else {
			sent(caller, responder, caller.step(t))
		}
		if !caller.damaged && caller.inSync && responder.inSync {
			caller.damaged = true
			sent(caller, responder, caller.session.AskRange(q.log.ID, 1, 1))
		}
	}
	sent(caller, responder, caller.session.Goodbye(reconcile.Finished))
	if !caller.inSync || !responder.inSync {
		t.Fatal("not in sync")
	}
	out.ID = array(caller.shelf.Frontier().Hash())
	check(t, "sessions.json", []vector{out})
}
