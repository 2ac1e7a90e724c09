package replica

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// document is one document in memory: its changes folded, and what the control
// graph says of each.
type document struct {
	r        *Replica
	id       protocol.DocumentID
	doc      *envelope.Document
	changes  map[protocol.ChangeID]*placed
	order    []*placed                        // in the order of arrival
	devices  []protocol.DeviceID              // whose changes they are, each once
	state    *membership.State                // that the verdicts are of
	compared map[*membership.State]*agreement // with other states
	waits    int                              // changes that wait for a key, they and what stands on them
	epochs   []protocol.ChangeID              // the keys they wait for, ascending
	told     map[*placed]bool                 // to be told in the next projection
	untold   bool                             // it is not known what of it was told: all is to be
	hash     protocol.Hash                    // that it counts in the sum
	counted  bool                             // hash was looked up
	used     *list.Element                    // in the cache
}

// placed is a change of a document and what the fold knows of it.
type placed struct {
	protocol.Header
	id       protocol.ChangeID
	log      protocol.LogRef
	heads    []protocol.ChangeID
	author   protocol.MemberID
	rank     membership.Rank
	redacted bool
	waits    bool
	shape    []byte // plain; nil when inert or waiting
}

// document returns a document as it is now, this step's changes included and
// judged by the newest verdicts, whatever is still to be set right elsewhere.
func (r *Replica) document(id protocol.DocumentID) (*document, error) {
	if d := r.documents.get(id); d != nil {
		d.judge(r.now)
		return d, nil
	}
	d := &document{
		r: r, id: id, doc: envelope.New(r.cfg.Kinds, r.cfg.Community, id),
		changes: map[protocol.ChangeID]*placed{}, state: r.now, told: map[*placed]bool{},
		compared: map[*membership.State]*agreement{},
	}
	if r.fresh[protocol.ChangeID(id)] != nil {
		d.counted = true // born in this step: nothing of it is on disk
	} else if err := d.read(); err != nil {
		return nil, fmt.Errorf("document %s: %w", id, err)
	}
	d.untold = r.righting.any() || r.graph.Len() != r.graphLen
	for _, h := range r.freshDocs[id] {
		if err := d.apply(h); err != nil {
			return nil, fmt.Errorf("document %s: %w", id, err)
		}
	}
	r.documents.put(d)
	return d, nil
}

// read applies what is on disk.
func (d *document) read() error {
	defer clear(d.told)
	return d.r.disk.Document(d.id, func(log protocol.LogRef, c *protocol.Change) error {
		if log.Class != protocol.Content {
			return nil
		}
		heads, epoch, err := d.r.disk.Stand(c.ID)
		if err != nil {
			return err
		}
		return d.apply(&held{c, log, heads, epoch})
	})
}

// apply takes a change in an order in which parents come first.
func (d *document) apply(h *held) error {
	if d.changes[h.ID] != nil {
		return nil
	}
	if d.state != d.r.now {
		d.judge(d.r.now)
	}
	p := &placed{Header: h.Header, id: h.ID, log: h.log, heads: h.heads}
	p.rank, p.redacted = d.verdict(d.state, p)
	d.changes[h.ID], d.order = p, append(d.order, p)
	if !slices.Contains(d.devices, h.log.Device) {
		d.devices = append(d.devices, h.log.Device)
	}
	d.told[p] = true
	key, ok := d.r.ring.Content(h.epoch)
	if !ok {
		at, found := slices.BinarySearchFunc(d.epochs, h.epoch, protocol.ChangeID.Compare)
		if !found {
			d.epochs = slices.Insert(d.epochs, at, h.epoch)
		}
	}
	if p.waits = !ok || slices.ContainsFunc(h.Parents, d.waiting); p.waits {
		d.waits++
		return nil
	}
	var body envelope.Body
	if shape, err := h.OpenShape(d.r.cfg.Community, h.log.ID, &key); err == nil {
		words, readable := h.OpenWords(d.r.cfg.Community, h.log.ID, &key)
		body = envelope.OpenBody(shape, words, readable, h.WordsLen)
		p.shape = shape
	}
	meta, err := d.meta(p)
	if err != nil {
		return err
	}
	return d.doc.Apply(meta, body)
}

func (d *document) waiting(id protocol.ChangeID) bool {
	p := d.changes[id]
	return p != nil && p.waits
}

