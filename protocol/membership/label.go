package membership

import (
	"slices"

	"coppice.example/protocol"
)

// label is what the fold says of a change in a window.
type label uint8

const (
	open label = iota
	in
	out
)

// window is the part of a state after its narrow, while it is judged.
type window struct {
	g       *Graph
	base    *State
	after   []int32
	labels  map[int32]label
	fell    map[int32]error
	strikes map[int32][]int32 // what voids a change if it stands
}

// findStrikes fills strikes and tells whether there are any: a revocation
// strikes admissions by its invite that it does not know; the earlier of two
// crossing certificates that give one device to two members strikes the later.
func (w *window) findStrikes() bool {
	admissions := map[protocol.ChangeID][]int32{} // by invite
	certs := map[protocol.DeviceID][]int32{}
	var revocations []int32
	for _, i := range w.after {
		n := &w.g.nodes[i]
		if n.birth != nil {
			continue
		}
		switch o := n.op.(type) {
		case *RevokeInvite:
			revocations = append(revocations, i)
		case *Admit:
			admissions[o.Invite] = append(admissions[o.Invite], i)
		}
		if n.cert != nil {
			certs[n.cert.DeviceID()] = append(certs[n.cert.DeviceID()], i)
		}
	}
	w.strikes = map[int32][]int32{}
	for _, by := range revocations {
		for _, on := range admissions[w.g.nodes[by].op.(*RevokeInvite).Invite] {
			if !w.g.reaches(by, on) {
				w.strikes[on] = append(w.strikes[on], by)
			}
		}
	}
	for _, same := range certs {
		for _, by := range same {
			for _, on := range same {
				if w.g.nodes[by].member != w.g.nodes[on].member && w.g.compare(by, on) < 0 {
					w.strikes[on] = append(w.strikes[on], by)
				}
			}
		}
	}
	return len(w.strikes) > 0
}

// fold judges what lies after the narrow and returns the state.
//
// Each change is authorised at birth or not, for ever. One that is stands in
// the fold if something gives the right it used still stands (M4) and nothing
// that stands strikes it. The grounded set is taken: what nothing strikes
// stands, what it strikes falls, again until nothing changes; in a cycle that
// is left the strikes stand and all else falls. No step depends on the order
// of the changes.
func (w *window) fold() State {
	slices.SortFunc(w.after, w.g.compare)
	w.labels, w.fell = make(map[int32]label, len(w.after)), map[int32]error{}
	for _, i := range w.after {
		w.labels[i] = open
		if w.g.nodes[i].birth != nil {
			w.labels[i] = out
		}
	}
	for w.sweep() {
	}
	for _, i := range w.after {
		if w.labels[i] == open && strikes(w.g.nodes[i].op) {
			w.labels[i] = in
		}
	}
	for _, i := range w.after {
		if w.labels[i] == open {
			w.labels[i], w.fell[i] = out, w.reason(i)
		}
	}
	s := *w.base
	for _, i := range w.after {
		if err := w.fell[i]; err != nil {
			s.fallen = s.fallen.set(i, err)
		}
		s.apply(i, w.labels[i] == in)
	}
	return s
}

// strikes tells whether an operation voids others that do not know it.
func strikes(op Operation) bool {
	_, is := op.(*RevokeInvite)
	return is
}

// sweep labels what can be labelled, and tells whether it labelled anything.
func (w *window) sweep() (changed bool) {
	for _, i := range w.after {
		if w.labels[i] != open {
			continue
		}
		switch w.judge(i) {
		case in:
			w.labels[i], changed = in, true
		case out:
			w.labels[i], w.fell[i], changed = out, w.reason(i), true
		}
	}
	return changed
}

// judge returns what the labels so far say of a change.
func (w *window) judge(i int32) label {
	verdict := w.grants(i)
	for _, by := range w.strikes[i] {
		switch {
		case w.labels[by] == in:
			return out
		case w.labels[by] == open && verdict == in:
			verdict = open
		}
	}
	return verdict
}

// reason returns why a change falls.
func (w *window) reason(i int32) error {
	for _, by := range w.strikes[i] {
		if w.labels[by] == in {
			if strikes(w.g.nodes[by].op) {
				return ErrRevoked
			}
			return ErrCertified
		}
	}
	return ErrGrant
}

// grants returns whether what gives the right a change used still stands: each
// of its rests has an alternative of which all stand.
func (w *window) grants(i int32) label {
	verdict := in
	for _, alternatives := range w.g.rests(i) {
		best := out
		for _, all := range alternatives {
			best = better(best, w.all(all))
		}
		switch best {
		case out:
			return out
		case open:
			verdict = open
		}
	}
	return verdict
}

func better(a, b label) label {
	if a == in || b == in {
		return in
	}
	if a == open || b == open {
		return open
	}
	return out
}

func (w *window) all(nodes []int32) label {
	verdict := in
	for _, i := range nodes {
		l := out
		if here, ok := w.labels[i]; ok {
			l = here
		} else if w.base.stands(i) {
			l = in
		}
		switch l {
		case out:
			return out
		case open:
			verdict = open
		}
	}
	return verdict
}

// rests returns what the right a change used rests upon (M4): of each item of
// the first level some item of the second must stand in full. What there was
// in its past and did not stand then counts too: it may stand now.
func (g *Graph) rests(i int32) [][][]int32 {
	n := &g.nodes[i]
	s := n.before
	var rests [][][]int32
	m, ok := s.owner(n.device)
	if ok {
		rests = append(rests, s.certifies(n.device, m))
	} else { // it certifies itself by the root
		m = n.member
	}
	need := Guest
	switch o := n.op.(type) {
	case *Invite:
		need = s.inviteNeeds(o)
	case *RevokeInvite:
		invite := g.index[o.Invite]
		if author, ok := s.owner(g.nodes[invite].device); !ok || author != m {
			need = Convener
		}
	case *Admit:
		need = Member
		rests = append(rests, [][]int32{{g.index[o.Invite]}})
	case *Commit:
		rests = append(rests, [][]int32{{g.index[o.Admission]}})
	case *Device:
		if by := n.cert.Certifier; !by.IsZero() {
			rests = append(rests, s.certifies(by, m))
		}
	case *Policy:
		need = Convener
	}
	return append(rests, s.members.get(m).gives(need))
}

// certifies returns the changes that certify a device for a member.
func (s *State) certifies(id protocol.DeviceID, m int32) (alternatives [][]int32) {
	number, _ := s.g.devices.find(id)
	for _, c := range s.devices.get(number).certs {
		if s.g.nodes[c.node].member == m {
			alternatives = append(alternatives, []int32{c.node})
		}
	}
	return alternatives
}

// gives returns the grants that give a rank at least.
func (m *member) gives(need Rank) (alternatives [][]int32) {
	for i := range m.grants {
		gr := &m.grants[i]
		switch {
		case gr.waits || gr.keeper || gr.full < need:
		case need <= Guest:
			alternatives = append(alternatives, []int32{gr.node})
		default:
			for _, c := range gr.commits {
				alternatives = append(alternatives, []int32{gr.node, c.node})
			}
		}
	}
	return alternatives
}
