package replica

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// The rates at the door (protocol.md 4 and 10), in milliseconds. They put off
// and decide nothing: what comes too fast waits, most of it with its sender.
const (
	runEvery    = 60_000          // of one member's control runs
	runsAtOnce  = 64              //
	redactEvery = 3_600_000 / 256 // of the changes a device redacts of its own
	redactBurst = 256             //
	syncedEvery = 60_000          // how exactly it is known when this node last was in sync
)

const syncedKey = "synced"

// rates says who may come through the door how soon.
//
// A node that was away makes up for it: while it hears from nobody credit grows
// without bound, so that it takes at once what others took meanwhile one by
// one. A newcomer, who never was in sync, waits for nothing.
type rates struct {
	runs    map[protocol.MemberID]credit
	redacts map[protocol.DeviceID]credit
	synced  int64 // when this node last held what some peer held; 0: never
	burst   int   // control runs at once
}

// credit is how much time of waiting was saved up by a time.
type credit struct{ saved, at int64 }

func newRates() rates {
	return rates{runs: map[protocol.MemberID]credit{}, redacts: map[protocol.DeviceID]credit{}, burst: runsAtOnce}
}

// clone returns rates that a step may use up and that it does not change.
func (t rates) clone() rates {
	t.runs, t.redacts = maps.Clone(t.runs), maps.Clone(t.redacts)
	return t
}

// grown is a credit as it is at a time, at most so much and what the time away adds.
func (r *Replica) grown(c credit, known bool, most int64) credit {
	most += max(r.time-r.rates.synced, 0)
	if !known {
		return credit{most, r.time}
	}
	return credit{min(c.saved+max(r.time-c.at, 0), most), r.time}
}

// cost is what a run costs its member and its device.
type cost struct {
	member protocol.MemberID
	device protocol.DeviceID
	redact int64
}

// costOf returns what taking changes of a log costs; false when nothing.
func (r *Replica) costOf(log protocol.LogRef, changes []*protocol.Change) (c cost, ok bool) {
	cert, known := r.graph.Certificate(log.Device)
	if log.Class != protocol.Control || log.Device == r.device || !known || r.rates.synced == 0 {
		return c, false
	}
	c = cost{member: cert.Member(), device: log.Device}
	for _, change := range changes {
		if change.Kind != membership.KindRedact {
			continue
		}
		op, err := membership.Decode(change.Kind, change.Shape)
		if redact, is := op.(*membership.Redact); is && err == nil {
			for _, id := range redact.Changes {
				if b, ok := r.known(id); !ok || b.log.Device == log.Device {
					c.redact += redactEvery
				}
			}
		}
	}
	return c, true
}

// due returns when there is credit for a cost. More at once than is ever
// allowed is taken when credit is full, and leaves debt.
func (r *Replica) due(c cost) int64 {
	had, known := r.rates.runs[c.member]
	wait := runEvery - r.grown(had, known, int64(r.rates.burst)*runEvery).saved
	if c.redact > 0 {
		had, known := r.rates.redacts[c.device]
		wait = max(wait, min(c.redact, redactBurst*redactEvery)-r.grown(had, known, redactBurst*redactEvery).saved)
	}
	return r.time + max(wait, 0)
}

// pay takes a cost from the credit. For runs nobody falls into debt: what was
// excused is not held against who wrote it.
func (r *Replica) pay(c cost) {
	had, known := r.rates.runs[c.member]
	now := r.grown(had, known, int64(r.rates.burst)*runEvery)
	now.saved = max(now.saved-runEvery, 0)
	r.rates.runs[c.member] = now
	if c.redact > 0 {
		had, known := r.rates.redacts[c.device]
		now := r.grown(had, known, redactBurst*redactEvery)
		now.saved -= c.redact
		r.rates.redacts[c.device] = now
	}
}

// tooSoon tells whether changes of a control log have to wait for their turn,
// and pays for them if not. What somebody else's words stand on never waits:
// whoever wrote those has taken it.
func (r *Replica) tooSoon(log protocol.LogRef, changes []*protocol.Change, excused bool) (need, bool) {
	c, ok := r.costOf(log, changes)
	if !ok {
		return need{}, false
	}
	if !excused && r.due(c) > r.time && !r.othersWait(c.member, changes) {
		return need{turn: c.member}, true
	}
	r.pay(c)
	return need{}, false
}

