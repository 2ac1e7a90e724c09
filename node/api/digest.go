package api

import (
	"context"
	"net/http"
	"time"
)

// Digesting is what a node tells its person of what happened since she last
// asked. Nothing of it is told to anybody else.
type Digesting interface {
	// Digest tells it, and with Seen notes how far she has heard.
	Digest(context.Context, Call, Digestion) (Digest, error)
}

// Digestion asks for a digest.
type Digestion struct {
	// Seen has the next digest begin where this one ends.
	Seen bool
	// Since tells again what others did since a time, by their clocks; zero:
	// since the digest before.
	Since time.Time
}

// Digest is what others did, each document once.
type Digest struct {
	Since     time.Time `json:"since" doc:"when the digest before was made; of the first one, when this node's person came in"`
	Until     time.Time `json:"until"`
	First     bool      `json:"first,omitempty" doc:"there was none before: what was here when she came is no news"`
	ForMe     []Told    `json:"for_me" doc:"answers to her, talk on what is hers, what names her"`
	InMyAreas []Told    `json:"in_my_areas" doc:"what else happened where she helps or learns"`
	Changed   []Told    `json:"changed" doc:"what others changed in what she wrote or shaped"`
	Arrivals  []Told    `json:"arrivals" doc:"who came, those with an area in common first"`
	Rest      int       `json:"rest" doc:"further documents in which something happened"`
}

// Told is a document and all that others did in it.
type Told struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Title string    `json:"title"`
	By    Person    `json:"by" doc:"who did the last of it"`
	At    time.Time `json:"at" doc:"when, by her clock"`
	What  string    `json:"what" doc:"all of it, in words"`
}

// Digest tells what happened; with seen it is not told again.
func (c *Client) Digest(ctx context.Context, d Digestion) (Digest, error) {
	if d.Seen {
		return do[Digest](ctx, c, http.MethodPost, "/v1/digest", nil, nil)
	}
	since := ""
	if !d.Since.IsZero() {
		since = d.Since.UTC().Format(time.RFC3339Nano)
	}
	return do[Digest](ctx, c, http.MethodGet, "/v1/digest", query("since", since), nil)
}

type digests struct {
	Params
	Since time.Time `query:"since" doc:"RFC 3339; absent: since the digest before"`
}

func (d digests) in() Params { return d.Params }

func (a *acts) digests(b Digesting) {
	act(a, http.MethodGet, "/v1/digest", "look", "Tell what happened since the digest before, and leave it new",
		func(ctx context.Context, call Call, in digests) (Digest, error) {
			return b.Digest(ctx, call, Digestion{Since: in.Since})
		})
	act(a, http.MethodPost, "/v1/digest", "digest", "Tell what happened since the digest before, once",
		func(ctx context.Context, call Call, _ plain) (Digest, error) {
			return b.Digest(ctx, call, Digestion{Seen: true})
		})
}
