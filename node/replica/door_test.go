package replica

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// forger writes changes as a device may that keeps no rule.
type forger struct {
	n    *node
	log  protocol.LogRef
	end  tip
	key  writeKey
	word int
}

// forge begins where the node's own log of a class ends.
func (n *node) forge(class protocol.Class) *forger {
	n.w.t.Helper()
	r := n.replica
	r.begin(n.clock())
	key, ok := r.choose()
	if !ok {
		n.w.t.Fatal("no key to forge under")
	}
	log := r.ownLog(class)
	return &forger{n: n, log: log, end: r.ownTip(log), key: key}
}

// change makes the next change of the log: a new way, unless edit says
// otherwise.
func (f *forger) change(edit func(*protocol.Draft)) *protocol.Change {
	f.n.w.t.Helper()
	f.word++
	d := protocol.Draft{
		Header: protocol.Header{
			Class: f.log.Class, Kind: f.n.w.kinds.Named("way").Kind, Creates: true,
			Seq: f.end.seq + 1, Previous: f.end.id, Wall: 1_770_000_000,
		},
		Shape: protocol.EncodeShape([]protocol.Operation{{
			Path: protocol.Path{Field: envelope.Title}, Code: protocol.Set, Args: []protocol.Value{protocol.Words(5)},
		}}),
		Words: fmt.Appendf(nil, "no %02d", f.word),
	}
	if f.end.seq == 0 {
		d.ControlHeads, d.Epoch = f.n.replica.graph.Heads(), f.key.epoch
	}
	d.Lamport = 1 + f.n.replica.lamport(f.end, d.ControlHeads)
	if edit != nil {
		edit(&d)
	}
	c := d.Build(f.n.w.community, f.log.ID, &f.key.key, f.n.replica.nonce())
	f.end = tip{id: c.ID, seq: c.Seq, lamport: c.Lamport}
	return c
}

// run seals changes as a run of the log.
func (f *forger) run(changes ...*protocol.Change) *protocol.Run {
	last := changes[len(changes)-1]
	return &protocol.Run{
		Log: f.log, Changes: changes,
		Seal: protocol.SignSeal(f.n.device.Key.Private(), f.n.w.community, f.log.ID, last.Seq, last.ID),
	}
}

// give brings runs to a node's door as one page of a peer, and returns whom it blames.
func (n *node) give(from *node, runs ...*protocol.Run) (blame error) {
	n.w.t.Helper()
	n.replica.begin(n.clock())
	runs = wire(n.w.t, n.w.community, runs)
	out := n.replica.attempt([]func(){func() { blame = n.replica.receive(from.id(), runs) }})
	for _, o := range out {
		n.do(o)
	}
	if n.replica.fault != nil {
		n.w.t.Fatal(n.replica.fault)
	}
	return blame
}

func (n *node) holds(changes ...*protocol.Change) bool {
	n.w.t.Helper()
	for _, c := range changes {
		if ok, err := n.store.Has(c.ID); err != nil || !ok {
			return false
		}
	}
	return true
}

// trio is a founder and two members in sync.
func trio(t *testing.T) (w *world, a, b, c *node) {
	t.Helper()
	w = newWorld(t, 7)
	a = w.found()
	b, c = a.join(true), a.join(true)
	w.sync(a, b, c)
	w.cutAll()
	return w, a, b, c
}

// equal fails unless all these nodes hold and show the same.
func (w *world) equal(nodes ...*node) {
	w.t.Helper()
	first := nodes[0].replica.Status()
	for _, n := range nodes[1:] {
		if st := n.replica.Status(); st.Frontier != first.Frontier || st.State != first.State {
			w.t.Errorf("node %d: frontier %s, state %s; node %d: %s, %s", nodes[0].number, first.Frontier, first.State, n.number, st.Frontier, st.State)
		}
	}
}

func TestParkedRunIsReleased(t *testing.T) {
	_, a, b, _ := trio(t)
	f := b.forge(protocol.Content)
	one, two, three := f.run(f.change(nil)), f.run(f.change(nil)), f.run(f.change(nil))
	if err := a.give(b, three); err != nil {
		t.Fatal(err)
	}
	if err := a.give(b, two); err != nil {
		t.Fatal(err)
	}
	if st := a.replica.Status(); st.Parked != 2 || a.holds(two.Changes...) || a.replica.has(two.Last().ID) {
		t.Fatalf("%d runs are parked, not 2, or a parked run counts as held", st.Parked)
	}
	if err := a.give(b, one); err != nil {
		t.Fatal(err)
	}
	if st := a.replica.Status(); st.Parked != 0 || !a.holds(one.Last(), two.Last(), three.Last()) {
		t.Fatalf("%d runs are still parked", st.Parked)
	}
}

