package replica

import (
	"errors"
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// after gives n all that from holds, runs and records, as a careless friend might.
func (n *node) after(from *node) {
	n.w.t.Helper()
	var runs []*protocol.Run
	if err := from.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		if !n.holds(run.Changes...) {
			runs = append(runs, run)
		}
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	if err := n.give(from, runs...); err != nil {
		n.w.t.Fatal(err)
	}
	var records []*protocol.Record
	if err := from.store.Records(0, func(_ uint64, r *protocol.Record) error {
		records = append(records, r)
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	n.replica.begin(n.clock())
	for _, o := range n.replica.attempt([]func(){func() { n.replica.takeRecords(records) }}) {
		n.do(o)
	}
}

// A removed device opens nothing that is written after, whoever hands it over,
// records included; who stays does.
func TestRemovedDeviceOpensNothingWrittenAfter(t *testing.T) {
	w, a, b, c := trio(t)
	before := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("before")}).(Written)
	w.sync(a, b, c)
	w.cutAll()
	_, was, err := a.store.Stand(before.Change)
	if err != nil {
		t.Fatal(err)
	}
	removal := a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}, Words: "for the test"}).(Decided)
	after := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("after")}).(Written)
	_, is, err := a.store.Stand(after.Change)
	if err != nil || is == was {
		t.Fatalf("written under the epoch that the removed holds: %v", err)
	}
	b.after(a)
	if !b.holds(&protocol.Change{ID: after.Change}) {
		t.Fatal("the test gave the removed nothing to open")
	}
	if _, ok := b.replica.ring.Content(is); ok {
		t.Error("the removed device has the key")
	}
	if d, err := b.replica.Document(after.Document); err == nil && d.Folded != nil {
		t.Errorf("the removed device reads %q", d.Folded.Title)
	}
	if d, err := b.replica.Document(before.Document); err != nil || d.Folded == nil {
		t.Errorf("the removed lost what she had: %v", err)
	}
	e, ok, err := b.replica.Ended(b.member())
	if err != nil || !ok || e.Change.ID != removal.Change || b.replica.WordsOf(removal.Change) != "for the test" {
		t.Errorf("the removed does not learn why: %v %v %q", ok, err, b.replica.WordsOf(removal.Change))
	}
	if r := b.act(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("still here")}); !errors.Is(r.Err, ErrNoDevice) {
		t.Errorf("the removed writes: %v", r.Err)
	}
	if r := b.act(Decide{Operation: &membership.Leave{}}); !errors.Is(r.Err, membership.ErrDevice) {
		t.Errorf("the removed decides: %v", r.Err)
	}
	w.sync(a, c)
	if d, err := c.replica.Document(after.Document); err != nil || d.Folded == nil {
		t.Errorf("who stays cannot read it: %v", err)
	}
}

// What the remover did not hold is set aside on every node alike, with the
// removal as the reason; what was held is kept and counted.
func TestWhatARemovalSetsAside(t *testing.T) {
	w, a, b, c := trio(t)
	kept := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("kept"), Wall: 1_700_000_000}).(Written)
	w.sync(a, b, c)
	w.cutAll()
	w.faults.drop = 1 // no gossip
	late := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("late")}).(Written)
	on := b.must(Write{Document: kept.Document, Intents: titled("changed late")}).(Written)
	w.sync(b, c)
	w.cutAll()
	held, err := a.replica.HeldOf(b.member())
	if err != nil || held.Changes != len(b.own())-2 || held.Last != 1_700_000_000 {
		t.Errorf("held: %+v, %v, of %d", held, err, len(b.own()))
	}
	removal := a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}}).(Decided)
	w.sync(a, c)
	w.equal(a, c)
	for _, n := range []*node{a, c} {
		asides, err := n.replica.SetAside(b.member())
		if err != nil || len(asides) != 2 {
			t.Fatalf("node %d: %d set aside, %v", n.number, len(asides), err)
		}
		for i, want := range []struct {
			change   protocol.ChangeID
			document protocol.DocumentID
			creates  bool
		}{{late.Change, late.Document, true}, {on.Change, kept.Document, false}} {
			got := asides[i]
			if got.Change != want.change || got.Document != want.document || got.Creates != want.creates || got.By != removal.Change || got.Void == 0 {
				t.Errorf("node %d: %+v", n.number, got)
			}
		}
		if d, err := n.replica.Document(kept.Document); err != nil || d.Folded.Title != "kept" {
			t.Errorf("node %d shows %+v, %v", n.number, d, err)
		}
		for _, other := range []*node{a, c} {
			if asides, err := n.replica.SetAside(other.member()); err != nil || len(asides) != 0 {
				t.Errorf("of one who stays %d are set aside, %v", len(asides), err)
			}
		}
	}
}

// A demotion sets aside only what takes more than the rank it leaves.
func TestADemotionLeavesWhatItsRankMayDo(t *testing.T) {
	w, a, b, c := trio(t)
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	w.sync(a, b, c)
	w.cutAll()
	w.faults.drop = 1
	way := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("any member may")}).(Written)
	invited := b.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Member, Uses: 1}}).(Decided)
	w.sync(b, c)
	w.cutAll()
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Member}})
	w.sync(a, c)
	w.equal(a, c)
	for _, n := range []*node{a, c} {
		if asides, err := n.replica.SetAside(b.member()); err != nil || len(asides) != 0 {
			t.Errorf("node %d: %d set aside, %v", n.number, len(asides), err)
		}
		if d, err := n.replica.Document(way.Document); err != nil || d.Folded == nil {
			t.Errorf("node %d lost what a member may write: %v", n.number, err)
		}
		var void []protocol.ChangeID
		if err := n.replica.Control(func(e membership.Entry) error {
			if n.replica.State().Reason(e.Change.ID) != nil {
				void = append(void, e.Change.ID)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(void, []protocol.ChangeID{invited.Change}) {
			t.Errorf("node %d: void are %v, not the convener's invite alone", n.number, void)
		}
	}
}
