package text

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the definition, written out: Fugue's tree rune by rune, every
// version looked at from scratch. The engine must agree with it.
type model struct {
	root    *node
	past    map[ID]map[ID]bool // of each change, itself included
	deletes []modelDelete
}

type node struct {
	op            OpRef
	letter        rune
	lefts, rights []*node
}

type modelDelete struct {
	op     OpRef
	target *node
}

func newModel() *model { return &model{root: &node{}, past: map[ID]map[ID]bool{}} }

func (m *model) walk(n *node, f func(*node)) {
	for _, c := range n.lefts {
		m.walk(c, f)
	}
	if n != m.root {
		f(n)
	}
	for _, c := range n.rights {
		m.walk(c, f)
	}
}

// seen returns the nodes of a past in order, and which of them show.
func (m *model) seen(past map[ID]bool, hidden []OpRef) (known []*node, shows map[*node]bool) {
	shows = map[*node]bool{}
	m.walk(m.root, func(n *node) {
		if past[n.op.Change] {
			known = append(known, n)
			shows[n] = !slices.Contains(hidden, n.op)
		}
	})
	for _, d := range m.deletes {
		if past[d.op.Change] && !slices.Contains(hidden, d.op) {
			shows[d.target] = false
		}
	}
	return known, shows
}

func (m *model) text(past map[ID]bool, hidden []OpRef) string {
	var b []rune
	known, shows := m.seen(past, hidden)
	for _, n := range known {
		if shows[n] {
			b = append(b, n.letter)
		}
	}
	return string(b)
}

func (m *model) all() map[ID]bool {
	all := map[ID]bool{}
	for id := range m.past {
		all[id] = true
	}
	return all
}

func (m *model) pastOf(heads []ID) map[ID]bool {
	past := map[ID]bool{}
	for _, p := range heads {
		for id := range m.past[p] {
			past[id] = true
		}
	}
	return past
}

func (m *model) apply(c Change) {
	past := m.pastOf(c.Parents)
	past[c.ID] = true
	m.past[c.ID] = past
	for _, e := range c.Edits {
		op := OpRef{c.ID, e.Index}
		known, shows := m.seen(past, c.Hidden)
		visible := slices.DeleteFunc(slices.Clone(known), func(n *node) bool { return !shows[n] })
		if e.Pos+e.Del > len(visible) {
			continue
		}
		for _, n := range visible[e.Pos : e.Pos+e.Del] {
			m.deletes = append(m.deletes, modelDelete{op, n})
		}
		left := m.root
		if e.Pos > 0 {
			left = visible[e.Pos-1]
		}
		for _, r := range e.Ins {
			left = m.insert(past, left, &node{op: op, letter: r})
		}
	}
}

func (m *model) insert(past map[ID]bool, left, n *node) *node {
	place := func(row *[]*node) {
		i := slices.IndexFunc(*row, func(o *node) bool { return n.op.Change.Compare(o.op.Change) < 0 })
		if i < 0 {
			i = len(*row)
		}
		*row = slices.Insert(*row, i, n)
	}
	if !slices.ContainsFunc(left.rights, func(o *node) bool { return past[o.op.Change] }) {
		place(&left.rights)
		return n
	}
	var next *node
	passed := left == m.root
	m.walk(m.root, func(o *node) {
		if passed && next == nil && past[o.op.Change] {
			next = o
		}
		passed = passed || o == left
	})
	place(&next.lefts)
	return n
}

