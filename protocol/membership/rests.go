package membership

import "coppice.example/protocol"

// grounds returns whether what a change rests on beside its author's rank
// stands (M4): of each item of rests some alternative.
func (w *window) grounds(i int32) label {
	verdict := in
	for _, alternatives := range w.g.rests(i) {
		best := out
		for _, other := range alternatives {
			best = either(best, w.stands(other))
		}
		verdict = both(verdict, best)
	}
	return verdict
}

// rests returns what a change rests upon beside its author's rank: what
// certifies the device, and what it names. What there was in its past and did
// not stand then is an alternative too: it may stand now.
func (g *Graph) rests(i int32) (rests [][]int32) {
	n := &g.nodes[i]
	s := n.before
	if _, ok := s.owner(n.device); ok {
		rests = append(rests, s.certifies(n.device, n.born.author))
	}
	switch o := n.op.(type) {
	case *Admit:
		rests = append(rests, []int32{g.index[o.Invite]})
	case *Commit:
		rests = append(rests, []int32{g.index[o.Admission]})
	case *Device:
		if by := n.cert.Certifier; !by.IsZero() {
			rests = append(rests, s.certifies(by, n.born.author))
		}
	case *HandOver:
		if !o.Second.IsZero() {
			rests = append(rests, []int32{g.index[o.Second]})
		}
	}
	return rests
}

// certifies returns the changes that certify a device for a member.
func (s *State) certifies(id protocol.DeviceID, m int32) (alternatives []int32) {
	number, _ := s.g.devices.find(id)
	for _, c := range s.devices.get(number).certs {
		if s.g.nodes[c.node].member == m {
			alternatives = append(alternatives, c.node)
		}
	}
	return alternatives
}

// power returns whether the author of node i has what it needed: some grant in
// its past stands that gives the rank and was not taken back by anything that
// stands, but by what the change itself stands before (M2, M4, M5). The latest
// are asked first: they mostly stand.
func (w *window) power(i int32, need Rank) label {
	n := &w.g.nodes[i]
	m := n.before.members.get(n.born.author)
	best := out
	for at := len(m.sets) - 1; at >= 0 && best != in; at-- {
		if one := m.sets[at]; one.rank >= need && need > None {
			best = either(best, w.holds(i, one.node, need, true, w.stands(one.node)))
		}
	}
	for at := len(m.grants) - 1; at >= 0 && best != in; at-- {
		gr := &m.grants[at]
		switch {
		case need == None: // a leave, a keeper's too
			best = either(best, w.holds(i, gr.node, Guest, false, w.stands(gr.node)))
		case gr.waits || gr.keeper || gr.full < need:
		case need <= Guest:
			best = either(best, w.holds(i, gr.node, need, false, w.stands(gr.node)))
		default:
			best = either(best, w.holds(i, gr.node, need, false, both(w.stands(gr.node), w.committed(gr))))
		}
	}
	return best
}

// committed returns whether one of the grant's commits stands.
func (w *window) committed(gr *grant) label {
	best := out
	for at := len(gr.commits) - 1; at >= 0 && best != in; at-- {
		best = either(best, w.stands(gr.commits[at].node))
	}
	return best
}

// holds returns whether a grant, of which it is known whether it stands, is
// what node i may rest upon: whether nothing took back what it gave.
func (w *window) holds(i, grant int32, need Rank, set bool, stands label) label {
	if stands == out {
		return out
	}
	author := w.g.nodes[i].born.author
	verdict := both(stands, w.outlived(author, grant))
	if was := w.base.members.get(author); was != nil {
		for at := 0; at < len(was.strikes) && verdict != out; at++ {
			if k := was.strikes[at]; !k.ends() && k.left < need {
				verdict = both(verdict, w.spared(author, k.node, grant, set))
			}
		}
	}
	l := w.lowered[author]
	if l == nil || verdict == out || l.knows(w, i) || (set || l.onlyEnds) && l.within(w, grant) {
		return verdict
	}
	for at := 0; at < len(l.all) && verdict != out; at++ {
		x := l.all[at]
		if x.left >= need || w.fell(x.number) || x.node == i || w.g.reaches(x.node, i) {
			continue
		}
		spared := out
		if x.left == None && w.g.reaches(grant, x.node) {
			spared = in
		} else if x.left != None {
			spared = w.spared(author, x.node, grant, set)
		}
		if spared != in {
			verdict = both(verdict, either(not(w.read(x.number)), spared))
		}
	}
	return verdict
}

// outlived returns whether all that ended the member before the narrow lies in
// the past of a grant.
func (w *window) outlived(member, grant int32) label {
	l, known := w.ended[grant]
	if !known {
		l = in
		if was := w.base.members.get(member); was != nil {
			for at := len(was.strikes) - 1; at >= 0 && l == in; at-- {
				if k := was.strikes[at]; k.ends() && !w.g.reaches(grant, k.node) {
					l = out
				}
			}
		}
		w.ended[grant] = l
	}
	return l
}

// spared returns whether a grant lifts a demotion: a rank given after it does;
// an admission does not, unless she was out between.
func (w *window) spared(member, demotion, grant int32, set bool) label {
	switch {
	case !w.g.reaches(grant, demotion):
		return out
	case set:
		return in
	}
	return w.outBetween(member, demotion, grant)
}

// outBetween returns whether something ended the member's membership after one
// node and before another.
func (w *window) outBetween(member, first, last int32) label {
	found := out
	if was := w.base.members.get(member); was != nil {
		for at := len(was.strikes) - 1; at >= 0; at-- {
			if k := was.strikes[at]; k.ends() && w.g.reaches(k.node, first) && w.g.reaches(last, k.node) {
				return in
			}
		}
	}
	l := w.lowered[member]
	for at := 0; l != nil && at < len(l.all) && found != in; at++ {
		if x := l.all[at]; x.left == None && !w.fell(x.number) && w.g.reaches(x.node, first) && w.g.reaches(last, x.node) {
			found = either(found, w.read(x.number))
		}
	}
	return found
}
