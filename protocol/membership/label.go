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

// lowering is a unit that leaves a member less than she had.
type lowering struct {
	unit
	left Rank
}

// window is the part of a state after its narrow, while it is judged.
type window struct {
	g         *Graph
	base      *State
	after     []int32
	labels    map[unit]label
	fell      map[unit]error
	strikes   map[unit][]unit      // what voids a unit if it stands
	lowerings map[int32][]lowering // of a member
	kept      map[int32]bool       // leaves of the last founder
}

// fold judges what lies after the narrow and returns the state.
//
// Each change is authorised at birth or not, for ever. One that is stands in
// the fold if what gives the right it used still stands (M4) and was not taken
// away beside it (M2), and nothing that stands strikes it (M3 among others).
// The grounded set is taken: what nothing strikes stands, what it strikes
// falls, again until nothing changes; in a cycle that is left the strikes stand
// and all else falls. No step depends on the order of the changes.
func (w *window) fold() State {
	slices.SortFunc(w.after, w.g.compare)
	w.kept = map[int32]bool{}
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
	for at := len(w.after) - 1; at >= 0; at-- {
		i := w.after[at]
		if w.g.founderLeaves(i) && w.labels[unit{i, 0}] == in {
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

// units lists what of a change is judged.
func (g *Graph) units(i int32) []unit {
	units := []unit{{i, 0}}
	switch o := g.nodes[i].op.(type) {
	case *Remove:
		for at := range o.Members {
			units = append(units, unit{i, int32(at + 1)})
		}
	case *Redact:
		units = append(units, unit{i, 1})
	}
	return units
}

func (w *window) label() {
	w.labels, w.fell = make(map[unit]label, len(w.after)), map[unit]error{}
	var pending []unit
	for _, i := range w.after {
		for _, u := range w.g.units(i) {
			switch {
			case w.g.nodes[i].born.err != nil:
				w.labels[u] = out
			case w.kept[i]:
				w.labels[u], w.fell[u] = out, ErrLastFounder
			default:
				w.labels[u] = open
				pending = append(pending, u)
			}
		}
	}
	for {
		left := slices.DeleteFunc(slices.Clone(pending), w.settle)
		if len(left) == len(pending) {
			break
		}
		pending = left
	}
	for _, u := range pending {
		if w.g.strikes(u.node) {
			w.labels[u] = in
		}
	}
	for _, u := range pending {
		if w.labels[u] == open {
			w.labels[u], w.fell[u] = out, w.reason(u)
		}
	}
}

// settle labels a unit if the labels so far decide it.
func (w *window) settle(u unit) bool {
	verdict := w.judge(u)
	if verdict == open {
		return false
	}
	w.labels[u] = verdict
	if verdict == out {
		w.fell[u] = w.reason(u)
	}
	return true
}

// judge returns what the labels so far say of a unit.
func (w *window) judge(u unit) label {
	verdict := in
	if u.part > 0 {
		verdict = w.labels[unit{u.node, 0}]
		if _, redacts := w.g.nodes[u.node].op.(*Redact); redacts {
			verdict = both(verdict, w.power(u.node, Convener))
		}
	} else {
		verdict = both(w.grounds(u.node), w.power(u.node, w.g.nodes[u.node].born.need))
	}
	for _, by := range w.strikes[u] {
		verdict = both(verdict, not(w.labels[by]))
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

// reason returns why a unit falls.
func (w *window) reason(u unit) error {
	if err := w.fell[unit{u.node, 0}]; u.part > 0 && err != nil {
		return err
	}
	for _, by := range w.strikes[u] {
		if w.labels[by] != in {
			continue
		}
		switch w.g.nodes[by.node].op.(type) {
		case *RevokeInvite:
			return ErrRevoked
		case *Revoke:
			return ErrStruck
		}
		if _, lowers := w.g.lowers(by.node); lowers || w.g.nodes[u.node].cert == nil {
			return ErrOverruled
		}
		if _, lowers := w.g.lowers(u.node); lowers {
			return ErrOverruled
		}
		return ErrCertified
	}
	for _, x := range w.lowerings[w.g.nodes[u.node].born.author] {
		if w.labels[x.unit] == in && x.left < w.g.nodes[u.node].born.need && x.node != u.node && !w.g.reaches(x.node, u.node) {
			return ErrStruck
		}
	}
	return ErrGrant
}

// stands returns what is known of a node that something rests upon.
func (w *window) stands(i int32) label {
	if l, ok := w.labels[unit{i, 0}]; ok {
		return l
	}
	if w.base.stands(i) {
		return in
	}
	return out
}

// state folds the judged units onto the narrow's state.
func (w *window) state() State {
	s := *w.base
	for _, i := range w.after {
		err := w.fell[unit{i, 0}]
		effective := w.labels[unit{i, 0}] == in
		if removal, ok := w.g.nodes[i].op.(*Remove); ok && effective {
			effective = false
			for at := range removal.Members {
				effective = effective || w.labels[unit{i, int32(at + 1)}] == in
			}
			if !effective {
				err = w.fell[unit{i, 1}]
			}
		}
		if err != nil {
			s.fallen = s.fallen.set(i, err)
		}
		s.apply(i, effective, func(part int32) bool { return w.labels[unit{i, part}] == in })
	}
	return s
}
