package replica

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// A redaction decides at once what a document shows. The bytes follow: of the
// redacting device's own words at once, of others' after a while, so that a
// redaction that turns void, because its author is removed for it, finds them
// on somebody's disk. When bytes go decides nothing (protocol.md 10).

// Bounds of erasing.
const (
	graceTime  = 7 * 86_400_000 // milliseconds for which words of others are kept
	graceAgain = 3_600_000      // until what the disk did not drop is tried again
	eraseSlice = 64             // changes whose words one step drops
)

// erasing is what is to be dropped, and what was and is wanted again.
type erasing struct {
	due    map[protocol.ChangeID]int64 // milliseconds since 1970
	next   int64                       // the earliest of them; 0: none is due
	wanted map[protocol.ChangeID]bool  // words that no redaction takes and that are not here
	gone   []protocol.ChangeID         // that the disk was told to drop: to be looked at
	came   []protocol.ChangeID         // that the disk was given back: to be looked at
}

func newErasing() erasing {
	return erasing{due: map[protocol.ChangeID]int64{}, wanted: map[protocol.ChangeID]bool{}}
}

const (
	erasePrefix = "erase/"
	wantPrefix  = "want/"
)

func eraseKey(id protocol.ChangeID) string { return erasePrefix + hex.EncodeToString(id[:]) }
func wantKey(id protocol.ChangeID) string  { return wantPrefix + hex.EncodeToString(id[:]) }

// loadErasing reads what is to be dropped and what is wanted.
func (r *Replica) loadErasing() error {
	each := func(prefix string, take func(protocol.ChangeID, []byte) error) error {
		return r.disk.Locals(prefix, func(key string, value []byte) error {
			var id protocol.ChangeID
			_, err := hex.Decode(id[:], []byte(key[len(prefix):]))
			if err == nil {
				err = take(id, value)
			}
			if err != nil {
				return fmt.Errorf("local value %q: %w", key, err)
			}
			return nil
		})
	}
	err := each(erasePrefix, func(id protocol.ChangeID, value []byte) error {
		rd := protocol.NewReader(value)
		r.erasing.set(id, int64(rd.UintMax(1<<62)))
		return rd.End()
	})
	if err != nil {
		return err
	}
	return each(wantPrefix, func(id protocol.ChangeID, _ []byte) error {
		r.erasing.wanted[id] = true
		return nil
	})
}

func (e *erasing) set(id protocol.ChangeID, due int64) {
	e.due[id] = due
	if e.next == 0 || due < e.next {
		e.next = max(due, 1)
	}
}

// bare returns a change as it may be kept and sent: without its words if an
// effective redaction takes them.
func (r *Replica) bare(device protocol.DeviceID, c *protocol.Change) *protocol.Change {
	if len(c.Words) > 0 && r.redacted(r.now, c.ID, device) {
		return c.Erase()
	}
	return c
}

// bareRun is bare for a run that was just read.
func (r *Replica) bareRun(run *protocol.Run) *protocol.Run {
	if len(r.redactions) > 0 {
		for i, c := range run.Changes {
			run.Changes[i] = r.bare(run.Log.Device, c)
		}
	}
	return run
}

// settleErasing finds whose words the step's changes took or gave back, and
// drops what is due.
func (r *Replica) settleErasing() {
	r.lookWhatIsGone()
	r.lookWhatCame()
	if before := r.step.before; before != r.now && len(r.redactions) > 0 {
		was, is := r.takes(before), r.takes(r.now)
		for _, id := range sortedIDs(slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(is)))) {
			switch {
			case is[id] && !was[id]:
				r.dropWords(id)
			case was[id] && !is[id]:
				r.giveBack(id)
			}
		}
	}
	for _, h := range r.wordless {
		if !r.redacted(r.now, h.ID, h.log.Device) {
			r.giveBack(h.ID)
		}
	}
	r.eraseDue()
}

// takes returns the held changes whose words redactions take in a state, nil
// being the state before any.
func (r *Replica) takes(s *membership.State) map[protocol.ChangeID]bool {
	taken := map[protocol.ChangeID]bool{}
	if s == nil {
		return taken
	}
	for _, red := range s.Redactions() {
		for _, id := range red.Changes {
			if b, ok := r.known(id); ok && s.Redacts(red, b.log.Device) {
				taken[id] = true
			}
		}
	}
	return taken
}

