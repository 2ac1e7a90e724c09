package api

import (
	"context"
	"net/http"
)

// Tending is what a node finds that wants care, and what it finds to be glad of.
type Tending interface {
	// Tend tells what falls to this node's person this week, and what waits for
	// whoever likes to care for it.
	Tend(context.Context, Call) (Tend, error)
	// Mirror shows what came of telling each other.
	Mirror(context.Context, Call) (Mirror, error)
}

// Tend is all that wants care. Every list but the first two has at most 20
// lines; More says of each by its name how many are left out.
type Tend struct {
	Week        string         `json:"week" doc:"by ISO 8601, 2026-W21"`
	Duties      []Duty         `json:"duties" doc:"hers this week: at most three, chosen by no person"`
	Tries       []Care         `json:"tries" doc:"what she meant to try two weeks ago and more: how did it go?"`
	Stale       []Care         `json:"stale" doc:"ways to be looked at again, the longest overdue first"`
	Undistilled []Care         `json:"undistilled" doc:"questions with an answer that helped, of which nothing was made"`
	Unwritten   []Care         `json:"unwritten" doc:"problems met three times and more, without a proven way"`
	OneKeeper   []OneKeeper    `json:"one_keeper" doc:"areas that rest on one member"`
	Unexplained []Word         `json:"unexplained" doc:"words in use that nobody explained"`
	Twins       []Twins        `json:"twins" doc:"pairs that are perhaps one"`
	Conflicts   []Conflicted   `json:"conflicts" doc:"what two chose or wrote apart"`
	Hint        []string       `json:"hint" doc:"what members keep talking about, where it may be their domain and nobody said so"`
	More        map[string]int `json:"more" doc:"lines left out, by the name of their list"`
}

// MostCare is how many lines a list of a [Tend] has.
const MostCare = 20

// Duty is one thing that falls to a member.
type Duty struct {
	Duty string `json:"duty" enum:"welcome,answer,scribe,review"`
	Item Item   `json:"item" doc:"the newcomer's page, the question, the gathering, the way"`
	Why  string `json:"why"`
	Next string `json:"next" doc:"the command that does it"`
}

// Care is a document that wants something done about it.
type Care struct {
	Item
	Why  string `json:"why"`
	Next string `json:"next" doc:"the command that does it"`
}

// OneKeeper is an area of which one member alone knows.
type OneKeeper struct {
	Area   Item   `json:"area"`
	Keeper Person `json:"keeper"`
	Why    string `json:"why"`
	Next   string `json:"next" doc:"the command that does something about it"`
}

// Mirror is what a community learned by meeting. It counts what was told and
// used, and nobody's reading.
type Mirror struct {
	Gatherings int       `json:"gatherings" doc:"held"`
	Stories    int       `json:"stories"`
	Tricks     int       `json:"tricks" doc:"ways"`
	Used       int       `json:"used" doc:"stories and ways that somebody else used"`
	Learned    []Learned `json:"learned" doc:"who used what others told, by name; at most 50"`
	Says       []string  `json:"says" doc:"the same for a person, in sentences"`
}

// Learned is what one member used of what others told.
type Learned struct {
	Member Person `json:"member"`
	From   []Item `json:"from" doc:"in the order she did, at most 50"`
}

// Tend tells what wants care.
func (c *Client) Tend(ctx context.Context) (Tend, error) {
	return do[Tend](ctx, c, http.MethodGet, "/v1/tend", nil, nil)
}

// Mirror shows what came of telling each other.
func (c *Client) Mirror(ctx context.Context) (Mirror, error) {
	return do[Mirror](ctx, c, http.MethodGet, "/v1/mirror", nil, nil)
}

func (a *acts) tending(b Tending) {
	act(a, http.MethodGet, "/v1/tend", "tend", "Tell what wants care, and what of it falls to one this week",
		func(ctx context.Context, call Call, _ plain) (Tend, error) { return b.Tend(ctx, call) })
	act(a, http.MethodGet, "/v1/mirror", "mirror", "Show what came of telling each other",
		func(ctx context.Context, call Call, _ plain) (Mirror, error) { return b.Mirror(ctx, call) })
}
