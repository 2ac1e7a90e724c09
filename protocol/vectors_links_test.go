package protocol_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// said is one stream between two machines, frame by frame.
type said struct {
	t         *testing.T
	calling   *invite.Caller
	answering *invite.Responder
	frames    []hexBytes
}

// call gives the caller a frame of the responder's.
func (s *said) call(frame []byte) invite.Called {
	s.t.Helper()
	s.frames = append(s.frames, frame)
	send, got, err := s.calling.Receive(frame)
	fatal(s.t, err)
	if send != nil {
		s.answer(send)
	}
	return got
}

// answer gives the responder a frame of the caller's.
func (s *said) answer(frame []byte) *invite.Entered {
	s.t.Helper()
	s.frames = append(s.frames, frame)
	send, entered, err := s.answering.Receive(frame)
	fatal(s.t, err)
	if send != nil {
		s.frames = append(s.frames, send)
	}
	return entered
}

// last returns the frame that was sent last, and takes it back.
func (s *said) last() []byte {
	frame := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	return frame
}

func speak(t *testing.T, w *world, way invite.Way, key identity.Key, d *identity.Device, i invite.Invitation) *said {
	caller, responder := []byte("caller"), []byte("responder")
	i.Community = w.community
	return &said{t: t,
		calling: invite.NewCaller(invite.CallerConfig{Community: w.community, Way: way, Invite: key, Device: d.Key, Caller: caller, Responder: responder,
			Birth: func(r *Run) error { _, err := membership.Birth(r); return err }}),
		answering: invite.NewResponder(invite.ResponderConfig{Caller: caller, Responder: responder, Nonce: tinted[identity.Nonce](2),
			Known: func(identity.PublicKey, DeviceID) (invite.Invitation, bool) { return i, true }}),
	}
}

// A further device comes by a link, and a device by the root alone.
func TestVectorsOfLinking(t *testing.T) {
	w, ctl := birth(t)
	root, first, second := identityKey(3), identityDevice(t, 4), identityDevice(t, 5)
	secret := invite.Secret{1, 2, 3, 4}
	address := &invite.Address{Community: w.community, Secret: secret, Peers: []invite.Peer{{ID: []byte("peer"), Addr: []byte{4, 127, 0, 0, 1}}}}
	merge := ctl.seal(ctl.write(Draft{Header: Header{Kind: membership.KindMerge}, Shape: []byte{0x80}}))
	fields := func(key identity.Key) map[string]hexBytes {
		return map[string]hexBytes{"caller": []byte("caller"), "responder": []byte("responder"), "key": array(key.Public()), "device": array(second.Key.Public())}
	}

	key := secret.LinkKey()
	link := speak(t, w, invite.ByLink, key, second, invite.Invitation{
		Preview: invite.Preview{Birth: w.founding}, Link: &invite.Link{Key: key, Root: root.Public(), Certifier: first.ID()},
	})
	link.call(link.answering.Start())
	offer := link.call(link.last()).Offer
	ask, err := link.calling.Link(second.Ask(offer.Root, offer.Certifier, 0))
	fatal(t, err)
	entered := link.answer(ask)
	fatal(t, entered.Certificate.Grant(first.Key))
	page, err := link.answering.Page(invite.Page{Runs: []*Run{w.founding, merge}, Letters: []*Record{letter()}})
	fatal(t, err)
	link.call(page)
	if got := link.call(link.answering.Done(false)); !got.Done {
		t.Fatal("not in")
	}

	back := speak(t, w, invite.ByRoot, root, second, invite.Invitation{Root: true})
	back.call(back.answering.Start())
	page, err = back.answering.Page(invite.Page{Runs: []*Run{w.founding, merge}})
	fatal(t, err)
	back.call(page)
	if got := back.call(back.answering.Done(true)); !got.Logs {
		t.Fatal("the control logs do not end")
	}
	certificate, err := identity.Certify(root.Public(), root, DeviceID{}, second, 0)
	fatal(t, err)
	pen := &pen{w, second.Key.Private(), NewLogRef(second.ID(), Incarnation{5}, Control), nil}
	run := pen.seal(pen.write(Draft{
		Header: Header{Kind: membership.KindDevice, Parents: []ChangeID{merge.Last().ID}, Lamport: merge.Last().Lamport + 1},
		Shape:  membership.Encode(&membership.Device{Certificate: certificate.Encode()}),
	}))
	if !membership.Returns(run.Changes[0], second.ID()) {
		t.Fatal("it does not begin the device's log")
	}
	brings, err := back.calling.Return(run)
	fatal(t, err)
	if entered := back.answer(brings); entered.Run == nil {
		t.Fatal("no run")
	}
	page, err = back.answering.Page(invite.Page{Runs: []*Run{w.founding, merge, run}, Letters: []*Record{letter()}})
	fatal(t, err)
	back.call(page)
	back.call(back.answering.Done(false))

	check(t, "links.json", []vector{
		{Name: "by a link: nonce, knock, offer, link, page, done", Outcome: "ok", Community: array(w.community), Text: address.LinkText(), Frames: link.frames, Fields: fields(key)},
		{Name: "by the root: nonce, knock, page, done, return, page, done", Outcome: "ok", Community: array(w.community), Frames: back.frames, Fields: fields(root)},
	})
}

func TestStrangerReadsLinks(t *testing.T) {
	eachVector(t, "links.json", func(t *testing.T, v told) {
		f, community, key := v.list("frames"), v.hex("community"), v.field("key")
		nonce, knock := frame(f[0], 1, 2)[1].fixed(32), frame(f[1], 2, 4)
		peers := bytes.Join([][]byte{community, encodeString(2, v.field("caller")), encodeString(2, v.field("responder")), encodeString(2, nonce), encodeString(2, knock[2].fixed(32))}, nil)
		if !bytes.Equal(knock[1].fixed(32), key) || !ed25519.Verify(key, append([]byte("coppice/knock/1"), peers...), knock[3].fixed(64)) {
			t.Error("the knock")
		}
		if v.str("text") == "" {
			run := readStrangeRun(encodeItem(frame(f[4], 10, 2)[1]), community)
			readOperation(7, run.changes[0].shape)
			root, device := readCertificate(whole(run.changes[0].shape).arrayOf(1)[0].data, key)
			if !bytes.Equal(root, key) || !bytes.Equal(device, v.field("device")) || !run.sealed(community, device) {
				t.Error("the run that begins the log")
			}
			return
		}
		offer := frame(f[2], 8, 5)
		checkBirth(t, offer[1], community)
		signed := bytes.Join([][]byte{[]byte("coppice/offer/1"), peers, encodeString(2, offer[2].fixed(32)), encodeString(2, offer[3].fixed(32))}, nil)
		if !ed25519.Verify(key, signed, offer[4].fixed(64)) {
			t.Error("the offer")
		}
		ask := whole(frame(f[3], 9, 2)[1].data).arrayOf(7)
		if !bytes.Equal(ask[0].fixed(32), offer[2].data) || !bytes.Equal(ask[1].fixed(32), v.field("device")) || !bytes.Equal(ask[4].fixed(32), offer[3].data) || !bytes.Equal(ask[5].fixed(64), make([]byte, 64)) {
			t.Error("what the device asks for")
		}
	})
}
