package api

import (
	"context"
	"net/http"
	"time"
)

// Charterers is what a node does about the charter. It is edited as any other
// document; "charter" stands for its id.
type Charterers interface {
	// Starters lists what a community may begin with.
	Starters(context.Context, Call) (Starters, error)
	// Charter shows which version is in force and what the text says now.
	Charter(context.Context, Call) (Charter, error)
	// Agree agrees to the text as it reads now, and shows what comes of it.
	Agree(context.Context, Call, Agreeing) (Charter, error)
}

// Agreeing agrees to a charter.
type Agreeing struct {
	// Version is that of the text one read; if another reads now, nothing is
	// agreed to. Empty: whatever reads now.
	Version string `json:"version,omitempty"`
}

// Charter is a charter as it stands.
type Charter struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Style   string `json:"style" doc:"deliberate, mixed or incidental"`
	Version string `json:"version" doc:"names the text as it reads now"`
	// InForce is the newest version that a quorum of the members agreed to, or
	// else the one most agreed to; null: nobody agreed to any.
	InForce *CharterInForce `json:"in_force"`
	// Draft is the text as it reads now where it differs from that; null: it
	// does not.
	Draft        *CharterDraft `json:"draft"`
	AgreedByMe   bool          `json:"agreed_by_me" doc:"to the text as it reads now"`
	ContextKeys  []string      `json:"context_keys"`
	Formats      []string      `json:"formats" doc:"of gathering that they usually hold"`
	Starters     []Item        `json:"starters" doc:"what newcomers read first"`
	ReviewMonths uint64        `json:"review_months"`
	Quorum       string        `json:"quorum" doc:"of the members, 2/3 say"`
	Listed       bool          `json:"listed"`
	Policy       Policy        `json:"policy" doc:"how people enter, which the charter does not decide"`
	Prompts      Prompts       `json:"prompts"`
	Hint         []string      `json:"hint" doc:"what members keep talking about where they meet, if the style offers it as their domain"`
}

// CharterInForce is the version that holds.
type CharterInForce struct {
	Since  time.Time         `json:"since" doc:"when the quorum was reached, or the first agreed"`
	Agreed []Person          `json:"agreed"`
	Of     int               `json:"of" doc:"members who are in, committed and not away"`
	Needs  int               `json:"needs" doc:"how many of them make a quorum"`
	Thinly bool              `json:"thinly" doc:"it lacks the quorum"`
	Text   map[string]string `json:"text" doc:"by field; empty ones are left out"`
}

// CharterDraft is a text that differs from the version in force.
type CharterDraft struct {
	Differs []string          `json:"differs" doc:"the fields"`
	Text    map[string]string `json:"text" doc:"of those fields as they read now"`
	Agreed  []Person          `json:"agreed" doc:"to the whole text as it reads now"`
	Of      int               `json:"of"`
	Needs   int               `json:"needs"`
}

// Prompts say what a community of this style is asked and shown. What is off is
// there for whoever asks for it.
type Prompts struct {
	Charter  bool `json:"charter"`
	Agenda   bool `json:"agenda"`
	Stewards bool `json:"stewards"`
	Reviews  bool `json:"reviews"`
	Mirror   bool `json:"mirror"`
}

// Charter shows the charter.
func (c *Client) Charter(ctx context.Context) (Charter, error) {
	return do[Charter](ctx, c, http.MethodGet, "/v1/charter", nil, nil)
}

// Starters lists what a community may begin with.
func (c *Client) Starters(ctx context.Context) (Starters, error) {
	return do[Starters](ctx, c, http.MethodGet, "/v1/starters", nil, nil)
}

// Agree agrees to the charter as it reads now.
func (c *Client) Agree(ctx context.Context, a Agreeing) (Charter, error) {
	return do[Charter](ctx, c, http.MethodPost, "/v1/charter/agreement", nil, a)
}

func (a *acts) charters(b Charterers) {
	act(a, http.MethodGet, "/v1/charter", "charter", "Show the charter: what is in force, and the draft",
		func(ctx context.Context, call Call, _ plain) (Charter, error) { return b.Charter(ctx, call) })
	act(a, http.MethodGet, "/v1/starters", "starters", "List what a community may begin with",
		func(ctx context.Context, call Call, _ plain) (Starters, error) { return b.Starters(ctx, call) })
	act(a, http.MethodPost, "/v1/charter/agreement", "agree", "Agree to the charter as it reads now",
		func(ctx context.Context, call Call, in with[Agreeing]) (Charter, error) {
			return b.Agree(ctx, call, in.Body)
		})
}
