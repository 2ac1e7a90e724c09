package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// seenFile is communities/ID/seen: how far this node's person has heard. It
// never leaves this machine.
type seenFile struct {
	Arrival uint64 `json:"arrival"` // all runs up to it were told
	At      uint64 `json:"at"`      // when, seconds since 1970
	// Untold are changes among them that said nothing then: they waited for a
	// key, or had no effect, or were withdrawn. They are told once they show.
	Untold map[string][]protocol.ChangeID `json:"untold,omitempty"` // by document
}

func (c *community) seenPath() []string { return []string{"communities", c.id.String(), "seen"} }

// seen returns how far was told; nil when nothing was.
func (c *community) seen() (*seenFile, error) {
	b, err := c.node.home.read(c.seenPath()...)
	if err != nil || b == nil {
		return nil, err
	}
	f := &seenFile{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", api.ErrDamaged, c.node.home.path(c.seenPath()...), err)
	}
	return f, nil
}

// Digest implements [api.Digesting].
func (n *Node) Digest(ctx context.Context, call api.Call, d api.Digestion) (out api.Digest, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	was, err := c.seen()
	if err != nil {
		return out, err
	}
	h := &hearing{c: c, ctx: ctx}
	h.seen.At = n.cfg.wall(call.Now)
	if d.Since.IsZero() {
		err = h.after(was)
		out.First, out.Since = was == nil, at2time(h.came)
		if was != nil {
			out.Since = at2time(was.At)
		}
	} else {
		err = h.since(uint64(max(d.Since.Unix(), 0)))
		out.Since = d.Since.UTC()
	}
	if err != nil {
		return out, err
	}
	out.Until = at2time(h.seen.At)
	if err := n.digest(ctx, call, &out, h.news); err != nil || !d.Seen {
		return out, err
	}
	b, err := json.Marshal(h.seen)
	if err != nil {
		return out, err
	}
	return out, n.home.write(b, c.seenPath()...)
}

// digest tells news.
func (n *Node) digest(ctx context.Context, call api.Call, out *api.Digest, news []gathered.News) error {
	out.ForMe, out.InMyAreas, out.Changed, out.Arrivals = []api.Told{}, []api.Told{}, []api.Told{}, []api.Told{}
	if len(news) == 0 {
		return nil
	}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return err
	}
	muted, err := w.c.muted()
	if err != nil {
		return err
	}
	_, groups, err := w.c.shelf.survey()
	if err != nil {
		return err
	}
	items := map[protocol.DocumentID]api.Item{}
	for i := range news {
		f := news[i].Folded
		news[i].Facts = canonical([]*envelope.Facts{n.kinds.Facts(f)}, groups)[0]
		items[f.ID] = api.Item{ID: f.ID.String(), Kind: f.KindName, Title: w.c.titled(f.KindName, f.ID, called(f))}
	}
	reader := &gathered.Reader{
		Me: w.me, People: w.people, Known: w.known(), Kinds: n.kinds, Muted: muted, Naming: w.naming(), Now: w.now,
		Title: func(id protocol.DocumentID) string { return w.item(id).Title },
	}
	into := map[gathered.Section]*[]api.Told{
		gathered.ForMe: &out.ForMe, gathered.Changed: &out.Changed, gathered.InMyAreas: &out.InMyAreas, gathered.Arrived: &out.Arrivals,
	}
	for _, t := range reader.Digest(w.facts, news) {
		list := into[t.Section]
		if list == nil {
			out.Rest++
			continue
		}
		item := items[t.Document]
		*list = append(*list, api.Told{ID: item.ID, Kind: item.Kind, Title: item.Title, By: w.c.person(t.By), At: at2time(t.At), What: t.What})
	}
	return nil
}

// Bounds of a hearing.
const (
	mostUntold   = 512 // documents of which something is kept in mind
	runsAtOnce   = 256 // read while everybody else waits
	foldedAtOnce = 32  // documents, likewise
)

// hearing is the reading of what is new to this node's person.
type hearing struct {
	c    *community
	ctx  context.Context
	me   []protocol.MemberID // whoever she was
	by   protocol.ChangeID   // what let her in; zero: she is not in
	came uint64              // when that was, seconds since 1970
	seen seenFile            // how far it reads
	news []gathered.News
}

// freshly are the changes of documents that are new.
type freshly map[protocol.DocumentID]map[protocol.ChangeID]bool

func (f freshly) note(id protocol.DocumentID, all ...protocol.ChangeID) {
	if f[id] == nil {
		f[id] = map[protocol.ChangeID]bool{}
	}
	for _, c := range all {
		f[id][c] = true
	}
}

// ask lets read see the replica.
func (h *hearing) ask(read func(*replica.Replica) error) (err error) {
	asked := h.c.ask(h.ctx, func(r *replica.Replica) { err = read(r) })
	return first(asked, explain(err))
}

// begin finds out who hears, and since when she is here.
func (h *hearing) begin() error {
	return h.ask(func(r *replica.Replica) error {
		state := r.State()
		h.me, h.seen.Arrival = state.Selves(h.c.persona.Member), h.c.store.Arrived()
		for _, m := range state.Members() {
			if m.ID != h.c.persona.Member || len(m.Admissions) == 0 {
				continue
			}
			if e, ok := r.ControlChange(m.Admissions[0]); ok {
				h.by, h.came = m.Admissions[0], e.Change.Wall
			}
		}
		return nil
	})
}

