package api

import (
	"context"
	"net/http"
	"time"
)

// Trailing is what a node tells of where things came from and went.
type Trailing interface {
	// Trail tells it of a document, or of an entry of one.
	Trail(ctx context.Context, call Call, id string) (TrailOf, error)
}

// TrailStep is an item on a trail, or a part of one, and what it did there.
type TrailStep struct {
	Item Item      `json:"item"`
	Rel  string    `json:"rel" doc:"asked, answered, told, named, written, distilled, kept, adapted, replaced, about, tried, used, met, retold, shared ..."`
	By   []Person  `json:"by" doc:"whose it is"`
	At   time.Time `json:"at"`
	Says string    `json:"says" doc:"the same as a sentence"`
}

// Trail is where something came from and where it went, each the oldest first
// and at most 200 steps, those left out that are farthest.
type Trail struct {
	From []TrailStep `json:"from"`
	To   []TrailStep `json:"to"`
}

// TrailOf is the trail of a document or an entry.
type TrailOf struct {
	ID string `json:"id"`
	Trail
}

// Trail tells where something came from and where it went.
func (c *Client) Trail(ctx context.Context, id string) (TrailOf, error) {
	return do[TrailOf](ctx, c, http.MethodGet, document(id, "/trail"), nil, nil)
}

func (a *acts) trails(b Trailing) {
	act(a, http.MethodGet, "/v1/documents/{id}/trail", "trail", "Tell where something came from and where it went",
		func(ctx context.Context, call Call, in about) (TrailOf, error) { return b.Trail(ctx, call, in.ID) })
}
