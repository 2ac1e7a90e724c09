package invite_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
)

func keyed(parts string) [32]byte { return sha256.Sum256([]byte(parts)) }

type newcomer struct {
	root identity.Key
	dev  *identity.Device
	cert *identity.Certificate
}

func someone(t testing.TB, name string) *newcomer {
	t.Helper()
	a, b := keyed("sign"+name), keyed("seal"+name)
	dev, err := identity.NewDevice([64]byte(slices.Concat(a[:], b[:])))
	if err != nil {
		t.Fatal(err)
	}
	root := identity.NewKey(keyed("root" + name))
	cert, err := identity.Certify(root.Public(), root, protocol.DeviceID{}, dev, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &newcomer{root, dev, cert}
}

// birth is a run that stands for a community's first; its shape is opaque here.
func birth(t testing.TB) (protocol.CommunityID, *protocol.Run) {
	t.Helper()
	founder := someone(t, "founder")
	log := protocol.NewLogRef(founder.dev.ID(), protocol.Incarnation{1}, protocol.Control)
	d := protocol.Draft{Header: protocol.Header{Class: protocol.Control, Kind: 1, Seq: 1, Previous: protocol.ChangeID(log.ID), Lamport: 1}, Shape: []byte{0x80}}
	c := d.Build(protocol.CommunityID{}, log.ID, nil, [protocol.NonceSize]byte{})
	community := protocol.CommunityID(c.ID)
	d = protocol.Draft{Header: protocol.Header{Class: protocol.Control, Kind: 2, Document: protocol.DocumentID(community), Seq: 2, Previous: c.ID, Parents: []protocol.ChangeID{c.ID}, Lamport: 2}, Shape: []byte{0x80}}
	epoch := d.Build(community, log.ID, nil, [protocol.NonceSize]byte{})
	seal := protocol.SignSeal(founder.dev.Key.Private(), community, log.ID, 2, epoch.ID)
	return community, &protocol.Run{Log: log, Changes: []*protocol.Change{c, epoch}, Seal: seal}
}

// call is both ends of one stream and what was said.
type call struct {
	t         testing.TB
	community protocol.CommunityID
	birth     *protocol.Run
	secret    invite.Secret
	invite    protocol.ChangeID
	who       *newcomer
	refused   invite.Refusal
	asked     []protocol.DeviceID
	caller    *invite.Caller
	responder *invite.Responder
}

func newCall(t testing.TB) *call {
	c := &call{t: t, secret: invite.Secret{4, 2}, invite: protocol.ChangeID{5}, who: someone(t, "eli")}
	c.community, c.birth = birth(t)
	return c
}

func (c *call) known(key identity.PublicKey, device protocol.DeviceID) (invite.Invitation, bool) {
	c.asked = append(c.asked, device)
	if key != c.secret.Key().Public() {
		return invite.Invitation{}, false
	}
	return invite.Invitation{Community: c.community, Refused: c.refused, Preview: invite.Preview{
		Birth: c.birth, Invite: c.invite, Rank: 2, Nutshell: "wipers, mostly", Members: 3, Size: 1 << 20,
	}}, true
}

func (c *call) callerConfig() invite.CallerConfig {
	return invite.CallerConfig{
		Community: c.community, Invite: c.secret.Key(), Device: c.who.dev.Key,
		Caller: []byte("peer of eli"), Responder: []byte("peer of dev"),
		Birth: func(*protocol.Run) error { return nil },
	}
}

func (c *call) responderConfig() invite.ResponderConfig {
	return invite.ResponderConfig{Caller: []byte("peer of eli"), Responder: []byte("peer of dev"), Nonce: identity.Nonce{3, 1}, Known: c.known}
}

// knock goes as far as the responder's answer.
func (c *call) knock() (answer []byte, err error) {
	c.t.Helper()
	c.caller, c.responder = invite.NewCaller(c.callerConfig()), invite.NewResponder(c.responderConfig())
	return c.knockWith(c.caller, c.responder)
}

func (c *call) knockWith(caller *invite.Caller, responder *invite.Responder) ([]byte, error) {
	c.t.Helper()
	start := responder.Start()
	if len(start) > 48 {
		c.t.Errorf("the first frame says more than a nonce: %d bytes", len(start))
	}
	knock, _, err := caller.Receive(start)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, entered, err := responder.Receive(knock)
	if entered != nil {
		c.t.Fatal("entered by knocking")
	}
	return answer, err
}

// preview goes as far as the preview.
func (c *call) preview() *invite.Preview {
	c.t.Helper()
	answer, err := c.knock()
	if err != nil {
		c.t.Fatal(err)
	}
	send, got, err := c.caller.Receive(answer)
	if err != nil || send != nil || got.Preview == nil {
		c.t.Fatalf("%v, %v, %v", send, got, err)
	}
	return got.Preview
}

func (c *call) entry() identity.Entry {
	return identity.SignEntry(c.community, c.invite, c.secret.Key(), c.who.root, c.who.dev.Key, c.who.cert)
}

func (c *call) enter() *invite.Entered {
	c.t.Helper()
	c.preview()
	frame, err := c.caller.Enter(c.entry())
	if err != nil {
		c.t.Fatal(err)
	}
	send, entered, err := c.responder.Receive(frame)
	if err != nil || send != nil || entered == nil {
		c.t.Fatalf("%v, %v, %v", send, entered, err)
	}
	return entered
}

func TestJoin(t *testing.T) {
	c := newCall(t)
	p := c.preview()
	if p.Nutshell != "wipers, mostly" || p.Members != 3 || p.Size != 1<<20 || p.Rank != 2 || p.Invite != c.invite || p.Birth.Changes[0].ID != c.birth.Changes[0].ID {
		t.Errorf("preview %+v", p)
	}
	if err := c.caller.Closed(); !errors.Is(err, invite.ErrCut) {
		t.Errorf("cut after the preview: %v", err)
	}
	if want := []protocol.DeviceID{c.who.dev.ID()}; !slices.Equal(c.asked, want) {
		t.Errorf("asked about %v", c.asked)
	}
	entered := c.enter()
	if entered.Community != c.community || entered.Certificate.DeviceID() != c.who.dev.ID() || entered.Entry.Invite != c.invite {
		t.Errorf("entered %+v", entered)
	}
	letter := &protocol.Record{RecordKey: protocol.RecordKey{Kind: protocol.Letter, Recipient: c.who.dev.ID(), Epoch: c.birth.Changes[1].ID}, Number: 1, Payload: []byte("sealed")}
	frame, err := c.responder.Page(invite.Page{Runs: []*protocol.Run{c.birth}, Letters: []*protocol.Record{letter}})
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := c.caller.Receive(frame)
	if err != nil || got.Page == nil || len(got.Page.Runs) != 1 || len(got.Page.Letters) != 1 || !bytes.Equal(got.Page.Letters[0].Payload, letter.Payload) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.Page.Runs[0].Changes[0].ID != c.birth.Changes[0].ID {
		t.Error("the run came changed")
	}
	_, got, err = c.caller.Receive(c.responder.Done(true))
	if err != nil || !got.Done || !got.Waiting || !c.responder.Over() {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := c.caller.Closed(); err != nil {
		t.Error(err)
	}
}

func TestWrongKeyIsMetWithSilence(t *testing.T) {
	c := newCall(t)
	config := c.callerConfig()
	config.Invite = invite.Secret{6}.Key()
	caller, responder := invite.NewCaller(config), invite.NewResponder(c.responderConfig())
	answer, err := c.knockWith(caller, responder)
	if answer != nil || !errors.Is(err, invite.ErrKnock) || !responder.Over() {
		t.Errorf("%v, %v", answer, err)
	}
	if err := caller.Closed(); !errors.Is(err, invite.ErrSilence) {
		t.Errorf("the newcomer hears %v", err)
	}
}

func TestEachRefusalIsItsOwnSentence(t *testing.T) {
	sentences := map[string]bool{}
	for reason := invite.Expired; reason <= invite.Later; reason++ {
		c := newCall(t)
		c.refused = reason
		answer, err := c.knock()
		if err != nil || !c.responder.Over() || len(answer) > invite.MaxPreview {
			t.Fatal(err)
		}
		_, _, err = c.caller.Receive(answer)
		var got invite.Refusal
		if !errors.As(err, &got) || got != reason || c.caller.Closed() != error(reason) {
			t.Errorf("%d: %v", reason, err)
		}
		if sentences[err.Error()] {
			t.Errorf("%d shares a sentence: %v", reason, err)
		}
		sentences[err.Error()] = true
		if want := reason <= invite.Revoked; reason.Final() != want {
			t.Errorf("%v final: %v", reason, !want)
		}
	}
	if invite.Refusal(99).Error() == "" {
		t.Error("an unknown reason is silent")
	}
}

func TestRefusedAfterEntering(t *testing.T) {
	c := newCall(t)
	c.enter()
	_, _, err := c.caller.Receive(c.responder.Refuse(invite.NotPermitted))
	if !errors.Is(err, invite.NotPermitted) {
		t.Error(err)
	}
}

func TestImpostor(t *testing.T) {
	c := newCall(t)
	answer, err := c.knock()
	if err != nil {
		t.Fatal(err)
	}
	config := c.callerConfig()
	config.Community = protocol.CommunityID{66}
	for name, caller := range map[string]*invite.Caller{
		"another community": invite.NewCaller(config),
		"a bad birth": func() *invite.Caller {
			config := c.callerConfig()
			config.Birth = func(*protocol.Run) error { return errors.New("no epoch") }
			return invite.NewCaller(config)
		}(),
	} {
		if _, _, err := caller.Receive(c.responder.Start()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := caller.Receive(answer); !errors.Is(err, invite.ErrImpostor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Attack B4, B35: what is signed on one stream is worthless on another.
func TestKnockIsLive(t *testing.T) {
	c := newCall(t)
	caller := invite.NewCaller(c.callerConfig())
	knock, _, err := caller.Receive(invite.NewResponder(c.responderConfig()).Start())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*invite.ResponderConfig){
		"another nonce":     func(r *invite.ResponderConfig) { r.Nonce = identity.Nonce{9} },
		"another caller":    func(r *invite.ResponderConfig) { r.Caller = []byte("thief") },
		"another responder": func(r *invite.ResponderConfig) { r.Responder = []byte("thief") },
		"another community": func(r *invite.ResponderConfig) {
			r.Known = func(k identity.PublicKey, d protocol.DeviceID) (invite.Invitation, bool) {
				i, ok := c.known(k, d)
				i.Community = protocol.CommunityID{1}
				return i, ok
			}
		},
	} {
		config := c.responderConfig()
		change(&config)
		if answer, _, err := invite.NewResponder(config).Receive(knock); answer != nil || !errors.Is(err, invite.ErrKnock) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Attack B21: an entry captured on the wire is bound to its keys, and the
// session to whoever holds the device.
func TestCapturedEntry(t *testing.T) {
	c := newCall(t)
	captured := c.entry()
	thief := newCall(t)
	thief.who = someone(t, "thief")
	thief.preview()
	frame, err := thief.caller.Enter(captured)
	if err != nil {
		t.Fatal(err)
	}
	if _, entered, err := thief.responder.Receive(frame); entered != nil || !errors.Is(err, identity.ErrEntry) {
		t.Errorf("another's entry: %v", err)
	}
	thief.preview()
	forged := captured
	forged.Certificate = thief.who.cert.Encode()
	frame, err = thief.caller.Enter(forged)
	if err != nil {
		t.Fatal(err)
	}
	if _, entered, err := thief.responder.Receive(frame); entered != nil || !errors.Is(err, identity.ErrEntry) {
		t.Errorf("another certificate in a captured entry: %v", err)
	}
}

func TestSessionIsSigned(t *testing.T) {
	c := newCall(t)
	c.preview()
	frame, err := c.caller.Enter(c.entry())
	if err != nil {
		t.Fatal(err)
	}
	frame[len(frame)-1] ^= 1
	if _, entered, err := c.responder.Receive(frame); entered != nil || !errors.Is(err, identity.ErrSession) {
		t.Error(err)
	}
}

func TestEntryForAnotherInvite(t *testing.T) {
	c := newCall(t)
	c.preview()
	other := identity.SignEntry(c.community, protocol.ChangeID{8}, c.secret.Key(), c.who.root, c.who.dev.Key, c.who.cert)
	if _, err := c.caller.Enter(other); !errors.Is(err, identity.ErrEntry) {
		t.Errorf("the newcomer's own side: %v", err)
	}
}

func TestFramesOutOfTurn(t *testing.T) {
	c := newCall(t)
	responder := invite.NewResponder(c.responderConfig())
	if _, err := responder.Page(invite.Page{}); !errors.Is(err, invite.ErrFrame) {
		t.Errorf("a page to a stranger: %v", err)
	}
	if _, err := invite.NewCaller(c.callerConfig()).Enter(c.entry()); !errors.Is(err, invite.ErrFrame) {
		t.Errorf("entering before the preview: %v", err)
	}
	c.preview()
	enter, err := c.caller.Enter(c.entry())
	if err != nil {
		t.Fatal(err)
	}
	if _, entered, err := responder.Receive(enter); entered != nil || !errors.Is(err, invite.ErrFrame) {
		t.Errorf("entering before knocking: %v", err)
	}
	if _, entered, err := responder.Receive(enter); entered != nil || err == nil {
		t.Errorf("after a fault: %v", err)
	}
	if _, _, err := c.caller.Receive(make([]byte, invite.MaxPage+1)); !errors.Is(err, invite.ErrFrame) {
		t.Errorf("an endless page: %v", err)
	}
	if _, _, err := invite.NewResponder(c.responderConfig()).Receive(make([]byte, invite.MaxStranger+1)); !errors.Is(err, invite.ErrFrame) {
		t.Errorf("a long knock: %v", err)
	}
}

func TestLongNutshell(t *testing.T) {
	c := newCall(t)
	config := c.responderConfig()
	config.Known = func(k identity.PublicKey, d protocol.DeviceID) (invite.Invitation, bool) {
		i, ok := c.known(k, d)
		i.Preview.Nutshell = string(bytes.Repeat([]byte("x"), 33<<10))
		return i, ok
	}
	if _, err := c.knockWith(invite.NewCaller(c.callerConfig()), invite.NewResponder(config)); !errors.Is(err, invite.ErrFrame) {
		t.Error(err)
	}
}

// FuzzResponder feeds a responder frames at each of its turns.
func FuzzResponder(f *testing.F) {
	c := newCall(f)
	start := invite.NewResponder(c.responderConfig()).Start()
	caller := invite.NewCaller(c.callerConfig())
	knock, _, _ := caller.Receive(start)
	f.Add(knock, []byte{0x87, 5})
	c.preview()
	enter, _ := c.caller.Enter(c.entry())
	f.Add(knock, enter)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		r := invite.NewResponder(c.responderConfig())
		if _, entered, _ := r.Receive(first); entered != nil {
			t.Fatal("entered by knocking")
		}
		if _, entered, err := r.Receive(second); entered != nil && (err != nil || !bytes.Equal(second, enter)) {
			t.Fatal("entered by another frame")
		}
	})
}

// FuzzCaller feeds a caller frames at each of its turns.
func FuzzCaller(f *testing.F) {
	c := newCall(f)
	answer, err := c.knock()
	if err != nil {
		f.Fatal(err)
	}
	entered := newCall(f)
	entered.enter()
	page, err := entered.responder.Page(invite.Page{Runs: []*protocol.Run{c.birth}})
	if err != nil {
		f.Fatal(err)
	}
	start := c.responder.Start()
	refuse := entered.responder.Refuse(invite.Expired)
	f.Add(start, answer, page)
	f.Add(start, refuse, page)
	f.Add(start, answer, entered.responder.Done(false))
	f.Fuzz(func(t *testing.T, one, two, three []byte) {
		caller := invite.NewCaller(c.callerConfig())
		for _, frame := range [][]byte{one, two, three} {
			_, got, err := caller.Receive(frame)
			if err != nil {
				if caller.Closed() == nil {
					t.Fatal("ends well after a fault")
				}
				return
			}
			if got.Preview != nil {
				if got.Preview.Invite != c.invite {
					return
				}
				if _, err := caller.Enter(c.entry()); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
