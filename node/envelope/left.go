package envelope

import (
	"slices"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Left returns what a text of the document read when one of its writers had
// last written in it, what is without effect now left out; "" when she never
// did, or when there is no such text.
func (d *Document) Left(name string, by protocol.MemberID) string {
	if d.schema == nil {
		return ""
	}
	row := d.schema.Named(name)
	if row == nil || !row.Type.Text() {
		return ""
	}
	path := crdt.Path{Field: row.Number}
	last := (*change)(nil)
	for _, c := range d.changes {
		if c.author != by || !slices.Contains(c.writes, true) || last != nil && c.compare(last) < 0 {
			continue
		}
		if at := []crdt.ID{crdt.ID(c.id)}; slices.Equal(d.merged.FieldHeads(path, at), at) {
			last = c
		}
	}
	if last == nil {
		return ""
	}
	d.settle()
	return d.merged.At([]crdt.ID{crdt.ID(last.id)}, d.hidden).Text(path)
}
