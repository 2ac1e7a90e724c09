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
	"strings"
	"unicode"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// Bounds on an import: files in one batch, which shares a sync, and bytes of a
// file, front matter included.
const (
	batchFiles = 128
	batchBytes = 4 << 20
	maxFile    = protocol.MaxText + 64<<10
)

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
}

// file is one file that becomes a write.
type file struct {
	path  string
	fresh bool // a new document
	write replica.Write
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
	if in.Kind != "way" && in.Kind != "story" {
		return api.Imported{}, api.Hint(fmt.Errorf("%w: files become ways or stories, not %q", api.ErrUsage, in.Kind), "--kind way or --kind story; a file that names its kind itself is taken as that")
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
		taken: map[protocol.DocumentID]bool{}, keys: map[string]bool{}, out: api.Imported{Failed: []api.Failure{}},
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		return i.visit(root, name, d, err)
	})
	if err == nil {
		err = i.flush()
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
	f, size, err := i.read(root, name)
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

// read makes a write of a file; nil when the document says all that already.
func (i *importing) read(root *os.Root, name string) (*file, int, error) {
	r, err := root.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, 0, err
	}
	if len(b) > maxFile {
		return nil, 0, fmt.Errorf("%w: a text holds at most %d KiB", api.ErrTooLarge, protocol.MaxText>>10)
	}
	page, err := envelope.ParseMarkdown(i.c.node.kinds, b, name)
	if err != nil {
		return nil, 0, err
	}
	f, err := i.place(page, name, sha256.Sum256(b))
	return f, len(b), err
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
	whence := origin
	if !f.fresh && id == page.ID {
		whence = "" // the file names its document itself: where it lies says nothing
	}
	f.write = replica.Write{
		Document: id, Kind: schema.Kind, Intents: page.Intents(schema, whence, hash),
		Names: names{i.c}, Wall: i.c.node.cfg.wall(i.call.Now),
	}
	return f, nil
}

// flush writes the batch and counts what became of it.
func (i *importing) flush() error {
	batch := i.batch
	i.batch, i.bytes = nil, 0
	if len(batch) == 0 {
		return nil
	}
	makes := make([]func(replica.Token) replica.Input, len(batch))
	for k, f := range batch {
		makes[k] = func(t replica.Token) replica.Input {
			f.write.Token = t
			return f.write
		}
	}
	replies, err := i.c.acting(i.ctx, true, makes)
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

// Export implements [api.Backend].
func (n *Node) Export(ctx context.Context, call api.Call, e api.Exporting) (api.Exported, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Exported{}, err
	}
	if !filepath.IsAbs(e.Dir) {
		return api.Exported{}, fmt.Errorf("%w: %q is no absolute path", api.ErrUsage, e.Dir)
	}
	if err := os.MkdirAll(e.Dir, 0o777); err != nil {
		return api.Exported{}, api.Hint(fmt.Errorf("%w: the directory cannot be made: %w", api.ErrUsage, err), "name one that can be written")
	}
	root, err := openDirectory(e.Dir)
	if err != nil {
		return api.Exported{}, err
	}
	defer root.Close()
	out := api.Exported{Dir: e.Dir}
	for _, kind := range []string{"charter", "question", "story", "way"} {
		written, err := c.export(ctx, root, n.kinds.Named(kind))
		out.Written += written
		if err != nil {
			return out, explain(fmt.Errorf("the export stopped after %d files: %w", out.Written, err))
		}
	}
	return out, nil
}

// export writes all documents of a kind into a directory of its name.
func (c *community) export(ctx context.Context, root *os.Root, schema *envelope.Schema) (written int, err error) {
	if err := root.MkdirAll(schema.Name, 0o777); err != nil {
		return 0, err
	}
	there, err := fileNames(root, schema.Name)
	if err != nil {
		return 0, err
	}
	err = c.shelf.each(schema.Name, func(id protocol.DocumentID) error {
		d, err := c.document(ctx, id)
		if err != nil || d == nil {
			return err
		}
		text := envelope.Markdown(schema, d.Folded)
		tail := "-" + id.String()[:10] + ".md"
		name := there[tail]
		if name == "" {
			name = slug(d.Folded.Title) + tail
		}
		name = path.Join(schema.Name, name)
		if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, text) {
			written++
			return nil
		}
		if err := root.WriteFile(name, text, 0o666); err != nil {
			return err
		}
		written++
		return nil
	})
	return written, err
}

// fileNames returns the names in a directory by their tail, which names the
// document: a title may change, its file keeps its name.
func fileNames(root *os.Root, dir string) (map[string]string, error) {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range entries {
		if at := strings.LastIndexByte(e.Name(), '-'); at >= 0 {
			names[e.Name()[at:]] = e.Name()
		}
	}
	return names, nil
}

// slug makes of a title the first part of a file's name that is safe on every
// system: lower-case letters and digits of any script, at most 60 bytes.
func slug(title string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(title) {
		switch {
		case !letter(r):
			dash = b.Len() > 0
		case b.Len()+len(string(r)) > 60:
			return b.String()
		default:
			if dash {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "untitled"
	}
	return b.String()
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// originKey returns a path as origins are compared.
func originKey(path string) string { return strings.ToLower(strings.TrimSpace(path)) }
