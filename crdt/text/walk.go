package text

import "slices"

// An op is an edit, or the half of one, as this text holds it.
type op struct {
	change, index  int32
	kind           kind
	hidden, veiled bool  // now; in the version stood on
	pos, n         int32 // as written; n runes
	first          int32 // insertion: its first rune; deletion: its first extent
	extents        int32 // deletion: how many
	at, size       int32 // insertion: its letters; size 0: missing
}

type kind uint8

const (
	insertion kind = iota + 1
	deletion
	void // reached past the end of what its author saw
)

// An extent is a stretch of runes that a deletion took.
type extent struct{ first, n int32 }

// stand moves to the version in which parents (ascending) are the heads and
// the operations veiled (ascending) are hidden: the text an author saw. Its
// cost follows the difference to the version stood on before.
func (t *Text) stand(parents, veiled []int32) {
	if !slices.Equal(veiled, t.veiled) {
		show, hide := missingFrom(t.veiled, veiled), missingFrom(veiled, t.veiled)
		t.order.bulk(len(show)+len(hide), func() {
			for _, n := range show {
				t.veil(n, false)
			}
			for _, n := range hide {
				t.veil(n, true)
			}
		})
		t.veiled = veiled
	}
	if slices.Equal(parents, t.stood) {
		return
	}
	leave, enter := t.graph.Diff(t.stood, parents)
	t.order.bulk(len(leave)+len(enter), func() {
		t.know(leave, false)
		t.know(enter, true)
	})
	t.stood = append(t.stood[:0], parents...)
}

