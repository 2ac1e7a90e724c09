package api

import (
	"context"
	"net/http"
	"time"
)

// Welcoming is how a node leads its person in while she is new. What she did of
// it stays on this node: nobody else learns of it, and nothing is computed of it.
type Welcoming interface {
	// Welcome shows her path. What was chosen for her stays while it is there.
	Welcome(context.Context, Call) (Welcome, error)
	// Tick ticks a step off, or takes that back.
	Tick(context.Context, Call, WelcomeStep) (Welcome, error)
}

// Welcome is a newcomer's path: what to read, whom to meet, one small thing to
// do, one gathering to come to. It has stepped aside, empty, for who came more
// than 60 days ago or founded the community.
type Welcome struct {
	Read     []ToRead `json:"read" doc:"five, or as many as there are"`
	Meet     []ToMeet `json:"meet" doc:"two, one of them not far ahead of her"`
	Do       *ToDo    `json:"do"`
	Come     *ToCome  `json:"come"`
	Finished bool     `json:"finished" doc:"all is done, or she is new no more"`
}

// ToRead is something to read.
type ToRead struct {
	Step string `json:"step" doc:"names it when it is ticked off"`
	Item Item   `json:"item"`
	Why  string `json:"why"`
	Done bool   `json:"done"`
}

// ToMeet is somebody to meet.
type ToMeet struct {
	Step   string `json:"step"`
	Member Person `json:"member"`
	Why    string `json:"why"`
	Does   string `json:"does" doc:"the command that says hello"`
	Done   bool   `json:"done"`
}

// ToDo is one small thing to do.
type ToDo struct {
	Step string `json:"step"`
	Act  string `json:"act" doc:"what it is, in a few words"`
	Why  string `json:"why"`
	Does string `json:"does" doc:"the command that does it"`
	Item *Item  `json:"item" doc:"what it is done to, if to anything"`
	Done bool   `json:"done"`
}

// ToCome is a gathering to come to.
type ToCome struct {
	Step  string    `json:"step"`
	Item  Item      `json:"item"`
	Start time.Time `json:"start"`
	Does  string    `json:"does" doc:"the command that says so"`
	Done  bool      `json:"done"`
}

// WelcomeStep ticks off a step of a path, or takes that back.
type WelcomeStep struct {
	Step string `json:"step" doc:"as the path names it, or the beginning of it; a member also by name"`
	Done bool   `json:"done" doc:"false takes it back"`
}

// Welcome shows a newcomer's path.
func (c *Client) Welcome(ctx context.Context) (Welcome, error) {
	return do[Welcome](ctx, c, http.MethodGet, "/v1/welcome", nil, nil)
}

// Tick ticks off a step of it.
func (c *Client) Tick(ctx context.Context, s WelcomeStep) (Welcome, error) {
	return do[Welcome](ctx, c, http.MethodPost, "/v1/welcome", nil, s)
}

func (a *acts) welcoming(b Welcoming) {
	act(a, http.MethodGet, "/v1/welcome", "welcome", "Show a newcomer's path",
		func(ctx context.Context, call Call, _ plain) (Welcome, error) { return b.Welcome(ctx, call) })
	act(a, http.MethodPost, "/v1/welcome", "tick", "Tick off a step of it, on this node alone",
		func(ctx context.Context, call Call, in with[WelcomeStep]) (Welcome, error) {
			return b.Tick(ctx, call, in.Body)
		})
}
