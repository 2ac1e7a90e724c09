package membership

import (
	"errors"
	"testing"

	"coppice.example/protocol"
)

// council founds a community with a founder, two conveners and a member.
func council(t testing.TB) (w *world, ana, ben, cara, dev *pen) {
	w, ana = found(t, someone("ana"))
	ben = w.joins(ana, someone("ben"), Member)
	cara = w.joins(ana, someone("cara"), Member)
	dev = w.joins(ana, someone("dev"), Member)
	for _, p := range []*pen{ben, cara} {
		w.does(ana, &SetRank{Member: p.who.id(), Rank: Convener})
	}
	return w, ana, ben, cara, dev
}

func removes(who ...*pen) *Remove {
	o := &Remove{}
	for _, p := range who {
		o.Members = append(o.Members, p.who.id())
	}
	return o
}

// life is another life of the pen's device: what it writes knows nothing of
// what the first wrote, as after a copy of the home.
func (w *world) life(p *pen) *pen { return w.pen(p.who, 0) }

func TestB10RemovedConvenerBackDates(t *testing.T) {
	w, ana, ben, cara, dev := council(t)
	key := w.does(ana, invites("key", Member, 9))
	before := w.graph.Heads()
	w.want(t, "the removal", w.does(ana, removes(ben)), nil)
	late := w.life(ben)
	w.want(t, "a promotion", w.doesOn(late, before, &SetRank{Member: dev.who.id(), Rank: Guest}), ErrStruck)
	w.want(t, "a removal", w.doesOn(late, before, removes(dev)), ErrStruck)
	w.want(t, "an admission", w.doesOn(late, before, &Admit{w.entry(key, "key", someone("eli"), 0)}), ErrStruck)
	w.want(t, "a policy", w.doesOn(late, before, &Policy{Invite: Member, InviteKeeper: Member}), ErrStruck)
	w.want(t, "after it, knowing it", w.does(late, &Merge{}), ErrDevice)
	if s := w.graph.Now(); s.Rank(dev.who.id()) != Member || s.Rank(someone("eli").id()) != None || s.Policy().Invite != Convener {
		t.Error("a back-dated word counts")
	}
	w.want(t, "the others go on", w.does(cara, &Merge{}), nil)
}

func TestB14ConvenersAreEquals(t *testing.T) {
	w, ana, ben, cara, _ := council(t)
	before := w.graph.Heads()
	w.want(t, "a convener removes a convener", w.does(ben, removes(cara)), ErrRank)
	w.want(t, "or demotes one", w.does(ben, &SetRank{Member: cara.who.id(), Rank: Member}), ErrRank)
	// From an old view in which she is a member, and then removes her there.
	old := w.graph.nodes[w.graph.index[before[0]]].preds // before cara's promotion
	view := w.graph.ids(old)
	key := w.doesOn(w.life(ana), view, invites("key", Member, 9))
	w.want(t, "from an old view", w.doesOn(w.life(ben), append(view, key)[1:], removes(cara)), ErrOverruled)
	if w.graph.Now().Rank(cara.who.id()) != Convener {
		t.Error("a convener fell to her equal")
	}
}

func TestB15ConvenersRemoveEachOther(t *testing.T) {
	w, _, ben, cara, _ := council(t)
	heads := w.graph.Heads()
	w.want(t, "one", w.doesOn(ben, heads, removes(cara)), ErrRank)
	w.want(t, "the other", w.doesOn(cara, heads, removes(ben)), ErrRank)
}

func TestB16Founders(t *testing.T) {
	w, ana, ben, cara, _ := council(t)
	w.want(t, "a convener removes the founder", w.does(cara, removes(ana)), ErrRank)
	w.want(t, "the last founder leaves", w.does(ana, &Leave{}), ErrLastFounder)
	w.does(ana, &SetRank{Member: ben.who.id(), Rank: Founder})
	w.want(t, "founders are removed by nobody", w.does(ana, removes(ben)), ErrRank)
	w.want(t, "nor demoted", w.does(ana, &SetRank{Member: ben.who.id(), Rank: Convener}), ErrRank)
	heads := w.graph.Heads()
	one, two := w.doesOn(ana, heads, &Leave{}), w.doesOn(ben, heads, &Leave{})
	first, last := one, two
	if w.graph.compare(w.graph.index[one], w.graph.index[two]) > 0 {
		first, last = two, one
	}
	w.want(t, "the first of two crossing leaves", first, nil)
	w.want(t, "the last", last, ErrLastFounder)
	if w.graph.Now().founders() != 1 {
		t.Error("a community without a founder")
	}
}

