package node

import (
	"context"
	"log/slog"
	"time"

	"coppice.example/node/network"
	"coppice.example/protocol/invite"
)

// host is the network as a node uses it; package network has the one there is.
// Peers are named by the text form of their ids.
type host interface {
	ID() string
	RawID() []byte
	Addrs() []string // multiaddresses with /p2p/
	Connect(ctx context.Context, address string) (peer string, err error)
	ConnectKnown(ctx context.Context, peer string, addrs []string) error
	ConnectPacked(ctx context.Context, p invite.Peer) (peer string, err error)
	Packed(peer string) []invite.Peer // where a peer can be found, best first
	Open(ctx context.Context, peer, protocol string) (rawStream, error)
	Envelope() ([]byte, error) // own addresses, signed
	Learn(envelope []byte) (peer string, addrs []string, err error)
	Prove(peer string)  // a member's node: gossip may meet it
	Disown(peer string) // no more
	Join(topic string, heard func(message []byte) verdict) error
	Leave(topic string)
	Publish(topic string, message []byte) error
	Close() error
}

// verdict is what a validator says of a gossip message.
type verdict int

const (
	accept verdict = iota
	ignore         // unknown or stale: its sender may be honest
	reject         // no honest node passes such a message on
)

// hostConfig is what a host is opened with. Its functions may be called from
// any goroutine as soon as the host is open.
type hostConfig struct {
	Seed         [32]byte // Ed25519, of the peer id
	Listen       []string
	NoDiscovery  bool
	NoGossip     bool
	Log          *slog.Logger
	Streams      map[string]func(rawStream) // by protocol
	Connected    func(peer string, addrs []string, dialled bool)
	Disconnected func(peer string)
	Moved        func() // own addresses changed
}

type rawStream interface {
	Peer() string
	RawPeer() []byte
	ReadFrame(most int) ([]byte, error)
	WriteFrame(frame []byte) error
	SetDeadline(t time.Time) error
	Close() error
	Reset()
}

// openNetwork opens the host that there is.
func openNetwork(cfg hostConfig) (host, error) {
	streams := map[string]func(*network.Stream){}
	for name, answer := range cfg.Streams {
		streams[name] = func(s *network.Stream) { answer(s) }
	}
	h, err := network.New(network.Config{
		Seed: cfg.Seed, Listen: cfg.Listen, NoDiscovery: cfg.NoDiscovery, NoGossip: cfg.NoGossip, Log: cfg.Log,
		Streams: streams, Connected: cfg.Connected, Disconnected: cfg.Disconnected, Moved: cfg.Moved,
	})
	if err != nil {
		return nil, explain(err)
	}
	return &reached{h}, nil
}

// reached is package network's host in the words of this package.
type reached struct{ *network.Host }

func (r *reached) Open(ctx context.Context, peer, protocol string) (rawStream, error) {
	s, err := r.Host.Open(ctx, peer, protocol)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r *reached) ConnectPacked(ctx context.Context, p invite.Peer) (string, error) {
	return r.Host.ConnectPacked(ctx, network.Packed(p))
}

func (r *reached) Packed(peer string) (list []invite.Peer) {
	for _, p := range r.Host.Packed(peer) {
		list = append(list, invite.Peer(p))
	}
	return list
}

func (r *reached) Join(topic string, heard func([]byte) verdict) error {
	return r.Host.Join(topic, func(message []byte) network.Verdict { return network.Verdict(heard(message)) })
}
