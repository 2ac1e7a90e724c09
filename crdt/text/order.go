package text

import "unicode/utf8"

// A span is a stretch of runes that were inserted one after the other, each as
// the only right child of the one before, and that share their state. Runes
// are numbered in the order in which they arrived here; the numbers never
// leave this text. Span 0 is none.
type span struct {
	up, left, right int32 // the tree that holds the order
	next            int32 // the span of the rune numbered after this one's last
	first, n        int32 // runes first ... first+n-1
	at, size        int32 // their letters; size 0: missing
	astral          int32 // runes that take two UTF-16 units
	origin          int32 // what stood left of the first rune, -1 nothing
	parent          int32 // the rune whose left child the first one is, -1: a right child of origin

	dels, seenDels int32 // deletions in force: now, in the version stood on
	hidden         bool  // now
	known, veiled  bool  // in the past of the version stood on; hidden there
	sum            sums
}

type sums struct {
	spans int32
	now   int32 // runes that show
	wide  int32 // of those, runes with two UTF-16 units
	seen  int32 // runes that show in the version stood on
	known int32 // runes in its past
}

func (s *span) shows() bool  { return !s.hidden && s.dels == 0 }
func (s *span) isSeen() bool { return s.known && !s.veiled && s.seenDels == 0 }

func (s *span) own() sums {
	o := sums{spans: 1}
	if s.shows() {
		o.now, o.wide = s.n, s.astral
	}
	if s.known {
		o.known = s.n
	}
	if s.isSeen() {
		o.seen = s.n
	}
	return o
}

// order is all spans in the order of the text, in a treap: a binary tree that
// is also a heap by a scramble of the span's number, and so never deep.
type order struct {
	spans []span
	root  int32
	tail  int32   // the span of the last rune that arrived
	leaf  []int32 // the span of every 64th rune
	free  []int32 // spans that were joined to others
	stale bool    // sums wait for resum
}

const stride = 64

func scramble(n int32) uint32 {
	x := uint32(n) * 0x9E3779B1
	x ^= x >> 15
	x *= 0x85EBCA77
	return x ^ x>>13
}

func (o *order) total() sums {
	if o.root == 0 {
		return sums{}
	}
	return o.spans[o.root].sum
}

// pull sums up s and what is below it.
func (o *order) pull(n int32) {
	s := &o.spans[n]
	l, r, w := &o.spans[s.left].sum, &o.spans[s.right].sum, s.own()
	s.sum = sums{
		w.spans + l.spans + r.spans, w.now + l.now + r.now, w.wide + l.wide + r.wide,
		w.seen + l.seen + r.seen, w.known + l.known + r.known,
	}
}

// lift renews the sums from a span whose state changed up to the root.
func (o *order) lift(n int32) {
	if o.stale {
		return
	}
	for ; n != 0; n = o.spans[n].up {
		o.pull(n)
	}
}

// bulk runs f, which changes about n spans without reading a sum. When they
// are many, all sums are renewed once instead of a path to the root for each.
func (o *order) bulk(n int, f func()) {
	o.stale = n > 16 && n > len(o.spans)/8
	f()
	if o.stale {
		o.stale = false
		o.resum(o.root)
	}
}

func (o *order) resum(n int32) {
	if n != 0 {
		o.resum(o.spans[n].left)
		o.resum(o.spans[n].right)
		o.pull(n)
	}
}

// add makes a span of s and places it behind span after (0: first of all).
func (o *order) add(after int32, s span) int32 {
	if len(o.spans) == 0 {
		o.spans = append(o.spans, span{})
	}
	n := int32(len(o.spans))
	if l := len(o.free); l > 0 {
		n, o.free = o.free[l-1], o.free[:l-1]
		o.spans[n] = s
	} else {
		o.spans = append(o.spans, s)
	}
	p, left := after, false
	switch {
	case after == 0:
		p, left = o.first(o.root), true
	case o.spans[after].right != 0:
		p, left = o.first(o.spans[after].right), true
	}
	o.spans[n].up = p
	switch {
	case p == 0:
		o.root = n
	case left:
		o.spans[p].left = n
	default:
		o.spans[p].right = n
	}
	o.pull(n)
	for p != 0 && scramble(p) < scramble(n) {
		o.rotate(n)
		p = o.spans[n].up
	}
	o.lift(n)
	return n
}

