package node

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/press"
	"coppice.example/protocol"
)

// The parts of an archive, beside its first page.
const (
	frontFile   = "index.html"
	booksFolder = "books"
	sheetFolder = "pages"
	filesFolder = "markdown"
	wholeFile   = "coppice.json"
)

// archiving is an archive under way.
type archiving struct {
	*printer
	n     *Node
	call  api.Call
	root  *os.Root
	day   string
	wall  uint64
	names map[protocol.DocumentID]string // where a document's sheet lies, from the first page
	out   api.Archived
}

// Archive implements [api.Books].
func (n *Node) Archive(ctx context.Context, call api.Call, in api.Archiving) (api.Archived, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Archived{}, err
	}
	call.Community = c.id.String()
	root, err := makeDirectory(in.Dir)
	if err != nil {
		return api.Archived{}, err
	}
	defer root.Close()
	p, err := c.printer(ctx, call)
	if err != nil {
		return api.Archived{}, err
	}
	wall := c.node.cfg.wall(call.Now)
	a := &archiving{
		printer: p, n: n, call: call, root: root, wall: wall, day: onDay(wall),
		names: map[protocol.DocumentID]string{}, out: api.Archived{Dir: in.Dir},
	}
	if err := a.write(); err != nil {
		return a.out, explain(fmt.Errorf("the archive stopped after %d files: %w", a.out.Written, err))
	}
	return a.out, nil
}

func (a *archiving) write() error {
	for _, f := range a.facts {
		if schema := a.c.node.kinds.Schema(f.Kind); schema != nil && !schema.Apart {
			a.names[f.ID] = path.Join(sheetFolder, schema.Name, slug(a.title(f))+"-"+f.ID.String()[:10]+".html")
		}
	}
	for _, dir := range []string{booksFolder, filesFolder} {
		if err := a.root.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	kinds, err := a.sheets()
	if err != nil {
		return err
	}
	books, err := a.books()
	if err != nil {
		return err
	}
	if err := a.front(kinds, books); err != nil {
		return err
	}
	files, err := a.root.OpenRoot(filesFolder)
	if err != nil {
		return err
	}
	defer files.Close()
	written, err := a.c.export(a.ctx, a.call, files)
	if a.out.Written += written; err != nil {
		return err
	}
	return a.whole()
}

// writes is what a file is made of.
type writes interface{ Write(io.Writer) error }

func (a *archiving) put(name string, p writes) error {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return err
	}
	a.out.Written++
	return rewritten(a.root, name, b.Bytes())
}

// elements says whose part of the triangle a kind is.
var elements = map[string]string{
	"charter": "domain", "term": "domain", "question": "domain",
	"way": "practice", "story": "practice", "problem": "practice",
}

// manyOf says what documents of a kind are called together.
var manyOf = map[string]string{"story": "Stories", "charter": "Charter", "term": "Words"}

// sheets writes a page of every document and a list of every kind. It returns
// the lists, by the part of the triangle they are of.
func (a *archiving) sheets() (kinds map[string][]press.Item, err error) {
	kinds = map[string][]press.Item{}
	a.at = func(id protocol.DocumentID) string {
		if name := a.names[id]; name != "" {
			return "../../" + name
		}
		return ""
	}
	for _, schema := range a.c.node.kinds.All() {
		if schema.Apart {
			continue
		}
		title := cmp.Or(manyOf[schema.Name], capital(schema.Name)+"s")
		up := []press.Item{{Text: a.c.name(), Href: "../../" + frontFile}}
		list := press.Fact{}
		if err := a.root.MkdirAll(path.Join(sheetFolder, schema.Name), 0o777); err != nil {
			return nil, err
		}
		for _, f := range a.of(schema.Kind) {
			piece, err := a.piece(f.ID)
			if err != nil {
				return nil, err
			}
			if piece == nil {
				continue
			}
			item := press.Item{Text: a.title(f), Href: path.Base(a.names[f.ID])}
			if state := a.states[f.ID]; state != "" {
				item.Text += " (" + state + ")"
			}
			list.Items = append(list.Items, item)
			sheet := &press.Sheet{Title: a.title(f), Community: a.c.name(), Day: a.day, Piece: piece, Up: append(slices.Clone(up), press.Item{Text: title, Href: frontFile})}
			if err := a.put(a.names[f.ID], sheet); err != nil {
				return nil, err
			}
		}
		if len(list.Items) == 0 {
			continue
		}
		name := path.Join(sheetFolder, schema.Name, frontFile)
		if err := a.put(name, &press.Sheet{Title: title, Community: a.c.name(), Day: a.day, Up: up, Lists: []press.Fact{list}}); err != nil {
			return nil, err
		}
		element := cmp.Or(elements[schema.Name], "community")
		kinds[element] = append(kinds[element], press.Item{Text: fmt.Sprintf("%s: %d", title, len(list.Items)), Href: name})
	}
	return kinds, nil
}

// of lists the documents of a kind: gatherings by time, all others by title.
func (a *archiving) of(kind protocol.Kind) (all []*envelope.Facts) {
	for _, f := range a.facts {
		if f.Kind == kind {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(x, y *envelope.Facts) int {
		if kind == gathered.Gathering {
			return cmp.Or(cmp.Compare(x.Created, y.Created), x.ID.Compare(y.ID))
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.title(x)), strings.ToLower(a.title(y))), x.ID.Compare(y.ID))
	})
	return all
}

