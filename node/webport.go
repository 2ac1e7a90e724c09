package node

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"coppice.example/node/api"
	"coppice.example/node/web"
)

// listenWeb opens the pages' address. Where nobody names one it is, if it is
// free, the same as last time, so that a page that was left open finds the
// node again.
func (n *Node) listenWeb() (*web.Server, error) {
	if n.cfg.Web != "" {
		s, err := web.Listen(n.cfg.Web)
		switch {
		case errors.Is(err, web.ErrLoopback):
			return nil, fmt.Errorf("%w: %q", api.ErrLoopback, n.cfg.Web)
		case errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("%w: %s, for the pages", api.ErrAddressTaken, n.cfg.Web)
		}
		return s, err
	}
	last, err := n.home.read("local", "web")
	if err != nil {
		return nil, err
	}
	s, err := web.Listen(net.JoinHostPort("127.0.0.1", string(last)))
	if err != nil { // there is none, it is taken, or the file is damaged
		if s, err = web.Listen("127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	if port := s.Port(); port != string(last) {
		if err := n.home.write([]byte(port), "local", "web"); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}
