package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// Bounds on an import: files in one batch, which shares a sync, and bytes of a
// file with all that front matter tells.
const (
	batchFiles = 128
	batchBytes = 4 << 20
	maxFile    = 4 << 20
)

// importable are the kinds that a file may become which does not say its own.
var importable = []string{"way", "story", "question", "problem", "term", "discussion"}

// importing is one import under way.
type importing struct {
	c     *community
	call  api.Call
	ctx   context.Context
	kind  string                       // of files that name none
	base  string                       // what origins begin with: the directory's name
	taken map[protocol.DocumentID]bool // what a file of this import already is
	keys  map[string]bool              // origins of this import
	batch []file
	bytes int
	tell  *progress
	out   api.Imported
	// foreign are the files of another community. They wait until all are known,
	// for they name each other; see bring.
	foreign []*foreigner
	names   map[protocol.DocumentID]protocol.DocumentID // what their documents are called here
}

// file is one file that becomes a write.
type file struct {
	path  string
	fresh bool // a new document
	write replica.Write
	// merge says what is written of what stands when it is; nil: the intents of
	// the write.
	merge   func(*replica.Replica) ([]envelope.Intent, error)
	foreign *foreigner // of another community
}

// Import implements [api.Backend].
func (n *Node) Import(ctx context.Context, call api.Call, in api.Importing) (api.Imported, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Imported{}, err
	}
	if in.Kind == "" {
		in.Kind = "way"
	}
	if !slices.Contains(importable, in.Kind) || n.kinds.Named(in.Kind) == nil {
		return api.Imported{}, api.Hint(fmt.Errorf("%w: a file does not become a %q by itself", api.ErrUsage, in.Kind),
			"--kind is one of %s; a file that names its kind itself is taken as that", strings.Join(importable, ", "))
	}
	root, err := openDirectory(in.Dir)
	if err != nil {
		return api.Imported{}, err
	}
	defer root.Close()
	tell, end := n.telling(in.Job)
	defer end()
	tell.step("taking files", 0)
	i := &importing{
		c: c, call: call, ctx: ctx, tell: tell, kind: in.Kind, base: filepath.Base(in.Dir),
		taken: map[protocol.DocumentID]bool{}, keys: map[string]bool{}, names: map[protocol.DocumentID]protocol.DocumentID{}, out: api.Imported{Failed: []api.Failure{}},
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		return i.visit(root, name, d, err)
	})
	if err == nil {
		err = i.flush()
	}
	if err == nil {
		err = i.bring(root)
	}
	tell.step("making them found by search", 0)
	c.shelf.drain()
	if err != nil {
		done := i.out.Added + i.out.Changed + i.out.Unchanged
		return api.Imported{}, api.Hint(explain(fmt.Errorf("the import stopped after %d files: %w", done, err)), "what was taken stays; run it again when the cause is gone")
	}
	return i.out, nil
}

// openDirectory opens a directory that a caller named, and nothing outside it.
func openDirectory(dir string) (*os.Root, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("%w: %q is no absolute path", api.ErrUsage, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, api.Hint(fmt.Errorf("%w: the directory cannot be read: %w", api.ErrUsage, err), "look at its name, and whether you may read it")
	}
	return root, nil
}

// visit looks at one entry of the walk. Hidden entries, links and what is no
// Markdown file are passed over; a file that cannot be taken is listed.
func (i *importing) visit(root *os.Root, name string, d fs.DirEntry, err error) error {
	switch {
	case i.ctx.Err() != nil:
		return i.ctx.Err()
	case err != nil:
		if name == "." {
			return err
		}
		i.failed(name, err)
		return nil
	case name != "." && strings.HasPrefix(d.Name(), "."):
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case !d.Type().IsRegular() || !strings.EqualFold(path.Ext(name), ".md"):
		return nil
	}
	i.tell.done(1)
	page, hash, size, err := i.read(root, name)
	if err == nil && page == nil {
		return nil
	}
	if err == nil && i.comes(page, name) {
		return nil
	}
	var f *file
	if err == nil {
		f, err = i.place(page, name, hash)
	}
	return i.add(name, f, size, err)
}

// add puts what became of a file into the batch: nil when it changes nothing.
func (i *importing) add(name string, f *file, size int, err error) error {
	if err != nil {
		i.failed(name, err)
		return nil
	}
	if f == nil {
		i.out.Unchanged++
		return nil
	}
	i.batch = append(i.batch, *f)
	if i.bytes += size; len(i.batch) >= batchFiles || i.bytes >= batchBytes {
		return i.flush()
	}
	return nil
}

func (i *importing) failed(name string, err error) {
	reason := err.Error()
	var path *fs.PathError
	if errors.As(err, &path) {
		reason = path.Err.Error() // the caller knows where it looked
	}
	i.out.Failed = append(i.out.Failed, api.Failure{Path: name, Reason: reason})
}

// read reads a file; a nil page when it is the one that says what a folder is.
func (i *importing) read(root *os.Root, name string) (page *envelope.Page, hash protocol.Hash, size int, err error) {
	r, err := root.Open(name)
	if err != nil {
		return nil, hash, 0, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, hash, 0, err
	case len(b) > maxFile:
		return nil, hash, 0, fmt.Errorf("%w: a file holds at most %d MiB", api.ErrTooLarge, maxFile>>20)
	case bytes.HasPrefix(b, []byte(readmeMark)):
		return nil, hash, 0, nil
	}
	page, err = envelope.ParseMarkdown(i.c.node.kinds, b, name)
	return page, sha256.Sum256(b), len(b), err
}

