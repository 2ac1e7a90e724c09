package replica

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// slices gives a replica ticks until all is right, and returns how many it took.
func (n *node) slices() (count int) {
	n.w.t.Helper()
	for n.replica.Status().Righting > 0 {
		if count++; count > 10_000 {
			n.w.t.Fatal("what is to be set right never is")
		}
		n.step(Tick{})
	}
	return count
}

// shows tells whether a node's view shows anything of a document.
func (n *node) shows(id protocol.DocumentID) bool {
	d := n.shown[id]
	return d != nil && d.Folded != nil
}

func TestRemovalIsSetRightInSlices(t *testing.T) {
	w, a, made, removal := struck(t, 200, 100)
	a.replica.righting.slice = 200
	was := a.replica.Status()
	said := map[protocol.DocumentID]bool{}
	var longest int
	in := Input(removal)
	for st := was; st.Frontier == was.Frontier || st.Righting > 0; in = Input(Tick{}) {
		for _, o := range a.step(in) {
			if p, ok := o.(Projected); ok {
				longest = max(longest, len(p.Documents))
				for _, id := range p.Righting {
					said[id] = true
				}
				for _, d := range p.Documents {
					said[d.ID] = true
				}
			}
		}
		if st = a.replica.Status(); st.Righting > 0 && st.State != (protocol.Hash{}) {
			t.Fatalf("while %d documents are to be set right, the state is said to be %s", st.Righting, st.State)
		}
	}
	if longest == 0 || longest > 20 {
		t.Errorf("one step set %d documents right", longest)
	}
	for _, id := range made[1:] {
		if a.shows(id) || !said[id] {
			t.Fatalf("document %s: shown %v, said to be set right %v", id, a.shows(id), said[id])
		}
	}
	if !a.shows(made[0]) {
		t.Error("what the cut keeps is gone")
	}
	b := a.join(true)
	w.sync(a, b)
	w.equal(a, b)
}

// The walk begins after what the cut keeps: its cost follows what is covered.
func TestRemovalLooksOnlyAtWhatItCovers(t *testing.T) {
	_, a, made, removal := struck(t, 200, 0)
	a.replica.righting.slice = 0
	removal.Operation = a.replica.cutWhatIsHeld(cutless(removal))
	a.must(removal)
	if a.replica.righting.any() {
		t.Error("a removal that keeps all that is held leaves something to be set right")
	}
	if !a.shows(made[199]) {
		t.Error("what was kept is gone")
	}
}

func TestAskedForIsRightAtOnceAndFirst(t *testing.T) {
	_, a, made, removal := struck(t, 200, 0)
	a.replica.righting.slice = 60
	a.must(removal)
	for len(a.replica.righting.logs) > 0 {
		a.step(Tick{})
	}
	asked := made[20]
	if !a.replica.BeingSetRight(asked) {
		t.Fatal("the document was set right before its turn")
	}
	if _, err := a.replica.Document(asked); err == nil {
		t.Error("the document still shows what a removal took")
	}
	a.step(Tick{})
	if a.replica.BeingSetRight(asked) || a.shows(asked) {
		t.Error("what was asked for was not set right first")
	}
	if !a.replica.BeingSetRight(made[19]) {
		t.Error("all was set right, not a slice")
	}
}

// Positions count what the author's fold shows: nobody edits a text that is
// not right yet.
func TestEditWhileBeingSetRight(t *testing.T) {
	w, a, made, removal := struck(t, 20, 0)
	a.replica.righting.slice = 0
	way := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: []envelope.Intent{
		{Field: "title", Verb: envelope.DoSet, Value: "Mine"},
		{Field: "body", Verb: envelope.DoText, Value: "fold twice"},
	}}).(Written)
	m := w.nodes[1]
	w.sync(a, m)
	m.must(Write{Document: way.Document, Intents: []envelope.Intent{{Field: "body", Verb: envelope.DoText, Value: "never ever fold twice"}}})
	w.rest()
	w.cutAll()
	if a.shown[way.Document].Folded.Body != "never ever fold twice" {
		t.Fatal("the edit did not arrive")
	}
	a.must(removal)
	if !a.replica.righting.any() {
		t.Fatal("nothing is to be set right")
	}
	a.must(Write{Document: way.Document, Intents: []envelope.Intent{{Field: "body", Verb: envelope.DoText, Value: "fold twice, rest"}}})
	if body := a.shown[way.Document].Folded.Body; body != "fold twice, rest" {
		t.Errorf("the edit shows as %q", body)
	}
	a.replica.righting.slice = sliceWork
	a.slices()
	b := a.join(true)
	w.sync(a, b)
	w.equal(a, b)
	if d, err := b.replica.Document(way.Document); err != nil || d.Folded.Body != "fold twice, rest" {
		t.Errorf("another node shows %v, %v", d, err)
	}
	_ = made
}

func TestWhatIsNotRightYetSurvivesACrash(t *testing.T) {
	for _, ticks := range []int{0, 3, 12} {
		t.Run(fmt.Sprint(ticks), func(t *testing.T) {
			w, a, made, removal := struck(t, 150, 50)
			a.replica.righting.slice = 150
			a.must(removal)
			for range ticks {
				a.step(Tick{})
			}
			left := a.replica.Status().Righting
			again, err := Open(a.config())
			if err != nil {
				t.Fatal(err)
			}
			if st := again.Status(); left == 0 || st.Righting != left || st.State != (protocol.Hash{}) {
				t.Fatalf("before it was opened anew %d were to be set right, then %d; state %s", left, st.Righting, st.State)
			}
			a.crash()
			a.restart()
			a.slices()
			for _, id := range made[1:] {
				if a.shows(id) {
					t.Fatalf("document %s shows what the removal took", id)
				}
			}
			b := a.join(true)
			w.sync(a, b)
			w.equal(a, b)
		})
	}
}

// Others are served between two slices.
func TestSlicesLetOthersPass(t *testing.T) {
	w, a, _, removal := struck(t, 200, 0)
	a.replica.righting.slice = 100
	a.must(removal)
	left := a.replica.Status().Righting
	wakes := 0
	for i := range 5 {
		out := a.replica.Step(a.clock(), Write{Token: Token(1e6 + i), Kind: w.kinds.Named("way").Kind, Intents: titled(strings.Repeat("x", i+1))})
		for _, o := range out {
			if wake, ok := o.(Wake); ok && wake.At <= a.clock() {
				wakes++
			}
			a.do(o)
		}
	}
	if now := a.replica.Status().Righting; now < left {
		t.Errorf("who writes waits for %d documents to be set right", left-now)
	}
	if wakes != 5 {
		t.Errorf("%d of 5 steps ask for the next slice", wakes)
	}
	a.slices()
}

// cutless is a removal that does not say what it keeps.
func cutless(d Decide) membership.Operation {
	o := *d.Operation.(*membership.Remove)
	o.Cuts = nil
	return &o
}
