package membership

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

var people = []string{"ana", "ben", "cara", "dev", "eli"}

// story is a world in which every pen knows only what it was told.
type story struct {
	*world
	draw       func(n int, label string) int // from 0 to n-1
	fierce     bool                          // hardly anything but strikes, by few
	pens       []*pen
	knows      map[*pen][]protocol.ChangeID // heads
	written    map[*pen][]*protocol.Change
	invites    []protocol.ChangeID
	admissions []protocol.ChangeID
	epochs     []protocol.ChangeID
	policies   []protocol.ChangeID
}

// newStory founds a community in which three are in. Entries are signed and
// verified where signed says so; else they are vouched for, which is cheap.
func newStory(t testing.TB, signed bool, draw func(int, string) int) *story {
	w, founder := foundVouched(t, someone("ana"), !signed)
	s := &story{
		world: w, draw: draw, knows: map[*pen][]protocol.ChangeID{}, written: map[*pen][]*protocol.Change{},
	}
	s.fierce = s.flip("fierce")
	if s.flip("members invite") {
		s.policies = append(s.policies, w.does(founder, &Policy{Invite: Member, InviteKeeper: Member}))
	}
	ben := w.joins(founder, someone("ben"), Member)
	cara := w.joins(founder, someone("cara"), Member)
	for _, who := range []string{"ben", "cara"} {
		if rank := pick(s, []Rank{Guest, Member, Convener, Convener, Founder}, who); rank != Member {
			w.does(founder, &SetRank{Member: someone(who).id(), Rank: rank})
		}
	}
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

func (s *story) flip(label string) bool { return s.draw(2, label) == 1 }

func (s *story) under(n int, label string) int { return s.draw(n, label) }

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
	crowd := 3
	if !s.fierce || s.under(4, "more") == 0 {
		crowd += s.under(len(s.pens)-2, "crowd")
	}
	p := pick(s, s.pens[:crowd], "pen")
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
	n := s.under(36, "operation")
	if s.fierce && s.under(4, "strikes") > 0 {
		n = 20
	}
	switch {
	case n < 3 || len(s.invites) == 0:
		op = s.invite()
	case n < 5:
		op = &RevokeInvite{pick(s, s.invites, "invite")}
	case n < 9:
		op = s.admit()
	case n < 11:
		op = &Commit{pick(s, s.admissions, "admission")}
	case n < 13:
		op = s.certify(p)
	case n < 15:
		op = &Policy{Rotate: s.flip("rotate")}
		if o := op.(*Policy); !o.Rotate {
			o.Invite, o.InviteKeeper, o.Approval = pick(s, []Rank{Member, Convener}, "who"), Member, s.under(4, "approval") == 0
		}
	case n < 17:
		op = s.epoch()
	case n < 34:
		op = s.strike(p)
	default:
		if s.flip("unknown") {
			return pick(s, []protocol.Kind{99, KindMerge, KindAdmit}, "kind"), []byte{0x81, 0x01}
		}
		op = &Merge{}
	}
	return op.Kind(), Encode(op)
}

// strike picks what takes from people, or gives back.
func (s *story) strike(p *pen) Operation {
	target := someone(pick(s, people, "target"))
	switch n := s.under(17, "strike"); {
	case n < 5:
		return &SetRank{Member: target.id(), Rank: pick(s, []Rank{Guest, Member, Convener, Convener, Founder}, "to"), Cuts: s.cuts()}
	case n < 9:
		o := &Remove{Members: []protocol.MemberID{target.id()}, Cuts: s.cuts()}
		if other := someone(pick(s, people, "other")); other != target && s.flip("two") {
			o.Members = append(o.Members, other.id())
			slices.SortFunc(o.Members, protocol.MemberID.Compare)
		}
		return o
	case n < 10:
		return &Leave{Cuts: s.cuts()}
	case n < 12:
		who := target
		if s.flip("own") {
			who = p.who
		}
		o := &Revoke{Device: who.devices[s.under(2, "device")].ID(), Cuts: s.cuts()}
		if s.flip("root") {
			o.ByRoot = SignRevoke(who.root, s.community, p.device.ID(), o)
		}
		return o
	case n < 14:
		return s.handOver(p, target)
	case n < 15:
		o := &ExtendCut{Strike: pick(s, s.changes, "strike").ID, Cuts: s.cuts()}
		if len(o.Cuts) == 0 {
			o.Cuts = []Cut{{contentLog(0), protocol.ChangeID{9}}}
		}
		return o
	case n < 16:
		return &Keeper{Device: target.devices[0].ID(), Serving: s.flip("serving")}
	}
	return &Redact{Changes: []protocol.ChangeID{{1}}}
}

