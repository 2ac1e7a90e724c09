package network_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"coppice.example/node/network"
	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	core "github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/x/simlibp2p"
	"github.com/marcopolo/simnet"
)

var (
	topicA = strings.Repeat("a", 52)
	topicB = strings.Repeat("b", 52)
)

// simulated is a network in memory: every link 20 Mbit/s.
type simulated struct {
	t   *testing.T
	net *simnet.Simnet
	n   int
}

func simulate(t *testing.T, latency time.Duration) *simulated {
	return &simulated{t: t, net: &simnet.Simnet{LatencyFunc: simnet.StaticLatency(latency)}}
}

func (s *simulated) options() (listen string, opts []libp2p.Option) {
	s.n++
	link := simnet.LinkSettings{BitsPerSecond: 20 * simlibp2p.OneMbps}
	return fmt.Sprintf("/ip4/%s/udp/8000/quic-v1", simnet.IntToPublicIPv4(s.n)), []libp2p.Option{
		libp2p.DisableIdentifyAddressDiscovery(),
		libp2p.ResourceManager(&core.NullResourceManager{}),
		simlibp2p.QUICSimnet(s.net, simnet.NodeBiDiLinkSettings{Downlink: link, Uplink: link}),
	}
}

func (s *simulated) host(change func(*network.Config)) *network.Host {
	s.t.Helper()
	listen, opts := s.options()
	cfg := network.Config{
		Seed: [32]byte{byte(s.n), byte(s.n >> 8)}, Listen: []string{listen}, NoDiscovery: true, Options: opts,
		Streams: map[string]func(*network.Stream){echo: answerEcho},
	}
	if change != nil {
		change(&cfg)
	}
	h, err := network.New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

// ear counts what is heard.
type ear struct {
	mu    sync.Mutex
	heard map[string]time.Time
	say   network.Verdict
}

func (e *ear) hear(m []byte) network.Verdict {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard == nil {
		e.heard = map[string]time.Time{}
	}
	e.heard[string(m)] = time.Now()
	return e.say
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.heard)
}

// last returns when the last message was heard.
func (e *ear) last() (last time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, at := range e.heard {
		if at.After(last) {
			last = at
		}
	}
	return last
}

func join(t *testing.T, h *network.Host, topic string) *ear {
	t.Helper()
	e := &ear{}
	if err := h.Join(topic, e.hear); err != nil {
		t.Fatal(err)
	}
	return e
}

// meet connects two hosts that prove themselves to each other.
func meet(t *testing.T, a, b *network.Host) {
	t.Helper()
	if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
		t.Fatal(err)
	}
	a.Prove(b.ID())
	b.Prove(a.ID())
}

// TestSaidRightAfterConnecting: both were apart for long; what one says 100 ms
// after they meet arrives.
func TestSaidRightAfterConnecting(t *testing.T) {
	for _, wait := range []time.Duration{100 * time.Millisecond, 700 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			s := simulate(t, 20*time.Millisecond)
			a, b := s.host(nil), s.host(nil)
			s.net.Start()
			_, heard := join(t, a, topicA), join(t, b, topicA)
			time.Sleep(10500 * time.Millisecond)
			meet(t, a, b)
			time.Sleep(wait)
			if err := a.Publish(topicA, []byte("news")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond)
			if heard.count() != 1 {
				t.Errorf("said %v after they met, it was not heard", wait)
			}
			closeAll(t, s, a, b)
		})
	}
}

func closeAll(t *testing.T, s *simulated, hosts ...*network.Host) {
	t.Helper()
	for _, h := range hosts {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	s.net.Close()
}

// TestOneProvesLater: the proofs of two ends never come at the same time.
func TestOneProvesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 20*time.Millisecond)
		a, b := s.host(nil), s.host(nil)
		s.net.Start()
		heardA, heardB := join(t, a, topicA), join(t, b, topicA)
		if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
			t.Fatal(err)
		}
		a.Prove(b.ID()) // a tells its topics, b does not want to know yet
		time.Sleep(3 * time.Second)
		b.Prove(a.ID())
		time.Sleep(200 * time.Millisecond)
		_ = a.Publish(topicA, []byte("from a"))
		_ = b.Publish(topicA, []byte("from b"))
		time.Sleep(2 * time.Second)
		if heardA.count() != 1 || heardB.count() != 1 {
			t.Errorf("a heard %d, b heard %d", heardA.count(), heardB.count())
		}
		closeAll(t, s, a, b)
	})
}

