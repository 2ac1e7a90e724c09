package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/gossip"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// array returns a copy of an array's bytes.
func array[T ~[32]byte](a T) hexBytes { return bytes.Clone(a[:]) }

func TestVectorsOfEpochs(t *testing.T) {
	community, s := tinted[CommunityID](0x61), tinted[epoch.Secret](0x91)
	access := s.Access(community)
	carried := []epoch.Carried{{Epoch: tinted[ChangeID](0x31), Secret: tinted[epoch.Secret](0x92)}, {Epoch: tinted[ChangeID](0x32), Secret: tinted[epoch.Secret](0x93)}}
	meeting := epoch.Meeting{Caller: []byte("caller"), Responder: []byte("responder"), CallerNonce: tinted[identity.Nonce](1)}
	hello := access.Presence(meeting, identity.FromCaller)
	meeting.ResponderNonce = tinted[identity.Nonce](2)
	welcome := access.Presence(meeting, identity.FromResponder)
	content, gossip := s.Content(community), access.Gossip()
	check(t, "epochs.json", []vector{{
		Name: "what follows from a secret", Outcome: "ok", Text: access.Topic(), Community: array(community), Fields: map[string]hexBytes{
			"secret": array(s), "commitment": array(s.Commitment(community)), "content": array(content), "access": array(access), "check": array(access.Check()),
			"gossip": array(gossip), "caller": []byte("caller"), "responder": []byte("responder"), "caller_nonce": array(meeting.CallerNonce),
			"responder_nonce": array(meeting.ResponderNonce), "hello_tag": array(hello), "welcome_tag": array(welcome),
			"carried": s.SealCarried(community, [NonceSize]byte{1}, carried), "carried_plain": carriedPlain(carried),
		},
	}})
}

func carriedPlain(carried []epoch.Carried) []byte {
	b := AppendArray(nil, len(carried))
	for _, c := range carried {
		b = AppendBytes(AppendBytes(AppendArray(b, 2), c.Epoch[:]), c.Secret[:])
	}
	return b
}

// A letter is different each time it is sealed: the one in the file stays.
func TestVectorsOfLetters(t *testing.T) {
	d := identityDevice(t, 2)
	to := epoch.Address{Community: tinted[CommunityID](0x61), Epoch: tinted[ChangeID](0x31), Recipient: d.ID()}
	secret := tinted[epoch.Secret](0x91)
	var kept []struct{ Bytes string }
	if b, err := os.ReadFile("testdata/letters.json"); err == nil {
		if err := json.Unmarshal(b, &kept); err != nil {
			t.Fatal(err)
		}
	}
	var letter []byte
	if len(kept) > 0 {
		letter = unhex(t, kept[0].Bytes)
	}
	if _, err := epoch.OpenLetter(d.Sealing, to, letter); err != nil && *update {
		if letter, err = epoch.SealLetter(secret, to, d.Sealing.Public()); err != nil {
			t.Fatal(err)
		}
	}
	flipped := bytes.Clone(letter)
	flipped[7] ^= 1
	var vectors []vector
	for _, v := range []struct {
		name  string
		bytes []byte
		to    epoch.Address
		want  string
	}{
		{"as it was sealed", letter, to, "ok"},
		{"of another epoch", letter, epoch.Address{Community: to.Community, Epoch: tinted[ChangeID](0x32), Recipient: to.Recipient}, "letter"},
		{"to another device", letter, epoch.Address{Community: to.Community, Epoch: to.Epoch, Recipient: tinted[DeviceID](0x51)}, "letter"},
		{"in another community", letter, epoch.Address{Community: tinted[CommunityID](9), Epoch: to.Epoch, Recipient: to.Recipient}, "letter"},
		{"a bit changed", flipped, to, "letter"},
		{"cut short", letter[:len(letter)-1], to, "letter"},
	} {
		out := vector{Name: v.name, Bytes: v.bytes, Community: array(v.to.Community), Outcome: "ok", Fields: map[string]hexBytes{
			"epoch": array(v.to.Epoch), "recipient": array(v.to.Recipient), "sealing_seed": d.Sealing.Seed(),
		}}
		contents, err := epoch.OpenLetter(d.Sealing, v.to, v.bytes)
		if errors.Is(err, epoch.ErrLetter) {
			out.Outcome = "letter"
		} else {
			out.Fields["secret"] = array(contents)
		}
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "letters.json", vectors)
}

