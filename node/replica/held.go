package replica

import (
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// held is a content or control change that is held, with what it inherits.
type held struct {
	*protocol.Change
	log   protocol.LogRef
	heads []protocol.ChangeID // control heads in force; of a control change nothing
	epoch protocol.ChangeID   // in force; zero where nothing is sealed
}

func (h *held) document() protocol.DocumentID { return h.DocumentOf(h.ID) }

// brief is what the door asks of a change that others name.
type brief struct {
	log      protocol.LogRef
	seq      uint64
	lamport  uint64
	document protocol.DocumentID
}

func briefOf(log protocol.LogRef, c *protocol.Change) brief {
	return brief{log, c.Seq, c.Lamport, c.DocumentOf(c.ID)}
}

// logState is a log as far as it is held.
type logState struct {
	ref  protocol.LogRef
	tips []tip // ascending by seq, then id
}

// tip is a change that no held change of its log names as previous.
type tip struct {
	id      protocol.ChangeID
	seq     uint64
	lamport uint64
	heads   []protocol.ChangeID // in force
	epoch   protocol.ChangeID   // in force
}

// loadTips reads the end of every log.
func (r *Replica) loadTips() error {
	for _, ref := range r.disk.Logs() {
		l := &logState{ref: ref}
		for _, id := range r.disk.Tips(ref.ID) {
			t, err := r.loadTip(id)
			if err != nil {
				return err
			}
			l.tips = append(l.tips, t)
		}
		r.logs[ref.ID] = l
	}
	r.frontier = r.held()
	return nil
}

// loadTip reads one end. Of a damaged one only its place is known, and nothing
// can follow it until it is mended.
func (r *Replica) loadTip(id protocol.ChangeID) (t tip, err error) {
	t.id = id
	if t.seq, err = r.disk.Seq(id); err != nil {
		return t, err
	}
	if t.heads, t.epoch, err = r.disk.Stand(id); err != nil {
		return t, err
	}
	c, _, err := r.disk.Change(id)
	if r.hurt(err) {
		return t, nil
	}
	if err == nil {
		t.lamport = c.Lamport
	}
	return t, err
}

// held returns the frontier of all that is held, this step's changes included.
func (r *Replica) held() *reconcile.Frontier {
	var tips []reconcile.Tip
	for id, l := range r.logs {
		for _, t := range l.tips {
			tips = append(tips, reconcile.Tip{Log: id, Seq: t.seq, ID: t.id})
		}
	}
	return reconcile.NewFrontier(tips)
}

// has tells whether a change is held; parked ones are not.
func (r *Replica) has(id protocol.ChangeID) bool {
	if r.fresh[id] != nil || r.graph.Has(id) {
		return true
	}
	if _, ok := r.documents.recent.get(id); ok {
		return true
	}
	ok, err := r.disk.Has(id)
	r.fail(err)
	return ok
}

// brief returns what is known of a held change.
func (r *Replica) brief(id protocol.ChangeID) (brief, bool) {
	if h := r.fresh[id]; h != nil {
		return briefOf(h.log, h.Change), true
	}
	if b, ok := r.documents.recent.get(id); ok {
		return b, true
	}
	c, log, err := r.disk.Change(id)
	if err != nil || c == nil {
		if !r.hurt(err) {
			r.fail(err)
		}
		return brief{}, false
	}
	b := briefOf(log, c)
	r.documents.recent.put(id, b)
	return b, true
}

// stand returns control heads and epoch in force at a held content change.
func (r *Replica) stand(id protocol.ChangeID) (heads []protocol.ChangeID, epoch protocol.ChangeID) {
	if h := r.fresh[id]; h != nil {
		return h.heads, h.epoch
	}
	heads, epoch, err := r.disk.Stand(id)
	r.fail(err)
	return heads, epoch
}

// before tells whether a change of a log is kept or stands before it in its chain.
func (r *Replica) before(log protocol.LogID, seq uint64, id, kept protocol.ChangeID) bool {
	for {
		if kept == id {
			return true
		}
		h := r.fresh[kept]
		if h == nil {
			break
		}
		if h.log.ID != log || h.Seq <= seq {
			return false
		}
		kept = h.Previous
	}
	b, ok := r.known(kept)
	if !ok || b.log.ID != log || b.seq < seq {
		return false
	}
	at, ok, err := r.disk.Ancestor(kept, seq)
	if !r.hurt(err) {
		r.fail(err)
	}
	return ok && at == id
}

// known is brief for an id that may not be held: bodies can name anything.
func (r *Replica) known(id protocol.ChangeID) (brief, bool) {
	if !r.has(id) {
		return brief{}, false
	}
	return r.brief(id)
}

// settleTip puts a change that was taken at the end of its log.
func (l *logState) settleTip(h *held) {
	t := tip{h.ID, h.Seq, h.Lamport, h.heads, h.epoch}
	for i := range l.tips {
		if l.tips[i].id == h.Previous {
			l.tips = slices.Delete(l.tips, i, i+1)
			break
		}
	}
	at, _ := slices.BinarySearchFunc(l.tips, t, func(a, b tip) int {
		if a.seq != b.seq {
			return int(min(a.seq, 1<<62)) - int(min(b.seq, 1<<62))
		}
		return a.id.Compare(b.id)
	})
	l.tips = slices.Insert(l.tips, at, t)
}

// tipOf returns the tip with an id.
func (l *logState) tipOf(id protocol.ChangeID) *tip {
	for i := range l.tips {
		if l.tips[i].id == id {
			return &l.tips[i]
		}
	}
	return nil
}

// hold makes a change held from here on: in memory at once, on disk by the
// step's batch.
func (r *Replica) hold(h *held) {
	l := r.logs[h.log.ID]
	if l == nil {
		l = &logState{ref: h.log}
		r.logs[h.log.ID] = l
	}
	ends := len(l.tips)
	if l.settleTip(h); ends > 0 && len(l.tips) > ends {
		r.event(Event{What: Forked, Device: l.ref.Device})
	}
	r.fresh[h.ID] = h
	if h.Erased() {
		r.wordless = append(r.wordless, h)
	}
	r.documents.recent.put(h.ID, briefOf(h.log, h.Change))
	r.changes++
	switch h.Class {
	case protocol.Control:
		if err := r.graph.Add(h.Change, h.log); err != nil {
			r.fail(err) // the door has checked all that it can refuse
		}
		r.know(h.Change)
		r.now = r.graph.Now()
	case protocol.Content:
		d := h.document()
		r.freshDocs[d] = append(r.freshDocs[d], h)
		r.dirty[d] = true
		r.documents.applyFresh(r, d, h)
		r.settleKept(h)
	}
}

// recent remembers what was asked for lately, in two generations.
type recent struct{ young, old map[protocol.ChangeID]brief }

const recentSize = 8192

func (m *recent) get(id protocol.ChangeID) (brief, bool) {
	if b, ok := m.young[id]; ok {
		return b, true
	}
	b, ok := m.old[id]
	return b, ok
}

func (m *recent) put(id protocol.ChangeID, b brief) {
	if m.young == nil || len(m.young) >= recentSize {
		m.old, m.young = m.young, make(map[protocol.ChangeID]brief, 64)
	}
	m.young[id] = b
}
