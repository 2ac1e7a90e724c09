package node

import (
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
