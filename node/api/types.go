package api

import (
	"time"

	"coppice.example/protocol"
	"github.com/danielgtaylor/huma/v2"
)

// MaxText is the greatest size of a text in bytes.
const MaxText = protocol.MaxText

// Call says on whose behalf and when an act is done.
type Call struct {
	// Community is the id, or a prefix of it, or the name of a community;
	// empty: the only one there is.
	Community string
	// Now governs what the call writes and derives; zero: the node's clock.
	Now time.Time
	// Where is the caller's context, climate=nordic,platform=van, by which ways
	// are put in order; empty: as her page says.
	Where string
}

// Duration is a time.Duration written as Go writes one: "1m30s".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// Schema says how a Duration looks in OpenAPI.
func (Duration) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: `a duration such as "1m30s"`}
}

// Person is a member as every answer names one.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Founding asks for a new community.
type Founding struct {
	Name    string `json:"name" doc:"at most 64 runes"`
	Concern string `json:"concern,omitempty" doc:"what its members care about; at most 280 runes; may be left out where a starter says it, or nothing has to be said: in an incidental one"`
	Domain  string `json:"domain,omitempty" doc:"what they do"`
	NotFor  string `json:"not_for,omitempty" doc:"who or what it is not for"`
	Style   string `json:"style,omitempty" doc:"deliberate, mixed or incidental; empty: as the starter says, or incidental with a lunch, else mixed"`
	Starter string `json:"starter,omitempty" doc:"prefills what is not said: survival, art, engineering, identity, technique or coping"`
	Lunch   *Lunch `json:"lunch,omitempty" doc:"how they meet already"`
	// As is the name of the founder's persona; empty: the node's user.
	As         string `json:"as,omitempty"`
	Commitment string `json:"commitment,omitempty"`
}

// Lunch is a rhythm by which people meet already when they found a community.
type Lunch struct {
	Title string `json:"title"`
	RRule string `json:"rrule" doc:"how it comes again (RFC 5545), such as FREQ=WEEKLY;BYDAY=TU,TH"`
	Start string `json:"start,omitempty" doc:"the first time, by the clocks of its place: 2026-05-14T12:15; empty: at the time of lunches, from today"`
}

// Starter prefills what a community begins with.
type Starter struct {
	Name        string   `json:"name"`
	Whose       string   `json:"whose" doc:"like whom"`
	Style       string   `json:"style"`
	Concern     string   `json:"concern" doc:"an example, as the next three are"`
	Domain      string   `json:"domain"`
	InScope     string   `json:"in_scope"`
	OutScope    string   `json:"out_scope"`
	ContextKeys []string `json:"context_keys"`
	Formats     []string `json:"formats"`
}

// Starters are all there are.
type Starters struct {
	Items []Starter `json:"items"`
}

// Founded names the community that came of it.
type Founded struct {
	Community string `json:"community"`
	Member    string `json:"member"`
	Name      string `json:"name"`
}

// Invitation asks for an invite.
type Invitation struct {
	Uses  int  `json:"uses,omitempty" doc:"how many may come in; 0: 1"`
	Days  int  `json:"days,omitempty" doc:"how long it holds; 0: 14"`
	Guest bool `json:"guest,omitempty"`
	// Approval has a convener say yes to each who comes in by it.
	Approval bool `json:"approval,omitempty"`
}

// Invited is an invite and the address that holds its secret: to be handed
// over as a whole, never logged.
type Invited struct {
	ID     string `json:"id"`
	Invite string `json:"invite"`
}

// Invite is one line of the list of invites; the secret is not in it.
type Invite struct {
	ID      string    `json:"id"`
	By      Person    `json:"by"`
	Rank    string    `json:"rank"`
	Uses    int       `json:"uses"`
	Used    int       `json:"used"`
	Expires time.Time `json:"expires"`
	State   string    `json:"state" doc:"open, used up, expired or revoked"`
}

// Invites lists invites, newest first.
type Invites struct {
	Items []Invite `json:"items"`
}

// Joining asks to come in by an invite's address.
type Joining struct {
	Invite     string `json:"invite" doc:"coppice:join/..."`
	As         string `json:"as,omitempty"`
	Commitment string `json:"commitment,omitempty"`
	// Wait is how long the answer may take; the job goes on after it.
	Wait Duration `json:"wait,omitempty"`
}

