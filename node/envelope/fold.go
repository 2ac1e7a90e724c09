package envelope

import (
	"cmp"
	"crypto/sha256"
	"math"
	"slices"
	"strings"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Folded is a document as it shows: a value, without ties to the [Document].
type Folded struct {
	ID       protocol.DocumentID
	Kind     protocol.Kind
	KindName string
	Title    string // the shown one; of a document without, its body's first line
	Body     string
	Author   protocol.MemberID
	Created  uint64 // seconds since 1970, by the author's clock
	Updated  uint64 // greatest wall of a change with effect
	Shelved  bool
	Apart    bool     // its kind is in no list, see [Schema]
	Fields   []Shown  // by number; unset ones are left out
	Acts     []Act    // by member and day, each once
	Again    []Again  // paragraphs to be read again
	Former   []Former // what stood in its texts and was taken away, the last first
	Changes  int      // held, void ones too
	// Carried says of what it is a copy; then author, entries and own values
	// bear the names of those who said it there, see [Past]. Nil otherwise.
	Carried *Carried

	canonical []byte
	changed   map[string]float64 // by wording of the document
}

// Shown is a field as it shows. Beside the first three, one member is set, by the type.
type Shown struct {
	Number  uint64
	Name    string
	Type    Type
	Text    string  // T V
	Values  []Stamp // R: the shown one first, then other concurrent ones, the later first
	Set     []Value // S
	Added   []Stamp // S, of a signed one: the values with who first added them
	Own     []Stamp // M: by member
	Entries []Entry // L O: in order
}

// Stamp is a value with who gave it and when.
type Stamp struct {
	Value   Value
	By      protocol.MemberID
	At      uint64 // seconds since 1970, by her clock
	Carried bool   // of an own-key map: as [Entry].Carried
}

// Entry is a signed entry of a log, or an item of a list.
type Entry struct {
	ID        protocol.EntryID
	By        protocol.MemberID
	At        uint64 // seconds since 1970, by her clock
	Carried   bool   // it was said in the community the document was carried from
	Withdrawn bool   // then it has no fields
	Fields    []Shown
}

// Fold returns the document as it shows now. Shown is false when no operation
// takes effect, or when its author took it back: then it is in no list, and
// counts nothing in the state hash.
func (d *Document) Fold() (f *Folded, shown bool) {
	if d.schema == nil {
		return nil, false
	}
	d.settle()
	root := smallest(d.roots)
	f = &Folded{
		ID: d.id, Kind: d.schema.Kind, KindName: d.schema.Name,
		Author: root.author, Created: root.wall, Changes: len(d.changes), Apart: d.schema.Apart,
		changed: map[string]float64{},
	}
	days := map[Act]int{} // where the act of a member and day stands
	for _, c := range d.changes {
		if act, is := c.act(); is {
			f.Updated, shown = max(f.Updated, c.wall), true
			f.Acts = joined(f.Acts, days, act)
		}
	}
	slices.SortFunc(f.Acts, func(a, b Act) int { return cmp.Or(a.By.Compare(b.By), cmp.Compare(a.Day, b.Day)) })
	w := &folding{d: d, view: d.merged.Now(), into: f}
	w.whence()
	b := protocol.AppendUint(nil, uint64(f.Kind))
	b = protocol.AppendBytes(b, f.ID[:])
	b = protocol.AppendBytes(b, f.Author[:])
	b = protocol.AppendUint(b, f.Created)
	for i := range d.schema.Fields {
		row := &d.schema.Fields[i]
		s, content := w.field(row, crdt.Path{Field: row.Number})
		if content == nil {
			continue
		}
		if row.Conceals && s.Values[0].Value == true {
			return nil, false
		}
		f.Fields = append(f.Fields, s)
		f.Again = append(f.Again, d.again(row, w.view)...)
		b = append(protocol.AppendUint(b, row.Number), content...)
	}
	f.canonical = append(protocol.AppendArray(nil, 4+2*len(f.Fields)), b...)
	f.name(d.schema)
	f.Shelved = w.shelved()
	f.Former = w.fewFormer()
	return f, shown
}

// act says what a change did on its day; false when it is without effect.
func (c *change) act() (a Act, is bool) {
	a = Act{By: c.author, Day: uint32(min(c.wall/86400, math.MaxUint32))}
	for i, need := range c.needs {
		if takes(need, c.rank, c.redacted) {
			is = true
			a.Wrote = a.Wrote || c.writes[i]
		}
	}
	return a, is
}

// joined adds an act; with one of the member on that day it is one.
func joined(acts []Act, days map[Act]int, a Act) []Act {
	at, known := days[Act{By: a.By, Day: a.Day}]
	if known {
		acts[at].Wrote = acts[at].Wrote || a.Wrote
		return acts
	}
	days[Act{By: a.By, Day: a.Day}] = len(acts)
	return append(acts, a)
}

// name fills in what stands for the whole: title and body.
func (f *Folded) name(s *Schema) {
	f.Body = f.number(s.Body).Text
	f.Title = f.TextOf(s.Field(Title).Name)
	if f.Title == "" {
		f.Title = firstLine(f.Body)
	}
}

// shelved tells what the latest word on shelving is; the rules of the field
// let only those speak who are entitled.
func (w *folding) shelved() bool {
	values := w.view.Map(crdt.Path{Field: Shelved})
	if len(values) == 0 {
		return false
	}
	o, _ := w.d.schema.Field(Shelved).Form.show(slices.MaxFunc(values, crdt.Stamped.Compare).Value).(Object)
	return o.Text("is") == "yes"
}

func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.Trim(line, "# \t\n"); line != "" {
			if runes := []rune(line); len(runes) > 80 {
				line = string(runes[:79]) + "…"
			}
			return line
		}
	}
	return ""
}

