package membership

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"coppice.example/protocol"
)

// hostile shapes: what colluding conveners and founders can make of a control
// graph, each of n changes and more. Entries are vouched for.
var hostile = []struct {
	name  string
	build func(t testing.TB, n int) *world
}{
	{"ladder 2 wide", func(t testing.TB, n int) *world { return ladder(t, n, 2) }},
	{"ladder 4 wide", func(t testing.TB, n int) *world { return ladder(t, n, 4) }},
	{"ladder 8 wide", func(t testing.TB, n int) *world { return ladder(t, n, 8) }},
	{"ladder 16 wide", func(t testing.TB, n int) *world { return ladder(t, n, 16) }},
	{"forks joined again", forksJoined},
	{"late on the genesis", lateOnGenesis},
	{"one member struck by many forks", func(t testing.TB, n int) *world { return crossings(t, n, false) }},
	{"one member ranked by many forks", func(t testing.TB, n int) *world { return crossings(t, n, true) }},
	{"one member out and in", outAndIn},
}

// conveners founds a community of eight: ana and ben founders, the others
// conveners, and returns their pens.
func conveners(t testing.TB) (*world, []*pen) {
	w, ana := foundVouched(t, someone("ana"), true)
	pens := []*pen{ana}
	for _, name := range []string{"ben", "cara", "dev", "eli", "fay", "gus", "hal"} {
		p := w.joins(ana, someone(name), Member)
		rank := Convener
		if name == "ben" {
			rank = Founder
		}
		w.does(ana, &SetRank{Member: p.who.id(), Rank: rank})
		pens = append(pens, p)
	}
	return w, pens
}

// rung returns an operation that crosses with its neighbours': founders demote,
// raise and remove conveners, conveners admit, invite, revoke and rank others.
func (w *world) rung(i int, pens []*pen) Operation {
	target := pens[2+i*7%6].who
	switch i % 9 {
	case 0:
		return &Remove{Members: []protocol.MemberID{target.id()}}
	case 1:
		return &SetRank{Member: target.id(), Rank: Convener}
	case 2:
		return &SetRank{Member: target.id(), Rank: Guest}
	case 3:
		return invites(fmt.Sprint("rung", i%50), Member, 9)
	case 4, 5:
		return &Admit{w.entry(w.lastInvite(), w.lastInviteKey(), target, 0)}
	case 6:
		return &RevokeInvite{w.lastInvite()}
	case 7:
		return &Revoke{Device: target.ids()[i%2]}
	}
	return &Epoch{Reason: Strike}
}

func (w *world) lastInvite() protocol.ChangeID {
	for _, c := range slices.Backward(w.changes) {
		if c.Kind == KindInvite {
			return c.ID
		}
	}
	panic("no invite")
}

func (w *world) lastInviteKey() string {
	e, _ := w.graph.Change(w.lastInvite())
	return inviteKeyOf(e.Operation.(*Invite).Key)
}

// ladder is wide and never narrow: each change stands on its own side and one
// other.
func ladder(t testing.TB, n, wide int) *world {
	w, pens := conveners(t)
	sides := make([]*pen, wide)
	tips := make([]protocol.ChangeID, wide)
	for i := range sides {
		sides[i], tips[i] = w.pen(pens[i%len(pens)].who, 0), w.graph.Heads()[0]
	}
	for i := 0; len(w.changes) < n; i++ {
		at := i % wide
		heads := []protocol.ChangeID{tips[at], tips[(at+wide/2+i/wide)%wide]}
		if heads[0] == heads[1] {
			heads = heads[:1]
		}
		tips[at] = w.doesOn(sides[at], heads, w.rung(i/3+i%3*5, pens))
	}
	return w
}

// forksJoined forks sixteen ways for a while, joins, and begins anew; one side
// alone never learns of the joins, so that nothing is ever narrow.
func forksJoined(t testing.TB, n int) *world {
	w, pens := conveners(t)
	root := w.graph.Heads()[0]
	apart, late := w.pen(pens[0].who, 0), root
	for round := 0; len(w.changes) < n; round++ {
		var tips []protocol.ChangeID
		for side := range 15 {
			p, tip := w.pen(pens[(round+side)%len(pens)].who, 0), root
			for i := range 8 {
				tip = w.doesOn(p, []protocol.ChangeID{tip}, w.rung(round+side*3+i, pens))
			}
			tips = append(tips, tip)
		}
		late = w.doesOn(apart, []protocol.ChangeID{late}, w.rung(round, pens))
		root = w.doesOn(w.pen(pens[1].who, 0), append(tips, late), &Merge{})
	}
	return w
}

