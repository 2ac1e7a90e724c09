package replica

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// merges forges so many control runs that say nothing, on a node's own log.
func (n *node) merges(count int) (runs []*protocol.Run) {
	f := n.forge(protocol.Control)
	for range count {
		runs = append(runs, f.run(f.control(&membership.Merge{})))
	}
	return runs
}

// control makes the next change of a control log.
func (f *forger) control(op membership.Operation) *protocol.Change {
	return f.change(func(d *protocol.Draft) {
		d.Creates, d.Document, d.Kind = false, protocol.DocumentID(f.n.w.community), op.Kind()
		d.ControlHeads, d.Epoch, d.Words = nil, protocol.ChangeID{}, nil
		d.Parents, d.Shape = []protocol.ChangeID{f.end.id}, membership.Encode(op)
		if f.end.seq == 0 {
			d.Parents = f.n.replica.graph.Heads()
		}
		d.Lamport = 1 + f.n.replica.lamport(f.end, d.Parents)
	})
}

// waits returns how many control runs of a member wait at a node.
func (n *node) waits(of *node) int {
	for _, d := range n.replica.Status().Delayed {
		if d.Member == of.member() {
			return d.Runs
		}
	}
	return 0
}

const minute = 60_000

func TestControlRunsAreTaken64AtOnceThenOneAMinute(t *testing.T) {
	w, a, b, c := trio(t)
	runs := c.merges(100)
	if err := a.give(c, runs...); err != nil {
		t.Fatal(err)
	}
	if a.waits(c) != 36 || !a.holds(runs[63].Changes...) || a.holds(runs[64].Changes...) {
		t.Fatalf("%d of 100 runs wait, not 36", a.waits(c))
	}
	w.run(w.now + 10*minute)
	if a.waits(c) != 26 {
		t.Errorf("after ten minutes %d runs wait, not 26", a.waits(c))
	}
	w.rest()
	if a.waits(c) != 0 || !a.holds(runs[99].Changes...) {
		t.Errorf("%d runs wait for ever", a.waits(c))
	}
	w.sync(a, b, c)
	w.equal(a, b, c)
}

// A liar that floods control runs waits alone: others' words go through at
// once, and what all hold in the end is the same.
func TestControlFloodDelaysOnlyTheLiarB29(t *testing.T) {
	w, a, b, c := trio(t)
	runs := c.merges(500)
	for page := range slices.Chunk(runs, 250) {
		if err := c.give(c, page...); err != nil {
			t.Fatal(err)
		}
	}
	w.connect(c, a)
	w.connect(a, b)
	w.run(w.now + minute/2)
	if a.waits(c) == 0 || a.replica.Status().Changes > c.replica.Status().Changes-400 {
		t.Fatalf("the flood was taken: %d wait, %d changes held", a.waits(c), a.replica.Status().Changes)
	}
	for i := range 20 {
		made := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled(fmt.Sprintf("Way %d", i))}).(Written)
		w.run(w.now + minute/10)
		if !a.shows(made.Document) {
			t.Fatalf("an honest change waits %d s for a liar", minute/10/1000)
		}
	}
	for _, n := range w.nodes {
		for _, id := range w.linksOf(n) {
			w.cut(id)
		}
	}
	w.now += 3 * 24 * 60 * minute
	w.sync(a, b, c)
	w.equal(a, b, c)
}

// Of a flood little is kept, and of that what is next.
func TestFloodIsLeftWithItsSender(t *testing.T) {
	_, a, _, c := trio(t)
	runs := c.merges(2000)
	for page := range slices.Chunk(runs, 250) {
		if err := a.give(c, page...); err != nil {
			t.Fatal(err)
		}
	}
	if p := a.replica.parked; p.size > parkedPerPeer || p.control[runs[64].Last().ID] == nil || p.control[runs[1999].Last().ID] != nil {
		t.Errorf("%d bytes are kept of what waits; the next is kept: %v; the last: %v", p.size,
			p.control[runs[64].Last().ID] != nil, p.control[runs[1999].Last().ID] != nil)
	}
}

