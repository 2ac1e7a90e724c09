package membership

import (
	"fmt"
	"testing"

	"coppice.example/protocol"
)

// longWorld is a community of 200 members after n control changes: joins
// first, then invites, policies, revocations and epochs, merges between.
func longWorld(b testing.TB, n int) *world {
	return cached(fmt.Sprint("long", n), func() *world {
		w, ana := found(b, someone("ana"))
		pens := []*pen{ana}
		for len(pens) < 200 && len(w.changes)+3 <= n {
			pens = append(pens, w.joins(ana, someone(fmt.Sprint("m", len(pens))), Member))
		}
		for i := 0; len(w.changes) < n; i++ {
			switch i % 5 {
			case 0:
				w.does(ana, invites(fmt.Sprint("key", i), Member, 3))
			case 1:
				w.does(ana, &RevokeInvite{w.graph.Heads()[0]})
			case 2:
				w.does(pens[i%len(pens)], &Epoch{Reason: Strike, Carried: make([]byte, 100)})
			case 3:
				w.does(ana, &Policy{Invite: Member, InviteKeeper: Convener})
			case 4:
				w.does(pens[i%len(pens)], &Merge{})
			}
		}
		return w
	})
}

// refold folds the world's changes anew. Signatures of entries are taken as
// verified: that is measured apart.
func (w *world) refold(b testing.TB) *Graph {
	g := New(w.community)
	g.proofs = w.graph.proofs
	for i, c := range w.changes {
		if err := g.Add(c, w.logs[i]); err != nil {
			b.Fatal(err)
		}
	}
	return g
}

// BenchmarkFold5000 is to take at most 50 ms.
func BenchmarkFold5000(b *testing.B) {
	w := longWorld(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		if w.refold(b).Now().Rank(someone("ana").id()) != Founder {
			b.Fatal("no founder")
		}
	}
}

// BenchmarkOneMore is to take at most 1 ms: one change upon 5,000, and the
// state after it.
func BenchmarkOneMore(b *testing.B) {
	w := longWorld(b, 5000)
	ana := w.pen(someone("ana"), 0)
	longer := &world{t: b, community: w.community, graph: w.refold(b), number: 1 << 20}
	g := longer.graph
	for b.Loop() {
		b.StopTimer()
		c := longer.build(ana, ana.last, g.Heads(), KindMerge, Encode(&Merge{}))
		ana.last = c
		b.StartTimer()
		if err := g.Add(c, ana.log); err != nil {
			b.Fatal(err)
		}
		g.Now().Authority()
	}
}

// BenchmarkBackDated adds a change that stands on the genesis alone, and folds
// the two heads: the worst that one change can do.
func BenchmarkBackDated(b *testing.B) {
	w := longWorld(b, 5000)
	ana := w.pen(someone("ana"), 0)
	late := w.build(ana, nil, []protocol.ChangeID{protocol.ChangeID(w.community)}, KindRevokeInvite, Encode(&RevokeInvite{w.changes[2].ID}))
	for b.Loop() {
		b.StopTimer()
		g := w.refold(b)
		b.StartTimer()
		if err := g.Add(late, ana.log); err != nil {
			b.Fatal(err)
		}
		g.Now()
	}
}

// BenchmarkContentRank asks as the fold of a document does, change by change.
func BenchmarkContentRank(b *testing.B) {
	w := longWorld(b, 5000)
	s := w.graph.Now()
	c := Content{Device: someone("m7").devices[0].ID(), Heads: []protocol.ChangeID{w.changes[4000].ID}}
	for b.Loop() {
		if s.ContentRank(c) != Member {
			b.Fatal("rank")
		}
	}
}

// BenchmarkEntryProof is the signatures of one admission.
func BenchmarkEntryProof(b *testing.B) {
	w, ana := found(b, someone("ana"))
	e := w.entry(w.does(ana, invites("key", Member, 1)), "key", someone("ben"), 0)
	for b.Loop() {
		if _, err := e.Verify(w.community, inviteKey("key").Public()); err != nil {
			b.Fatal(err)
		}
	}
}

// A hostile graph, wide and never narrow, costs no more than its square.
func BenchmarkLadder(b *testing.B) {
	w, ana := found(b, someone("ana"))
	pens := make([]*pen, 8)
	tips := make([]protocol.ChangeID, 8)
	for i := range pens {
		pens[i], tips[i] = w.pen(ana.who, 0), w.graph.Heads()[0]
	}
	for i := range 2000 {
		at := i % 8
		heads := []protocol.ChangeID{tips[at], tips[(at+3)%8]}
		if heads[0] == heads[1] {
			heads = heads[:1]
		}
		tips[at] = w.doesOn(pens[at], heads, &Merge{})
	}
	b.ResetTimer()
	for b.Loop() {
		w.refold(b).Now()
	}
}
