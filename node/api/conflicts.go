package api

import (
	"context"
	"net/http"
	"time"
)

// Choosers is what a node does where two chose, wrote or named something apart.
type Choosers interface {
	// Conflicts lists what nobody settled yet, the last touched first.
	Conflicts(context.Context, Call) (Conflicts, error)
	// Resolve settles a field: by one of the values given apart, by another, or
	// by saying of a text that it reads well.
	Resolve(ctx context.Context, call Call, id string, r Resolution) (Made, error)
	// JoinSame says of a document that it is the same as another, or no more.
	JoinSame(ctx context.Context, call Call, id string, s Sameness) (Made, error)
	// Withdraw takes an entry's words back for good, or those one wrote in a
	// document; a convener takes anybody's.
	Withdraw(ctx context.Context, call Call, id string) (Withdrawn, error)
	// Kinds describes the kinds of document that people meet.
	Kinds(context.Context, Call) (Kinds, error)
}

// Choice is a value that somebody gave.
type Choice struct {
	Value any       `json:"value"`
	By    Person    `json:"by"`
	At    time.Time `json:"at"`
}

// Conflict is what two chose or wrote apart in one field: values to choose
// from, the one shown meanwhile first; or a paragraph to be read again.
type Conflict struct {
	Field     string   `json:"field"`
	Values    []Choice `json:"values,omitempty"`
	Paragraph int      `json:"paragraph,omitempty" doc:"of a text: which one, from 1"`
	By        []Person `json:"by,omitempty" doc:"of a text: who wrote in it"`
}

// Conflicted is a document with what is to be settled in it.
type Conflicted struct {
	Item
	Conflicts []Conflict `json:"conflicts"`
}

// Twins are two documents with nearly one name: perhaps they are one.
type Twins struct {
	Older   Item `json:"older"`
	Younger Item `json:"younger"`
}

// Conflicts lists what is to be settled.
type Conflicts struct {
	Items []Conflicted `json:"items"`
	Twins []Twins      `json:"twins"`
}

// Resolution settles a conflict.
type Resolution struct {
	Field string `json:"field,omitempty" doc:"empty: the only one"`
	// Choose is which of the values, from 1 as they are listed.
	Choose int `json:"choose,omitempty"`
	Value  any `json:"value,omitempty" doc:"another value"`
}

// Sameness names the document that this one is the same as.
type Sameness struct {
	As  string `json:"as"`
	Not bool   `json:"not,omitempty" doc:"they are two after all"`
}

// Withdrawn counts the changes that are without effect now.
type Withdrawn struct {
	Changes int      `json:"changes"`
	Left    []Person `json:"left,omitempty" doc:"of a story that shows no more: who else typed in it; their words lie in the logs, out of sight, until they or a convener take them back"`
}

// Kinds describes kinds.
type Kinds struct {
	Items []KindTable `json:"items"`
}

// KindTable is what a kind of document is made of.
type KindTable struct {
	Kind    string     `json:"kind"`
	Element string     `json:"element" enum:"domain,community,practice"`
	Made    bool       `json:"made" doc:"people make new ones"`
	Title   string     `json:"title" doc:"the field that is its title"`
	Body    string     `json:"body" doc:"the field that is its body"`
	Fields  []FieldRow `json:"fields"`
}

// FieldRow is one field of a kind, or of an entry.
type FieldRow struct {
	Name   string     `json:"name"`
	Type   string     `json:"type" enum:"text,voice,register,set,map,log,list"`
	Form   *FormTable `json:"form,omitempty" doc:"of its values; of a text, a log and a list: none"`
	Common bool       `json:"common,omitempty" doc:"every kind has it"`
	Must   bool       `json:"must,omitempty" doc:"of an entry: it is none without"`
	Fixed  bool       `json:"fixed,omitempty" doc:"set when it is made, never after"`
	Who    string     `json:"who,omitempty" doc:"who may change it, in words"`
	Entry  []FieldRow `json:"entry,omitempty" doc:"what an entry of it has"`
}

// FormTable is what values look like.
type FormTable struct {
	Is      string      `json:"is" enum:"words,choice,key,number,share,day,flag,bytes,member,document,reference,person,wording,context,record,many"`
	Choices []string    `json:"choices,omitempty"`
	Parts   []PartTable `json:"parts,omitempty" doc:"of a record"`
	Of      *FormTable  `json:"of,omitempty" doc:"of many: the form of each"`
}

// PartTable is a part of a record.
type PartTable struct {
	Name string    `json:"name"`
	Must bool      `json:"must,omitempty"`
	Form FormTable `json:"form"`
}

// Conflicts lists what is to be settled.
func (c *Client) Conflicts(ctx context.Context) (Conflicts, error) {
	return do[Conflicts](ctx, c, http.MethodGet, "/v1/conflicts", nil, nil)
}

// Resolve settles a field of a document.
func (c *Client) Resolve(ctx context.Context, id string, r Resolution) (Made, error) {
	return do[Made](ctx, c, http.MethodPost, document(id, "/resolution"), nil, r)
}

// JoinSame says that two documents are one, or that they are not.
func (c *Client) JoinSame(ctx context.Context, id string, s Sameness) (Made, error) {
	return do[Made](ctx, c, http.MethodPost, document(id, "/same"), nil, s)
}

// Withdraw takes words back for good.
func (c *Client) Withdraw(ctx context.Context, id string) (Withdrawn, error) {
	return do[Withdrawn](ctx, c, http.MethodPost, document(id, "/withdrawal"), nil, nil)
}

func (a *acts) choosers(b Backend) {
	act(a, http.MethodPost, "/v1/documents/{id}/withdrawal", "withdraw", "Take words back for good",
		func(ctx context.Context, call Call, in about) (Withdrawn, error) { return b.Withdraw(ctx, call, in.ID) })
	act(a, http.MethodGet, "/v1/conflicts", "conflicts", "List what two chose or wrote apart",
		func(ctx context.Context, call Call, _ plain) (Conflicts, error) { return b.Conflicts(ctx, call) })
	act(a, http.MethodPost, "/v1/documents/{id}/resolution", "resolve", "Settle what two chose or wrote apart",
		func(ctx context.Context, call Call, in aboutWith[Resolution]) (Made, error) {
			return b.Resolve(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/documents/{id}/same", "same", "Say that two documents are one, or that they are not",
		func(ctx context.Context, call Call, in aboutWith[Sameness]) (Made, error) {
			return b.JoinSame(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodGet, "/v1/kinds", "kinds", "Describe the kinds of document",
		func(ctx context.Context, call Call, _ plain) (Kinds, error) { return b.Kinds(ctx, call) })
}