func TestRunOfUnknownDeviceWaitsForItsCertificate(t *testing.T) {
	w, a, b, _ := trio(t)
	d := a.join(true)
	f := d.forge(protocol.Content)
	run := f.run(f.change(nil))
	if err := b.give(d, run); err != nil {
		t.Fatal(err)
	}
	if b.holds(run.Changes...) || b.replica.Status().Parked != 1 {
		t.Fatal("a run of a device nobody vouches for was taken")
	}
	w.sync(a, b)
	if !b.holds(run.Changes...) {
		t.Fatal("the run was not taken when the certificate came")
	}
}

func TestHeldFrontIsDropped(t *testing.T) {
	_, a, b, _ := trio(t)
	f := b.forge(protocol.Content)
	c1, c2, c3 := f.change(nil), f.change(nil), f.change(nil)
	if err := a.give(b, f.run(c1, c2)); err != nil {
		t.Fatal(err)
	}
	if err := a.give(b, f.run(c1, c2, c3)); err != nil {
		t.Fatal(err)
	}
	if !a.holds(c1, c2, c3) {
		t.Fatal("the rest of the run was not taken")
	}
}

func TestForkIsKeptAndBothBranchesMerge(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	first := f.change(nil)
	here := *f
	left, right := f.change(nil), here.change(func(d *protocol.Draft) { d.Words = []byte("other") })
	if err := a.give(b, f.run(first, left)); err != nil {
		t.Fatal(err)
	}
	if err := c.give(b, here.run(first, right)); err != nil {
		t.Fatal(err)
	}
	w.sync(a, c)
	for _, n := range []*node{a, c} {
		if tips := n.store.Tips(f.log.ID); len(tips) != 2 || !n.holds(left, right) {
			t.Errorf("node %d holds %d ends of the forked log, not 2", n.number, len(tips))
		}
		for _, id := range []protocol.ChangeID{left.ID, right.ID} {
			if d, err := n.replica.Document(protocol.DocumentID(id)); err != nil || d.Folded == nil {
				t.Errorf("node %d does not show a branch: %v", n.number, err)
			}
		}
	}
	w.equal(a, c)
}

func TestChainSplitDifferentlyForTwoPeersB45(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	c1 := f.change(nil)
	c2 := f.change(func(d *protocol.Draft) {
		d.Creates, d.Document, d.Parents = false, protocol.DocumentID(c1.ID), []protocol.ChangeID{c1.ID}
	})
	c3, c4 := f.change(nil), f.change(nil)
	if err := errors.Join(a.give(b, f.run(c1, c2)), c.give(b, f.run(c1))); err != nil {
		t.Fatal(err)
	}
	a.must(Write{Document: protocol.DocumentID(c1.ID), Intents: titled("on the middle")})
	if err := errors.Join(a.give(b, f.run(c3, c4)), c.give(b, f.run(c2, c3, c4))); err != nil {
		t.Fatal(err)
	}
	w.sync(a, c)
	if !a.holds(c4) || !c.holds(c4) {
		t.Fatal("the chain was not taken")
	}
	w.equal(a, c)
}

func titled(title string) []envelope.Intent {
	return []envelope.Intent{{Field: "title", Verb: envelope.DoSet, Value: title}}
}

func TestPageWithUnsignedBranchB44(t *testing.T) {
	_, a, b, _ := trio(t)
	f := b.forge(protocol.Content)
	first := f.change(nil)
	other := *f
	second := f.change(nil)
	forged := other.run(other.change(func(d *protocol.Draft) { d.Words = []byte("forge") }))
	forged.Seal[3] ^= 1
	err := a.give(b, f.run(first), f.run(second), forged)
	if !errors.Is(err, protocol.ErrSeal) {
		t.Errorf("the page is blamed with %v, not a seal", err)
	}
	if a.holds(forged.Changes...) || !a.holds(first, second) {
		t.Error("the unsigned branch was taken, or the true one was not")
	}
}

// plot is what a forger may use: an id that is held, and control heads before
// and after one another.
type plot struct {
	w            *world
	b, c         *node
	held         protocol.ChangeID
	older, newer []protocol.ChangeID
}