func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2000
		s := simulate(t, 25*time.Millisecond)
		a, b, c := s.host(nil), s.host(nil), s.host(nil)
		s.net.Start()
		_ = join(t, a, topicA)
		heard := []*ear{join(t, b, topicA), join(t, c, topicA)}
		meet(t, a, b)
		meet(t, b, c) // c hears through b
		time.Sleep(3 * time.Second)
		start := time.Now()
		for i := range n {
			if err := a.Publish(topicA, append(make([]byte, 300), fmt.Sprint(i)...)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Second)
		for i, e := range heard {
			t.Logf("%d of %d, the last after %v", e.count(), n, e.last().Sub(start))
			if e.count() != n {
				t.Errorf("listener %d heard %d of %d", i, e.count(), n)
			}
		}
		closeAll(t, s, a, b, c)
	})
}

// stranger speaks gossip and belongs to nobody; it counts the RPCs it gets.
func (s *simulated) stranger() (host.Host, *pubsub.PubSub, *counter) {
	listen, opts := s.options()
	h, err := libp2p.New(append(opts, libp2p.ListenAddrStrings(listen))...)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &counter{}
	ps, err := pubsub.NewGossipSub(s.t.Context(), h, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(func(m *pb.Message) string { return string(m.Data) }),
		pubsub.WithAppSpecificRpcInspector(c.inspect))
	if err != nil {
		s.t.Fatal(err)
	}
	return h, ps, c
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) inspect(peer.ID, *pubsub.RPC) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return nil
}

// TestStrangersAreToldNothing: a peer that speaks gossip and knows the very
// topic, but proved nothing, receives no RPC and is not heard.
func TestStrangersAreToldNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 20*time.Millisecond)
		a, b := s.host(nil), s.host(nil)
		stranger, ps, got := s.stranger()
		s.net.Start()
		heard, other := join(t, a, topicA), join(t, b, topicA)
		meet(t, a, b)
		theirs, err := ps.Join(topicA)
		if err != nil {
			t.Fatal(err)
		}
		sub, err := theirs.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		info, err := peer.AddrInfoFromString(a.Addrs()[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := stranger.Connect(t.Context(), *info); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		for i := range 30 {
			_ = a.Publish(topicA, fmt.Append(nil, "among us ", i))
			_ = theirs.Publish(t.Context(), fmt.Append(nil, "from outside ", i))
			time.Sleep(300 * time.Millisecond)
		}
		if got.n != 0 {
			t.Errorf("the stranger received %d RPCs", got.n)
		}
		if heard.count() != 0 {
			t.Errorf("the stranger was heard %d times", heard.count())
		}
		if other.count() != 30 {
			t.Errorf("the member heard %d of 30", other.count())
		}
		// Proved, it is met at once.
		a.Prove(stranger.ID().String())
		time.Sleep(2 * time.Second)
		_ = a.Publish(topicA, []byte("welcome"))
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for {
			m, err := sub.Next(ctx)
			if err != nil {
				t.Error("a peer that has proved itself hears nothing")
				break
			}
			if string(m.Data) == "welcome" {
				break
			}
		}
		// Disowned, it is told nothing more.
		a.Disown(stranger.ID().String())
		time.Sleep(time.Second)
		n := got.n
		_ = a.Publish(topicA, []byte("among us again"))
		time.Sleep(3 * time.Second)
		if got.n != n {
			t.Errorf("a disowned peer received %d RPCs more", got.n-n)
		}
		sub.Cancel()
		stranger.Close()
		closeAll(t, s, a, b)
	})
}

