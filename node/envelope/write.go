package envelope

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"coppice.example/crdt"
	"coppice.example/crdt/text"
	"coppice.example/protocol"
)

// plan is what intents come to.
type plan struct {
	d      *Document
	w      *Writing
	schema *Schema
	stand  *stand
	acts   []planned
	texts  map[crdt.Path]string     // as they will read
	own    map[crdt.Path]crdt.Value // my values, as they will be
	places map[uint64][]crdt.Entry  // lists, as they will stand
}

// Write turns intents into drafts of changes, each to stand on the one before
// and the first on [Document.Heads]. It refuses with a [Refusal]. Intents that
// change nothing give no draft.
func (d *Document) Write(w Writing, intents []Intent) ([]Draft, error) {
	p, err := d.plan(&w)
	if err != nil {
		return nil, err
	}
	for _, in := range intents {
		if err := p.intent(in); err != nil {
			return nil, err
		}
	}
	if d.schema == nil && p.schema.Parts == nil && !p.names() {
		return nil, refuse(ErrEmpty, "give it a title", "a %s needs a title", p.schema.Name)
	}
	return p.drafts(), nil
}

// plan returns the empty plan of one who writes, but for where a document that
// begins here was carried from.
func (d *Document) plan(w *Writing) (*plan, error) {
	p := &plan{
		d: d, w: w, schema: d.schema,
		texts: map[crdt.Path]string{}, own: map[crdt.Path]crdt.Value{}, places: map[uint64][]crdt.Entry{},
	}
	if p.schema == nil {
		if p.schema = d.kinds.Schema(w.Kind); p.schema == nil {
			return nil, refuse(ErrKind, "kinds: "+strings.Join(d.kinds.Names(), ", "), "there is no kind %d", w.Kind)
		}
		if w.Rank < p.schema.Create {
			return nil, refuse(ErrForbidden, whoMay(To(p.schema.Create)), "you may not begin a %s", p.schema.Name)
		}
	}
	d.settle()
	p.stand = d.stand(&Meta{Kind: p.schema.Kind, Author: w.Author, As: w.As, Parents: d.Heads()})
	if p.stand.root && w.Carried != nil {
		p.stand.begins = true
		p.add(protocol.Path{Field: CarriedFrom}, protocol.Set, w.Carried.value())
	}
	return p, nil
}

// names tells whether the plan gives the document a title, or says what it is
// about.
func (p *plan) names() bool {
	return slices.ContainsFunc(p.acts, func(a planned) bool {
		return a.op.Path.Field == Title || a.op.Path.Entry == (protocol.EntryID{}) && slices.Contains(p.schema.About, a.op.Path.Field)
	})
}

func (p *plan) intent(in Intent) error {
	f, err := p.row(p.schema.Fields, p.schema.Name, in.Field)
	if err != nil {
		return err
	}
	at := protocol.Path{Field: f.Number}
	a := act{op: crdt.Op{Path: crdt.Path{Field: f.Number}}, field: f}
	if in.Entry != "" {
		if at.Entry, err = p.entry(in.Entry, f); err != nil {
			return err
		}
		a.op.Path.Entry, _ = refOf(at.Entry)
	}
	if (f.Type == Log || f.Type == List) && in.Sub == "" {
		return p.entries(in, f, at, a)
	}
	on := f
	if f.Type == Log || f.Type == List {
		if in.Entry == "" {
			return refuse(ErrEntry, "name the entry", "%s: which entry?", f.Name)
		}
		if on, err = p.row(f.Entry, f.Name, in.Sub); err != nil {
			return err
		}
		a.sub, a.op.Path.Sub, at.Sub = on, on.Number, on.Number
	}
	return p.change(in, on, at, a)
}

// row finds a field by what it is called; "title" and "body" are understood in
// every kind.
func (p *plan) row(rows []Field, of, name string) (*Field, error) {
	if f := named(rows, name); f != nil {
		return f, nil
	}
	if f := p.schema.common(name); f != nil && of == p.schema.Name {
		return f, nil
	}
	var names []string
	for i := range rows {
		if rows[i].typed() {
			names = append(names, rows[i].Name)
		}
	}
	hint := "fields: " + strings.Join(names, ", ")
	if near := nearest(name, names); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return nil, refuse(ErrField, hint, "a %s has no field %q", of, name)
}

// typed tells whether people fill in a field: not what an import or a fork notes.
func (f *Field) typed() bool {
	return !f.Fixed && f.Number != Imported && f.Number != Extra && f.Number != Whole
}

func (p *plan) entry(name string, f *Field) (e protocol.EntryID, err error) {
	e, err = ParseEntry(name)
	if err != nil && p.w.Names != nil {
		e, err = p.w.Names.Entry(name)
	}
	ref, _ := refOf(e)
	if err != nil || p.d.entries[ref] == nil || p.d.entries[ref].field != f.Number {
		return e, refuse(ErrEntry, "give its id, or enough of its beginning", "%s: there is no entry %q", f.Name, name)
	}
	return e, nil
}

