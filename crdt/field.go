package crdt

import (
	"fmt"
	"slices"

	"coppice.example/crdt/text"
)

// A field is what operations of one type made of one path.
type field struct {
	class  class
	text   *text.Text
	acts   []act   // as they came; of a text none
	hidden []OpRef // of its operations, those without effect now; ascending
	behind bool    // the text does not know of hidden yet
	shows  any     // what shows now, once read; nil after a change

	// The document's graph projected on the field: what of its own changes
	// each of them has in its past. Maps and logs need none.
	graph  text.Graph
	nodes  []int32 // the document's number of each, ascending
	starts []int32 // the first act of each
}

// An act is an operation as its field keeps it.
type act struct {
	change int32
	node   int32
	index  int
	code   Code
	value  Value
	op     *Op // nil for what an entry was born with
}

func (f *field) linked() bool { return f.class != maps && f.class != logs }

// field returns the field of that key and makes it when there is none.
func (d *Document) field(k key) *field {
	f := d.fields[k]
	if f == nil {
		f = &field{class: k.class}
		if k.class == texts {
			f.text = &text.Text{}
		}
		d.fields[k] = f
	}
	return f
}

// add takes an act of change n, whose author stood on stance in the field's graph.
func (f *field) add(n int32, a act, stance []int32) {
	a.change = n
	f.shows = nil
	if f.linked() {
		if l := len(f.nodes); l == 0 || f.nodes[l-1] != n {
			f.graph.Add(stance)
			f.nodes = append(f.nodes, n)
			f.starts = append(f.starts, int32(len(f.acts)))
		}
		a.node = int32(len(f.nodes) - 1)
	}
	if f.class != texts {
		f.acts = append(f.acts, a)
	}
}

// edit applies what a change does to the text.
func (f *field) edit(d *Document, c Change, stance []int32, edits []Edit) error {
	parents := make([]ID, len(stance))
	for i, n := range stance {
		parents[i] = d.changes[f.nodes[n]].ID
	}
	f.settle()
	err := f.text.Apply(text.Change{ID: c.ID, Parents: parents, Hidden: c.Hidden, Edits: edits})
	if err != nil {
		return fmt.Errorf("crdt: %w", err)
	}
	return nil
}

// hide notes whether an operation has no effect now; settle follows.
func (f *field) hide(ref OpRef, hidden bool) {
	i, found := slices.BinarySearchFunc(f.hidden, ref, OpRef.Compare)
	switch {
	case hidden && !found:
		f.hidden = slices.Insert(f.hidden, i, ref)
	case !hidden && found:
		f.hidden = slices.Delete(f.hidden, i, i+1)
	default:
		return
	}
	f.shows, f.behind = nil, true
}

// settle tells a text what is hidden now.
func (f *field) settle() {
	if f.class == texts && f.behind {
		f.text.SetHidden(f.hidden)
		f.behind = false
	}
}

// project returns the heads, in the field's graph and ascending, of those of
// its changes that lie in the past of the version at.
func (d *Document) project(f *field, at []int32) []int32 {
	heads := slices.Clone(f.graph.Heads())
	if !f.linked() || len(heads) == 0 || slices.Equal(at, d.graph.Heads()) {
		return heads
	}
	if !slices.ContainsFunc(heads, func(h int32) bool { return !slices.Contains(at, f.nodes[h]) }) {
		return heads
	}
	if n, ok := d.nearest(f, at); ok {
		return []int32{n}
	}
	if len(at) == 0 {
		return nil
	}
	past := d.past(at)
	return f.below(heads, func(n int32) bool { return past.has(f.nodes[n]) })
}

// nearest follows a version with one head down to the field's last change, as
// long as the way does not fork.
func (d *Document) nearest(f *field, at []int32) (int32, bool) {
	for range 64 {
		if len(at) != 1 {
			return 0, false
		}
		if n, found := slices.BinarySearch(f.nodes, at[0]); found {
			return int32(n), true
		}
		at = d.graph.Parents(at[0])
	}
	return 0, false
}

// below returns the first nodes that are right on every way down from heads,
// without those in the past of another, ascending.
func (f *field) below(heads []int32, right func(int32) bool) (found []int32) {
	seen := map[int32]bool{}
	rest := slices.Clone(heads)
	for len(rest) > 0 {
		n := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if right(n) {
			found = append(found, n)
		} else {
			rest = append(rest, f.graph.Parents(n)...)
		}
	}
	slices.Sort(found)
	if len(found) < 2 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(n int32) bool {
		later := slices.DeleteFunc(slices.Clone(found), func(m int32) bool { return m <= n })
		if len(later) == 0 {
			return false // and what only the newest has would be all of its past
		}
		only, _ := f.graph.Diff([]int32{n}, later)
		return len(only) == 0
	})
}

// surviving returns those of adds that no drop has in its past. An operation
// has the earlier ones of its own change in its past.
func (f *field) surviving(adds, drops []act) []act {
	if len(drops) == 0 {
		return adds
	}
	kept := map[int32]bool{}
	only, _ := f.graph.Diff(nodesOf(adds), nodesOf(drops))
	for _, n := range only {
		kept[n] = true
	}
	return slices.DeleteFunc(adds, func(a act) bool {
		if kept[a.node] {
			return false
		}
		return slices.ContainsFunc(drops, func(drop act) bool {
			if drop.node == a.node {
				return drop.index > a.index
			}
			only, _ := f.graph.Diff([]int32{a.node}, []int32{drop.node})
			return len(only) == 0
		})
	})
}

func nodesOf(acts []act) (nodes []int32) {
	for _, a := range acts {
		nodes = append(nodes, a.node)
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// A past is the set of changes that a version holds.
type past struct {
	at   []int32
	bits []uint64
}

func (p *past) has(n int32) bool {
	return int(n)/64 < len(p.bits) && p.bits[n/64]&(1<<(n%64)) != 0
}

// rememberedPasts is how many versions a document keeps the past of: branches
// that arrive interleaved then each follow their own.
const rememberedPasts = 4

// past returns the past of a version. Its cost follows the difference to the
// nearest of those looked at last.
func (d *Document) past(at []int32) *past {
	i := slices.IndexFunc(d.pasts, func(p *past) bool { return slices.Equal(p.at, at) })
	if i < 0 {
		i = slices.IndexFunc(d.pasts, func(p *past) bool { return d.near(p.at, at) })
	}
	if i < 0 && len(d.pasts) < rememberedPasts {
		i = len(d.pasts)
		d.pasts = append(d.pasts, &past{})
	}
	if i < 0 {
		i = len(d.pasts) - 1
	}
	p := d.pasts[i]
	copy(d.pasts[1:i+1], d.pasts[:i])
	d.pasts[0] = p
	for len(p.bits)*64 < d.graph.Len() {
		p.bits = append(p.bits, 0)
	}
	leave, enter := d.graph.Diff(p.at, at)
	for _, n := range leave {
		p.bits[n/64] &^= 1 << (n % 64)
	}
	for _, n := range enter {
		p.bits[n/64] |= 1 << (n % 64)
	}
	p.at = slices.Clone(at)
	return p
}

// near tells whether a version is, or is a parent of, a head of another.
func (d *Document) near(of, at []int32) bool {
	for _, n := range at {
		if slices.Contains(of, n) {
			return true
		}
		for _, p := range d.graph.Parents(n) {
			if slices.Contains(of, p) {
				return true
			}
		}
	}
	return false
}
