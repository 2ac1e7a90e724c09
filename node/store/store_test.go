package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"
)

// model is what a store must say, kept the plain way.
type model struct {
	runs    []*protocol.Run // by arrival
	held    map[protocol.ChangeID]*protocol.Change
	log     map[protocol.ChangeID]protocol.LogRef
	arrival map[protocol.ChangeID]uint64
	records map[protocol.RecordKey]*protocol.Record
	local   map[string]string
}

func newModel() *model {
	return &model{held: map[protocol.ChangeID]*protocol.Change{}, log: map[protocol.ChangeID]protocol.LogRef{}, arrival: map[protocol.ChangeID]uint64{},
		records: map[protocol.RecordKey]*protocol.Record{}, local: map[string]string{}}
}

func (m *model) append(b Batch) {
	for _, r := range b.Runs {
		rest := r.Changes
		for len(rest) > 0 && m.held[rest[0].ID] != nil {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			continue
		}
		m.runs = append(m.runs, &protocol.Run{Log: r.Log, Changes: rest, Seal: r.Seal})
		for _, c := range rest {
			m.held[c.ID], m.log[c.ID], m.arrival[c.ID] = c, r.Log, uint64(len(m.runs))
		}
	}
	for _, k := range b.Drop {
		delete(m.records, k)
	}
	for _, r := range b.Records {
		if old := m.records[r.RecordKey]; old == nil || old.Number < r.Number {
			m.records[r.RecordKey] = r
		}
	}
	for _, l := range b.Local {
		if delete(m.local, l.Key); l.Value != nil {
			m.local[l.Key] = string(l.Value)
		}
	}
}

// check compares everything a store tells with the model.
func (m *model) check(s *Store) error {
	if s.Arrived() != uint64(len(m.runs)) || s.Changes() != uint64(len(m.held)) {
		return fmt.Errorf("%d runs, %d changes; want %d, %d", s.Arrived(), s.Changes(), len(m.runs), len(m.held))
	}
	for id, want := range m.held {
		got, log, err := s.Change(id)
		if err != nil {
			return err
		}
		if got == nil || log != m.log[id] {
			return fmt.Errorf("change %s of log %v: %v", id, log, got)
		}
		if err := same(got, want); err != nil {
			return err
		}
		if n, err := s.ArrivalOf(id); n != m.arrival[id] || err != nil {
			return fmt.Errorf("arrival %d %v, want %d", n, err, m.arrival[id])
		}
		if h, err := s.Header(id); err != nil || h.Lamport != want.Lamport {
			return fmt.Errorf("header %v: %v", h, err)
		}
	}
	return errors.Join(m.checkRuns(s), m.checkLogs(s), m.checkDocuments(s), m.checkStands(s), m.checkRest(s))
}