// States of a join.
const (
	StateJoined  = "joined"
	StateWaiting = "waiting"
)

// Joined says how far a join has come.
type Joined struct {
	Community  string     `json:"community"`
	Member     string     `json:"member"`
	State      string     `json:"state" enum:"joined,waiting"`
	WaitingFor string     `json:"waiting_for,omitempty" doc:"the step it waits for and why"`
	Name       string     `json:"name,omitempty" doc:"of the community, once a node showed it"`
	Concern    string     `json:"concern,omitempty" doc:"likewise"`
	Steps      []JoinStep `json:"steps,omitempty" doc:"of a join that waits"`
}

// JoinStep is one step of a join.
type JoinStep struct {
	Step  string `json:"step" enum:"reached,admitted,received,introduced"`
	State string `json:"state" enum:"done,now,to come"`
	Says  string `json:"says" doc:"what happens in it, or what it waits for, as a sentence"`
}

// Previewing asks what an invite leads to, without acting on it.
type Previewing struct {
	Invite string   `json:"invite"`
	Wait   Duration `json:"wait,omitempty"`
}

// Preview is what an invite leads to: name and concern are verified by the
// community's id, the rest is as the node that answered tells it.
type Preview struct {
	Community string `json:"community"`
	Name      string `json:"name"`
	Concern   string `json:"concern"`
	Nutshell  string `json:"nutshell,omitempty" doc:"what is there, in a few lines"`
	Members   int    `json:"members"`
	Size      int    `json:"size" doc:"bytes of all history"`
}

// Peer is another node as this one knows it.
type Peer struct {
	Peer     string     `json:"peer"`
	Member   Person     `json:"member"`
	InSync   bool       `json:"in_sync" doc:"it holds exactly what this node holds now"`
	LastSync *time.Time `json:"last_sync"`
}

// Delayed is a member of whose control runs some wait for their turn.
type Delayed struct {
	Member Person `json:"member"`
	Runs   int    `json:"runs" doc:"that wait here; more may wait with her node"`
}

// CommunityStatus is one community as this node knows it.
type CommunityStatus struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Member    Person `json:"member" doc:"this node's own"`
	Rank      string `json:"rank" doc:"hers"`
	Ended     string `json:"ended,omitempty" doc:"how it came that she is no longer in, as a sentence"`
	Members   int    `json:"members"`
	Changes   int    `json:"changes"`
	StateHash string `json:"state_hash" doc:"empty while documents are being set right"`
	// BeingSetRight counts the documents that still show in lists and searches
	// what a removal took, as far as they are found.
	BeingSetRight int `json:"being_set_right"`
	// KitDue says that the root key still lies in the home: its recovery kit
	// is not printed, or not confirmed.
	KitDue bool `json:"kit_due"`
	// Waiting counts changes that wait for a key.
	Waiting int `json:"waiting_for_key"`
	// Delayed are members whose control runs come faster than they are taken.
	Delayed []Delayed `json:"delayed,omitempty"`
	// UpdateNeeded counts logs that nodes within reach have in a format which
	// only a newer version of this program reads.
	UpdateNeeded int `json:"update_needed,omitempty"`
	// ForkedLogs are of devices that wrote two changes in one place.
	ForkedLogs []ForkedLog `json:"forked_logs,omitempty"`
	Peers      []Peer      `json:"peers"`
}

// ForkedLog is a device that wrote two changes in one place of its log: its home
// was put back to an earlier state, or whoever has it deceives. Both stay.
type ForkedLog struct {
	Member Person `json:"member"`
	Device string `json:"device"`
}

// Status is what the node says about itself.
type Status struct {
	Peer        string            `json:"peer"`
	Addrs       []string          `json:"addrs" doc:"multiaddresses with /p2p/"`
	Web         string            `json:"web"`
	Communities []CommunityStatus `json:"communities"`
	Joining     []Joined          `json:"joining" doc:"joins that still wait"`
	Damaged     []Damaged         `json:"damaged" doc:"communities of this node that cannot be opened; the others go on"`
}

// Damaged is a community that cannot be opened, and what to do about it.
type Damaged struct {
	ID     string `json:"id"`
	As     string `json:"as,omitempty" doc:"who this node is there, as far as that can be read"`
	Reason string `json:"reason"`
	Next   string `json:"next" doc:"what to do, as a sentence"`
}

