package membership

import (
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// judgeTarget refuses to act on who is not in; keepers only where they count.
func (s *State) judgeTarget(id protocol.MemberID, keepers bool) error {
	m, ok := s.g.members.find(id)
	if !ok || !s.g.isIn(s.members.get(m)) || !keepers && s.g.serves(s.members.get(m)) && s.rank(m) == None {
		return fmt.Errorf("%w: %s", ErrTarget, id)
	}
	return nil
}

func (s *State) judgeRemove(o *Remove) error {
	for _, id := range o.Members {
		if err := s.judgeTarget(id, true); err != nil {
			return err
		}
	}
	return nil
}

// judgeLeave keeps the last founder: she hands over first.
func (s *State) judgeLeave(b birth) error {
	if b.rank == Founder && s.founders() == 1 {
		return ErrLastFounder
	}
	return nil
}

// founders counts them.
func (s *State) founders() (n int) {
	for i := range s.members.len() {
		if s.rank(int32(i)) == Founder {
			n++
		}
	}
	return n
}

// revokeNeeds returns the rank it takes to revoke a device: its own word or
// its member's with the root's takes none, another's one above the member.
func (s *State) revokeNeeds(o *Revoke, m int32, device protocol.DeviceID) Rank {
	owner, ok := s.owner(o.Device)
	switch {
	case o.Device == device, ok && owner == m && o.ByRoot != protocol.Seal{}:
		return Guest
	case !ok:
		return Convener
	}
	return above(s.rank(owner))
}

func (s *State) judgeRevoke(o *Revoke, m int32, device protocol.DeviceID, id protocol.ChangeID) error {
	owner, ok := s.owner(o.Device)
	if !ok || s.revoked(o.Device) {
		return fmt.Errorf("%w: %s", ErrTarget, o.Device)
	}
	if o.Device == device || owner != m {
		return nil
	}
	return s.g.proved(id, func() error {
		if !s.root(m).Verify(o.signed(s.g.community, device), o.ByRoot) {
			return fmt.Errorf("%w: of the root", ErrProof)
		}
		return nil
	})
}

// revoked tells whether an effective change here revokes the device.
func (s *State) revoked(id protocol.DeviceID) bool {
	number, ok := s.g.devices.find(id)
	if !ok {
		return false
	}
	d := s.device(number)
	return d != nil && len(d.revokes) > 0
}

// lowers returns what a strike of the given node leaves of the member, and
// whether it is one: a leave, a hand-over that is complete, a removal, a
// demotion.
func (g *Graph) lowers(i int32) (left Rank, ok bool) {
	switch o := g.nodes[i].op.(type) {
	case *Leave, *Remove:
		return None, true
	case *HandOver:
		return None, g.completes(i, o)
	case *SetRank:
		m, known := g.members.find(o.Member)
		return o.Rank, known && o.Rank < g.nodes[i].before.rank(m)
	}
	return None, false
}

// strikes tells whether an operation takes something away: in a cycle of the
// fold those stand.
func (g *Graph) strikes(i int32) bool {
	switch g.nodes[i].op.(type) {
	case *RevokeInvite, *Revoke:
		return true
	}
	_, lowers := g.lowers(i)
	return lowers
}

// revokedByRoot tells whether an operation revokes a device with its member's
// root, which no other strike can answer.
func (g *Graph) revokedByRoot(i int32) bool {
	o, revokes := g.nodes[i].op.(*Revoke)
	return revokes && o.ByRoot != protocol.Seal{}
}

// endsAccess tells whether an operation that takes effect asks for a new epoch.
func (g *Graph) endsAccess(i int32) bool {
	switch o := g.nodes[i].op.(type) {
	case *RevokeInvite, *Revoke, *Remove, *Leave:
		return true
	case *HandOver:
		return g.completes(i, o)
	}
	return false
}

func (s *State) judgeExtendCut(o *ExtendCut) error {
	i, ok := s.effective(o.Strike)
	if !ok {
		return fmt.Errorf("%w: %s", ErrTarget, o.Strike)
	}
	_, lowers := s.g.lowers(i)
	if _, revokes := s.g.nodes[i].op.(*Revoke); !lowers && !revokes {
		return fmt.Errorf("%w: %s is no removal", ErrTarget, o.Strike)
	}
	return nil
}

func (s *State) judgeKeeper(o *Keeper) error {
	m, ok := s.owner(o.Device)
	if !ok || !s.g.serves(s.members.get(m)) {
		return fmt.Errorf("%w: %s", ErrTarget, o.Device)
	}
	return nil
}

// handOverNeeds returns the rank it takes to hand a member over: the old
// root's word takes none; else one above the member, but two conveners
// together suffice for a member or guest. A founder is handed over by nobody.
func (s *State) handOverNeeds(o *HandOver) Rank {
	switch {
	case s.Rank(o.Old) == Founder:
		return nobody
	case o.ByRoot != protocol.Seal{}:
		return Guest
	}
	return s.above(o.Old)
}

func (s *State) judgeHandOver(o *HandOver, b birth, device protocol.DeviceID, id protocol.ChangeID) error {
	for _, member := range []protocol.MemberID{o.Old, o.New} {
		if err := s.judgeTarget(member, false); err != nil {
			return err
		}
	}
	if s.Rank(o.New) < Guest {
		return fmt.Errorf("%w: %s", ErrTarget, o.New)
	}
	if o.ByRoot != (protocol.Seal{}) {
		old, _ := s.g.members.find(o.Old)
		return s.g.proved(id, func() error {
			if !s.root(old).Verify(o.signed(s.g.community, device), o.ByRoot) {
				return fmt.Errorf("%w: of the old root", ErrProof)
			}
			return nil
		})
	}
	if o.Second.IsZero() {
		return nil
	}
	i, ok := s.effective(o.Second)
	if ok {
		first, is := s.g.nodes[i].op.(*HandOver)
		ok = is && first.Old == o.Old && first.New == o.New && !s.g.completes(i, first) && s.g.nodes[i].born.author != b.author
	}
	if !ok {
		return fmt.Errorf("%w: %s is no other convener's word for it", ErrTarget, o.Second)
	}
	return nil
}

// completes tells whether a hand-over that was authorised takes effect by
// itself: the root's, a founder's, or the second convener's.
func (g *Graph) completes(i int32, o *HandOver) bool {
	return o.ByRoot != protocol.Seal{} || !o.Second.IsZero() || g.nodes[i].born.rank == Founder
}

// targets returns the members an operation is about, one for each part of it
// that may fall by itself.
func (g *Graph) targets(i int32) []int32 {
	if o, removes := g.nodes[i].op.(*Remove); removes {
		targets := make([]int32, len(o.Members))
		for at, id := range o.Members {
			targets[at] = g.numbered(id)
		}
		return targets
	}
	if m, ok := g.subject(unit{i, 0}); ok {
		return []int32{m}
	}
	return nil
}

func (g *Graph) numbered(id protocol.MemberID) int32 {
	m, ok := g.members.find(id)
	if !ok {
		return -1
	}
	return m
}

// subject returns the member a unit is about; ok is false for none.
func (g *Graph) subject(x unit) (m int32, ok bool) {
	n := &g.nodes[x.node]
	switch o := n.op.(type) {
	case *Admit:
		return n.member, true
	case *SetRank:
		return g.numbered(o.Member), true
	case *Leave:
		return n.born.author, true
	case *HandOver:
		if g.completes(x.node, o) {
			return g.numbered(o.Old), true
		}
	case *Remove:
		if x.part > 0 {
			return g.numbered(o.Members[x.part-1]), true
		}
	}
	return 0, false
}

// weight is what decides between crossing operations on one target.
type weight struct {
	own, leaves bool // it is about whoever says it; it is a leave
	restricts   Rank
	rank        Rank // of the author at birth
}

func (g *Graph) weight(i int32) weight {
	n := &g.nodes[i]
	_, leaves := n.op.(*Leave)
	return weight{ownWord(n.op), leaves, g.restricts(i), n.born.rank}
}

// overrules is M3, of two crossing operations on one target: what she says of
// herself stands before ranks given and admissions, and a root's hand-over falls
// to a removal; else the higher rank wins over the lower, and of one rank the
// more restrictive. Admissions do not contradict each other, nor a rank.
func (a weight) overrules(b weight) bool {
	x, y := a.restricts, b.restricts
	switch {
	case a.own:
		return y > None
	case b.own: // a leave falls with its author's power, see holds
		return x == None && !b.leaves
	case x > None && y > None && max(x, y) > Founder:
		return false
	case a.rank != b.rank:
		return a.rank > b.rank && x != y
	}
	return x < y
}

// ownWord tells whether an operation is about whoever says it, and so takes no
// rank: a leave, and a hand-over by the old root.
func ownWord(op Operation) bool {
	switch o := op.(type) {
	case *Leave:
		return true
	case *HandOver:
		return o.ByRoot != protocol.Seal{}
	}
	return false
}

// restricts returns how little an operation leaves its target: None for a
// removal, more than any rank for an admission.
func (g *Graph) restricts(i int32) Rank {
	switch o := g.nodes[i].op.(type) {
	case *SetRank:
		return o.Rank
	case *Admit:
		return nobody
	}
	return None
}

// cuts returns what a strike keeps.
func cuts(op Operation) []Cut {
	switch o := op.(type) {
	case *Revoke:
		return o.Cuts
	case *SetRank:
		return o.Cuts
	case *Remove:
		return o.Cuts
	case *Leave:
		return o.Cuts
	case *HandOver:
		return o.Cuts
	case *ExtendCut:
		return o.Cuts
	}
	return nil
}

// keeps tells whether cuts keep a content change.
func keeps(cuts []Cut, c Content) bool {
	return c.Before != nil && slices.ContainsFunc(cuts, func(cut Cut) bool { return cut.Log == c.Log && c.Before(cut.Kept) })
}
