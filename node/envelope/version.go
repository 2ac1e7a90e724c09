package envelope

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Version is a wording of the document's counted texts that members stand by.
type Version struct {
	Wording protocol.Wording // as the first of them named it
	Texts   []Shown          // the counted texts as they read then, by number; empty ones are left out
	At      uint64           // when the last edit in it was made, seconds since 1970; 0: nobody wrote
	By      []Stamp          // who stands by it, by member, and since when
	Now     bool             // it is what the document says now
}

// Versions returns the wordings that stand in an own-key map of several
// wordings, each text once, the newest text first. Who said of a text more than
// once that she stands by it does so since the first time.
func (d *Document) Versions(name string) (all []Version) {
	if d.schema == nil {
		return nil
	}
	row := d.schema.Named(name)
	if row == nil || row.Type != Map || row.Form.Is != IsMany || row.Form.Of.Is != IsWording {
		return nil
	}
	d.settle()
	view, path := d.merged.Now(), crdt.Path{Field: row.Number}
	first := map[string]crdt.Stamped{} // by member and wording
	for _, put := range view.Puts(path) {
		for _, w := range wordingsOf(row.Form.show(put.Value)) {
			if key := string(put.Author[:]) + wordingKey(protocol.EntryID{}, w); first[key].Lamport == 0 {
				first[key] = put
			}
		}
	}
	now, at := d.Reads(), map[protocol.Hash]int{} // where in all a text stands
	var order []edited
	for _, own := range view.Map(path) {
		for _, w := range wordingsOf(row.Form.show(own.Value)) {
			since := Stamp{By: protocol.MemberID(own.Author), At: d.wall(first[string(own.Author[:])+wordingKey(protocol.EntryID{}, w)].Op.Change)}
			reads := d.readsAt(idsOf(w.Heads))
			i, known := at[reads]
			if !known {
				i, at[reads] = len(all), len(all)
				last := d.lastEdit(w)
				all = append(all, Version{Wording: w, Texts: d.TextsAt(protocol.EntryID{}, w), At: last.wall, Now: reads == now})
				order = append(order, last)
			}
			all[i].stand(since)
		}
	}
	sorted := make([]int, len(all))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortFunc(sorted, func(a, b int) int { return order[b].compare(order[a]) })
	out := make([]Version, len(all))
	for i, from := range sorted {
		out[i] = all[from]
	}
	return out
}

// stand notes who stands by a version, since the first time she said so.
func (v *Version) stand(s Stamp) {
	i, found := slices.BinarySearchFunc(v.By, s, func(a, b Stamp) int { return a.By.Compare(b.By) })
	switch {
	case !found:
		v.By = slices.Insert(v.By, i, s)
	case s.At < v.By[i].At:
		v.By[i].At = s.At
	}
}

func wordingsOf(v Value) (all []protocol.Wording) {
	values, _ := v.([]Value)
	for _, v := range values {
		if w, ok := v.(protocol.Wording); ok {
			all = append(all, w)
		}
	}
	return all
}

// edited is the last edit of the counted texts that a wording holds.
type edited struct {
	lamport, wall uint64
	id            protocol.ChangeID
}

func (e edited) compare(other edited) int {
	return cmp.Or(cmp.Compare(e.lamport, other.lamport), e.id.Compare(other.id))
}

func (d *Document) lastEdit(w protocol.Wording) (last edited) {
	for _, p := range d.counted(protocol.EntryID{}) {
		for _, h := range d.merged.FieldHeads(p, idsOf(w.Heads)) {
			c := d.changes[d.numbers[protocol.ChangeID(h)]]
			if e := (edited{c.lamport, c.wall, c.id}); last.compare(e) < 0 {
				last = e
			}
		}
	}
	return last
}

// TextsAt returns the counted texts of the document, or of one of its entries,
// as they read at a wording, by number, without those that were empty; what is
// without effect now is left out of them.
func (d *Document) TextsAt(of protocol.EntryID, w protocol.Wording) (texts []Shown) {
	d.settle()
	view := d.merged.At(idsOf(w.Heads), d.hidden)
	for _, p := range d.counted(of) {
		s, row := view.Text(p), d.schema.Field(p.Field)
		if p.Sub != 0 {
			row = row.Sub(p.Sub)
		}
		if s != "" {
			texts = append(texts, Shown{Number: row.Number, Name: row.Name, Type: row.Type, Text: s})
		}
	}
	return texts
}

// FoldAt returns what the fields showed at these heads, without who did it and
// when; what is without effect now is left out. False when one of the heads is
// not here.
func (d *Document) FoldAt(heads []protocol.ChangeID) (*Folded, bool) {
	if d.schema == nil || len(heads) == 0 || slices.ContainsFunc(heads, func(h protocol.ChangeID) bool { return !d.Has(h) }) {
		return nil, false
	}
	d.settle()
	f := &Folded{ID: d.id, Kind: d.schema.Kind, KindName: d.schema.Name, changed: map[string]float64{}}
	w := &folding{d: d, view: d.merged.At(idsOf(heads), d.hidden), into: f}
	w.whence()
	for i := range d.schema.Fields {
		row := &d.schema.Fields[i]
		if s, content := w.field(row, crdt.Path{Field: row.Number}); content != nil {
			f.Fields = append(f.Fields, s)
		}
	}
	f.name(d.schema)
	return f, true
}

// ImportedAt returns the change that said last which file was imported; zero
// when none did.
func (d *Document) ImportedAt() (id protocol.ChangeID) {
	if values := d.merged.Now().Register(crdt.Path{Field: Imported}); len(values) > 0 {
		id = protocol.ChangeID(values[len(values)-1].Op.Change)
	}
	return id
}

// Reads names the counted texts as they read now: two states of a document have
// one name when the same edits of them lie in both.
func (d *Document) Reads() protocol.Hash { return d.readsAt(d.merged.Heads()) }

func (d *Document) readsAt(heads []crdt.ID) protocol.Hash {
	var b []byte
	for _, p := range d.counted(protocol.EntryID{}) {
		for _, h := range d.merged.FieldHeads(p, heads) {
			b = append(b, h[:]...)
		}
		b = protocol.AppendUint(b, p.Field)
	}
	return protocol.Hash(sha256.Sum256(b))
}

// wall returns when a change was made.
func (d *Document) wall(id crdt.ID) uint64 {
	n, ok := d.numbers[protocol.ChangeID(id)]
	if !ok {
		return 0
	}
	return d.changes[n].wall
}