func TestVectorsOfAddresses(t *testing.T) {
	secret := invite.Secret{1, 2, 3, 4}
	a := &invite.Address{Community: tinted[CommunityID](0x61), Secret: secret, Peers: []invite.Peer{{ID: []byte("peer"), Addr: []byte{4, 127, 0, 0, 1, 6, 0x1f, 0x90}}, {ID: []byte("keeper"), Addr: []byte{4, 10, 0, 0, 1}}}}
	good := a.Text()
	cut := good[:len(good)-3]
	swapped := []byte(good)
	swapped[40], swapped[41] = swapped[41], swapped[40]
	spaced := good[:30] + "\n  " + good[30:60] + "-" + good[60:]
	var vectors []vector
	for _, v := range []struct{ name, text, want string }{
		{"with two peers", good, "ok"},
		{"in upper case", a.QR(), "ok"},
		{"broken over two lines, with a hyphen", spaced, "ok"},
		{"cut short", cut, "cut short"},
		{"two characters swapped", string(swapped), "mistyped"},
		{"of a later version", "coppice:join/08" + good[len("coppice:join/")+2:], "newer version"},
		{"something else", "https://coppice.example/", "no invite"},
	} {
		out := vector{Name: v.name, Text: v.text}
		got, err := invite.Parse(v.text)
		switch {
		case err == nil:
			key := got.Secret.Key().Public()
			out.Outcome, out.Community = "ok", array(got.Community)
			out.Fields = map[string]hexBytes{"secret": bytes.Clone(got.Secret[:]), "key": array(key)}
			for _, p := range got.Peers {
				out.Inputs = append(out.Inputs, p.ID, p.Addr)
			}
		case errors.Is(err, invite.ErrCutShort):
			out.Outcome = "cut short"
		case errors.Is(err, invite.ErrMistyped):
			out.Outcome = "mistyped"
		case errors.Is(err, invite.ErrVersion):
			out.Outcome = "newer version"
		case errors.Is(err, invite.ErrNotInvite):
			out.Outcome = "no invite"
		}
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "addresses.json", vectors)
}

// birth is a community begun in earnest: by device 4 of root 3.
func birth(t testing.TB) (*world, *pen) {
	t.Helper()
	root, d, s := identityKey(3), identityDevice(t, 4), tinted[epoch.Secret](0x91)
	certificate, err := identity.Certify(root.Public(), root, DeviceID{}, d, 0)
	fatal(t, err)
	w := &world{key: ContentKey{1, 2, 3}}
	p := &pen{w, d.Key.Private(), NewLogRef(d.ID(), Incarnation{4}, Control), nil}
	genesis := p.write(Draft{Header: Header{Kind: membership.KindGenesis, Lamport: 1}, Shape: membership.Encode(&membership.Genesis{
		Format: 1, Random: [16]byte{1}, Name: "Hedgelayers", Concern: "laying hedges that last", Root: root.Public(), Certificate: certificate.Encode(),
	})})
	w.community = CommunityID(genesis.ID)
	first := p.write(Draft{Header: Header{Kind: membership.KindEpoch, Lamport: 2}, Shape: membership.Encode(&membership.Epoch{
		Commitment: s.Commitment(w.community), Check: s.Access(w.community).Check(),
	})})
	w.epoch = first.ID
	w.founding = p.seal(genesis, first)
	return w, p
}

