package replica

import (
	"cmp"
	"encoding/binary"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/membership"
)

// How long a device leaves it to others to make an epoch that is due, in
// milliseconds: those before it in rank go first, so that mostly one does it.
const (
	rotateFirst = 5_000
	rotateStep  = 10_000
	rotateLast  = 4 * 60_000
	// askLast is how long a peer in sync may still bring the letter that is
	// lacking; one that is slower holds nobody's words up.
	askLast = 60_000
	askStep = 5_000
)

// rotation is an epoch that is due, and when this device makes it if nobody
// else has.
type rotation struct {
	at      int64 // milliseconds since 1970; 0: none is due
	since   int64 // when that was found
	subject protocol.ChangeID
	judged  *membership.State // that this is of; nil: to be found anew
}

// settleEpoch sees to it that an epoch comes under which this device may
// write: who removes makes it at once, but nobody does where access ended by a
// leave, by crossing removals, or by one who then could not; and nobody else
// knows that a letter is lacking here.
func (r *Replica) settleEpoch() {
	t := &r.rotation
	if t.judged != r.now {
		_, subject, due := r.dueEpoch()
		switch {
		case !due || !r.now.Active(r.device):
			*t = rotation{}
		case t.at == 0 || t.subject != subject:
			since := max(r.time, 0)
			*t = rotation{at: since + r.patience(), since: since, subject: subject}
		}
		t.judged = r.now
	}
	if t.at != 0 {
		r.wakeAt(t.at)
	}
}

// rotateIfDue makes the epoch that nobody else has made.
func (r *Replica) rotateIfDue() {
	t := &r.rotation
	if t.at == 0 || r.time < t.at {
		return
	}
	reason, _, due := r.dueEpoch()
	if due && reason == membership.Unopened && r.time < t.since+r.patience()+askLast && r.mayBringLetter() {
		t.at = r.time + askStep
		return
	}
	*t = rotation{}
	if due && r.now.Active(r.device) {
		// One that fails is tried again when the next is found to be due.
		_ = r.newEpoch()
	}
}

// dueEpoch returns why a new epoch is due, and its subject. Beside what the
// control graph alone tells, it is when this device can write under none of
// those that cover every ended access: no letter for it came, or what it holds
// is not what it says.
func (r *Replica) dueEpoch() (reason membership.Reason, subject protocol.ChangeID, due bool) {
	if reason, subject, due = r.now.NeedsEpoch(); due {
		return reason, subject, due
	}
	states := r.now.Epochs()
	if _, ok := r.ring.Choose(candidates(states)); ok {
		return 0, protocol.ChangeID{}, false
	}
	for _, e := range slices.Backward(states) {
		ask := &membership.Epoch{Reason: membership.Unopened, Subject: e.ID}
		if e.Covers && r.now.May(r.device, ask) == nil {
			return membership.Unopened, e.ID, true
		}
	}
	return 0, protocol.ChangeID{}, false
}

func candidates(states []membership.EpochState) []epoch.Candidate {
	out := make([]epoch.Candidate, len(states))
	for i, e := range states {
		out[i] = epoch.Candidate{ID: e.ID, Lamport: e.Lamport, Effective: true, Covers: e.Covers}
	}
	return out
}

// mayBringLetter tells whether a peer is being asked that may hold the letter
// this device lacks: one whose session has not come to rest since it was told.
func (r *Replica) mayBringLetter() bool {
	for _, s := range r.sessions.sorted() {
		if r.now.Active(s.device) && s.synced < r.rotation.since {
			return true
		}
	}
	return false
}

// patience is how long this device leaves a new epoch to others. The last part
// sets those apart who have no turn before the longest wait.
func (r *Replica) patience() int64 {
	if wait := rotateFirst + rotateStep*int64(r.turn()); wait < rotateLast {
		return wait
	}
	return rotateLast + int64(binary.BigEndian.Uint16(r.device[:]))
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