// drawTexts lets people write one text, each under verdicts of his own.
func drawTexts(t *rapid.T) (changes []Change) {
	type person struct {
		text   Text
		hidden []OpRef
		held   []Change
	}
	people := make([]person, rapid.IntRange(2, 4).Draw(t, "people"))
	take := func(p *person, c Change) {
		if !p.text.Has(c.ID) {
			p.held = append(p.held, c)
		}
		if err := p.text.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	for range rapid.IntRange(3, 50).Draw(t, "steps") {
		p := &people[rapid.IntRange(0, len(people)-1).Draw(t, "who")]
		switch rapid.IntRange(0, 8).Draw(t, "act") {
		case 0:
			p.hidden = drawHidden(t, p.held)
			p.text.SetHidden(p.hidden)
		case 1, 2:
			from := people[rapid.IntRange(0, len(people)-1).Draw(t, "from")].held
			for _, c := range from[:rapid.IntRange(0, len(from)).Draw(t, "pull")] {
				take(p, c)
			}
		default:
			c := Change{Parents: p.text.Heads(), Hidden: p.hidden}
			c.ID[0] = rapid.Byte().Draw(t, "id")
			binary.BigEndian.PutUint32(c.ID[1:], uint32(len(changes)+1))
			c.Edits = drawEdits(t, p.text.Runes())
			changes = append(changes, c)
			take(p, c)
		}
	}
	return changes
}

// drawEdits draws edits of a text of that length; few reach past its end.
func drawEdits(t *rapid.T, length int) (edits []Edit) {
	for i := range rapid.IntRange(1, 3).Draw(t, "edits") {
		e := Edit{Index: i, Pos: rapid.IntRange(0, length).Draw(t, "pos")}
		if rapid.IntRange(0, 20).Draw(t, "beyond") == 0 {
			e.Pos = length + 1
		}
		if e.Pos < length && rapid.Bool().Draw(t, "delete") {
			e.Del = rapid.IntRange(1, min(5, length-e.Pos)).Draw(t, "n")
		}
		if e.Del == 0 || rapid.Bool().Draw(t, "replace") {
			e.Ins = rapid.StringOfN(rapid.SampledFrom([]rune("abcdeß木🌳")), 1, 4, -1).Draw(t, "letters")
		}
		if e.Pos <= length {
			length += len([]rune(e.Ins)) - e.Del
		}
		edits = append(edits, e)
	}
	return edits
}

func drawHidden(t *rapid.T, changes []Change) (refs []OpRef) {
	for _, c := range changes {
		for _, e := range c.Edits {
			if rapid.IntRange(0, 4).Draw(t, "hide") == 0 {
				refs = append(refs, OpRef{c.ID, e.Index})
			}
		}
	}
	slices.SortFunc(refs, OpRef.Compare)
	return refs
}

// shuffled returns the changes in another causal order.
func shuffled(t *rapid.T, changes []Change) (order []Change) {
	here := map[ID]bool{}
	for rest := slices.Clone(changes); len(rest) > 0; {
		var ready []int
		for i, c := range rest {
			if !slices.ContainsFunc(c.Parents, func(p ID) bool { return !here[p] }) {
				ready = append(ready, i)
			}
		}
		i := rapid.SampledFrom(ready).Draw(t, "next")
		order, here[rest[i].ID] = append(order, rest[i]), true
		rest = slices.Delete(rest, i, i+1)
	}
	return order
}

func TestAgreesWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := drawTexts(t)
		m := newModel()
		for _, c := range changes {
			m.apply(c)
		}
		var text Text
		for _, c := range shuffled(t, changes) {
			if rapid.IntRange(0, 4).Draw(t, "verdict") == 0 {
				text.SetHidden(drawHidden(t, changes))
			}
			if err := text.Apply(c); err != nil {
				t.Fatal(err)
			}
			audit(t, &text)
		}
		for range 3 {
			hidden := drawHidden(t, changes)
			text.SetHidden(hidden)
			if got, want := text.String(), m.text(m.all(), hidden); got != want {
				t.Fatalf("now: %q, the model says %q", got, want)
			}
			audit(t, &text)
			var heads []ID
			for range rapid.IntRange(0, min(3, len(changes))).Draw(t, "heads") {
				heads = append(heads, rapid.SampledFrom(changes).Draw(t, "head").ID)
			}
			past := m.pastOf(heads)
			hidden = slices.DeleteFunc(drawHidden(t, changes), func(r OpRef) bool { return !past[r.Change] })
			if got, want := text.At(heads, hidden), m.text(past, hidden); got != want {
				t.Fatalf("then: %q, the model says %q", got, want)
			}
		}
	})
}

// audit checks what the structure promises itself.
func audit(t *rapid.T, text *Text) {
	o := &text.order
	runes := int32(0)
	for m := o.after(0); m != 0; m = o.after(m) {
		s := o.spans[m]
		runes += s.n
		for r := s.first; r < s.first+s.n; r++ {
			if o.find(r) != m {
				t.Fatalf("rune %d is not found in its span", r)
			}
		}
		n, astral := count(string(text.letters[s.at : s.at+s.size]))
		if s.size > 0 && (n != s.n || astral != s.astral) {
			t.Fatalf("a span of %d runes, %d wide, has %d and %d", s.n, s.astral, n, astral)
		}
	}
	if runes != text.runes {
		t.Fatalf("%d runes in order of %d that came", runes, text.runes)
	}
	if text.order.root == 0 {
		return
	}
	want := o.spans[o.root].sum
	for n := range o.spans[1:] {
		o.spans[n+1].sum = sums{}
	}
	var sum func(n int32)
	sum = func(n int32) {
		if n != 0 {
			sum(o.spans[n].left)
			sum(o.spans[n].right)
			o.pull(n)
		}
	}
	sum(o.root)
	if o.spans[o.root].sum != want {
		t.Fatalf("sums %v, counted %v", want, o.spans[o.root].sum)
	}
}
