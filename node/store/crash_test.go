package store

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// whole checks that a store holds all of some first batches, at least so many,
// and nothing else.
func whole(s *Store, batches []Batch, atLeast int) error {
	m := newModel()
	var errs []error
	for i := 0; ; i++ {
		if i >= atLeast {
			err := m.check(s)
			if err == nil {
				return nil
			}
			errs = append(errs, fmt.Errorf("not %d batches: %w", i, err))
		}
		if i == len(batches) {
			return errors.Join(errs...)
		}
		m.append(batches[i])
	}
}

// stepping calls before ahead of every write, sync and change of a name.
func stepping(fs vfs.FS, before func(op errorfs.Op) error) vfs.FS {
	return errorfs.Wrap(fs, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return before(op)
		}
		return nil
	}))
}

// TestPowerCut cuts the power ahead of every write and sync of a history of
// batches, with none, half and all of what was not synced reaching the disk.
// What Append acknowledged must be there, and the batch under way whole or not
// at all.
func TestPowerCut(t *testing.T) {
	const seeds = 2
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			w, m := newWorld(seed), newModel()
			mem := vfs.NewCrashableMem()
			type cut struct {
				fs    *vfs.MemFS
				acked int
			}
			var cuts []cut
			var lock sync.Mutex // tables are written behind the back
			acked := 0
			random := rand.New(rand.NewPCG(seed, 1))
			step := func(errorfs.Op) error {
				lock.Lock()
				defer lock.Unlock()
				for _, percent := range []int{0, 50, 100} {
					cuts = append(cuts, cut{mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: random}), acked})
				}
				return nil
			}
			var on atomic.Bool
			s := open(t, stepping(mem, func(op errorfs.Op) error {
				if on.Load() {
					return step(op)
				}
				return nil
			}), w)
			on.Store(true)
			var batches []Batch
			for i := range 9 {
				if i%5 == 4 {
					if _, err := s.ds.DB.AsyncFlush(); err != nil {
						t.Fatal(err)
					}
				}
				b := randomBatch(w, m)
				m.append(b)
				batches = append(batches, b)
				mustAppend(t, s, b)
				lock.Lock()
				acked++
				lock.Unlock()
				_ = step(errorfs.Op{})
			}
			on.Store(false)
			lock.Lock()
			defer lock.Unlock()
			for i, c := range cuts {
				s, err := Open("db", w.community, Options{FS: c.fs})
				if err != nil {
					t.Fatalf("cut %d: %v", i, err)
				}
				if err := whole(s, batches, c.acked); err != nil {
					t.Fatalf("cut %d after %d batches: %v", i, c.acked, err)
				}
				if _, err := s.Append(Batch{Local: []Local{{"more", []byte("x")}}}); err != nil {
					t.Fatalf("cut %d: %v", i, err)
				}
				_ = s.Close()
			}
			t.Logf("%d cuts", len(cuts))
		})
	}
}

