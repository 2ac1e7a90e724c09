package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/view"
)

const (
	usualItems = 50
	usualHits  = 20
	mostItems  = 1000
	mostPaged  = 100_000 // hits that pages of a search go through
)

// List implements [api.Seekers].
func (n *Node) List(ctx context.Context, call api.Call, l api.Listing) (out api.Items, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	if l.Limit, err = within(l.Limit, usualItems); err != nil {
		return out, err
	}
	f, err := n.filter(ctx, call, c, l.Filter)
	if err != nil {
		return out, err
	}
	out.Items, out.Next, err = c.fitting(f, l.Limit, l.After)
	return out, first(err, n.finish(ctx, call, c, out.Items))
}

// fitting lists what fits, the last made first. Of documents that are one the
// others are shown with the first.
func (c *community) fitting(f *filter, limit int, after string) (out []api.Item, next *string, err error) {
	last, err := readCursor(after)
	if err != nil {
		return nil, nil, err
	}
	var fitting []*envelope.Facts // the newest of them
	for _, one := range f.stages.facts {
		if one.Shelved && !f.putAway() || f.stages.groups.First(one.ID) != one.ID || last != nil && newestFirst(one, last) <= 0 {
			continue
		}
		fits, err := f.fits(one)
		if err != nil {
			return nil, nil, err
		}
		if fits {
			fitting = append(fitting, one)
		}
		if len(fitting) > 4*limit { // what is beyond the page need not be put in order
			slices.SortFunc(fitting, newestFirst)
			fitting = fitting[:limit+1]
		}
	}
	slices.SortFunc(fitting, newestFirst)
	if len(fitting) > limit {
		fitting = fitting[:limit]
		next = new(string)
		*next = fmt.Sprintf("%d.%s", fitting[limit-1].Created, fitting[limit-1].ID)
	}
	out = make([]api.Item, 0, len(fitting))
	for _, one := range fitting {
		item, err := c.shelf.view.Get(one.ID)
		if errors.Is(err, view.ErrNotFound) {
			continue // taken back just now
		}
		if err != nil {
			return nil, nil, c.shelf.checked(err)
		}
		out = append(out, c.item(item))
	}
	return out, next, nil
}

// newestFirst orders by when documents were made, which never changes: who
// pages meets each once.
func newestFirst(a, b *envelope.Facts) int {
	return cmp.Or(cmp.Compare(b.Created, a.Created), b.ID.Compare(a.ID))
}

// readCursor reads what the page before said comes next; nil: the beginning.
func readCursor(after string) (*envelope.Facts, error) {
	if after == "" {
		return nil, nil
	}
	last := &envelope.Facts{}
	number, id, _ := strings.Cut(after, ".")
	created, err := strconv.ParseUint(number, 10, 64)
	if err == nil {
		err = last.ID.UnmarshalText([]byte(id))
	}
	if last.Created = created; err != nil {
		return nil, lost(after)
	}
	return last, nil
}

func lost(after string) error {
	return api.Hint(fmt.Errorf("%w: no list goes on from %q", api.ErrUsage, after), "give what the page before said comes next")
}

// finish says of lines of a list how far each has come, and which are closed.
func (n *Node) finish(ctx context.Context, call api.Call, c *community, items []api.Item) error {
	return first(c.howFar(items, n.cfg.wall(call.Now)), n.foldItems(ctx, call, c, items))
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

// Search implements [api.Seekers].
func (n *Node) Search(ctx context.Context, call api.Call, s api.Searching) (out api.Hits, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	if s.Limit, err = within(s.Limit, usualHits); err != nil {
		return out, err
	}
	f, err := n.filter(ctx, call, c, s.Filter)
	if err != nil {
		return out, err
	}
	var items []api.Item
	out.Items = []api.Hit{}
	if strings.TrimSpace(s.Words) == "" {
		if items, out.Next, err = c.fitting(f, s.Limit, s.After); err != nil {
			return out, err
		}
		out.Items = append(out.Items, make([]api.Hit, len(items))...)
	} else {
		if out.Items, out.Next, err = c.found(f, s); err != nil {
			return out, err
		}
		for _, hit := range out.Items {
			items = append(items, hit.Item)
		}
	}
	err = n.finish(ctx, call, c, items)
	for i := range items {
		out.Items[i].Item = items[i]
	}
	return out, err
}

// found searches among what fits.
func (c *community) found(f *filter, s api.Searching) (out []api.Hit, next *string, err error) {
	skip := 0
	if s.After != "" {
		if skip, err = strconv.Atoi(s.After); err != nil || skip < 0 || skip > mostPaged {
			return nil, nil, lost(s.After)
		}
	}
	only, err := f.only()
	if err != nil {
		return nil, nil, err
	}
	hits, more, err := c.shelf.view.Search(view.Question{Words: s.Words, Limit: s.Limit, Skip: skip, Only: only})
	if err != nil {
		return nil, nil, c.shelf.checked(err)
	}
	muted, err := c.muted()
	if err != nil {
		return nil, nil, err
	}
	out = []api.Hit{}
	for _, h := range hits {
		out = append(out, c.hit(h, muted))
	}
	if more {
		next = new(string)
		*next = strconv.Itoa(skip + s.Limit)
	}
	return out, next, nil
}
