package node

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"

	"coppice.example/protocol/invite"
)

// switchboard is a network in memory: an ordinary host to the node, and one
// that a test can cut.
type switchboard struct {
	mu    sync.Mutex
	hosts map[string]*plugged
	cut   map[[2]string]bool // who cannot reach whom
	links map[[2]string]bool
	pipes map[[2]string][]net.Conn
	said  int // gossip messages
	// snip, if set, is asked before a frame is passed on: true cuts the stream
	// in its place.
	snip func(from, protocol string, frame []byte) bool
}

func newSwitchboard() *switchboard {
	return &switchboard{
		hosts: map[string]*plugged{}, cut: map[[2]string]bool{}, links: map[[2]string]bool{}, pipes: map[[2]string][]net.Conn{},
	}
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// plugged is one host on the switchboard.
type plugged struct {
	board  *switchboard
	cfg    hostConfig
	id     string
	topics map[string]func([]byte) verdict
	proved map[string]bool
}

// plug opens a host; it is what Config.host takes.
func (s *switchboard) plug(cfg hostConfig) (host, error) {
	public := ed25519.NewKeyFromSeed(cfg.Seed[:]).Public().(ed25519.PublicKey)
	h := &plugged{board: s, cfg: cfg, id: hex.EncodeToString(public[:8]), topics: map[string]func([]byte) verdict{}, proved: map[string]bool{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hosts[h.id] = h
	return h, nil
}

func (h *plugged) ID() string      { return h.id }
func (h *plugged) RawID() []byte   { return []byte(h.id) }
func (h *plugged) Addrs() []string { return []string{"/memory/" + h.id} }

var errAway = errors.New("nobody answers")

func (h *plugged) connect(ctx context.Context, id string) error {
	s := h.board
	s.mu.Lock()
	other := s.hosts[id]
	if ctx.Err() != nil || other == nil || other == h || s.cut[pair(h.id, id)] || s.hosts[h.id] != h {
		s.mu.Unlock()
		return errAway
	}
	fresh := !s.links[pair(h.id, id)]
	s.links[pair(h.id, id)] = true
	s.mu.Unlock()
	if fresh {
		go other.cfg.Connected(h.id, h.Addrs(), false)
		h.cfg.Connected(id, other.Addrs(), true)
	}
	return nil
}

func (h *plugged) Connect(ctx context.Context, address string) (string, error) {
	var id string
	if _, err := fmt.Sscanf(address, "/memory/%s", &id); err != nil {
		return "", err
	}
	return id, h.connect(ctx, id)
}

func (h *plugged) ConnectKnown(ctx context.Context, peer string, _ []string) error {
	return h.connect(ctx, peer)
}

func (h *plugged) ConnectPacked(ctx context.Context, p invite.Peer) (string, error) {
	return string(p.ID), h.connect(ctx, string(p.ID))
}

func (h *plugged) Packed(peer string) []invite.Peer {
	return []invite.Peer{{ID: []byte(peer), Addr: []byte(peer)}}
}

func (h *plugged) Open(_ context.Context, peer, protocol string) (rawStream, error) {
	s := h.board
	s.mu.Lock()
	defer s.mu.Unlock()
	other := s.hosts[peer]
	if other == nil || !s.links[pair(h.id, peer)] || other.cfg.Streams[protocol] == nil {
		return nil, errAway
	}
	here, there := net.Pipe()
	s.pipes[pair(h.id, peer)] = append(s.pipes[pair(h.id, peer)], here, there)
	go other.cfg.Streams[protocol](&snipped{framed{there, h.id}, s.snipper(peer, protocol)})
	return &snipped{framed{here, peer}, s.snipper(h.id, protocol)}, nil
}

func (h *plugged) Envelope() ([]byte, error) { return []byte(h.id), nil }

func (h *plugged) Learn(envelope []byte) (string, []string, error) {
	return string(envelope), []string{"/memory/" + string(envelope)}, nil
}

func (h *plugged) Prove(peer string) {
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	h.proved[peer] = true
}

func (h *plugged) Disown(peer string) {
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	delete(h.proved, peer)
}

func (h *plugged) Join(topic string, heard func([]byte) verdict) error {
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	h.topics[topic] = heard
	return nil
}

func (h *plugged) Leave(topic string) {
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	delete(h.topics, topic)
}

func (h *plugged) Publish(topic string, message []byte) error {
	s := h.board
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, other := range s.hosts {
		if heard := other.topics[topic]; id != h.id && heard != nil && s.links[pair(h.id, id)] && h.proved[id] && other.proved[h.id] {
			s.said++
			go heard(slices.Clone(message))
		}
	}
	return nil
}

func (h *plugged) Close() error {
	h.board.mu.Lock()
	if h.board.hosts[h.id] != h {
		h.board.mu.Unlock()
		return nil
	}
	delete(h.board.hosts, h.id)
	h.board.mu.Unlock()
	h.board.unlink(func(a, b string) bool { return a == h.id || b == h.id })
	return nil
}

// unlink ends connections between pairs.
func (s *switchboard) unlink(which func(a, b string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for link := range s.links {
		if !which(link[0], link[1]) {
			continue
		}
		delete(s.links, link)
		for _, p := range s.pipes[link] {
			_ = p.Close()
		}
		delete(s.pipes, link)
		for i, id := range link {
			if h := s.hosts[id]; h != nil {
				go h.cfg.Disconnected(link[1-i])
			}
		}
	}
}

// part keeps two nodes from each other, or lets them come together again.
func (s *switchboard) part(a, b string, apart bool) {
	s.mu.Lock()
	s.cut[pair(a, b)] = apart
	s.mu.Unlock()
	if apart {
		s.unlink(func(x, y string) bool { return pair(x, y) == pair(a, b) })
	}
}

func (s *switchboard) snipper(from, protocol string) func([]byte) bool {
	return func(frame []byte) bool {
		s.mu.Lock()
		snip := s.snip
		s.mu.Unlock()
		return snip != nil && snip(from, protocol, frame)
	}
}

// snipped is a stream that a test may cut.
type snipped struct {
	framed
	snip func([]byte) bool
}

func (f *snipped) WriteFrame(frame []byte) error {
	if f.snip(frame) {
		_ = f.Conn.Close()
		return net.ErrClosed
	}
	return f.framed.WriteFrame(frame)
}

// logTo shows what nodes log when a test fails.
func logTo(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}
