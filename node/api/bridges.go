package api

import (
	"context"
	"net/http"
	"time"
)

// Bridging is what a node does between communities that its person is in.
type Bridging interface {
	// Bridge ties the community of the call to another that this node is in, on
	// both sides, with this person as a broker.
	Bridge(context.Context, Call, Tying) (Tied, error)
	// Share brings a document into another community that this node is in. Where
	// it is there already, whoever brought it, nothing is made.
	Share(ctx context.Context, call Call, id string, s Sharing) (Shared, error)
	// Split founds a community with copies of what is in some areas, tied to
	// the one it comes from, in which nothing changes.
	Split(context.Context, Call, Splitting) (Split, error)
}

// Tying names a neighbour.
type Tying struct {
	With string `json:"with" doc:"id, prefix or name of a community that this node is in"`
	Tie  string `json:"tie,omitempty" enum:"neighbour,parent,child,sibling" doc:"what the other is to this one; empty: neighbour"`
}

// Tied names the bridge on either side.
type Tied struct {
	ID    string `json:"id"`
	With  string `json:"with" doc:"the other community's id"`
	There string `json:"there" doc:"the bridge's id over there"`
}

// Sharing names where a document goes.
type Sharing struct {
	With string `json:"with" doc:"id, prefix or name of a community that this node is in"`
}

// Shared names the document as it is over there.
type Shared struct {
	ID      string `json:"id"`
	With    string `json:"with" doc:"the other community's id"`
	Already bool   `json:"already,omitempty" doc:"it was there before"`
}

// Splitting asks for a community made of a part of this one.
type Splitting struct {
	Name    string   `json:"name"`
	Concern string   `json:"concern,omitempty" doc:"empty: as here"`
	Areas   []string `json:"areas,omitempty" doc:"titles or ids of terms; what is in them or below goes along"`
	Members []string `json:"members,omitempty" doc:"who is invited"`
}

// Split is the new community.
type Split struct {
	Community string   `json:"community"`
	Name      string   `json:"name"`
	Copied    int      `json:"copied"`
	Failed    []string `json:"failed,omitempty" doc:"titles of what could not be copied, and why"`
	Invite    string   `json:"invite,omitempty" doc:"for the members named: to be handed over as a whole"`
	For       []Person `json:"for,omitempty"`
	Bridge    string   `json:"bridge" doc:"the tie to it, here"`
}

// Whence is the community a document came from over a bridge.
type Whence struct {
	Community string     `json:"community"`
	Name      string     `json:"name,omitempty" doc:"what that community is called, as who brought it knew"`
	By        string     `json:"by,omitempty" doc:"whose it is there"`
	ID        string     `json:"id" doc:"there"`
	At        *time.Time `json:"at,omitempty" doc:"when it was brought"`
}

// SaidElsewhere is what somebody said of a document in a community it came
// from, as the member who brought it wrote it down: nobody here said it, and it
// counts for nobody.
type SaidElsewhere struct {
	In    string `json:"in" doc:"what that community is called"`
	By    string `json:"by" doc:"a name there; empty: nobody knows"`
	At    string `json:"at,omitempty"`
	Field string `json:"field" doc:"of the document there: trials, answers, talk ..."`
	Words string `json:"words"`
}

// Beside is what a bridge shows of both sides.
type Beside struct {
	// Offers are marked as outside the domain here, and not shared yet.
	Offers     []Item `json:"offers"`
	AskedHere  []Item `json:"asked_here" doc:"open questions in the areas of the bridge, in any where it has none"`
	AskedThere []Item `json:"asked_there" doc:"likewise over there; null: this node is not in it"`
}

// Bridge ties two communities.
func (c *Client) Bridge(ctx context.Context, t Tying) (Tied, error) {
	return do[Tied](ctx, c, http.MethodPost, "/v1/bridges", nil, t)
}

// Share brings a document into another community.
func (c *Client) Share(ctx context.Context, id string, s Sharing) (Shared, error) {
	return do[Shared](ctx, c, http.MethodPost, document(id, "/share"), nil, s)
}

// Split founds a community of a part of this one.
func (c *Client) Split(ctx context.Context, s Splitting) (Split, error) {
	return do[Split](ctx, c, http.MethodPost, "/v1/split", nil, s)
}

func (a *acts) bridging(b Backend) {
	act(a, http.MethodPost, "/v1/bridges", "bridge", "Tie this community to another",
		func(ctx context.Context, call Call, in with[Tying]) (Tied, error) {
			return b.Bridge(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/documents/{id}/share", "share", "Bring a document into another community",
		func(ctx context.Context, call Call, in aboutWith[Sharing]) (Shared, error) {
			return b.Share(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/split", "split", "Found a community of a part of this one",
		func(ctx context.Context, call Call, in with[Splitting]) (Split, error) {
			return b.Split(ctx, call, in.Body)
		})
}
