package envelope

import (
	"fmt"
	"regexp"
	"strconv"

	"coppice.example/protocol"
	"go.yaml.in/yaml/v3"
)

// writing makes YAML of values.
type writing struct{ Source }

// node returns a value as YAML. Of a person, words are marked as words.
func (w writing) node(v Value, person bool) *yaml.Node {
	switch v := v.(type) {
	case string:
		if person {
			return w.node(Object{{"words", v}}, false)
		}
		return quoted(v)
	case uint64:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatUint(v, 10)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(v)}
	case Fraction:
		return quoted(v.String())
	case protocol.EntryID:
		return quoted(EntryName(v))
	case protocol.MemberID:
		return quoted(namedID(w.called(v), v.String()))
	case protocol.DocumentID:
		return quoted(namedID(w.called(v), v.String()))
	case protocol.Wording:
		heads := []Value{}
		for _, h := range v.Heads {
			heads = append(heads, h.String())
		}
		return w.node(Object{{"heads", heads}, {"runes", v.Runes}}, false)
	case Object:
		m := mapping()
		for _, p := range v {
			putNode(m, p.Name, w.node(p.Value, false))
		}
		return m
	case []Value:
		s := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			s.Content = append(s.Content, w.node(item, false))
		}
		return s
	}
	return quoted(fmt.Sprint(v)) // hashes
}

func (w writing) called(v Value) string {
	if w.Name == nil {
		return ""
	}
	return oneLine(w.Name(v))
}

// signed returns what members signed in a field: who said it, when, and what.
func (w writing) signed(row *Field, s Shown) *yaml.Node {
	switch s.Type {
	case Map:
		return w.stamps(row, s.Own)
	case Log, List:
		all := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range s.Entries {
			m := mapping()
			putNode(m, "by", w.node(e.By, false))
			putNode(m, "at", w.when(e.At))
			if e.Withdrawn {
				put(m, "withdrawn", "yes")
			}
			if e.Carried {
				put(m, "said", "before")
			}
			for _, sub := range e.Fields {
				of := row.Sub(sub.Number)
				if sub.Type == Map {
					putNode(m, sub.Name, w.stamps(of, sub.Own))
				} else {
					putNode(m, sub.Name, w.node(sub.plainValue(), of.Form.Is == IsPerson))
				}
			}
			putNode(m, "id", quoted(EntryName(e.ID)))
			all.Content = append(all.Content, m)
		}
		return all
	}
	return w.node(s.plainValue(), row.Form.Is == IsPerson)
}

func (w writing) stamps(row *Field, stamps []Stamp) *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range stamps {
		m := mapping()
		putNode(m, "by", w.node(s.By, false))
		putNode(m, "at", w.when(s.At))
		if s.Carried {
			put(m, "said", "before")
		}
		putNode(m, "value", w.node(s.Value, row.Form.Is == IsPerson))
		all.Content = append(all.Content, m)
	}
	return all
}

// when returns a time, seconds since 1970.
func (w writing) when(at uint64) *yaml.Node {
	if w.Time == nil {
		return w.node(at, false)
	}
	return quoted(w.Time(at))
}

// namedID says what an id is of, for who reads the file: "Rubber <id>".
func namedID(name, id string) string {
	if name == "" {
		return id
	}
	return name + " <" + id + ">"
}

var withID = regexp.MustCompile(`^(?s:(.*)) <([0-9a-z]{52}(?:\.[0-9]+)?)>$`)

// partID takes apart what namedID put together.
func partID(s string) (name, id string) {
	if m := withID.FindStringSubmatch(s); m != nil {
		return m[1], m[2]
	}
	return "", s
}

// unnamed takes the names off the ids in a value that front matter tells.
func (f Form) unnamed(v any) any {
	switch v := v.(type) {
	case string:
		switch f.Is {
		case IsMember, IsDocument, IsReference, IsPerson:
			_, v = partID(v)
		}
		return v
	case []any:
		of := f
		if f.Is == IsMany {
			of = *f.Of
		}
		for i := range v {
			v[i] = of.unnamed(v[i])
		}
	case map[string]any:
		for _, part := range f.Parts {
			if given, ok := v[part.Name]; ok {
				v[part.Name] = part.Form.unnamed(given)
			}
		}
	}
	return v
}