// Connecting asks to dial a node by hand.
type Connecting struct {
	Address string `json:"address" doc:"a multiaddress with /p2p/"`
}

// Connected names the node that was reached.
type Connected struct {
	Peer string `json:"peer"`
}

// Syncing asks to sync with every node within reach.
type Syncing struct {
	Wait Duration `json:"wait,omitempty"`
}

// Synced says with whom that came about.
type Synced struct {
	Community string `json:"community"`
	InSync    int    `json:"in_sync" doc:"nodes that hold exactly what this one holds"`
	Peers     int    `json:"peers" doc:"members' nodes within reach"`
	Changes   int    `json:"changes"`
	StateHash string `json:"state_hash"`
}

// Draft asks for a new document.
type Draft struct {
	Kind  string   `json:"kind" doc:"what people make: way, story, question, term, discussion ..."`
	Title string   `json:"title"`
	Body  string   `json:"body,omitempty"`
	Form  string   `json:"form,omitempty"`
	Areas []string `json:"areas,omitempty" doc:"titles or ids of terms"`
	// Fields are others by name: a text or a value as it is, several of a set,
	// a log or a list as an array.
	Fields map[string]any `json:"fields,omitempty"`
}

// Made names what an act made.
type Made struct {
	ID string `json:"id"`
	// Question is the question an answer belongs to.
	Question string `json:"question,omitempty"`
	Merged   bool   `json:"merged,omitempty" doc:"of a rewrite: it now reads otherwise, for others had written meanwhile"`
}

// Rewrite asks that a field of a document say Text from now on; the
// difference to what it says becomes edits.
type Rewrite struct {
	Field string `json:"field,omitempty" doc:"empty: body"`
	Text  string `json:"text"`
	// Base is what the field said when the writer began: only what she changed
	// becomes edits, and what others wrote meanwhile stays.
	Base *string `json:"base,omitempty" doc:"absent: what it says now"`
	// Mine stands for a base: what the field said when the caller last wrote in
	// it. What others wrote since then stays.
	Mine bool `json:"mine,omitempty"`
}

// Assignment is one act on a field of a document, or of an entry.
type Assignment struct {
	Verb  string `json:"verb" enum:"set,add,drop,put,take,enter,withdraw,place,remove" doc:"set a value; add to several or drop from them; put my own or take it back; enter in a log; place in a list; withdraw an entry; remove an item"`
	Field string `json:"field,omitempty" doc:"of an entry that is withdrawn or removed: none"`
	Value any    `json:"value,omitempty"`
	// Before is the item of a list before which one is placed.
	Before string `json:"before,omitempty" doc:"empty: at the end"`
}

// Answering is an answer to a question.
type Answering struct {
	Body  string `json:"body,omitempty" doc:"may be left out when a story answers"`
	Story string `json:"story,omitempty" doc:"the id of a story that answers it"`
}

// Entry is an entry of a log in a document: an answer, say.
type Entry struct {
	ID        string         `json:"id"`
	Author    Person         `json:"author"`
	At        time.Time      `json:"at"`
	Body      string         `json:"body,omitempty"`
	Withdrawn bool           `json:"withdrawn,omitempty"`
	Folded    string         `json:"folded,omitempty" doc:"why this node shows it closed: its author is muted here"`
	Fields    map[string]any `json:"fields,omitempty"`
}

// Step is one change in the history of a document, oldest first.
type Step struct {
	ID     string    `json:"id"`
	Author Person    `json:"author"`
	At     time.Time `json:"at"`
	What   string    `json:"what" doc:"what it did, in a few words"`
	Void   string    `json:"void,omitempty" doc:"why it is without effect"`
}

