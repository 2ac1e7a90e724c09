package replica

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/store"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// world is some nodes, what flows between them, and one clock: all in one
// goroutine, all from one seed.
type world struct {
	t         testing.TB
	rng       *rand.Rand
	now       int64 // milliseconds since 1970
	queue     queue
	order     uint64
	nodes     []*node
	community protocol.CommunityID
	apart     map[[2]int]bool // pairs of nodes that cannot reach each other
	links     map[SessionID]*link
	session   SessionID
	trace     hash.Hash
	faults    faults
	alter     func(frame []byte) []byte
	slice     int // work of a step on what is to be set right; 0: as usual
	burst     int // control runs of a member taken at once; 0: as usual
	kinds     *envelope.Kinds
	met       map[string]int // how often what happened
}

// faults says how likely each is; all zero is a kind world.
type faults struct {
	crash    float64 // a step of a node, at any of its outputs
	cut      float64 // a frame: the stream breaks instead
	drop     float64 // a gossip message, for one receiver
	twice    float64 // the same
	delay    int64   // the most a frame or message takes, milliseconds
	unsynced int     // percent of unsynced blocks that survive a crash
}

// event is something due at a time.
type event struct {
	at    int64
	order uint64
	do    func()
}

type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].at, q[j].at), cmp.Compare(q[i].order, q[j].order)) < 0
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(e any)   { *q = append(*q, e.(event)) }
func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}

// node is one home: a store that can crash, a replica, and a driver.
type node struct {
	w       *world
	number  int
	skew    int64
	device  *identity.Device
	root    identity.Key
	life    protocol.Incarnation
	fs      *vfs.MemFS
	store   *store.Store
	replica *Replica
	honest  bool
	lies    bool                // keeps no rule, in what it sends and signs
	acked   []protocol.ChangeID // changes this node was told are saved
	replies []Reply
	events  []Event
	shown   map[protocol.DocumentID]*Document
	shownTo uint64
	token   Token
	tick    uint64 // orders of ticks: a later wake replaces an earlier
	down    bool
	mend    func(Mend)
}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 0xc0ffee)), now: 1_770_000_000_000,
		apart: map[[2]int]bool{}, links: map[SessionID]*link{}, trace: sha256.New(), kinds: Kinds(),
		met: map[string]int{},
	}
	t.Cleanup(func() {
		for _, n := range w.nodes {
			if n.store != nil {
				_ = n.store.Close()
			}
		}
	})
	return w
}

// random returns a stream of seeded bytes.
func (w *world) random() io.Reader {
	var seed [32]byte
	for i := range 4 {
		binary.LittleEndian.PutUint64(seed[8*i:], w.rng.Uint64())
	}
	return rand.NewChaCha8(seed)
}

func (w *world) read(b []byte) {
	if _, err := io.ReadFull(w.random(), b); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) key() identity.Key {
	var seed [identity.SeedSize]byte
	w.read(seed[:])
	return identity.NewKey(seed)
}

// add makes a node without a community.
func (w *world) add() *node {
	n := &node{w: w, number: len(w.nodes), root: w.key(), honest: true, shown: map[protocol.DocumentID]*Document{}}
	var seed [2 * identity.SeedSize]byte
	w.read(seed[:])
	w.read(n.life[:])
	device, err := identity.NewDevice(seed)
	if err != nil {
		w.t.Fatal(err)
	}
	n.device = device
	n.fs = vfs.NewCrashableMem()
	w.nodes = append(w.nodes, n)
	return n
}

func (n *node) id() protocol.DeviceID { return n.device.ID() }

