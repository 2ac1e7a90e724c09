package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxRequest bounds a request's body in bytes: the two longest texts, with
// every character escaped.
const maxRequest = 8 << 20

// readTime is how long a request's body may take to arrive.
const readTime = 30 * time.Second

// register lists every act.
func register(a *acts, b Backend, s *Sessions, web string) {
	a.communities(b)
	a.people(b)
	a.acquaintances(b)
	a.marks(b)
	a.digests(b)
	a.tending(b)
	a.measuring(b)
	a.welcoming(b)
	a.devices(b)
	a.documents(b)
	a.searching(b)
	a.node(b)
	a.views(b)
	a.commitments(b)
	a.gatherings(b, web)
	a.forks(b)
	a.choosers(b)
	a.bridging(b)
	a.books(b)
	a.questions(b)
	a.trails(b)
	a.harvest(b)
	a.terms(b)
	a.charters(b)
	a.sessions(s, web)
	a.describeEvents()
}

// Huma makes its own errors by this function: requests that do not parse or
// do not fit their schema. They leave in the same form as all others.
func init() {
	huma.ValidateStrictCasing = true // "Title" is no "title"
	huma.NewError = func(status int, message string, details ...error) huma.StatusError {
		kind := ErrUsage
		switch {
		case status == http.StatusRequestEntityTooLarge:
			kind = ErrTooLarge
		case status >= http.StatusInternalServerError:
			kind = errors.New("the node failed")
		}
		text := []string{message}
		for _, err := range details {
			if err != nil {
				text = append(text, err.Error())
			}
		}
		return ProblemOf(fmt.Errorf("%w: %s", kind, strings.Join(text, "; ")))
	}
}

// acts registers operations.
type acts struct{ api huma.API }

// Params go with every act; exported so that they are read from the request.
type Params struct {
	Community string `query:"community" doc:"id, prefix or name; empty: the only one"`
	Now       string `query:"now" doc:"RFC 3339; governs what the call writes and derives"`
}

func (p Params) call() (Call, error) {
	call := Call{Community: p.Community}
	if p.Now != "" {
		now, err := time.Parse(time.RFC3339Nano, p.Now)
		if err != nil {
			return call, fmt.Errorf("%w: now: %w", ErrUsage, err)
		}
		call.Now = now
	}
	return call, nil
}

type (
	plain       struct{ Params }
	with[B any] struct {
		Params
		Body B
	}
	about struct {
		Params
		ID string `path:"id" doc:"id or an unambiguous prefix"`
	}
	showing struct {
		Params
		ID  string `path:"id" doc:"id or an unambiguous prefix"`
		Ctx string `query:"ctx" doc:"the caller's context, climate=nordic,platform=van; empty: as her page says"`
	}
	aboutWith[B any] struct {
		Params
		ID   string `path:"id" doc:"id or an unambiguous prefix"`
		Body B
	}
	answer[B any] struct{ Body B }
)

func (p plain) in() Params        { return p.Params }
func (p with[B]) in() Params      { return p.Params }
func (p about) in() Params        { return p.Params }
func (p showing) in() Params      { return p.Params }
func (p aboutWith[B]) in() Params { return p.Params }

// act registers one operation: run is called with what the request said.
func act[In interface{ in() Params }, Out any](a *acts, method, path, name, summary string, run func(context.Context, Call, In) (Out, error)) {
	huma.Register(a.api, operation(method, path, name, summary), func(ctx context.Context, in *In) (*answer[Out], error) {
		call, err := (*in).in().call()
		if err != nil {
			return nil, ProblemOf(err)
		}
		out, err := run(ctx, call, *in)
		if err != nil {
			return nil, ProblemOf(err)
		}
		return &answer[Out]{out}, nil
	})
}

func operation(method, path, name, summary string) huma.Operation {
	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary,
		MaxBodyBytes:    maxRequest,
		BodyReadTimeout: -1, // the body is read already; a deadline would end acts that wait
	}
}

type none = struct{}

