package membership

import (
	"bytes"
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

func TestFounding(t *testing.T) {
	w, ana := found(t, someone("ana"))
	s := w.graph.Now()
	if s.Rank(ana.who.id()) != Founder || !s.Active(ana.device.ID()) || s.Serving(ana.device.ID()) {
		t.Error("the founder founds nothing")
	}
	m := s.Members()
	if len(m) != 1 || !m[0].Committed || m[0].Rank != Founder || len(m[0].Devices) != 1 || m[0].Admissions[0] != protocol.ChangeID(w.community) {
		t.Errorf("%+v", m)
	}
	if p := s.Policy(); p != (Policy{Invite: Convener, InviteKeeper: Convener}) {
		t.Errorf("policy %+v", p)
	}
	w.want(t, "a second genesis", w.does(ana, &Genesis{Format: 1, Name: "again", Root: ana.who.root.Public(), Certificate: ana.who.cert(0).Encode()}), ErrInert)
}

func TestGuestUntilCommitted(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := someone("ben")
	admission := w.admits(ana, w.does(ana, invites("ben", Member, 1)), "ben", ben)
	if s := w.graph.Now(); s.Rank(ben.id()) != Guest || !s.Active(ben.devices[0].ID()) {
		t.Errorf("before the commit %s", s.Rank(ben.id()))
	}
	w.want(t, "another's commit", w.does(ana, &Commit{admission}), ErrAdmission)
	pen := w.pen(ben, 0)
	w.want(t, "of no admission", w.does(pen, &Commit{protocol.ChangeID(w.community)}), ErrAdmission)
	w.want(t, "her own", w.does(pen, &Commit{admission}), nil)
	if s := w.graph.Now(); s.Rank(ben.id()) != Member {
		t.Errorf("after it %s", s.Rank(ben.id()))
	}
	gil := someone("gil")
	admission = w.admits(ana, w.does(ana, invites("gil", Guest, 1)), "gil", gil)
	w.does(w.pen(gil, 0), &Commit{admission})
	if s := w.graph.Now(); s.Rank(gil.id()) != Guest {
		t.Errorf("a guest's invite gives %s", s.Rank(gil.id()))
	}
}

func TestApproval(t *testing.T) {
	w, ana := found(t, someone("ana"))
	open := w.does(ana, invites("open", Member, 9))
	w.does(ana, &Policy{Invite: Member, InviteKeeper: Convener, Approval: true})
	ben := someone("ben")
	admission := w.admits(ana, open, "open", ben)
	w.want(t, "the admission", admission, nil)
	s := w.graph.Now()
	if s.Rank(ben.id()) != None || s.Active(ben.devices[0].ID()) {
		t.Error("in without a convener's word")
	}
	if m := s.Members(); len(m) != 2 || m[0].Waiting == m[1].Waiting {
		t.Errorf("%+v", m)
	}
	w.want(t, "a commit while waiting", w.does(w.pen(ben, 0), &Commit{admission}), ErrDevice)
}

func TestKeeperHasNoRank(t *testing.T) {
	w, ana := found(t, someone("ana"))
	kit := someone("kit")
	w.admits(ana, w.does(ana, invites("kit", None, 1)), "kit", kit)
	s := w.graph.Now()
	if s.Rank(kit.id()) != None || s.Active(kit.devices[0].ID()) || !s.Serving(kit.devices[0].ID()) {
		t.Error("a keeper serves and is no member")
	}
	w.want(t, "a keeper's merge", w.does(w.pen(kit, 0), &Merge{}), ErrDevice)
}

func TestWhoInvites(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	w.want(t, "a member's invite", w.does(ben, invites("a", Member, 1)), ErrRank)
	w.want(t, "a member's policy", w.does(ben, &Policy{Invite: Member, InviteKeeper: Member}), ErrRank)
	w.does(ana, &Policy{Invite: Member, InviteKeeper: Convener})
	invite := w.does(ben, invites("b", Member, 1))
	w.want(t, "once policy allows", invite, nil)
	w.want(t, "not for keepers", w.does(ben, invites("c", None, 1)), ErrRank)
	w.want(t, "his own revoked", w.does(ben, &RevokeInvite{invite}), nil)
	w.want(t, "a weak key", w.does(ana, &Invite{Key: identity.PublicKey{1}, Rank: Guest, Uses: 1}), ErrInvite)
}

// M4: what rests on a void admission is void, however far it goes.
func TestGrantIsVoid(t *testing.T) {
	w, ana := found(t, someone("ana"))
	w.does(ana, &Policy{Invite: Member, InviteKeeper: Convener})
	invite := w.does(ana, invites("key", Member, 9))
	heads := w.graph.Heads()
	admission := w.doesOn(ana, heads, &Admit{w.entry(invite, "key", someone("dev"), 0)})
	dev := w.pen(someone("dev"), 0)
	chain := []protocol.ChangeID{
		w.does(dev, &Commit{admission}), w.does(dev, invites("mine", Member, 9)),
	}
	chain = append(chain, w.does(dev, &Admit{w.entry(chain[1], "mine", someone("eli"), 0)}))
	eli := w.pen(someone("eli"), 0)
	chain = append(chain, w.does(eli, &Commit{chain[2]}), w.does(eli, invites("his", Guest, 1)))
	for i, id := range chain {
		w.want(t, "before the revocation is known", id, nil)
		_ = i
	}
	w.doesOn(w.pen(someone("ana"), 0), heads, &RevokeInvite{invite})
	w.want(t, "the admission", admission, ErrRevoked)
	for _, id := range chain {
		w.want(t, "what rests on it", id, ErrGrant)
	}
	if n := len(w.graph.Now().Members()); n != 1 {
		t.Errorf("%d are in", n)
	}
	// Asked again with another admission, her own stands anew; the old stays void.
	second := w.admits(ana, w.does(ana, invites("again", Member, 1)), "again", someone("dev"))
	w.does(dev, &Commit{second})
	if r := w.graph.Now().Rank(someone("dev").id()); r != Member {
		t.Errorf("let in again: %s", r)
	}
	w.want(t, "an old void", chain[1], ErrGrant)
}

// What rests on either of two admissions stands while one does.
func TestEitherGrantSuffices(t *testing.T) {
	w, ana := found(t, someone("ana"))
	w.does(ana, &Policy{Invite: Member, InviteKeeper: Convener})
	one, two := w.does(ana, invites("one", Member, 9)), w.does(ana, invites("two", Member, 9))
	heads := w.graph.Heads()
	a := w.admits(ana, one, "one", someone("dev"))
	b := w.admits(ana, two, "two", someone("dev"))
	dev := w.pen(someone("dev"), 0)
	w.does(dev, &Commit{a})
	w.does(dev, &Commit{b})
	invite := w.does(dev, invites("mine", Guest, 1))
	w.doesOn(w.pen(someone("ana"), 0), heads, &RevokeInvite{one})
	w.want(t, "one admission", a, ErrRevoked)
	w.want(t, "the other", b, nil)
	w.want(t, "her invite", invite, nil)
	w.doesOn(w.pen(someone("ana"), 0), heads, &RevokeInvite{two})
	w.want(t, "her invite, once both are gone", invite, ErrGrant)
}

func TestDevices(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	by := func(certifier *identity.Device, who *person, device int) *Device {
		return &Device{must(identity.Certify(who.root.Public(), certifier.Key, certifier.ID(), who.devices[device], 0)).Encode()}
	}
	w.want(t, "one's own", w.does(ben, by(ben.device, ben.who, 1)), nil)
	second := w.pen(ben.who, 1)
	w.want(t, "the new one writes", w.does(second, &Merge{}), nil)
	w.want(t, "and certifies", w.does(second, by(second.device, ben.who, 2)), nil)
	w.want(t, "another's", w.does(ben, by(ana.device, ana.who, 1)), ErrCertified)
	w.want(t, "certified by another member", w.does(ana, by(ben.device, ana.who, 1)), ErrCertified)
	forged := by(ana.device, ana.who, 1)
	forged.Certificate = bytes.Clone(forged.Certificate)
	forged.Certificate[len(forged.Certificate)-1] ^= 1
	w.want(t, "forged", w.does(ana, forged), ErrCertified)
	if d := w.graph.Now().Members(); len(d[0].Devices)+len(d[1].Devices) != 4 {
		t.Errorf("%+v", d)
	}
	// Every device lost: a new one comes with the root's word and its own log.
	lost := w.pen(ana.who, 2)
	w.want(t, "by the root, from itself", w.does(lost, &Device{ana.who.cert(2).Encode()}), nil)
	if !w.graph.Now().Active(lost.device.ID()) {
		t.Error("not active")
	}
	w.want(t, "a stranger's root", w.does(w.pen(someone("eli"), 1), &Device{someone("eli").cert(1).Encode()}), ErrDevice)
}

func TestContentRank(t *testing.T) {
	w, ana := found(t, someone("ana"))
	invite := w.does(ana, invites("key", Member, 9))
	before := w.graph.Heads()
	admission := w.admits(ana, invite, "key", someone("dev"))
	guest := w.graph.Heads()
	dev := w.pen(someone("dev"), 0)
	w.does(dev, &Commit{admission})
	member := w.graph.Heads()
	rank := func(heads []protocol.ChangeID) Rank {
		return w.graph.Now().ContentRank(Content{Device: dev.device.ID(), Heads: heads})
	}
	for _, test := range []struct {
		name  string
		heads []protocol.ChangeID
		want  Rank
	}{
		{"before she came", before, None}, {"as a guest", guest, Guest}, {"as a member", member, Member},
		{"at heads nobody knows", []protocol.ChangeID{{9}}, None}, {"at none", nil, None},
	} {
		if got := rank(test.heads); got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	was := w.graph.Now().Verdict(dev.device.ID())
	// (b): her only admission turns out void.
	w.doesOn(w.pen(someone("ana"), 0), before, &RevokeInvite{invite})
	if rank(member) != None || w.graph.Now().Verdict(dev.device.ID()) == was {
		t.Error("what she wrote stands without a grant")
	}
	// Let in again, her words return.
	again := w.admits(ana, w.does(ana, invites("again", Member, 1)), "again", someone("dev"))
	w.does(dev, &Commit{again})
	if rank(member) != Member || w.graph.Now().Verdict(dev.device.ID()) != was {
		t.Error("her words did not return")
	}
}

func TestMay(t *testing.T) {
	w, ana := found(t, someone("ana"))
	s := w.graph.Now()
	if err := s.May(ana.device.ID(), &Policy{Rotate: true}); err != nil {
		t.Error(err)
	}
	if err := s.May(someone("eli").devices[0].ID(), &Merge{}); !errors.Is(err, ErrDevice) {
		t.Error(err)
	}
	if err := s.May(ana.device.ID(), nil); !errors.Is(err, ErrInert) {
		t.Error(err)
	}
}

func TestAddRefuses(t *testing.T) {
	w, ana := found(t, someone("ana"))
	genesis, epoch := w.changes[0], w.changes[1]
	if err := New(w.community).Add(epoch, ana.log); !errors.Is(err, ErrForeign) {
		t.Errorf("no genesis first: %v", err)
	}
	if err := New(protocol.CommunityID{1}).Add(genesis, ana.log); !errors.Is(err, ErrForeign) {
		t.Errorf("another community's genesis: %v", err)
	}
	if err := New(w.community).Add(genesis, someoneElse(w).log); !errors.Is(err, ErrBirth) {
		t.Errorf("a genesis in another's log: %v", err)
	}
	c := w.build(ana, ana.last, w.graph.Heads(), KindMerge, Encode(&Merge{}))
	next := w.build(ana, c, []protocol.ChangeID{c.ID}, KindMerge, Encode(&Merge{}))
	if err := w.graph.Add(next, ana.log); !errors.Is(err, ErrMissing) {
		t.Errorf("without its past: %v", err)
	}
	h := c.Header
	h.Lamport += 5
	late := protocol.Draft{Header: h, Shape: c.Shape}.Build(w.community, ana.log.ID, nil, [protocol.NonceSize]byte{})
	if err := w.graph.Add(late, ana.log); !errors.Is(err, protocol.ErrLamport) {
		t.Errorf("a wrong lamport: %v", err)
	}
	h = c.Header
	h.Document = protocol.DocumentID{3}
	other := protocol.Draft{Header: h, Shape: c.Shape}.Build(w.community, ana.log.ID, nil, [protocol.NonceSize]byte{})
	if err := w.graph.Add(other, ana.log); !errors.Is(err, ErrForeign) {
		t.Errorf("of another document: %v", err)
	}
	if w.graph.Len() != 2 {
		t.Errorf("%d changes were taken", w.graph.Len())
	}
}

func someoneElse(w *world) *pen { return w.pen(someone("eli"), 0) }

func TestBirth(t *testing.T) {
	w, ana := found(t, someone("ana"))
	run := func(changes ...*protocol.Change) *protocol.Run {
		last := changes[len(changes)-1]
		return &protocol.Run{Log: ana.log, Changes: changes, Seal: protocol.SignSeal(ana.device.Key.Private(), w.community, ana.log.ID, last.Seq, last.ID)}
	}
	good := run(w.changes...)
	g, err := Birth(good)
	if err != nil || g.Name != "Wiper Club" {
		t.Fatal(err)
	}
	merge := w.build(ana, w.changes[0], []protocol.ChangeID{w.changes[0].ID}, KindMerge, Encode(&Merge{}))
	unsealed := run(w.changes...)
	unsealed.Seal[3] ^= 1
	for name, bad := range map[string]*protocol.Run{
		"no epoch": run(w.changes[0]), "something before the epoch": run(w.changes[0], merge),
		"no genesis": run(w.changes[1]), "a bad seal": unsealed,
	} {
		if _, err := Birth(bad); !errors.Is(err, ErrBirth) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, ok := Carried(w.changes[0]); !ok || c.DeviceID() != ana.device.ID() {
		t.Error("the genesis carries no certificate")
	}
	if _, ok := Carried(w.changes[1]); ok {
		t.Error("an epoch carries one")
	}
}

func TestHeadsAndPast(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	heads := w.graph.Heads()
	a, b := w.doesOn(ana, heads, &Merge{}), w.doesOn(ben, heads, &Merge{})
	if got := w.graph.Heads(); len(got) != 2 || got[0].Compare(got[1]) >= 0 {
		t.Errorf("%v", got)
	}
	for _, test := range []struct {
		id    protocol.ChangeID
		heads []protocol.ChangeID
		want  bool
	}{
		{a, []protocol.ChangeID{a}, true}, {a, []protocol.ChangeID{b}, false}, {heads[0], []protocol.ChangeID{b}, true},
		{b, heads, false}, {protocol.ChangeID{1}, []protocol.ChangeID{b}, false}, {a, []protocol.ChangeID{b, a}, true},
	} {
		if got := w.graph.InPast(test.id, test.heads); got != test.want {
			t.Errorf("%v in %v: %v", test.id, test.heads, got)
		}
	}
	if !w.graph.Covers([]protocol.ChangeID{a, b}, heads) || w.graph.Covers(heads, []protocol.ChangeID{a}) {
		t.Error("covers")
	}
	if w.graph.Now().Reason(protocol.ChangeID{1}) == nil || !errors.Is(w.graph.Now().Reason(protocol.ChangeID{1}), ErrAbsent) {
		t.Error("an unknown change is effective")
	}
	s, err := w.graph.At([]protocol.ChangeID{a, heads[0]})
	if err != nil || len(s.Heads()) != 1 {
		t.Errorf("heads that hold each other: %v", err)
	}
	if _, err := w.graph.At([]protocol.ChangeID{{5}}); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}
