package store

import (
	"fmt"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// guard is a file system that after the first failed write or sync writes
// nothing more: what a disk holds after a failed sync is unknown, and a later
// sync that succeeds would not change that.
type guard struct {
	vfs.FS
	stopped atomic.Pointer[error] // the first failure
}

// stop keeps err if it is the first failure and returns it.
func (g *guard) stop(err error) error {
	if err != nil {
		g.stopped.CompareAndSwap(nil, &err)
	}
	return err
}

// check returns what stopped the guard, if anything has.
func (g *guard) check() error {
	if err := g.stopped.Load(); err != nil {
		return *err
	}
	return nil
}

// attempt does one write unless the guard has stopped, and stops it if the write fails.
func (g *guard) attempt(write func() error) error {
	if err := g.check(); err != nil {
		return err
	}
	return g.stop(write())
}

func (g *guard) file(open func() (vfs.File, error)) (f vfs.File, err error) {
	err = g.attempt(func() (err error) {
		f, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	return guarded{f, g}, nil
}

func (g *guard) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.file(func() (vfs.File, error) { return g.FS.Create(name, c) })
}

func (g *guard) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	return g.file(func() (vfs.File, error) { return g.FS.OpenReadWrite(name, c, o...) })
}

func (g *guard) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.file(func() (vfs.File, error) { return g.FS.ReuseForWrite(from, to, c) })
}

// OpenDir opens a directory to sync it; that it cannot be opened stops nothing.
func (g *guard) OpenDir(name string) (vfs.File, error) {
	f, err := g.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return guarded{f, g}, nil
}

func (g *guard) Link(from, to string) error {
	return g.attempt(func() error { return g.FS.Link(from, to) })
}

func (g *guard) Rename(from, to string) error {
	return g.attempt(func() error { return g.FS.Rename(from, to) })
}

// Remove is no write: where it fails a file stays too long, no more.
func (g *guard) Remove(name string) error {
	if err := g.check(); err != nil {
		return err
	}
	return g.FS.Remove(name)
}

func (g *guard) RemoveAll(name string) error {
	if err := g.check(); err != nil {
		return err
	}
	return g.FS.RemoveAll(name)
}

// Unwrap returns the file system under the guard.
func (g *guard) Unwrap() vfs.FS { return g.FS }

type guarded struct {
	vfs.File
	g *guard
}

func (f guarded) Write(p []byte) (n int, err error) {
	err = f.g.attempt(func() (err error) {
		n, err = f.File.Write(p)
		return err
	})
	return n, err
}

func (f guarded) WriteAt(p []byte, at int64) (n int, err error) {
	err = f.g.attempt(func() (err error) {
		n, err = f.File.WriteAt(p, at)
		return err
	})
	return n, err
}

func (f guarded) Sync() error     { return f.g.attempt(f.File.Sync) }
func (f guarded) SyncData() error { return f.g.attempt(f.File.SyncData) }

func (f guarded) SyncTo(length int64) (full bool, err error) {
	err = f.g.attempt(func() (err error) {
		full, err = f.File.SyncTo(length)
		return err
	})
	return full, err
}

// silence is the database's logger. What it calls fatal stops the store
// instead of the process; all it says reaches the caller as errors.
type silence struct{ g *guard }

func (silence) Infof(string, ...any)  {}
func (silence) Errorf(string, ...any) {}

func (s silence) Fatalf(format string, args ...any) {
	_ = s.g.stop(fmt.Errorf(format, args...))
}
