package node

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/reconcile"
)

// wire is the node's side of the network: whom it is connected to, which
// streams stand, which peers it tries to reach.
type wire struct {
	node *Node
	host host
	book *book
	meet hub // tells when a peer connected

	started chan struct{} // closed when the communities are open

	mu        sync.Mutex
	linked    map[string]bool // connected peers
	strangers map[pairing]time.Time
	courting  map[pairing]bool // who is being called, or is to be
}

// pairing is a peer in a community.
type pairing struct {
	community protocol.CommunityID
	peer      string
}

// Pauses between two calls to a connected peer.
const (
	firstRecall  = time.Second
	lastRecall   = time.Minute
	politeness   = 3 * time.Second  // who was dialled lets the dialler call first
	strangerTime = 10 * time.Minute // until a peer that is in no community with us is asked again
	roundTime    = time.Minute      // about so often one peer is compared with
)

// openWire opens the network. Nothing is dialled or answered until start.
func (n *Node) openWire() (_ *wire, err error) {
	w := &wire{
		node: n, started: make(chan struct{}),
		linked: map[string]bool{}, strangers: map[pairing]time.Time{}, courting: map[pairing]bool{},
	}
	open := n.cfg.host
	switch {
	case n.cfg.village != nil:
		open = n.cfg.village.plug(n)
	case open == nil:
		open = openNetwork
	}
	w.host, err = open(hostConfig{
		Seed: n.incarnation.PeerKey, Listen: n.cfg.Listen, NoDiscovery: n.cfg.NoDiscovery, NoGossip: n.cfg.NoGossip, Log: n.log,
		Streams: map[string]func(rawStream){
			invite.Stream:        w.answers(n.admit),
			reconcile.StreamName: w.answers(n.answer),
		},
		Connected:    w.connected,
		Disconnected: w.disconnected,
		Moved: func() {
			for _, c := range n.opened() {
				w.tellAddresses(c)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	w.book, err = openBook(n.home, w.host.ID(), func(ctx context.Context, k known) error {
		return w.host.ConnectKnown(ctx, k.ID, k.Addrs)
	})
	if err != nil {
		return nil, errors.Join(err, w.host.Close())
	}
	return w, nil
}

// answers makes a stream's handler of f, which runs as long as the node does.
func (w *wire) answers(f func(*stream)) func(rawStream) {
	return func(raw rawStream) {
		if !w.ready() {
			raw.Reset()
			return
		}
		done := make(chan struct{})
		if !w.node.goes(func() {
			defer close(done)
			f(&stream{rawStream: raw, own: w.host.RawID()})
		}) {
			raw.Reset()
			return
		}
		<-done
	}
}

// ready waits until the communities are open; false when the node ends first.
func (w *wire) ready() bool {
	select {
	case <-w.started:
		return w.node.ctx.Err() == nil
	case <-w.node.ctx.Done():
		return false
	}
}

func (w *wire) id() string      { return w.host.ID() }
func (w *wire) addrs() []string { return w.host.Addrs() }

// start begins to dial and to answer.
func (w *wire) start() {
	close(w.started)
	if w.node.cfg.village != nil {
		return // which has nodes meet
	}
	w.node.goes(func() { w.book.run(w.node.ctx, func(f func()) { w.node.goes(f) }) })
	w.node.goes(w.rounds)
	w.node.goes(w.wakes)
}

func (w *wire) close() error { return w.host.Close() }

// connected and disconnected are called by the host.
func (w *wire) connected(peer string, addrs []string, dialled bool) {
	if !w.ready() {
		return
	}
	w.book.met(peer, addrs)
	w.mu.Lock()
	w.linked[peer] = true
	w.mu.Unlock()
	w.meet.tell()
	for _, c := range w.node.opened() {
		w.court(c, peer, dialled)
	}
}

func (w *wire) disconnected(peer string) {
	if !w.ready() {
		return
	}
	w.mu.Lock()
	delete(w.linked, peer)
	w.mu.Unlock()
	w.book.lost(peer)
}

// enter begins sync of a community that was opened or joined just now.
func (w *wire) enter(c *community) {
	w.tellAddresses(c)
	w.mu.Lock()
	var peers []string
	for p := range w.linked {
		peers = append(peers, p)
		delete(w.strangers, pairing{c.id, p})
	}
	w.mu.Unlock()
	for _, p := range peers {
		w.court(c, p, true)
	}
}

// court keeps a session with a peer in a community as long as it is connected,
// unless it turns out a stranger there.
func (w *wire) court(c *community, peer string, first bool) {
	at := pairing{c.id, peer}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.courting[at] || time.Since(w.strangers[at]) < strangerTime {
		return
	}
	w.courting[at] = true
	w.node.goes(func() {
		w.keep(c, peer, first)
		w.mu.Lock()
		delete(w.courting, at)
		w.mu.Unlock()
		w.book.settled.tell()
	})
}

func (w *wire) keep(c *community, peer string, first bool) {
	pause := firstRecall
	if !first && !w.rest(c, politeness) {
		return
	}
	for w.isLinked(peer) {
		next := c.events.next()
		has, err := c.hasSession(w.node.ctx, peer)
		switch {
		case err != nil:
			return
		case has:
			select {
			case <-next:
			case <-w.node.ctx.Done():
			case <-c.done:
			}
			if !w.rest(c, 50*time.Millisecond) {
				return
			}
			continue
		}
		err = c.call(w.node.ctx, peer)
		if errors.Is(err, reconcile.ErrStranger) {
			w.mu.Lock()
			w.strangers[pairing{c.id, peer}] = time.Now()
			w.mu.Unlock()
			return
		}
		if !w.rest(c, pause) {
			return
		}
		pause = min(2*pause, lastRecall)
	}
}

// rest waits; it returns false when the node or the community ends meanwhile.
func (w *wire) rest(c *community, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-w.node.ctx.Done():
	case <-c.done:
	}
	return false
}

func (w *wire) isLinked(peer string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.linked[peer]
}

func (c *community) hasSession(ctx context.Context, peer string) (has bool, err error) {
	err = c.ask(ctx, func(*replica.Replica) {
		for _, s := range c.sessions {
			has = has || s.peer == peer
		}
	})
	return has, err
}

// rounds compares with one peer of each community about every minute, so that
// nothing rests on a doorbell having rung.
func (w *wire) rounds() {
	for {
		t := time.NewTimer(roundTime*2/3 + rand.N(roundTime*2/3))
		select {
		case <-t.C:
		case <-w.node.ctx.Done():
			t.Stop()
			return
		}
		for _, c := range w.node.opened() {
			_ = c.ask(w.node.ctx, func(*replica.Replica) {
				for id := range c.sessions { // Go's map order is as random as is needed here
					c.step(replica.Poke{Session: id})
					break
				}
			})
			w.learnAddresses(c)
		}
	}
}

// Between two looks at the clock so much more wall time than the timer's
// passes only when the machine slept.
const (
	lookTime = 5 * time.Second
	slept    = 30 * time.Second
)

// wakes brings everything up to date when the machine has slept.
func (w *wire) wakes() {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for last := time.Now().Round(0); ; {
		select {
		case <-tick.C:
		case <-w.node.ctx.Done():
			return
		}
		now := time.Now().Round(0) // wall time alone
		if now.Sub(last) > slept {
			w.dialAll()
			for _, c := range w.node.opened() {
				_ = c.tell(w.node.ctx, replica.Poke{})
			}
		}
		last = now
	}
}

// met returns a channel that is closed when a peer connects.
func (w *wire) met() <-chan struct{} { return w.meet.next() }

// dialAll tries everyone now.
func (w *wire) dialAll() {
	for _, c := range w.node.opened() {
		w.learnAddresses(c)
	}
	w.book.all()
}

// reaching tells whether dials are under way, or a first word with a peer that
// is connected.
func (w *wire) reaching(c *community) bool {
	if w.book.busy() {
		return true
	}
	w.mu.Lock()
	var peers []string
	for at := range w.courting {
		if at.community == c.id && w.linked[at.peer] {
			peers = append(peers, at.peer)
		}
	}
	w.mu.Unlock()
	for _, p := range peers {
		if has, err := c.hasSession(w.node.ctx, p); err == nil && !has {
			return true
		}
	}
	return false
}

// settled returns a channel that is closed when a dial, or a first word, ends.
func (w *wire) settled() <-chan struct{} { return w.book.settled.next() }

// tellAddresses publishes where this node can be reached.
func (w *wire) tellAddresses(c *community) {
	if envelope, err := w.host.Envelope(); err == nil && envelope != nil {
		_ = c.tell(w.node.ctx, replica.Tell{Addresses: envelope})
	}
}

// learnAddresses takes what the members' devices say of themselves.
func (w *wire) learnAddresses(c *community) {
	_ = c.ask(w.node.ctx, func(r *replica.Replica) {
		err := r.Addresses(func(_ protocol.DeviceID, payload []byte) error {
			if peer, addrs, err := w.host.Learn(payload); err == nil {
				w.book.learn(peer, addrs)
			}
			return nil
		})
		if err != nil {
			c.log.Warn("addresses cannot be read", "error", err)
		}
	})
}

// invitePeers returns whom a newcomer may ask: this node, then those it is
// connected to.
func (w *wire) invitePeers(c *community) []invite.Peer {
	peers := w.host.Packed(w.host.ID())
	_ = c.ask(w.node.ctx, func(*replica.Replica) {
		for _, s := range c.sessions {
			peers = append(peers, w.host.Packed(s.peer)...)
		}
	})
	return peers
}

// open opens a stream to a connected peer.
func (w *wire) open(ctx context.Context, peer, name string) (*stream, error) {
	raw, err := w.host.Open(ctx, peer, name)
	if err != nil {
		return nil, err
	}
	return &stream{rawStream: raw, own: []byte(w.host.RawID()), called: true}, nil
}

// callEach has call speak on a join stream to node after node, those in the
// address first and any that is connected, until one call succeeds. The error
// is the one that says most, [api.ErrUnreachable] when nobody was reached.
func (w *wire) callEach(address *invite.Address, call func(*stream) error) error {
	ctx, cancel := context.WithCancel(w.node.ctx)
	defer cancel()
	reached := make(chan string)
	var dials sync.WaitGroup
	for _, p := range address.Peers {
		dials.Go(func() {
			dialling, done := context.WithTimeout(ctx, dialTime)
			defer done()
			if peer, err := w.host.ConnectPacked(dialling, p); err == nil {
				select {
				case reached <- peer:
				case <-ctx.Done():
				}
			}
		})
	}
	w.mu.Lock()
	var linked []string
	for p := range w.linked {
		linked = append(linked, p)
	}
	w.mu.Unlock()
	dials.Go(func() {
		for _, p := range linked {
			select {
			case reached <- p:
			case <-ctx.Done():
			}
		}
	})
	go func() {
		dials.Wait()
		close(reached)
	}()
	asked, most := map[string]bool{}, fmt.Errorf("%w", api.ErrUnreachable)
	for peer := range reached {
		if asked[peer] {
			continue
		}
		asked[peer] = true
		err := w.callOne(ctx, peer, call)
		if err == nil || errors.Is(err, invite.ErrImpostor) {
			return err
		}
		if telling(err) >= telling(most) {
			most = err
		}
	}
	return most
}

func (w *wire) callOne(ctx context.Context, peer string, call func(*stream) error) error {
	s, err := w.open(ctx, peer, invite.Stream)
	if err != nil {
		return fmt.Errorf("%w: %w", api.ErrUnreachable, err)
	}
	defer s.reset() // all that counts was read
	s.deadline(callTime)
	return call(s)
}

// telling ranks errors of a call by how much they tell the newcomer.
func telling(err error) int {
	var refused invite.Refusal
	switch {
	case errors.As(err, &refused) && refused.Final():
		return 4
	case errors.As(err, &refused), errors.Is(err, errNod), errors.Is(err, errLetter):
		return 3
	case errors.Is(err, invite.ErrSilence):
		return 1
	case errors.Is(err, api.ErrUnreachable):
		return 0
	}
	return 2
}

// Connect implements [api.Backend].
func (n *Node) Connect(ctx context.Context, _ api.Call, to api.Connecting) (api.Connected, error) {
	dialling, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	peer, err := n.net.host.Connect(dialling, to.Address)
	if err != nil {
		return api.Connected{}, explain(err)
	}
	return api.Connected{Peer: peer}, nil
}

// stream is a stream to a peer that carries frames.
type stream struct {
	rawStream
	own    []byte // this node's peer id
	called bool   // this node opened it
}

// caller returns the peer id of who opened the stream, as the transport
// authenticated it.
func (s *stream) caller() []byte {
	if s.called {
		return s.own
	}
	return s.RawPeer()
}

func (s *stream) responder() []byte {
	if s.called {
		return s.RawPeer()
	}
	return s.own
}

func (s *stream) peer() string                  { return s.Peer() }
func (s *stream) read(most int) ([]byte, error) { return s.ReadFrame(most) }
func (s *stream) write(frame []byte) error      { return s.WriteFrame(frame) }
func (s *stream) deadline(d time.Duration)      { _ = s.SetDeadline(time.Now().Add(d)) }
func (s *stream) patient()                      { _ = s.SetDeadline(time.Time{}) }
func (s *stream) close()                        { _ = s.Close() }
func (s *stream) reset()                        { s.Reset() }

// drain closes the stream and waits, a little, until the other end has done so
// too: what it has not read yet would be lost by a reset.
func (s *stream) drain() {
	s.close()
	s.deadline(knockTime)
	_, _ = s.read(0)
}