// dropWords has the words of a change dropped when it is time.
func (r *Replica) dropWords(id protocol.ChangeID) {
	if r.erasing.wanted[id] {
		delete(r.erasing.wanted, id)
		r.keep(wantKey(id), nil)
	}
	if c, _ := r.full(id); c == nil || len(c.Words) == 0 {
		return
	}
	due := max(r.time, 1)
	b, _ := r.brief(id)
	own := func(redaction protocol.ChangeID) bool {
		by, _ := r.graph.Change(redaction)
		return by.Device == b.log.Device && r.now.Effective(redaction)
	}
	if !slices.ContainsFunc(r.redactions[id], own) {
		due += graceTime
	}
	r.erasing.set(id, due)
	r.keep(eraseKey(id), protocol.AppendUint(nil, uint64(due)))
}

// giveBack has the words of a change kept that no redaction takes any more,
// and asked for if they are gone.
func (r *Replica) giveBack(id protocol.ChangeID) {
	if _, due := r.erasing.due[id]; due {
		delete(r.erasing.due, id)
		r.keep(eraseKey(id), nil)
	}
	if c, _ := r.full(id); c == nil || !c.Erased() {
		return
	}
	r.forgetDocument(id) // what is in memory may show what is not here
	r.erasing.wanted[id] = true
	r.keep(wantKey(id), []byte{1})
	r.later(r.askAll)
}

// full returns a held change, this step's included; nil when it is not held or
// cannot be read.
func (r *Replica) full(id protocol.ChangeID) (*protocol.Change, protocol.LogRef) {
	if h := r.fresh[id]; h != nil {
		return h.Change, h.log
	}
	c, log, err := r.disk.Change(id)
	if err != nil {
		r.lacks(err)
		return nil, log
	}
	return c, log
}

// eraseDue drops the words whose time has come, a slice of them.
func (r *Replica) eraseDue() {
	e := &r.erasing
	if e.next == 0 {
		return
	}
	if e.next <= r.time {
		ids := slices.SortedFunc(maps.Keys(e.due), func(a, b protocol.ChangeID) int {
			return cmp.Or(cmp.Compare(e.due[a], e.due[b]), bytes.Compare(a[:], b[:]))
		})
		for _, id := range ids {
			if e.due[id] > r.time || len(r.forgotten) == eraseSlice {
				break
			}
			r.forgotten = append(r.forgotten, id)
		}
		if len(r.forgotten) > 0 {
			e.gone = append(e.gone, r.forgotten...)
			r.wakeAt(r.time)
		}
		e.next = 0
		for id, due := range e.due {
			if !slices.Contains(r.forgotten, id) {
				e.set(id, due)
			}
		}
	}
	if e.next != 0 {
		r.wakeAt(e.next)
	}
}

// lookWhatIsGone looks whether the disk has dropped what it was to drop.
func (r *Replica) lookWhatIsGone() {
	gone := r.erasing.gone
	r.erasing.gone = nil
	for _, id := range gone {
		if _, due := r.erasing.due[id]; !due {
			continue // given back meanwhile
		}
		if c, _ := r.full(id); c != nil && len(c.Words) > 0 {
			r.erasing.set(id, max(r.time, 0)+graceAgain)
			continue
		}
		delete(r.erasing.due, id)
		r.keep(eraseKey(id), nil)
		r.forgetDocument(id)
	}
}

// lookWhatCame looks whether the disk has taken the words that came back.
func (r *Replica) lookWhatCame() {
	came := r.erasing.came
	r.erasing.came = nil
	for _, id := range came {
		if c, _ := r.full(id); c == nil || c.Erased() {
			r.erasing.wanted[id] = true // to be asked for in the next round
			continue
		}
		r.keep(wantKey(id), nil)
	}
}

// forgetDocument has the document of a change read from disk when it is asked for.
func (r *Replica) forgetDocument(id protocol.ChangeID) {
	if b, ok := r.brief(id); ok && b.log.Class == protocol.Content {
		r.documents.drop(b.document)
	}
}