// missingFrom returns what a has and b lacks; both are ascending.
func missingFrom(a, b []int32) (rest []int32) {
	for _, n := range a {
		for len(b) > 0 && b[0] < n {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != n {
			rest = append(rest, n)
		}
	}
	return rest
}

// know moves changes (descending) into or out of the version stood on.
func (t *Text) know(changes []int32, known bool) {
	var run extent // insertions of consecutive runes, handled at once
	flush := func() {
		t.order.each(run.first, run.n, t.letters, func(s *span) { s.known = known })
	}
	for _, c := range slices.Backward(changes) {
		for n := t.changes[c].ops; n < t.opsEnd(c); n++ {
			switch o := &t.ops[n]; {
			case o.kind == insertion && o.first == run.first+run.n:
				run.n += o.n
			case o.kind == insertion:
				flush()
				run = extent{o.first, o.n}
			case o.kind == deletion && !o.veiled:
				t.strike(o, func(s *span) { s.seenDels += sign(known) })
			}
		}
	}
	flush()
}

// veil hides or shows an operation in the version stood on.
func (t *Text) veil(n int32, veiled bool) {
	o := &t.ops[n]
	if o.veiled == veiled {
		return
	}
	o.veiled = veiled
	switch {
	case o.kind == insertion:
		t.order.each(o.first, o.n, t.letters, func(s *span) { s.veiled = veiled })
	case o.kind == deletion && t.stoodOn(o.change):
		t.strike(o, func(s *span) { s.seenDels -= sign(veiled) })
	}
}

// stoodOn tells whether a change is in the past of the version stood on.
func (t *Text) stoodOn(c int32) bool {
	only, _ := t.graph.Diff([]int32{c}, t.stood)
	return len(only) == 0
}

// hide hides or shows an operation now.
func (t *Text) hide(ref OpRef, hidden bool) {
	for _, n := range t.opsOf(ref) {
		o := &t.ops[n]
		if o.hidden == hidden {
			continue
		}
		o.hidden = hidden
		switch o.kind {
		case insertion:
			t.order.each(o.first, o.n, t.letters, func(s *span) { s.hidden = hidden })
		case deletion:
			t.strike(o, func(s *span) { s.dels -= sign(hidden) })
		}
	}
}

// strike calls f on what a deletion took.
func (t *Text) strike(o *op, f func(*span)) {
	for _, x := range t.extents[o.first : o.first+o.extents] {
		t.order.each(x.first, x.n, t.letters, f)
	}
}

func sign(b bool) int32 {
	if b {
		return 1
	}
	return -1
}

// insert places n runes at pos of the version stood on and returns false when
// that is past its end. The letters are the last size bytes of t.letters.
//
// The order is Fugue's (Weidner and Kleppmann, 2023): every rune is the right
// child of the rune its author saw left of it, or, if that has known children
// there, the left child of the next rune its author knew, seen or not. Children
// of one rune on one side stand in the order of their changes' ids.
func (t *Text) insert(o *op, astral int32) bool {
	if o.pos > t.order.total().seen {
		return false
	}
	left, after := int32(-1), int32(0)
	if o.pos > 0 {
		s, k := t.order.findSeen(o.pos - 1)
		left, after = t.order.spans[s].first+k, s
		if k+1 < t.order.spans[s].n {
			t.order.split(s, k+1, t.letters)
		}
	}
	right, parent := t.order.afterKnown(after), int32(-1)
	if right != 0 && t.order.spans[right].origin == left {
		parent = t.order.spans[right].first
	}
	place := t.place(t.changes[o.change].id, after, left, parent)
	if place == after && parent < 0 && t.continues(after, o) {
		s := &t.order.spans[after]
		s.n, s.size, s.astral = s.n+o.n, s.size+o.size, s.astral+astral
		t.order.index(after, o.first)
		t.order.lift(after)
		return true
	}
	m := t.order.add(place, span{
		first: o.first, n: o.n, at: o.at, size: o.size, astral: astral,
		origin: left, parent: parent, known: true, hidden: o.hidden,
	})
	t.order.spans[t.order.tail].next = m
	t.order.tail = m
	t.order.index(m, o.first)
	return true
}

// continues tells whether an insertion right behind span m, of its last rune
// the right child, may become part of it.
func (t *Text) continues(m int32, o *op) bool {
	if m == 0 || m != t.order.tail {
		return false
	}
	s := &t.order.spans[m]
	return s.first+s.n == o.first && s.size > 0 && o.size > 0 &&
		s.at+s.size == o.at && s.shows() && !o.hidden
}

// place returns the span behind which a rune goes that its author put behind
// the rune left, the last one of span after: among what the author did not know.
func (t *Text) place(id ID, after, left, parent int32) int32 {
	place, passing := after, false // passing: what stands below a sibling still to come
	for m := t.order.after(after); m != 0; m = t.order.after(m) {
		s := &t.order.spans[m]
		if s.known {
			break
		}
		switch {
		case s.origin != left:
			if s.origin < 0 || left >= 0 && t.order.compare(s.origin, left) < 0 {
				return place
			}
		case s.parent == parent:
			if id.Compare(t.author(s.first)) < 0 {
				return place
			}
			passing = false
		case s.parent < 0:
			passing = false
		default:
			passing = parent < 0 || t.order.compare(s.parent, parent) < 0
		}
		if !passing {
			place = m
		}
	}
	return place
}

// delete takes n runes from pos on out of the version stood on and returns
// false when that reaches past its end.
func (t *Text) delete(o *op) bool {
	if int64(o.pos)+int64(o.n) > int64(t.order.total().seen) {
		return false
	}
	o.first = int32(len(t.extents))
	last := int32(0)
	for rest := o.n; rest > 0; {
		m, k := t.order.findSeen(o.pos)
		if k > 0 {
			m = t.order.split(m, k, t.letters)
		}
		if t.order.spans[m].n > rest {
			t.order.split(m, rest, t.letters)
		}
		s := &t.order.spans[m]
		s.seenDels++
		if !o.hidden {
			s.dels++
		}
		rest -= s.n
		if x := t.extents[o.first:]; len(x) > 0 && x[len(x)-1].first+x[len(x)-1].n == s.first {
			x[len(x)-1].n += s.n
		} else {
			t.extents = append(t.extents, extent{s.first, s.n})
		}
		t.order.lift(m)
		last = t.order.join(t.order.before(m), m)
	}
	t.order.join(last, t.order.after(last))
	o.extents = int32(len(t.extents)) - o.first
	return true
}
