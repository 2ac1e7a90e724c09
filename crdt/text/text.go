package text

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"unicode/utf8"
)

// MaxMissing is the greatest number of missing runes an edit may insert.
const MaxMissing = 1 << 20

// Text is a text that many people edit at once. The zero Text is empty and
// ready to use. It is not safe for concurrent use, reading included.
type Text struct {
	changes []change
	numbers map[ID]int32
	graph   Graph
	ops     []op
	inserts []int32  // the operations that insert, by their first rune
	extents []extent // what deletions took
	letters []byte   // all that ever arrived
	runes   int32    // how many ever arrived
	order   order
	hidden  []OpRef // now

	stood  []int32 // the version stood on: its heads, ascending
	veiled []int32 // and what is hidden there, ascending

	asked  []OpRef // what numbersOf was asked last,
	answer []int32 // and said

	shown string
	fresh bool // shown holds
	gone  gone
}

type change struct {
	id     ID
	ops    int32   // its first
	veiled []int32 // what its author's text did not show; shared between changes
}

// Apply takes a change whose parents were all applied before. A change it
// already holds is a no-op. An error leaves the text as it was.
func (t *Text) Apply(c Change) error {
	if t.Has(c.ID) {
		return nil
	}
	size := 0
	for _, e := range c.Edits {
		if err := e.check(); err != nil {
			return fmt.Errorf("%w: change %x, operation %d", err, c.ID[:4], e.Index)
		}
		size += max(e.Missing, len(e.Ins))
	}
	if size > math.MaxInt32-len(t.letters) || size > math.MaxInt32-int(t.runes) {
		return fmt.Errorf("%w: change %x: more than a text can hold", ErrEdit, c.ID[:4])
	}
	parents, ok := t.find(c.Parents)
	if !ok {
		return fmt.Errorf("%w: change %x", ErrParent, c.ID[:4])
	}
	t.begin(c.ID, parents, t.numbersOf(c.Hidden))
	for _, e := range c.Edits {
		t.edit(e)
	}
	return nil
}

func (e *Edit) check() error {
	switch {
	case e.Pos < 0, e.Del < 0, e.Missing < 0, e.Missing > MaxMissing, e.Index < 0, e.Index > math.MaxInt32:
		return fmt.Errorf("%w: a number out of range", ErrEdit)
	case e.Missing > 0 && e.Ins != "":
		return fmt.Errorf("%w: letters and missing letters", ErrEdit)
	case !utf8.ValidString(e.Ins):
		return fmt.Errorf("%w: letters that are not UTF-8", ErrEdit)
	}
	return nil
}