// owner returns whose device one is by its certificate; zero if none is held.
func (r *Replica) owner(device protocol.DeviceID) (member protocol.MemberID) {
	if cert, ok := r.graph.Certificate(device); ok {
		member = cert.Member()
	}
	return member
}

// takeTurns takes the runs whose turn has come, and asks to be woken for the next.
func (r *Replica) takeTurns() {
	for _, waits := range r.delayed() {
		member := waits.Member
		for r.fault == nil {
			if at := r.due(cost{member: member}); at > r.time {
				r.wakeAt(at)
				break
			}
			next, at := r.nextTurn(member)
			if next == nil {
				break
			}
			if at > r.time {
				r.wakeAt(at)
				break
			}
			r.parked.remove(next)
			r.parked.ready = append(r.parked.ready, next)
			r.release()
		}
	}
}

// nextTurn returns the run of a member that is due first, older ones before
// others, and when.
func (r *Replica) nextTurn(member protocol.MemberID) (next *waitingRun, at int64) {
	waiting := slices.SortedFunc(maps.Keys(r.parked.wants[need{turn: member}]), func(a, b *waitingRun) int {
		one, two := a.run.Changes[0], b.run.Changes[0]
		return cmp.Or(cmp.Compare(one.Lamport, two.Lamport), one.ID.Compare(two.ID))
	})
	for _, w := range waiting {
		due := r.time
		if c, ok := r.costOf(w.run.Log, w.run.Changes); ok {
			due = r.due(c)
		}
		if next == nil || due < at {
			next, at = w, due
		}
		if at <= r.time {
			break
		}
	}
	return next, at
}

// inSync notes that this node holds what some peer holds, and keeps about when.
func (r *Replica) inSync() {
	at := max(r.time, 1)
	if at < r.rates.synced || at-r.rates.synced >= syncedEvery || r.rates.synced == 0 {
		r.keep(syncedKey, binary.BigEndian.AppendUint64(nil, uint64(at)))
	}
	r.rates.synced = at
}

func (r *Replica) loadRates() error {
	value, err := r.disk.Local(syncedKey)
	if err == nil && len(value) == 8 {
		r.rates.synced = int64(binary.BigEndian.Uint64(value))
	}
	return err
}

// deferring lists the logs of which a peer need send no more for now: for their
// rate, for a format that is not known here, and for standing on one of those.
// A format is what this very peer says: nobody has signed it, so that it must
// not keep others from sending the log.
func (r *Replica) deferring(s *session) (logs []reconcile.Deferred) {
	if len(r.parked.late)+len(s.newer) == 0 {
		return nil // as nearly always
	}
	reasons := maps.Clone(r.parked.deferring())
	if of := r.parked.peers[s.device]; of != nil && len(s.newer) > 0 {
		for e := of.runs.Front(); e != nil; e = e.Next() {
			if log := e.Value.(*waitingRun).run.Log.ID; reasons[log] == 0 {
				reasons[log] = reconcile.Waits
			}
		}
	}
	for log := range s.newer {
		reasons[log] = reconcile.Format
	}
	for _, log := range slices.SortedFunc(maps.Keys(reasons), protocol.LogID.Compare) {
		logs = append(logs, reconcile.Deferred{Log: log, Reason: reasons[log]})
	}
	return logs
}

// settleDeferring has the peers told when they may send more, or need not.
func (r *Replica) settleDeferring() {
	for _, s := range r.sessions.sorted() {
		logs := r.deferring(s)
		if slices.EqualFunc(logs, s.told, func(a, b reconcile.Deferred) bool { return a.Log == b.Log && a.Reason == b.Reason }) {
			continue
		}
		s.told = logs
		r.later(func() {
			if r.sessions.open[s.id] == s {
				r.send(s.id, s.Defer(logs)...)
				r.send(s.id, s.Compare()...)
			}
		})
	}
}

// newer counts the logs that peers have in a format that is not known here.
func (r *Replica) newer() int {
	logs := map[protocol.LogID]bool{}
	for _, s := range r.sessions.open {
		maps.Copy(logs, s.newer)
	}
	return len(logs)
}

// Delayed is a member whose control runs come faster than they are taken.
type Delayed struct {
	Member protocol.MemberID
	Runs   int // that wait here; more may wait with who sent them
}

// delayed lists who waits for a turn, ascending.
func (r *Replica) delayed() (out []Delayed) {
	for _, member := range slices.SortedFunc(maps.Keys(r.parked.turns), protocol.MemberID.Compare) {
		out = append(out, Delayed{member, r.parked.behind[member]})
	}
	return out
}
