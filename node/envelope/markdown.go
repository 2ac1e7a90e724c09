package envelope

import (
	"slices"
	"strings"

	"coppice.example/protocol"
	"go.yaml.in/yaml/v3"
)

// Page is a document as a Markdown file: YAML front matter and the body.
type Page struct {
	ID     protocol.DocumentID // zero in a file that was never exported
	Kind   string              // "" when the file does not say
	Title  string
	Body   string
	Fields []Intent // the other fields that the front matter tells
	Extra  string   // front matter that is not ours, as it was
	Source Source   // where it was exported
	Author string   // whose it is, as the file says; may be ""
	// Elsewhere is the value of that field; see [Page.Kept].
	Elsewhere string
	tells     bool // the file has something to say about the field
	root      *yaml.Node
}

// Source is where a file was exported. The zero Source says nothing.
type Source struct {
	Community protocol.CommunityID
	In        string              // what the community is called
	Heads     []protocol.ChangeID // of the document
	// Name tells what a member or a document is called, "" when it is not known;
	// nil knows none. A file that was read has none.
	Name func(Value) string
	// Time writes seconds since 1970 as people read them; nil: as a number.
	Time func(uint64) string
}

// The keys of front matter that are ours in every kind.
const (
	keyID        = "coppice"
	keyKind      = "kind"
	keyTitle     = "title"
	keySigned    = "signed"
	keyExported  = "exported"
	keyElsewhere = "elsewhere"
	keyExtra     = "extra"
	fence        = "---\n"
)

// told tells whether a field stands in front matter as something that can be
// read back: what one importer may say. What members signed as their own (maps,
// entries, volunteering) is shown under "signed" and not read back.
func (s *Schema) told(f *Field) bool {
	switch f.Number {
	case Title, s.Body, Origin, Imported, Extra, CarriedFrom, Whole, Elsewhere:
		return false
	}
	if f.Type != Register && f.Type != Set && !f.Type.Text() {
		return false
	}
	return !slices.ContainsFunc(f.Rule, func(g Grant) bool { return g.Who == Herself })
}

// Markdown returns the file of a document: LF, UTF-8, front matter first. Of
// registers with several values it tells the one that shows; the others stand
// with what members signed.
func Markdown(s *Schema, f *Folded, from Source) []byte {
	ours, signed, w := mapping(), mapping(), writing{from}
	put(ours, keyID, f.ID.String())
	put(ours, keyKind, s.Name)
	put(ours, keyTitle, f.TextOf(s.Field(Title).Name))
	putNode(signed, "author", w.node(f.Author, false))
	putNode(signed, "created", w.when(f.Created))
	for _, shown := range f.Fields {
		row := s.Field(shown.Number)
		switch {
		case s.told(row):
			putNode(ours, shown.Name, w.node(shown.plainValue(), row.Form.Is == IsPerson))
		case row.Number == Title || row.Number == s.Body || row.Number == Extra || row.Number == Elsewhere:
		default:
			putNode(signed, shown.Name, w.signed(row, shown))
		}
		if row.Asks && shown.Chosen() != nil || len(shown.Values) > 1 {
			putNode(signed, shown.Name+" too", w.stamps(row, shown.Values[1:]))
		}
	}
	putNode(ours, keySigned, signed)
	if kept := f.number(Elsewhere).Text; kept != "" {
		putNode(ours, keyElsewhere, keptNode(kept))
	}
	if len(from.Heads) > 0 {
		exported, heads := mapping(), &yaml.Node{Kind: yaml.SequenceNode}
		putNode(exported, "from", quoted(namedID(from.In, from.Community.String())))
		for _, h := range from.Heads {
			heads.Content = append(heads.Content, quoted(h.String()))
		}
		putNode(exported, "heads", heads)
		putNode(ours, keyExported, exported)
	}
	extra := f.number(Extra).Text
	head := extra + encode(ours)
	if extra != "" && !reads(head, s, extra) {
		put(ours, keyExtra, extra)
		head = encode(ours)
	}
	return []byte(fence + head + fence + "\n" + f.Body)
}

// reads tells whether front matter gives a stranger's part back as it was.
func reads(head string, s *Schema, extra string) bool {
	if !strings.HasSuffix(extra, "\n") || strings.Contains("\n"+head, "\n"+fence) {
		return false
	}
	page := &Page{}
	err := page.front(head, NewKinds([]*Schema{s}))
	return err == nil && page.Extra == extra && !page.ID.IsZero()
}

// ParseMarkdown reads a file of at most 512 KiB. Path is its name relative to
// the import, with slashes: the title of a file
// that has none and was never exported. Refusals are
// [Refusal] with [ErrText], [ErrTooLong] or [ErrFrontMatter].
//
// Front matter of ours names the document or a kind we know. In a stranger's
// only the title is understood; the rest, as all that we do not know in ours,
// is kept as it was. What is no mapping is no front matter but part of the body.
func ParseMarkdown(kinds *Kinds, b []byte, path string) (*Page, error) {
	text, err := Clean(string(b))
	if err != nil {
		return nil, err
	}
	page := &Page{Body: text}
	if head, body, ok := split(text); ok {
		read := &Page{Body: body}
		switch err := read.front(head, kinds); {
		case err == nil:
			page = read
		case ours(head):
			return nil, err
		}
	}
	if !page.ID.IsZero() {
		page.Body = strings.TrimPrefix(page.Body, "\n")
	}
	if len(page.Body) > protocol.MaxText || len(page.Extra) > protocol.MaxText {
		return nil, refuse(ErrTooLong, "split it into several files", "a text has at most 512 KiB, this has %d KiB", (len(text)+1023)/1024)
	}
	if page.Title == "" && page.ID.IsZero() {
		page.Title = heading(page.Body)
	}
	if page.Title == "" && page.ID.IsZero() {
		page.Title = fileTitle(path)
	}
	return page, nil
}

