package membership

import (
	"maps"
	"slices"

	"coppice.example/protocol"
)

// truth is a value of the grounded labelling.
type truth int

const (
	no truth = iota // also of what was void at birth
	unsaid
	yes
)

// fold returns what takes effect in a set closed under past.
func (n *naive) fold(s set) parts {
	ids := slices.Collect(maps.Keys(s))
	slices.SortFunc(ids, protocol.ChangeID.Compare)
	var key []byte
	for _, id := range ids {
		key = append(key, id[:8]...)
	}
	if eff, ok := n.folds[string(key)]; ok {
		return eff
	}
	spared := set{}
	for {
		eff := n.label(ids, spared)
		last := n.lastFounder(ids, eff)
		if last == nil {
			n.folds[string(key)] = eff
			return eff
		}
		spared[last.id] = true
	}
}

// lastFounder returns the leave to void when no founder is left.
func (n *naive) lastFounder(ids []protocol.ChangeID, eff parts) (last *naiveOp) {
	for _, id := range ids {
		if c := n.ops[id].cert; c != nil && n.rank(eff, c.Member()) == Founder {
			return nil
		}
	}
	each(n, eff, func(z *naiveOp, _ *Leave) {
		if n.birth(z.id).rank == Founder && (last == nil || before(last, z)) {
			last = z
		}
	})
	return last
}

// label takes the grounded set, and of the cycles that are left what the rules say.
func (n *naive) label(ids []protocol.ChangeID, spared set) parts {
	said := map[part]truth{}
	var all []part // that may stand
	for _, id := range ids {
		if !n.birth(id).ok {
			continue
		}
		for _, p := range n.partsOf(id) {
			said[p] = unsaid
			if spared[id] {
				said[p] = no
			}
			all = append(all, p)
		}
	}
	n.ground(all, said)
	takes := func(p part) bool {
		_, strikes := n.ops[p.id].op.(*RevokeInvite)
		_, revokes := n.ops[p.id].op.(*Revoke)
		return strikes || revokes || len(n.hits(n.ops[p.id])) > 0
	}
	// In what is left gifts and then people's words of themselves fall that bear
	// on a strike, roots have their word, other gifts fall, strikes stand.
	decide := func(are truth, which func(part) bool) {
		var these []part
		for _, p := range all {
			if said[p] == unsaid && which(p) {
				these = append(these, p)
			}
		}
		for _, p := range these {
			said[p] = are
		}
		n.ground(all, said)
	}
	bears := func(x part, least Rank) bool {
		return slices.ContainsFunc(all, func(p part) bool {
			return said[p] == unsaid && takes(p) && n.birth(p.id).rank >= least && (n.struck(n.ops[x.id], x, n.ops[p.id], p) || n.weakens(x, n.ops[p.id]))
		})
	}
	decide(no, func(p part) bool { return !takes(p) && bears(p, None) })
	decide(no, func(p part) bool {
		_, leaves := n.ops[p.id].op.(*Leave)
		over, yields := n.ops[p.id].op.(*HandOver)
		return (leaves || yields && over.ByRoot != protocol.Seal{}) && bears(p, None)
	})
	decide(no, func(p part) bool { return bears(p, n.birth(p.id).rank+1) })
	decide(yes, func(p part) bool {
		o, revokes := n.ops[p.id].op.(*Revoke)
		return revokes && o.ByRoot != protocol.Seal{}
	})
	decide(no, func(p part) bool { return !takes(p) })
	eff := parts{}
	for _, p := range all {
		if said[p] != no {
			eff[p] = true
		}
	}
	return eff
}

// weakens tells whether part x, if it stands, takes the rank z needed from its author.
func (n *naive) weakens(x part, z *naiveOp) bool {
	b := n.birth(z.id)
	return x.id != z.id && !n.ops[x.id].past[z.id] && slices.ContainsFunc(n.hits(n.ops[x.id]), func(h hit) bool {
		return h.part == x && h.member == b.author && h.left < max(b.need, Guest)
	})
}

// ground labels what the labels decide until nothing changes.
func (n *naive) ground(all []part, said map[part]truth) {
	for changed := true; changed; {
		changed = false
		for _, p := range all {
			if said[p] == unsaid {
				said[p] = n.say(p, all, said)
				changed = changed || said[p] != unsaid
			}
		}
	}
}

