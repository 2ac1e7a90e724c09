package node

import (
	"context"
	"time"

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
	Prove(peer string) // a member's node: gossip may meet it
	Close() error
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
