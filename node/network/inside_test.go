package network

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

// TestGater: addresses that others told must not lead this node to services of
// its machine or its network.
func TestGater(t *testing.T) {
	lan := func() []netip.Prefix {
		return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("192.168.7.0/24"), netip.MustParsePrefix("fd00:7::/64")}
	}
	open, alone := newGater(false), newGater(true)
	open.subnets, alone.subnets = lan, lan
	const p = peer.ID("somebody")
	for _, test := range []struct {
		addr            string
		atOpen, atAlone bool // a node that listens everywhere, or on loopback only
	}{
		{"/ip4/203.0.114.7/udp/4001/quic-v1", true, true},
		{"/ip6/2600::7/tcp/4001", true, true},
		{"/ip4/127.0.0.1/tcp/5432", false, true},
		{"/ip6/::1/tcp/5432", false, true},
		{"/ip6/::ffff:127.0.0.1/tcp/5432", false, true},
		{"/ip4/169.254.169.254/tcp/80", false, false},
		{"/ip6/fe80::1/tcp/80", false, false},
		{"/ip4/0.0.0.0/tcp/80", false, false},
		{"/ip6/::/tcp/80", false, false},
		{"/ip4/224.0.0.251/udp/5353/quic-v1", false, false},
		{"/ip4/255.255.255.255/udp/9/quic-v1", false, false},
		{"/ip4/10.0.0.1/tcp/80", false, false},
		{"/ip4/172.16.3.4/tcp/80", false, false},
		{"/ip4/100.64.0.1/tcp/80", false, false},
		{"/ip4/192.168.1.1/tcp/80", false, false},
		{"/ip4/192.168.7.9/tcp/4001", true, true}, // a neighbour
		{"/ip6/fd00:7::9/tcp/4001", true, true},
		{"/ip6/fd00:8::9/tcp/4001", false, false},
		{"/dns4/router.lan/tcp/80", false, false},
		{"/ip4/10.0.0.1/udp/1/quic-v1/p2p/12D3KooWCRt9YtpXKVuTVBhGWUqEBBWYVxXUaPnBeJ9HNjvLDi8g/p2p-circuit", false, false},
	} {
		a := ma.StringCast(test.addr)
		if got := open.InterceptAddrDial(p, a); got != test.atOpen {
			t.Errorf("%s: dialled %v by a node that listens everywhere", a, got)
		}
		if got := alone.InterceptAddrDial(p, a); got != test.atAlone {
			t.Errorf("%s: dialled %v by a node that listens on loopback only", a, got)
		}
	}
	router := ma.StringCast("/ip4/192.168.1.1/tcp/80")
	open.give(p, []ma.Multiaddr{router})
	if !open.InterceptAddrDial(p, router) || open.InterceptAddrDial("another", router) {
		t.Error("what a person gave is dialled, for that peer alone")
	}
	done := open.named(p)
	other := ma.StringCast("/ip4/10.1.1.1/tcp/80")
	if !open.InterceptAddrDial(p, other) {
		t.Error("a name a person gave leads where it leads")
	}
	if done(); open.InterceptAddrDial(p, other) {
		t.Error("and no further")
	}
}

func TestRanked(t *testing.T) {
	want := []string{
		"/ip4/203.0.114.7/udp/4001/quic-v1", "/ip4/203.0.114.7/tcp/4001", "/ip6/2600::7/udp/4001/quic-v1",
		"/ip4/192.168.7.9/udp/4001/quic-v1", "/ip4/127.0.0.1/udp/4001/quic-v1",
	}
	var list []ma.Multiaddr
	for i := range want {
		list = append(list, ma.StringCast(want[len(want)-1-i]))
	}
	if got := strings.Join(texts(ranked(list)), " "); got != strings.Join(want, " ") {
		t.Error(got)
	}
}

func TestOnlyWarningsAreLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(handler(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	log.Info("chatter")
	log.With("a", 1).WithGroup("g").Warn("news")
	if s := out.String(); strings.Contains(s, "chatter") || !strings.Contains(s, "news") {
		t.Error(s)
	}
	slog.New(handler(nil)).Error("nobody listens")
}

// FuzzReadFrame: whatever comes, a frame is no longer than the reader said and
// no memory is taken for bytes that are not there.
func FuzzReadFrame(f *testing.F) {
	for _, b := range [][]byte{{}, {0}, {3, 1, 2, 3}, {3, 1}, {0x80, 0}, {0xff, 0xff, 0xff, 0xff, 0x0f}, {0xff, 0xff, 0xff, 0xff, 0xff, 0x01}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &Stream{in: bufio.NewReader(bytes.NewReader(b))}
		for {
			frame, err := s.ReadFrame(1000)
			switch {
			case err == nil && len(frame) <= 1000:
			case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, ErrFrame):
				return
			default:
				t.Fatalf("%d bytes: %v", len(frame), err)
			}
		}
	})
}
