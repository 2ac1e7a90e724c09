package membership

import (
	"crypto/sha256"
	"slices"

	"coppice.example/protocol"
)

// Content is a content change as its rank needs it.
type Content struct {
	Device protocol.DeviceID
	Log    protocol.LogID
	// Heads are the control heads in force at the change: its own, or those of
	// the last before it in its log that named any.
	Heads []protocol.ChangeID
	// Before tells whether the change is the given one or stands before it in
	// the chain of its log: whether a cut that keeps that one keeps it. Nil:
	// no cut keeps it.
	Before func(kept protocol.ChangeID) bool
}

// ContentRank returns the rank a content change has in this state: the least
// of (a) its author's at its own heads, fixed for ever, (b) what grants that
// stand in this state ever gave her, and (c) what the strikes of this state
// leave. It is total: None for devices and heads unknown.
func (s *State) ContentRank(c Content) Rank {
	own, err := s.g.At(c.Heads)
	if err != nil || !own.Active(c.Device) {
		return None
	}
	m, _ := own.owner(c.Device)
	rank := min(own.rank(m), s.given(c.Device))
	if rank == None {
		return None
	}
	return min(rank, s.left(c, own))
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

// left returns what the strikes that cover a content change leave of it: those
// that did not take effect where it was written. One that was known there and
// void covers it, or who was removed could write on those heads for ever.
func (s *State) left(c Content, own *State) Rank {
	least := Founder
	for on, same := range s.strikesOn(c.Device) {
		for _, k := range same {
			if k.left < least && !own.hasStruck(k, c.Device, on) && !s.keeps(k, same, c) {
				least = k.left
			}
		}
	}
	return least
}

// hasStruck tells whether a strike takes effect in the state, on the device's
// member (0) or the device (1). Of a removal of several only a part may.
func (s *State) hasStruck(k strike, device protocol.DeviceID, on int) bool {
	if !s.holds(k.node) || !s.stands(k.node) {
		return false
	}
	o, removes := s.g.nodes[k.node].op.(*Remove)
	return !removes || len(o.Members) == 1 || slices.Contains(s.strikesOn(device)[on], k)
}

// strikesOn returns the effective strikes on the device's member and on the device.
func (s *State) strikesOn(id protocol.DeviceID) [2][]strike {
	var on [2][]strike
	if m, ok := s.owner(id); ok {
		on[0] = s.members.get(m).strikes
	}
	if number, ok := s.g.devices.find(id); ok && s.device(number) != nil {
		on[1] = s.device(number).revokes
	}
	return on
}

// keeps tells whether a content change is kept: by the strike's own cuts, by a
// crossing strike's on the same target, or by an extension. What the struck
// says of herself extends nobody else's cut: it could be back-dated.
func (s *State) keeps(k strike, same []strike, c Content) bool {
	for _, other := range same {
		op := s.g.nodes[other.node].op
		crosses := !ownWord(op) && !s.g.reaches(k.node, other.node) && !s.g.reaches(other.node, k.node)
		if (other.node == k.node || crosses) && keeps(cuts(op), c) {
			return true
		}
	}
	return slices.ContainsFunc(s.extended.get(k.node), func(i int32) bool { return keeps(cuts(s.g.nodes[i].op), c) })
}

// Verdict is what moves in the rank of a device's content changes as control
// changes arrive. Two states with equal verdicts for a device rank each of its
// content changes alike.
type Verdict struct {
	given   Rank
	strikes protocol.Hash
}

// Given returns the highest rank that the grants of the state ever gave the
// device's member.
func (v Verdict) Given() Rank { return v.given }

// Kept returns what each effective strike on a device keeps of a log by its own
// cuts: a strike covers nothing before it. Empty for a strike that keeps nothing.
func (s *State) Kept(device protocol.DeviceID, log protocol.LogID) (kept [][]protocol.ChangeID) {
	for _, same := range s.strikesOn(device) {
		for _, k := range same {
			var ids []protocol.ChangeID
			for _, cut := range cuts(s.g.nodes[k.node].op) {
				if cut.Log == log {
					ids = append(ids, cut.Kept)
				}
			}
			kept = append(kept, ids)
		}
	}
	return kept
}

// Verdict returns the device's verdict in this state.
func (s *State) Verdict(device protocol.DeviceID) Verdict {
	v := Verdict{given: s.given(device)}
	h, some := sha256.New(), false
	for on, same := range s.strikesOn(device) {
		sorted := slices.Clone(same)
		slices.SortFunc(sorted, func(a, b strike) int { return s.g.compare(a.node, b.node) })
		for _, k := range sorted {
			some = true
			id := s.g.nodes[k.node].change.ID
			h.Write([]byte{byte(on), byte(k.left)})
			h.Write(id[:])
			extended := slices.Clone(s.extended.get(k.node))
			slices.SortFunc(extended, s.g.compare)
			for _, id := range s.g.ids(extended) {
				h.Write(id[:])
			}
		}
	}
	if some {
		h.Sum(v.strikes[:0])
	}
	return v
}
