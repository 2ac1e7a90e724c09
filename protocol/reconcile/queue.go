package reconcile

import (
	"container/heap"
	"slices"

	"coppice.example/protocol"
)

// fetch is how many stored runs are looked up at once.
const fetch = 32

// cursor walks the stored runs of one chain that the peer lacks.
type cursor struct {
	tip   Tip
	after uint64            // the last seq sent
	last  protocol.ChangeID // of the last run sent, or of what the peer held
	refs  []RunRef
	index int // in the heap
}

// queue holds the cursors, the one whose next run comes first on top: control
// runs before others, then as they arrived here, so that each run follows
// what it stands on.
type queue struct {
	cursors []*cursor
	of      map[Tip]*cursor
}

func (q *queue) reset() { q.cursors, q.of = nil, map[Tip]*cursor{} }

func (q *queue) Len() int { return len(q.cursors) }
func (q *queue) Less(i, j int) bool {
	a, b := &q.cursors[i].refs[0], &q.cursors[j].refs[0]
	if c, d := a.Class == protocol.Control, b.Class == protocol.Control; c != d {
		return c
	}
	return a.Arrival < b.Arrival
}
func (q *queue) Swap(i, j int) {
	q.cursors[i], q.cursors[j] = q.cursors[j], q.cursors[i]
	q.cursors[i].index, q.cursors[j].index = i, j
}
func (q *queue) Push(x any) {
	c := x.(*cursor)
	c.index = len(q.cursors)
	q.cursors = append(q.cursors, c)
}
func (q *queue) Pop() any {
	c := q.cursors[len(q.cursors)-1]
	q.cursors = q.cursors[:len(q.cursors)-1]
	return c
}

func (q *queue) add(c *cursor) {
	q.of[c.tip] = c
	heap.Push(q, c)
}

func (q *queue) remove(c *cursor) {
	heap.Remove(q, c.index)
	delete(q.of, c.tip)
}

// top returns the cursor whose run comes next, nil at the end.
func (q *queue) top() *cursor {
	if len(q.cursors) == 0 {
		return nil
	}
	return q.cursors[0]
}

// plan opens a cursor for every chain held here that the peer is known not to
// hold, and for no other.
func (s *Session) plan() {
	if !s.knows || s.serve == ServeNothing {
		s.queue.reset()
		return
	}
	for _, c := range append([]*cursor(nil), s.queue.cursors...) {
		if s.dropped(c) {
			s.queue.remove(c)
		}
	}
	f, common := s.src.Frontier(), []Tip(nil)
	if s.common != nil {
		common = s.common.tips
	}
	if s.common == f && len(s.peer) == 0 {
		return
	}
	for tips := range f.logs {
		same := false
		if common, same = meet(common, tips); same && len(s.peer) == 0 {
			continue
		}
		st, listed := s.peer[tips[0].Log]
		if !listed {
			if same {
				continue
			}
			st = s.of(tips[0].Log)
		}
		if st.deferred || st.blocked || st.tracing > 0 {
			continue
		}
		for _, t := range tips {
			if st.knows(t) || s.queue.of[t] != nil || t.Seq <= st.ahead && !st.forked {
				continue
			}
			s.open(st, t, len(tips) > 1)
		}
	}
}

// meet drops from sorted the tips of logs before that of tips, and tells
// whether those of its log are the same.
func meet(sorted, tips []Tip) ([]Tip, bool) {
	log := tips[0].Log
	for len(sorted) > 0 && sorted[0].Log.Compare(log) < 0 {
		sorted = sorted[1:]
	}
	n := len(tips)
	return sorted, len(sorted) >= n && slices.Equal(sorted[:n], tips) && (len(sorted) == n || sorted[n].Log != log)
}

// dropped tells whether a cursor has lost its reason: its tip is built upon,
// or the peer takes no more of the log.
func (s *Session) dropped(c *cursor) bool {
	st := s.of(c.tip.Log)
	if st.deferred || st.blocked || st.tracing > 0 || st.knows(c.tip) {
		return true
	}
	for _, t := range s.src.Frontier().Of(c.tip.Log) {
		if t == c.tip {
			return false
		}
	}
	return true
}

// open adds a cursor for the chain that ends in tip.
func (s *Session) open(st *standing, tip Tip, forked bool) {
	c := &cursor{tip: tip, after: s.reached(st, tip, forked)}
	for _, k := range st.known {
		if k.Seq == c.after && !forked {
			c.last = k.ID
		}
	}
	if forked && st.sent == nil {
		st.sent = map[protocol.ChangeID]bool{}
	}
	if s.refill(c) {
		s.queue.add(c)
	}
}

