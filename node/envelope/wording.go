package envelope

import (
	"slices"
	"unicode/utf8"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// counted returns the paths of the texts that wordings count: the document's,
// or those of one of its entries.
func (d *Document) counted(of protocol.EntryID) (paths []crdt.Path) {
	if d.schema == nil {
		return nil
	}
	ref, _ := refOf(of)
	rows, field := d.schema.Fields, uint64(0)
	if of != (protocol.EntryID{}) {
		e := d.entries[ref]
		if e == nil {
			return nil
		}
		field, rows = e.field, d.schema.Field(e.field).Entry
	}
	for _, f := range rows {
		switch {
		case !f.Counts:
		case field == 0:
			paths = append(paths, crdt.Path{Field: f.Number})
		default:
			paths = append(paths, crdt.Path{Field: field, Entry: ref, Sub: f.Number})
		}
	}
	return paths
}

// Wording returns the document as it reads now, for a trial or an agreement;
// with an entry, that entry (an answer that helped).
func (d *Document) Wording(of protocol.EntryID) protocol.Wording {
	d.settle()
	w := protocol.Wording{Heads: d.Heads()}
	if len(w.Heads) > protocol.MaxParents {
		w.Heads = d.textHeads(of)
	}
	for _, p := range d.counted(of) {
		if t := d.merged.Text(p); t != nil {
			w.Runes += uint64(t.Runes())
		}
	}
	return w
}

// textHeads names the counted texts by fewer changes than all heads: those
// with edits of them. Beyond what a wording holds, the first by id stand.
func (d *Document) textHeads(of protocol.EntryID) (heads []protocol.ChangeID) {
	for _, p := range d.counted(of) {
		for _, h := range d.merged.FieldHeads(p, d.merged.Heads()) {
			if id := protocol.ChangeID(h); !slices.Contains(heads, id) {
				heads = append(heads, id)
			}
		}
	}
	slices.SortFunc(heads, protocol.ChangeID.Compare)
	return heads[:min(len(heads), protocol.MaxParents)]
}

// Same tells whether two wordings are equal: the same operations on the
// counted texts lie in their past.
func (d *Document) Same(of protocol.EntryID, a, b protocol.Wording) bool {
	for _, p := range d.counted(of) {
		if !slices.Equal(d.merged.FieldHeads(p, idsOf(a.Heads)), d.merged.FieldHeads(p, idsOf(b.Heads))) {
			return false
		}
	}
	return true
}

// Changed returns which share of the counted text, 0 to 1, differs between a
// wording and now: 1 - kept / max(runes then, runes now), where kept are the
// runes shown now whose inserting change is in the wording's past.
func (d *Document) Changed(of protocol.EntryID, w protocol.Wording) float64 {
	d.settle()
	heads := idsOf(w.Heads)
	past := map[crdt.ID]bool{}
	kept, now := 0, 0
	for _, p := range d.counted(of) {
		t := d.merged.Text(p)
		if t == nil {
			continue
		}
		for _, run := range t.Runs() {
			in, known := past[run.Change]
			if !known {
				in = d.merged.InPast(run.Change, heads)
				past[run.Change] = in
			}
			n := utf8.RuneCountInString(run.Text)
			now += n
			if in {
				kept += n
			}
		}
	}
	most := max(float64(w.Runes), float64(now))
	if most == 0 {
		return 0
	}
	return (most - min(float64(kept), most)) / most // exact where the share is: 3 of 10 is 0.3
}

func idsOf(ids []protocol.ChangeID) []crdt.ID {
	out := make([]crdt.ID, len(ids))
	for i, id := range ids {
		out[i] = crdt.ID(id)
	}
	return out
}
