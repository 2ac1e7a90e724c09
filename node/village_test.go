package node

import (
	"errors"
	"testing"
	"time"

	"coppice.example/node/api"
)

// story is a village under test.
type story struct {
	*world
	*Village
	homes map[*Node]string
}

func newStory(t *testing.T) *story {
	s := &story{&world{t, newSwitchboard()}, NewVillage(), map[*Node]string{}}
	s.Set(time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC))
	t.Cleanup(func() {
		if err := s.Village.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *story) node() *Node {
	s.Helper()
	home := s.TempDir()
	n, err := s.Open(home)
	if err != nil {
		s.Fatal(err)
	}
	s.homes[n] = home
	return n
}

// act has somebody do what must succeed.
func (s *story) act(n *Node, do func() error) {
	s.Helper()
	if err := s.Act(s.Context(), n, false, do); err != nil {
		s.Fatal(err)
	}
}

func (s *story) founds(n *Node, name string) api.Call {
	s.Helper()
	var out api.Founded
	s.act(n, func() (err error) {
		out, err = n.Found(s.Context(), none, api.Founding{Name: name, Concern: "bread that keeps", As: "founder of " + name, Commitment: "I bake"})
		return err
	})
	return api.Call{Community: out.Community}
}

func (s *story) invites(n *Node, call api.Call) (out api.Invited) {
	s.Helper()
	s.act(n, func() (err error) {
		out, err = n.Invite(s.Context(), call, api.Invitation{})
		return err
	})
	return out
}

func (s *story) joins(n *Node, invited api.Invited, as string) error {
	return s.Act(s.Context(), n, false, func() error {
		joined, err := n.Join(s.Context(), none, api.Joining{Invite: invited.Invite, As: as, Commitment: "I come to learn"})
		if err == nil && joined.State != api.StateJoined {
			err = errors.New(joined.WaitingFor)
		}
		return err
	})
}

func (s *story) writes(n *Node, call api.Call, title string) (out api.Made) {
	s.Helper()
	s.act(n, func() (err error) {
		out, err = n.New(s.Context(), call, api.Draft{Kind: "way", Title: title})
		return err
	})
	return out
}

// reads returns the title of what somebody must be able to read.
func (s *story) reads(n *Node, call api.Call, id string) (title string) {
	s.Helper()
	s.act(n, func() error {
		d, err := n.Show(s.Context(), call, id)
		title = d.Title
		return err
	})
	return title
}

// What nodes do by themselves, such as to let somebody in, is done by the
// village's clock too.
func TestVillageClock(t *testing.T) {
	s := newStory(t)
	ana, ben, cleo := s.node(), s.node(), s.node()
	call := s.founds(ana, "Bakers")
	first, second := s.invites(ana, call), s.invites(ana, call)
	s.Set(time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC))
	if err := s.joins(ben, first, "Ben"); err != nil {
		t.Fatalf("within an invite's fourteen days: %v", err)
	}
	s.Set(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC))
	if err := s.joins(cleo, second, "Cleo"); !errors.Is(err, api.ErrRefused) {
		t.Errorf("after them: %v", err)
	}
	made := s.writes(ben, call, "Rest the dough")
	s.act(ana, func() error {
		d, err := ana.Show(t.Context(), call, made.ID)
		if want := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC); !d.Created.Equal(want) {
			t.Errorf("written at %v, not %v", d.Created, want)
		}
		return err
	})
}

// Who is in two communities hears of both, whoever spoke last in them.
func TestVillageOfTwoCommunities(t *testing.T) {
	s := newStory(t)
	ana, ben, cleo := s.node(), s.node(), s.node()
	bakers := s.founds(ana, "Bakers")
	millers := s.founds(ben, "Millers")
	if err := s.joins(cleo, s.invites(ana, bakers), "Cleo"); err != nil {
		t.Fatal(err)
	}
	if err := s.joins(cleo, s.invites(ben, millers), "Cleo"); err != nil {
		t.Fatal(err)
	}
	dough, stone := s.writes(ana, bakers, "Rest the dough"), s.writes(ben, millers, "Dress the stone")
	if got := s.reads(cleo, bakers, dough.ID); got != "Rest the dough" {
		t.Errorf("of the bakers Cleo reads %q", got)
	}
	if got := s.reads(cleo, millers, stone.ID); got != "Dress the stone" {
		t.Errorf("of the millers Cleo reads %q", got)
	}
	hashes, err := s.Together(t.Context())
	if err != nil || len(hashes) != 2 || hashes[0].Community != bakers.Community || hashes[1].Community != millers.Community {
		t.Errorf("%v, %v", hashes, err)
	}
}

// A home that was played is one on which an ordinary node runs, and meets the
// others of its community.
func TestVillageHomesAreOrdinary(t *testing.T) {
	s := newStory(t)
	ana, ben := s.node(), s.node()
	call := s.founds(ana, "Bakers")
	if err := s.joins(ben, s.invites(ana, call), "Ben"); err != nil {
		t.Fatal(err)
	}
	made := s.writes(ben, call, "Rest the dough")
	hashes := must[[]api.StateHash](t)(s.Together(t.Context()))
	if err := s.Village.Close(); err != nil {
		t.Fatal(err)
	}
	ana, ben = s.up(s.homes[ana]), s.up(s.homes[ben])
	if got := must[api.StateHash](t)(ana.StateHash(t.Context(), none)); got != hashes[0] {
		t.Errorf("opened again it is %v, not %v", got, hashes[0])
	}
	if got := s.show(ana, made.ID).Title; got != "Rest the dough" {
		t.Errorf("Ana reads %q", got)
	}
	must[api.Connected](t)(ben.Connect(t.Context(), none, api.Connecting{Address: ana.net.addrs()[0]}))
	s.way(ana, "Fold it twice", "")
	s.same(ana, ben)
	occupied, err := Occupied(ana.home.dir)
	if err != nil || !occupied {
		t.Errorf("a home with a community: %v, %v", occupied, err)
	}
	occupied, err = Occupied(t.TempDir())
	if err != nil || occupied {
		t.Errorf("an empty directory: %v, %v", occupied, err)
	}
}
