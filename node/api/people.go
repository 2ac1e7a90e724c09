package api

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// People is what a node does about who belongs to a community and what each
// may do. Members are named by id, by an unambiguous prefix, by name, or "me".
type People interface {
	// Member describes one member, or one who was.
	Member(ctx context.Context, call Call, id string) (MemberPage, error)
	// MemberLog lists what is without effect: of one person, or of all for "".
	MemberLog(ctx context.Context, call Call, id string) (MemberLog, error)
	// SetRank gives a member a rank, or lets in one who waits for a nod.
	SetRank(ctx context.Context, call Call, id string, ranking Ranking) (Ranked, error)
	// Removal says what removing a member means, or why it may not be done.
	Removal(ctx context.Context, call Call, id string) (Parting, error)
	// Remove takes her out.
	Remove(ctx context.Context, call Call, id string, removing Removing) (Parting, error)
	// HandingOver says what it means that one member carries on for another who
	// lost every device and the root key, or why that may not be.
	HandingOver(ctx context.Context, call Call, old, heir string) (HandOver, error)
	// HandOver does it, or is the first of two conveners' words for it.
	HandOver(ctx context.Context, call Call, old, heir string) (HandOver, error)
	// Leaving says what it means that this node's person leaves.
	Leaving(context.Context, Call) (Parting, error)
	// Leave does it.
	Leave(context.Context, Call, Leaving) (Parting, error)
	// Entrants says what it means to end an invite with all who came in by it.
	Entrants(ctx context.Context, call Call, invite string) (Parting, error)
	// RemoveEntrants does it.
	RemoveEntrants(ctx context.Context, call Call, invite string, removing Removing) (Parting, error)
	// Policy says how people enter.
	Policy(context.Context, Call) (Policy, error)
	// SetPolicy changes what is not empty in it.
	SetPolicy(context.Context, Call, Policy) (Policy, error)
	// Rotate makes a new key for all that is written from now on.
	Rotate(context.Context, Call) (Rotated, error)
}

// Admission is how someone came in.
type Admission struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	By     Person    `json:"by" doc:"whose node admitted her"`
	Invite string    `json:"invite,omitempty" doc:"empty: she founded the community"`
	// InvitedBy made the invite; nil for a founder of the community.
	InvitedBy *Person `json:"invited_by,omitempty"`
}

// Device is a device of a member.
type Device struct {
	ID        string    `json:"id"`
	Certified time.Time `json:"certified"`
	By        string    `json:"by" doc:"what certified it: root, or another device's id"`
	This      bool      `json:"this,omitempty" doc:"it is the one that answers"`
}

// MemberPage is all that is known of a member's standing.
type MemberPage struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Rank       string      `json:"rank" doc:"none, guest, member, convener or founder"`
	Waiting    bool        `json:"waiting,omitempty" doc:"admitted; a convener has still to say yes"`
	Keeper     bool        `json:"keeper,omitempty"`
	Ended      string      `json:"ended,omitempty" doc:"how it came that she is no longer in, as a sentence"`
	Admissions []Admission `json:"admissions"`
	Devices    []Device    `json:"devices"`
	Document   string      `json:"document" doc:"her own page: the id of her member document"`
	MemberWords
	// Recognised are sentences about what she did, the latest first.
	Recognised []Recognition `json:"recognised"`
	// Between is what passed between her and this node's person, the latest first.
	Between []Passed `json:"between"`
	// Follows are those whose words became hers when they lost their keys.
	Follows []Following `json:"follows,omitempty"`
}

// MemberWords is what a member says of herself, and how she takes part.
type MemberWords struct {
	Level       string     `json:"level,omitempty" doc:"guest, newcomer, core, active, edge, away or alumnus: how she takes part, which decides nothing"`
	AwayUntil   string     `json:"away_until,omitempty" doc:"the last day on which she is away"`
	Intro       string     `json:"intro,omitempty"`
	Does        string     `json:"does,omitempty"`
	Helps       []Item     `json:"helps,omitempty" doc:"areas"`
	Learns      []Item     `json:"learns,omitempty" doc:"areas"`
	Service     []string   `json:"service,omitempty"`
	Guides      []Person   `json:"guides,omitempty" doc:"who guide her"`
	Commitment  string     `json:"commitment,omitempty"`
	CommittedAt *time.Time `json:"committed_at,omitempty"`
	Lapsed      bool       `json:"lapsed,omitempty" doc:"she said that more than 400 days ago: still with us?"`
	Parting     string     `json:"parting,omitempty" doc:"what she said when she left"`
}

// Passed is one thing that passed between two members.
type Passed struct {
	At   time.Time `json:"at"`
	By   Person    `json:"by"`
	To   Person    `json:"to"`
	Item Item      `json:"item"`
	Says string    `json:"says"`
}

// Following is one member who carries on as another, and who vouched that
// both are the same person.
type Following struct {
	Member  Person   `json:"member" doc:"as whom she was known before"`
	Vouched []Person `json:"vouched"`
}

