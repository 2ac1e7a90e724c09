package node

import (
	"errors"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// namedIn returns the documents that fields name, and those with more ids, by
// the id they are named by: an entry's leads to the document it stands in. What
// has not come to this node is left out.
func (c *community) namedIn(fields []envelope.Shown, more []string) (map[string]api.Item, error) {
	out := map[string]api.Item{}
	c.shelf.fresh()
	for _, id := range append(references(fields), more...) {
		if _, known := out[id]; known {
			continue
		}
		at, err := c.findItself(id)
		if err != nil {
			continue // not here, or shown no more
		}
		i, err := c.shelf.view.Get(at.document)
		switch {
		case err == nil:
			out[id] = c.item(i)
		case !errors.Is(err, view.ErrNotFound):
			return nil, c.shelf.checked(err)
		}
	}
	return out, nil
}

// references lists the ids of the documents and entries that fields name.
func references(fields []envelope.Shown) (ids []string) {
	for _, s := range fields {
		for _, stamp := range s.Values {
			ids = append(ids, referred(stamp.Value)...)
		}
		for _, stamp := range s.Own {
			ids = append(ids, referred(stamp.Value)...)
		}
		ids = append(ids, referred(s.Set)...)
		for _, e := range s.Entries {
			ids = append(ids, references(e.Fields)...)
		}
	}
	return ids
}

func referred(v envelope.Value) (ids []string) {
	switch v := v.(type) {
	case protocol.DocumentID:
		return []string{v.String()}
	case protocol.EntryID:
		return []string{envelope.EntryName(v)}
	case envelope.Object:
		for _, p := range v {
			ids = append(ids, referred(p.Value)...)
		}
	case []envelope.Value:
		for _, one := range v {
			ids = append(ids, referred(one)...)
		}
	}
	return ids
}
