package envelope

import (
	"fmt"
	"slices"
	"strings"

	"coppice.example/protocol"
	"go.yaml.in/yaml/v3"
)

// front reads front matter, without its fences.
func (p *Page) front(head string, kinds *Kinds) error {
	root, err := parseYAML(head)
	if err != nil {
		return err
	}
	title := value(root, keyTitle)
	kind := kinds.Named(scalar(value(root, keyKind)))
	id := value(root, keyID)
	if id != nil {
		if err := p.ID.UnmarshalText([]byte(scalar(id))); err != nil {
			return refuse(ErrFrontMatter, "take the line out to make a new document", "coppice: %q is no document's id", scalar(id))
		}
		if kind == nil {
			return refuse(ErrFrontMatter, "kinds: "+strings.Join(kinds.Names(), ", "), "kind: there is no kind %q", scalar(value(root, keyKind)))
		}
	}
	var known []string
	if title != nil && title.Kind == yaml.ScalarNode && title.Tag == "!!str" && oneLine(title.Value) != "" {
		p.Title = oneLine(title.Value)
		known = append(known, keyTitle)
	}
	if kind != nil {
		p.Kind = kind.Name
		names, err := p.fields(root, kind)
		if err != nil {
			return err
		}
		known = append(known, names...)
		if err := p.whence(root); err != nil {
			return err
		}
	}
	if kept := value(root, keyExtra); kind != nil && kept != nil && kept.Kind == yaml.ScalarNode {
		p.Extra = kept.Value
		known = append(known, keyExtra)
	}
	p.Extra += rest(head, root, known)
	if id != nil && p.Title == "" {
		p.Title = oneLine(scalar(title))
	}
	return nil
}

// fields reads what the kind's table tells, and returns the keys that are ours.
func (p *Page) fields(root *yaml.Node, s *Schema) ([]string, error) {
	known := []string{keyID, keyKind, keySigned}
	if !p.ID.IsZero() {
		known = append(known, keyTitle, keyExported, keyElsewhere)
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		n := value(root, f.Name)
		if n == nil || !s.told(f) {
			continue
		}
		known = append(known, f.Name)
		v, err := plainYAML(n, 0)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		v = f.Form.unnamed(v)
		verb := DoSet
		if f.Type.Text() {
			verb = DoText
		}
		p.Fields = append(p.Fields, Intent{Field: f.Name, Verb: verb, Value: v})
	}
	return known, nil
}

// whence reads where a file was exported, whose it says the document is, and
// what was kept of other communities.
func (p *Page) whence(root *yaml.Node) error {
	if p.ID.IsZero() {
		return nil
	}
	if tooDeep(root, 0) {
		return refuse(ErrFrontMatter, "write aliases out", "the front matter is nested too deep, or has aliases")
	}
	p.root = root
	if n := value(root, keyElsewhere); n != nil {
		p.tells, p.Elsewhere = true, keptText(n)
	}
	if signed := value(root, keySigned); signed != nil {
		p.Author, _ = partID(scalar(value(signed, "author")))
	}
	exported := value(root, keyExported)
	if exported == nil {
		return nil
	}
	name, id := partID(scalar(value(exported, "from")))
	if err := p.Source.Community.UnmarshalText([]byte(id)); err != nil {
		return refuse(ErrFrontMatter, "take the line out to make a new document", "exported: %q is no community's id", id)
	}
	p.Source.In = name
	if heads := value(exported, "heads"); heads != nil {
		for _, n := range heads.Content {
			var h protocol.ChangeID
			if h.UnmarshalText([]byte(scalar(n))) == nil && len(p.Source.Heads) < maxMany {
				p.Source.Heads = append(p.Source.Heads, h)
			}
		}
	}
	return nil
}