// TestLate cuts the power while a store that syncs late is open: some first
// batches are there, whole. After Close all of them are.
func TestLate(t *testing.T) {
	const seed = 3
	w, m := newWorld(seed), newModel()
	mem := vfs.NewCrashableMem()
	random := rand.New(rand.NewPCG(seed, 1))
	s, err := Open("db", w.community, Options{FS: mem, Late: true})
	if err != nil {
		t.Fatal(err)
	}
	var batches []Batch
	after := func(percent, atLeast int) {
		t.Helper()
		cut := mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: random})
		s, err := Open("db", w.community, Options{FS: cut})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(whole(s, batches, atLeast), s.Close()); err != nil {
			t.Fatalf("%d of 100 bytes not synced are there, after %d batches: %v", percent, len(batches), err)
		}
	}
	for range 6 {
		b := randomBatch(w, m)
		m.append(b)
		batches = append(batches, b)
		mustAppend(t, s, b)
		for _, percent := range []int{0, 50, 100} {
			after(percent, 0)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after(0, len(batches))
}

// failing is a file system whose n-th write or sync of a kind fails, and every
// one after it while broken.
type failing struct {
	err    error
	only   func(errorfs.OpKind) bool
	after  int64
	count  atomic.Int64
	broken atomic.Bool
}

func (f *failing) inject(op errorfs.Op) error {
	if f.only(op.Kind) && f.count.Add(1) > f.after {
		f.broken.Store(true)
		return f.err
	}
	return nil
}

func syncs(k errorfs.OpKind) bool {
	return k == errorfs.OpFileSync || k == errorfs.OpFileSyncData || k == errorfs.OpFileSyncTo
}

func writes(k errorfs.OpKind) bool {
	return k == errorfs.OpFileWrite || k == errorfs.OpFileWriteAt || k == errorfs.OpCreate || k == errorfs.OpReuseForWrite
}

// TestFailedWrite lets the n-th sync, then the n-th write, of a history fail,
// for every n: Append says so and not "saved", the store takes nothing more,
// reads still tell what was acknowledged and nothing else, and after opening
// anew the batch under way is there whole or not at all.
func TestFailedWrite(t *testing.T) {
	t.Run("sync", func(t *testing.T) {
		for n := int64(0); failAt(t, &failing{err: syscall.EIO, only: syncs, after: n}); n++ {
		}
	})
	t.Run("write", func(t *testing.T) {
		for n := int64(0); failAt(t, &failing{err: syscall.ENOSPC, only: writes, after: n}); n++ {
		}
	})
}

// failAt tells whether the fault was met.
func failAt(t *testing.T, fault *failing) bool {
	w, m := newWorld(uint64(fault.after)), newModel()
	mem := vfs.NewCrashableMem()
	s, err := Open("db", w.community, Options{FS: stepping(mem, fault.inject)})
	if err != nil {
		if !errors.Is(err, fault.err) {
			t.Fatalf("fault %d: %v", fault.after, err)
		}
		s, err := Open("db", w.community, Options{FS: mem}) // the lock is let go, nothing is spoilt
		if err != nil {
			t.Fatalf("fault %d: %v", fault.after, err)
		}
		return s.Close() == nil
	}
	var batches []Batch
	acked, failed := 0, false
	for i := range 10 {
		if i%4 == 3 { // a new write-ahead log, and tables written behind the back
			if _, err := s.ds.DB.AsyncFlush(); err != nil {
				t.Fatalf("fault %d: %v", fault.after, err)
			}
		}
		b := randomBatch(w, m)
		batches = append(batches, b)
		if _, err := s.Append(b); err != nil {
			if failed = true; !errors.Is(err, ErrStopped) || !errors.Is(err, fault.err) {
				t.Fatalf("fault %d: %v", fault.after, err)
			}
			break
		}
		if fault.broken.Load() && len(b.Runs) > 0 && s.Stopped() == nil {
			t.Fatalf("fault %d: acknowledged after a failed write", fault.after)
		}
		m.append(b)
		acked++
	}
	if failed {
		if _, err := s.Append(Batch{Local: []Local{{"x", []byte("y")}}}); !errors.Is(err, ErrStopped) {
			t.Fatalf("fault %d: a stopped store took a batch: %v", fault.after, err)
		}
		if err := errors.Join(m.checkRuns(s), m.checkLogs(s), m.checkDocuments(s)); err != nil {
			t.Fatalf("fault %d: reads of a stopped store: %v", fault.after, err)
		}
	}
	lost := mem.CrashClone(vfs.CrashCloneCfg{})
	_ = s.Close()
	for _, fs := range []vfs.FS{lost, mem} {
		s, err := Open("db", w.community, Options{FS: fs})
		if err != nil {
			t.Fatalf("fault %d: %v", fault.after, err)
		}
		if err := whole(s, batches, acked); err != nil {
			t.Fatalf("fault %d after %d batches: %v", fault.after, acked, err)
		}
		_ = s.Close()
	}
	return fault.broken.Load()
}

// TestTornTail cuts the write-ahead log at every byte of the last two batches.
func TestTornTail(t *testing.T) {
	w, m := newWorld(5), newModel()
	w.words = 1
	mem := vfs.NewMem()
	s := open(t, mem, w)
	var batches []Batch
	var sizes []int
	l := w.log(protocol.Content)
	for i := range 4 {
		b := Batch{Local: []Local{{"a", []byte{byte(i)}}}}
		if i != 2 {
			b.Runs = []*protocol.Run{w.run(l, 1)}
		}
		m.append(b)
		batches = append(batches, b)
		mustAppend(t, s, b)
		_, log := newest(t, mem, ".log")
		sizes = append(sizes, len(log))
	}
	name, log := newest(t, mem, ".log")
	for at := sizes[1]; at <= len(log); at++ {
		torn := vfs.NewMem()
		if _, err := vfs.Clone(mem, torn, "db", "db"); err != nil {
			t.Fatal(err)
		}
		write(t, torn, name, log[:at])
		s, err := Open("db", w.community, Options{FS: torn})
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", at, len(log), err)
		}
		atLeast := 0
		for atLeast < len(sizes) && sizes[atLeast] <= at {
			atLeast++
		}
		if err := whole(s, batches, atLeast); err != nil {
			t.Fatalf("cut at %d of %d: %v", at, len(log), err)
		}
		_ = s.Close()
	}
}

