package replica

import (
	"errors"
	"fmt"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

func TestFoundedCommunityOpens(t *testing.T) {
	w := newWorld(t, 1)
	a := w.found()
	st := a.replica.Status()
	if st.Rank != membership.Founder || st.Members != 1 || st.Member != a.member() {
		t.Errorf("the founder finds %+v", st)
	}
	if g := a.replica.Genesis(); g == nil || g.Name != "Bread Circle" {
		t.Errorf("the genesis says %+v", g)
	}
	charter := protocol.DeriveDocument(w.community, kindCharter)
	if d, err := a.replica.Document(charter); err != nil || d.Folded == nil {
		t.Errorf("there is no charter: %v", err)
	}
	if got := a.replica.Topics(); len(got) != 1 {
		t.Errorf("%d topics", len(got))
	}
}

// An import is many writes in one step: one batch, few runs.
func TestManyWritesAreOneBatch(t *testing.T) {
	w := newWorld(t, 2)
	a := w.found()
	var inputs []Input
	for i := range 600 {
		inputs = append(inputs, Write{
			Token: Token(1000 + i), Kind: w.kinds.Named("way").Kind, Intents: titled(fmt.Sprintf("Way %d", i)),
		})
	}
	appends, runs, replies := 0, 0, 0
	for _, o := range a.step(inputs...) {
		switch o := o.(type) {
		case Append:
			appends++
			runs += len(o.Runs)
		case Reply:
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			replies++
		}
	}
	if appends != 1 || runs != 3 || replies != 600 {
		t.Errorf("%d appends, %d runs, %d replies; wanted 1, 3, 600", appends, runs, replies)
	}
	again, err := Open(a.config())
	if err != nil {
		t.Fatal(err)
	}
	if again.Status().State != a.replica.Status().State {
		t.Error("what was opened anew is in another state")
	}
}

func TestDerivedDocumentIsFoundByItsKind(t *testing.T) {
	w := newWorld(t, 3)
	a := w.found()
	one := a.must(Write{Kind: kindMember, Intents: titled("Dev")}).(Written)
	two := a.must(Write{Kind: kindMember, Intents: titled("Devi")}).(Written)
	want := protocol.DeriveDocument(w.community, kindMember, func() []protocol.Value { m := a.member(); return []protocol.Value{m[:]} }()...)
	if one.Document != want || two.Document != want {
		t.Errorf("member documents %s and %s, not %s", one.Document, two.Document, want)
	}
}

func TestMoreHeadsThanParentsAreGathered(t *testing.T) {
	w, a, b, _ := trio(t)
	made := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("start")}).(Written)
	w.sync(a, b)
	f := b.forge(protocol.Content)
	var runs []*protocol.Run
	for range 40 {
		runs = append(runs, f.run(f.change(func(d *protocol.Draft) {
			d.Creates, d.Document, d.Parents = false, made.Document, []protocol.ChangeID{made.Change}
			d.Lamport = 1 + b.replica.lamport(f.end, d.Parents, d.ControlHeads)
		})))
	}
	if err := a.give(b, runs...); err != nil {
		t.Fatal(err)
	}
	a.must(Write{Document: made.Document, Intents: titled("together")})
	d, err := a.replica.document(made.Document)
	if err != nil {
		t.Fatal(err)
	}
	if heads := d.doc.Heads(); len(heads) != 1 {
		t.Errorf("%d heads are left", len(heads))
	}
	w.sync(a, b)
	w.equal(a, b)
}

func TestInvitesThatLetNobodyIn(t *testing.T) {
	w := newWorld(t, 4)
	a := w.found()
	entry := func(n *node, id protocol.ChangeID, key identity.Key) identity.Entry {
		cert, err := identity.Certify(n.root.Public(), n.root, protocol.DeviceID{}, n.device, 0)
		if err != nil {
			t.Fatal(err)
		}
		return identity.SignEntry(w.community, id, key, n.root, n.device.Key, cert)
	}
	make := func(i membership.Invite) (protocol.ChangeID, identity.Key) {
		key := w.key()
		i.Key = key.Public()
		return a.must(Decide{Operation: &i}).(Decided).Change, key
	}
	once, onceKey := make(membership.Invite{Rank: membership.Member, Uses: 1})
	b, c := w.add(), w.add()
	in := a.must(Admit{Entry: entry(b, once, onceKey)}).(Admitted)
	again := a.must(Admit{Entry: entry(b, once, onceKey)}).(Admitted)
	if in.Admission != again.Admission || len(in.Runs) != len(again.Runs) || len(again.Letters) == 0 {
		t.Error("who is in already is not given the same again")
	}
	if r := a.act(Admit{Entry: entry(c, once, onceKey)}); !errors.Is(r.Err, invite.UsedUp) {
		t.Errorf("a used up invite gives %v", r.Err)
	}
	late, lateKey := make(membership.Invite{Rank: membership.Member, Uses: 1, Expires: 10})
	if r := a.act(Admit{Entry: entry(c, late, lateKey)}); !errors.Is(r.Err, invite.Expired) {
		t.Errorf("an expired invite gives %v", r.Err)
	}
	gone, goneKey := make(membership.Invite{Rank: membership.Member, Uses: 1})
	a.must(Decide{Operation: &membership.RevokeInvite{Invite: gone}})
	if r := a.act(Admit{Entry: entry(c, gone, goneKey)}); !errors.Is(r.Err, invite.Revoked) {
		t.Errorf("a revoked invite gives %v", r.Err)
	}
	if r := a.act(Admit{Entry: entry(c, late, onceKey)}); !errors.Is(r.Err, identity.ErrEntry) {
		t.Errorf("another invite's key gives %v", r.Err)
	}
	if st := a.replica.Status(); st.Members != 2 {
		t.Errorf("%d members", st.Members)
	}
}

