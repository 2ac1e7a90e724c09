package node

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

var digestSeed = flag.Uint64("digest.seed", 0, "replay a failing run of the digest")

// reader keeps what one person was told.
type reader struct {
	*Node
	member protocol.MemberID
	told   map[protocol.ChangeID]int
}

func (r *reader) c() *community { return r.opened()[0] }

// digests has a person told what is new, and counts each change that was in it.
func (s *story) digests(r *reader) {
	s.Helper()
	s.act(r.Node, func() error {
		was, err := r.c().seen()
		if err != nil {
			return err
		}
		h := &hearing{c: r.c(), ctx: s.Context()}
		if err := h.after(was); err != nil {
			return err
		}
		for _, n := range h.news {
			for _, step := range n.History {
				if step.New {
					r.told[step.Change]++
				}
			}
		}
		d, err := r.Digest(s.Context(), none, api.Digestion{Seen: true})
		listed := map[string]bool{}
		for _, part := range [][]api.Told{d.ForMe, d.Changed, d.InMyAreas, d.Arrivals} {
			for _, t := range part {
				if listed[t.ID] || t.What == "" {
					s.Errorf("%s stands twice, or says nothing: %+v", t.ID, t)
				}
				listed[t.ID] = true
			}
		}
		if len(listed)+d.Rest != len(h.news) {
			s.Errorf("%d documents listed and %d counted, of %d in which something is new", len(listed), d.Rest, len(h.news))
		}
		return err
	})
}

// acts does one random thing, or is refused.
func (r *reader) acts(t *testing.T, g *rand.Rand, ids *[]string, n int) error {
	ctx := t.Context()
	some := func() string {
		if len(*ids) == 0 {
			return "me"
		}
		return (*ids)[g.IntN(len(*ids))]
	}
	add := func(made api.Made, err error) error {
		if err == nil {
			*ids = append(*ids, made.ID)
		}
		return nil // what may not be is refused
	}
	text := fmt.Sprintf("text %d of %d", g.IntN(1000), n)
	switch g.IntN(10) {
	case 0, 1:
		kind := []string{"way", "story", "question"}[g.IntN(3)]
		return add(r.New(ctx, none, api.Draft{Kind: kind, Title: text, Body: text}))
	case 2, 3:
		_, err := r.Edit(ctx, none, some(), api.Rewrite{Text: text})
		return add(api.Made{}, err)
	case 4:
		return add(r.Answer(ctx, none, some(), api.Answering{Body: text}))
	case 5, 6:
		return add(r.Comment(ctx, none, some(), api.Commenting{Body: text}))
	case 7:
		mark := []string{"thanks", "metoo", "try"}[g.IntN(3)]
		_, err := r.Mark(ctx, none, some(), api.Mark{Mark: mark, Undo: g.IntN(3) == 0})
		return add(api.Made{}, err)
	case 8:
		_, err := r.Introduce(ctx, none, api.Introduction{Does: text})
		return add(api.Made{}, err)
	}
	_, err := r.Withdraw(ctx, none, some())
	return add(api.Made{}, err)
}

