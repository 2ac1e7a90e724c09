package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2"
	"github.com/ipfs/go-datastore"
)

// The tables. A key is '/', the table's letter, fixed-width big-endian numbers
// and ids, and a dot: a key of go-datastore begins with a slash and must not
// end in one, which a bare id may.
const (
	tableMeta     = 'm' // name -> value: community, record
	tableBranch   = 'l' // branch -> log, parent, first
	tableChange   = 'c' // place -> check, change
	tableSeal     = 's' // place of a run's last change -> arrival, id, seal
	tableID       = 'i' // id -> place, arrival
	tableStand    = 'h' // place -> control heads and epoch from here on
	tableDocument = 'd' // document, arrival -> branch, seqs
	tableArrival  = 'a' // arrival -> branch, class, first, last
	tableControl  = 'k' // arrival of a control run -> nothing
	tableRecord   = 'r' // kind, recipient, epoch, device -> record number
	tableNumber   = 'n' // record number -> record
	tableLocal    = 'x' // name -> value
)

const keyHead, keyTail = 2, 1 // bytes before and after the parts of a key

func newKey(table byte, size int) []byte { return append(make([]byte, 0, size+3), '/', table) }

func numberKey(table byte, n uint64) []byte {
	return append(binary.BigEndian.AppendUint64(newKey(table, 8), n), '.')
}

func placeKey(table byte, p place) []byte {
	k := binary.BigEndian.AppendUint32(newKey(table, 12), p.branch)
	return append(binary.BigEndian.AppendUint64(k, p.seq), '.')
}

func nameKey(table byte, name string) []byte {
	return append(append(newKey(table, len(name)), name...), '.')
}

func metaKey(name string) []byte { return nameKey(tableMeta, name) }
func changeKey(p place) []byte   { return placeKey(tableChange, p) }
func sealKey(p place) []byte     { return placeKey(tableSeal, p) }

func branchKey(number uint32) []byte {
	return append(binary.BigEndian.AppendUint32(newKey(tableBranch, 4), number), '.')
}

func idKey(id protocol.ChangeID) []byte {
	return append(append(newKey(tableID, 32), id[:]...), '.')
}

func documentKey(d protocol.DocumentID, arrival uint64) []byte {
	k := append(newKey(tableDocument, 40), d[:]...)
	return append(binary.BigEndian.AppendUint64(k, arrival), '.')
}

func recordKey(k protocol.RecordKey) []byte {
	b := append(newKey(tableRecord, 97), byte(k.Kind))
	b = append(append(append(b, k.Recipient[:]...), k.Epoch[:]...), k.Device[:]...)
	return append(b, '.')
}

// numberOf reads the last number of a key, 0 from one that is too short.
func numberOf(key []byte) uint64 {
	if len(key) < keyHead+8+keyTail {
		return 0
	}
	return binary.BigEndian.Uint64(key[len(key)-keyTail-8:])
}

// placeOf reads the place of a key that [placeKey] made.
func placeOf(key []byte) place {
	if len(key) != keyHead+12+keyTail {
		return place{}
	}
	return place{binary.BigEndian.Uint32(key[keyHead:]), numberOf(key)}
}

// tableRange returns the bounds of a whole table.
func tableRange(table byte) (from, to []byte) {
	return []byte{'/', table}, []byte{'/', table + 1}
}

// The values: canonical CBOR, read back by the strict reader.

func encodeBranch(b branch) []byte {
	v := protocol.AppendArray(nil, 6)
	v = protocol.AppendBytes(v, b.log.Device[:])
	v = protocol.AppendBytes(v, b.log.Incarnation[:])
	v = protocol.AppendUint(v, uint64(b.log.Class))
	v = protocol.AppendUint(v, uint64(b.parent.branch))
	v = protocol.AppendUint(v, b.parent.seq)
	return protocol.AppendUint(v, b.first)
}

func decodeBranch(key, value []byte) (b branch, err error) {
	if len(key) != keyHead+4+keyTail {
		return b, errors.New("a key of the wrong length")
	}
	b.number = binary.BigEndian.Uint32(key[keyHead:])
	var device protocol.DeviceID
	var incarnation protocol.Incarnation
	r := protocol.NewReader(value)
	r.ArrayOf(6)
	r.Fixed(device[:])
	r.Fixed(incarnation[:])
	class := protocol.Class(r.UintMax(math.MaxUint8))
	b.parent = place{uint32(r.UintMax(math.MaxUint32)), r.Uint()}
	b.first = r.Uint()
	if err := r.End(); err != nil {
		return b, err
	}
	if b.parent.branch >= b.number || b.first != b.parent.seq+1 {
		return b, errors.New("it leaves a branch that is not there")
	}
	b.log = protocol.NewLogRef(device, incarnation, class)
	return b, nil
}

// sealed is how a run ended.
type sealed struct {
	arrival uint64
	id      protocol.ChangeID
	seal    protocol.Seal
	size    int  // bytes of headers and bodies
	checked bool // this node verified the seal
}

func encodeSealed(s sealed) []byte {
	v := protocol.AppendUint(protocol.AppendArray(make([]byte, 0, 120), 5), s.arrival)
	v = protocol.AppendBytes(protocol.AppendBytes(v, s.id[:]), s.seal[:])
	return protocol.AppendBool(protocol.AppendUint(v, uint64(s.size)), s.checked)
}

func decodeSealed(value []byte) (s sealed, err error) {
	r := protocol.NewReader(value)
	r.ArrayOf(5)
	s.arrival = r.Uint()
	r.Fixed(s.id[:])
	r.Fixed(s.seal[:])
	s.size, s.checked = int(r.UintMax(2*protocol.MaxControlRun)), r.Bool()
	return s, r.End()
}

