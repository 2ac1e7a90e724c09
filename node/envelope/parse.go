package envelope

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"coppice.example/protocol"
)

// parse reads a value as people and scripts give it (see [Intent]) into an
// argument whose words are [said].
type parse struct {
	d    *Document
	w    *Writing
	of   protocol.EntryID // whose wording "now" is
	name string           // of the field, for what is said of it
}

func (p parse) refuse(hint, format string, args ...any) error {
	return refuse(ErrValue, hint, "%s: %s", p.name, fmt.Sprintf(format, args...))
}

// value reads v by the form.
func (p parse) value(f Form, v any) (protocol.Value, error) {
	switch f.Is {
	case IsWords:
		return p.words(v)
	case IsChoice:
		return p.choice(f, v)
	case IsKey, IsDay:
		return p.short(f, v)
	case IsNumber:
		return p.number(v)
	case IsFraction:
		return p.fraction(v)
	case IsFlag:
		return p.flag(v)
	case IsWording:
		return p.wording(v)
	case IsPairs:
		return p.pairs(v)
	case IsRecord:
		return p.record(f, v)
	case IsMany:
		return p.many(f, v)
	}
	return p.id(f, v)
}

func (p parse) words(v any) (protocol.Value, error) {
	s, ok := v.(string)
	if !ok {
		return nil, p.refuse("", "words are wanted")
	}
	s, err := cleanField(p.name, s, 0)
	if err == nil && len(s) > maxWords {
		err = refuse(ErrTooLong, "put long text into a document and link it", "%s: at most %d KiB fit here", p.name, maxWords>>10)
	}
	return said{s, utf8.RuneCountInString(s), true}, err
}

func (p parse) choice(f Form, v any) (protocol.Value, error) {
	s, _ := v.(string)
	for _, c := range f.Choices {
		if strings.EqualFold(strings.TrimSpace(s), c) {
			return c, nil
		}
	}
	return nil, p.refuse("one of: "+strings.Join(f.Choices, ", "), "%q is not a choice", s)
}

func (p parse) short(f Form, v any) (protocol.Value, error) {
	s, _ := v.(string)
	s, err := cleanField(p.name, s, 0)
	if err != nil {
		return nil, err
	}
	if s = oneLine(s); f.Is == IsDay {
		if !isDay(s) {
			return nil, p.refuse("write it like 2026-05-14", "%q is not a date", s)
		}
		return s, nil
	}
	if !f.Exact {
		s = strings.ToLower(s)
	}
	if !isKey(s) {
		return nil, p.refuse("a word or two", "%q is not a key", s)
	}
	return s, nil
}

func (p parse) number(v any) (protocol.Value, error) {
	switch v := v.(type) {
	case uint64:
		return v, nil
	case int:
		if v >= 0 {
			return uint64(v), nil
		}
	case float64:
		if v >= 0 && v <= math.MaxInt32 && v == math.Trunc(v) {
			return uint64(v), nil
		}
	case json.Number:
		return p.number(string(v))
	case string:
		if n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 63); err == nil {
			return n, nil
		}
	}
	return nil, p.refuse("a whole number, 0 or more", "%v is not a number", v)
}

func (p parse) fraction(v any) (protocol.Value, error) {
	if f, ok := v.(Fraction); ok {
		v = f.String()
	}
	s, _ := v.(string)
	over, under, _ := strings.Cut(s, "/")
	a, err := strconv.ParseUint(strings.TrimSpace(over), 10, 32)
	b, err2 := strconv.ParseUint(strings.TrimSpace(under), 10, 32)
	if err != nil || err2 != nil || b == 0 || a > b {
		return nil, p.refuse("write it like 2/3", "%q is not a share", s)
	}
	return []protocol.Value{a, b}, nil
}

func (p parse) flag(v any) (protocol.Value, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "yes", "true":
			return true, nil
		case "no", "false":
			return false, nil
		}
	}
	return nil, p.refuse("yes or no", "%v is neither yes nor no", v)
}

func (p parse) wording(v any) (protocol.Value, error) {
	switch v := v.(type) {
	case nil:
		return p.d.Wording(p.of).Value(), nil
	case protocol.Wording:
		return v.Value(), nil
	case string:
		if v == "" || v == "now" || v == "me" {
			return p.d.Wording(p.of).Value(), nil
		}
	case map[string]any:
		return p.wordingOf(v)
	}
	return nil, p.refuse("leave it out for the text as it is now", "%v is not a wording", v)
}

