package membership

import "coppice.example/protocol"

// label is what the fold says of a change in a window.
type label uint8

const (
	open label = iota
	in
	out
)

// window is the part of a state after its narrow, while it is labelled.
type window struct {
	g       *Graph
	base    *State
	after   []int32
	at      map[int32]int // node -> place in after
	labels  []label
	fell    []error
	strikes [][]int // by place: the places that void it if they stand
}

// label judges the changes after a narrow, whose state is base.
//
// Each is authorised at birth or not, for ever. One that is stands in the fold
// if something gives the right it used still stands (M4) and nothing that
// stands strikes it. Where none strikes, all stand. Else the grounded set is
// taken: what nothing strikes stands, what it strikes falls, again until
// nothing changes; in a cycle that is left the strikes stand and all else
// falls. No step depends on the order of the changes.
func (g *Graph) label(after []int32, base *State) *window {
	w := &window{g: g, base: base, after: after, labels: make([]label, len(after)), fell: make([]error, len(after))}
	for at, i := range after {
		w.labels[at] = in
		if g.nodes[i].birth != nil {
			w.labels[at] = out
		}
	}
	w.at = make(map[int32]int, len(after))
	for at, i := range after {
		w.at[i] = at
	}
	if !w.findStrikes() {
		return w
	}
	for at, l := range w.labels {
		if l == in {
			w.labels[at] = open
		}
	}
	for w.sweep() {
	}
	for at, l := range w.labels {
		if l == open && strikes(g.nodes[after[at]].op) {
			w.labels[at] = in
		}
	}
	for at, l := range w.labels {
		if l == open {
			w.labels[at], w.fell[at] = out, w.reason(at)
		}
	}
	return w
}

// strikes tells whether an operation voids others that do not know it.
func strikes(op Operation) bool {
	_, is := op.(*RevokeInvite)
	return is
}

// findStrikes fills strikes and tells whether there are any.
func (w *window) findStrikes() bool {
	w.strikes = make([][]int, len(w.after))
	found := false
	strike := func(by, on int) {
		w.strikes[on] = append(w.strikes[on], by)
		found = true
	}
	admissions := map[protocol.ChangeID][]int{} // by invite
	certs := map[protocol.DeviceID][]int{}
	for at, i := range w.after {
		n := &w.g.nodes[i]
		if n.birth != nil {
			continue
		}
		if o, ok := n.op.(*Admit); ok {
			admissions[o.Invite] = append(admissions[o.Invite], at)
		}
		if n.cert != nil {
			// The earlier of two crossing certificates that give a device to
			// two members strikes the later.
			device := n.cert.DeviceID()
			for _, earlier := range certs[device] {
				if w.g.nodes[w.after[earlier]].member != n.member {
					strike(earlier, at)
				}
			}
			certs[device] = append(certs[device], at)
		}
	}
	for at, i := range w.after {
		n := &w.g.nodes[i]
		o, ok := n.op.(*RevokeInvite)
		if !ok || n.birth != nil || len(admissions[o.Invite]) == 0 {
			continue
		}
		past := w.past(i)
		for _, on := range admissions[o.Invite] {
			if !past[on] {
				strike(at, on)
			}
		}
	}
	return found
}

// past returns which places of the window are in the past of node i.
func (w *window) past(i int32) map[int]bool {
	past := map[int]bool{}
	w.g.walk([]int32{i}, func(j int32) bool {
		at, ok := w.at[j]
		if ok && j != i {
			past[at] = true
		}
		return ok
	})
	return past
}

// sweep labels what can be labelled, and tells whether it labelled anything.
func (w *window) sweep() (changed bool) {
	for at := range w.after {
		if w.labels[at] != open {
			continue
		}
		switch w.judge(at) {
		case in:
			w.labels[at], changed = in, true
		case out:
			w.labels[at], w.fell[at], changed = out, w.reason(at), true
		}
	}
	return changed
}

// judge returns what the labels so far say of a place.
func (w *window) judge(at int) label {
	verdict := w.grants(at)
	for _, by := range w.strikes[at] {
		switch {
		case w.labels[by] == in:
			return out
		case w.labels[by] == open && verdict == in:
			verdict = open
		}
	}
	return verdict
}

// reason returns why a place falls.
func (w *window) reason(at int) error {
	for _, by := range w.strikes[at] {
		if w.labels[by] == in {
			if strikes(w.g.nodes[w.after[by]].op) {
				return ErrRevoked
			}
			return ErrCertified
		}
	}
	return ErrGrant
}

// grants returns whether what gives the right a place used still stands: each
// of its rests has an alternative of which all stand.
func (w *window) grants(at int) label {
	verdict := in
	for _, alternatives := range w.g.rests(w.after[at]) {
		best := out
		for _, all := range alternatives {
			best = better(best, w.all(all))
		}
		switch {
		case best == out:
			return out
		case best == open:
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
		if at, ok := w.at[i]; ok {
			l = w.labels[at]
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
