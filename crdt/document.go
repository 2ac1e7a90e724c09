package crdt

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"coppice.example/crdt/text"
)

// Document is a collection of fields folded from changes. It is not safe for
// concurrent use, reading included.
type Document struct {
	changes []Change
	numbers map[ID]int32
	graph   text.Graph
	fields  map[key]*field
	hidden  []OpRef // now
	pasts   []*past // of versions looked at last, the latest first
	letters int     // bytes of text that ever arrived
}

// key tells apart what operations of different types make of one path.
type key struct {
	path  Path
	class class
}

type class uint8

const (
	none class = iota
	texts
	registers
	sets
	maps
	logs
	lists
)

// classOf says what type of field an operation works on.
func classOf(c Code) class {
	switch c {
	case Insert, Delete:
		return texts
	case Set:
		return registers
	case Add, Drop:
		return sets
	case Put, Take:
		return maps
	case Enter, Withdraw:
		return logs
	case Place, Remove:
		return lists
	}
	return none
}

// New returns an empty document; its fields come into being by the operations on them.
func New() *Document {
	return &Document{numbers: map[ID]int32{}, fields: map[key]*field{}}
}

// Apply takes a change whose parents were all applied before ([ErrParent]
// otherwise). A change it already holds is a no-op. What the change refers to
// becomes the document's. An error leaves the document as it was.
//
// An operation that no field could take (a negative position, letters that are
// not UTF-8) does nothing, as an unknown one does nothing.
func (d *Document) Apply(c Change) error {
	if d.Has(c.ID) {
		return nil
	}
	parents, ok := d.find(c.Parents)
	if !ok {
		return fmt.Errorf("%w: change %x", ErrParent, c.ID[:4])
	}
	acts, edits, size := sort(&c)
	if size > math.MaxInt32-d.letters {
		return fmt.Errorf("%w: change %x: more letters than a document holds", ErrChange, c.ID[:4])
	}
	d.letters += size
	stances := make(map[key][]int32, len(acts))
	for _, a := range acts {
		if _, ok := stances[a.key]; !ok {
			stances[a.key] = d.project(d.field(a.key), parents)
		}
	}
	n := d.graph.Add(parents)
	d.numbers[c.ID] = n
	d.changes = append(d.changes, c)
	for _, a := range acts {
		f := d.fields[a.key]
		f.add(n, a.act, stances[a.key])
		if ref := (OpRef{Change: c.ID, Index: a.index}); d.isHidden(ref) {
			f.hide(ref, true)
		}
	}
	for _, e := range edits {
		if err := d.fields[e.key].edit(d, c, stances[e.key], e.edits); err != nil {
			return err
		}
	}
	return nil
}

// keyed is an act and the field it works on.
type keyed struct {
	key
	act
}

// edited is what a change does to one text.
type edited struct {
	key
	edits []Edit
}

// sort takes a change apart by field, the edits of a text together, and
// returns how many bytes the texts may grow by.
func sort(c *Change) (acts []keyed, edits []edited, size int) {
	take := func(path Path, a act, e Edit) {
		k := key{path, classOf(a.code)}
		switch {
		case k.class == none:
			return
		case k.class == texts:
			e.Index = a.index
			if !fits(e) {
				return
			}
			size += max(e.Missing, len(e.Ins))
			i := slices.IndexFunc(edits, func(e edited) bool { return e.key == k })
			if i < 0 {
				i = len(edits)
				edits = append(edits, edited{key: k})
			}
			edits[i].edits = append(edits[i].edits, e)
		}
		acts = append(acts, keyed{k, a})
	}
	for i := range c.Ops {
		op := &c.Ops[i]
		e := op.Edit
		switch op.Code {
		case Insert:
			e.Del = 0
		case Delete:
			e.Ins, e.Missing = "", 0
		}
		if !fits(op.Edit) {
			e.Pos = -1
		}
		a := act{index: i, code: op.Code, op: op}
		if slices.Contains([]Code{Set, Add, Drop, Put}, op.Code) {
			a.value = op.Value
		}
		take(op.Path, a, e)
		if !op.bears() {
			continue
		}
		for _, v := range op.Fields {
			if v.Code != Set && v.Code != Add && v.Code != Insert {
				continue
			}
			path := Path{op.Path.Field, OpRef{Change: c.ID, Index: i}, v.Field}
			take(path, act{index: i, code: v.Code, value: v.Value}, Edit{Ins: v.Edit.Ins, Missing: v.Edit.Missing})
		}
	}
	return acts, edits, size
}