// own returns the content changes of this node's own log.
func (n *node) own() (ids []protocol.ChangeID) {
	log := protocol.LogOf(n.id(), n.life, protocol.Content)
	if err := n.store.Range(log, 1, func(c *protocol.Change) error {
		ids = append(ids, c.ID)
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	return ids
}

func (n *node) clock() int64 { return n.w.now + n.skew }

func (n *node) config() Config {
	c := Config{
		Community: n.w.community, Device: n.device, Incarnation: n.life, Kinds: n.w.kinds, Random: n.w.random(),
	}
	if n.store != nil {
		c.Disk = n.store
	}
	return c
}

// open opens store and replica; first is the first batch of an empty store.
func (n *node) open(first ...Output) {
	n.w.t.Helper()
	var err error
	if n.store, err = store.Open("db", n.w.community, store.Options{FS: n.fs, Cache: 1 << 20}); err != nil {
		n.w.t.Fatal(err)
	}
	for _, o := range first {
		if a, ok := o.(Append); ok {
			n.append(a)
		}
	}
	if n.replica, err = Open(n.config()); err != nil {
		n.w.t.Fatal(err)
	}
	if n.w.slice > 0 {
		n.replica.righting.slice = n.w.slice
	}
	if n.w.burst > 0 {
		n.replica.rates.burst = n.w.burst
	}
	n.catchUp()
}

func (n *node) append(a Append) {
	n.w.t.Helper()
	if _, err := n.store.Append(batch(n.withhold(a))); err != nil {
		n.w.t.Fatalf("node %d: append: %v", n.number, err)
	}
}

func batch(a Append) store.Batch {
	b := store.Batch{Runs: a.Runs, Unchecked: a.Unchecked, Records: a.Records, Drop: a.Drop}
	for _, l := range a.Local {
		b.Local = append(b.Local, store.Local(l))
	}
	return b
}

// catchUp has the view shown what it lacks, as a node does when it starts.
func (n *node) catchUp() {
	if n.shownTo == 0 {
		n.refresh(n.step)
		return
	}
	// Once at least: what a verdict or a key changed has no arrival of its own.
	for once := true; once || n.shownTo < n.replica.Status().Arrival; once = false {
		n.step(Refresh{After: n.shownTo})
	}
}

// refresh rebuilds the view.
func (n *node) refresh(step func(...Input) []Output) {
	next := protocol.DocumentID{}
	for {
		for _, o := range step(Refresh{Resume: next}) {
			if p, ok := o.(Projected); ok {
				next = p.Next
			}
		}
		if next.IsZero() {
			return
		}
	}
}

// step gives the replica its inputs and does what it asks for.
func (n *node) step(inputs ...Input) []Output {
	n.w.t.Helper()
	outputs := n.replica.Step(n.clock(), inputs...)
	n.w.count("parked", n.replica.Status().Parked > 0)
	n.w.count("being set right", n.replica.Status().Righting > 0)
	n.w.count("delayed", len(n.replica.Status().Delayed) > 0)
	crashAt := -1
	if n.w.rng.Float64() < n.w.faults.crash && len(outputs) > 0 {
		crashAt = n.w.rng.IntN(len(outputs))
	}
	for i, o := range outputs {
		if _, is := o.(Append); is && i > 0 {
			n.w.t.Fatalf("node %d: what stands before an append leaves before it is synced", n.number)
		}
		n.w.note(n, o)
		if i == crashAt {
			n.crash()
			return outputs[:i]
		}
		n.do(o)
	}
	return outputs
}

func (w *world) count(what string, happened bool) {
	if happened {
		w.met[what]++
	}
}

func (n *node) do(o Output) {
	switch o := o.(type) {
	case Append:
		n.append(o)
	case Mend:
		n.w.count("mended", true)
		if n.mend != nil {
			n.mend(o)
		} else if err := n.store.Mend(o.Changes); err != nil {
			n.w.t.Fatalf("node %d: mend: %v", n.number, err)
		}
	case Forget:
		n.w.count("forgotten", true)
		if err := n.store.Erase(o.Changes); err != nil {
			n.w.t.Fatalf("node %d: erase: %v", n.number, err)
		}
	case Send:
		n.w.transmit(o.Session, o.Bytes)
	case Hangup:
		if o.Reason != nil && n.honest {
			n.w.blame(n, o)
		}
		n.w.cut(o.Session)
	case Ring:
		n.w.ring(n, o)
	case Projected:
		for i := range o.Documents {
			for _, step := range o.Documents[i].History {
				n.w.count("void", step.Void > 0)
			}
			n.shown[o.Documents[i].ID] = &o.Documents[i]
		}
		if o.Arrival > 0 {
			n.shownTo = o.Arrival
		}
	case Reply:
		n.replies = append(n.replies, o)
		n.w.count(fmt.Sprintf("refused: %v", o.Err), o.Err != nil)
		n.w.count(fmt.Sprintf("done: %T", o.Result), o.Err == nil)
		if w, ok := o.Result.(Written); ok && o.Err == nil && !w.Change.IsZero() {
			n.acked = append(n.acked, w.Change)
		}
		if d, ok := o.Result.(Decided); ok && o.Err == nil {
			n.acked = append(n.acked, d.Change)
		}
	case Event:
		if o.What == Faulty || o.What == Damaged {
			n.w.t.Fatalf("node %d: %v", n.number, o.Err)
		}
		n.events = append(n.events, o)
		n.w.count("waiting", o.What == Waiting)
	case Wake:
		n.tick++
		tick := n.tick
		n.w.after(max(o.At-n.clock(), 0), func() {
			if n.tick == tick && !n.down {
				n.step(Tick{})
			}
		})
	}
}

// crash loses what was not synced, and every stream.
func (n *node) crash() {
	n.w.met["crash"]++
	n.down = true
	n.tick++
	for _, id := range n.w.linksOf(n) {
		n.w.cut(id)
	}
	// The database has goroutines of its own, and how many blocks are not synced
	// is theirs to say: they draw from a stream of their own.
	chance := rand.New(rand.NewPCG(n.w.rng.Uint64(), 2))
	after := n.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: n.w.faults.unsynced, RNG: chance})
	if err := n.store.Close(); err != nil {
		n.w.t.Fatal(err)
	}
	n.fs = after
	n.w.after(1+n.w.rng.Int64N(5000), n.restart)
}

