package replica

import (
	"bytes"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// tells writes a way with a body.
func (n *node) tells(title, body string) Written {
	n.w.t.Helper()
	return n.must(Write{Kind: n.w.kinds.Named("way").Kind, Intents: []envelope.Intent{
		{Field: "title", Verb: envelope.DoSet, Value: title},
		{Field: "body", Verb: envelope.DoText, Value: body},
	}}).(Written)
}

// redact names changes whose words are to go.
func (n *node) redact(ids ...protocol.ChangeID) protocol.ChangeID {
	n.w.t.Helper()
	return n.must(Decide{Operation: &membership.Redact{Changes: sortedIDs(ids)}}).(Decided).Change
}

// worded tells whether a node's disk has the words of a change.
func (n *node) worded(id protocol.ChangeID) bool {
	n.w.t.Helper()
	c, _, err := n.store.Change(id)
	if err != nil || c == nil {
		n.w.t.Fatalf("node %d: %s: %v", n.number, id, err)
	}
	return len(c.Words) > 0
}

// body returns what a node shows of a document, empty when it does not show.
func (n *node) body(id protocol.DocumentID) string {
	n.w.t.Helper()
	if d, err := n.replica.Document(id); err == nil && d.Folded != nil {
		return d.Folded.Body
	}
	return ""
}

const day = 86_400_000

// Words a convener takes leave the disks after a while, opened anew or not,
// and are passed on to nobody meanwhile.
func TestRedactedWordsLeaveTheDisk(t *testing.T) {
	w, a, b, c := trio(t)
	made := c.tells("a way", "a secret")
	stays := c.tells("another way", "no secret")
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	w.sync(a, b, c)
	w.cutAll()
	full, _, err := b.store.Change(made.Change)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, err := b.store.Change(stays.Change)
	if err != nil {
		t.Fatal(err)
	}
	b.redact(made.Change)
	w.run(w.now)
	w.connect(a, b)
	w.run(w.now)
	w.part()
	if a.body(made.Document) != "" {
		t.Error("another still shows them")
	}
	if !a.worded(made.Change) {
		t.Fatal("there is no grace")
	}
	late := a.join(true)
	w.connect(a, late)
	w.run(w.now)
	if late.worded(made.Change) || !late.worded(stays.Change) {
		t.Error("redacted words were passed on, or others were not")
	}
	// What is offered all the same is not kept.
	stranger := a.join(true)
	if err := stranger.give(b, runsOf(t, b, protocol.Control)...); err != nil {
		t.Fatal(err)
	}
	if err := stranger.give(b, append(runsOf(t, a, protocol.Content), runsOf(t, c, protocol.Content)...)...); err != nil {
		t.Fatal(err)
	}
	if stranger.worded(made.Change) {
		t.Error("words that came after their redaction were kept")
	}
	a.crash()
	w.pass(10_000)
	w.pass(6 * day)
	if !a.worded(made.Change) {
		t.Error("the words were dropped too early")
	}
	w.pass(2 * day)
	for _, n := range []*node{a, late, stranger} {
		if n.worded(made.Change) || !n.worded(stays.Change) {
			t.Errorf("node %d: the words are there after eight days, or others are not", n.number)
		}
		if n.body(stays.Document) == "" || n.body(made.Document) != "" {
			t.Errorf("node %d shows what it should not", n.number)
		}
	}
	if err := a.store.Close(); err != nil { // old tables are removed by then
		t.Fatal(err)
	}
	if onFiles(t, a, full.Words) || !onFiles(t, a, kept.Words) {
		t.Error("the words are in a table of the store")
	}
	a.open()
	c.must(Write{Document: made.Document, Intents: titled("goes on")})
	w.sync(a, b, c, late, stranger)
	w.equal(a, b, c, late, stranger)
	for _, n := range []*node{a, c, late} {
		again, err := Open(n.config())
		if err != nil || again.Status().State != n.replica.Status().State {
			t.Errorf("node %d opens to another state (%v)", n.number, err)
		}
	}
}

// Own words leave every disk at once.
func TestOwnWordsTakenBack(t *testing.T) {
	w, a, b, c := trio(t)
	made := b.tells("a way", "a secret")
	w.sync(a, b, c)
	b.redact(made.Change)
	w.run(w.now)
	for _, n := range []*node{a, b, c} {
		if n.worded(made.Change) || n.body(made.Document) != "" {
			t.Errorf("node %d keeps them", n.number)
		}
	}
	w.equal(a, b, c)
}

// runsOf returns all runs of a class that a node holds.
func runsOf(t *testing.T, n *node, class protocol.Class) (runs []*protocol.Run) {
	t.Helper()
	if err := n.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		if run.Log.Class == class {
			runs = append(runs, run)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return runs
}

// onFiles looks for bytes in the tables of a node's store.
func onFiles(t *testing.T, n *node, words []byte) bool {
	t.Helper()
	names, err := n.fs.List("db")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if len(name) < 4 || name[len(name)-4:] != ".sst" {
			continue
		}
		f, err := n.fs.Open("db/" + name)
		if err != nil {
			continue // it went meanwhile
		}
		st, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, st.Size())
		if _, err := f.ReadAt(b, 0); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, words) {
			return true
		}
	}
	return false
}

