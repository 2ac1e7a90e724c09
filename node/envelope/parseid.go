package envelope

import (
	"errors"
	"strings"
	"unicode/utf8"

	"coppice.example/protocol"
)

// id reads bytes, members, documents, references and persons.
func (p parse) id(f Form, v any) (protocol.Value, error) {
	if o, ok := v.(map[string]any); ok && f.Is == IsPerson && len(o) == 1 && o["words"] != nil {
		return p.words(o["words"])
	}
	v = unwrap(v)
	switch v := v.(type) {
	case protocol.MemberID:
		if f.Is == IsMember || f.Is == IsPerson {
			return v[:], nil
		}
	case protocol.DocumentID:
		if f.Is == IsDocument || f.Is == IsReference {
			return v[:], nil
		}
	case protocol.EntryID:
		if f.Is == IsReference {
			return protocol.EntryValue(v), nil
		}
	case protocol.Hash:
		if f.Is == IsBytes {
			return v[:f.Size:f.Size], nil
		}
	case []byte:
		if f.Is == IsBytes && len(v) == f.Size {
			return v, nil
		}
	case string:
		return p.named(f, strings.TrimSpace(v))
	}
	return nil, p.refuse("", "%v does not fit", v)
}

// unwrap takes {"member": id} and its like, as JSON has them, apart.
func unwrap(v any) any {
	o, ok := v.(map[string]any)
	if !ok || len(o) != 1 {
		return v
	}
	for _, name := range []string{"member", "document", "entry"} {
		if s, ok := o[name].(string); ok {
			return s
		}
	}
	return v
}

func (p parse) named(f Form, s string) (protocol.Value, error) {
	switch f.Is {
	case IsBytes:
		var h protocol.Hash
		if err := h.UnmarshalText([]byte(s)); err != nil {
			return nil, p.refuse("", "%q is not an id", s)
		}
		return h[:f.Size:f.Size], nil
	case IsMember:
		return p.member(s)
	case IsPerson:
		return p.person(s)
	case IsReference:
		return p.reference(s)
	}
	id, err := p.document(s)
	return id, err
}

func (p parse) member(s string) (protocol.Value, error) {
	s = strings.TrimPrefix(s, "@")
	id := p.w.Author
	if s != "me" {
		if err := locate(&id, s, p.w.Names, Names.Member); err != nil {
			return nil, p.refuse(hintOf(err), "%q names no member", s)
		}
	}
	return id[:], nil
}

// person reads a member when s says so (me, @name, a whole id); else words.
func (p parse) person(s string) (protocol.Value, error) {
	var id protocol.MemberID
	if s == "me" || strings.HasPrefix(s, "@") || id.UnmarshalText([]byte(s)) == nil {
		return p.member(s)
	}
	text, err := cleanField(p.name, oneLine(s), protocol.MaxName)
	return said{text, utf8.RuneCountInString(text), true}, err
}

func (p parse) document(s string) (protocol.Value, error) {
	var id protocol.DocumentID
	if s == "me" {
		if kind := p.d.kinds.Named("member"); kind != nil && kind.Parts != nil {
			id = protocol.DeriveDocument(p.d.community, kind.Kind, kind.Parts(p.w.Author)...)
			return id[:], nil
		}
	}
	if err := locate(&id, s, p.w.Names, Names.Document); err != nil {
		return nil, p.refuse(hintOf(err), "%q names nothing here", s)
	}
	return id[:], nil
}

func (p parse) reference(s string) (protocol.Value, error) {
	_, last, inside := strings.Cut(s, "/")
	if !inside {
		last = s
	}
	e, err := ParseEntry(last)
	if err != nil {
		var document protocol.Value
		if document, err = p.document(s); err == nil {
			return document, nil
		}
	}
	if err != nil && p.w.Names != nil {
		e, err = p.w.Names.Entry(last)
	}
	if err != nil {
		return nil, p.refuse(hintOf(err), "%q names nothing here", s)
	}
	return protocol.EntryValue(e), nil
}

// textID is an id that reads itself from text.
type textID[T any] interface {
	*T
	UnmarshalText([]byte) error
}

// locate reads a whole id, or asks names for what text names.
func locate[T any, P textID[T]](id P, text string, names Names, ask func(Names, string) (T, error)) error {
	err := id.UnmarshalText([]byte(text))
	if err == nil || names == nil {
		return err
	}
	found, err := ask(names, text)
	if err == nil {
		*id = found
	}
	return err
}

// hintOf passes on what to do from an error that says so.
func hintOf(err error) string {
	var advising interface{ Advice() string }
	if errors.As(err, &advising) {
		return advising.Advice()
	}
	return "give its id, or enough of its beginning"
}
