package crdt

import (
	"cmp"
	"slices"
)

// View reads the fields of a document in one version of it. It is valid until
// the document changes. What it returns is read only.
type View struct {
	d      *Document
	at     []int32
	all    bool // at is all changes
	live   bool // and hidden is what is hidden now
	hidden []OpRef
}

// Stamped is a value and the operation that gave it.
type Stamped struct {
	Value   Value
	Op      OpRef
	Lamport uint64
	Author  Author
}

// Compare orders by (lamport, change id, index): the greater one shows.
func (s Stamped) Compare(other Stamped) int {
	return cmp.Or(cmp.Compare(s.Lamport, other.Lamport), s.Op.Compare(other.Op))
}

func (v View) stamp(a act) Stamped {
	c := &v.d.changes[a.change]
	return Stamped{a.value, OpRef{Change: c.ID, Index: a.index}, c.Lamport, c.Author}
}

// asNow tells whether the field shows in the view what it shows now.
func (v View) asNow(f *field) bool {
	if v.live {
		return true
	}
	if len(v.hidden) > 0 || len(f.hidden) > 0 {
		return false
	}
	if v.all {
		return true
	}
	if !f.linked() || len(v.at) == 0 {
		return false
	}
	past := v.d.past(v.at)
	return !slices.ContainsFunc(f.graph.Heads(), func(h int32) bool { return !past.has(f.nodes[h]) })
}

// effective tells whether an act of the field has effect in the view.
func (v View) effective(f *field) func(act) bool {
	hidden := v.hidden
	if v.live {
		hidden = f.hidden
	}
	var past *past
	if !v.all {
		past = v.d.past(v.at)
	}
	return func(a act) bool {
		if past != nil && !past.has(a.change) {
			return false
		}
		return len(hidden) == 0 || !has(hidden, OpRef{Change: v.d.changes[a.change].ID, Index: a.index})
	}
}

// read returns what a field shows in a view, by make or as read before.
func read[T any](v View, p Path, c class, make func(View, *field) T) (shows T) {
	f := v.d.fields[key{p, c}]
	if f == nil {
		return shows
	}
	if !v.asNow(f) {
		return make(v, f)
	}
	if f.shows == nil {
		f.shows = make(v.d.Now(), f)
	}
	return f.shows.(T)
}

// Register returns the values nobody has replaced, ascending by (lamport,
// change id, index): the last is the one to show, the others are concurrent.
func (v View) Register(p Path) []Stamped { return read(v, p, registers, View.register) }

func (v View) register(f *field) (values []Stamped) {
	effective := v.effective(f)
	last := func(n int32) (act, bool) {
		end := len(f.acts)
		if int(n)+1 < len(f.starts) {
			end = int(f.starts[n+1])
		}
		for _, a := range slices.Backward(f.acts[f.starts[n]:end]) {
			if effective(a) {
				return a, true
			}
		}
		return act{}, false
	}
	heads := v.d.project(f, v.version())
	for _, n := range f.below(heads, func(n int32) bool { _, ok := last(n); return ok }) {
		a, _ := last(n)
		values = append(values, v.stamp(a))
	}
	slices.SortFunc(values, Stamped.Compare)
	return values
}

func (v View) version() []int32 {
	if v.all {
		return v.d.graph.Heads()
	}
	return v.at
}

// Added returns the additions that keep the values of the set in it, ascending
// by value, then (lamport, change id, index).
func (v View) Added(p Path) []Stamped { return read(v, p, sets, View.added) }

func (v View) added(f *field) (added []Stamped) {
	type both struct{ adds, drops []act }
	effective := v.effective(f)
	values := map[Value]*both{}
	for _, a := range f.acts {
		if !effective(a) {
			continue
		}
		b := values[a.value]
		if b == nil {
			b = &both{}
			values[a.value] = b
		}
		if a.code == Add {
			b.adds = append(b.adds, a)
		} else {
			b.drops = append(b.drops, a)
		}
	}
	for _, b := range values {
		for _, a := range f.surviving(b.adds, b.drops) {
			added = append(added, v.stamp(a))
		}
	}
	slices.SortFunc(added, func(a, b Stamped) int { return cmp.Or(cmp.Compare(a.Value, b.Value), a.Compare(b)) })
	return added
}

// Set returns the values of the set, ascending by their bytes.
func (v View) Set(p Path) (values []Value) {
	for _, a := range v.Added(p) {
		if len(values) == 0 || values[len(values)-1] != a.Value {
			values = append(values, a.Value)
		}
	}
	return values
}

// Map returns each author's own value, ascending by author.
func (v View) Map(p Path) []Stamped { return read(v, p, maps, View.owned) }

