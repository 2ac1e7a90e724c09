package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/node/store"
	"coppice.example/protocol"
	"golang.org/x/sys/unix"
)

// community is one community as this node runs it: its replica, and the
// goroutine that alone calls it. Everything else hands in inputs, or asks.
type community struct {
	node      *Node
	id        protocol.CommunityID
	persona   *persona
	log       *slog.Logger
	inbox     chan job
	quit      chan struct{} // closed to end the loop
	done      chan struct{} // closed when it has ended
	tokens    atomic.Uint64
	numbers   atomic.Uint64 // of sessions
	events    hub
	muting    sync.Mutex // held while who is muted is changed
	telling   sync.Mutex // held while it is told what is new
	welcoming sync.Mutex // held while a newcomer's path is read and written
	shelf     *shelf     // the view, and what is not yet in it
	measured  measured   // the signs as they were read last
	founded   string     // the name it was founded with
	cared     string     // what its founder cared about

	// The loop's own.
	store    *store.Store
	replica  *replica.Replica
	down     error // why the replica is not there
	calls    map[replica.Token]waiter
	sessions map[replica.SessionID]*session
	topics   topics
	wake     *time.Timer
	due      int64  // milliseconds since 1970 when the replica is to be woken; 0: never
	roster   roster // who is in, by the state of the control graph that was asked last
	reach    [2]int // nodes within reach and in sync, as pages were told last
}

// job is what the loop is asked to do: take inputs, or let something read.
type job struct {
	inputs []replica.Input
	make   func(*replica.Replica) []replica.Input // inputs that depend on what stands when they are taken; none: it has answered itself
	calls  map[replica.Token]waiter               // who waits for which reply
	read   func(*replica.Replica)
}

// waiter waits for a reply; unseen, also for one that the view does not show yet.
type waiter struct {
	replies chan<- replica.Reply // has room for all of them
	unseen  bool
}

const (
	inboxSize = 256 // jobs that wait before whoever brings one waits
	mostJobs  = 64  // jobs taken in one step, and so in one sync
)

// openCommunity opens what lies in the home's directory of the community and
// starts its loop. Errors: [api.ErrDamaged].
func (n *Node) openCommunity(id protocol.CommunityID) (*community, error) {
	p, err := n.home.loadPersona(filepath.Join("communities", id.String()))
	if err != nil {
		return nil, err
	}
	c := &community{
		node: n, id: id, persona: p, log: n.log.With("community", id.String()[:8]),
		inbox: make(chan job, inboxSize), quit: make(chan struct{}), done: make(chan struct{}),
		calls: map[replica.Token]waiter{}, sessions: map[replica.SessionID]*session{},
		wake: time.NewTimer(time.Millisecond),
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	if g := c.replica.Genesis(); g != nil {
		c.founded, c.cared = g.Name, g.Concern
	}
	if c.shelf, err = openShelf(filepath.Join(c.dir(), "view.db"), n.kinds, c.log); err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	c.shelf.told = c.changed
	if err := c.catchUp(); err != nil {
		return nil, errors.Join(err, c.shelf.close(), c.store.Close())
	}
	c.subscribe(c.replica.Topics())
	go c.loop()
	n.goes(func() { // so that the first who asks does not wait for it
		if _, _, err := c.shelf.survey(); err != nil {
			c.log.Warn("what lists are derived of cannot be read", "error", err)
		}
	})
	return c, nil
}

func (c *community) dir() string { return c.node.home.path("communities", c.id.String()) }

func (c *community) config() replica.Config {
	return replica.Config{
		Community: c.id, Device: c.persona.Device, Incarnation: c.node.incarnation.ID,
		Kinds: c.node.kinds, Disk: c.store, Random: rand.Reader,
	}
}

// probeSize is what a store may write while it opens: the tables of two memtables.
const probeSize = 8 << 20

// probe tells whether a directory takes what a store writes while it opens. On
// a full disk a store that opens waits for room; this says so at once instead.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeSize))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// room tells by its figures whether a disk has room for what a store writes
// while it opens: less sure than probe, and at once.
func room(dir string) error {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return err
	}
	if uint64(disk.Bavail)*uint64(disk.Bsize) < probeSize {
		return fmt.Errorf("%s: %w", dir, syscall.ENOSPC)
	}
	return nil
}

