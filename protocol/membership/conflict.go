package membership

import (
	"slices"

	"coppice.example/protocol"
)

// strikes is what may void what in a window. No pair is kept: what acts on one
// subject is a group, and a judgement asks the groups of its subjects.
type strikes struct {
	revocations map[protocol.ChangeID]*group // of invites
	certs       map[protocol.DeviceID]*group // certificates of one device
	revokes     map[protocol.DeviceID]*group // of devices
	targets     map[int32][]*saying          // on a member
	lowered     map[int32]*lowerings         // of a member
}

// saying is what several units say of one member with one weight.
type saying struct {
	weight
	group
}

// lowerings is the units that leave a member less than she had.
type lowerings struct {
	all      []lowering
	onlyEnds bool // they leave nothing
	group
}

type lowering struct {
	unit
	number int32
	left   Rank
}

// group is units that act on one subject.
type group struct {
	units []int32
	// Of more than a few, by 64 numbers from the window's first on: the changes
	// that are in the past of all, and the changes that the units are.
	common, members []uint64
}

// few is how many units are asked one by one.
const few = 8

// sum fills common and members.
func (g *group) sum(w *window) {
	if g.common != nil {
		return
	}
	from, words := w.first/64, (w.first+int32(len(w.at)))/64-w.first/64+1
	g.common, g.members = make([]uint64, words), make([]uint64, words)
	for at := range g.common {
		g.common[at] = ^uint64(0)
	}
	for _, u := range g.units {
		i := w.units[u].node
		g.members[i/64-from] |= 1 << (i % 64)
		for at := range g.common {
			if g.common[at] != 0 {
				g.common[at] &= w.g.nodes[i].past.word(from + int32(at))
			}
		}
	}
}

// knows tells whether all of the group have change i in their past, so that
// none voids it.
func (g *group) knows(w *window, i int32) bool {
	if len(g.units) <= few {
		return !slices.ContainsFunc(g.units, func(u int32) bool { return !w.g.reaches(w.units[u].node, i) })
	}
	g.sum(w)
	return g.common[i/64-w.first/64]>>(i%64)&1 != 0
}

// within tells whether all of the group are in the past of change i.
func (g *group) within(w *window, i int32) bool {
	if len(g.units) <= few {
		return !slices.ContainsFunc(g.units, func(u int32) bool { return !w.g.reaches(i, w.units[u].node) })
	}
	g.sum(w)
	p := &w.g.nodes[i].past
	for at, m := range g.members {
		if m&^p.word(w.first/64+int32(at)) != 0 {
			return false
		}
	}
	return true
}

// findStrikes fills the groups, and tells whether anything after the narrow
// could void anything there. If not, each change is what it was at birth.
func (w *window) findStrikes() bool {
	w.strikes = strikes{
		map[protocol.ChangeID]*group{}, map[protocol.DeviceID]*group{}, map[protocol.DeviceID]*group{},
		map[int32][]*saying{}, map[int32]*lowerings{},
	}
	found := false
	for u, x := range w.units {
		if n := &w.g.nodes[x.node]; n.born.err == nil {
			w.join(int32(u), x, n)
			found = found || w.g.founderLeaves(x.node)
		}
	}
	for _, x := range w.units {
		if found {
			return true
		}
		n := &w.g.nodes[x.node]
		if n.born.err != nil {
			continue
		}
		w.strikers(x, func(int32) bool {
			found = true
			return false
		})
		if l := w.lowered[n.born.author]; l != nil && !l.knows(w, x.node) && !l.within(w, x.node) {
			found = true
		}
	}
	return found
}

