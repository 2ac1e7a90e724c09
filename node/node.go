package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/web"
	"coppice.example/protocol"
)

// Node is one member's running node. It implements [api.Backend].
type Node struct {
	cfg         Config
	log         *slog.Logger
	kinds       *envelope.Kinds
	home        *home
	incarnation *incarnation
	socket      net.Listener
	web         *web.Server
	doors       *api.Doors
	feed        *api.Feed
	net         *wire
	feeds       feeds
	ctx         context.Context // ends when the node does
	end         context.CancelFunc
	starting    sync.Mutex     // held to start a goroutine of the next
	work        sync.WaitGroup // goroutines that end with ctx

	mu          sync.Mutex
	communities map[protocol.CommunityID]*community
	joining     map[protocol.CommunityID]*joining
	acts        map[string]*progress // under way, by the names their callers gave
	damaged     []*damagedCommunity  // by id; set when the node starts
}

var _ api.Backend = (*Node)(nil)

// endTime bounds how long an ending node takes.
const endTime = 4 * time.Second

// Run runs a node until ctx ends or somebody calls Down; that is no error.
// Errors of the start: [api.ErrAlreadyRunning], [api.ErrLoopback],
// [api.ErrAddressTaken], [api.ErrDamaged], and the system's.
func Run(ctx context.Context, cfg Config) error {
	n, err := New(cfg)
	if err != nil {
		return err
	}
	if cfg.Ready != nil {
		cfg.Ready(n.Ready())
	}
	return n.Run(ctx)
}

// New opens the home and all that lies in it, and begins to listen. The node
// works from then on; [Node.Run] serves its callers, [Node.Close] ends it.
func New(cfg Config) (n *Node, err error) {
	n = &Node{
		cfg: cfg, log: cfg.log(), kinds: replica.Kinds(), feed: api.NewFeed(),
		communities: map[protocol.CommunityID]*community{}, joining: map[protocol.CommunityID]*joining{},
		acts: map[string]*progress{},
	}
	n.ctx, n.end = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
			n = nil
		}
	}()
	if n.home, err = openHome(cfg.Home); err != nil {
		return n, err
	}
	n.feeds.home = n.home
	if n.incarnation, err = n.home.loadIncarnation(n.log); err != nil {
		return n, err
	}
	if err := n.listen(); err != nil {
		return n, err
	}
	if err := n.openAll(); err != nil {
		return n, err
	}
	n.net.start()
	return n, nil
}

// listen opens the socket, the pages' address and the network, before
// anything else can take long.
func (n *Node) listen() (err error) {
	if n.cfg.village != nil { // its callers are in this process
		n.doors = api.NewDoors(n, "", n.feed)
		n.net, err = n.openWire()
		return err
	}
	if n.web, err = n.listenWeb(); err != nil {
		return err
	}
	n.doors = api.NewDoors(n, n.web.URL(), n.feed)
	if n.net, err = n.openWire(); err != nil {
		return err
	}
	n.socket, err = api.Listen(n.home.dir)
	return err
}

// openAll opens every community, clears away what a crash left half made, and
// takes up joins again.
func (n *Node) openAll() error {
	if err := n.home.sweep(); err != nil {
		return err
	}
	ids, err := n.home.names("communities")
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := n.openCommunity(id)
		switch {
		case err == nil:
			n.add(c)
		case asideFor(err):
			n.setAside(id, err)
		default:
			return fmt.Errorf("community %s: %w", id, err)
		}
	}
	if len(n.damaged) > 0 && len(n.damaged) == len(ids) {
		return n.damaged[0] // there is nothing to go on with
	}
	return n.resumeJoins()
}

// add makes an open community one of the node's.
func (n *Node) add(c *community) {
	n.mu.Lock()
	n.communities[c.id] = c
	n.mu.Unlock()
	n.net.enter(c)
}

// Ready says where the node can be found.
func (n *Node) Ready() Ready {
	return Ready{Web: n.pages(), Peer: n.net.id(), Addrs: n.net.addrs(), Damaged: n.damagedLines()}
}

