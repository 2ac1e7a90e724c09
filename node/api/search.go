package api

import (
	"context"
	"net/http"
	"net/url"
)

// Seekers is what a node does about finding documents. What anyone looks for
// stays on this node and is kept nowhere.
type Seekers interface {
	// List returns a page of documents.
	List(context.Context, Call, Listing) (Items, error)
	// Search returns the documents that hold every word.
	Search(context.Context, Call, Searching) (Hits, error)
}

// Filter says which documents are meant: those that fit all that is given.
type Filter struct {
	Kind  string `json:"kind,omitempty" query:"kind" doc:"one kind, or several with commas between"`
	Area  string `json:"area,omitempty" query:"area" doc:"a term, by name or id: what is in it, and in the areas below it"`
	Form  string `json:"form,omitempty" query:"form" doc:"which of its kind: lesson, trick, experience, later ..."`
	State string `json:"state,omitempty" query:"state" doc:"how far it has come, one or several with commas between: open, solved, proven ...; old: a way that wants to be looked at again; shelved: put away"`
	By    string `json:"by,omitempty" query:"by" doc:"a member, by name or id, or me: whose it is, or who wrote it down"`
	Since string `json:"since,omitempty" query:"since" doc:"last touched then or later: a UTC day, 2026-05-14, or RFC 3339"`
	Until string `json:"until,omitempty" query:"until" doc:"last touched before, of a day on it too"`
	Ctx   string `json:"ctx,omitempty" query:"ctx" doc:"key=value, several with commas between: what shares one of them; of a way where it worked"`
	Mine  bool   `json:"mine,omitempty" query:"mine" doc:"what shares a part of the context on one's own page"`
}

func (f Filter) query(more ...string) url.Values {
	mine := ""
	if f.Mine {
		mine = "true"
	}
	return query(append([]string{
		"kind", f.Kind, "area", f.Area, "form", f.Form, "state", f.State, "by", f.By,
		"since", f.Since, "until", f.Until, "ctx", f.Ctx, "mine", mine,
	}, more...)...)
}

// Listing asks for documents, the last made first.
type Listing struct {
	Filter
	Limit int    `json:"limit,omitempty" doc:"at most 1000; 0: 50"`
	After string `json:"after,omitempty" doc:"the next of the page before"`
}

// Searching asks for documents that hold every word. Without words it asks for
// all that fit, the last made first.
type Searching struct {
	Filter
	Words string `json:"words"`
	Limit int    `json:"limit,omitempty" doc:"at most 1000; 0: 20"`
	After string `json:"after,omitempty" doc:"the next of the page before"`
}

// Hit is a document that a search found, and the best place where.
type Hit struct {
	Item
	// In says in what the words stand: former is a wording that somebody took
	// away since. Empty: none was searched for.
	In    string `json:"in,omitempty" enum:"title,text,talk,answer,notes,former"`
	Entry string `json:"entry,omitempty" doc:"the id of the entry they stand in: an answer, a comment, a trial"`
	More  int    `json:"more,omitempty" doc:"further places in it that say as much"`
	// Change and By are of a former wording: what took it away, and whose that is.
	Change string  `json:"change,omitempty"`
	By     *Person `json:"by,omitempty"`
}

// Hits is a page of what a search found, best first.
type Hits struct {
	Items []Hit   `json:"items"`
	Next  *string `json:"next" doc:"the cursor of the next page; null: this was the last"`
}

// List returns a page of documents.
func (c *Client) List(ctx context.Context, l Listing) (Items, error) {
	return do[Items](ctx, c, http.MethodGet, "/v1/documents", l.query("limit", limit(l.Limit), "after", l.After), nil)
}

// Search returns a page of the documents that hold every word.
func (c *Client) Search(ctx context.Context, s Searching) (Hits, error) {
	if err := checkText(s.Words); err != nil {
		return Hits{}, err
	}
	return do[Hits](ctx, c, http.MethodGet, "/v1/search", s.query("words", s.Words, "limit", limit(s.Limit), "after", s.After), nil)
}

type listing struct {
	Params
	Filter
	Limit int    `query:"limit" minimum:"0" maximum:"1000"`
	After string `query:"after"`
}

func (l listing) in() Params { return l.Params }

type searching struct {
	Params
	Filter
	Words string `query:"words" doc:"each as a prefix, \"quotes\" hold a phrase; none: all that fits the rest"`
	Limit int    `query:"limit" minimum:"0" maximum:"1000"`
	After string `query:"after"`
}

func (s searching) in() Params { return s.Params }

func (a *acts) searching(b Backend) {
	act(a, http.MethodGet, "/v1/documents", "list", "List documents, the last made first",
		func(ctx context.Context, call Call, in listing) (Items, error) {
			return b.List(ctx, call, Listing{in.Filter, in.Limit, in.After})
		})
	act(a, http.MethodGet, "/v1/search", "search", "Find documents by their words",
		func(ctx context.Context, call Call, in searching) (Hits, error) {
			return b.Search(ctx, call, Searching{in.Filter, in.Words, in.Limit, in.After})
		})
}
