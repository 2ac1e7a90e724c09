package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// Mark implements [api.Marking]. A flag and why it was set are one change.
func (n *Node) Mark(ctx context.Context, call api.Call, id string, m api.Mark) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	at, err := c.find(id)
	if err != nil {
		return api.Made{}, err
	}
	if err := c.mayMark(at, m); err != nil {
		return api.Made{}, err
	}
	intents := []envelope.Intent{{Field: "marks", Verb: envelope.DoAdd, Value: m.Mark}}
	if m.Undo {
		intents[0].Verb = envelope.DoDrop
	}
	if why := strings.TrimSpace(m.Why); why != "" && !m.Undo {
		intents = append(intents, envelope.Intent{Field: "talk", Verb: envelope.DoEnter, Value: map[string]any{"body": why}})
	}
	written, err := c.write(ctx, call, replica.Write{Document: at.document, Intents: intents})
	return api.Made{ID: written.Document.String()}, err
}

// mayMark refuses marks that say nothing where they are.
func (c *community) mayMark(at found, m api.Mark) error {
	if at.entry != "" {
		hint := "`coppice comment ID` replies to it"
		if at.kind == questionKind {
			hint = "of an answer that helped say so: `coppice helped ID`; `coppice comment ID` replies"
		}
		return api.Hint(fmt.Errorf("%w: a mark stands on a document, and this is %s", api.ErrUsage, at.what()), "%s", hint)
	}
	if m.Undo {
		return nil
	}
	f, err := c.shelf.card(at.document)
	if err != nil {
		return err
	}
	facts := c.node.kinds.Facts(f)
	switch {
	case m.Mark == "thanks" && facts.Author == c.persona.Member:
		return api.Hint(fmt.Errorf("%w: it is your own", api.ErrUsage), "`coppice thanks ID` thanks somebody else")
	case m.Mark == "try" && f.KindName != "way" && f.KindName != "story":
		return api.Hint(fmt.Errorf("%w: one tries a way or a story, and this is a %s", api.ErrUsage, f.KindName), "`coppice list --kind way` shows ways")
	}
	return nil
}

// Comment implements [api.Marking].
func (n *Node) Comment(ctx context.Context, call api.Call, id string, said api.Commenting) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	if strings.TrimSpace(said.Body) == "" {
		return api.Made{}, api.Hint(fmt.Errorf("%w: a comment says something", api.ErrUsage), "coppice comment ID \"...\"")
	}
	at, err := c.find(id)
	if err != nil {
		return api.Made{}, err
	}
	entry := map[string]any{"body": said.Body}
	if at.entry != "" {
		entry["re"] = at.entry
	}
	written, err := c.write(ctx, call, replica.Write{Document: at.document, Intents: []envelope.Intent{
		{Field: "talk", Verb: envelope.DoEnter, Value: entry},
	}})
	if err != nil {
		return api.Made{}, err
	}
	if len(written.Entries) != 1 {
		return api.Made{}, fmt.Errorf("the comment made %d entries", len(written.Entries))
	}
	return api.Made{ID: envelope.EntryName(written.Entries[0])}, nil
}

// folds says why documents, and what somebody says in them, are folded for
// this node's person. Nil folds nothing.
type folds struct {
	c     *community
	muted []protocol.MemberID
	crowd func() (*crowd, error) // asked when something was flagged
}

func (c *community) folds(crowd func() (*crowd, error)) (*folds, error) {
	muted, err := c.muted()
	return &folds{c, muted, crowd}, err
}

// by says why what somebody says is folded; empty when it is not.
func (f *folds) by(who protocol.MemberID) string {
	if f != nil && slices.Contains(f.muted, who) {
		return "you muted " + f.c.person(who).Name
	}
	return ""
}

// document says why a document is folded; empty when it is not.
func (f *folds) document(facts *envelope.Facts) (string, error) {
	if f == nil || facts == nil {
		return "", nil
	}
	flags := facts.Did(envelope.Flagged)
	if len(flags) == 0 {
		return f.by(facts.Author), nil
	}
	if slices.ContainsFunc(flags, func(d envelope.Deed) bool { return d.By == f.c.persona.Member }) {
		return "you flagged it", nil
	}
	w, err := f.crowd()
	if err != nil {
		return "", err
	}
	who, all := gathered.Flags(w.people, facts)
	if !all {
		return f.by(facts.Author), nil
	}
	card, err := f.c.shelf.card(facts.ID)
	if err != nil {
		return "", err
	}
	var names, whys []string
	for _, one := range who {
		names = append(names, one.Name)
		if why := gathered.WhyFlagged(card, w.people, one); why != "" {
			whys = append(whys, why)
		}
	}
	text := strings.Join(names, ", ") + " flagged it"
	if len(whys) > 0 {
		text += ": " + strings.Join(whys, "; ")
	}
	return text, nil
}

// foldItems notes on lines of a list which are folded.
func (n *Node) foldItems(ctx context.Context, call api.Call, c *community, items []api.Item) error {
	s := &showing{n: n, ctx: ctx, call: call, c: c}
	f, err := c.folds(s.crowd)
	if err != nil {
		return err
	}
	return f.items(items)
}

// items notes on lines of a list which are folded.
func (f *folds) items(items []api.Item) error {
	all, err := f.c.shelf.facts()
	if err != nil {
		return err
	}
	for i := range items {
		var id protocol.DocumentID
		if id.UnmarshalText([]byte(items[i].ID)) != nil {
			continue
		}
		if items[i].Folded, err = f.document(factsOf(all, id)); err != nil {
			return err
		}
	}
	return nil
}

// factsOf finds the facts of a document among all, by id; nil when it shows nothing.
func factsOf(all []*envelope.Facts, id protocol.DocumentID) *envelope.Facts {
	if at, found := envelope.Find(all, id); found {
		return all[at]
	}
	return nil
}

// shown notes on a document, and on what stands in it, what is folded.
func (f *folds) shown(d *api.Document, of *envelope.Folded) (err error) {
	if f == nil {
		return nil
	}
	if d.Folded, err = f.document(f.c.node.kinds.Facts(of)); err != nil {
		return err
	}
	f.entries(d.Answers)
	for _, value := range d.Fields {
		if entries, is := value.([]api.Entry); is {
			f.entries(entries)
		}
	}
	return nil
}

func (f *folds) entries(entries []api.Entry) {
	for i := range entries {
		var who protocol.MemberID
		if who.UnmarshalText([]byte(entries[i].Author.ID)) == nil {
			entries[i].Folded = f.by(who)
		}
	}
}