// meta says of a change what the fold must know besides its operations.
func (d *document) meta(p *placed) (envelope.Meta, error) {
	then, err := d.r.graph.At(p.heads)
	if err != nil {
		return envelope.Meta{}, err
	}
	p.author, _ = then.MemberOf(p.log.Device)
	return envelope.Meta{
		ID: p.id, Kind: p.Kind, Creates: p.Creates, Parents: p.Parents,
		Lamport: p.Lamport, Wall: p.Wall, Author: p.author, As: others(then, p.author),
		Rank: uint8(p.rank), Redacted: p.redacted, Sight: d.sight(then, p.heads),
	}, nil
}

// others returns whom hand-overs made a member in a state, besides herself.
func others(s *membership.State, member protocol.MemberID) []protocol.MemberID {
	return slices.DeleteFunc(s.Selves(member), func(m protocol.MemberID) bool { return m == member })
}

// sight returns what an author at the given control heads knew of verdicts,
// nil when that is what the document knows now.
func (d *document) sight(then *membership.State, heads []protocol.ChangeID) *envelope.Sight {
	if then == d.state || d.agrees(then) {
		return nil
	}
	key := sha256.New()
	for _, id := range heads {
		key.Write(id[:])
	}
	return &envelope.Sight{
		Key: protocol.Hash(key.Sum(nil)),
		Verdict: func(id protocol.ChangeID) (uint8, bool) {
			p := d.changes[id]
			if p == nil {
				return 0, false
			}
			rank, redacted := d.verdict(then, p)
			return uint8(rank), redacted
		},
	}
}

// agreement is how far a state was compared with the document's.
type agreement struct {
	differs          bool
	devices, changes int // compared so far
	redactions       int // known when it was
}

// agrees tells whether a state says of every change here what the document's
// state says. It compares only what came since it was last asked.
func (d *document) agrees(then *membership.State) bool {
	a := d.compared[then]
	if a == nil || a.redactions != len(d.r.redactions) {
		a = &agreement{redactions: len(d.r.redactions)}
		d.compared[then] = a
	}
	for ; !a.differs && a.devices < len(d.devices); a.devices++ {
		device := d.devices[a.devices]
		a.differs = then.Verdict(device) != d.state.Verdict(device)
	}
	if a.redactions == 0 {
		return !a.differs
	}
	for ; !a.differs && a.changes < len(d.order); a.changes++ {
		p := d.order[a.changes]
		a.differs = d.r.redacted(then, p.id, p.log.Device) != d.r.redacted(d.state, p.id, p.log.Device)
	}
	return !a.differs
}

// verdict returns the rank of a change in a state and whether it is redacted there.
func (d *document) verdict(s *membership.State, p *placed) (membership.Rank, bool) {
	rank := s.ContentRank(membership.Content{
		Device: p.log.Device, Log: p.log.ID, Heads: p.heads,
		Before: func(kept protocol.ChangeID) bool { return d.r.before(p.log.ID, p.Seq, p.id, kept) },
	})
	return rank, d.r.redacted(s, p.id, p.log.Device)
}

// judge brings all verdicts to a state.
func (d *document) judge(s *membership.State) {
	same := d.state == s || d.agrees(s)
	d.state = s
	clear(d.compared)
	if same {
		return
	}
	for _, p := range d.order {
		rank, redacted := d.verdict(s, p)
		if rank == p.rank && redacted == p.redacted {
			continue
		}
		p.rank, p.redacted = rank, redacted
		d.told[p] = true
		d.doc.SetVerdict(p.id, uint8(rank), redacted)
	}
}

// project returns the document as it shows, with all its history or what is
// new of it.
func (d *document) project(all bool) *Document {
	out := &Document{ID: d.id, Waiting: d.waits}
	if folded, shown := d.doc.Fold(); shown {
		out.Folded = folded
	}
	for _, p := range d.order {
		if all || d.told[p] {
			out.History = append(out.History, d.step(p))
		}
	}
	return out
}

func (d *document) step(p *placed) Step {
	s := Step{
		Change: p.id, Author: p.author, Device: p.log.Device, Wall: p.Wall,
		Lamport: p.Lamport, Rank: p.rank, Waiting: p.waits,
	}
	if p.shape == nil {
		return s
	}
	// An inert change has no operations in effect, whatever it says.
	effect := d.doc.Effect(p.id)
	if ops, err := protocol.DecodeShape(p.shape); err == nil && len(effect) == len(ops) {
		s.Operations, s.Takes = ops, effect
	}
	for _, takes := range effect {
		if !takes {
			s.Void++
		}
	}
	return s
}

