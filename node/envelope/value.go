package envelope

import (
	"slices"
	"strings"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Bounds of a value in a shape: what is over them does not fit, for all alike.
const (
	maxKey  = 1024 // bytes
	maxMany = 4096
)

// said is where words stand in a resolved argument: the letters, or as many
// U+FFFD when they are unreadable.
type said struct {
	text    string
	runes   int
	letters bool // the letters are there
}

// resolve replaces the claims in an argument by what they claim.
func resolve(v protocol.Value, l *protocol.Letters) protocol.Value {
	switch v := v.(type) {
	case protocol.Words:
		text, ok := l.Next(v)
		return said{text, int(v), ok}
	case []protocol.Value:
		items := make([]protocol.Value, len(v))
		for i, item := range v {
			items[i] = resolve(item, l)
		}
		return items
	}
	return v
}

// canon returns the canonical bytes of a resolved value, and whether it fits the form.
func (f Form) canon(v protocol.Value) (crdt.Value, bool) {
	b, ok := f.append(nil, v)
	return crdt.Value(b), ok
}

func (f Form) append(b []byte, v protocol.Value) ([]byte, bool) {
	switch v := v.(type) {
	case said:
		return protocol.AppendText(b, v.text), f.Is == IsWords || f.Is == IsPerson
	case string:
		ok := f.Is == IsChoice && slices.Contains(f.Choices, v) || f.Is == IsKey && isKey(v) || f.Is == IsDay && isDay(v)
		return protocol.AppendText(b, v), ok
	case uint64:
		return protocol.AppendUint(b, v), f.Is == IsNumber
	case bool:
		return protocol.AppendBool(b, v), f.Is == IsFlag
	case []byte:
		if f.Is == IsPage {
			return protocol.AppendBytes(b, v), len(v) <= f.Size
		}
		ok := len(v) == 32 && slices.Contains([]Is{IsMember, IsDocument, IsReference, IsPerson}, f.Is) || f.Is == IsBytes && len(v) == f.Size
		return protocol.AppendBytes(b, v), ok
	case []protocol.Value:
		return f.appendItems(b, v)
	}
	return b, false
}

func (f Form) appendItems(b []byte, items []protocol.Value) ([]byte, bool) {
	switch f.Is {
	case IsReference:
		e, ok := protocol.EntryOf(items)
		if !ok || e == (protocol.EntryID{}) {
			return b, false
		}
		return protocol.AppendValue(b, protocol.EntryValue(e)), true
	case IsWording:
		w, ok := protocol.WordingOf(items)
		if !ok {
			return b, false
		}
		return protocol.AppendValue(b, w.Value()), true
	case IsFraction:
		over, under, ok := two[uint64, uint64](items)
		if !ok || under == 0 || over > under {
			return b, false
		}
		return protocol.AppendValue(b, items), true
	case IsPairs:
		return appendPairs(b, items)
	case IsRecord:
		return f.appendRecord(b, items)
	case IsMany:
		return f.appendMany(b, items)
	}
	return b, false
}

func appendPairs(b []byte, items []protocol.Value) ([]byte, bool) {
	last := ""
	for _, item := range items {
		key, value, ok := two[string, string](item)
		if !ok || !isKey(key) || !isKey(value) || key <= last {
			return b, false
		}
		last = key
	}
	return protocol.AppendValue(b, items), len(items) <= maxMany
}

// appendRecord leaves out the parts it does not know: they are inert.
func (f Form) appendRecord(b []byte, items []protocol.Value) ([]byte, bool) {
	var body []byte
	n, last, must := 0, uint64(0), 0
	for _, item := range items {
		number, value, ok := two[uint64, protocol.Value](item)
		if !ok || number <= last {
			return b, false
		}
		last = number
		i := slices.IndexFunc(f.Parts, func(p FormPart) bool { return p.Number == number })
		if i < 0 {
			continue
		}
		body = protocol.AppendUint(protocol.AppendArray(body, 2), number)
		if body, ok = f.Parts[i].Form.append(body, value); !ok {
			return b, false
		}
		n++
		if f.Parts[i].Must {
			must++
		}
	}
	for _, p := range f.Parts {
		if p.Must {
			must--
		}
	}
	return append(protocol.AppendArray(b, n), body...), must == 0
}

func (f Form) appendMany(b []byte, items []protocol.Value) ([]byte, bool) {
	last := ""
	b = protocol.AppendArray(b, len(items))
	for _, item := range items {
		one, ok := f.Of.append(nil, item)
		if !ok || string(one) <= last {
			return b, false
		}
		last = string(one)
		b = append(b, one...)
	}
	return b, len(items) <= maxMany
}

// two takes an array of two apart.
func two[A, B any](v protocol.Value) (a A, b B, ok bool) {
	items, ok := v.([]protocol.Value)
	if !ok || len(items) != 2 {
		return a, b, false
	}
	a, ok = items[0].(A)
	if !ok {
		return a, b, false
	}
	b, ok = items[1].(B)
	return a, b, ok
}

// isKey tells whether s is a short string in one line without space at its
// ends. Case is settled where it is typed: lower-casing differs between
// versions of Unicode, and validity must not.
func isKey(s string) bool {
	return s != "" && len(s) <= maxKey && !strings.ContainsAny(s, "\n\t") && strings.Trim(s, " ") == s
}

// isDay tells whether s is a date of the Gregorian calendar, 2026-05-14.
func isDay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	number := func(s string) (n int) {
		for _, c := range []byte(s) {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			n = 10*n + int(c-'0')
		}
		return n
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:])
	if year < 1 || month < 1 || month > 12 || day < 1 {
		return false
	}
	most := 31
	switch month {
	case 4, 6, 9, 11:
		most = 30
	case 2:
		most = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			most = 29
		}
	}
	return day <= most
}

// show returns the value that canonical bytes of this form hold.
func (f Form) show(v crdt.Value) Value {
	r := protocol.NewReader([]byte(v))
	return f.value(r.Value())
}

func (f Form) value(v protocol.Value) Value {
	switch v := v.(type) {
	case []byte:
		switch f.Is {
		case IsMember, IsPerson:
			return protocol.MemberID(v)
		case IsDocument, IsReference:
			return protocol.DocumentID(v)
		case IsPage:
			return slices.Clone(v)
		}
		h := protocol.Hash{}
		copy(h[:], v)
		return h
	case []protocol.Value:
		return f.items(v)
	}
	return v // string, uint64, bool
}

func (f Form) items(items []protocol.Value) Value {
	switch f.Is {
	case IsReference:
		e, _ := protocol.EntryOf(items)
		return e
	case IsWording:
		w, _ := protocol.WordingOf(items)
		return w
	case IsFraction:
		over, under, _ := two[uint64, uint64](items)
		return Fraction{over, under}
	case IsPairs:
		o := Object{}
		for _, item := range items {
			key, value, _ := two[string, string](item)
			o = append(o, Pair{key, value})
		}
		return o
	case IsRecord:
		o := Object{}
		for _, item := range items {
			number, value, _ := two[uint64, protocol.Value](item)
			for _, p := range f.Parts {
				if p.Number == number {
					o = append(o, Pair{p.Name, p.Form.value(value)})
				}
			}
		}
		return o
	}
	values := []Value{}
	for _, item := range items {
		values = append(values, f.Of.value(item))
	}
	return values
}

func memberValue(id protocol.MemberID) crdt.Value {
	return crdt.Value(protocol.AppendBytes(nil, id[:]))
}