func (a *acts) communities(b Backend) {
	act(a, http.MethodPost, "/v1/communities", "found", "Found a community",
		func(ctx context.Context, call Call, in with[Founding]) (Founded, error) {
			return b.Found(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/invites", "invite", "Make an invite",
		func(ctx context.Context, call Call, in with[Invitation]) (Invited, error) {
			return b.Invite(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/invites", "invites", "List invites",
		func(ctx context.Context, call Call, _ plain) (Invites, error) { return b.Invites(ctx, call) })
	act(a, http.MethodDelete, "/v1/invites/{id}", "revoke-invite", "Revoke an invite",
		func(ctx context.Context, call Call, in about) (none, error) {
			return none{}, b.RevokeInvite(ctx, call, in.ID)
		})
	act(a, http.MethodPost, "/v1/preview", "preview", "See where an invite leads",
		func(ctx context.Context, call Call, in with[Previewing]) (Preview, error) {
			return b.Preview(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/join", "join", "Come in by an invite",
		func(ctx context.Context, call Call, in with[Joining]) (Joined, error) {
			return b.Join(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/members", "members", "List members",
		func(ctx context.Context, call Call, _ plain) (Members, error) { return b.Members(ctx, call) })
}

func (a *acts) documents(b Backend) {
	act(a, http.MethodPost, "/v1/documents", "new", "Make a document",
		func(ctx context.Context, call Call, in with[Draft]) (Made, error) { return b.New(ctx, call, in.Body) })
	act(a, http.MethodGet, "/v1/documents/{id}", "show", "Show a document",
		func(ctx context.Context, call Call, in showing) (Document, error) {
			call.Where = in.Ctx
			return b.Show(ctx, call, in.ID)
		})
	act(a, http.MethodGet, "/v1/documents/{id}/history", "history", "Show what happened to a document",
		func(ctx context.Context, call Call, in about) (History, error) { return b.History(ctx, call, in.ID) })
	act(a, http.MethodPut, "/v1/documents/{id}/text", "edit", "Rewrite a text of a document",
		func(ctx context.Context, call Call, in aboutWith[Rewrite]) (Made, error) {
			return b.Edit(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/documents/{id}/fields", "assign", "Change another field",
		func(ctx context.Context, call Call, in aboutWith[Assignment]) (Made, error) {
			return b.Assign(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/documents/{id}/answers", "answer", "Answer a question",
		func(ctx context.Context, call Call, in aboutWith[Answering]) (Made, error) {
			return b.Answer(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/import", "import", "Take Markdown files",
		func(ctx context.Context, call Call, in with[Importing]) (Imported, error) {
			return b.Import(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/export", "export", "Write all documents as Markdown files",
		func(ctx context.Context, call Call, in with[Exporting]) (Exported, error) {
			return b.Export(ctx, call, in.Body)
		})
}

func (a *acts) node(b Backend) {
	act(a, http.MethodGet, "/v1/status", "status", "Describe the node",
		func(ctx context.Context, call Call, _ plain) (Status, error) { return b.Status(ctx, call) })
	act(a, http.MethodPost, "/v1/connect", "connect", "Dial a node",
		func(ctx context.Context, call Call, in with[Connecting]) (Connected, error) {
			return b.Connect(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/sync", "sync", "Come together with the nodes within reach",
		func(ctx context.Context, call Call, in with[Syncing]) (Synced, error) {
			return b.Sync(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/debug/state-hash", "state-hash", "Hash all that is held",
		func(ctx context.Context, call Call, _ plain) (StateHash, error) { return b.StateHash(ctx, call) })
	act(a, http.MethodPost, "/v1/rebuild", "rebuild", "Make the view anew",
		func(ctx context.Context, call Call, _ plain) (Rebuilt, error) { return b.Rebuild(ctx, call) })
	act(a, http.MethodPost, "/v1/down", "down", "End the node",
		func(ctx context.Context, _ Call, _ plain) (none, error) { return none{}, b.Down(ctx) })
}
