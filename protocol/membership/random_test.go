package membership

import (
	"fmt"
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"pgregory.net/rapid"
)

var people = []string{"ana", "ben", "cara", "dev", "eli"}

// story is a world in which every pen knows only what it was told.
type story struct {
	*world
	rt         *rapid.T
	pens       []*pen
	knows      map[*pen][]protocol.ChangeID // heads
	written    map[*pen][]*protocol.Change
	invites    []protocol.ChangeID
	inviteKeys map[protocol.ChangeID]string
	admissions []protocol.ChangeID
	epochs     []protocol.ChangeID
	policies   []protocol.ChangeID
}

func newStory(t *testing.T, rt *rapid.T) *story {
	w, founder := found(t, someone("ana"))
	s := &story{
		world: w, rt: rt, knows: map[*pen][]protocol.ChangeID{}, written: map[*pen][]*protocol.Change{},
		inviteKeys: map[protocol.ChangeID]string{},
	}
	if s.flip("members invite") {
		s.policies = append(s.policies, w.does(founder, &Policy{Invite: Member, InviteKeeper: Member}))
	}
	ben := w.joins(founder, someone("ben"), Member)
	cara := w.joins(founder, someone("cara"), Member)
	s.pens = []*pen{founder, ben, cara}
	for _, name := range people {
		for device := range 2 {
			if !(device == 0 && slices.Contains([]string{"ana", "ben", "cara"}, name)) {
				s.pens = append(s.pens, w.pen(someone(name), device))
			}
		}
	}
	for i, c := range w.changes {
		s.note(c, w.logs[i])
	}
	for _, p := range s.pens {
		s.knows[p] = w.graph.Heads()
	}
	return s
}

func (s *story) note(c *protocol.Change, log protocol.LogRef) {
	for _, p := range s.pens {
		if p.log.ID == log.ID {
			s.written[p] = append(s.written[p], c)
		}
	}
	switch c.Kind {
	case KindInvite:
		s.invites = append(s.invites, c.ID)
	case KindAdmit:
		s.admissions = append(s.admissions, c.ID)
	case KindEpoch:
		s.epochs = append(s.epochs, c.ID)
	case KindPolicy:
		s.policies = append(s.policies, c.ID)
	}
}

func (s *story) flip(label string) bool { return rapid.Bool().Draw(s.rt, label) }

func (s *story) under(n int, label string) int { return rapid.IntRange(0, n-1).Draw(s.rt, label) }

func pick[T any](s *story, from []T, label string) T { return from[s.under(len(from), label)] }

// heads returns those of ids that are in the past of no other.
func (s *story) heads(ids []protocol.ChangeID) []protocol.ChangeID {
	state, err := s.graph.At(ids)
	if err != nil {
		s.t.Fatal(err)
	}
	return state.Heads()
}

// turn lets one pen learn or write something.
func (s *story) turn() {
	p := pick(s, s.pens[:min(len(s.pens), 3+s.under(len(s.pens)-2, "crowd"))], "pen")
	if s.under(3, "learn") == 0 {
		s.knows[p] = s.heads(slices.Concat(s.knows[p], s.knows[pick(s, s.pens, "from")]))
		return
	}
	parents := s.knows[p]
	if s.under(5, "back-date") == 0 {
		parents = []protocol.ChangeID{pick(s, s.changes, "at").ID}
	}
	previous := p.last
	if w := s.written[p]; len(w) > 0 && s.under(8, "fork") == 0 {
		previous = pick(s, w, "branch")
	}
	if len(parents) > protocol.MaxParents {
		parents = parents[:protocol.MaxParents]
	}
	kind, shape := s.operation(p)
	c := s.build(p, previous, parents, kind, shape)
	p.last = c
	s.take(c, p.log)
	s.note(c, p.log)
	s.knows[p] = s.heads(append(slices.Clone(s.knows[p]), c.ID))
}

func (s *story) operation(p *pen) (protocol.Kind, []byte) {
	var op Operation
	switch n := s.under(20, "operation"); {
	case n < 4 || len(s.invites) == 0:
		op = s.invite()
	case n < 7:
		op = &RevokeInvite{pick(s, s.invites, "invite")}
	case n < 11:
		op = s.admit()
	case n < 13:
		op = &Commit{pick(s, s.admissions, "admission")}
	case n < 15:
		op = s.certify(p)
	case n < 17:
		op = &Policy{Rotate: s.flip("rotate")}
		if o := op.(*Policy); !o.Rotate {
			o.Invite, o.InviteKeeper, o.Approval = pick(s, []Rank{Member, Convener}, "who"), Member, s.under(4, "approval") == 0
		}
	case n < 19:
		op = s.epoch()
	default:
		if s.flip("unknown") {
			return pick(s, []protocol.Kind{99, KindMerge, KindAdmit}, "kind"), []byte{0x81, 0x01}
		}
		op = &Merge{}
	}
	return op.Kind(), Encode(op)
}

func (s *story) invite() Operation {
	key := fmt.Sprint("key", len(s.changes))
	return &Invite{
		Key:  inviteKey(key).Public(),
		Rank: pick(s, []Rank{None, Guest, Member, Member}, "rank"), Uses: uint64(1 + s.under(2, "uses")),
		Approval: s.under(6, "approval") == 0,
	}
}