// TestWhoSaysBadThingsIsMetNoMore: members that pass junk on are dropped.
func TestWhoSaysBadThingsIsMetNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 20*time.Millisecond)
		a, b := s.host(nil), s.host(nil)
		s.net.Start()
		_ = join(t, a, topicA)
		heard := join(t, b, topicA)
		heard.say = network.Reject
		meet(t, a, b)
		time.Sleep(2 * time.Second)
		for i := range 100 {
			_ = a.Publish(topicA, fmt.Append(nil, "junk ", i))
			time.Sleep(50 * time.Millisecond)
		}
		if n := heard.count(); n < 20 || n > 50 {
			t.Errorf("heard %d of 100", n)
		}
		closeAll(t, s, a, b)
	})
}

func TestTopics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 5*time.Millisecond)
		a, b := s.host(nil), s.host(nil)
		mute := s.host(func(c *network.Config) { c.NoGossip = true })
		s.net.Start()
		if a.Join("Not A Topic", nil) == nil {
			t.Error("any name is a topic")
		}
		if a.Publish(topicA, []byte("x")) == nil {
			t.Error("said where nobody listens")
		}
		_ = join(t, a, topicA)
		heardA := join(t, b, topicA)
		meet(t, a, b)
		time.Sleep(time.Second)
		// A topic joined later, first by one, then by the other, and left again.
		_ = join(t, a, topicB)
		time.Sleep(time.Second)
		heardB := join(t, b, topicB)
		time.Sleep(time.Second)
		_ = a.Publish(topicB, []byte("new room"))
		_ = a.Publish(topicA, []byte("old room"))
		time.Sleep(time.Second)
		if heardA.count() != 1 || heardB.count() != 1 {
			t.Errorf("heard %d and %d", heardA.count(), heardB.count())
		}
		b.Leave(topicB)
		time.Sleep(time.Second)
		_ = a.Publish(topicB, []byte("empty room"))
		if a.Publish(topicA, make([]byte, network.MaxMessage+1)) == nil {
			t.Error("too long a message")
		}
		time.Sleep(time.Second)
		if heardB.count() != 1 {
			t.Error("heard after leaving")
		}
		if err := b.Join(topicB, heardB.hear); err != nil {
			t.Error("cannot come back:", err)
		}
		if mute.Join(topicA, nil) != nil || mute.Publish(topicA, nil) != nil {
			t.Error("without gossip, topics do nothing")
		}
		mute.Prove(a.ID())
		mute.Leave(topicA)
		closeAll(t, s, a, b, mute)
	})
}

// TestRoundTrips: a frame there and back costs one round trip, and a stream
// answers without waiting for identification twice.
func TestRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 50*time.Millisecond)
		a, b := s.host(nil), s.host(nil)
		s.net.Start()
		if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
			t.Fatal(err)
		}
		st, err := a.Open(t.Context(), b.ID(), echo)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			start := time.Now()
			if err := st.WriteFrame([]byte("hello")); err != nil {
				t.Fatal(err)
			}
			if _, err := st.ReadFrame(10); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(start); d > 250*time.Millisecond {
				t.Errorf("there and back took %v", d)
			}
		}
		closeAll(t, s, a, b)
	})
}

// TestFirstDeadline: who opens a stream and says nothing does not hold it.
func TestFirstDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, 5*time.Millisecond)
		ended := make(chan time.Duration, 1)
		a := s.host(nil)
		b := s.host(func(c *network.Config) {
			c.Streams[echo] = func(s *network.Stream) {
				start := time.Now()
				if _, err := s.ReadFrame(10); err != nil {
					t.Error(err)
				}
				if _, err := s.ReadFrame(10); err == nil {
					t.Error("a frame out of nothing")
				}
				ended <- time.Since(start)
			}
		})
		s.net.Start()
		if _, err := a.Connect(t.Context(), b.Addrs()[0]); err != nil {
			t.Fatal(err)
		}
		st, err := a.Open(t.Context(), b.ID(), echo)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.WriteFrame(nil); err != nil { // a stream begins with its first frame
			t.Fatal(err)
		}
		if d := <-ended; d < network.FirstDeadline/2 || d > 2*network.FirstDeadline {
			t.Errorf("it was held for %v", d)
		}
		closeAll(t, s, a, b)
	})
}