// refusals are runs that no honest device seals.
var refusals = []struct {
	name   string
	forge  func(p *plot, f *forger) *protocol.Run
	reason error
}{
	{"B1 wrong signature", func(p *plot, f *forger) *protocol.Run {
		run := f.run(f.change(nil))
		run.Seal = f.n.device.Key.Sign([]byte("something else"))
		return run
	}, protocol.ErrSeal},
	{"B1 other key", func(p *plot, f *forger) *protocol.Run {
		run := f.run(f.change(nil))
		last := run.Last()
		run.Seal = protocol.SignSeal(p.c.device.Key.Private(), p.w.community, f.log.ID, last.Seq, last.ID)
		return run
	}, protocol.ErrSeal},
	{"B3 sealed in another community", func(p *plot, f *forger) *protocol.Run {
		run := f.run(f.change(nil))
		last := run.Last()
		run.Seal = protocol.SignSeal(p.b.device.Key.Private(), protocol.CommunityID{1}, f.log.ID, last.Seq, last.ID)
		return run
	}, protocol.ErrSeal},
	{"B7 lamport too high", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) { d.Lamport = 1<<63 - 1 }))
	}, protocol.ErrLamport},
	{"B7 lamport too low", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) { d.Lamport-- }))
	}, protocol.ErrLamport},
	{"control heads go back", func(p *plot, f *forger) *protocol.Run {
		return f.run(
			f.change(func(d *protocol.Draft) { d.ControlHeads = p.newer; d.Lamport = 1 + p.b.replica.lamport(f.end, p.newer) }),
			f.change(func(d *protocol.Draft) { d.ControlHeads = p.older }))
	}, ErrControlHeads},
	{"control heads that are none", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) {
			d.ControlHeads = []protocol.ChangeID{p.held}
			d.Lamport = 1 + p.b.replica.lamport(f.end, d.ControlHeads)
		}))
	}, ErrControlHeads},
	{"an epoch that is none", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) { d.Epoch = p.newer[0] }))
	}, ErrEpoch},
	{"a parent of another document", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) {
			d.Creates, d.Document = false, protocol.DocumentID{9}
			d.Parents = []protocol.ChangeID{p.held}
			d.Lamport = 1 + p.b.replica.lamport(f.end, d.Parents)
		}))
	}, ErrParents},
	{"a change of another class", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) { d.Class = protocol.Blob }))
	}, protocol.ErrChain},
	{"a seq left out", func(p *plot, f *forger) *protocol.Run {
		return f.run(f.change(func(d *protocol.Draft) { d.Seq++ }))
	}, protocol.ErrChain},
}

func TestDoorRefuses(t *testing.T) {
	w, a, b, c := trio(t)
	p := &plot{w: w, b: b, c: c}
	p.held = a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("held")}).(Written).Change
	w.sync(a, b, c)
	p.older = b.replica.graph.Heads()
	a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Guest, Uses: 1}})
	w.sync(a, b, c)
	p.newer = b.replica.graph.Heads()
	for _, tc := range refusals {
		t.Run(tc.name, func(t *testing.T) {
			f := b.forge(protocol.Content)
			// Something held to go on from, whatever the case forges.
			if f.end.seq == 0 {
				if err := a.give(b, f.run(f.change(nil))); err != nil {
					t.Fatal(err)
				}
			}
			before := a.replica.Status()
			run := tc.forge(p, f)
			if err := a.give(b, run); !errors.Is(err, tc.reason) {
				t.Errorf("blamed with %v, not %v", err, tc.reason)
			}
			if st := a.replica.Status(); st.State != before.State || st.Parked != 0 || a.holds(run.Last()) {
				t.Error("it was taken or parked")
			}
		})
	}
}

// What does not exist is waited for within bounds, and nobody else notices.
func TestParentsThatDoNotExistB8(t *testing.T) {
	w, a, b, c := trio(t)
	start := b.forge(protocol.Content)
	for page := range 40 {
		var runs []*protocol.Run
		for run := range 50 { // 100,000 lies in all
			f := *start
			f.word = page<<16 | run<<8
			var lies []*protocol.Change
			for range 50 {
				lies = append(lies, f.change(func(d *protocol.Draft) {
					d.Creates, d.Document = false, protocol.DocumentID{1}
					d.Parents = []protocol.ChangeID{{byte(f.word), byte(f.word >> 8), byte(f.word >> 16), 1}}
					d.Lamport = f.end.lamport + 1<<20
				}))
			}
			runs = append(runs, f.run(lies...))
		}
		if err := a.give(b, runs...); err != nil {
			t.Fatal(err)
		}
	}
	p := a.replica.parked
	if p.size > parkedPerPeer || p.size > parkedInAll || p.len() == 0 {
		t.Errorf("%d runs of %d bytes are parked", p.len(), p.size)
	}
	c.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("honest")})
	w.sync(a, c)
	w.equal(a, c)
}

