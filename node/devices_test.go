package node

import (
	"errors"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol/invite"
)

// link makes other a further device of n's member.
func (w *world) link(n, other *Node) api.Joined {
	w.Helper()
	shown := must[api.Link](w.T)(n.ShowLink(w.Context(), none))
	return w.linkBy(other, shown.Link)
}

func (w *world) linkBy(other *Node, address string) api.Joined {
	w.Helper()
	joined := must[api.Joined](w.T)(other.Link(w.Context(), none, api.Linking{Link: address, Wait: api.Duration(patience)}))
	if joined.State != api.StateJoined {
		w.Fatalf("waits for %s", joined.WaitingFor)
	}
	return joined
}

func (w *world) devices(n *Node, member string) []api.DeviceLine {
	w.Helper()
	return must[api.DeviceList](w.T)(n.Devices(w.Context(), none, member)).Items
}

// own returns the line of the node's own device.
func (w *world) own(n *Node) api.DeviceLine {
	w.Helper()
	for _, d := range w.devices(n, everybody) {
		if d.This {
			return d
		}
	}
	w.Fatal("the node's device is not listed")
	return api.DeviceLine{}
}

func TestTwoDevicesWriteAsOnePerson(t *testing.T) {
	w := newWorld(t)
	ana, ben, phone := w.up(""), w.up(""), w.up("")
	w.found(ana)
	first := w.way(ana, "Rest the dough", "An hour.")
	w.join(ana, ben, "Ben")
	joined := w.link(ana, phone)
	w.same(ana, ben, phone)
	if d := w.show(phone, first); d.Body != "An hour." {
		t.Errorf("the second device reads %q", d.Body)
	}
	second := w.way(phone, "Feed the starter", "Daily.")
	w.edit(phone, first, "Two hours.")
	w.same(ana, ben, phone)
	mine := must[api.Members](t)(ana.Members(t.Context(), none)).Items
	if len(mine) != 2 || mine[0].Devices != 2 || joined.Member != mine[0].ID {
		t.Errorf("%+v", mine)
	}
	for _, n := range []*Node{ana, ben, phone} {
		if d := w.show(n, second); d.Author.Name != "Ana" || d.Author.ID != joined.Member {
			t.Errorf("written by %+v", d.Author)
		}
	}
	if p := must[api.MemberPage](t)(phone.Member(t.Context(), none, "me")); p.Name != "Ana" || p.Rank != "founder" {
		t.Errorf("the second device takes itself for %+v", p)
	}
	root, err := phone.home.read("communities", joined.Community, "root")
	if err != nil || root != nil {
		t.Error("the root travelled", err)
	}
	if lines := w.devices(phone, ""); len(lines) != 2 || !lines[1].This || lines[1].By != lines[0].ID || lines[0].By != byRoot {
		t.Errorf("%+v", lines)
	}
}

// The device that showed the address sleeps: the other waits, over a restart
// too, under the same keys.
func TestLinkIsAJob(t *testing.T) {
	w := newWorld(t)
	homes := []string{t.TempDir(), t.TempDir()}
	ana, phone := w.up(homes[0]), w.up(homes[1])
	w.found(ana)
	shown := must[api.Link](t)(ana.ShowLink(t.Context(), none))
	w.down(ana)
	waits := must[api.Joined](t)(phone.Link(t.Context(), none, api.Linking{Link: shown.Link, Wait: api.Duration(50 * time.Millisecond)}))
	if waits.State != api.StateWaiting {
		t.Errorf("%+v", waits)
	}
	w.down(phone)
	phone, ana = w.up(homes[1]), w.up(homes[0])
	w.linkBy(phone, shown.Link)
	w.same(ana, phone)
	if n := len(w.devices(ana, "")); n != 2 {
		t.Errorf("%d devices", n)
	}
}

