package api

import (
	"context"
	"net/http"
)

// Marking is what a member says of something in one word, or beside it, and
// whom she does not want to hear.
type Marking interface {
	// Mark marks a document with a word of one's own, or takes it back.
	Mark(ctx context.Context, call Call, id string, mark Mark) (Made, error)
	// Comment speaks beside a document, or replies to an entry of one.
	Comment(ctx context.Context, call Call, id string, comment Commenting) (Made, error)
	// Mute folds what a member says, on this node alone.
	Mute(ctx context.Context, call Call, member string) (Muted, error)
	// Unmute ends that.
	Unmute(ctx context.Context, call Call, member string) (Muted, error)
	// Muted lists who is muted here.
	Muted(context.Context, Call) (Muted, error)
}

// Mark is one word on a document.
type Mark struct {
	Mark string `json:"mark" enum:"thanks,metoo,try,flag,outside"`
	Undo bool   `json:"undo,omitempty" doc:"take it back"`
	Why  string `json:"why,omitempty" doc:"of a flag: said beside the document, for all to read"`
}

// Commenting is a comment.
type Commenting struct {
	Body string `json:"body"`
}

// Muted lists who is muted on this node. Nobody else is told.
type Muted struct {
	Items []Person `json:"items"`
}

// Mark marks a document.
func (c *Client) Mark(ctx context.Context, id string, m Mark) (Made, error) {
	if err := checkText(m.Why); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, document(id, "/marks"), nil, m)
}

// Comment speaks beside a document.
func (c *Client) Comment(ctx context.Context, id string, said Commenting) (Made, error) {
	if err := checkText(said.Body); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, document(id, "/talk"), nil, said)
}

// Mute folds what a member says.
func (c *Client) Mute(ctx context.Context, id string) (Muted, error) {
	return do[Muted](ctx, c, http.MethodPut, member(id, "/mute"), nil, nil)
}

// Unmute ends that.
func (c *Client) Unmute(ctx context.Context, id string) (Muted, error) {
	return do[Muted](ctx, c, http.MethodDelete, member(id, "/mute"), nil, nil)
}

// Muted lists who is muted.
func (c *Client) Muted(ctx context.Context) (Muted, error) {
	return do[Muted](ctx, c, http.MethodGet, "/v1/muted", nil, nil)
}

func (a *acts) marks(b Marking) {
	act(a, http.MethodPost, "/v1/documents/{id}/marks", "mark", "Mark a document with one word",
		func(ctx context.Context, call Call, in aboutWith[Mark]) (Made, error) {
			return b.Mark(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/documents/{id}/talk", "comment", "Comment on a document or reply to an entry",
		func(ctx context.Context, call Call, in aboutWith[Commenting]) (Made, error) {
			return b.Comment(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPut, "/v1/members/{id}/mute", "mute", "Fold what a member says, on this node alone",
		func(ctx context.Context, call Call, in about) (Muted, error) { return b.Mute(ctx, call, in.ID) })
	act(a, http.MethodDelete, "/v1/members/{id}/mute", "unmute", "Show again what a member says",
		func(ctx context.Context, call Call, in about) (Muted, error) { return b.Unmute(ctx, call, in.ID) })
	act(a, http.MethodGet, "/v1/muted", "muted", "List who is muted here",
		func(ctx context.Context, call Call, _ plain) (Muted, error) { return b.Muted(ctx, call) })
}
