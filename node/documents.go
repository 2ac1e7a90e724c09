package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// New implements [api.Backend].
func (n *Node) New(ctx context.Context, call api.Call, d api.Draft) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	if d, err = c.prepared(call, d); err != nil {
		return api.Made{}, err
	}
	schema, intents, err := n.drafted(d)
	if err == nil && d.Kind == termKind {
		err = c.newWord(d.Title)
	}
	if err != nil {
		return api.Made{}, err
	}
	w, err := c.write(ctx, call, replica.Write{Kind: schema.Kind, Intents: intents})
	return api.Made{ID: w.Document.String()}, err
}

// drafted returns the table of a draft's kind and what makes it.
func (n *Node) drafted(d api.Draft) (*envelope.Schema, []envelope.Intent, error) {
	schema := n.kinds.Named(d.Kind)
	if schema != nil && schema.Kind == gathered.Bridge {
		return nil, nil, api.Hint(fmt.Errorf("%w: a bridge leads to a community", api.ErrUsage), "`coppice bridge new COMMUNITY` makes one, where this node is in both")
	}
	if schema == nil || schema.Parts != nil || schema.Apart {
		return nil, nil, api.Hint(fmt.Errorf("%w: nobody makes a %q", api.ErrUsage, d.Kind), "there are %s", strings.Join(n.made(), ", "))
	}
	title := schema.Field(envelope.Title).Name
	fields := map[string]any{title: d.Title}
	if d.Body != "" {
		fields[schema.Field(schema.Body).Name] = d.Body
	}
	if d.Form != "" {
		fields["form"] = d.Form
	}
	if len(d.Areas) > 0 {
		fields["areas"] = d.Areas
	}
	for name, value := range d.Fields {
		fields[name] = value
	}
	var intents []envelope.Intent
	for _, name := range slices.SortedFunc(maps.Keys(fields), func(a, b string) int {
		return cmp.Or(cmp.Compare(rowOf(schema, a), rowOf(schema, b)), cmp.Compare(a, b))
	}) {
		intents = append(intents, filled(schema, name, fields[name])...)
	}
	return schema, intents, nil
}

// made names the kinds that people make.
func (n *Node) made() (names []string) {
	for _, schema := range n.kinds.All() {
		if schema.Parts == nil && !schema.Apart {
			names = append(names, schema.Name)
		}
	}
	return names
}

func rowOf(schema *envelope.Schema, name string) uint64 {
	if f := schema.Named(name); f != nil {
		return f.Number
	}
	return 0 // it is refused by name
}

// filled returns the intents that fill a field of a new document.
func filled(schema *envelope.Schema, name string, value any) []envelope.Intent {
	verb := envelope.DoSet
	f := schema.Named(name)
	switch {
	case f == nil:
	case f.Type.Text():
		verb = envelope.DoText
	case f.Type == envelope.Set, f.Type == envelope.Log, f.Type == envelope.List:
		var intents []envelope.Intent
		for _, one := range each(value) {
			intents = append(intents, envelope.Intent{Field: name, Verb: envelope.DoAdd, Value: one})
		}
		return intents
	}
	return []envelope.Intent{{Field: name, Verb: verb, Value: value}}
}

// each returns the values of an array, or the one value that is none.
func each(value any) (all []any) {
	switch value := value.(type) {
	case []any:
		return value
	case []string:
		for _, one := range value {
			all = append(all, one)
		}
		return all
	}
	return []any{value}
}

// write does one edit of one document.
func (c *community) write(ctx context.Context, call api.Call, w replica.Write) (replica.Written, error) {
	if err := zoned(w.Intents); err != nil {
		return replica.Written{}, err
	}
	w.Wall, w.Names = c.node.cfg.wall(call.Now), names{c}
	return one[replica.Written](ctx, c, func(t replica.Token) replica.Input {
		w.Token = t
		return w
	})
}

