package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// answerTime is how long an act that a page asked for may take, its wait
// included.
const answerTime = 10 * time.Minute

// Doors serves one node's acts at its two doors: the socket, which the file
// system guards, and the browser's, where every act asks for a token. Both
// have the same routes and the same answers.
type Doors struct {
	backend  Backend
	sessions *Sessions
	feed     *Feed
	acts     http.Handler
	openapi  func() []byte // written when it is first asked for
}

// NewDoors serves b. Web is the address of the pages, with a slash at its end;
// feed is what the event streams tell.
func NewDoors(b Backend, web string, feed *Feed) *Doors {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Coppice", "1")
	config.DocsPath, config.OpenAPIPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema in answers
	config.Transformers = nil
	d := &Doors{backend: b, sessions: NewSessions(), feed: feed, acts: mux}
	a := &acts{humago.New(mux, config)}
	register(a, b, d.sessions, web)
	d.openapi = sync.OnceValue(func() []byte { return description(a.api) })
	mux.HandleFunc("GET "+openapiPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(d.openapi())
	})
	mux.HandleFunc("/", unknown)
	return d
}

// unknown answers what no act answers.
func unknown(w http.ResponseWriter, r *http.Request) {
	refuse(w, fmt.Errorf("%w: no such act: %s %s", ErrNotFound, r.Method, r.URL.Path))
}

// Socket serves the Unix socket: it asks nobody who they are, and answers
// nothing that a browser sends.
func (d *Doors) Socket() http.Handler {
	events := &stream{feed: d.feed}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if name == "Origin" || name == "Referer" || strings.HasPrefix(name, "Sec-Fetch-") {
				refuse(w, fmt.Errorf("%w: the request has %s", ErrBrowser, name))
				return
			}
		}
		if r.URL.Path == eventsPath {
			events.ServeHTTP(w, r)
			return
		}
		d.serve(w, r)
	})
}

// Browser serves pages, behind a guard that has looked at Host and at where
// the request comes from. Without a token every path below /v1 is refused
// alike, before a byte of the body is read.
func (d *Doors) Browser() http.Handler {
	events := &stream{feed: d.feed, sessions: d.sessions}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == eventsPath && strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
			events.ServeHTTP(w, r)
			return
		case strings.HasPrefix(r.URL.Path, fedPath):
			d.fed(w, r)
			return
		case r.URL.Path == sessionPath && r.Method == http.MethodPost:
		default:
			if _, ok := d.sessions.Admits(bearer(r.Header.Values("Authorization"))); !ok {
				w.Header().Set("WWW-Authenticate", "Bearer")
				w.Header().Set("Connection", "close") // else the server would wait for the body
				refuse(w, fmt.Errorf("%w: there is no session, or it is over", ErrSession))
				return
			}
		}
		switch {
		case r.URL.Path == codesPath, r.URL.Path == sessionsPath, r.URL.Path == feedsPath, r.URL.Path != path.Clean(r.URL.Path):
			unknown(w, r)
			return
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime)) // a recorder in a test has none
		d.serve(w, r)
	})
}

// serve bounds what is read and refuses bodies that mean more than one thing:
// a JSON decoder would put U+FFFD in the place of bytes that are no text, and
// take the last of two keys, without a word.
func (d *Doors) serve(w http.ResponseWriter, r *http.Request) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(readTime)) // a recorder in a test has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	_ = deadline.SetReadDeadline(time.Time{})
	switch {
	case err != nil && errors.As(err, new(*http.MaxBytesError)):
		refuse(w, fmt.Errorf("%w: a request of more than %d MiB", ErrTooLarge, maxRequest>>20))
		return
	case err != nil:
		return // the caller is gone, or too slow
	case len(body) > 0 && !isJSON(r.Header.Values("Content-Type")):
		refuse(w, fmt.Errorf("%w: a request's body is application/json", ErrUsage))
		return
	case !utf8.Valid(body):
		refuse(w, fmt.Errorf("%w: the request is not UTF-8", ErrText))
		return
	}
	if err := strict(body); err != nil {
		refuse(w, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.acts.ServeHTTP(w, r)
}

func isJSON(types []string) bool {
	if len(types) != 1 {
		return false
	}
	media, _, err := mime.ParseMediaType(types[0])
	return err == nil && media == "application/json"
}

// mostNested is how deep a request's JSON may go.
const mostNested = 32

// strict refuses JSON with two keys of one name in an object, whatever their
// case, for decoders differ in which they take; and what nests too deep.
// Nothing at all is no JSON and no error.
func strict(raw []byte) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var objects []map[string]bool // nil stands for an array
	key := false                  // the next token is a key, or ends its object
	for first := true; first || len(objects) > 0; first = false {
		token, err := d.Token()
		if err != nil {
			return fmt.Errorf("%w: the request is no JSON: %w", ErrUsage, err)
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				objects = append(objects, map[string]bool{})
			case '[':
				objects = append(objects, nil)
			default:
				objects = objects[:len(objects)-1]
			}
			if len(objects) > mostNested {
				return fmt.Errorf("%w: the request nests more than %d deep", ErrUsage, mostNested)
			}
			key = len(objects) > 0 && objects[len(objects)-1] != nil
			continue
		case string:
			if key {
				name := strings.ToLower(strings.ToUpper(t))
				if objects[len(objects)-1][name] {
					return fmt.Errorf("%w: the request says %q twice", ErrUsage, t)
				}
				objects[len(objects)-1][name] = true
				key = false
				continue
			}
		}
		key = len(objects) > 0 && objects[len(objects)-1] != nil
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the request goes on after its JSON", ErrUsage)
	}
	return nil
}
