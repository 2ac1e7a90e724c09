package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rsc.io/qr"
)

// Views are whole pages: what a person sees at once comes in one answer.
type Views interface {
	// Start says where this node stands: its communities, and joins under way.
	Start(context.Context, Call) (Start, error)
	// Home is a community in a nutshell.
	Home(context.Context, Call) (Home, error)
	// NodePage is this machine's part in a community.
	NodePage(context.Context, Call) (NodePage, error)
	// Page is a document with its texts as a page shows them.
	Page(ctx context.Context, call Call, id string) (Page, error)
}

// CommunityLine is a community in few words.
type CommunityLine struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Concern string `json:"concern"`
	Member  Person `json:"member" doc:"this node's own"`
	Rank    string `json:"rank" doc:"hers"`
	Ended   string `json:"ended,omitempty" doc:"how it came that she is no longer in, as a sentence"`
	Members int    `json:"members"`
	Waiting int    `json:"waiting_for_key"`
}

// Start is what a page shows before it shows a community.
type Start struct {
	Boot        string          `json:"boot" doc:"names this run of the node"`
	Peer        string          `json:"peer"`
	Web         string          `json:"web"`
	Communities []CommunityLine `json:"communities"`
	Joining     []Joined        `json:"joining" doc:"joins that still wait"`
}

// The three elements, in their order.
const (
	ElementDomain    = "domain"
	ElementCommunity = "community"
	ElementPractice  = "practice"
)

// KindCount counts the documents of one kind.
type KindCount struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Element is one of the three, with what is there.
type Element struct {
	Element string      `json:"element" enum:"domain,community,practice"`
	Count   int         `json:"count"`
	Kinds   []KindCount `json:"kinds" doc:"those with documents"`
	Newest  []Item      `json:"newest" doc:"at most 5, the last touched first"`
}

// Roster counts the members and names some of them.
type Roster struct {
	Members int      `json:"members"`
	Items   []Member `json:"items" doc:"at most 12, by name"`
}

// Unheld is what nobody else holds yet, as far as this node knows.
type Unheld struct {
	Known bool   `json:"known" doc:"false: no other node ever told what it holds"`
	Items []Item `json:"items" doc:"at most 20"`
	More  bool   `json:"more,omitempty"`
}

// Home is a community in a nutshell.
type Home struct {
	Community CommunityLine `json:"community"`
	KitDue    bool          `json:"kit_due" doc:"the recovery kit is not printed"`
	Elements  []Element     `json:"elements" doc:"domain, community, practice"`
	People    Roster        `json:"people"`
	Near      []Peer        `json:"near" doc:"members' nodes within reach"`
	Unheld    Unheld        `json:"unheld"`
	Signs     *Brief        `json:"signs" doc:"how the community is doing today; null to a guest"`
}

// Remembered is a node that was met before, and when it is dialled next.
type Remembered struct {
	Peer  string     `json:"peer"`
	Addrs []string   `json:"addrs"`
	Met   *time.Time `json:"met" doc:"when it was connected last"`
	State string     `json:"state" enum:"near,dialling,waiting"`
	Next  *time.Time `json:"next" doc:"of waiting: when it is dialled; null: at once"`
}

// NodePage is this machine's part in a community.
type NodePage struct {
	Peer       string        `json:"peer"`
	Addrs      []string      `json:"addrs" doc:"multiaddresses with /p2p/"`
	Web        string        `json:"web"`
	Community  CommunityLine `json:"community"`
	Near       []Peer        `json:"near"`
	Remembered []Remembered  `json:"remembered" doc:"those near first, then the last met"`
	Invites    []Invite      `json:"invites"`
	Devices    []DeviceLine  `json:"devices" doc:"this person's"`
	KitDue     bool          `json:"kit_due"`
	Unheld     Unheld        `json:"unheld"`
	Changes    int           `json:"changes"`
	StateHash  string        `json:"state_hash"`
	Joining    []Joined      `json:"joining"`
}

// Page is a document and its texts, rendered: by the name of their field, and
// by the id of their entry.
type Page struct {
	Document Document         `json:"document"`
	Prose    map[string]Prose `json:"prose"`
	// Named are the documents that it names in its fields.
	Named map[string]Item `json:"named" doc:"by the id they are named by; an entry's leads to the document it stands in"`
}

// Picturing asks for an address as a picture. It comes in a body, never in a
// URL: the address holds a secret.
type Picturing struct {
	Text string `json:"text" doc:"coppice:join/... or coppice:link/..." maxLength:"512"`
}

// Picture is a QR code without its quiet zone.
type Picture struct {
	Size int      `json:"size" doc:"of its side, in modules"`
	Rows []string `json:"rows" doc:"from the top, 1 for a dark module"`
}

// picture draws an address.
func picture(p Picturing) (Picture, error) {
	if !strings.HasPrefix(p.Text, "coppice:join/") && !strings.HasPrefix(p.Text, "coppice:link/") {
		return Picture{}, fmt.Errorf("%w: only an address, coppice:join/... or coppice:link/..., is drawn", ErrUsage)
	}
	code, err := qr.Encode(p.Text, qr.M)
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	out := Picture{Size: code.Size, Rows: make([]string, code.Size)}
	for y := range out.Rows {
		row := make([]byte, code.Size)
		for x := range row {
			row[x] = '0'
			if code.Black(x, y) {
				row[x] = '1'
			}
		}
		out.Rows[y] = string(row)
	}
	return out, nil
}

func (a *acts) views(b Backend) {
	act(a, http.MethodGet, "/v1/start", "start", "Show where this node stands",
		func(ctx context.Context, call Call, _ plain) (Start, error) { return b.Start(ctx, call) })
	act(a, http.MethodGet, "/v1/home", "home", "Show a community in a nutshell",
		func(ctx context.Context, call Call, _ plain) (Home, error) { return b.Home(ctx, call) })
	act(a, http.MethodGet, "/v1/node", "node", "Show this machine's part in a community",
		func(ctx context.Context, call Call, _ plain) (NodePage, error) { return b.NodePage(ctx, call) })
	act(a, http.MethodGet, "/v1/documents/{id}/page", "page", "Show a document with its texts rendered",
		func(ctx context.Context, call Call, in showing) (Page, error) {
			call.Where = in.Ctx
			return b.Page(ctx, call, in.ID)
		})
	act(a, http.MethodPost, "/v1/qr", "picture", "Draw an address as a QR code",
		func(_ context.Context, _ Call, in with[Picturing]) (Picture, error) { return picture(in.Body) })
}
