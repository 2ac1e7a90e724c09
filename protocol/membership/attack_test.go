package membership

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// The attacks of reliability.md that the control graph answers, by number.

func (w *world) want(t *testing.T, what string, id protocol.ChangeID, want error) {
	t.Helper()
	if got := w.reason(id); !errors.Is(got, want) || want == nil && got != nil {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestB2KeysOfCertificates(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	invite := w.does(ana, invites("key", Member, 9))
	// A small-order device key: the identity point, under which one signature fits all.
	cert := *someone("eli").cert(0)
	cert.Device = identity.PublicKey{1}
	e := w.entry(invite, "key", someone("eli"), 0)
	e.Certificate = cert.Encode()
	bad := w.does(ana, &Admit{e})
	w.want(t, "small order", bad, ErrProof)
	if _, known := w.graph.Certificate(cert.DeviceID()); known {
		t.Error("a small-order key is known")
	}
	// A non-canonical key: y = p + 1.
	cert.Device = identity.PublicKey{0: 0xee, 31: 0x7f}
	for i := 1; i < 31; i++ {
		cert.Device[i] = 0xff
	}
	e.Certificate = cert.Encode()
	w.want(t, "not canonical", w.does(ana, &Admit{e}), ErrProof)
	// Ben certifies a device that is Ana's.
	dup := crossCert(someone("ben"), ben.device, ana.device)
	w.want(t, "duplicate", w.does(ben, &Device{dup.Encode()}), ErrCertified)
	if m, _ := w.graph.Now().MemberOf(ana.device.ID()); m != ana.who.id() {
		t.Error("the device changed hands")
	}
	// Crossing certificates for one new device: the earlier stands, on all nodes.
	heads := w.graph.Heads()
	shared := someone("ben").devices[1]
	one := w.doesOn(ben, heads, &Device{crossCert(someone("ben"), ben.device, shared).Encode()})
	two := w.doesOn(ana, heads, &Device{crossCert(someone("ana"), ana.device, shared).Encode()})
	first, second := one, two
	if two.Compare(one) < 0 {
		first, second = two, one
	}
	w.want(t, "the earlier", first, nil)
	w.want(t, "the later", second, ErrCertified)
}

func TestB4ChangeSignatureIsNoEntry(t *testing.T) {
	w, ana := found(t, someone("ana"))
	invite := w.does(ana, invites("key", Member, 9))
	e := w.entry(invite, "key", someone("eli"), 0)
	eli := someone("eli")
	e.ByDevice = protocol.SignSeal(eli.devices[0].Key.Private(), w.community, protocol.LogID{}, 1, invite)
	w.want(t, "a seal as the device's word", w.does(ana, &Admit{e}), ErrProof)
	e = w.entry(invite, "key", eli, 0)
	e.ByRoot = eli.cert(0).ByCertifier
	w.want(t, "a certificate's signature as the root's word", w.does(ana, &Admit{e}), ErrProof)
}

func TestB19InviteUsedInPartitions(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	invite := w.does(ana, invites("key", Member, 2))
	heads := w.graph.Heads()
	var admissions []protocol.ChangeID
	for i, name := range []string{"cara", "dev", "eli", "fay", "gus"} {
		// Each partition knows no other: another life of the same device.
		by := w.pen([]*pen{ana, ben}[i%2].who, 0)
		id := w.doesOn(by, heads, &Admit{w.entry(invite, "key", someone(name), 0)})
		admissions = append(admissions, id)
	}
	for i, id := range admissions {
		w.want(t, fmt.Sprintf("admission %d", i), id, nil)
	}
	state := w.graph.Now().Invites()
	at := slices.IndexFunc(state, func(i InviteState) bool { return i.ID == invite })
	if len(state[at].Entered) != 5 || !state[at].UsedUp() {
		t.Errorf("conveners see %d for %d", len(state[at].Entered), state[at].Invite.Uses)
	}
	// Once the partitions know of each other it is used up, and stays so.
	w.want(t, "the sixth", w.admits(ana, invite, "key", someone("hal")), ErrUsedUp)
	w.want(t, "one who is in", w.admits(ana, invite, "key", someone("cara")), ErrUsedUp)
	if w.graph.Now().Rank(someone("cara").id()) != Guest {
		t.Error("a second admission undid the first")
	}
	err := w.graph.Now().May(ana.device.ID(), &Admit{w.entry(invite, "key", someone("hal"), 0)})
	if !errors.Is(err, ErrUsedUp) {
		t.Errorf("asked before: %v", err)
	}
}

func TestB20RevokedInvite(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	invite := w.does(ana, invites("key", Member, 9))
	known := w.admits(ben, invite, "key", someone("cara"))
	heads := w.graph.Heads()
	revoke := w.does(ana, &RevokeInvite{invite})
	crossing := w.doesOn(ben, heads, &Admit{w.entry(invite, "key", someone("dev"), 0)})
	dev := w.pen(someone("dev"), 0)
	commit := w.doesOn(dev, []protocol.ChangeID{crossing}, &Commit{crossing})
	w.want(t, "the revocation", revoke, nil)
	w.want(t, "an admission it knows", known, nil)
	w.want(t, "one that crosses it", crossing, ErrRevoked)
	w.want(t, "the commit upon that", commit, ErrGrant)
	w.want(t, "one after", w.admits(ben, invite, "key", someone("eli")), ErrRevoked)
	if r := w.graph.Now().Rank(someone("dev").id()); r != None {
		t.Errorf("dev is %s", r)
	}
	// Where the revocation is not known yet, dev is in: the state at those heads never changes.
	then, err := w.graph.At([]protocol.ChangeID{commit})
	if err != nil || then.Rank(someone("dev").id()) != Member {
		t.Errorf("at the old heads: %v", err)
	}
	w.want(t, "revoking twice", w.does(ana, &RevokeInvite{invite}), ErrRevoked)
	w.want(t, "revoking nothing", w.does(ana, &RevokeInvite{revoke}), ErrInvite)
	w.want(t, "another's invite", w.does(ben, &RevokeInvite{w.does(ana, invites("other", Member, 1))}), ErrRank)
}

func TestB21CapturedEntry(t *testing.T) {
	w, ana := found(t, someone("ana"))
	invite := w.does(ana, invites("key", Member, 9))
	captured := w.entry(invite, "key", someone("eli"), 0)
	e := captured
	e.Certificate = someone("thief").cert(0).Encode()
	w.want(t, "with another certificate", w.does(ana, &Admit{e}), ErrProof)
	e = captured
	e.Invite = w.does(ana, invites("other", Member, 9))
	w.want(t, "for another invite", w.does(ana, &Admit{e}), ErrProof)
	elsewhere, bea := found(t, someone("bea"))
	elsewhere.does(bea, invites("key", Member, 9))
	e = captured
	e.Invite = elsewhere.graph.Heads()[0]
	elsewhere.want(t, "in another community", elsewhere.does(bea, &Admit{e}), ErrProof)
}

func TestB22AdmitWithoutProof(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	invite := w.does(ana, invites("key", Member, 9))
	w.want(t, "signed by another invite's key", w.does(ben, &Admit{w.entry(invite, "guessed", someone("eli"), 0)}), ErrProof)
	w.want(t, "by an invite of nobody", w.does(ben, &Admit{w.entry(protocol.ChangeID{4}, "key", someone("eli"), 0)}), ErrInvite)
	w.want(t, "no certificate", w.does(ben, &Admit{identity.Entry{Invite: invite, Certificate: []byte("?")}}), ErrProof)
	if len(w.graph.Now().Members()) != 2 {
		t.Error("somebody came in")
	}
	guest := w.pen(someone("gil"), 0)
	w.admits(ana, w.does(ana, invites("gil", Guest, 1)), "gil", someone("gil"))
	w.want(t, "by a guest", w.admits(guest, invite, "key", someone("eli")), ErrRank)
	w.want(t, "by a stranger", w.admits(w.pen(someone("eli"), 0), invite, "key", someone("eli")), ErrDevice)
}

func TestB25EpochSpam(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	for range 20 {
		w.want(t, "a start", w.does(ben, &Epoch{}), ErrNoReason)
		w.want(t, "no strike", w.does(ben, &Epoch{Reason: Strike}), ErrNoReason)
	}
	asks := w.does(ana, &Policy{Rotate: true})
	w.want(t, "a rotation asked for", w.does(ben, &Epoch{Reason: Rotate, Subject: asks}), nil)
	w.want(t, "once", w.does(ben, &Epoch{Reason: Rotate, Subject: asks}), ErrNoReason)
	own := w.graph.Now().Epochs()[1].ID
	w.want(t, "lacking one's own", w.does(ben, &Epoch{Reason: Unopened, Subject: own}), ErrNoReason)
	w.want(t, "lacking another's", w.does(ana, &Epoch{Reason: Unopened, Subject: own}), nil)
	w.want(t, "once too", w.does(ana, &Epoch{Reason: Unopened, Subject: own}), ErrNoReason)
	w.does(ana, &RevokeInvite{w.does(ana, invites("key", Member, 1))})
	if _, _, due := w.graph.Now().NeedsEpoch(); !due {
		t.Error("an ended access asks for no epoch")
	}
	w.want(t, "an uncovered revocation", w.does(ben, &Epoch{Reason: Strike}), nil)
	if _, _, due := w.graph.Now().NeedsEpoch(); due {
		t.Error("asks for more")
	}
	if epochs := w.graph.Now().Epochs(); len(epochs) != 4 || !epochs[3].Covers || epochs[2].Covers {
		t.Errorf("%d epochs", len(epochs))
	}
}

func TestB40FeaturesAreNotLowered(t *testing.T) {
	w, ana := found(t, someone("ana"))
	certify := func(device int, features uint64) *Device {
		who := someone("ana")
		return &Device{must(identity.Certify(who.root.Public(), ana.device.Key, ana.device.ID(), who.devices[device], features)).Encode()}
	}
	w.want(t, "the first", w.does(ana, certify(1, 4)), nil)
	w.want(t, "more", w.does(ana, certify(1, 6)), nil)
	w.want(t, "less", w.does(ana, certify(1, 4)), ErrCertified)
	if c, _ := w.graph.Now().Certificate(someone("ana").devices[1].ID()); c.Features != 6 {
		t.Errorf("features %d", c.Features)
	}
}
