package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"
	"unicode/utf8"

	"coppice.example/protocol"
)

// Client speaks to the node that runs on a home. It may be used from several
// goroutines. Its errors are of type [*Problem].
type Client struct {
	// Call goes with every act. Set it before the first one.
	Call Call

	http *http.Client
}

// Dial returns a client of the node that runs on home. The error is
// [ErrNotRunning] when there is none.
func Dial(home string) (*Client, error) {
	path, err := SocketPath(home)
	if err != nil {
		return nil, ProblemOf(err)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	c := &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, ProblemOf(notRunning(err))
	}
	return c, conn.Close()
}

// Close lets go of the client's connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Found makes a community.
func (c *Client) Found(ctx context.Context, f Founding) (Founded, error) {
	return do[Founded](ctx, c, http.MethodPost, "/v1/communities", nil, f)
}

// Invite makes an invite.
func (c *Client) Invite(ctx context.Context, i Invitation) (Invited, error) {
	return do[Invited](ctx, c, http.MethodPost, "/v1/invites", nil, i)
}

// Invites lists the invites.
func (c *Client) Invites(ctx context.Context) (Invites, error) {
	return do[Invites](ctx, c, http.MethodGet, "/v1/invites", nil, nil)
}

// RevokeInvite ends an invite.
func (c *Client) RevokeInvite(ctx context.Context, id string) error {
	_, err := do[struct{}](ctx, c, http.MethodDelete, "/v1/invites/"+url.PathEscape(id), nil, nil)
	return err
}

// Preview asks what an invite leads to.
func (c *Client) Preview(ctx context.Context, p Previewing) (Preview, error) {
	return do[Preview](ctx, c, http.MethodPost, "/v1/preview", nil, p)
}

// Join comes in by an invite; "waiting" in the answer is no error.
func (c *Client) Join(ctx context.Context, j Joining) (Joined, error) {
	return do[Joined](ctx, c, http.MethodPost, "/v1/join", nil, j)
}

// Status describes the node.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return do[Status](ctx, c, http.MethodGet, "/v1/status", nil, nil)
}

// Connect dials a node by its multiaddress.
func (c *Client) Connect(ctx context.Context, address string) (Connected, error) {
	return do[Connected](ctx, c, http.MethodPost, "/v1/connect", nil, Connecting{address})
}

// Sync brings this node and those within reach together.
func (c *Client) Sync(ctx context.Context, s Syncing) (Synced, error) {
	return do[Synced](ctx, c, http.MethodPost, "/v1/sync", nil, s)
}

// New makes a document.
func (c *Client) New(ctx context.Context, d Draft) (Made, error) {
	if err := checkText(d.Title, d.Body); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, "/v1/documents", nil, d)
}

// Answer answers a question.
func (c *Client) Answer(ctx context.Context, id string, a Answering) (Made, error) {
	if err := checkText(a.Body); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPost, document(id, "/answers"), nil, a)
}

// Edit rewrites a text of a document or entry.
func (c *Client) Edit(ctx context.Context, id string, r Rewrite) (Made, error) {
	if err := checkText(r.Text); err != nil {
		return Made{}, err
	}
	return do[Made](ctx, c, http.MethodPut, document(id, "/text"), nil, r)
}

// Assign does one act on a field.
func (c *Client) Assign(ctx context.Context, id string, a Assignment) (Made, error) {
	if text, ok := a.Value.(string); ok {
		if err := checkText(text); err != nil {
			return Made{}, err
		}
	}
	return do[Made](ctx, c, http.MethodPost, document(id, "/fields"), nil, a)
}

// Show returns a document.
func (c *Client) Show(ctx context.Context, id string) (Document, error) {
	return do[Document](ctx, c, http.MethodGet, document(id, ""), query("ctx", c.Call.Where), nil)
}

// History returns what happened to a document.
func (c *Client) History(ctx context.Context, id string) (History, error) {
	return do[History](ctx, c, http.MethodGet, document(id, "/history"), nil, nil)
}

// Import takes the Markdown files of a directory.
func (c *Client) Import(ctx context.Context, i Importing) (Imported, error) {
	return do[Imported](ctx, c, http.MethodPost, "/v1/import", nil, i)
}

// Export writes all documents into a directory.
func (c *Client) Export(ctx context.Context, e Exporting) (Exported, error) {
	return do[Exported](ctx, c, http.MethodPost, "/v1/export", nil, e)
}

// Members lists the members.
func (c *Client) Members(ctx context.Context) (Members, error) {
	return do[Members](ctx, c, http.MethodGet, "/v1/members", nil, nil)
}

// StateHash returns the hash of all the node holds.
func (c *Client) StateHash(ctx context.Context) (StateHash, error) {
	return do[StateHash](ctx, c, http.MethodGet, "/v1/debug/state-hash", nil, nil)
}

// Rebuild makes the view anew.
func (c *Client) Rebuild(ctx context.Context) (Rebuilt, error) {
	return do[Rebuilt](ctx, c, http.MethodPost, "/v1/rebuild", nil, nil)
}

// Down ends the node; it returns when the node no longer answers.
func (c *Client) Down(ctx context.Context) error {
	if _, err := do[struct{}](ctx, c, http.MethodPost, "/v1/down", nil, nil); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c.http.CloseIdleConnections()
		if _, err := c.Status(ctx); errors.Is(err, ErrNotRunning) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ProblemOf(ctx.Err())
		case <-tick.C:
		}
	}
}

func document(id, rest string) string { return "/v1/documents/" + url.PathEscape(id) + rest }

func limit(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// checkText refuses what JSON would change on its way (bytes that are no
// UTF-8) or what the node would not take anyhow.
func checkText(texts ...string) error {
	for _, text := range texts {
		if len(text) > protocol.MaxText {
			return ProblemOf(fmt.Errorf("%w: a text of %d bytes", ErrTooLarge, len(text)))
		}
		if !utf8.ValidString(text) {
			return ProblemOf(fmt.Errorf("%w: it is not UTF-8", ErrText))
		}
	}
	return nil
}

// notRunning tells a node that is not there from other failures of a connection.
func notRunning(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOTDIR) {
		return ErrNotRunning
	}
	return err
}

func do[Out any](ctx context.Context, c *Client, method, path string, q url.Values, in any) (out Out, err error) {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return out, ProblemOf(err)
		}
		body = bytes.NewReader(encoded)
	}
	if q == nil {
		q = url.Values{}
	}
	if c.Call.Community != "" {
		q.Set("community", c.Call.Community)
	}
	if !c.Call.Now.IsZero() {
		q.Set("now", c.Call.Now.UTC().Format(time.RFC3339Nano))
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://coppice"+path, body)
	if err != nil {
		return out, ProblemOf(err)
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return out, ProblemOf(notRunning(err))
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		p := &Problem{}
		if err := json.NewDecoder(response.Body).Decode(p); err != nil || p.Code == "" {
			return out, ProblemOf(fmt.Errorf("the node answered %s", response.Status))
		}
		return out, p
	}
	if response.StatusCode == http.StatusNoContent {
		return out, nil
	}
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		return out, ProblemOf(fmt.Errorf("the node's answer: %w", err))
	}
	return out, nil
}
