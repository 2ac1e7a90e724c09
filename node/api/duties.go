package api

import (
	"context"
	"net/http"
)

// Dutiful is what falls to this node's person.
type Dutiful interface {
	// Duties tells what falls to her this week.
	Duties(context.Context, Call) (Duties, error)
}

// Duties is what falls to a member in a week: at most three things, chosen by
// no person.
type Duties struct {
	Week   string `json:"week" doc:"by ISO 8601, 2026-W21"`
	Duties []Duty `json:"duties"`
}

// Duty is one thing that falls to a member.
type Duty struct {
	Duty string `json:"duty" enum:"welcome,answer,scribe"`
	Item Item   `json:"item" doc:"the newcomer's page, the question, the gathering"`
	Why  string `json:"why"`
	Next string `json:"next" doc:"the command that does it"`
}

// Duties tells what falls to one this week.
func (c *Client) Duties(ctx context.Context) (Duties, error) {
	return do[Duties](ctx, c, http.MethodGet, "/v1/duties", nil, nil)
}

func (a *acts) duties(b Dutiful) {
	act(a, http.MethodGet, "/v1/duties", "duties", "Tell what falls to one this week",
		func(ctx context.Context, call Call, _ plain) (Duties, error) { return b.Duties(ctx, call) })
}
