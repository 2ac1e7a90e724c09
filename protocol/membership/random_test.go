package membership

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"coppice.example/protocol"
	"pgregory.net/rapid"
)

// TestAgainstNaive compares every state asked for with a second implementation
// that shares nothing with the first but the codec; rapid makes a failure small.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t, true, func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(rt, label) })
		s.check(rt, rapid.IntRange(4, 26).Draw(rt, "turns"))
	})
}

// TestAgainstNaiveBySeeds does the same for COPPICE_SEEDS histories (20,000
// unless told), drawn evenly, the first by COPPICE_SEED. Most are short, since
// short ones show most faults and are read easily; one in 40 is long, and in
// one in 50 every entry is signed and verified.
func TestAgainstNaiveBySeeds(t *testing.T) {
	histories, changes := 0, 0
	for seed := range seeds(t, 20_000, 200) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := newStory(t, seed%50 == 0, func(n int, _ string) int { return r.IntN(n) })
		turns := 3 + r.IntN(10)
		switch n := r.IntN(40); {
		case n == 0:
			turns = 25 + r.IntN(25)
		case n < 8:
			turns = 12 + r.IntN(14)
		}
		s.check(bySeed{t, seed}, turns)
		histories++
		changes += len(s.changes)
	}
	t.Logf("%d histories of %d changes", histories, changes)
}

// bySeed says with every failure how to see it again.
type bySeed struct {
	t    testing.TB
	seed uint64
}

func (b bySeed) Fatal(args ...any) {
	b.t.Helper()
	b.t.Fatalf("%s\nCOPPICE_SEED=%d COPPICE_SEEDS=1 replays it", fmt.Sprint(args...), b.seed)
}

func (b bySeed) Fatalf(format string, args ...any) {
	b.t.Helper()
	b.Fatal(fmt.Sprintf(format, args...))
}

// seeds yields n seeds from 1, few of them in a short test, or as the
// environment says.
func seeds(t testing.TB, n, few uint64) iter.Seq[uint64] {
	if testing.Short() {
		n = few
	}
	first := fromEnvironment(t, "COPPICE_SEED", 1)
	last := first + fromEnvironment(t, "COPPICE_SEEDS", n)
	return func(yield func(uint64) bool) {
		for seed := first; seed < last && yield(seed); seed++ {
		}
	}
}

func fromEnvironment(t testing.TB, name string, otherwise uint64) uint64 {
	said, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseUint(said, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// failer is a test of either kind.
type failer interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

func (s *story) check(t failer, turns int) {
	for range turns {
		s.turn()
	}
	n := s.naive()
	s.compare(t, n, s.graph.Heads())
	for range 1 + s.under(4, "states") {
		var heads []protocol.ChangeID
		for range 1 + s.under(4, "heads") {
			heads = append(heads, pick(s, s.changes, "head").ID)
		}
		s.compare(t, n, heads)
	}
	if s.flip("replay") {
		s.replay(t)
	}
}

// naive tells the second implementation the story.
func (s *story) naive() *naive {
	n := newNaive(s.community)
	n.vouched = s.vouched
	for i, c := range s.changes {
		n.take(c, s.logs[i])
	}
	return n
}

func (s *story) compare(rt failer, n *naive, heads []protocol.ChangeID) {
	state, err := s.graph.At(heads)
	if err != nil {
		rt.Fatal(err)
	}
	all := n.closure(heads)
	eff := n.fold(all)
	for i, c := range s.changes {
		if got := state.Effective(c.ID); got != n.does(eff, c.ID) {
			rt.Fatalf("change %d effective: %v, naive %v (reason %v)\n%s", i, got, !got, state.Reason(c.ID), s.describe(n))
		}
		if got := s.graph.InPast(c.ID, heads); got != all[c.ID] {
			rt.Fatalf("change %d in past: %v, naive %v", i, got, all[c.ID])
		}
	}
	for at, name := range people {
		who := someone(name)
		if got, want := state.Rank(who.id()), n.rank(eff, who.id()); got != want {
			rt.Fatalf("rank of %s: %s, naive %s", name, got, want)
		}
		for i, d := range who.devices {
			if got, want := state.Active(d.ID()), n.active(eff, d.ID()); got != want {
				rt.Fatalf("device %d of %s active: %v, naive %v", i, name, got, want)
			}
			s.compareContent(rt, n, state, eff, d.ID(), at)
		}
	}
	if got, want := state.Policy(), n.policy(eff); got != want {
		rt.Fatalf("policy %+v, naive %+v", got, want)
	}
	if _, _, due := state.NeedsEpoch(); state.covered != n.covered(eff) || !due && !state.covered {
		rt.Fatalf("covered %v, naive %v", state.covered, n.covered(eff))
	}
	for _, r := range state.Redactions() {
		if r.Moderates != eff[part{r.ID, 1}] {
			rt.Fatalf("redaction %s moderates: %v", r.ID, r.Moderates)
		}
	}
}

// compareContent asks for the rank of a content change of the device at random
// heads and a random place in its log.
func (s *story) compareContent(rt failer, n *naive, state *State, eff parts, device protocol.DeviceID, log int) {
	place := byte(s.under(4, "place"))
	c := Content{
		Device: device, Log: contentLog(log), Heads: []protocol.ChangeID{pick(s, s.changes, "written at").ID},
		Before: func(kept protocol.ChangeID) bool { return place <= kept[0] },
	}
	if got, want := state.ContentRank(c), n.contentRank(eff, c); got != want {
		rt.Fatalf("content rank %s, naive %s", got, want)
	}
}

// replay adds the changes to a fresh graph in another causal order, some
// twice: nothing may differ.
func (s *story) replay(rt failer) {
	g := New(s.community)
	g.proofs = s.graph.proofs
	left := make([]int, len(s.changes))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		at := s.under(len(left), "next")
		for ; ; at = (at + 1) % len(left) {
			c := s.changes[left[at]]
			err := g.Add(c, s.logs[left[at]])
			if err == nil {
				break
			}
		}
		again := pick(s, s.changes, "again")
		if g.Has(again.ID) {
			if err := g.Add(again, protocol.LogRef{}); err != nil {
				rt.Fatal(err)
			}
		}
		left = slices.Delete(left, at, at+1)
	}
	was, is := s.graph.Now(), g.Now()
	if was.Authority() != is.Authority() {
		rt.Fatalf("authority differs with the order of arrival")
	}
	if a, b := fmt.Sprintf("%v %v %v %v", was.Members(), was.Epochs(), was.Invites(), was.EndsAccess()), fmt.Sprintf("%v %v %v %v", is.Members(), is.Epochs(), is.Invites(), is.EndsAccess()); len(a) != len(b) {
		rt.Fatalf("views differ with the order of arrival:\n%s\n%s", a, b)
	}
	for _, c := range s.changes {
		if a, b := was.Reason(c.ID), is.Reason(c.ID); fmt.Sprint(a) != fmt.Sprint(b) {
			rt.Fatalf("reason of %s: %v or %v by the order of arrival", c.ID, a, b)
		}
		if was.Verdict(s.logs[0].Device) != is.Verdict(s.logs[0].Device) {
			rt.Fatal("verdicts differ")
		}
	}
}