// join makes span b part of span a when b stands right behind a, goes on where
// a ends and shares its state, and returns the span that then holds b's runes.
func (o *order) join(a, b int32) int32 {
	if a == 0 || b == 0 {
		return b
	}
	s, t := &o.spans[a], &o.spans[b]
	end := s.first + s.n
	if t.first != end || t.origin != end-1 || t.parent >= 0 || s.at+s.size != t.at || (s.size == 0) != (t.size == 0) ||
		s.dels != t.dels || s.seenDels != t.seenDels || s.hidden != t.hidden || s.known != t.known || s.veiled != t.veiled {
		return b
	}
	s.n, s.size, s.astral, s.next = s.n+t.n, s.size+t.size, s.astral+t.astral, t.next
	if o.tail == b {
		o.tail = a
	}
	o.index(a, end)
	o.remove(b)
	o.lift(a)
	return a
}

// remove takes a span out of the tree.
func (o *order) remove(n int32) {
	for o.spans[n].left != 0 || o.spans[n].right != 0 {
		l, r := o.spans[n].left, o.spans[n].right
		if l == 0 || r != 0 && scramble(r) > scramble(l) {
			l = r
		}
		o.rotate(l)
	}
	p := o.spans[n].up
	switch {
	case p == 0:
		o.root = 0
	case o.spans[p].left == n:
		o.spans[p].left = 0
	default:
		o.spans[p].right = 0
	}
	o.spans[n] = span{}
	o.free = append(o.free, n)
	o.lift(p)
}

// rotate lifts n above its parent.
func (o *order) rotate(n int32) {
	p := o.spans[n].up
	top := o.spans[p].up
	if o.spans[p].left == n {
		c := o.spans[n].right
		o.spans[p].left, o.spans[n].right = c, p
		o.spans[c].up = p
	} else {
		c := o.spans[n].left
		o.spans[p].right, o.spans[n].left = c, p
		o.spans[c].up = p
	}
	o.spans[p].up, o.spans[n].up = n, top
	switch {
	case top == 0:
		o.root = n
	case o.spans[top].left == p:
		o.spans[top].left = n
	default:
		o.spans[top].right = n
	}
	o.pull(p)
	o.pull(n)
}

// first returns the first span at or below n.
func (o *order) first(n int32) int32 {
	for n != 0 && o.spans[n].left != 0 {
		n = o.spans[n].left
	}
	return n
}

// after returns the span behind n (0: the first).
func (o *order) after(n int32) int32 {
	if n == 0 {
		return o.first(o.root)
	}
	if r := o.spans[n].right; r != 0 {
		return o.first(r)
	}
	p := o.spans[n].up
	for p != 0 && o.spans[p].right == n {
		n, p = p, o.spans[p].up
	}
	return p
}

// before returns the span in front of n (0: none).
func (o *order) before(n int32) int32 {
	if l := o.spans[n].left; l != 0 {
		for o.spans[l].right != 0 {
			l = o.spans[l].right
		}
		return l
	}
	p := o.spans[n].up
	for p != 0 && o.spans[p].left == n {
		n, p = p, o.spans[p].up
	}
	return p
}

// afterKnown returns the first known span behind n (0: from the first on).
func (o *order) afterKnown(n int32) int32 {
	if n == 0 {
		return o.firstKnown(o.root)
	}
	if f := o.firstKnown(o.spans[n].right); f != 0 {
		return f
	}
	for p := o.spans[n].up; p != 0; n, p = p, o.spans[p].up {
		if o.spans[p].right == n {
			continue
		}
		if o.spans[p].known {
			return p
		}
		if f := o.firstKnown(o.spans[p].right); f != 0 {
			return f
		}
	}
	return 0
}

func (o *order) firstKnown(n int32) int32 {
	for n != 0 && o.spans[n].sum.known > 0 {
		s := &o.spans[n]
		switch {
		case o.spans[s.left].sum.known > 0:
			n = s.left
		case s.known:
			return n
		default:
			n = s.right
		}
	}
	return 0
}

