package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// found is what an id means: a document, or an entry in one.
type found struct {
	document protocol.DocumentID
	kind     string
	entry    string // the entry's id; empty: the document itself
	// series and slot are set of an occurrence that nobody has begun: its
	// document is not there.
	series protocol.DocumentID
	slot   gathered.Day
}

func (f found) what() string {
	if f.entry != "" {
		return "part of a " + f.kind
	}
	return f.kind
}

// find returns what an id, or its beginning, means; "me" is this node's own
// member document, "@Dev" Dev's, and "charter" the charter; a term's name
// will do for its id. Of documents that are one it is the oldest, so that
// whatever points to another points to it.
func (c *community) find(id string) (found, error) {
	at, err := c.findItself(id)
	if err != nil || at.entry != "" {
		return at, err
	}
	_, groups, err := c.shelf.survey()
	if err == nil {
		at.document = groups.First(at.document)
	}
	return at, err
}

// findItself is find without regard to what it is one with.
func (c *community) findItself(id string) (found, error) {
	if id == "me" {
		kind := c.node.kinds.Named(memberKind).Kind
		return found{document: protocol.DeriveDocument(c.id, kind, c.persona.Member[:]), kind: memberKind}, nil
	}
	if id == charterKind {
		return found{document: c.charterID(), kind: charterKind}, nil
	}
	if strings.TrimSpace(id) == "" {
		return found{}, fmt.Errorf("%w: no id given", api.ErrUsage)
	}
	if name, is := strings.CutPrefix(id, "@"); is {
		who, err := names{c}.Member(name)
		kind := c.node.kinds.Named(memberKind).Kind
		return found{document: protocol.DeriveDocument(c.id, kind, who[:]), kind: memberKind}, err
	}
	if rhythm, day, is := strings.Cut(id, "/"); is {
		return c.findDay(rhythm, day)
	}
	c.shelf.fresh()
	item, entry, err := c.shelf.view.Find(id)
	if errors.Is(err, view.ErrNotFound) && c.shelf.waiting() > 0 {
		c.shelf.drain() // whatever is held is found, however much is on its way
		item, entry, err = c.shelf.view.Find(id)
	}
	var many *view.AmbiguousError
	if errors.Is(err, view.ErrNotFound) {
		if term, named, err := (names{c}).term(id); named || err != nil {
			return found{document: term, kind: termKind}, err
		}
	}
	switch {
	case errors.As(err, &many):
		return found{}, api.Hint(fmt.Errorf("%w: %q", api.ErrAmbiguous, id), "it may be %s", several(many.Candidates))
	case errors.Is(err, view.ErrNotFound):
		return found{}, fmt.Errorf("%w: nothing here has the id %q", api.ErrNotFound, id)
	case err != nil:
		return found{}, c.shelf.checked(err)
	}
	return found{document: item.ID, kind: item.Kind, entry: entry}, nil
}

func several(candidates []view.Candidate) string {
	var texts []string
	for _, c := range candidates[:min(len(candidates), 4)] {
		texts = append(texts, fmt.Sprintf("%s (%s %q)", c.ID[:min(len(c.ID), 16)], c.Kind, c.Title))
	}
	return strings.Join(texts, ", ")
}

// unite adds to a document what stands in those that are one with it, and
// returns their ids.
func (c *community) unite(ctx context.Context, d *replica.Document) (_ *replica.Document, same []string, err error) {
	_, groups, err := c.shelf.survey()
	if err != nil {
		return nil, nil, err
	}
	others := groups.Others(d.Folded.ID)
	if len(others) == 0 {
		return d, nil, nil
	}
	out, folded := *d, []*envelope.Folded{}
	for _, id := range others {
		other, err := c.document(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if other == nil {
			continue
		}
		folded, same = append(folded, other.Folded), append(same, id.String())
		out.History = append(slices.Clone(out.History), other.History...)
		out.Waiting += other.Waiting
	}
	out.Folded = envelope.Unite(d.Folded, folded...)
	return &out, same, nil
}
