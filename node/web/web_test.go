package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

func serve(t *testing.T) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(t.Context(), guarded{}) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s
}

// guarded stands for the node's acts: it refuses whoever has no token.
type guarded struct{}

func (guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer right" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = io.WriteString(w, "acts")
}

// ask sends the request as written, over a socket of its own.
func ask(t *testing.T, s *Server, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(strings.NewReader(string(body)))
	return answer
}

func TestHostAttacks(t *testing.T) {
	s := serve(t)
	here := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(here)
	for name, host := range map[string]string{
		"evil":                 "Host: evil.example\r\n",
		"evil with our port":   "Host: evil.example:" + port + "\r\n",
		"absent":               "",
		"empty":                "Host:\r\n",
		"duplicated":           "Host: " + here + "\r\nHost: " + here + "\r\n",
		"duplicated with evil": "Host: " + here + "\r\nHost: evil.example\r\n",
		"trailing dot":         "Host: 127.0.0.1.:" + port + "\r\n",
		"localhost.":           "Host: localhost.:" + port + "\r\n",
		"localhost, no port":   "Host: localhost\r\n",
		"other port":           "Host: 127.0.0.1:1\r\n",
		"0.0.0.0":              "Host: 0.0.0.0:" + port + "\r\n",
		"[::]":                 "Host: [::]:" + port + "\r\n",
		"user info":            "Host: " + here + "@evil.example\r\n",
		"subdomain":            "Host: " + here + ".evil.example\r\n",
		"forwarded":            "Host: evil.example\r\nX-Forwarded-Host: " + here + "\r\n",
	} {
		for _, version := range []string{"1.1", "1.0"} {
			answer := ask(t, s, fmt.Sprintf("GET / HTTP/%s\r\n%sConnection: close\r\n\r\n", version, host))
			if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusBadRequest {
				t.Errorf("%s (HTTP/%s): %d", name, version, answer.StatusCode)
			}
			if body, _ := io.ReadAll(answer.Body); strings.Contains(string(body), "node") {
				t.Errorf("%s: the answer tells something: %s", name, body)
			}
		}
	}
	answer := ask(t, s, "GET http://evil.example/ HTTP/1.1\r\nHost: "+here+"\r\nConnection: close\r\n\r\n")
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("absolute form: %d", answer.StatusCode)
	}
	for _, host := range []string{here, "localhost:" + port} {
		answer := ask(t, s, "GET / HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", host, answer.StatusCode)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := serve(t)
	here := s.listener.Addr().String()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
		for _, header := range []string{
			"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: nonsense",
			"Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
			"Origin: http://evil.example", "Origin: null", "Origin: https://" + here, "Origin: http://127.0.0.1:1", "Origin:",
		} {
			answer := ask(t, s, method+" / HTTP/1.1\r\nHost: "+here+"\r\n"+header+"\r\nConnection: close\r\n\r\n")
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %q: %d", method, header, answer.StatusCode)
			}
			if answer.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("it speaks CORS")
			}
		}
	}
	for _, header := range []string{"X: y", "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin", "Origin: http://" + here} {
		answer := ask(t, s, "GET / HTTP/1.1\r\nHost: "+here+"\r\n"+header+"\r\nConnection: close\r\n\r\n")
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%q: %d", header, answer.StatusCode)
		}
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	s := serve(t)
	here := s.listener.Addr().String()
	for request, status := range map[string]int{
		"GET / HTTP/1.1\r\nHost: " + here:             200,
		"HEAD / HTTP/1.1\r\nHost: " + here:            200,
		"POST / HTTP/1.1\r\nHost: " + here:            405,
		"GET /v1/status HTTP/1.1\r\nHost: " + here:    401,
		"GET /debug/pprof/ HTTP/1.1\r\nHost: " + here: 404,
		"GET / HTTP/1.1\r\nHost: evil.example":        403,
	} {
		answer := ask(t, s, request+"\r\nConnection: close\r\n\r\n")
		if answer.StatusCode != status {
			t.Errorf("%q: %d, not %d", request, answer.StatusCode, status)
		}
		h := answer.Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%q: %s is %q", request, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%q: the policy lacks %s: %s", request, part, csp)
			}
		}
		if h.Get("Server") != "" || h.Get("Set-Cookie") != "" {
			t.Errorf("%q tells or sets too much: %v", request, h)
		}
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "", "localhost.:0", "[::ffff:192.0.2.1]:0"} {
		if s, err := Listen(address); !errors.Is(err, ErrLoopback) {
			t.Errorf("%q: %v", address, err)
			if err == nil {
				_ = s.Close()
			}
		}
	}
	first := serve(t)
	if _, err := Listen(first.listener.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a taken port: %v", err)
	}
}

func TestSelfTest(t *testing.T) {
	s := serve(t)
	if err := s.SelfTest(t.Context()); err != nil {
		t.Error(err)
	}
	s.hosts = append(s.hosts, "coppice.invalid")
	if err := s.SelfTest(t.Context()); !errors.Is(err, ErrSelfTest) {
		t.Errorf("a server that answers to any name passes: %v", err)
	}
}

// rude is a listener that hangs up on the first so many who come.
type rude struct {
	net.Listener
	left int
}

func (r *rude) Accept() (net.Conn, error) {
	for ; r.left > 0; r.left-- {
		conn, err := r.Listener.Accept()
		if err != nil {
			return nil, err
		}
		_ = conn.Close()
	}
	return r.Listener.Accept()
}

// Somebody who floods the port does not end the node: no answer is no wrong answer.
func TestSelfTestAsksAgain(t *testing.T) {
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = &rude{s.listener, 2}
	ended := make(chan error, 1)
	go func() {
		ended <- s.Serve(t.Context(), guarded{})
	}()
	if err := s.SelfTest(t.Context()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(s.Close(), <-ended); err != nil {
		t.Error(err)
	}
}

// queue is a listener at which these connections stand, in order.
type queue chan net.Conn

func (q queue) Accept() (net.Conn, error) {
	conn, ok := <-q
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (q queue) Close() error   { return nil }
func (q queue) Addr() net.Addr { return nil }

// Who comes when all seats are taken is hung up on at once; who leaves, even
// twice, gives one seat back.
func TestCrowdHasSoManySeats(t *testing.T) {
	waiting := make(queue, 4)
	var callers []net.Conn
	for range 4 {
		caller, here := net.Pipe()
		callers = append(callers, caller)
		waiting <- here
	}
	c := &crowd{Listener: waiting, seats: make(chan struct{}, 2)}
	var seated []net.Conn
	for range 2 {
		conn, err := c.Accept()
		if err != nil {
			t.Fatal(err)
		}
		seated = append(seated, conn)
	}
	close(waiting)
	if _, err := c.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a third was let in: %v", err)
	}
	for _, turned := range callers[2:] {
		if _, err := turned.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("who found no seat waits on: %v", err)
		}
	}
	if err := errors.Join(seated[0].Close(), seated[0].Close()); err != nil {
		t.Fatal(err)
	}
	if free := cap(c.seats) - len(c.seats); free != 1 {
		t.Errorf("%d seats are free after one left", free)
	}
}