// open opens store and replica: at the start, and again after a failed append.
func (c *community) open() (err error) {
	look := probe
	if c.node.cfg.store.Late {
		look = room
	}
	if err := look(c.dir()); err != nil {
		return err
	}
	if c.store, err = store.Open(filepath.Join(c.dir(), "store"), c.id, c.node.cfg.store); err != nil {
		return damaged(err)
	}
	r, err := replica.Open(c.config())
	if err != nil {
		return damaged(errors.Join(err, c.store.Close()))
	}
	c.replica = r
	return nil
}

func damaged(err error) error {
	if errors.Is(err, store.ErrDamaged) {
		return fmt.Errorf("%w: %w", api.ErrDamaged, err)
	}
	return err
}

// close ends the loop and closes what it held.
func (c *community) close() error {
	close(c.quit)
	<-c.done
	return errors.Join(c.shelf.close(), c.store.Close())
}

// loop is the one goroutine that calls the replica. What came in while it
// worked goes into one step, so that it shares one sync.
func (c *community) loop() {
	defer close(c.done)
	for {
		select {
		case <-c.quit:
			c.hangUpAll()
			return
		case j := <-c.inbox:
			c.take(j)
		case <-c.wake.C:
			if c.up() {
				c.step(replica.Tick{})
			}
		case <-c.shelf.ruin:
			if err := c.rebuild(); err != nil {
				c.log.Error("the view cannot be made anew", "error", err)
			}
		}
	}
}

// take does a job and those that wait behind it. A read among them stands
// where it came: it sees what came before it.
func (c *community) take(j job) {
	var inputs []replica.Input
	for count := 0; ; count++ {
		if !c.up() {
			c.refuse(j)
		} else if j.read != nil {
			c.step(inputs...)
			inputs = nil
			j.read(c.replica)
		} else if j.make != nil {
			c.step(inputs...)
			inputs = nil
			if !c.up() {
				c.refuse(j)
			} else if inputs = j.make(c.replica); len(inputs) > 0 {
				maps.Copy(c.calls, j.calls)
			}
		} else {
			inputs = append(inputs, j.inputs...)
			maps.Copy(c.calls, j.calls)
		}
		if count == mostJobs {
			break
		}
		select {
		case j = <-c.inbox:
			continue
		default:
		}
		break
	}
	c.step(inputs...)
}

// step gives the replica inputs and does what comes of it, in order.
func (c *community) step(inputs ...replica.Input) {
	if len(inputs) == 0 {
		return
	}
	outputs := c.replica.Step(c.node.cfg.clock().UnixMilli(), inputs...)
	for _, output := range outputs {
		if err := c.do(output); err != nil {
			c.fail(err)
			return
		}
	}
	c.announce(inputs, outputs)
}

// do does one output. Errors are those after which the replica is no more:
// a failed append, a broken disk.
func (c *community) do(output replica.Output) error {
	switch o := output.(type) {
	case replica.Append:
		_, err := c.store.Append(batchOf(o))
		return err
	case replica.Send:
		if s := c.sessions[o.Session]; s != nil {
			s.send(o.Bytes)
		}
	case replica.Hangup:
		c.hangUp(o.Session, o.Reason)
	case replica.Ring:
		c.ring(o)
	case replica.Projected:
		c.shelf.put(o)
	case replica.Reply:
		c.reply(o)
	case replica.Event:
		c.event(o)
		if o.What == replica.Faulty {
			return o.Err
		}
	case replica.Mend:
		if err := c.store.Mend(o.Changes); err != nil {
			c.log.Error("what was damaged is here again but cannot be put in its place", "error", err)
		}
	case replica.Forget:
		if err := c.store.Erase(o.Changes); err != nil {
			c.log.Error("words that were redacted are still on disk; they are dropped at a later try", "error", err)
		}
		c.shelf.purge()
	case replica.Wake:
		c.wakeAt(o.At)
	}
	return nil
}

// wakeAt has the loop let time pass at a time. In a village it passes when the
// village's clock is set.
func (c *community) wakeAt(at int64) {
	c.due = at
	wait := time.UnixMilli(at).Sub(c.node.cfg.clock())
	if c.node.cfg.village != nil && wait > 0 {
		c.wake.Stop()
		return
	}
	c.wake.Reset(max(wait, time.Millisecond))
}