func (n *node) restart() {
	if !n.down {
		return
	}
	n.down = false
	faults := n.w.faults
	n.w.faults = withoutCrash(faults)
	n.shownTo = min(n.shownTo, n.w.rng.Uint64N(n.shownTo+1)) // a view may lag behind the log
	n.open()
	n.w.faults = faults
	n.checkAcked()
}

func withoutCrash(f faults) faults {
	f.crash = 0
	return f
}

// checkAcked is oracle I2: what was acknowledged is held.
func (n *node) checkAcked() {
	n.w.t.Helper()
	for _, id := range n.acked {
		if ok, err := n.store.Has(id); err != nil || !ok {
			n.w.t.Fatalf("I2: node %d lost %s, which it said was saved (%v)", n.number, id, err)
		}
	}
}

// act gives one local act and returns its reply; the zero Reply when the node
// crashed over it.
func (n *node) act(in Input) Reply {
	n.w.t.Helper()
	n.token++
	switch a := in.(type) {
	case Write:
		a.Token = n.token
		in = a
	case Decide:
		a.Token = n.token
		in = a
	case Admit:
		a.Token = n.token
		in = a
	}
	before := len(n.replies)
	n.step(in)
	for _, r := range n.replies[before:] {
		if r.Token == n.token {
			return r
		}
	}
	return Reply{Err: errCrashed}
}

var errCrashed = errors.New("the node crashed")

// must is act in a world where it succeeds.
func (n *node) must(in Input) any {
	n.w.t.Helper()
	r := n.act(in)
	if r.Err != nil {
		n.w.t.Fatalf("node %d: %T: %v", n.number, in, r.Err)
	}
	return r.Result
}