// whence finds out of what the document is a copy, and whose it is then.
func (w *folding) whence() {
	values := w.view.Register(crdt.Path{Field: CarriedFrom})
	if len(values) == 0 {
		w.elsewhere()
		return
	}
	c := carriedOf(values[len(values)-1].Value)
	w.into.Carried = c
	w.into.Author, w.into.Created = Past(c.Community, c.Author), c.Created
}

// elsewhere gives the page of somebody, or the charter, of another community an
// author who is nobody here: who brought it is not whom it is about.
func (w *folding) elsewhere() {
	values := w.view.Register(crdt.Path{Field: Origin})
	if len(values) == 0 || w.d.schema.Parts == nil {
		return
	}
	origin, _ := w.d.schema.Field(Origin).Form.show(values[len(values)-1].Value).(Object)
	if from, ok := origin.Get("community").(protocol.Hash); ok {
		w.into.Author = Past(protocol.CommunityID(from), sha256.Sum256([]byte(origin.Text("path"))))
	}
}

// OfElsewhere tells whether a document is one of another community.
func (f *Folded) OfElsewhere() bool {
	origin, _ := f.Value("origin").(Object)
	return origin.Get("community") != nil
}

// folding walks a document's fields.
type folding struct {
	d    *Document
	view crdt.View
	into *Folded
	of   protocol.EntryID  // the entry whose texts wordings count; zero: the document's
	said protocol.MemberID // whose that entry is, whatever it counts
	past []formerly
	size int // bytes of the texts that show
}

// field returns a field as it shows and its canonical content, nil when it is unset.
func (w *folding) field(row *Field, p crdt.Path) (s Shown, b []byte) {
	s = Shown{Number: row.Number, Name: row.Name, Type: row.Type}
	switch row.Type {
	case Text, Voice:
		if s.Text = w.view.Text(p); s.Text != "" {
			b = protocol.AppendText(nil, s.Text)
		}
		w.former(s, p)
	case Register:
		values := w.view.Register(p)
		for i := len(values) - 1; i >= 0; i-- {
			b = w.stamp(b, &s.Values, row, values[i])
		}
		b = array(b, 3*len(values))
	case Set:
		added := w.view.Added(p)
		for i, v := range added {
			if i > 0 && added[i-1].Value == v.Value {
				continue
			}
			s.Set = append(s.Set, row.Form.show(v.Value))
			if row.Signed {
				s.Added = append(s.Added, Stamp{Value: row.Form.show(v.Value), By: protocol.MemberID(v.Author), At: w.wall(v.Op.Change)})
			}
			b = append(b, v.Value...)
		}
		b = array(b, len(s.Set))
	case Map:
		values := w.view.Map(p)
		for _, v := range values {
			b = w.stamp(b, &s.Own, row, v)
		}
		b, values = w.stampCarried(b, &s, row, p, values)
		b = array(b, 3*len(values))
	case Log, List:
		entries := w.view.Log(p.Field)
		if row.Type == List {
			entries = w.view.List(p.Field)
		}
		for _, e := range entries {
			b = w.entry(b, &s, row, e)
		}
		b = array(b, 6*len(entries))
	}
	return s, b
}

func array(items []byte, n int) []byte {
	if n == 0 {
		return nil
	}
	return append(protocol.AppendArray(nil, n), items...)
}

func (w *folding) stamp(b []byte, to *[]Stamp, row *Field, v crdt.Stamped) []byte {
	wall := w.wall(v.Op.Change)
	value := row.Form.show(v.Value)
	w.note(value)
	*to = append(*to, Stamp{Value: value, By: protocol.MemberID(v.Author), At: wall})
	b = append(b, v.Value...)
	b = protocol.AppendBytes(b, v.Author[:])
	return protocol.AppendUint(b, wall)
}

// stampCarried adds the own values of those who gave them elsewhere.
func (w *folding) stampCarried(b []byte, s *Shown, row *Field, p crdt.Path, all []crdt.Stamped) ([]byte, []crdt.Stamped) {
	if w.into.Carried == nil {
		return b, all
	}
	for _, v := range w.view.Set(p) {
		who, given := readSigned(v)
		value, by := row.Form.show(given), Past(w.into.Carried.Community, who.by)
		w.note(value)
		s.Own = append(s.Own, Stamp{Value: value, By: by, At: who.at, Carried: true})
		b = append(b, given...)
		b = protocol.AppendUint(protocol.AppendBytes(b, by[:]), who.at)
		all = append(all, crdt.Stamped{Value: v})
	}
	return b, all
}

