package replica

import (
	"bytes"
	"slices"
	"testing"

	"coppice.example/protocol"
)

// knows returns whether a node has a receipt of another for all of a document.
func (n *node) knows(other *node, document protocol.DocumentID) bool {
	n.w.t.Helper()
	latest, err := n.replica.Latest(document)
	if err != nil || latest == 0 {
		n.w.t.Fatalf("latest of %s: %d, %v", document, latest, err)
	}
	return slices.ContainsFunc(n.replica.Receipts(), func(r Receipt) bool {
		return r.Device == other.id() && r.Arrival >= latest
	})
}

func (n *node) unheld() []protocol.DocumentID {
	n.w.t.Helper()
	documents, more, err := n.replica.Unheld(10)
	if err != nil || more {
		n.w.t.Fatal(more, err)
	}
	return documents
}

func TestWhoHoldsWhat(t *testing.T) {
	w, a, b, c := trio(t)
	way := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("Chalk the lip")}).(Written).Document
	if got := a.unheld(); !slices.Equal(got, []protocol.DocumentID{way}) || a.knows(b, way) {
		t.Errorf("before anyone came: unheld %v", got)
	}
	w.sync(a, b)
	w.cutAll()
	if got := a.unheld(); len(got) != 0 || !a.knows(b, way) || a.knows(c, way) {
		t.Errorf("after one came: unheld %v", got)
	}

	// c has it from b, and says so in a record that a hears from b
	w.now += 2 * heldEvery * 1000
	w.sync(b, c)
	w.cutAll()
	w.sync(a, b)
	w.cutAll()
	if !a.knows(c, way) {
		t.Error("what c says it holds did not come through b")
	}
	a.restart()
	if !a.knows(b, way) || !a.knows(c, way) {
		t.Error("receipts are gone after a restart")
	}

	// an edit that nobody has yet
	a.must(Write{Document: way, Intents: titled("Chalk the whole lip")})
	if got := a.unheld(); !slices.Equal(got, []protocol.DocumentID{way}) || a.knows(b, way) {
		t.Errorf("after an edit: unheld %v", got)
	}
}

// Saying what one holds is itself no news to answer: once all hold the same
// and said so, a round of sync brings no record.
func TestReceiptsComeToRest(t *testing.T) {
	w, a, b, c := trio(t)
	w.now += 2 * heldEvery * 1000
	w.sync(a, b, c)
	before := [3]uint64{a.store.Recorded(), b.store.Recorded(), c.store.Recorded()}
	for range 3 {
		w.now += 60_000
		for _, n := range w.nodes {
			n.step(Poke{})
		}
		w.rest()
	}
	if after := [3]uint64{a.store.Recorded(), b.store.Recorded(), c.store.Recorded()}; after != before {
		t.Errorf("records %v became %v with nothing new", before, after)
	}
}

func FuzzHeldRecord(f *testing.F) {
	f.Add(appendHeld(nil, protocol.Hash{1, 2, 3}, 1_770_000_000))
	f.Fuzz(func(t *testing.T, b []byte) {
		if frontier, at, err := readHeld(b); err == nil && !bytes.Equal(appendHeld(nil, frontier, at), b) {
			t.Errorf("%x was read and would be written %x", b, appendHeld(nil, frontier, at))
		}
	})
}
