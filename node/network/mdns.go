package network

import (
	"context"
	"io"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"
)

// finder dials peers that announce themselves on the local network under the
// name of this service.
type finder struct {
	h    *Host
	busy chan struct{}
}

// discover starts looking around; nil where mDNS does not work, which a node
// lives without.
func (h *Host) discover() io.Closer {
	s := mdns.NewMdnsService(h.host, mdnsName, &finder{h, make(chan struct{}, mdnsAtOnce)})
	if err := s.Start(); err != nil {
		if h.cfg.Log != nil {
			h.cfg.Log.Warn("looking for peers on the local network does not work", "error", err)
		}
		_ = s.Close()
		return nil
	}
	return s
}

// HandlePeerFound implements mdns.Notifee. Found again every few seconds, a
// peer that is not reached now may wait.
func (f *finder) HandlePeerFound(info peer.AddrInfo) {
	if info.ID == f.h.host.ID() || !isGone(f.h.host, info.ID) {
		return
	}
	select {
	case f.busy <- struct{}{}:
	default:
		return
	}
	f.h.work.Go(func() {
		defer func() { <-f.busy }()
		ctx, cancel := context.WithTimeout(f.h.ctx, DialTimeout)
		defer cancel()
		_ = f.h.dial(ctx, info) // it will be found again
	})
}