func TestB17LeaveThenActFromBefore(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	before := w.graph.Heads()
	w.want(t, "the leave", w.does(ben, &Leave{}), nil)
	w.want(t, "a removal from before it", w.doesOn(w.life(ben), before, removes(dev)), ErrStruck)
	w.want(t, "others about him", w.does(ana, removes(ben)), ErrTarget)
	if w.graph.Now().Rank(ben.who.id()) != None {
		t.Error("he is still in")
	}
	// Who left may come in again by anyone; who was removed needs a convener.
	w.want(t, "let in again by a member", w.admits(dev, w.does(ana, invites("again", Member, 1)), "again", ben.who), nil)
	w.does(ana, removes(ben))
	invite := w.does(ana, invites("third", Member, 1))
	w.want(t, "a member after a removal", w.admits(dev, invite, "third", ben.who), ErrRank)
	w.want(t, "a convener", w.admits(ana, invite, "third", ben.who), nil)
	if w.graph.Now().Rank(ben.who.id()) != Guest {
		t.Errorf("he came back as %s", w.graph.Now().Rank(ben.who.id()))
	}
}

func TestB18DemotedConvener(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	before := w.graph.Heads()
	w.does(ana, &SetRank{Member: ben.who.id(), Rank: Member})
	old := w.life(ben)
	removal := w.doesOn(old, before, removes(dev))
	w.want(t, "what took a convener", removal, ErrStruck)
	w.want(t, "what a member may do", w.doesOn(old, append([]protocol.ChangeID{}, removal), &Merge{}), nil)
	w.want(t, "afterwards", w.does(ben, removes(dev)), ErrRank)
}

func TestB43RevokedDeviceNamesItsRevocation(t *testing.T) {
	w, ana, _, _, dev := council(t)
	before := w.graph.Heads()
	w.want(t, "a convener's revocation", w.does(ana, &Revoke{Device: dev.device.ID()}), nil)
	after := w.graph.Heads()
	rank := func(heads []protocol.ChangeID) Rank {
		return w.graph.Now().ContentRank(Content{Device: dev.device.ID(), Heads: heads})
	}
	if rank(before) != None || rank(after) != None {
		t.Error("a revoked device writes")
	}
	w.want(t, "control", w.does(dev, &Merge{}), ErrDevice)
	w.want(t, "control from before", w.doesOn(w.life(dev), before, &Merge{}), ErrStruck)
	w.want(t, "twice", w.does(ana, &Revoke{Device: dev.device.ID()}), ErrTarget)
	w.want(t, "the device again", w.admits(ana, w.does(ana, invites("again", Member, 1)), "again", dev.who), ErrCertified)
	if !w.graph.Now().Active(ana.device.ID()) || w.graph.Now().Active(dev.device.ID()) {
		t.Error("active")
	}
}

func TestRevokeByRoot(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	second := w.pen(dev.who, 1)
	w.does(dev, &Device{crossCert(dev.who, dev.device, second.device).Encode()})
	other := &Revoke{Device: dev.device.ID()}
	w.want(t, "a device alone has no power over another", w.does(second, other), ErrRank)
	other.ByRoot = SignRevoke(ben.who.root, w.community, second.device.ID(), other)
	w.want(t, "another's root", w.does(second, other), ErrProof)
	other.ByRoot = SignRevoke(dev.who.root, w.community, second.device.ID(), other)
	heads := w.graph.Heads()
	third := w.doesOn(w.life(dev), heads, &Device{crossCert(dev.who, dev.device, dev.who.devices[2]).Encode()})
	w.want(t, "its root", w.doesOn(second, heads, other), nil)
	w.want(t, "what the stolen one certified beside it", third, ErrStruck)
	w.want(t, "itself", w.does(second, &Revoke{Device: second.device.ID()}), nil)
	w.want(t, "a founder's device", w.does(ben, &Revoke{Device: ana.device.ID()}), ErrRank)
}

