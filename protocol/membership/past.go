package membership

import (
	"math/bits"
	"slices"
)

// A change is numbered when it comes, after all that it stands on. past is a
// set of such numbers that is closed under past: all below full, and single
// ones above in chunks, which sets share. In a linear history it is a number;
// in a ladder of forks that are joined again, a number and a chunk; only long
// forks cost a pointer for each chunk of their length.
type past struct {
	full int32
	more []*chunk // from that of full on; nil: none of it
}

// chunkBits is a power of two: how many changes one chunk tells of.
const (
	chunkShift = 9
	chunkBits  = 1 << chunkShift
	chunkWords = chunkBits / 64
)

type chunk [chunkWords]uint64

// chunk returns the chunk of a number, nil where it holds none above full.
func (p *past) chunk(at int32) *chunk {
	if at -= p.full >> chunkShift; at < 0 || int(at) >= len(p.more) {
		return nil
	}
	return p.more[at]
}

func (p *past) has(i int32) bool {
	if i < p.full {
		return true
	}
	c := p.chunk(i >> chunkShift)
	return c != nil && c[i/64%chunkWords]>>(i%64)&1 != 0
}

// word returns the members among 64 numbers, from 64*at on.
func (p *past) word(at int32) (w uint64) {
	if c := p.chunk(at / chunkWords); c != nil {
		w = c[at%chunkWords]
	}
	switch first := at * 64; {
	case first+64 <= p.full:
		return ^uint64(0)
	case first < p.full:
		w |= 1<<(p.full-first) - 1
	}
	return w
}

// end returns a number above all members.
func (p *past) end() int32 {
	return max(p.full, (p.full>>chunkShift+int32(len(p.more)))<<chunkShift)
}

// union returns what is in either.
func (p past) union(q past) past {
	if p.full < q.full {
		p, q = q, p
	}
	if len(q.more) == 0 { // its full is the lesser
		return p
	}
	u := past{full: p.full}
	for at, end := p.full>>chunkShift, max(p.end(), q.end()); at<<chunkShift < end; at++ {
		u.more = append(u.more, p.chunk(at).or(q.chunk(at)))
	}
	return u.settled()
}

// or joins two chunks, shared where one says it all.
func (a *chunk) or(b *chunk) *chunk {
	if a == b || b == nil {
		return a
	}
	if a == nil {
		return b
	}
	c := *a
	for i := range c {
		c[i] |= b[i]
	}
	switch c {
	case *a:
		return a
	case *b:
		return b
	}
	return &c
}

// with returns the set and one more.
func (p past) with(i int32) past {
	if i == p.full {
		p.raise(i + 1)
		return p.settled()
	}
	first, at := p.full>>chunkShift, i>>chunkShift
	more := make([]*chunk, max(at-first+1, int32(len(p.more))))
	copy(more, p.more)
	c := chunk{}
	if was := more[at-first]; was != nil {
		c = *was
	}
	c[i/64%chunkWords] |= 1 << (i % 64)
	more[at-first] = &c
	return past{p.full, more}
}

// raise moves full.
func (p *past) raise(to int32) {
	if past := to>>chunkShift - p.full>>chunkShift; past > 0 {
		p.more = p.more[min(int(past), len(p.more)):]
	}
	p.full = to
}

// settled raises full over all that follows without a gap.
func (p past) settled() past {
	for len(p.more) > 0 {
		ones := bits.TrailingZeros64(^p.word(p.full / 64))
		p.raise(p.full&^63 + int32(ones))
		if ones < 64 {
			break
		}
	}
	for len(p.more) > 0 && p.more[len(p.more)-1] == nil {
		p.more = p.more[:len(p.more)-1]
	}
	if len(p.more) == 1 && p.next() >= chunkBits {
		p.more = nil
	}
	return p
}

// next returns where in its chunk the first member above full stands, or
// chunkBits where there is none.
func (p *past) next() int {
	for at := p.full % chunkBits / 64; at < chunkWords; at++ {
		w := p.more[0][at]
		if first := at * 64; first < p.full%chunkBits {
			w &^= 1<<(p.full%chunkBits-first) - 1
		}
		if w != 0 {
			return int(at*64) + bits.TrailingZeros64(w)
		}
	}
	return chunkBits
}

