package replica

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// righting is what a removal, or whatever else moved verdicts, leaves to do:
// documents that show what is no longer so until they are folded again. It is
// done in slices, the rest of the node's work between them, and kept on disk
// from the batch on that made it due.
//
// Nobody reads or edits a document that is not right: what is asked for is
// judged at once, see [Replica.document]. Only sums and projections lag.
type righting struct {
	logs  map[protocol.LogID]stretch     // whose changes are still to be looked through
	turns map[protocol.DocumentID]uint64 // found, and when it is their turn
	queue []protocol.DocumentID          // by turn; those not in turns were done
	asked []protocol.DocumentID          // by somebody who waits for them: the last goes first
	last  uint64                         // turn given
	news  []protocol.DocumentID          // not yet told in a projection
	grew  bool                           // in this step
	slice int                            // work that one step does
}

// stretch is a part of a log by seq: from on, and below.
type stretch struct{ from, below uint64 }

// Bounds of a slice: about how many microseconds of work one step does on what
// is to be set right, and what work costs. BenchmarkRemoval shows how far off
// that is.
const (
	sliceWork   = 5000
	workLook    = 10 // a change that is looked at
	workFold    = 15 // a document folded, told and kept
	workRead    = 45 // a change of it read, opened and applied
	workJudge   = 2  // a change of it judged anew
	workByte    = 32 // bytes of what it shows, for one
	lookThrough = 64 // changes looked at at once
)

const (
	rightLogPrefix = "right/log/"
	rightDocPrefix = "right/document/"
)

func newRighting() righting {
	return righting{logs: map[protocol.LogID]stretch{}, turns: map[protocol.DocumentID]uint64{}, slice: sliceWork}
}

// any tells whether something may show what is no longer so.
func (p *righting) any() bool { return len(p.logs)+len(p.turns) > 0 }

// documents counts what is to be set right, as far as it is found.
func (p *righting) documents() int {
	if len(p.turns) == 0 && len(p.logs) > 0 {
		return 1
	}
	return len(p.turns)
}

// BeingSetRight tells whether what is shown of a document is not yet what the
// newest control changes make of it. [Replica.Document] never gives such a one.
func (r *Replica) BeingSetRight(id protocol.DocumentID) bool {
	_, is := r.righting.turns[id]
	return is
}

// setRightLog has the documents folded again in which a log has changes from a
// seq on: those in memory before others, the last used first.
func (r *Replica) setRightLog(log protocol.LogRef, from uint64) {
	s := stretch{from: max(from, 1)}
	for _, t := range r.logs[log.ID].tips {
		s.below = max(s.below, t.seq+1)
	}
	if was, ok := r.righting.logs[log.ID]; ok {
		s.from, s.below = min(s.from, was.from), max(s.below, was.below)
	}
	if s.from >= s.below {
		return
	}
	r.keepStretch(log.ID, s)
	r.righting.grew = true
	for e := r.documents.used.Front(); e != nil; e = e.Next() {
		if d := e.Value.(*document); slices.Contains(d.devices, log.Device) {
			r.setRightDocument(d.id)
		}
	}
}

func (r *Replica) keepStretch(log protocol.LogID, s stretch) {
	key := rightLogPrefix + hex.EncodeToString(log[:])
	if s.from >= s.below {
		delete(r.righting.logs, log)
		r.keep(key, nil)
		return
	}
	r.righting.logs[log] = s
	r.keep(key, protocol.AppendUint(protocol.AppendUint(protocol.AppendArray(nil, 2), s.from), s.below))
}

func rightDocKey(id protocol.DocumentID) string { return rightDocPrefix + hex.EncodeToString(id[:]) }

// setRightDocument has a document folded again when it is its turn.
func (r *Replica) setRightDocument(id protocol.DocumentID) {
	p := &r.righting
	if _, is := p.turns[id]; is {
		return
	}
	p.last++
	p.turns[id], p.grew = p.last, true
	p.queue, p.news = append(p.queue, id), append(p.news, id)
	r.keep(rightDocKey(id), protocol.AppendUint(nil, p.last))
}

// tellRighting returns what was found since to be set right, and still is.
func (r *Replica) tellRighting() []protocol.DocumentID {
	news := slices.DeleteFunc(r.righting.news, func(id protocol.DocumentID) bool { return !r.BeingSetRight(id) })
	r.righting.news = nil
	return news
}

// isRight notes that a document was folded by the verdicts of now.
func (r *Replica) isRight(id protocol.DocumentID) {
	if _, is := r.righting.turns[id]; is {
		delete(r.righting.turns, id)
		r.keep(rightDocKey(id), nil)
	}
}

