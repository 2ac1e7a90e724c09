package replica

import (
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// A device signs two contents for one seq and shows each to half of the
// others: after one round of sync all hold both, show the same, and name the
// device whose log forked.
func TestForkShownToTwoHalvesB6(t *testing.T) {
	w, a, b, c := trio(t)
	d, e := a.join(true), a.join(true)
	w.sync(a, b, c, d, e)
	w.cutAll()
	f := b.forge(protocol.Content)
	first := f.change(nil)
	other := *f
	left, right := f.change(nil), other.change(func(d *protocol.Draft) { d.Words = []byte("other") })
	for n, run := range map[*node]*protocol.Run{a: f.run(first, left), c: f.run(first, left), d: other.run(first, right), e: other.run(first, right)} {
		if err := n.give(b, run); err != nil {
			t.Fatal(err)
		}
		if len(n.replica.Forks()) != 0 {
			t.Fatal("half of it looks like a fork")
		}
	}
	w.sync(a, c, d, e)
	for _, n := range []*node{a, c, d, e} {
		if !n.holds(first, left, right) {
			t.Errorf("node %d lacks a branch", n.number)
		}
		forks := n.replica.Forks()
		if len(forks) != 1 || forks[0].Log != f.log || forks[0].Member != b.member() || len(forks[0].Ends) != 2 {
			t.Errorf("node %d names %+v", n.number, forks)
		}
		if !slices.ContainsFunc(n.events, func(e Event) bool { return e.What == Forked && e.Device == b.id() }) {
			t.Errorf("node %d tells nobody", n.number)
		}
		for _, id := range []protocol.ChangeID{left.ID, right.ID} {
			if shown, err := n.replica.Document(protocol.DocumentID(id)); err != nil || shown.Folded == nil {
				t.Errorf("node %d does not show a branch: %v", n.number, err)
			}
		}
		again, err := Open(n.config())
		if err != nil || len(again.Forks()) != 1 {
			t.Errorf("node %d, opened anew, forgets the fork (%v)", n.number, err)
		}
	}
	w.equal(a, c, d, e)
}

// caller is a peer's end of a session with a node, driven by hand.
type caller struct {
	*reconcile.Session
	node   *node
	id     SessionID
	runs   []*protocol.Run
	bodies []*protocol.Change
	others []reconcile.Event
}

// call opens a session with n as the device of from would.
func (n *node) call(from *node, id SessionID) *caller {
	c := &caller{node: n, id: id, Session: reconcile.New(reconcile.Config{
		Role: reconcile.Caller, Community: n.w.community, Source: source{from.replica}, Serve: reconcile.ServeAll,
	})}
	c.hear(n.step(Connected{Session: id, Device: from.id()}))
	c.tell(c.Start())
	return c
}

// tell sends frames and takes the answers, until there are none.
func (c *caller) tell(frames [][]byte) {
	for _, f := range frames {
		c.hear(c.node.step(Frame{Session: c.id, Bytes: f}))
		c.hear(c.node.step(Tick{}))
	}
}

func (c *caller) hear(outputs []Output) {
	c.node.w.t.Helper()
	for _, o := range outputs {
		s, ok := o.(Send)
		if !ok || s.Session != c.id {
			continue
		}
		send, events, err := c.Receive(s.Bytes)
		if err != nil {
			c.node.w.t.Fatal(err)
		}
		c.tell(send)
		for _, e := range events {
			switch e := e.(type) {
			case reconcile.Page:
				c.runs = append(c.runs, e.Runs...)
				c.tell(c.Taken(e.Number))
			case reconcile.Bodies:
				c.bodies = append(c.bodies, e.Changes...)
			default:
				c.others = append(c.others, e)
			}
		}
	}
}

// A removed device asks for everything, for bodies by hashes it knows and for
// a stretch of a log: it is told of its removal and what that rests on, once.
func TestRemovedDeviceAsksB36(t *testing.T) {
	w, a, b, c := trio(t)
	old := c.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("before")}).(Written)
	w.sync(a, b, c)
	w.cutAll()
	removal := a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}}).(Decided)
	written := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("after")}).(Written)
	later := a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Guest, Uses: 2}}).(Decided)
	s := a.call(b, 1001)
	if len(s.runs) == 0 {
		t.Fatal("the removed device is not told")
	}
	told := false
	for _, run := range s.runs {
		for _, c := range run.Changes {
			told = told || c.ID == removal.Change
			if c.Class != protocol.Control || c.ID == later.Change {
				t.Errorf("it is given %s of class %d", c.ID, c.Class)
			}
		}
	}
	if !told {
		t.Error("what it is given does not hold its removal")
	}
	s.tell(s.AskBodies([]protocol.ChangeID{written.Change, old.Change, removal.Change}))
	s.tell(s.AskRange(a.replica.ownLog(protocol.Content).ID, 1, 100))
	if len(s.bodies) != 0 {
		t.Errorf("it is given %d bodies", len(s.bodies))
	}
	for _, e := range s.others {
		switch e := e.(type) {
		case reconcile.Stretch, reconcile.Records:
			t.Errorf("it is given %T: %+v", e, e)
		}
	}
	a.step(Closed{Session: 1001})
	if again := a.call(b, 1002); len(again.runs) != 0 {
		t.Errorf("it is given %d runs a second time", len(again.runs))
	}
	w.now += handAgain
	if again := a.call(b, 1003); len(again.runs) == 0 {
		t.Error("it is never told again, though its stream may have broken")
	}
}
