package store

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// guard is a file system that after the first failed write or sync writes
// nothing more: what a disk holds after a failed sync is unknown, and a later
// sync that succeeds would not change that.
//
// The database under the store ends the process, by panic or by its logger,
// when anything but a table fails it: its write-ahead log, its manifest, a
// directory. So of these the guard says yes and remembers, and every Append
// asks it before it says anything; the database goes on in memory, consistent
// and readable, and nothing of it reaches the disk. To a table, which the
// database takes back whole, it says no, and parks what would try again until
// the store is closed.
type guard struct {
	vfs.FS
	failed context.Context // done when the first write failed; its cause says why
	fail   context.CancelCauseFunc
	parked atomic.Pointer[chan struct{}] // what tries again waits for this; nil: nothing waits
}

func newGuard(fs vfs.FS) *guard {
	g := &guard{FS: fs}
	g.failed, g.fail = context.WithCancelCause(context.Background())
	return g
}

// stopped returns what stopped the guard, nil while it writes.
func (g *guard) stopped() error { return context.Cause(g.failed) }

// park makes later attempts wait once the guard has stopped, until release.
func (g *guard) park() {
	wait := make(chan struct{})
	g.parked.Store(&wait)
}

func (g *guard) release() {
	if wait := g.parked.Swap(nil); wait != nil {
		close(*wait)
	}
}

// lies tells whether the guard says yes for a file that it does not write.
func lies(name string) bool { return !strings.HasSuffix(name, ".sst") }

// attempt does one write unless the guard has stopped, and stops it if the
// write fails.
func (g *guard) attempt(lie bool, write func() error) error {
	err := g.stopped()
	if err == nil {
		if err = write(); err != nil {
			g.fail(err)
		}
	} else if wait := g.parked.Load(); wait != nil && !lie {
		<-*wait
	}
	if lie {
		return nil
	}
	return err
}

// file opens a file for writing. Where it lies, the file is one in memory,
// which nobody will read.
func (g *guard) file(name string, open func() (vfs.File, error)) (f vfs.File, err error) {
	err = g.attempt(lies(name), func() (err error) {
		f, err = open()
		return err
	})
	if err == nil && f == nil {
		f, err = vfs.NewMem().Create("lost", vfs.WriteCategoryUnspecified)
	}
	if err != nil {
		return nil, err
	}
	return guarded{f, g, lies(name)}, nil
}

func (g *guard) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.file(name, func() (vfs.File, error) { return g.FS.Create(name, c) })
}

func (g *guard) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	return g.file(name, func() (vfs.File, error) { return g.FS.OpenReadWrite(name, c, o...) })
}

func (g *guard) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.file(to, func() (vfs.File, error) { return g.FS.ReuseForWrite(from, to, c) })
}

// OpenDir opens a directory to sync it; that it cannot be opened stops nothing.
func (g *guard) OpenDir(name string) (vfs.File, error) {
	f, err := g.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return guarded{f, g, true}, nil
}

func (g *guard) Link(from, to string) error {
	return g.attempt(lies(to), func() error { return g.FS.Link(from, to) })
}

func (g *guard) Rename(from, to string) error {
	return g.attempt(lies(to), func() error { return g.FS.Rename(from, to) })
}

// Remove is no write: where it fails a file stays too long, no more.
func (g *guard) Remove(name string) error {
	if err := g.stopped(); err != nil {
		return err
	}
	return g.FS.Remove(name)
}

func (g *guard) RemoveAll(name string) error {
	if err := g.stopped(); err != nil {
		return err
	}
	return g.FS.RemoveAll(name)
}

// Unwrap returns the file system under the guard.
func (g *guard) Unwrap() vfs.FS { return g.FS }

type guarded struct {
	vfs.File
	g   *guard
	lie bool
}

func (f guarded) Write(p []byte) (int, error) {
	err := f.g.attempt(f.lie, func() error { _, err := f.File.Write(p); return err })
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f guarded) WriteAt(p []byte, at int64) (int, error) {
	err := f.g.attempt(f.lie, func() error { _, err := f.File.WriteAt(p, at); return err })
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f guarded) Sync() error     { return f.g.attempt(f.lie, f.File.Sync) }
func (f guarded) SyncData() error { return f.g.attempt(f.lie, f.File.SyncData) }

func (f guarded) SyncTo(length int64) (full bool, err error) {
	err = f.g.attempt(f.lie, func() (err error) {
		full, err = f.File.SyncTo(length)
		return err
	})
	return full, err
}

// Close of a file written to may be the first to tell that a write failed.
func (f guarded) Close() error {
	err := f.File.Close()
	if err != nil {
		f.g.fail(err)
	}
	if f.lie {
		return nil
	}
	return err
}

// silence is the database's logger. What it calls fatal stops the store
// instead of the process; all it says reaches the caller as errors.
type silence struct{ g *guard }

func (silence) Infof(string, ...any)  {}
func (silence) Errorf(string, ...any) {}

func (s silence) Fatalf(format string, args ...any) { s.g.fail(fmt.Errorf(format, args...)) }