// Intents returns what makes a document read as the page does. Origin is where
// the page is from when this makes the document, nil: it does not say. The hash
// of the file is noted, so that the same file is known again; zero: it is not.
func (p *Page) Intents(s *Schema, origin Object, hash protocol.Hash) []Intent {
	var intents []Intent
	if origin != nil {
		// First, for only the change that makes a document may say where it is from.
		intents = append(intents, Intent{Field: s.Field(Origin).Name, Verb: DoBegin, Value: origin})
	}
	if p.Title != "" {
		intents = append(intents, Intent{Field: s.Field(Title).Name, Verb: DoSet, Value: p.Title})
	}
	intents = append(intents, Intent{Field: s.Field(s.Body).Name, Verb: DoText, Value: p.Body})
	for _, in := range p.Fields {
		if f := s.Named(in.Field); f != nil && s.told(f) {
			intents = append(intents, in)
		}
	}
	if p.Extra != "" {
		intents = append(intents, Intent{Field: s.Field(Extra).Name, Verb: DoText, Value: p.Extra})
	}
	if p.tells {
		intents = append(intents, Intent{Field: s.Field(Elsewhere).Name, Verb: DoText, Value: p.Elsewhere})
	}
	if !hash.IsZero() {
		// Last, so that a file whose text came in part counts as not imported.
		intents = append(intents, Intent{Field: s.Field(Imported).Name, Verb: DoSet, Value: hash})
	}
	return intents
}

// split takes front matter and body apart at the fences.
func split(text string) (head, body string, ok bool) {
	rest, ok := strings.CutPrefix(text, fence)
	if !ok {
		return "", "", false
	}
	at := 0
	for line := range strings.Lines(rest) {
		if strings.TrimRight(line, " \t\n") == "---" && strings.HasPrefix(line, "-") {
			return rest[:at], rest[at+len(line):], true
		}
		at += len(line)
	}
	return "", "", false
}

// ours tells whether unreadable front matter was meant for us.
func ours(head string) bool { return strings.Contains("\n"+head, "\n"+keyID+":") }

// heading returns the text of the first heading that has any.
func heading(body string) string {
	before, fenced := "", ""
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		switch mark := codeFence(trimmed); {
		case fenced != "":
			if strings.HasPrefix(trimmed, fenced) {
				fenced = ""
			}
			before = ""
			continue
		case mark != "":
			fenced, before = mark, ""
			continue
		}
		title := ""
		if rest := strings.TrimLeft(trimmed, "#"); len(trimmed)-len(rest) >= 1 && len(trimmed)-len(rest) <= 6 && strings.HasPrefix(rest, " ") {
			title = plainTitle(strings.TrimRight(strings.TrimSpace(rest), "#"))
		} else if before != "" && trimmed != "" && (strings.Trim(trimmed, "=") == "" || strings.Trim(trimmed, "-") == "") {
			title = plainTitle(before)
		}
		if title != "" {
			return title
		}
		before = trimmed
	}
	return ""
}

func codeFence(line string) string {
	for _, mark := range []string{"```", "~~~"} {
		if strings.HasPrefix(line, mark) {
			return mark
		}
	}
	return ""
}

// plainTitle takes images, links and tags out of a heading; at most 200 runes.
func plainTitle(s string) string {
	var b strings.Builder
	for s != "" {
		switch {
		case s[0] == '<':
			if end := strings.IndexByte(s, '>'); end > 0 {
				s = s[end+1:]
				continue
			}
		case strings.HasPrefix(s, "!["), s[0] == '[':
			if label, rest, ok := linked(strings.TrimPrefix(s, "!")); ok {
				if s[0] == '[' {
					b.WriteString(plainTitle(label))
				}
				s = rest
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	plain := strings.NewReplacer("`", "", "**", "", "__", "").Replace(b.String())
	if strings.Count(plain, "*") == 2 {
		plain = strings.ReplaceAll(plain, "*", "")
	}
	return cut(oneLine(plain), titleMost)
}

// linked reads [label](target) from the beginning of s.
func linked(s string) (label, rest string, ok bool) {
	end := closing(s, '[', ']')
	if end < 0 || end+1 >= len(s) || s[end+1] != '(' {
		return "", "", false
	}
	stop := closing(s[end+1:], '(', ')')
	if stop < 0 {
		return "", "", false
	}
	return s[1:end], s[end+1+stop+1:], true
}

// closing returns where the bracket that s begins with closes.
func closing(s string, open, shut byte) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func cut(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}

// fileTitle makes a title of a file's name.
func fileTitle(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	name, err := Clean(oneLine(name))
	if err != nil || name == "" {
		return "Untitled"
	}
	return cut(name, titleMost)
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }
