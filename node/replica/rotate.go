package replica

import (
	"cmp"
	"slices"

	"coppice.example/protocol/membership"
)

// How long a device leaves it to others to make an epoch that is due, in
// milliseconds: those before it in rank go first, so that mostly one does it.
const (
	rotateFirst = 5_000
	rotateStep  = 10_000
	rotateLast  = 4 * 60_000
)

// settleEpoch sees to it that an epoch comes which covers every ended access:
// who removes makes it at once, but nobody does where access ended by a leave,
// by crossing removals, or by one who then could not.
func (r *Replica) settleEpoch() {
	if _, _, due := r.now.NeedsEpoch(); !due || !r.now.Active(r.device) {
		r.rotateAt = 0
		return
	}
	if r.rotateAt == 0 {
		r.rotateAt = max(r.time, 0) + min(rotateFirst+rotateStep*int64(r.turn()), rotateLast)
	}
	r.wakeAt(r.rotateAt)
}

// rotateIfDue makes the epoch that nobody else has made.
func (r *Replica) rotateIfDue() {
	if r.rotateAt == 0 || r.time < r.rotateAt {
		return
	}
	r.rotateAt = 0
	if _, _, due := r.now.NeedsEpoch(); due && r.now.Active(r.device) {
		// One that fails is tried again when the control graph moves.
		_ = r.newEpoch()
	}
}

// turn counts the active devices that come before this one.
func (r *Replica) turn() int {
	members := r.now.Members()
	slices.SortStableFunc(members, func(a, b membership.MemberState) int { return cmp.Compare(b.Rank, a.Rank) })
	turn := 0
	for _, m := range members {
		for _, device := range m.Devices {
			if device == r.device {
				return turn
			}
			if m.Rank > membership.None {
				turn++
			}
		}
	}
	return turn
}
