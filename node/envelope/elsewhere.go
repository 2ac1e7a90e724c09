package envelope

import (
	"cmp"
	"slices"
	"strings"

	"coppice.example/protocol"
	"go.yaml.in/yaml/v3"
)

// The keys of a section: what was said of a document in one community that is
// not said here. It goes on with what that file had under "signed", and with
// the fields that name somebody or something of that community.
const (
	keyIn       = "in"
	keyDocument = "document"
)

// Over returns the page as a document here is to read, in the names that things
// have here. Here tells how a document of that community is called here; false:
// not at all. Kept names the fields that cannot be said here, or not wholly, for
// they name people, wordings or documents of that community: [Page.Kept] keeps
// them. The page has the origin of one that was exported before.
func (p *Page) Over(s *Schema, here func(protocol.DocumentID) (protocol.DocumentID, bool)) (out *Page, kept []string) {
	page := *p
	page.Fields, page.tells = nil, false
	for _, in := range p.Fields {
		f := s.Named(in.Field)
		if f == nil || !s.told(f) {
			continue
		}
		v, said, whole := p.over(f, in, over(here))
		if said {
			in.Value = v
			page.Fields = append(page.Fields, in)
		}
		if !whole {
			kept = append(kept, in.Field)
		}
	}
	return &page, kept
}

// over says a field in the names that things have here. Said: something of it
// can be, whole: all of it.
func (p *Page) over(f *Field, in Intent, here over) (v any, said, whole bool) {
	switch {
	case f.Type.Text():
		return in.Value, true, true
	case f.Type == Set:
		values := []any{}
		whole = true
		for _, one := range several(in.Value) {
			v, ok := here.value(f.Form, one)
			if whole = whole && ok; ok {
				values = append(values, v)
			}
		}
		return values, whole || len(values) > 0, whole
	case f.Form.Is == IsPerson:
		v, member := p.person(in)
		return v, true, !member
	}
	v, ok := here.value(f.Form, in.Value)
	return v, ok, ok
}

// From names where the document came from first, as [Facts.Origin] does.
func (p *Page) From() string { return originOf(p.Origin(protocol.Hash{})) }

// Origin returns where the document came from first, over however many
// communities: hash is that of the file.
func (p *Page) Origin(hash protocol.Hash) Object {
	var before *yaml.Node
	if signed := value(p.root, keySigned); signed != nil {
		before = value(signed, "origin")
	}
	var from protocol.Hash
	if before != nil && from.UnmarshalText([]byte(scalar(value(before, "community")))) == nil {
		o := Object{{"community", from}, {"path", scalar(value(before, "path"))}, {"hash", hash}}
		for _, name := range []string{"by", "in"} {
			if words := scalar(value(before, name)); words != "" {
				o = append(o, Pair{name, words})
			}
		}
		return o
	}
	whose := p.Author
	if teller := value(p.root, "teller"); teller != nil {
		whose = cmp.Or(scalar(value(teller, "words")), nameIn(scalar(teller)))
	}
	return Object{
		{"community", protocol.Hash(p.Source.Community)}, {"path", p.ID.String()}, {"hash", hash},
		{"by", whose}, {"in", p.Source.In},
	}
}

// person returns words for somebody of the other community, and whether she is
// a member there.
func (p *Page) person(in Intent) (words any, member bool) {
	s, is := in.Value.(string)
	if !is {
		return in.Value, false
	}
	if name, _ := partID(scalar(value(p.root, in.Field))); name != "" {
		s, member = name+" ("+p.Source.In+")", true
	}
	return map[string]any{"words": s}, member
}

// over says values in the names that things have here.
type over func(protocol.DocumentID) (protocol.DocumentID, bool)

func (o over) value(f Form, v any) (any, bool) {
	switch f.Is {
	case IsMember, IsPerson, IsWording:
		return nil, false
	case IsDocument, IsReference:
		s, _ := v.(string)
		var id protocol.DocumentID
		if id.UnmarshalText([]byte(s)) != nil {
			return nil, false
		}
		id, ok := o(id)
		return id.String(), ok
	case IsMany:
		values, _ := v.([]any)
		for i := range values {
			one, ok := o.value(*f.Of, values[i])
			if !ok {
				return nil, false
			}
			values[i] = one
		}
	case IsRecord:
		return o.record(f, v)
	}
	return v, true
}

func (o over) record(f Form, v any) (any, bool) {
	given, ok := v.(map[string]any)
	if !ok {
		return v, !f.names()
	}
	out := map[string]any{}
	for _, part := range f.Parts {
		if value, is := given[part.Name]; is {
			if out[part.Name], ok = o.value(part.Form, value); !ok {
				return nil, false
			}
		}
	}
	return out, true
}

// names tells whether values of a form name somebody or something.
func (f Form) names() bool {
	switch f.Is {
	case IsMember, IsDocument, IsReference, IsPerson, IsWording:
		return true
	case IsRecord:
		return slices.ContainsFunc(f.Parts, func(p FormPart) bool { return p.Form.names() })
	case IsMany:
		return f.Of.names()
	}
	return false
}

