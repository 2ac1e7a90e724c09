package node

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// copyTree copies a home as `cp -r` does: every file is another one.
func (w *world) copyTree(from, to string) {
	w.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		w.Fatal(err)
	}
}

// signedTwice lists the places (log, seq) at which a node holds two changes.
func (w *world) signedTwice(n *Node) (places []string) {
	w.Helper()
	c, seen := n.opened()[0], map[string]protocol.ChangeID{}
	err := c.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		for _, change := range run.Changes {
			at := fmt.Sprintf("%s/%d", run.Log.ID, change.Seq)
			if other, is := seen[at]; is && other != change.ID {
				places = append(places, at)
			}
			seen[at] = change.ID
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return places
}

// shows fails unless every node shows a way under each of the ids.
func (w *world) shows(ids []string, nodes ...*Node) {
	w.Helper()
	for _, n := range nodes {
		for _, id := range ids {
			if _, err := n.Show(w.Context(), none, id); err != nil {
				w.Errorf("%s is lost: %v", id, err)
			}
		}
	}
}

func (w *world) connect(a, b *Node) {
	w.Helper()
	must[api.Connected](w.T)(a.Connect(w.Context(), none, api.Connecting{Address: b.net.addrs()[0]}))
}

// A copy of a home runs beside the original, both write at once, under load.
func TestACopyRunsBesideTheOriginal(t *testing.T) {
	w := newWorld(t)
	top := t.TempDir()
	home, twin := filepath.Join(top, "home"), filepath.Join(top, "twin")
	ana, ben := w.up(home), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	w.down(ana)
	w.copyTree(home, twin)
	ana, copied := w.up(home), w.up(twin)
	if ana.net.id() == copied.net.id() || ana.incarnation.ID == copied.incarnation.ID {
		t.Fatal("the copy answers as the original")
	}
	w.connect(ana, ben)
	w.connect(copied, ben)

	var mu sync.Mutex
	var ids []string
	var writers sync.WaitGroup
	for _, n := range []*Node{ana, copied, ana, copied} {
		writers.Go(func() {
			for i := range 25 {
				made, err := n.New(t.Context(), none, api.Draft{Kind: "way", Title: fmt.Sprint("Way ", i), Body: "Written on both."})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				ids = append(ids, made.ID)
				mu.Unlock()
			}
		})
	}
	writers.Wait()
	w.same(ana, copied, ben)
	w.shows(ids, ana, copied, ben)
	if twice := w.signedTwice(ben); len(twice) > 0 {
		t.Errorf("signed twice: %v", twice)
	}
}

// A home comes back from a backup of yesterday: what the others hold of it
// returns, and what it writes lies in new logs.
func TestARestoredHome(t *testing.T) {
	w := newWorld(t)
	top := t.TempDir()
	home, backup := filepath.Join(top, "home"), filepath.Join(top, "backup")
	ana, ben := w.up(home), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	before := w.way(ana, "Before the backup", "x")
	w.same(ana, ben)
	w.down(ana)
	w.copyTree(home, backup)
	ana = w.up(home)
	w.connect(ana, ben)
	after := w.way(ana, "After the backup", "x")
	w.same(ana, ben)
	w.down(ana)

	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	w.copyTree(backup, home)
	ana = w.up(home)
	alone := w.way(ana, "Written before it met anyone", "x")
	w.connect(ana, ben)
	w.same(ana, ben)
	w.shows([]string{before, after, alone}, ana, ben)
	if twice := w.signedTwice(ben); len(twice) > 0 {
		t.Errorf("signed twice: %v", twice)
	}
	w.down(ana)
	ana = w.up(home)
	w.connect(ana, ben)
	w.way(ana, "And it stays so", "x")
	w.same(ana, ben)
}

// A snapshot rolled back in place shows nothing: the same files, the same
// machine. What is written before the first contact is a fork, and both
// branches stay.
func TestASnapshotRolledBackInPlace(t *testing.T) {
	w := newWorld(t)
	top := t.TempDir()
	home, snapshot := filepath.Join(top, "home"), filepath.Join(top, "snapshot")
	ana, ben := w.up(home), w.up("")
	joined := w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	w.down(ana)
	w.copyTree(home, snapshot)
	ana = w.up(home)
	w.connect(ana, ben)
	one := w.way(ana, "Written and rolled back", "On the first branch.")
	more := w.way(ana, "And another", "On the first branch.")
	w.same(ana, ben)
	w.down(ana)

	// In place: all but the incarnation's own file is as it was, and that one
	// never changed.
	at := filepath.Join("communities", joined.Community)
	if err := os.RemoveAll(filepath.Join(home, at)); err != nil {
		t.Fatal(err)
	}
	w.copyTree(filepath.Join(snapshot, at), filepath.Join(home, at))
	was := ana.incarnation.ID
	ana = w.up(home)
	if ana.incarnation.ID != was {
		t.Fatal("the test rolls nothing back in place")
	}
	two := w.way(ana, "Written after the rollback", "On the second branch.")
	w.connect(ana, ben)
	w.same(ana, ben)
	w.shows([]string{one, more, two}, ana, ben)
	if twice := w.signedTwice(ben); len(twice) == 0 {
		t.Error("no fork: the test shows nothing")
	}
	if s, err := ben.Status(t.Context(), api.Call{}); err != nil || len(s.Communities[0].ForkedLogs) != 1 || s.Communities[0].ForkedLogs[0].Member.ID != joined.Member {
		t.Errorf("status names the logs %+v as forked, %v", s.Communities[0].ForkedLogs, err)
	}
	three := w.way(ana, "And on", "After both are known.")
	w.edit(ben, two, "On the second branch, by Ben.")
	w.same(ana, ben)
	w.shows([]string{three}, ana, ben)

	// Who comes later gets both branches, and the forked one after a restart.
	w.down(ana)
	ana = w.up(home)
	w.connect(ana, ben)
	cleo := w.up("")
	w.join(ana, cleo, "Cleo")
	w.same(ana, ben, cleo)
	w.shows([]string{one, more, two, three}, cleo)
	w.way(ana, "And on still", "x")
	w.same(ana, ben, cleo)
	asked := ana.opened()[0].ask(t.Context(), func(r *replica.Replica) {
		if !r.State().Active(ana.opened()[0].persona.Device.ID()) {
			t.Error("a fork of one's own ended the device")
		}
	})
	if asked != nil {
		t.Error(asked)
	}
}
