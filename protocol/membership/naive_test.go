package membership

import (
	"bytes"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// naive is the second implementation of the rules, written from the
// specification: sets of ids, recursion, no graph, no sharing, no order but
// what the rules name. It is slow and short.
type naive struct {
	community protocol.CommunityID
	ops       map[protocol.ChangeID]*naiveOp
	folds     map[string]parts
	births    map[protocol.ChangeID]*naiveBirth
	hitting   map[protocol.ChangeID][]hit
	vouched   bool // entries are not signed, see vouch
}

type set map[protocol.ChangeID]bool

// part is what stands or falls by itself.
type part struct {
	id protocol.ChangeID
	at int
}

type parts map[part]bool

type naiveOp struct {
	id      protocol.ChangeID
	lamport uint64
	device  protocol.DeviceID
	op      Operation
	past    set
	cert    *identity.Certificate
	member  protocol.MemberID // whose certificate it is
	carried protocol.DeviceID // and for which device
}

type naiveBirth struct {
	ok     bool
	author protocol.MemberID
	rank   Rank
	need   Rank
	known  bool // the author's device is certified by another change
}

func newNaive(community protocol.CommunityID) *naive {
	return &naive{
		community: community, ops: map[protocol.ChangeID]*naiveOp{}, folds: map[string]parts{},
		births: map[protocol.ChangeID]*naiveBirth{}, hitting: map[protocol.ChangeID][]hit{},
	}
}

func (n *naive) take(c *protocol.Change, log protocol.LogRef) {
	o := &naiveOp{id: c.ID, lamport: c.Lamport, device: log.Device, past: set{}}
	o.op, _ = Decode(c.Kind, c.Shape)
	stands := slices.Clone(c.Parents)
	if c.Seq > 1 {
		stands = append(stands, c.Previous)
	}
	for _, p := range stands {
		o.past[p] = true
		maps.Copy(o.past, n.ops[p].past)
	}
	switch x := o.op.(type) {
	case *Genesis:
		o.cert, _ = identity.DecodeCertificate(x.Certificate)
	case *Admit:
		o.cert, _ = identity.DecodeCertificate(x.Certificate)
	case *Device:
		o.cert, _ = identity.DecodeCertificate(x.Certificate)
	}
	if o.cert != nil {
		o.member, o.carried = o.cert.Member(), o.cert.DeviceID()
	}
	n.ops[c.ID] = o
}

func before(a, b *naiveOp) bool {
	if a.lamport != b.lamport {
		return a.lamport < b.lamport
	}
	return bytes.Compare(a.id[:], b.id[:]) < 0
}

// closure is what lies in the past of heads, them included.
func (n *naive) closure(heads []protocol.ChangeID) set {
	s := set{}
	for _, h := range heads {
		s[h] = true
		maps.Copy(s, n.ops[h].past)
	}
	return s
}

func (n *naive) partsOf(id protocol.ChangeID) []part {
	all := []part{{id, 0}}
	switch o := n.ops[id].op.(type) {
	case *Remove:
		for at := range o.Members {
			all = append(all, part{id, at + 1})
		}
	case *Redact:
		all = append(all, part{id, 1})
	}
	return all
}

// does tells whether a change takes effect.
func (n *naive) does(eff parts, id protocol.ChangeID) bool {
	if !eff[part{id, 0}] {
		return false
	}
	o, removes := n.ops[id].op.(*Remove)
	if !removes {
		return true
	}
	for at := range o.Members {
		if eff[part{id, at + 1}] {
			return true
		}
	}
	return false
}

// each calls f for every effective operation of type T.
func each[T Operation](n *naive, eff parts, f func(*naiveOp, T)) {
	for p := range eff {
		if o, ok := n.ops[p.id].op.(T); ok && p.at == 0 && n.does(eff, p.id) {
			f(n.ops[p.id], o)
		}
	}
}

// certifier returns the change that certifies a device: the most features,
// then the first by (lamport, id).
func (n *naive) certifier(eff parts, device protocol.DeviceID) (best *naiveOp) {
	for p := range eff {
		o := n.ops[p.id]
		if p.at != 0 || o.cert == nil || o.carried != device {
			continue
		}
		if best == nil || o.cert.Features > best.cert.Features || o.cert.Features == best.cert.Features && before(o, best) {
			best = o
		}
	}
	return best
}

func (n *naive) revoked(eff parts, device protocol.DeviceID) (is bool) {
	each(n, eff, func(_ *naiveOp, o *Revoke) { is = is || o.Device == device })
	return is
}

func (n *naive) active(eff parts, device protocol.DeviceID) bool {
	by := n.certifier(eff, device)
	return by != nil && !n.revoked(eff, device) && n.rank(eff, by.member) >= Guest
}

// worth returns the rank the admission g gives if commits says it is committed.
func (n *naive) worth(g *naiveOp, committed bool) Rank {
	if _, ok := g.op.(*Genesis); ok {
		return Founder
	}
	invite := n.ops[g.op.(*Admit).Invite].op.(*Invite)
	switch {
	case invite.Approval || n.policy(n.fold(g.past)).Approval || invite.Rank == None:
		return None
	case committed:
		return invite.Rank
	}
	return Guest
}

func (n *naive) committed(eff parts, g *naiveOp) (is bool) {
	each(n, eff, func(_ *naiveOp, o *Commit) { is = is || o.Admission == g.id })
	return is
}

func (n *naive) keeps(g *naiveOp) bool {
	a, ok := g.op.(*Admit)
	return ok && n.ops[a.Invite].op.(*Invite).Rank == None
}

// hit is a part that leaves a member less than she had.
type hit struct {
	part
	member protocol.MemberID
	left   Rank
}

func (n *naive) hits(z *naiveOp) []hit {
	hits, known := n.hitting[z.id]
	if !known {
		hits = n.findHits(z)
		n.hitting[z.id] = hits
	}
	return hits
}

func (n *naive) findHits(z *naiveOp) (hits []hit) {
	switch o := z.op.(type) {
	case *Remove:
		for at, m := range o.Members {
			hits = append(hits, hit{part{z.id, at + 1}, m, None})
		}
	case *Leave:
		hits = append(hits, hit{part{z.id, 0}, n.birth(z.id).author, None})
	case *HandOver:
		if n.complete(z, o) {
			hits = append(hits, hit{part{z.id, 0}, o.Old, None})
		}
	case *SetRank:
		if o.Rank < n.rank(n.fold(z.past), o.Member) {
			hits = append(hits, hit{part{z.id, 0}, o.Member, o.Rank})
		}
	}
	return hits
}

func (n *naive) complete(z *naiveOp, o *HandOver) bool {
	return o.ByRoot != protocol.Seal{} || !o.Second.IsZero() || n.birth(z.id).rank == Founder
}

// hitsOn returns the standing hits on a member.
func (n *naive) hitsOn(eff parts, member protocol.MemberID) (on []hit) {
	for p := range eff {
		for _, h := range n.hits(n.ops[p.id]) {
			if h.part == p && h.member == member {
				on = append(on, h)
			}
		}
	}
	return on
}

func (n *naive) alive(eff parts, member protocol.MemberID, id protocol.ChangeID) bool {
	for _, h := range n.hitsOn(eff, member) {
		if h.left == None && !n.ops[id].past[h.id] {
			return false
		}
	}
	return true
}

// admissions returns those of a member that stand and were not ended.
func (n *naive) admissions(eff parts, member protocol.MemberID) (all []*naiveOp) {
	for p := range eff {
		o := n.ops[p.id]
		_, certifies := o.op.(*Device)
		if p.at == 0 && o.cert != nil && !certifies && o.member == member && n.alive(eff, member, o.id) {
			all = append(all, o)
		}
	}
	return all
}

func (n *naive) serves(eff parts, member protocol.MemberID) bool {
	for _, g := range n.admissions(eff, member) {
		if n.keeps(g) && !n.ops[g.op.(*Admit).Invite].op.(*Invite).Approval && !n.policy(n.fold(g.past)).Approval {
			return true
		}
	}
	return false
}

func (n *naive) rank(eff parts, member protocol.MemberID) Rank {
	most, in := None, false
	for _, g := range n.admissions(eff, member) {
		if !n.keeps(g) {
			in = true
			most = max(most, n.worth(g, n.committed(eff, g)))
		}
	}
	if !in {
		return None
	}
	var last []*naiveOp
	each(n, eff, func(z *naiveOp, o *SetRank) {
		if o.Member == member && n.alive(eff, member, z.id) {
			last = append(last, z)
		}
	})
	least, some := Founder, false
	for _, z := range last {
		if !slices.ContainsFunc(last, func(later *naiveOp) bool { return later.past[z.id] }) {
			least, some = min(least, z.op.(*SetRank).Rank), true
		}
	}
	if some {
		return least
	}
	return most
}

// granted is the highest rank that anything standing ever gave a member.
func (n *naive) granted(eff parts, member protocol.MemberID) Rank {
	most := None
	for p := range eff {
		o := n.ops[p.id]
		if _, certifies := o.op.(*Device); p.at == 0 && o.cert != nil && !certifies && o.member == member {
			most = max(most, n.worth(o, n.committed(eff, o)))
		}
	}
	each(n, eff, func(_ *naiveOp, o *SetRank) {
		if o.Member == member {
			most = max(most, o.Rank)
		}
	})
	return most
}

func (n *naive) policy(eff parts) Policy {
	var last *naiveOp
	each(n, eff, func(z *naiveOp, o *Policy) {
		if !o.Rotate && (last == nil || before(last, z)) {
			last = z
		}
	})
	if last == nil {
		return Policy{Invite: Convener, InviteKeeper: Convener}
	}
	return *last.op.(*Policy)
}

func (n *naive) endsAccess(z *naiveOp) bool {
	switch o := z.op.(type) {
	case *RevokeInvite, *Revoke, *Remove, *Leave:
		return true
	case *HandOver:
		return n.complete(z, o)
	}
	return false
}

func (n *naive) covered(eff parts) (is bool) {
	each(n, eff, func(e *naiveOp, _ *Epoch) {
		all := true
		for p := range eff {
			if p.at == 0 && n.does(eff, p.id) && n.endsAccess(n.ops[p.id]) && !e.past[p.id] {
				all = false
			}
		}
		is = is || all
	})
	return is
}

// birth is M1: judged in the fold of its own past, once and for all.
func (n *naive) birth(id protocol.ChangeID) *naiveBirth {
	b := n.births[id]
	if b == nil {
		b = n.judge(n.ops[id])
		n.births[id] = b
	}
	return b
}

func (n *naive) judge(z *naiveOp) *naiveBirth {
	b := &naiveBirth{}
	if _, ok := z.op.(*Genesis); ok {
		return &naiveBirth{ok: len(z.past) == 0, author: z.member, rank: Founder}
	}
	if z.op == nil {
		return b
	}
	eff := n.fold(z.past)
	if n.revoked(eff, z.device) {
		return b
	}
	if by := n.certifier(eff, z.device); by != nil {
		b.author, b.known = by.member, true
	} else if _, ok := z.op.(*Device); ok && z.cert != nil && z.cert.Certifier.IsZero() && z.carried == z.device {
		b.author = z.member
	} else {
		return b
	}
	b.rank = n.rank(eff, b.author)
	if _, leaves := z.op.(*Leave); b.rank < Guest && !(leaves && n.serves(eff, b.author)) {
		return b
	}
	b.need, b.ok = n.asks(eff, z, b)
	b.ok = b.ok && b.rank >= b.need
	return b
}

func naiveAbove(r Rank) Rank {
	switch r {
	case Convener:
		return Founder
	case Founder:
		return 99
	}
	return Convener
}

// asks returns the rank an operation takes and whether all else is right.
func (n *naive) asks(eff parts, z *naiveOp, b *naiveBirth) (need Rank, ok bool) {
	switch o := z.op.(type) {
	case *Merge, *Redact:
		return Guest, true
	case *Policy:
		return Convener, true
	case *Leave:
		founders := map[protocol.MemberID]bool{}
		for _, other := range n.ops {
			if other.cert != nil && n.rank(eff, other.member) == Founder {
				founders[other.member] = true
			}
		}
		return None, b.rank != Founder || len(founders) > 1
	case *Invite:
		if o.Rank == None {
			return n.policy(eff).InviteKeeper, o.Key.Check() == nil
		}
		return n.policy(eff).Invite, o.Key.Check() == nil
	case *RevokeInvite:
		if n.openInvite(eff, o.Invite) && n.birth(o.Invite).author == b.author {
			return Guest, true
		}
		return Convener, n.openInvite(eff, o.Invite)
	case *Admit:
		if z.cert != nil && n.wasRemoved(eff, z.member) {
			return Convener, n.mayAdmit(eff, z, o)
		}
		return Member, n.mayAdmit(eff, z, o)
	case *Commit:
		a := n.ops[o.Admission]
		if a == nil || !eff[part{o.Admission, 0}] {
			return Guest, false
		}
		_, admits := a.op.(*Admit)
		return Guest, admits && a.member == b.author
	case *Device:
		return Guest, n.mayCertify(eff, z, b.author)
	case *Epoch:
		return Guest, n.mayRotate(eff, z, o)
	}
	return n.asksOfStrike(eff, z, b)
}

// asksOfStrike is asks for what acts on people.
func (n *naive) asksOfStrike(eff parts, z *naiveOp, b *naiveBirth) (need Rank, ok bool) {
	isIn := func(m protocol.MemberID, keepers bool) bool {
		return len(n.admissions(eff, m)) > 0 && (keepers || n.rank(eff, m) > None || !n.serves(eff, m))
	}
	switch o := z.op.(type) {
	case *SetRank:
		return max(naiveAbove(n.rank(eff, o.Member)), naiveAbove(min(o.Rank, Convener))), isIn(o.Member, false)
	case *Remove:
		need = Convener
		ok = true
		for _, m := range o.Members {
			need, ok = max(need, naiveAbove(n.rank(eff, m))), ok && isIn(m, true)
		}
		return need, ok
	case *Revoke:
		by := n.certifier(eff, o.Device)
		switch {
		case by == nil || n.revoked(eff, o.Device):
			return Convener, false
		case o.Device == z.device:
			return Guest, true
		case by.member == b.author && o.ByRoot != protocol.Seal{}:
			return Guest, by.cert.Root.Verify(o.signed(n.community, z.device), o.ByRoot)
		}
		return naiveAbove(n.rank(eff, by.member)), true
	case *ExtendCut:
		x := n.ops[o.Strike]
		if x == nil || !n.does(eff, o.Strike) {
			return Convener, false
		}
		_, revokes := x.op.(*Revoke)
		return Convener, revokes || len(n.hits(x)) > 0
	case *Keeper:
		by := n.certifier(eff, o.Device)
		return Convener, by != nil && n.serves(eff, by.member)
	case *HandOver:
		return n.mayHandOver(eff, z, o, b, isIn(o.Old, false) && isIn(o.New, false) && n.rank(eff, o.New) >= Guest)
	}
	return Guest, false
}

func (n *naive) mayHandOver(eff parts, z *naiveOp, o *HandOver, b *naiveBirth, ok bool) (Rank, bool) {
	old := n.rank(eff, o.Old)
	if old == Founder {
		return 99, false
	}
	if o.ByRoot != (protocol.Seal{}) {
		for _, g := range n.admissions(eff, o.Old) {
			return Guest, ok && g.cert.Root.Verify(o.signed(n.community, z.device), o.ByRoot)
		}
		return Guest, false
	}
	if !o.Second.IsZero() {
		first := n.ops[o.Second]
		if first == nil || !n.does(eff, o.Second) {
			return naiveAbove(old), false
		}
		f, is := first.op.(*HandOver)
		ok = ok && is && f.Old == o.Old && f.New == o.New && !n.complete(first, f) && n.birth(o.Second).author != b.author
	}
	return naiveAbove(old), ok
}

func (n *naive) wasRemoved(eff parts, m protocol.MemberID) bool {
	for _, h := range n.hitsOn(eff, m) {
		if _, leaves := n.ops[h.id].op.(*Leave); h.left == None && !leaves {
			return true
		}
	}
	return false
}

func (n *naive) openInvite(eff parts, invite protocol.ChangeID) bool {
	if !eff[part{invite, 0}] {
		return false
	}
	_, open := n.ops[invite].op.(*Invite)
	each(n, eff, func(_ *naiveOp, o *RevokeInvite) { open = open && o.Invite != invite })
	return open
}

func (n *naive) mayAdmit(eff parts, z *naiveOp, o *Admit) bool {
	if !n.openInvite(eff, o.Invite) || z.cert == nil {
		return false
	}
	invite := n.ops[o.Invite].op.(*Invite)
	others := map[protocol.MemberID]bool{}
	each(n, eff, func(a *naiveOp, other *Admit) {
		if other.Invite == o.Invite && a.member != z.member {
			others[a.member] = true
		}
	})
	if uint64(len(others)) >= invite.Uses {
		return false
	}
	return n.proves(o, invite.Key) && n.fresh(eff, z)
}

func (n *naive) proves(o *Admit, key identity.PublicKey) bool {
	if n.vouched {
		return vouchedFor(&o.Entry, key) == nil
	}
	_, err := o.Verify(n.community, key)
	return err == nil
}

// fresh tells whether no other certificate of the device is in force, or it says less.
func (n *naive) fresh(eff parts, z *naiveOp) bool {
	was := n.certifier(eff, z.carried)
	return !n.revoked(eff, z.carried) && (was == nil || bytes.Equal(was.cert.Encode(), z.cert.Encode()) ||
		was.cert.Root == z.cert.Root && z.cert.Features > was.cert.Features)
}

func (n *naive) mayCertify(eff parts, z *naiveOp, member protocol.MemberID) bool {
	if z.cert == nil || z.member != member {
		return false
	}
	key := z.cert.Root
	if !z.cert.Certifier.IsZero() {
		by := n.certifier(eff, z.cert.Certifier)
		if by == nil || by.member != member || n.revoked(eff, z.cert.Certifier) {
			return false
		}
		key = by.cert.Device
	}
	return certVerified(z.cert, key) == nil && n.fresh(eff, z)
}

func (n *naive) mayRotate(eff parts, z *naiveOp, o *Epoch) bool {
	epochs, answered := 0, false
	each(n, eff, func(_ *naiveOp, e *Epoch) {
		epochs++
		answered = answered || e.Reason == o.Reason && e.Subject == o.Subject
	})
	switch o.Reason {
	case Start:
		return epochs == 0
	case Strike:
		return !n.covered(eff)
	}
	x := n.ops[o.Subject]
	if x == nil || !n.does(eff, o.Subject) || answered {
		return false
	}
	if o.Reason == Rotate {
		p, ok := x.op.(*Policy)
		return ok && p.Rotate
	}
	_, ok := x.op.(*Epoch)
	return ok && x.device != z.device
}
