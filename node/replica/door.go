package replica

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// Reasons for which the door refuses a run for good. No honest device seals
// such a one.
var (
	ErrControlHeads = errors.New("the control heads do not continue those before")
	ErrEpoch        = errors.New("the epoch is not in the past of the control heads")
	ErrParents      = errors.New("a parent is of another document")
)

// receive takes a page of runs: all of it that can be taken, in its order.
// What waits for something is parked under from, the device that sent it. The
// error is the first refusal, for which the sender is to blame.
func (r *Replica) receive(from protocol.DeviceID, runs []*protocol.Run) (blame error) {
	r.nameLogs(runs)
	keys := r.keysFor(runs)
	standings := protocol.VerifyPage(runs, r.cfg.Community, keys)
	before := len(r.batch.Runs)
	for i, run := range runs {
		err := r.receiveRun(from, run, r.standing(run, standings[i], keys))
		if err != nil && blame == nil {
			blame = fmt.Errorf("log %s, seq %d: %w", run.Log.ID, run.Last().Seq, err)
		}
	}
	r.settleSeals(before, keys)
	r.release()
	return blame
}

func (r *Replica) receiveRun(from protocol.DeviceID, run *protocol.Run, standing protocol.Standing) error {
	switch standing {
	case protocol.Refused:
		if r.holdsAll(run) {
			return nil
		}
		return protocol.ErrSeal
	case protocol.Unknown:
		r.park(from, run, r.unknown(run), false)
		return nil
	}
	return r.takeOrPark(from, run, standing == protocol.Sealed, false)
}

// keys returns the key of a log's device, false if it is not known.
type keys = func(protocol.LogRef) (ed25519.PublicKey, bool)

// standing looks at the seal of a run that was passed over, if its log has
// shown reason to.
func (r *Replica) standing(run *protocol.Run, s protocol.Standing, of keys) protocol.Standing {
	if s != protocol.Reached || !r.strict[run.Log.ID] {
		return s
	}
	if key, ok := of(run.Log); !ok || run.Verify(r.cfg.Community, key) != nil {
		return protocol.Refused
	}
	return protocol.Sealed
}

// settleSeals sees to it that what is now the end of a log stands under a seal
// that holds, or nobody could be given it: a seal passed over counts on a later
// one of the page, whose run may have been refused or parked.
func (r *Replica) settleSeals(before int, of keys) {
	last := map[protocol.LogID]int{}
	for i := before; i < len(r.batch.Runs); i++ {
		last[r.batch.Runs[i].Log.ID] = i
	}
	r.batch.Unchecked = slices.DeleteFunc(r.batch.Unchecked, func(i int) bool {
		run := r.batch.Runs[i]
		if i < before || last[run.Log.ID] != i {
			return false
		}
		key, ok := of(run.Log)
		if !ok || run.Verify(r.cfg.Community, key) != nil {
			r.poisoned = append(r.poisoned, run.Log.ID)
			return false
		}
		return true
	})
}

// takeOrPark takes a run whose seals were seen to. What no peer sent, but the
// node that lets this one in or whom it lets in, waits for no turn.
func (r *Replica) takeOrPark(from protocol.DeviceID, run *protocol.Run, checked, excused bool) error {
	wants, err := r.take(run, checked, excused || from.IsZero())
	if wants != (need{}) {
		r.park(from, run, wants, excused)
	}
	return err
}

// nameLogs gives runs the full name of their log, where it is known: from what
// is held, or from a run of the page that begins it.
func (r *Replica) nameLogs(runs []*protocol.Run) {
	full := map[protocol.LogID]protocol.LogRef{}
	for _, run := range runs {
		if run.Log.Full() {
			full[run.Log.ID] = run.Log
		}
	}
	for _, run := range runs {
		if l := r.logs[run.Log.ID]; l != nil {
			run.Log = l.ref
		} else if ref, ok := full[run.Log.ID]; ok {
			run.Log = ref
		}
	}
}