// A convener redacts all that anybody wrote, and is removed by one who has not
// heard of it. His redactions turn void, and the words come back on every
// node: from where the days of grace are not over.
func TestRogueConvenerRedactsEverythingB41(t *testing.T) {
	w, a, b, c := trio(t)
	d, e := a.join(true), a.join(true)
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	var all []protocol.ChangeID
	told := map[protocol.DocumentID]string{}
	for i, n := range []*node{c, d, c, d, c} {
		text := "what " + string(rune('a'+i)) + " knows"
		made := n.tells("way", text)
		all, told[made.Document] = append(all, made.Change), text
	}
	w.sync(b, c, d, e)
	w.part()
	for _, n := range w.nodes {
		w.apart[pair(a, n)] = true // the founder is away
	}
	w.apart[pair(b, c)] = true
	b.redact(all...)
	w.run(w.now)
	w.pass(8 * day)
	if d.worded(all[0]) || e.worded(all[0]) || !c.worded(all[0]) {
		t.Fatal("the days of grace are not over here, or are there: this test shows nothing")
	}
	w.connect(d, c)
	w.run(w.now)
	w.part()
	for id := range told {
		for _, n := range []*node{c, d, e} {
			if n.body(id) != "" {
				t.Fatal("the redaction takes no effect")
			}
		}
	}
	a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}})
	if err := d.give(a, runsOf(t, a, protocol.Control)...); err != nil {
		t.Fatal(err)
	}
	d.crash() // what it wants again outlives this
	w.pass(10_000)
	for _, pair := range [][2]*node{{d, c}, {e, d}} {
		w.connect(pair[0], pair[1])
		w.run(w.now)
	}
	for id, text := range told {
		for _, n := range []*node{c, d, e} {
			if got := n.body(id); got != text {
				t.Errorf("node %d shows %q, not %q", n.number, got, text)
			}
		}
	}
	w.pass(9 * day)
	for _, id := range all {
		for _, n := range []*node{c, d, e} {
			if !n.worded(id) {
				t.Errorf("node %d lacks words that nothing takes", n.number)
			}
		}
	}
	for _, n := range w.nodes {
		w.apart[pair(a, n)] = false
	}
	w.sync(a, c, d, e)
	w.equal(a, c, d, e)
	if st := d.replica.Status(); st.Lacking != 0 {
		t.Errorf("%d changes are still wanted", st.Lacking)
	}
}

// Words that nobody at hand has any more are shown as so many unreadable
// letters, and asked for until somebody brings them who was away.
func TestWordsComeBackFromWhoWasAway(t *testing.T) {
	w, a, b, c := trio(t)
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	a.must(Decide{Operation: &membership.SetRank{Member: c.member(), Rank: membership.Founder}})
	d := a.join(true)
	w.sync(a, d)
	made := d.tells("a way", "abc")
	w.sync(a, b, c, d)
	w.part()
	for _, n := range []*node{a, b, d} {
		w.apart[pair(n, c)] = true
	}
	b.redact(made.Change)
	w.pass(8 * day)
	if made := made.Change; a.worded(made) {
		t.Fatal("the words are there still")
	}
	c.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}})
	if err := a.give(c, runsOf(t, c, protocol.Control)...); err != nil {
		t.Fatal(err)
	}
	w.run(w.now)
	if got := a.body(made.Document); got != "\ufffd\ufffd\ufffd" || a.replica.Status().Lacking != 1 {
		t.Errorf("it shows %q and lacks %d", got, a.replica.Status().Lacking)
	}
	again, err := Open(a.config())
	if err != nil || again.Status().Lacking != 1 || again.Status().State != a.replica.Status().State {
		t.Errorf("opened anew it forgets what it wants (%v)", err)
	}
	w.apart[pair(a, c)] = false
	w.connect(a, c)
	w.run(w.now)
	if got := a.body(made.Document); got != "abc" || a.replica.Status().Lacking != 0 {
		t.Errorf("it shows %q and lacks %d", got, a.replica.Status().Lacking)
	}
	w.equal(a, c)
}

// Of many changes redacted at once, each step drops a few.
func TestWordsAreDroppedInSlices(t *testing.T) {
	w, a, _, _ := trio(t)
	var all []protocol.ChangeID
	for range 150 {
		all = append(all, a.tells("way", "words").Change)
	}
	a.token++
	most, rounds := 0, 0
	for _, in := range []Input{Decide{Token: a.token, Operation: &membership.Redact{Changes: sortedIDs(all)}}, Tick{}, Tick{}, Tick{}} {
		for _, o := range a.step(in) {
			if f, ok := o.(Forget); ok {
				most, rounds = max(most, len(f.Changes)), rounds+1
			}
		}
	}
	if most != eraseSlice || rounds != 3 {
		t.Errorf("%d at most in %d steps", most, rounds)
	}
	w.run(w.now)
	for _, id := range all {
		if a.worded(id) {
			t.Fatal("words are left")
		}
	}
}
