package crdt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// scribe makes changes that stand on what it is told, ids in their order.
type scribe struct {
	t testing.TB
	d *Document
	n uint32
}

func newScribe(t testing.TB) *scribe { return &scribe{t: t, d: New()} }

// make builds a change without applying it.
func (s *scribe) make(author byte, parents []ID, ops ...Op) Change {
	s.n++
	c := Change{Author: Author{author}, Parents: parents, Ops: ops, Lamport: 1}
	binary.BigEndian.PutUint32(c.ID[:], s.n)
	for _, p := range parents {
		of, _ := s.d.Change(p)
		c.Lamport = max(c.Lamport, of.Lamport+1)
	}
	return c
}

func (s *scribe) apply(c Change) ID {
	s.t.Helper()
	if err := s.d.Apply(c); err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

func (s *scribe) write(author byte, parents []ID, ops ...Op) ID {
	s.t.Helper()
	return s.apply(s.make(author, parents, ops...))
}

func at(n uint64) Path { return Path{Field: n} }

func insert(pos int, s string) Op {
	return Op{Path: at(1), Code: Insert, Edit: Edit{Pos: pos, Ins: s}}
}

func values(stamps []Stamped) (v []Value) {
	for _, s := range stamps {
		v = append(v, s.Value)
	}
	return v
}

func TestRegisterKeepsConcurrentValues(t *testing.T) {
	s := newScribe(t)
	set := func(v Value) Op { return Op{Path: at(2), Code: Set, Value: v} }
	a := s.write(1, nil, set("noon"))
	b := s.write(1, []ID{a}, set("one"))
	c := s.write(2, []ID{a}, set("two"))
	if got := values(s.d.Now().Register(at(2))); !slices.Equal(got, []Value{"one", "two"}) {
		t.Errorf("two who moved it at once: %q", got)
	}
	s.write(3, []ID{b, c}, set("three"))
	if got := values(s.d.Now().Register(at(2))); !slices.Equal(got, []Value{"three"}) {
		t.Errorf("after choosing: %q", got)
	}
	if got := values(s.d.At([]ID{c}, nil).Register(at(2))); !slices.Equal(got, []Value{"two"}) {
		t.Errorf("as the second saw it: %q", got)
	}
}

func TestVoidSetLetsTheFormerValueStand(t *testing.T) {
	s := newScribe(t)
	a := s.write(1, nil, Op{Path: at(2), Code: Set, Value: "noon"})
	b := s.write(2, []ID{a}, Op{Path: at(2), Code: Set, Value: "never"})
	s.d.SetHidden([]OpRef{{Change: b}})
	if got := values(s.d.Now().Register(at(2))); !slices.Equal(got, []Value{"noon"}) {
		t.Errorf("%q", got)
	}
	s.d.SetHidden(nil)
	if got := values(s.d.Now().Register(at(2))); !slices.Equal(got, []Value{"never"}) {
		t.Errorf("taken back: %q", got)
	}
}

func TestAddBeatsConcurrentDrop(t *testing.T) {
	s := newScribe(t)
	set := func(c Code) Op { return Op{Path: at(3), Code: c, Value: "cold"} }
	a := s.write(1, nil, set(Add))
	b := s.write(1, []ID{a}, set(Add))
	c := s.write(2, []ID{a}, set(Drop))
	if got := s.d.Now().Set(at(3)); !slices.Equal(got, []Value{"cold"}) {
		t.Errorf("%q", got)
	}
	s.write(2, []ID{b, c}, set(Drop))
	if got := s.d.Now().Set(at(3)); len(got) != 0 {
		t.Errorf("dropped: %q", got)
	}
}

func TestEntryTextIsEditedAndWithdrawn(t *testing.T) {
	s := newScribe(t)
	a := s.write(1, nil, Op{Path: at(5), Code: Enter, Fields: []FieldValue{
		{Field: 1, Code: Insert, Edit: Edit{Missing: 5}}, {Field: 2, Code: Set, Value: "worked"},
	}})
	entry := OpRef{Change: a}
	body := Path{Field: 5, Entry: entry, Sub: 1}
	b := s.write(1, []ID{a}, Op{Path: body, Code: Insert, Edit: Edit{Pos: 5, Ins: "!"}})
	if got := s.d.Text(body).String(); got != "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD!" {
		t.Errorf("before the words are here: %q", got)
	}
	if err := s.d.Supply(entry, 1, "hello"); err != nil {
		t.Fatal(err)
	}
	if got := s.d.Text(body).String(); got != "hello!" {
		t.Errorf("%q", got)
	}
	s.write(1, []ID{b}, Op{Path: Path{Field: 5, Entry: entry}, Code: Withdraw})
	log := s.d.Now().Log(5)
	if len(log) != 1 || log[0].ID != entry || len(log[0].Withdrawn) != 1 {
		t.Errorf("%+v", log)
	}
}

func TestUnknownOperationsKeepTheirPlace(t *testing.T) {
	s := newScribe(t)
	a := s.write(1, nil, Op{Path: at(1), Code: 99}, Op{}, insert(0, "seen"), insert(-1, "no"), insert(4, "\xff"))
	if got := s.d.Now().Text(at(1)); got != "seen" {
		t.Errorf("%q", got)
	}
	s.d.SetHidden([]OpRef{{Change: a, Index: 2}})
	if got := s.d.Now().Text(at(1)); got != "" {
		t.Errorf("hidden by its own index: %q", got)
	}
	saved, err := s.d.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(saved); err != nil {
		t.Error(err)
	}
}

func TestSameOperationsSameFieldHeads(t *testing.T) {
	s := newScribe(t)
	a := s.write(1, nil, insert(0, "way"))
	b := s.write(1, []ID{a}, insert(3, "s"))
	mark := s.write(2, []ID{a}, Op{Path: at(4), Code: Put, Value: "thanks"})
	both := s.write(1, []ID{b, mark}, Op{Path: at(4), Code: Put, Value: "me too"})
	for _, heads := range [][]ID{{b}, {b, mark}, {both}} {
		if got := s.d.FieldHeads(at(1), heads); !slices.Equal(got, []ID{b}) {
			t.Errorf("%x", got)
		}
	}
	if got := s.d.FieldHeads(at(1), []ID{mark}); !slices.Equal(got, []ID{a}) {
		t.Errorf("before the edit: %x", got)
	}
}

func TestLoadRefusesDamage(t *testing.T) {
	s := newScribe(t)
	a := s.write(1, nil, insert(0, "body"), Op{Path: at(3), Code: Add, Value: "x"})
	s.write(1, []ID{a}, Op{Path: at(6), Code: Place, Position: Between("", "")})
	saved, err := s.d.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range saved {
		if _, err := Load(saved[:cut]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("%d of %d bytes: %v", cut, len(saved), err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	s := newScribe(f)
	a := s.write(1, nil, insert(0, "body"), Op{Path: at(3), Code: Add, Value: "x"}, Op{Path: at(5), Code: Enter,
		Fields: []FieldValue{{Field: 1, Code: Insert, Edit: Edit{Missing: 3}}}})
	s.write(2, []ID{a}, insert(2, "ld"), Op{Path: at(6), Code: Place, Position: "V"})
	s.d.SetHidden([]OpRef{{Change: a}})
	saved, err := s.d.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(saved)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Load(b)
		if err != nil {
			return
		}
		again, err := d.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Load(again); err != nil {
			t.Fatalf("what was saved does not load: %v", err)
		}
		for _, p := range d.Paths() {
			v := d.Now()
			_, _, _, _ = v.Register(p), v.Set(p), v.Map(p), v.Text(p)
			_, _ = v.Log(p.Field), v.List(p.Field)
		}
	})
}

func TestPositions(t *testing.T) {
	list := []string{Between("", "")}
	for i := range 2000 { // everywhere in turn, and always at one place
		here := []int{i * 7919 % (len(list) + 1), len(list) / 2, 0, len(list)}[i%4]
		before, after := "", ""
		if here > 0 {
			before = list[here-1]
		}
		if here < len(list) {
			after = list[here]
		}
		list = slices.Insert(list, here, Between(before, after))
	}
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			t.Fatalf("%q before %q", list[i-1], list[i])
		}
	}
	longest := slices.MaxFunc(list, func(a, b string) int { return len(a) - len(b) })
	t.Logf("2001 items, the longest position has %d bytes", len(longest))
	for _, odd := range [][2]string{{"a", "a"}, {"b", "a"}, {"V", "V0"}, {"", "0"}, {"é", "z"}, {"zz", ""}, {"~", "~"}} {
		if got := Between(odd[0], odd[1]); got == "" || strings.Compare(got, odd[0]) < 0 {
			t.Errorf("Between(%q, %q) = %q", odd[0], odd[1], got)
		}
	}
}

