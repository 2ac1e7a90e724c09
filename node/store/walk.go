package store

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
	"github.com/cockroachdb/pebble/v2"
)

// Walks return what their callback returned, as it is. What is damaged they
// pass over, and return the first damage when they end.

// keep keeps the first damage and returns any other error.
func keep(damage *error, err error) error {
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	if *damage == nil {
		*damage = err
	}
	return nil
}

// Range walks the changes of a log from a seq on, all branches, ascending by seq.
func (s *Store) Range(log protocol.LogID, from uint64, each func(*protocol.Change) error) (err error) {
	var damage error
	branches := s.branchesOf(log)
	last := uint64(0)
	for _, b := range branches {
		last = max(last, b.tip)
	}
	for seq := max(from, 1); seq <= last; seq++ {
		for _, b := range branches {
			if seq < b.first || seq > b.tip {
				continue
			}
			c, err := s.at(place{b.number, seq}, protocol.ChangeID{})
			if err == nil {
				err = each(c)
			}
			if err := keep(&damage, err); err != nil {
				return err
			}
		}
	}
	return damage
}

// Document walks the changes of a document in the order in which this node
// took them, which is causal.
func (s *Store) Document(document protocol.DocumentID, each func(protocol.LogRef, *protocol.Change) error) error {
	var damage error
	for e, err := range s.scan(documentKey(document, 0), documentKey(document, s.Arrived()+1)) {
		if err != nil {
			return err
		}
		p, err := decodePart(e.value)
		b, ok := s.branch(p.branch)
		if err != nil || !ok {
			return &DamagedError{Cause: fmt.Errorf("the list of document %s: %w", document, err)}
		}
		for _, seq := range p.seqs {
			c, err := s.at(place{p.branch, seq}, protocol.ChangeID{})
			if err == nil {
				err = each(b.log, c)
			}
			if err := keep(&damage, err); err != nil {
				return err
			}
		}
	}
	return damage
}

// Latest returns the arrival number of the newest run with a change of a
// document, 0 when there is none.
func (s *Store) Latest(document protocol.DocumentID) (arrival uint64, err error) {
	it, err := s.ds.DB.NewIter(&pebble.IterOptions{
		LowerBound: documentKey(document, 0), UpperBound: documentKey(document, s.Arrived()+1),
	})
	if err != nil {
		return 0, damage(err)
	}
	defer it.Close()
	if it.Last() {
		arrival = numberOf(it.Key())
	}
	return arrival, damage(it.Error())
}

// Documents walks the ids of the documents that changes name, ascending, from
// the one after the given id on; zero is before all.
func (s *Store) Documents(after protocol.DocumentID, each func(protocol.DocumentID) error) error {
	horizon := s.Arrived()
	_, to := tableRange(tableDocument)
	from := documentKey(after, ^uint64(0))
	it, err := s.ds.DB.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return damage(err)
	}
	defer it.Close()
	for ok := it.First(); ok; {
		key := it.Key()
		if len(key) != keyHead+40+keyTail {
			return &DamagedError{Cause: errors.New("a key of the wrong length")}
		}
		d := protocol.DocumentID(key[keyHead : keyHead+32])
		if numberOf(key) <= horizon {
			if err := each(d); err != nil {
				return err
			}
		}
		ok = it.SeekGE(documentKey(d, ^uint64(0)))
	}
	return damage(it.Error())
}

// Runs walks the runs taken from an arrival number on, in order, as they came.
func (s *Store) Runs(from uint64, each func(arrival uint64, run *protocol.Run) error) error {
	return s.runs(tableArrival, from, each)
}

// ControlRuns walks the runs of control logs taken from an arrival number on,
// in order; the others cost it nothing.
func (s *Store) ControlRuns(from uint64, each func(arrival uint64, run *protocol.Run) error) error {
	return s.runs(tableControl, from, each)
}