// pages returns the address of the pages, "" when there are none.
func (n *Node) pages() string {
	if n.web == nil {
		return ""
	}
	return n.web.URL()
}

// Run serves callers until ctx ends or somebody calls Down, then closes the
// node. It returns nil when that was all.
func (n *Node) Run(ctx context.Context) error {
	server := &http.Server{
		Handler: n.doors.Socket(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return n.ctx },
	}
	failed := make(chan error, 3)
	go func() { failed <- server.Serve(n.socket) }()
	go func() { failed <- n.web.Serve(n.ctx, n.doors.Browser()) }()
	go func() { failed <- n.web.SelfTest(n.ctx) }()
	var err error
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			waiting = false
		case <-n.ctx.Done():
			waiting = false
		case err = <-failed:
			waiting = err == nil // the self-test is done
		}
	}
	if errors.Is(err, web.ErrSelfTest) && (ctx.Err() != nil || n.ctx.Err() != nil) {
		err = nil
	}
	n.end()
	closing, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = server.Shutdown(closing) // answers under way leave
	_ = server.Close()
	return errors.Join(err, n.Close())
}

// Close ends the node: nothing acknowledged is lost by it.
func (n *Node) Close() error {
	n.end()
	n.starting.Lock() // who starts something now sees that it is over
	n.starting.Unlock()
	var errs []error
	if n.net != nil {
		errs = append(errs, n.net.close())
	}
	n.work.Wait()
	n.mu.Lock()
	communities := n.all()
	n.communities = map[protocol.CommunityID]*community{}
	n.mu.Unlock()
	for _, c := range communities {
		errs = append(errs, c.close())
	}
	if n.web != nil {
		errs = append(errs, n.web.Close())
	}
	if n.socket != nil {
		if err := n.socket.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if n.home != nil {
		errs = append(errs, n.home.close())
		n.home = nil
	}
	return errors.Join(errs...)
}

// Down implements [api.Backend].
func (n *Node) Down(context.Context) error {
	time.AfterFunc(50*time.Millisecond, n.end) // the answer leaves first
	return nil
}

// all returns the communities by id. The caller holds n.mu.
func (n *Node) all() []*community {
	all := make([]*community, 0, len(n.communities))
	for _, c := range n.communities {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *community) int { return a.id.Compare(b.id) })
	return all
}

// opened returns the communities by id.
func (n *Node) opened() []*community {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all()
}

// pick returns the community a call is about.
func (n *Node) pick(call api.Call) (*community, error) {
	all := n.opened()
	if len(all) == 0 {
		n.mu.Lock()
		joining := len(n.joining)
		n.mu.Unlock()
		if joining > 0 {
			return nil, api.Hint(fmt.Errorf("%w yet: a join is under way", api.ErrNoCommunity), "`coppice status` shows what it waits for")
		}
		return nil, api.ErrNoCommunity
	}
	if call.Community == "" {
		if len(all) == 1 && len(n.damaged) == 0 {
			return all[0], nil
		}
		return nil, api.ErrWhichCommunity
	}
	var matching []*community
	for _, c := range all {
		if strings.HasPrefix(c.id.String(), strings.ToLower(call.Community)) || strings.EqualFold(c.name(), call.Community) {
			matching = append(matching, c)
		}
	}
	switch len(matching) {
	case 0:
		if d := n.damagedNamed(call.Community); d != nil {
			return nil, d
		}
		return nil, api.Hint(fmt.Errorf("%w: %q", api.ErrNotFound, call.Community), "`coppice status` lists this node's communities")
	case 1:
		return matching[0], nil
	}
	return nil, api.Hint(fmt.Errorf("%w: %q", api.ErrAmbiguous, call.Community), "use more of the community's id")
}

// goes runs f, which returns when n.ctx ends; false when it has ended already.
func (n *Node) goes(f func()) bool {
	n.starting.Lock()
	defer n.starting.Unlock()
	if n.ctx.Err() != nil {
		return false
	}
	n.work.Go(f)
	return true
}