// spot is where a change lies.
type spot struct {
	place
	arrival uint64
}

func encodeSpot(s spot) []byte {
	v := protocol.AppendUint(protocol.AppendArray(nil, 3), uint64(s.branch))
	return protocol.AppendUint(protocol.AppendUint(v, s.seq), s.arrival)
}

func decodeSpot(value []byte) (s spot, err error) {
	r := protocol.NewReader(value)
	r.ArrayOf(3)
	s.branch = uint32(r.UintMax(math.MaxUint32))
	s.seq, s.arrival = r.Uint(), r.Uint()
	return s, r.End()
}

// stand is what the changes of a branch inherit from some place on.
type stand struct {
	heads []protocol.ChangeID
	epoch protocol.ChangeID
}

func encodeStand(s stand) []byte {
	return protocol.AppendBytes(protocol.AppendIDs(protocol.AppendArray(nil, 2), s.heads), s.epoch[:])
}

func decodeStand(value []byte) (s stand, err error) {
	r := protocol.NewReader(value)
	r.ArrayOf(2)
	for range r.Array() {
		var id protocol.ChangeID
		r.Fixed(id[:])
		s.heads = append(s.heads, id)
	}
	r.Fixed(s.epoch[:])
	return s, r.End()
}

// part is what one run says of one document.
type part struct {
	branch uint32
	seqs   []uint64
}

func encodePart(p part) []byte {
	v := protocol.AppendArray(nil, 1+len(p.seqs))
	v = protocol.AppendUint(v, uint64(p.branch))
	before := uint64(0)
	for _, seq := range p.seqs {
		v, before = protocol.AppendUint(v, seq-before), seq
	}
	return v
}

func decodePart(value []byte) (p part, err error) {
	r := protocol.NewReader(value)
	n := r.Array()
	p.branch = uint32(r.UintMax(math.MaxUint32))
	seq := uint64(0)
	for range n - 1 {
		seq += r.Uint()
		p.seqs = append(p.seqs, seq)
	}
	return p, r.End()
}

// arrival is one taken run: the changes first to last (seq) of a branch.
type arrival struct {
	number      uint64
	branch      uint32
	class       protocol.Class
	first, last uint64
}

func encodeArrival(a arrival) []byte {
	v := protocol.AppendUint(protocol.AppendArray(nil, 4), uint64(a.branch))
	v = protocol.AppendUint(v, uint64(a.class))
	return protocol.AppendUint(protocol.AppendUint(v, a.first), a.last)
}

func decodeArrival(key, value []byte) (a arrival, err error) {
	r := protocol.NewReader(value)
	r.ArrayOf(4)
	a.number = numberOf(key)
	a.branch = uint32(r.UintMax(math.MaxUint32))
	a.class = protocol.Class(r.UintMax(math.MaxUint8))
	a.first, a.last = r.Uint(), r.Uint()
	return a, r.End()
}

// checkSize is how much of its id is kept before a change. Where a change is
// met by its place alone this tells whether its header is still the one it was
// kept as; the whole id would cost a tenth more disk to tell the same.
const checkSize = 8

func encodeChange(c *protocol.Change) []byte {
	v := append(make([]byte, 0, checkSize+c.Size()+16), c.ID[:checkSize]...)
	return protocol.AppendChange(v, c)
}

// decodeChange reads a change and proves that it is the one it was kept as.
// It shares the memory of value.
func decodeChange(value []byte, community protocol.CommunityID) (*protocol.Change, error) {
	if len(value) < checkSize {
		return nil, &DamagedError{Cause: errors.New("cut short")}
	}
	r := protocol.NewReader(value[checkSize:])
	c, err := protocol.ReadChange(r, community)
	if err == nil {
		err = r.End()
	}
	if err == nil && !bytes.Equal(c.ID[:checkSize], value[:checkSize]) {
		err = errors.New("its header has changed")
	}
	if err != nil {
		return nil, &DamagedError{Cause: err}
	}
	return c, nil
}

// get returns a copy of the value, nil when there is none.
func (s *Store) get(key []byte) ([]byte, error) {
	v, err := s.ds.Get(context.Background(), datastore.RawKey(string(key)))
	if errors.Is(err, datastore.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, damage(err)
	}
	return v, nil
}

// entry is what a scan stands on, until its next step.
type entry struct{ key, value []byte }

// scan walks the keys from (included) to to (excluded). The query of
// go-datastore knows only prefixes, so this asks the database under it.
func (s *Store) scan(from, to []byte) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		it, err := s.ds.DB.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
		if err != nil {
			yield(entry{}, damage(err))
			return
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			value, err := it.ValueAndErr()
			if err != nil {
				yield(entry{}, damage(err))
				return
			}
			if !yield(entry{it.Key(), value}, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(entry{}, damage(err))
		}
	}
}

// last returns the greatest key between from and to; both nil when there is none.
func (s *Store) last(from, to []byte) (e entry, err error) {
	it, err := s.ds.DB.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return e, damage(err)
	}
	defer it.Close()
	if !it.Last() {
		return e, damage(it.Error())
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return e, damage(err)
	}
	return entry{append([]byte(nil), it.Key()...), append([]byte(nil), value...)}, nil
}

// damage makes the database's own finding of damage ours.
func damage(err error) error {
	switch {
	case err == nil:
		return nil
	case pebble.IsCorruptionError(err):
		return &DamagedError{Cause: err}
	}
	return fmt.Errorf("store: %w", err)
}
