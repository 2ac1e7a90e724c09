package reconcile_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// world is a community with its writers; what they write goes to the holders
// where they write it.
type world struct {
	t         testing.TB
	rnd       *rand.Rand
	community protocol.CommunityID
	birth     *protocol.Run
	key       protocol.ContentKey
	keys      map[protocol.LogID]ed25519.PublicKey
	lamport   map[protocol.ChangeID]uint64
	writers   int
	words     int
}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{
		t: t, rnd: rand.New(rand.NewPCG(seed, 1)), keys: map[protocol.LogID]ed25519.PublicKey{},
		lamport: map[protocol.ChangeID]uint64{}, words: 120,
	}
	founder := w.writer(protocol.Control)
	genesis := protocol.Draft{Header: protocol.Header{
		Class: protocol.Control, Kind: 1, Seq: 1, Previous: protocol.ChangeID(founder.log.ID), Lamport: 1,
	}, Shape: protocol.AppendUint(nil, seed)}.Build(protocol.CommunityID{}, founder.log.ID, nil, [24]byte{})
	w.community = protocol.CommunityID(genesis.ID)
	epoch := protocol.Draft{Header: protocol.Header{
		Class: protocol.Control, Kind: 2, Document: protocol.DocumentID(w.community), Seq: 2,
		Previous: genesis.ID, Parents: []protocol.ChangeID{genesis.ID}, Lamport: 2,
	}, Shape: protocol.AppendUint(nil, 1)}.Build(w.community, founder.log.ID, nil, [24]byte{})
	w.lamport[genesis.ID], w.lamport[epoch.ID] = 1, 2
	founder.seq, founder.last = 2, epoch.ID
	w.birth = &protocol.Run{Log: founder.log, Changes: []*protocol.Change{genesis, epoch}}
	w.birth.Seal = protocol.SignSeal(founder.key, w.community, founder.log.ID, 2, epoch.ID)
	return w
}

type writer struct {
	key  ed25519.PrivateKey
	log  protocol.LogRef
	seq  uint64
	last protocol.ChangeID
}

func (w *world) writer(class protocol.Class) *writer {
	w.writers++
	seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(w.writers)))
	key := ed25519.NewKeyFromSeed(seed[:])
	public := key.Public().(ed25519.PublicKey)
	ref := protocol.NewLogRef(protocol.DeviceOf([32]byte(public)), protocol.Incarnation{1}, class)
	w.keys[ref.ID] = public
	return &writer{key: key, log: ref, last: protocol.ChangeID(ref.ID)}
}

// write appends one run of n changes to the writer's log at h; the first
// stands on some of what others wrote there.
func (w *world) write(h *holder, by *writer, n int) *protocol.Run {
	run := &protocol.Run{Log: by.log}
	epoch := w.birth.Last().ID
	for i := range n {
		var head protocol.Header
		head.Class, head.Kind, head.Seq, head.Previous = by.log.Class, 4, by.seq+1, by.last
		stands := []protocol.ChangeID{}
		if by.seq > 0 {
			stands = append(stands, by.last)
			head.Parents = []protocol.ChangeID{by.last}
		}
		if i == 0 && by.seq > 0 {
			for range w.rnd.IntN(3) {
				if id := h.recent(w.rnd, by.log.Class); !slices.Contains(head.Parents, id) && !id.IsZero() {
					head.Parents = append(head.Parents, id)
					stands = append(stands, id)
				}
			}
			slices.SortFunc(head.Parents, protocol.ChangeID.Compare)
		}
		switch {
		case by.log.Class == protocol.Control:
			head.Document = protocol.DocumentID(w.community)
			if by.seq == 0 {
				head.Parents = []protocol.ChangeID{epoch}
				stands = append(stands, epoch)
			}
		case by.seq == 0:
			head.Creates, head.ControlHeads, head.Epoch = true, []protocol.ChangeID{epoch}, epoch
			stands = append(stands, epoch)
		default:
			head.Document = protocol.DocumentID(w.community)
		}
		for _, id := range stands {
			head.Lamport = max(head.Lamport, w.lamport[id])
		}
		head.Lamport++
		var nonce [24]byte
		binary.BigEndian.PutUint64(nonce[:], w.rnd.Uint64())
		d := protocol.Draft{Header: head, Shape: protocol.AppendUint(nil, w.rnd.Uint64())}
		if by.log.Class == protocol.Content {
			d.Words = make([]byte, w.words)
		}
		c := d.Build(w.community, by.log.ID, &w.key, nonce)
		w.lamport[c.ID] = c.Lamport
		by.seq, by.last = c.Seq, c.ID
		run.Changes = append(run.Changes, c)
	}
	run.Seal = protocol.SignSeal(by.key, w.community, by.log.ID, by.seq, by.last)
	h.append(run, true)
	return run
}