func batchOf(o replica.Append) store.Batch {
	local := make([]store.Local, len(o.Local))
	for i, l := range o.Local {
		local[i] = store.Local(l)
	}
	return store.Batch{Runs: o.Runs, Unchecked: o.Unchecked, Records: o.Records, Drop: o.Drop, Local: local}
}

// reply answers a local act, once the view shows what it did.
func (c *community) reply(o replica.Reply) {
	w, ok := c.calls[o.Token]
	if !ok {
		return
	}
	delete(c.calls, o.Token)
	if written, is := o.Result.(replica.Written); is && !w.unseen {
		c.shelf.when(written.Document, func() { w.replies <- o })
		return
	}
	w.replies <- o
}

func (c *community) event(e replica.Event) {
	switch e.What {
	case replica.Topics:
		c.subscribe(c.replica.Topics())
	case replica.Members:
		c.subscribe(c.replica.Topics())
		c.introducePeers()
		c.node.feed.Tell(api.Event{Event: api.EventPeople, Community: c.id.String()})
	case replica.Whole:
		c.log.Info("what was damaged is whole again")
		if g := c.replica.Genesis(); g != nil {
			c.founded, c.cared = g.Name, g.Concern
		}
		if err := c.catchUp(); err != nil {
			c.log.Error("the view cannot catch up", "error", err)
		}
	case replica.Damaged:
		c.log.Error("a document cannot be read whole", "document", e.Document, "error", e.Err)
	}
	c.events.tell()
}

// fail follows a failed append: nothing of the step is true. Whoever waits is
// told, and the replica is forgotten; it is opened anew from what the disk holds.
func (c *community) fail(cause error) {
	c.log.Error("the disk did not take what was to be kept", "error", cause)
	c.down = fmt.Errorf("%w: %w", errUnsaved, cause)
	for token, w := range c.calls {
		w.replies <- replica.Reply{Token: token, Err: c.down}
	}
	clear(c.calls)
	c.hangUpAll()
	_ = c.store.Close() // it stopped at the failure and said so
	c.replica = nil
	c.wake.Reset(reopenPause)
}

// up tells whether the replica is there; after a failure it tries to open it
// again first, at every call that needs it.
func (c *community) up() bool {
	if c.replica != nil {
		return true
	}
	err := c.open()
	if err == nil {
		err = c.catchUp()
	}
	if err != nil {
		c.log.Error("the store does not open again", "error", err)
		c.replica = nil
		c.wake.Reset(reopenPause)
		return false
	}
	c.log.Info("the store is open again")
	c.subscribe(c.replica.Topics())
	c.wake.Reset(time.Millisecond)
	return true
}

const reopenPause = 5 * time.Second

// refuse answers a job that cannot be done while the store does not open.
func (c *community) refuse(j job) {
	for token, w := range j.calls {
		w.replies <- replica.Reply{Token: token, Err: c.down}
	}
	if j.read != nil {
		j.read(nil)
	}
}

// rebuild makes the view anew.
func (c *community) rebuild() error {
	if !c.up() {
		return c.down
	}
	if err := c.shelf.reset(); err != nil {
		return err
	}
	return c.catchUp()
}

// catchUp brings the view to where the log is: from its stamp on, or all of it
// when it is new.
func (c *community) catchUp() error {
	if err := c.replica.Ailing(); err != nil {
		c.log.Error("what is damaged is asked for from other members' nodes", "error", err)
		return nil // the view shows what it showed last
	}
	ask := replica.Refresh{After: c.shelf.stamp()}
	// Once at least: what a verdict or a key changed has no arrival of its own.
	for once := true; once || ask.After < c.store.Arrived(); once = false {
		var got replica.Projected
		for _, output := range c.replica.Step(c.node.cfg.clock().UnixMilli(), ask) {
			if p, ok := output.(replica.Projected); ok {
				got = p
			}
			if err := c.do(output); err != nil {
				return err
			}
		}
		c.shelf.drain()
		next := replica.Refresh{After: got.Arrival, Resume: got.Next}
		if ask.After < c.store.Arrived() && next == ask || next == (replica.Refresh{}) {
			return fmt.Errorf("the view does not get beyond run %d of %d", ask.After, c.store.Arrived())
		}
		ask = next
	}
	return nil
}

// put hands a job to the loop.
func (c *community) put(ctx context.Context, j job) error {
	select {
	case c.inbox <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.done:
		return errEnding
	}
}

var errEnding = errors.New("the node is ending")

