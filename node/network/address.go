package network

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/record"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// Packed is one address of a peer, as short as it gets: for an invite.
type Packed struct {
	ID   []byte // peer id
	Addr []byte // multiaddress in binary, without the peer
}

// Connect dials the address a person gave, whatever network it is on, and
// returns the peer. The errors are [ErrAddress], [ErrSelf] and [ErrNobody].
func (h *Host) Connect(ctx context.Context, address string) (name string, err error) {
	a, err := ma.NewMultiaddr(address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrAddress, err)
	}
	info, err := peer.AddrInfoFromP2pAddr(a)
	if err != nil || len(info.Addrs) == 0 {
		return "", ErrAddress
	}
	return info.ID.String(), h.byHand(ctx, *info)
}

// ConnectPacked dials an address of an invite. The errors are those of [Host.Connect].
func (h *Host) ConnectPacked(ctx context.Context, packed Packed) (name string, err error) {
	info, err := packed.info()
	if err != nil {
		return "", err
	}
	return info.ID.String(), h.byHand(ctx, info)
}

// ConnectKnown dials a peer where others, or it itself, said it is; addresses
// that nobody should be led to are left out. The errors are those of [Host.Connect].
func (h *Host) ConnectKnown(ctx context.Context, name string, addrs []string) error {
	p, err := peer.Decode(name)
	if err != nil {
		return fmt.Errorf("%w: %q", ErrAddress, name)
	}
	list, err := parseAll(addrs)
	if err != nil {
		return err
	}
	return h.dial(ctx, peer.AddrInfo{ID: p, Addrs: list})
}

// byHand dials what a person gave.
func (h *Host) byHand(ctx context.Context, info peer.AddrInfo) error {
	h.gater.give(info.ID, info.Addrs)
	if slices.ContainsFunc(info.Addrs, isName) {
		defer h.gater.named(info.ID)()
	}
	// Somebody asks now: that the last attempt failed is no reason to wait.
	if s, ok := h.host.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(info.ID)
	}
	return h.dial(ctx, info)
}

func (h *Host) dial(ctx context.Context, info peer.AddrInfo) error {
	if info.ID == h.host.ID() {
		return ErrSelf
	}
	if err := h.host.Connect(ctx, info); err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return nil
}

func isName(a ma.Multiaddr) bool {
	_, err := manet.ToIP(a)
	return err != nil
}

// Packed returns where a peer (or this node itself) can be found, best first:
// public before private before loopback, QUIC before TCP, direct before
// through a relay.
func (h *Host) Packed(name string) (list []Packed) {
	p, err := peer.Decode(name)
	if err != nil {
		return nil
	}
	addrs := h.host.Peerstore().Addrs(p)
	if p == h.host.ID() {
		addrs = h.host.Addrs()
	}
	for _, c := range h.host.Network().ConnsToPeer(p) {
		if !slices.ContainsFunc(addrs, c.RemoteMultiaddr().Equal) && c.Stat().Direction.String() == "Outbound" {
			addrs = append(addrs, c.RemoteMultiaddr())
		}
	}
	for _, a := range ranked(addrs) {
		list = append(list, Packed{ID: []byte(p), Addr: a.Bytes()})
	}
	return list
}

// info reads a packed address.
func (p Packed) info() (info peer.AddrInfo, err error) {
	if info.ID, err = peer.IDFromBytes(p.ID); err != nil {
		return info, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	a, err := ma.NewMultiaddrBytes(p.Addr)
	if err != nil {
		return info, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	info.Addrs = []ma.Multiaddr{a}
	return info, nil
}

// ranked returns a sorted copy, best first, at most maxAddrs.
func ranked(addrs []ma.Multiaddr) []ma.Multiaddr {
	list := slices.Clone(addrs)
	slices.SortStableFunc(list, func(a, b ma.Multiaddr) int { return cmp.Compare(rank(a), rank(b)) })
	return list[:min(len(list), maxAddrs)]
}

func rank(a ma.Multiaddr) (n int) {
	switch {
	case manet.IsIPLoopback(a):
		n = 40
	case manet.IsPublicAddr(a):
	default:
		n = 20
	}
	if ip6, err := a.ValueForProtocol(ma.P_IP6); err == nil && ip6 != "" {
		n += 4 // the other may have none
	}
	if _, err := a.ValueForProtocol(ma.P_QUIC_V1); err != nil {
		n += 2
	}
	if _, err := a.ValueForProtocol(ma.P_CIRCUIT); err == nil {
		n += 10
	}
	return n
}

// Envelope returns this node's addresses, signed by its peer key: a libp2p
// signed envelope of at most 4 KiB. Loopback addresses are left out unless
// there are no others.
func (h *Host) Envelope() ([]byte, error) {
	addrs := ranked(h.host.Addrs())
	public := slices.DeleteFunc(slices.Clone(addrs), manet.IsIPLoopback)
	if len(public) > 0 {
		addrs = public
	}
	rec := peer.PeerRecordFromAddrInfo(peer.AddrInfo{ID: h.host.ID(), Addrs: addrs})
	e, err := record.Seal(rec, h.key)
	if err != nil {
		return nil, err
	}
	return e.Marshal()
}

// Learn takes another peer's envelope, when that peer signed it, and returns
// what it says. What it says is a hint: see [Host.ConnectKnown].
func (h *Host) Learn(envelope []byte) (name string, addrs []string, err error) {
	e, untyped, err := record.ConsumeEnvelope(envelope, peer.PeerRecordEnvelopeDomain)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	rec, ok := untyped.(*peer.PeerRecord)
	if !ok || !rec.PeerID.MatchesPublicKey(e.PublicKey) || len(rec.Addrs) > 4*maxAddrs {
		return "", nil, fmt.Errorf("%w: not signed by the peer it tells of", ErrAddress)
	}
	if rec.PeerID == h.host.ID() {
		return "", nil, ErrSelf
	}
	list := ranked(rec.Addrs)
	h.host.Peerstore().AddAddrs(rec.PeerID, list, hintTime)
	return rec.PeerID.String(), texts(list), nil
}

// hintTime is how long an address somebody told is remembered without a
// connection to it.
const hintTime = 24 * time.Hour

func texts(list []ma.Multiaddr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

func parseAll(list []string) ([]ma.Multiaddr, error) {
	out := make([]ma.Multiaddr, len(list))
	for i, s := range list {
		a, err := ma.NewMultiaddr(s)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAddress, err)
		}
		// A peer's own id behind its address says nothing new.
		if rest, last := ma.SplitLast(a); last != nil && last.Protocol().Code == ma.P_P2P && len(rest) > 0 {
			a = rest
		}
		out[i] = a
	}
	return out, nil
}

func parsePeers(list []string) (out []peer.AddrInfo, err error) {
	for _, s := range list {
		info, err := peer.AddrInfoFromString(s)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAddress, err)
		}
		out = append(out, *info)
	}
	return out, nil
}
