package invite_test

import (
	"errors"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
)

// linking is both ends of a stream on which a further device comes in.
type linking struct {
	*call
	key   identity.Key
	owner *newcomer // who shows the link
	link  invite.Link
	phone *newcomer
}

func newLinking(t testing.TB) *linking {
	l := &linking{call: newCall(t), owner: someone(t, "ana"), phone: someone(t, "ana's phone")}
	l.key = l.secret.LinkKey()
	l.link = invite.Link{Key: l.key, Root: l.owner.root.Public(), Certifier: l.owner.dev.ID()}
	return l
}

// offer goes as far as the offer; the responder signs with its own key.
func (l *linking) offer() (got invite.Called, err error) {
	l.t.Helper()
	caller := l.callerConfig()
	caller.Way, caller.Invite, caller.Device = invite.ByLink, l.key, l.phone.dev.Key
	responder := l.responderConfig()
	responder.Known = func(key identity.PublicKey, _ protocol.DeviceID) (invite.Invitation, bool) {
		return invite.Invitation{Community: l.community, Preview: invite.Preview{Birth: l.birth}, Link: &l.link}, key == l.key.Public()
	}
	l.caller, l.responder = invite.NewCaller(caller), invite.NewResponder(responder)
	answer, err := l.knockWith(l.caller, l.responder)
	if err != nil {
		l.t.Fatal(err)
	}
	_, got, err = l.caller.Receive(answer)
	return got, err
}

func (l *linking) ask(got invite.Called) *identity.Certificate {
	return l.phone.dev.Ask(got.Offer.Root, got.Offer.Certifier, 0)
}

func TestLink(t *testing.T) {
	l := newLinking(t)
	got, err := l.offer()
	if err != nil || got.Offer == nil || got.Offer.Root != l.owner.root.Public() {
		t.Fatalf("%+v, %v", got, err)
	}
	frame, err := l.caller.Link(l.ask(got))
	if err != nil || len(frame) > invite.MaxStranger {
		t.Fatal(len(frame), err)
	}
	_, entered, err := l.responder.Receive(frame)
	if err != nil || entered.Way != invite.ByLink || entered.Key != l.key.Public() {
		t.Fatalf("%+v, %v", entered, err)
	}
	if err := entered.Certificate.Grant(l.owner.dev.Key); err != nil {
		t.Fatal(err)
	}
	if err := entered.Certificate.Verify(l.owner.dev.Key.Public()); err != nil || entered.Certificate.DeviceID() != l.phone.dev.ID() {
		t.Error(err)
	}
}

// Who does not hold the link's key takes nobody's new device for another member.
func TestAnOfferComesFromWhereTheAddressDoes(t *testing.T) {
	l := newLinking(t)
	l.link.Key = identity.NewKey(keyed("mallory"))
	if _, err := l.offer(); !errors.Is(err, invite.ErrImpostor) {
		t.Errorf("%v", err)
	}
}

