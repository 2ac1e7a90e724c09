package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestErase looks for erased words in every table on disk, before and after.
func TestErase(t *testing.T) {
	w, fs := newWorld(3), vfs.NewMem()
	s := open(t, fs, w)
	l := w.log(protocol.Content)
	run := w.run(l, 40)
	mustAppend(t, s, Batch{Runs: []*protocol.Run{run}})
	if err := s.ds.DB.Flush(); err != nil {
		t.Fatal(err)
	}
	secret := run.Changes[7]
	if !onDisk(t, fs, secret.Words) {
		t.Fatal("the words were never on disk: this test sees nothing")
	}
	if err := s.Erase([]protocol.ChangeID{secret.ID, {1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	got, _, err := s.Change(secret.ID)
	if err != nil || !got.Erased() || got.WordsHash != secret.WordsHash || !bytes.Equal(got.Shape, secret.Shape) {
		t.Fatalf("%+v %v", got, err)
	}
	if err := s.Close(); err != nil { // old tables are removed by then
		t.Fatal(err)
	}
	if onDisk(t, fs, secret.Words) {
		t.Error("the erased words are still in a table")
	}
	s = open(t, fs, w)
	again, err := s.Run(1, 0)
	if err != nil || again.Seal != run.Seal || len(again.Changes) != 40 || !again.Changes[7].Erased() {
		t.Fatal("the run does not stand without the words", err)
	}
	if err := s.Mend([]*protocol.Change{secret}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Change(secret.ID); err != nil || same(got, secret) != nil {
		t.Fatal("the words did not come back", err)
	}
	if err := s.Mend([]*protocol.Change{w.write(l)}); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
}

// onDisk looks for bytes in all tables.
func onDisk(t *testing.T, fs vfs.FS, words []byte) bool {
	for _, name := range files(t, fs, ".sst") {
		if bytes.Contains(read(t, fs, name), words) {
			return true
		}
	}
	return false
}

// spoil changes what lies at a change's place.
func spoil(t *testing.T, s *Store, id protocol.ChangeID, change func([]byte) []byte) {
	at, _, ok, err := s.spot(id)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	value, err := s.get(changeKey(at.place))
	if err != nil {
		t.Fatal(err)
	}
	if value = change(value); value == nil {
		err = s.ds.DB.Delete(changeKey(at.place), pebble.Sync)
	} else {
		err = s.ds.DB.Set(changeKey(at.place), value, pebble.Sync)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestDamage spoils one change in several ways: every read of it says so and
// names it, all else is read, and a change sent anew mends it.
func TestDamage(t *testing.T) {
	w := newWorld(4)
	s := open(t, vfs.NewMem(), w)
	w.documents = append(w.documents, protocol.DocumentID(w.bytes32()))
	l := w.log(protocol.Content)
	run := w.run(l, 10)
	mustAppend(t, s, Batch{Runs: []*protocol.Run{run, w.run(l, 2)}})
	for name, change := range map[string]func([]byte) []byte{
		"header":  func(v []byte) []byte { v[checkSize+20] ^= 1; return v },
		"body":    func(v []byte) []byte { v[len(v)-1] ^= 1; return v },
		"cut":     func(v []byte) []byte { return v[:len(v)-3] },
		"short":   func([]byte) []byte { return []byte{1} },
		"gone":    func([]byte) []byte { return nil },
		"another": func([]byte) []byte { return encodeChange(run.Changes[1]) },
	} {
		for _, hit := range []*protocol.Change{run.Changes[4], l.changes[11]} {
			spoil(t, s, hit.ID, change)
			_, _, err := s.Change(hit.ID)
			d, ok := errors.AsType[*DamagedError](err)
			if !ok || !errors.Is(err, ErrDamaged) || d.ID != hit.ID || d.Seq != hit.Seq || d.Log != l.ref.ID || !strings.Contains(err.Error(), "damaged") {
				t.Fatalf("%s: %v", name, err)
			}
			damaged, err := s.Verify(1, 99)
			if err != nil || len(damaged) != 1 || damaged[0].ID != hit.ID {
				t.Fatalf("%s: verified: %v %v", name, damaged, err)
			}
			n := 0
			err = s.Range(l.ref.ID, 1, func(c *protocol.Change) error { n++; return nil })
			if !errors.Is(err, ErrDamaged) || n != 11 {
				t.Fatalf("%s: %d of 11 walked: %v", name, n, err)
			}
			if err := s.Runs(1, func(n uint64, r *protocol.Run) error {
				if r.Changes[0].Seq <= hit.Seq && hit.Seq <= r.Last().Seq {
					t.Errorf("%s: a damaged run was given", name)
				}
				return nil
			}); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: %v", name, err)
			}
			if h, err := s.Header(hit.ID); name == "body" && (err != nil || h.Seq != hit.Seq) || name == "header" && !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: header: %v", name, err)
			}
			if err := s.Mend([]*protocol.Change{hit}); err != nil {
				t.Fatal(err)
			}
			if damaged, err := s.Verify(1, 99); err != nil || len(damaged) > 0 {
				t.Fatalf("%s: not mended: %v %v", name, damaged, err)
			}
		}
	}
}

// TestRefused appends what would leave a hole: it is refused, and nothing of
// the batch is taken.
func TestRefused(t *testing.T) {
	w := newWorld(6)
	s := open(t, vfs.NewMem(), w)
	l := w.log(protocol.Content)
	first, second, third := w.run(l, 2), w.run(l, 2), w.run(l, 2)
	anonymous := &protocol.Run{Log: protocol.LogRef{ID: l.ref.ID}, Changes: first.Changes}
	broken := &protocol.Run{Log: l.ref, Changes: []*protocol.Change{second.Changes[0], third.Changes[0]}}
	for name, runs := range map[string][]*protocol.Run{"hole": {first, third}, "no name": {anonymous}, "broken": {first, broken}} {
		if _, err := s.Append(Batch{Runs: runs, Local: []Local{{"a", []byte("b")}}}); !errors.Is(err, ErrGap) {
			t.Fatalf("%s: %v", name, err)
		}
		if v, err := s.Local("a"); s.Changes() != 0 || v != nil || err != nil {
			t.Fatalf("%s: something was taken: %d changes, %q, %v", name, s.Changes(), v, err)
		}
	}
	mustAppend(t, s, Batch{Runs: []*protocol.Run{first, second, third}, Unchecked: []int{1}})
	refs, err := s.RunsTo(third.Last().ID, 0, 2)
	if err != nil || len(refs) != 2 || !refs[0].Checked || refs[1].Checked {
		t.Fatalf("%+v %v", refs, err)
	}
	stop := errors.New("enough")
	if err := s.Runs(1, func(uint64, *protocol.Run) error { return stop }); err != stop {
		t.Fatal(err)
	}
	if c, _, err := s.Change(protocol.ChangeID{9}); c != nil || err != nil {
		t.Fatal(c, err)
	}
	if _, err := s.Run(4, 0); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(Batch{Local: []Local{{"a", nil}}}); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
}

// FuzzStored reads whatever bytes a disk may give back: an error or the change
// they were kept as, never a panic.
func FuzzStored(f *testing.F) {
	w := newWorld(7)
	l := w.log(protocol.Content)
	for range 3 {
		f.Add(encodeChange(w.write(l)))
	}
	f.Add(encodeChange(l.changes[1].Erase()))
	f.Add(encodeSpot(spot{place{1, 2}, 3}))
	f.Add(encodeSealed(sealed{1, protocol.ChangeID{2}, protocol.Seal{3}, 4, true}))
	f.Add(encodeBranch(branch{number: 1, log: l.ref, first: 1}))
	f.Add(encodeStand(stand{[]protocol.ChangeID{{1}}, protocol.ChangeID{2}}))
	f.Add(encodePart(part{1, []uint64{4, 9}}))
	f.Add(encodeArrival(arrival{branch: 1, class: 2, first: 3, last: 4}))
	f.Fuzz(func(t *testing.T, value []byte) {
		if c, err := decodeChange(value, w.community); err == nil {
			if !bytes.Equal(encodeChange(c), value) {
				t.Fatalf("%x is read as a change and written as %x", value, encodeChange(c))
			}
		} else if !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		for key := range [][]byte{nil, branchKey(2), numberKey(tableNumber, 1), value} {
			k := [][]byte{nil, branchKey(2), numberKey(tableNumber, 1), value}[key]
			_, _ = decodeBranch(k, value)
			_, _ = decodeArrival(k, value)
			_, _ = decodeRecord(k, value)
			_, _ = placeOf(k), numberOf(k)
		}
		if s, err := decodeSpot(value); err == nil && !bytes.Equal(encodeSpot(s), value) {
			t.Fatalf("spot %x", value)
		}
		if s, err := decodeSealed(value); err == nil && !bytes.Equal(encodeSealed(s), value) {
			t.Fatalf("seal %x", value)
		}
		_, _ = decodeStand(value)
		_, _ = decodePart(value)
	})
}

func TestErasureStopsWithTheDisk(t *testing.T) {
	w := newWorld(8)
	fault := &failing{err: errors.New("broken"), only: writes, after: 1 << 40}
	s := open(t, stepping(vfs.NewMem(), fault.inject), w)
	run := w.run(w.log(protocol.Content), 3)
	mustAppend(t, s, Batch{Runs: []*protocol.Run{run}})
	fault.count.Store(1<<40 - 3) // the batch is written, the table is not
	if err := s.Erase([]protocol.ChangeID{run.Changes[0].ID}); !errors.Is(err, ErrStopped) || errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if c, _, err := s.Change(run.Changes[0].ID); err != nil || !c.Erased() {
		t.Fatal("reads stopped as well:", err)
	}
}
