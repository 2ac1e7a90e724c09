package protocol_test

import (
	"crypto/ed25519"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	. "coppice.example/protocol"
)

// keys looks the device of a log up among the pens.
func keys(pens ...*pen) func(LogRef) (ed25519.PublicKey, bool) {
	return func(log LogRef) (ed25519.PublicKey, bool) {
		for _, p := range pens {
			if p.log.ID == log.ID {
				return p.public(), true
			}
		}
		return nil, false
	}
}

// broken returns the run with a seal that does not verify.
func broken(r *Run) *Run {
	bad := *r
	bad.Seal = flipped(r.Seal, 1)
	return &bad
}

// fork writes n changes after another one of the log.
func (p *pen) fork(after *Change, n int) (branch []*Change) {
	at := *p
	at.last = after
	for range n {
		branch = append(branch, at.write(insert(0, "other ")))
	}
	return branch
}

func TestAPageIsVouchedForByItsLastSeals(t *testing.T) {
	w, ctl := found()
	p, c := w.scribe(8)
	q := newPen(w, 3, Content)
	hers := []*Change{q.write(insert(0, "a")), q.write(insert(1, "b"))}
	branch := p.fork(c[3], 2)
	known := keys(ctl, p, q)

	for name, v := range map[string]struct {
		page []*Run
		want []Standing
	}{
		"one run":                       {[]*Run{p.seal(c[:3]...)}, []Standing{Sealed}},
		"three runs of a log":           {[]*Run{p.seal(c[:3]...), p.seal(c[3:5]...), p.seal(c[5:]...)}, []Standing{Reached, Reached, Sealed}},
		"earlier seals are passed over": {[]*Run{broken(p.seal(c[:3]...)), p.seal(c[3:]...)}, []Standing{Reached, Sealed}},
		"the last seal is bad":          {[]*Run{p.seal(c[:3]...), broken(p.seal(c[3:]...))}, []Standing{Sealed, Refused}},
		"every seal is bad":             {[]*Run{broken(p.seal(c[:3]...)), broken(p.seal(c[3:]...))}, []Standing{Refused, Refused}},
		"two logs":                      {[]*Run{p.seal(c[:3]...), q.seal(hers...), p.seal(c[3:]...)}, []Standing{Reached, Sealed, Sealed}},
		"a seal of one log says nothing of another": {[]*Run{broken(q.seal(hers...)), p.seal(c...)}, []Standing{Refused, Sealed}},
		"a device not known":                        {[]*Run{newPen(w, 4, Content).alone()}, []Standing{Unknown}},
		"a fork, both tips sealed":                  {[]*Run{p.seal(c[:4]...), p.seal(c[4:]...), p.seal(branch...)}, []Standing{Reached, Sealed, Sealed}},
		"a true log and an unsigned branch":         {[]*Run{p.seal(c[:4]...), p.seal(c[4:]...), broken(p.seal(branch...))}, []Standing{Reached, Sealed, Refused}},
		"an unsigned log and a true branch":         {[]*Run{p.seal(c[:4]...), broken(p.seal(c[4:]...)), p.seal(branch...)}, []Standing{Reached, Refused, Sealed}},
		"a branch from the middle of a run":         {[]*Run{p.seal(c...), p.seal(branch...)}, []Standing{Sealed, Sealed}},
		"and the run's own end unsigned":            {[]*Run{broken(p.seal(c...)), p.seal(branch...)}, []Standing{Refused, Sealed}},
		"one chain, split differently":              {[]*Run{broken(p.seal(c[:5]...)), broken(p.seal(c[:3]...)), p.seal(c[3:]...)}, []Standing{Reached, Reached, Sealed}},
		"overlapping runs":                          {[]*Run{broken(p.seal(c[:5]...)), p.seal(c[2:7]...)}, []Standing{Reached, Sealed}},
		"one end, two seals":                        {[]*Run{broken(p.seal(c[:5]...)), p.seal(c[2:5]...)}, []Standing{Reached, Sealed}},
		"a gap in the page":                         {[]*Run{broken(p.seal(c[:3]...)), p.seal(c[4:]...)}, []Standing{Refused, Sealed}},
		"nothing":                                   {nil, []Standing{}},
	} {
		if got := VerifyPage(v.page, w.community, known); !reflect.DeepEqual(got, v.want) {
			t.Errorf("%s: %v, not %v", name, got, v.want)
		}
	}
	theirs := VerifyPage([]*Run{p.seal(c...)}, CommunityID{9}, known)
	if !reflect.DeepEqual(theirs, []Standing{Refused}) {
		t.Error("in another community:", theirs)
	}
}

// alone returns a run of one change that begins the log.
func (p *pen) alone() *Run { return p.seal(p.write(insert(0, "x"))) }

// The verdict against its definition, said naively: a run stands when some
// run whose seal verifies reaches its last change back along previous.
func TestPagesAgainstTheDefinition(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	w, _ := found()
	p, trunk := w.scribe(12)
	branches := [][]*Change{trunk, append(slices.Clone(trunk[:5]), p.fork(trunk[4], 4)...), append(slices.Clone(trunk[:9]), p.fork(trunk[8], 2)...)}
	byID := map[ChangeID]*Change{}
	for _, b := range branches {
		for _, c := range b {
			byID[c.ID] = c
		}
	}
	for range 400 {
		var page []*Run
		for range 1 + random.IntN(6) {
			b := branches[random.IntN(len(branches))]
			from := random.IntN(len(b))
			run := p.seal(b[from : from+1+random.IntN(len(b)-from)]...)
			if random.IntN(2) == 0 {
				run = broken(run)
			}
			page = append(page, run)
		}
		inPage := map[ChangeID]bool{}
		for _, r := range page {
			for _, c := range r.Changes {
				inPage[c.ID] = true
			}
		}
		vouched := map[ChangeID]bool{}
		for _, r := range page {
			if r.Verify(w.community, p.public()) != nil {
				continue
			}
			for id := r.Last().ID; inPage[id]; id = byID[id].Previous {
				vouched[id] = true
			}
		}
		for i, s := range VerifyPage(page, w.community, keys(p)) {
			if (s >= Reached) != vouched[page[i].Last().ID] {
				t.Fatalf("seed %d: run %d stands %v", seed, i, s)
			}
			if s == Sealed && page[i].Verify(w.community, p.public()) != nil {
				t.Fatalf("seed %d: run %d is called sealed", seed, i)
			}
		}
	}
}
