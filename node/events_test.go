package node

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"coppice.example/node/api"
)

// listen opens the event stream of a door; word is the first message, none
// when it is empty.
func (d *door) listen(word string, header http.Header) (*websocket.Conn, *http.Response, error) {
	d.Helper()
	conn, got, err := websocket.Dial(d.Context(), "ws://"+d.host+"/v1/events", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return nil, got, err
	}
	d.Cleanup(func() { _ = conn.CloseNow() })
	if word != "" {
		err = conn.Write(d.Context(), websocket.MessageText, []byte(word))
	}
	return conn, got, err
}

// next reads events until one is of the kind.
func next(t *testing.T, conn *websocket.Conn, kind string) api.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			t.Fatalf("no %s event: %v", kind, err)
		}
		var e api.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == kind {
			return e
		}
	}
}

func TestL7WebSockets(t *testing.T) {
	d := openDoor(t)
	token := d.enter()[len("Authorization: Bearer "):]
	word := `{"token":"` + token[:43] + `"}`
	for name, header := range map[string]http.Header{
		"another origin":  {"Origin": {"https://evil.example"}},
		"another port":    {"Origin": {"http://127.0.0.1:1"}},
		"null":            {"Origin": {"null"}},
		"https":           {"Origin": {"https://" + d.host}},
		"says cross-site": {"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"websocket"}},
		"says same-site":  {"Origin": {"http://" + d.host}, "Sec-Fetch-Site": {"same-site"}},
	} {
		if _, got, err := d.listen(word, header); err == nil || got == nil || got.StatusCode != 403 {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for name, first := range map[string]string{
		"no token":     `{}`,
		"a wrong one":  `{"token":"` + token[:42] + `_"}`,
		"no JSON":      token[:43],
		"two tokens":   `{"token":"x","token":"` + token[:43] + `"}`,
		"much":         `{"token":"` + string(make([]byte, 2<<10)) + `"}`,
		"in a query":   `{"token":""}`,
		"a code":       `{"token":"` + d.code() + `"}`,
		"another form": `["` + token[:43] + `"]`,
	} {
		conn, _, err := d.listen(first, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, raw, err := conn.Read(t.Context()); err == nil {
			t.Errorf("%s: it hears %s", name, raw)
		}
	}
	for name, header := range map[string]http.Header{
		"its own page": {"Origin": {"http://" + d.host}, "Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"websocket"}},
		"no browser":   {},
	} {
		conn, _, err := d.listen(word, header)
		if err != nil {
			t.Fatal(name, err)
		}
		if e := next(t, conn, api.EventHello); e.Boot == "" || e.Boot != d.node.feed.Boot() {
			t.Errorf("%s: %+v", name, e)
		}
		if name == "no browser" { // a page that talks on is hung up on
			_ = conn.Write(t.Context(), websocket.MessageText, []byte("more"))
			if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				t.Error(err)
			}
		}
	}
}

func TestEventStreamEndsWithItsSession(t *testing.T) {
	d := openDoor(t)
	header := d.enter()
	conn, _, err := d.listen(`{"token":"`+header[len("Authorization: Bearer "):][:43]+`"}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	next(t, conn, api.EventHello)
	d.ask("DELETE", "/v1/session", header, "")
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != api.StatusSession {
		t.Error("the stream of a page that left goes on:", err)
	}
}

func TestEventsTellWhatChanges(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	d, _ := serveDoor(t, ana)
	conn, _, err := websocket.Dial(t.Context(), "ws://coppice/v1/events", &websocket.DialOptions{HTTPClient: socketClient(d)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	next(t, conn, api.EventHello)

	way := w.way(ana, "Rest the dough", "Overnight.")
	if e := next(t, conn, api.EventChanged); !slices.Contains(e.IDs, way) || !slices.Contains(e.Kinds, "way") || e.Community == "" {
		t.Errorf("after a way: %+v", e)
	}
	w.join(ana, ben, "Ben")
	next(t, conn, api.EventPeople)
	for {
		e := next(t, conn, api.EventSync)
		if e.Peers == nil || e.InSync == nil {
			t.Fatalf("%+v", e)
		}
		if *e.Peers == 1 && *e.InSync == 1 {
			break
		}
	}
	w.edit(ben, way, "Overnight, in the cold.")
	for e := next(t, conn, api.EventChanged); !slices.Contains(e.IDs, way); e = next(t, conn, api.EventChanged) {
	}
	if text := w.show(ana, way).Body; text != "Overnight, in the cold." {
		t.Errorf("a page that was told reads %q", text)
	}
	w.down(ben)
	for e := next(t, conn, api.EventSync); *e.Peers != 0; e = next(t, conn, api.EventSync) {
	}
}

// A join tells its steps as it goes.
func TestEventsTellOfAJoin(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	w.board.part(ana.net.id(), ben.net.id(), true)
	d, _ := serveDoor(t, ben)
	conn, _, err := websocket.Dial(t.Context(), "ws://coppice/v1/events", &websocket.DialOptions{HTTPClient: socketClient(d)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	joined := must[api.Joined](t)(ben.Join(t.Context(), none, api.Joining{Invite: invited.Invite, As: "Ben", Commitment: "to learn", Wait: api.Duration(time.Millisecond)}))
	if len(joined.Steps) != 4 || joined.Steps[0].State != "now" || joined.Steps[3].State != "to come" {
		t.Errorf("while nobody is within reach: %+v", joined)
	}
	if e := next(t, conn, api.EventJoining); e.Community != joined.Community {
		t.Errorf("%+v", e)
	}
	w.board.part(ana.net.id(), ben.net.id(), false)
	for {
		next(t, conn, api.EventJoining)
		start := must[api.Start](t)(ben.Start(t.Context(), none))
		if len(start.Joining) == 0 && len(start.Communities) == 1 {
			if c := start.Communities[0]; c.Name != "Bakers" || c.Concern != "bread that keeps" || c.Member.Name != "Ben" {
				t.Errorf("%+v", c)
			}
			return
		}
	}
}

func socketClient(d *door) *http.Client {
	path := must[string](d.T)(api.SocketPath(d.node.home.dir))
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
}

// A page that does not read is told that it missed something, and costs no
// more than its queue.
func TestASlowPageIsToldToReadAnew(t *testing.T) {
	d := openDoor(t)
	header := d.enter()
	conn, _, err := d.listen(`{"token":"`+header[len("Authorization: Bearer "):][:43]+`"}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	next(t, conn, api.EventHello)
	ids := make([]string, 64)
	for i := range ids {
		ids[i] = string(make([]byte, 1<<10))
	}
	// Events that do not join, until what the system buffers is full.
	for i := range 4096 {
		d.node.feed.Tell(api.Event{Event: api.EventChanged, Community: []string{"a", "b"}[i%2], IDs: ids})
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn.SetReadLimit(1 << 20)
	for read := 0; ; read++ {
		_, raw, err := conn.Read(ctx)
		if errors.Is(err, context.DeadlineExceeded) || err != nil {
			t.Fatalf("after %d events: %v", read, err)
		}
		var e api.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == api.EventResync {
			return
		}
	}
}