// keysFor returns the keys of devices: those whose certificate a held control
// change carries, or one of the page itself. An id is the hash of its key, so
// it matters not who says so.
func (r *Replica) keysFor(runs []*protocol.Run) keys {
	carried := map[protocol.DeviceID]identity.PublicKey{}
	for _, run := range runs {
		for _, c := range run.Changes {
			if c.Class != protocol.Control {
				break
			}
			if cert, ok := membership.Carried(c); ok {
				carried[cert.DeviceID()] = cert.Device
			}
		}
	}
	return func(log protocol.LogRef) (ed25519.PublicKey, bool) {
		if cert, ok := r.graph.Certificate(log.Device); ok {
			return cert.Device.Ed25519(), true
		}
		key, ok := carried[log.Device]
		if !ok || !log.Full() {
			return nil, false
		}
		return key.Ed25519(), true
	}
}

func (r *Replica) holdsAll(run *protocol.Run) bool {
	for _, c := range run.Changes {
		if !r.has(c.ID) {
			return false
		}
	}
	return true
}

// take takes what of a run is not held, if all that it names is. Else wants
// says for what it has to wait. Checked tells whether the run's own seal was
// verified, excused that it waits for no turn.
func (r *Replica) take(run *protocol.Run, checked, excused bool) (wants need, err error) {
	rest := run.Changes
	for len(rest) > 0 && r.has(rest[0].ID) {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return need{}, nil
	}
	// Only the genesis and the device that a root brings back bring their
	// author's certificate, in the first change of the log.
	if _, ok := r.graph.Certificate(run.Log.Device); !ok && !rest[0].Genesis() && !membership.Returns(rest[0], run.Log.Device) {
		return need{device: run.Log.Device}, nil
	}
	e := &entering{r: r, log: run.Log, new: map[protocol.ChangeID]*held{}}
	for _, c := range rest {
		if wants, err := e.enter(c); err != nil || wants != (need{}) {
			return wants, err
		}
	}
	if wants, wait := r.tooSoon(run.Log, rest, excused); wait {
		return wants, nil
	}
	r.flush()
	if !checked {
		r.batch.Unchecked = append(r.batch.Unchecked, len(r.batch.Runs))
	}
	taken := r.bareRun(&protocol.Run{Log: run.Log, Changes: slices.Clone(rest), Seal: run.Seal})
	if run.Log.Class == protocol.Control {
		taken = clone(taken) // the graph keeps it; the page it came in need not stay
	}
	r.batch.Runs = append(r.batch.Runs, taken)
	r.arrival++
	for _, c := range taken.Changes {
		h := e.new[c.ID]
		h.Change = c
		r.hold(h)
	}
	if run.Log.Device != r.device {
		r.taken += len(rest)
	}
	r.releaseFor(taken)
	return need{}, nil
}

// entering checks the changes of one run, one after the other, against what is
// held and what of the run came before.
type entering struct {
	r    *Replica
	log  protocol.LogRef
	new  map[protocol.ChangeID]*held
	last *held
	past []protocol.ChangeID // of a control run: held changes that its changes stand on
}

// enter checks one change. All it refuses, every honest node refuses: the
// verdict rests on the change and its ancestors alone.
func (e *entering) enter(c *protocol.Change) (need, error) {
	for _, id := range c.Names() {
		if e.new[id] == nil && (!e.r.has(id) || !e.r.readable(id)) {
			return need{change: id}, nil
		}
	}
	h := &held{Change: c, log: e.log}
	if c.Class != e.log.Class {
		return need{}, fmt.Errorf("%w: a change of class %d in a log of class %d", protocol.ErrChain, c.Class, e.log.Class)
	}
	if err := e.continues(h); err != nil {
		return need{}, err
	}
	if err := c.CheckLamport(e.lamport); err != nil {
		return need{}, err
	}
	check := e.content
	if c.Class == protocol.Control {
		check = e.control
	}
	if err := check(h); err != nil {
		return need{}, err
	}
	if c.Erased() && !e.r.redactionNames(c.ID) {
		return need{words: c.ID}, nil // the redaction may still come
	}
	e.new[c.ID], e.last = h, h
	return need{}, nil
}