// Document is a document as it stands.
type Document struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	Title   string         `json:"title"`
	Body    string         `json:"body"`
	Author  Person         `json:"author"`
	Created time.Time      `json:"created"`
	Updated time.Time      `json:"updated"`
	State   string         `json:"state,omitempty" doc:"what the kind derives: open, answered, solved ..."`
	Shelved bool           `json:"shelved,omitempty" doc:"put away by somebody who may"`
	Fields  map[string]any `json:"fields,omitempty" doc:"the other fields, by name"`
	Answers []Entry        `json:"answers,omitempty"`
	Waiting int            `json:"waiting_for_key,omitempty"`
	Held    *Held          `json:"held,omitempty" doc:"on whose machines all of it lies"`
	// Same are the documents that are one with this one; what stands in them is
	// shown here.
	Same   []string `json:"same,omitempty"`
	Whence *Whence  `json:"whence,omitempty" doc:"of what came from another community"`
	// Elsewhere is what was said of it in the communities it came from.
	Elsewhere []SaidElsewhere `json:"elsewhere,omitempty"`
	Beside    *Beside         `json:"beside,omitempty" doc:"of a bridge"`
	Conflicts []Conflict      `json:"conflicts,omitempty" doc:"what two chose or wrote apart, and nobody settled"`
	Folded    string          `json:"folded,omitempty" doc:"why it is shown closed: flagged by three, by a convener or by oneself, or its author is muted here"`
	History   []Step          `json:"history"`
	Trail     *Trail          `json:"trail,omitempty" doc:"where it came from and where it went"`
	Practised
}

// Held says on how many machines something lies, as last told: at least so
// many, this node's person included.
type Held struct {
	Members int        `json:"members" doc:"members with a device that holds all of it"`
	Of      int        `json:"of" doc:"members of the community"`
	Keepers int        `json:"keepers"`
	AsOf    *time.Time `json:"as_of" doc:"when the last of the others told; null: none did"`
}

// History is all that happened to a document, oldest first.
type History struct {
	ID    string `json:"id"`
	Items []Step `json:"items"`
}

// Item is a line of a list or of what a search found.
type Item struct {
	ID      string     `json:"id"`
	Kind    string     `json:"kind"`
	Title   string     `json:"title"`
	Author  *Person    `json:"author,omitempty"`
	Created *time.Time `json:"created,omitempty"`
	Updated *time.Time `json:"updated,omitempty"`
	State   string     `json:"state,omitempty" doc:"how far it has come: open, solved, proven ..."`
	Snippet string     `json:"snippet,omitempty"`
	// BeingSetRight says that a removal, or what else ended somebody's right,
	// is not worked into this line yet. A document that is asked for is right.
	BeingSetRight bool   `json:"being_set_right,omitempty"`
	Folded        string `json:"folded,omitempty" doc:"why it is shown closed: flagged, or its author is muted here"`
}

// Items is one page of a list.
type Items struct {
	Items []Item  `json:"items"`
	Next  *string `json:"next" doc:"the cursor of the next page; null: this was the last"`
}

// Importing asks for the Markdown files below a directory of this machine.
type Importing struct {
	Dir  string `json:"dir" doc:"absolute"`
	Kind string `json:"kind,omitempty" doc:"of files whose front matter names none; empty: way"`
	Job  string `json:"job,omitempty" doc:"a name under which the caller asks for progress meanwhile"`
}

// Failure is a file that could not be taken, and why.
type Failure struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Imported counts what became of the files.
type Imported struct {
	Added     int       `json:"added"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Failed    []Failure `json:"failed"`
}

// Exporting asks for all documents as files in a directory of this machine.
type Exporting struct {
	Dir string `json:"dir" doc:"absolute; made if it is not there"`
}

// Exported counts the files written.
type Exported struct {
	Written int    `json:"written"`
	Dir     string `json:"dir"`
}

// Member is one line of the list of members.
type Member struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Rank    string `json:"rank" doc:"guest, member, convener or founder"`
	Devices int    `json:"devices"`
	Waiting bool   `json:"waiting,omitempty" doc:"admitted; a convener has still to say yes"`
	Level   string `json:"level,omitempty" doc:"newcomer, core, active, edge, away: how she takes part, which decides nothing"`
	// AwayUntil is the last day on which she is away.
	AwayUntil string `json:"away_until,omitempty"`
	Lapsed    bool   `json:"lapsed,omitempty" doc:"she said more than 400 days ago what she is here for: still with us?"`
}

// Members lists members by name.
type Members struct {
	Items []Member `json:"items"`
}

// StateHash is equal on any two nodes that hold the same changes and can open
// the same epochs.
type StateHash struct {
	Community string `json:"community"`
	Hash      string `json:"hash"`
	Changes   int    `json:"changes"`
}

// Rebuilt counts what a rebuild of the view read.
type Rebuilt struct {
	Changes   int `json:"changes"`
	Documents int `json:"documents"`
}
