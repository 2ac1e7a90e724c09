package node

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"coppice.example/node/api"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// sickDisk is a disk whose writes and syncs fail while it is sick.
type sickDisk struct{ cause atomic.Pointer[error] }

func (d *sickDisk) config(c *Config) {
	c.store.FS = errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if cause := d.cause.Load(); cause != nil && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && !strings.Contains(op.Path, "LOCK") {
			return *cause
		}
		return nil
	}))
}

func (d *sickDisk) fails(err error) {
	if err == nil {
		d.cause.Store(nil)
		return
	}
	d.cause.Store(&err)
}

// A failed append: the caller is told, nothing of it is there, and once the
// disk is well again the node goes on without a restart.
func TestFailedAppend(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
		w := newWorld(t)
		disk := &sickDisk{}
		home := t.TempDir()
		n := w.up(home, disk.config)
		w.found(n)
		kept := w.way(n, "Kept", "text")
		before := w.hash(n)
		disk.fails(cause)
		_, err := n.New(t.Context(), none, api.Draft{Kind: "way", Title: "Lost"})
		p := api.ProblemOf(err)
		if !errors.Is(err, cause) || p.Hint == "" || p.Exit != api.ExitFailed {
			t.Fatalf("%v: %v (%+v)", cause, err, p)
		}
		if cause == syscall.ENOSPC && p.Code != "disk-full" {
			t.Errorf("a full disk is called %s", p.Code)
		}
		disk.fails(nil)
		if d := w.show(n, kept); d.Body != "text" {
			t.Errorf("%+v", d)
		}
		if after := w.hash(n); after != before {
			t.Errorf("%v left something: %s, %s", cause, before, after)
		}
		more := w.way(n, "More", "text")
		w.down(n)
		n = w.up(home)
		if items := must[api.Items](t)(n.List(t.Context(), none, api.Listing{Filter: api.Filter{Kind: "way"}})); len(items.Items) != 2 {
			t.Errorf("%+v", items)
		}
		w.show(n, more)
	}
}

func TestFullDiskOnImport(t *testing.T) {
	w := newWorld(t)
	disk := &sickDisk{}
	n := w.up("", disk.config)
	w.found(n)
	dir := t.TempDir()
	for i := range 50 {
		files(t, dir, map[string]string{name(i): "# Way " + name(i) + "\n\ntext\n"})
	}
	disk.fails(syscall.ENOSPC)
	_, err := n.Import(t.Context(), none, api.Importing{Dir: dir})
	if p := api.ProblemOf(err); p == nil || p.Code != "disk-full" || !strings.Contains(p.Hint, "again") {
		t.Fatalf("%+v", p)
	}
	disk.fails(nil)
	got := must[api.Imported](t)(n.Import(t.Context(), none, api.Importing{Dir: dir}))
	if got.Added+got.Unchanged != 50 || len(got.Failed) != 0 {
		t.Errorf("%+v", got)
	}
}
