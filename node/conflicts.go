package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// conflicts returns what two chose or wrote apart in a document.
func (c *community) conflicts(f *envelope.Folded) (out []api.Conflict) {
	schema := c.node.kinds.Schema(f.Kind)
	if schema == nil {
		return nil
	}
	for _, s := range f.Fields {
		if row := schema.Field(s.Number); row == nil || !row.Asks {
			continue
		}
		if chosen := s.Chosen(); chosen != nil {
			one := api.Conflict{Field: s.Name}
			for _, v := range chosen {
				one.Values = append(one.Values, api.Choice{Value: c.plain(v.Value), By: c.person(v.By), At: at2time(v.At)})
			}
			out = append(out, one)
		}
	}
	for _, again := range f.Again {
		one := api.Conflict{Field: again.Field, Paragraph: again.Paragraph + 1}
		for _, who := range again.By {
			one.By = append(one.By, c.person(who))
		}
		out = append(out, one)
	}
	return out
}

// Conflicts implements [api.Choosers].
func (n *Node) Conflicts(_ context.Context, call api.Call) (api.Conflicts, error) {
	out := api.Conflicts{Items: []api.Conflicted{}, Twins: []api.Twins{}}
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	open, err := c.unsettled()
	if err != nil {
		return out, err
	}
	if out.Items, err = c.conflicted(open); err != nil {
		return out, err
	}
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return out, err
	}
	out.Twins = c.twins(envelope.NearTwins(facts, groups, twinned(n.kinds)...))
	return out, nil
}

// unsettled lists the documents in which something is to be settled, the last
// touched first.
func (c *community) unsettled() (open []*envelope.Facts, err error) {
	facts, err := c.shelf.facts()
	if err != nil {
		return nil, err
	}
	for _, f := range facts {
		if len(f.Open) > 0 && !f.Shelved {
			open = append(open, f)
		}
	}
	slices.SortStableFunc(open, func(a, b *envelope.Facts) int { return cmp.Compare(b.Updated, a.Updated) })
	return open, nil
}

// conflicted says of documents what is to be settled in them.
func (c *community) conflicted(open []*envelope.Facts) ([]api.Conflicted, error) {
	out := []api.Conflicted{}
	for _, f := range open {
		card, err := c.shelf.card(f.ID)
		if errors.Is(err, view.ErrNotFound) {
			continue // taken back just now
		}
		if err != nil {
			return out, err
		}
		out = append(out, api.Conflicted{Item: c.line(f), Conflicts: c.conflicts(card)})
	}
	return out, nil
}

func (c *community) twins(pairs []envelope.Twins) []api.Twins {
	out := []api.Twins{}
	for _, pair := range pairs {
		out = append(out, api.Twins{Older: c.line(pair.Older), Younger: c.line(pair.Younger)})
	}
	return out
}

// twinned are the kinds that name something all have: two of one name are
// mostly one.
func twinned(kinds *envelope.Kinds) (some []protocol.Kind) {
	for _, name := range []string{"term", "problem"} {
		if schema := kinds.Named(name); schema != nil {
			some = append(some, schema.Kind)
		}
	}
	return some
}

// line is a line of a list, of what the ledger knows.
func (c *community) line(f *envelope.Facts) api.Item {
	author, created, updated := c.person(f.Author), at2time(f.Created), at2time(f.Updated)
	i := api.Item{ID: f.ID.String(), Title: f.Title, Author: &author, Created: &created, Updated: &updated, BeingSetRight: c.shelf.beingSetRight(f.ID)}
	if schema := c.node.kinds.Schema(f.Kind); schema != nil {
		i.Kind = schema.Name
		i.Title = c.titled(i.Kind, f.ID, f.Title)
	}
	return i
}