// Answer implements [api.Backend].
func (n *Node) Answer(ctx context.Context, call api.Call, id string, a api.Answering) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	at, err := c.find(id)
	if err != nil {
		return api.Made{}, err
	}
	if at.kind != questionKind || at.entry != "" {
		return api.Made{}, api.Hint(fmt.Errorf("%w: %s is no question but a %s", api.ErrUsage, id, at.what()), "`coppice list --kind question` shows the questions")
	}
	said := map[string]any{}
	if strings.TrimSpace(a.Body) != "" {
		said["body"] = a.Body
	}
	if a.Story != "" {
		if said["story"], err = c.storyCalled(a.Story); err != nil {
			return api.Made{}, err
		}
	}
	if len(said) == 0 {
		return api.Made{}, api.Hint(fmt.Errorf("%w: an answer says something", api.ErrUsage), "write it into a file for --file, or name a story that answers it with --story")
	}
	w, err := c.write(ctx, call, replica.Write{Document: at.document, Intents: []envelope.Intent{
		{Field: "answers", Verb: envelope.DoEnter, Value: said},
	}})
	if err != nil {
		return api.Made{}, err
	}
	if len(w.Entries) != 1 {
		return api.Made{}, fmt.Errorf("the answer made %d entries", len(w.Entries))
	}
	return api.Made{ID: envelope.EntryName(w.Entries[0]), Question: at.document.String()}, nil
}

// Edit implements [api.Backend].
func (n *Node) Edit(ctx context.Context, call api.Call, id string, r api.Rewrite) (api.Made, error) {
	var onto merging
	switch {
	case r.Base != nil:
		onto = ontoBase(*r.Base)
	case r.Mine:
		onto = ontoMine
	}
	return n.intend(ctx, call, id, r.Field, onto, func(i *envelope.Intent) { i.Verb, i.Value = envelope.DoText, r.Text })
}

// Assign implements [api.Backend].
func (n *Node) Assign(ctx context.Context, call api.Call, id string, a api.Assignment) (api.Made, error) {
	whole := a.Verb == string(envelope.DoWithdraw) || a.Verb == string(envelope.DoRemove)
	if a.Field == "" && !whole {
		return api.Made{}, fmt.Errorf("%w: no field named", api.ErrUsage)
	}
	return n.intend(ctx, call, id, a.Field, nil, func(i *envelope.Intent) {
		i.Verb, i.Value, i.Before = envelope.Verb(a.Verb), a.Value, a.Before
		if whole {
			i.Sub = ""
		}
	})
}

// intend does one intent on a field of the document, or of the entry, that id
// names. An empty field is the body. Onto sets a rewritten text into what stands;
// nil takes it as it is.
func (n *Node) intend(ctx context.Context, call api.Call, id, field string, onto merging, say func(*envelope.Intent)) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	at, err := c.find(id)
	if err != nil {
		return api.Made{}, err
	}
	intent := envelope.Intent{Field: field}
	switch schema := n.kinds.Named(at.kind); {
	case at.entry != "":
		intent.Entry, intent.Sub = at.entry, field
		if field == "" {
			intent.Sub = "body"
		}
		if intent.Field, err = c.logOf(ctx, at); err != nil {
			return api.Made{}, err
		}
	case field == "" && schema != nil:
		intent.Field = schema.Field(schema.Body).Name
	}
	say(&intent)
	made := api.Made{ID: at.document.String()}
	if at.entry != "" {
		made.ID = at.entry
	}
	if onto == nil || !at.series.IsZero() {
		w, err := c.carryOut(ctx, call, at, intent)
		if len(w.Entries) == 1 {
			made.ID = envelope.EntryName(w.Entries[0]) // what was entered, not where
		}
		return made, err
	}
	write := replica.Write{Document: at.document, Intents: []envelope.Intent{intent}, Wall: c.node.cfg.wall(call.Now), Names: names{c}}
	made.Merged, err = c.rewrite(ctx, write, onto)
	return made, err
}

// logOf returns the name of the field an entry stands in.
func (c *community) logOf(ctx context.Context, at found) (string, error) {
	d, err := c.document(ctx, at.document)
	if err != nil {
		return "", err
	}
	if d != nil {
		for _, field := range d.Folded.Fields {
			for _, e := range field.Entries {
				if envelope.EntryName(e.ID) == at.entry {
					return field.Name, nil
				}
			}
		}
	}
	return "", fmt.Errorf("%w: the entry %s", api.ErrNotFound, at.entry)
}

// History implements [api.Backend].
func (n *Node) History(ctx context.Context, call api.Call, id string) (api.History, error) {
	c, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return api.History{}, err
	}
	return api.History{ID: at.document.String(), Items: c.steps(d.Folded.KindName, d)}, nil
}

