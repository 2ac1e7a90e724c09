package reconcile

import (
	"bytes"
	"fmt"
	"sort"

	"coppice.example/protocol"
)

// resolve makes what the peer's entries say the standing of each log they
// name, and returns the traces to send where it finds a fork.
func (s *Session) resolve(list []entry) [][]byte {
	var unknown []Tip // ids may be shortened: only log and seq are read
	s.strange = nil
	seen := map[protocol.LogID]bool{}
	for _, e := range list {
		log, ok := s.logOf(e)
		if !ok {
			continue
		}
		st := s.of(log)
		if !seen[log] {
			seen[log] = true
			*st = standing{deferred: st.deferred, blocked: st.blocked}
		}
		if e.seq == 0 {
			continue
		}
		if tip, found := s.find(st, log, e); found {
			st.add(tip, protocol.ChangeID{})
			continue
		}
		st.ahead = max(st.ahead, e.seq)
		if below(s.src.Frontier().Of(log), e.seq) {
			unknown = append(unknown, Tip{Log: log, Seq: e.seq})
		}
	}
	var frames [][]byte
	for _, t := range unknown {
		frames = append(frames, s.traceFrom(t)...)
	}
	return frames
}

// logOf returns the log an entry names, if it is held here and no other
// begins alike; what cannot be told apart waits for full ids.
func (s *Session) logOf(e entry) (log protocol.LogID, ok bool) {
	f := s.src.Frontier()
	if e.full != nil {
		if len(f.Of(e.full.Log)) == 0 {
			s.strange = append(s.strange, e)
			return log, false
		}
		return e.full.Log, true
	}
	tips := f.withPrefix(e.log)
	if len(tips) == 0 {
		s.strange = append(s.strange, e)
		return log, false
	}
	if last := tips[len(tips)-1].Log; last != tips[0].Log {
		for _, t := range tips {
			s.of(t.Log).blocked = true
		}
		return log, false
	}
	return tips[0].Log, true
}

// find returns the held change an entry names.
func (s *Session) find(st *standing, log protocol.LogID, e entry) (Tip, bool) {
	is := func(id protocol.ChangeID) bool {
		if e.full != nil {
			return id == e.full.ID
		}
		return shorten(id) == e.id
	}
	mine := s.src.Frontier().Of(log)
	for _, t := range mine {
		if t.Seq == e.seq && is(t.ID) {
			return t, true
		}
	}
	if !below(mine, e.seq) {
		return Tip{}, false
	}
	var found []protocol.ChangeID
	for _, id := range s.src.IDs(log, e.seq) {
		if is(id) {
			found = append(found, id)
		}
	}
	if len(found) > 1 {
		st.blocked = true
	}
	if len(found) != 1 {
		return Tip{}, false
	}
	return Tip{log, e.seq, found[0]}, true
}

// maxTraces bounds the chains of one log that are traced in a round; a log
// that forked more often than that is nobody's honest log.
const maxTraces = 16

// traceFrom answers a tip of the peer that is unknown at a seq held here: for
// each chain that the peer is not known to hold, where it leaves the peer's is
// asked by ids at growing distances.
func (s *Session) traceFrom(unknown Tip) (frames [][]byte) {
	st := s.of(unknown.Log)
	if st.forked || st.blocked || st.deferred {
		return nil
	}
	st.forked = true
	for _, t := range s.src.Frontier().Of(unknown.Log) {
		if st.knows(t) || st.tracing == maxTraces {
			continue
		}
		m := trace{number: s.traces, log: t.Log, seq: min(unknown.Seq, t.Seq+1), width: prefixSize}
		if s.full {
			m.width = len(t.ID)
		}
		for _, seq := range traced(m.seq) {
			id, ok := s.src.Ancestor(t.Log, t, seq)
			if !ok {
				st.blocked = true
				return frames
			}
			m.ids = append(m.ids, id[:m.width])
		}
		if len(m.ids) == 0 {
			continue // the logs differ from the first change on
		}
		s.traces++
		st.tracing++
		s.tracing[m.number] = t
		frames = append(frames, m.encode())
	}
	return frames
}

// onTrace looks for the newest of the peer's ids that is held here and says which.
func (s *Session) onTrace(m trace) ([][]byte, error) {
	if s.traced++; s.traced > maxEntries {
		return nil, fmt.Errorf("%w: too many traces", ErrPeer)
	}
	st := s.of(m.log)
	st.forked = true
	for i, seq := range traced(m.seq) {
		for _, id := range s.src.IDs(m.log, seq) {
			if bytes.Equal(id[:m.width], m.ids[i]) {
				st.add(Tip{m.log, seq, id}, protocol.ChangeID{})
				return [][]byte{numbers(frameCommon, m.number, seq)}, nil
			}
		}
	}
	return [][]byte{numbers(frameCommon, m.number, 0)}, nil
}

// onCommon takes the answer to a trace.
func (s *Session) onCommon(number, seq uint64) error {
	tip, ok := s.tracing[number]
	if !ok {
		return fmt.Errorf("%w: an answer to no trace", ErrPeer)
	}
	delete(s.tracing, number)
	st := s.of(tip.Log)
	st.tracing = max(st.tracing-1, 0)
	if seq == 0 {
		return nil
	}
	if seq > tip.Seq {
		return fmt.Errorf("%w: common beyond what was told", ErrPeer)
	}
	if id, ok := s.src.Ancestor(tip.Log, tip, seq); ok {
		st.add(Tip{tip.Log, seq, id}, protocol.ChangeID{})
	}
	return nil
}

// reached returns the newest seq on tip's chain that the peer is known to hold.
func (s *Session) reached(st *standing, tip Tip, forked bool) (seq uint64) {
	for _, k := range st.known {
		switch {
		case k.Seq <= seq: // says nothing new
		case !forked:
			seq = min(k.Seq, tip.Seq)
		default:
			seq = max(seq, s.leaves(tip, k))
		}
	}
	return seq
}

// leaves returns the last seq that the chains ending in a and b share.
func (s *Session) leaves(a, b Tip) uint64 {
	most := min(a.Seq, b.Seq)
	return uint64(sort.Search(int(most), func(i int) bool {
		x, ok := s.src.Ancestor(a.Log, a, uint64(i)+1)
		y, ok2 := s.src.Ancestor(b.Log, b, uint64(i)+1)
		return !ok || !ok2 || x != y
	}))
}
