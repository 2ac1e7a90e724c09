package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

const (
	usualItems = 50
	usualHits  = 20
	mostItems  = 1000
)

// List implements [api.Backend].
func (n *Node) List(ctx context.Context, call api.Call, l api.Listing) (api.Items, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Items{}, err
	}
	var kinds []string
	if l.Kind != "" {
		kinds = strings.Split(l.Kind, ",")
	}
	for _, kind := range kinds {
		if !slices.Contains(n.kinds.Names(), kind) {
			return api.Items{}, fmt.Errorf("%w: there is no kind %q; there are %s", api.ErrUsage, kind, strings.Join(n.kinds.Names(), ", "))
		}
	}
	if l.Limit, err = within(l.Limit, usualItems); err != nil {
		return api.Items{}, err
	}
	c.shelf.fresh()
	items, next, err := c.shelf.list(kinds, l.Limit, l.After)
	if err != nil {
		return api.Items{}, err
	}
	out := api.Items{Items: make([]api.Item, 0, len(items))}
	_, groups, err := c.shelf.survey()
	if err != nil {
		return api.Items{}, err
	}
	for _, i := range items {
		if groups.First(i.ID) == i.ID { // the others are shown with it
			out.Items = append(out.Items, c.item(i))
		}
	}
	if err := n.foldItems(ctx, call, c, out.Items); err != nil {
		return api.Items{}, err
	}
	if next != "" {
		out.Next = &next
	}
	if err := c.howFar(out.Items, n.cfg.wall(call.Now)); err != nil {
		return api.Items{}, err
	}
	return out, nil
}

func within(limit, usual int) (int, error) {
	switch {
	case limit < 0 || limit > mostItems:
		return 0, fmt.Errorf("%w: a page holds 1 to %d items", api.ErrUsage, mostItems)
	case limit == 0:
		return usual, nil
	}
	return limit, nil
}

// Search implements [api.Backend].
func (n *Node) Search(ctx context.Context, call api.Call, s api.Searching) (api.Hits, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Hits{}, err
	}
	if s.Limit, err = within(s.Limit, usualHits); err != nil {
		return api.Hits{}, err
	}
	c.shelf.fresh()
	hits, err := c.shelf.view.Search(s.Words, s.Limit)
	if err != nil {
		return api.Hits{}, c.shelf.checked(err)
	}
	_, groups, err := c.shelf.survey()
	if err != nil {
		return api.Hits{}, err
	}
	out, seen := api.Hits{Items: []api.Item{}}, map[protocol.DocumentID]bool{}
	for _, h := range hits {
		first := groups.First(h.ID)
		if seen[first] {
			continue
		}
		seen[first] = true
		item := c.item(h.Item)
		item.Snippet = text(h.Snippet)
		out.Items = append(out.Items, item)
	}
	if err := c.howFar(out.Items, n.cfg.wall(call.Now)); err != nil {
		return api.Hits{}, err
	}
	return out, n.foldItems(ctx, call, c, out.Items)
}

// text joins what a search shows; what matched is not marked.
func text(parts []view.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