// Kept returns the value of the field "elsewhere" for what a page of another
// community becomes here: what stands there already, and in place of what it
// had of that community the section of this page, the fields in kept with it.
// Of the community here nothing is kept: that is said in it.
func (p *Page) Kept(have string, kept []string, here protocol.CommunityID) string {
	section := mapping()
	put(section, keyIn, namedID(p.Source.In, p.Source.Community.String()))
	put(section, keyDocument, p.ID.String())
	if signed := value(p.root, keySigned); signed != nil && signed.Kind == yaml.MappingNode {
		section.Content = append(section.Content, signed.Content...)
	}
	for _, name := range kept {
		if n := value(p.root, name); n != nil {
			putNode(section, name, n)
		}
	}
	all := []*yaml.Node{section}
	if strings.HasPrefix(p.From(), here.String()+"/") && silent(section) {
		all = nil // it went home, and nobody there said anything
	}
	for _, text := range []string{p.Elsewhere, have} {
		for _, other := range sections(text) {
			same := func(n *yaml.Node) bool { return whereOf(n) == whereOf(other) }
			if !slices.ContainsFunc(all, same) {
				all = append(all, other)
			}
		}
	}
	all = slices.DeleteFunc(all, func(n *yaml.Node) bool { return strings.HasPrefix(whereOf(n), here.String()) })
	return keptText(&yaml.Node{Kind: yaml.SequenceNode, Content: all})
}

// silent tells whether in a section nobody says anything of the document.
func silent(section *yaml.Node) bool {
	for i := 0; i < len(section.Content); i += 2 {
		if !slices.Contains([]string{keyIn, keyDocument, "author", "created", "origin", "imported"}, section.Content[i].Value) {
			return false
		}
	}
	return true
}

// Keep has the page say what was said of it elsewhere.
func (p *Page) Keep(text string) { p.Elsewhere, p.tells = text, true }

// whereOf names the community and the document that a section is of.
func whereOf(section *yaml.Node) string {
	_, id := partID(scalar(value(section, keyIn)))
	return id + "/" + scalar(value(section, keyDocument))
}

// sections reads the field "elsewhere"; nil when it is not as it was written.
func sections(text string) []*yaml.Node {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil
	}
	for _, n := range doc.Content[0].Content {
		if n.Kind != yaml.MappingNode || tooDeep(n, 0) {
			return nil
		}
	}
	return doc.Content[0].Content
}

// tooDeep tells whether a node holds what no file of ours does.
func tooDeep(n *yaml.Node, depth int) bool {
	return depth > 12 || n.Kind == yaml.AliasNode ||
		slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return tooDeep(c, depth+1) })
}

// keptNode returns how the field stands in a file, keptText what it says there.
func keptNode(text string) *yaml.Node {
	if all := sections(text); len(all) > 0 {
		return &yaml.Node{Kind: yaml.SequenceNode, Content: all}
	}
	return quoted(text)
}

func keptText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	if len(n.Content) == 0 {
		return ""
	}
	return encode(n)
}

// Said is something that was said of a document in another community, as the
// member who brought it wrote it down.
type Said struct {
	In    string // what the community is called
	Field string // of the document there
	By    string // who said it
	At    string // when, as it was written down
	Words string // what
}

// SaidElsewhere reads what the field "elsewhere" says that somebody said, in
// the order in which it stands. A text that is no list of sections is one such
// word, by nobody.
func SaidElsewhere(text string) (all []Said) {
	kept := sections(text)
	if kept == nil && strings.TrimSpace(text) != "" {
		return []Said{{Words: text}}
	}
	for _, section := range kept {
		in, _ := partID(scalar(value(section, keyIn)))
		for i := 0; i+1 < len(section.Content); i += 2 {
			field, n := section.Content[i].Value, section.Content[i+1]
			if n.Kind != yaml.SequenceNode {
				continue
			}
			for _, one := range n.Content {
				by := nameIn(scalar(value(one, "by")))
				if one.Kind != yaml.MappingNode || by == "" || scalar(value(one, "withdrawn")) != "" {
					continue
				}
				all = append(all, Said{in, field, by, scalar(value(one, "at")), wordsOf(one)})
			}
		}
	}
	return all
}

// nameIn returns what is called so whose name stands with its id.
func nameIn(s string) string {
	name, id := partID(s)
	return cmp.Or(name, id)
}

// wordsOf puts what somebody said into a line: "worked; climate: nordic; held".
func wordsOf(n *yaml.Node) string {
	var parts []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch key, v := n.Content[i].Value, n.Content[i+1]; {
		case key == "by" || key == "at" || key == "id" || key == "said" || key == "wording":
		case v.Kind == yaml.ScalarNode:
			parts = append(parts, strings.TrimSpace(nameIn(v.Value)))
		case v.Kind == yaml.MappingNode:
			for k := 0; k+1 < len(v.Content); k += 2 {
				if x := scalar(v.Content[k+1]); x != "" && v.Content[k].Value != "wording" {
					parts = append(parts, v.Content[k].Value+": "+strings.TrimSpace(x))
				}
			}
		case v.Kind == yaml.SequenceNode:
			for _, item := range v.Content {
				if item.Kind == yaml.MappingNode {
					parts = append(parts, nameIn(scalar(value(item, "by"))))
				} else if item.Value != "" {
					parts = append(parts, nameIn(item.Value))
				}
			}
		}
	}
	return strings.Join(parts, "; ")
}
