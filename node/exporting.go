package node

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// The files of an export that are no documents.
const (
	calendarFile = "gatherings.ics"
	readmeFile   = "README.md"
	// readmeMark begins the file that says what a folder is: an import passes it over.
	readmeMark = "<!-- coppice: about this folder -->\n"
)

// Export implements [api.Backend].
func (n *Node) Export(ctx context.Context, call api.Call, e api.Exporting) (api.Exported, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Exported{}, err
	}
	root, err := makeDirectory(e.Dir)
	if err != nil {
		return api.Exported{}, err
	}
	defer root.Close()
	out := api.Exported{Dir: e.Dir}
	out.Written, err = c.export(ctx, call, root)
	if err != nil {
		return out, explain(fmt.Errorf("the export stopped after %d files: %w", out.Written, err))
	}
	return out, nil
}

// export writes every document, a calendar of the gatherings, and a file that
// says what all this is.
func (c *community) export(ctx context.Context, call api.Call, root *os.Root) (written int, err error) {
	from, err := c.source()
	if err != nil {
		return 0, err
	}
	folders := []folder{}
	for _, schema := range c.node.kinds.All() {
		if schema.Apart {
			continue
		}
		here, err := c.exportKind(ctx, root, schema, from)
		if written += here; err != nil {
			return written, err
		}
		folders = append(folders, folder{schema.Name, here})
	}
	wall := c.node.cfg.wall(call.Now)
	ics, err := c.calendar(wall, false)
	if err != nil {
		return written, err
	}
	readme, err := c.readme(ctx, folders, wall)
	if err != nil {
		return written, err
	}
	for name, text := range map[string]string{calendarFile: ics.ICS, readmeFile: readme} {
		if err := rewritten(root, name, []byte(text)); err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}

// source says of every file where it was exported, and what ids in it are of.
func (c *community) source() (envelope.Source, error) {
	facts, err := c.shelf.facts()
	if err != nil {
		return envelope.Source{}, err
	}
	titles := map[protocol.DocumentID]string{}
	for _, f := range facts {
		titles[f.ID] = f.Title
		if f.Kind == gathered.Member {
			titles[f.ID] = c.person(f.Author).Name
		}
	}
	return envelope.Source{
		Community: c.id, In: c.name(),
		Name: func(v envelope.Value) string {
			switch v := v.(type) {
			case protocol.MemberID:
				return c.person(v).Name
			case protocol.DocumentID:
				return titles[v]
			}
			return ""
		},
		Time: func(at uint64) string { return at2time(at).Format(time.RFC3339) },
	}, nil
}

// exportable returns a document as files may tell it: the page of who left
// without her name is called by none.
func exportable(f *envelope.Folded) *envelope.Folded {
	if f.Kind != gathered.Member || !gathered.ForgetsName(f) {
		return f
	}
	out := *f
	out.Fields = slices.Clone(f.Fields)
	for i, s := range out.Fields {
		if s.Number == envelope.Title {
			out.Fields[i].Values = []envelope.Stamp{{Value: formerMember, By: s.Values[0].By, At: s.Values[0].At}}
		}
	}
	return &out
}

// folder is a folder of an export and how many documents lie in it.
type folder struct {
	kind  string
	files int
}

// exportKind writes all documents of a kind into a directory of its name.
func (c *community) exportKind(ctx context.Context, root *os.Root, schema *envelope.Schema, from envelope.Source) (written int, err error) {
	if err := root.MkdirAll(schema.Name, 0o777); err != nil {
		return 0, err
	}
	there, err := fileNames(root, schema.Name)
	if err != nil {
		return 0, err
	}
	err = c.shelf.each(schema.Name, func(id protocol.DocumentID) error {
		f, heads, err := c.headed(ctx, id)
		if err != nil || f == nil {
			return err
		}
		from := from
		from.Heads = heads
		text := envelope.Markdown(schema, exportable(f), from)
		tail := "-" + id.String()[:10] + ".md"
		name := there[tail]
		if name == "" {
			name = slug(c.titled(schema.Name, id, called(f))) + tail
		}
		name = path.Join(schema.Name, name)
		if err := rewritten(root, name, text); err != nil {
			return err
		}
		written++
		return nil
	})
	return written, err
}

// headed folds a document and tells its heads; nil when nothing of it shows.
func (c *community) headed(ctx context.Context, id protocol.DocumentID) (f *envelope.Folded, heads []protocol.ChangeID, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		err = r.Inspect(id, func(d *envelope.Document) {
			if folded, shown := d.Fold(); shown {
				f, heads = folded, d.Heads()
			}
		})
	})
	return f, heads, first(asked, ignoreUnknown(err))
}

// rewritten writes a file unless it says so already: what watches the folder
// sees only what changed.
func rewritten(root *os.Root, name string, text []byte) error {
	if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return root.WriteFile(name, text, 0o666)
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

// about says of a kind what its folder holds.
var about = map[string]string{
	"charter": "what we care about, and what we promise each other", "member": "a page of everybody who is in, or was",
	"way": "what we know how to do, with every trial", "story": "what happened to us, as it was told",
	"question": "what we asked, and the answers", "term": "our words, and the areas of our domain",
	"problem": "what comes back, and who met it", "discussion": "what we talked over and decided",
	"gathering": "when we met, who was there, and the notes", "project": "what we do together",
	"pairing": "who learns with whom", "bridge": "our neighbours, and what we share with them",
}

// readme says to who opens the folder what it is.
func (c *community) readme(ctx context.Context, folders []folder, wall uint64) (string, error) {
	concern, err := c.concern(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# %s\n\n%s\n\nAll that we have written, as it stood on %s. Every document is one Markdown file: "+
		"open it with any program that reads text.\n\n", readmeMark, c.name(), strings.TrimSpace(concern), at2time(wall).Format("2 January 2006"))
	for _, f := range folders {
		if f.files > 0 {
			fmt.Fprintf(&b, "- [%s](%s/): %d. %s\n", f.kind, f.kind, f.files, capital(cmp.Or(about[f.kind], f.kind)))
		}
	}
	fmt.Fprintf(&b, "- [%s](%s): the gatherings, for a calendar\n\n", calendarFile, calendarFile)
	b.WriteString(`What a file says above its text: ` + "`coppice`" + ` is the document's id, the lines that follow are its fields. You may change
them and the text, and ` + "`coppice import`" + ` brings what you changed, and nothing else, back into the community; what others
wrote meanwhile stays. Under ` + "`signed`" + ` stands what members said in their own names, such as trials, answers and talk: nobody
can say it for them, so changing it changes nothing. A name with a long word in angle brackets is a person or a document.

In another community ` + "`coppice import`" + ` makes copies that say where they are from. What members signed here stands in
them as said elsewhere, and counts there for nobody.
`)
	return b.String(), nil
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
