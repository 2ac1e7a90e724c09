package envelope

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"coppice.example/protocol"
)

// CardText is how many bytes of each text a card keeps.
const CardText = 400

// ErrCard says that bytes are no card of this version.
var ErrCard = errors.New("not a card of a document")

// Card returns the document as a card: bytes from which [Kinds.ReadCard] makes
// it again, with no more than the beginning of each text, so that lists and
// all that is derived of many documents need fold none of them anew. A card is
// for the node that made it and never travels.
func (f *Folded) Card() []byte {
	w := cardWriter{}
	w.uint(cardVersion)
	w.uint(uint64(f.Kind))
	w.bytes(f.ID[:])
	w.bytes(f.Author[:])
	w.uint(f.Created)
	w.uint(f.Updated)
	w.bool(f.Shelved)
	w.text(f.Title)
	w.uint(uint64(f.Changes))
	w.array(len(f.Acts))
	for _, a := range f.Acts {
		w.bytes(a.By[:])
		w.uint(uint64(a.Day))
		w.bool(a.Wrote)
	}
	w.array(len(f.Again))
	for _, a := range f.Again {
		w.text(a.Field)
		w.uint(uint64(a.Paragraph))
		w.b = protocol.AppendIDs(w.b, a.By)
	}
	w.array(len(f.changed))
	for _, key := range slices.Sorted(maps.Keys(f.changed)) {
		w.opaque(key)
		w.uint(math.Float64bits(f.changed[key]))
	}
	w.fields(f.Fields)
	return w.b
}

// ReadCard reads what [Folded.Card] wrote. Body is what the card keeps of it.
// Errors: [ErrCard].
func (k *Kinds) ReadCard(b []byte) (*Folded, error) {
	r := cardReader{protocol.NewReader(b)}
	if r.Uint() != cardVersion {
		return nil, ErrCard
	}
	f := &Folded{Kind: protocol.Kind(r.UintMax(math.MaxUint16))}
	schema := k.Schema(f.Kind)
	if schema == nil {
		return nil, fmt.Errorf("%w: kind %d", ErrCard, f.Kind)
	}
	f.KindName, f.Apart = schema.Name, schema.Apart
	r.Fixed(f.ID[:])
	r.Fixed(f.Author[:])
	f.Created, f.Updated, f.Shelved = r.Uint(), r.Uint(), r.Bool()
	f.Title = r.Text(len(b))
	f.Changes = int(r.UintMax(math.MaxInt32))
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		a := Act{By: protocol.ReadID[protocol.MemberID](r.Reader)}
		a.Day, a.Wrote = uint32(r.UintMax(math.MaxUint32)), r.Bool()
		f.Acts = append(f.Acts, a)
	}
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		f.Again = append(f.Again, Again{r.Text(len(b)), int(r.UintMax(math.MaxInt32)), protocol.ReadIDs[protocol.MemberID](r.Reader, len(b))})
	}
	f.changed = map[string]float64{}
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		key := string(r.Bytes(len(b)))
		f.changed[key] = math.Float64frombits(r.Uint())
	}
	f.Fields = r.fields(schema.Fields)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCard, err)
	}
	f.Body = f.number(schema.Body).Text
	return f, nil
}

const cardVersion = 2

// cardWriter appends the parts of a card.
type cardWriter struct{ b []byte }

func (w *cardWriter) uint(n uint64)   { w.b = protocol.AppendUint(w.b, n) }
func (w *cardWriter) bytes(b []byte)  { w.b = protocol.AppendBytes(w.b, b) }
func (w *cardWriter) opaque(s string) { w.b = protocol.AppendBytes(w.b, []byte(s)) }
func (w *cardWriter) bool(v bool)     { w.b = protocol.AppendBool(w.b, v) }
func (w *cardWriter) array(n int)     { w.b = protocol.AppendArray(w.b, n) }
func (w *cardWriter) text(s string)   { w.b = protocol.AppendText(w.b, begin(s)) }