func TestCuts(t *testing.T) {
	w, ana, ben, cara, dev := council(t)
	log := protocol.LogID{1}
	// The ids of content changes are their places in the log.
	rank := func(place byte, heads []protocol.ChangeID) Rank {
		return w.graph.Now().ContentRank(Content{
			Device: dev.device.ID(), Log: log, Heads: heads,
			Before: func(kept protocol.ChangeID) bool { return place <= kept[0] },
		})
	}
	expect := func(what string, heads []protocol.ChangeID, ranks ...Rank) {
		t.Helper()
		for i, want := range ranks {
			if got := rank(byte(i+1), heads); got != want {
				t.Errorf("%s: change %d has %s, want %s", what, i+1, got, want)
			}
		}
	}
	heads := w.graph.Heads()
	expect("before anything", heads, Member, Member, Member, Member)
	keeps := func(place byte) []Cut { return []Cut{{log, protocol.ChangeID{place}}} }
	removal := removes(dev)
	removal.Cuts = keeps(1)
	x := w.doesOn(ben, heads, removal)
	expect("B11: outside the cut", heads, Member, None, None, None)
	crossing := removes(dev)
	crossing.Cuts = keeps(2)
	w.want(t, "the crossing removal", w.doesOn(cara, heads, crossing), nil)
	expect("crossing removals keep the union", heads, Member, Member, None, None)
	w.want(t, "B12: a member extends the cut", w.does(w.joins(ana, someone("eli"), Member), &ExtendCut{x, keeps(4)}), ErrRank)
	w.want(t, "B13: a convener does", w.does(cara, &ExtendCut{x, keeps(3)}), nil)
	expect("extended for one of the two", heads, Member, Member, None, None)
	second := w.graph.Heads()
	w.does(cara, &ExtendCut{w.crossingOf(x), keeps(3)})
	expect("extended for both", heads, Member, Member, Member, None)
	w.want(t, "no strike to extend", w.does(cara, &ExtendCut{second[0], keeps(3)}), ErrTarget)
	admission := w.admits(ana, w.does(ana, invites("again", Member, 1)), "again", dev.who)
	w.does(dev, &Commit{admission})
	expect("words after a re-admission", w.graph.Heads(), Member, Member, Member, Member)
	expect("and those before it stay cut", heads, Member, Member, Member, None)
}

// crossingOf returns the other removal of the same target.
func (w *world) crossingOf(x protocol.ChangeID) protocol.ChangeID {
	for _, c := range w.changes {
		if c.Kind == KindRemove && c.ID != x {
			return c.ID
		}
	}
	w.t.Fatal("no other removal")
	return x
}

func TestDemotionLeavesItsRank(t *testing.T) {
	w, ana, ben, _, _ := council(t)
	heads := w.graph.Heads()
	was := w.graph.Now().Verdict(ben.device.ID())
	w.does(ana, &SetRank{Member: ben.who.id(), Rank: Guest})
	got := w.graph.Now().ContentRank(Content{Device: ben.device.ID(), Heads: heads})
	if got != Guest {
		t.Errorf("what he wrote beside it has %s", got)
	}
	if w.graph.Now().Verdict(ben.device.ID()) == was {
		t.Error("the verdict did not move")
	}
}

