package replica

import (
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// redactions remembers which held control changes name what to redact. Whether
// one takes it is the state's to say.
type redactions map[protocol.ChangeID][]protocol.ChangeID

// note takes a control change into account.
func (rs redactions) note(id protocol.ChangeID, op *membership.Redact) {
	for _, target := range op.Changes {
		rs[target] = append(rs[target], id)
	}
}

// redacted tells whether a redaction effective in a state takes the words of a
// change, which a device wrote.
func (r *Replica) redacted(s *membership.State, id protocol.ChangeID, device protocol.DeviceID) bool {
	if len(r.redactions[id]) == 0 {
		return false // as nearly always: no redaction names it
	}
	return slices.ContainsFunc(s.Redactions(), func(red membership.Redaction) bool {
		return slices.Contains(red.Changes, id) && s.Redacts(red, device)
	})
}

// redactionNames tells whether any held redaction, void or not, names a change.
func (r *Replica) redactionNames(id protocol.ChangeID) bool { return len(r.redactions[id]) > 0 }

// settleControl finds what a step's control changes moved: verdicts on content
// and who is served.
func (r *Replica) settleControl() {
	if r.graph.Len() == r.graphLen {
		return
	}
	r.graphLen = r.graph.Len()
	r.event(Event{What: Members})
	r.later(r.tellLacked)
	before := r.step.before
	if before == nil || before == r.now {
		return
	}
	for _, log := range r.sortedLogs() {
		if log.Class == protocol.Content && before.Verdict(log.Device) != r.now.Verdict(log.Device) {
			r.setRightLog(log, r.covered(log, before, r.now))
		}
	}
	for _, target := range sortedIDs(slices.Collect(maps.Keys(r.redactions))) {
		b, ok := r.known(target)
		if ok && b.log.Class == protocol.Content &&
			r.redacted(before, target, b.log.Device) != r.redacted(r.now, target, b.log.Device) {
			r.setRightDocument(b.document)
		}
	}
	r.later(r.serveAll)
}

// cutsOf returns what a strike, or what extends one, keeps.
func cutsOf(op membership.Operation) []membership.Cut {
	switch o := op.(type) {
	case *membership.Remove:
		return o.Cuts
	case *membership.SetRank:
		return o.Cuts
	case *membership.Leave:
		return o.Cuts
	case *membership.Revoke:
		return o.Cuts
	case *membership.HandOver:
		return o.Cuts
	case *membership.ExtendCut:
		return o.Cuts
	}
	return nil
}

// settleKept takes into account that a change came which a cut keeps: only now
// is it known which of its log stand before it. All that was folded without it
// is folded anew, the views of later authors included: what is in memory is
// forgotten, so that nobody sees or edits it as it was.
func (r *Replica) settleKept(h *held) {
	if !r.keeps[h.ID] {
		return
	}
	r.setRightLog(h.log, 1)
	for _, d := range slices.Collect(maps.Values(r.documents.loaded)) {
		if slices.Contains(d.devices, h.log.Device) {
			r.documents.drop(d.id)
		}
	}
}

func (r *Replica) sortedLogs() []protocol.LogRef {
	logs := make([]protocol.LogRef, 0, len(r.logs))
	for _, l := range r.logs {
		logs = append(logs, l.ref)
	}
	slices.SortFunc(logs, func(a, b protocol.LogRef) int { return a.ID.Compare(b.ID) })
	return logs
}
