package node

import (
	"testing"

	"coppice.example/node/api"
)

// The same over the real network: QUIC and TCP on loopback, doorbells on.
func TestOverLoopback(t *testing.T) {
	w := newWorld(t)
	real := func(listen string) func(*Config) {
		return func(c *Config) {
			c.host, c.NoDiscovery, c.Listen = nil, true, []string{listen}
		}
	}
	ana, ben := w.up("", real("/ip4/127.0.0.1/udp/0/quic-v1")), w.up("", real("/ip4/127.0.0.1/udp/0/quic-v1"))
	cleo := w.up("", real("/ip4/127.0.0.1/tcp/0"))
	w.found(ana)
	id := w.way(ana, "Rest the dough", "text")
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	w.edit(ben, id, "text by Ben")
	w.same(ana, ben)
	if d := w.show(ana, id); d.Body != "text by Ben" {
		t.Errorf("%+v", d)
	}
	// Two that listen on different transports meet by nobody's help but a name.
	if _, err := cleo.Connect(t.Context(), none, api.Connecting{Address: ana.net.addrs()[0]}); err != nil {
		t.Fatal(err)
	}
	w.join(ana, cleo, "Cleo")
	w.same(ana, ben, cleo)
	status := must[api.Status](t)(ana.Status(t.Context(), none))
	if len(status.Communities[0].Peers) != 2 {
		t.Errorf("%+v", status)
	}
	if _, err := ana.Connect(t.Context(), none, api.Connecting{Address: "/ip4/127.0.0.1/tcp/1"}); api.ProblemOf(err) == nil || api.ProblemOf(err).Exit != api.ExitUsage {
		t.Errorf("an address without a peer: %v", err)
	}
	self := ana.net.addrs()[0]
	if _, err := ana.Connect(t.Context(), none, api.Connecting{Address: self}); api.ProblemOf(err) == nil || api.ProblemOf(err).Exit != api.ExitUsage {
		t.Errorf("itself: %v", err)
	}
	gone := ben.net.addrs()[0]
	w.down(ben)
	if _, err := cleo.Connect(t.Context(), none, api.Connecting{Address: gone}); api.ProblemOf(err) == nil || api.ProblemOf(err).Exit != api.ExitTimeout {
		t.Errorf("nobody there: %v", err)
	}
}