// begin cuts a text to what a card keeps.
func begin(s string) string {
	if len(s) <= CardText {
		return s
	}
	end := CardText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func (w *cardWriter) fields(fields []Shown) {
	w.array(len(fields))
	for _, s := range fields {
		w.uint(s.Number)
		switch s.Type {
		case Text, Voice:
			w.text(s.Text)
		case Register:
			w.stamps(s.Values)
		case Set:
			w.values(s.Set)
			w.stamps(s.Added)
		case Map:
			w.stamps(s.Own)
		default:
			w.entries(s.Entries)
		}
	}
}

func (w *cardWriter) stamps(all []Stamp) {
	w.array(len(all))
	for _, s := range all {
		w.bytes(s.By[:])
		w.uint(s.At)
		w.bool(s.Carried)
		w.value(s.Value)
	}
}

func (w *cardWriter) values(all []Value) {
	w.array(len(all))
	for _, v := range all {
		w.value(v)
	}
}

func (w *cardWriter) entries(all []Entry) {
	w.array(len(all))
	for _, e := range all {
		w.bytes(e.ID.Change[:])
		w.uint(e.ID.Index)
		w.bytes(e.By[:])
		w.uint(e.At)
		w.bool(e.Carried)
		w.bool(e.Withdrawn)
		w.fields(e.Fields)
	}
}

// What a value is, as its card says.
const (
	cardText uint64 = iota
	cardUint
	cardBool
	cardBulk
	cardHash
	cardMember
	cardDocument
	cardEntry
	cardWording
	cardFraction
	cardObject
	cardMany
)

func (w *cardWriter) value(v Value) {
	switch v := v.(type) {
	case string:
		w.uint(cardText)
		w.text(v)
	case uint64:
		w.uint(cardUint)
		w.uint(v)
	case bool:
		w.uint(cardBool)
		w.bool(v)
	case protocol.Hash:
		w.uint(cardHash)
		w.bytes(v[:])
	case protocol.MemberID:
		w.uint(cardMember)
		w.bytes(v[:])
	case protocol.DocumentID:
		w.uint(cardDocument)
		w.bytes(v[:])
	case protocol.EntryID:
		w.uint(cardEntry)
		w.bytes(v.Change[:])
		w.uint(v.Index)
	case protocol.Wording:
		w.uint(cardWording)
		w.b = protocol.AppendIDs(w.b, v.Heads)
		w.uint(v.Runes)
	case Fraction:
		w.uint(cardFraction)
		w.uint(v.Over)
		w.uint(v.Under)
	case Object:
		w.uint(cardObject)
		w.array(len(v))
		for _, p := range v {
			w.text(p.Name)
			w.value(p.Value)
		}
	case []Value:
		w.uint(cardMany)
		w.values(v)
	default: // bytes that mean nothing to a fold are no part of a card
		w.uint(cardBulk)
	}
}

// cardReader reads the parts of a card.
type cardReader struct{ *protocol.Reader }

func (r cardReader) fields(rows []Field) (fields []Shown) {
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		s := Shown{Number: r.Uint()}
		row := field(rows, s.Number)
		if row == nil {
			r.Fail(fmt.Errorf("field %d", s.Number))
			return fields
		}
		s.Name, s.Type = row.Name, row.Type
		switch s.Type {
		case Text, Voice:
			s.Text = r.Text(r.Len())
		case Register:
			s.Values = r.stamps()
		case Set:
			s.Set, s.Added = r.values(0), r.stamps()
		case Map:
			s.Own = r.stamps()
		default:
			s.Entries = r.entries(row.Entry)
		}
		fields = append(fields, s)
	}
	return fields
}

func (r cardReader) stamps() (all []Stamp) {
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		s := Stamp{By: protocol.ReadID[protocol.MemberID](r.Reader), At: r.Uint(), Carried: r.Bool()}
		s.Value = r.value(0)
		all = append(all, s)
	}
	return all
}

func (r cardReader) values(depth int) []Value {
	all := []Value{}
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		all = append(all, r.value(depth))
	}
	return all
}

func (r cardReader) entries(rows []Field) (all []Entry) {
	for n := r.Array(); n > 0 && r.Err() == nil; n-- {
		e := Entry{ID: r.entry(), By: protocol.ReadID[protocol.MemberID](r.Reader), At: r.Uint(), Carried: r.Bool(), Withdrawn: r.Bool()}
		e.Fields = r.fields(rows)
		all = append(all, e)
	}
	return all
}

func (r cardReader) entry() protocol.EntryID {
	return protocol.EntryID{Change: protocol.ReadID[protocol.ChangeID](r.Reader), Index: r.Uint()}
}

// cardDepth is how deep values lie in values, at most.
const cardDepth = 8

func (r cardReader) value(depth int) Value {
	if depth > cardDepth {
		r.Fail(ErrCard)
		return nil
	}
	switch r.Uint() {
	case cardText:
		return r.Text(r.Len())
	case cardUint:
		return r.Uint()
	case cardBool:
		return r.Bool()
	case cardHash:
		return protocol.ReadID[protocol.Hash](r.Reader)
	case cardMember:
		return protocol.ReadID[protocol.MemberID](r.Reader)
	case cardDocument:
		return protocol.ReadID[protocol.DocumentID](r.Reader)
	case cardEntry:
		return r.entry()
	case cardWording:
		w := protocol.Wording{}
		for n := r.Array(); n > 0 && r.Err() == nil; n-- {
			w.Heads = append(w.Heads, protocol.ReadID[protocol.ChangeID](r.Reader))
		}
		w.Runes = r.Uint()
		return w
	case cardFraction:
		return Fraction{r.Uint(), r.Uint()}
	case cardObject:
		o := Object{}
		for n := r.Array(); n > 0 && r.Err() == nil; n-- {
			o = append(o, Pair{Name: r.Text(r.Len()), Value: r.value(depth + 1)})
		}
		return o
	case cardMany:
		return r.values(depth + 1)
	case cardBulk:
		return []byte(nil)
	}
	r.Fail(ErrCard)
	return nil
}
