package membership

import "slices"

// label is what the fold says of a unit in a window.
type label uint8

const (
	open label = iota
	in
	out
)

// unit is what stands or falls by itself: a change (part 0), one target of a
// removal (part 1 on), or the power of a redaction over others' words (part 1).
type unit struct{ node, part int32 }

// window is the part of a state after its narrow, while it is judged. Its
// units are numbered, those of a change in a row.
type window struct {
	g      *Graph
	base   *State
	after  []int32 // as numbered; by (lamport, id) once they are folded
	first  int32   // the lowest node
	at     []int32 // by node less first: the number of its part 0; -1: before the narrow
	units  []unit
	labels []label
	waits  [][]int32      // by unit: those to be judged again once it is labelled
	reads  []int32        // the open units that a judgement met
	kept   map[int32]bool // leaves of the last founder
	gave   map[int32]bool // by unit: fell in a cycle because it gives
	strikes
	ended map[int32]label // by grant: whether all that ended its member before the narrow is in its past
}

// newWindow numbers the units of what lies after a state.
func (g *Graph) newWindow(base *State, after []int32) *window {
	w := &window{g: g, base: base, after: after, first: after[0], kept: map[int32]bool{}, ended: map[int32]label{}}
	w.at = make([]int32, after[len(after)-1]-w.first+1)
	for i := range w.at {
		w.at[i] = -1
	}
	for _, i := range w.after {
		w.at[i-w.first] = int32(len(w.units))
		for part := range g.parts(i) {
			w.units = append(w.units, unit{i, part})
		}
	}
	return w
}

// parts returns how many units a change is.
func (g *Graph) parts(i int32) int32 {
	switch o := g.nodes[i].op.(type) {
	case *Remove:
		return int32(1 + len(o.Members))
	case *Redact:
		return 2
	}
	return 1
}

// number returns that of a node's part 0; ok is false before the narrow.
func (w *window) number(i int32) (u int32, ok bool) {
	if i < w.first || int(i-w.first) >= len(w.at) {
		return 0, false
	}
	u = w.at[i-w.first]
	return u, u >= 0
}

// fold judges what lies after the narrow and returns the state.
//
// Each change is authorised at birth or not, for ever. One that is stands in
// the fold if what gives the right it used still stands (M4) and was not taken
// away beside it (M2), and nothing that stands strikes it (M3 among others).
// The grounded set is taken: what nothing strikes stands, what it strikes
// falls, again until nothing changes. No step depends on the order of the
// changes.
func (w *window) fold() State {
	slices.SortFunc(w.after, w.g.compare)
	for {
		w.label()
		s := w.state()
		if s.founders() > 0 || !w.keepFounder() {
			return s
		}
	}
}

// keepFounder voids the last of the leaves by which a community would lose all
// its founders; it tells whether there was one.
func (w *window) keepFounder() bool {
	for _, i := range slices.Backward(w.after) {
		if u, _ := w.number(i); w.g.founderLeaves(i) && w.labels[u] == in {
			w.kept[i] = true
			return true
		}
	}
	return false
}

func (g *Graph) founderLeaves(i int32) bool {
	_, leaves := g.nodes[i].op.(*Leave)
	return leaves && g.nodes[i].born.rank == Founder
}

// label labels all units. When nothing settles any more, what is left hangs
// on cycles. There a gift falls that bears on a strike; then what people say of
// themselves, a leave or a hand-over by the old root, if it bears on a strike;
// then a strike that bears on one of a higher rank; then what the roots revoked is revoked; then whatever gives falls and the
// strikes that are left stand. After each step what follows is settled, so
// that what only hangs on a cycle goes as the cycle went.
func (w *window) label() {
	w.labels, w.waits = make([]label, len(w.units)), make([][]int32, len(w.units))
	w.gave = map[int32]bool{}
	for u, x := range w.units {
		if w.g.nodes[x.node].born.err != nil || w.kept[x.node] {
			w.labels[u] = out
		}
	}
	pending := w.settle(w.open())
	gives := func(i int32) bool { return !w.g.strikes(i) }
	for _, step := range []struct {
		these func([]int32) []int32
		are   label
	}{
		{w.bearing(func(by, _ int32) bool { return gives(by) }), out},
		{w.bearing(func(by, _ int32) bool { return ownWord(w.g.nodes[by].op) }), out},
		{w.bearing(func(by, on int32) bool { return w.g.nodes[by].born.rank < w.g.nodes[on].born.rank }), out},
		{w.those(w.g.revokedByRoot), in},
		{w.those(gives), out},
		{w.those(w.g.strikes), in},
	} {
		if len(pending) > 0 {
			pending = w.settle(w.decide(step.these(pending), step.are))
		}
	}
}

// bearing picks, by the two changes, the open units that would void an open
// strike or take its author's power.
func (w *window) bearing(are func(by, on int32) bool) func([]int32) []int32 {
	return func(pending []int32) (some []int32) {
		for _, u := range pending {
			x := w.units[u]
			if !w.g.strikes(x.node) {
				continue
			}
			bears := func(by int32) bool {
				if w.labels[by] == open && are(w.units[by].node, x.node) {
					some = append(some, by)
				}
				return true
			}
			w.strikers(x, bears)
			n := &w.g.nodes[x.node]
			l := w.lowered[n.born.author]
			for at := 0; l != nil && at < len(l.all); at++ {
				if k := l.all[at]; k.left < max(n.born.need, Guest) && k.node != x.node && !w.g.reaches(k.node, x.node) {
					bears(k.number)
				}
			}
		}
		return some
	}
}

