package reconcile

import (
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// Receive takes one frame of the peer. It returns what to send and what came
// of it. An error ends the session: the stream is to be closed.
func (s *Session) Receive(frame []byte) (send [][]byte, events []Event, err error) {
	if s.closed {
		return nil, nil, nil
	}
	if len(frame) > MaxFrame {
		return nil, nil, fmt.Errorf("%w: a frame of %d bytes", ErrPeer, len(frame))
	}
	r := protocol.NewReader(frame)
	n := r.Array()
	kind := r.Uint()
	if want, ok := items[kind]; r.Err() == nil && (!ok || want != n) {
		return nil, nil, fmt.Errorf("%w: a frame of kind %d with %d items", ErrPeer, kind, n)
	}
	send, events, err = s.take(kind, frame, r)
	if end := r.End(); end != nil {
		err = fmt.Errorf("%w: frame %d: %w", ErrPeer, kind, end)
	}
	if err != nil {
		s.closed = true
		return nil, nil, err
	}
	return s.flush(send), events, nil
}

// items is how many items a frame of a kind has, the kind included.
var items = map[uint64]int{
	frameSummary: 6, frameEntries: 5, frameTrace: 5, frameCommon: 3, frameDone: 2, framePage: 3, frameRecords: 4,
	frameAck: 2, frameDefer: 2, frameWantBodies: 2, frameBodies: 3, frameWantRange: 4, frameStretch: 3, frameGoodbye: 2,
}

// take reads the whole frame before it changes anything.
func (s *Session) take(kind uint64, frame []byte, r *protocol.Reader) (send [][]byte, events []Event, err error) {
	switch kind {
	case frameSummary:
		if m := readSummary(r); r.End() == nil {
			return s.onSummary(m)
		}
	case frameEntries:
		if m := readEntries(r); r.End() == nil {
			return s.onEntries(m)
		}
	case frameTrace:
		if m := readTrace(r); r.End() == nil {
			send, err = s.onTrace(m)
		}
	case frameCommon:
		if number, seq := r.Uint(), r.Uint(); r.End() == nil {
			err = s.onCommon(number, seq)
		}
	case frameDone:
		if round := r.Uint(); r.End() == nil {
			return s.onDone(round)
		}
	case frameAck:
		if number := r.Uint(); r.End() == nil {
			err = s.onAck(number)
		}
	case frameDefer:
		if logs := readDeferred(r); r.End() == nil {
			return nil, []Event{Deferral{logs}}, s.onDefer(logs)
		}
	case frameWantBodies:
		if ids := protocol.ReadIDs[protocol.ChangeID](r, maxAsked); r.End() == nil {
			err = s.onWantBodies(ids)
		}
	case frameWantRange:
		log := protocol.ReadID[protocol.LogID](r)
		if from, to := r.Uint(), r.Uint(); r.End() == nil {
			err = s.onWantRange(log, from, to)
		}
	case frameGoodbye:
		if reason := r.Uint(); r.End() == nil {
			s.closed = true
			return nil, []Event{Goodbye{Reason(reason)}}, nil
		}
	default:
		return s.takeNumbered(kind, frame, r)
	}
	if err == nil && r.End() == nil {
		s.plan()
	}
	return send, nil, err
}

// beginRound sends a summary.
func (s *Session) beginRound() [][]byte {
	s.round++
	s.phase, s.theirs, s.doneSent, s.doneGot = summed, nil, false, false
	s.traced, s.pushed = 0, false
	frames := s.refreshDeferred()
	s.mine = s.comparable()
	m := summary{round: s.round, hash: s.mine.Hash(), records: s.taken, lacked: s.lacked}
	if s.base != nil {
		m.base = s.base.Hash()
	}
	return append(frames, m.encode())
}

// over tells whether a round can follow.
func (s *Session) over() bool {
	return s.phase == idle || s.phase == moving && s.doneSent && s.doneGot
}

// onSummary compares. Both ends see the same two hashes and decide alike.
func (s *Session) onSummary(m summary) (send [][]byte, events []Event, err error) {
	switch {
	case m.round == s.round+1 && s.over():
		send = s.beginRound()
	case m.round != s.round || s.phase != summed:
		return nil, nil, fmt.Errorf("%w: a summary out of turn", ErrPeer)
	}
	s.theirs = &m
	s.records, s.recordsOpen = max(s.records, m.records), true
	if len(m.lacked) > 0 {
		events = append(events, Lacks{m.lacked})
	}
	pair := [2]protocol.Hash{s.mine.Hash(), m.hash}
	if pair[0] == pair[1] {
		s.base, s.knows, s.phase = s.mine, true, idle
		s.pair, s.full = [2]protocol.Hash{}, false
		s.forget(s.mine)
		s.plan()
		return send, append(events, InSync{s.mine}), nil
	}
	if pair == s.pair && s.full {
		// Whole ids were told and nothing moved: what differs is not taken.
		s.pair, s.full, s.phase = [2]protocol.Hash{}, false, idle
		return send, append(events, Stalled{}), nil
	}
	s.full = pair == s.pair
	s.pair = pair
	s.phase = waiting
	if s.role == Responder {
		send = append(send, s.tellEntries())
	}
	return send, events, nil
}

// tellEntries is the responder's list: all, or what changed since the base
// both remember.
func (s *Session) tellEntries() []byte {
	s.told = s.src.Frontier()
	m := entries{round: s.round, relation: complete}
	base := s.sharedBase()
	if base != nil {
		m.relation = sinceBase
	}
	m.list = shortFirst(s.told.changed(base, s.full))
	return m.encode()
}

// sharedBase is the frontier both remember to have confirmed, nil if none.
func (s *Session) sharedBase() *Frontier {
	if s.base == nil || s.full || s.theirs.base != s.base.Hash() {
		return nil
	}
	return s.base
}

func (s *Session) onEntries(m entries) (send [][]byte, events []Event, err error) {
	if m.round != s.round || s.phase != waiting || s.theirs == nil {
		return nil, nil, fmt.Errorf("%w: entries out of turn", ErrPeer)
	}
	switch m.relation {
	case complete:
		s.forget(nil)
	case sinceBase:
		base := s.sharedBase()
		if base == nil || s.role == Responder {
			return nil, nil, fmt.Errorf("%w: entries since no base", ErrPeer)
		}
		s.forget(base)
	case asYours:
		if s.role != Responder {
			return nil, nil, fmt.Errorf("%w: entries that answer none", ErrPeer)
		}
		s.forget(s.told)
	}
	traces := s.resolve(m.list)
	if s.role == Caller {
		send = append(send, s.answerEntries(m))
	}
	s.phase, s.knows = moving, true
	s.plan()
	return append(send, traces...), nil, nil
}

// answerEntries is the caller's list: what is not as the responder told it, or
// all where that is shorter.
func (s *Session) answerEntries(theirs entries) []byte {
	f := s.src.Frontier()
	relative := entries{round: s.round, relation: asYours}
	for tips := range f.logs {
		if st, listed := s.peer[tips[0].Log]; listed && !st.deferred {
			if st.ahead == 0 && !st.blocked && sameSet(st.known, tips) {
				continue
			}
		} else if !listed && s.common != nil && slices.Equal(tips, s.common.Of(tips[0].Log)) {
			continue
		}
		relative.list = f.tell(relative.list, tips, s.full)
	}
	for _, e := range s.strange {
		e.seq = 0
		relative.list = append(relative.list, e)
	}
	relative.list = dropTwins(shortFirst(relative.list))
	all := entries{round: s.round, relation: complete, list: shortFirst(f.changed(nil, s.full))}
	a, b := relative.encode(), all.encode()
	if len(b) <= len(a) {
		return b
	}
	return a
}

// dropTwins leaves one of several entries that say a log is not held.
func dropTwins(list []entry) []entry {
	return slices.CompactFunc(list, func(a, b entry) bool {
		if a.seq != 0 || b.seq != 0 || (a.full == nil) != (b.full == nil) {
			return false
		}
		return a.full == nil && a.log == b.log || a.full != nil && a.full.Log == b.full.Log
	})
}

func sameSet(known, tips []Tip) bool {
	if len(known) != len(tips) {
		return false
	}
	for _, t := range tips {
		if !slices.Contains(known, t) {
			return false
		}
	}
	return true
}

// onDone takes the word that the peer has handed over all it had.
func (s *Session) onDone(round uint64) ([][]byte, []Event, error) {
	if round != s.round || s.phase != moving || s.doneGot {
		return nil, nil, fmt.Errorf("%w: done out of turn", ErrPeer)
	}
	s.doneGot = true
	return nil, []Event{CaughtUp{}}, nil
}

func (s *Session) onDefer(logs []Deferred) error {
	old := s.deferred
	s.deferred = logs
	for i := range logs {
		s.defers(&logs[i])
	}
	for _, d := range old {
		if !slices.ContainsFunc(logs, func(n Deferred) bool { return n.Log == d.Log }) {
			s.of(d.Log).deferred = false
		}
	}
	s.plan()
	return nil
}

// settle closes a round that has nothing left to send, and starts the one that
// confirms what was sent.
func (s *Session) settle(send [][]byte) [][]byte {
	if s.closed || len(s.flying) > 0 || s.queue.Len() > 0 {
		return send
	}
	if s.phase == moving && !s.doneSent && len(s.tracing) == 0 {
		s.doneSent = true
		send = append(send, numbers(frameDone, s.round))
	}
	switch {
	case s.phase == moving && s.doneSent && s.doneGot && s.role == Caller && len(s.arrived) == 0:
		send = append(send, s.beginRound()...)
	case s.phase == idle && s.pushed && len(s.arrived) == 0:
		send = append(send, s.beginRound()...)
	}
	return send
}
