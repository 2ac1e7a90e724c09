package api

import (
	"context"
	"net/http"
)

// Committers is what a node does about its person's own commitment.
type Committers interface {
	// Commit writes or renews it. Who came as a guest has by it the rank that
	// her invite gives.
	Commit(context.Context, Call, Committing) error
}

// Committing is what a member says she is here for.
type Committing struct {
	Words string `json:"words"`
}

// Commit writes or renews this person's commitment.
func (c *Client) Commit(ctx context.Context, words string) error {
	if err := checkText(words); err != nil {
		return err
	}
	_, err := do[none](ctx, c, http.MethodPut, "/v1/commitment", nil, Committing{words})
	return err
}

func (a *acts) commitments(b Backend) {
	act(a, http.MethodPut, "/v1/commitment", "commit", "Say what one is here for",
		func(ctx context.Context, call Call, in with[Committing]) (none, error) {
			return none{}, b.Commit(ctx, call, in.Body)
		})
}