// A newcomer enters: every frame of the join stream, in order.
func TestVectorsOfJoining(t *testing.T) {
	w, ctl := birth(t)
	root, key, d := identityKey(1), invite.Secret{1, 2, 3, 4}.Key(), identityDevice(t, 2)
	caller, responder, nonce := []byte("caller"), []byte("responder"), tinted[identity.Nonce](2)
	preview := invite.Preview{Birth: w.founding, Invite: tinted[ChangeID](0x31), Rank: 2, Nutshell: "We lay hedges.", Members: 3, Size: 4096}
	answering := invite.NewResponder(invite.ResponderConfig{Caller: caller, Responder: responder, Nonce: nonce,
		Known: func(identity.PublicKey, DeviceID) (invite.Invitation, bool) {
			return invite.Invitation{Community: w.community, Preview: preview}, true
		}})
	calling := invite.NewCaller(invite.CallerConfig{Community: w.community, Invite: key, Device: d.Key, Caller: caller, Responder: responder,
		Birth: func(r *Run) error { _, err := membership.Birth(r); return err }})

	frames := []hexBytes{answering.Start()}
	send, _, err := calling.Receive(frames[0])
	fatal(t, err)
	frames = append(frames, send)
	send, _, err = answering.Receive(send)
	fatal(t, err)
	frames = append(frames, send)
	_, called, err := calling.Receive(send)
	fatal(t, err)
	send, err = calling.Enter(identity.SignEntry(w.community, called.Preview.Invite, key, root, d.Key, certify(t)))
	fatal(t, err)
	frames = append(frames, send)
	_, entered, err := answering.Receive(send)
	fatal(t, err)
	if entered == nil {
		t.Fatal("nobody entered")
	}
	merge := ctl.write(Draft{Header: Header{Kind: membership.KindMerge}, Shape: []byte{0x80}})
	page, err := answering.Page(invite.Page{Runs: []*Run{w.founding, ctl.seal(merge)}, Letters: []*Record{letter()}})
	fatal(t, err)
	frames = append(frames, page, answering.Done(true))
	refused := invite.NewResponder(invite.ResponderConfig{Caller: caller, Responder: responder, Nonce: nonce,
		Known: func(identity.PublicKey, DeviceID) (invite.Invitation, bool) {
			return invite.Invitation{Community: w.community, Refused: invite.KeeperOnly, Preview: preview}, true
		}})
	send, _, err = refused.Receive(frames[1])
	fatal(t, err)
	check(t, "joins.json", []vector{{
		Name: "nonce, knock, preview, enter, page, done; and a keeper's refusal", Outcome: "ok", Community: array(w.community), Frames: append(frames, send),
		Fields: map[string]hexBytes{"caller": caller, "responder": responder, "invite_key": array(key.Public()), "device": array(d.Key.Public())},
	}})
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Two devices meet: every frame of the handshake, in order.
func TestVectorsOfHandshakes(t *testing.T) {
	community := tinted[CommunityID](0x61)
	access := tinted[epoch.Secret](0x91).Access(community)
	keys := []reconcile.Access{{Community: community, Epoch: tinted[ChangeID](0x31),
		Presence: func(d identity.Direction, caller, responder []byte, a, b identity.Nonce) [32]byte {
			return access.Presence(epoch.Meeting{Caller: caller, Responder: responder, CallerNonce: a, ResponderNonce: b}, d)
		}}}
	credentials := func(root, n byte) reconcile.Credentials {
		d := identityDevice(t, n)
		c, err := identity.Certify(identityKey(root).Public(), identityKey(root), DeviceID{}, d, 0)
		fatal(t, err)
		return reconcile.Credentials{Certificate: c, Sign: func(x identity.Transcript) Seal { return identity.SignTranscript(d.Key, x) }}
	}
	caller, responder := []byte("caller"), []byte("responder")
	call := reconcile.NewCall(reconcile.CallConfig{Community: community, Caller: caller, Responder: responder, Access: keys, Nonce: tinted[identity.Nonce](1), Credentials: credentials(1, 2)})
	answer := reconcile.NewAnswer(reconcile.AnswerConfig{Caller: caller, Responder: responder, Access: keys, Nonce: tinted[identity.Nonce](2),
		Credentials: func(CommunityID) (reconcile.Credentials, bool) { return credentials(3, 4), true }})
	hello := call.Start()
	welcome, _, err := answer.Receive(hello)
	fatal(t, err)
	proof, _, err := call.Receive(welcome)
	fatal(t, err)
	_, peer, err := answer.Receive(proof)
	fatal(t, err)
	if peer == nil || peer.Device != identityDevice(t, 2).ID() {
		t.Fatal("another peer")
	}
	check(t, "handshakes.json", []vector{{
		Name: "hello, welcome, proof", Outcome: "ok", Community: array(community), Frames: []hexBytes{hello, welcome, proof},
		Fields: map[string]hexBytes{"caller": caller, "responder": responder, "access": array(access)},
	}})
}

func TestVectorsOfGossip(t *testing.T) {
	w, _ := found()
	p, changes := w.scribe(2)
	run := p.seal(changes...)
	key := tinted[epoch.GossipKey](0x95)
	var vectors []vector
	add := func(name string, sealed []byte, want string) {
		out := vector{Name: name, Bytes: sealed, Community: array(w.community), Key: array(key), Device: []byte(p.public())}
		_, verdict := gossip.Judge(key, sealed, w.community, gossip.Facts{Log: keys(p)})
		out.Outcome = map[gossip.Verdict]string{gossip.Accept: "accept", gossip.Reject: "reject", gossip.Ignore: "ignore"}[verdict]
		vectors = append(vectors, claimed(t, out, want))
	}
	seal := func(m gossip.Message) []byte {
		b, err := gossip.Seal(key, [NonceSize]byte{7}, m)
		fatal(t, err)
		return b
	}
	plain := func(b []byte) []byte { return key.Seal([NonceSize]byte{7}, b) }
	good := seal(gossip.Run{Run: run})
	add("a run", good, "accept")
	add("an announcement", seal(gossip.Announcement{Log: p.log.ID, Seq: 2, ID: run.Last().ID}), "accept")
	add("a record of a device not known", seal(gossip.Record{Record: letter()}), "ignore")
	add("a caret of a device not known", seal(gossip.Passing{Device: p.log.Device, Document: DocumentID(changes[0].ID), Field: 1, Change: changes[0].ID, Offset: 3}), "ignore")
	add("a run whose seal is bad", seal(gossip.Run{Run: broken(run)}), "reject")
	add("a run of a log not known", seal(gossip.Run{Run: newPen(w, 5, Content).alone()}), "ignore")
	add("a later kind of message", plain(unhex(t, "8109")), "ignore")
	add("no message", plain([]byte{0x80}), "reject")
	add("a byte too many", plain(append(AppendArray(nil, 2), 1, 0, 0)), "reject")
	add("a bit changed", append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), "reject")
	check(t, "gossip.json", vectors)
}
