package api

import (
	"context"
	"net/http"
	"time"
)

// Practised is what a way, a problem or a story says beyond its own page.
type Practised struct {
	// Of ways. Old is past the day of review, which a style that is not
	// deliberate never asks about.
	Trials   []Trial   `json:"trials,omitempty" doc:"who did as it says, and what happened, the newest last"`
	Evidence *Evidence `json:"evidence,omitempty" doc:"what the trials of the present wording come to, those of whose it is apart"`
	Old      *bool     `json:"old,omitempty" doc:"it wants to be looked at again"`
	ReviewBy string    `json:"review_by,omitempty" doc:"the day by which it is to be looked at again"`
	Reviews  []Review  `json:"reviews,omitempty"`
	About    []Item    `json:"about,omitempty" doc:"the problems it is for"`
	Rivals   []Item    `json:"rivals,omitempty" doc:"the other ways to deal with them, in the order for my context"`

	// Credited is whose a way or a story is, before whoever wrote it down. Who
	// is no member has a name and no id.
	Credited []Person `json:"credited,omitempty"`

	// Of problems.
	Met  []Meeting         `json:"met,omitempty" doc:"who met it again, the newest last"`
	Ways []Dealing         `json:"ways,omitempty" doc:"the ways to deal with it, in the order for my context"`
	Mine map[string]string `json:"mine,omitempty" doc:"my context: as the call said, else as my page says"`

	// Of stories.
	Retold []Item `json:"retold,omitempty" doc:"the gatherings it was told at once more"`
	Used   []Use  `json:"used,omitempty" doc:"who used it, the newest last"`
}

// Trial is what one member found when she did as a way says.
type Trial struct {
	ID      string            `json:"id"`
	By      Person            `json:"by"`
	At      time.Time         `json:"at"`
	Outcome string            `json:"outcome" doc:"worked, adapted or failed"`
	Context map[string]string `json:"context"`
	Words   string            `json:"words,omitempty"`
	Effect  string            `json:"effect,omitempty" doc:"what came of it in the end"`
	Faded   bool              `json:"faded" doc:"it is on a wording that has changed too much since"`
	Own     bool              `json:"own" doc:"by whose the way is: it counts for nothing"`
	Folded  string            `json:"folded,omitempty" doc:"why this node shows it closed"`
}

// Evidence is what trials come to: who, and where.
type Evidence struct {
	Worked   []Person            `json:"worked" doc:"as it says, or adapted"`
	Adapted  []Person            `json:"adapted"`
	Failed   []Person            `json:"failed"`
	Contexts []map[string]string `json:"contexts" doc:"where it worked"`
	FailedIn []map[string]string `json:"failed_in" doc:"where it failed"`
	Bound    float64             `json:"bound" doc:"Wilson's lower bound, at z = 1.28, of the share of members for whom it worked"`
}

// Review is what a member said of a way that she looked at again.
type Review struct {
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Says    string    `json:"says" doc:"still good, needs work or retire"`
	Words   string    `json:"words,omitempty"`
	Earlier bool      `json:"earlier_wording,omitempty" doc:"the way has been reworded since"`
}

// Meeting is one time that a member met a problem again.
type Meeting struct {
	ID      string            `json:"id"`
	By      Person            `json:"by"`
	At      time.Time         `json:"at"`
	Context map[string]string `json:"context"`
	Words   string            `json:"words,omitempty"`
	Folded  string            `json:"folded,omitempty" doc:"why this node shows it closed"`
}

// Use is one time that a story was of use to a member.
type Use = Meeting

// Dealing is a way as it stands under a problem.
type Dealing struct {
	Item
	Standing string              `json:"standing"`
	Fit      float64             `json:"fit" doc:"how much of where it worked is as in my context, 0 to 1"`
	Bound    float64             `json:"bound" doc:"as in its evidence"`
	Credited []Person            `json:"credited" doc:"whose it is"`
	Worked   []Person            `json:"worked"`
	Adapted  []Person            `json:"adapted"`
	Failed   []Person            `json:"failed"`
	Contexts []map[string]string `json:"contexts" doc:"where it worked"`
	FailedIn []map[string]string `json:"failed_in" doc:"where it failed"`
	UseWhen  string              `json:"use_when,omitempty" doc:"the beginning of it"`
	NotWhen  string              `json:"not_when,omitempty" doc:"the beginning of it"`
	Stewards []Person            `json:"stewards"`
	Trials   int                 `json:"trials" doc:"how many there are, those that do not count included"`
	Old      bool                `json:"old" doc:"it wants to be looked at again"`
}

// Harvesting is what a node does to make of talk what lasts.
type Harvesting interface {
	// Keep makes something of what was said at a gathering.
	Keep(ctx context.Context, call Call, k Keeping) (Made, error)
	// Distillate drafts what may be made of a question and the answers that
	// helped; whoever posts it makes it.
	Distillate(ctx context.Context, call Call, id string) (Distillate, error)
}

// Keeping says what to keep of a gathering.
type Keeping struct {
	Gathering string   `json:"gathering" doc:"its id, or that of a rhythm and a day: ID/2026-05-14"`
	As        string   `json:"as" doc:"story, way, question or term"`
	Title     string   `json:"title,omitempty" doc:"empty: how the text begins"`
	Text      string   `json:"text,omitempty" doc:"words that stand in the notes"`
	Body      string   `json:"body,omitempty" doc:"the text itself, where it is not only what stands in the notes"`
	Teller    string   `json:"teller,omitempty" doc:"whose story it is, a member or anybody else; empty: mine"`
	Areas     []string `json:"areas,omitempty" doc:"titles or ids of terms; none: those of the gathering"`
}

// Distillate is a draft of what a question came to.
type Distillate struct {
	Draft
	Credited []Person `json:"credited" doc:"whose insight it will be: who helped"`
}

// Keep makes something of what was said at a gathering.
func (c *Client) Keep(ctx context.Context, k Keeping) (Made, error) {
	if err := checkText(k.Title, k.Text, k.Body, k.Teller); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, "/v1/keeping", nil, k)
}

// Distillate drafts what may be made of a question.
func (c *Client) Distillate(ctx context.Context, id string) (Distillate, error) {
	return do[Distillate](ctx, c, http.MethodGet, document(id, "/distillate"), nil, nil)
}

func (a *acts) harvest(b Harvesting) {
	act(a, http.MethodPost, "/v1/keeping", "keep", "Keep something of what was said at a gathering",
		func(ctx context.Context, call Call, in with[Keeping]) (Made, error) {
			return b.Keep(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/documents/{id}/distillate", "distillate", "Draft what may be made of a question",
		func(ctx context.Context, call Call, in about) (Distillate, error) {
			return b.Distillate(ctx, call, in.ID)
		})
}