func newest(t *testing.T, fs vfs.FS, suffix string) (name string, data []byte) {
	names := files(t, fs, suffix)
	name = names[len(names)-1]
	return name, read(t, fs, name)
}

// files lists the paths of a store's files by name.
func files(t *testing.T, fs vfs.FS, suffix string) (names []string) {
	list, err := fs.List("db")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		if strings.HasSuffix(name, suffix) {
			names = append(names, fs.PathJoin("db", name))
		}
	}
	slices.Sort(names)
	return names
}

func read(t *testing.T, fs vfs.FS, name string) []byte {
	f, err := fs.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, fs vfs.FS, name string, data []byte) {
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(slices.Clone(data)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBitRot flips one bit in each stretch of every file of a closed store: it
// is found, or it changes nothing that is read; never is wrong data returned.
func TestBitRot(t *testing.T) {
	w, m := newWorld(9), newModel()
	mem := vfs.NewMem()
	s := open(t, mem, w)
	for range 10 {
		b := randomBatch(w, m)
		m.append(b)
		mustAppend(t, s, b)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	found, harmless := 0, 0
	for _, name := range files(t, mem, "") {
		data := read(t, mem, name)
		stretch := 4096
		if strings.HasSuffix(name, ".sst") {
			stretch = 256
		}
		for from := 0; from < len(data); from += stretch {
			bit := from*8 + w.IntN(8*min(stretch, len(data)-from))
			data[bit/8] ^= 1 << (bit % 8)
			write(t, mem, name, data)
			if rotten(t, mem, w, m) {
				found++
			} else {
				harmless++
				if strings.HasSuffix(name, ".sst") {
					t.Logf("%s: bit %d of %d bytes changes nothing", name, bit, len(data))
				}
			}
			data[bit/8] ^= 1 << (bit % 8)
			write(t, mem, name, data)
		}
	}
	t.Logf("%d flips found, %d in bytes that are never read", found, harmless)
}

// rotten opens a copy and tells whether damage was found.
func rotten(t *testing.T, mem vfs.FS, w *world, m *model) bool {
	fs := vfs.NewMem()
	if _, err := vfs.Clone(mem, fs, "db", "db"); err != nil {
		t.Fatal(err)
	}
	s, err := Open("db", w.community, Options{FS: fs})
	if err != nil {
		return true
	}
	defer func() { _ = s.Close() }()
	damaged := false
	for id, want := range m.held {
		got, _, err := s.Change(id)
		switch {
		case errors.Is(err, ErrDamaged):
			damaged = true
		case err != nil:
			t.Fatal(err)
		case got == nil:
			t.Fatalf("change %s is not held, and nothing said: %d, %d", id, s.Arrived(), len(m.runs))
		default:
			if err := same(got, want); err != nil {
				t.Fatal(err)
			}
		}
	}
	return damaged || m.check(s) != nil
}

func TestLocked(t *testing.T) {
	for name, at := range map[string]struct {
		dir string
		fs  vfs.FS
	}{"memory": {"db", vfs.NewMem()}, "disk": {t.TempDir() + "/db", nil}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(1)
			s, err := Open(at.dir, w.community, Options{FS: at.fs})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Open(at.dir, w.community, Options{FS: at.fs}); !errors.Is(err, ErrLocked) {
				t.Fatalf("a second node opened it: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s, err = Open(at.dir, w.community, Options{FS: at.fs})
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			if _, err := Open(at.dir, newWorld(2).community, Options{FS: at.fs}); !errors.Is(err, ErrCommunity) {
				t.Fatalf("another community opened it: %v", err)
			}
		})
	}
	blocked := t.TempDir() + "/file"
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(blocked, protocol.CommunityID{}, Options{}); err == nil || errors.Is(err, ErrLocked) {
		t.Fatalf("a file is no directory: %v", err)
	}
}
