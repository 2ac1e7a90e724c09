package network_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"coppice.example/node/network"
)

const echo = "/coppice/test/1"

func answerEcho(s *network.Stream) {
	for {
		frame, err := s.ReadFrame(1 << 20)
		if err != nil {
			return
		}
		if s.WriteFrame(frame) != nil {
			return
		}
	}
}

// open opens a host on loopback that answers echo.
func open(t *testing.T, seed byte, listen string, change func(*network.Config)) *network.Host {
	t.Helper()
	cfg := network.Config{
		Seed: [32]byte{seed}, Listen: []string{listen}, NoDiscovery: true,
		Streams: map[string]func(*network.Stream){echo: answerEcho},
	}
	if change != nil {
		change(&cfg)
	}
	h, err := network.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func TestLoopback(t *testing.T) {
	for _, listen := range []string{"/ip4/127.0.0.1/udp/0/quic-v1", "/ip4/127.0.0.1/tcp/0"} {
		t.Run(listen, func(t *testing.T) {
			met := make(chan string, 4)
			gone := make(chan string, 4)
			a := open(t, 1, listen, nil)
			b := open(t, 2, listen, func(c *network.Config) {
				c.Connected = func(peer string, addrs []string, dialled bool) {
					if dialled || len(addrs) == 0 {
						t.Errorf("dialled %v, addresses %v", dialled, addrs)
					}
					met <- peer
				}
				c.Disconnected = func(peer string) { gone <- peer }
			})
			name, err := a.Connect(t.Context(), b.Addrs()[0])
			if err != nil || name != b.ID() {
				t.Fatal(name, err)
			}
			if got := <-met; got != a.ID() {
				t.Errorf("met %s", got)
			}
			s, err := a.Open(t.Context(), name, echo)
			if err != nil {
				t.Fatal(err)
			}
			if s.Peer() != b.ID() || string(s.RawPeer()) != string(b.RawID()) {
				t.Error("another peer")
			}
			for _, n := range []int{0, 1, 127, 128, 70_000, 1 << 20} {
				if err := s.WriteFrame(make([]byte, n)); err != nil {
					t.Fatal(err)
				}
				got, err := s.ReadFrame(1 << 20)
				if err != nil || len(got) != n {
					t.Fatalf("%d of %d bytes: %v", len(got), n, err)
				}
			}
			if !slices.Equal(a.Peers(), []string{b.ID()}) {
				t.Errorf("peers %v", a.Peers())
			}
			_ = s.Close()
			_ = a.Close()
			if got := <-gone; got != a.ID() {
				t.Errorf("gone %s", got)
			}
		})
	}
}

func TestFrameTooLong(t *testing.T) {
	a := open(t, 1, "/ip4/127.0.0.1/tcp/0", nil)
	refused := make(chan error, 1)
	b := open(t, 2, "/ip4/127.0.0.1/tcp/0", func(c *network.Config) {
		c.Streams[echo] = func(s *network.Stream) {
			_, err := s.ReadFrame(4096)
			refused <- err
		}
	})
	if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
		t.Fatal(err)
	}
	s, err := a.Open(t.Context(), b.ID(), echo)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WriteFrame(make([]byte, 4097)); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; !errors.Is(err, network.ErrFrame) {
		t.Error(err)
	}
	if _, err := s.ReadFrame(1); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the stream was not reset: %v", err)
	}
}