func (s *story) handOver(p *pen, old *person) Operation {
	heir := someone(pick(s, people, "heir"))
	if heir == old {
		return &Merge{}
	}
	o := &HandOver{Old: old.id(), New: heir.id(), Cuts: s.cuts()}
	switch s.under(3, "by") {
	case 0:
		o.ByRoot = SignHandOver(old.root, s.community, p.device.ID(), o)
	case 1:
		for _, c := range s.changes {
			if c.Kind == KindHandOver {
				e, _ := s.graph.Change(c.ID)
				first := e.Operation.(*HandOver)
				o.Old, o.New, o.Second = first.Old, first.New, c.ID
			}
		}
	}
	return o
}

// contentLog stands for the content log of some person's device.
func contentLog(n int) protocol.LogID { return protocol.LogID{byte(n + 1)} }

// cuts keeps a stretch of one content log, or nothing. The ids of content
// changes stand for their place in the log.
func (s *story) cuts() []Cut {
	if s.flip("cut") {
		return nil
	}
	return []Cut{{contentLog(s.under(len(people), "log")), protocol.ChangeID{byte(s.under(4, "kept"))}}}
}

func (s *story) invite() Operation {
	return &Invite{
		Key:  inviteKey(fmt.Sprint("key", len(s.changes))).Public(),
		Rank: pick(s, []Rank{None, Guest, Member, Member}, "rank"), Uses: uint64(1 + s.under(2, "uses")),
		Approval: s.under(6, "approval") == 0,
	}
}

func (s *story) admit() Operation {
	invite := pick(s, s.invites, "invite")
	e, _ := s.graph.Change(invite)
	key := inviteKeyOf(e.Operation.(*Invite).Key)
	if s.under(8, "forge") == 0 {
		key = "forged"
	}
	who, device := someone(pick(s, people, "who")), s.under(2, "device")
	return &Admit{s.entry(invite, key, who, device)}
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
	return cached(fmt.Sprint("cross", who.name, by.ID(), device.ID()), func() *identity.Certificate {
		return must(identity.Certify(who.root.Public(), by.Key, by.ID(), device, 0))
	})
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

// describe tells the story, for whoever has to find out.
func (s *story) describe(n *naive) string {
	var b strings.Builder
	at := map[protocol.ChangeID]int{}
	for i, c := range s.changes {
		at[c.ID] = i
		var stands []int
		for _, p := range c.Parents {
			stands = append(stands, at[p])
		}
		device := fmt.Sprint(s.logs[i].Device)[:4]
		for _, name := range people {
			for d := range 2 {
				if someone(name).devices[d].ID() == s.logs[i].Device {
					device = fmt.Sprint(name, d)
				}
			}
		}
		e, _ := s.graph.Change(c.ID)
		what := fmt.Sprintf("%T", e.Operation)
		switch o := e.Operation.(type) {
		case *SetRank, *Remove, *Revoke, *HandOver, *Commit, *RevokeInvite, *Leave:
			what = fmt.Sprintf("%T%+v", o, o)
		case *Admit:
			what = fmt.Sprintf("%T by %d", o, at[o.Invite])
		}
		for _, name := range people {
			what = strings.ReplaceAll(what, someone(name).id().String(), name)
		}
		birth := n.birth(c.ID)
		fmt.Fprintf(&b, "%d %s on %v: %s; birth %v, naive %v %s/%d\n", i, device, stands, what, s.graph.nodes[s.graph.index[c.ID]].born.err, birth.ok, birth.rank, birth.need)
	}
	return b.String()
}