// What an honest member took and stands on is taken by others at once, in one
// page or in two.
func TestWhatOthersStandOnWaitsForNoTurn(t *testing.T) {
	for _, first := range []string{"together", "runs first", "words first"} {
		t.Run(first, func(t *testing.T) {
			w, a, b, c := trio(t)
			runs := c.merges(200)
			b.replica.rates.burst = 1000
			if err := b.give(c, runs...); err != nil {
				t.Fatal(err)
			}
			made := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("honest")}).(Written)
			own, err := b.store.Run(b.store.Arrived(), 0)
			if err != nil {
				t.Fatal(err)
			}
			pages := [][]*protocol.Run{append(slices.Clone(runs), own)}
			switch first {
			case "runs first":
				pages = [][]*protocol.Run{runs, {own}}
			case "words first":
				pages = [][]*protocol.Run{{own}, runs}
			}
			for _, page := range pages {
				if err := a.give(b, page...); err != nil {
					t.Fatal(err)
				}
			}
			if !a.shows(made.Document) || a.waits(c) != 0 {
				t.Errorf("an honest change waits for %d control runs of another", a.waits(c))
			}
			w.equal(a, b)
		})
	}
}

// Who comes for the first time takes all of history at once, and so does who
// was away while it was made.
func TestNobodyWaitsForHistory(t *testing.T) {
	w, a, b, c := trio(t)
	for i := range 150 {
		w.now += 30 * minute
		a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Guest, Uses: uint64(i + 1)}})
	}
	d := a.join(true)
	for _, n := range []*node{b, d} {
		began := w.now
		w.connect(a, n)
		w.run(w.now + 1000)
		if took := w.now - began; took > 1000 || n.waits(a) != 0 {
			t.Errorf("node %d waits for %d of a convener's runs", n.number, n.waits(a))
		}
		w.equal(a, n)
	}
	_ = c
}

func TestOwnRedactionsAreTaken256AnHour(t *testing.T) {
	w, a, b, c := trio(t)
	var inputs []Input
	for i := range 600 {
		inputs = append(inputs, Write{Token: Token(1e6 + i), Kind: w.kinds.Named("way").Kind, Intents: titled(fmt.Sprintf("Way %d", i))})
	}
	c.step(inputs...)
	w.sync(a, b, c)
	w.cutAll()
	own := c.own()
	f := c.forge(protocol.Control)
	var runs []*protocol.Run
	for from := 0; from < 600; from += 200 {
		ids := sortedIDs(own[from : from+200])
		runs = append(runs, f.run(f.control(&membership.Redact{Changes: ids})))
	}
	if err := a.give(c, runs...); err != nil {
		t.Fatal(err)
	}
	if !a.holds(runs[0].Changes...) || a.holds(runs[1].Changes...) || a.waits(c) != 2 {
		t.Fatalf("of three redactions of 200 changes %d wait, not two", a.waits(c))
	}
	w.run(w.now + 60*minute)
	if !a.holds(runs[1].Changes...) || a.holds(runs[2].Changes...) {
		t.Error("after an hour not the second is taken, or the third is too")
	}
	w.rest()
	if !a.holds(runs[2].Changes...) {
		t.Error("the third waits for ever")
	}
	w.sync(a, b, c)
	w.equal(a, b, c)
}

// A run in a format of the future is held back, the rest goes on, and the
// status says that an update is needed; who is said to write so and does not
// is heard through others.
func TestUnknownFormatB27(t *testing.T) {
	w, a, b, c := trio(t)
	w.faults.drop = 1 // of gossip
	c.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("of the future")})
	made := b.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("of today")}).(Written)
	w.connect(b, c)
	w.rest()
	w.cutAll()
	id := c.own()[len(c.own())-1]
	future, _, err := c.store.Change(id)
	if err != nil {
		t.Fatal(err)
	}
	frames := 0
	w.alter = func(frame []byte) []byte {
		frame = bytes.Clone(frame)
		if at := bytes.Index(frame, future.Raw); at >= 0 {
			frames++
			frame[at+1] = 2 // the header's format
		}
		return frame
	}
	w.connect(b, a)
	w.rest()
	st := a.replica.Status()
	if frames != 1 || st.Newer != 1 || a.holds(future) || !a.shows(made.Document) {
		t.Fatalf("sent %d times, %d logs in a newer format, the rest shown: %v", frames, st.Newer, a.shows(made.Document))
	}
	if !slices.ContainsFunc(a.events, func(e Event) bool { return e.What == InSync }) {
		t.Error("the rest is not in sync")
	}
	more := b.must(Write{Document: made.Document, Intents: []envelope.Intent{{Field: "title", Verb: envelope.DoSet, Value: "later"}}}).(Written)
	w.rest()
	if frames != 1 || !a.shows(more.Document) || a.shown[more.Document].Folded.Title != "later" {
		t.Errorf("what is deferred was sent %d times, or holds up the rest", frames)
	}
	w.alter = nil
	w.connect(c, a)
	w.rest()
	if !a.holds(future) {
		t.Error("what one peer says of a log keeps another from sending it")
	}
}