func (s *Store) runs(table byte, from uint64, each func(arrival uint64, run *protocol.Run) error) error {
	var damage error
	for e, err := range s.scan(numberKey(table, from), numberKey(table, s.Arrived()+1)) {
		if err != nil {
			return err
		}
		number := numberOf(e.key)
		run, err := s.Run(number, 0)
		if err == nil {
			err = each(number, run)
		}
		if err := keep(&damage, err); err != nil {
			return err
		}
	}
	return damage
}

// taken returns one arrival.
func (s *Store) taken(number uint64) (a arrival, err error) {
	key := numberKey(tableArrival, number)
	value, err := s.get(key)
	if err != nil {
		return a, err
	}
	if a, err = decodeArrival(key, value); err != nil {
		return a, &DamagedError{Cause: fmt.Errorf("arrival %d: %w", number, err)}
	}
	return a, nil
}

// Run returns the run of an arrival with its seal, without the changes before
// seq from: what is sent to another node. Errors: [ErrNotHeld], [ErrDamaged].
func (s *Store) Run(number, from uint64) (*protocol.Run, error) {
	if number == 0 || number > s.Arrived() {
		return nil, fmt.Errorf("store: run %d: %w", number, ErrNotHeld)
	}
	a, err := s.taken(number)
	if err != nil {
		return nil, err
	}
	end := place{a.branch, a.last}
	b, ok := s.seen(end)
	if !ok || from > a.last {
		return nil, fmt.Errorf("store: seq %d of run %d: %w", from, number, ErrNotHeld)
	}
	value, err := s.get(sealKey(end))
	if err != nil {
		return nil, s.damaged(err, end, b.tipID)
	}
	close, err := decodeSealed(value)
	if err != nil {
		return nil, &DamagedError{Log: b.log.ID, Seq: a.last, Cause: err}
	}
	run := &protocol.Run{Log: b.log, Seal: close.seal}
	for seq := max(from, a.first); seq <= a.last; seq++ {
		c, err := s.at(place{a.branch, seq}, protocol.ChangeID{})
		if err != nil {
			return nil, err
		}
		run.Changes = append(run.Changes, c)
	}
	return run, nil
}

// RunsTo returns at most limit runs that hold the changes after seq after on
// the line of a log that ends in tip, in the order of the line, without
// reading a change. Where the line leaves a run in its middle, and where after
// lies within one, the whole run is listed. None when tip is not held.
func (s *Store) RunsTo(tip protocol.ChangeID, after uint64, limit int) (refs []reconcile.RunRef, err error) {
	at, _, ok, err := s.spot(tip)
	if err != nil || !ok {
		return nil, err
	}
	for _, end := range s.line(at.place, after+1) {
		if refs, err = s.stretch(refs, end, after, limit); err != nil || len(refs) == limit {
			break
		}
	}
	return refs, err
}

// stretch lists the runs of one branch that hold the changes after a seq up to
// a place.
func (s *Store) stretch(refs []reconcile.RunRef, to place, after uint64, limit int) ([]reconcile.RunRef, error) {
	b, _ := s.branch(to.branch)
	first := b.first
	if after >= first {
		e, err := s.last(sealKey(place{b.number, first}), sealKey(place{b.number, after + 1}))
		if err != nil {
			return refs, err
		}
		first = max(first, placeOf(e.key).seq+1)
	}
	for e, err := range s.scan(sealKey(place{b.number, max(after+1, first)}), sealKey(place{b.number, b.tip + 1})) {
		if err != nil || len(refs) == limit || first > to.seq {
			return refs, err
		}
		last := placeOf(e.key).seq
		run, err := decodeSealed(e.value)
		if err != nil {
			return refs, &DamagedError{Log: b.log.ID, Seq: last, Cause: err}
		}
		refs = append(refs, reconcile.RunRef{
			Log: b.log.ID, Class: b.log.Class, Arrival: run.arrival, First: first, Last: last,
			ID: run.id, Size: run.size, Checked: run.checked,
		})
		first = last + 1
	}
	return refs, nil
}