// say labels one part by the labels so far.
func (n *naive) say(p part, all []part, said map[part]truth) truth {
	z := n.ops[p.id]
	if _, ok := z.op.(*Genesis); ok {
		return yes
	}
	b := n.birth(p.id)
	verdict := yes
	if p.at > 0 {
		verdict = said[part{p.id, 0}]
		if _, redacts := z.op.(*Redact); redacts {
			verdict = min(verdict, n.power(z, Convener, all, said))
		}
	} else {
		verdict = min(n.grounds(z, b, said), n.power(z, b.need, all, said))
	}
	for _, x := range all {
		if n.struck(n.ops[x.id], x, z, p) {
			verdict = min(verdict, yes-said[x])
		}
	}
	return verdict
}

// struck tells whether part x, if it stands, voids part p of z.
func (n *naive) struck(o *naiveOp, x part, z *naiveOp, p part) bool {
	if x.id == p.id {
		return false
	}
	switch s := o.op.(type) {
	case *RevokeInvite:
		a, admits := z.op.(*Admit)
		return admits && a.Invite == s.Invite && !o.past[z.id]
	case *Revoke:
		return !o.past[z.id] && (z.device == s.Device || z.cert != nil && z.cert.Certifier == s.Device)
	}
	if o.cert != nil && z.cert != nil && x.at == 0 && o.carried == z.carried && o.member != z.member && before(o, z) {
		return true
	}
	if o.past[z.id] || z.past[o.id] {
		return false
	}
	who, how, weight := n.says(o, x)
	whom, what, other := n.says(z, p)
	if how == "" || what == "" || who != whom {
		return false
	}
	loss := map[string]int{"leave": 0, "yield": 0, "end": 0, "guest": 1, "member": 2, "convener": 4, "founder": 6, "admit": 9}
	switch {
	case how == "leave" || how == "yield":
		return loss[what] > 0
	case what == "leave":
		return false
	case what == "yield":
		return how == "end"
	case how == "admit" && what != "end" || what == "admit" && how != "end":
		return false
	case weight != other:
		return weight > other && loss[how] != loss[what]
	}
	return loss[how] < loss[what]
}

// says returns of whom a part speaks, what it says and with what weight.
func (n *naive) says(z *naiveOp, p part) (who protocol.MemberID, what string, weight Rank) {
	b := n.birth(z.id)
	switch o := z.op.(type) {
	case *Admit:
		return z.member, "admit", b.rank
	case *SetRank:
		return o.Member, o.Rank.String(), b.rank
	case *Leave:
		return b.author, "leave", b.rank
	case *Remove:
		if p.at > 0 {
			return o.Members[p.at-1], "end", b.rank
		}
	case *HandOver:
		if !n.complete(z, o) {
			return who, "", None
		}
		if o.ByRoot != (protocol.Seal{}) {
			return o.Old, "yield", b.rank
		}
		return o.Old, "end", b.rank
	}
	return who, "", None
}

// grounds tells whether what z names, and what certifies its device, stands.
func (n *naive) grounds(z *naiveOp, b *naiveBirth, said map[part]truth) truth {
	verdict := yes
	certified := func(device protocol.DeviceID) {
		best := no
		for id := range z.past {
			if c := n.ops[id]; c.cert != nil && c.carried == device && c.member == b.author && n.birth(id).ok {
				best = max(best, said[part{id, 0}])
			}
		}
		verdict = min(verdict, best)
	}
	if b.known {
		certified(z.device)
	}
	switch o := z.op.(type) {
	case *Admit:
		verdict = min(verdict, said[part{o.Invite, 0}])
	case *Commit:
		verdict = min(verdict, said[part{o.Admission, 0}])
	case *Device:
		if !z.cert.Certifier.IsZero() {
			certified(z.cert.Certifier)
		}
	case *HandOver:
		if !o.Second.IsZero() {
			verdict = min(verdict, said[part{o.Second, 0}])
		}
	}
	return verdict
}

