package store

import (
	"context"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"github.com/ipfs/go-datastore"
)

// Batch is what becomes durable at once.
type Batch struct {
	// Runs get one arrival number each, in this order; a run may continue one
	// before it. What of a run is held already is dropped from its front, and
	// a run wholly held gets no number.
	Runs []*protocol.Run
	// Records replace the one of their key unless its number is as great; each
	// taken gets a record number.
	Records []*protocol.Record
	// Unchecked names, by index, the runs whose seal this node has not verified
	// itself: it passed over them on the way to a later seal.
	Unchecked []int
	Drop      []protocol.RecordKey // records no longer needed; done first
	Local     []Local
}

// Local is a value this node keeps for itself beside the changes; a nil value
// drops it.
type Local struct {
	Key   string
	Value []byte
}

// Append makes the batch durable, all or nothing, and returns the number of
// the last arrival. Errors: [ErrGap] and the like name a batch that was not
// taken and harms nothing; [ErrStopped] that the disk failed: whether the
// batch is held is known only after opening anew, and no more is taken.
func (s *Store) Append(b Batch) (arrival uint64, err error) {
	s.append.Lock()
	defer s.append.Unlock()
	if err := s.usable(); err != nil {
		return 0, err
	}
	t := &taking{
		batch:      s.begin(),
		branches:   map[uint32]*branch{},
		spots:      map[protocol.ChangeID]spot{},
		stands:     map[uint32][]standing{},
		records:    map[protocol.RecordKey]numbered{},
		count:      uint32(len(s.branches)),
		arrival:    s.arrival,
		lastRecord: s.record,
	}
	for _, key := range b.Drop {
		if err := t.dropRecord(key); err != nil {
			return 0, err
		}
	}
	for i, run := range b.Runs {
		if err := t.run(run, !slices.Contains(b.Unchecked, i)); err != nil {
			return 0, err
		}
	}
	if err := t.takeRecords(b.Records); err != nil {
		return 0, err
	}
	for _, l := range b.Local {
		if l.Value == nil {
			t.delete(nameKey(tableLocal, l.Key))
		} else {
			t.put(nameKey(tableLocal, l.Key), l.Value)
		}
	}
	if err := t.commit(); err != nil {
		return 0, err
	}
	t.settle()
	return s.arrival, nil
}

// usable tells why nothing can be written, if so. The caller holds s.append.
func (s *Store) usable() error {
	if s.closed {
		return fmt.Errorf("%w: closed", ErrStopped)
	}
	return s.Stopped()
}

// batch collects writes; the first fault sticks.
type batch struct {
	*Store
	ds    datastore.Batch
	count int
	err   error
}

func (s *Store) begin() *batch {
	b := &batch{Store: s}
	b.ds, b.err = s.ds.Batch(context.Background())
	return b
}

func (b *batch) put(key, value []byte) {
	if b.err == nil {
		b.err = b.ds.Put(context.Background(), datastore.RawKey(string(key)), value)
		b.count++
	}
}

func (b *batch) delete(key []byte) {
	if b.err == nil {
		b.err = b.ds.Delete(context.Background(), datastore.RawKey(string(key)))
		b.count++
	}
}

// commit returns nil only when all is on disk and, unless the store is late,
// synced: the guard knows of every write that failed.
func (b *batch) commit() error {
	if b.err != nil || b.count == 0 {
		return b.err
	}
	if err := b.ds.Commit(context.Background()); err != nil {
		b.disk.fail(err)
	}
	return b.Stopped()
}

// taking is one Append under way: the batch and what will be held after it.
type taking struct {
	*batch
	branches   map[uint32]*branch // new or grown
	spots      map[protocol.ChangeID]spot
	stands     map[uint32][]standing           // by branch, ascending
	count      uint32                          // of branches
	records    map[protocol.RecordKey]numbered // taken, or zero: dropped
	arrival    uint64
	lastRecord uint64
}

func (t *taking) run(r *protocol.Run, checked bool) error {
	b, rest, err := t.join(r)
	if err != nil || len(rest) == 0 {
		return err
	}
	t.arrival++
	size, documents := 0, map[protocol.DocumentID][]uint64{}
	for _, c := range rest {
		if c.Previous != b.tipID || c.Seq != b.tip+1 {
			return fmt.Errorf("store: %w: seq %d after %d", ErrGap, c.Seq, b.tip)
		}
		b.tip, b.tipID = c.Seq, c.ID
		size += c.Size()
		p := place{b.number, c.Seq}
		if err := t.stand(b, c); err != nil {
			return err
		}
		t.put(changeKey(p), encodeChange(c))
		t.put(idKey(c.ID), encodeSpot(spot{p, t.arrival}))
		t.spots[c.ID] = spot{p, t.arrival}
		if c.Class != protocol.Control {
			d := c.DocumentOf(c.ID)
			documents[d] = append(documents[d], c.Seq)
		}
	}
	for d, seqs := range documents {
		t.put(documentKey(d, t.arrival), encodePart(part{b.number, seqs}))
	}
	t.put(sealKey(place{b.number, b.tip}), encodeSealed(sealed{t.arrival, b.tipID, r.Seal, size, checked}))
	t.put(numberKey(tableArrival, t.arrival), encodeArrival(arrival{branch: b.number, class: b.log.Class, first: rest[0].Seq, last: b.tip}))
	if b.log.Class == protocol.Control {
		t.put(numberKey(tableControl, t.arrival), []byte{})
	}
	return nil
}