// found makes node 0 the founder of the community.
func (w *world) found() *node {
	w.t.Helper()
	n := w.add()
	id, outputs, err := Found(n.clock(), n.config(), Founding{
		Root: n.root, Name: "Bread Circle", Concern: "We bake with sourdough", Style: "deliberate", Person: "Dev",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.community = id
	n.open(outputs...)
	return n
}

// join lets a new node in by n. A member commits at once, a guest does not.
func (n *node) join(member bool) *node {
	n.w.t.Helper()
	w := n.w
	key := w.key()
	invited := n.must(Decide{Operation: &membership.Invite{Key: key.Public(), Rank: membership.Member, Uses: 1}}).(Decided)
	new := w.add()
	new.enter(n, invited.Change, key)
	if member {
		new.commit()
	}
	return new
}

// enter comes in by an invite through a node that is a member's.
func (n *node) enter(by *node, invite protocol.ChangeID, key identity.Key) {
	n.w.t.Helper()
	cert, err := identity.Certify(n.root.Public(), n.root, protocol.DeviceID{}, n.device, 0)
	if err != nil {
		n.w.t.Fatal(err)
	}
	entry := identity.SignEntry(n.w.community, invite, key, n.root, n.device.Key, cert)
	admitted := by.must(Admit{Entry: entry}).(Admitted)
	first, err := Adopt(n.clock(), n.config(), Entrance{Runs: wire(n.w.t, n.w.community, admitted.Runs), Letters: admitted.Letters})
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.open(first...)
}

// wire sends runs through their encoding.
func wire(t testing.TB, community protocol.CommunityID, runs []*protocol.Run) (out []*protocol.Run) {
	t.Helper()
	for _, run := range runs {
		decoded, err := protocol.DecodeRun(run.Append(nil), community)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, decoded)
	}
	return out
}

func (n *node) member() protocol.MemberID { return n.root.Public().Member() }

// commit makes a member of a guest.
func (n *node) commit() {
	n.w.t.Helper()
	for _, m := range n.replica.State().Members() {
		if m.ID == n.member() {
			n.must(Decide{Operation: &membership.Commit{Admission: m.Admissions[0]}})
		}
	}
}

func (w *world) at(at int64, do func()) {
	w.order++
	heap.Push(&w.queue, event{at, w.order, do})
}

func (w *world) after(wait int64, do func()) { w.at(w.now+wait, do) }

// run lets everything happen that is due until a time, or until nothing is.
func (w *world) run(until int64) {
	for steps := 0; len(w.queue) > 0 && w.queue[0].at <= until; steps++ {
		if steps > 200_000 {
			w.t.Fatal("the world does not come to rest")
		}
		e := heap.Pop(&w.queue).(event)
		w.now = max(w.now, e.at)
		e.do()
	}
}

// pass lets some time pass, in milliseconds, and what is due in it happen.
func (w *world) pass(time int64) {
	until := w.now + time
	w.run(until)
	w.now = until
}

// rest lets everything happen that is due at all.
func (w *world) rest() { w.run(1 << 62) }

// sync brings all pairs together and lets them talk to the end.
func (w *world) sync(nodes ...*node) {
	for i, a := range nodes {
		for _, b := range nodes[i+1:] {
			w.connect(a, b)
		}
	}
	w.rest()
}

// blame is told when an honest node hangs up on a peer.
func (w *world) blame(n *node, h Hangup) {
	if l := w.links[h.Session]; l != nil && l.peer.honest {
		w.t.Fatalf("node %d hung up on honest node %d: %v", n.number, l.peer.number, h.Reason)
	}
}

// note adds an output to the trace.
func (w *world) note(n *node, o Output) {
	fmt.Fprintf(w.trace, "%d %d %T ", w.now, n.number, o)
	switch o := o.(type) {
	case Append:
		for _, run := range o.Runs {
			w.trace.Write(run.Append(nil))
		}
		for _, l := range o.Local {
			io.WriteString(w.trace, l.Key)
			w.trace.Write(l.Value)
		}
	case Send:
		w.trace.Write(o.Bytes)
	case Ring:
		w.trace.Write(o.Bytes)
	case Reply:
		fmt.Fprint(w.trace, o.Token, o.Err)
		switch result := o.Result.(type) {
		case Written:
			fmt.Fprint(w.trace, result)
		case Decided:
			fmt.Fprint(w.trace, result)
		}
	}
}

// copyFS copies a home as it lies on disk.
func copyFS(t testing.TB, n *node) *vfs.MemFS {
	t.Helper()
	return n.fs.CrashClone(vfs.CrashCloneCfg{})
}
