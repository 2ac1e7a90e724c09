package api

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Bounds of what is rendered of one text.
const (
	mostRendered = 32 << 10 // bytes; the rest is shown as it is
	mostNodes    = 16 << 10 // a text that makes more is shown as it is
	mostDepth    = 32       // of nodes; what lies deeper is shown without its own tags
)

// Prose is a text in Markdown as a page shows it: a tree of nodes that the
// page builds one by one. No string of it is ever parsed as HTML, so nothing a
// member wrote can become anything but these nodes.
type Prose struct {
	Nodes []Node `json:"nodes"`
	Rest  string `json:"rest,omitempty" doc:"what is not rendered: to be shown as it is"`
}

// Node is a piece of text, or an element with one of few tags. In JSON a text
// is a string.
type Node struct {
	Text     string
	Tag      string
	Href     string // of a: http, https or mailto
	Ref      string // of a: the id of a document or entry here
	Start    int    // of ol: where it counts from, unless 1
	Align    string // of th and td: left, center, right
	Task     string // of li: done or open
	Children []Node
}

// element is the JSON form of a node that is no text.
type element struct {
	Tag      string `json:"tag"`
	Href     string `json:"href,omitempty"`
	Ref      string `json:"ref,omitempty"`
	Start    int    `json:"start,omitempty"`
	Align    string `json:"align,omitempty"`
	Task     string `json:"task,omitempty"`
	Children []Node `json:"children,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (n Node) MarshalJSON() ([]byte, error) {
	if n.Tag == "" {
		return json.Marshal(n.Text)
	}
	return json.Marshal(element{n.Tag, n.Href, n.Ref, n.Start, n.Align, n.Task, n.Children})
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Node) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		*n = Node{}
		return json.Unmarshal(raw, &n.Text)
	}
	var e element
	err := json.Unmarshal(raw, &e)
	*n = Node{"", e.Tag, e.Href, e.Ref, e.Start, e.Align, e.Task, e.Children}
	return err
}

// Schema says how a Node looks in OpenAPI.
func (Node) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: `a text, or {"tag", "children", ...}: href (http, https, mailto) or ref (an id here) of a; ` +
			`start of ol; align of th and td; task (done, open) of li. Tags: ` + strings.Join(tags, " "),
		OneOf: []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeObject}},
	}
}

// tags are all that a node may bear.
var tags = []string{
	"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "br", "hr", "a",
	"table", "thead", "tbody", "tr", "th", "td",
}

var markdown = goldmark.New(goldmark.WithExtensions(
	extension.Table, extension.Strikethrough, extension.TaskList,
	extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
)).Parser()

// Render makes prose of a text in Markdown. HTML in it is shown as the text it
// is, an image as a link to it. A text of this size that would take long to
// read is shown as it is.
func Render(source string) Prose {
	head, rest := split(source)
	if !cheap(head) {
		return Prose{Nodes: []Node{}, Rest: Visible(source)}
	}
	r := renderer{source: []byte(head)}
	nodes := r.children(markdown.Parse(text.NewReader(r.source)), 0)
	if r.count > mostNodes {
		return Prose{Nodes: []Node{}, Rest: Visible(source)}
	}
	return Prose{Nodes: nodes, Rest: Visible(rest)}
}

// split parts a text where rendering ends: at the end of a line if there is one.
func split(s string) (head, rest string) {
	if len(s) <= mostRendered {
		return s, ""
	}
	end := mostRendered
	for !utf8.RuneStart(s[end]) {
		end--
	}
	if line := strings.LastIndexByte(s[:end], '\n'); line > 0 {
		end = line + 1
	}
	return s[:end], s[end:]
}

// What the parser takes for brackets grows with how many there are in a
// paragraph times its length, and for nested blocks with the square of their
// depth. Texts beyond these, which no hand writes, cost more than 50 ms.
const (
	mostBrackets = 24 << 20
	mostBlocks   = 24 // begun on one line
)

// cheap tells whether a text can be read in little time.
func cheap(s string) bool {
	brackets, size, cost := 0, 0, 0
	for line := range strings.Lines(s) {
		trimmed := strings.TrimLeft(line, " ")
		blocks := markers(trimmed)
		if blocks > mostBlocks {
			return false
		}
		if strings.TrimSpace(line) == "" || len(line)-len(trimmed) < 4 && (blocks > 0 || strings.HasPrefix(trimmed, "#")) {
			cost += brackets * size
			brackets, size = 0, 0
		}
		brackets += strings.Count(line, "[")
		size += len(line)
	}
	return cost+brackets*size <= mostBrackets
}

// markers counts the quotes and lists that a line may begin.
func markers(line string) (n int) {
	for i := 0; i < len(line); {
		digits := i
		for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
			digits++
		}
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			i++
			continue
		case c == '>':
			i++
		case (c == '-' || c == '*' || c == '+') && i+1 < len(line) && blank(line[i+1]):
			i += 2
		case digits > i && digits+1 < len(line) && (line[digits] == '.' || line[digits] == ')') && blank(line[digits+1]):
			i = digits + 2
		default:
			return n
		}
		n++
	}
	return n
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// Visible takes out of a text what turns the reading of it around, and what no
// reader can see.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// renderer makes nodes of the parser's tree.
type renderer struct {
	source []byte
	count  int
}

// children makes nodes of all children; texts that follow each other are one.
func (r *renderer) children(n ast.Node, depth int) []Node {
	out := []Node{}
	var words strings.Builder
	end := func() {
		if words.Len() > 0 {
			r.count++
			out = append(out, Node{Text: words.String()})
			words.Reset()
		}
	}
	for c := n.FirstChild(); c != nil && r.count <= mostNodes; c = c.NextSibling() {
		for _, made := range r.node(c, depth) {
			if made.Tag == "" {
				words.WriteString(made.Text)
				continue
			}
			end()
			r.count++
			out = append(out, made)
		}
	}
	end()
	return out
}

// in makes an element around the children of n; too deep, only the children.
func (r *renderer) in(n ast.Node, depth int, e Node) []Node {
	if depth >= mostDepth {
		return r.children(n, depth)
	}
	e.Children = r.children(n, depth+1)
	return []Node{e}
}

func (r *renderer) node(n ast.Node, depth int) []Node {
	switch n := n.(type) {
	case *ast.Paragraph:
		return r.in(n, depth, Node{Tag: "p"})
	case *ast.TextBlock:
		return append(r.children(n, depth), Node{Text: "\n"})
	case *ast.Heading: // the title of the page is its h1
		return r.in(n, depth, Node{Tag: "h" + strconv.Itoa(min(n.Level+1, 6))})
	case *ast.List:
		e := Node{Tag: "ul"}
		if n.IsOrdered() {
			e.Tag = "ol"
			if n.Start != 1 {
				e.Start = n.Start
			}
		}
		return r.in(n, depth, e)
	case *ast.ListItem:
		return r.in(n, depth, Node{Tag: "li", Task: task(n)})
	case *extast.TaskCheckBox:
		return nil // its item says it
	case *ast.Blockquote:
		return r.in(n, depth, Node{Tag: "blockquote"})
	case *ast.ThematicBreak:
		return []Node{{Tag: "hr"}}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return []Node{{Tag: "pre", Children: []Node{{Tag: "code", Children: []Node{{Text: r.lines(n)}}}}}}
	case *ast.HTMLBlock:
		html := r.lines(n)
		if n.HasClosure() {
			html += string(n.ClosureLine.Value(r.source))
		}
		return []Node{{Tag: "p", Children: []Node{{Text: Visible(html)}}}}
	}
	return r.inline(n, depth)
}

func (r *renderer) inline(n ast.Node, depth int) []Node {
	switch n := n.(type) {
	case *ast.Text:
		return r.text(n)
	case *ast.String:
		return []Node{{Text: Visible(string(n.Value))}}
	case *ast.CodeSpan:
		return []Node{{Tag: "code", Children: []Node{{Text: r.raw(n)}}}}
	case *ast.RawHTML:
		var b strings.Builder
		for i := range n.Segments.Len() {
			segment := n.Segments.At(i)
			b.Write(segment.Value(r.source))
		}
		return []Node{{Text: Visible(b.String())}}
	case *ast.Emphasis:
		return r.in(n, depth, Node{Tag: map[int]string{1: "em", 2: "strong"}[min(n.Level, 2)]})
	case *extast.Strikethrough:
		return r.in(n, depth, Node{Tag: "del"})
	case *ast.Link:
		return r.link(n, depth, unescape(string(n.Destination)))
	case *ast.Image:
		return r.link(n, depth, unescape(string(n.Destination)))
	case *ast.AutoLink:
		return r.auto(n)
	}
	return r.table(n, depth)
}

func (r *renderer) table(n ast.Node, depth int) []Node {
	switch n := n.(type) {
	case *extast.Table:
		head, body := Node{Tag: "thead"}, Node{Tag: "tbody"}
		for c := n.FirstChild(); c != nil && r.count <= mostNodes; c = c.NextSibling() {
			cell := "td"
			into := &body
			if _, is := c.(*extast.TableHeader); is {
				cell, into = "th", &head
			}
			into.Children = append(into.Children, Node{Tag: "tr", Children: r.cells(c, cell, depth)})
			r.count++
		}
		out := Node{Tag: "table", Children: []Node{head}}
		if len(body.Children) > 0 {
			out.Children = append(out.Children, body)
		}
		return []Node{out}
	}
	return r.children(n, depth) // of what this does not know, the words
}

func (r *renderer) cells(row ast.Node, tag string, depth int) (out []Node) {
	for c := row.FirstChild(); c != nil && r.count <= mostNodes; c = c.NextSibling() {
		e := Node{Tag: tag, Children: r.children(c, depth+3)}
		if cell, is := c.(*extast.TableCell); is && cell.Alignment != extast.AlignNone {
			e.Align = cell.Alignment.String()
		}
		r.count++
		out = append(out, e)
	}
	return out
}

func (r *renderer) text(n *ast.Text) []Node {
	words := string(n.Segment.Value(r.source))
	if !n.IsRaw() {
		words = unescape(words)
	}
	out := []Node{{Text: Visible(words)}}
	switch {
	case n.HardLineBreak():
		out = append(out, Node{Tag: "br"})
	case n.SoftLineBreak():
		out[0].Text += "\n"
	}
	return out
}

// lines returns the source of a block as it stands.
func (r *renderer) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(r.source))
	}
	return Visible(b.String())
}

// raw returns the words of a span of code.
func (r *renderer) raw(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, is := c.(*ast.Text); is {
			b.Write(t.Segment.Value(r.source))
		}
	}
	return Visible(strings.ReplaceAll(b.String(), "\n", " "))
}

// link makes a link, or, when it may not lead there, its words alone.
func (r *renderer) link(n ast.Node, depth int, to string) []Node {
	e, ok := target(to)
	if !ok {
		return r.children(n, depth)
	}
	return r.in(n, depth, e)
}

func (r *renderer) auto(n *ast.AutoLink) []Node {
	words := Visible(string(n.Label(r.source)))
	to := string(n.URL(r.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(to), "mailto:") {
		to = "mailto:" + to
	}
	e, ok := target(to)
	if !ok {
		return []Node{{Text: words}}
	}
	e.Children = []Node{{Text: words}}
	return []Node{e}
}

var reference = regexp.MustCompile(`^(?:coppice:)?([0-9a-hjkmnp-tv-z]{52}(?:\.[0-9]{1,10})?)$`)

// target returns the link to an address, or false when a page may not lead
// there: only http and https with a host and no user, mailto, and ids.
func target(to string) (Node, bool) {
	if m := reference.FindStringSubmatch(to); m != nil {
		return Node{Tag: "a", Ref: m[1]}, true
	}
	if strings.ContainsFunc(to, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\\' || unicode.Is(unicode.Cf, r)
	}) {
		return Node{}, false
	}
	u, err := url.Parse(to)
	switch {
	case err != nil:
		return Node{}, false
	case (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Opaque == "":
	case u.Scheme == "mailto" && u.Opaque != "":
	default:
		return Node{}, false
	}
	return Node{Tag: "a", Href: u.String()}, true
}

func task(item *ast.ListItem) string {
	if first := item.FirstChild(); first != nil {
		if box, is := first.FirstChild().(*extast.TaskCheckBox); is {
			if box.IsChecked {
				return "done"
			}
			return "open"
		}
	}
	return ""
}

var entity = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// unescape resolves backslashes before punctuation and character references.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			if m := entity.FindString(s[i:min(len(s), i+40)]); m != "" {
				b.WriteString(strings.ToValidUTF8(html.UnescapeString(m), "\uFFFD"))
				i += len(m) - 1
				continue
			}
			b.WriteByte('&')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
