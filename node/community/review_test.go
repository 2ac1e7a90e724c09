package community_test

import (
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
)

const wayKind = 3

func stale(facts ...*envelope.Facts) (ids []byte) {
	for _, s := range community.StaleOf(facts, envelope.Group(facts), wayKind, 12, noon) {
		ids = append(ids, s.ID[1])
	}
	return ids
}

// A day of its own, a year, a good word and a doubt: each moves when a way wants
// to be looked at again.
func TestWhatWantsToBeLookedAtAgain(t *testing.T) {
	ana, ben := person(1, "Ana"), person(2, "Ben")
	by := func(day string) func(*envelope.Facts) { return func(f *envelope.Facts) { f.ReviewBy = day } }
	shelved := func(f *envelope.Facts) { f.Shelved = true }
	got := stale(
		document(1, ana, 400),
		document(2, ana, 364),
		document(3, ana, 900, did(envelope.Reviewed, ben, 30)),
		document(4, ana, 10, by("2024-10-03")),
		document(5, ana, 10, by("2024-10-04")),
		document(6, ana, 900, by("2024-09-01"), did(envelope.Reviewed, ben, 20)),
		document(7, ana, 900, by("2024-09-25"), did(envelope.Reviewed, ben, 20)),
		document(8, ana, 10, did(envelope.Doubted, ben, 2)),
		document(9, ana, 10, did(envelope.Doubted, ben, 2), did(envelope.Reviewed, ana, 1)),
		document(10, ana, 10, did(envelope.Reviewed, ana, 2), did(envelope.Retired, ben, 1)),
		document(11, ana, 900, shelved),
	)
	if want := []byte{1, 7, 8, 4, 10}; !slices.Equal(got, want) {
		t.Errorf("%v want to be looked at, not %v", got, want)
	}
}

func reviewers(people *community.People, known []*community.Known, facts ...*envelope.Facts) (who []string) {
	all := community.StaleOf(facts, envelope.Group(facts), wayKind, 12, noon)
	for _, d := range community.Duties(people, facts, community.Reviews(people, facts, known, all, noon), noon) {
		who = append(who, d.Person.Name)
	}
	slices.Sort(who)
	return who
}

// Who knows the area is asked, and not whose it is or who doubts it, as long as
// there is another; nobody for more than three.
func TestAReviewFallsToWhoKnowsTheArea(t *testing.T) {
	ana := person(1, "Ana", helps(cold))
	ben := person(2, "Ben", helps(cold))
	cem := person(3, "Cem", learns(cold))
	people := community.NewPeople([]*community.Person{ana, ben, cem})
	known := community.Knowledge(people, nil)
	for _, c := range []struct {
		what string
		way  *envelope.Facts
		want string
	}{
		{"Ana's way falls to Ben", document(1, ana, 400, in(cold)), "Ben"},
		{"what Ben doubts falls to Ana, whose it is", document(2, ana, 10, in(cold), did(envelope.Doubted, ben, 1)), "Ana"},
		{"a learner's way falls to who knows", document(3, cem, 10, in(cold), did(envelope.Doubted, ana, 1)), "Ben"},
	} {
		if got := reviewers(people, known, c.way); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	if got := reviewers(people, known, document(4, ana, 400, in(arms))); len(got) != 1 || got[0] == "Ana" {
		t.Errorf("an area nobody knows: %v", got)
	}
	var many []*envelope.Facts
	for n := range byte(30) {
		many = append(many, document(n, ana, 400, in(cold)))
	}
	if got := reviewers(people, known, many...); !slices.Equal(got, []string{"Ben", "Ben", "Ben"}) {
		t.Errorf("thirty ways: %v", got)
	}
}