// join puts a unit into the groups of its subjects.
func (w *window) join(u int32, x unit, n *node) {
	if x.part == 0 {
		switch o := n.op.(type) {
		case *RevokeInvite:
			add(w.revocations, o.Invite, u)
		case *Revoke:
			add(w.revokes, o.Device, u)
		}
		if n.cert != nil {
			add(w.certs, n.cert.DeviceID(), u)
		}
	}
	m, ok := w.g.subject(x)
	if !ok {
		return
	}
	weighs := w.g.weight(x.node)
	at := slices.IndexFunc(w.targets[m], func(s *saying) bool { return s.weight == weighs })
	if at < 0 {
		at = len(w.targets[m])
		w.targets[m] = append(w.targets[m], &saying{weight: weighs})
	}
	w.targets[m][at].units = append(w.targets[m][at].units, u)
	if left, lowers := w.g.lowers(x.node); lowers {
		l := w.lowered[m]
		if l == nil {
			l = &lowerings{onlyEnds: true}
			w.lowered[m] = l
		}
		l.units = append(l.units, u)
		l.all = append(l.all, lowering{x, u, left})
		l.onlyEnds = l.onlyEnds && left == None
	}
}

func add[K comparable](groups map[K]*group, key K, u int32) {
	if groups[key] == nil {
		groups[key] = &group{}
	}
	groups[key].units = append(groups[key].units, u)
}

// strikers yields the units that void x if they stand, less those that are
// labelled out.
func (w *window) strikers(x unit, yield func(by int32) bool) {
	n := &w.g.nodes[x.node]
	if x.part == 0 {
		// The revocation of an invite voids the admissions by it that it does not know.
		if o, admits := n.op.(*Admit); admits && len(w.revocations) > 0 && !w.unknowing(w.revocations[o.Invite], x.node, yield) {
			return
		}
		if n.cert != nil && !w.earlier(w.certs[n.cert.DeviceID()], x.node, yield) {
			return
		}
	}
	// A revocation voids what the device wrote or certified beside it.
	if len(w.revokes) > 0 {
		if !w.unknowing(w.revokes[n.device], x.node, yield) {
			return
		}
		if n.cert != nil && !w.unknowing(w.revokes[n.cert.Certifier], x.node, yield) {
			return
		}
	}
	// M3: what crosses on one target.
	m, ok := w.g.subject(x)
	if !ok {
		return
	}
	weighs := w.g.weight(x.node)
	for _, s := range w.targets[m] {
		if !s.overrules(weighs) || s.knows(w, x.node) || s.within(w, x.node) {
			continue
		}
		for _, by := range s.units {
			if i := w.units[by].node; !w.fell(by) && i != x.node && w.cross(i, x.node) && !yield(by) {
				return
			}
		}
	}
}

// fell tells whether a unit is known not to stand; nothing is before labels are.
func (w *window) fell(u int32) bool { return w.labels != nil && w.labels[u] == out }

func (w *window) cross(a, b int32) bool { return !w.g.reaches(a, b) && !w.g.reaches(b, a) }

// unknowing yields those of a group that do not have change i in their past.
func (w *window) unknowing(g *group, i int32, yield func(int32) bool) bool {
	if g == nil || g.knows(w, i) {
		return true
	}
	for _, by := range g.units {
		if !w.fell(by) && !w.g.reaches(w.units[by].node, i) && !yield(by) {
			return false
		}
	}
	return true
}

// earlier: of two crossing certificates that give one device to two members
// the earlier voids the later.
func (w *window) earlier(g *group, i int32, yield func(int32) bool) bool {
	if g == nil {
		return true
	}
	for _, by := range g.units {
		x := w.units[by].node
		if !w.fell(by) && w.g.nodes[x].member != w.g.nodes[i].member && w.g.compare(x, i) < 0 && !yield(by) {
			return false
		}
	}
	return true
}

// struck returns whether anything that stands voids x.
func (w *window) struck(x unit) label {
	verdict := out
	w.strikers(x, func(by int32) bool {
		verdict = either(verdict, w.read(by))
		return verdict != in
	})
	return verdict
}

// striker returns what stands and voids x: one of several, of the kind that
// strikers asks first.
func (w *window) striker(x unit) (by unit, ok bool) {
	w.strikers(x, func(u int32) bool {
		if w.labels[u] == in {
			by, ok = w.units[u], true
		}
		return !ok
	})
	return by, ok
}
