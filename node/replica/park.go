package replica

import (
	"container/list"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// need is what a parked run waits for: that a change is held, that some held
// change carries the certificate of a device, that a redaction names a change
// of which the run lacks the words, or that a member's control runs have their
// turn (see rates). One of them is set.
type need struct {
	change protocol.ChangeID
	device protocol.DeviceID
	words  protocol.ChangeID
	turn   protocol.MemberID
}

// waitingRun is a parked run. It is not held: it stands in no frontier and
// answers no question, any takeable run replaces it, and it may be dropped.
type waitingRun struct {
	run   *protocol.Run
	from  protocol.DeviceID // the peer that sent it
	owner protocol.MemberID // whose it is, zero if no certificate of its device is held
	size  int
	wants need
	// excused: what another member wrote stands on it, so that it waits for no turn.
	excused bool
	ofAll   *list.Element
	ofPeer  *list.Element
}

// Bounds of what is parked, in bytes, with overhead.
const (
	parkedPerPeer = 1 << 20
	parkedInAll   = 8 << 20
	parkedExtra   = 512 // bytes counted for each change beside header and body
)

// parked are the runs that wait.
type parked struct {
	all     list.List // of *waitingRun, oldest first
	size    int
	peers   map[protocol.DeviceID]*parkedOf
	last    map[protocol.ChangeID]*waitingRun // by the id of its last change
	wants   map[need]map[*waitingRun]bool
	control map[protocol.ChangeID]*waitingRun   // control runs, by each of their changes
	late    map[protocol.LogID]int              // how many of a log wait for their turn
	turns   map[protocol.MemberID]int           // how many of a member's
	behind  map[protocol.MemberID]int           // control runs of a member that wait for whatever
	logs    map[protocol.LogID]reconcile.Reason // see deferring; nil: to be made anew
	ready   []*waitingRun                       // of which what they waited for came
}

// deferring returns of which logs no more is taken for the rate of control runs.
func (p *parked) deferring() map[protocol.LogID]reconcile.Reason {
	if p.logs != nil {
		return p.logs
	}
	p.logs = map[protocol.LogID]reconcile.Reason{}
	if len(p.late) == 0 {
		return p.logs
	}
	for id := range p.control {
		for w := range p.wants[need{change: id}] {
			p.logs[w.run.Log.ID] = reconcile.Waits
		}
	}
	for log := range p.late {
		p.logs[log] = reconcile.Quota
	}
	return p.logs
}

// parkedOf are the parked runs of one peer.
type parkedOf struct {
	runs list.List // oldest first
	size int
}

func newParked() *parked {
	return &parked{
		peers:   map[protocol.DeviceID]*parkedOf{},
		last:    map[protocol.ChangeID]*waitingRun{},
		wants:   map[need]map[*waitingRun]bool{},
		control: map[protocol.ChangeID]*waitingRun{}, late: map[protocol.LogID]int{},
		turns: map[protocol.MemberID]int{}, behind: map[protocol.MemberID]int{},
	}
}

func (p *parked) len() int { return p.all.Len() }

// park keeps a run that waits, within bounds: the oldest of the same peer
// makes room, then the oldest of all. What stands behind a run that waits for
// its turn stays with its sender instead, whom the log is deferred with.
func (r *Replica) park(from protocol.DeviceID, run *protocol.Run, wants need, excused bool) {
	p := r.parked
	w := &waitingRun{
		run: run, from: from, owner: r.owner(run.Log.Device), size: run.Size() + parkedExtra*len(run.Changes),
		wants: wants, excused: excused,
	}
	if w.size > parkedPerPeer {
		return
	}
	if same := p.last[run.Last().ID]; same != nil {
		if same.run.Changes[0].Seq < run.Changes[0].Seq {
			return
		}
		p.remove(same)
	}
	of := p.peers[from]
	if of != nil && of.size+w.size > parkedPerPeer && p.late[run.Log.ID] > 0 {
		return
	}
	for of != nil && of.size+w.size > parkedPerPeer {
		if !p.evict(&of.runs) {
			return
		}
		of = p.peers[from]
	}
	for p.size+w.size > parkedInAll {
		if !p.evict(&p.all) {
			return
		}
	}
	w.run = clone(run)
	p.add(w)
	w.excused = excused || r.othersWait(w.owner, run.Changes)
	r.excuse(w)
}

// evict drops the oldest of a list that waits for no turn; false if none is left.
func (p *parked) evict(from *list.List) bool {
	for e := from.Front(); e != nil; e = e.Next() {
		if w := e.Value.(*waitingRun); w.wants.turn.IsZero() {
			p.remove(w)
			return true
		}
	}
	return false
}

// othersWait tells whether something that another member wrote, or that is
// excused, waits for one of a member's changes.
func (r *Replica) othersWait(member protocol.MemberID, changes []*protocol.Change) bool {
	for _, c := range changes {
		for w := range r.parked.wants[need{change: c.ID}] {
			if w.excused || w.owner != member {
				return true
			}
		}
	}
	return false
}

// excuse has taken at once the control runs that wait for their turn and that a
// run of another member stands on, the whole chain of them.
func (r *Replica) excuse(w *waitingRun) {
	for {
		late := r.parked.control[w.wants.change]
		if late == nil || late.excused || !w.excused && late.owner == w.owner {
			return
		}
		late.excused = true
		if !late.wants.turn.IsZero() {
			r.parked.remove(late)
			r.parked.ready = append(r.parked.ready, late)
			return
		}
		w = late
	}
}

func (p *parked) add(w *waitingRun) {
	p.logs = nil
	of := p.peers[w.from]
	if of == nil {
		of = &parkedOf{}
		p.peers[w.from] = of
	}
	w.ofAll, w.ofPeer = p.all.PushBack(w), of.runs.PushBack(w)
	p.size += w.size
	of.size += w.size
	p.last[w.run.Last().ID] = w
	if p.wants[w.wants] == nil {
		p.wants[w.wants] = map[*waitingRun]bool{}
	}
	p.wants[w.wants][w] = true
	if !w.wants.turn.IsZero() {
		p.late[w.run.Log.ID]++
		p.turns[w.owner]++
	}
	if w.run.Log.Class == protocol.Control {
		p.behind[w.owner]++
		for _, c := range w.run.Changes {
			p.control[c.ID] = w
		}
	}
}

func (p *parked) remove(w *waitingRun) {
	p.logs = nil
	of := p.peers[w.from]
	p.all.Remove(w.ofAll)
	of.runs.Remove(w.ofPeer)
	p.size -= w.size
	if of.size -= w.size; of.size == 0 {
		delete(p.peers, w.from)
	}
	delete(p.last, w.run.Last().ID)
	if !w.wants.turn.IsZero() {
		fewer(p.late, w.run.Log.ID)
		fewer(p.turns, w.owner)
	}
	if w.run.Log.Class == protocol.Control {
		fewer(p.behind, w.owner)
	}
	for _, c := range w.run.Changes {
		if p.control[c.ID] == w {
			delete(p.control, c.ID)
		}
	}
	if delete(p.wants[w.wants], w); len(p.wants[w.wants]) == 0 {
		delete(p.wants, w.wants)
	}
}

// fewer counts one less.
func fewer[Of comparable](counts map[Of]int, of Of) {
	if counts[of]--; counts[of] == 0 {
		delete(counts, of)
	}
}

// came makes ready what waited for something, in a fixed order.
func (p *parked) came(what need) {
	runs := slices.SortedFunc(maps.Keys(p.wants[what]), func(a, b *waitingRun) int {
		return a.run.Last().ID.Compare(b.run.Last().ID)
	})
	for _, w := range runs {
		p.remove(w)
		p.ready = append(p.ready, w)
	}
}

// releaseFor makes ready what waited for any change of a run just taken, or
// for a certificate it carries.
func (r *Replica) releaseFor(run *protocol.Run) {
	if r.parked.len() == 0 {
		return
	}
	for _, c := range run.Changes {
		r.parked.came(need{change: c.ID})
		if cert, ok := membership.Carried(c); ok && c.Class == protocol.Control {
			r.parked.came(need{device: cert.DeviceID()})
		}
	}
}

// release takes parked runs whose time has come, each as if it came alone:
// what vouched for it in its page may be gone.
func (r *Replica) release() {
	for len(r.parked.ready) > 0 {
		w := r.parked.ready[0]
		r.parked.ready = r.parked.ready[1:]
		r.nameLogs([]*protocol.Run{w.run})
		standing := protocol.VerifyPage([]*protocol.Run{w.run}, r.cfg.Community, r.keysFor([]*protocol.Run{w.run}))[0]
		switch standing {
		case protocol.Unknown:
			r.park(w.from, w.run, r.unknown(w.run), w.excused)
		case protocol.Sealed, protocol.Reached:
			// Its sender was not to blame for what it stands on.
			_ = r.takeOrPark(w.from, w.run, true, w.excused)
		}
	}
}

// unknown tells what a run waits for whose device is not known: its
// certificate or, where even the log's name is not, what it continues.
func (r *Replica) unknown(run *protocol.Run) need {
	if run.Log.Full() {
		return need{device: run.Log.Device}
	}
	return need{change: run.Changes[0].Previous}
}
