package node

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"

	"coppice.example/protocol/invite"
)

// villager is a node of a [Village] as the others reach it: to be let in by
// it. All else nodes tell each other when they meet.
type villager struct {
	village *Village
	cfg     hostConfig
	id      string
	node    *Node
}

// plug opens what a village's node has in place of a network.
func (v *Village) plug(n *Node) func(hostConfig) (host, error) {
	return func(cfg hostConfig) (host, error) {
		public := ed25519.NewKeyFromSeed(cfg.Seed[:]).Public().(ed25519.PublicKey)
		h := &villager{village: v, cfg: cfg, id: hex.EncodeToString(public[:8]), node: n}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.hosts[h.id] = h
		return h, nil
	}
}

var errNoNetwork = errors.New("this node has no network")

func (h *villager) ID() string      { return h.id }
func (h *villager) RawID() []byte   { return []byte(h.id) }
func (h *villager) Addrs() []string { return []string{} }

func (h *villager) Connect(context.Context, string) (string, error) { return "", errNoNetwork }

func (h *villager) ConnectKnown(context.Context, string, []string) error { return errNoNetwork }

func (h *villager) ConnectPacked(_ context.Context, p invite.Peer) (string, error) {
	return string(p.ID), nil // Open says whether there is such a one
}

func (h *villager) Packed(peer string) []invite.Peer {
	return []invite.Peer{{ID: []byte(peer), Addr: []byte(peer)}}
}

func (h *villager) Open(ctx context.Context, peer, protocol string) (rawStream, error) {
	v := h.village
	v.mu.Lock()
	other := v.hosts[peer]
	v.mu.Unlock()
	if other == nil || other == h || other.cfg.Streams[protocol] == nil {
		return nil, errNoNetwork
	}
	if !v.apart {
		if err := v.catchUp(ctx, other.node); err != nil {
			return nil, err
		}
	}
	v.visited = append(v.visited, other.node)
	here, there := net.Pipe()
	go other.cfg.Streams[protocol](&framed{there, h.id})
	return &framed{here, peer}, nil
}

func (h *villager) Envelope() ([]byte, error) { return nil, nil }

func (h *villager) Learn([]byte) (string, []string, error) { return "", nil, errNoNetwork }

func (h *villager) Prove(string)                               {}
func (h *villager) Disown(string)                              {}
func (h *villager) Join(string, func([]byte) verdict) error    { return errNoNetwork }
func (h *villager) Leave(string)                               {}
func (h *villager) Publish(topic string, message []byte) error { return errNoNetwork }

func (h *villager) Close() error {
	h.village.mu.Lock()
	defer h.village.mu.Unlock()
	delete(h.village.hosts, h.id)
	return nil
}

// framed carries frames over a connection.
type framed struct {
	net.Conn
	peer string
}

func (f *framed) Peer() string    { return f.peer }
func (f *framed) RawPeer() []byte { return []byte(f.peer) }
func (f *framed) Reset()          { _ = f.Conn.Close() }

func (f *framed) ReadFrame(most int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(f.Conn, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:]))
	if n > most {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(f.Conn, b)
	return b, err
}

func (f *framed) WriteFrame(frame []byte) error {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(frame)))
	_, err := f.Conn.Write(append(b, frame...))
	return err
}
