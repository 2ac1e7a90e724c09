package membership

import (
	"slices"

	"coppice.example/protocol"
)

// findStrikes fills strikes and lowerings, and tells whether anything after
// the narrow can void anything there. If not, each change is what it was at
// birth.
func (w *window) findStrikes() bool {
	w.strikes, w.lowerings = map[unit][]unit{}, map[int32][]lowering{}
	w.strikeAdmissions()
	w.strikeCertificates()
	w.strikeDevices()
	w.strikeTargets()
	lowered := w.findLowerings()
	return lowered || len(w.strikes) > 0
}

// born returns the nodes of the window that were authorised, for which want says yes.
func (w *window) born(want func(*node) bool) (nodes []int32) {
	for _, i := range w.after {
		if n := &w.g.nodes[i]; n.born.err == nil && want(n) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

func (w *window) strike(by, on unit) { w.strikes[on] = append(w.strikes[on], by) }

// strikeAdmissions: the revocation of an invite voids the admissions by it that
// it does not know.
func (w *window) strikeAdmissions() {
	revocations := w.born(func(n *node) bool { return n.change.Kind == KindRevokeInvite })
	if len(revocations) == 0 {
		return
	}
	admissions := map[protocol.ChangeID][]int32{}
	for _, i := range w.born(func(n *node) bool { return n.change.Kind == KindAdmit }) {
		invite := w.g.nodes[i].op.(*Admit).Invite
		admissions[invite] = append(admissions[invite], i)
	}
	for _, by := range revocations {
		for _, on := range admissions[w.g.nodes[by].op.(*RevokeInvite).Invite] {
			if !w.g.reaches(by, on) {
				w.strike(unit{by, 0}, unit{on, 0})
			}
		}
	}
}

// strikeCertificates: of two crossing certificates that give one device to two
// members the earlier voids the later.
func (w *window) strikeCertificates() {
	devices := map[protocol.DeviceID][]int32{}
	for _, i := range w.born(func(n *node) bool { return n.cert != nil }) {
		id := w.g.nodes[i].cert.DeviceID()
		devices[id] = append(devices[id], i)
	}
	for _, same := range devices {
		for _, by := range same {
			for _, on := range same {
				if w.g.nodes[by].member != w.g.nodes[on].member && w.g.compare(by, on) < 0 {
					w.strike(unit{by, 0}, unit{on, 0})
				}
			}
		}
	}
}

// strikeDevices: a revocation voids what the device wrote or certified beside it.
func (w *window) strikeDevices() {
	for _, by := range w.born(func(n *node) bool { return n.change.Kind == KindRevoke }) {
		device := w.g.nodes[by].op.(*Revoke).Device
		for _, on := range w.born(func(n *node) bool {
			return n.device == device || n.cert != nil && n.cert.Certifier == device
		}) {
			if on != by && !w.g.reaches(by, on) {
				for _, u := range w.g.units(on) {
					w.strike(unit{by, 0}, u)
				}
			}
		}
	}
}

// strikeTargets is M3: what crosses on one target.
func (w *window) strikeTargets() {
	targets := map[int32][]unit{}
	lowers := false
	for _, i := range w.born(func(*node) bool { return true }) {
		_, removes := w.g.nodes[i].op.(*Remove)
		for at, m := range w.g.targets(i) {
			u := unit{i, 0}
			if removes {
				u.part = int32(at + 1)
			}
			targets[m] = append(targets[m], u)
			lowers = lowers || w.g.restricts(i) <= Founder
		}
	}
	if !lowers { // admissions alone contradict nothing
		return
	}
	for _, same := range targets {
		for _, by := range same {
			for _, on := range same {
				if by.node != on.node && w.g.overrules(by.node, on.node) && w.cross(by.node, on.node) {
					w.strike(by, on)
				}
			}
		}
	}
}

func (w *window) cross(a, b int32) bool { return !w.g.reaches(a, b) && !w.g.reaches(b, a) }

// findLowerings collects what takes power away, and tells whether something
// was done beside it with that power, or whether a founder leaves.
func (w *window) findLowerings() (found bool) {
	nodes := w.born(func(n *node) bool {
		return slices.Contains([]protocol.Kind{KindLeave, KindRemove, KindRank, KindHandOver}, n.change.Kind)
	})
	for _, i := range nodes {
		left, lowers := w.g.lowers(i)
		if !lowers {
			continue
		}
		found = found || w.g.founderLeaves(i)
		_, removes := w.g.nodes[i].op.(*Remove)
		for at, m := range w.g.targets(i) {
			u := unit{i, 0}
			if removes {
				u.part = int32(at + 1)
			}
			w.lowerings[m] = append(w.lowerings[m], lowering{u, left})
		}
	}
	for m, lowerings := range w.lowerings {
		written := w.born(func(n *node) bool { return n.born.author == m })
		for _, x := range lowerings {
			found = found || slices.ContainsFunc(written, func(i int32) bool { return w.cross(x.node, i) })
		}
	}
	return found
}