// Resolve implements [api.Choosers].
func (n *Node) Resolve(ctx context.Context, call api.Call, id string, r api.Resolution) (api.Made, error) {
	c, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return api.Made{}, err
	}
	one, err := chosenFrom(c.conflicts(d.Folded), r.Field, id)
	if err != nil {
		return api.Made{}, err
	}
	intent := envelope.Intent{Field: one.Field, Verb: envelope.DoSet, Value: r.Value}
	switch {
	case len(one.Values) == 0:
		intent = envelope.Intent{Field: "reads_well", Verb: envelope.DoPut}
	case r.Choose > 0 && r.Choose <= len(one.Values):
		intent.Value = d.Folded.Field(one.Field).Chosen()[r.Choose-1].Value
	case r.Choose != 0 || r.Value == nil:
		return api.Made{}, api.Hint(fmt.Errorf("%w: %s has %d values to choose from", api.ErrUsage, one.Field, len(one.Values)),
			"give the number of one, from 1 to %d, or another value", len(one.Values))
	}
	_, err = c.write(ctx, call, replica.Write{Document: at.document, Intents: []envelope.Intent{intent}})
	return api.Made{ID: at.document.String()}, err
}

// chosenFrom returns the conflict in a field; with no field named, the only one.
func chosenFrom(all []api.Conflict, field, id string) (one api.Conflict, err error) {
	var names []string
	for _, c := range all {
		if c.Field == field {
			return c, nil
		}
		if !slices.Contains(names, c.Field) {
			names = append(names, c.Field)
		}
	}
	switch {
	case len(names) == 0:
		return one, api.Hint(fmt.Errorf("%w: nothing in %s is to be settled", api.ErrNotFound, id), "`coppice conflict list` shows what is")
	case field != "":
		return one, api.Hint(fmt.Errorf("%w: %s of %s is settled", api.ErrNotFound, field, id), "to be settled: %s", strings.Join(names, ", "))
	case len(names) > 1:
		return one, api.Hint(fmt.Errorf("%w: several fields of %s are to be settled", api.ErrUsage, id), "name one: %s", strings.Join(names, ", "))
	}
	return all[0], nil
}

// JoinSame implements [api.Choosers]. It marks the younger, so that whoever
// reads it finds the older; who may not label that one marks the other.
func (n *Node) JoinSame(ctx context.Context, call api.Call, id string, s api.Sameness) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	var pair [2]found
	for i, id := range []string{id, s.As} {
		if pair[i], err = c.findItself(id); err != nil {
			return api.Made{}, err
		}
		if pair[i].entry != "" {
			return api.Made{}, fmt.Errorf("%w: %s is %s: documents are joined, not their parts", api.ErrUsage, id, pair[i].what())
		}
	}
	switch {
	case pair[0].document == pair[1].document:
		return api.Made{}, fmt.Errorf("%w: %s and %s are one document", api.ErrUsage, id, s.As)
	case pair[0].kind != pair[1].kind:
		return api.Made{}, fmt.Errorf("%w: a %s and a %s are not the same", api.ErrUsage, pair[0].kind, pair[1].kind)
	case s.Not:
		return c.part(ctx, call, pair)
	}
	older, younger, err := c.byAge(pair)
	if err != nil {
		return api.Made{}, err
	}
	err = c.mark(ctx, call, envelope.DoAdd, younger, older)
	if err != nil && c.mark(ctx, call, envelope.DoAdd, older, younger) != nil {
		return api.Made{}, err
	}
	return api.Made{ID: older.String()}, nil
}

// part takes back that two are one, whichever of them says so.
func (c *community) part(ctx context.Context, call api.Call, pair [2]found) (api.Made, error) {
	for i := range pair {
		if err := c.mark(ctx, call, envelope.DoDrop, pair[i].document, pair[1-i].document); err != nil {
			return api.Made{}, err
		}
	}
	return api.Made{ID: pair[0].document.String()}, nil
}

func (c *community) mark(ctx context.Context, call api.Call, verb envelope.Verb, on, as protocol.DocumentID) error {
	_, err := c.write(ctx, call, replica.Write{Document: on, Intents: []envelope.Intent{{Field: "same_as", Verb: verb, Value: as.String()}}})
	return err
}

func (c *community) byAge(pair [2]found) (older, younger protocol.DocumentID, err error) {
	var cards [2]*envelope.Folded
	for i := range pair {
		if cards[i], err = c.shelf.card(pair[i].document); err != nil {
			return older, younger, err
		}
	}
	if cmp.Or(cmp.Compare(cards[0].Created, cards[1].Created), cards[0].ID.Compare(cards[1].ID)) > 0 {
		cards[0], cards[1] = cards[1], cards[0]
	}
	return cards[0].ID, cards[1].ID, nil
}
