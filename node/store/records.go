package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"coppice.example/protocol"
)

// Numbered is a record under the number by which this node took it.
type Numbered struct {
	Number uint64
	*protocol.Record
}

// records takes what stands over what is held.
func (t *taking) records(records []*protocol.Record) error {
	if len(records) == 0 {
		return nil
	}
	taken := map[protocol.RecordKey]Numbered{} // of this batch
	for _, r := range records {
		held, ok := taken[r.RecordKey]
		if !ok {
			var err error
			if held, ok, err = t.Record(r.RecordKey); err != nil {
				return err
			}
		}
		if ok && held.Record.Number >= r.Number {
			continue
		}
		if ok {
			t.delete(numberKey(tableNumber, held.Number))
		}
		t.record++
		taken[r.RecordKey] = Numbered{t.record, r}
		t.put(numberKey(tableNumber, t.record), r.Append(nil))
		t.put(recordKey(r.RecordKey), binary.BigEndian.AppendUint64(nil, t.record))
	}
	t.put(metaKey("record"), binary.BigEndian.AppendUint64(nil, t.record))
	return nil
}

func (t *taking) forget(key protocol.RecordKey) error {
	held, ok, err := t.Record(key)
	if err != nil || !ok {
		return err
	}
	t.delete(numberKey(tableNumber, held.Number))
	t.delete(recordKey(key))
	return nil
}

// Record returns the record of a key; ok is false when none is held.
func (s *Store) Record(key protocol.RecordKey) (n Numbered, ok bool, err error) {
	value, err := s.get(recordKey(key))
	if err != nil || value == nil {
		return n, false, err
	}
	n, err = s.numbered(value)
	return n, err == nil, err
}

// numbered follows an entry of the table of keys.
func (s *Store) numbered(value []byte) (n Numbered, err error) {
	if len(value) != 8 {
		return n, &DamagedError{Cause: errors.New("a record's number is cut short")}
	}
	key := numberKey(tableNumber, binary.BigEndian.Uint64(value))
	if value, err = s.get(key); err != nil {
		return n, err
	}
	return decodeRecord(key, value)
}

func decodeRecord(key, value []byte) (Numbered, error) {
	r := protocol.NewReader(append([]byte(nil), value...))
	record, err := protocol.ReadRecord(r)
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return Numbered{}, &DamagedError{Cause: fmt.Errorf("record %d: %w", numberOf(key), err)}
	}
	return Numbered{numberOf(key), record}, nil
}

// Records walks the records taken after a number, in order. A record that
// replaced another is met once, under its own number.
func (s *Store) Records(after uint64) iter.Seq2[Numbered, error] {
	return func(yield func(Numbered, error) bool) {
		for e, err := range s.scan(numberKey(tableNumber, after+1), numberKey(tableNumber, s.LastRecord()+1)) {
			n := Numbered{}
			if err == nil {
				n, err = decodeRecord(e.key, e.value)
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// RecordsOf walks the records of a kind for one recipient and epoch, by device.
func (s *Store) RecordsOf(kind protocol.RecordKind, recipient protocol.DeviceID, epoch protocol.ChangeID) iter.Seq2[Numbered, error] {
	return func(yield func(Numbered, error) bool) {
		prefix := recordKey(protocol.RecordKey{Kind: kind, Recipient: recipient, Epoch: epoch})
		prefix = prefix[:len(prefix)-len(protocol.DeviceID{})-keyTail]
		for e, err := range s.scan(prefix, after(prefix)) {
			n := Numbered{}
			if err == nil {
				n, err = s.numbered(e.value)
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// Local returns a local value, nil when there is none.
func (s *Store) Local(key string) ([]byte, error) { return s.get(nameKey(tableLocal, key)) }

// Locals walks the local values whose keys begin with prefix, by key.
func (s *Store) Locals(prefix string) iter.Seq2[Local, error] {
	return func(yield func(Local, error) bool) {
		from := append([]byte{'/', tableLocal}, prefix...)
		for e, err := range s.scan(from, after(from)) {
			l := Local{}
			if err == nil {
				l.Key = string(e.key[keyHead : len(e.key)-keyTail])
				l.Value = append([]byte{}, e.value...)
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// after returns the first key beyond all that begin with prefix, which has a
// byte below 0xff: the table's letter.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	end[len(end)-1]++
	return end
}