func TestConnectErrors(t *testing.T) {
	a := open(t, 1, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	b := open(t, 2, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	for address, want := range map[string]error{
		"nonsense":                           network.ErrAddress,
		"/ip4/127.0.0.1/udp/4001/quic-v1":    network.ErrAddress,
		"/p2p/" + b.ID():                     network.ErrAddress,
		a.Addrs()[0]:                         network.ErrSelf,
		"/ip4/127.0.0.1/tcp/1/p2p/" + b.ID(): network.ErrNobody,
		strings.Replace(b.Addrs()[0], b.ID(), open3(t).ID(), 1): network.ErrNobody, // somebody else answers
	} {
		if _, err := a.Connect(ctx, address); !errors.Is(err, want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := a.Open(ctx, open3(t).ID(), echo); !errors.Is(err, network.ErrNobody) {
		t.Error(err)
	}
}

func open3(t *testing.T) *network.Host { return open(t, 3, "/ip4/127.0.0.1/udp/0/quic-v1", nil) }

func TestPortTaken(t *testing.T) {
	for _, form := range []string{"/ip4/127.0.0.1/tcp/%s", "/ip4/127.0.0.1/udp/%s/quic-v1"} {
		a := open(t, 1, fmt.Sprintf(form, "0"), nil)
		port := strings.Split(a.Addrs()[0], "/")[4]
		_, err := network.New(network.Config{Seed: [32]byte{2}, Listen: []string{fmt.Sprintf(form, port)}, NoDiscovery: true})
		if !errors.Is(err, syscall.EADDRINUSE) || !errors.Is(err, network.ErrListen) {
			t.Errorf("%s: %v", form, err)
		}
	}
	if _, err := network.New(network.Config{Listen: []string{"here"}}); !errors.Is(err, network.ErrAddress) {
		t.Error(err)
	}
}

func TestPackedAndEnvelope(t *testing.T) {
	a := open(t, 1, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	b := open(t, 2, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	packed := b.Packed(b.ID())
	if len(packed) == 0 || len(packed[0].ID)+len(packed[0].Addr) > 60 {
		t.Fatalf("%v", packed)
	}
	name, err := a.ConnectPacked(t.Context(), packed[0])
	if err != nil || name != b.ID() {
		t.Fatal(name, err)
	}
	if got := a.Packed(name); len(got) == 0 || string(got[0].ID) != string(b.RawID()) {
		t.Errorf("%v", got)
	}
	if _, err := a.ConnectPacked(t.Context(), network.Packed{ID: []byte{1}, Addr: packed[0].Addr}); !errors.Is(err, network.ErrAddress) {
		t.Error(err)
	}
	if _, err := a.ConnectPacked(t.Context(), network.Packed{ID: packed[0].ID, Addr: []byte{4}}); !errors.Is(err, network.ErrAddress) {
		t.Error(err)
	}

	envelope, err := b.Envelope()
	if err != nil || len(envelope) > 4096 {
		t.Fatal(len(envelope), err)
	}
	c := open(t, 3, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	name, addrs, err := c.Learn(envelope)
	if err != nil || name != b.ID() || len(addrs) == 0 {
		t.Fatal(name, addrs, err)
	}
	if err := c.ConnectKnown(t.Context(), name, addrs); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Learn(envelope); !errors.Is(err, network.ErrSelf) {
		t.Error(err)
	}
	for i := range envelope {
		bent := slices.Clone(envelope)
		bent[i] ^= 1
		if name, _, err := a.Learn(bent); err == nil && name != b.ID() {
			t.Fatalf("byte %d bent: it tells of %s", i, name)
		}
	}
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	var stuck sync.WaitGroup
	hosts := make([]*network.Host, 3)
	for i := range hosts {
		cfg := network.Config{
			Seed: [32]byte{byte(i + 1)}, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1", "/ip4/127.0.0.1/tcp/0"},
			NoDiscovery: i > 0, // one with everything that loopback has
			Streams: map[string]func(*network.Stream){echo: func(s *network.Stream) {
				stuck.Add(1)
				defer stuck.Done()
				_ = s.SetDeadline(time.Time{})
				answerEcho(s)
			}},
		}
		h, err := network.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		hosts[i] = h
		if err := h.Join(topicA, func([]byte) network.Verdict { return network.Accept }); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if _, err := h.Connect(t.Context(), hosts[0].Addrs()[0]); err != nil {
				t.Fatal(err)
			}
			h.Prove(hosts[0].ID())
			hosts[0].Prove(h.ID())
			s, err := h.Open(t.Context(), hosts[0].ID(), echo)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.WriteFrame([]byte("left open")); err != nil {
				t.Fatal(err)
			}
		}
	}
	start := time.Now()
	for _, h := range hosts {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error("closing twice:", err)
		}
	}
	if d := time.Since(start); d > 9*time.Second {
		t.Errorf("closing took %v", d)
	}
	stuck.Wait()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		b := make([]byte, 1<<20)
		t.Errorf("%d goroutines more\n%s", n-before, b[:runtime.Stack(b, true)])
	}
}

func TestStrangersStreamsAreBounded(t *testing.T) {
	const join = "/coppice/join/1"
	hold := make(chan struct{})
	a := open(t, 1, "/ip4/127.0.0.1/udp/0/quic-v1", nil)
	b := open(t, 2, "/ip4/127.0.0.1/udp/0/quic-v1", func(c *network.Config) {
		c.Streams[join] = func(s *network.Stream) {
			_ = s.WriteFrame([]byte("nonce"))
			<-hold
		}
	})
	defer close(hold)
	if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
		t.Fatal(err)
	}
	served := 0
	for range 6 {
		s, err := a.Open(t.Context(), b.ID(), join)
		if err != nil {
			continue
		}
		_ = s.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := s.ReadFrame(10); err == nil {
			served++
		}
	}
	if served != 2 {
		t.Errorf("%d streams of a stranger at once", served)
	}
}