// What ends access brings an epoch in the same batch, and letters to those who stay.
func TestEndedAccessBringsAnEpoch(t *testing.T) {
	w, a, b, c := trio(t)
	before := a.replica.Topics()[0]
	open := a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Member, Uses: 1}}).(Decided)
	a.must(Decide{Operation: &membership.RevokeInvite{Invite: open.Change}})
	if a.replica.Topics()[0] == before {
		t.Error("the topic is as before")
	}
	written := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("under the new epoch")}).(Written)
	w.sync(a, b, c)
	for _, n := range []*node{b, c} {
		if d, err := n.replica.Document(written.Document); err != nil || d.Folded == nil {
			t.Errorf("node %d cannot read it: %v", n.number, err)
		}
	}
	w.equal(a, b, c)
}

// A change whose key has not come is stored and passed on, holds back what
// stands on it, is never named, and shows when the key comes.
func TestChangesWaitForTheirKey(t *testing.T) {
	w, a, b, c := trio(t)
	made := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("before")}).(Written)
	w.sync(a, b, c)
	w.cutAll()
	open := a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Member, Uses: 1}}).(Decided)
	a.must(Decide{Operation: &membership.RevokeInvite{Invite: open.Change}})
	hidden := a.must(Write{Document: made.Document, Intents: titled("sealed")}).(Written)
	// One who stands on it but writes under the key from before.
	f := a.forge(protocol.Content)
	f.key = writeKey{epoch: a.replica.epochs[0]}
	f.key.key, _ = a.replica.ring.Content(f.key.epoch)
	stands := f.run(f.change(func(d *protocol.Draft) {
		d.Creates, d.Document, d.Parents, d.Epoch = false, made.Document, []protocol.ChangeID{hidden.Change}, f.key.epoch
	}))
	if err := a.give(a, stands); err != nil {
		t.Fatal(err)
	}
	var runs []*protocol.Run
	if err := a.store.Runs(b.store.Arrived()+1, func(_ uint64, run *protocol.Run) error {
		runs = append(runs, run)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.give(a, runs...); err != nil { // without letters
		t.Fatal(err)
	}
	if st := b.replica.Status(); st.Waiting != 2 {
		t.Fatalf("%d changes wait, not 2", st.Waiting)
	}
	again, err := Open(b.config())
	if err != nil || again.Status().Waiting != 2 {
		t.Fatalf("opened anew: %v", err)
	}
	if r := b.act(Write{Document: made.Document, Intents: titled("meanwhile")}); !errors.Is(r.Err, ErrNoKey) {
		t.Fatalf("writing under no key: %v", r.Err)
	}
	w.sync(b, c)
	if !c.holds(&protocol.Change{ID: hidden.Change}) {
		t.Error("what waits was not passed on")
	}
	w.sync(a, b, c)
	if st := b.replica.Status(); st.Waiting != 0 {
		t.Errorf("%d changes still wait", st.Waiting)
	}
	w.equal(a, b, c)
}

func TestForeignLettersTakeNoSlot(t *testing.T) {
	w, a, b, c := trio(t)
	open := a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Member, Uses: 1}}).(Decided)
	a.must(Decide{Operation: &membership.RevokeInvite{Invite: open.Change}})
	id := a.replica.epochs[1]
	w.cutAll()
	var runs []*protocol.Run
	if err := a.store.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		runs = append(runs, run)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.give(a, runs...); err != nil {
		t.Fatal(err)
	}
	b.replica.begin(b.clock())
	garbage := &protocol.Record{
		RecordKey: protocol.RecordKey{Device: c.id(), Kind: protocol.Letter, Recipient: b.id(), Epoch: id},
		Number:    1 << 40, Payload: make([]byte, epoch.LetterSize),
	}
	garbage.Sign(c.device.Key.Private(), w.community)
	b.replica.takeRecords([]*protocol.Record{garbage})
	for _, o := range b.replica.finish() {
		b.do(o)
	}
	w.sync(a, b)
	if len(b.replica.ring.Unopened()) != 0 {
		t.Error("garbage kept the epoch shut (B46)")
	}
}

