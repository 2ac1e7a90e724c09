package replica

import (
	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// source is what sessions read: what is on disk when a step begins. What a
// step appends is offered by the next.
type source struct{ r *Replica }

// Frontier returns the tips of all that is on disk.
func (s source) Frontier() *reconcile.Frontier { return s.r.frontier }

// failed stops the replica for a fault of the disk; damage hides one thing from
// one peer until it is mended.
func (s source) failed(err error) {
	if !s.r.hurt(err) {
		s.r.fail(err)
	}
}

// IDs returns the ids held at seq of a log.
func (s source) IDs(log protocol.LogID, seq uint64) []protocol.ChangeID {
	ids, err := s.r.disk.At(log, seq)
	s.failed(err)
	return ids
}

// Ancestor returns the id at seq on the chain that ends in tip.
func (s source) Ancestor(_ protocol.LogID, tip reconcile.Tip, seq uint64) (protocol.ChangeID, bool) {
	id, ok, err := s.r.disk.Ancestor(tip.ID, seq)
	s.failed(err)
	return id, ok
}

// Runs lists stored runs.
func (s source) Runs(_ protocol.LogID, tip reconcile.Tip, after uint64, limit int) []reconcile.RunRef {
	refs, err := s.r.disk.RunsTo(tip.ID, after, limit)
	s.r.fail(err)
	return refs
}

// Load returns a stored run without the changes at or before seq after.
func (s source) Load(ref reconcile.RunRef, after uint64) (*protocol.Run, error) {
	run, err := s.r.disk.Run(ref.Arrival, after+1)
	if err != nil {
		return nil, err
	}
	return s.r.bareRun(run), nil
}

// Records returns records taken after a number of this node's own.
func (s source) Records(after uint64, budget int) (records []*protocol.Record, upto uint64) {
	if after > s.r.disk.Recorded() {
		after = 0 // the peer remembers a number from before this node was restored
	}
	upto = after
	size := 0
	err := s.r.disk.Records(after, func(number uint64, rec *protocol.Record) error {
		size += len(rec.Payload) + 256
		if len(records) > 0 && size > budget {
			return errEnough
		}
		records, upto = append(records, rec), number
		return nil
	})
	s.r.fail(ignore(errEnough, err))
	return records, upto
}

// Change returns one held change.
func (s source) Change(id protocol.ChangeID) (*protocol.Change, bool) {
	c, log, err := s.r.disk.Change(id)
	if err != nil || c == nil {
		return nil, false
	}
	return s.r.bare(log.Device, c), true
}

// Range returns runs that cover a stretch of a log, their seals verified.
func (s source) Range(log protocol.LogID, from, to uint64, budget int) (runs []*protocol.Run) {
	l := s.r.logs[log]
	if l == nil || from == 0 {
		return nil
	}
	cert, ok := s.r.graph.Certificate(l.ref.Device)
	if !ok {
		return nil
	}
	for _, tip := range s.r.frontier.Of(log) {
		refs, err := s.r.disk.RunsTo(tip.ID, from-1, protocol.MaxRunChanges)
		s.r.fail(err)
		for _, ref := range refs {
			if ref.First > to || len(runs) > 0 && ref.Size > budget {
				break
			}
			run, err := s.r.disk.Run(ref.Arrival, from)
			if err != nil || run.Verify(s.r.cfg.Community, cert.Device.Ed25519()) != nil {
				break // damaged, or its seal was never looked at and is bad
			}
			budget -= ref.Size
			runs = append(runs, s.r.bareRun(run))
		}
	}
	return runs
}