// folded finds a document and folds it as it stands.
func (n *Node) folded(ctx context.Context, call api.Call, id string) (*community, found, *replica.Document, error) {
	c, err := n.pick(call)
	if err != nil {
		return nil, found{}, nil, err
	}
	at, err := c.find(id)
	if err != nil {
		return nil, found{}, nil, err
	}
	if !at.series.IsZero() {
		return nil, at, nil, api.Hint(fmt.Errorf("%w: nobody has done anything about %s yet", api.ErrNotFound, id), "`coppice gathering show %s` shows what is planned", id)
	}
	d, err := c.document(ctx, at.document)
	if err == nil && d == nil {
		err = fmt.Errorf("%w: %s shows nothing any more", api.ErrNotFound, id)
	}
	return c, at, d, err
}

// document folds a document; nil when nothing of it shows.
func (c *community) document(ctx context.Context, id protocol.DocumentID) (d *replica.Document, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) { d, err = r.Document(id) })
	if asked != nil {
		return nil, asked
	}
	switch {
	case errors.Is(err, replica.ErrUnknown), err == nil && d.Folded == nil:
		return nil, nil
	case err != nil:
		return nil, explain(err)
	}
	return d, nil
}

// fields returns a document's fields by name, without those an answer names
// elsewhere, and the answers of a question.
func (c *community) fields(f *envelope.Folded) (map[string]any, []api.Entry) {
	fields, answers := map[string]any{}, []api.Entry(nil)
	schema := c.node.kinds.Schema(f.Kind)
	for _, s := range f.Fields {
		switch {
		case s.Number == envelope.Title || s.Number == envelope.Elsewhere || schema != nil && s.Number == schema.Body:
		case s.Name == "answers" && f.KindName == questionKind:
			answers = c.entries(s.Entries)
		case s.Type == envelope.Log || s.Type == envelope.List:
			fields[s.Name] = c.entries(s.Entries)
		default:
			fields[s.Name] = c.shown(s)
		}
	}
	return fields, answers
}

func (c *community) entries(entries []envelope.Entry) []api.Entry {
	out := []api.Entry{}
	for _, e := range entries {
		entry := api.Entry{ID: envelope.EntryName(e.ID), Author: c.person(e.By), At: at2time(e.At), Withdrawn: e.Withdrawn}
		for _, s := range e.Fields {
			if s.Name == "body" {
				entry.Body = s.Text
				continue
			}
			if entry.Fields == nil {
				entry.Fields = map[string]any{}
			}
			entry.Fields[s.Name] = c.shown(s)
		}
		out = append(out, entry)
	}
	return out
}

// shown returns a field's value as JSON has it: a register's shown value, a
// set as a list, a map as a list of who and what.
func (c *community) shown(s envelope.Shown) any {
	switch s.Type {
	case envelope.Text, envelope.Voice:
		return s.Text
	case envelope.Register:
		if len(s.Values) == 0 {
			return nil
		}
		return c.plain(s.Values[0].Value)
	case envelope.Set:
		out := []any{}
		for _, v := range s.Set {
			out = append(out, c.plain(v))
		}
		return out
	case envelope.Map:
		out := []any{}
		for _, own := range s.Own {
			out = append(out, map[string]any{"member": c.person(own.By), "value": c.plain(own.Value), "at": at2time(own.At)})
		}
		return out
	}
	return nil
}

// plain makes of a value what JSON writes: a member is a person, an id its text.
func (c *community) plain(v envelope.Value) any {
	switch v := v.(type) {
	case protocol.MemberID:
		return c.person(v)
	case protocol.EntryID:
		return envelope.EntryName(v)
	case envelope.Fraction:
		return fmt.Sprintf("%d/%d", v.Over, v.Under)
	case envelope.Object:
		out := map[string]any{}
		for _, p := range v {
			out[p.Name] = c.plain(p.Value)
		}
		return out
	case []envelope.Value:
		out := []any{}
		for _, one := range v {
			out = append(out, c.plain(one))
		}
		return out
	}
	return v
}

// at2time makes a time of seconds since 1970.
func at2time(seconds uint64) time.Time {
	return time.Unix(int64(min(seconds, 1<<37)), 0).UTC()
}
