package replica

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// spoil flips a bit where a node's tables keep a change, while it is down.
func (n *node) spoil(c *protocol.Change) {
	n.w.t.Helper()
	names, err := n.fs.List("db")
	if err != nil {
		n.w.t.Fatal(err)
	}
	hits := 0
	for _, name := range names {
		if !strings.HasSuffix(name, ".sst") {
			continue
		}
		f, err := n.fs.OpenReadWrite("db/"+name, vfs.WriteCategoryUnspecified)
		if err != nil {
			n.w.t.Fatal(err)
		}
		st, err := f.Stat()
		if err != nil {
			n.w.t.Fatal(err)
		}
		b := make([]byte, st.Size())
		if _, err := f.ReadAt(b, 0); err != nil {
			n.w.t.Fatal(err)
		}
		if at := bytes.Index(b, c.BodyHash[:]); at >= 0 {
			hits++
			if _, err := f.WriteAt([]byte{b[at] ^ 1}, int64(at)); err != nil {
				n.w.t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			n.w.t.Fatal(err)
		}
	}
	if hits == 0 {
		n.w.t.Fatal("the change is in no table")
	}
}

// stop closes a node's store, with all it holds in tables.
func (n *node) stop() {
	n.w.t.Helper()
	for _, id := range n.w.linksOf(n) {
		n.w.cut(id)
	}
	n.w.run(n.w.now)
	n.down, n.tick = true, n.tick+1
	if err := n.store.Close(); err != nil {
		n.w.t.Fatal(err)
	}
}

// start opens it again.
func (n *node) start() {
	n.w.t.Helper()
	n.down = false
	n.open()
}

// aged is a trio with enough of a control log that a damaged block hides no
// more than a part of it, and the change of the founder to spoil.
func aged(t *testing.T) (w *world, a, b, c *node, hit *protocol.Change) {
	t.Helper()
	w, a, b, c = trio(t)
	var made []protocol.ChangeID
	for range 60 {
		made = append(made, a.must(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Member, Uses: 2}}).(Decided).Change)
	}
	a.must(Decide{Operation: &membership.SetRank{Member: b.member(), Rank: membership.Convener}})
	a.tells("a way", "of old")
	w.sync(a, b, c)
	w.part()
	hit, _, err := a.store.Change(made[30])
	if err != nil {
		t.Fatal(err)
	}
	return w, a, b, c, hit
}

// A control change is damaged on disk, and neighbours with it: the replica opens and does
// nothing but ask; a peer has them; then it goes on as before, and only then
// does it sign.
func TestDamagedControlLogIsMended(t *testing.T) {
	w, a, b, c, hit := aged(t)
	before := a.replica.Status()
	a.stop()
	written := b.tells("while it was down", "text")
	a.spoil(hit)
	a.start()
	if err := a.replica.Ailing(); !errors.Is(err, ErrAiling) {
		t.Fatalf("it does not say that it ails: %v", err)
	}
	if r := a.act(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("too early")}); !errors.Is(r.Err, ErrAiling) {
		t.Errorf("it writes: %v", r.Err)
	}
	if r := a.act(Decide{Operation: &membership.Invite{Key: w.key().Public(), Rank: membership.Guest, Uses: 1}}); !errors.Is(r.Err, ErrAiling) {
		t.Errorf("it decides: %v", r.Err)
	}
	if _, err := a.replica.Document(written.Document); !errors.Is(err, ErrAiling) {
		t.Errorf("it shows what nobody can judge: %v", err)
	}
	if a.store.Arrived() != before.Arrival {
		t.Error("it took something")
	}
	for _, peer := range []*node{b, c} {
		if _, ok := a.replica.Certificate(peer.id()); !ok {
			t.Errorf("it cannot meet node %d", peer.number)
		}
	}
	if len(a.replica.Access()) == 0 {
		t.Error("it cannot prove presence")
	}
	w.connect(a, b)
	w.run(w.now)
	if err := a.replica.Ailing(); err != nil {
		t.Fatalf("it still ails: %v", err)
	}
	if damaged, err := a.store.Verify(1, a.store.Arrived()); err != nil || len(damaged) != 0 {
		t.Errorf("%d changes are damaged still, %v", len(damaged), err)
	}
	again := a.replica.Status()
	if again.State == (protocol.Hash{}) || again.Members != before.Members {
		t.Errorf("it goes on as %+v", again)
	}
	w.sync(a, b, c)
	w.equal(a, b, c)
	a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("goes on")})
	w.sync(a, b, c)
	w.equal(a, b, c)
	if forks := b.replica.Forks(); len(forks) != 0 {
		t.Errorf("%d forks", len(forks))
	}
}