// next returns the document whose turn it is, asked ones first.
func (p *righting) next() (id protocol.DocumentID, ok bool) {
	for _, list := range []*[]protocol.DocumentID{&p.asked, &p.queue} {
		for n := len(*list); n > 0; n = len(*list) {
			at := 0
			if list == &p.asked {
				at = n - 1
			}
			id := (*list)[at]
			*list = slices.Delete(*list, at, at+1)
			if _, is := p.turns[id]; is {
				return id, true
			}
		}
	}
	return id, false
}

// setRight does a slice: it looks through logs first, so that all that is not
// right is named, then folds.
func (r *Replica) setRight() {
	p := &r.righting
	left := 0
	if p.grew || r.idle && p.any() {
		left = p.slice
		defer func() { r.event(Event{What: Righting, Count: p.documents()}) }()
	}
	p.grew = false
	for len(p.asked) == 0 && len(p.logs) > 0 && left > 0 && r.fault == nil {
		left -= r.lookThroughNext()
	}
	for left > 0 && r.fault == nil {
		id, ok := p.next()
		if !ok {
			break
		}
		left -= r.setRightNow(id)
	}
	if p.any() {
		r.wakeAt(r.time)
	}
}

// setRightNow folds a document and returns what work that was.
func (r *Replica) setRightNow(id protocol.DocumentID) (work int) {
	each := workJudge
	if r.documents.get(id) == nil {
		each = workRead
	}
	d, err := r.document(id)
	if err != nil {
		r.isRight(id) // as far as it can be: what is damaged is folded when it is mended
		r.damaged(id, err)
		return workFold
	}
	r.settleDocument(d, false)
	work = workFold + each*len(d.order)
	if shown := r.projected[len(r.projected)-1].Folded; shown != nil {
		work += len(shown.Canonical()) / workByte
	}
	return work
}

// lookThroughNext finds the documents of the newest changes that were not
// looked at of one log.
func (r *Replica) lookThroughNext() (work int) {
	logs := make([]protocol.LogID, 0, len(r.righting.logs))
	for log := range r.righting.logs {
		logs = append(logs, log)
	}
	log := slices.MinFunc(logs, protocol.LogID.Compare)
	s := r.righting.logs[log]
	below := s.below
	if s.below = s.from; below > s.from+lookThrough {
		s.below = below - lookThrough
	}
	var found []protocol.DocumentID
	err := r.disk.Range(log, s.below, func(c *protocol.Change) error {
		if c.Seq >= below {
			return errEnough
		}
		found = append(found, c.DocumentOf(c.ID))
		return nil
	})
	if err := ignore(errEnough, err); err != nil {
		if _, damaged := errors.AsType[damage](err); !damaged {
			r.fail(err)
			return 0
		}
		r.damaged(protocol.DocumentID{}, err)
	}
	for _, id := range slices.Backward(found) {
		r.setRightDocument(id)
	}
	r.keepStretch(log, s)
	return workLook * (1 + len(found))
}

// covered returns from where on in a log ranks may differ between two states:
// after what the cuts of all their strikes keep. What a fork's cuts keep is no
// stretch from the beginning, and a grant covers all.
func (r *Replica) covered(log protocol.LogRef, a, b *membership.State) uint64 {
	if len(r.logs[log.ID].tips) > 1 || a.Verdict(log.Device).Given() != b.Verdict(log.Device).Given() {
		return 1
	}
	from := uint64(math.MaxUint64)
	for _, kept := range slices.Concat(a.Kept(log.Device, log.ID), b.Kept(log.Device, log.ID)) {
		reach := uint64(0)
		for _, id := range kept {
			if b, ok := r.known(id); ok && b.log.ID == log.ID {
				reach = max(reach, b.seq)
			}
		}
		from = min(from, reach+1)
	}
	return from
}

// loadRighting reads what was not set right when the replica was last open.
func (r *Replica) loadRighting() error {
	p := &r.righting
	err := r.disk.Locals(rightLogPrefix, func(key string, value []byte) error {
		var log protocol.LogID
		if _, err := hex.Decode(log[:], []byte(key[len(rightLogPrefix):])); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		rd := protocol.NewReader(value)
		rd.ArrayOf(2)
		p.logs[log] = stretch{rd.Uint(), rd.Uint()}
		return rd.End()
	})
	if err != nil {
		return err
	}
	err = r.disk.Locals(rightDocPrefix, func(key string, value []byte) error {
		var id protocol.DocumentID
		if _, err := hex.Decode(id[:], []byte(key[len(rightDocPrefix):])); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		p.turns[id] = protocol.NewReader(value).Uint()
		p.last = max(p.last, p.turns[id])
		p.queue = append(p.queue, id)
		return nil
	})
	slices.SortFunc(p.queue, func(a, b protocol.DocumentID) int { return cmp.Compare(p.turns[a], p.turns[b]) })
	p.news = slices.Clone(p.queue)
	if p.any() {
		r.wakeAt(0)
	}
	return err
}
