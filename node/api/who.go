package api

import (
	"context"
	"net/http"
	"time"
)

// Acquainting is what a node tells of who knows what, who knows whom, and who
// does not yet.
type Acquainting interface {
	// Who tells who knows what: of all, of one member, of one area, or of both.
	Who(context.Context, Call, Looking) (Who, error)
	// Unmet lists who shares an area with this node's person and with whom
	// nothing has passed yet.
	Unmet(context.Context, Call) (Unmet, error)
	// Graph tells what passed between members in the last year, put together.
	Graph(context.Context, Call) (Graph, error)
	// Arrivals lists who came lately, and what this node's person has not said
	// of herself yet.
	Arrivals(context.Context, Call) (Arrivals, error)
	// Introduce sets what she says of herself; what is empty stays as it is.
	Introduce(context.Context, Call, Introduction) (Made, error)
	// Away says until when she is away, or that she is back.
	Away(context.Context, Call, Away) (Away, error)
	// Recognise says for what, in which area, a member is recognised.
	Recognise(ctx context.Context, call Call, member string, recognising Recognising) (Recognition, error)
	// Unrecognise takes that back.
	Unrecognise(ctx context.Context, call Call, member, area string) error
}

// Looking narrows who knows what.
type Looking struct {
	Member string `json:"member,omitempty" doc:"an id, the beginning of one, a name, or me"`
	Area   string `json:"area,omitempty" doc:"a title or an id"`
}

// Who tells who knows what, by the titles of areas.
type Who struct {
	Items []AreaKnown `json:"items"`
}

// AreaKnown is who knows an area, the surest first.
type AreaKnown struct {
	Area   Item    `json:"area"`
	People []Knows `json:"people"`
}

// Knows is what a member knows of an area.
type Knows struct {
	Member      Person        `json:"member"`
	How         string        `json:"how" enum:"recognised,helps and contributed,helps,contributed,learns"`
	Helps       bool          `json:"helps,omitempty" doc:"she says that she helps"`
	Learns      bool          `json:"learns,omitempty" doc:"she says that she learns it"`
	Recognised  []Recognition `json:"recognised,omitempty"`
	Contributed []Item        `json:"contributed,omitempty" doc:"ways and stories of hers, what she tried, questions in which an answer of hers helped"`
}

// Recognition is a sentence about somebody's contribution.
type Recognition struct {
	By    Person    `json:"by"`
	Of    Person    `json:"of"`
	Area  Item      `json:"area"`
	For   []Item    `json:"for"`
	Words string    `json:"words,omitempty"`
	At    time.Time `json:"at"`
	Says  string    `json:"says" doc:"all of it in a sentence"`
}

// Recognising asks for one.
type Recognising struct {
	Area  string   `json:"area" doc:"a title or an id"`
	For   []string `json:"for" doc:"what she contributed: documents, answers, trials; at least one is hers"`
	Words string   `json:"words,omitempty"`
}

// Common is an area that two have in common.
type Common struct {
	Area Item   `json:"area"`
	Says string `json:"says" doc:"what of it, as it goes on from her name"`
}

// Acquaintance is somebody with whom one has something in common.
type Acquaintance struct {
	Member Person     `json:"member"`
	Does   string     `json:"does,omitempty" doc:"what she does, in her words"`
	Shared []Common   `json:"shared"`
	Came   *time.Time `json:"came,omitempty" doc:"of one who came lately"`
	Says   string     `json:"says" doc:"the same in a sentence"`
	Next   string     `json:"next" doc:"the command by which to greet her"`
}

// Unmet lists whom one has not met, who has most to do with one first.
type Unmet struct {
	Items []Acquaintance `json:"items"`
}

// Arrivals lists who came lately, those with an area in common first.
type Arrivals struct {
	Items []Acquaintance `json:"items"`
	// Unsaid names what this node's person has not said of herself: does,
	// helps, learns.
	Unsaid []string `json:"unsaid"`
}

// Introduction is what a member says of herself.
type Introduction struct {
	Intro   string   `json:"intro,omitempty"`
	Does    string   `json:"does,omitempty" doc:"what she does, and since when"`
	Helps   []string `json:"helps,omitempty" doc:"areas in which she helps, by title or id"`
	Learns  []string `json:"learns,omitempty" doc:"areas she wants to learn"`
	Service []string `json:"service,omitempty" doc:"what she does for all: welcomer, reporter ..."`
}

// Away is until when a member is away.
type Away struct {
	Until string `json:"until,omitempty" doc:"the last day, 2026-08-31; asked for also as a while (10d, 6w), back, or empty: four weeks"`
	Back  bool   `json:"back,omitempty" doc:"of an answer: she is back"`
}

// Graph is who knows whom.
type Graph struct {
	Nodes []GraphNode `json:"nodes" doc:"all who are in, by name"`
	Edges []GraphEdge `json:"edges" doc:"the strongest first"`
}

