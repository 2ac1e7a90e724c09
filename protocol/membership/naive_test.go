package membership

import (
	"bytes"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// naive is the second implementation of the rules, written from the
// specification alone: sets of ids, recursion, no graph, no sharing, no
// order but what the rules name. It is slow and short.
type naive struct {
	community protocol.CommunityID
	ops       map[protocol.ChangeID]*naiveOp
	folds     map[string]set
	births    map[protocol.ChangeID]bool
}

type set map[protocol.ChangeID]bool

type naiveOp struct {
	id      protocol.ChangeID
	lamport uint64
	device  protocol.DeviceID
	op      Operation
	past    set
	cert    *identity.Certificate
}

func newNaive(community protocol.CommunityID) *naive {
	return &naive{community, map[protocol.ChangeID]*naiveOp{}, map[string]set{}, map[protocol.ChangeID]bool{}}
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
	n.ops[c.ID] = o
}

func (n *naive) sorted(s set) []protocol.ChangeID {
	ids := slices.Collect(maps.Keys(s))
	slices.SortFunc(ids, protocol.ChangeID.Compare)
	return ids
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

// certifier returns the change that certifies a device in a fold: the most
// features, then the first by (lamport, id).
func (n *naive) certifier(eff set, device protocol.DeviceID) *naiveOp {
	var best *naiveOp
	for _, id := range n.sorted(eff) {
		o := n.ops[id]
		if o.cert == nil || o.cert.DeviceID() != device {
			continue
		}
		if best == nil || o.cert.Features > best.cert.Features || o.cert.Features == best.cert.Features && before(o, best) {
			best = o
		}
	}
	return best
}

func before(a, b *naiveOp) bool {
	if a.lamport != b.lamport {
		return a.lamport < b.lamport
	}
	return bytes.Compare(a.id[:], b.id[:]) < 0
}

// gives returns the rank that the grant g gives if all of eff stands.
func (n *naive) gives(eff set, g *naiveOp) Rank {
	if _, ok := g.op.(*Genesis); ok {
		return Founder
	}
	a, ok := g.op.(*Admit)
	if !ok {
		return None
	}
	invite := n.ops[a.Invite].op.(*Invite)
	if invite.Approval || n.policy(n.fold(g.past)).Approval || invite.Rank == None {
		return None
	}
	for id := range eff {
		if c, ok := n.ops[id].op.(*Commit); ok && c.Admission == g.id {
			return invite.Rank
		}
	}
	return Guest
}

func (n *naive) rank(eff set, member protocol.MemberID) Rank {
	most := None
	for id := range eff {
		if g := n.ops[id]; g.cert != nil && g.cert.Member() == member {
			most = max(most, n.gives(eff, g))
		}
	}
	return most
}

func (n *naive) policy(eff set) Policy {
	var last *naiveOp
	for id := range eff {
		o := n.ops[id]
		if p, ok := o.op.(*Policy); ok && !p.Rotate && (last == nil || before(last, o)) {
			last = o
		}
	}
	if last == nil {
		return Policy{Invite: Convener, InviteKeeper: Convener}
	}
	return *last.op.(*Policy)
}

func (n *naive) covered(eff set) bool {
	for id := range eff {
		if _, ok := n.ops[id].op.(*Epoch); !ok {
			continue
		}
		all := true
		for x := range eff {
			if _, ok := n.ops[x].op.(*RevokeInvite); ok && !n.ops[id].past[x] {
				all = false
			}
		}
		if all {
			return true
		}
	}
	return false
}

// birth is M1: judged in the fold of its own past, once and for all.
func (n *naive) birth(id protocol.ChangeID) bool {
	if v, ok := n.births[id]; ok {
		return v
	}
	v := n.judge(n.ops[id])
	n.births[id] = v
	return v
}

func (n *naive) judge(z *naiveOp) bool {
	if _, ok := z.op.(*Genesis); ok {
		return len(z.past) == 0
	}
	if z.op == nil {
		return false
	}
	eff := n.fold(z.past)
	if d, ok := z.op.(*Device); ok && z.cert != nil && z.cert.Certifier.IsZero() && z.cert.DeviceID() == z.device && n.rank(eff, z.cert.Member()) >= Guest {
		return n.mayCertify(eff, z, z.cert.Member(), d)
	}
	by := n.certifier(eff, z.device)
	if by == nil || n.rank(eff, by.cert.Member()) < Guest {
		return false
	}
	member := by.cert.Member()
	rank := n.rank(eff, member)
	switch o := z.op.(type) {
	case *Merge:
		return true
	case *Policy:
		return rank >= Convener
	case *Invite:
		p := n.policy(eff)
		if o.Rank == None {
			return rank >= p.InviteKeeper && o.Key.Check() == nil
		}
		return rank >= p.Invite && o.Key.Check() == nil
	case *RevokeInvite:
		if !n.openInvite(eff, o.Invite) {
			return false
		}
		author := n.certifier(eff, n.ops[o.Invite].device)
		return rank >= Convener || author != nil && author.cert.Member() == member
	case *Admit:
		return rank >= Member && n.mayAdmit(eff, z, o)
	case *Commit:
		a := n.ops[o.Admission]
		if a == nil || !eff[o.Admission] {
			return false
		}
		_, admits := a.op.(*Admit)
		return admits && a.cert.Member() == member
	case *Device:
		return n.mayCertify(eff, z, member, o)
	case *Epoch:
		return n.mayRotate(eff, z, o)
	}
	return false
}

func (n *naive) openInvite(eff set, invite protocol.ChangeID) bool {
	if !eff[invite] {
		return false
	}
	if _, ok := n.ops[invite].op.(*Invite); !ok {
		return false
	}
	for id := range eff {
		if r, ok := n.ops[id].op.(*RevokeInvite); ok && r.Invite == invite {
			return false
		}
	}
	return true
}

func (n *naive) mayAdmit(eff set, z *naiveOp, o *Admit) bool {
	if !n.openInvite(eff, o.Invite) || z.cert == nil {
		return false
	}
	invite := n.ops[o.Invite].op.(*Invite)
	others := map[protocol.MemberID]bool{}
	for id := range eff {
		if a, ok := n.ops[id].op.(*Admit); ok && a.Invite == o.Invite && n.ops[id].cert.Member() != z.cert.Member() {
			others[n.ops[id].cert.Member()] = true
		}
	}
	if uint64(len(others)) >= invite.Uses {
		return false
	}
	_, err := o.Verify(n.community, invite.Key)
	return err == nil && n.fresh(eff, z.cert)
}

// fresh tells whether no other certificate of the device is in force, or it says less.
func (n *naive) fresh(eff set, cert *identity.Certificate) bool {
	was := n.certifier(eff, cert.DeviceID())
	return was == nil || bytes.Equal(was.cert.Encode(), cert.Encode()) ||
		was.cert.Root == cert.Root && cert.Features > was.cert.Features
}

func (n *naive) mayCertify(eff set, z *naiveOp, member protocol.MemberID, _ *Device) bool {
	if z.cert == nil || z.cert.Member() != member {
		return false
	}
	key := z.cert.Root
	if !z.cert.Certifier.IsZero() {
		by := n.certifier(eff, z.cert.Certifier)
		if by == nil || by.cert.Member() != member {
			return false
		}
		key = by.cert.Device
	}
	return z.cert.Verify(key) == nil && n.fresh(eff, z.cert)
}

func (n *naive) mayRotate(eff set, z *naiveOp, o *Epoch) bool {
	epochs, answered := 0, false
	for id := range eff {
		if e, ok := n.ops[id].op.(*Epoch); ok {
			epochs++
			answered = answered || e.Reason == o.Reason && e.Subject == o.Subject
		}
	}
	switch o.Reason {
	case Start:
		return epochs == 0
	case Strike:
		return !n.covered(eff)
	case Rotate:
		if !eff[o.Subject] {
			return false
		}
		p, ok := n.ops[o.Subject].op.(*Policy)
		return ok && p.Rotate && !answered
	case Unopened:
		if !eff[o.Subject] {
			return false
		}
		_, ok := n.ops[o.Subject].op.(*Epoch)
		return ok && n.ops[o.Subject].device != z.device && !answered
	}
	return false
}

// struck tells whether x, if it stands, voids z.
func (n *naive) struck(x, z *naiveOp) bool {
	if r, ok := x.op.(*RevokeInvite); ok {
		a, admits := z.op.(*Admit)
		return admits && a.Invite == r.Invite && !x.past[z.id]
	}
	return x != z && x.cert != nil && z.cert != nil && x.cert.DeviceID() == z.cert.DeviceID() &&
		x.cert.Member() != z.cert.Member() && before(x, z)
}

// rests lists what the right z used may rest upon: conjunctions of
// alternatives of conjunctions.
func (n *naive) rests(z *naiveOp) (rests [][][]protocol.ChangeID) {
	eff := n.fold(z.past)
	member := protocol.MemberID{}
	certs := func(device protocol.DeviceID) {
		var some [][]protocol.ChangeID
		for id := range z.past {
			if c := n.ops[id].cert; c != nil && n.birth(id) && c.DeviceID() == device && c.Member() == member {
				some = append(some, []protocol.ChangeID{id})
			}
		}
		rests = append(rests, some)
	}
	if by := n.certifier(eff, z.device); by != nil {
		member = by.cert.Member()
		certs(z.device)
	} else {
		member = z.cert.Member()
	}
	need := Guest
	switch o := z.op.(type) {
	case *Policy:
		need = Convener
	case *Invite:
		need = n.policy(eff).Invite
		if o.Rank == None {
			need = n.policy(eff).InviteKeeper
		}
	case *RevokeInvite:
		if author := n.certifier(eff, n.ops[o.Invite].device); author == nil || author.cert.Member() != member {
			need = Convener
		}
	case *Admit:
		need = Member
		rests = append(rests, [][]protocol.ChangeID{{o.Invite}})
	case *Commit:
		rests = append(rests, [][]protocol.ChangeID{{o.Admission}})
	case *Device:
		if !z.cert.Certifier.IsZero() {
			certs(z.cert.Certifier)
		}
	}
	var some [][]protocol.ChangeID
	for id := range z.past {
		g := n.ops[id]
		if g.cert == nil || g.cert.Member() != member || !n.birth(id) {
			continue
		}
		if n.gives(set{}, g) >= need {
			some = append(some, []protocol.ChangeID{id})
		}
		for c := range z.past {
			o, ok := n.ops[c].op.(*Commit)
			if ok && n.birth(c) && o.Admission == id && n.gives(set{c: true}, g) >= need {
				some = append(some, []protocol.ChangeID{id, c})
			}
		}
	}
	return append(rests, some)
}

// fold returns what takes effect in a set closed under past.
func (n *naive) fold(s set) set {
	var key []byte
	for _, id := range n.sorted(s) {
		key = append(key, id[:8]...)
	}
	if eff, ok := n.folds[string(key)]; ok {
		return eff
	}
	in, out := set{}, set{}
	for id := range s {
		if !n.birth(id) {
			out[id] = true
		}
	}
	for n.step(s, in, out) {
	}
	left := set{}
	for id := range s {
		if _, strikes := n.ops[id].op.(*RevokeInvite); strikes && !in[id] && !out[id] {
			left[id] = true
		}
	}
	maps.Copy(in, left)
	n.folds[string(key)] = in
	return in
}

// step labels what it can from what is labelled.
func (n *naive) step(s, in, out set) (changed bool) {
	for id := range s {
		if in[id] || out[id] {
			continue
		}
		z := n.ops[id]
		stands, falls := true, false
		for x := range s {
			if n.birth(x) && n.struck(n.ops[x], z) {
				stands = stands && out[x]
				falls = falls || in[x]
			}
		}
		if _, ok := z.op.(*Genesis); !ok {
			for _, some := range n.rests(z) {
				firm, gone := false, true
				for _, all := range some {
					firm = firm || !slices.ContainsFunc(all, func(id protocol.ChangeID) bool { return !in[id] })
					gone = gone && slices.ContainsFunc(all, func(id protocol.ChangeID) bool { return out[id] })
				}
				stands, falls = stands && firm, falls || gone
			}
		}
		switch {
		case falls:
			out[id], changed = true, true
		case stands:
			in[id], changed = true, true
		}
	}
	return changed
}
