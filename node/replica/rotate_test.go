package replica

import (
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/membership"
)

// secretly has n decide something and keep to itself what comes of it: the
// runs and letters it would have told.
func (n *node) secretly(op membership.Operation) (runs []*protocol.Run, letters []*protocol.Record) {
	n.w.t.Helper()
	n.token++
	for _, o := range n.replica.Step(n.clock(), Decide{Token: n.token, Operation: op}) {
		switch o := o.(type) {
		case Append:
			n.append(o)
			runs, letters = o.Runs, o.Records
		case Reply:
			if o.Err != nil {
				n.w.t.Fatal(o.Err)
			}
		}
	}
	return runs, letters
}

// garble returns a letter as somebody writes it who holds it back.
func (n *node) garble(rec *protocol.Record) *protocol.Record {
	bad := &protocol.Record{RecordKey: rec.RecordKey, Number: rec.Number + 1, Payload: make([]byte, epoch.LetterSize)}
	bad.Sign(n.device.Key.Private(), n.w.community)
	return bad
}

// hand gives a node records as a peer's session brings them.
func (n *node) hand(records ...*protocol.Record) {
	n.w.t.Helper()
	n.replica.begin(n.clock())
	for _, o := range n.replica.attempt([]func(){func() { n.replica.takeRecords(records) }}) {
		n.do(o)
	}
}

// quartet is a founder, a convener and two members in sync.
func quartet(t *testing.T) (w *world, a, b, c, d *node) {
	t.Helper()
	w, a, b, c = trio(t)
	d = a.join(true)
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	w.sync(a, b, c, d)
	w.cutAll()
	return w, a, b, c, d
}

// A rotator gives some members no letter and others garbage, and is not there
// any more: they ask each other, and when nobody has it make an epoch of their
// own, so that what they write does not stand still.
func TestRotatorWritesNoLettersB23(t *testing.T) {
	w, a, b, c, d := quartet(t)
	runs, letters := b.secretly(&membership.Remove{Members: []protocol.MemberID{d.member()}})
	for _, n := range []*node{a, c} {
		if err := n.give(b, runs...); err != nil {
			t.Fatal(err)
		}
		for _, rec := range letters {
			if rec.Recipient == c.id() {
				n.hand(b.garble(rec))
			}
		}
	}
	withheld := a.replica.epochs[len(a.replica.epochs)-1]
	way := w.kinds.Named("way").Kind
	w.connect(a, c)
	w.run(w.now + 1_000)
	for _, n := range []*node{a, c} {
		if r := n.act(Write{Kind: way, Intents: titled("too early")}); !errors.Is(r.Err, ErrNoKey) {
			t.Fatalf("node %d does not wait for its letter: %v", n.number, r.Err)
		}
	}
	w.rest()
	written := c.must(Write{Kind: way, Intents: titled("it goes on")}).(Written)
	w.sync(a, c)
	_, under, err := c.store.Stand(written.Change)
	if err != nil {
		t.Fatal(err)
	}
	entry, _ := a.replica.graph.Change(under)
	if e, ok := entry.Operation.(*membership.Epoch); !ok || e.Reason != membership.Unopened || e.Subject != withheld {
		t.Errorf("written under %v, not under one that names the withheld epoch", entry.Operation)
	}
	if n := len(a.replica.epochs); n != 3 {
		t.Errorf("%d epochs: more than one device answered", n)
	}
	if shown, err := a.replica.Document(written.Document); err != nil || shown.Folded == nil {
		t.Errorf("the other cannot read it: %v", err)
	}
	for _, n := range []*node{a, c} {
		for _, id := range n.replica.now.EndsAccess() {
			if !n.replica.graph.InPast(id, []protocol.ChangeID{under}) {
				t.Error("the epoch lacks a known removal")
			}
		}
		if rec := n.letterTo(d, under); rec != nil {
			t.Error("a letter to the removed device (I5)")
		}
	}
	w.equal(a, c)
	// Who was withheld nothing takes part.
	w.sync(a, b, c)
	w.equal(a, b, c)
}

// letterTo returns a letter that a node holds for another's device.
func (n *node) letterTo(to *node, id protocol.ChangeID) (letter *protocol.Record) {
	n.w.t.Helper()
	if err := n.store.RecordsFor(protocol.Letter, to.id(), id, func(r *protocol.Record) error {
		letter = r
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	return letter
}

// Whoever has the letter writes one on the spot: no epoch is made for want of it.
func TestOneLetterIsEnoughB23(t *testing.T) {
	w, a, b, c, d := quartet(t)
	runs, letters := b.secretly(&membership.Remove{Members: []protocol.MemberID{d.member()}})
	for _, n := range []*node{a, c} {
		if err := n.give(b, runs...); err != nil {
			t.Fatal(err)
		}
	}
	for _, rec := range letters {
		if rec.Recipient == c.id() {
			c.hand(rec)
		}
	}
	w.sync(a, c)
	a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("under the letter of a friend")})
	if n := len(a.replica.epochs); n != 2 {
		t.Errorf("%d epochs, not 2", n)
	}
	w.sync(a, c)
	w.equal(a, c)
}

