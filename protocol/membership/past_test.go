package membership

import (
	"math/rand/v2"
	"testing"
)

// A set of changes says what a plain map says, however it came about.
func TestPastIsTheSetItSays(t *testing.T) {
	first := fromEnvironment(t, "COPPICE_SEED", 1)
	for seed := first; seed < first+10; seed++ {
		r := rand.New(rand.NewPCG(seed, 2))
		width := 1 + r.IntN(6)
		var sets []past
		var plain []map[int32]bool
		for i := range int32(1 + r.IntN(1500)) {
			set, is := past{}, map[int32]bool{}
			for range 1 + r.IntN(3) {
				if i == 0 {
					break
				}
				from := int(i) - 1 - r.IntN(min(int(i), width))
				if r.IntN(30) == 0 {
					from = r.IntN(int(i))
				}
				set = set.union(sets[from])
				for n := range plain[from] {
					is[n] = true
				}
			}
			sets, plain = append(sets, set.with(i)), append(plain, is)
			is[i] = true
		}
		for range 40 {
			a, b := r.IntN(len(sets)), r.IntN(len(sets))
			holds, common := true, sets[a].common(sets[b])
			for i := range int32(len(sets)) {
				if sets[a].has(i) != plain[a][i] {
					t.Fatalf("COPPICE_SEED=%d: set %d has %d: %v", seed, a, i, sets[a].has(i))
				}
				if w := sets[a].word(i / 64); w>>(i%64)&1 == 1 != plain[a][i] {
					t.Fatalf("COPPICE_SEED=%d: word of set %d at %d", seed, a, i)
				}
				if common.has(i) != (plain[a][i] && plain[b][i]) {
					t.Fatalf("COPPICE_SEED=%d: %d in common of %d and %d: %v", seed, i, a, b, common.has(i))
				}
				holds = holds && (plain[a][i] || !plain[b][i])
			}
			if sets[a].holds(&sets[b]) != holds {
				t.Fatalf("COPPICE_SEED=%d: %d holds %d: %v", seed, a, b, !holds)
			}
			if n := len(between(&past{}, sets[a])); n != len(plain[a]) {
				t.Fatalf("COPPICE_SEED=%d: set %d lists %d of %d", seed, a, n, len(plain[a]))
			}
		}
	}
}