// findSeen returns the span and the offset in it of the pos-th seen rune.
func (o *order) findSeen(pos int32) (n, offset int32) {
	for n = o.root; ; {
		s := &o.spans[n]
		l := o.spans[s.left].sum.seen
		if pos < l {
			n = s.left
			continue
		}
		pos -= l
		if s.isSeen() {
			if pos < s.n {
				return n, pos
			}
			pos -= s.n
		}
		n = s.right
	}
}

// rank returns how many spans stand before n.
func (o *order) rank(n int32) int32 {
	r := o.spans[o.spans[n].left].sum.spans
	for p := o.spans[n].up; p != 0; n, p = p, o.spans[p].up {
		if o.spans[p].right == n {
			r += o.spans[o.spans[p].left].sum.spans + 1
		}
	}
	return r
}

// compare tells whether rune a stands before (-1), at (0) or after (1) rune b.
func (o *order) compare(a, b int32) int {
	if a == b {
		return 0
	}
	s, t := o.find(a), o.find(b)
	before := a < b
	if s != t {
		before = o.rank(s) < o.rank(t)
	}
	if before {
		return -1
	}
	return 1
}

// find returns the span of a rune.
func (o *order) find(r int32) int32 {
	n := o.leaf[r/stride]
	for o.spans[n].first+o.spans[n].n <= r {
		n = o.spans[n].next
	}
	return n
}

// index enters span n, which holds the runes from on, in the index of runes.
func (o *order) index(n, from int32) {
	end := o.spans[n].first + o.spans[n].n
	for k := (from + stride - 1) / stride; k*stride < end; k++ {
		if int(k) == len(o.leaf) {
			o.leaf = append(o.leaf, n)
		} else {
			o.leaf[k] = n
		}
	}
}

// split cuts a span before its k-th rune, 0 < k < n, and returns the second part.
func (o *order) split(n, k int32, letters []byte) int32 {
	s := o.spans[n]
	t := s
	t.up, t.left, t.right = 0, 0, 0
	t.first, t.n = s.first+k, s.n-k
	t.origin, t.parent = t.first-1, -1
	if s.size > 0 {
		size, astral := measure(letters[s.at:s.at+s.size], s.n, s.astral, k)
		t.at, t.size, t.astral = s.at+size, s.size-size, s.astral-astral
		s.size, s.astral = size, astral
	}
	s.n = k
	o.spans[n] = s
	m := o.add(n, t)
	o.spans[n].next = m
	if o.tail == n {
		o.tail = m
	}
	o.index(m, t.first)
	return m
}

// from returns the span that begins with rune r, cutting one if need be.
func (o *order) from(r int32, letters []byte) int32 {
	n := o.find(r)
	if k := r - o.spans[n].first; k > 0 {
		return o.split(n, k, letters)
	}
	return n
}

// each calls f on spans that hold exactly the runes first ... first+n-1, in
// the order of their numbers, and renews the sums after it.
func (o *order) each(first, n int32, letters []byte, f func(*span)) {
	end := first + n
	for r := first; r < end; {
		m := o.from(r, letters)
		if o.spans[m].n > end-r {
			o.split(m, end-r, letters)
		}
		f(&o.spans[m])
		o.lift(m)
		r += o.spans[m].n
	}
}

// measure returns the bytes and the astral runes of the first k runes of b,
// which has n, astral of them so. It walks from the nearer end, so that
// cutting a text ever smaller costs n log n in all.
func measure(b []byte, n, astral, k int32) (size, wide int32) {
	if int(n) == len(b) {
		return k, 0
	}
	if k <= n/2 {
		for range k {
			_, w := utf8.DecodeRune(b[size:])
			size += int32(w)
			if w == 4 {
				wide++
			}
		}
		return size, wide
	}
	size, wide = int32(len(b)), astral
	for range n - k {
		_, w := utf8.DecodeLastRune(b[:size])
		size -= int32(w)
		if w == 4 {
			wide--
		}
	}
	return size, wide
}