// A rotator writes a letter for the device he has just seen removed: honest
// nodes neither keep it nor pass it on (I5).
func TestLetterForARemovedDeviceB23(t *testing.T) {
	w, a, b, c, d := quartet(t)
	runs, letters := b.secretly(&membership.Remove{Members: []protocol.MemberID{d.member()}})
	for _, n := range []*node{a, c} {
		if err := n.give(b, runs...); err != nil {
			t.Fatal(err)
		}
	}
	id := a.replica.epochs[len(a.replica.epochs)-1]
	secret, ok := b.replica.ring.Secret(id)
	if !ok || len(letters) == 0 {
		t.Fatal("the rotator has no secret to give away")
	}
	cert, _ := a.replica.graph.Certificate(d.id())
	payload, err := epoch.SealLetter(secret, epoch.Address{Community: w.community, Epoch: id, Recipient: d.id()}, cert.Sealing)
	if err != nil {
		t.Fatal(err)
	}
	gift := &protocol.Record{
		RecordKey: protocol.RecordKey{Device: b.id(), Kind: protocol.Letter, Recipient: d.id(), Epoch: id},
		Number:    1, Payload: payload,
	}
	gift.Sign(b.device.Key.Private(), w.community)
	a.hand(gift)
	w.sync(a, c)
	for _, n := range []*node{a, c} {
		if n.letterTo(d, id) != nil {
			t.Errorf("node %d keeps it", n.number)
		}
	}
}

// An epoch whose secret is not what it says is as good as none: nobody may
// write under it, and the next is made for that reason.
func TestEpochThatContradictsItself(t *testing.T) {
	w, a, b, c, d := quartet(t)
	f := b.forge(protocol.Control)
	removal := &membership.Remove{Members: []protocol.MemberID{d.member()}}
	secret, err := epoch.NewSecret(w.random())
	if err != nil {
		t.Fatal(err)
	}
	control := func(op membership.Operation) func(*protocol.Draft) {
		return func(draft *protocol.Draft) {
			draft.Kind, draft.Shape, draft.Words, draft.Creates = op.Kind(), membership.Encode(op), nil, false
			draft.Document, draft.Parents = protocol.DocumentID(w.community), b.replica.graph.Heads()
			draft.Lamport = 1 + max(f.end.lamport, b.replica.lamport(f.end, draft.Parents))
		}
	}
	first := f.change(control(removal))
	second := f.change(func(draft *protocol.Draft) {
		control(&membership.Epoch{Commitment: secret.Commitment(w.community), Check: protocol.Hash{1}, Reason: membership.Strike})(draft)
		draft.Parents = []protocol.ChangeID{first.ID}
	})
	run := f.run(first, second)
	for _, n := range []*node{a, c} {
		if err := n.give(b, run); err != nil {
			t.Fatal(err)
		}
		cert, _ := a.replica.graph.Certificate(n.id())
		payload, err := epoch.SealLetter(secret, epoch.Address{Community: w.community, Epoch: second.ID, Recipient: n.id()}, cert.Sealing)
		if err != nil {
			t.Fatal(err)
		}
		rec := &protocol.Record{
			RecordKey: protocol.RecordKey{Device: b.id(), Kind: protocol.Letter, Recipient: n.id(), Epoch: second.ID},
			Number:    1, Payload: payload,
		}
		rec.Sign(b.device.Key.Private(), w.community)
		n.hand(rec)
		if _, open := n.replica.ring.Content(second.ID); !open {
			t.Fatal("the epoch does not open")
		}
	}
	w.sync(a, c)
	written := c.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("it goes on")}).(Written)
	if _, under, err := c.store.Stand(written.Change); err != nil || under == second.ID {
		t.Errorf("written under the epoch that contradicts itself (%v)", err)
	}
	w.sync(a, c)
	w.equal(a, c)
}

// Who waits for a convener's nod gets no letter, not from a rotation either.
func TestNoLetterBeforeTheNod(t *testing.T) {
	w, a, _, c := trio(t)
	a.must(Decide{Operation: &membership.Policy{Approval: true, Invite: membership.Convener, InviteKeeper: membership.Convener}})
	waiting := a.join(false)
	w.sync(a, c)
	a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{c.member()}}})
	last := a.replica.epochs[len(a.replica.epochs)-1]
	if a.letterTo(waiting, last) != nil {
		t.Error("a letter to who waits for a nod")
	}
	if len(waiting.replica.Topics()) != 0 {
		t.Error("who waits for a nod listens in the room")
	}
}