// books writes the book of every area, and one of what is in none.
func (a *archiving) books() (items []press.Item, err error) {
	add := func(name string, b *press.Book, pieces int) error {
		if pieces == 0 {
			return nil
		}
		name = path.Join(booksFolder, name)
		items = append(items, press.Item{Text: b.Title, Href: name})
		return a.put(name, b)
	}
	for _, word := range a.terms.All() {
		if !a.isArea(word.ID) {
			continue
		}
		below, err := a.c.areasBelow([]string{word.ID.String()})
		if err != nil {
			return nil, err
		}
		b, pieces, err := a.book(word.ID, below, a.wall)
		if err == nil {
			err = add(slug(word.Title)+"-"+word.ID.String()[:10]+".html", b, pieces)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(items, func(x, y press.Item) int { return cmp.Or(cmp.Compare(x.Text, y.Text), cmp.Compare(x.Href, y.Href)) })
	b, pieces, err := a.book(protocol.DocumentID{}, nil, a.wall)
	if err != nil {
		return nil, err
	}
	return items, add("in-no-area.html", b, pieces)
}

// front writes the first page.
func (a *archiving) front(kinds map[string][]press.Item, books []press.Item) error {
	a.at = func(id protocol.DocumentID) string { return a.names[id] }
	f := &press.Front{
		Community: api.Visible(a.c.name()), Day: a.day, Books: books,
		Elements: [3]press.Element{{Name: "domain", Title: "Domain"}, {Name: "community", Title: "Community"}, {Name: "practice", Title: "Practice"}},
		Files: []press.Fact{
			{Name: "As text", Items: []press.Item{{Text: "every document as Markdown, to be imported again", Href: path.Join(filesFolder, readmeFile)}}},
			{Name: "Gatherings", Items: []press.Item{{Text: "for a calendar", Href: path.Join(filesFolder, calendarFile)}}},
			{Name: "For programs", Items: []press.Item{{Text: "all of it as JSON", Href: wholeFile}}},
		},
	}
	for i := range f.Elements {
		f.Elements[i].Items = kinds[f.Elements[i].Name]
	}
	charter, err := a.c.document(a.ctx, a.c.charterID())
	if err != nil {
		return err
	}
	if charter != nil {
		f.Concern = a.prose(charter.Folded.Body)
		for _, s := range charter.Folded.Fields {
			if s.Type.Text() && s.Number != domain.Concern && !slices.Contains(unprinted, s.Number) {
				f.Nutshell = append(f.Nutshell, press.Text{Name: labelOf(s.Name), Prose: a.prose(s.Text)})
			}
		}
	}
	if f.People, err = a.whoWeWere(); err != nil {
		return err
	}
	return a.put(frontFile, f)
}

// whoWeWere tells of everybody who was in, in the order in which they came.
func (a *archiving) whoWeWere() (all []press.Said, err error) {
	w, err := a.n.crowd(a.ctx, a.call)
	if err != nil {
		return nil, err
	}
	people := slices.Clone(w.people.Everybody())
	slices.SortFunc(people, func(x, y *gathered.Person) int { return cmp.Or(cmp.Compare(x.Came, y.Came), x.ID.Compare(y.ID)) })
	for _, one := range people {
		said := press.Said{By: a.name(one.ID), Href: a.at(one.Page), At: "came on " + onDay(one.Came)}
		if one.Left > 0 {
			said.At += ", left on " + onDay(one.Left)
		}
		if words := strings.TrimSpace(one.Commitment); words != "" {
			said.Texts = []press.Text{{Prose: a.prose(words)}}
		}
		all = append(all, said)
	}
	return all, nil
}

// whole writes all documents as they are shown to everybody, without who holds
// them at this moment.
func (a *archiving) whole() error {
	all := struct {
		Community string         `json:"community"`
		Name      string         `json:"name"`
		At        time.Time      `json:"at"`
		Documents []api.Document `json:"documents"`
	}{a.c.id.String(), a.c.name(), at2time(a.wall), []api.Document{}}
	s := &showing{n: a.n, ctx: a.ctx, call: a.call, c: a.c}
	for _, schema := range a.c.node.kinds.All() {
		if schema.Apart {
			continue
		}
		for _, f := range a.of(schema.Kind) {
			folded, err := a.c.document(a.ctx, f.ID)
			if err != nil {
				return err
			}
			if folded == nil {
				continue // taken back just now
			}
			d, err := s.show(f.ID, folded)
			if err != nil {
				return err
			}
			d.Held = nil
			all.Documents = append(all.Documents, d)
		}
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	a.out.Written++
	return rewritten(a.root, wholeFile, append(b, '\n'))
}

// makeDirectory opens a directory that a caller named, and makes it if it is
// not there.
func makeDirectory(dir string) (*os.Root, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("%w: %q is no absolute path", api.ErrUsage, dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, api.Hint(fmt.Errorf("%w: the directory cannot be made: %w", api.ErrUsage, err), "name one that can be written")
	}
	return openDirectory(dir)
}