// Called by a peer rather than calling it.
func TestDamagedControlLogIsMendedByACaller(t *testing.T) {
	w, a, b, c, hit := aged(t)
	c.stop()
	c.spoil(hit)
	c.start()
	if c.replica.Ailing() == nil {
		t.Fatal("it does not say that it ails")
	}
	w.connect(b, c)
	w.run(w.now)
	if err := c.replica.Ailing(); err != nil {
		t.Fatalf("it still ails: %v", err)
	}
	w.sync(a, b, c)
	w.equal(a, b, c)
}

// blind is a disk that cannot read some changes until they are mended.
type blind struct {
	Disk
	damaged map[protocol.ChangeID]bool
}

func (d *blind) Change(id protocol.ChangeID) (*protocol.Change, protocol.LogRef, error) {
	if d.damaged[id] {
		return nil, protocol.LogRef{}, rot{id}
	}
	return d.Disk.Change(id)
}

func (d *blind) Document(id protocol.DocumentID, each func(protocol.LogRef, *protocol.Change) error) (hit error) {
	err := d.Disk.Document(id, func(log protocol.LogRef, c *protocol.Change) error {
		if d.damaged[c.ID] {
			hit = rot{c.ID}
			return nil
		}
		return each(log, c)
	})
	if err != nil {
		return err
	}
	return hit
}

// The last changes of content logs are damaged: all else goes on, nothing is
// written upon them or taken that follows, and a peer mends them.
func TestDamagedEndOfALog(t *testing.T) {
	w, a, b, c := trio(t)
	mine, theirs := a.tells("mine", "the last I wrote"), b.tells("theirs", "the last she wrote")
	whole := c.tells("another", "goes on")
	w.sync(a, b, c)
	w.part()
	w.apart[pair(a, b)], w.apart[pair(a, c)] = true, true
	next := b.tells("meanwhile", "b goes on")
	disk := &blind{a.store, map[protocol.ChangeID]bool{mine.Change: true, theirs.Change: true}}
	a.mend = func(m Mend) {
		for _, c := range m.Changes {
			delete(disk.damaged, c.ID)
		}
	}
	cfg := a.config()
	cfg.Disk = disk
	r, err := Open(cfg)
	if err != nil || r.Ailing() != nil {
		t.Fatalf("it does not open, or ails: %v %v", err, r.Ailing())
	}
	a.replica = r
	if a.body(whole.Document) != "goes on" {
		t.Error("what is whole cannot be read")
	}
	if r := a.act(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("upon it")}); !errors.Is(r.Err, ErrHurt) {
		t.Errorf("it writes upon what it cannot read: %v", r.Err)
	}
	if err := a.give(b, runsOf(t, b, protocol.Content)...); err != nil {
		t.Errorf("it blames an honest peer: %v", err)
	}
	if a.holds(&protocol.Change{ID: next.Change}) {
		t.Error("it takes what follows a change it cannot read")
	}
	w.apart[pair(a, b)], w.apart[pair(a, c)] = false, false
	w.connect(a, c)
	w.run(w.now)
	if len(disk.damaged) != 0 || a.replica.Status().Lacking != 0 {
		t.Errorf("%d are damaged still, %d lacking", len(disk.damaged), a.replica.Status().Lacking)
	}
	if !a.holds(&protocol.Change{ID: next.Change}) {
		t.Error("what waited for the mended change was not taken")
	}
	a.must(Write{Kind: w.kinds.Named("way").Kind, Intents: titled("upon it")})
	w.sync(a, b, c)
	w.equal(a, b, c)
}