// continues checks that a change goes on after the held one of its log, and
// finds what it inherits.
func (e *entering) continues(h *held) error {
	switch {
	case e.last != nil:
		h.heads, h.epoch = e.last.heads, e.last.epoch // the run itself is a chain
		return nil
	case h.Seq == 1:
		return nil
	}
	if l := e.r.logs[e.log.ID]; l != nil {
		if t := l.tipOf(h.Previous); t != nil && t.seq+1 == h.Seq {
			h.heads, h.epoch = t.heads, t.epoch
			return nil
		}
	}
	b, ok := e.r.brief(h.Previous)
	if !ok || b.log.ID != e.log.ID || b.seq+1 != h.Seq {
		return fmt.Errorf("%w: %s is not the one before in its log", protocol.ErrChain, h.Previous)
	}
	h.heads, h.epoch = e.r.stand(h.Previous)
	return nil
}

func (e *entering) lamport(id protocol.ChangeID) (uint64, bool) {
	if h := e.new[id]; h != nil {
		return h.Lamport, true
	}
	if l := e.r.logs[e.log.ID]; l != nil {
		if t := l.tipOf(id); t != nil {
			return t.lamport, true
		}
	}
	if l, ok := e.r.graph.Lamport(id); ok {
		return l, true
	}
	b, ok := e.r.brief(id)
	return b.lamport, ok
}

// content checks control heads, epoch and parents of a change that is no
// control change; classes yet unknown keep the same rules.
func (e *entering) content(h *held) error {
	g := e.r.graph
	if len(h.ControlHeads) > 0 {
		for _, id := range h.ControlHeads {
			if !g.Has(id) {
				return fmt.Errorf("%w: %s is no control change", ErrControlHeads, id)
			}
		}
		if !g.Covers(h.ControlHeads, h.heads) {
			return fmt.Errorf("%w: %s", ErrControlHeads, h.ID)
		}
		h.heads = h.ControlHeads
	}
	if !h.Epoch.IsZero() {
		if !isEpoch(g, h.Epoch) || !g.InPast(h.Epoch, h.heads) {
			return fmt.Errorf("%w: %s", ErrEpoch, h.Epoch)
		}
		h.epoch = h.Epoch
	}
	for _, id := range h.Parents {
		var document protocol.DocumentID
		class := h.Class
		if p := e.new[id]; p != nil {
			document = p.document()
		} else if b, ok := e.r.brief(id); ok {
			document, class = b.document, b.log.Class
		}
		if document != h.document() || class != h.Class {
			return fmt.Errorf("%w: %s", ErrParents, id)
		}
	}
	return nil
}

// control checks what a control change stands on: parents are control changes,
// and the epoch that seals its words is in its past.
func (e *entering) control(h *held) error {
	g := e.r.graph
	for _, id := range append(slices.Clone(h.Parents), h.Previous) {
		switch {
		case e.new[id] != nil || h.Seq == 1 && id == h.Previous:
		case g.Has(id):
			e.past = append(e.past, id)
		default:
			return fmt.Errorf("%w: %s is no control change", ErrParents, id)
		}
	}
	if h.Epoch.IsZero() {
		return nil
	}
	mine := e.new[h.Epoch]
	switch {
	case mine != nil && mine.Kind == membership.KindEpoch:
	case isEpoch(g, h.Epoch) && g.InPast(h.Epoch, e.past):
	default:
		return fmt.Errorf("%w: %s", ErrEpoch, h.Epoch)
	}
	h.epoch = h.Epoch
	return nil
}

func isEpoch(g *membership.Graph, id protocol.ChangeID) bool {
	entry, ok := g.Change(id)
	return ok && entry.Change.Kind == membership.KindEpoch
}

// clone copies a run out of the frame it shares memory with.
func clone(run *protocol.Run) *protocol.Run {
	out := &protocol.Run{Log: run.Log, Seal: run.Seal, Changes: make([]*protocol.Change, len(run.Changes))}
	for i, c := range run.Changes {
		copied := *c
		copied.Raw, copied.Shape, copied.Words = slices.Clone(c.Raw), slices.Clone(c.Shape), slices.Clone(c.Words)
		out.Changes[i] = &copied
	}
	return out
}
