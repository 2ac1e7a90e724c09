package envelope

import (
	"bytes"
	"encoding/json"
	"fmt"

	"coppice.example/protocol"
)

// MarshalJSON writes {"id", "kind", "title", "body", "author": {"member"},
// "created", "updated", "shelved", "changes", "fields": {name: value},
// "conflicts": {name: [{"value", "by", "at"}]}}, names in table order. A text
// or register is its value, a set an array, an own-key map an array of
// {"by", "at", "value"}, a log an array of {"id": {"entry"}, "by", "at",
// "withdrawn", field ...}. Conflicts lists the other values of a register.
func (f *Folded) MarshalJSON() ([]byte, error) {
	fields, conflicts := Object{}, Object{}
	for _, s := range f.Fields {
		fields = append(fields, Pair{s.Name, s.plainValue()})
		if len(s.Values) > 1 {
			conflicts = append(conflicts, Pair{s.Name, stamps(s.Values)})
		}
	}
	return json.Marshal(Object{
		{"id", f.ID.String()}, {"kind", f.KindName}, {"title", f.Title}, {"body", f.Body},
		{"author", f.Author}, {"created", f.Created}, {"updated", f.Updated},
		{"shelved", f.Shelved}, {"changes", uint64(f.Changes)},
		{"fields", fields}, {"conflicts", conflicts},
	})
}

// plainValue returns the field as a [Value].
func (s Shown) plainValue() Value {
	switch s.Type {
	case Text, Voice:
		return s.Text
	case Register:
		return s.Value()
	case Set:
		return s.Set
	case Map:
		return stamps(s.Own)
	}
	entries := []Value{}
	for _, e := range s.Entries {
		o := Object{{"id", e.ID}, {"by", e.By}, {"at", e.At}, {"withdrawn", e.Withdrawn}}
		for _, field := range e.Fields {
			o = append(o, Pair{field.Name, field.plainValue()})
		}
		entries = append(entries, o)
	}
	return entries
}

func stamps(all []Stamp) []Value {
	values := []Value{}
	for _, s := range all {
		values = append(values, Object{{"by", s.By}, {"at", s.At}, {"value", s.Value}})
	}
	return values
}

// MarshalJSON writes the pairs as one object, in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(plainJSON(p.Value))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON gives ids the forms by which JSON tells them apart.
func plainJSON(v Value) any {
	switch v := v.(type) {
	case protocol.MemberID:
		return map[string]string{"member": v.String()}
	case protocol.DocumentID:
		return map[string]string{"document": v.String()}
	case protocol.EntryID:
		return map[string]string{"entry": EntryName(v)}
	case protocol.Wording:
		return map[string]any{"heads": v.Heads, "runes": v.Runes}
	case Fraction:
		return v.String()
	case []Value:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = plainJSON(item)
		}
		return items
	}
	return v
}

// String returns the fraction as people write it, "2/3".
func (f Fraction) String() string { return fmt.Sprintf("%d/%d", f.Over, f.Under) }