// stored is a run as a holder took it.
type stored struct {
	run     *protocol.Run
	checked bool
	arrival uint64
}

// holder is a node's store and door: the Source of its sessions.
type holder struct {
	w        *world
	runs     []*stored
	at       map[protocol.ChangeID]*stored
	changes  map[protocol.ChangeID]*protocol.Change
	log      map[protocol.ChangeID]protocol.LogRef
	bySeq    map[protocol.LogID]map[uint64][]protocol.ChangeID
	frontier *reconcile.Frontier
	records  []*protocol.Record
	refuse   map[protocol.LogID]bool
	defer_   map[protocol.LogID]bool
	reads    int // disk reads
	twice    int // changes offered that were held
	offered  int
}

func (w *world) holder() *holder {
	h := &holder{
		w: w, at: map[protocol.ChangeID]*stored{}, changes: map[protocol.ChangeID]*protocol.Change{},
		log: map[protocol.ChangeID]protocol.LogRef{}, bySeq: map[protocol.LogID]map[uint64][]protocol.ChangeID{},
		frontier: reconcile.NewFrontier(nil), refuse: map[protocol.LogID]bool{}, defer_: map[protocol.LogID]bool{},
	}
	h.append(w.birth, true)
	return h
}

// clone returns a holder that holds the same.
func (h *holder) clone() *holder {
	c := h.w.holder()
	for _, s := range h.runs[1:] {
		c.append(s.run, s.checked)
	}
	return c
}

func (h *holder) recent(rnd *rand.Rand, class protocol.Class) protocol.ChangeID {
	for range 4 {
		run := h.runs[rnd.IntN(len(h.runs))].run
		if run.Log.Class == class {
			return run.Last().ID
		}
	}
	return protocol.ChangeID{}
}

func (h *holder) append(run *protocol.Run, checked bool) {
	s := &stored{run, checked, uint64(len(h.runs) + 1)}
	h.runs = append(h.runs, s)
	for _, c := range run.Changes {
		h.at[c.ID], h.changes[c.ID], h.log[c.ID] = s, c, run.Log
		if h.bySeq[run.Log.ID] == nil {
			h.bySeq[run.Log.ID] = map[uint64][]protocol.ChangeID{}
		}
		h.bySeq[run.Log.ID][c.Seq] = append(h.bySeq[run.Log.ID][c.Seq], c.ID)
	}
	h.frontier = h.frontier.With(run.Changes[0].Previous, reconcile.Tip{Log: run.Log.ID, Seq: run.Last().Seq, ID: run.Last().ID})
}

// takePage is the door: what no seal reaches is refused, what is held is
// dropped from the front, what does not stand on held changes is not taken.
func (h *holder) takePage(runs []*protocol.Run) (taken int) {
	standing := protocol.VerifyPage(runs, h.w.community, func(l protocol.LogRef) (ed25519.PublicKey, bool) {
		k, ok := h.w.keys[l.ID]
		return k, ok
	})
	for i, run := range runs {
		h.offered += len(run.Changes)
		if standing[i] < protocol.Reached || h.refuse[run.Log.ID] || h.defer_[run.Log.ID] {
			continue
		}
		rest := run.Changes
		for len(rest) > 0 && h.changes[rest[0].ID] != nil {
			rest = rest[1:]
			h.twice++
		}
		if len(rest) > 0 && h.takeable(run.Log, rest) {
			ref := run.Log
			if !ref.Full() {
				ref = h.log[rest[0].Previous]
			}
			h.append(&protocol.Run{Log: ref, Changes: rest, Seal: run.Seal}, standing[i] == protocol.Sealed)
			taken += len(rest)
		}
	}
	return taken
}

