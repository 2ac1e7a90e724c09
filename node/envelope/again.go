package envelope

import (
	"cmp"
	"maps"
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
	sides := d.apart(heads)
	if d.oneAuthor(sides) {
		return nil
	}
	side := func(id crdt.ID) int {
		if at, ok := sides[id]; ok {
			return at
		}
		return shared
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

// shared is the side of what lies in the past of several heads.
const shared = -1

// apart returns which changes lie in the past of one head alone, and of which.
// It walks back from the heads no further than where they part, so that it
// costs the same however long the document is.
func (d *Document) apart(heads []crdt.ID) map[crdt.ID]int {
	reached := map[crdt.ID]map[int]bool{} // by which heads
	var front []crdt.Change               // to be looked at, by ascending lamport
	meet := func(id crdt.ID, by map[int]bool) {
		if reached[id] == nil {
			c, ok := d.merged.Change(id)
			if !ok {
				return
			}
			reached[id] = map[int]bool{}
			at, _ := slices.BinarySearchFunc(front, c, func(a, b crdt.Change) int { return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), a.ID.Compare(b.ID)) })
			front = slices.Insert(front, at, c)
		}
		maps.Copy(reached[id], by)
	}
	for i, h := range heads {
		meet(h, map[int]bool{i: true})
	}
	sides, open := map[crdt.ID]int{}, len(heads) // open: of front, not in the past of all
	for ; open > 0 && len(front) > 0; open = opens(front, reached, len(heads)) {
		c := front[len(front)-1]
		front = front[:len(front)-1]
		if by := reached[c.ID]; len(by) == 1 {
			for at := range by {
				sides[c.ID] = at
			}
		}
		for _, p := range c.Parents {
			meet(p, reached[c.ID])
		}
	}
	return sides
}

// opens counts the changes of a front that are not in the past of all heads.
func opens(front []crdt.Change, reached map[crdt.ID]map[int]bool, heads int) (n int) {
	for _, c := range front {
		if len(reached[c.ID]) < heads {
			n++
		}
	}
	return n
}

// oneAuthor tells whether all that was written apart is one person's.
func (d *Document) oneAuthor(sides map[crdt.ID]int) bool {
	var first *protocol.MemberID
	for id := range sides {
		author := &d.changes[d.numbers[protocol.ChangeID(id)]].author
		if first == nil {
			first = author
		}
		if *author != *first {
			return false
		}
	}
	return true
}

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
