package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"
)

const eventsPath = "/v1/events"

const (
	firstWord = 5 * time.Second  // for the token
	wordTime  = 10 * time.Second // for one message to leave
	pingEvery = 25 * time.Second

	// StatusSession closes an event stream whose token is none, or whose
	// session is over.
	StatusSession websocket.StatusCode = 4401
)

// stream answers GET /v1/events: a WebSocket on which the node tells what
// changes. A nil sessions asks for no token. The library compares Origin, if
// there is one, with the host asked for.
type stream struct {
	feed     *Feed
	sessions *Sessions
}

func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, fmt.Errorf("%w: the event stream is opened by GET", ErrUsage))
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // the library has answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 10)
	var ended <-chan struct{}
	if s.sessions != nil {
		ok := false
		if ended, ok = s.first(r.Context(), conn); !ok {
			_ = conn.Close(StatusSession, "no session")
			return
		}
	}
	l := s.feed.listen()
	if l == nil {
		_ = conn.Close(websocket.StatusTryAgainLater, "too many pages listen")
		return
	}
	defer s.feed.leave(l)
	s.pass(conn.CloseRead(r.Context()), conn, l, ended)
}

// first reads the page's first word, its token.
func (s *stream) first(ctx context.Context, conn *websocket.Conn) (ended <-chan struct{}, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	_, raw, err := conn.Read(ctx)
	if err != nil {
		return nil, false
	}
	var word Entered
	if strict(raw) != nil || json.Unmarshal(raw, &word) != nil {
		return nil, false
	}
	return s.sessions.Admits(word.Token)
}

// pass writes events until the page leaves or its session ends. CloseRead has
// given ctx: it ends when the page goes away or says anything more.
func (s *stream) pass(ctx context.Context, conn *websocket.Conn, l *listener, ended <-chan struct{}) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ended:
			_ = conn.Close(StatusSession, "the session is over")
			return
		case <-ping.C:
			within, cancel := context.WithTimeout(ctx, wordTime)
			err := conn.Ping(within)
			cancel()
			if err != nil {
				return
			}
		case <-l.kick:
			for _, e := range l.take() {
				if err := write(ctx, conn, e); err != nil {
					return
				}
			}
		}
	}
}

func write(ctx context.Context, conn *websocket.Conn, e Event) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, wordTime)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, raw)
}

// describe puts the event stream into the description: it is no act of huma's.
func (a *acts) describeEvents() {
	events := a.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Event](), true, "Event")
	a.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: eventsPath, Summary: "Hear what changes (a WebSocket)",
		Description: `On the pages' door the first message is the page's, within 5 seconds: {"token":"..."}. ` +
			`All others are the node's, each one event. Close code 4401: the token is none, or the session is over.`,
		Responses: map[string]*huma.Response{
			"101": {Description: "One event a message", Content: map[string]*huma.MediaType{"application/json": {Schema: events}}},
		},
	})
}
