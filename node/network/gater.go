package network

import (
	"net"
	"net/netip"
	"sync"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// gater decides which addresses are dialled. What others tell must not make
// this node knock at services of its machine or its network: a private
// address is dialled only on a subnet of this machine, a loopback one only by
// a node that listens on nothing else. What a person gave is dialled.
type gater struct {
	loopback bool // this node listens on loopback only
	subnets  func() []netip.Prefix

	mu    sync.Mutex
	given map[peer.ID]map[string]bool // by hand
	names map[peer.ID]int             // dials by hand of a name, under way
}

const maxGiven = 1024 // peers whose addresses were given by hand

func newGater(loopback bool) *gater {
	return &gater{loopback: loopback, subnets: subnets, given: map[peer.ID]map[string]bool{}, names: map[peer.ID]int{}}
}

// give notes addresses a person gave.
func (g *gater) give(p peer.ID, addrs []ma.Multiaddr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.given[p] == nil {
		if len(g.given) >= maxGiven {
			clear(g.given)
		}
		g.given[p] = map[string]bool{}
	}
	for _, a := range addrs {
		g.given[p][string(a.Bytes())] = true
	}
}

// named tells that a name a person gave is being dialled, whatever addresses
// it has; the returned function, that this is over.
func (g *gater) named(p peer.ID) (done func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.names[p]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.names[p]--; g.names[p] == 0 {
			delete(g.names, p)
		}
	}
}

func (g *gater) isGiven(p peer.ID, a ma.Multiaddr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.given[p][string(a.Bytes())] || g.names[p] > 0
}

// InterceptPeerDial allows every peer: the addresses decide.
func (g *gater) InterceptPeerDial(peer.ID) bool { return true }

// InterceptAddrDial decides about one address.
func (g *gater) InterceptAddrDial(p peer.ID, a ma.Multiaddr) bool {
	return g.isGiven(p, a) || g.allowed(a)
}

// allowed decides about an address that others told.
func (g *gater) allowed(a ma.Multiaddr) bool {
	raw, err := manet.ToIP(a)
	if err != nil {
		return false // a name: what it stands for is for others to say
	}
	ip, ok := netip.AddrFromSlice(raw)
	if !ok {
		return false
	}
	ip = ip.Unmap()
	switch {
	case ip.IsLoopback():
		return g.loopback
	case !ip.IsGlobalUnicast(), ip.IsLinkLocalUnicast():
		return false // unspecified, multicast, broadcast, 169.254.0.0/16
	case ip.IsPrivate() || shared.Contains(ip):
		for _, s := range g.subnets() {
			if s.Contains(ip) {
				return true
			}
		}
		return false
	}
	return true
}

// shared is the address space between a provider and its customers, RFC 6598.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// subnets returns the networks this machine is on.
func subnets() (list []netip.Prefix) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				bits, _ := n.Mask.Size()
				list = append(list, netip.PrefixFrom(ip.Unmap(), bits).Masked())
			}
		}
	}
	return list
}

// InterceptAccept lets every caller in; the limits are the resource manager's.
func (g *gater) InterceptAccept(network.ConnMultiaddrs) bool { return true }

// InterceptSecured lets every proved peer in: membership is proved on a stream.
func (g *gater) InterceptSecured(network.Direction, peer.ID, network.ConnMultiaddrs) bool {
	return true
}

// InterceptUpgraded is the last stage and asks nothing more.
func (g *gater) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }
