package network

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	relayv2 "github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/relay"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// Host is this node in the network. Peers are named by the text form of their
// ids. All methods may be called from any goroutine.
type Host struct {
	host   host.Host
	key    crypto.PrivKey
	cfg    Config
	gater  *gater
	list   *members
	topics *topics // nil without gossip
	mdns   io.Closer

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	events event.Subscription
	closed sync.Once
}

// everywhere is where a host listens that was given no list.
var everywhere = []string{
	"/ip4/0.0.0.0/udp/0/quic-v1", "/ip4/0.0.0.0/tcp/0", "/ip6/::/udp/0/quic-v1", "/ip6/::/tcp/0",
}

// New opens a host: it listens and answers when New returns. An error wraps
// [ErrListen] or [ErrAddress], and syscall.EADDRINUSE where a port is taken.
func New(cfg Config) (*Host, error) {
	setLog(cfg.Log)
	listen, err := parseAll(cfg.Listen)
	if err != nil {
		return nil, err
	}
	relays, err := parsePeers(cfg.Relays)
	if err != nil {
		return nil, err
	}
	key, err := crypto.UnmarshalEd25519PrivateKey(ed25519.NewKeyFromSeed(cfg.Seed[:]))
	if err != nil {
		return nil, err
	}
	h := &Host{
		key: key, cfg: cfg, gater: newGater(isLoopback(listen)),
		list: &members{proved: map[peer.ID]bool{}, heard: map[peer.ID]int{}, rejected: map[peer.ID]int{}},
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	opts, err := h.options(relays)
	if err != nil {
		return nil, err
	}
	if h.host, err = libp2p.New(opts...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	if err := h.start(listen); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// options are what the host is made of.
func (h *Host) options(relays []peer.AddrInfo) ([]libp2p.Option, error) {
	opts := []libp2p.Option{
		libp2p.Identity(h.key),
		libp2p.EnableRelay(), // before NoListenAddrs, which would turn it off
		libp2p.NoListenAddrs,
		libp2p.UserAgent("coppice"),
		libp2p.ConnectionGater(h.gater),
		libp2p.DisableMetrics(),
		libp2p.Ping(false),
		libp2p.WithDialTimeout(DialTimeout),
		libp2p.Security(libp2ptls.ID, libp2ptls.New), // twice the throughput of Noise here
		libp2p.Security(noise.ID, noise.New),
	}
	conns, err := connections()
	if err != nil {
		return nil, err
	}
	opts = append(opts, libp2p.ConnectionManager(conns))
	if h.cfg.Options != nil {
		return append(opts, h.cfg.Options...), nil
	}
	limits, err := resources(slices.Collect(keys(h.cfg.Streams)))
	if err != nil {
		return nil, err
	}
	opts = append(opts,
		libp2p.ResourceManager(limits),
		libp2p.Transport(quic.NewTransport),
		// Two nodes of one machine must not share a port unawares.
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport()),
	)
	if !h.cfg.NoDiscovery {
		opts = append(opts,
			libp2p.EnableHolePunching(),
			libp2p.EnableAutoNATv2(),
			libp2p.EnableRelayService(relayv2.WithResources(relaying()), relayv2.WithACL(forMembers{h.list})),
		)
		if len(relays) > 0 {
			opts = append(opts, libp2p.EnableAutoRelayWithStaticRelays(relays))
		}
	}
	return opts, nil
}

// keys yields the keys of a map.
func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// forMembers lets only members' nodes use this one as a relay.
type forMembers struct{ list *members }

// AllowReserve implements relayv2.ACLFilter.
func (f forMembers) AllowReserve(p peer.ID, _ ma.Multiaddr) bool { return f.list.has(p) }

// AllowConnect implements relayv2.ACLFilter: anybody may be led to a member,
// a newcomer for one.
func (f forMembers) AllowConnect(_ peer.ID, _ ma.Multiaddr, dest peer.ID) bool {
	return f.list.has(dest)
}

// start subscribes, answers, listens and looks around.
func (h *Host) start(listen []ma.Multiaddr) (err error) {
	h.events, err = h.host.EventBus().Subscribe([]any{
		new(event.EvtPeerIdentificationCompleted), new(event.EvtPeerConnectednessChanged), new(event.EvtLocalAddressesUpdated),
	}, eventbus.BufSize(1024))
	if err != nil {
		return err
	}
	h.work.Go(h.watch)
	if !h.cfg.NoGossip {
		if h.topics, err = newTopics(h.host, h.list, handler(h.cfg.Log)); err != nil {
			return err
		}
	}
	for name, answer := range h.cfg.Streams {
		h.host.SetStreamHandler(protocol.ID(name), func(raw network.Stream) { h.answer(raw, answer) })
	}
	if err := h.listen(listen); err != nil {
		return err
	}
	if !h.cfg.NoDiscovery && h.cfg.Options == nil && !h.gater.loopback {
		h.mdns = h.discover()
	}
	return nil
}

// listen listens on each address of a list given, or on what there is of everywhere.
func (h *Host) listen(list []ma.Multiaddr) error {
	for _, a := range list {
		if err := h.host.Network().Listen(a); err != nil {
			return listenError(a, err)
		}
	}
	if len(list) > 0 {
		return nil
	}
	var failed error
	n := 0
	all, err := parseAll(everywhere)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := h.host.Network().Listen(a); err != nil {
			failed = errors.Join(failed, listenError(a, err))
		} else {
			n++
		}
	}
	if n == 0 {
		return failed
	}
	return nil
}

// listenError says what failed. The swarm hands its causes on as text only.
func listenError(a ma.Multiaddr, err error) error {
	if strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
		return fmt.Errorf("%w on %s: %w", ErrListen, a, syscall.EADDRINUSE)
	}
	return fmt.Errorf("%w on %s: %w", ErrListen, a, err)
}

