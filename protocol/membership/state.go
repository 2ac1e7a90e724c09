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
	g          *Graph
	heads      []int32             // ascending by id
	members    vector[*member]     // by the graph's number
	devices    vector[*device]     // by the graph's number
	invites    vector[*invitation] // by node
	extended   vector[[]int32]     // by strike: the effective changes that extend its cut
	fallen     vector[error]       // by node: authorised at birth, void here
	opened     vector[int32]       // invites taken up, in order of folding
	epochs     vector[int32]       // effective ones
	endings    vector[int32]       // effective changes that end access
	rotations  vector[int32]       // effective policies that ask for an epoch
	handOvers  vector[int32]       // effective, complete ones
	redactions vector[redaction]   // effective ones
	covered    bool                // some effective epoch has all of them in its past
	policy     int32               // the node of the policy in force; 0: none was set
	void       sum                 // of the ids of void changes
	own        map[any]bool        // while a fold makes the state: the members and devices it may write
}

// Heads returns the heads the state is at, ascending.
func (s *State) Heads() []protocol.ChangeID { return s.g.ids(s.heads) }

// holds tells whether the node is in the state.
func (s *State) holds(i int32) bool {
	return slices.ContainsFunc(s.heads, func(h int32) bool { return s.g.reaches(h, i) })
}

// stands tells whether a node that is in the state is effective there.
func (s *State) stands(i int32) bool {
	return s.g.nodes[i].born.err == nil && s.fallen.get(i) == nil
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
	return ok && s.rank(m) >= Guest && !s.revoked(id)
}

// Serving tells whether the device is an admitted keeper's: it holds and
// passes on what it cannot read, until it is revoked or stopped.
func (s *State) Serving(id protocol.DeviceID) bool {
	m, ok := s.owner(id)
	if !ok || s.revoked(id) || !s.g.serves(s.members.get(m)) {
		return false
	}
	number, _ := s.g.devices.find(id)
	return !s.device(number).keepStop
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
	if err := s.g.nodes[i].born.err; err != nil {
		return err
	}
	return s.fallen.get(i)
}

// root returns a member's root key.
func (s *State) root(m int32) identity.PublicKey {
	return s.g.nodes[s.members.get(m).grants[0].node].cert.Root
}

// May tells whether the device may do op at the heads of this state; nil is
// yes, else one of the reasons of this package, as a sentence. Nothing else
// decides it.
func (s *State) May(device protocol.DeviceID, op Operation) error {
	return s.judge(device, op, protocol.ChangeID{}).err
}
