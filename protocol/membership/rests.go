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
// stands, but by what the change itself stands before (M2, M4, M5).
func (w *window) power(i int32, need Rank) label {
	n := &w.g.nodes[i]
	m := n.before.members.get(n.born.author)
	best := out
	for at := range m.grants {
		gr := &m.grants[at]
		switch {
		case need == None: // a leave, a keeper's too
			best = either(best, both(w.stands(gr.node), w.unlowered(i, gr.node, Guest, false)))
		case gr.waits || gr.keeper || gr.full < need:
		case need <= Guest:
			best = either(best, both(w.stands(gr.node), w.unlowered(i, gr.node, need, false)))
		default:
			for _, c := range gr.commits {
				firm := both(w.stands(gr.node), w.stands(c.node))
				best = either(best, both(firm, w.unlowered(i, gr.node, need, false)))
			}
		}
	}
	for _, one := range m.sets {
		if one.rank >= need && need > None {
			best = either(best, both(w.stands(one.node), w.unlowered(i, one.node, need, true)))
		}
	}
	return best
}

// unlowered returns whether nothing took back what grant gave, as far as node i
// is concerned.
func (w *window) unlowered(i, grant int32, need Rank, set bool) label {
	verdict := in
	author := w.g.nodes[i].born.author
	consider := func(node int32, left Rank, stands label) {
		if left >= need || node == i || w.g.reaches(node, i) {
			return
		}
		spared := out
		if w.g.reaches(grant, node) {
			spared = in
			if left != None && !set {
				// An admission does not lift a demotion, unless she was out between.
				spared = w.outBetween(author, node, grant)
			}
		}
		verdict = both(verdict, either(not(stands), spared))
	}
	if was := w.base.members.get(author); was != nil {
		for _, k := range was.strikes {
			consider(k.node, k.left, in)
		}
	}
	for _, x := range w.lowerings[author] {
		consider(x.node, x.left, w.labels[x.unit])
	}
	return verdict
}

// outBetween returns whether something ended the member's membership after one
// node and before another.
func (w *window) outBetween(member, first, last int32) label {
	found := out
	between := func(node int32, stands label) {
		if w.g.reaches(node, first) && w.g.reaches(last, node) {
			found = either(found, stands)
		}
	}
	if was := w.base.members.get(member); was != nil {
		for _, k := range was.strikes {
			if k.ends() {
				between(k.node, in)
			}
		}
	}
	for _, x := range w.lowerings[member] {
		if x.left == None {
			between(x.node, w.labels[x.unit])
		}
	}
	return found
}
