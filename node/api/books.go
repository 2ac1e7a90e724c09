package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Books is what is written down to be read without a node.
type Books interface {
	// Book writes the book of an area as one HTML file.
	Book(context.Context, Call, Binding) (Bound, error)
	// BookHTML returns the book of an area.
	BookHTML(ctx context.Context, call Call, area string) ([]byte, error)
	// Archive writes all of the community as a folder that opens with no software.
	Archive(context.Context, Call, Archiving) (Archived, error)
}

// Binding asks for the book of an area.
type Binding struct {
	Area string `json:"area" doc:"a term's title or id; all areas below it too"`
	File string `json:"file" doc:"absolute; its directory must be there"`
}

// Bound is a book that was written.
type Bound struct {
	File  string `json:"file"`
	Items int    `json:"items" doc:"documents in it"`
	Bytes int    `json:"bytes"`
}

// Archiving asks for all of a community in a directory of this machine.
type Archiving struct {
	Dir string `json:"dir" doc:"absolute; made if it is not there"`
}

// Archived counts the files written.
type Archived struct {
	Dir     string `json:"dir"`
	Written int    `json:"written"`
}

// Book writes the book of an area.
func (c *Client) Book(ctx context.Context, b Binding) (Bound, error) {
	return do[Bound](ctx, c, http.MethodPost, "/v1/book", nil, b)
}

// Archive writes all of the community into a directory.
func (c *Client) Archive(ctx context.Context, a Archiving) (Archived, error) {
	return do[Archived](ctx, c, http.MethodPost, "/v1/archive", nil, a)
}

// binds is what a request for a book's text says.
type binds struct {
	Params
	Area string `query:"area" doc:"a term's title or id"`
}

// bookFile is a book as an answer: a file to keep, in which nothing runs and
// which loads nothing, wherever it is opened.
type bookFile struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Sniff       string `header:"X-Content-Type-Options"`
	Body        []byte
}

// bookPolicy is stricter than the book's own: it is a file to save, and a
// browser that shows it all the same treats it as of nowhere.
const bookPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

func (a *acts) books(b Books) {
	act(a, http.MethodPost, "/v1/book", "book", "Write the book of an area as one HTML file",
		func(ctx context.Context, call Call, in with[Binding]) (Bound, error) {
			return b.Book(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/archive", "archive", "Write all of the community as a folder that opens with no software",
		func(ctx context.Context, call Call, in with[Archiving]) (Archived, error) {
			return b.Archive(ctx, call, in.Body)
		})
	op := operation(http.MethodGet, "/v1/book", "book-html", "Return the book of an area")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "the book, a file to keep",
		Content:     map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(a.api, op, func(ctx context.Context, in *binds) (*bookFile, error) {
		call, err := in.call()
		if err != nil {
			return nil, ProblemOf(err)
		}
		html, err := b.BookHTML(ctx, call, in.Area)
		if err != nil {
			return nil, ProblemOf(err)
		}
		return &bookFile{
			Type: "text/html; charset=utf-8", Disposition: `attachment; filename="book.html"`,
			Policy: bookPolicy, Sniff: "nosniff", Body: html,
		}, nil
	})
}
