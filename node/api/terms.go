package api

import (
	"context"
	"net/http"
)

// Wordsmiths is what a node does about the words of the domain. They are made
// and changed as any other document.
type Wordsmiths interface {
	// Terms lists them by title, or what may want a meaning.
	Terms(context.Context, Call) (Terms, error)
	// Unexplained lists words that members use and nobody explained.
	Unexplained(context.Context, Call) (Unexplained, error)
	// Map shows the areas of the domain.
	Map(context.Context, Call) (Map, error)
}

// Term is a word of the community's.
type Term struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Means    string   `json:"means" doc:"the beginning of its definition; empty: nobody wrote one"`
	Area     bool     `json:"area"`
	Parent   *Item    `json:"parent,omitempty"`
	Aliases  []string `json:"aliases"`
	Stewards []Person `json:"stewards"`
}

// Terms lists terms by title.
type Terms struct {
	Items []Term `json:"items"`
}

// Word is a word that members use and nobody explained.
type Word struct {
	Word      string `json:"word"`
	Documents int    `json:"documents" doc:"that hold it"`
	Members   int    `json:"members" doc:"who wrote them"`
}

// Unexplained lists words that may want a meaning, the likeliest first.
type Unexplained struct {
	Items []Word `json:"items"`
}

// Region is an area of the domain with all that lies below it.
type Region struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Parent     string   `json:"parent,omitempty" doc:"the id of the area it lies in"`
	Depth      int      `json:"depth" doc:"0 at the top"`
	Size       int      `json:"size" doc:"stories, problems, ways and terms"`
	Keepers    []Person `json:"keepers" doc:"recognised there, or offering help"`
	Recognised []Person `json:"recognised"`
	Learners   []Person `json:"learners"`
	Stewards   []Person `json:"stewards"`
	Open       []Item   `json:"open" doc:"open questions, and those of the agenda that are not settled"`
	Unsolved   int      `json:"unsolved" doc:"problems without a proven way"`
	Proven     int      `json:"proven" doc:"proven ways"`
	Demand     float64  `json:"demand"`
	Supply     float64  `json:"supply"`
	Gap        float64  `json:"gap" doc:"demand/(1+supply)"`
	RestsOnOne bool     `json:"rests_on_one"`
}

// Map is the domain as areas: each is followed by those that lie in it.
type Map struct {
	Items []Region `json:"items"`
}

// Terms lists the terms.
func (c *Client) Terms(ctx context.Context) (Terms, error) {
	return do[Terms](ctx, c, http.MethodGet, "/v1/terms", nil, nil)
}

// Unexplained lists words that nobody explained.
func (c *Client) Unexplained(ctx context.Context) (Unexplained, error) {
	return do[Unexplained](ctx, c, http.MethodGet, "/v1/terms/unexplained", nil, nil)
}

// Map shows the areas of the domain.
func (c *Client) Map(ctx context.Context) (Map, error) {
	return do[Map](ctx, c, http.MethodGet, "/v1/map", nil, nil)
}

func (a *acts) terms(b Wordsmiths) {
	act(a, http.MethodGet, "/v1/terms", "terms", "List the words of the domain",
		func(ctx context.Context, call Call, _ plain) (Terms, error) { return b.Terms(ctx, call) })
	act(a, http.MethodGet, "/v1/terms/unexplained", "unexplained", "List words that nobody explained",
		func(ctx context.Context, call Call, _ plain) (Unexplained, error) { return b.Unexplained(ctx, call) })
	act(a, http.MethodGet, "/v1/map", "map", "Show the areas of the domain",
		func(ctx context.Context, call Call, _ plain) (Map, error) { return b.Map(ctx, call) })
}