func (m *model) checkRuns(s *Store) error {
	next, control := uint64(1), 0
	err := s.Runs(1, func(n uint64, got *protocol.Run) error {
		want := m.runs[n-1]
		if n != next || got.Seal != want.Seal || got.Log != want.Log || len(got.Changes) != len(want.Changes) {
			return fmt.Errorf("run %d of log %s, %d changes", n, got.Log.ID, len(got.Changes))
		}
		next++
		if got.Log.Class == protocol.Control {
			control++
		}
		for i, c := range got.Changes {
			if err := same(c, want.Changes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || next != uint64(len(m.runs))+1 {
		return fmt.Errorf("runs end at %d: %v", next, err)
	}
	return errors.Join(s.ControlRuns(0, func(n uint64, got *protocol.Run) error {
		control--
		if got.Last().ID != m.runs[n-1].Last().ID {
			return fmt.Errorf("control run %d", n)
		}
		return nil
	}), errIf(control != 0, "%d control runs missed", control))
}

func errIf(failed bool, format string, args ...any) error {
	if failed {
		return fmt.Errorf(format, args...)
	}
	return nil
}

func (m *model) checkLogs(s *Store) error {
	named := map[protocol.ChangeID]bool{}
	type spotted struct {
		seq uint64
		id  protocol.ChangeID
	}
	logs := map[protocol.LogID][]spotted{}
	for id, c := range m.held {
		named[c.Previous] = true
		logs[m.log[id].ID] = append(logs[m.log[id].ID], spotted{c.Seq, id})
	}
	if got := s.Logs(); len(got) != len(logs) || !slices.IsSortedFunc(got, func(a, b protocol.LogRef) int { return a.ID.Compare(b.ID) }) {
		return fmt.Errorf("%d logs, want %d", len(got), len(logs))
	}
	for log, all := range logs {
		slices.SortFunc(all, func(a, b spotted) int { return cmp.Or(cmp.Compare(a.seq, b.seq), a.id.Compare(b.id)) })
		var tips, ids []protocol.ChangeID
		at := map[uint64][]protocol.ChangeID{}
		for _, x := range all {
			ids = append(ids, x.id)
			at[x.seq] = append(at[x.seq], x.id)
			if !named[x.id] {
				tips = append(tips, x.id)
			}
		}
		if got := s.Tips(log); !slices.Equal(got, tips) {
			return fmt.Errorf("tips of %s: %v, want %v", log, got, tips)
		}
		for seq, want := range at {
			if got, err := s.At(log, seq); err != nil || !slices.Equal(got, want) {
				return fmt.Errorf("at seq %d: %v %v, want %v", seq, got, err, want)
			}
		}
		var walked []protocol.ChangeID
		err := s.Range(log, 1, func(c *protocol.Change) error { walked = append(walked, c.ID); return nil })
		slices.SortFunc(walked, protocol.ChangeID.Compare)
		slices.SortFunc(ids, protocol.ChangeID.Compare)
		if err != nil || !slices.Equal(walked, ids) {
			return fmt.Errorf("range of %s: %d of %d: %v", log, len(walked), len(ids), err)
		}
		for _, tip := range tips {
			if err := m.checkLine(s, tip); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkLine follows the chain back from a tip.
func (m *model) checkLine(s *Store, tip protocol.ChangeID) error {
	var chain []*protocol.Change
	for c := m.held[tip]; c != nil; c = m.held[c.Previous] {
		chain = append(chain, c)
	}
	for _, c := range chain {
		if id, ok, err := s.Ancestor(tip, c.Seq); id != c.ID || !ok || err != nil {
			return fmt.Errorf("ancestor at %d: %v %v %v", c.Seq, id, ok, err)
		}
	}
	if _, ok, _ := s.Ancestor(tip, uint64(len(chain))+1); ok {
		return errors.New("an ancestor beyond the tip")
	}
	n := uint64(len(chain))
	for _, after := range []uint64{0, n / 3, n / 2, n - 1} {
		refs, err := s.RunsTo(tip, after, 1000)
		if err != nil {
			return err
		}
		next := after + 1
		for i, r := range refs {
			if i == 0 && (r.First > next || r.Last < next) || i > 0 && r.First != next && r.Last < next {
				return fmt.Errorf("run %d holds %d to %d, not %d", r.Arrival, r.First, r.Last, next)
			}
			run, err := s.Run(r.Arrival, next)
			if err != nil {
				return err
			}
			full := m.runs[r.Arrival-1]
			if run.Changes[0].Seq != max(next, r.First) || r.First != full.Changes[0].Seq || run.Last().ID != r.ID || full.Last().ID != r.ID || r.Size != full.Size() || !r.Checked {
				return fmt.Errorf("run %d: %+v", r.Arrival, r)
			}
			for _, c := range run.Changes {
				if c.Seq == next && c.ID == chain[uint64(len(chain))-next].ID {
					next++
				}
			}
		}
		if next != uint64(len(chain))+1 {
			return fmt.Errorf("runs after %d lead to %d of %d", after, next-1, len(chain))
		}
	}
	return nil
}

func (m *model) checkDocuments(s *Store) error {
	want := map[protocol.DocumentID][]protocol.ChangeID{}
	for _, r := range m.runs {
		for _, c := range r.Changes {
			if d := c.DocumentOf(c.ID); c.Class != protocol.Control {
				want[d] = append(want[d], c.ID)
			}
		}
	}
	n := 0
	err := s.Documents(protocol.DocumentID{}, func(d protocol.DocumentID) error {
		n++
		var got []protocol.ChangeID
		err := s.Document(d, func(l protocol.LogRef, c *protocol.Change) error {
			got = append(got, c.ID)
			return errIf(l != m.log[c.ID], "log %v", l)
		})
		return errors.Join(err, errIf(!slices.Equal(got, want[d]), "document %s: %v, want %v", d, got, want[d]))
	})
	return errors.Join(err, errIf(n != len(want), "%d documents, want %d", n, len(want)))
}

func (m *model) checkStands(s *Store) error {
	for id := range m.held {
		var heads []protocol.ChangeID
		var epoch protocol.ChangeID
		for c := m.held[id]; c != nil; c = m.held[c.Previous] {
			if heads == nil {
				heads = c.ControlHeads
			}
			if epoch.IsZero() {
				epoch = c.Epoch
			}
		}
		gotHeads, gotEpoch, err := s.Stand(id)
		if err != nil || !slices.Equal(heads, gotHeads) || epoch != gotEpoch {
			return fmt.Errorf("%s stands on %v, %v (%v); want %v, %v", id, gotHeads, gotEpoch, err, heads, epoch)
		}
	}
	return nil
}

func (m *model) checkRest(s *Store) error {
	n, last := 0, uint64(0)
	err := s.Records(0, func(own uint64, r *protocol.Record) error {
		n++
		want := m.records[r.RecordKey]
		ok := own > last && own <= s.Recorded() && want != nil && want.Number == r.Number && bytes.Equal(want.Payload, r.Payload)
		last = own
		return errIf(!ok, "record %d: %+v, want %+v", own, r, want)
	})
	if err != nil || n != len(m.records) {
		return fmt.Errorf("%d records, want %d: %v", n, len(m.records), err)
	}
	for k := range m.records {
		found := 0
		err := s.RecordsFor(k.Kind, k.Recipient, k.Epoch, func(r *protocol.Record) error {
			found++
			return errIf(r.Kind != k.Kind || r.Recipient != k.Recipient || r.Epoch != k.Epoch, "%+v", r.RecordKey)
		})
		if r, err2 := s.Record(k); err != nil || err2 != nil || found == 0 || r.Number != m.records[k].Number {
			return fmt.Errorf("record %+v: %v %v", k, r, errors.Join(err, err2))
		}
	}
	n = 0
	err = s.Locals("", func(k string, v []byte) error {
		n++
		one, err := s.Local(k)
		return errors.Join(err, errIf(m.local[k] != string(v) || string(one) != string(v), "%q is %q", k, v))
	})
	return errors.Join(err, errIf(n != len(m.local), "%d local values, want %d", n, len(m.local)))
}

// randomBatch draws what may come: runs new, repeated, overlapping and forked,
// records and local values.
func randomBatch(w *world, m *model) (b Batch) {
	for range w.IntN(4) {
		r := w.any()
		if n := len(m.runs); n > 0 && w.IntN(4) == 0 {
			b.Runs = append(b.Runs, m.runs[w.IntN(n)])
		}
		if n := len(r.Changes); w.IntN(4) == 0 { // more of the same log from before
			l := w.lineOf(r)
			from := w.IntN(len(l.changes) - n + 1)
			r = &protocol.Run{Log: r.Log, Changes: l.changes[from:], Seal: r.Seal}
		}
		b.Runs = append(b.Runs, r)
	}
	key := func() protocol.RecordKey {
		k := protocol.RecordKey{Device: protocol.DeviceID{byte(w.IntN(3))}, Kind: protocol.Held}
		if w.IntN(2) == 0 {
			k.Kind, k.Recipient, k.Epoch = protocol.Letter, protocol.DeviceID{0xff, byte(w.IntN(2))}, protocol.ChangeID{'/'}
		}
		return k
	}
	for range w.IntN(3) {
		b.Records = append(b.Records, &protocol.Record{RecordKey: key(), Number: 1 + w.Uint64N(20), Payload: []byte{byte(w.Uint64())}})
	}
	if w.IntN(5) == 0 {
		b.Drop = append(b.Drop, key())
	}
	for range w.IntN(2) {
		l := Local{Key: []string{"a", "a/", "", "b/\x00", "b\xff"}[w.IntN(5)]}
		if w.IntN(3) > 0 {
			l.Value = []byte{byte(w.Uint64())}
		}
		b.Local = append(b.Local, l)
	}
	return b
}

func (w *world) lineOf(r *protocol.Run) *line {
	for _, l := range w.lines {
		if n := len(l.changes); n > 0 && l.changes[n-1].ID == r.Last().ID {
			return l
		}
	}
	return nil
}

func TestWhatIsAppendedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, m, fs := newWorld(rapid.Uint64().Draw(t, "seed")), newModel(), vfs.NewMem()
		s, err := Open("db", w.community, Options{FS: fs})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			b := randomBatch(w, m)
			m.append(b)
			n, err := s.Append(b)
			if err != nil || n != uint64(len(m.runs)) {
				t.Fatal(n, len(m.runs), err)
			}
			if w.IntN(6) == 0 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if s, err = Open("db", w.community, Options{FS: fs}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := m.check(s); err != nil {
			t.Fatal(err)
		}
		if damaged, err := s.Verify(1, s.Arrived()); len(damaged) > 0 || err != nil {
			t.Fatal(damaged, err)
		}
	})
}
