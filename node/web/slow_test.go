package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// piped is a listener whose connections are pipes, so that their time is that
// of a bubble.
type piped struct {
	conns chan net.Conn
	once  sync.Once
}

func (p *piped) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p *piped) Close() error {
	p.once.Do(func() { close(p.conns) })
	return nil
}

func (p *piped) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// L13: who is slow with a header, slow with a body, idle, or does not read what
// he asked for, is hung up on.
func TestL13WhoIsSlowIsHungUpOn(t *testing.T) {
	host := "Host: 127.0.0.1:1\r\n"
	for name, c := range map[string]struct {
		says   string
		within time.Duration
	}{
		"nothing said":      {"", headerTime},
		"half a header":     {"GET / HTTP/1.1\r\nHost: 127", headerTime},
		"half a body":       {"POST /v1/documents HTTP/1.1\r\n" + host + "Authorization: Bearer right\r\nContent-Length: 100\r\n\r\n{", readTime},
		"idle":              {"GET / HTTP/1.1\r\n" + host + "\r\n", idleTime},
		"turned away, idle": {"GET / HTTP/1.1\r\nHost: evil\r\n\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &piped{conns: make(chan net.Conn)}
				s := over(l)
				done := make(chan error, 1)
				go func() { done <- s.Serve(context.Background(), reads{}) }()
				mine, its := net.Pipe()
				l.conns <- its
				began := time.Now()
				go func() { _, _ = io.WriteString(mine, c.says) }()
				_, err := io.Copy(io.Discard, mine)
				took := time.Since(began)
				if err != nil || took > c.within+time.Second {
					t.Errorf("hung up on after %v, not %v: %v", took, c.within, err)
				}
				if err := errors.Join(s.Close(), <-done); err != nil {
					t.Error(err)
				}
				_ = mine.Close()
			})
		})
	}
}

// reads is an act that reads its body.
type reads struct{}

func (reads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil && !strings.Contains(err.Error(), "timeout") {
		w.WriteHeader(http.StatusBadRequest)
	}
}