func TestALinkHoldsForOneDeviceAndAnHour(t *testing.T) {
	w := newWorld(t)
	ana := w.up("")
	w.found(ana)
	refused := func(address, why string, kind error) {
		t.Helper()
		n := w.up("")
		_, err := n.Link(t.Context(), none, api.Linking{Link: address, Wait: api.Duration(patience)})
		if !errors.Is(err, kind) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
		if s := must[api.Status](t)(n.Status(t.Context(), none)); len(s.Joining)+len(s.Communities) != 0 {
			t.Errorf("%s: something is left: %+v", why, s)
		}
	}
	shown := must[api.Link](t)(ana.ShowLink(t.Context(), none))
	w.linkBy(w.up(""), shown.Link)
	refused(shown.Link, "another device came by this link", api.ErrRefused)
	old := must[api.Link](t)(ana.ShowLink(t.Context(), api.Call{Now: time.Now().Add(-2 * time.Hour)}))
	refused(old.Link, "expired", api.ErrRefused)
	refused(shown.Link[:len(shown.Link)-7], "cut short", api.ErrUsage)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	refused(invited.Invite, "coppice:link/", api.ErrUsage)
	if _, err := w.up("").Join(t.Context(), none, api.Joining{Invite: shown.Link}); !errors.Is(err, api.ErrUsage) {
		t.Error("a link taken for an invite:", err)
	}
	if n := len(w.devices(ana, everybody)); n != 2 {
		t.Errorf("%d devices", n)
	}
	if _, err := ana.Link(t.Context(), none, api.Linking{Link: shown.Link}); !errors.Is(err, api.ErrUsage) {
		t.Error("linked with itself:", err)
	}
}

func TestARevokedDeviceHasNoPower(t *testing.T) {
	w := newWorld(t)
	ana, ben, phone, tablet := w.up(""), w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.link(ana, phone)
	w.same(ana, ben, phone)
	kept := w.way(phone, "Written in time", "Kept.")
	w.link(phone, tablet) // a further device is certified by any of them
	w.same(ana, ben, phone, tablet)
	must[api.Connected](t)(tablet.Connect(t.Context(), none, api.Connecting{Address: ana.net.addrs()[0]}))

	lost := w.own(phone)
	means := must[api.Revocation](t)(ana.Revocation(t.Context(), none, lost.ID[:12]))
	if !means.Root || len(means.Certified) != 1 || means.Certified[0].ID != w.own(tablet).ID || means.Change != "" || means.Device.Changes == 0 {
		t.Errorf("%+v", means)
	}
	if _, err := tablet.Revoke(t.Context(), none, lost.ID, api.Revoking{}); !errors.Is(err, api.ErrNotPermitted) || !strings.Contains(err.Error(), "root") {
		t.Error("revoked without the root:", err)
	}
	if _, err := ben.Revoke(t.Context(), none, lost.ID, api.Revoking{}); !errors.Is(err, api.ErrNotPermitted) {
		t.Error("a member revokes a founder's device:", err)
	}
	w.board.part(ana.net.id(), phone.net.id(), true)
	w.board.part(ben.net.id(), phone.net.id(), true)
	w.board.part(tablet.net.id(), phone.net.id(), true)
	done := must[api.Revocation](t)(ana.Revoke(t.Context(), none, lost.ID[:12], api.Revoking{}))
	if done.Change == "" || done.Device.State != api.DeviceRevoked {
		t.Errorf("%+v", done)
	}
	w.same(ana, ben, tablet)
	void := w.way(phone, "Written too late", "By a thief.")
	secret := w.way(ben, "Told among us", "With the new key.")
	w.same(ana, ben, tablet)
	w.board.part(ben.net.id(), phone.net.id(), false)
	_, _ = phone.Sync(t.Context(), none, api.Syncing{Wait: api.Duration(2 * time.Second)}) // it is told why it is not served
	if _, err := phone.Show(t.Context(), none, secret); !errors.Is(err, api.ErrNotFound) {
		t.Error("a revoked device is served:", err)
	}
	if _, err := phone.New(t.Context(), none, api.Draft{Kind: "way", Title: "Again", Body: "x"}); !errors.Is(err, api.ErrNotPermitted) {
		t.Error("a revoked device does not know that it is:", err)
	}
	for _, n := range []*Node{ana, ben, tablet} {
		if d := w.show(n, kept); d.Body != "Kept." {
			t.Errorf("%+v", d)
		}
		if _, err := n.Show(t.Context(), none, void); !errors.Is(err, api.ErrNotFound) {
			t.Error("what it wrote after shows:", err)
		}
	}
	if lines := w.devices(ana, ""); len(lines) != 3 || lines[1].State != api.DeviceRevoked || lines[2].State != api.DeviceActive {
		t.Errorf("%+v", lines)
	}
	if _, err := ana.Revoke(t.Context(), none, lost.ID, api.Revoking{}); !errors.Is(err, api.ErrUsage) {
		t.Error("revoked twice:", err)
	}
	after := w.way(tablet, "The others go on", "With a new key.")
	w.same(ana, ben, tablet)
	if d := w.show(ana, after); d.Author.Name != "Ana" {
		t.Errorf("%+v", d)
	}
}

