package api

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// harmless holds HTML to the tags, attributes and addresses that prose may have.
// What it reads must be well formed: then no browser reads it otherwise.
func harmless(t testing.TB, source, out string) {
	t.Helper()
	allowed := "div p h4 h5 h6 ul ol li blockquote pre code em strong del br hr a table thead tbody tr th td"
	d := xml.NewDecoder(strings.NewReader("<div>" + out + "</div>"))
	d.AutoClose, d.Entity = []string{"br", "hr"}, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%q became %q: %v", source, out, err)
		}
		e, is := token.(xml.StartElement)
		switch token.(type) {
		case xml.Comment, xml.ProcInst, xml.Directive:
			t.Errorf("%q became %q", source, out)
		}
		if !is {
			continue
		}
		if !strings.Contains(" "+allowed+" ", " "+e.Name.Local+" ") {
			t.Errorf("%q became %q: <%s>", source, out, e.Name.Local)
		}
		for _, a := range e.Attr {
			fine := a.Name.Local == "class" || a.Name.Local == "rel" || a.Name.Local == "start" || a.Name.Local == "href" &&
				(strings.HasPrefix(a.Value, "http://") || strings.HasPrefix(a.Value, "https://") || strings.HasPrefix(a.Value, "mailto:") || strings.HasPrefix(a.Value, "#d-"))
			if !fine {
				t.Errorf("%q became %q: %s=%q", source, out, a.Name.Local, a.Value)
			}
		}
	}
	if strings.ContainsAny(out, "\u202e\u2066\x1b") {
		t.Errorf("%q became %q, which turns around", source, out)
	}
}

func asHTML(source string) string {
	return string(Render(source).HTML(func(id string) string { return "#d-" + id }))
}

func TestHTMLHoldsNothingButProse(t *testing.T) {
	for source, says := range map[string]string{
		"<script>alert(1)</script>":                              "&lt;script&gt;",
		"<img src=x onerror=alert(1)>":                           "&lt;img",
		"[a](javascript:alert(1))":                               "a",
		"[a](JaVa\tScRiPt&#58;alert(1))":                         "",
		"[a](data:text/html,<script>1</script>)":                 "",
		"[a](file:///etc/passwd) [b](smb://x) [c](blob:x)":       "b",
		"![pixel](https://evil.example/p.gif)":                   "pixel",
		"[x](https://a.example/\"onmouseover=alert(1))":          "x",
		"<style>*{background:url(https://evil.example)}</style>": "&lt;style&gt;",
		"right \u202eleft\u202c":                                 "right",
		"`</code><script>`":                                      "&lt;/code&gt;",
		"# Head\n\n- [x] done\n- [ ] open\n\n3. three\n":         "\u2611 ",
		"| a |\n|:-:|\n| <b> |\n":                                `class="center"`,
		"<!-- comment --> &lt;b&gt;":                             "&lt;",
	} {
		out := asHTML(source)
		if !strings.Contains(out, says) {
			t.Errorf("%q became %q, without %q", source, out, says)
		}
	}
}

func TestHostileTextsAreHarmlessAsHTML(t *testing.T) {
	for _, source := range hostile {
		harmless(t, source, asHTML(source))
		harmless(t, source, asHTML("# "+source+"\n\n> "+source+"\n\n| a |\n|-|\n| "+source+" |\n"))
	}
}

// A tree that no text gives, as from a node that lies, does no harm either.
func TestHTMLOfAnyTree(t *testing.T) {
	p := Prose{Nodes: []Node{
		{Tag: "script", Children: []Node{{Text: "alert(1)"}}},
		{Tag: "a", Href: "javascript:alert(1)", Children: []Node{{Text: "here"}}},
		{Tag: "td", Align: `x" onclick="y`, Children: []Node{{Text: "cell"}}},
		{Tag: "a", Ref: `"><script>`, Children: []Node{{Text: "there"}}},
	}, Rest: "<script>"}
	out := string(p.HTML(func(id string) string { return "#d-" + id }))
	harmless(t, "a tree", out)
	for _, says := range []string{"alert(1)", "here", "cell", "there", "&lt;script&gt;"} {
		if !strings.Contains(out, says) {
			t.Errorf("%q lacks %q", out, says)
		}
	}
	if out := string(p.HTML(func(string) string { return "" })); strings.Contains(out, "<a") {
		t.Errorf("%q links to nowhere", out)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("# a\n\n[b](c) <d> `e` \u202e ![f](https://g)")
	f.Fuzz(func(t *testing.T, source string) { harmless(t, source, asHTML(source)) })
}