// HandOver is what it means that one member carries on for another.
type HandOver struct {
	From    Person   `json:"from"`
	To      Person   `json:"to"`
	Vouched []Person `json:"vouched" doc:"conveners who said the same before"`
	Waits   bool     `json:"waits,omitempty" doc:"it takes effect when another convener says the same"`
	Says    []string `json:"says" doc:"the same for a person, in sentences"`
	Change  string   `json:"change,omitempty" doc:"the change that says it; empty in what is said before"`
}

// Heir names who carries on.
type Heir struct {
	Member string `json:"member" doc:"an id, the beginning of one, or a name"`
}

// Void is something that is kept and without effect.
type Void struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	By       Person    `json:"by"`
	What     string    `json:"what"`
	Why      string    `json:"why"`
	Document string    `json:"document,omitempty" doc:"of words that were set aside"`
}

// MemberLog lists what is without effect, newest first.
type MemberLog struct {
	Items []Void `json:"items"`
	More  bool   `json:"more,omitempty" doc:"older ones are not listed"`
}

// Ranking asks for a rank.
type Ranking struct {
	// Up tells a promotion from a demotion: one that goes the other way is refused.
	Up bool `json:"up"`
	// To is the rank; empty: the next in that direction, or of one who waits
	// for a nod what the invite gives.
	To string `json:"to,omitempty" doc:"guest, member, convener or founder"`
}