// hashOf is what a document counts in the state hash: nothing when it does not show.
func hashOf(id protocol.DocumentID, folded *envelope.Folded) (h protocol.Hash) {
	if folded == nil {
		return h
	}
	return sha256.Sum256(slices.Concat([]byte("coppice/state/1"), id[:], folded.Canonical()))
}

// settleDocuments folds anew what the step touched.
func (r *Replica) settleDocuments() {
	ids := make([]protocol.DocumentID, 0, len(r.dirty))
	for id := range r.dirty {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, protocol.DocumentID.Compare)
	for _, id := range ids {
		d, err := r.document(id)
		if err != nil {
			r.damaged(id, err)
			continue
		}
		r.settleDocument(d, false)
	}
}

func (r *Replica) settleDocument(d *document, all bool) {
	d.judge(r.now)
	shown := d.project(all || d.untold)
	clear(d.told)
	d.untold = false
	r.isRight(d.id)
	d.count(hashOf(d.id, shown.Folded))
	r.documents.setWaiting(r, d.id, d.waits, d.epochs)
	r.projected = append(r.projected, *shown)
	if !all {
		if len(r.freshDocs[d.id]) == 0 {
			// No run brought it: a view that lags would not find it by the runs.
			r.keep(refoldKey(d.id), protocol.AppendUint(nil, r.arrival))
		}
		r.event(Event{What: Changed, Document: d.id})
	}
	r.documents.trim()
}

// refreshPart is how many documents, or runs, one [Refresh] looks at.
const refreshPart = 256

// refresh projects what a view lacks: by documents from the beginning, else by
// the runs it has not seen.
func (r *Replica) refresh(in Refresh) {
	var ids []protocol.DocumentID
	var next protocol.DocumentID
	upto := r.arrival
	if in.After == 0 {
		ids, next = r.documentsAfter(in.Resume)
		if !next.IsZero() {
			upto = 0
		}
	} else {
		ids, upto = r.touchedAfter(in.After)
	}
	for _, id := range ids {
		d, err := r.document(id)
		if err != nil {
			r.damaged(id, err)
			continue
		}
		r.settleDocument(d, true)
	}
	r.projections = append(r.projections, Projected{r.projected, upto, next, r.tellRighting()})
	r.projected = nil
}

// documentsAfter lists documents by id; next is where to go on, zero at the end.
func (r *Replica) documentsAfter(resume protocol.DocumentID) (ids []protocol.DocumentID, next protocol.DocumentID) {
	r.fail(ignore(errEnough, r.disk.Documents(resume, func(id protocol.DocumentID) error {
		if len(ids) == refreshPart {
			next = ids[len(ids)-1]
			return errEnough
		}
		ids = append(ids, id)
		return nil
	})))
	return ids, next
}

// touchedAfter lists the documents that runs after an arrival number touch,
// and up to which run it looked.
func (r *Replica) touchedAfter(after uint64) (ids []protocol.DocumentID, upto uint64) {
	touched := map[protocol.DocumentID]bool{}
	upto = after
	r.fail(ignore(errEnough, r.disk.Runs(after+1, func(arrival uint64, run *protocol.Run) error {
		if arrival > after+refreshPart {
			return errEnough
		}
		upto = arrival
		for _, c := range run.Changes {
			if c.Class == protocol.Content {
				touched[c.DocumentOf(c.ID)] = true
			}
		}
		return nil
	})))
	if upto == r.arrival {
		r.fail(r.refoldedSince(after, touched))
	}
	for id := range touched {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, protocol.DocumentID.Compare)
	return ids, upto
}

const refoldPrefix = "refold/"

func refoldKey(id protocol.DocumentID) string { return refoldPrefix + hex.EncodeToString(id[:]) }

// refoldedSince adds the documents that a verdict or a key changed since an
// arrival number, and no change of their own.
func (r *Replica) refoldedSince(after uint64, touched map[protocol.DocumentID]bool) error {
	return r.disk.Locals(refoldPrefix, func(key string, value []byte) error {
		var id protocol.DocumentID
		if _, err := hex.Decode(id[:], []byte(key[len(refoldPrefix):])); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		if protocol.NewReader(value).Uint() >= after {
			touched[id] = true
		}
		return nil
	})
}
