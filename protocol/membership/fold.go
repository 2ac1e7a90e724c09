package membership

import (
	"encoding/binary"
	"slices"
)

// maxStates bounds the remembered states of several heads; those of single
// heads lie with their changes.
const maxStates = 64

// at returns the state of heads, none in the past of another.
func (g *Graph) at(heads []int32) *State {
	if len(heads) == 1 {
		return g.nodes[heads[0]].after
	}
	key := make([]byte, 0, 4*len(heads))
	for _, h := range heads {
		key = binary.BigEndian.AppendUint32(key, uint32(h))
	}
	if s, ok := g.states[string(key)]; ok {
		return s
	}
	if len(g.states) >= maxStates {
		clear(g.states)
	}
	s := g.join(slices.Clone(heads))
	g.states[string(key)] = s
	return s
}

// with returns the state after node i, which stands on all of s: what was
// judged stays, and what i was judged at birth is its verdict.
func (s *State) with(i int32) *State {
	next := *s
	next.heads = []int32{i}
	next.apply(i, s.g.nodes[i].birth == nil)
	if !next.stands(i) {
		return &next
	}
	switch s.g.nodes[i].op.(type) {
	case *Epoch:
		next.covered = true
	case *RevokeInvite:
		next.covered = false
	}
	return &next
}

// join folds several heads: all up to their narrow is judged for good, what
// lies after it is looked at anew.
func (g *Graph) join(heads []int32) *State {
	narrow, after := g.window(heads)
	base := g.nodes[narrow].after
	w := window{g: g, base: base, after: after}
	var s State
	if w.findStrikes() {
		s = w.fold()
	} else {
		s = g.gather(heads, narrow, after)
	}
	s.heads = heads
	s.covered = g.covers(&s, base)
	return &s
}

// gather folds heads between which nothing strikes: each change is what it was
// at birth, so the state of one head needs only what is not in its past.
func (g *Graph) gather(heads []int32, narrow int32, after []int32) State {
	top := slices.MaxFunc(heads, g.compare)
	g.walk([]int32{top}, func(i int32) bool { return i != narrow })
	rest := slices.DeleteFunc(after, func(i int32) bool { return g.marks[i] == g.mark })
	slices.SortFunc(rest, g.compare)
	s := *g.nodes[top].after
	for _, i := range rest {
		s.apply(i, g.nodes[i].birth == nil)
	}
	return s
}

// covers tells whether an effective epoch of s has every effective change that
// ended access in its past.
func (g *Graph) covers(s, base *State) bool {
	endings := s.endings.len() - base.endings.len()
	if endings == 0 && base.covered {
		return true
	}
	for e := base.epochs.len(); e < s.epochs.len(); e++ {
		all := true
		for x := base.endings.len(); x < s.endings.len() && all; x++ {
			all = g.reaches(s.epochs.get(int32(e)), s.endings.get(int32(x)))
		}
		if all {
			return true
		}
	}
	return false
}

// apply folds node i into s, which must be the caller's own; effective says
// how it was judged. Grants and certificates that do not stand are noted too:
// they may stand in a later state.
func (s *State) apply(i int32, effective bool) {
	n := &s.g.nodes[i]
	if !effective {
		s.void.add(countsVoid, n.change.ID[:])
	}
	if n.birth != nil {
		return
	}
	switch o := n.op.(type) {
	case *Genesis:
		s.grant(i, grant{node: i, full: Founder, standing: true, commits: []backing{{i, true}}})
	case *Admit:
		s.admit(i, o, effective)
	case *Device:
		s.certify(i, effective)
	case *Commit:
		s.commit(i, s.g.index[o.Admission], effective)
	case *Invite:
		s.invites = s.invites.set(i, &invitation{standing: effective})
		s.opened = s.opened.push(i)
	case *RevokeInvite:
		if effective {
			invite := s.g.index[o.Invite]
			changed := *s.invites.get(invite)
			changed.revoked = true
			s.invites = s.invites.set(invite, &changed)
			s.endings = s.endings.push(i)
		}
	case *Epoch:
		if effective {
			s.epochs = s.epochs.push(i)
		}
	case *Policy:
		switch {
		case !effective:
		case o.Rotate:
			s.rotations = s.rotations.push(i)
		case s.policy == 0 || s.g.compare(i, s.policy) > 0:
			s.policy = i
		}
	}
}

// grant notes a grant of a rank and, with it, the device it certifies.
func (s *State) grant(i int32, gr grant) {
	m := s.g.nodes[i].member
	var changed member
	if was := s.members.get(m); was != nil {
		changed = *was
	}
	changed.grants = append(slices.Clip(changed.grants), gr)
	changed.rank = changed.granted()
	s.members = s.members.set(m, &changed)
	s.certify(i, gr.standing)
}

func (s *State) certify(i int32, standing bool) {
	number := s.g.devices.number(s.g.nodes[i].cert.DeviceID())
	var changed device
	if was := s.devices.get(number); was != nil {
		changed = *was
	}
	changed.certs = append(slices.Clip(changed.certs), backing{i, standing})
	s.devices = s.devices.set(number, &changed)
}

func (s *State) admit(i int32, o *Admit, effective bool) {
	n := &s.g.nodes[i]
	invite := s.g.index[o.Invite]
	terms := s.g.nodes[invite].op.(*Invite)
	s.grant(i, grant{
		node: i, full: terms.Rank, keeper: terms.Rank == None, standing: effective,
		waits: terms.Approval || n.before.Policy().Approval,
	})
	if used := s.invites.get(invite); effective && !slices.Contains(used.used, n.member) {
		changed := *used
		changed.used = append(slices.Clip(used.used), n.member)
		s.invites = s.invites.set(invite, &changed)
	}
}

// commit makes the admission at node admission count in full, if it stands.
func (s *State) commit(i, admission int32, standing bool) {
	m := s.g.nodes[admission].member
	changed := *s.members.get(m)
	changed.grants = slices.Clone(changed.grants)
	for at := range changed.grants {
		if gr := &changed.grants[at]; gr.node == admission {
			gr.commits = append(slices.Clip(gr.commits), backing{i, standing})
		}
	}
	changed.rank = changed.granted()
	s.members = s.members.set(m, &changed)
}
