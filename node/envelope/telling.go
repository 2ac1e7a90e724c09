package envelope

import (
	"bytes"
	"slices"

	"coppice.example/protocol"
)

// Telling returns canonical bytes of what a document tells and who says it,
// for comparing a copy with what it is a copy of: without the ids of entries,
// the hands that wrote, concurrent values that do not show, and what was
// withdrawn. With a passage the document tells it in the names that its copy
// has to bear; a copy is told with nil.
func Telling(f *Folded, g *Passage, except ...uint64) []byte {
	t := telling{f, g}
	b := protocol.AppendUint(nil, uint64(f.Kind))
	b = t.by(b, f.Author)
	b = protocol.AppendUint(b, f.Created)
	for _, s := range f.Fields {
		if s.Number == CarriedFrom || s.Number == Whole || slices.Contains(except, s.Number) {
			continue
		}
		if content := t.field(s, false); content != nil {
			b = append(protocol.AppendUint(b, s.Number), content...)
		}
	}
	return b
}

type telling struct {
	f *Folded
	g *Passage
}

func (t telling) by(b []byte, who protocol.MemberID) []byte {
	if t.g != nil {
		who = Past(t.g.From, who)
	}
	return protocol.AppendBytes(b, who[:])
}

// field tells a field; nil when nothing of it is told.
func (t telling) field(s Shown, inEntry bool) []byte {
	switch s.Type {
	case Text, Voice:
		return protocol.AppendText(nil, s.Text)
	case Register:
		return t.value(nil, s.Value(), false)
	case Set:
		return t.value(nil, s.Set, false)
	case Map:
		return t.own(s.Own, inEntry)
	}
	var b []byte
	for _, e := range s.Entries {
		if e.Withdrawn {
			continue
		}
		b = protocol.AppendBool(b, true)
		if s.Type == Log {
			b = protocol.AppendUint(t.by(b, e.By), e.At)
		}
		for _, field := range e.Fields {
			b = append(protocol.AppendUint(b, field.Number), t.field(field, true)...)
		}
	}
	return b
}

// own tells own values, by member.
func (t telling) own(all []Stamp, inEntry bool) []byte {
	var items [][]byte
	for _, own := range all {
		items = append(items, t.value(protocol.AppendUint(t.by(nil, own.By), own.At), own.Value, inEntry))
	}
	slices.SortFunc(items, bytes.Compare)
	return bytes.Join(items, nil)
}

// value tells a value. A wording of the document as it reads now tells so, for
// the heads of a copy are its own; raw, as that of an entry, it is told as it is.
func (t telling) value(b []byte, v Value, raw bool) []byte {
	wording := func(w protocol.Wording) protocol.Wording {
		if !raw && t.f.ChangedSince(w) == 0 {
			return protocol.Wording{}
		}
		return w
	}
	return appendTold(b, t.g.rename(v, wording))
}

func appendTold(b []byte, v Value) []byte {
	switch v := v.(type) {
	case string:
		return protocol.AppendText(b, v)
	case uint64:
		return protocol.AppendUint(b, v)
	case bool:
		return protocol.AppendBool(b, v)
	case []byte:
		return protocol.AppendBytes(b, v)
	case protocol.Hash:
		return protocol.AppendBytes(b, v[:])
	case protocol.MemberID:
		return protocol.AppendBytes(b, v[:])
	case protocol.DocumentID:
		return protocol.AppendBytes(b, v[:])
	case protocol.EntryID:
		return protocol.AppendValue(b, protocol.EntryValue(v))
	case protocol.Wording:
		return protocol.AppendUint(protocol.AppendIDs(b, v.Heads), v.Runes)
	case Fraction:
		return protocol.AppendUint(protocol.AppendUint(b, v.Over), v.Under)
	case Object:
		b = protocol.AppendArray(b, len(v))
		for _, p := range v {
			b = appendTold(protocol.AppendText(b, p.Name), p.Value)
		}
		return b
	case []Value:
		var items [][]byte
		for _, item := range v {
			items = append(items, appendTold(nil, item))
		}
		slices.SortFunc(items, bytes.Compare)
		items = slices.CompactFunc(items, bytes.Equal)
		return append(protocol.AppendArray(b, len(items)), bytes.Join(items, nil)...)
	}
	return protocol.AppendArray(b, 0)
}