func TestADeviceIsLinkedAsOfferedAlone(t *testing.T) {
	for name, alter := range map[string]func(*linking, *identity.Certificate) *identity.Certificate{
		"another root": func(l *linking, c *identity.Certificate) *identity.Certificate {
			return l.phone.dev.Ask(l.phone.root.Public(), c.Certifier, 0)
		},
		"another certifier": func(l *linking, c *identity.Certificate) *identity.Certificate {
			return l.phone.dev.Ask(c.Root, protocol.DeviceID{9}, 0)
		},
	} {
		l := newLinking(t)
		got, err := l.offer()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.caller.Link(alter(l, l.ask(got))); !errors.Is(err, invite.ErrFrame) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Another device than the one that knocked, as the hostile would send it.
	l := newLinking(t)
	got, err := l.offer()
	if err != nil {
		t.Fatal(err)
	}
	other := someone(t, "thief")
	frame, err := l.caller.Link(other.dev.Ask(got.Offer.Root, got.Offer.Certifier, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.responder.Receive(frame); !errors.Is(err, invite.ErrFrame) {
		t.Errorf("another device: %v", err)
	}
	// A key that is not the device's own does not get the certifier's word.
	bad := l.ask(got)
	bad.Device = other.dev.Key.Public()
	if err := bad.Grant(l.owner.dev.Key); !errors.Is(err, identity.ErrCertificate) {
		t.Errorf("no proof of possession: %v", err)
	}
}

func TestBackByTheRoot(t *testing.T) {
	c := newCall(t)
	caller := c.callerConfig()
	caller.Way, caller.Invite = invite.ByRoot, c.who.root
	responder := c.responderConfig()
	responder.Known = func(key identity.PublicKey, _ protocol.DeviceID) (invite.Invitation, bool) {
		return invite.Invitation{Community: c.community, Root: true}, key == c.who.root.Public()
	}
	begin := func() []byte {
		c.caller, c.responder = invite.NewCaller(caller), invite.NewResponder(responder)
		knock, _, err := c.caller.Receive(c.responder.Start())
		if err != nil {
			t.Fatal(err)
		}
		return knock
	}
	begin()
	if err := c.caller.Closed(); !errors.Is(err, invite.ErrSilence) {
		t.Errorf("silence: %v", err)
	}
	_, entered, err := c.responder.Receive(begin())
	if err != nil || entered == nil || entered.Run != nil || entered.Key != c.who.root.Public() {
		t.Fatalf("%+v, %v", entered, err)
	}
	log := protocol.NewLogRef(c.who.dev.ID(), protocol.Incarnation{1}, protocol.Control)
	run := func(log protocol.LogRef) *protocol.Run {
		d := protocol.Draft{Header: protocol.Header{Class: protocol.Control, Kind: 7, Document: protocol.DocumentID(c.community), Seq: 1, Previous: protocol.ChangeID(log.ID), Parents: []protocol.ChangeID{{1}}, Lamport: 3}, Shape: []byte{0x80}}
		change := d.Build(c.community, log.ID, nil, [protocol.NonceSize]byte{})
		return &protocol.Run{Log: log, Changes: []*protocol.Change{change}, Seal: protocol.SignSeal(c.who.dev.Key.Private(), c.community, log.ID, 1, change.ID)}
	}
	if _, err := c.caller.Return(run(log)); !errors.Is(err, invite.ErrFrame) {
		t.Error("before the control logs:", err)
	}
	page, err := c.responder.Page(invite.Page{Runs: []*protocol.Run{c.birth}})
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.caller.Receive(page); err != nil || got.Page == nil {
		t.Fatal(err)
	}
	if _, got, err := c.caller.Receive(c.responder.Done(true)); err != nil || !got.Logs || c.responder.Over() {
		t.Fatalf("%+v, %v", got, err)
	}
	frame, err := c.caller.Return(run(log))
	if err != nil {
		t.Fatal(err)
	}
	if _, entered, err = c.responder.Receive(frame); err != nil || entered.Run == nil || entered.Device != c.who.dev.ID() {
		t.Fatalf("%+v, %v", entered, err)
	}
	if _, got, err := c.caller.Receive(c.responder.Done(false)); err != nil || !got.Done || c.caller.Closed() != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestLinkAddresses(t *testing.T) {
	a := address(2)
	text := a.LinkText()
	b, err := invite.ParseLink(strings.ToUpper(text[:40]) + "\n" + text[40:])
	if err != nil || !same(a, b) {
		t.Fatal(err)
	}
	body := strings.TrimPrefix(text, "coppice:link/")
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"an invite":           {a.Text(), invite.ErrNotLink},
		"cut short":           {text[:len(text)-1], invite.ErrCutShort},
		"an invite disguised": {"coppice:link/" + strings.TrimPrefix(a.Text(), "coppice:join/"), invite.ErrMistyped},
	} {
		if _, err := invite.ParseLink(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := invite.Parse(text); !errors.Is(err, invite.ErrNotInvite) {
		t.Error("a link taken for an invite:", err)
	}
	if _, err := invite.Parse("coppice:join/" + body); !errors.Is(err, invite.ErrMistyped) {
		t.Error("a link disguised as an invite:", err)
	}
	if a.Secret.Key().Public() == a.Secret.LinkKey().Public() {
		t.Error("one secret gives the invite's key and the link's")
	}
}
