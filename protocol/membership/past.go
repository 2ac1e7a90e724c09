package membership

import "slices"

// The questions of reachability are answered in the dominator tree: a change d
// dominates h when every path from the genesis to h leads through d, that is,
// when d is a narrow of h's past: each change there is d, before d or after d.
// In a linear history that is every change, and an answer takes O(log n); a
// fork costs a walk through the part between the two narrows around it.

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
func (g *Graph) reaches(h, a int32) bool {
	switch {
	case a == h:
		return true
	case g.nodes[a].change.Lamport >= g.nodes[h].change.Lamport:
		return false
	}
	top := g.meet(a, h)
	if top == a || top == h {
		return top == a
	}
	// Between top and the next dominator of h lies all that could hold a.
	next := g.ancestor(h, g.nodes[top].depth+1)
	lamport := g.nodes[a].change.Lamport
	found := false
	g.walk([]int32{next}, func(i int32) bool {
		found = found || i == a
		return !found && i != top && g.nodes[i].change.Lamport > lamport
	})
	return found
}

// walk visits changes from the given ones back along the past, each once; it
// goes on behind those for which visit says so.
func (g *Graph) walk(from []int32, visit func(int32) bool) {
	g.mark++
	if g.mark == 0 { // the counter came round: old marks would look fresh
		clear(g.marks)
		g.mark = 1
	}
	mark := g.mark
	pending := slices.Clone(from)
	for _, i := range from {
		g.marks[i] = mark
	}
	for len(pending) > 0 {
		i := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if !visit(i) {
			continue
		}
		for _, p := range g.nodes[i].preds {
			if g.marks[p] != mark {
				g.marks[p] = mark
				pending = append(pending, p)
			}
		}
	}
}

// maximal returns the given changes, each once and ascending by id, less those
// in the past of another.
func (g *Graph) maximal(nodes []int32) []int32 {
	if len(nodes) == 1 {
		return nodes
	}
	slices.SortFunc(nodes, g.compareIDs)
	nodes = slices.Compact(nodes)
	return slices.DeleteFunc(slices.Clone(nodes), func(a int32) bool {
		return slices.ContainsFunc(nodes, func(h int32) bool { return h != a && g.reaches(h, a) })
	})
}

// window returns the narrow of heads and all that lies after it.
func (g *Graph) window(heads []int32) (narrow int32, after []int32) {
	narrow = heads[0]
	for _, h := range heads[1:] {
		narrow = g.meet(narrow, h)
	}
	g.walk(heads, func(i int32) bool {
		if i != narrow {
			after = append(after, i)
		}
		return i != narrow
	})
	return narrow, after
}
