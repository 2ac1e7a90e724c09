package domain_test

import (
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// club is a charter and the members who count.
type club struct {
	*paper
	members []byte
}

func (c *club) agree(who ...byte) {
	c.t.Helper()
	for _, id := range who {
		c.write(one(id), do("agreed", envelope.DoAdd, "now"))
	}
}

func (c *club) say(by byte, field, text string) {
	c.t.Helper()
	c.write(one(by), do(field, envelope.DoText, text))
}

func (c *club) force() *domain.InForce {
	f := c.fold()
	return domain.Force(c.doc.Versions("agreed"), c.doc.TextsAt(protocol.EntryID{}, c.doc.Wording(protocol.EntryID{})), domain.QuorumOf(f), len(c.members),
		func(id protocol.MemberID) (protocol.MemberID, bool) { return id, slices.Contains(c.members, id[0]) })
}

// shows tells it as a line: the concern in force, who agreed, and the draft.
func (c *club) shows(want string) {
	c.t.Helper()
	in := c.force()
	concern, who := "", []byte{}
	if in.Version != nil {
		for _, s := range in.Version.Texts {
			if s.Name == "concern" {
				concern = s.Text
			}
		}
	}
	for _, id := range in.Agreed {
		who = append(who, id[0])
	}
	if got := fmt.Sprintf("%q by %v of %d thinly %v draft %v by %d", concern, who, in.Of, in.Thinly, in.Differs, len(in.DraftAgreed)); got != want {
		c.t.Errorf("it shows %s, not %s", got, want)
	}
}

func newClub(t *testing.T, members ...byte) *club {
	return &club{begin(t, domain.Charter, one(1), do("name", envelope.DoSet, "Wiper Club"), do("concern", envelope.DoText, "A clear view")), members}
}

func TestTheVersionInForce(t *testing.T) {
	c := newClub(t, 1, 2, 3)
	c.shows(`"" by [] of 3 thinly false draft [concern] by 0`)
	c.agree(1)
	c.shows(`"A clear view" by [1] of 3 thinly true draft [] by 1`)
	c.agree(2, 9) // 9 is a guest, or away
	c.shows(`"A clear view" by [1 2] of 3 thinly false draft [] by 2`)
	if since := c.force().Since; since != c.sent[len(c.sent)-2].meta.Wall {
		t.Errorf("in force since %d, when the second agreed at %d", since, c.sent[len(c.sent)-2].meta.Wall)
	}
	c.say(3, "concern", "A clear view in any weather")
	c.say(3, "norms", "We write down what bites us twice")
	c.shows(`"A clear view" by [1 2] of 3 thinly false draft [concern norms] by 0`)
	c.agree(1) // to the draft: nothing is unseated, and she still agrees to the older
	c.shows(`"A clear view" by [1 2] of 3 thinly false draft [concern norms] by 1`)
	c.agree(3)
	c.shows(`"A clear view in any weather" by [1 3] of 3 thinly false draft [] by 2`)
}

func TestWhoCountsDecidesTheQuorum(t *testing.T) {
	c := newClub(t, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	c.agree(1, 2, 3, 4, 5)
	c.shows(`"A clear view" by [1 2 3 4 5] of 9 thinly true draft [] by 5`)
	c.members = []byte{1, 2, 3, 4, 5, 6, 7}
	c.shows(`"A clear view" by [1 2 3 4 5] of 7 thinly false draft [] by 5`)
	c.members = nil
	c.shows(`"" by [] of 0 thinly false draft [concern] by 0`)
	c.members = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}
	c.write(one(1), do("name", envelope.DoSet, "The Wiper Club")) // no counted text
	c.shows(`"A clear view" by [1 2 3 4 5] of 9 thinly true draft [] by 5`)
}

func TestThinlyAgreedIsWhatMostAgreedTo(t *testing.T) {
	c := newClub(t, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	c.agree(1, 2, 3)
	c.say(4, "concern", "A dry view")
	c.agree(4, 5)
	c.shows(`"A clear view" by [1 2 3] of 9 thinly true draft [concern] by 2`)
	c.agree(6)
	c.shows(`"A dry view" by [4 5 6] of 9 thinly true draft [] by 3`)
}

// A text that somebody puts back is agreed to anew: who agreed to it before
// agreed before what was decided since.
func TestPuttingBackIsANewVersion(t *testing.T) {
	c := newClub(t, 1, 2, 3)
	c.agree(1, 2)
	c.say(3, "concern", "A dry view")
	c.agree(2, 3)
	c.shows(`"A dry view" by [2 3] of 3 thinly false draft [] by 2`)
	c.say(1, "concern", "A clear view")
	c.shows(`"A dry view" by [2 3] of 3 thinly false draft [concern] by 0`)
}

func TestMergeAgreeWhileAnotherRedrafts(t *testing.T) {
	c := newClub(t, 1, 2, 3)
	other := &club{c.apart(), c.members}
	c.agree(1, 2)
	other.say(3, "out_scope", "Styling")
	c.meet(other.paper)
	other.meet(c.paper)
	for _, node := range []*club{c, other} {
		node.shows(`"A clear view" by [1 2] of 3 thinly false draft [out_scope] by 0`)
	}
	c.agree(1)
	c.agree(1) // again, from another page: the same text
	other.meet(c.paper)
	other.shows(`"A clear view" by [1 2] of 3 thinly false draft [out_scope] by 1`)
}

func TestStyleSwitches(t *testing.T) {
	for style, want := range map[string]domain.Switches{
		"deliberate": {Charter: true, Agenda: true, Stewards: true, Reviews: true},
		"mixed":      {Charter: true, Agenda: true, Reviews: true},
		"incidental": {Mirror: true, Hint: true},
	} {
		if got := domain.SwitchesOf(style); got != want {
			t.Errorf("%s: %+v", style, got)
		}
	}
}
