package api

import (
	"bytes"
	"io"
	"net/http"
)

// Within returns a client of a node in this process, which answers by the
// handler: that of its socket, without a socket.
func Within(handler http.Handler) *Client {
	return &Client{http: &http.Client{Transport: within{handler}}}
}

// within carries requests to a handler.
type within struct{ handler http.Handler }

func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	asked.RequestURI = r.URL.RequestURI()
	out := &said{header: http.Header{}, status: http.StatusOK}
	w.handler.ServeHTTP(out, asked)
	_ = asked.Body.Close()
	return &http.Response{
		Status: http.StatusText(out.status), StatusCode: out.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: out.header, Body: io.NopCloser(&out.body), ContentLength: int64(out.body.Len()), Request: r,
	}, nil
}

// said keeps what a handler says.
type said struct {
	header http.Header
	status int
	begun  bool
	body   bytes.Buffer
}

func (a *said) Header() http.Header { return a.header }

func (a *said) WriteHeader(status int) {
	if !a.begun {
		a.status, a.begun = status, true
	}
}

func (a *said) Write(b []byte) (int, error) {
	a.begun = true
	return a.body.Write(b)
}
