package api

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// HTML writes prose as HTML for a file that is read without pages: headings are
// two levels further down, below that of what the text belongs to. Link tells
// where the id of a document or entry leads, "" for nowhere. It writes nothing
// but the tags a node may bear and text, whatever the tree says.
func (p Prose) HTML(link func(id string) string) template.HTML {
	h := &htmlWriter{link: link}
	h.nodes(p.Nodes, 0)
	if p.Rest != "" {
		h.b.WriteString(`<div class="rest">`)
		h.text(p.Rest)
		h.b.WriteString("</div>")
	}
	return template.HTML(h.b.String())
}

type htmlWriter struct {
	b    strings.Builder
	link func(string) string
}

func (h *htmlWriter) text(s string) { h.b.WriteString(template.HTMLEscapeString(Visible(s))) }

func (h *htmlWriter) nodes(nodes []Node, depth int) {
	for i := range nodes {
		h.node(&nodes[i], depth)
	}
}

// lower is what a heading of a text becomes below those of the file.
var lower = map[string]string{"h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}

func (h *htmlWriter) node(n *Node, depth int) {
	switch {
	case n.Tag == "":
		h.text(n.Text)
		return
	case !slices.Contains(tags, n.Tag) || depth > 2*mostDepth:
		h.nodes(n.Children, depth+1)
		return
	case n.Tag == "br" || n.Tag == "hr":
		h.b.WriteString("<" + n.Tag + ">")
		return
	}
	tag := n.Tag
	if down := lower[tag]; down != "" {
		tag = down
	}
	attributes, ok := h.attributes(n)
	if !ok { // it leads nowhere
		h.nodes(n.Children, depth+1)
		return
	}
	h.b.WriteString("<" + tag + attributes + ">")
	if n.Tag == "li" && n.Task != "" {
		h.b.WriteString(map[bool]string{true: "\u2611 ", false: "\u2610 "}[n.Task == "done"])
	}
	h.nodes(n.Children, depth+1)
	h.b.WriteString("</" + tag + ">")
}

// attributes returns what stands in a tag; false for a link that leads nowhere.
func (h *htmlWriter) attributes(n *Node) (string, bool) {
	switch n.Tag {
	case "a":
		to := n.Href
		if n.Ref != "" {
			if to = h.link(n.Ref); to == "" {
				return "", false
			}
			return ` href="` + template.HTMLEscapeString(to) + `"`, true
		}
		if !slices.ContainsFunc([]string{"http://", "https://", "mailto:"}, func(s string) bool { return strings.HasPrefix(to, s) }) {
			return "", false
		}
		return ` href="` + template.HTMLEscapeString(to) + `" rel="noreferrer noopener nofollow" class="out"`, true
	case "ol":
		if n.Start > 1 {
			return fmt.Sprintf(` start="%d"`, n.Start), true
		}
	case "th", "td":
		if slices.Contains([]string{"left", "center", "right"}, n.Align) {
			return ` class="` + n.Align + `"`, true
		}
	}
	return "", true
}