func TestUnknownKindIsRelayedB27(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	strange := f.change(func(d *protocol.Draft) { d.Kind = 60_000 })
	blobs := b.forge(protocol.Blob)
	class := blobs.change(nil)
	control := b.forge(protocol.Control)
	op := control.change(func(d *protocol.Draft) {
		d.Kind, d.Creates, d.Document = 60_001, false, protocol.DocumentID(w.community)
		d.Parents = b.replica.graph.Heads()
		d.Lamport = 1 + b.replica.lamport(control.end, d.Parents)
		d.Shape, d.Words, d.ControlHeads, d.Epoch = []byte{0x80}, nil, nil, protocol.ChangeID{}
	})
	if err := a.give(b, control.run(op), f.run(strange), blobs.run(class)); err != nil {
		t.Fatal(err)
	}
	if err := a.replica.State().Reason(op.ID); err == nil {
		t.Error("an operation nobody knows takes effect")
	}
	w.sync(a, c)
	if !c.holds(strange, class, op) {
		t.Error("what is not understood was not passed on")
	}
	w.equal(a, c)
}

func TestUndecodableBodyIsInertB26(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	garbled := f.change(func(d *protocol.Draft) { d.Shape = []byte("no shape") })
	f.key.key[0] ^= 1
	unopened := f.change(nil)
	f.key.key[0] ^= 1
	claims := f.change(func(d *protocol.Draft) { d.Words = []byte("abc") }) // the shape claims five
	runs := []*protocol.Run{f.run(garbled, unopened, claims)}
	if err := errors.Join(a.give(b, runs...), c.give(b, runs...)); err != nil {
		t.Fatal(err)
	}
	for _, id := range []protocol.ChangeID{garbled.ID, unopened.ID, claims.ID} {
		if _, err := a.replica.Document(protocol.DocumentID(id)); !errors.Is(err, ErrUnknown) {
			t.Errorf("an inert change shows: %v", err)
		}
	}
	a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("goes on")})
	w.sync(a, c)
	w.equal(a, c)
}

func TestErasedWordsNeedARedaction(t *testing.T) {
	_, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	full := f.change(nil)
	if err := a.give(c, f.run(full.Erase())); err != nil || a.holds(full) {
		t.Errorf("taken, or blamed: %v", err)
	}
	// The words are there as soon as anybody gives them.
	if err := a.give(b, f.run(full)); err != nil || !a.holds(full) {
		t.Fatalf("not taken: %v", err)
	}
	if d, err := a.replica.Document(protocol.DocumentID(full.ID)); err != nil || d.Folded == nil || d.Folded.Title != "no 01" {
		t.Errorf("it shows %v, %v", d, err)
	}
}

// Whatever the order and the pages in which one set of runs comes, the state
// is one.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	var runs []*protocol.Run
	for range 6 {
		runs = append(runs, f.run(f.change(nil), f.change(nil)))
	}
	for range 20 {
		w.rng.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		d := a.join(true)
		w.sync(a, d)
		for _, run := range slices.Concat(runs, runs[:3]) {
			if err := d.give(b, run); err != nil {
				t.Fatal(err)
			}
		}
		if !d.holds(runs[0].Last(), runs[5].Last()) || d.replica.Status().Parked != 0 {
			t.Fatal("a run was lost on the way")
		}
		w.sync(d, a)
		w.sync(a, c)
		w.equal(a, d, c)
	}
}

// A seal passed over on the way to a later one, whose run cannot be taken:
// what is kept must end under a seal that holds, or it could not be passed on.
func TestSealPassedOverIsNotTheLast(t *testing.T) {
	w, a, b, c := trio(t)
	f := b.forge(protocol.Content)
	good := f.run(f.change(nil))
	bad := f.run(f.change(nil))
	bad.Seal[0] ^= 1
	waits := f.run(f.change(func(d *protocol.Draft) {
		d.Creates, d.Document, d.Parents, d.Lamport = false, protocol.DocumentID{1}, []protocol.ChangeID{{1}}, 1<<20
	}))
	other := c.forge(protocol.Content)
	honest := other.run(other.change(nil))
	if err := a.give(b, good, bad, honest, waits); !errors.Is(err, protocol.ErrSeal) {
		t.Errorf("blamed with %v, not %v", err, protocol.ErrSeal)
	}
	if !a.holds(good.Last(), honest.Last()) || a.holds(bad.Last()) {
		t.Error("what ends under no seal was taken, or what does was not")
	}
	again, err := Open(a.config())
	if err != nil || again.Status().State != a.replica.Status().State {
		t.Errorf("memory is not what is on disk (%v)", err)
	}
	w.sync(a, c)
	w.equal(a, c)
}
