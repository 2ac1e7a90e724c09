package membership

import (
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// State is the fold of a set of control changes closed under past. It never
// changes: every change has the state after it, which shares all but a little
// with the one before.
type State struct {
	g         *Graph
	heads     []int32             // ascending by id
	members   vector[*member]     // by the graph's number
	devices   vector[*device]     // by the graph's number
	invites   vector[*invitation] // by node
	fallen    vector[error]       // by node: authorised at birth, void here
	opened    vector[int32]       // invites taken up, in order of folding
	epochs    vector[int32]       // effective ones
	endings   vector[int32]       // effective changes that end access
	rotations vector[int32]       // effective policies that ask for an epoch
	covered   bool                // some effective epoch has all of them in its past
	policy    int32               // the node of the policy in force; 0: none was set
	void      sum                 // of the ids of void changes
}

// member is what a state knows of one member. Values are never written after
// they are in a state.
type member struct {
	grants []grant // authorised at birth, standing or not
	rank   Rank
}

// grant is what gave a member a rank: the genesis or an admission.
type grant struct {
	node     int32
	full     Rank      // once committed; at once for the founder
	waits    bool      // for a convener's word
	keeper   bool      // gives no rank but lets a device serve
	standing bool      // effective
	commits  []backing // the member's own that name it
}

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

// device is what a state knows of one device.
type device struct {
	certs []backing // authorised at birth, standing or not
}

// backing is a change that something rests upon.
type backing struct {
	node     int32
	standing bool
}

// invitation is what a state knows of one invite.
type invitation struct {
	standing bool
	revoked  bool
	used     []int32 // members that came in by it, each once
}

// Heads returns the heads the state is at, ascending.
func (s *State) Heads() []protocol.ChangeID { return s.g.ids(s.heads) }

// holds tells whether the node is in the state.
func (s *State) holds(i int32) bool {
	return slices.ContainsFunc(s.heads, func(h int32) bool { return s.g.reaches(h, i) })
}

// stands tells whether a node that is in the state is effective there.
func (s *State) stands(i int32) bool {
	return s.g.nodes[i].birth == nil && s.fallen.get(i) == nil
}

// rank returns a member's rank by number.
func (s *State) rank(m int32) Rank {
	if p := s.members.get(m); p != nil {
		return p.rank
	}
	return None
}

// Rank returns a member's rank; None for whoever is not one.
func (s *State) Rank(id protocol.MemberID) Rank {
	m, ok := s.g.members.find(id)
	if !ok {
		return None
	}
	return s.rank(m)
}

// owner returns the member of a device by number, by the changes that certify it here.
func (s *State) owner(id protocol.DeviceID) (m int32, ok bool) {
	cert := s.certificate(id)
	if cert < 0 {
		return 0, false
	}
	return s.g.nodes[cert].member, true
}

// certificate returns the node whose certificate counts for a device: of the
// standing ones that which says the most features, then the earliest; -1 for none.
func (s *State) certificate(id protocol.DeviceID) int32 {
	best := int32(-1)
	number, ok := s.g.devices.find(id)
	if !ok {
		return best
	}
	d := s.devices.get(number)
	if d == nil {
		return best
	}
	for _, c := range d.certs {
		if !c.standing {
			continue
		}
		if best >= 0 {
			was, is := s.g.nodes[best].cert.Features, s.g.nodes[c.node].cert.Features
			if is < was || is == was && s.g.compare(c.node, best) > 0 {
				continue
			}
		}
		best = c.node
	}
	return best
}

// Certificate returns the certificate in force of a device, for instance to
// seal a letter to it; ok is false when no effective change certifies it.
func (s *State) Certificate(id protocol.DeviceID) (c *identity.Certificate, ok bool) {
	i := s.certificate(id)
	if i < 0 {
		return nil, false
	}
	return s.g.nodes[i].cert, true
}

// MemberOf returns whose device it is, active or not, by the effective changes
// that certify it; ok is false when none does.
func (s *State) MemberOf(id protocol.DeviceID) (member protocol.MemberID, ok bool) {
	m, ok := s.owner(id)
	if !ok {
		return member, false
	}
	return s.g.members.ids[m], true
}

// Active tells whether the device is certified, not revoked, and its member at least guest.
func (s *State) Active(id protocol.DeviceID) bool {
	m, ok := s.owner(id)
	return ok && s.rank(m) >= Guest
}

// Serving tells whether the device is an admitted keeper's: it holds and
// passes on what it cannot read.
func (s *State) Serving(id protocol.DeviceID) bool {
	m, ok := s.owner(id)
	return ok && s.members.get(m).serves()
}

func (m *member) serves() bool {
	return slices.ContainsFunc(m.grants, func(gr grant) bool { return gr.standing && gr.keeper && !gr.waits })
}

// Effective tells whether the change is in the state and takes effect there.
func (s *State) Effective(id protocol.ChangeID) bool { return s.Reason(id) == nil }

// Reason returns why the change takes no effect in the state, as a sentence a
// person understands; nil when it is effective.
func (s *State) Reason(id protocol.ChangeID) error {
	i, ok := s.g.index[id]
	if !ok || !s.holds(i) {
		return ErrAbsent
	}
	if birth := s.g.nodes[i].birth; birth != nil {
		return birth
	}
	return s.fallen.get(i)
}

// Content is a content change as its rank needs it.
type Content struct {
	Device protocol.DeviceID
	Log    protocol.LogID
	// Heads are the control heads in force at the change: its own, or those of
	// the last before it in its log that named any.
	Heads []protocol.ChangeID
	// Before tells whether the change is the given one or stands before it in
	// the chain of its log: whether a cut that keeps that one keeps it.
	Before func(kept protocol.ChangeID) bool
}

// ContentRank returns the rank a content change has in this state: the least
// of (a) its author's at its own heads, fixed for ever, (b) what grants that
// stand in this state ever gave her, and (c) what the strikes of this state
// leave. It is total: None for devices and heads unknown.
func (s *State) ContentRank(c Content) Rank {
	own, err := s.g.At(c.Heads)
	if err != nil {
		return None
	}
	m, ok := own.owner(c.Device)
	if !ok {
		return None
	}
	return min(own.rank(m), s.given(c.Device))
}

// given returns the highest rank that the grants standing here ever gave the
// device's member; None when no standing change certifies the device.
func (s *State) given(id protocol.DeviceID) Rank {
	m, ok := s.owner(id)
	if !ok {
		return None
	}
	return s.members.get(m).granted()
}

// granted returns the highest rank of the standing grants.
func (m *member) granted() Rank {
	most := None
	for i := range m.grants {
		if m.grants[i].standing {
			most = max(most, m.grants[i].rank())
		}
	}
	return most
}

// May tells whether the device may do op at the heads of this state; nil is
// yes, else one of the reasons of this package, as a sentence. Nothing else
// decides it.
func (s *State) May(device protocol.DeviceID, op Operation) error {
	return s.judge(device, op, protocol.ChangeID{})
}
