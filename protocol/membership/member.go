package membership

import "slices"

// member is what a state knows of one member. Values are never written after
// their state is made, but for the rank when it is asked first.
type member struct {
	grants  []grant   // admissions authorised at birth, standing or not
	sets    []setting // ranks given, likewise
	strikes []strike  // effective ones
	ends    past      // those of them that take the member out, as a plain set
	rank    Rank
	ranked  bool // rank is computed
}

// grant is an admission, or the genesis.
type grant struct {
	node     int32
	full     Rank      // once committed; at once for the founder
	waits    bool      // for a convener's word
	keeper   bool      // gives no rank but lets a device serve
	standing bool      // effective
	commits  []backing // the member's own that name it
}

// setting is a rank operation on a member.
type setting struct {
	node     int32
	rank     Rank
	standing bool
}

// strike is what lowers a member, or ends a device.
type strike struct {
	node int32
	left Rank // what it leaves: None, or a demotion's rank
}

// ends tells whether a strike takes the member out.
func (k strike) ends() bool { return k.left == None }

// rank returns what the grant gives if it stands.
func (gr *grant) rank() Rank {
	switch {
	case gr.waits || gr.keeper:
		return None
	case gr.committed():
		return gr.full
	}
	return min(Guest, gr.full)
}

func (gr *grant) committed() bool {
	return slices.ContainsFunc(gr.commits, func(c backing) bool { return c.standing })
}

// alive tells whether what node i gave the member was not ended since: each
// removal, leave and hand-over of hers lies in its past (M5).
func (g *Graph) alive(m *member, i int32) bool { return g.nodes[i].past.holds(&m.ends) }

// isIn tells whether the member has an admission that stands and was not ended.
func (g *Graph) isIn(m *member) bool {
	return m != nil && slices.ContainsFunc(m.grants, func(gr grant) bool { return gr.standing && g.alive(m, gr.node) })
}

// serves tells whether the member is a keeper.
func (g *Graph) serves(m *member) bool {
	return m != nil && slices.ContainsFunc(m.grants, func(gr grant) bool {
		return gr.standing && gr.keeper && !gr.waits && g.alive(m, gr.node)
	})
}

// rankOf returns the member's rank: what the last ranks given say, of several
// that crossed the least; without any, the most that an admission gives.
func (g *Graph) rankOf(m *member) Rank {
	most, admitted := None, false
	for i := range m.grants {
		if gr := &m.grants[i]; gr.standing && !gr.keeper && g.alive(m, gr.node) {
			most, admitted = max(most, gr.rank()), true
		}
	}
	if !admitted {
		return None
	}
	set, least := false, Founder
	var superseded past // by those after it; they are in causal order
	for _, one := range slices.Backward(m.sets) {
		if !one.standing || superseded.has(one.node) || !g.alive(m, one.node) {
			continue
		}
		set, least = true, min(least, one.rank)
		superseded = superseded.union(g.nodes[one.node].past)
	}
	if set {
		return least
	}
	return most
}

// granted returns the highest rank that anything effective ever gave the
// member, ended or not.
func (m *member) granted() Rank {
	most := None
	for i := range m.grants {
		if m.grants[i].standing {
			most = max(most, m.grants[i].rank())
		}
	}
	for _, one := range m.sets {
		if one.standing {
			most = max(most, one.rank)
		}
	}
	return most
}

// change puts a changed member into the state. One that this fold made is
// changed in place; slices are clipped before anybody appends to them.
func (s *State) change(number int32, change func(*member)) {
	was := s.members.get(number)
	m := was
	if was == nil || !s.own[was] {
		m = &member{}
		if was != nil {
			*m = *was
		}
		m.grants, m.sets, m.strikes = slices.Clone(m.grants), slices.Clip(m.sets), slices.Clip(m.strikes)
		s.members = s.members.set(number, m)
		if s.own != nil {
			s.own[m] = true
		}
	}
	change(m)
	m.ranked = false
}

// strike notes what lowers the member.
func (m *member) strike(k strike) {
	m.strikes = append(m.strikes, k)
	if k.ends() {
		m.ends = m.ends.with(k.node)
	}
}

// rank returns a member's rank by number.
func (s *State) rank(number int32) Rank {
	m := s.members.get(number)
	if m == nil {
		return None
	}
	if !m.ranked {
		m.rank, m.ranked = s.g.rankOf(m), true
	}
	return m.rank
}

// device is what a state knows of one device.
type device struct {
	certs    []backing // authorised at birth, standing or not
	revokes  []strike  // effective ones
	keeping  int32     // the last keeper operation on it; 0: none
	keepStop bool      // what that one says
}

// backing is a change that something rests upon.
type backing struct {
	node     int32
	standing bool
}

// device returns what is known of a device, nil for nothing.
func (s *State) device(number int32) *device { return s.devices.get(number) }

// changeDevice is change for a device.
func (s *State) changeDevice(number int32, change func(*device)) {
	was := s.devices.get(number)
	d := was
	if was == nil || !s.own[was] {
		d = &device{}
		if was != nil {
			*d = *was
		}
		d.certs, d.revokes = slices.Clip(d.certs), slices.Clip(d.revokes)
		s.devices = s.devices.set(number, d)
		if s.own != nil {
			s.own[d] = true
		}
	}
	change(d)
}

// invitation is what a state knows of one invite.
type invitation struct {
	standing bool
	revoked  bool
	used     []int32 // members that came in by it, each once
}
