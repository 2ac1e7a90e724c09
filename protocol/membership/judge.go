package membership

import (
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// nobody is the need of what no rank may do.
const nobody Rank = 255

// birth is what M1 says of an operation, for ever: by whom, with what rank, and
// what it took.
type birth struct {
	author int32 // member, -1 for none
	rank   Rank
	need   Rank
	err    error
}

// judge is M1: whether op, by the device, counts in the state of its own past.
// The id is the change's, zero for a question.
func (s *State) judge(device protocol.DeviceID, op Operation, id protocol.ChangeID) birth {
	b := birth{author: -1}
	if op == nil {
		b.err = ErrInert
		return b
	}
	m, ok := s.author(device, op)
	if !ok {
		b.err = ErrDevice
		return b
	}
	b.author, b.rank = m, s.rank(m)
	if _, leaves := op.(*Leave); b.rank < Guest && !(leaves && s.g.serves(s.members.get(m))) {
		b.err = ErrDevice
		return b
	}
	b.need = s.need(m, device, op)
	switch {
	case b.need == nobody:
		b.err = fmt.Errorf("%w: nobody may do this", ErrRank)
	case b.rank < b.need:
		b.err = fmt.Errorf("%w: it takes a %s", ErrRank, b.need)
	default:
		b.err = s.judgeOp(b, device, op, id)
	}
	return b
}

// author returns whose word the operation is: the device's member, or, for a
// device that the root brings back, the member of that root.
func (s *State) author(device protocol.DeviceID, op Operation) (m int32, ok bool) {
	if s.revoked(device) {
		return 0, false
	}
	if m, ok = s.owner(device); ok {
		return m, true
	}
	o, certifies := op.(*Device)
	if !certifies {
		return 0, false
	}
	return s.recovers(device, o)
}

// judgeOp asks what beside the rank an operation needs.
func (s *State) judgeOp(b birth, device protocol.DeviceID, op Operation, id protocol.ChangeID) error {
	switch o := op.(type) {
	case *Epoch:
		return s.judgeEpoch(o, device)
	case *Invite:
		return s.judgeInvite(o, id)
	case *RevokeInvite:
		_, _, err := s.openInvite(o.Invite)
		return err
	case *Admit:
		return s.judgeAdmit(o, id)
	case *Commit:
		return s.judgeCommit(o, b.author)
	case *Device:
		return s.judgeDevice(o, b.author, id)
	case *Revoke:
		return s.judgeRevoke(o, b.author, device, id)
	case *SetRank:
		return s.judgeTarget(o.Member, false)
	case *Remove:
		return s.judgeRemove(o)
	case *Leave:
		return s.judgeLeave(b)
	case *ExtendCut:
		return s.judgeExtendCut(o)
	case *Keeper:
		return s.judgeKeeper(o)
	case *HandOver:
		return s.judgeHandOver(o, b, device, id)
	case *Policy, *Merge, *Redact:
		return nil
	}
	return ErrInert
}

// need returns the least rank that an operation takes of member m here.
func (s *State) need(m int32, device protocol.DeviceID, op Operation) Rank {
	switch o := op.(type) {
	case *Leave:
		return None
	case *Invite:
		return s.inviteNeeds(o)
	case *RevokeInvite:
		if i, ok := s.effective(o.Invite); ok && s.g.nodes[i].born.author == m {
			return Guest
		}
		return Convener
	case *Admit:
		if s.wasRemoved(o) {
			return Convener
		}
		return Member
	case *Revoke:
		return s.revokeNeeds(o, m, device)
	case *SetRank:
		return max(s.above(o.Member), above(min(o.Rank, Convener)))
	case *Remove:
		most := Convener
		for _, id := range o.Members {
			most = max(most, s.above(id))
		}
		return most
	case *HandOver:
		return s.handOverNeeds(o)
	case *Policy, *ExtendCut, *Keeper:
		return Convener
	}
	return Guest
}

// above returns the least rank that may act against a member of rank r: nobody
// acts against an equal.
func above(r Rank) Rank {
	switch {
	case r < Convener:
		return Convener
	case r == Convener:
		return Founder
	}
	return nobody
}

func (s *State) above(id protocol.MemberID) Rank { return above(s.Rank(id)) }

func (s *State) judgeEpoch(o *Epoch, device protocol.DeviceID) error {
	switch o.Reason {
	case Start:
		if s.epochs.len() == 0 {
			return nil
		}
	case Strike:
		if !s.covered {
			return nil
		}
	case Rotate:
		if i, ok := s.effective(o.Subject); ok {
			p, is := s.g.nodes[i].op.(*Policy)
			if is && p.Rotate && !s.answered(o) {
				return nil
			}
		}
	case Unopened:
		if i, ok := s.effective(o.Subject); ok {
			_, is := s.g.nodes[i].op.(*Epoch)
			// Who made an epoch cannot lack its letter.
			if is && s.g.nodes[i].device != device && !s.answered(o) {
				return nil
			}
		}
	}
	return ErrNoReason
}

// effective returns the node of a change that takes effect here.
func (s *State) effective(id protocol.ChangeID) (i int32, ok bool) {
	i, ok = s.g.index[id]
	return i, ok && s.holds(i) && s.stands(i)
}

// answered tells whether an effective epoch gives the same reason for the same subject.
func (s *State) answered(o *Epoch) bool {
	for i := range s.epochs.len() {
		e := s.g.nodes[s.epochs.get(int32(i))].op.(*Epoch)
		if e.Reason == o.Reason && e.Subject == o.Subject {
			return true
		}
	}
	return false
}

// proved verifies keys and signatures once a change: they depend on nothing
// but it and its past.
func (g *Graph) proved(id protocol.ChangeID, verify func() error) error {
	if id.IsZero() {
		return verify()
	}
	err, known := g.proofs[id]
	if !known {
		err = verify()
		g.proofs[id] = err
	}
	return err
}

// wasRemoved tells whether a removal or hand-over struck the newcomer: then a
// convener must let her in again.
func (s *State) wasRemoved(o *Admit) bool {
	m, ok := s.newcomer(o)
	if !ok || s.members.get(m) == nil {
		return false
	}
	return slices.ContainsFunc(s.members.get(m).strikes, func(k strike) bool {
		_, left := s.g.nodes[k.node].op.(*Leave)
		return k.ends() && !left
	})
}