func (h *holder) takeable(log protocol.LogRef, rest []*protocol.Change) bool {
	inside := map[protocol.ChangeID]bool{}
	if rest[0].Seq > 1 && h.log[rest[0].Previous].ID != log.ID {
		return false
	}
	for _, c := range rest {
		for _, id := range c.Names() {
			if h.changes[id] == nil && !inside[id] {
				return false
			}
		}
		inside[c.ID] = true
	}
	return true
}

// The Source.

func (h *holder) Frontier() *reconcile.Frontier { return h.frontier }

func (h *holder) IDs(log protocol.LogID, seq uint64) []protocol.ChangeID {
	h.reads++
	return h.bySeq[log][seq]
}

func (h *holder) Ancestor(log protocol.LogID, tip reconcile.Tip, seq uint64) (protocol.ChangeID, bool) {
	h.reads++
	if seq == 0 || seq > tip.Seq || h.changes[tip.ID] == nil {
		return protocol.ChangeID{}, false
	}
	id := tip.ID
	for at := tip.Seq; at > seq; at-- {
		id = h.changes[id].Previous
	}
	return id, true
}

func (h *holder) Runs(log protocol.LogID, tip reconcile.Tip, after uint64, limit int) (refs []reconcile.RunRef) {
	h.reads++
	if h.changes[tip.ID] == nil {
		return nil // a lie of this holder's
	}
	chain := make([]protocol.ChangeID, 0, tip.Seq-after)
	for at, id := tip.Seq, tip.ID; at > after; at-- {
		chain = append(chain, id)
		id = h.changes[id].Previous
	}
	slices.Reverse(chain)
	for _, id := range chain {
		s := h.at[id]
		if n := len(refs); n > 0 && refs[n-1].Arrival == s.arrival {
			continue
		}
		if len(refs) == limit {
			break
		}
		last := s.run.Last()
		refs = append(refs, reconcile.RunRef{
			Log: log, Class: s.run.Log.Class, Arrival: s.arrival, First: s.run.Changes[0].Seq, Last: last.Seq,
			ID: last.ID, Size: s.run.Size(), Checked: s.checked,
		})
	}
	return refs
}

func (h *holder) Load(ref reconcile.RunRef, after uint64) (*protocol.Run, error) {
	h.reads++
	s := h.runs[ref.Arrival-1]
	if s.run.Last().ID != ref.ID {
		return nil, errors.New("no such run")
	}
	run := *s.run
	for len(run.Changes) > 0 && run.Changes[0].Seq <= after {
		run.Changes = run.Changes[1:]
	}
	return &run, nil
}

func (h *holder) Records(after uint64, budget int) ([]*protocol.Record, uint64) {
	if after > uint64(len(h.records)) {
		after = 0
	}
	n, size := after, 0
	for n < uint64(len(h.records)) && (size == 0 || size+len(h.records[n].Payload) < budget) {
		size += len(h.records[n].Payload) + 200
		n++
	}
	return h.records[after:n], n
}

func (h *holder) Change(id protocol.ChangeID) (*protocol.Change, bool) {
	c, ok := h.changes[id]
	return c, ok
}

func (h *holder) Range(log protocol.LogID, from, to uint64, budget int) (runs []*protocol.Run) {
	for _, s := range h.runs {
		if s.run.Log.ID == log && s.checked && s.run.Last().Seq >= from && s.run.Changes[0].Seq <= to {
			runs = append(runs, s.run)
		}
	}
	return runs
}

// end is one side of a session.
type end struct {
	h       *holder
	s       *reconcile.Session
	in      [][]byte // frames under way to it
	taking  []reconcile.Page
	sent    int // bytes
	data    int // bytes of pages
	frames  int
	events  []string
	inSync  int
	stalled int
	base    *reconcile.Frontier
	bodies  []*protocol.Change
	records []*protocol.Record
	lacks   []protocol.ChangeID
	stretch []*protocol.Run
	upto    uint64
	goodbye *reconcile.Reason
}

