package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// printed answers with a book, and refuses the one of no area.
type printed struct{ fake }

func (printed) BookHTML(_ context.Context, _ Call, area string) ([]byte, error) {
	if area == "" {
		return nil, ErrUsage
	}
	return []byte("<!doctype html><p>" + area), nil
}

func TestABookIsAFileToKeep(t *testing.T) {
	door := NewDoors(&printed{}, "http://127.0.0.1:1/", NewFeed()).Socket()
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://coppice"+path, nil))
		return w
	}
	w := ask("/v1/book?area=rubber")
	h := w.Header()
	if w.Code != http.StatusOK || w.Body.String() != "<!doctype html><p>rubber" || h.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v %s", w.Code, h, w.Body)
	}
	if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", h)
	}
	if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") || !strings.Contains(policy, "sandbox") {
		t.Errorf("the policy is %q", policy)
	}
	if w := ask("/v1/book"); w.Code != http.StatusBadRequest || !strings.Contains(w.Header().Get("Content-Type"), "json") {
		t.Errorf("no area: %d %v", w.Code, w.Header())
	}
}