// tell hands inputs to the loop that nobody waits for.
func (c *community) tell(ctx context.Context, inputs ...replica.Input) error {
	return c.put(ctx, job{inputs: inputs})
}

// act does local acts, all in one batch, and returns their replies in order,
// when the view shows them. Makes give the inputs their tokens. The error is
// the first reply's that has one.
func (c *community) act(ctx context.Context, makes ...func(replica.Token) replica.Input) ([]replica.Reply, error) {
	return c.acting(ctx, false, makes)
}

// acting is act; unseen, it returns as soon as all is on disk.
func (c *community) acting(ctx context.Context, unseen bool, makes []func(replica.Token) replica.Input) ([]replica.Reply, error) {
	replies := make(chan replica.Reply, len(makes))
	j := job{calls: make(map[replica.Token]waiter, len(makes))}
	first := replica.Token(c.tokens.Add(uint64(len(makes)))) - replica.Token(len(makes)) + 1
	for i, one := range makes {
		token := first + replica.Token(i)
		j.inputs = append(j.inputs, one(token))
		j.calls[token] = waiter{replies, unseen}
	}
	return c.await(ctx, j, first, replies)
}

// within does local acts that are made in the loop, of what stands then: makes
// gives the input of each, or says why there is none. Else it is acting unseen.
func (c *community) within(ctx context.Context, acts int, makes func(*replica.Replica, int) (replica.Write, error)) ([]replica.Reply, error) {
	replies := make(chan replica.Reply, acts)
	j := job{calls: make(map[replica.Token]waiter, acts)}
	first := replica.Token(c.tokens.Add(uint64(acts))) - replica.Token(acts) + 1
	for i := range acts {
		j.calls[first+replica.Token(i)] = waiter{replies, true}
	}
	j.make = func(r *replica.Replica) (inputs []replica.Input) {
		for i := range acts {
			token := first + replica.Token(i)
			w, err := makes(r, i)
			if err != nil {
				delete(j.calls, token)
				replies <- replica.Reply{Token: token, Err: err}
				continue
			}
			w.Token = token
			inputs = append(inputs, w)
		}
		return inputs
	}
	return c.await(ctx, j, first, replies)
}

// await hands a job to the loop and returns the replies to its calls, whose
// tokens go on from first.
func (c *community) await(ctx context.Context, j job, first replica.Token, replies chan replica.Reply) ([]replica.Reply, error) {
	out := make([]replica.Reply, cap(replies))
	if err := c.put(ctx, j); err != nil {
		return nil, err
	}
	for range out {
		select {
		case r := <-replies:
			out[r.Token-first] = r
		case <-ctx.Done():
			return nil, ctx.Err() // what was asked for may still be done
		case <-c.done:
			return nil, errEnding
		}
	}
	for _, r := range out {
		if r.Err != nil {
			return out, r.Err
		}
	}
	return out, nil
}

// one does a single act and returns its result.
func one[Result any](ctx context.Context, c *community, makes func(replica.Token) replica.Input) (Result, error) {
	var none Result
	replies, err := c.act(ctx, makes)
	if err != nil {
		return none, explain(err)
	}
	result, ok := replies[0].Result.(Result)
	if !ok {
		return none, fmt.Errorf("the replica answered %T", replies[0].Result)
	}
	return result, nil
}

// ask lets read see the replica, between two steps.
func (c *community) ask(ctx context.Context, read func(*replica.Replica)) error {
	answered := make(chan bool, 1)
	j := job{read: func(r *replica.Replica) {
		if r != nil {
			read(r)
		}
		answered <- r != nil
	}}
	if err := c.put(ctx, j); err != nil {
		return err
	}
	select {
	case ok := <-answered:
		if !ok {
			return fmt.Errorf("%w: the store does not open", api.ErrDamaged)
		}
		return nil
	case <-c.done:
		return errEnding
	}
}

// hub wakes who waits for something to happen in a community.
type hub struct{ watch atomic.Pointer[chan struct{}] }

// next returns a channel that is closed at the next event. Ask for it before
// looking at what might change.
func (h *hub) next() <-chan struct{} {
	for {
		if c := h.watch.Load(); c != nil {
			return *c
		}
		c := make(chan struct{})
		if h.watch.CompareAndSwap(nil, &c) {
			return c
		}
	}
}

func (h *hub) tell() {
	if c := h.watch.Swap(nil); c != nil {
		close(*c)
	}
}
