package replica

import (
	"bytes"
	"slices"
)

// link is one end of a stream.
type link struct {
	own, peer *node
	other     SessionID
	arrives   int64 // when the last frame sent is there: streams keep the order
}

// connect opens a stream between two nodes, unless they are apart or down.
func (w *world) connect(a, b *node) {
	if a == b || a.down || b.down || a.replica == nil || b.replica == nil || w.apart[pair(a, b)] {
		return
	}
	for _, l := range w.links {
		if l.own == a && l.peer == b {
			return
		}
	}
	w.session += 2
	one, two := w.session-1, w.session
	w.links[one] = &link{own: a, peer: b, other: two}
	w.links[two] = &link{own: b, peer: a, other: one}
	a.step(Connected{Session: one, Device: b.id(), Caller: true})
	if w.links[two] != nil {
		b.step(Connected{Session: two, Device: a.id()})
	}
}

func pair(a, b *node) [2]int { return [2]int{min(a.number, b.number), max(a.number, b.number)} }

// transmit carries a frame, in order, or breaks the stream.
func (w *world) transmit(session SessionID, frame []byte) {
	l := w.links[session]
	if l == nil {
		return
	}
	if w.rng.Float64() < w.faults.cut {
		w.met["cut"]++
		w.cut(session)
		return
	}
	if w.alter != nil {
		frame = w.alter(frame)
	}
	l.arrives = max(l.arrives, w.now+w.rng.Int64N(w.faults.delay+1))
	other := l.other
	for _, frame := range w.garble(l, frame) {
		w.at(l.arrives, func() {
			if to := w.links[other]; to != nil && !to.own.down {
				to.own.step(Frame{Session: other, Bytes: bytes.Clone(frame)})
			}
		})
	}
}

// cut breaks a stream; both ends learn of it.
func (w *world) cut(session SessionID) {
	l := w.links[session]
	if l == nil {
		return
	}
	other := w.links[l.other]
	delete(w.links, session)
	delete(w.links, l.other)
	w.tellClosed(session, l)
	w.tellClosed(l.other, other)
}

// cutAll breaks every stream, and lets all that is due at any time happen.
func (w *world) cutAll() {
	w.part()
	w.rest()
}

// part breaks every stream.
func (w *world) part() {
	for _, n := range w.nodes {
		for _, id := range w.linksOf(n) {
			w.cut(id)
		}
	}
	w.run(w.now)
}

func (w *world) tellClosed(session SessionID, end *link) {
	if end == nil || end.own.down {
		return
	}
	w.at(w.now, func() {
		if !end.own.down {
			end.own.step(Closed{Session: session})
		}
	})
}

func (w *world) linksOf(n *node) (ids []SessionID) {
	for id, l := range w.links {
		if l.own == n {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// ring floods a message of the topic.
func (w *world) ring(from *node, o Ring) {
	for _, n := range w.nodes {
		if n == from || n.replica == nil || w.apart[pair(from, n)] || w.rng.Float64() < w.faults.drop {
			w.met["gossip lost"]++
			continue
		}
		times := 1
		if w.rng.Float64() < w.faults.twice {
			times = 2
		}
		for range times {
			w.after(w.rng.Int64N(w.faults.delay+1), func() {
				if !n.down && slices.Contains(n.replica.Topics(), o.Topic) {
					n.step(Doorbell{Topic: o.Topic, Bytes: bytes.Clone(o.Bytes)})
				}
			})
		}
	}
}
