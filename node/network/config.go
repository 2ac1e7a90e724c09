package network

import (
	"errors"
	"log/slog"
	"time"

	"github.com/libp2p/go-libp2p"
)

// Config says how a host is opened. Its functions may be called from any
// goroutine as soon as New has begun.
type Config struct {
	// Seed is the Ed25519 seed of the peer id. It lives with the incarnation
	// of a home, not with the device.
	Seed [32]byte

	// Listen are the multiaddresses to listen on; empty: every interface, QUIC
	// and TCP, ports given by the system. All of a list given must work.
	Listen []string

	// Relays are multiaddresses (with /p2p) of relays to be reachable
	// through, where this node is behind a NAT. Empty: none.
	Relays []string

	// NoDiscovery turns off mDNS, relays, and asking others how this node is
	// reached. Peers given or remembered are still dialled.
	NoDiscovery bool

	// NoGossip turns off topics: joining and publishing do nothing.
	NoGossip bool

	// Log takes what libp2p has to say, from warnings up; nil: nothing. It is
	// set for the process, by the first host.
	Log *slog.Logger

	// Streams answers streams by protocol. Each runs in its own goroutine;
	// the stream is reset when it returns without having closed it.
	Streams map[string]func(*Stream)

	// Connected is told of a peer once it can be spoken with: where it says it
	// is reached, and whether this node dialled. Disconnected: when the last
	// connection is gone. Both come from one goroutine, in order.
	Connected    func(peer string, addrs []string, dialled bool)
	Disconnected func(peer string)

	// Moved is told when the addresses of this node changed.
	Moved func()

	// Options replace transports, limits and reachability: a simulated
	// network in tests.
	Options []libp2p.Option
}

// Bounds.
const (
	// FirstDeadline is how long a stream that was opened here has for all it
	// does, unless the one who answers sets another deadline.
	FirstDeadline = 10 * time.Second

	// DialTimeout is how long one dial may take.
	DialTimeout = 10 * time.Second

	closeTimeout = 5 * time.Second
	mdnsName     = "_coppice._udp"
	mdnsAtOnce   = 4 // dials of peers found on the local network
	maxAddrs     = 16
)

// Errors of this package; their texts are for people.
var (
	ErrAddress = errors.New("this is not the address of a node; one looks like /ip4/192.0.2.7/udp/4001/quic-v1/p2p/12D3Koo...")
	ErrSelf    = errors.New("this is the address of this node itself")
	ErrNobody  = errors.New("nobody answered there")
	ErrFrame   = errors.New("a frame is longer than it may be")
	ErrTopic   = errors.New("the topic cannot be joined")
	ErrListen  = errors.New("cannot listen")
)
