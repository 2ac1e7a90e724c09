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
	"strings"
	"time"
)

// ErrLoopback is returned for an address others could reach.
var ErrLoopback = errors.New("not a loopback address")

// ErrSelfTest is returned when the server answers a request it must refuse.
var ErrSelfTest = errors.New("the web server's self-test failed")

// Server serves pages on one loopback address.
type Server struct {
	listener net.Listener
	http     *http.Server
	hosts    []string
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
	s := &Server{listener: l, hosts: []string{l.Addr().String()}}
	_, port, _ = net.SplitHostPort(l.Addr().String())
	if ip == netip.IPv6Loopback() || ip == netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
		s.hosts = append(s.hosts, "localhost:"+port)
	}
	s.http = &http.Server{
		Handler:           s.guard(http.HandlerFunc(page)),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	return s, nil
}

// URL returns where the pages are.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" }

// Serve answers until [Server.Close]; it then returns nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends all connections.
func (s *Server) Close() error { return errors.Join(s.http.Close(), closed(s.listener.Close())) }

func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// SelfTest asks the running server under its own name and under another's.
func (s *Server) SelfTest(ctx context.Context) error {
	for host, want := range map[string]int{s.hosts[0]: http.StatusOK, "coppice.invalid": http.StatusForbidden} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL(), nil)
		if err != nil {
			return err
		}
		r.Host = host
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSelfTest, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			return fmt.Errorf("%w: asked as %s it answers %d, not %d", ErrSelfTest, host, answer.StatusCode, want)
		}
	}
	return nil
}

// guard sets the headers of every answer, then lets through only requests that
// name this server and come from its own pages or from nowhere.
func (s *Server) guard(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	next = origins.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		protect(w.Header(), nonce)
		switch {
		case !s.known(r.Host):
			refuse(w)
		case !ownSite(r.Header.Values("Sec-Fetch-Site")), !s.ownOrigin(r.Header.Values("Origin")):
			refuse(w)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce)))
		}
	})
}

type nonceKey struct{}

func (s *Server) known(host string) bool {
	for _, h := range s.hosts {
		if h == host {
			return true
		}
	}
	return false
}

// ownSite accepts what was typed or opened by a program ("none"), what our own
// pages ask for, and browsers that do not say.
func ownSite(values []string) bool {
	return len(values) == 0 || len(values) == 1 && (values[0] == "none" || values[0] == "same-origin")
}

func (s *Server) ownOrigin(values []string) bool {
	if len(values) == 0 {
		return true
	}
	host, ok := strings.CutPrefix(values[0], "http://")
	return ok && len(values) == 1 && s.known(host)
}

// protect sets the headers of every answer, refusals included.
func protect(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; connect-src 'self'; "+
		"img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = io.WriteString(w, "forbidden\n")
}

func page(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != "/":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "not found\n")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	default:
		nonce, _ := r.Context().Value(nonceKey{}).(string)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, plain, nonce)
	}
}

const plain = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coppice</title>
<style nonce="%s">
body { max-width: 34rem; margin: 4rem auto; padding: 0 1rem; font: 1.1rem/1.6 Georgia, serif; color: #222; background: #fbfaf6 }
code { font: .95em/1.4 ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1d1a } }
</style>
<main>
<h1>Your node is running</h1>
<p>There are no pages here yet. Until they come, everything is done on the command line:</p>
<p><code>coppice help</code> says how, <code>coppice status</code> shows where you are.</p>
</main>
</html>
`