// answer runs the one who answers a stream.
func (h *Host) answer(raw network.Stream, f func(*Stream)) {
	_ = raw.SetDeadline(time.Now().Add(FirstDeadline))
	f(newStream(raw))
	_ = raw.Reset() // does nothing to a stream closed both ways
}

// watch tells of peers and addresses until the host closes.
func (h *Host) watch() {
	known := map[peer.ID]bool{}
	for {
		var e any
		var ok bool
		select {
		case <-h.ctx.Done():
			return
		case e, ok = <-h.events.Out():
		}
		if !ok {
			return
		}
		switch e := e.(type) {
		case event.EvtPeerIdentificationCompleted:
			if !known[e.Peer] && !isGone(h.host, e.Peer) {
				known[e.Peer] = true
				h.tellConnected(e)
			}
		case event.EvtPeerConnectednessChanged:
			if e.Connectedness == network.NotConnected && isGone(h.host, e.Peer) {
				h.list.forget(e.Peer)
				if known[e.Peer] {
					delete(known, e.Peer)
					if h.cfg.Disconnected != nil {
						h.cfg.Disconnected(e.Peer.String())
					}
				}
			}
		case event.EvtLocalAddressesUpdated:
			if h.cfg.Moved != nil {
				h.cfg.Moved()
			}
		}
	}
}

func (h *Host) tellConnected(e event.EvtPeerIdentificationCompleted) {
	if h.cfg.Connected == nil {
		return
	}
	dialled := e.Conn.Stat().Direction == network.DirOutbound
	addrs := e.ListenAddrs
	if dialled && !slices.ContainsFunc(addrs, e.Conn.RemoteMultiaddr().Equal) {
		addrs = append([]ma.Multiaddr{e.Conn.RemoteMultiaddr()}, addrs...)
	}
	h.cfg.Connected(e.Peer.String(), texts(addrs), dialled)
}

// Close ends all streams and connections and returns within seconds, when
// nothing of the host runs any more.
func (h *Host) Close() (err error) {
	h.closed.Do(func() {
		h.cancel()
		if h.mdns != nil {
			_ = h.mdns.Close()
		}
		if h.topics != nil {
			h.topics.close()
		}
		if h.events != nil {
			_ = h.events.Close()
		}
		done := make(chan error, 1)
		go func() { done <- h.host.Close() }()
		timer := time.NewTimer(closeTimeout)
		defer timer.Stop()
		select {
		case err = <-done:
		case <-timer.C:
			err = errors.New("the network did not close in time")
		}
		h.work.Wait()
	})
	return err
}

// ID returns this node's peer id.
func (h *Host) ID() string { return h.host.ID().String() }

// RawID returns the bytes of this node's peer id: what a transcript signs.
func (h *Host) RawID() []byte { return []byte(h.host.ID()) }

// Addrs returns where this node can be reached, with /p2p/ and its id.
func (h *Host) Addrs() []string {
	all, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: h.host.ID(), Addrs: h.host.Addrs()})
	if err != nil {
		return nil
	}
	return texts(all)
}

// Peers returns the peers this node is connected to.
func (h *Host) Peers() []string {
	list := h.host.Network().Peers()
	slices.Sort(list)
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.String()
	}
	return names
}

// Open opens a stream to a connected peer; without a connection it dials what
// addresses it knows. The error wraps [ErrNobody].
func (h *Host) Open(ctx context.Context, name, proto string) (*Stream, error) {
	p, err := peer.Decode(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrAddress, name)
	}
	ctx = network.WithAllowLimitedConn(ctx, "coppice")
	raw, err := h.host.NewStream(ctx, p, protocol.ID(proto))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return newStream(raw), nil
}

// Prove tells that a peer has proved to be a member's node: gossip meets it
// and its connection is kept when others are closed. It holds until the peer
// disconnects.
func (h *Host) Prove(name string) {
	p, err := peer.Decode(name)
	if err != nil {
		return
	}
	h.host.ConnManager().Protect(p, "member")
	if h.topics != nil {
		h.topics.prove(p)
	} else {
		h.list.prove(p)
	}
}

// Disown takes a proof back.
func (h *Host) Disown(name string) {
	p, err := peer.Decode(name)
	if err != nil {
		return
	}
	h.host.ConnManager().Unprotect(p, "member")
	if h.topics != nil {
		h.topics.disown(p)
	} else {
		h.list.forget(p)
	}
}

// Join listens on a topic: 52 characters of lower-case base32. Heard is called
// for each message of others, from several goroutines, at most once a message
// in two minutes. Joining twice keeps the first heard. The error is [ErrTopic].
func (h *Host) Join(name string, heard func(message []byte) Verdict) error {
	if h.topics == nil {
		return nil
	}
	return h.topics.join(name, heard)
}

// Leave stops listening on a topic.
func (h *Host) Leave(name string) {
	if h.topics != nil {
		h.topics.leave(name)
	}
}

// Publish says a message of at most [MaxMessage] bytes on a topic that was
// joined. That it was said does not mean that anybody heard.
func (h *Host) Publish(name string, message []byte) error {
	if h.topics == nil {
		return nil
	}
	return h.topics.publish(name, message)
}

// isLoopback tells whether a list of addresses to listen on has nothing but
// loopback.
func isLoopback(list []ma.Multiaddr) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(a ma.Multiaddr) bool { return !manet.IsIPLoopback(a) })
}
