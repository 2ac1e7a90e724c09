package store

import (
	"errors"
	"fmt"
	"iter"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2"
)

// spot finds a change in the index, whether or not it is synced yet.
func (s *Store) spot(id protocol.ChangeID) (at spot, ok bool, err error) {
	value, err := s.get(idKey(id))
	if err != nil || value == nil {
		return spot{}, false, err
	}
	if at, err = decodeSpot(value); err != nil {
		return spot{}, false, &DamagedError{ID: id, Cause: err}
	}
	return at, true, nil
}

// seen tells whether a place is within the horizon.
func (s *Store) seen(p Place) (Branch, bool) {
	b, ok := s.Branch(p.Branch)
	return b, ok && p.Seq >= b.First && p.Seq <= b.Tip
}

// Held tells where a change lies; ok is false when it is not held.
func (s *Store) Held(id protocol.ChangeID) (p Place, ok bool, err error) {
	at, ok, err := s.spot(id)
	if err != nil || !ok {
		return Place{}, false, err
	}
	if _, ok = s.seen(at.Place); !ok {
		return Place{}, false, nil
	}
	return at.Place, true, nil
}

// Change returns a held change. Errors: [ErrNotHeld], [ErrDamaged].
func (s *Store) Change(id protocol.ChangeID) (Held, error) {
	at, ok, err := s.spot(id)
	if err != nil {
		return Held{}, err
	}
	b, seen := s.seen(at.Place)
	if !ok || !seen {
		return Held{}, notHeld(id)
	}
	c, err := s.at(at.Place, id)
	if err != nil {
		return Held{}, err
	}
	return Held{c, b.Log, at.Place, at.arrival}, nil
}

// Header returns the header of a held change without reading its body into
// account: it holds also when the body is damaged.
func (s *Store) Header(id protocol.ChangeID) (h protocol.Header, err error) {
	p, ok, err := s.Held(id)
	if err != nil {
		return h, err
	}
	if !ok {
		return h, notHeld(id)
	}
	value, err := s.get(changeKey(p))
	if err != nil {
		return h, s.named(err, id, p)
	}
	r := protocol.NewReader(value[min(len(value), 32):])
	r.ArrayOf(3)
	raw := r.Bytes(protocol.MaxHeader)
	if h, err = protocol.DecodeHeader(raw); err == nil {
		community := s.community
		if h.Document.IsZero() && !h.Creates && h.Seq == 1 {
			community = protocol.CommunityID{}
		}
		if protocol.HashHeader(community, raw) != id {
			err = errors.New("its header is another's")
		}
	}
	if err != nil {
		return protocol.Header{}, &DamagedError{ID: id, Place: p, Cause: err}
	}
	return h, nil
}

// At returns the change at a place. Errors: [ErrNotHeld], [ErrDamaged].
func (s *Store) At(p Place) (Held, error) {
	b, ok := s.seen(p)
	if !ok {
		return Held{}, notThere(p)
	}
	a, err := s.ArrivalOf(p)
	if err != nil {
		return Held{}, err
	}
	c, err := s.at(p, protocol.ChangeID{})
	if err != nil {
		return Held{}, err
	}
	return Held{c, b.Log, p, a.Number}, nil
}

// at reads and proves the change at a place within the horizon; id is what it
// must be, zero where only its place is known.
func (s *Store) at(p Place, id protocol.ChangeID) (*protocol.Change, error) {
	value, err := s.get(changeKey(p))
	if err == nil && value == nil {
		err = &DamagedError{Cause: errors.New("it is gone")}
	}
	if err != nil {
		return nil, s.named(err, id, p)
	}
	c, err := decodeChange(value, s.community, p)
	if err == nil && !id.IsZero() && c.ID != id {
		err = &DamagedError{ID: id, Place: p, Cause: fmt.Errorf("%s lies in its place", c.ID)}
	}
	if err != nil {
		return nil, s.named(err, id, p)
	}
	return c, nil
}