// parseYAML reads a mapping.
func parseYAML(head string) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(head), &doc); err != nil {
		return nil, refuse(ErrFrontMatter, "", "the front matter is not YAML: %v", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, refuse(ErrFrontMatter, "", "the front matter is no list of keys")
	}
	root := doc.Content[0]
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, refuse(ErrFrontMatter, "", "line %d: a key is no word", key.Line)
		}
		if i > 0 && value(&yaml.Node{Content: root.Content[:i]}, key.Value) != nil {
			return nil, refuse(ErrFrontMatter, "", "line %d: %s stands there twice", key.Line, key.Value)
		}
	}
	return root, nil
}

// value returns what stands under a key; nil when nothing does.
func value(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// plainYAML makes of a node what [Intent.Value] takes; every scalar is a string.
func plainYAML(n *yaml.Node, depth int) (any, error) {
	switch {
	case depth > 8 || n.Kind == yaml.AliasNode:
		return nil, refuse(ErrFrontMatter, "", "line %d: nested too deep, or an alias", n.Line)
	case n.Kind == yaml.SequenceNode:
		items := []any{}
		for _, c := range n.Content {
			v, err := plainYAML(c, depth+1)
			if err != nil {
				return nil, err
			}
			items = append(items, v)
		}
		return items, nil
	case n.Kind == yaml.MappingNode:
		o := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := plainYAML(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			o[n.Content[i].Value] = v
		}
		return o, nil
	case n.Tag == "!!null":
		return nil, nil
	}
	return n.Value, nil
}

// rest returns the front matter without the known keys: the lines as they
// were, or when keys share lines or refer to each other, the same anew.
func rest(head string, root *yaml.Node, known []string) string {
	lines := slices.Collect(strings.Lines(head))
	var b strings.Builder
	left := false
	for i := 0; i < len(root.Content); i += 2 {
		key, v := root.Content[i], root.Content[i+1]
		from, to := key.Line-1, len(lines)
		if i+2 < len(root.Content) {
			to = root.Content[i+2].Line - 1
		}
		if i == 0 {
			from = 0
		}
		if key.Column != 1 || to <= key.Line-1 || root.Style&yaml.FlowStyle != 0 || to > len(lines) {
			return anew(root, known)
		}
		if !slices.Contains(known, key.Value) {
			left = true
			b.WriteString(strings.Join(lines[from:to], ""))
			continue
		}
		b.WriteString(strings.Join(lines[from:key.Line-1], ""))
		if v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			b.WriteString(strings.Join(slices.DeleteFunc(lines[key.Line:to], func(line string) bool {
				return !strings.HasPrefix(line, "#")
			}), ""))
		}
	}
	out := b.String()
	if out == "" {
		return ""
	}
	if !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if _, err := parseYAML(out); left && err != nil {
		return anew(root, known)
	}
	return out
}

// anew writes the unknown keys of a mapping, aliases resolved.
func anew(root *yaml.Node, known []string) string {
	kept := mapping()
	for i := 0; i+1 < len(root.Content); i += 2 {
		if slices.Contains(known, root.Content[i].Value) {
			continue
		}
		var v any
		n := root.Content[i+1]
		if err := n.Decode(&v); err == nil {
			n = &yaml.Node{}
			if n.Encode(v) != nil {
				continue
			}
		}
		kept.Content = append(kept.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: root.Content[i].Value}, n)
	}
	if len(kept.Content) == 0 {
		return ""
	}
	return encode(kept)
}

func encode(m *yaml.Node) string {
	b, err := yaml.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("envelope: a mapping of strings is no YAML: %v", err)) // only nodes made here come in
	}
	return string(b)
}

func put(m *yaml.Node, key, s string) { putNode(m, key, quoted(s)) }

func putNode(m *yaml.Node, key string, v *yaml.Node) { m.Content = append(m.Content, quoted(key), v) }

// quoted returns a string that YAML gives back as it is.
func quoted(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	var back string
	if strings.ContainsAny(s, "\u0085\u2028\u2029") { // YAML ends lines at them as well
		n.Style = yaml.DoubleQuotedStyle
	} else if b, err := yaml.Marshal(n); err != nil || yaml.Unmarshal(b, &back) != nil || back != s {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
