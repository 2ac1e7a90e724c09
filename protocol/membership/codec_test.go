package membership

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// samples has every operation, each with every optional part and without.
func samples() []Operation {
	cuts := []Cut{{protocol.LogID{1}, protocol.ChangeID{9}}, {protocol.LogID{2}, protocol.ChangeID{3}}, {protocol.LogID{2}, protocol.ChangeID{4}}}
	seal := protocol.Seal{1, 2}
	ana := someone("ana")
	return []Operation{
		&Genesis{Format: 1, Random: [16]byte{1}, Name: "Wiper Club", Concern: "rain", Root: ana.root.Public(), Certificate: ana.cert(0).Encode()},
		&Genesis{Format: 1, Name: strings.Repeat("é", 64), Concern: strings.Repeat("語", 280)},
		&Epoch{Commitment: protocol.Hash{1}, Check: protocol.Hash{2}},
		&Epoch{Reason: Strike, Carried: []byte("sealed")},
		&Epoch{Reason: Rotate, Subject: protocol.ChangeID{3}},
		&Epoch{Reason: Unopened, Subject: protocol.ChangeID{4}, Carried: make([]byte, 300)},
		&Invite{Key: ana.root.Public(), Rank: Member, Uses: 5, Expires: 1 << 40, Approval: true},
		&Invite{Rank: None, Uses: MaxUses},
		&RevokeInvite{protocol.ChangeID{1}},
		&Admit{identity.Entry{Invite: protocol.ChangeID{1}, Certificate: ana.cert(0).Encode(), ByInvite: seal, ByRoot: seal, ByDevice: seal}},
		&Commit{protocol.ChangeID{1}},
		&Device{ana.cert(1).Encode()},
		&Revoke{Device: protocol.DeviceID{1}},
		&Revoke{Device: protocol.DeviceID{1}, Cuts: cuts, ByRoot: seal},
		&SetRank{Member: protocol.MemberID{1}, Rank: Convener},
		&SetRank{Member: protocol.MemberID{1}, Rank: Guest, Cuts: cuts},
		&Remove{Members: []protocol.MemberID{{1}, {2}}, Cuts: cuts},
		&Leave{},
		&Leave{Cuts: cuts},
		&ExtendCut{Strike: protocol.ChangeID{1}, Cuts: cuts},
		&Policy{Rotate: true},
		&Policy{Invite: Member, InviteKeeper: Convener, Approval: true},
		&Keeper{Device: protocol.DeviceID{1}, Serving: true},
		&Redact{Changes: []protocol.ChangeID{{1}, {2}}},
		&Merge{},
		&HandOver{Old: protocol.MemberID{1}, New: protocol.MemberID{2}},
		&HandOver{Old: protocol.MemberID{1}, New: protocol.MemberID{2}, Cuts: cuts, ByRoot: seal, Second: protocol.ChangeID{3}},
	}
}

func TestEveryOperationRoundTrips(t *testing.T) {
	kinds := map[protocol.Kind]bool{}
	for _, op := range samples() {
		shape := Encode(op)
		got, err := Decode(op.Kind(), shape)
		if err != nil {
			t.Errorf("%s: %v", KindName(op.Kind()), err)
			continue
		}
		if a, b := fmt.Sprintf("%x", got), fmt.Sprintf("%x", op); a != b || reflect.TypeOf(got) != reflect.TypeOf(op) {
			t.Errorf("%s: %s became %s", KindName(op.Kind()), b, a)
		}
		kinds[op.Kind()] = true
		for i := range shape {
			if _, err := Decode(op.Kind(), shape[:i]); !errors.Is(err, ErrOperation) {
				t.Fatalf("%s cut at %d: %v", KindName(op.Kind()), i, err)
			}
		}
		if _, err := Decode(op.Kind(), append(bytes.Clone(shape), 0)); !errors.Is(err, ErrOperation) {
			t.Errorf("%s with a byte too many: %v", KindName(op.Kind()), err)
		}
	}
	for kind := KindGenesis; kind <= KindHandOver; kind++ {
		if !kinds[kind] || strings.HasPrefix(KindName(kind), "operation") {
			t.Errorf("no sample or name of operation %d", kind)
		}
	}
	for _, kind := range []protocol.Kind{0, KindHandOver + 1, 999} {
		if _, err := Decode(kind, []byte{0x80}); !errors.Is(err, ErrKind) || !strings.HasPrefix(KindName(kind), "operation") {
			t.Errorf("kind %d: %v", kind, err)
		}
	}
}

