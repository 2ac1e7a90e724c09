package reconcile

import (
	"bytes"
	"slices"
	"sort"

	"coppice.example/protocol"
)

// standing is what the peer holds of one log, as far as this node knows.
type standing struct {
	known    []Tip                      // held by both: the newest on each chain, as far as known
	ahead    uint64                     // the greatest seq of the peer's tips that are not held here
	forked   bool                       // what is ahead is no continuation of what is held here
	tracing  int                        // traces without an answer yet
	deferred bool                       // the peer takes no more of it
	blocked  bool                       // not to be sent in this round: ambiguous, damaged
	sent     map[protocol.ChangeID]bool // last ids of runs under way, where the log forked
}

func (st *standing) knows(t Tip) bool { return slices.Contains(st.known, t) }

// add notes that the peer holds t, in place of the tips it continues.
func (st *standing) add(t Tip, before protocol.ChangeID) {
	for i, k := range st.known {
		if k.ID == before {
			st.known[i] = t
			return
		}
	}
	if !st.knows(t) {
		st.known = append(st.known, t)
	}
}

// of returns the standing of a log, which it begins if need be.
func (s *Session) of(log protocol.LogID) *standing {
	st, ok := s.peer[log]
	if !ok {
		st = &standing{}
		if s.common != nil {
			st.known = slices.Clone(s.common.Of(log))
		}
		s.peer[log] = st
	}
	return st
}

// forget makes common all that is known of what the peer holds.
func (s *Session) forget(common *Frontier) {
	s.common, s.peer = common, map[protocol.LogID]*standing{}
	s.queue.reset()
	for i := range s.deferred {
		s.defers(&s.deferred[i])
	}
}

// defers notes what the peer holds of a log it takes no further.
func (s *Session) defers(d *Deferred) {
	st := s.of(d.Log)
	*st = standing{deferred: true}
	for _, t := range d.Tips {
		if s.holds(t) {
			st.known = append(st.known, t)
		} else {
			st.ahead = max(st.ahead, t.Seq)
		}
	}
}

// holds tells whether t is held here, as tip or below one.
func (s *Session) holds(t Tip) bool {
	mine := s.src.Frontier().Of(t.Log)
	if slices.Contains(mine, t) {
		return true
	}
	return below(mine, t.Seq) && slices.Contains(s.src.IDs(t.Log, t.Seq), t.ID)
}

// below tells whether some of tips has at least this seq.
func below(tips []Tip, seq uint64) bool {
	return slices.ContainsFunc(tips, func(t Tip) bool { return t.Seq >= seq })
}

// comparable is the frontier as it is compared with the peer's: without what
// lies beyond the tips of a log the peer defers.
func (s *Session) comparable() *Frontier {
	f := s.src.Frontier()
	with := map[protocol.LogID][]Tip{}
	for _, d := range s.deferred {
		if !slices.ContainsFunc(d.Tips, func(t Tip) bool { return !s.holds(t) }) {
			with[d.Log] = d.Tips
		}
	}
	return f.replace(with)
}

// withPrefix returns the tips of the logs whose ids begin with p.
func (f *Frontier) withPrefix(p prefix) []Tip {
	from := sort.Search(len(f.tips), func(i int) bool { return bytes.Compare(f.tips[i].Log[:prefixSize], p[:]) >= 0 })
	to := from
	for to < len(f.tips) && prefix(f.tips[to].Log[:]) == p {
		to++
	}
	return f.tips[from:to:to]
}

// tell appends the entries of one log: shortened, unless full is asked for,
// the log forked, or another log held begins alike.
func (f *Frontier) tell(list []entry, tips []Tip, full bool) []entry {
	alike := f.withPrefix(shorten(tips[0].Log))
	for i := range tips {
		t := &tips[i]
		if full || len(alike) > 1 {
			list = append(list, entry{full: t, seq: t.Seq})
		} else {
			list = append(list, entry{log: shorten(t.Log), seq: t.Seq, id: shorten(t.ID)})
		}
	}
	return list
}

// logs calls f with the tips of each log, in order.
func (f *Frontier) logs(yield func(tips []Tip) bool) {
	for from := 0; from < len(f.tips); {
		to := from + 1
		for to < len(f.tips) && f.tips[to].Log == f.tips[from].Log {
			to++
		}
		if !yield(f.tips[from:to:to]) {
			return
		}
		from = to
	}
}

// changed returns the entries of the logs that are not as in base.
func (f *Frontier) changed(base *Frontier, full bool) (list []entry) {
	for tips := range f.logs {
		if base == nil || !slices.Equal(tips, base.Of(tips[0].Log)) {
			list = f.tell(list, tips, full)
		}
	}
	return list
}

// shortFirst orders entries as a frame lists them.
func shortFirst(list []entry) []entry {
	slices.SortStableFunc(list, func(a, b entry) int {
		switch {
		case a.full == nil && b.full != nil:
			return -1
		case a.full != nil && b.full == nil:
			return 1
		}
		return 0
	})
	return list
}
