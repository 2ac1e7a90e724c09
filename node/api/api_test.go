package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake answers the acts that tests ask for; the others panic.
type fake struct {
	Backend
	call Call
	err  error
}

func (f *fake) New(_ context.Context, call Call, d Draft) (Made, error) {
	f.call = call
	return Made{ID: "made " + d.Title}, f.err
}

func (f *fake) List(_ context.Context, call Call, l Listing) (Items, error) {
	next := fmt.Sprint(l.Limit, l.Kind, l.After)
	return Items{Items: []Item{}, Next: &next}, f.err
}

func (f *fake) Join(_ context.Context, _ Call, j Joining) (Joined, error) {
	return Joined{State: StateWaiting, WaitingFor: time.Duration(j.Wait).String()}, f.err
}

func (f *fake) Status(context.Context, Call) (Status, error) { return Status{Peer: "p"}, f.err }

func (f *fake) RevokeInvite(_ context.Context, _ Call, id string) error {
	if id != "a/b" {
		return ErrNotFound
	}
	return f.err
}

// serve runs a node that is nothing but b on a home of its own.
func serve(t *testing.T, b Backend) (home string) {
	t.Helper()
	home = t.TempDir()
	l, err := Listen(home)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: NewDoors(b, "http://127.0.0.1:1/", NewFeed()).Socket()}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return home
}

func dial(t *testing.T, home string) *Client {
	t.Helper()
	c, err := Dial(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestActsAndCall(t *testing.T) {
	f := &fake{}
	c := dial(t, serve(t, f))
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c.Call = Call{Community: "Bäcker & Söhne", Now: now}
	made, err := c.New(t.Context(), Draft{Kind: "way", Title: "Rest the dough"})
	if err != nil || made.ID != "made Rest the dough" {
		t.Fatal(made, err)
	}
	if f.call.Community != "Bäcker & Söhne" || !f.call.Now.Equal(now) {
		t.Errorf("the node saw the call %+v", f.call)
	}
	items, err := c.List(t.Context(), Listing{Filter: Filter{Kind: "way"}, Limit: 7, After: "x y"})
	if err != nil || items.Next == nil || *items.Next != "7wayx y" {
		t.Error(items, err)
	}
	joined, err := c.Join(t.Context(), Joining{Invite: "coppice:join/x", Wait: Duration(90 * time.Second)})
	if err != nil || joined.WaitingFor != "1m30s" {
		t.Error(joined, err)
	}
	if err := c.RevokeInvite(t.Context(), "a/b"); err != nil {
		t.Error(err)
	}
}

func TestProblemsKeepTheirMeaning(t *testing.T) {
	f := &fake{}
	c := dial(t, serve(t, f))
	for _, row := range problems {
		f.err = fmt.Errorf("way x7: %w", row.err)
		_, err := c.New(t.Context(), Draft{Kind: "way", Title: "T"})
		var p *Problem
		if !errors.As(err, &p) || p.Exit != row.exit || p.Hint != row.hint || p.Detail != f.err.Error() {
			t.Errorf("%v came as %#v", row.err, err)
		}
		if _, local := row.err.(interface{ Temporary() bool }); !local && !strings.Contains(row.err.Error(), "context") && !errors.Is(err, row.err) {
			t.Errorf("%v is not found in %v", row.err, err)
		}
	}
	f.err = Hint(fmt.Errorf("%w: Ana", ErrNotFound), "ask %s", "Ben")
	_, err := c.New(t.Context(), Draft{Kind: "way", Title: "T"})
	if p := ProblemOf(err); p.Hint != "ask Ben" || p.Exit != ExitNotFound {
		t.Errorf("hint: %+v", p)
	}
	f.err = errors.New("anything else")
	if _, err := c.New(t.Context(), Draft{}); ProblemOf(err).Exit != ExitFailed || ProblemOf(err).Code != "failed" {
		t.Error(err)
	}
}

func TestBadTextIsRefusedBeforeJSONChangesIt(t *testing.T) {
	home := serve(t, &fake{})
	c := dial(t, home)
	if _, err := c.New(t.Context(), Draft{Title: "\xff"}); !errors.Is(err, ErrText) {
		t.Error(err)
	}
	if _, err := c.New(t.Context(), Draft{Title: "x", Body: strings.Repeat("x", 10<<20)}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	for body, code := range map[string]string{
		`{"kind":"way","title":"` + "\xff" + `"}`:              "text",
		`{"kind":"way","title":"x","nonsense":1}`:              "usage",
		`{"kind":"way","title":"x"`:                            "usage",
		`{"kind":7}`:                                           "usage",
		`{"kind":"way","title":"` + strings.Repeat("x", 9<<20): "too-large",
	} {
		status, answer := raw(t, home, "POST", "/v1/documents", body, nil)
		var p Problem
		if err := json.Unmarshal([]byte(answer), &p); err != nil || p.Code != code || p.Status != status {
			t.Errorf("%.40q: %d %s", body, status, answer)
		}
	}
	if status, answer := raw(t, home, "GET", "/v1/nothing", "", nil); status != 404 || !strings.Contains(answer, "not-found") {
		t.Error(status, answer)
	}
	if status, answer := raw(t, home, "GET", "/v1/status?now=yesterday", "", nil); status != 400 || !strings.Contains(answer, "usage") {
		t.Error(status, answer)
	}
}

func TestBrowsersAreRefused(t *testing.T) {
	home := serve(t, &fake{})
	for _, name := range []string{"Origin", "Referer", "Sec-Fetch-Site", "sec-fetch-mode", "Sec-Fetch-Dest"} {
		for _, value := range []string{"", "null", "http://coppice"} {
			status, answer := raw(t, home, "GET", "/v1/status", "", map[string]string{name: value})
			if status != 403 || strings.Contains(answer, `"peer"`) {
				t.Errorf("%s %q: %d %s", name, value, status, answer)
			}
		}
	}
	if status, answer := raw(t, home, "GET", "/v1/status", "", nil); status != 200 || !strings.Contains(answer, `"peer":"p"`) {
		t.Error(status, answer)
	}
}

// raw sends a request as written and returns the status and the body.
func raw(t *testing.T, home, method, path, body string, header map[string]string) (int, string) {
	t.Helper()
	socket, err := SocketPath(home)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", socket)
	}}}
	r, err := http.NewRequest(method, "http://coppice"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		r.Header.Set(k, v)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func TestNoNode(t *testing.T) {
	for _, home := range []string{t.TempDir(), filepath.Join(t.TempDir(), "absent")} {
		if _, err := Dial(home); !errors.Is(err, ErrNotRunning) || ProblemOf(err).Exit != ExitNotRunning {
			t.Errorf("%s: %v", home, err)
		}
	}
	home := t.TempDir()
	l, err := Listen(home)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // as a killed node leaves it
	_ = l.Close()
	if _, err := Dial(home); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	if l, err = Listen(home); err != nil {
		t.Fatalf("a dead socket is in the way: %v", err)
	}
	_ = l.Close()
}

func TestSocketIsPrivate(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	for _, home := range []string{filepath.Join(t.TempDir(), "h"), long} {
		l, err := Listen(home)
		if err != nil {
			t.Fatal(err)
		}
		path, err := SocketPath(home)
		if err != nil {
			t.Fatal(err)
		}
		if len(path) > maxSocketPath {
			t.Errorf("%d bytes: %s", len(path), path)
		}
		for path, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has mode %v: %v", path, info.Mode(), err)
			}
		}
		_ = l.Close()
	}
	other, _ := SocketPath(long + "er")
	if mine, _ := SocketPath(long); mine == other {
		t.Error("two homes share a socket")
	}
}