func TestShapesThatAreNoOperation(t *testing.T) {
	many := make([]protocol.MemberID, protocol.MaxTargets+1)
	for i := range many {
		many[i] = protocol.MemberID{byte(i >> 8), byte(i)}
	}
	for name, op := range map[string]Operation{
		"a nameless community":         &Genesis{Format: 1},
		"a community of the future":    &Genesis{Format: 2, Name: "x"},
		"a name of 65 runes":           &Genesis{Format: 1, Name: strings.Repeat("x", 65)},
		"a concern of 281 runes":       &Genesis{Format: 1, Name: "x", Concern: strings.Repeat("x", 281)},
		"control in a name":            &Genesis{Format: 1, Name: "a\x00b"},
		"a rotation without subject":   &Epoch{Reason: Rotate},
		"a start with a subject":       &Epoch{Subject: protocol.ChangeID{1}},
		"an unknown reason":            &Epoch{Reason: 9},
		"an invite for nobody":         &Invite{Rank: Member},
		"too many uses":                &Invite{Rank: Member, Uses: MaxUses + 1},
		"an invite for conveners":      &Invite{Rank: Convener, Uses: 1},
		"no rank at all":               &Invite{Rank: 3, Uses: 1},
		"a rank of none":               &SetRank{Rank: None},
		"cuts out of order":            &Leave{Cuts: []Cut{{Log: protocol.LogID{2}}, {Log: protocol.LogID{1}}}},
		"a cut twice":                  &Leave{Cuts: []Cut{{Log: protocol.LogID{2}}, {Log: protocol.LogID{2}}}},
		"a removal of nobody":          &Remove{},
		"members out of order":         &Remove{Members: []protocol.MemberID{{2}, {1}}},
		"a member twice":               &Remove{Members: []protocol.MemberID{{1}, {1}}},
		"257 members":                  &Remove{Members: many},
		"an extension of nothing":      &ExtendCut{Strike: protocol.ChangeID{1}},
		"guests who invite":            &Policy{Invite: Guest, InviteKeeper: Convener},
		"a redaction of nothing":       &Redact{},
		"handed over to herself":       &HandOver{},
		"a certificate that is a book": &Device{Certificate: make([]byte, identity.MaxCertificate+1)},
	} {
		if got, err := Decode(op.Kind(), Encode(op)); !errors.Is(err, ErrOperation) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	zeroes := protocol.AppendBytes(protocol.AppendArray(protocol.AppendBytes(protocol.AppendArray(nil, 3), make([]byte, 32)), 0), make([]byte, 64))
	if _, err := Decode(KindRevoke, zeroes); !errors.Is(err, ErrOperation) {
		t.Errorf("zeroes in place of nothing: %v", err)
	}
}

func TestSignaturesOfRevokeAndHandOver(t *testing.T) {
	root := someone("ana").root
	community, author := protocol.CommunityID{1}, protocol.DeviceID{2}
	r := &Revoke{Device: protocol.DeviceID{3}}
	h := &HandOver{Old: protocol.MemberID{3}, New: protocol.MemberID{4}}
	seals := map[protocol.Seal]bool{
		SignRevoke(root, community, author, r): true, SignRevoke(root, protocol.CommunityID{9}, author, r): true,
		SignRevoke(root, community, protocol.DeviceID{9}, r): true, SignHandOver(root, community, author, h): true,
		SignRevoke(root, community, author, &Revoke{Device: r.Device, Cuts: []Cut{{}}}): true,
	}
	if len(seals) != 5 {
		t.Error("a signature fits twice")
	}
}

func fuzzKind(f *testing.F, kind protocol.Kind) {
	for _, op := range samples() {
		if op.Kind() == kind {
			f.Add(Encode(op))
		}
	}
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, shape []byte) {
		op, err := Decode(kind, shape)
		if err != nil {
			return
		}
		if again := Encode(op); !bytes.Equal(again, shape) {
			t.Fatalf("not canonical:\n%x\n%x", shape, again)
		}
	})
}

func FuzzGenesis(f *testing.F)      { fuzzKind(f, KindGenesis) }
func FuzzEpoch(f *testing.F)        { fuzzKind(f, KindEpoch) }
func FuzzInvite(f *testing.F)       { fuzzKind(f, KindInvite) }
func FuzzRevokeInvite(f *testing.F) { fuzzKind(f, KindRevokeInvite) }
func FuzzAdmit(f *testing.F)        { fuzzKind(f, KindAdmit) }
func FuzzCommit(f *testing.F)       { fuzzKind(f, KindCommit) }
func FuzzDevice(f *testing.F)       { fuzzKind(f, KindDevice) }
func FuzzRevoke(f *testing.F)       { fuzzKind(f, KindRevoke) }
func FuzzRank(f *testing.F)         { fuzzKind(f, KindRank) }
func FuzzRemove(f *testing.F)       { fuzzKind(f, KindRemove) }
func FuzzLeave(f *testing.F)        { fuzzKind(f, KindLeave) }
func FuzzExtendCut(f *testing.F)    { fuzzKind(f, KindExtendCut) }
func FuzzPolicy(f *testing.F)       { fuzzKind(f, KindPolicy) }
func FuzzKeeper(f *testing.F)       { fuzzKind(f, KindKeeper) }
func FuzzRedact(f *testing.F)       { fuzzKind(f, KindRedact) }
func FuzzMerge(f *testing.F)        { fuzzKind(f, KindMerge) }
func FuzzHandOver(f *testing.F)     { fuzzKind(f, KindHandOver) }
