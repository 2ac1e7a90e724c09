package store

import (
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// spot finds a change in the index; ok is false when it is not held, or not
// yet synced.
func (s *Store) spot(id protocol.ChangeID) (at spot, b branch, ok bool, err error) {
	value, err := s.get(idKey(id))
	if err != nil || value == nil {
		return spot{}, b, false, err
	}
	if at, err = decodeSpot(value); err != nil {
		return spot{}, b, false, &DamagedError{ID: id, Cause: err}
	}
	b, ok = s.seen(at.place)
	return at, b, ok, nil
}

// Has tells whether a change is held.
func (s *Store) Has(id protocol.ChangeID) (bool, error) {
	_, _, ok, err := s.spot(id)
	return ok, err
}

// Change returns a held change and its log; nil when it is not held.
func (s *Store) Change(id protocol.ChangeID) (*protocol.Change, protocol.LogRef, error) {
	at, b, ok, err := s.spot(id)
	if err != nil || !ok {
		return nil, protocol.LogRef{}, err
	}
	c, err := s.at(at.place, id)
	return c, b.log, err
}

// ArrivalOf returns the number of the run that brought a change; 0 when it is
// not held.
func (s *Store) ArrivalOf(id protocol.ChangeID) (uint64, error) {
	at, _, ok, err := s.spot(id)
	if err != nil || !ok {
		return 0, err
	}
	return at.arrival, nil
}

// Seq returns the seq of a held change, which is known also when its header is
// damaged; 0 when it is not held.
func (s *Store) Seq(id protocol.ChangeID) (uint64, error) {
	at, _, ok, err := s.spot(id)
	if err != nil || !ok {
		return 0, err
	}
	return at.seq, nil
}

// Header returns the header of a held change, also when its body is damaged;
// nil when it is not held.
func (s *Store) Header(id protocol.ChangeID) (*protocol.Header, error) {
	at, _, ok, err := s.spot(id)
	if err != nil || !ok {
		return nil, err
	}
	value, err := s.get(changeKey(at.place))
	if err != nil {
		return nil, s.damaged(err, at.place, id)
	}
	r := protocol.NewReader(value[min(len(value), checkSize):])
	r.ArrayOf(3)
	raw := r.Bytes(protocol.MaxHeader)
	h, err := protocol.DecodeHeader(raw)
	if err == nil && !s.names(&h, raw, id) {
		err = errors.New("its header is another's")
	}
	if err != nil {
		return nil, s.damaged(&DamagedError{Cause: err}, at.place, id)
	}
	return &h, nil
}

// names tells whether id is that of a header. Only the genesis, which is taken
// with no community, may be named by the community's id.
func (s *Store) names(h *protocol.Header, raw []byte, id protocol.ChangeID) bool {
	if id == protocol.ChangeID(s.community) {
		return protocol.HashHeader(protocol.CommunityID{}, raw) == id
	}
	return protocol.HashHeader(s.community, raw) == id
}

// At returns the changes of a log at a seq, ascending: several when it forked
// before or there, none when it is not that long.
func (s *Store) At(log protocol.LogID, seq uint64) (ids []protocol.ChangeID, err error) {
	for _, b := range s.branchesOf(log) {
		p := place{b.number, seq}
		if _, ok := s.seen(p); !ok {
			continue
		}
		id, err := s.idAt(b, p)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, protocol.ChangeID.Compare)
	return ids, nil
}

// Ancestor returns the change at a seq on the line of its log that ends in
// tip; ok is false when tip is not held or the line has no such seq.
func (s *Store) Ancestor(tip protocol.ChangeID, seq uint64) (id protocol.ChangeID, ok bool, err error) {
	at, _, ok, err := s.spot(tip)
	if err != nil || !ok || seq == 0 || seq > at.seq {
		return id, false, err
	}
	p := place{s.line(at.place, seq)[0].branch, seq}
	b, _ := s.branch(p.branch)
	id, err = s.idAt(b, p)
	return id, err == nil, err
}

// idAt tells the id at a place.
func (s *Store) idAt(b branch, p place) (id protocol.ChangeID, err error) {
	if p.seq == b.tip {
		return b.tipID, nil
	}
	c, err := s.at(p, id)
	if err != nil {
		return id, err
	}
	return c.ID, nil
}

// Stand returns the control heads and the epoch that hold for a change: those
// it writes, or those it inherits along its log. A control change has no
// control heads but its parents; for it only the epoch is told.
func (s *Store) Stand(id protocol.ChangeID) (heads []protocol.ChangeID, epoch protocol.ChangeID, err error) {
	at, _, ok, err := s.spot(id)
	if err != nil || !ok {
		return nil, epoch, errors.Join(err, fmt.Errorf("store: change %s: %w", id, ErrNotHeld))
	}
	now, err := s.standAt(at.place)
	return now.heads, now.epoch, err
}

func (s *Store) standAt(p place) (stand, error) {
	if p.branch == 0 {
		return stand{}, nil
	}
	e, err := s.last(placeKey(tableStand, place{p.branch, 0}), placeKey(tableStand, place{p.branch, p.seq + 1}))
	if err != nil || e.key == nil {
		return stand{}, s.damaged(err, p, protocol.ChangeID{})
	}
	now, err := decodeStand(e.value)
	if err != nil {
		return stand{}, s.damaged(&DamagedError{Cause: err}, p, protocol.ChangeID{})
	}
	return now, nil
}

// at reads and proves the change at a place within the horizon; id is what it
// must be, zero where only its place is known.
func (s *Store) at(p place, id protocol.ChangeID) (*protocol.Change, error) {
	value, err := s.get(changeKey(p))
	if err == nil && value == nil {
		err = &DamagedError{Cause: errors.New("it is gone")}
	}
	if err != nil {
		return nil, s.damaged(err, p, id)
	}
	c, err := decodeChange(value, s.community)
	if err == nil && (c.Seq != p.seq || !id.IsZero() && c.ID != id) {
		err = &DamagedError{Cause: fmt.Errorf("change %s lies in its place", c.ID)}
	}
	if err != nil {
		return nil, s.damaged(err, p, id)
	}
	return c, nil
}

// damaged gives damage the name of what it hit: the id asked for, or else the
// one that the next change, the branch's tip or the index tells. Other errors pass.
func (s *Store) damaged(err error, p place, id protocol.ChangeID) error {
	d, ok := errors.AsType[*DamagedError](err)
	if !ok {
		return err
	}
	b, _ := s.branch(p.branch)
	d.Log, d.Seq = b.log.ID, p.seq
	switch {
	case !id.IsZero():
		d.ID = id
	case p.seq == b.tip:
		d.ID = b.tipID
	default:
		value, err := s.get(changeKey(place{p.branch, p.seq + 1}))
		if err == nil {
			if next, err := decodeChange(value, s.community); err == nil {
				d.ID = next.Previous
				break
			}
		}
		d.ID = s.lookUp(p)
	}
	return d
}

// lookUp finds the id of a place that no other change tells, by all there are;
// zero when the index does not tell either.
func (s *Store) lookUp(p place) (id protocol.ChangeID) {
	for e, err := range s.scan(tableRange(tableID)) {
		if err != nil {
			return id
		}
		if at, err := decodeSpot(e.value); err == nil && at.place == p && len(e.key) == len(idKey(id)) {
			return protocol.ChangeID(e.key[keyHead : keyHead+len(id)])
		}
	}
	return id
}