// power tells whether something in z's past stands that gave its author the
// rank and was not taken back, but by what came after z.
func (n *naive) power(z *naiveOp, need Rank, all []part, said map[part]truth) truth {
	b := n.birth(z.id)
	best := no
	for id := range z.past {
		g := n.ops[id]
		if !n.birth(id).ok {
			continue
		}
		if o, ok := g.op.(*SetRank); ok && o.Member == b.author && o.Rank >= need && need > None {
			best = max(best, min(said[part{id, 0}], n.untaken(z, g, need, b.author, all, said)))
		}
		if _, certifies := g.op.(*Device); g.cert == nil || certifies || g.member != b.author {
			continue
		}
		if need == None {
			best = max(best, min(said[part{id, 0}], n.untaken(z, g, Guest, b.author, all, said)))
			continue
		}
		firm := no
		if n.worth(g, false) >= need {
			firm = said[part{id, 0}]
		}
		for c := range z.past {
			if o, ok := n.ops[c].op.(*Commit); ok && n.birth(c).ok && o.Admission == id && n.worth(g, true) >= need {
				firm = max(firm, min(said[part{id, 0}], said[part{c, 0}]))
			}
		}
		best = max(best, min(firm, n.untaken(z, g, need, b.author, all, said)))
	}
	return best
}

// untaken tells whether nothing that stands took back what g gave.
func (n *naive) untaken(z, g *naiveOp, need Rank, author protocol.MemberID, all []part, said map[part]truth) truth {
	verdict := yes
	for _, x := range all {
		if x.id == z.id || n.ops[x.id].past[z.id] {
			continue
		}
		for _, h := range n.hits(n.ops[x.id]) {
			if h.part != x || h.member != author || h.left >= need {
				continue
			}
			regained := no
			if g.past[x.id] || g.id == x.id {
				regained = yes
				if _, sets := g.op.(*SetRank); h.left != None && !sets {
					regained = n.wasOut(x.id, g.id, author, all, said)
				}
			}
			verdict = min(verdict, max(regained, yes-said[x]))
		}
	}
	return verdict
}

// wasOut tells whether something ended the membership between two changes.
func (n *naive) wasOut(first, last protocol.ChangeID, author protocol.MemberID, all []part, said map[part]truth) truth {
	out := no
	for _, e := range all {
		if !n.ops[e.id].past[first] || !n.ops[last].past[e.id] {
			continue
		}
		for _, h := range n.hits(n.ops[e.id]) {
			if h.part == e && h.member == author && h.left == None {
				out = max(out, said[e])
			}
		}
	}
	return out
}

// contentRank is the rank of a content change, of which a cut keeps what the
// given set of kept ids says.
func (n *naive) contentRank(eff parts, c Content) Rank {
	past := n.closure(c.Heads)
	own := n.fold(past)
	if !n.active(own, c.Device) {
		return None
	}
	by := n.certifier(eff, c.Device)
	if by == nil {
		return None
	}
	member := by.member
	rank := min(n.rank(own, n.certifier(own, c.Device).member), n.granted(eff, member))
	var onMember, onDevice []hit
	onMember = n.hitsOn(eff, member)
	each(n, eff, func(z *naiveOp, o *Revoke) {
		if o.Device == c.Device {
			onDevice = append(onDevice, hit{part{z.id, 0}, member, None})
		}
	})
	for _, same := range [][]hit{onMember, onDevice} {
		for _, h := range same {
			if !own[h.part] && !n.kept(eff, h, same, c) {
				rank = min(rank, h.left)
			}
		}
	}
	return rank
}

func (n *naive) kept(eff parts, h hit, same []hit, c Content) bool {
	found := false
	look := func(op Operation) {
		for _, cut := range cuts(op) {
			found = found || cut.Log == c.Log && c.Before(cut.Kept)
		}
	}
	for _, other := range same {
		a, b := n.ops[h.id], n.ops[other.id]
		_, leaves := b.op.(*Leave)
		over, yields := b.op.(*HandOver)
		own := leaves || yields && over.ByRoot != protocol.Seal{}
		if a == b || !own && !a.past[b.id] && !b.past[a.id] {
			look(b.op)
		}
	}
	each(n, eff, func(_ *naiveOp, o *ExtendCut) {
		if o.Strike == h.id {
			look(o)
		}
	})
	return found
}