// named gives damage the place and the id of what it hit: the id asked for,
// or else the one that the next change or the tip names.
func (s *Store) named(err error, id protocol.ChangeID, p Place) error {
	d, ok := errors.AsType[*DamagedError](err)
	if !ok {
		return err
	}
	if id.IsZero() {
		if b, _ := s.seen(p); b.Tip == p.Seq {
			id = b.TipID
		} else if value, err := s.get(changeKey(Place{p.Branch, p.Seq + 1})); err == nil {
			if next, err := decodeChange(value, s.community, p); err == nil {
				id = next.Previous
			}
		}
	}
	if !id.IsZero() {
		d.ID = id
	}
	d.Place = p
	return d
}

// Stand returns the control heads and the epoch that hold for the change at a
// place: its own, or those it inherits along its log. Control changes have no
// control heads of their own but their parents; only the epoch is told.
func (s *Store) Stand(p Place) (heads []protocol.ChangeID, epoch protocol.ChangeID, err error) {
	if _, ok := s.seen(p); !ok {
		return nil, epoch, notThere(p)
	}
	now, err := s.standAt(p)
	return now.heads, now.epoch, err
}

func (s *Store) standAt(p Place) (stand, error) {
	if p.Branch == 0 {
		return stand{}, nil
	}
	e, err := s.last(placeKey(tableStand, Place{p.Branch, 0}), placeKey(tableStand, Place{p.Branch, p.Seq + 1}))
	if err != nil || e.key == nil {
		return stand{}, s.named(err, protocol.ChangeID{}, p)
	}
	now, err := decodeStand(e.value)
	if err != nil {
		return stand{}, &DamagedError{Place: p, Cause: err}
	}
	return now, nil
}

// Document walks the changes of a document in the order in which this node
// took them, which is causal. A damaged change is yielded as its error, and
// the walk goes on.
func (s *Store) Document(d protocol.DocumentID) iter.Seq2[Held, error] {
	return func(yield func(Held, error) bool) {
		horizon := s.Arrival()
		for e, err := range s.scan(documentKey(d, 0), documentKey(d, horizon+1)) {
			if err != nil {
				yield(Held{}, err)
				return
			}
			p, err := decodePart(e.value)
			b, ok := s.Branch(p.branch)
			if err != nil || !ok {
				yield(Held{}, &DamagedError{Cause: fmt.Errorf("part of document %s: %w", d, err)})
				return
			}
			for _, seq := range p.seqs {
				at := Place{p.branch, seq}
				c, err := s.at(at, protocol.ChangeID{})
				if !yield(Held{c, b.Log, at, numberOf(e.key)}, err) {
					return
				}
			}
		}
	}
}

// Documents walks the ids of all documents that changes name, ascending.
func (s *Store) Documents() iter.Seq2[protocol.DocumentID, error] {
	return func(yield func(protocol.DocumentID, error) bool) {
		horizon := s.Arrival()
		from, to := tableRange(tableDocument)
		it, err := s.ds.DB.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
		if err != nil {
			yield(protocol.DocumentID{}, damage(err))
			return
		}
		defer it.Close()
		for ok := it.First(); ok; {
			key := it.Key()
			if len(key) != keyHead+40+keyTail {
				yield(protocol.DocumentID{}, &DamagedError{Cause: errors.New("a key of the wrong length")})
				return
			}
			d := protocol.DocumentID(key[keyHead : keyHead+32])
			if numberOf(key) <= horizon && !yield(d, nil) {
				return
			}
			ok = it.SeekGE(documentKey(d, ^uint64(0)))
		}
		if err := it.Error(); err != nil {
			yield(protocol.DocumentID{}, damage(err))
		}
	}
}