// change plans an act on a text, register, set or own-key map.
func (p *plan) change(in Intent, f *Field, at protocol.Path, a act) error {
	switch {
	case f.Type.Text() && (in.Verb == DoText || in.Verb == DoSet):
		return p.text(in, f, at, a)
	case f.Type == Register && (in.Verb == DoSet || in.Verb == DoRenew):
		return p.set(in, f, at, a)
	case f.Type == Register && in.Verb == DoBegin:
		if !p.stand.root {
			return nil
		}
		return p.set(in, f, at, a)
	case f.Type == Set && in.Verb == DoSet:
		return p.exactly(in, f, at, a)
	case f.Type == Set && (in.Verb == DoAdd || in.Verb == DoDrop):
		return p.member(in, f, at, a)
	case f.Type == Map:
		return p.mine(in, f, at, a)
	}
	return f.cannot(in.Verb)
}

func (f *Field) cannot(v Verb) error {
	return refuse(ErrVerb, "it takes "+strings.Join(f.Type.verbs(), ", "), "%s: cannot be done with %q", f.Name, v)
}

func (t Type) verbs() []string {
	switch t {
	case Text, Voice:
		return []string{"text"}
	case Register:
		return []string{"set"}
	case Set:
		return []string{"add", "drop", "set"}
	case Map:
		return []string{"put", "add", "drop", "take"}
	case Log:
		return []string{"enter", "withdraw"}
	}
	return []string{"place", "remove"}
}

func (p *plan) text(in Intent, f *Field, at protocol.Path, a act) error {
	s, ok := in.Value.(string)
	if !ok {
		return refuse(ErrValue, "", "%s: a text is wanted", f.Name)
	}
	s, err := cleanField(f.Name, s, f.Most)
	if err != nil {
		return err
	}
	old, planned := p.texts[a.op.Path]
	if !planned {
		old = p.d.merged.Now().Text(a.op.Path)
	}
	if old == s {
		return nil
	}
	if err := p.allow(a, f); err != nil {
		return err
	}
	p.texts[a.op.Path] = s
	for _, e := range text.Diff(old, s) {
		if e.Del > 0 {
			p.add(at, protocol.Delete, uint64(e.Pos), uint64(e.Del))
		}
		pos := e.Pos
		for _, part := range pieces(e.Ins, maxWords) {
			n := utf8.RuneCountInString(part)
			p.add(at, protocol.Insert, uint64(pos), said{part, n, true})
			pos += n
		}
	}
	return nil
}

