package envelope

import (
	"slices"
	"strings"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Again is a paragraph that two people changed apart: both texts stand, and
// somebody should read whether they make sense together.
type Again struct {
	Field     string
	Paragraph int // from 0, as blank lines part them
	By        []protocol.MemberID
}

// again lists the paragraphs of a text to be read again. A change of the text
// on top of both clears them, and so does whoever says of both that it reads
// well.
func (d *Document) again(row *Field, view crdt.View) (all []Again) {
	p := crdt.Path{Field: row.Number}
	if !d.forked || row.Type != Text {
		return nil
	}
	heads := d.merged.FieldHeads(p, d.merged.Heads())
	if len(heads) < 2 || d.readWell(heads, view) {
		return nil
	}
	sides := map[crdt.ID]int{} // by change: the head it is in the past of; shared: of several
	side := func(id crdt.ID) int {
		at, known := sides[id]
		if !known {
			at = shared
			for i, h := range heads {
				if d.merged.InPast(id, []crdt.ID{h}) {
					if at != shared {
						at = shared
						break
					}
					at = i
				}
			}
			sides[id] = at
		}
		return at
	}
	paragraph, here := 0, touched{}
	end := func() {
		if by := here.by(d); by != nil {
			all = append(all, Again{row.Name, paragraph, by})
		}
		paragraph, here = paragraph+1, touched{}
	}
	blank := false
	for _, run := range d.merged.Text(p).Runs() {
		for i, part := range strings.Split(run.Text, "\n") {
			if i > 0 {
				if blank {
					end()
				}
				blank = true
			}
			if part != "" {
				here.add(side(run.Change), run.Change)
				blank = false
			}
		}
	}
	end()
	return all
}

const shared = -1

// touched is which changes, of one side alone, stand in a paragraph.
type touched struct {
	sides   []int
	changes []crdt.ID
}

func (t *touched) add(side int, change crdt.ID) {
	if side != shared && !slices.Contains(t.changes, change) {
		t.sides, t.changes = append(t.sides, side), append(t.changes, change)
	}
}

// by returns who changed the paragraph apart, ascending; nil when it was one
// side or one person.
func (t *touched) by(d *Document) []protocol.MemberID {
	var who []protocol.MemberID
	apart := false
	for i, change := range t.changes {
		author := d.changes[d.numbers[protocol.ChangeID(change)]].author
		apart = apart || t.sides[i] != t.sides[0]
		if !slices.Contains(who, author) {
			who = append(who, author)
		}
	}
	if !apart || len(who) < 2 {
		return nil
	}
	slices.SortFunc(who, protocol.MemberID.Compare)
	return who
}

// readWell tells whether somebody who saw all these changes said that the text
// reads well.
func (d *Document) readWell(heads []crdt.ID, view crdt.View) bool {
	form := d.schema.Field(ReadsWell).Form
	return slices.ContainsFunc(view.Map(crdt.Path{Field: ReadsWell}), func(s crdt.Stamped) bool {
		w, _ := form.show(s.Value).(protocol.Wording)
		at := idsOf(w.Heads)
		return !slices.ContainsFunc(heads, func(h crdt.ID) bool { return !d.merged.InPast(h, at) })
	})
}