// after reads what arrived after the digest before. It costs what arrived, not
// what is here.
func (h *hearing) after(was *seenFile) error {
	if err := h.begin(); err != nil {
		return err
	}
	fresh, from := freshly{}, uint64(0)
	if was != nil {
		from = was.Arrival
		for text, all := range was.Untold {
			var id protocol.DocumentID
			if id.UnmarshalText([]byte(text)) == nil {
				fresh.note(id, all...)
			}
		}
	}
	for from < h.seen.Arrival {
		upto := min(from+runsAtOnce, h.seen.Arrival)
		err := h.ask(func(r *replica.Replica) error {
			err := h.c.store.Runs(from+1, func(arrival uint64, run *protocol.Run) error {
				if arrival > upto {
					return errStop
				}
				return h.take(r, run, fresh)
			})
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		from = upto
	}
	return h.fold(fresh, func(id protocol.DocumentID, s replica.Step) bool { return fresh[id][s.Change] })
}

// take notes the changes of a run that are news: another's, and none of what
// was written before this node's person came, which is not hers to catch up on.
func (h *hearing) take(r *replica.Replica, run *protocol.Run, fresh freshly) error {
	if run.Log.Class != protocol.Content {
		return nil
	}
	if who, ok := r.State().MemberOf(run.Log.Device); ok && slices.Contains(h.me, who) {
		return nil
	}
	late, err := h.knewHer(r, run.Last().ID)
	if err != nil {
		return err
	}
	for _, c := range run.Changes {
		isNew := c.Wall >= h.came
		if !isNew && late { // her clock is behind, or this one was ahead
			if isNew, err = h.knewHer(r, c.ID); err != nil {
				return err
			}
		}
		if isNew && c.Kind != gathered.History {
			fresh.note(c.DocumentOf(c.ID), c.ID)
		}
	}
	return nil
}

// knewHer tells whether whoever wrote a change knew then that this node's
// person is in.
func (h *hearing) knewHer(r *replica.Replica, id protocol.ChangeID) (bool, error) {
	if h.by.IsZero() {
		return true, nil
	}
	return r.Knew(id, h.by)
}

// since reads what others did since a time, by their clocks.
func (h *hearing) since(at uint64) error {
	if err := h.begin(); err != nil {
		return err
	}
	facts, err := h.c.shelf.facts()
	if err != nil {
		return err
	}
	touched := freshly{}
	for _, f := range facts {
		if f.Updated >= at {
			touched.note(f.ID)
		}
	}
	return h.fold(touched, func(_ protocol.DocumentID, s replica.Step) bool { return s.Wall >= at })
}

// fold makes news of documents in which something is new.
func (h *hearing) fold(of freshly, fresh func(protocol.DocumentID, replica.Step) bool) error {
	ids := slices.SortedFunc(maps.Keys(of), protocol.DocumentID.Compare)
	for part := range slices.Chunk(ids, foldedAtOnce) {
		err := h.ask(func(r *replica.Replica) error {
			for _, id := range part {
				d, err := r.Document(id)
				switch {
				case errors.Is(err, replica.ErrUnknown), err == nil && d.Folded == nil:
					h.leave(id, slices.Collect(maps.Keys(of[id]))...) // void, withdrawn, or without its key
				case err != nil:
					h.c.log.Warn("a document cannot be read for the digest; it is told once it can", "document", id, "error", err)
					h.leave(id, slices.Collect(maps.Keys(of[id]))...)
				default:
					h.document(id, d, fresh)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// leave keeps changes in mind that are not told now.
func (h *hearing) leave(id protocol.DocumentID, all ...protocol.ChangeID) {
	if len(all) == 0 || len(h.seen.Untold) == mostUntold {
		return
	}
	if h.seen.Untold == nil {
		h.seen.Untold = map[string][]protocol.ChangeID{}
	}
	slices.SortFunc(all, protocol.ChangeID.Compare)
	h.seen.Untold[id.String()] = all
}

// document makes news of one document, if something of it is to be told.
func (h *hearing) document(id protocol.DocumentID, d *replica.Document, fresh func(protocol.DocumentID, replica.Step) bool) {
	if d.Folded.Apart {
		return
	}
	history := slices.SortedFunc(slices.Values(d.History), func(a, b replica.Step) int {
		return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), a.Change.Compare(b.Change))
	})
	out := gathered.News{Folded: d.Folded}
	var silent []protocol.ChangeID
	begun, told := false, false
	for _, s := range history {
		takes := slices.Contains(s.Takes, true)
		step := gathered.Step{Change: s.Change, Author: s.Author, At: s.Wall, Operations: s.Operations, Takes: s.Takes}
		if fresh(id, s) && !slices.Contains(h.me, s.Author) {
			step.New = takes
			if s.Waiting || !takes && s.Void > 0 {
				silent = append(silent, s.Change)
			}
		}
		if takes && !begun {
			begun, out.Born = true, step.New
		}
		told = told || step.New
		out.History = append(out.History, step)
	}
	h.leave(id, silent...)
	if told {
		h.news = append(h.news, out)
	}
}