// Ranked says what came of it.
type Ranked struct {
	Member Person `json:"member"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Kept is what stays of what someone wrote.
type Kept struct {
	Member  Person     `json:"member"`
	Changes int        `json:"changes"`
	UpTo    *time.Time `json:"up_to" doc:"when the last of them was written"`
}

// Parting is what it means that people leave or are removed.
type Parting struct {
	Kept []Kept   `json:"kept"`
	Says []string `json:"says" doc:"the same for a person, and what they still have, in sentences"`
	// Rests is what rests on this node's person alone, of one who leaves.
	Rests []Rest `json:"rests,omitempty"`
	// Change is the id of the change that did it; empty in what is said before.
	Change string `json:"change,omitempty"`
}

// Rest is one thing that rests on one member alone.
type Rest struct {
	What   string   `json:"what" enum:"steward,host,champion,helper"`
	Item   Item     `json:"item" doc:"what she cares for; of a helper the area"`
	Others []Person `json:"others" doc:"who stands nearest, and could take it"`
	Says   string   `json:"says"`
	Next   string   `json:"next" doc:"how to hand it over"`
}

// Leaving goes with leaving.
type Leaving struct {
	Parting    string `json:"parting,omitempty" doc:"words that stay on her page"`
	ForgetName bool   `json:"forget_name,omitempty" doc:"she is called a former member from now on"`
}

// Removing goes with a removal.
type Removing struct {
	Reason string `json:"reason,omitempty" doc:"every member reads it, the removed too"`
}

// Policy says how people enter. An empty field is one that a change leaves alone.
type Policy struct {
	Invite  string `json:"invite,omitempty" doc:"who invites: members or conveners"`
	Keepers string `json:"keepers,omitempty" doc:"who invites keepers: members or conveners"`
	Entry   string `json:"entry,omitempty" doc:"open, or approval: a convener says yes to each"`
}

// What the fields of a [Policy] say.
const (
	PolicyMembers   = "members"
	PolicyConveners = "conveners"
	PolicyOpen      = "open"
	PolicyApproval  = "approval"
)

// Rotated names the new epoch's key by its id.
type Rotated struct {
	Epoch string `json:"epoch"`
}

func member(id, rest string) string { return "/v1/members/" + url.PathEscape(id) + rest }

// Member describes a member.
func (c *Client) Member(ctx context.Context, id string) (MemberPage, error) {
	return do[MemberPage](ctx, c, http.MethodGet, member(id, ""), nil, nil)
}

// MemberLog lists what is without effect; an empty id asks for everybody's.
func (c *Client) MemberLog(ctx context.Context, id string) (MemberLog, error) {
	return do[MemberLog](ctx, c, http.MethodGet, "/v1/void", query("member", id), nil)
}

// SetRank promotes or demotes a member.
func (c *Client) SetRank(ctx context.Context, id string, r Ranking) (Ranked, error) {
	return do[Ranked](ctx, c, http.MethodPut, member(id, "/rank"), nil, r)
}

// Removal says what removing a member means.
func (c *Client) Removal(ctx context.Context, id string) (Parting, error) {
	return do[Parting](ctx, c, http.MethodGet, member(id, "/removal"), nil, nil)
}

// Remove removes a member.
func (c *Client) Remove(ctx context.Context, id string, r Removing) (Parting, error) {
	return do[Parting](ctx, c, http.MethodPost, member(id, "/removal"), nil, r)
}

// HandingOver says what it means that heir carries on for old.
func (c *Client) HandingOver(ctx context.Context, old, heir string) (HandOver, error) {
	return do[HandOver](ctx, c, http.MethodGet, member(old, "/heir"), query("to", heir), nil)
}

// HandOver has heir carry on for old.
func (c *Client) HandOver(ctx context.Context, old, heir string) (HandOver, error) {
	return do[HandOver](ctx, c, http.MethodPut, member(old, "/heir"), nil, Heir{heir})
}

// Leaving says what leaving means.
func (c *Client) Leaving(ctx context.Context) (Parting, error) {
	return do[Parting](ctx, c, http.MethodGet, "/v1/leave", nil, nil)
}

// Leave leaves the community.
func (c *Client) Leave(ctx context.Context, l Leaving) (Parting, error) {
	if err := checkText(l.Parting); err != nil {
		return Parting{}, err
	}
	return do[Parting](ctx, c, http.MethodPost, "/v1/leave", nil, l)
}

func entrants(invite string) string { return "/v1/invites/" + url.PathEscape(invite) + "/entrants" }

// Entrants says what it means to end an invite with all who came in by it.
func (c *Client) Entrants(ctx context.Context, invite string) (Parting, error) {
	return do[Parting](ctx, c, http.MethodGet, entrants(invite), nil, nil)
}

// RemoveEntrants ends an invite and removes all who came in by it.
func (c *Client) RemoveEntrants(ctx context.Context, invite string, r Removing) (Parting, error) {
	return do[Parting](ctx, c, http.MethodPost, entrants(invite), nil, r)
}

// Policy says how people enter.
func (c *Client) Policy(ctx context.Context) (Policy, error) {
	return do[Policy](ctx, c, http.MethodGet, "/v1/policy", nil, nil)
}

// SetPolicy changes how people enter.
func (c *Client) SetPolicy(ctx context.Context, p Policy) (Policy, error) {
	return do[Policy](ctx, c, http.MethodPut, "/v1/policy", nil, p)
}

// Rotate makes a new key.
func (c *Client) Rotate(ctx context.Context) (Rotated, error) {
	return do[Rotated](ctx, c, http.MethodPost, "/v1/policy/rotation", nil, nil)
}

type voids struct {
	Params
	Member string `query:"member" doc:"empty: everybody's"`
}

func (v voids) in() Params { return v.Params }

type heirs struct {
	Params
	ID string `path:"id"`
	To string `query:"to" required:"true" doc:"who carries on"`
}

func (h heirs) in() Params { return h.Params }

func (a *acts) people(b People) {
	act(a, http.MethodGet, "/v1/members/{id}", "member", "Describe a member",
		func(ctx context.Context, call Call, in about) (MemberPage, error) { return b.Member(ctx, call, in.ID) })
	act(a, http.MethodGet, "/v1/void", "member-log", "List what is without effect",
		func(ctx context.Context, call Call, in voids) (MemberLog, error) {
			return b.MemberLog(ctx, call, in.Member)
		})
	act(a, http.MethodPut, "/v1/members/{id}/rank", "set-rank", "Promote or demote a member",
		func(ctx context.Context, call Call, in aboutWith[Ranking]) (Ranked, error) {
			return b.SetRank(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodGet, "/v1/members/{id}/removal", "removal", "See what removing a member means",
		func(ctx context.Context, call Call, in about) (Parting, error) { return b.Removal(ctx, call, in.ID) })
	act(a, http.MethodPost, "/v1/members/{id}/removal", "remove", "Remove a member",
		func(ctx context.Context, call Call, in aboutWith[Removing]) (Parting, error) {
			return b.Remove(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodGet, "/v1/members/{id}/heir", "handing-over", "See what it means that another member carries on for this one",
		func(ctx context.Context, call Call, in heirs) (HandOver, error) {
			return b.HandingOver(ctx, call, in.ID, in.To)
		})
	act(a, http.MethodPut, "/v1/members/{id}/heir", "hand-over", "Have another member carry on for this one",
		func(ctx context.Context, call Call, in aboutWith[Heir]) (HandOver, error) {
			return b.HandOver(ctx, call, in.ID, in.Body.Member)
		})
	act(a, http.MethodGet, "/v1/leave", "leaving", "See what leaving means",
		func(ctx context.Context, call Call, _ plain) (Parting, error) { return b.Leaving(ctx, call) })
	act(a, http.MethodPost, "/v1/leave", "leave", "Leave the community",
		func(ctx context.Context, call Call, in with[Leaving]) (Parting, error) {
			return b.Leave(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/invites/{id}/entrants", "entrants", "See what ending an invite with its entrants means",
		func(ctx context.Context, call Call, in about) (Parting, error) { return b.Entrants(ctx, call, in.ID) })
	act(a, http.MethodPost, "/v1/invites/{id}/entrants", "remove-entrants", "End an invite and remove who came in by it",
		func(ctx context.Context, call Call, in aboutWith[Removing]) (Parting, error) {
			return b.RemoveEntrants(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodGet, "/v1/policy", "policy", "Say how people enter",
		func(ctx context.Context, call Call, _ plain) (Policy, error) { return b.Policy(ctx, call) })
	act(a, http.MethodPut, "/v1/policy", "set-policy", "Change how people enter",
		func(ctx context.Context, call Call, in with[Policy]) (Policy, error) {
			return b.SetPolicy(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/policy/rotation", "rotate", "Make a new key",
		func(ctx context.Context, call Call, _ plain) (Rotated, error) { return b.Rotate(ctx, call) })
}