// fits tells whether a text could take the edit, wherever it stands.
func fits(e Edit) bool {
	return e.Pos >= 0 && e.Del >= 0 && e.Missing >= 0 && e.Missing <= text.MaxMissing &&
		(e.Missing == 0 || e.Ins == "") && utf8.ValidString(e.Ins)
}

// bears tells whether the operation makes an entry or an item.
func (op *Op) bears() bool {
	return op.Code == Enter || op.Code == Place && op.Item == OpRef{}
}

// Supply delivers the letters of an insertion that came without them: of an
// Insert operation (sub zero), or of the field sub an Enter or Place was born
// with. An operation this document does not hold, or whose letters it has, is
// left alone.
func (d *Document) Supply(ref OpRef, sub uint64, letters string) error {
	n, ok := d.numbers[ref.Change]
	if !ok || ref.Index < 0 || ref.Index >= len(d.changes[n].Ops) {
		return nil
	}
	op := &d.changes[n].Ops[ref.Index]
	path, e := op.Path, &op.Edit
	if op.bears() {
		i := slices.IndexFunc(op.Fields, func(v FieldValue) bool { return v.Field == sub && v.Code == Insert && v.Edit.Missing > 0 })
		if i < 0 {
			return nil
		}
		path, e = Path{op.Path.Field, ref, sub}, &op.Fields[i].Edit
	} else if op.Code != Insert {
		return nil
	}
	f := d.fields[key{path, texts}]
	if f == nil || e.Missing == 0 {
		return nil
	}
	if len(letters) > math.MaxInt32-d.letters {
		return fmt.Errorf("%w: more letters than a document holds", ErrChange)
	}
	if err := f.text.Supply(ref, letters); err != nil {
		return fmt.Errorf("crdt: %w", err)
	}
	e.Ins, e.Missing = letters, 0
	d.letters += len(letters)
	return nil
}