// find returns the numbers of changes, ascending, and whether all are here.
func (t *Text) find(ids []ID) (numbers []int32, all bool) {
	all = true
	for _, id := range ids {
		n, ok := t.numbers[id]
		if !ok {
			all = false
			continue
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), all
}

// numbersOf returns the operations that refs name, ascending.
func (t *Text) numbersOf(refs []OpRef) (numbers []int32) {
	if len(refs) == 0 {
		return nil
	}
	if len(refs) == len(t.asked) && (slices.Equal(refs, t.asked)) {
		return t.answer
	}
	for _, r := range refs {
		numbers = append(numbers, t.opsOf(r)...)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if slices.Equal(numbers, t.veiled) {
		numbers = t.veiled
	}
	t.asked, t.answer = slices.Clone(refs), numbers
	return numbers
}

// forget drops what numbersOf remembers when a change comes that it names.
func (t *Text) forget(id ID) {
	i, _ := slices.BinarySearchFunc(t.asked, id, func(r OpRef, id ID) int { return r.Change.Compare(id) })
	if i < len(t.asked) && t.asked[i].Change == id {
		t.asked, t.answer = nil, nil
	}
}

// opsOf returns the numbers of an operation: none, one, or the halves of one.
func (t *Text) opsOf(r OpRef) (numbers []int32) {
	c, ok := t.numbers[r.Change]
	if !ok {
		return nil
	}
	for n := t.changes[c].ops; n < t.opsEnd(c); n++ {
		if int(t.ops[n].index) == r.Index {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func (t *Text) opsEnd(c int32) int32 {
	if int(c)+1 < len(t.changes) {
		return t.changes[c+1].ops
	}
	return int32(len(t.ops))
}

// begin adds a change without edits and stands where its author stood.
func (t *Text) begin(id ID, parents, veiled []int32) {
	t.stand(parents, veiled)
	if t.numbers == nil {
		t.numbers = map[ID]int32{}
	}
	n := t.graph.Add(parents)
	t.numbers[id] = n
	t.forget(id)
	t.changes = append(t.changes, change{id, int32(len(t.ops)), veiled})
	t.stood = append(t.stood[:0], n)
}

// edit adds an edit to the last change.
func (t *Text) edit(e Edit) {
	last := int32(len(t.changes) - 1)
	o := op{change: last, index: int32(e.Index), pos: int32(min(e.Pos, math.MaxInt32))}
	o.hidden = t.isHidden(OpRef{t.changes[last].id, e.Index})
	seen := int(t.order.total().seen)
	if e.Pos > seen || e.Del > seen-e.Pos {
		o.kind = void
		t.ops = append(t.ops, o)
		return
	}
	if e.Del > 0 {
		o.kind, o.n = deletion, int32(e.Del)
		t.delete(&o)
		t.ops = append(t.ops, o)
	}
	if e.Ins != "" || e.Missing > 0 {
		o.kind, o.extents = insertion, 0
		o.first, o.at, o.size = t.runes, int32(len(t.letters)), int32(len(e.Ins))
		t.letters = append(t.letters, e.Ins...)
		n, astral := count(e.Ins)
		o.n = n + int32(e.Missing)
		t.runes += o.n
		t.insert(&o, astral)
		t.inserts = append(t.inserts, int32(len(t.ops)))
		t.ops = append(t.ops, o)
	}
	t.fresh = false
}

// count returns how many runes s has, and how many of them take two UTF-16 units.
func count(s string) (runes, astral int32) {
	for _, r := range s {
		runes++
		if r > 0xFFFF {
			astral++
		}
	}
	return runes, astral
}

// author returns the change that inserted a rune.
func (t *Text) author(rune int32) ID {
	return t.changes[t.ops[t.inserts[t.insertOf(rune)]].change].id
}

// insertOf returns the place in t.inserts of the operation that inserted a rune.
func (t *Text) insertOf(rune int32) int {
	return sort.Search(len(t.inserts), func(i int) bool { return t.ops[t.inserts[i]].first > rune }) - 1
}

// Has tells whether the change was applied.
func (t *Text) Has(id ID) bool {
	_, ok := t.numbers[id]
	return ok
}

// Heads returns the changes of this text that no other has in its past, ascending.
func (t *Text) Heads() []ID {
	var ids []ID
	for _, n := range t.graph.Heads() {
		ids = append(ids, t.changes[n].id)
	}
	slices.SortFunc(ids, ID.Compare)
	return ids
}

// SetHidden says which operations take no effect now: insertions among them
// show nothing, deletions do nothing; their places stay as anchors. refs is
// ascending and replaces the previous set; it may name operations still to come.
func (t *Text) SetHidden(refs []OpRef) {
	if slices.Equal(refs, t.hidden) {
		return
	}
	EachChanged(t.hidden, refs, t.hide)
	t.hidden = slices.Clone(refs)
	t.fresh, t.gone.fresh = false, false
}

// EachChanged calls f for every reference that is in only one of two ascending
// rows; added tells that it is in the new one.
func EachChanged(old, new []OpRef, f func(ref OpRef, added bool)) {
	for len(old) > 0 || len(new) > 0 {
		order := -1
		switch {
		case len(old) == 0:
			order = 1
		case len(new) > 0:
			order = old[0].Compare(new[0])
		}
		switch {
		case order < 0:
			f(old[0], false)
			old = old[1:]
		case order > 0:
			f(new[0], true)
			new = new[1:]
		default:
			old, new = old[1:], new[1:]
		}
	}
}

func (t *Text) isHidden(r OpRef) bool {
	if len(t.hidden) == 0 {
		return false
	}
	_, found := slices.BinarySearchFunc(t.hidden, r, OpRef.Compare)
	return found
}

// Supply delivers the letters of an insertion that came without them. They
// must be as many runes as are missing; letters already there are kept.
func (t *Text) Supply(ref OpRef, letters string) error {
	runes, astral := count(letters)
	for _, n := range t.opsOf(ref) {
		o := &t.ops[n]
		switch {
		case o.kind == void:
			return nil
		case o.kind != insertion || o.n != runes || !utf8.ValidString(letters):
			continue
		case o.size > 0:
			return nil
		case len(letters) > math.MaxInt32-len(t.letters):
			return fmt.Errorf("%w: more than a text can hold", ErrLetters)
		}
		o.at, o.size = int32(len(t.letters)), int32(len(letters))
		t.letters = append(t.letters, letters...)
		at, rest := o.at, o.n
		t.order.each(o.first, o.n, t.letters, func(s *span) {
			size, wide := measure(t.letters[at:o.at+o.size], rest, astral, s.n)
			s.at, s.size, s.astral = at, size, wide
			at, rest, astral = at+size, rest-s.n, astral-wide
		})
		t.fresh, t.gone.fresh = false, false
		return nil
	}
	return fmt.Errorf("%w: operation %d of change %x", ErrLetters, ref.Index, ref.Change[:4])
}