// keyOf finds the name of an invite's key; invites of the world's own set-up
// are named by the person.
func (s *story) keyOf(invite protocol.ChangeID) string {
	e, _ := s.graph.Change(invite)
	public := e.Operation.(*Invite).Key
	for i := range s.changes {
		if key := fmt.Sprint("key", i); cachedPublic(key) == public {
			return key
		}
	}
	for _, name := range people {
		if cachedPublic(name) == public {
			return name
		}
	}
	s.t.Fatal("an invite of no known key")
	return ""
}

func cachedPublic(key string) identity.PublicKey {
	return cached("public"+key, func() identity.PublicKey { return inviteKey(key).Public() })
}

func (s *story) admit() Operation {
	invite := pick(s, s.invites, "invite")
	key := s.keyOf(invite)
	if s.under(8, "forge") == 0 {
		key = "forged"
	}
	return &Admit{s.entry(invite, key, someone(pick(s, people, "who")), s.under(2, "device"))}
}

func (s *story) certify(p *pen) Operation {
	who, device := p.who, 1+s.under(2, "device")
	switch s.under(5, "by") {
	case 0: // the root
		return &Device{who.cert(device).Encode()}
	case 1: // somebody else's device
		who = someone(pick(s, people, "who"))
	case 2: // a device that is another member's too
		other := someone(pick(s, people, "who"))
		return &Device{crossCert(who, p.device, other.devices[device]).Encode()}
	}
	if p.device == who.devices[device] {
		device = 0
	}
	return &Device{cached(fmt.Sprint("by", p.device.ID(), who.name, device), func() []byte {
		if p.device == who.devices[device] {
			return who.cert(device).Encode()
		}
		return must(identity.Certify(who.root.Public(), p.device.Key, p.device.ID(), who.devices[device], uint64(device%2))).Encode()
	})}
}

func crossCert(who *person, by, device *identity.Device) *identity.Certificate {
	if by == device {
		return who.cert(1)
	}
	return must(identity.Certify(who.root.Public(), by.Key, by.ID(), device, 0))
}

func (s *story) epoch() Operation {
	o := &Epoch{Reason: Reason(s.under(4, "reason"))}
	switch o.Reason {
	case Rotate:
		if len(s.policies) == 0 {
			o.Reason = Strike
			break
		}
		o.Subject = pick(s, s.policies, "policy")
	case Unopened:
		o.Subject = pick(s, s.epochs, "epoch")
	}
	return o
}

// TestAgainstNaive compares every state asked for with a second implementation
// that shares nothing with the first but the codec.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t, rt)
		for range rapid.IntRange(4, 26).Draw(rt, "turns") {
			s.turn()
		}
		n := newNaive(s.community)
		for i, c := range s.changes {
			n.take(c, s.logs[i])
		}
		s.compare(rt, n, s.graph.Heads())
		for range 4 {
			var heads []protocol.ChangeID
			for range 1 + s.under(4, "heads") {
				heads = append(heads, pick(s, s.changes, "head").ID)
			}
			s.compare(rt, n, heads)
		}
		s.replay(rt)
	})
}

func (s *story) compare(rt *rapid.T, n *naive, heads []protocol.ChangeID) {
	state, err := s.graph.At(heads)
	if err != nil {
		rt.Fatal(err)
	}
	all := n.closure(heads)
	eff := n.fold(all)
	for i, c := range s.changes {
		if got := state.Effective(c.ID); got != eff[c.ID] {
			rt.Fatalf("change %d (%s of %s) effective: %v, naive %v (reason %v)", i, KindName(c.Kind), c.ID, got, eff[c.ID], state.Reason(c.ID))
		}
		if got := s.graph.InPast(c.ID, heads); got != all[c.ID] {
			rt.Fatalf("change %d in past: %v, naive %v", i, got, all[c.ID])
		}
	}
	for _, name := range people {
		who := someone(name)
		if got, want := state.Rank(who.id()), n.rank(eff, who.id()); got != want {
			rt.Fatalf("rank of %s: %s, naive %s", name, got, want)
		}
		for i, d := range who.devices {
			by := n.certifier(eff, d.ID())
			want := by != nil && n.rank(eff, by.cert.Member()) >= Guest
			if got := state.Active(d.ID()); got != want {
				rt.Fatalf("device %d of %s active: %v, naive %v", i, name, got, want)
			}
			s.compareContent(rt, n, state, eff, d.ID())
		}
	}
	if got, want := state.Policy(), n.policy(eff); got != want {
		rt.Fatalf("policy %+v, naive %+v", got, want)
	}
	if _, _, due := state.NeedsEpoch(); state.covered != n.covered(eff) || !due && !state.covered {
		rt.Fatalf("covered %v, naive %v", state.covered, n.covered(eff))
	}
}

// compareContent asks for the rank of a content change of the device at random heads.
func (s *story) compareContent(rt *rapid.T, n *naive, state *State, eff set, device protocol.DeviceID) {
	head := pick(s, s.changes, "written at").ID
	own := n.fold(n.closure([]protocol.ChangeID{head}))
	want := None
	if a, b := n.certifier(own, device), n.certifier(eff, device); a != nil && b != nil {
		want = min(n.rank(own, a.cert.Member()), n.rank(eff, b.cert.Member()))
	}
	if got := state.ContentRank(Content{Device: device, Heads: []protocol.ChangeID{head}}); got != want {
		rt.Fatalf("content rank %s, naive %s", got, want)
	}
}

// replay adds the changes to a fresh graph in another causal order, some
// twice: nothing may differ.
func (s *story) replay(rt *rapid.T) {
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