// marked writes edits of one text, one after the other; between them come
// marks of people who did not see the edits. It returns the time the edits took.
func marked(tb testing.TB, edits, marksEach int) time.Duration {
	s := newScribe(tb)
	root := s.write(1, nil, insert(0, "way"))
	heads, took := []ID{root}, time.Duration(0)
	for i := range edits {
		for range marksEach {
			s.write(byte(s.n), []ID{root}, Op{Path: at(4), Code: Put, Value: "thanks"})
		}
		c := s.make(1, heads, insert(3+i, "!"))
		start := time.Now()
		heads = []ID{s.apply(c)}
		took += time.Since(start)
	}
	if got := s.d.Text(at(1)).Runes(); got != 3+edits {
		tb.Fatalf("%d runes", got)
	}
	return took
}

// BenchmarkMarks: 10,000 concurrent marks around 1,000 edits of one text, and
// the edits alone. The first may take 1.2 times the second.
func BenchmarkMarks(b *testing.B) {
	for _, marks := range []int{0, 10} {
		b.Run(fmt.Sprint(marks*1000), func(b *testing.B) {
			least := time.Hour
			for b.Loop() {
				least = min(least, marked(b, 1000, marks))
			}
			b.ReportMetric(float64(least.Nanoseconds())/1000, "ns/edit")
		})
	}
}