// pieces cuts s into parts of at most most bytes, between runes.
func pieces(s string, most int) (parts []string) {
	for len(s) > most {
		end := most
		for !utf8.RuneStart(s[end]) {
			end--
		}
		parts = append(parts, s[:end])
		s = s[end:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return parts
}

// read reads the value of an intent by the field's form.
func (p *plan) read(v any, f *Field, of protocol.EntryID) (protocol.Value, crdt.Value, error) {
	if s, ok := v.(string); ok && f.Number == Title && f.Form.Is == IsWords {
		if v = oneLine(s); v == "" {
			return nil, "", refuse(ErrEmpty, "give it a title", "%s: it cannot be empty", f.Name)
		}
	}
	value, err := parse{p.d, p.w, of, f.Name}.value(f.Form, v)
	if err != nil {
		return nil, "", err
	}
	if s, ok := value.(string); ok && f.Settle != nil {
		if value, err = f.Settle(s); err != nil {
			return nil, "", err
		}
	}
	if s, ok := value.(said); ok && f.Most > 0 {
		if _, err := cleanField(f.Name, s.text, f.Most); err != nil {
			return nil, "", err
		}
	}
	canon, ok := f.Form.canon(value)
	if !ok {
		return nil, "", refuse(ErrValue, "", "%s: the value does not fit", f.Name)
	}
	if len(canon) > maxWords+maxKey {
		return nil, "", refuse(ErrTooLong, "put long text into a document and link it", "%s: at most %d KiB fit here", f.Name, maxWords>>10)
	}
	return value, canon, nil
}

func (p *plan) set(in Intent, f *Field, at protocol.Path, a act) error {
	value, canon, err := p.read(in.Value, f, at.Entry)
	if err != nil {
		return err
	}
	old, planned := p.own[a.op.Path]
	if !planned {
		if values := p.d.merged.Now().Register(a.op.Path); len(values) == 1 {
			old = values[0].Value
		}
	}
	if old == canon && in.Verb != DoRenew {
		return nil
	}
	a.op.Value = canon
	if err := p.allow(a, f); err != nil {
		return err
	}
	p.own[a.op.Path] = canon
	p.add(at, protocol.Set, value)
	return nil
}

func (p *plan) member(in Intent, f *Field, at protocol.Path, a act) error {
	value, canon, err := p.read(in.Value, f, at.Entry)
	if err != nil {
		return err
	}
	code := protocol.Add
	if in.Verb == DoDrop {
		code = protocol.Drop
	}
	if slices.Contains(p.d.merged.Now().Set(a.op.Path), canon) == (code == protocol.Add) {
		return nil
	}
	a.op.Value = canon
	if err := p.allow(a, f); err != nil {
		return err
	}
	p.add(at, code, value)
	return nil
}

// exactly makes a set hold the given values and no others.
func (p *plan) exactly(in Intent, f *Field, at protocol.Path, a act) error {
	several := *f
	several.Form = Many(f.Form)
	value, _, err := p.read(in.Value, &several, at.Entry)
	if err != nil {
		return err
	}
	var wanted []crdt.Value
	here := p.d.merged.Now().Set(a.op.Path)
	for _, v := range value.([]protocol.Value) {
		canon, _ := f.Form.canon(v)
		wanted = append(wanted, canon)
		if slices.Contains(here, canon) {
			continue
		}
		a.op.Value = canon
		if err := p.allow(a, f); err != nil {
			return err
		}
		p.add(at, protocol.Add, v)
	}
	for _, canon := range here {
		if slices.Contains(wanted, canon) {
			continue
		}
		a.op.Value = canon
		if err := p.allow(a, f); err != nil {
			return err
		}
		p.add(at, protocol.Drop, protocol.NewReader([]byte(canon)).Value()) // a set holds no words
	}
	return nil
}

// mine plans a change of my own value in an own-key map.
func (p *plan) mine(in Intent, f *Field, at protocol.Path, a act) error {
	old, planned := p.own[a.op.Path]
	if !planned {
		for _, v := range p.d.merged.Now().Map(a.op.Path) {
			if v.Author == crdt.Author(p.w.Author) {
				old = v.Value
			}
		}
	}
	given := in.Value
	switch in.Verb {
	case DoPut, DoSet:
	case DoTake:
		if old == "" {
			return nil
		}
		if err := p.allow(a, f); err != nil {
			return err
		}
		p.own[a.op.Path] = ""
		p.add(at, protocol.Take)
		return nil
	case DoAdd, DoDrop:
		if f.Form.Is != IsMany {
			return f.cannot(in.Verb)
		}
		values, err := p.altered(in, f, at, old)
		if err != nil {
			return err
		}
		if given = values; len(values) == 0 {
			return p.mine(Intent{Verb: DoTake}, f, at, a)
		}
	default:
		return f.cannot(in.Verb)
	}
	value, canon, err := p.read(given, f, at.Entry)
	if err != nil || canon == old {
		return err
	}
	a.op.Value = canon
	if err := p.allow(a, f); err != nil {
		return err
	}
	p.own[a.op.Path] = canon
	p.add(at, protocol.Put, value)
	return nil
}

// altered returns my several values with one more or one less.
func (p *plan) altered(in Intent, f *Field, at protocol.Path, old crdt.Value) ([]Value, error) {
	one := *f
	one.Form = *f.Form.Of
	_, canon, err := p.read(in.Value, &one, at.Entry)
	if err != nil {
		return nil, err
	}
	var values []Value
	if old != "" {
		values = f.Form.show(old).([]Value)
	}
	changed := one.Form.show(canon)
	values = slices.DeleteFunc(values, func(v Value) bool {
		value, err := parse{p.d, p.w, at.Entry, f.Name}.value(one.Form, v)
		other, ok := one.Form.canon(value)
		return err == nil && ok && other == canon
	})
	if in.Verb == DoAdd {
		values = append(values, changed)
	}
	return values, nil
}

// entries plans an act on the entries of a log or the items of a list.
func (p *plan) entries(in Intent, f *Field, at protocol.Path, a act) error {
	switch {
	case f.Type == Log && (in.Verb == DoEnter || in.Verb == DoAdd) && in.Entry == "":
		born, err := p.born(in.Value, f)
		if err != nil {
			return err
		}
		if err := p.allow(a, f); err != nil {
			return err
		}
		p.add(at, protocol.Enter, born)
		return nil
	case f.Type == Log && in.Verb == DoWithdraw && in.Entry != "":
		if err := p.allow(a, f); err != nil {
			return err
		}
		p.add(at, protocol.Withdraw)
		return nil
	case f.Type == List && (in.Verb == DoPlace || in.Verb == DoAdd):
		return p.place(in, f, at, a)
	case f.Type == List && (in.Verb == DoRemove || in.Verb == DoDrop) && in.Entry != "":
		if err := p.allow(a, f); err != nil {
			return err
		}
		item := protocol.EntryValue(at.Entry)
		at.Entry = protocol.EntryID{}
		p.add(at, protocol.Remove, item)
		return nil
	}
	return f.cannot(in.Verb)
}

// place plans a new item or the moving of one: before another, else to the end.
func (p *plan) place(in Intent, f *Field, at protocol.Path, a act) error {
	if err := p.allow(a, f); err != nil {
		return err
	}
	items, ok := p.places[f.Number]
	if !ok {
		items = slices.Clone(p.d.merged.Now().List(f.Number))
	}
	var item, born protocol.Value = true, []protocol.Value{}
	moved := a.op.Path.Entry
	if moved != (crdt.OpRef{}) {
		item = protocol.EntryValue(at.Entry)
		at.Entry = protocol.EntryID{}
		items = slices.DeleteFunc(items, func(e crdt.Entry) bool { return e.ID == moved })
	} else {
		var err error
		if born, err = p.born(in.Value, f); err != nil {
			return err
		}
	}
	i := len(items)
	if in.Before != "" {
		e, err := p.entry(in.Before, f)
		if err != nil {
			return err
		}
		before, _ := refOf(e)
		if i = slices.IndexFunc(items, func(e crdt.Entry) bool { return e.ID == before }); i < 0 {
			return refuse(ErrEntry, "", "%s: %q is not in the list", f.Name, in.Before)
		}
	}
	low, high := "", ""
	if i > 0 {
		low = items[i-1].Position
	}
	if i < len(items) {
		high = items[i].Position
	}
	position := crdt.Between(low, high)
	p.places[f.Number] = slices.Insert(items, i, crdt.Entry{ID: moved, Position: position})
	p.add(at, protocol.Place, item, position, born)
	return nil
}

// born reads what a new entry begins with. A plain string is its first text,
// or its first field.
func (p *plan) born(v any, f *Field) (protocol.Value, error) {
	o, ok := v.(map[string]any)
	switch v := v.(type) {
	case nil:
		ok = true
	case Object:
		o, ok = parts(Form{}, v)
	case string:
		i := max(slices.IndexFunc(f.Entry, func(sub Field) bool { return sub.Type.Text() }), 0)
		o, ok = map[string]any{f.Entry[i].Name: v}, true
	}
	if !ok {
		return nil, refuse(ErrValue, "", "%s: the fields of an entry are wanted", f.Name)
	}
	o = maps.Clone(o)
	items := []protocol.Value{}
	size := 0
	for i := range f.Entry {
		sub := &f.Entry[i]
		given, ok := o[sub.Name]
		delete(o, sub.Name)
		if !ok && (sub.Type != Register || sub.Form.Is != IsWording) {
			if sub.Must {
				return nil, refuse(ErrValue, "", "%s: %s is missing", f.Name, sub.Name)
			}
			continue
		}
		value, err := p.begin(given, sub)
		if err != nil {
			return nil, err
		}
		items = append(items, []protocol.Value{sub.Number, value})
		size += sizeOf(value)
	}
	for _, name := range sortedKeys(o) {
		_, err := p.row(f.Entry, f.Name, name)
		return nil, err
	}
	if size > maxWords+2*maxKey {
		return nil, refuse(ErrTooLong, "put long text into a document and link it", "%s: an entry has at most %d KiB", f.Name, maxWords>>10)
	}
	return items, nil
}

func (p *plan) begin(v any, sub *Field) (protocol.Value, error) {
	switch sub.Type {
	case Text, Voice:
		value, err := parse{p.d, p.w, protocol.EntryID{}, sub.Name}.words(v)
		if err == nil && sub.Must && strings.TrimSpace(value.(said).text) == "" {
			err = refuse(ErrEmpty, "", "%s: it cannot be empty", sub.Name)
		}
		return value, err
	case Set:
		several := *sub
		several.Form = Many(sub.Form)
		value, _, err := p.read(v, &several, protocol.EntryID{})
		return value, err
	case Register:
		value, _, err := p.read(v, sub, protocol.EntryID{})
		return value, err
	}
	return nil, refuse(ErrVerb, "", "%s: not when an entry is made", sub.Name)
}

// allow refuses what would have no effect.
func (p *plan) allow(a act, f *Field) error {
	need := p.schema.needOf(p.stand, a)
	if need <= p.w.Rank {
		return nil
	}
	rule := p.stand.ruleOf(a)
	if a.field.Fixed && !p.stand.root {
		return refuse(ErrForbidden, "", "%s: it is fixed when the %s is made", f.Name, p.schema.Name)
	}
	return refuse(ErrForbidden, whoMay(rule), "%s: not yours to change", f.Name)
}