// Every change of others that shows is told once over a person's digests, and
// no change twice, however people write apart and come together.
func TestDigestTellsEverythingOnce(t *testing.T) {
	seed := *digestSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with -digest.seed %d", seed)
	g := rand.New(rand.NewPCG(seed, 1))
	s := newStory(t)
	ana, ben := s.node(), s.node()
	s.founds(ana, "Bakers")
	var ids []string
	people := []*reader{{Node: ana, told: map[protocol.ChangeID]int{}}, {Node: ben, told: map[protocol.ChangeID]int{}}}
	s.act(ana, func() error { return people[0].acts(t, g, &ids, 0) })
	at := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	s.Set(at.Add(time.Hour))
	if err := s.joins(ben, s.invites(ana, none), "Ben"); err != nil {
		t.Fatal(err)
	}
	for i := range people {
		people[i].member = people[i].c().persona.Member
	}
	for round := range 8 {
		at = at.Add(26 * time.Hour)
		s.Set(at)
		for n := range 10 {
			r := people[g.IntN(2)]
			if err := s.Act(t.Context(), r.Node, true, func() error { return r.acts(t, g, &ids, n) }); err != nil {
				t.Fatal(err)
			}
		}
		if round%2 == g.IntN(2) { // sometimes somebody reads before she hears of it
			s.digests(people[g.IntN(2)])
		}
		if _, err := s.Together(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, r := range people {
			s.digests(r)
		}
	}
	for _, r := range people {
		s.complete(r)
	}
}

// complete checks what a person was told against all that shows.
func (s *story) complete(r *reader) {
	s.Helper()
	expected := 0
	var failed error
	err := r.c().ask(s.Context(), func(rep *replica.Replica) {
		admission := admissionOf(rep, r.member)
		failed = r.c().store.Documents(protocol.DocumentID{}, func(id protocol.DocumentID) error {
			d, err := rep.Document(id)
			if errors.Is(err, replica.ErrUnknown) {
				return nil // the control log's
			}
			if err != nil {
				return err
			}
			for _, step := range d.History {
				mine := step.Author == r.member
				if n := r.told[step.Change]; n > 1 || mine && n > 0 {
					s.Errorf("a change of %s was told %d times", d.ID, n)
				}
				knew, err := rep.Knew(step.Change, admission)
				if err != nil {
					return err
				}
				if knew && !mine && d.Folded != nil && slices.Contains(step.Takes, true) {
					if expected++; r.told[step.Change] == 0 {
						s.Errorf("a change of %q was never told", d.Folded.Title)
					}
				}
			}
			return nil
		})
	})
	if err := errors.Join(err, failed); err != nil {
		s.Fatal(err)
	}
	if expected < 10 {
		s.Errorf("only %d changes were there to be told", expected)
	}
}

func admissionOf(r *replica.Replica, who protocol.MemberID) protocol.ChangeID {
	for _, m := range r.State().Members() {
		if m.ID == who {
			return m.Admissions[0]
		}
	}
	return protocol.ChangeID{}
}

// What has no effect when it comes is not told, and kept in mind.
func TestDigestKeepsInMindWhatIsVoid(t *testing.T) {
	s := newStory(t)
	ana, ben := s.node(), s.node()
	s.founds(ana, "Bakers")
	if err := s.joins(ben, s.invites(ana, none), "Ben"); err != nil {
		t.Fatal(err)
	}
	r := &reader{Node: ana, told: map[protocol.ChangeID]int{}}
	s.digests(r)
	if err := s.Act(t.Context(), ben, true, func() error {
		_, err := ben.New(t.Context(), none, api.Draft{Kind: "way", Title: "Written apart"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Act(t.Context(), ana, true, func() error {
		_, err := ana.SetRank(t.Context(), none, "Ben", api.Ranking{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Together(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(r.told)
	s.digests(r)
	seen := must[*seenFile](t)(r.c().seen())
	if len(seen.Untold) != 1 || len(r.told) != before {
		t.Errorf("%+v, %d told", seen, len(r.told)-before)
	}
}

// Telling 200 new changes takes no time to speak of, whatever is here.
func BenchmarkDigest(b *testing.B) {
	v := NewVillage()
	defer func() {
		if err := v.Close(); err != nil {
			b.Error(err)
		}
	}()
	ctx := b.Context()
	open := func() *Node {
		n, err := v.Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	ana, ben := open(), open()
	v.Set(time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC))
	check(v.Act(ctx, ana, false, func() error {
		_, err := ana.Found(ctx, none, api.Founding{Name: "Bakers", Concern: "bread", As: "Ana", Commitment: "I bake and tell"})
		return err
	}))
	var invited api.Invited
	check(v.Act(ctx, ana, false, func() (err error) {
		invited, err = ana.Invite(ctx, none, api.Invitation{})
		return err
	}))
	check(v.Act(ctx, ben, false, func() error {
		_, err := ben.Join(ctx, none, api.Joining{Invite: invited.Invite, As: "Ben", Commitment: "I come to learn"})
		return err
	}))
	write := func(n int) {
		check(v.Act(ctx, ben, false, func() error {
			for i := range n {
				if _, err := ben.New(ctx, none, api.Draft{Kind: "way", Title: fmt.Sprint("Way ", i), Body: "Let it rest."}); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err := v.Together(ctx)
		check(err)
	}
	write(1000)
	_, err := ana.Digest(ctx, none, api.Digestion{Seen: true})
	check(err)
	write(200)
	for b.Loop() {
		d, err := ana.Digest(ctx, none, api.Digestion{})
		check(err)
		if d.Rest != 200 {
			b.Fatalf("%d of 200", d.Rest)
		}
	}
}
