package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest sends any body to any act: it is answered, with a problem of its
// own kind when it makes no sense, and never by a fault of the server.
func FuzzRequest(f *testing.F) {
	f.Add("POST", "/v1/documents", "", `{"kind":"way","title":"T","body":"B","areas":["x"]}`)
	f.Add("POST", "/v1/join", "now=2026-01-01T00:00:00Z", `{"invite":"coppice:join/x","wait":"1m30s"}`)
	f.Add("GET", "/v1/documents", "kind=way&limit=7&after=x", "")
	f.Add("DELETE", "/v1/invites/abc", "community=x", "")
	f.Add("POST", "/v1/documents", "", `{"kind":[[[[[[[[[[]]]]]]]]]],"title":1e999}`)
	f.Add("POST", "/v1/documents", "", "{\"kind\":\"\xff\"}")
	handler := NewDoors(&fake{}, "http://127.0.0.1:1/", NewFeed()).Socket()
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		if !strings.HasPrefix(path, "/") || !token(method) {
			return
		}
		r, err := http.NewRequestWithContext(context.Background(), method, "http://coppice/", strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		func() {
			defer func() {
				// The fake has few acts; reaching another is as far as this goes.
				if p := recover(); p != nil && !strings.Contains(sprint(p), "nil pointer") {
					panic(p)
				}
			}()
			handler.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%s %q?%q %q: %d %s", method, path, query, body, w.Code, w.Body)
			}
		}()
	})
}

func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func sprint(v any) string {
	if err, ok := v.(error); ok {
		return err.Error()
	}
	return "something else"
}
