package replica

import (
	"container/list"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// need is what a parked run waits for: that a change is held, that some held
// change carries the certificate of a device, or that a redaction names a
// change of which the run lacks the words. One of them is set.
type need struct {
	change protocol.ChangeID
	device protocol.DeviceID
	words  protocol.ChangeID
}

// waitingRun is a parked run. It is not held: it stands in no frontier and
// answers no question, any takeable run replaces it, and it may be dropped.
type waitingRun struct {
	run    *protocol.Run
	from   protocol.DeviceID // the peer that sent it
	size   int
	wants  need
	ofAll  *list.Element
	ofPeer *list.Element
}

// Bounds of what is parked, in bytes, with overhead.
const (
	parkedPerPeer = 1 << 20
	parkedInAll   = 8 << 20
	parkedExtra   = 512 // bytes counted for each change beside header and body
)

// parked are the runs that wait.
type parked struct {
	all   list.List // of *waitingRun, oldest first
	size  int
	peers map[protocol.DeviceID]*parkedOf
	last  map[protocol.ChangeID]*waitingRun // by the id of its last change
	wants map[need]map[*waitingRun]bool
	ready []*waitingRun // of which what they waited for came
}

// parkedOf are the parked runs of one peer.
type parkedOf struct {
	runs list.List // oldest first
	size int
}

func newParked() *parked {
	return &parked{
		peers: map[protocol.DeviceID]*parkedOf{},
		last:  map[protocol.ChangeID]*waitingRun{},
		wants: map[need]map[*waitingRun]bool{},
	}
}

func (p *parked) len() int { return p.all.Len() }

// park keeps a run that waits, within bounds: the oldest of the same peer
// makes room, then the oldest of all.
func (r *Replica) park(from protocol.DeviceID, run *protocol.Run, wants need) {
	p := r.parked
	w := &waitingRun{run: run, from: from, size: run.Size() + parkedExtra*len(run.Changes), wants: wants}
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
	for of != nil && of.size+w.size > parkedPerPeer {
		p.remove(of.runs.Front().Value.(*waitingRun))
		of = p.peers[from]
	}
	for p.size+w.size > parkedInAll {
		p.remove(p.all.Front().Value.(*waitingRun))
	}
	w.run = clone(run)
	p.add(w)
}

func (p *parked) add(w *waitingRun) {
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
}

func (p *parked) remove(w *waitingRun) {
	of := p.peers[w.from]
	p.all.Remove(w.ofAll)
	of.runs.Remove(w.ofPeer)
	p.size -= w.size
	if of.size -= w.size; of.size == 0 {
		delete(p.peers, w.from)
	}
	delete(p.last, w.run.Last().ID)
	if delete(p.wants[w.wants], w); len(p.wants[w.wants]) == 0 {
		delete(p.wants, w.wants)
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
			r.park(w.from, w.run, r.unknown(w.run))
		case protocol.Sealed, protocol.Reached:
			// Its sender was not to blame for what it stands on.
			_ = r.takeOrPark(w.from, w.run, true)
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
