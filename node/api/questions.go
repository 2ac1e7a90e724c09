package api

import (
	"context"
	"net/http"
	"time"
)

// Questioners is what a node does about what members ask each other.
type Questioners interface {
	// Asking says what would come of a question, without asking it: what is
	// perhaps known already, and whom it may be put to.
	Asking(context.Context, Call, Ask) (Asked, error)
	// Ask asks it, whatever is known.
	Ask(context.Context, Call, Ask) (Asked, error)
	// Agenda lists the questions that the community keeps coming back to.
	Agenda(context.Context, Call) (Agenda, error)
}

// What the fields of an [Ask] say.
const (
	HorizonNow    = "now"
	HorizonAgenda = "agenda"
)

// Ask is a question to the community.
type Ask struct {
	Title   string   `json:"title"`
	Body    string   `json:"body,omitempty"`
	Areas   []string `json:"areas,omitempty" doc:"terms, by title, alias or id"`
	Seeks   string   `json:"seeks,omitempty" doc:"fix, pointer, experience or opinion"`
	Context string   `json:"context,omitempty" doc:"key=value, key=value"`
	Horizon string   `json:"horizon,omitempty" doc:"now, or agenda: one to keep coming back to; empty: now"`
	// WantedBy is a day, 2026-05-14.
	WantedBy   string   `json:"wanted_by,omitempty"`
	ForSomeone bool     `json:"for_someone,omitempty" doc:"one carries it for somebody who stays unnamed"`
	To         []string `json:"to,omitempty" doc:"members it is put to, by name or id"`
}

// Asked is what came of a question, or would.
type Asked struct {
	ID      string    `json:"id,omitempty" doc:"empty in what is said before"`
	Known   []Item    `json:"known" doc:"what may answer it already: ways, stories and questions, best first"`
	Matched []Matched `json:"matched" doc:"whom it may be put to: at most three who can help, and one near-peer"`
	// First says that it is the first question this member asks.
	First bool `json:"first,omitempty"`
}

// Matched is a member a question may be put to, or was.
type Matched struct {
	Member  Person   `json:"member"`
	Reasons []string `json:"reasons" doc:"in words"`
	Near    bool     `json:"near,omitempty" doc:"she learns it herself"`
}

// Stance is one of the field stances of a discussion that is shown.
type Stance struct {
	Member  Person    `json:"member"`
	At      time.Time `json:"at"`
	Value   Standing  `json:"value"`
	Earlier bool      `json:"earlier_wording,omitempty" doc:"the proposal has been reworded since"`
	Changed float64   `json:"changed,omitempty" doc:"by which share"`
}

// Standing is what a member says of a proposal.
type Standing struct {
	Says string `json:"says" doc:"agree, abstain, disagree or block"`
	Why  string `json:"why,omitempty"`
}

// Agendum is a question on the learning agenda.
type Agendum struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Author    Person    `json:"author"`
	Created   time.Time `json:"created"`
	State     string    `json:"state" doc:"open or answered"`
	MeToo     []Person  `json:"metoo" doc:"who else has it"`
	Champions []Person  `json:"champions" doc:"who takes care of it"`
	Areas     []Item    `json:"areas,omitempty"`
}

// Agenda lists questions: those which most others have too, then the older.
type Agenda struct {
	Items []Agendum `json:"items"`
	// Off says that the community's style does without an agenda: it is shown
	// to who asks for it.
	Off bool `json:"off,omitempty"`
}

// Asking says what would come of a question.
func (c *Client) Asking(ctx context.Context, q Ask) (Asked, error) {
	return c.asks(ctx, "/v1/questions/preview", q)
}

// Ask asks a question.
func (c *Client) Ask(ctx context.Context, q Ask) (Asked, error) {
	return c.asks(ctx, "/v1/questions", q)
}

func (c *Client) asks(ctx context.Context, path string, q Ask) (Asked, error) {
	for _, text := range []string{q.Title, q.Body, q.Context} {
		if err := checkText(text); err != nil {
			return Asked{}, err
		}
	}
	return do[Asked](ctx, c, http.MethodPost, path, nil, q)
}

// Agenda lists the questions of the learning agenda.
func (c *Client) Agenda(ctx context.Context) (Agenda, error) {
	return do[Agenda](ctx, c, http.MethodGet, "/v1/agenda", nil, nil)
}

func (a *acts) questions(b Questioners) {
	act(a, http.MethodPost, "/v1/questions", "ask", "Ask a question",
		func(ctx context.Context, call Call, in with[Ask]) (Asked, error) { return b.Ask(ctx, call, in.Body) })
	act(a, http.MethodPost, "/v1/questions/preview", "asking", "See what is known already, and whom to ask",
		func(ctx context.Context, call Call, in with[Ask]) (Asked, error) { return b.Asking(ctx, call, in.Body) })
	act(a, http.MethodGet, "/v1/agenda", "agenda", "List the questions of the learning agenda",
		func(ctx context.Context, call Call, _ plain) (Agenda, error) { return b.Agenda(ctx, call) })
}
