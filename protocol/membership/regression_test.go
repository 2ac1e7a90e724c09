package membership

import (
	"errors"
	"testing"

	"coppice.example/protocol"
)

// More attacks of reliability.md, by number: on the graph itself, and on words.

func TestB3ChangeOfAnotherCommunity(t *testing.T) {
	w, ana := found(t, someone("ana"))
	elsewhere, bea := found(t, someone("bea"))
	elsewhere.does(bea, &Policy{Invite: Member, InviteKeeper: Member})
	for i, c := range elsewhere.changes {
		if err := w.graph.Add(c, elsewhere.logs[i]); !errors.Is(err, ErrForeign) {
			t.Errorf("change %d of another community: %v", i, err)
		}
	}
	// The same bytes of a policy, were they said to be of this community, are
	// another change: the community is in the id.
	c := elsewhere.changes[2]
	again := w.build(ana, ana.last, w.graph.Heads(), c.Kind, c.Shape)
	if again.ID == c.ID {
		t.Error("one id in two communities")
	}
	if w.graph.Len() != 2 || w.graph.Now().Policy().Invite != Convener {
		t.Error("something was taken")
	}
}

func TestB5OneMeaningOneShape(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben, cara := w.joins(ana, someone("ben"), Member), w.joins(ana, someone("cara"), Member)
	members := []protocol.MemberID{ben.who.id(), cara.who.id()}
	if members[0].Compare(members[1]) < 0 {
		members[0], members[1] = members[1], members[0]
	}
	commit := Encode(&Commit{w.graph.Heads()[0]})
	for what, bad := range map[string]*protocol.Change{
		"unsorted targets": w.build(ana, ana.last, w.graph.Heads(), KindRemove, (&Remove{Members: members}).append(nil)),
		"trailing bytes":   w.build(ana, ana.last, w.graph.Heads(), KindMerge, append(Encode(&Merge{}), 0)),
		"a longer integer": w.build(ana, ana.last, w.graph.Heads(), KindCommit, append([]byte{0x98, 0x01}, commit[1:]...)),
	} {
		w.take(bad, ana.log)
		w.want(t, what, bad.ID, ErrInert)
	}
	if len(w.graph.Now().Members()) != 3 {
		t.Error("somebody was removed")
	}
}

func TestB7Lamport(t *testing.T) {
	w, ana := found(t, someone("ana"))
	w.does(ana, &Merge{})
	for _, lamport := range []uint64{1<<63 - 1, 1, 0, 3, 5} {
		c := *w.build(ana, ana.last, w.graph.Heads(), KindMerge, Encode(&Merge{}))
		c.Lamport = lamport
		if err := w.graph.Add(&c, ana.log); !errors.Is(err, protocol.ErrLamport) {
			t.Errorf("lamport %d: %v", lamport, err)
		}
	}
	if w.graph.Len() != 3 {
		t.Error("something was taken")
	}
}

func TestB8StandsOnNothing(t *testing.T) {
	w, ana := found(t, someone("ana"))
	for i := range 2000 {
		c := w.build(ana, ana.last, []protocol.ChangeID{{byte(i), byte(i >> 8), 1}}, KindMerge, Encode(&Merge{}))
		if err := w.graph.Add(c, ana.log); !errors.Is(err, ErrMissing) {
			t.Fatalf("taken: %v", err)
		}
	}
	if w.graph.Len() != 2 || len(w.graph.index) != 2 || len(w.graph.proofs) > 2 {
		t.Error("what was refused left something behind")
	}
}

// A cycle is impossible, and a graph sixteen wide asks for no more than two
// rungs to be judged anew, however long it is: its cost is linear.
func TestB9CyclesAndWideGraphs(t *testing.T) {
	w, ana := foundVouched(t, someone("ana"), true)
	// One that names a change which names it would need an id before its bytes.
	first := w.build(ana, ana.last, w.graph.Heads(), KindMerge, Encode(&Merge{}))
	second := *w.build(ana, ana.last, []protocol.ChangeID{first.ID}, KindMerge, Encode(&Merge{}))
	if err := w.graph.Add(&second, ana.log); !errors.Is(err, ErrMissing) {
		t.Errorf("upon what is not held: %v", err)
	}
	tips := w.graph.Heads()
	pens := make([]*pen, protocol.MaxParents)
	for i := range pens {
		pens[i] = w.pen(ana.who, 0)
	}
	most := 0
	for range 120 {
		var next []protocol.ChangeID
		for _, p := range pens {
			most = max(most, w.graph.Span(tips))
			next = append(next, w.doesOn(p, tips, &Merge{}))
		}
		tips = next
		most = max(most, w.graph.Span(w.graph.Heads()))
	}
	if most > 2*protocol.MaxParents {
		t.Errorf("%d changes are judged anew", most)
	}
	for i, n := range w.graph.nodes {
		if chunks := len(n.past.more); chunks > 2 {
			t.Fatalf("the past of change %d takes %d chunks", i, chunks)
		}
	}
}

