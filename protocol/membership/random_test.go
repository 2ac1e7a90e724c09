package membership

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"pgregory.net/rapid"
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
	inviteKeys map[protocol.ChangeID]string
	admissions []protocol.ChangeID
	epochs     []protocol.ChangeID
	policies   []protocol.ChangeID
}

func newStory(t testing.TB, draw func(int, string) int) *story {
	w, founder := found(t, someone("ana"))
	s := &story{
		world: w, draw: draw, knows: map[*pen][]protocol.ChangeID{}, written: map[*pen][]*protocol.Change{},
		inviteKeys: map[protocol.ChangeID]string{},
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
// that shares nothing with the first but the codec; rapid makes a failure small.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t, func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(rt, label) })
		s.check(rt, rapid.IntRange(4, 26).Draw(rt, "turns"))
	})
}

// TestAgainstNaiveBySeeds does the same for COPPICE_SEEDS histories (80 unless
// told), evenly drawn, the first by COPPICE_SEED.
func TestAgainstNaiveBySeeds(t *testing.T) {
	for seed := range seeds(80) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			s := newStory(t, func(n int, _ string) int { return r.IntN(n) })
			s.check(t, 10+r.IntN(30))
		})
	}
}

// seeds yields n seeds from 1, or as the environment says.
func seeds(n uint64) iter.Seq[uint64] {
	number := func(name string, otherwise uint64) uint64 {
		if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
			return n
		}
		return otherwise
	}
	first := number("COPPICE_SEED", 1)
	last := first + number("COPPICE_SEEDS", n)
	return func(yield func(uint64) bool) {
		for seed := first; seed < last && yield(seed); seed++ {
		}
	}
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
	n := newNaive(s.community)
	for i, c := range s.changes {
		n.take(c, s.logs[i])
	}
	s.compare(t, n, s.graph.Heads())
	for range 4 {
		var heads []protocol.ChangeID
		for range 1 + s.under(4, "heads") {
			heads = append(heads, pick(s, s.changes, "head").ID)
		}
		s.compare(t, n, heads)
	}
	s.replay(t)
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

// TestBackDatingProbe: once somebody is out, nothing she writes, at any point
// of the past, changes anybody else: no rank, no device, no policy, no verdict
// on others' words.
func TestBackDatingProbe(t *testing.T) {
	probes := 0
	for seed := range seeds(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := newStory(t, func(n int, _ string) int { return r.IntN(n) })
		for range 25 {
			s.turn()
		}
		now := s.graph.Now()
		for _, p := range s.pens {
			m, known := s.graph.members.find(p.who.id())
			if owner, ok := now.owner(p.device.ID()); ok && owner != m {
				continue // another member certified this device as hers
			}
			if !known || now.rank(m) != None || !removed(now, m) {
				continue
			}
			for range 6 {
				probes++
				s.probe(t, seed, p, now)
			}
		}
	}
	t.Logf("%d probes", probes)
	if probes == 0 {
		t.Error("nobody was removed")
	}
}

// removed tells whether somebody else took the member out.
func removed(s *State, m int32) bool {
	k := s.members.get(m)
	return k != nil && slices.ContainsFunc(k.strikes, func(k strike) bool { return k.ends() && !ownWord(s.g.nodes[k.node].op) })
}

// probe adds one change of a removed member's device at a random point to a
// copy of the graph, and compares.
func (s *story) probe(t *testing.T, seed uint64, p *pen, now *State) {
	t.Helper()
	kind, shape := s.operation(p)
	if op, _ := Decode(kind, shape); op != nil {
		if o, ok := op.(*HandOver); ok && o.ByRoot != (protocol.Seal{}) && o.Old != p.who.id() {
			return // another's root has signed: that is her own word
		}
	}
	late := s.life(p)
	late.device, late.log = p.device, protocol.NewLogRef(p.device.ID(), late.log.Incarnation, protocol.Control)
	c := s.build(late, nil, []protocol.ChangeID{pick(s, s.changes, "at").ID}, kind, shape)
	g := s.copy(t)
	if err := g.Add(c, late.log); err != nil {
		t.Fatal(err)
	}
	after := g.Now()
	for _, name := range people {
		who := someone(name)
		if after.Rank(who.id()) != now.Rank(who.id()) {
			t.Fatalf("seed %d: %s by removed %s made %s %s, was %s", seed, KindName(kind), p.who.name, name, after.Rank(who.id()), now.Rank(who.id()))
		}
		for _, d := range who.devices {
			if after.Active(d.ID()) != now.Active(d.ID()) || after.Verdict(d.ID()) != now.Verdict(d.ID()) {
				t.Fatalf("seed %d: %s by removed %s moved a device of %s", seed, KindName(kind), p.who.name, name)
			}
		}
	}
	if after.Policy() != now.Policy() || len(after.Redactions()) != len(now.Redactions()) || after.Effective(c.ID) {
		n := newNaive(s.community)
		for i, c := range s.changes {
			n.take(c, s.logs[i])
		}
		t.Fatalf("seed %d: %s by removed %s on %v counts: %v\n%s", seed, KindName(kind), p.who.name, c.Parents, after.Reason(c.ID), s.describe(n))
	}
}

// copy folds the same changes in a graph of its own.
func (s *story) copy(t testing.TB) *Graph {
	g := New(s.community)
	g.proofs = s.graph.proofs
	for i, c := range s.changes {
		if err := g.Add(c, s.logs[i]); err != nil {
			t.Fatal(err)
		}
	}
	return g
}