// link is two sessions and the frames between them.
type link struct {
	t    testing.TB
	rnd  *rand.Rand
	ends [2]*end
	hops int // frames delivered
	late bool
}

func connect(t testing.TB, w *world, a, b *holder, change func(i int, c *reconcile.Config)) *link {
	l := &link{t: t, rnd: w.rnd}
	for i, h := range []*holder{a, b} {
		cfg := reconcile.Config{
			Role: reconcile.Role(i + 1), Community: w.community, Source: h, Serve: reconcile.ServeAll,
		}
		if change != nil {
			change(i, &cfg)
		}
		l.ends[i] = &end{h: h, s: reconcile.New(cfg)}
	}
	for i := range l.ends {
		l.send(i, l.ends[i].s.Start())
	}
	return l
}

func (l *link) send(from int, frames [][]byte) {
	e, to := l.ends[from], l.ends[1-from]
	for _, f := range frames {
		if len(f) > reconcile.MaxFrame {
			l.t.Fatalf("a frame of %d bytes", len(f))
		}
		e.sent += len(f)
		e.frames++
		if r := protocol.NewReader(f); r.Array() > 0 && r.Uint() == 21 {
			e.data += len(f)
		}
		to.in = append(to.in, f)
	}
}

// step delivers one frame to one end, or lets it take a page.
func (l *link) step(i int) bool {
	e := l.ends[i]
	if len(e.taking) > 0 && (!l.late || len(e.in) == 0 || l.rnd.IntN(3) == 0) {
		p := e.taking[0]
		e.taking = e.taking[1:]
		e.h.takePage(p.Runs)
		l.send(i, e.s.Taken(p.Number))
		l.send(i, e.s.Poke())
		return true
	}
	if len(e.in) == 0 {
		return false
	}
	f := e.in[0]
	e.in = e.in[1:]
	l.hops++
	send, events, err := e.s.Receive(f)
	if err != nil {
		l.t.Fatalf("end %d: %v", i, err)
	}
	l.send(i, send)
	for _, ev := range events {
		e.events = append(e.events, fmt.Sprintf("%T", ev))
		switch ev := ev.(type) {
		case reconcile.Page:
			if len(ev.Later) > 0 {
				var logs []reconcile.Deferred
				for _, log := range ev.Later {
					e.h.defer_[log] = true
					logs = append(logs, reconcile.Deferred{Log: log, Reason: reconcile.Format})
				}
				l.send(i, e.s.Defer(logs))
			}
			e.taking = append(e.taking, ev)
		case reconcile.Records:
			e.records = append(e.records, ev.Records...)
			e.upto = max(e.upto, ev.Upto)
			l.send(i, e.s.Taken(ev.Number))
		case reconcile.InSync:
			e.inSync++
			e.base = ev.Base
		case reconcile.Stalled:
			e.stalled++
		case reconcile.Bodies:
			e.bodies = append(e.bodies, ev.Changes...)
		case reconcile.Stretch:
			e.stretch = append(e.stretch, ev.Runs...)
		case reconcile.Lacks:
			e.lacks = ev.Epochs
		case reconcile.Goodbye:
			e.goodbye = &ev.Reason
		}
	}
	return true
}

// run delivers until nothing moves, or n frames were delivered; true at rest.
func (l *link) run(n int) bool {
	for range 1_000_000 {
		if l.hops >= n {
			return false
		}
		i := l.rnd.IntN(2)
		if !l.step(i) && !l.step(1-i) {
			return true
		}
	}
	l.t.Fatal("the session does not come to rest")
	return false
}

const always = 1 << 30

func sync(t testing.TB, w *world, a, b *holder) *link {
	l := connect(t, w, a, b, nil)
	l.run(always)
	return l
}

func equal(t testing.TB, a, b *holder) {
	t.Helper()
	if a.frontier.Hash() != b.frontier.Hash() {
		t.Fatalf("differ: %d and %d changes", len(a.changes), len(b.changes))
	}
	if len(a.changes) != len(b.changes) {
		t.Fatal("equal frontiers, unequal sets")
	}
}
