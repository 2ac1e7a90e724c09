package protocol_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// identityKey returns the signing key whose seed is n, 32 times.
func identityKey(n byte) identity.Key { return identity.NewKey(tinted[[32]byte](n)) }

func identityDevice(t testing.TB, n byte) *identity.Device {
	t.Helper()
	d, err := identity.NewDevice([64]byte(bytes.Repeat([]byte{n}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// certify returns the certificate of device 2 by root 1.
func certify(t testing.TB) *identity.Certificate {
	t.Helper()
	root := identityKey(1)
	c, err := identity.Certify(root.Public(), root, DeviceID{}, identityDevice(t, 2), 5)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sign signs a certificate by hand, as the hostile do.
func sign(c identity.Certificate, certifier, device identity.Key) *identity.Certificate {
	claims := func(role byte) []byte {
		b := append([]byte("coppice/certificate/1"), role)
		b = AppendBytes(AppendBytes(b, c.Root[:]), c.Device[:])
		b = AppendUint(AppendBytes(b, c.Sealing), c.Features)
		if c.Certifier.IsZero() {
			return AppendBytes(b, nil)
		}
		return AppendBytes(b, c.Certifier[:])
	}
	c.ByCertifier, c.ByDevice = certifier.Sign(claims(1)), device.Sign(claims(2))
	return &c
}

func TestVectorsOfKeys(t *testing.T) {
	var vectors []vector
	for _, c := range []struct{ name, key, want string }{
		{"y = 0", zeros(32), "key"},
		{"y = 0, the other x", zeros(31) + "80", "key"},
		{"the identity", "01" + zeros(31), "key"},
		{"the identity, its x negative", "01" + zeros(30) + "80", "key"},
		{"of order 2", "ec" + strings.Repeat("ff", 30) + "7f", "key"},
		{"of order 2, its x negative", "ec" + strings.Repeat("ff", 31), "key"},
		{"of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "key"},
		{"of order 8, the other x", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "key"},
		{"of order 8, the other y", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "key"},
		{"of order 8, both others", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "key"},
		{"y = p", "ed" + strings.Repeat("ff", 30) + "7f", "key"},
		{"y = p + 1", "ee" + strings.Repeat("ff", 30) + "7f", "key"},
		{"y = p + 3, and 3 is a point's", "f0" + strings.Repeat("ff", 30) + "7f", "key"},
		{"y = 3", "03" + zeros(31), "ok"},
		{"y = 2, which no point has", "02" + zeros(31), "key"},
	} {
		var k identity.PublicKey
		copy(k[:], unhex(t, c.key))
		vectors = append(vectors, claimed(t, vector{Name: c.name, Bytes: k[:], Outcome: outcome(t, k.Check())}, c.want))
	}
	for n := range byte(4) {
		k := identityKey(n).Public()
		vectors = append(vectors, claimed(t, vector{Name: fmt.Sprintf("of the seed of %ds", n), Bytes: k[:], Outcome: outcome(t, k.Check())}, "ok"))
	}
	check(t, "keys.json", vectors)
}

func TestVectorsOfCertificates(t *testing.T) {
	root, other, d := identityKey(1), identityKey(9), identityDevice(t, 2)
	good := certify(t)
	second, err := identity.Certify(root.Public(), d.Key, d.ID(), identityDevice(t, 3), 0)
	if err != nil {
		t.Fatal(err)
	}
	with := func(alter func(*identity.Certificate)) *identity.Certificate {
		c := *good
		c.Sealing = bytes.Clone(good.Sealing)
		alter(&c)
		return &c
	}
	identityPoint := identity.PublicKey{1}
	var notCanonical identity.PublicKey
	copy(notCanonical[:], unhex(t, "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))
	var vectors []vector
	add := func(name string, b []byte, certifier identity.PublicKey, want string) {
		out := vector{Name: name, Bytes: b, Certifier: bytes.Clone(certifier[:])}
		c, err := identity.DecodeCertificate(b)
		if err == nil {
			h, id, device := c.Hash(), c.Member(), c.DeviceID()
			out.IDs = []hexBytes{bytes.Clone(id[:]), bytes.Clone(device[:]), bytes.Clone(h[:])}
			err = c.Verify(certifier)
		}
		out.Outcome = outcome(t, err)
		vectors = append(vectors, claimed(t, out, want))
	}
	for _, v := range []struct {
		name      string
		c         *identity.Certificate
		certifier identity.PublicKey
		want      string
	}{
		{"by the root", good, root.Public(), "ok"},
		{"by another device", second, d.Key.Public(), "ok"},
		{"another certifier", good, other.Public(), "certificate"},
		{"signed by another key in the root's name", sign(*good, other, d.Key), root.Public(), "certificate"},
		{"no proof that the device holds its key", sign(*good, root, other), root.Public(), "certificate"},
		{"the two signatures swapped", with(func(c *identity.Certificate) { c.ByCertifier, c.ByDevice = c.ByDevice, c.ByCertifier }), root.Public(), "certificate"},
		{"features lowered", with(func(c *identity.Certificate) { c.Features = 1 }), root.Public(), "certificate"},
		{"another sealing key", with(func(c *identity.Certificate) { c.Sealing = identityDevice(t, 3).Sealing.Public() }), root.Public(), "certificate"},
		{"the root as its own device", sign(*with(func(c *identity.Certificate) { c.Device = root.Public() }), root, root), root.Public(), "certificate"},
		{"a device that certifies itself", sign(*with(func(c *identity.Certificate) { c.Certifier = d.ID() }), d.Key, d.Key), d.Key.Public(), "certificate"},
		{"a device key of small order", with(func(c *identity.Certificate) {
			c.Device = identityPoint
			c.ByCertifier = sign(*c, root, other).ByCertifier
			c.ByDevice = Seal{}
			copy(c.ByDevice[:], identityPoint[:])
		}), root.Public(), "certificate"},
		{"a device key that is not canonical", sign(*with(func(c *identity.Certificate) { c.Device = notCanonical }), root, other), root.Public(), "certificate"},
		{"a sealing key of small order", sign(*with(func(c *identity.Certificate) { copy(c.Sealing[1184:], make([]byte, 32)) }), root, d.Key), root.Public(), "certificate"},
		{"a sealing key that is not reduced", sign(*with(func(c *identity.Certificate) { copy(c.Sealing, []byte{255, 255, 255}) }), root, d.Key), root.Public(), "certificate"},
	} {
		add(v.name, v.c.Encode(), v.certifier, v.want)
	}
	raw := good.Encode()
	at := len(raw) - 133 // the empty certifier
	add("a certifier of zeroes", append(append(bytes.Clone(raw[:at]), AppendBytes(nil, make([]byte, 32))...), raw[at+1:]...), root.Public(), "not canonical")
	add("a byte too many", append(bytes.Clone(raw), 0), root.Public(), "not canonical")
	check(t, "certificates.json", vectors)
}

func TestVectorsOfTranscripts(t *testing.T) {
	d := identityDevice(t, 2)
	x := identity.Transcript{
		Community: tinted[CommunityID](7), Stream: "/coppice/sync/1", Caller: []byte("caller"), Responder: []byte("responder"),
		CallerNonce: tinted[identity.Nonce](1), ResponderNonce: tinted[identity.Nonce](2), Direction: identity.FromCaller, Certificate: certify(t).Hash(),
	}
	signature := identity.SignTranscript(d.Key, x)
	var vectors []vector
	for _, v := range []struct {
		name  string
		alter func(*identity.Transcript)
		want  string
	}{
		{"as it was signed", func(*identity.Transcript) {}, "ok"},
		{"another community", func(x *identity.Transcript) { x.Community[0] = 0 }, "session"},
		{"another stream", func(x *identity.Transcript) { x.Stream = "/coppice/join/1" }, "session"},
		{"another caller", func(x *identity.Transcript) { x.Caller = []byte("mallory") }, "session"},
		{"another responder", func(x *identity.Transcript) { x.Responder = []byte("mallory") }, "session"},
		{"another nonce of the caller", func(x *identity.Transcript) { x.CallerNonce[0] = 9 }, "session"},
		{"another nonce of the responder", func(x *identity.Transcript) { x.ResponderNonce[0] = 9 }, "session"},
		{"reflected", func(x *identity.Transcript) { x.Direction = identity.FromResponder }, "session"},
		{"another certificate", func(x *identity.Transcript) { x.Certificate[0] ^= 1 }, "session"},
	} {
		at := x
		v.alter(&at)
		key := d.Key.Public()
		out := vector{Name: v.name, Bytes: signature[:], Community: bytes.Clone(at.Community[:]), Device: key[:], Text: at.Stream, Inputs: []hexBytes{
			at.Caller, at.Responder, bytes.Clone(at.CallerNonce[:]), bytes.Clone(at.ResponderNonce[:]), {byte(at.Direction)}, bytes.Clone(at.Certificate[:]),
		}}
		out.Outcome = outcome(t, identity.VerifyTranscript(key, at, signature))
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "transcripts.json", vectors)
}

// operations are one or two of each control operation, in order.
func operations(t testing.TB) []membership.Operation {
	id, other := tinted[ChangeID](0x31), tinted[ChangeID](0x32)
	member, heir := tinted[MemberID](0x41), tinted[MemberID](0x42)
	device, community := tinted[DeviceID](0x51), tinted[CommunityID](0x61)
	cuts := []membership.Cut{{Log: tinted[LogID](0x71), Kept: id}, {Log: tinted[LogID](0x71), Kept: other}, {Log: tinted[LogID](0x72), Kept: id}}
	root, invite := identityKey(1), identityKey(5)
	certificate := certify(t)
	revoke := &membership.Revoke{Device: device, Cuts: cuts[:1]}
	own := &membership.Revoke{Device: device}
	own.ByRoot = membership.SignRevoke(root, community, tinted[DeviceID](0x52), own)
	heirs := &membership.HandOver{Old: member, New: heir, Cuts: cuts[:1]}
	heirs.ByRoot = membership.SignHandOver(root, community, tinted[DeviceID](0x52), heirs)
	return []membership.Operation{
		&membership.Genesis{Format: 1, Random: [16]byte{1}, Name: "Hedgelayers", Concern: "laying hedges that last", Root: root.Public(), Certificate: certificate.Encode()},
		&membership.Epoch{Commitment: tinted[Hash](0x81), Check: tinted[Hash](0x82), Reason: membership.Start},
		&membership.Epoch{Commitment: tinted[Hash](0x81), Check: tinted[Hash](0x82), Reason: membership.Unopened, Subject: id, Carried: []byte("sealed")},
		&membership.Invite{Key: invite.Public(), Rank: membership.Member, Uses: 3, Expires: 1790000000},
		&membership.Invite{Key: invite.Public(), Rank: membership.None, Uses: 1, Approval: true},
		&membership.RevokeInvite{Invite: id},
		&membership.Admit{Entry: identity.SignEntry(community, id, invite, root, identityDevice(t, 2).Key, certificate)},
		&membership.Commit{Admission: id},
		&membership.Device{Certificate: certificate.Encode()},
		revoke, own,
		&membership.SetRank{Member: member, Rank: membership.Convener},
		&membership.SetRank{Member: member, Rank: membership.Guest, Cuts: cuts},
		&membership.Remove{Members: []MemberID{member, heir}, Cuts: cuts},
		&membership.Leave{Cuts: cuts[:1]},
		&membership.ExtendCut{Strike: id, Cuts: cuts[1:]},
		&membership.Policy{Invite: membership.Member, InviteKeeper: membership.Convener, Approval: true},
		&membership.Policy{Rotate: true},
		&membership.Keeper{Device: device, Serving: true},
		&membership.Redact{Changes: []ChangeID{id, other}},
		&membership.Merge{},
		heirs,
		&membership.HandOver{Old: member, New: heir, Second: id},
	}
}

func TestVectorsOfControlOperations(t *testing.T) {
	var vectors []vector
	add := func(name string, kind Kind, shape []byte, want string) {
		n := uint64(kind)
		out := vector{Name: name, Kind: &n, Bytes: shape, Operation: membership.KindName(kind), Outcome: "ok"}
		op, err := membership.Decode(kind, shape)
		if err != nil {
			out.Outcome = "inert"
		} else if got := membership.Encode(op); !bytes.Equal(got, shape) {
			t.Errorf("%s: %x comes back as %x", name, shape, got)
		}
		vectors = append(vectors, claimed(t, out, want))
	}
	seen := map[string]int{}
	shapes := map[Kind][]byte{}
	for _, op := range operations(t) {
		name := membership.KindName(op.Kind())
		if seen[name]++; seen[name] > 1 {
			name += ", another"
		}
		shape := membership.Encode(op)
		add(name, op.Kind(), shape, "ok")
		shapes[op.Kind()] = shape
		add(name+", cut short", op.Kind(), shape[:len(shape)-1], "inert")
		add(name+", a byte too many", op.Kind(), append(bytes.Clone(shape), 0), "inert")
	}
	if len(seen) != 17 {
		t.Errorf("%d operations, not 17", len(seen))
	}
	id, id2 := "5820"+hexOf(0x31), "5820"+hexOf(0x32)
	for _, v := range []struct {
		name, shape string
		kind        Kind
	}{
		{"redact, of nothing", "8180", 15},
		{"redact, out of order", "8182" + id2 + id, 15},
		{"redact, one twice", "8182" + id + id, 15},
		{"remove, of nobody", "828080", 10},
		{"remove, cuts out of order", "8281" + id + "8282" + id2 + id + "82" + id + id, 10},
		{"leave, a cut of one part", "818181" + id, 11},
		{"extend-cut, of nothing", "82" + id + "80", 12},
		{"invite, of a convener", "85" + id + "0401" + "00f4", 3},
		{"invite, for nobody", "85" + id + "0100" + "00f4", 3},
		{"invite, 65537 uses", "85" + id + "011a00010001" + "00f4", 3},
		{"rank, none", "83" + id + "0080", 9},
		{"rank, 3", "83" + id + "0380", 9},
		{"rank, 8", "83" + id + "0880", 9},
		{"policy, guests invite", "830102f4", 13},
		{"policy of two fields", "820202", 13},
		{"epoch, start with a subject", "85" + id + id + "00" + id + "40", 2},
		{"epoch, rotate without a subject", "85" + id + id + "024040", 2},
		{"epoch, reason 4", "85" + id + id + "044040", 2},
		{"epoch, a subject of zeroes", "85" + id + id + "025820" + zeros(32) + "40", 2},
		{"revoke, a signature of zeroes", "83" + id + "80" + "5840" + zeros(64), 8},
		{"hand-over, to herself", "85" + id + id + "804040", 17},
		{"merge, with something", "8100", 16},
		{"keeper, null", "82" + id + "f6", 14},
		{"a kind that is not known", "80", 18},
		{"kind 0", "80", 0},
	} {
		add(v.name, v.kind, unhex(t, v.shape), "inert")
	}
	check(t, "control.json", vectors)
}

// hexOf returns 32 bytes b in hex.
func hexOf(b byte) string { return strings.Repeat(fmt.Sprintf("%02x", b), 32) }

func TestVectorsOfEntries(t *testing.T) {
	community, invite := tinted[CommunityID](0x61), tinted[ChangeID](0x31)
	root, key, d := identityKey(1), identityKey(5), identityDevice(t, 2)
	good := identity.SignEntry(community, invite, key, root, d.Key, certify(t))
	with := func(alter func(*identity.Entry)) identity.Entry {
		e := good
		alter(&e)
		return e
	}
	second, err := identity.Certify(root.Public(), d.Key, d.ID(), identityDevice(t, 3), 0)
	if err != nil {
		t.Fatal(err)
	}
	public, wrong := key.Public(), identityKey(6).Public()
	var vectors []vector
	for _, v := range []struct {
		name      string
		entry     identity.Entry
		community CommunityID
		key       identity.PublicKey
		want      string
	}{
		{"as it was signed", good, community, public, "ok"},
		{"in another community", good, tinted[CommunityID](9), public, "entry"},
		{"by another invite", with(func(e *identity.Entry) { e.Invite[0]++ }), community, public, "entry"},
		{"another invite's key", good, community, wrong, "entry"},
		{"invite's and root's signatures swapped", with(func(e *identity.Entry) { e.ByInvite, e.ByRoot = e.ByRoot, e.ByInvite }), community, public, "entry"},
		{"root's and device's signatures swapped", with(func(e *identity.Entry) { e.ByRoot, e.ByDevice = e.ByDevice, e.ByRoot }), community, public, "entry"},
		{"captured, offered with other keys", identity.Entry{Invite: invite, Certificate: certifyOther(t).Encode(), ByInvite: good.ByInvite, ByRoot: good.ByRoot, ByDevice: good.ByDevice}, community, public, "entry"},
		{"certified by a device", identity.SignEntry(community, invite, key, root, identityDevice(t, 3).Key, second), community, public, "certificate"},
	} {
		out := vector{Name: v.name, Bytes: v.entry.Append(AppendArray(nil, identity.EntryFields)), Community: bytes.Clone(v.community[:]), Key: bytes.Clone(v.key[:])}
		_, err := v.entry.Verify(v.community, v.key)
		out.Outcome = outcome(t, err)
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "entries.json", vectors)
}

// certifyOther returns a certificate of other keys.
func certifyOther(t testing.TB) *identity.Certificate {
	t.Helper()
	root := identityKey(11)
	c, err := identity.Certify(root.Public(), root, DeviceID{}, identityDevice(t, 12), 5)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