// BenchmarkFold folds a document of 10,000 changes of one author, one small
// edit each.
func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		marked(b, 10_000, 0)
	}
}

// BenchmarkAt folds as a replica does: before each change it reads a register
// as its author saw it, while two branches of 500 changes arrive in turn.
func BenchmarkAt(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := newScribe(b)
		root := s.write(1, nil, Op{Path: at(2), Code: Set, Value: "title"})
		branches := [][]ID{{root}, {root}}
		for i := range 1000 {
			heads := branches[i%2]
			if got := s.d.At(heads, nil).Register(at(2)); len(got) != 1 {
				b.Fatal(got)
			}
			branches[i%2] = []ID{s.write(byte(i%2), heads, insert(0, "x"))}
		}
	}
}

func TestPutsKeepWhatWasReplaced(t *testing.T) {
	d, at := New(), Path{Field: 1}
	put := func(n byte, by byte, code Code, v string) {
		c := Change{ID: ID{n}, Lamport: uint64(n), Author: Author{by}, Ops: []Op{{Path: at, Code: code, Value: Value(v)}}}
		if n > 1 {
			c.Parents = []ID{{n - 1}}
		}
		if err := d.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	put(1, 1, Put, "a")
	put(2, 2, Put, "b")
	put(3, 1, Put, "c")
	put(4, 1, Take, "")
	said := func() (all string) {
		for _, s := range d.Now().Puts(at) {
			all += string(s.Value)
		}
		return all
	}
	if said() != "abc" || len(d.Now().Map(at)) != 1 {
		t.Errorf("%q was put, %d stand", said(), len(d.Now().Map(at)))
	}
	d.SetHidden([]OpRef{{Change: ID{2}}})
	if said() != "ac" {
		t.Errorf("%q has effect", said())
	}
}