// A disk that fails stops the replica: nothing of the step is done.
func TestFaultOfTheDiskStopsTheReplica(t *testing.T) {
	w, a, _, _ := trio(t)
	broken := &failing{Disk: a.store}
	cfg := a.config()
	cfg.Disk = broken
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	broken.err = errors.New("the disk is gone")
	for range 2 {
		out := r.Step(w.now, Write{Token: 5, Kind: kindCharter, Intents: titled("lost")})
		if len(out) != 2 {
			t.Fatalf("%d outputs", len(out))
		}
		if e, ok := out[0].(Event); !ok || e.What != Faulty || !errors.Is(e.Err, broken.err) {
			t.Errorf("first comes %+v", out[0])
		}
		if reply, ok := out[1].(Reply); !ok || !errors.Is(reply.Err, ErrBroken) || reply.Token != 5 {
			t.Errorf("then comes %+v", out[1])
		}
	}
}

// failing is a disk whose reads fail from some time on.
type failing struct {
	Disk
	err error
}

func (f *failing) Local(key string) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.Disk.Local(key)
}

func TestWhoIsNotInMayNotWrite(t *testing.T) {
	_, a, b, _ := trio(t)
	cfg := b.config()
	stranger := b.w.add()
	cfg.Device, cfg.Disk = stranger.device, a.store
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.begin(0)
	if _, err := r.written(Write{Kind: kindMember, Intents: []envelope.Intent{{Field: "title", Verb: envelope.DoSet, Value: "x"}}}); !errors.Is(err, ErrNoDevice) {
		t.Errorf("a stranger's device writes: %v", err)
	}
}

// Positions count the text as its author's fold showed it, whatever verdicts
// come later, and in whatever order they and the changes arrive.
func TestWhatAnAuthorSawIsFixed(t *testing.T) {
	w, a, b, c := trio(t)
	body := func(n *node, d protocol.DocumentID, text string) Written {
		t.Helper()
		return n.must(Write{Document: d, Intents: []envelope.Intent{{Field: "body", Verb: envelope.DoText, Value: text}}}).(Written)
	}
	made := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("a way")}).(Written)
	body(a, made.Document, "Start. ")
	w.sync(a, b, c)
	w.cutAll()
	w.faults.drop = 1                               // no gossip
	body(b, made.Document, "Start. Struck words. ") // the founder never saw these
	w.sync(b, c)
	w.cutAll()
	body(c, made.Document, "Start. Struck words. And an end.")
	a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}})
	w.sync(a, c)
	w.equal(a, c)
	for _, n := range []*node{a, c} {
		d, err := n.replica.Document(made.Document)
		if err != nil || d.Folded.Body != "Start. And an end." {
			t.Errorf("node %d shows %q, %v", n.number, d.Folded.Body, err)
		}
	}
	again, err := Open(a.config())
	if err != nil {
		t.Fatal(err)
	}
	if d, err := again.Document(made.Document); err != nil || d.Folded.Body != "Start. And an end." {
		t.Errorf("read anew it shows %q, %v", d.Folded.Body, err)
	}
}

// rotten is a disk on which one change is damaged until it is mended.
type rotten struct {
	Disk
	id     protocol.ChangeID
	mended bool
}

type rot struct{ id protocol.ChangeID }

func (e rot) Error() string              { return "damaged on disk" }
func (e rot) Damaged() protocol.ChangeID { return e.id }

func (d *rotten) Document(id protocol.DocumentID, each func(protocol.LogRef, *protocol.Change) error) error {
	hit := false
	err := d.Disk.Document(id, func(log protocol.LogRef, c *protocol.Change) error {
		if c.ID == d.id && !d.mended {
			hit = true
			return nil
		}
		return each(log, c)
	})
	if hit && err == nil {
		err = rot{d.id}
	}
	return err
}

// What is damaged on disk is never shown, and asked for again from a peer.
func TestDamageIsMendedByAPeer(t *testing.T) {
	w, a, b, _ := trio(t)
	made := a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("whole")}).(Written)
	w.sync(a, b)
	state := a.replica.Status().State
	w.cutAll()
	disk := &rotten{Disk: a.store, id: made.Change}
	cfg := a.config()
	cfg.Disk = disk
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	a.replica = r
	if _, err := r.Document(made.Document); err == nil {
		t.Fatal("a damaged document is shown")
	}
	a.mend = func(m Mend) {
		if len(m.Changes) != 1 || m.Changes[0].ID != made.Change {
			t.Errorf("%d changes are mended", len(m.Changes))
		}
		disk.mended = true
	}
	w.sync(a, b)
	if d, err := r.Document(made.Document); err != nil || d.Folded == nil {
		t.Errorf("after mending: %v", err)
	}
	if r.Status().State != state {
		t.Error("the state is another than before the damage")
	}
}