// A convener ends the stolen device of a member who cannot.
func TestAConvenerRevokesAStolenDevice(t *testing.T) {
	w := newWorld(t)
	ana, ben, phone := w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.link(ben, phone)
	w.same(ana, ben, phone)
	stolen := w.own(phone)
	must[api.Revocation](t)(ana.Revoke(t.Context(), none, stolen.ID, api.Revoking{}))
	w.same(ana, ben)
	if lines := w.devices(ben, ""); len(lines) != 2 || lines[0].State != api.DeviceActive || lines[1].State != api.DeviceRevoked {
		t.Errorf("%+v", lines)
	}
	w.way(ben, "I go on", "With the other.")
	w.same(ana, ben)
}

// A device takes itself out, without the root.
func TestADeviceRevokesItself(t *testing.T) {
	w := newWorld(t)
	ana, phone := w.up(""), w.up("")
	w.found(ana)
	w.link(ana, phone)
	w.same(ana, phone)
	must[api.Revocation](t)(phone.Revoke(t.Context(), none, w.own(phone).ID, api.Revoking{}))
	if _, err := phone.New(t.Context(), none, api.Draft{Kind: "way", Title: "After", Body: "x"}); !errors.Is(err, api.ErrNotPermitted) {
		t.Error(err)
	}
}

// A device that was certified and cut off before its letters came is given
// them by the same link; nothing is written twice.
func TestACutLinkGoesOn(t *testing.T) {
	w := newWorld(t)
	ana := w.up("")
	w.found(ana)
	c := ana.opened()[0]
	address := must[*invite.Address](t)(invite.ParseLink(must[api.Link](t)(ana.ShowLink(t.Context(), none)).Link))
	phone := must[*persona](t)(newPersona(""))
	come := func() replica.Admitted {
		ask := phone.Device.Ask(c.persona.Root.Public(), c.persona.Device.ID(), 0)
		return must[replica.Admitted](t)(c.letEnter(t.Context(), &invite.Entered{
			Community: c.id, Way: invite.ByLink, Key: address.Secret.LinkKey().Public(), Device: phone.Device.ID(), Certificate: ask,
		}))
	}
	first := come()
	before := w.hash(ana)
	again := come()
	if first.Admission.IsZero() || !again.Admission.IsZero() || len(again.Letters) == 0 || w.hash(ana) != before {
		t.Errorf("%+v, then %+v", first, again)
	}
}

// A stolen device made others: they are named, and end with it if one says so,
// but never the machine that says it.
func TestAStolenDeviceAndWhatCameThroughIt(t *testing.T) {
	w := newWorld(t)
	ana, phone, strange, further := w.up(""), w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.link(ana, phone)
	w.same(ana, phone)
	w.link(phone, strange)
	w.same(ana, phone, strange)
	w.link(strange, further)
	w.same(ana, phone, strange, further)
	says := must[api.Revocation](t)(ana.Revocation(t.Context(), none, w.own(phone).ID))
	if len(says.Certified) != 2 || !strings.Contains(strings.Join(says.Says, " "), "--with-certified") {
		t.Errorf("%+v", says)
	}
	out := must[api.Revocation](t)(ana.Revoke(t.Context(), none, w.own(phone).ID, api.Revoking{WithCertified: true}))
	if out.Device.State != api.DeviceRevoked || out.Certified[0].State != api.DeviceRevoked || out.Certified[1].State != api.DeviceRevoked {
		t.Errorf("%+v", out)
	}
	active := 0
	for _, l := range w.devices(ana, "") {
		if l.State == api.DeviceActive {
			active++
			if !l.This {
				t.Errorf("%s goes on", l.ID)
			}
		}
	}
	if active != 1 {
		t.Errorf("%d devices are active", active)
	}
	w.way(ana, "I go on", "Alone.")
}

// Who sits at a machine that came through the stolen one does not end it.
func TestTheOwnMachineStays(t *testing.T) {
	w := newWorld(t)
	ana, phone, laptop := w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.link(ana, phone)
	w.same(ana, phone)
	w.link(phone, laptop)
	w.same(ana, phone, laptop)
	kit := must[api.Kit](t)(ana.PrintKit(t.Context(), none, api.KitPrinting{Passphrase: "five hens in the orchard"}))
	open := api.OpenKit{Kit: kit.Kit, Passphrase: "five hens in the orchard"}
	out := must[api.Revocation](t)(laptop.Revoke(t.Context(), none, w.own(phone).ID, api.Revoking{OpenKit: open, WithCertified: true}))
	if len(out.Certified) != 0 {
		t.Errorf("with it end %+v", out.Certified)
	}
	w.way(laptop, "I go on", "Here.")
}
