package membership

import (
	"cmp"
	"fmt"
	"math"
	"unicode/utf8"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Labels of the signatures in control operations.
const (
	revokeLabel   = "coppice/revoke/1"
	handOverLabel = "coppice/hand-over/1"
)

// communityFormat is the version of a community's rules, named in its genesis.
const communityFormat = 1

// maxCarried bounds the sealed secrets of an epoch: what a body can hold.
const maxCarried = protocol.MaxControlBody

// Kind implements [Operation].
func (*Genesis) Kind() protocol.Kind { return KindGenesis }

func (o *Genesis) append(b []byte) []byte {
	b = protocol.AppendArray(b, 6)
	b = protocol.AppendUint(b, o.Format)
	b = protocol.AppendBytes(b, o.Random[:])
	b = protocol.AppendText(b, o.Name)
	b = protocol.AppendText(b, o.Concern)
	b = protocol.AppendBytes(b, o.Root[:])
	return protocol.AppendBytes(b, o.Certificate)
}

func (o *Genesis) read(r *protocol.Reader) {
	r.ArrayOf(6)
	o.Format = r.Uint()
	if r.Err() == nil && o.Format != communityFormat {
		r.Fail(fmt.Errorf("%w: of the community: %d", protocol.ErrFormat, o.Format))
	}
	r.Fixed(o.Random[:])
	o.Name = readRunes(r, protocol.MaxName)
	o.Concern = readRunes(r, protocol.MaxFounding)
	if r.Err() == nil && o.Name == "" {
		r.Fail(fmt.Errorf("%w: a community without a name", protocol.ErrLimit))
	}
	r.Fixed(o.Root[:])
	o.Certificate = r.Bytes(identity.MaxCertificate)
}

// Kind implements [Operation].
func (*Epoch) Kind() protocol.Kind { return KindEpoch }

func (o *Epoch) append(b []byte) []byte {
	b = protocol.AppendArray(b, 5)
	b = protocol.AppendBytes(b, o.Commitment[:])
	b = protocol.AppendBytes(b, o.Check[:])
	b = protocol.AppendUint(b, uint64(o.Reason))
	b = appendOptional(b, o.Subject[:])
	return protocol.AppendBytes(b, o.Carried)
}

func (o *Epoch) read(r *protocol.Reader) {
	r.ArrayOf(5)
	r.Fixed(o.Commitment[:])
	r.Fixed(o.Check[:])
	o.Reason = Reason(r.UintMax(uint64(Unopened)))
	readOptional(r, o.Subject[:])
	if names := o.Reason == Rotate || o.Reason == Unopened; r.Err() == nil && names == o.Subject.IsZero() {
		r.Fail(fmt.Errorf("%w: reason %d and its subject", protocol.ErrCanonical, o.Reason))
	}
	o.Carried = r.Bytes(maxCarried)
}

// Kind implements [Operation].
func (*Invite) Kind() protocol.Kind { return KindInvite }

func (o *Invite) append(b []byte) []byte {
	b = protocol.AppendArray(b, 5)
	b = protocol.AppendBytes(b, o.Key[:])
	b = protocol.AppendUint(b, uint64(o.Rank))
	b = protocol.AppendUint(b, o.Uses)
	b = protocol.AppendUint(b, o.Expires)
	return protocol.AppendBool(b, o.Approval)
}

func (o *Invite) read(r *protocol.Reader) {
	r.ArrayOf(5)
	r.Fixed(o.Key[:])
	o.Rank = readRank(r, None, Member)
	o.Uses = r.UintMax(MaxUses)
	if r.Err() == nil && o.Uses == 0 {
		r.Fail(fmt.Errorf("%w: an invite for nobody", protocol.ErrLimit))
	}
	o.Expires = r.UintMax(math.MaxInt64)
	o.Approval = r.Bool()
}

// Kind implements [Operation].
func (*RevokeInvite) Kind() protocol.Kind { return KindRevokeInvite }

func (o *RevokeInvite) append(b []byte) []byte {
	return protocol.AppendBytes(protocol.AppendArray(b, 1), o.Invite[:])
}

func (o *RevokeInvite) read(r *protocol.Reader) {
	r.ArrayOf(1)
	r.Fixed(o.Invite[:])
}

// Kind implements [Operation].
func (*Admit) Kind() protocol.Kind { return KindAdmit }

func (o *Admit) append(b []byte) []byte {
	return o.Entry.Append(protocol.AppendArray(b, identity.EntryFields))
}

func (o *Admit) read(r *protocol.Reader) {
	r.ArrayOf(identity.EntryFields)
	o.Entry = identity.ReadEntry(r)
}

// Kind implements [Operation].
func (*Commit) Kind() protocol.Kind { return KindCommit }

func (o *Commit) append(b []byte) []byte {
	return protocol.AppendBytes(protocol.AppendArray(b, 1), o.Admission[:])
}

func (o *Commit) read(r *protocol.Reader) {
	r.ArrayOf(1)
	r.Fixed(o.Admission[:])
}

// Kind implements [Operation].
func (*Device) Kind() protocol.Kind { return KindDevice }

func (o *Device) append(b []byte) []byte {
	return protocol.AppendBytes(protocol.AppendArray(b, 1), o.Certificate)
}

func (o *Device) read(r *protocol.Reader) {
	r.ArrayOf(1)
	o.Certificate = r.Bytes(identity.MaxCertificate)
}

// Kind implements [Operation].
func (*Revoke) Kind() protocol.Kind { return KindRevoke }

func (o *Revoke) append(b []byte) []byte {
	b = protocol.AppendArray(b, 3)
	b = protocol.AppendBytes(b, o.Device[:])
	b = appendCuts(b, o.Cuts)
	return appendOptional(b, o.ByRoot[:])
}

func (o *Revoke) read(r *protocol.Reader) {
	r.ArrayOf(3)
	r.Fixed(o.Device[:])
	o.Cuts = readCuts(r)
	readOptional(r, o.ByRoot[:])
}

// Kind implements [Operation].
func (*SetRank) Kind() protocol.Kind { return KindRank }

func (o *SetRank) append(b []byte) []byte {
	b = protocol.AppendArray(b, 3)
	b = protocol.AppendBytes(b, o.Member[:])
	b = protocol.AppendUint(b, uint64(o.Rank))
	return appendCuts(b, o.Cuts)
}

func (o *SetRank) read(r *protocol.Reader) {
	r.ArrayOf(3)
	r.Fixed(o.Member[:])
	o.Rank = readRank(r, Guest, Founder)
	o.Cuts = readCuts(r)
}

// Kind implements [Operation].
func (*Remove) Kind() protocol.Kind { return KindRemove }

func (o *Remove) append(b []byte) []byte {
	b = protocol.AppendIDs(protocol.AppendArray(b, 2), o.Members)
	return appendCuts(b, o.Cuts)
}

func (o *Remove) read(r *protocol.Reader) {
	r.ArrayOf(2)
	o.Members = readSome(r, o.Members)
	o.Cuts = readCuts(r)
}

// Kind implements [Operation].
func (*Leave) Kind() protocol.Kind { return KindLeave }

func (o *Leave) append(b []byte) []byte {
	return appendCuts(protocol.AppendArray(b, 1), o.Cuts)
}

func (o *Leave) read(r *protocol.Reader) {
	r.ArrayOf(1)
	o.Cuts = readCuts(r)
}

// Kind implements [Operation].
func (*ExtendCut) Kind() protocol.Kind { return KindExtendCut }

func (o *ExtendCut) append(b []byte) []byte {
	b = protocol.AppendBytes(protocol.AppendArray(b, 2), o.Strike[:])
	return appendCuts(b, o.Cuts)
}

func (o *ExtendCut) read(r *protocol.Reader) {
	r.ArrayOf(2)
	r.Fixed(o.Strike[:])
	o.Cuts = readCuts(r)
	if r.Err() == nil && len(o.Cuts) == 0 {
		r.Fail(fmt.Errorf("%w: it extends nothing", protocol.ErrLimit))
	}
}

// Kind implements [Operation].
func (*Policy) Kind() protocol.Kind { return KindPolicy }

// append writes [who invites, who invites keepers, approval], or [] for a rotation.
func (o *Policy) append(b []byte) []byte {
	if o.Rotate {
		return protocol.AppendArray(b, 0)
	}
	b = protocol.AppendArray(b, 3)
	b = protocol.AppendUint(b, uint64(o.Invite))
	b = protocol.AppendUint(b, uint64(o.InviteKeeper))
	return protocol.AppendBool(b, o.Approval)
}

func (o *Policy) read(r *protocol.Reader) {
	switch n := r.Array(); {
	case r.Err() != nil:
	case n == 0:
		o.Rotate = true
	case n == 3:
		o.Invite = readRank(r, Member, Convener)
		o.InviteKeeper = readRank(r, Member, Convener)
		o.Approval = r.Bool()
	default:
		r.Fail(fmt.Errorf("%w: a policy of %d fields", protocol.ErrCanonical, n))
	}
}

// Kind implements [Operation].
func (*Keeper) Kind() protocol.Kind { return KindKeeper }

func (o *Keeper) append(b []byte) []byte {
	b = protocol.AppendBytes(protocol.AppendArray(b, 2), o.Device[:])
	return protocol.AppendBool(b, o.Serving)
}

func (o *Keeper) read(r *protocol.Reader) {
	r.ArrayOf(2)
	r.Fixed(o.Device[:])
	o.Serving = r.Bool()
}

// Kind implements [Operation].
func (*Redact) Kind() protocol.Kind { return KindRedact }

func (o *Redact) append(b []byte) []byte {
	return protocol.AppendIDs(protocol.AppendArray(b, 1), o.Changes)
}

func (o *Redact) read(r *protocol.Reader) {
	r.ArrayOf(1)
	o.Changes = readSome(r, o.Changes)
}

// Kind implements [Operation].
func (*Merge) Kind() protocol.Kind { return KindMerge }

func (o *Merge) append(b []byte) []byte { return protocol.AppendArray(b, 0) }

func (o *Merge) read(r *protocol.Reader) { r.ArrayOf(0) }

// Kind implements [Operation].
func (*HandOver) Kind() protocol.Kind { return KindHandOver }

func (o *HandOver) append(b []byte) []byte {
	b = protocol.AppendArray(b, 5)
	b = protocol.AppendBytes(b, o.Old[:])
	b = protocol.AppendBytes(b, o.New[:])
	b = appendCuts(b, o.Cuts)
	b = appendOptional(b, o.ByRoot[:])
	return appendOptional(b, o.Second[:])
}

func (o *HandOver) read(r *protocol.Reader) {
	r.ArrayOf(5)
	r.Fixed(o.Old[:])
	r.Fixed(o.New[:])
	o.Cuts = readCuts(r)
	readOptional(r, o.ByRoot[:])
	readOptional(r, o.Second[:])
	if r.Err() == nil && o.Old == o.New {
		r.Fail(fmt.Errorf("%w: a member handed over to herself", protocol.ErrCanonical))
	}
}

// SignRevoke signs with the root that a device of its member is revoked by the
// author, another device of it.
func SignRevoke(root identity.Key, community protocol.CommunityID, author protocol.DeviceID, o *Revoke) protocol.Seal {
	return root.Sign(o.signed(community, author))
}

func (o *Revoke) signed(community protocol.CommunityID, author protocol.DeviceID) []byte {
	m := append([]byte(revokeLabel), community[:]...)
	m = append(m, author[:]...)
	m = append(m, o.Device[:]...)
	return appendCuts(m, o.Cuts)
}

// SignHandOver signs with the old member's root that the new one is the heir;
// the author is the device that writes the change.
func SignHandOver(root identity.Key, community protocol.CommunityID, author protocol.DeviceID, o *HandOver) protocol.Seal {
	return root.Sign(o.signed(community, author))
}

func (o *HandOver) signed(community protocol.CommunityID, author protocol.DeviceID) []byte {
	m := append([]byte(handOverLabel), community[:]...)
	m = append(m, author[:]...)
	m = append(m, o.Old[:]...)
	m = append(m, o.New[:]...)
	return appendCuts(m, o.Cuts)
}

// appendOptional appends s, or nothing when it is all zeroes.
func appendOptional(b, s []byte) []byte {
	if zero(s) {
		s = nil
	}
	return protocol.AppendBytes(b, s)
}

func zero(s []byte) bool {
	for _, c := range s {
		if c != 0 {
			return false
		}
	}
	return true
}

// readOptional reads what [appendOptional] wrote.
func readOptional(r *protocol.Reader, dst []byte) {
	s := r.Bytes(len(dst))
	if r.Err() != nil || len(s) == 0 {
		return
	}
	if len(s) != len(dst) || zero(s) {
		r.Fail(fmt.Errorf("%w: %d bytes where %d or none belong", protocol.ErrCanonical, len(s), len(dst)))
		return
	}
	copy(dst, s)
}

func appendCuts(b []byte, cuts []Cut) []byte {
	b = protocol.AppendArray(b, len(cuts))
	for _, c := range cuts {
		b = protocol.AppendBytes(protocol.AppendArray(b, 2), c.Log[:])
		b = protocol.AppendBytes(b, c.Kept[:])
	}
	return b
}

func (c Cut) compare(other Cut) int {
	return cmp.Or(c.Log.Compare(other.Log), c.Kept.Compare(other.Kept))
}

func readCuts(r *protocol.Reader) []Cut {
	var cuts []Cut
	for i := range r.Array() {
		var c Cut
		r.ArrayOf(2)
		r.Fixed(c.Log[:])
		r.Fixed(c.Kept[:])
		if r.Err() != nil {
			return nil
		}
		if i > 0 && cuts[i-1].compare(c) >= 0 {
			r.Fail(fmt.Errorf("%w: cuts out of order or twice", protocol.ErrCanonical))
			return nil
		}
		cuts = append(cuts, c)
	}
	return cuts
}

// readSome reads 1 to [protocol.MaxTargets] ascending ids.
func readSome[Of any](r *protocol.Reader, _ []protocol.ID[Of]) []protocol.ID[Of] {
	ids := protocol.ReadIDs[protocol.ID[Of]](r, protocol.MaxTargets)
	if r.Err() == nil && len(ids) == 0 {
		r.Fail(fmt.Errorf("%w: of nothing", protocol.ErrLimit))
	}
	return ids
}

func readRank(r *protocol.Reader, least, most Rank) Rank {
	rank := Rank(r.UintMax(math.MaxUint8))
	if r.Err() == nil && (!rank.Valid() || rank < least || rank > most) {
		r.Fail(fmt.Errorf("%w: rank %d is not between %d and %d", protocol.ErrCanonical, rank, least, most))
		return None
	}
	return rank
}

func readRunes(r *protocol.Reader, most int) string {
	s := r.Text(most * utf8.UTFMax)
	if n := utf8.RuneCountInString(s); r.Err() == nil && n > most {
		r.Fail(fmt.Errorf("%w: %d runes, at most %d", protocol.ErrLimit, n, most))
		return ""
	}
	return s
}