func (w *folding) wall(id crdt.ID) uint64 { return w.d.wall(id) }

func (w *folding) entry(b []byte, s *Shown, row *Field, e crdt.Entry) []byte {
	id := protocol.EntryID{Change: protocol.ChangeID(e.ID.Change), Index: uint64(e.ID.Index)}
	out := Entry{ID: id, By: protocol.MemberID(e.Author), At: w.wall(e.ID.Change), Withdrawn: len(e.Withdrawn) > 0}
	if by := w.view.Register(crdt.Path{Field: row.Number, Entry: e.ID, Sub: signedSub}); len(by) > 0 && w.into.Carried != nil {
		who, _ := readSigned(by[len(by)-1].Value)
		out.By, out.At, out.Carried = Past(w.into.Carried.Community, who.by), who.at, true
	}
	b = protocol.AppendBytes(b, id.Change[:])
	b = protocol.AppendUint(b, id.Index)
	b = protocol.AppendBytes(b, out.By[:])
	b = protocol.AppendUint(b, out.At)
	b = protocol.AppendBool(b, out.Withdrawn)
	if slices.ContainsFunc(row.Entry, func(f Field) bool { return f.Counts }) {
		w.of = id
		defer func() { w.of = protocol.EntryID{} }()
	}
	w.said = out.By
	defer func() { w.said = protocol.MemberID{} }()
	var fields []byte
	for i := range row.Entry {
		if out.Withdrawn {
			break
		}
		sub := &row.Entry[i]
		shown, content := w.field(sub, crdt.Path{Field: row.Number, Entry: e.ID, Sub: sub.Number})
		if content == nil {
			continue
		}
		out.Fields = append(out.Fields, shown)
		fields = append(protocol.AppendUint(fields, sub.Number), content...)
	}
	s.Entries = append(s.Entries, out)
	return append(protocol.AppendArray(b, 2*len(out.Fields)), fields...)
}

// note measures the wordings among the values, for [Folded.ChangedSince].
func (w *folding) note(v Value) {
	switch v := v.(type) {
	case protocol.Wording:
		key := wordingKey(w.of, v)
		if _, known := w.into.changed[key]; !known {
			w.into.changed[key] = w.d.Changed(w.of, v)
		}
	case Object:
		for _, p := range v {
			w.note(p.Value)
		}
	case []Value:
		for _, item := range v {
			w.note(item)
		}
	}
}

// wordingKey names a wording of an entry, or with the zero entry of the document.
func wordingKey(of protocol.EntryID, w protocol.Wording) string {
	b := protocol.AppendValue(nil, w.Value())
	if of != (protocol.EntryID{}) {
		b = protocol.AppendValue(b, protocol.EntryValue(of))
	}
	return string(b)
}

// ChangedSince returns which share of the document's counted text, 0 to 1,
// differs from a wording that stands in one of its fields (a trial's, an
// agreement's); 1 for a wording that stands in none.
func (f *Folded) ChangedSince(w protocol.Wording) float64 {
	return f.ChangedIn(protocol.EntryID{}, w)
}

// ChangedIn is ChangedSince of an entry with texts of its own that count, such
// as an answer.
func (f *Folded) ChangedIn(entry protocol.EntryID, w protocol.Wording) float64 {
	if share, ok := f.changed[wordingKey(entry, w)]; ok {
		return share
	}
	return 1
}

func (f *Folded) number(n uint64) Shown {
	for _, s := range f.Fields {
		if s.Number == n {
			return s
		}
	}
	return Shown{}
}

// Field returns a field by name; the zero Shown when it is unset.
func (f *Folded) Field(name string) Shown { return find(f.Fields, name) }

// Field returns a field of the entry by name; the zero Shown when it is unset.
func (e Entry) Field(name string) Shown { return find(e.Fields, name) }

func find(fields []Shown, name string) Shown {
	for _, s := range fields {
		if s.Name == name {
			return s
		}
	}
	return Shown{}
}

// Value returns a register's shown value, nil when unset.
func (s Shown) Value() Value {
	if len(s.Values) == 0 {
		return nil
	}
	return s.Values[0].Value
}

// Chosen returns the values of a register that people chose apart, the shown
// one first, each once; nil when there is one.
func (s Shown) Chosen() (apart []Stamp) {
	var seen []string
	for _, v := range s.Values {
		key := string(appendTold(nil, v.Value))
		if !slices.Contains(seen, key) {
			seen, apart = append(seen, key), append(apart, v)
		}
	}
	if len(apart) < 2 {
		return nil
	}
	return apart
}

// Value returns a register's shown value, nil when unset.
func (f *Folded) Value(name string) Value { return f.Field(name).Value() }

// TextOf returns a text field, or a register's string.
func (f *Folded) TextOf(name string) string {
	s := f.Field(name)
	if s.Type.Text() {
		return s.Text
	}
	text, _ := s.Value().(string)
	return text
}

// Canonical returns the bytes that the state hash is taken of: canonical CBOR
// of all that shows, the same however the changes came.
func (f *Folded) Canonical() []byte { return f.canonical }
