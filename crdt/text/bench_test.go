package text

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// history returns the changes of a sequential trace, one an edit, or of a
// generated history of the same nature.
func history(tb testing.TB, name string) (changes []Change, end string) {
	var s sequential
	if !readTrace(tb, name, &s) {
		s = generate(20_000, 1)
	}
	return chained(s), s.EndContent
}

func chained(s sequential) (changes []Change) {
	var parents []ID
	for _, txn := range s.Txns {
		for _, p := range txn.Patches {
			c := Change{ID: idOf("a", len(changes)), Parents: parents, Edits: []Edit{p.edit()}}
			changes, parents = append(changes, c), []ID{c.ID}
		}
	}
	return changes
}

// generate writes a text as people do: runs of typing, backspaces, jumps, a
// paste; letters of every width.
func generate(edits int, seed uint64) (s sequential) {
	r := rand.New(rand.NewPCG(seed, seed))
	letters := []rune("etaoin shrdlu\n" + "äß" + "木林" + "🌳")
	var text []rune
	pos := 0
	for range edits {
		p := patch{Pos: pos}
		switch k := r.IntN(100); {
		case k < 3:
			p.Pos = r.IntN(len(text) + 1)
			fallthrough
		case k < 80:
			n := 1
			if k == 50 {
				n = r.IntN(200)
			}
			for range n {
				p.Ins += string(letters[r.IntN(len(letters))])
			}
		default:
			p.Del = min(1, pos)
			p.Pos = pos - p.Del
		}
		ins := []rune(p.Ins)
		text = append(text[:p.Pos], append(ins, text[p.Pos+p.Del:]...)...)
		pos = p.Pos + len(ins)
		s.Txns = append(s.Txns, struct{ Patches []patch }{[]patch{p}})
	}
	s.EndContent = string(text)
	return s
}

func fold(tb testing.TB, changes []Change) *Text {
	var text Text
	for _, c := range changes {
		if err := text.Apply(c); err != nil {
			tb.Fatal(err)
		}
	}
	return &text
}

// BenchmarkSequential applies each edit of a trace as a change of its own,
// which is both what a writer's node does and what a reader's does.
func BenchmarkSequential(b *testing.B) {
	for _, name := range []string{"automerge-paper", "seph-blog1", "sveltecomponent"} {
		b.Run(name, func(b *testing.B) {
			changes, end := history(b, name)
			b.ReportAllocs()
			for b.Loop() {
				if fold(b, changes).String() != end {
					b.Fatal("another text")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(changes)), "ns/edit")
		})
	}
}

// BenchmarkScale: ten times the history may take twelve times as long.
func BenchmarkScale(b *testing.B) {
	for _, edits := range []int{20_000, 200_000} {
		b.Run(fmt.Sprint(edits), func(b *testing.B) {
			changes := chained(generate(edits, 1))
			for b.Loop() {
				fold(b, changes)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*edits), "ns/edit")
		})
	}
}

// BenchmarkConcurrent merges the whole history of people who wrote at once.
func BenchmarkConcurrent(b *testing.B) {
	for _, name := range []string{"friendsforever-concurrent", "node_nodecc-concurrent"} {
		b.Run(name, func(b *testing.B) {
			changes, end := merged(b, name)
			b.ReportAllocs()
			for b.Loop() {
				if fold(b, changes).String() != end {
					b.Fatal("another text")
				}
			}
		})
	}
}

func merged(tb testing.TB, name string) (changes []Change, end string) {
	var s concurrent
	if !readTrace(tb, name, &s) {
		return branches(1000, 20)
	}
	for i, txn := range s.Txns {
		c := Change{ID: idOf(fmt.Sprintf("%04d", txn.Agent), i)}
		for _, p := range txn.Parents {
			c.Parents = append(c.Parents, changes[p].ID)
		}
		for _, p := range txn.Patches {
			c.Edits = append(c.Edits, p.edit())
		}
		changes = append(changes, c)
	}
	return changes, s.EndContent
}

// branches lets two people type n letters each, one at the front and one at
// the end, meeting after every few.
func branches(n, meet int) (changes []Change, end string) {
	var heads []ID
	a, b := "", ""
	for range n / meet {
		one, two := heads, heads
		front, back := "", ""
		for range meet {
			c := Change{ID: idOf("a", len(changes)), Parents: one, Edits: []Edit{{Pos: len(front), Ins: "a"}}}
			front += "a"
			d := Change{ID: idOf("b", len(changes)+1), Parents: two, Edits: []Edit{{Pos: len(a) + len(b) + len(back), Ins: "b"}}}
			back += "b"
			changes = append(changes, c, d)
			one, two = []ID{c.ID}, []ID{d.ID}
		}
		a, b = front+a, b+back
		heads = []ID{one[0], two[0]}
	}
	return changes, a + b
}

func BenchmarkLoad(b *testing.B) {
	changes, end := history(b, "automerge-paper")
	saved, err := fold(b, changes).AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(saved)), "bytes")
	for b.Loop() {
		text, err := Load(saved)
		if err != nil || text.String() != end {
			b.Fatal("another text")
		}
	}
}
