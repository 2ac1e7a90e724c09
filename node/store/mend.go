package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// Erase drops the words of held changes and keeps the hash in their place, so
// that each keeps its id, its shape and its seal. It is durable when Erase
// returns, and the tables that held the words are rewritten; the write-ahead
// log may hold them until the database reuses it. Ids not held are passed over;
// damaged ones too, and the first of them is the error.
func (s *Store) Erase(ids []protocol.ChangeID) error {
	var places []place
	var damaged error
	s.append.Lock()
	defer s.append.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	b := s.begin()
	for _, id := range ids {
		at, _, ok, err := s.spot(id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		c, err := s.at(at.place, id)
		if errors.Is(err, ErrDamaged) {
			damaged = cmp.Or(damaged, err)
			continue
		}
		if err != nil {
			return err
		}
		if len(c.Words) > 0 {
			b.put(changeKey(at.place), encodeChange(c.Erase()))
		}
		places = append(places, at.place) // also when only the tables still hold them
	}
	if err := b.commit(); err != nil {
		return err
	}
	for _, r := range stretches(places) {
		if err := s.ds.DB.Compact(s.disk.failed, changeKey(r[0]), append(changeKey(r[1]), 0), false); err != nil {
			return cmp.Or(s.Stopped(), damage(err))
		}
	}
	return cmp.Or(s.Stopped(), damaged)
}

// stretches gathers places into ranges, so that neighbours are rewritten at once.
func stretches(places []place) (ranges [][2]place) {
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.branch, b.branch), cmp.Compare(a.seq, b.seq)) })
	for _, p := range places {
		if n := len(ranges); n > 0 && ranges[n-1][1].branch == p.branch && p.seq-ranges[n-1][1].seq <= near {
			ranges[n-1][1] = p
		} else {
			ranges = append(ranges, [2]place{p, p})
		}
	}
	return ranges
}

// near is how far apart two erased changes may lie whose tables are rewritten
// in one go.
const near = 256

// Mend writes held changes anew: what another node sent for damaged ones, or
// for erased ones whose redaction turned void. The caller has decoded each, so
// its body is the one its id names. Errors: [ErrNotHeld].
func (s *Store) Mend(changes []*protocol.Change) error {
	s.append.Lock()
	defer s.append.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	b := s.begin()
	for _, c := range changes {
		at, _, ok, err := s.spot(c.ID)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("store: change %s: %w", c.ID, ErrNotHeld)
		}
		b.put(changeKey(at.place), encodeChange(c))
	}
	return b.commit()
}

// Verify reads every change of the arrivals from first to last and returns
// those that are damaged. A node verifies the tail at its start and the rest
// over days.
func (s *Store) Verify(first, last uint64) (damaged []*DamagedError, err error) {
	for number := max(first, 1); number <= min(last, s.Arrived()); number++ {
		a, err := s.taken(number)
		if err != nil {
			return damaged, err
		}
		var before protocol.ChangeID
		for seq := a.first; seq <= a.last; seq++ {
			p := place{a.branch, seq}
			c, err := s.at(p, protocol.ChangeID{})
			if err == nil && !before.IsZero() && c.Previous != before {
				err = s.damaged(&DamagedError{Cause: protocol.ErrChain}, p, c.ID)
			}
			if d, ok := errors.AsType[*DamagedError](err); ok {
				damaged, before = append(damaged, d), d.ID
			} else if err != nil {
				return damaged, err
			} else {
				before = c.ID
			}
		}
	}
	return damaged, nil
}
