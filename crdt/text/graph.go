package text

import "slices"

// Graph says which change stands on which. Changes are numbered from 0 in the
// order in which they were added, which is causal. The zero Graph is empty.
type Graph struct {
	ends  []int32 // of each change's parents in links
	links []int32
	heads []int32
	marks []uint8 // of one Diff; all zero between two
	queue []int32
}

// Len returns the number of changes.
func (g *Graph) Len() int { return len(g.ends) }

// Add adds a change with these parents, all added before, and returns its number.
func (g *Graph) Add(parents []int32) int32 {
	n := int32(len(g.ends))
	g.links = append(g.links, parents...)
	g.ends = append(g.ends, int32(len(g.links)))
	g.marks = append(g.marks, 0)
	for _, p := range g.Parents(n) {
		if i, found := slices.BinarySearch(g.heads, p); found {
			g.heads = slices.Delete(g.heads, i, i+1)
		}
	}
	g.heads = append(g.heads, n)
	return n
}

// Parents returns the parents of a change; read only.
func (g *Graph) Parents(n int32) []int32 {
	from := int32(0)
	if n > 0 {
		from = g.ends[n-1]
	}
	return g.links[from:g.ends[n]]
}

// Heads returns the changes without children, ascending; valid until the next Add.
func (g *Graph) Heads() []int32 { return g.heads }

const inA, inB = 1, 2

// Diff returns what lies in the past of a (a included) and not in that of b,
// and the reverse, each descending. Its cost follows what it returns, and what
// was added between that and the newest change both share.
func (g *Graph) Diff(a, b []int32) (onlyA, onlyB []int32) {
	if slices.Equal(a, b) {
		return nil, nil
	}
	g.queue = g.queue[:0]
	apart := 0 // queued changes that only one side has
	reach := func(n int32, side uint8) {
		old := g.marks[n]
		if old == 0 {
			g.push(n)
		}
		now := old | side
		apart += lone(now) - lone(old)
		g.marks[n] = now
	}
	for _, n := range a {
		reach(n, inA)
	}
	for _, n := range b {
		reach(n, inB)
	}
	for apart > 0 {
		n := g.pop()
		side := g.marks[n]
		apart -= lone(side)
		g.marks[n] = 0
		switch side {
		case inA:
			onlyA = append(onlyA, n)
		case inB:
			onlyB = append(onlyB, n)
		}
		for _, p := range g.Parents(n) {
			reach(p, side)
		}
	}
	for _, n := range g.queue {
		g.marks[n] = 0
	}
	return onlyA, onlyB
}

func lone(side uint8) int {
	if side == inA || side == inB {
		return 1
	}
	return 0
}

// push and pop keep queue a heap with the greatest number first.
func (g *Graph) push(n int32) {
	q := append(g.queue, n)
	i := len(q) - 1
	for i > 0 && q[(i-1)/2] < n {
		q[i] = q[(i-1)/2]
		i = (i - 1) / 2
	}
	q[i] = n
	g.queue = q
}

func (g *Graph) pop() int32 {
	q := g.queue
	top, n := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	i := 0
	for 2*i+1 < len(q) {
		c := 2*i + 1
		if c+1 < len(q) && q[c+1] > q[c] {
			c++
		}
		if q[c] <= n {
			break
		}
		q[i] = q[c]
		i = c
	}
	if len(q) > 0 {
		q[i] = n
	}
	g.queue = q
	return top
}
