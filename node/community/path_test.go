package community_test

import (
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/protocol"
)

func choice(sort community.Sort, n byte) community.Choice {
	return community.Choice{Sort: sort, Item: protocol.DocumentID{n}}
}

func read(p community.Path) (ids []byte) {
	for _, c := range p.Read {
		ids = append(ids, c.Item[0])
	}
	return ids
}

func met(p community.Path) (ids []byte) {
	for _, id := range p.Meet {
		ids = append(ids, id[0])
	}
	return ids
}

// without keeps all of a path but some.
func without(some ...byte) community.Keeping {
	return community.Keeping{
		Item:   func(id protocol.DocumentID) bool { return !slices.Contains(some, id[0]) },
		Person: func(id protocol.MemberID) bool { return !slices.Contains(some, id[0]) },
		Come:   func(id protocol.DocumentID) bool { return !slices.Contains(some, id[0]) },
	}
}

func TestAPathIsOfManySorts(t *testing.T) {
	o := community.Offers{Read: []community.Choice{
		choice(community.ReadStarter, 1), choice(community.ReadStarter, 2), choice(community.ReadCharter, 3), choice(community.ReadStory, 1),
		choice(community.ReadStory, 4), choice(community.ReadStory, 5), choice(community.ReadWay, 6), choice(community.ReadQuestion, 7),
	}}
	p := community.Path{}.Filled(o, without())
	if got := read(p); !slices.Equal(got, []byte{1, 2, 3, 4, 6}) {
		t.Errorf("she reads %v", got)
	}
	if again := p.Filled(o, without()); !slices.Equal(read(again), read(p)) {
		t.Errorf("asked again, %v", read(again))
	}
	o.Read = append([]community.Choice{choice(community.ReadStarter, 9)}, o.Read...)
	if got := read(p.Filled(o, without(3))); !slices.Equal(got, []byte{1, 2, 4, 6, 9}) {
		t.Errorf("with one gone and one more that is better: %v", got)
	}
	few := community.Offers{Read: []community.Choice{choice(community.ReadStory, 1), choice(community.ReadStory, 2)}}
	if got := read(community.Path{}.Filled(few, without())); !slices.Equal(got, []byte{1, 2}) {
		t.Errorf("where there is little: %v", got)
	}
}

func TestOneOfTheTwoIsNear(t *testing.T) {
	someone := func(n byte, near bool) community.Neighbour {
		return community.Neighbour{Who: protocol.MemberID{n}, Near: near}
	}
	for _, c := range []struct {
		offered []community.Neighbour
		want    []byte
	}{
		{[]community.Neighbour{someone(1, false), someone(2, false), someone(3, true)}, []byte{1, 3}},
		{[]community.Neighbour{someone(1, true), someone(2, true), someone(3, false)}, []byte{3, 1}},
		{[]community.Neighbour{someone(1, false), someone(2, false)}, []byte{1, 2}},
		{[]community.Neighbour{someone(1, true), someone(2, true)}, []byte{1, 2}},
		{[]community.Neighbour{someone(1, true)}, []byte{1}},
		{nil, nil},
	} {
		p := community.Path{}.Filled(community.Offers{Meet: c.offered}, without())
		if got := met(p); !slices.Equal(got, c.want) {
			t.Errorf("of %v she meets %v", c.offered, got)
		}
	}
	all := []community.Neighbour{someone(1, false), someone(2, false), someone(3, true), someone(4, true)}
	p := community.Path{}.Filled(community.Offers{Meet: all}, without())
	if got := met(p.Filled(community.Offers{Meet: []community.Neighbour{all[0], all[1], all[3]}}, without(3))); !slices.Equal(got, []byte{1, 4}) {
		t.Errorf("when the near one is away: %v", got)
	}
}

// Not all who come are given the same to do, and what fits comes first.
func TestSmallThingsAreSpread(t *testing.T) {
	var all []community.Small
	for _, sort := range []community.Sort{community.DoWord, community.DoMeToo, community.DoConfirm, community.DoNotes, community.DoAsk} {
		all = append(all, community.Small{Choice: choice(sort, 1)})
	}
	first := map[community.Sort]bool{}
	for n := range byte(50) {
		who := protocol.MemberID{n}
		got := community.Spread(who, all)
		if fmt.Sprint(got) != fmt.Sprint(community.Spread(who, got)) {
			t.Error("it depends on the order they are given in")
		}
		first[got[0].Sort] = true
	}
	if len(first) != len(all) {
		t.Errorf("fifty newcomers begin with %v alone", first)
	}
	all[3].Fits = true
	if got := community.Spread(protocol.MemberID{7}, all); got[0].Sort != community.DoNotes {
		t.Errorf("what fits is %v", got)
	}
}
