package network

import (
	"strings"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/connmgr"
	relayv2 "github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/relay"
)

// What a host allows. A member's node speaks with at most a few dozen others;
// a community of 200 is met a handful at a time.
const (
	connsLow, connsHigh = 64, 128 // connections that are not members' are closed above

	maxConns         = 256
	maxConnsPerIP    = 32 // a house or a school behind one address
	maxConnsPerPeer  = 4
	maxStreams       = 4096
	maxPeerStreams   = 128
	maxMemory        = 256 << 20
	maxPeerMemory    = 48 << 20
	strangersStreams = 2  // of one protocol, by one peer, on a join stream
	memberStreams    = 16 // as above on other streams: one a community
)

// resources returns the resource manager. Protocols that end in join are for
// strangers, and have the least.
func resources(protocols []string) (network.ResourceManager, error) {
	l := rcmgr.DefaultLimits
	libp2p.SetDefaultServiceLimits(&l)
	limits := rcmgr.PartialLimitConfig{
		System: rcmgr.ResourceLimits{
			Conns: maxConns, ConnsInbound: maxConns * 3 / 4, ConnsOutbound: maxConns / 2,
			Streams: maxStreams, StreamsInbound: maxStreams / 2, StreamsOutbound: maxStreams / 2, Memory: maxMemory, FD: maxConns,
		},
		Transient: rcmgr.ResourceLimits{
			Conns: 64, ConnsInbound: 32, ConnsOutbound: 64, Streams: 256, StreamsInbound: 128, StreamsOutbound: 256,
			Memory: 32 << 20, FD: 64,
		},
		PeerDefault: rcmgr.ResourceLimits{
			Conns: 2 * maxConnsPerPeer, ConnsInbound: maxConnsPerPeer, ConnsOutbound: 2 * maxConnsPerPeer,
			Streams: maxPeerStreams, StreamsInbound: maxPeerStreams / 2, StreamsOutbound: maxPeerStreams, Memory: maxPeerMemory,
		},
		ProtocolPeer: map[protocol.ID]rcmgr.ResourceLimits{},
	}
	for _, p := range protocols {
		n := memberStreams
		if strings.Contains(p, "/join/") {
			n = strangersStreams
		}
		limits.ProtocolPeer[protocol.ID(p)] = rcmgr.ResourceLimits{
			StreamsInbound: rcmgr.LimitVal(n), StreamsOutbound: rcmgr.LimitVal(n), Streams: rcmgr.LimitVal(2 * n), Memory: maxPeerMemory,
		}
	}
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits.Build(l.AutoScale())),
		rcmgr.WithMetricsDisabled(),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: maxConnsPerIP}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 56, ConnCount: maxConnsPerIP}, {PrefixLength: 48, ConnCount: 2 * maxConnsPerIP}},
		))
}

// connections closes what is idle above a count, never members'.
func connections() (*connmgr.BasicConnMgr, error) {
	return connmgr.NewConnManager(connsLow, connsHigh, connmgr.WithGracePeriod(20*time.Second))
}

// relaying is what this node relays for members, where it is public: a whole
// first sync fits, which the usual 128 KiB and 2 minutes would cut.
func relaying() relayv2.Resources {
	r := relayv2.DefaultResources()
	r.Limit = &relayv2.RelayLimit{Duration: time.Hour, Data: 256 << 20}
	r.MaxReservations, r.MaxCircuits = 32, 8
	return r
}