// Attack B42: a removed convener lets a puppet in from before his removal.
func TestB42SockPuppet(t *testing.T) {
	w, ana, ben, _, _ := council(t)
	key := w.does(ana, invites("key", Member, 9))
	before := w.graph.Heads()
	w.does(ana, removes(ben))
	late := w.life(ben)
	admission := w.doesOn(late, before, &Admit{w.entry(key, "key", someone("eli"), 0)})
	puppet := w.pen(someone("eli"), 0)
	commit := w.doesOn(puppet, []protocol.ChangeID{admission}, &Commit{admission})
	w.want(t, "the admission", admission, ErrStruck)
	w.want(t, "the commit", commit, ErrGrant)
	if r := w.graph.Now().ContentRank(Content{Device: puppet.device.ID(), Heads: []protocol.ChangeID{commit}}); r != None {
		t.Errorf("the puppet writes with %s", r)
	}
}

func TestHandOver(t *testing.T) {
	w, ana, ben, cara, dev := council(t)
	eli := w.joins(ana, someone("eli"), Member)
	over := &HandOver{Old: dev.who.id(), New: eli.who.id()}
	first := w.does(ben, over)
	w.want(t, "one convener's word", first, nil)
	if w.graph.Now().Rank(dev.who.id()) != Member {
		t.Error("one convener suffices")
	}
	again := *over
	again.Second = first
	w.want(t, "the same convener twice", w.does(ben, &again), ErrTarget)
	w.want(t, "a member's", w.does(eli, over), ErrRank)
	w.want(t, "the second", w.does(cara, &again), nil)
	s := w.graph.Now()
	if s.Rank(dev.who.id()) != None || s.Rank(eli.who.id()) != Member {
		t.Error("the old one is still in, or the new one gained a rank")
	}
	if selves := s.Selves(eli.who.id()); len(selves) != 2 {
		t.Errorf("selves %v", selves)
	}
	w.want(t, "of a convener by conveners", w.does(ben, &HandOver{Old: cara.who.id(), New: eli.who.id()}), ErrRank)
	w.want(t, "of a founder", w.does(ana, &HandOver{Old: ana.who.id(), New: eli.who.id()}), ErrRank)
	byRoot := &HandOver{Old: cara.who.id(), New: eli.who.id()}
	byRoot.ByRoot = SignHandOver(ben.who.root, w.community, eli.device.ID(), byRoot)
	w.want(t, "a root that is another's", w.does(eli, byRoot), ErrProof)
	byRoot.ByRoot = SignHandOver(cara.who.root, w.community, eli.device.ID(), byRoot)
	w.want(t, "the old root", w.does(eli, byRoot), nil)
}

func TestM3HigherRankWins(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	heads := w.graph.Heads()
	removal := w.doesOn(ben, heads, removes(dev))
	promotion := w.doesOn(ana, heads, &SetRank{Member: dev.who.id(), Rank: Convener})
	w.want(t, "the convener's", removal, ErrOverruled)
	w.want(t, "the founder's", promotion, nil)
	if w.graph.Now().Rank(dev.who.id()) != Convener {
		t.Error("rank")
	}
}

func TestM3OfEqualsTheMoreRestrictive(t *testing.T) {
	w, ana, ben, cara, dev := council(t)
	heads := w.graph.Heads()
	w.want(t, "a guest", w.doesOn(ben, heads, &SetRank{Member: dev.who.id(), Rank: Guest}), nil)
	w.want(t, "a member", w.doesOn(cara, heads, &SetRank{Member: dev.who.id(), Rank: Member}), ErrOverruled)
	if w.graph.Now().Rank(dev.who.id()) != Guest {
		t.Error("rank")
	}
	// A removal of two of whom one is spared by the founder's crossing word.
	eli := w.joins(ana, someone("eli"), Member)
	heads = w.graph.Heads()
	both := removes(dev, eli)
	if both.Members[0].Compare(both.Members[1]) > 0 {
		both = removes(eli, dev)
	}
	removal := w.doesOn(ben, heads, both)
	w.doesOn(ana, heads, &SetRank{Member: eli.who.id(), Rank: Convener})
	w.want(t, "the removal", removal, nil)
	if s := w.graph.Now(); s.Rank(dev.who.id()) != None || s.Rank(eli.who.id()) != Convener {
		t.Error("it takes only whom nobody above spared")
	}
}

