package api

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Forks is what a node does for those who go on apart from a community, with
// all that it knew.
type Forks interface {
	// Fork says what a fork would carry, and what it means.
	Fork(context.Context, Call) (Fork, error)
	// MakeFork founds a community that begins with all that another knows.
	// Until it answers there is nothing of it.
	MakeFork(context.Context, Call, Forking) (ForkMade, error)
	// Origin tells from which community one began, and with check whether its
	// copies say what that one's own history says.
	Origin(context.Context, Call, OriginAsking) (Origin, error)
	// Progress tells how far an act has come whose caller gave it a name;
	// [ErrNotFound] when no such act is under way.
	Progress(ctx context.Context, call Call, job string) (Progress, error)
}

// Fork is what a fork would carry, and what it means.
type Fork struct {
	Community string   `json:"community" doc:"that it would be carried from"`
	Name      string   `json:"name"`
	Documents int      `json:"documents"`
	Waiting   int      `json:"waiting_for_key" doc:"changes that cannot be read here: they come along sealed, and are in no copy"`
	Says      []string `json:"says" doc:"what it means, for a person, in sentences"`
}

// Forking asks for a fork.
type Forking struct {
	Name    string `json:"name,omitempty" doc:"at most 64 runes; empty: as the other is called"`
	Concern string `json:"concern,omitempty" doc:"at most 280 runes; empty: the other's"`
	// As is the name of the founder's persona; empty: hers in the other.
	As         string `json:"as,omitempty"`
	Commitment string `json:"commitment,omitempty"`
	// Job is a name under which the caller asks for progress meanwhile.
	Job string `json:"job,omitempty"`
}

// ForkMade names the community that came of it.
type ForkMade struct {
	Founded
	From      string `json:"from" doc:"the community it was carried from"`
	Documents int    `json:"documents" doc:"that were carried"`
	Pages     int    `json:"pages" doc:"of the other's history"`
	Waiting   int    `json:"waiting_for_key"`
}

// OriginAsking asks for the origin of a community.
type OriginAsking struct {
	Check bool
	Job   string // as in [Forking]
}

// Origin is from which community one began.
type Origin struct {
	Community string `json:"community"`
	Name      string `json:"name"`
	// From is nil for one that was founded with nothing in it.
	From  *OriginFrom  `json:"from"`
	Check *OriginCheck `json:"check,omitempty"`
}

// OriginFrom is the community whose documents were carried. Name and concern
// are verified by its id.
type OriginFrom struct {
	Community string    `json:"community"`
	Name      string    `json:"name,omitempty" doc:"as it was founded; empty while the history is not here"`
	Concern   string    `json:"concern,omitempty"`
	Frontier  string    `json:"frontier" doc:"the hash of how far it was known"`
	By        Person    `json:"by" doc:"who carried it"`
	At        time.Time `json:"at"`
}

// OriginCheck is what came of comparing the copies with the other community's
// own history, on this machine.
type OriginCheck struct {
	Holds     bool         `json:"holds" doc:"the history is whole and every copy says what it says"`
	Failed    string       `json:"failed,omitempty" doc:"why there is no history to compare with"`
	Documents int          `json:"documents" doc:"that the other community had"`
	Same      int          `json:"same" doc:"of which the copy says the same"`
	Changed   int          `json:"changed" doc:"of these, changed here since"`
	Differs   []Difference `json:"differs"`
}

// Difference is a document that is not as the other community had it.
type Difference struct {
	ID    string `json:"id" doc:"here"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	What  string `json:"what" doc:"altered, missing, added, or unfinished"`
	Says  string `json:"says" doc:"the same as a sentence"`
}

// Progress is how far an act has come.
type Progress struct {
	Step string `json:"step" doc:"what is being done, such as \"carrying documents\""`
	Done int    `json:"done"`
	Of   int    `json:"of" doc:"0: not known"`
}

// Fork asks what a fork would mean.
func (c *Client) Fork(ctx context.Context) (Fork, error) {
	return do[Fork](ctx, c, http.MethodGet, "/v1/fork", nil, nil)
}

// MakeFork makes one.
func (c *Client) MakeFork(ctx context.Context, f Forking) (ForkMade, error) {
	if err := checkText(f.Name, f.Concern, f.As, f.Commitment); err != nil {
		return ForkMade{}, err
	}
	return do[ForkMade](ctx, c, http.MethodPost, "/v1/fork", nil, f)
}

// Origin asks from which community this one began.
func (c *Client) Origin(ctx context.Context, o OriginAsking) (Origin, error) {
	check := ""
	if o.Check {
		check = "true"
	}
	return do[Origin](ctx, c, http.MethodGet, "/v1/origin", query("check", check, "job", o.Job), nil)
}

// Progress asks how far an act has come that was given a name.
func (c *Client) Progress(ctx context.Context, job string) (Progress, error) {
	return do[Progress](ctx, c, http.MethodGet, "/v1/jobs/"+url.PathEscape(job), nil, nil)
}

type originQuery struct {
	Params
	Check bool   `query:"check" doc:"compare the copies with the history they were carried with"`
	Job   string `query:"job"`
}

func (o originQuery) in() Params { return o.Params }

func (a *acts) forks(b Backend) {
	act(a, http.MethodGet, "/v1/fork", "fork", "See what a fork would mean",
		func(ctx context.Context, call Call, _ plain) (Fork, error) { return b.Fork(ctx, call) })
	act(a, http.MethodPost, "/v1/fork", "make-fork", "Found a community with all that this one knows",
		func(ctx context.Context, call Call, in with[Forking]) (ForkMade, error) {
			return b.MakeFork(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/origin", "origin", "See from which community this one began",
		func(ctx context.Context, call Call, in originQuery) (Origin, error) {
			return b.Origin(ctx, call, OriginAsking{in.Check, in.Job})
		})
	act(a, http.MethodGet, "/v1/jobs/{id}", "progress", "See how far an act has come",
		func(ctx context.Context, call Call, in about) (Progress, error) {
			return b.Progress(ctx, call, in.ID)
		})
}