// refill looks up the next runs of a cursor, those apart that went with another chain.
func (s *Session) refill(c *cursor) bool {
	st := s.of(c.tip.Log)
	for c.after < c.tip.Seq {
		refs := s.src.Runs(c.tip.Log, c.tip, c.after, fetch)
		if len(refs) == 0 {
			break
		}
		for _, ref := range refs {
			if !st.sent[ref.ID] {
				c.refs = append(c.refs, ref)
			}
		}
		if len(c.refs) > 0 {
			return s.serve == ServeAll || c.refs[0].Class == protocol.Control
		}
		c.after = min(refs[len(refs)-1].Last, c.tip.Seq)
	}
	return false
}

// popped is a run taken from the queue for a page under way.
type popped struct {
	cursor *cursor
	ref    RunRef
	after  uint64
	last   protocol.ChangeID
	run    *protocol.Run
}

// next takes the run that comes next from the queue; nil at the end.
func (s *Session) next() *popped {
	for c := s.queue.top(); c != nil; c = s.queue.top() {
		p := &popped{cursor: c, ref: c.refs[0], after: c.after, last: c.last}
		c.refs = c.refs[1:]
		st := s.of(c.tip.Log)
		var err error
		skip := st.sent[p.ref.ID] || p.ref.Last <= c.after
		if !skip {
			p.run, err = s.src.Load(p.ref, c.after)
		}
		if err != nil || !skip && len(p.run.Changes) == 0 {
			st.blocked = true // damage here: the log waits for a repair
			s.queue.remove(c)
			continue
		}
		if !skip {
			c.after, c.last = p.ref.Last, p.ref.ID
			if st.sent != nil {
				st.sent[p.ref.ID] = true
			}
		}
		s.advance(c)
		if !skip {
			return p
		}
	}
	return nil
}

// advance puts a cursor whose first run was taken in its place.
func (s *Session) advance(c *cursor) {
	if len(c.refs) > 0 || s.refill(c) {
		heap.Fix(&s.queue, c.index)
		return
	}
	c.refs = []RunRef{{}} // heap.Remove compares
	s.queue.remove(c)
}

// putBack undoes [Session.next] for runs that no page could end with, newest first.
func (s *Session) putBack(runs []*popped) {
	for i := len(runs) - 1; i >= 0; i-- {
		p := runs[i]
		c := p.cursor
		if st := s.of(c.tip.Log); st.sent != nil {
			delete(st.sent, p.ref.ID)
		}
		open := s.queue.of[c.tip] == c
		if !open {
			c.refs = nil
		}
		c.refs = append([]RunRef{p.ref}, c.refs...)
		c.after, c.last = p.after, p.last
		if open {
			heap.Fix(&s.queue, c.index)
		} else {
			s.queue.add(c)
		}
	}
}

// buildPage takes from the queue what one page holds. A page ends where every
// log in it is at a seal this node has verified itself, for of each log only
// the last seal is looked at.
func (s *Session) buildPage() []*protocol.Run {
	var runs []*popped
	size, cut := 0, 0
	open := map[protocol.ChangeID]bool{} // last ids with a seal nobody looked at
	for {
		p := s.next()
		if p == nil {
			break
		}
		wire := wireSize(p.run)
		if len(runs) > 0 && (size+wire > MaxPage || size+wire > s.pace && cut > 0) {
			s.putBack([]*popped{p})
			break
		}
		runs, size = append(runs, p), size+wire
		delete(open, p.run.Changes[0].Previous)
		if !p.ref.Checked {
			open[p.ref.ID] = true
		}
		if len(open) == 0 {
			cut = len(runs)
		}
	}
	s.putBack(runs[cut:])
	if cut == 0 && len(runs) > 0 {
		for id := range open { // no page of this node could have ended so
			for _, p := range runs {
				if p.ref.ID == id {
					s.of(p.ref.Log).blocked = true
				}
			}
		}
		s.plan()
		return nil
	}
	return s.join(runs[:cut])
}

// join notes that the peer is sent these runs, and makes one of those that
// follow each other in a content log: one seal and one log id for all.
func (s *Session) join(runs []*popped) (page []*protocol.Run) {
	size, own := 0, false // own: the last run of the page was joined here
	for _, p := range runs {
		s.of(p.ref.Log).add(Tip{p.ref.Log, p.ref.Last, p.ref.ID}, p.last)
		if n := len(page); n > 0 {
			before := page[n-1]
			if before.Log.ID == p.run.Log.ID && before.Last().ID == p.run.Changes[0].Previous &&
				p.ref.Class == protocol.Content && len(before.Changes)+len(p.run.Changes) <= protocol.MaxRunChanges &&
				size+p.run.Size() <= protocol.MaxRun {
				if !own {
					before = &protocol.Run{Log: before.Log, Changes: append([]*protocol.Change(nil), before.Changes...)}
					page[n-1], own = before, true
				}
				before.Changes = append(before.Changes, p.run.Changes...)
				before.Seal = p.run.Seal
				size += p.run.Size()
				continue
			}
		}
		page, size, own = append(page, p.run), p.run.Size(), false
	}
	return page
}