// lateOnGenesis is a long history, then changes on its beginning, each joined.
func lateOnGenesis(t testing.TB, n int) *world {
	w, pens := conveners(t)
	first := w.changes[len(w.changes)-1].ID
	for i := 0; len(w.changes) < n-100; i++ {
		p := pens[i%2]
		w.does(p, w.rung(i, pens))
	}
	for i := range 50 {
		w.doesOn(w.pen(pens[0].who, 0), []protocol.ChangeID{first}, w.rung(i*3, pens))
		w.does(pens[1], &Merge{})
	}
	return w
}

// crossings is one member removed, or ranked, by thousands of forks of the
// founders at once, and thousands of her own acts beside it; joined sixteen at
// a time.
func crossings(t testing.TB, n int, rank bool) *world {
	w, pens := conveners(t)
	root := w.graph.Heads()[0]
	heads := []protocol.ChangeID{root}
	tip := root
	for i := 0; len(w.changes) < n; i++ {
		target := &pens[7]
		op := Operation(&Remove{Members: []protocol.MemberID{(*target).who.id()}})
		if rank {
			op = &SetRank{Member: (*target).who.id(), Rank: []Rank{Guest, Member, Convener}[i%3]}
		}
		heads = append(heads, w.doesOn(w.pen(pens[i%2].who, 0), []protocol.ChangeID{root}, op))
		if i%2 == 0 {
			tip = w.doesOn(*target, []protocol.ChangeID{tip}, invites("hers", Member, 1))
		}
		if len(heads) == 15 {
			heads = []protocol.ChangeID{w.doesOn(w.pen(pens[0].who, 0), append(heads, tip), &Merge{})}
		}
	}
	return w
}

// outAndIn removes and admits one member again and again, while a founder who
// knows nothing of it admits her too; at the end all is joined.
func outAndIn(t testing.TB, n int) *world {
	w, pens := conveners(t)
	invite := w.does(pens[0], invites("again", Member, MaxUses))
	root, tip := invite, invite
	apart, late := w.pen(pens[1].who, 0), root
	who := someone("ivo")
	for i := 0; len(w.changes) < n; i++ {
		op := Operation(&Admit{w.entry(invite, "again", who, 0)})
		if i%2 == 1 {
			op = &Remove{Members: []protocol.MemberID{who.id()}}
		}
		tip = w.doesOn(pens[0], []protocol.ChangeID{tip}, op)
		if i%4 == 0 {
			late = w.doesOn(apart, []protocol.ChangeID{late}, &Admit{w.entry(invite, "again", who, 0)})
		}
		if i%16 == 0 {
			tip = w.doesOn(pens[0], []protocol.ChangeID{tip, late}, &Merge{})
		}
	}
	return w
}

// times folds the world anew, asks for the state of everything after each
// change as a node does, and notes for each change the least time it took yet.
func (w *world) times(t testing.TB, least []time.Duration) {
	g := New(w.community)
	g.proofs = w.graph.proofs
	for i, c := range w.changes {
		began := time.Now()
		if err := g.Add(c, w.logs[i]); err != nil {
			t.Fatal(err)
		}
		g.Now()
		if took := time.Since(began); least[i] == 0 || took < least[i] {
			least[i] = took
		}
	}
}

// BenchmarkHostile reports the slowest change of a hostile shape with the state
// after it, which is to take at most 10 ms of 5,000, and the whole.
func BenchmarkHostile(b *testing.B) {
	for _, size := range []int{1250, 5000} {
		for _, shape := range hostile {
			b.Run(fmt.Sprintf("%s/%d", shape.name, size), func(b *testing.B) {
				w := shape.build(b, size)
				least := make([]time.Duration, len(w.changes))
				for b.Loop() {
					w.times(b, least)
				}
				whole := time.Duration(0)
				for _, took := range least {
					whole += took
				}
				b.ReportMetric(float64(slices.Max(least).Microseconds())/1000, "ms/slowest")
				b.ReportMetric(float64(whole.Milliseconds()), "ms/whole")
			})
		}
	}
}
