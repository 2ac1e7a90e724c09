package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// takeRecords takes those that stand over what is held.
func (t *taking) takeRecords(records []*protocol.Record) error {
	for _, r := range records {
		held, ok, err := t.recordNow(r.RecordKey)
		if err != nil {
			return err
		}
		if ok && held.Number >= r.Number {
			continue
		}
		if ok {
			t.delete(numberKey(tableNumber, held.own))
		}
		t.lastRecord++
		t.records[r.RecordKey] = numbered{t.lastRecord, r}
		t.put(numberKey(tableNumber, t.lastRecord), r.Append(nil))
		t.put(recordKey(r.RecordKey), binary.BigEndian.AppendUint64(nil, t.lastRecord))
		t.put(metaKey("record"), binary.BigEndian.AppendUint64(nil, t.lastRecord))
	}
	return nil
}

func (t *taking) dropRecord(key protocol.RecordKey) error {
	held, ok, err := t.recordNow(key)
	if err != nil || !ok {
		return err
	}
	t.records[key] = numbered{}
	t.delete(numberKey(tableNumber, held.own))
	t.delete(recordKey(key))
	return nil
}

// recordNow returns the record of a key as this batch leaves it.
func (t *taking) recordNow(key protocol.RecordKey) (numbered, bool, error) {
	if n, ok := t.records[key]; ok {
		return n, n.Record != nil, nil
	}
	return t.recordOf(key)
}

// numbered is a record under the number by which this node took it.
type numbered struct {
	own uint64
	*protocol.Record
}

func (s *Store) recordOf(key protocol.RecordKey) (n numbered, ok bool, err error) {
	value, err := s.get(recordKey(key))
	if err != nil || value == nil {
		return n, false, err
	}
	n, err = s.numbered(value)
	return n, err == nil, err
}

// numbered follows an entry of the table of keys.
func (s *Store) numbered(value []byte) (n numbered, err error) {
	if len(value) != 8 {
		return n, &DamagedError{Cause: errors.New("a record's number is cut short")}
	}
	key := numberKey(tableNumber, binary.BigEndian.Uint64(value))
	if value, err = s.get(key); err != nil {
		return n, err
	}
	return decodeRecord(key, value)
}

func decodeRecord(key, value []byte) (numbered, error) {
	r := protocol.NewReader(append([]byte(nil), value...))
	record, err := protocol.ReadRecord(r)
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return numbered{}, &DamagedError{Cause: fmt.Errorf("record %d: %w", numberOf(key), err)}
	}
	return numbered{numberOf(key), record}, nil
}

// Record returns the record that stands under a key, nil when there is none.
func (s *Store) Record(key protocol.RecordKey) (*protocol.Record, error) {
	n, _, err := s.recordOf(key)
	return n.Record, err
}

// Records walks the records taken after a number of this node's own, by
// number. A record that replaced another is met once, under its own number.
func (s *Store) Records(after uint64, each func(number uint64, record *protocol.Record) error) error {
	for e, err := range s.scan(numberKey(tableNumber, after+1), numberKey(tableNumber, s.Recorded()+1)) {
		if err != nil {
			return err
		}
		n, err := decodeRecord(e.key, e.value)
		if err != nil {
			return err
		}
		if err := each(n.own, n.Record); err != nil {
			return err
		}
	}
	return nil
}

// RecordsFor walks the records of a kind for one recipient and epoch (its
// letters), ascending by the device that signed.
func (s *Store) RecordsFor(kind protocol.RecordKind, recipient protocol.DeviceID, epoch protocol.ChangeID, each func(*protocol.Record) error) error {
	prefix := recordKey(protocol.RecordKey{Kind: kind, Recipient: recipient, Epoch: epoch})
	prefix = prefix[:len(prefix)-len(protocol.DeviceID{})-keyTail]
	for e, err := range s.scan(prefix, beyond(prefix)) {
		if err != nil {
			return err
		}
		n, err := s.numbered(e.value)
		if err != nil {
			return err
		}
		if err := each(n.Record); err != nil {
			return err
		}
	}
	return nil
}

// Local returns a local value, nil when there is none.
func (s *Store) Local(key string) ([]byte, error) { return s.get(nameKey(tableLocal, key)) }

// Locals walks the local values whose keys begin with prefix, ascending by key.
func (s *Store) Locals(prefix string, each func(key string, value []byte) error) error {
	from := append([]byte{'/', tableLocal}, prefix...)
	for e, err := range s.scan(from, beyond(from)) {
		if err != nil {
			return err
		}
		key := string(e.key[keyHead : len(e.key)-keyTail])
		if err := each(key, append([]byte{}, e.value...)); err != nil {
			return err
		}
	}
	return nil
}

// beyond returns the first key after all that begin with prefix, which has a
// byte below 0xff: the table's letter.
func beyond(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	end[len(end)-1]++
	return end
}
