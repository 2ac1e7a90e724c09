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
	n := &s.g.nodes[i]
	next.apply(i, n.born.err == nil, n.atBirth)
	if n.born.err != nil {
		return &next
	}
	if _, is := n.op.(*Epoch); is {
		next.covered = true
	}
	if s.g.endsAccess(i) {
		next.covered = false
	}
	return &next
}

// atBirth says which parts of an authorised change stand where nothing strikes:
// all, but a redaction has power over others' words only from a convener.
func (n *node) atBirth(int32) bool {
	_, redacts := n.op.(*Redact)
	return !redacts || n.born.rank >= Convener
}

// join folds several heads: what all the rest has in its past is judged for
// good, and only the rest is looked at anew.
func (g *Graph) join(heads []int32) *State {
	base, after := g.window(heads)
	var s State
	if w := g.newWindow(base, after); w.findStrikes() {
		s = w.fold()
	} else {
		s = g.gather(heads, after)
	}
	s.heads = heads
	s.covered = g.covers(&s, base)
	return &s
}

// gather folds heads between which nothing strikes: each change is what it was
// at birth, so the state of one head needs only what is not in its past.
func (g *Graph) gather(heads, after []int32) State {
	top := slices.MaxFunc(heads, g.compare)
	rest := slices.DeleteFunc(after, func(i int32) bool { return g.reaches(top, i) })
	slices.SortFunc(rest, g.compare)
	s := *g.nodes[top].after
	s.own = map[any]bool{}
	for _, i := range rest {
		s.apply(i, g.nodes[i].born.err == nil, g.nodes[i].atBirth)
	}
	s.own = nil
	return s
}

// covers tells whether an effective epoch of s has every effective change that
// ended access in its past.
func (g *Graph) covers(s, base *State) bool {
	if s.endings.len() == base.endings.len() && base.covered {
		return true
	}
	var endings past // as a plain set
	for x := base.endings.len(); x < s.endings.len(); x++ {
		endings = endings.with(s.endings.get(int32(x)))
	}
	for e := s.epochs.len() - 1; e >= base.epochs.len(); e-- {
		if g.nodes[s.epochs.get(int32(e))].past.holds(&endings) {
			return true
		}
	}
	return false
}

// apply folds node i into s, which must be the caller's own; effective and
// stands say how it and its parts were judged. Grants and certificates that do
// not stand are noted too: they may stand in a later state.
func (s *State) apply(i int32, effective bool, stands func(part int32) bool) {
	n := &s.g.nodes[i]
	if !effective {
		if n.sum == (sum{}) {
			n.sum.add(countsVoid, n.change.ID[:])
		}
		s.void.plus(n.sum)
	}
	if n.born.err != nil {
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
	case *SetRank:
		s.setRank(i, o, effective)
	case *Invite:
		s.invites = s.invites.set(i, &invitation{standing: effective})
		s.opened = s.opened.push(i)
	}
	if effective {
		s.act(i, stands)
	}
}

// act folds what only counts when it is effective.
func (s *State) act(i int32, stands func(part int32) bool) {
	if s.g.endsAccess(i) {
		s.endings = s.endings.push(i)
	}
	switch o := s.g.nodes[i].op.(type) {
	case *RevokeInvite:
		invite := s.g.index[o.Invite]
		changed := *s.invites.get(invite)
		changed.revoked = true
		s.invites = s.invites.set(invite, &changed)
	case *Epoch:
		s.epochs = s.epochs.push(i)
	case *Policy:
		if o.Rotate {
			s.rotations = s.rotations.push(i)
		} else if s.policy == 0 || s.g.compare(i, s.policy) > 0 {
			s.policy = i
		}
	case *Remove, *Leave, *HandOver:
		_, parted := o.(*Remove)
		for at, m := range s.g.targets(i) {
			if !parted || stands(int32(at+1)) {
				s.change(m, func(m *member) { m.strike(strike{i, None}) })
			}
		}
		if h, ok := o.(*HandOver); ok && s.g.completes(i, h) {
			s.handOvers = s.handOvers.push(i)
		}
	case *Revoke:
		number, _ := s.g.devices.find(o.Device)
		s.changeDevice(number, func(d *device) { d.revokes = append(d.revokes, strike{i, None}) })
	case *ExtendCut:
		strike := s.g.index[o.Strike]
		s.extended = s.extended.set(strike, append(slices.Clip(s.extended.get(strike)), i))
	case *Keeper:
		number, _ := s.g.devices.find(o.Device)
		s.changeDevice(number, func(d *device) {
			if d.keeping == 0 || s.g.compare(i, d.keeping) > 0 {
				d.keeping, d.keepStop = i, !o.Serving
			}
		})
	case *Redact:
		s.redactions = s.redactions.push(redaction{i, stands(1)})
	}
}

// grant notes a grant of a rank and, with it, the device it certifies.
func (s *State) grant(i int32, gr grant) {
	s.change(s.g.nodes[i].member, func(m *member) { m.grants = append(m.grants, gr) })
	s.certify(i, gr.standing)
}

func (s *State) certify(i int32, standing bool) {
	number := s.g.devices.number(s.g.nodes[i].cert.DeviceID())
	s.changeDevice(number, func(d *device) { d.certs = append(d.certs, backing{i, standing}) })
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
	s.change(s.g.nodes[admission].member, func(m *member) {
		for at := range m.grants {
			if gr := &m.grants[at]; gr.node == admission {
				gr.commits = append(slices.Clip(gr.commits), backing{i, standing})
			}
		}
	})
}

func (s *State) setRank(i int32, o *SetRank, effective bool) {
	number, _ := s.g.members.find(o.Member)
	s.change(number, func(m *member) {
		m.sets = append(m.sets, setting{i, o.Rank, effective})
		if left, lowers := s.g.lowers(i); lowers && effective {
			m.strike(strike{i, left})
		}
	})
}
