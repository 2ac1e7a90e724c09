package node

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// Words that their author takes back leave the disks of all nodes, and what
// they are found by.
func TestWordsTakenBackLeaveTheDisks(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	id := w.way(ana, "A way", "The patient in bed four.")
	w.same(ana, ben)
	c := ana.opened()[0]
	var change protocol.ChangeID
	at, err := c.find(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ask(t.Context(), func(r *replica.Replica) {
		if d, err := r.Document(at.document); err == nil {
			change = d.History[0].Change
		}
	}); err != nil || change.IsZero() {
		t.Fatal(change, err)
	}
	if _, err := c.decide(t.Context(), 0, &membership.Redact{Changes: []protocol.ChangeID{change}}, ""); err != nil {
		t.Fatal(err)
	}
	w.same(ana, ben)
	for name, n := range map[string]*Node{"the author's node": ana, "the other's": ben} {
		c := n.opened()[0]
		if err := c.ask(t.Context(), func(*replica.Replica) {
			if held, _, err := c.store.Change(change); err != nil || !held.Erased() {
				t.Errorf("%s still has the words (%v)", name, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
		hits, err := n.Search(t.Context(), api.Call{}, api.Searching{Words: "patient"})
		if err != nil || len(hits.Items) > 0 {
			t.Errorf("%s still finds %v, %v", name, hits.Items, err)
		}
	}
}

// Nor are they found by what was written over them before: not at once, not by
// who hears of it late, not after a restart, and they are in no file.
func TestFormerWordsTakenBackLeaveTheDisks(t *testing.T) {
	w := newWorld(t)
	homes := []string{t.TempDir(), t.TempDir()}
	ana, ben := w.up(homes[0]), w.up(homes[1])
	w.found(ana)
	w.join(ana, ben, "Ben")
	id := w.way(ana, "A way", "Rest the dough.")
	w.edit(ana, id, "Rest the dough as the zanzibarine patient in bed four does.")
	w.edit(ana, id, "Rest the dough.")
	w.same(ana, ben)
	finds := func(n *Node) int {
		t.Helper()
		return len(must[api.Hits](t)(n.Search(t.Context(), none, api.Searching{Words: "zanzibarine"})).Items)
	}
	for _, n := range []*Node{ana, ben} {
		if finds(n) != 1 {
			t.Fatal("the former words are not found: this test sees nothing")
		}
	}
	var change protocol.ChangeID
	c := ana.opened()[0]
	at, err := c.find(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ask(t.Context(), func(r *replica.Replica) {
		if d, err := r.Document(at.document); err == nil {
			change = d.History[1].Change
		}
	}); err != nil || change.IsZero() {
		t.Fatal(change, err)
	}
	w.down(ben)
	if _, err := c.decide(t.Context(), 0, &membership.Redact{Changes: []protocol.ChangeID{change}}, ""); err != nil {
		t.Fatal(err)
	}
	if finds(ana) != 0 {
		t.Error("Ana still finds them")
	}
	ben = w.up(homes[1]) // who hears of it now
	w.same(ana, ben)
	late := w.up("")
	w.join(ana, late, "Cleo") // and who comes after it
	w.same(ana, ben, late)
	for name, n := range map[string]*Node{"Ana": ana, "Ben": ben, "Cleo": late} {
		if finds(n) != 0 {
			t.Errorf("%s finds them", name)
		}
		must[api.Rebuilt](t)(n.Rebuild(t.Context(), none))
		if finds(n) != 0 {
			t.Errorf("%s finds them in a view made anew", name)
		}
	}
	w.down(ana)
	files := must[[]string](t)(filepath.Glob(filepath.Join(homes[0], "*", "*", "view.db*")))
	if len(files) == 0 {
		t.Error("no file of the view: this test sees nothing")
	}
	for _, path := range files {
		if b := must[[]byte](t)(os.ReadFile(path)); bytes.Contains(bytes.ToLower(b), []byte("zanzibar")) {
			t.Errorf("%s holds them", path)
		}
	}
	if finds(w.up(homes[0])) != 0 {
		t.Error("after a restart Ana finds them")
	}
}