// place finds which document the file is: the one it names, the one that came
// from this path before, or a new one.
func (i *importing) place(page *envelope.Page, name string, hash protocol.Hash) (*file, error) {
	origin := originKey(i.base + "/" + name)
	id, kind, last, err := i.c.shelf.known(page.ID, origin)
	switch {
	case err != nil:
		return nil, err
	case i.keys[origin]:
		return nil, errors.New("another file here differs from it only in upper and lower case")
	case !id.IsZero() && i.taken[id]:
		return nil, errors.New("another file here is the same document")
	case !id.IsZero() && last == hash:
		i.taken[id], i.keys[origin] = true, true
		return nil, nil
	}
	i.keys[origin] = true
	if id.IsZero() && page.Source.Community == i.c.id {
		return nil, errors.New("its document is not here, or shows nothing any more; run `coppice sync`, or take the lines coppice and exported out to make a new one")
	}
	f := &file{path: name, fresh: id.IsZero()}
	if f.fresh {
		if kind = page.Kind; kind == "" {
			kind = i.kind
		}
	} else {
		i.taken[id] = true
	}
	schema := i.c.node.kinds.Named(kind)
	switch {
	case schema == nil:
		return nil, fmt.Errorf("there is no kind %q", kind)
	case f.fresh && schema.Parts != nil:
		return nil, fmt.Errorf("a %s is not made by importing", kind)
	}
	f.write = replica.Write{Document: id, Kind: schema.Kind, Names: names{i.c}, Wall: i.c.node.cfg.wall(i.call.Now)}
	switch whence := (envelope.Object{{Name: "path", Value: origin}, {Name: "hash", Value: hash}}); {
	case f.fresh:
		f.write.Intents = page.Intents(schema, whence, hash)
	case id != page.ID:
		f.merge = i.since(schema, id, page, whence, hash)
	default: // the file names its document itself: where it lies says nothing
		f.merge = i.exported(schema, id, page)
	}
	return f, nil
}

// exported merges a file of this community into its document: what was changed
// in it since it was exported.
func (i *importing) exported(schema *envelope.Schema, id protocol.DocumentID, page *envelope.Page) func(*replica.Replica) ([]envelope.Intent, error) {
	return func(r *replica.Replica) ([]envelope.Intent, error) {
		now, base, err := i.pages(r, schema, id, func(*envelope.Document) []protocol.ChangeID { return page.Source.Heads })
		switch {
		case err != nil:
			return nil, err
		case base != nil:
			return page.Since(base, now, schema, rebase)
		case len(page.Source.Heads) > 0:
			return nil, errors.New("it was exported where more of the document was known than is here; run `coppice sync`, then import it again")
		}
		return page.Intents(schema, nil, protocol.Hash{}), nil
	}
}

// since merges a file into the document that it became before: what was changed
// in the file since then.
func (i *importing) since(schema *envelope.Schema, id protocol.DocumentID, page *envelope.Page, origin envelope.Object, hash protocol.Hash) func(*replica.Replica) ([]envelope.Intent, error) {
	return func(r *replica.Replica) ([]envelope.Intent, error) {
		now, base, err := i.pages(r, schema, id, importedAt)
		if err != nil || base == nil {
			return page.Intents(schema, origin, hash), err
		}
		intents, err := page.Since(base, now, schema, rebase)
		return append(intents, imported(schema, hash)), err
	}
}

func importedAt(d *envelope.Document) []protocol.ChangeID {
	if at := d.ImportedAt(); !at.IsZero() {
		return []protocol.ChangeID{at}
	}
	return nil
}

func imported(schema *envelope.Schema, hash protocol.Hash) envelope.Intent {
	return envelope.Intent{Field: schema.Field(envelope.Imported).Name, Verb: envelope.DoSet, Value: hash}
}

// pages returns a document as a file would tell it now, and as it would have
// told it at some heads; a nil base when they are not here.
func (i *importing) pages(r *replica.Replica, schema *envelope.Schema, id protocol.DocumentID, at func(*envelope.Document) []protocol.ChangeID) (now, base *envelope.Page, err error) {
	read := func(f *envelope.Folded) *envelope.Page {
		page, failed := envelope.ParseMarkdown(i.c.node.kinds, envelope.Markdown(schema, exportable(f), envelope.Source{}), "")
		err = first(err, failed)
		return page
	}
	inspected := r.Inspect(id, func(d *envelope.Document) {
		if f, shown := d.Fold(); shown {
			now = read(f)
		}
		switch heads := at(d); {
		case now != nil && slices.Equal(heads, d.Heads()):
			base = now
		default:
			if f, here := d.FoldAt(heads); here {
				base = read(f)
			}
		}
	})
	if now == nil {
		inspected = first(inspected, errors.New("its document shows nothing any more; take the lines coppice and exported out to make a new one"))
	}
	return now, base, first(inspected, err)
}

// flush writes the batch and counts what became of it.
func (i *importing) flush() error {
	batch := i.batch
	i.batch, i.bytes = nil, 0
	if len(batch) == 0 {
		return nil
	}
	replies, err := i.c.within(i.ctx, len(batch), func(r *replica.Replica, k int) (w replica.Write, err error) {
		if w = batch[k].write; batch[k].merge != nil {
			w.Intents, err = batch[k].merge(r)
		}
		return w, err
	})
	if replies == nil {
		return err
	}
	for k, r := range replies {
		written, _ := r.Result.(replica.Written)
		switch {
		case unsaved(r.Err):
			return r.Err
		case r.Err != nil:
			i.failed(batch[k].path, r.Err)
		case batch[k].foreign != nil:
			i.brought(&batch[k], written)
		case batch[k].fresh:
			i.taken[written.Document] = true
			i.out.Added++
		case written.Change.IsZero():
			i.out.Unchanged++
		default:
			i.out.Changed++
		}
	}
	return nil
}

// originKey returns a path as origins are compared.
func originKey(path string) string { return strings.ToLower(strings.TrimSpace(path)) }