// common returns what is in both.
func (p past) common(q past) past {
	if q.full < p.full {
		p, q = q, p
	}
	c := past{full: p.full}
	for at := p.full >> chunkShift; at<<chunkShift < p.end(); at++ {
		both := &chunk{}
		for i := range both {
			word := at*chunkWords + int32(i)
			both[i] = p.word(word) & q.word(word)
		}
		c.more = append(c.more, both)
	}
	return c.settled()
}

// holds tells whether all of q is in p.
func (p *past) holds(q *past) bool {
	for at := p.full / 64; at*64 < q.end(); at++ {
		if q.word(at)&^p.word(at) != 0 {
			return false
		}
	}
	return true
}

// The narrow of several changes is the deepest in the dominator tree: a change
// d dominates h when every path from the genesis to h leads through d: each
// change in the past of h is d, before d or after d.

// ancestor returns the dominator of i at a depth that is not greater than i's.
func (g *Graph) ancestor(i, depth int32) int32 {
	for g.nodes[i].depth > depth {
		if j := g.nodes[i].jump; g.nodes[j].depth >= depth {
			i = j
		} else {
			i = g.nodes[i].idom
		}
	}
	return i
}

// meet returns the deepest change that dominates both.
func (g *Graph) meet(a, b int32) int32 {
	if g.nodes[a].depth > g.nodes[b].depth {
		a, b = b, a
	}
	b = g.ancestor(b, g.nodes[a].depth)
	for a != b {
		if ja, jb := g.nodes[a].jump, g.nodes[b].jump; ja != jb {
			a, b = ja, jb
		} else {
			a, b = g.nodes[a].idom, g.nodes[b].idom
		}
	}
	return a
}

// reaches tells whether a is h or in its past.
func (g *Graph) reaches(h, a int32) bool { return g.nodes[h].past.has(a) }

// maximal returns the given changes, each once and ascending by id, less those
// in the past of another.
func (g *Graph) maximal(nodes []int32) []int32 {
	if len(nodes) < 2 {
		return nodes
	}
	slices.SortFunc(nodes, g.compareIDs)
	nodes = slices.Compact(nodes)
	return slices.DeleteFunc(slices.Clone(nodes), func(a int32) bool {
		return slices.ContainsFunc(nodes, func(h int32) bool { return h != a && g.reaches(h, a) })
	})
}

// union returns the pasts of heads in one.
func (g *Graph) union(heads []int32) past {
	all := g.nodes[heads[0]].past
	for _, h := range heads[1:] {
		all = all.union(g.nodes[h].past)
	}
	return all
}

// window returns the state of all that every later change up to heads has in
// its past, and those later changes, as numbered. Mostly that is the state
// after the narrow; where each rung of forks knows all of the rung before, it
// is a later one.
func (g *Graph) window(heads []int32) (base *State, after []int32) {
	if known, ok := g.rung(heads); ok {
		after = between(&known, g.union(heads))
		return g.at(g.tips(known, after)), after
	}
	narrow := heads[0]
	for _, h := range heads[1:] {
		narrow = g.meet(narrow, h)
	}
	return g.nodes[narrow].after, between(&g.nodes[narrow].past, g.union(heads))
}

// farRung is how many changes after it a rung is looked for behind.
const farRung = 256

// rung returns the greatest set that all later changes up to heads know; ok is
// false when it is far.
func (g *Graph) rung(heads []int32) (known past, ok bool) {
	known = g.nodes[heads[0]].past
	for _, h := range heads[1:] {
		known = known.common(g.nodes[h].past)
	}
	later := between(&known, g.union(heads))
	for asked := 0; asked < len(later); asked++ {
		if len(later) > farRung {
			return known, false
		}
		if p := &g.nodes[later[asked]].past; !p.holds(&known) {
			less := known.common(*p)
			later = append(later, between(&less, known)...)
			known = less
		}
	}
	return known, true
}

// tips returns the changes of a set that none of it stands on, ascending by
// id, by what stands on them after it.
func (g *Graph) tips(set past, after []int32) (tips []int32) {
	for _, i := range after {
		for _, p := range g.nodes[i].preds {
			if set.has(p) {
				tips = append(tips, p)
			}
		}
	}
	return g.maximal(tips)
}

// between lists what of a set a smaller one has not.
func between(known *past, all past) (some []int32) {
	for at := known.full / 64; at*64 < all.end(); at++ {
		for w := all.word(at) &^ known.word(at); w != 0; w &= w - 1 {
			some = append(some, at*64+int32(bits.TrailingZeros64(w)))
		}
	}
	return some
}
