package crdttest

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"coppice.example/crdt"
)

// modelOp is an operation with all that the definitions speak of.
type modelOp struct {
	crdt.Stamped
	crdt.Op
	past map[crdt.OpRef]bool
}

// model lists the effective operations of a history and what is in the past
// of each, without any of the engine's shortcuts.
func model(h History) (ops []modelOp) {
	past := map[crdt.ID]map[crdt.OpRef]bool{}
	for _, c := range h.Changes {
		before := map[crdt.OpRef]bool{}
		for _, p := range c.Parents {
			for r := range past[p] {
				before[r] = true
			}
		}
		for i, op := range c.Ops {
			ref := crdt.OpRef{Change: c.ID, Index: i}
			own := map[crdt.OpRef]bool{}
			for r := range before {
				own[r] = true
			}
			before[ref] = true
			if slices.Contains(h.Hidden, ref) {
				continue
			}
			s := crdt.Stamped{Value: op.Value, Op: ref, Lamport: c.Lamport, Author: c.Author}
			ops = append(ops, modelOp{s, op, own})
			for _, v := range op.Fields {
				s.Value = v.Value
				path := crdt.Path{Field: op.Path.Field, Entry: ref, Sub: v.Field}
				ops = append(ops, modelOp{s, crdt.Op{Path: path, Code: v.Code}, own})
			}
		}
		past[c.ID] = before
	}
	return ops
}

// standing returns those of the operations that none of the others, of which
// against holds, has in its past.
func standing(ops []modelOp, is, against func(modelOp) bool) (stand []crdt.Stamped) {
	for _, a := range ops {
		beaten := slices.ContainsFunc(ops, func(b modelOp) bool { return against(b) && b.past[a.Stamped.Op] })
		if is(a) && !beaten {
			stand = append(stand, a.Stamped)
		}
	}
	slices.SortFunc(stand, crdt.Stamped.Compare)
	return stand
}

func code(p crdt.Path, c crdt.Code) func(modelOp) bool {
	return func(o modelOp) bool { return o.Path == p && o.Code == c }
}

func TestAgreesWithTheDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Draw(t)
		d := Fold(t, Shuffle(t, h.Changes), h.Hidden)
		ops := model(h)
		for _, p := range d.Paths() {
			if got, want := d.Now().Register(p), standing(ops, code(p, crdt.Set), code(p, crdt.Set)); !slices.Equal(got, want) {
				t.Fatalf("register %v: %v, want %v", p, got, want)
			}
			checkSet(t, d, ops, p)
			checkMap(t, d, ops, p)
		}
		checkLog(t, d, ops)
		checkList(t, d, ops)
	})
}

func checkSet(t *rapid.T, d *crdt.Document, ops []modelOp, p crdt.Path) {
	var want []crdt.Stamped
	for _, value := range []crdt.Value{"a", "b", "c"} {
		of := func(c crdt.Code) func(modelOp) bool {
			return func(o modelOp) bool { return code(p, c)(o) && o.Stamped.Value == value }
		}
		want = append(want, standing(ops, of(crdt.Add), of(crdt.Drop))...)
	}
	if got := d.Now().Added(p); !slices.Equal(got, want) {
		t.Fatalf("set %v: %v, want %v", p, got, want)
	}
}

func checkMap(t *rapid.T, d *crdt.Document, ops []modelOp, p crdt.Path) {
	var want []crdt.Stamped
	for author := range byte(6) {
		var last *modelOp
		for _, o := range ops {
			mine := o.Path == p && o.Author == crdt.Author{author} && (o.Code == crdt.Put || o.Code == crdt.Take)
			if mine && (last == nil || last.Compare(o.Stamped) < 0) {
				last = &o
			}
		}
		if last != nil && last.Code == crdt.Put {
			want = append(want, last.Stamped)
		}
	}
	if got := d.Now().Map(p); !slices.Equal(got, want) {
		t.Fatalf("map %v: %v, want %v", p, got, want)
	}
}

func checkLog(t *rapid.T, d *crdt.Document, ops []modelOp) {
	path := crdt.Path{Field: uint64(Log)}
	entered := standing(ops, code(path, crdt.Enter), func(modelOp) bool { return false })
	got := d.Now().Log(uint64(Log))
	if len(got) != len(entered) {
		t.Fatalf("%d entries, want %d", len(got), len(entered))
	}
	for i, e := range got {
		path.Entry = e.ID
		withdrawn := standing(ops, code(path, crdt.Withdraw), func(modelOp) bool { return false })
		for i := range withdrawn {
			withdrawn[i].Value = ""
		}
		if e.ID != entered[i].Op || !slices.Equal(e.Withdrawn, withdrawn) {
			t.Fatalf("entry %d: %+v, want %+v withdrawn %+v", i, e, entered[i], withdrawn)
		}
	}
}

func checkList(t *rapid.T, d *crdt.Document, ops []modelOp) {
	type item struct {
		id    crdt.OpRef
		place string
		by    crdt.Stamped
	}
	path := crdt.Path{Field: uint64(List)}
	var want []item
	for _, made := range ops {
		if made.Path != path || made.Code != crdt.Place || made.Item != (crdt.OpRef{}) {
			continue
		}
		id := made.Stamped.Op
		places := standing(ops,
			func(o modelOp) bool { return code(path, crdt.Place)(o) && (o.Item == id || o.Stamped.Op == id) },
			func(o modelOp) bool { return code(path, crdt.Remove)(o) && o.Item == id })
		if len(places) == 0 {
			continue
		}
		last := places[len(places)-1]
		i := slices.IndexFunc(ops, func(o modelOp) bool { return o.Stamped.Op == last.Op })
		want = append(want, item{id, ops[i].Position, last})
	}
	slices.SortFunc(want, func(a, b item) int { return cmp.Or(cmp.Compare(a.place, b.place), a.by.Compare(b.by)) })
	got := d.Now().List(uint64(List))
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d", len(got), len(want))
	}
	for i, e := range got {
		if e.ID != want[i].id || e.Position != want[i].place {
			t.Fatalf("item %d: %+v, want %+v", i, e, want[i])
		}
	}
}