// join finds the branch that the run continues, or begins one, and what of
// the run is not yet held.
func (t *taking) join(r *protocol.Run) (*branch, []*protocol.Change, error) {
	if len(r.Changes) == 0 {
		return nil, nil, nil
	}
	if b, ok := t.tip(r.Changes[0].Previous); ok && r.Changes[0].Seq > 1 {
		return b, r.Changes, nil // the usual case asks no disk
	}
	rest, parent := r.Changes, spot{}
	for len(rest) > 0 {
		at, ok, err := t.held(rest[0].ID)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			break
		}
		rest, parent = rest[1:], at
	}
	if len(rest) == 0 {
		return nil, nil, nil
	}
	first := rest[0]
	if parent.branch == 0 && first.Seq > 1 {
		at, ok, err := t.held(first.Previous)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			return nil, nil, fmt.Errorf("store: %w: %s", ErrGap, first.ID)
		}
		parent = at
	}
	if b, ok := t.tip(first.Previous); ok && first.Seq > 1 {
		return b, rest, nil
	}
	b, err := t.branch(r.Log, parent.place, first)
	return b, rest, err
}

// branch begins a branch with first: one that leaves parent, or one that
// begins a log where parent is zero.
func (t *taking) branch(log protocol.LogRef, parent place, first *protocol.Change) (*branch, error) {
	switch {
	case parent.seq+1 != first.Seq:
		return nil, fmt.Errorf("store: %w: seq %d after %d", ErrGap, first.Seq, parent.seq)
	case parent.branch == 0 && (!log.Full() || first.Previous != protocol.ChangeID(log.ID)):
		return nil, fmt.Errorf("store: %w: the first change of a log names it", ErrGap)
	case parent.branch != 0:
		if b := t.branches[parent.branch]; b != nil {
			log = b.log
		} else {
			log = t.Store.branches[parent.branch-1].log
		}
	}
	t.count++
	b := &branch{number: t.count, log: log, parent: parent, first: first.Seq, tip: parent.seq, tipID: first.Previous}
	t.branches[b.number] = b
	t.put(branchKey(b.number), encodeBranch(*b))
	return b, nil
}

// tip returns the branch, as it will be, whose tip has this id.
func (t *taking) tip(id protocol.ChangeID) (*branch, bool) {
	for _, b := range t.branches {
		if b.tipID == id {
			return b, true
		}
	}
	number, ok := t.tips[id]
	if !ok || t.branches[number] != nil {
		return nil, false
	}
	b := t.Store.branches[number-1]
	t.branches[number] = &b
	return &b, true
}

// held tells where a change lies, or will.
func (t *taking) held(id protocol.ChangeID) (spot, bool, error) {
	if at, ok := t.spots[id]; ok {
		return at, true, nil
	}
	at, _, ok, err := t.spot(id)
	return at, ok, err
}

// standing is a stand that this batch writes, and the seq from which it holds.
type standing struct {
	seq uint64
	stand
}

// stand keeps what later changes inherit: where c writes it, and where a
// branch begins, so that nobody need look beyond a branch.
func (t *taking) stand(b *branch, c *protocol.Change) error {
	before := place{b.number, c.Seq}
	if c.Seq == b.first {
		before = b.parent
	} else if len(c.ControlHeads) == 0 && c.Epoch.IsZero() {
		return nil
	}
	now, err := t.standAt(before)
	if err != nil {
		return err
	}
	if len(c.ControlHeads) > 0 {
		now.heads = c.ControlHeads
	}
	if !c.Epoch.IsZero() {
		now.epoch = c.Epoch
	}
	t.stands[b.number] = append(t.stands[b.number], standing{c.Seq, now})
	t.put(placeKey(tableStand, place{b.number, c.Seq}), encodeStand(now))
	return nil
}

// standAt tells what holds at a place, which may lie in this batch.
func (t *taking) standAt(p place) (stand, error) {
	for _, s := range slices.Backward(t.stands[p.branch]) {
		if s.seq <= p.seq {
			return s.stand, nil
		}
	}
	return t.Store.standAt(p)
}

// settle makes what was taken visible.
func (t *taking) settle() {
	s := t.Store
	s.table.Lock()
	defer s.table.Unlock()
	for number := uint32(len(s.branches)) + 1; number <= t.count; number++ {
		b := t.branches[number]
		s.branches = append(s.branches, branch{})
		s.logs[b.log.ID] = append(s.logs[b.log.ID], number)
	}
	for number, b := range t.branches {
		delete(s.tips, s.branches[number-1].tipID)
		s.branches[number-1] = *b
		s.tips[b.tipID] = number
	}
	s.arrival, s.record = t.arrival, t.lastRecord
}