// those picks units by their changes.
func (w *window) those(are func(int32) bool) func([]int32) []int32 {
	return func(pending []int32) (some []int32) {
		for _, u := range pending {
			if are(w.units[u].node) {
				some = append(some, u)
			}
		}
		return some
	}
}

// open lists the units that are not labelled.
func (w *window) open() (all []int32) {
	for u, l := range w.labels {
		if l == open {
			all = append(all, int32(u))
		}
	}
	return all
}

// decide labels open units and returns those whose judgement it may change.
func (w *window) decide(units []int32, are label) (again []int32) {
	for _, u := range units {
		w.labels[u], w.gave[u] = are, are == out
		again = append(again, w.waits[u]...)
	}
	return again
}

// settle labels what the labels so far decide, beginning with the given units,
// and returns what is open then. A unit is judged again only when one that it
// waits for was labelled.
func (w *window) settle(units []int32) []int32 {
	known := make([]bool, len(w.units)) // in waits
	for len(units) > 0 {
		var again []int32
		for _, u := range units {
			if w.labels[u] != open {
				continue
			}
			w.reads = w.reads[:0]
			if l := w.judge(u); l != open {
				w.labels[u] = l
				again = append(again, w.waits[u]...)
				continue
			}
			if known[u] {
				continue
			}
			known[u] = true
			for _, on := range w.reads {
				w.waits[on] = append(w.waits[on], u)
			}
		}
		slices.Sort(again)
		units = slices.Compact(again)
	}
	return w.open()
}

// read returns the label of a unit for a judgement.
func (w *window) read(u int32) label {
	l := w.labels[u]
	if l == open {
		w.reads = append(w.reads, u)
	}
	return l
}

// judge returns what the labels so far say of a unit.
func (w *window) judge(u int32) label {
	x := w.units[u]
	n := &w.g.nodes[x.node]
	verdict := in
	if x.part > 0 {
		verdict = w.read(u - x.part)
		if _, redacts := n.op.(*Redact); redacts {
			verdict = both(verdict, w.power(x.node, Convener))
		}
	} else if verdict = w.grounds(x.node); verdict != out {
		verdict = both(verdict, w.power(x.node, n.born.need))
	}
	if verdict != out {
		verdict = both(verdict, not(w.struck(x)))
	}
	return verdict
}

func both(a, b label) label {
	if a == out || b == out {
		return out
	}
	if a == open || b == open {
		return open
	}
	return in
}

func not(a label) label {
	switch a {
	case in:
		return out
	case out:
		return in
	}
	return open
}

func either(a, b label) label { return not(both(not(a), not(b))) }

// stands returns what is known of a node that something rests upon.
func (w *window) stands(i int32) label {
	if u, ok := w.number(i); ok {
		return w.read(u)
	}
	if w.base.stands(i) {
		return in
	}
	return out
}

// reason returns why a unit fell.
func (w *window) reason(u int32) error {
	x := w.units[u]
	if x.part > 0 && w.labels[u-x.part] == out {
		return w.reason(u - x.part)
	}
	n := &w.g.nodes[x.node]
	switch _, about := w.g.subject(x); {
	case w.kept[x.node]:
		return ErrLastFounder
	case w.gave[u] && about:
		return ErrOverruled
	}
	if by, ok := w.striker(x); ok {
		switch w.g.nodes[by.node].op.(type) {
		case *RevokeInvite:
			return ErrRevoked
		case *Revoke:
			return ErrStruck
		}
		if _, lowers := w.g.lowers(by.node); lowers || n.cert == nil {
			return ErrOverruled
		}
		return ErrCertified
	}
	l := w.lowered[n.born.author]
	for at := 0; l != nil && at < len(l.all); at++ {
		if l := l.all[at]; w.labels[l.number] == in && l.left < max(n.born.need, Guest) && l.node != x.node && !w.g.reaches(l.node, x.node) {
			return ErrStruck
		}
	}
	return ErrGrant
}

// state folds the judged units onto the narrow's state.
func (w *window) state() State {
	s := *w.base
	s.own = map[any]bool{}
	for _, i := range w.after {
		u, _ := w.number(i)
		effective := w.labels[u] == in
		var err error
		if !effective && w.g.nodes[i].born.err == nil {
			err = w.reason(u)
		}
		if removal, ok := w.g.nodes[i].op.(*Remove); ok && effective {
			if effective = slices.Contains(w.labels[u+1:u+1+int32(len(removal.Members))], in); !effective {
				err = w.reason(u + 1)
			}
		}
		if err != nil {
			s.fallen = s.fallen.set(i, err)
		}
		s.apply(i, effective, func(part int32) bool { return w.labels[u+part] == in })
	}
	s.own = nil
	return s
}