// wordingOf reads the JSON form {"heads": [id], "runes": n}.
func (p parse) wordingOf(o map[string]any) (protocol.Value, error) {
	heads, _ := o["heads"].([]any)
	n, err := p.number(o["runes"])
	if err != nil {
		return nil, err
	}
	w := protocol.Wording{Runes: n.(uint64)}
	for _, h := range heads {
		var id protocol.ChangeID
		s, _ := h.(string)
		if err := id.UnmarshalText([]byte(s)); err != nil {
			return nil, p.refuse("", "%q is not the id of a change", s)
		}
		w.Heads = append(w.Heads, id)
	}
	slices.SortFunc(w.Heads, protocol.ChangeID.Compare)
	return w.Value(), nil
}

func (p parse) pairs(v any) (protocol.Value, error) {
	found := map[string]string{}
	add := func(key string, value any) error {
		k, err := p.short(Key, key)
		if err != nil {
			return err
		}
		x, err := p.short(Key, value)
		if err != nil {
			return err
		}
		found[k.(string)] = x.(string)
		return nil
	}
	split := func(s string) error {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return p.refuse("write it like climate=nordic", "%q is no key with a value", s)
		}
		return add(key, value)
	}
	var err error
	switch v := v.(type) {
	case Object:
		for _, pair := range v {
			err = first(err, add(pair.Name, pair.Value))
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			err = first(err, add(key, v[key]))
		}
	case []any:
		for _, item := range v {
			s, _ := item.(string)
			err = first(err, split(s))
		}
	case string:
		for s := range strings.SplitSeq(v, ",") {
			err = first(err, split(s))
		}
	default:
		err = p.refuse("write it like climate=nordic", "keys with values are wanted")
	}
	keys := make([]string, 0, len(found))
	for key := range found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	items := make([]protocol.Value, len(keys))
	for i, key := range keys {
		items[i] = []protocol.Value{key, found[key]}
	}
	return items, err
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// parts makes an object of what stands for a record: of a plain string, the
// first word is the first part and the rest the next, unless the first part is
// words itself.
func parts(f Form, v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case Object:
		o := map[string]any{}
		for _, pair := range v {
			o[pair.Name] = pair.Value
		}
		return o, true
	case nil:
		return map[string]any{}, true
	case string:
		if len(f.Parts) == 1 || f.Parts[0].Form.Is == IsWords {
			return map[string]any{f.Parts[0].Name: v}, true
		}
		v = strings.TrimSpace(v)
		end := strings.IndexAny(v, " :\t\n")
		if end < 0 {
			return map[string]any{f.Parts[0].Name: v}, true
		}
		return map[string]any{f.Parts[0].Name: v[:end], f.Parts[1].Name: strings.TrimSpace(v[end+1:])}, true
	}
	return nil, false
}

func (p parse) record(f Form, v any) (protocol.Value, error) {
	names := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		names[i] = part.Name
	}
	o, ok := parts(f, v)
	if !ok {
		return nil, p.refuse("parts: "+strings.Join(names, ", "), "%v does not say its parts", v)
	}
	for _, key := range sortedKeys(o) {
		if !slices.Contains(names, key) {
			return nil, p.refuse("parts: "+strings.Join(names, ", "), "there is no part %q", key)
		}
	}
	items := []protocol.Value{}
	for _, part := range f.Parts {
		given, ok := o[part.Name]
		if !ok && (part.Form.Is != IsWording || !part.Must) {
			if part.Must {
				return nil, p.refuse("parts: "+strings.Join(names, ", "), "%s is missing", part.Name)
			}
			continue
		}
		q := p
		q.name = p.name + "." + part.Name
		value, err := q.value(part.Form, given)
		if err != nil {
			return nil, err
		}
		items = append(items, []protocol.Value{part.Number, value})
	}
	return items, nil
}

func (p parse) many(f Form, v any) (protocol.Value, error) {
	given := []any{v}
	switch v := v.(type) {
	case []any:
		given = v
	case []Value:
		given = nil
		for _, item := range v {
			given = append(given, item)
		}
	case nil:
		given = nil
	}
	found := map[string]protocol.Value{}
	var keys []string
	for _, one := range given {
		value, err := p.value(*f.Of, one)
		if err != nil {
			return nil, err
		}
		key, ok := f.Of.canon(value)
		if !ok {
			return nil, p.refuse("", "%v does not fit", one)
		}
		if _, twice := found[string(key)]; !twice {
			keys = append(keys, string(key))
		}
		found[string(key)] = value
	}
	slices.Sort(keys)
	items := make([]protocol.Value, len(keys))
	for i, key := range keys {
		items[i] = found[key]
	}
	return items, nil
}