// GraphNode is a member in a [Graph].
type GraphNode struct {
	Member Person `json:"member"`
	Level  string `json:"level"`
}

// GraphEdge is what passed from one to another, or without direction between
// two; or that two have not met and share an area.
type GraphEdge struct {
	From   Person     `json:"from"`
	To     Person     `json:"to"`
	Both   bool       `json:"both,omitempty" doc:"it has no direction"`
	Unmet  bool       `json:"unmet,omitempty" doc:"nothing passed yet; from is this node's person"`
	Weight int        `json:"weight" doc:"how thick a line is; it says nothing of anybody"`
	Last   *time.Time `json:"last,omitempty"`
	Says   string     `json:"says" doc:"the same in a sentence"`
}

// Who tells who knows what.
func (c *Client) Who(ctx context.Context, l Looking) (Who, error) {
	return do[Who](ctx, c, http.MethodGet, "/v1/who", query("member", l.Member, "area", l.Area), nil)
}

// Unmet lists whom one has not met.
func (c *Client) Unmet(ctx context.Context) (Unmet, error) {
	return do[Unmet](ctx, c, http.MethodGet, "/v1/unmet", nil, nil)
}

// Graph tells who knows whom.
func (c *Client) Graph(ctx context.Context) (Graph, error) {
	return do[Graph](ctx, c, http.MethodGet, "/v1/graph", nil, nil)
}

// Arrivals lists who came lately.
func (c *Client) Arrivals(ctx context.Context) (Arrivals, error) {
	return do[Arrivals](ctx, c, http.MethodGet, "/v1/arrivals", nil, nil)
}

// Introduce sets what one says of oneself.
func (c *Client) Introduce(ctx context.Context, i Introduction) (Made, error) {
	if err := checkText(i.Intro, i.Does); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, "/v1/introduction", nil, i)
}

// Away says until when one is away.
func (c *Client) Away(ctx context.Context, a Away) (Away, error) {
	return do[Away](ctx, c, http.MethodPut, "/v1/away", nil, a)
}

// Recognise says for what a member is recognised.
func (c *Client) Recognise(ctx context.Context, id string, r Recognising) (Recognition, error) {
	if err := checkText(r.Words); err != nil {
		return Recognition{}, err
	}
	return do[Recognition](ctx, c, http.MethodPut, member(id, "/recognition"), nil, r)
}

// Unrecognise takes that back.
func (c *Client) Unrecognise(ctx context.Context, id, area string) error {
	_, err := do[struct{}](ctx, c, http.MethodDelete, member(id, "/recognition"), query("area", area), nil)
	return err
}

type looking struct {
	Params
	Member string `query:"member" doc:"an id, the beginning of one, a name, or me; empty: everybody"`
	Area   string `query:"area" doc:"a title or an id; empty: every area"`
}

func (l looking) in() Params { return l.Params }

type unrecognising struct {
	Params
	ID   string `path:"id"`
	Area string `query:"area" required:"true" doc:"a title or an id"`
}

func (u unrecognising) in() Params { return u.Params }

func (a *acts) acquaintances(b Acquainting) {
	act(a, http.MethodGet, "/v1/who", "who", "Tell who knows what",
		func(ctx context.Context, call Call, in looking) (Who, error) {
			return b.Who(ctx, call, Looking{in.Member, in.Area})
		})
	act(a, http.MethodGet, "/v1/unmet", "unmet", "List whom one has not met",
		func(ctx context.Context, call Call, _ plain) (Unmet, error) { return b.Unmet(ctx, call) })
	act(a, http.MethodGet, "/v1/graph", "graph", "Tell who knows whom",
		func(ctx context.Context, call Call, _ plain) (Graph, error) { return b.Graph(ctx, call) })
	act(a, http.MethodGet, "/v1/arrivals", "arrivals", "List who came lately",
		func(ctx context.Context, call Call, _ plain) (Arrivals, error) { return b.Arrivals(ctx, call) })
	act(a, http.MethodPost, "/v1/introduction", "introduce", "Say something of oneself",
		func(ctx context.Context, call Call, in with[Introduction]) (Made, error) {
			return b.Introduce(ctx, call, in.Body)
		})
	act(a, http.MethodPut, "/v1/away", "away", "Say until when one is away",
		func(ctx context.Context, call Call, in with[Away]) (Away, error) { return b.Away(ctx, call, in.Body) })
	act(a, http.MethodPut, "/v1/members/{id}/recognition", "recognise", "Recognise a member for a contribution",
		func(ctx context.Context, call Call, in aboutWith[Recognising]) (Recognition, error) {
			return b.Recognise(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodDelete, "/v1/members/{id}/recognition", "unrecognise", "Take a recognition back",
		func(ctx context.Context, call Call, in unrecognising) (none, error) {
			return none{}, b.Unrecognise(ctx, call, in.ID, in.Area)
		})
}