func TestNodAfterApproval(t *testing.T) {
	w, _, ben, _, _ := council(t)
	w.does(ben, &Policy{Invite: Convener, InviteKeeper: Convener, Approval: true})
	eli := someone("eli")
	admission := w.admits(ben, w.does(ben, invites("eli", Member, 1)), "eli", eli)
	p := w.pen(eli, 0)
	w.want(t, "before the nod", w.does(p, &Commit{admission}), ErrDevice)
	w.want(t, "the nod", w.does(ben, &SetRank{Member: eli.id(), Rank: Member}), nil)
	if s := w.graph.Now(); s.Rank(eli.id()) != Member || !s.Active(p.device.ID()) {
		t.Error("not in after the nod")
	}
	w.want(t, "conveners make no convener", w.does(ben, &SetRank{Member: eli.id(), Rank: Convener}), ErrRank)
}

func TestKeeperServesUntilStopped(t *testing.T) {
	w, ana, ben, _, _ := council(t)
	kit := someone("kit")
	w.admits(ana, w.does(ana, invites("kit", None, 1)), "kit", kit)
	device := kit.devices[0].ID()
	w.want(t, "stopped", w.does(ben, &Keeper{Device: device}), nil)
	if w.graph.Now().Serving(device) {
		t.Error("still serving")
	}
	w.does(ben, &Keeper{Device: device, Serving: true})
	if !w.graph.Now().Serving(device) {
		t.Error("does not serve again")
	}
	w.want(t, "no keeper's", w.does(ben, &Keeper{Device: ana.device.ID()}), ErrTarget)
	w.want(t, "a rank for it", w.does(ana, &SetRank{Member: kit.id(), Rank: Member}), ErrTarget)
	w.want(t, "it leaves", w.does(w.pen(kit, 0), &Leave{}), nil)
	if w.graph.Now().Serving(device) {
		t.Error("serves after it left")
	}
}

func TestB38Redact(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	target := protocol.ChangeID{42}
	w.does(dev, &Redact{[]protocol.ChangeID{target}})
	w.does(ben, &Redact{[]protocol.ChangeID{target}})
	r := w.graph.Now().Redactions()
	if len(r) != 2 || r[0].Moderates || !r[1].Moderates {
		t.Fatalf("%+v", r)
	}
	s := w.graph.Now()
	for _, test := range []struct {
		what   string
		r      Redaction
		device *pen
		want   bool
	}{
		{"a member his own", r[0], dev, true}, {"a member another's", r[0], ben, false},
		{"a convener a member's", r[1], dev, true}, {"a convener his own", r[1], ben, true}, {"a convener a founder's", r[1], ana, false},
	} {
		if got := s.Redacts(test.r, test.device.device.ID()); got != test.want {
			t.Errorf("%s: %v", test.what, got)
		}
	}
	if !w.graph.NamesWords(target) || w.graph.NamesWords(protocol.ChangeID{43}) {
		t.Error("named")
	}
}

// Attack B41: a rogue convener redacts, and is then removed or demoted with
// no knowledge of it: his power over others' words is gone.
func TestB41RogueRedacts(t *testing.T) {
	w, ana, ben, _, dev := council(t)
	before := w.graph.Heads()
	redaction := w.doesOn(w.life(ben), before, &Redact{[]protocol.ChangeID{{42}}})
	w.doesOn(ana, before, &SetRank{Member: ben.who.id(), Rank: Member})
	s := w.graph.Now()
	r := s.Redactions()
	if len(r) != 1 || r[0].Moderates || s.Redacts(r[0], dev.device.ID()) || !s.Redacts(r[0], ben.device.ID()) {
		t.Errorf("after a demotion %+v", r)
	}
	w.want(t, "the redaction itself", redaction, nil)
	w.doesOn(w.life(ana), before, removes(ben))
	w.want(t, "after a removal", redaction, ErrStruck)
	if len(w.graph.Now().Redactions()) != 0 {
		t.Error("still effective")
	}
}

