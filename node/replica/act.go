package replica

import (
	"fmt"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// draft is the run that this step's own changes of one log become.
type draft struct {
	log     protocol.LogRef
	changes []*protocol.Change
	size    int
}

// write edits a document, or makes one.
func (r *Replica) write(in Write) {
	written, err := r.written(in)
	r.reply(in.Token, written, err)
}

func (r *Replica) written(in Write) (Written, error) {
	author, ok := r.now.MemberOf(r.device)
	if !ok || !r.now.Active(r.device) {
		return Written{}, ErrNoDevice
	}
	if in.Carry != nil {
		in.Document, in.Kind, in.from = protocol.DocumentID{}, in.Carry.Of.Kind, in.Carry.Carried()
	}
	id, err := r.meant(in, author)
	if err != nil {
		return Written{}, err
	}
	doc, err := r.edited(id, in)
	if err != nil {
		return Written{}, err
	}
	writing := envelope.Writing{
		Kind: in.Kind, Author: author, As: others(r.now, author),
		Rank: uint8(r.now.Rank(author)), Names: in.Names, Carried: in.from,
	}
	var drafts []envelope.Draft
	if in.Carry != nil {
		drafts, err = doc.Carry(writing, in.Carry)
	} else {
		drafts, err = doc.Write(writing, in.Intents)
	}
	if err != nil || len(drafts) == 0 {
		return Written{Document: id}, err
	}
	if end := r.ownTip(r.ownLog(protocol.Content)); r.missing[end.id] {
		return Written{}, ErrHurt
	}
	key, err := r.writable()
	if err != nil {
		return Written{}, err
	}
	kind := in.Kind
	if schema := doc.Schema(); schema != nil {
		kind = schema.Kind
	}
	return r.compose(id, kind, r.wall(in.Wall), drafts, doc.Heads(), key), nil
}

// meant returns the id of the document that a write is about, zero for one
// whose id its first change will give.
func (r *Replica) meant(in Write, author protocol.MemberID) (id protocol.DocumentID, err error) {
	if !in.Document.IsZero() {
		return in.Document, nil
	}
	schema := r.cfg.Kinds.Schema(in.Kind)
	switch {
	case schema == nil:
		return id, fmt.Errorf("%w: %d", envelope.ErrKind, in.Kind)
	case in.from != nil && in.Kind != kindCharter:
		return in.from.ID(r.cfg.Community, in.Kind), nil
	case len(in.About) > 0:
		return protocol.DeriveDocument(r.cfg.Community, in.Kind, in.About...), nil
	case schema.Parts != nil && !in.Elsewhere:
		return protocol.DeriveDocument(r.cfg.Community, in.Kind, schema.Parts(author)...), nil
	}
	return id, nil
}

// edited returns the document that a write is about.
func (r *Replica) edited(id protocol.DocumentID, in Write) (*envelope.Document, error) {
	if id.IsZero() {
		return envelope.New(r.cfg.Kinds, r.cfg.Community, id), nil
	}
	d, err := r.document(id)
	if err != nil {
		return nil, err
	}
	if !in.Document.IsZero() && len(d.order) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	d.judge(r.now)
	return d.doc, nil
}

// writeKey is what a content change is sealed under.
type writeKey struct {
	epoch protocol.ChangeID
	key   protocol.ContentKey
}

// compose makes changes of drafts, the first standing on heads, each other on
// the one before.
func (r *Replica) compose(id protocol.DocumentID, kind protocol.Kind, wall uint64, drafts []envelope.Draft, heads []protocol.ChangeID, key writeKey) Written {
	header := protocol.Header{Class: protocol.Content, Kind: kind, Document: id, Creates: id.IsZero(), Wall: wall}
	parents := sortedIDs(heads)
	for len(parents) > protocol.MaxParents {
		header.Parents = parents[:protocol.MaxParents]
		gathered := r.content(protocol.Draft{Header: header, Shape: protocol.EncodeShape(nil)}, key)
		parents = sortedIDs(append(slices.Clone(parents[protocol.MaxParents:]), gathered.ID))
	}
	written := Written{Document: id}
	for _, d := range drafts {
		header.Parents = parents
		h := r.content(protocol.Draft{Header: header, Shape: d.Shape(), Words: d.Words}, key)
		if header.Creates {
			header.Creates, header.Document = false, h.document()
			written.Document = header.Document
		}
		parents = []protocol.ChangeID{h.ID}
		written.Change = h.ID
		written.Entries = append(written.Entries, entriesOf(h.ID, d.Operations)...)
	}
	return written
}

// entriesOf lists the entries and items that operations make.
func entriesOf(id protocol.ChangeID, ops []protocol.Operation) (made []protocol.EntryID) {
	for i, op := range ops {
		isNew := op.Code == protocol.Enter
		if op.Code == protocol.Place && len(op.Args) > 0 {
			isNew, _ = op.Args[0].(bool)
		}
		if isNew {
			made = append(made, protocol.EntryID{Change: id, Index: uint64(i)})
		}
	}
	return made
}

// content appends a change to this device's content log.
func (r *Replica) content(d protocol.Draft, key writeKey) *held {
	h := &held{log: r.ownLog(protocol.Content), heads: r.graph.Heads(), epoch: key.epoch}
	end := r.ownTip(h.log)
	if end.seq == 0 || !slices.Equal(end.heads, h.heads) {
		d.ControlHeads = h.heads
	}
	if end.epoch != key.epoch {
		d.Epoch = key.epoch
	}
	return r.extend(h, end, d, &key.key)
}

// extend builds a change at the end of an own log and holds it.
func (r *Replica) extend(h *held, end tip, d protocol.Draft, key *protocol.ContentKey) *held {
	d.Seq, d.Previous = end.seq+1, end.id
	d.Lamport = 1 + r.lamport(end, d.Parents, d.ControlHeads)
	h.Change = d.Build(r.cfg.Community, h.log.ID, key, r.nonce())
	if r.draft != nil && !r.draft.fits(h) {
		r.flush()
	}
	if r.draft == nil {
		r.draft = &draft{log: h.log}
	}
	r.draft.changes = append(r.draft.changes, h.Change)
	r.draft.size += h.Size()
	r.hold(h)
	return h
}

func (d *draft) fits(h *held) bool {
	most := protocol.MaxRun
	if h.Class == protocol.Control {
		most = protocol.MaxControlRun
	}
	return d.log.ID == h.log.ID && len(d.changes) < protocol.MaxRunChanges && d.size+h.Size() <= most
}

// flush seals the own run under way and puts it into the batch.
func (r *Replica) flush() {
	if r.draft == nil {
		return
	}
	run := &protocol.Run{Log: r.draft.log, Changes: r.draft.changes}
	last := run.Last()
	run.Seal = protocol.SignSeal(r.cfg.Device.Key.Private(), r.cfg.Community, run.Log.ID, last.Seq, last.ID)
	r.draft = nil
	r.batch.Runs = append(r.batch.Runs, run)
	r.arrival++
	r.rung = append(r.rung, run)
}

func (r *Replica) ownLog(class protocol.Class) protocol.LogRef {
	return protocol.NewLogRef(r.device, r.cfg.Incarnation, class)
}

// ownTip returns where an own log goes on: of several ends, which only a
// rollback in place makes, the last.
func (r *Replica) ownTip(log protocol.LogRef) tip {
	if l := r.logs[log.ID]; l != nil && len(l.tips) > 0 {
		return l.tips[len(l.tips)-1]
	}
	return tip{id: protocol.ChangeID(log.ID)}
}

// lamport returns the greatest lamport of what a change stands on.
func (r *Replica) lamport(end tip, stands ...[]protocol.ChangeID) uint64 {
	most := end.lamport
	for _, ids := range stands {
		for _, id := range ids {
			if b, ok := r.brief(id); ok {
				most = max(most, b.lamport)
			}
		}
	}
	return most
}

// wall returns the seconds a change bears.
func (r *Replica) wall(given uint64) uint64 {
	if given != 0 {
		return given
	}
	return uint64(max(r.time, 0)) / 1000
}