// find returns the numbers of changes, ascending, and whether all are here.
func (d *Document) find(ids []ID) (numbers []int32, all bool) {
	all = true
	for _, id := range ids {
		if n, ok := d.numbers[id]; ok {
			numbers = append(numbers, n)
		} else {
			all = false
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), all
}

// Has tells whether the change was applied.
func (d *Document) Has(id ID) bool {
	_, ok := d.numbers[id]
	return ok
}

// Len returns the number of changes applied.
func (d *Document) Len() int { return len(d.changes) }

// Heads returns the changes that no other has in its past, ascending.
func (d *Document) Heads() []ID { return d.ids(d.graph.Heads()) }

func (d *Document) ids(numbers []int32) []ID {
	ids := make([]ID, len(numbers))
	for i, n := range numbers {
		ids[i] = d.changes[n].ID
	}
	slices.SortFunc(ids, ID.Compare)
	return ids
}

// Changes returns all changes in a causal order, as they were applied. The
// slice and what it holds are the document's: read only.
func (d *Document) Changes() []Change { return d.changes }

// Change returns the change of that id; read only.
func (d *Document) Change(id ID) (Change, bool) {
	n, ok := d.numbers[id]
	if !ok {
		return Change{}, false
	}
	return d.changes[n], true
}

// InPast tells whether the change is one of heads or in the past of one.
func (d *Document) InPast(id ID, heads []ID) bool {
	n, ok := d.numbers[id]
	if !ok {
		return false
	}
	at, _ := d.find(heads)
	return len(at) > 0 && (slices.Contains(at, n) || slices.Equal(at, d.graph.Heads()) || d.past(at).has(n))
}

// FieldHeads returns the changes with operations on the text, register, set or
// list at the path that lie in the past of heads, without those in the past of
// another such: two versions hold the same operations there iff these are
// equal. Own-key maps and logs are not counted.
func (d *Document) FieldHeads(p Path, heads []ID) []ID {
	at, _ := d.find(heads)
	var all []int32
	for c := none + 1; c <= lists; c++ {
		if f := d.fields[key{p, c}]; f != nil && f.linked() {
			for _, n := range d.project(f, at) {
				all = append(all, f.nodes[n])
			}
		}
	}
	slices.Sort(all)
	return d.ids(slices.Compact(all))
}

// SetHidden says which operations take no effect now. refs is ascending,
// replaces the previous set, and may name operations still to come. Cost
// follows the difference to the previous set.
func (d *Document) SetHidden(refs []OpRef) {
	if sameRefs(refs, d.hidden) {
		return
	}
	old := d.hidden
	d.hidden = slices.Clone(refs)
	changed := map[*field]bool{}
	text.EachChanged(old, refs, func(ref OpRef, hidden bool) {
		for _, f := range d.fieldsOf(ref) {
			f.hide(ref, hidden)
			changed[f] = true
		}
	})
	for f := range changed {
		f.settle()
	}
}

// Hidden returns what [Document.SetHidden] was given last; read only.
func (d *Document) Hidden() []OpRef { return d.hidden }

// fieldsOf returns the fields on which an operation works.
func (d *Document) fieldsOf(ref OpRef) (fields []*field) {
	n, ok := d.numbers[ref.Change]
	if !ok || ref.Index < 0 || ref.Index >= len(d.changes[n].Ops) {
		return nil
	}
	op := &d.changes[n].Ops[ref.Index]
	take := func(p Path, c Code) {
		if f := d.fields[key{p, classOf(c)}]; f != nil {
			fields = append(fields, f)
		}
	}
	take(op.Path, op.Code)
	if op.bears() {
		for _, v := range op.Fields {
			take(Path{op.Path.Field, ref, v.Field}, v.Code)
		}
	}
	return fields
}

func (d *Document) isHidden(ref OpRef) bool { return has(d.hidden, ref) }

func has(refs []OpRef, ref OpRef) bool {
	if len(refs) == 0 {
		return false
	}
	_, found := slices.BinarySearchFunc(refs, ref, OpRef.Compare)
	return found
}

func sameRefs(a, b []OpRef) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// Text returns the text at the path as it shows now, nil when nobody ever
// edited one there. It is live and the document's: read only.
func (d *Document) Text(p Path) *text.Text {
	if f := d.fields[key{p, texts}]; f != nil {
		return f.text
	}
	return nil
}

// Gone returns wordings of at least so many words that stand in the text at the
// path no more, the last taken away first, most bytes of them in all; see
// [text.Text.Gone]. Read only.
func (d *Document) Gone(p Path, words, most int) []text.Gone {
	f := d.fields[key{p, texts}]
	if f == nil {
		return nil
	}
	return f.text.Gone(words, most, d.inOrder)
}

// inOrder orders changes by (lamport, id).
func (d *Document) inOrder(a, b ID) int {
	return cmp.Or(cmp.Compare(d.changes[d.numbers[a]].Lamport, d.changes[d.numbers[b]].Lamport), a.Compare(b))
}

// Paths returns every path that an operation was ever on, ascending.
func (d *Document) Paths() []Path {
	paths := make([]Path, 0, len(d.fields))
	for k := range d.fields {
		paths = append(paths, k.path)
	}
	slices.SortFunc(paths, Path.Compare)
	return slices.Compact(paths)
}

// Now returns the document as it shows now.
func (d *Document) Now() View { return View{d: d, all: true, live: true} }

// At returns the document as an author saw it who stood on parents and whose
// fold did not show hidden (ascending). Cheap when that is what shows now, and
// cheap for a field which that leaves as it is now. Parents the document does
// not hold count for nothing.
func (d *Document) At(parents []ID, hidden []OpRef) View {
	at, _ := d.find(parents)
	all := slices.Equal(at, d.graph.Heads())
	return View{d: d, at: at, all: all, live: all && sameRefs(hidden, d.hidden), hidden: hidden}
}