// removedWithCut is ben, a member who is removed with a cut at place 2 of his
// content log; words are his at that place or another, written before.
func removedWithCut(t *testing.T) (w *world, ana, cara *pen, removal protocol.ChangeID, words func(place byte) Content) {
	w, ana = found(t, someone("ana"))
	cara = w.joins(ana, someone("cara"), Member)
	w.does(ana, &SetRank{Member: cara.who.id(), Rank: Convener})
	ben := w.joins(ana, someone("ben"), Member)
	heads := w.graph.Heads()
	removal = w.does(ana, &Remove{Members: []protocol.MemberID{ben.who.id()}, Cuts: []Cut{{contentLog(1), protocol.ChangeID{2}}}})
	return w, ana, cara, removal, func(place byte) Content {
		return Content{Device: ben.device.ID(), Log: contentLog(1), Heads: heads, Before: func(kept protocol.ChangeID) bool { return place <= kept[0] }}
	}
}

func (w *world) wantWords(t *testing.T, what string, c Content, want Rank) {
	t.Helper()
	if got := w.graph.Now().ContentRank(c); got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestB11RemovedMemberBackDatesContent(t *testing.T) {
	w, _, _, _, words := removedWithCut(t)
	w.wantWords(t, "what the cut keeps", words(2), Member)
	w.wantWords(t, "what it does not, on heads from before", words(3), None)
	elsewhere := words(1)
	elsewhere.Log = contentLog(2)
	w.wantWords(t, "a log that the cut does not list", elsewhere, None)
}

func TestB12LateWordsThroughAColluder(t *testing.T) {
	w, _, _, removal, words := removedWithCut(t)
	dev := w.joins(w.pen(someone("ana"), 0), someone("dev"), Member)
	extend := &ExtendCut{Strike: removal, Cuts: []Cut{{contentLog(1), protocol.ChangeID{3}}}}
	w.want(t, "a member's extension", w.does(dev, extend), ErrRank)
	w.wantWords(t, "his late words", words(3), None)
	w.does(w.pen(someone("cara"), 0), extend)
	w.wantWords(t, "once a convener extends", words(3), Member)
	w.wantWords(t, "what lies beyond", words(4), None)
}

func TestB13ColludingConvenerExtends(t *testing.T) {
	w, ana, cara, removal, words := removedWithCut(t)
	heads := w.graph.Heads()
	extension := w.doesOn(cara, heads, &ExtendCut{Strike: removal, Cuts: []Cut{{contentLog(1), protocol.ChangeID{9}}}})
	w.wantWords(t, "it takes effect", words(9), Member)
	e, ok := w.graph.Change(extension)
	if owner, known := w.graph.Now().MemberOf(e.Device); !ok || !known || owner != cara.who.id() {
		t.Error("the extension does not bear her name")
	}
	w.doesOn(ana, heads, &Remove{Members: []protocol.MemberID{cara.who.id()}})
	w.want(t, "once she is removed beside it", extension, ErrStruck)
	w.wantWords(t, "and with it what she kept", words(9), None)
}

func TestB26B27WhatIsNotUnderstoodIsInert(t *testing.T) {
	w, ana := found(t, someone("ana"))
	for what, c := range map[string]*protocol.Change{
		"an unknown kind":        w.build(ana, ana.last, w.graph.Heads(), 99, []byte{0x80}),
		"a shape of another":     w.build(ana, ana.last, w.graph.Heads(), KindAdmit, Encode(&Merge{})),
		"no shape":               w.build(ana, ana.last, w.graph.Heads(), KindRemove, nil),
		"a shape that is no end": w.build(ana, ana.last, w.graph.Heads(), KindRemove, []byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
	} {
		w.take(c, ana.log)
		w.want(t, what, c.ID, ErrInert)
	}
	// They are held, may be built upon, and change nothing.
	w.want(t, "what stands on them", w.does(ana, &Policy{Invite: Member, InviteKeeper: Member}), nil)
}
