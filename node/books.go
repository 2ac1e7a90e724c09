package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/practice"
	"coppice.example/node/press"
	"coppice.example/protocol"
)

// chapters are the kinds that a book holds, in its order.
var chapters = []struct {
	kind           protocol.Kind
	title, element string
}{
	{practice.Way, "Ways", "practice"}, {practice.Problem, "Problems", "practice"},
	{practice.Story, "Stories", "practice"}, {domain.Term, "Words", "domain"},
}

// best is the order of ways in a book, by how far they have come.
var best = []string{"proven", "works here", "tried", "contested", "untried on this wording", "untried"}

// Book implements [api.Books].
func (n *Node) Book(ctx context.Context, call api.Call, b api.Binding) (api.Bound, error) {
	if !filepath.IsAbs(b.File) {
		return api.Bound{}, api.Hint(fmt.Errorf("%w: %q is no absolute path", api.ErrUsage, b.File), "name the file to write")
	}
	html, items, err := n.bind(ctx, call, b.Area)
	if err != nil {
		return api.Bound{}, err
	}
	root, err := openDirectory(filepath.Dir(b.File))
	if err != nil {
		return api.Bound{}, err
	}
	defer root.Close()
	if err := rewritten(root, filepath.Base(b.File), html); err != nil {
		return api.Bound{}, api.Hint(fmt.Errorf("the book cannot be written: %w", reasonOf(err)), "name another file, or make room")
	}
	return api.Bound{File: b.File, Items: items, Bytes: len(html)}, nil
}

// reasonOf returns what a file system says, without the path.
func reasonOf(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// BookHTML implements [api.Books].
func (n *Node) BookHTML(ctx context.Context, call api.Call, area string) ([]byte, error) {
	html, _, err := n.bind(ctx, call, area)
	return html, err
}

// bind makes the book of an area, and tells how many documents are in it.
func (n *Node) bind(ctx context.Context, call api.Call, area string) ([]byte, int, error) {
	c, err := n.pick(call)
	if err != nil {
		return nil, 0, err
	}
	if strings.TrimSpace(area) == "" {
		return nil, 0, api.Hint(fmt.Errorf("%w: a book is of an area", api.ErrUsage), "`coppice map` shows the areas")
	}
	p, err := c.printer(ctx, call)
	if err != nil {
		return nil, 0, err
	}
	areas, err := c.areasBelow([]string{area})
	if err != nil {
		return nil, 0, err
	}
	id, err := names{c}.Document(area)
	if err == nil && len(areas) == 0 {
		err = api.Hint(fmt.Errorf("%w: %s is no word of ours, and a book is of an area", api.ErrUsage, area), "`coppice map` shows the areas")
	}
	if err != nil {
		return nil, 0, err
	}
	b, items, err := p.book(p.groups.First(id), areas, c.node.cfg.wall(call.Now))
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	err = b.Write(&out)
	return out.Bytes(), items, err
}

// book prints what is in areas, of which the first is the one that it is named
// by; without areas it is of what is in none.
func (p *printer) book(area protocol.DocumentID, areas map[protocol.DocumentID]bool, wall uint64) (*press.Book, int, error) {
	concern, err := p.c.concern(p.ctx)
	if err != nil {
		return nil, 0, err
	}
	b := &press.Book{Title: "In no area", Community: api.Visible(p.c.name()), Concern: p.prose(concern), Day: onDay(wall)}
	ids, here := [][]protocol.DocumentID{}, map[protocol.DocumentID]bool{}
	for _, chapter := range chapters {
		in := slices.DeleteFunc(p.within(chapter.kind, areas), func(id protocol.DocumentID) bool { return id == area })
		if chapter.kind == practice.Way {
			slices.SortStableFunc(in, func(a, b protocol.DocumentID) int { return p.rank(a) - p.rank(b) })
		}
		for _, id := range in {
			here[id] = true
		}
		ids = append(ids, in)
	}
	p.at = func(id protocol.DocumentID) string {
		if here[id] {
			return "#d-" + id.String()
		}
		return ""
	}
	if areas != nil {
		if err := p.cover(b, area); err != nil {
			return nil, 0, err
		}
	}
	items := 0
	for i, chapter := range chapters {
		part := press.Part{Title: chapter.title, Element: chapter.element}
		for _, id := range ids[i] {
			piece, err := p.piece(id)
			if err != nil {
				return nil, 0, err
			}
			if piece != nil {
				part.Pieces = append(part.Pieces, *piece)
				items++
			}
		}
		b.Parts = append(b.Parts, part)
	}
	return b, items, nil
}

func (p *printer) rank(id protocol.DocumentID) int {
	if i := slices.Index(best, p.states[id]); i >= 0 {
		return i
	}
	return len(best)
}

// cover says what the area is and who looks after it.
func (p *printer) cover(b *press.Book, area protocol.DocumentID) error {
	word := p.terms.Of(area)
	if word == nil {
		return nil
	}
	b.Title = api.Visible(word.Title)
	for _, who := range word.Stewards {
		b.Keepers = append(b.Keepers, p.name(who))
	}
	d, err := p.c.document(p.ctx, word.ID)
	if err != nil || d == nil {
		return err
	}
	if strings.TrimSpace(d.Folded.Body) != "" {
		b.Means = p.prose(d.Folded.Body)
	}
	return nil
}
