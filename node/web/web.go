package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrLoopback is returned for an address others could reach.
var ErrLoopback = errors.New("not a loopback address")

// ErrSelfTest is returned when the server answers a request it must refuse.
var ErrSelfTest = errors.New("the web server's self-test failed")

// Bounds of what one server takes on. A browser opens six connections to a
// host and one for events.
const (
	mostConnections = 256
	maxHeader       = 16 << 10
	headerTime      = 5 * time.Second
	readTime        = 30 * time.Second
	idleTime        = time.Minute
)

// Server serves pages, and what they ask of the node, on one loopback address.
type Server struct {
	listener net.Listener
	hosts    []string
	http     *http.Server
}

// Listen opens address, "HOST:PORT" with port 0 for any free one. Errors:
// [ErrLoopback], or the system's (syscall.EADDRINUSE).
func Listen(address string) (*Server, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLoopback, address, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() || ip.Zone() != "" {
		return nil, fmt.Errorf("%w: %s", ErrLoopback, address)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(ip.String(), port))
	if err != nil {
		return nil, err
	}
	s := over(l)
	if ip == netip.IPv6Loopback() || ip == netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
		s.hosts = append(s.hosts, "localhost:"+s.Port())
	}
	return s, nil
}

// over returns a server of what a listener brings, known by its address alone.
func over(l net.Listener) *Server {
	return &Server{listener: l, hosts: []string{l.Addr().String()}, http: &http.Server{
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      readTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
	}}
}

// URL returns where the pages are, with a slash at its end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" }

// Port returns the port of the pages.
func (s *Server) Port() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String()) // it is one
	return port
}

// Serve answers until [Server.Close]; it then returns nil. What lies below /v1
// and /ics is api's to answer, which asks for a token; ctx ends with the node, and with
// it the event streams.
func (s *Server) Serve(ctx context.Context, api http.Handler) error {
	s.http.Handler = s.guard(route(api))
	s.http.BaseContext = func(net.Listener) context.Context { return ctx }
	if err := s.http.Serve(&crowd{s.listener, make(chan struct{}, mostConnections)}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends all connections but the event streams, which end with the node.
func (s *Server) Close() error { return errors.Join(s.http.Close(), closed(s.listener.Close())) }

func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// selfTestPause is how long a self-test waits where nothing answers.
const selfTestPause = 200 * time.Millisecond

// SelfTest asks the running server under its own name and under another's,
// and for the node's acts without a token. A wrong answer is an error; while
// there is none, for somebody floods the port, it asks again until ctx ends.
func (s *Server) SelfTest(ctx context.Context) error {
	for _, try := range []struct {
		host, path string
		want       int
	}{
		{s.hosts[0], "", http.StatusOK},
		{"coppice.invalid", "", http.StatusForbidden},
		{s.hosts[0], "v1/status", http.StatusUnauthorized},
	} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+try.path, nil)
		if err != nil {
			return err
		}
		r.Host = try.host
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		for ; err != nil; answer, err = client.Do(r) {
			select {
			case <-ctx.Done():
				return fmt.Errorf("%w: %w", ErrSelfTest, err)
			case <-time.After(selfTestPause):
			}
		}
		_ = answer.Body.Close()
		if answer.StatusCode != try.want {
			return fmt.Errorf("%w: asked as %s for /%s it answers %d, not %d", ErrSelfTest, try.host, try.path, answer.StatusCode, try.want)
		}
	}
	return nil
}

// guard sets the headers of every answer, then lets through only requests that
// name this server and come from its own pages or from nowhere.
func (s *Server) guard(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w) }))
	next = origins.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		protect(w.Header(), nonce)
		switch {
		case !slices.Contains(s.hosts, r.Host):
			refuse(w)
		case !ownSite(r.Header.Values("Sec-Fetch-Site")), !s.ownOrigin(r.Header.Values("Origin")):
			refuse(w)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce)))
		}
	})
}

type nonceKey struct{}

// ownSite tells whether a browser says that the request comes from a page of
// this server, or from a person; what is no browser says nothing.
func ownSite(values []string) bool {
	return len(values) == 0 || len(values) == 1 && (values[0] == "none" || values[0] == "same-origin")
}

func (s *Server) ownOrigin(values []string) bool {
	if len(values) == 0 {
		return true
	}
	host, ok := strings.CutPrefix(values[0], "http://")
	return ok && len(values) == 1 && slices.Contains(s.hosts, host)
}

// protect sets the headers of every answer, refusals included. The one policy
// of trusted types is that of the pages' framework, for its own templates.
func protect(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; connect-src 'self'; "+
		"img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "+
		"require-trusted-types-for 'script'; trusted-types svelte-trusted-html")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// refuse answers a request that should not have come here, and hangs up.
func refuse(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	answer(w, http.StatusForbidden, "forbidden\n")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// route parts the node's acts and calendars from the pages.
func route(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/ics/") {
			api.ServeHTTP(w, r)
			return
		}
		page(w, r)
	})
}

// crowd hangs up on whoever comes when there are too many already: those who
// sit idle or slow are gone within a minute.
type crowd struct {
	net.Listener
	seats chan struct{}
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case c.seats <- struct{}{}:
			return &seated{Conn: conn, leave: c.seats}, nil
		default:
			_ = conn.Close()
		}
	}
}

// seated is a connection that gives its seat back once.
type seated struct {
	net.Conn
	once  sync.Once
	leave chan struct{}
}

// Close implements net.Conn.
func (s *seated) Close() error {
	s.once.Do(func() { <-s.leave })
	return s.Conn.Close()
}