// Puts returns all that was ever put in the own-key map, replaced and taken
// back since or not, ascending by (lamport, change id, index).
func (v View) Puts(p Path) (values []Stamped) {
	f := v.d.fields[key{p, maps}]
	if f == nil {
		return nil
	}
	effective := v.effective(f)
	for _, a := range f.acts {
		if a.code == Put && effective(a) {
			values = append(values, v.stamp(a))
		}
	}
	slices.SortFunc(values, Stamped.Compare)
	return values
}

func (v View) owned(f *field) (values []Stamped) {
	type own struct {
		Stamped
		code Code
	}
	effective := v.effective(f)
	latest := map[Author]own{}
	for _, a := range f.acts {
		if !effective(a) {
			continue
		}
		s := v.stamp(a)
		if old, ok := latest[s.Author]; !ok || old.Compare(s) < 0 {
			latest[s.Author] = own{s, a.code}
		}
	}
	for _, o := range latest {
		if o.code == Put {
			values = append(values, o.Stamped)
		}
	}
	slices.SortFunc(values, func(a, b Stamped) int { return a.Author.Compare(b.Author) })
	return values
}

// Entry is an entry of a log or an item of a list. Its fields are read at
// Path{Field, ID, Sub}.
type Entry struct {
	ID        OpRef
	Author    Author
	Lamport   uint64
	Fields    []FieldValue // as it was born
	Withdrawn []Stamped    // log: the withdrawals, ascending by (lamport, change id, index); who reads judges them
	Position  string       // list
	Placed    Stamped      // list: what gave it its position
}

func (e Entry) compare(other Entry) int {
	return cmp.Or(cmp.Compare(e.Lamport, other.Lamport), e.ID.Compare(other.ID))
}

func (v View) entry(a act) Entry {
	s := v.stamp(a)
	return Entry{ID: s.Op, Author: s.Author, Lamport: s.Lamport, Fields: a.op.Fields}
}

// Log returns the entries of the log field, withdrawn ones too, ascending by
// (lamport, change id, index), which is a causal order.
func (v View) Log(field uint64) []Entry {
	entries := slices.Clone(read(v, Path{Field: field}, logs, View.entries))
	for i := range entries {
		entries[i].Withdrawn = read(v, Path{Field: field, Entry: entries[i].ID}, logs, View.withdrawals)
	}
	return entries
}

func (v View) entries(f *field) (entries []Entry) {
	effective := v.effective(f)
	for _, a := range f.acts {
		if a.code == Enter && effective(a) {
			entries = append(entries, v.entry(a))
		}
	}
	slices.SortFunc(entries, Entry.compare)
	return entries
}

func (v View) withdrawals(f *field) (stamps []Stamped) {
	effective := v.effective(f)
	for _, a := range f.acts {
		if a.code == Withdraw && effective(a) {
			stamps = append(stamps, v.stamp(a))
		}
	}
	slices.SortFunc(stamps, Stamped.Compare)
	return stamps
}

// List returns the items of the list field by position; ties by (lamport,
// change id, index) of the placing. An item is there as long as the operation
// that made it has effect and some placing of it no removal has in its past;
// the greatest such placing by (lamport, change id, index) says where.
func (v View) List(field uint64) []Entry { return read(v, Path{Field: field}, lists, View.items) }

func (v View) items(f *field) (items []Entry) {
	type item struct {
		made          *act
		places, drops []act
	}
	effective := v.effective(f)
	found := map[OpRef]*item{}
	for _, a := range f.acts {
		if !effective(a) {
			continue
		}
		id := a.op.Item
		if a.op.bears() {
			id = v.stamp(a).Op
		}
		it := found[id]
		if it == nil {
			it = &item{}
			found[id] = it
		}
		if a.op.bears() {
			it.made = &a
		}
		if a.code == Place {
			it.places = append(it.places, a)
		} else {
			it.drops = append(it.drops, a)
		}
	}
	for _, it := range found {
		places := f.surviving(it.places, it.drops)
		if it.made == nil || len(places) == 0 {
			continue
		}
		last := slices.MaxFunc(places, func(a, b act) int { return v.stamp(a).Compare(v.stamp(b)) })
		e := v.entry(*it.made)
		e.Position, e.Placed = last.op.Position, v.stamp(last)
		items = append(items, e)
	}
	slices.SortFunc(items, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Position, b.Position), a.Placed.Compare(b.Placed)) })
	return items
}

// Text returns the text at the path.
func (v View) Text(p Path) string {
	f := v.d.fields[key{p, texts}]
	if f == nil {
		return ""
	}
	if v.asNow(f) {
		return f.text.String()
	}
	nodes := v.d.project(f, v.version())
	numbers := make([]int32, len(nodes))
	for i, n := range nodes {
		numbers[i] = f.nodes[n]
	}
	return f.text.At(v.d.ids(numbers), v.hidden)
}