// Control walks all control changes in the order in which this node took them.
// A damaged change is yielded as its error, and the walk goes on.
func (s *Store) Control() iter.Seq2[Held, error] {
	return func(yield func(Held, error) bool) {
		from, _ := tableRange(tableControl)
		for e, err := range s.scan(from, numberKey(tableControl, s.Arrival()+1)) {
			a := Arrival{}
			if err == nil {
				a, err = s.taken(numberOf(e.key))
			}
			if err != nil {
				yield(Held{}, err)
				return
			}
			b, _ := s.Branch(a.Branch)
			for seq := a.First; seq <= a.Last; seq++ {
				p := Place{a.Branch, seq}
				c, err := s.at(p, protocol.ChangeID{})
				if !yield(Held{c, b.Log, p, a.Number}, err) {
					return
				}
			}
		}
	}
}

// Arrivals walks the runs taken from a number on, in order, without reading a
// change.
func (s *Store) Arrivals(from uint64) iter.Seq2[Arrival, error] {
	return func(yield func(Arrival, error) bool) {
		for e, err := range s.scan(numberKey(tableArrival, from), numberKey(tableArrival, s.Arrival()+1)) {
			a := Arrival{}
			if err == nil {
				a, err = decodeArrival(e.key, e.value)
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// taken returns one arrival.
func (s *Store) taken(number uint64) (a Arrival, err error) {
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

// ArrivalOf returns the arrival that brought the change at a place.
func (s *Store) ArrivalOf(p Place) (a Arrival, err error) {
	b, ok := s.seen(p)
	if !ok {
		return a, notThere(p)
	}
	for e, err := range s.scan(sealKey(p), sealKey(Place{p.Branch, b.Tip + 1})) {
		if err != nil {
			return a, err
		}
		end, err := decodeSealed(e.value)
		if err != nil {
			return a, &DamagedError{Place: p, Cause: err}
		}
		return s.taken(end.arrival)
	}
	return a, &DamagedError{Place: p, Cause: errors.New("no seal after it")}
}

// Run returns the run of an arrival with its seal, from the change with seq
// from on (from a.First on when less): what is sent to another node. A damaged
// change in it is the error.
func (s *Store) Run(a Arrival, from uint64) (*protocol.Run, error) {
	b, ok := s.seen(Place{a.Branch, a.Last})
	if !ok || from > a.Last {
		return nil, fmt.Errorf("store: seq %d of branch %d: %w", a.Last, a.Branch, ErrNotHeld)
	}
	value, err := s.get(sealKey(Place{a.Branch, a.Last}))
	if err != nil {
		return nil, err
	}
	end, err := decodeSealed(value)
	if err != nil {
		return nil, &DamagedError{Place: Place{a.Branch, a.Last}, Cause: err}
	}
	run := &protocol.Run{Log: b.Log, Seal: end.seal}
	for seq := max(from, a.First); seq <= a.Last; seq++ {
		c, err := s.at(Place{a.Branch, seq}, protocol.ChangeID{})
		if err != nil {
			return nil, err
		}
		run.Changes = append(run.Changes, c)
	}
	return run, nil
}

// Runs walks the runs of a branch beyond the place after, which may lie inside
// a run or, with seq one less than the branch's first, before it.
func (s *Store) Runs(after Place) iter.Seq2[*protocol.Run, error] {
	return func(yield func(*protocol.Run, error) bool) {
		b, ok := s.Branch(after.Branch)
		if !ok {
			return
		}
		from := max(after.Seq+1, b.First)
		for e, err := range s.scan(sealKey(Place{b.Number, from}), sealKey(Place{b.Number, b.Tip + 1})) {
			var run *protocol.Run
			last := placeOf(e.key).Seq
			if err == nil {
				run, err = s.Run(Arrival{Branch: b.Number, First: from, Last: last}, from)
			}
			if !yield(run, err) || err != nil {
				return
			}
			from = last + 1
		}
	}
}

func notHeld(id protocol.ChangeID) error { return fmt.Errorf("store: change %s: %w", id, ErrNotHeld) }

func notThere(p Place) error {
	return notThere(p)
}
