package replica

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// What follows is for people's questions, between two steps: each walks logs
// on disk, a few microseconds a change.

// Control walks all control changes held, in causal order.
func (r *Replica) Control(each func(membership.Entry) error) error {
	return r.disk.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		for _, c := range run.Changes {
			if e, ok := r.graph.Change(c.ID); ok {
				if err := each(e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// ControlChange returns a held control change.
func (r *Replica) ControlChange(id protocol.ChangeID) (membership.Entry, bool) {
	return r.graph.Change(id)
}

// AuthorOf returns the member whose device wrote a control change.
func (r *Replica) AuthorOf(e membership.Entry) (member protocol.MemberID, ok bool) {
	cert, ok := r.graph.Certificate(e.Device)
	if ok {
		member = cert.Member()
	}
	return member, ok
}

// Knew tells whether whoever wrote a held change knew of a control change then.
func (r *Replica) Knew(change, control protocol.ChangeID) (bool, error) {
	heads, _, err := r.disk.Stand(change)
	if err != nil {
		return false, err
	}
	then, err := r.graph.At(heads)
	if err != nil {
		return false, err
	}
	return !errors.Is(then.Reason(control), membership.ErrAbsent), nil
}

// WordsOf returns what a control change says beside what it does, a removal's
// reason, say; empty when nothing, or when no key here opens it.
func (r *Replica) WordsOf(id protocol.ChangeID) string {
	c, log, err := r.disk.Change(id)
	if err != nil || c == nil || c.WordsLen == 0 {
		return ""
	}
	_, epoch, err := r.disk.Stand(id)
	if err != nil {
		return ""
	}
	key, ok := r.ring.Content(epoch)
	if !ok {
		return ""
	}
	words, _ := c.OpenWords(r.cfg.Community, log.ID, &key)
	return string(words)
}

// Holding is how much of what a member wrote is held.
type Holding struct {
	Changes int
	Last    uint64 // when the last of them was written, seconds since 1970; 0: none was
}

// HeldOf returns what is held of a member's words: what a removal keeps whose
// cuts are those of [Decide].
func (r *Replica) HeldOf(member protocol.MemberID) (held Holding, err error) {
	for _, log := range r.contentLogs(member) {
		tips := r.logs[log.ID].tips
		for _, t := range tips {
			c, _, err := r.disk.Change(t.id)
			if err != nil {
				return held, err
			}
			held.Last = max(held.Last, c.Wall)
		}
		if len(tips) == 1 {
			held.Changes += int(tips[0].seq)
			continue
		}
		if err := r.disk.Range(log.ID, 1, func(*protocol.Change) error { held.Changes++; return nil }); err != nil {
			return held, err
		}
	}
	return held, nil
}

// contentLogs lists the content logs of a member's devices, whatever their standing.
func (r *Replica) contentLogs(member protocol.MemberID) []protocol.LogRef {
	return slices.DeleteFunc(r.sortedLogs(), func(log protocol.LogRef) bool {
		cert, ok := r.graph.Certificate(log.Device)
		return log.Class != protocol.Content || !ok || cert.Member() != member
	})
}

// Aside is a content change that has less effect than when it was written:
// something took its author's right that she did not know of, or what gave it
// turned out void.
type Aside struct {
	Step
	Document protocol.DocumentID
	Kind     protocol.Kind
	Creates  bool              // it made the document
	By       protocol.ChangeID // the strike that covers it; zero: no admission of hers stands
}

// SetAside lists what was set aside of a member's words, oldest first in each
// log. What is struck and would need no more than is left is not in it.
func (r *Replica) SetAside(member protocol.MemberID) (asides []Aside, err error) {
	strikes, err := r.strikesOn(member)
	if err != nil {
		return nil, err
	}
	for _, log := range r.contentLogs(member) {
		err := r.disk.Range(log.ID, 1, func(c *protocol.Change) error {
			a, aside, err := r.aside(c, log, strikes)
			if aside {
				asides = append(asides, a)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return asides, nil
}

// strikesOn lists the effective control changes that take something from a
// member or a device of hers, by (lamport, id).
func (r *Replica) strikesOn(member protocol.MemberID) (strikes []membership.Entry, err error) {
	err = r.Control(func(e membership.Entry) error {
		if r.strikes(e, member) && r.now.Effective(e.Change.ID) {
			strikes = append(strikes, e)
		}
		return nil
	})
	slices.SortFunc(strikes, func(a, b membership.Entry) int {
		return cmp.Or(cmp.Compare(a.Change.Lamport, b.Change.Lamport), a.Change.ID.Compare(b.Change.ID))
	})
	return strikes, err
}

func (r *Replica) strikes(e membership.Entry, member protocol.MemberID) bool {
	switch o := e.Operation.(type) {
	case *membership.Remove:
		return slices.Contains(o.Members, member)
	case *membership.SetRank:
		return o.Member == member
	case *membership.HandOver:
		return o.Old == member
	case *membership.Leave:
		author, ok := r.AuthorOf(e)
		return ok && author == member
	case *membership.Revoke:
		cert, ok := r.graph.Certificate(o.Device)
		return ok && cert.Member() == member
	}
	return false
}

// Ended returns the last change that took a member out, or this device; ok is
// false when none did.
func (r *Replica) Ended(member protocol.MemberID) (ended membership.Entry, ok bool, err error) {
	strikes, err := r.strikesOn(member)
	for _, e := range strikes {
		switch o := e.Operation.(type) {
		case *membership.SetRank:
			continue
		case *membership.Revoke:
			if o.Device != r.device {
				continue
			}
		}
		ended, ok = e, true
	}
	return ended, ok, err
}

// aside tells whether a change of a struck log was set aside.
func (r *Replica) aside(c *protocol.Change, log protocol.LogRef, strikes []membership.Entry) (a Aside, aside bool, err error) {
	heads, _, err := r.disk.Stand(c.ID)
	if err != nil {
		return a, false, err
	}
	own, err := r.graph.At(heads)
	if err != nil {
		return a, false, err
	}
	before := func(kept protocol.ChangeID) bool { return r.before(log.ID, c.Seq, c.ID, kept) }
	content := membership.Content{Device: log.Device, Log: log.ID, Heads: heads, Before: before}
	if r.now.ContentRank(content) >= own.ContentRank(content) {
		return a, false, nil
	}
	a.Document, a.Kind, a.Creates = c.DocumentOf(c.ID), c.Kind, c.Creates
	d, err := r.document(a.Document)
	if err != nil {
		return a, false, err
	}
	d.judge(r.now)
	a.Step = d.step(d.changes[c.ID])
	if a.Void == 0 && !a.Waiting {
		return a, false, nil
	}
	for _, e := range strikes {
		kept := slices.ContainsFunc(cutsOf(e.Operation), func(cut membership.Cut) bool {
			return cut.Log == log.ID && before(cut.Kept)
		})
		if !kept && !own.Effective(e.Change.ID) {
			a.By = e.Change.ID
			break
		}
	}
	return a, true, nil
}

// Readmit takes what one who was out is handed when she is let in again: the
// control runs and the letters of an [Admitted]. Its [Reply] has no result; the
// error is [ErrEntrance] when this device is not in after it.
type Readmit struct {
	Token Token
	Entrance
}

func (Readmit) input() {}

func (r *Replica) readmit(in Readmit) {
	err := r.receive(protocol.DeviceID{}, in.Runs)
	if err == nil && !r.now.Active(r.device) {
		err = membership.ErrDevice
	}
	if err != nil {
		r.reply(in.Token, nil, fmt.Errorf("%w: %w", ErrEntrance, err))
		return
	}
	r.takeRecords(in.Letters)
	r.reply(in.Token, nil, nil)
}
