package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// ErrSession is returned for a code or token that is wrong, used or over.
var ErrSession = errors.New("this page is not let in")

const (
	// CodeTime is how long a one-time code holds, by the real clock.
	CodeTime = 60 * time.Second

	mostCodes    = 8  // that hold at once; one more ends the oldest
	mostSessions = 64 // likewise
)

// Sessions lets pages in. Whoever may open the socket gets a one-time code,
// which a page swaps for a token once. Of both only hashes are kept, and in
// memory alone: a restart ends every session. Safe for concurrent use.
type Sessions struct {
	now func() time.Time

	mu     sync.Mutex
	codes  []code
	tokens []*session
}

type code struct {
	hash  [sha256.Size]byte
	until time.Time
}

type session struct {
	hash  [sha256.Size]byte
	ended chan struct{} // closed when the session is over
}

// NewSessions returns a door that nobody may pass yet.
func NewSessions() *Sessions { return &Sessions{now: time.Now} }

// Code makes a code of 26 characters that holds for [CodeTime] and once.
func (s *Sessions) Code() string {
	text := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes = append(s.codes, code{sha256.Sum256([]byte(text)), s.now().Add(CodeTime)})
	s.codes = s.codes[max(0, len(s.codes)-mostCodes):]
	return text
}

// Swap takes a code and returns a token of 256 random bits. [ErrSession] when
// the code is none that holds.
func (s *Sessions) Swap(text string) (token string, err error) {
	hash := sha256.Sum256([]byte(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	found := -1
	for i, c := range s.codes {
		if subtle.ConstantTimeCompare(c.hash[:], hash[:]) == 1 && now.Before(c.until) {
			found = i
		}
	}
	if found < 0 {
		return "", fmt.Errorf("%w: the code is wrong, used or older than a minute", ErrSession)
	}
	s.codes = slices.Delete(s.codes, found, found+1)
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(random[:])
	s.tokens = append(s.tokens, &session{sha256.Sum256([]byte(token)), make(chan struct{})})
	if len(s.tokens) > mostSessions {
		close(s.tokens[0].ended)
		s.tokens = s.tokens[1:]
	}
	return token, nil
}

// find returns the session of a token and its index. The caller holds s.mu.
func (s *Sessions) find(token string) (*session, int) {
	hash := sha256.Sum256([]byte(token))
	found := -1
	for i, one := range s.tokens {
		if subtle.ConstantTimeCompare(one.hash[:], hash[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return nil, found
	}
	return s.tokens[found], found
}

// Admits returns a channel that is closed when the token's session is over,
// and false for a token that is none.
func (s *Sessions) Admits(token string) (ended <-chan struct{}, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, _ := s.find(token)
	if one == nil {
		return nil, false
	}
	return one.ended, true
}

// End ends the session of a token.
func (s *Sessions) End(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, i := s.find(token); one != nil {
		close(one.ended)
		s.tokens = slices.Delete(s.tokens, i, i+1)
	}
}

// EndAll ends every session and every code, and says how many sessions.
func (s *Sessions) EndAll() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.tokens)
	for _, one := range s.tokens {
		close(one.ended)
	}
	s.codes, s.tokens = nil, nil
	return n
}

// Opened is where a browser is let in: the address holds a one-time code, to
// be handed to the browser alone.
type Opened struct {
	Address string `json:"address" doc:"http://127.0.0.1:PORT/#CODE"`
	Seconds int    `json:"seconds" doc:"how long the code holds"`
}

// Closed counts the pages that were shut out.
type Closed struct {
	Sessions int `json:"sessions"`
}

// Entering is a page's one-time code.
type Entering struct {
	Code string `json:"code" maxLength:"64"`
}

// Entered is a page's token; it goes into the Authorization header of every
// act, after "Bearer ", and ends with the session or the node.
type Entered struct {
	Token string `json:"token"`
}

// Paths of the acts that are about pages: the first two are answered on the
// socket alone, so that no page can outlive its own session; the last is the
// one act that asks for no token.
const (
	codesPath    = "/v1/codes"
	sessionsPath = "/v1/sessions"
	sessionPath  = "/v1/session"
)

// bearer returns the token of a request: its one Authorization header is
// "Bearer" and the token, and nothing else is one.
func bearer(values []string) string {
	if len(values) != 1 {
		return ""
	}
	token, is := strings.CutPrefix(values[0], "Bearer ")
	if !is {
		return ""
	}
	return token
}

type leaving struct {
	Authorization string `header:"Authorization" doc:"Bearer TOKEN"`
}

func (a *acts) sessions(s *Sessions, web string) {
	huma.Register(a.api, operation(http.MethodPost, codesPath, "open", "Make a one-time code for a browser (socket only)"),
		func(_ context.Context, _ *struct{}) (*answer[Opened], error) {
			return &answer[Opened]{Opened{web + "#" + s.Code(), int(CodeTime / time.Second)}}, nil
		})
	huma.Register(a.api, operation(http.MethodDelete, sessionsPath, "close", "End the sessions of all pages (socket only)"),
		func(_ context.Context, _ *struct{}) (*answer[Closed], error) {
			return &answer[Closed]{Closed{s.EndAll()}}, nil
		})
	huma.Register(a.api, operation(http.MethodPost, sessionPath, "enter", "Swap a one-time code for a token"),
		func(_ context.Context, in *struct{ Body Entering }) (*answer[Entered], error) {
			token, err := s.Swap(in.Body.Code)
			if err != nil {
				return nil, ProblemOf(err)
			}
			return &answer[Entered]{Entered{token}}, nil
		})
	huma.Register(a.api, operation(http.MethodDelete, sessionPath, "leave-page", "End this page's session"),
		func(_ context.Context, in *leaving) (*answer[none], error) {
			s.End(bearer([]string{in.Authorization}))
			return &answer[none]{}, nil
		})
}

// Open asks for an address that lets one browser in.
func (c *Client) Open(ctx context.Context) (Opened, error) {
	return do[Opened](ctx, c, http.MethodPost, codesPath, nil, nil)
}

// ShutOut ends the sessions of all pages.
func (c *Client) ShutOut(ctx context.Context) (Closed, error) {
	return do[Closed](ctx, c, http.MethodDelete, sessionsPath, nil, nil)
}