func TestSentences(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range []error{
		ErrInert, ErrDevice, ErrRank, ErrInvite, ErrUsedUp, ErrRevoked, ErrProof, ErrCertified, ErrAdmission,
		ErrNoReason, ErrGrant, ErrTarget, ErrStruck, ErrOverruled, ErrLastFounder, ErrAbsent,
	} {
		if seen[err.Error()] || errors.Unwrap(err) != nil {
			t.Errorf("%v", err)
		}
		seen[err.Error()] = true
	}
}

// A founder raises ben, a convener removes him, and he leaves, all at once: the
// leave voids the raise, the raise the removal, the removal the leave. What
// gives falls, so the removal stands, and with it nothing of what ben did with
// the rank that he was given.
func TestACycleHasNoStandingLeave(t *testing.T) {
	w, ana := found(t, someone("ana"))
	cara := w.joins(ana, someone("cara"), Member)
	w.does(ana, &SetRank{Member: someone("cara").id(), Rank: Convener})
	ben := w.joins(ana, someone("ben"), Member)
	dev := w.joins(ana, someone("dev"), Member)
	heads := w.graph.Heads()
	removal := w.doesOn(cara, heads, &Remove{Members: []protocol.MemberID{someone("ben").id()}})
	raise := w.doesOn(ana, heads, &SetRank{Member: someone("ben").id(), Rank: Founder})
	w.want(t, "a removal against a founder's word", removal, ErrOverruled)
	leave := w.doesOn(ben, heads, &Leave{})
	puppet := w.doesOn(w.pen(ben.who, 0), []protocol.ChangeID{raise}, &Remove{Members: []protocol.MemberID{dev.who.id(), cara.who.id()}})
	w.want(t, "the removal", removal, nil)
	w.want(t, "the raise", raise, ErrOverruled)
	w.want(t, "the leave", leave, ErrStruck)
	if err := w.reason(puppet); err == nil {
		t.Error("what he did as a founder stands")
	}
	if w.graph.Now().Rank(dev.who.id()) != Member || w.graph.Now().Rank(cara.who.id()) != Convener {
		t.Error("ben took others with him")
	}
}

// A convener revokes a member's device; where he does not know it she was made
// a founder and removes him. She ranks higher: his word does not reach hers.
func TestADuelGoesToTheHigherRank(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	w.does(ana, &SetRank{Member: someone("ben").id(), Rank: Convener})
	cara := w.joins(ana, someone("cara"), Member)
	heads := w.graph.Heads()
	w.does(ana, &SetRank{Member: someone("cara").id(), Rank: Founder})
	removal := w.does(cara, &Remove{Members: []protocol.MemberID{ben.who.id()}})
	late := w.doesOn(w.pen(ben.who, 0), heads, &Revoke{Device: cara.device.ID()})
	w.want(t, "the removal", removal, nil)
	w.want(t, "the back-dated revocation", late, ErrStruck)
	if !w.graph.Now().Active(cara.device.ID()) {
		t.Error("her device is revoked by one who is out")
	}
}

// Ben writes on heads that know his removal, but where a founder's word voided
// it. When the founder's word falls the removal covers what he wrote there.
func TestAStrikeKnownAndVoidCovers(t *testing.T) {
	w, ana := found(t, someone("ana"))
	cara := w.joins(ana, someone("cara"), Member)
	w.does(ana, &SetRank{Member: cara.who.id(), Rank: Convener})
	ben := w.joins(ana, someone("ben"), Member)
	heads := w.graph.Heads()
	removal := w.doesOn(cara, heads, &Remove{Members: []protocol.MemberID{ben.who.id()}})
	raise := w.doesOn(ana, heads, &SetRank{Member: ben.who.id(), Rank: Convener})
	words := Content{Device: ben.device.ID(), Heads: []protocol.ChangeID{removal, raise}}
	if r := w.graph.Now().ContentRank(words); r != Member && r != Convener {
		t.Fatalf("raised, his words are a %s's", r)
	}
	w.doesOn(ben, heads, &Leave{})
	w.want(t, "the removal", removal, nil)
	if r := w.graph.Now().ContentRank(words); r != None {
		t.Errorf("removed, his words are a %s's", r)
	}
}
