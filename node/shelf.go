package node

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// shelf is a community's view with what is not yet written to it. The loop
// alone puts and flushes; anybody may look.
type shelf struct {
	view *view.View
	log  *slog.Logger
	due  chan struct{} // tells that it is time to flush
	ruin chan struct{} // tells that the view is damaged

	// The loop's own.
	pending map[protocol.DocumentID]view.Item
	gone    map[protocol.DocumentID]bool
	arrival uint64 // what the view reflects once the pending is written
	written uint64 // what it reflects now
	timer   *time.Timer
	unsaid  bool         // there is something to flush
	waiting atomic.Int32 // how many documents are pending

	mu     sync.Mutex
	people map[protocol.MemberID]string
	title  string // of the charter
}

const (
	flushPause   = 250 * time.Millisecond
	mostPending  = 2048
	charterKind  = "charter"
	memberKind   = "member"
	questionKind = "question"
)

func openShelf(path string, log *slog.Logger) (*shelf, error) {
	v, err := view.Open(path)
	if err != nil {
		return nil, err
	}
	s := &shelf{
		view: v, log: log, due: make(chan struct{}, 1), ruin: make(chan struct{}, 1),
		pending: map[protocol.DocumentID]view.Item{}, gone: map[protocol.DocumentID]bool{}, people: map[protocol.MemberID]string{},
	}
	s.timer = time.AfterFunc(time.Hour, func() { knock(s.due) })
	s.timer.Stop()
	if err := s.load(); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return s, nil
}

// knock leaves word in a channel that holds one.
func knock(at chan struct{}) {
	select {
	case at <- struct{}{}:
	default:
	}
}

// checked has a view that turns out damaged made anew; the error of the call
// that met the damage is the caller's.
func (s *shelf) checked(err error) error {
	if errors.Is(err, view.ErrRebuild) {
		knock(s.ruin)
		return api.Hint(err, "it is being made anew from the log; ask again in a moment")
	}
	return err
}

// load reads what is kept in memory; a damaged view is emptied.
func (s *shelf) load() error {
	stamp, err := s.view.Stamp()
	names, err2 := s.view.Names()
	charters, _, err3 := s.view.List(view.Listing{Kind: charterKind, Limit: 1, Shelved: true})
	if err = errors.Join(err, err2, err3); errors.Is(err, view.ErrRebuild) {
		s.log.Warn("the view is made anew", "reason", err)
		return s.reset()
	}
	if err != nil {
		return err
	}
	s.written, s.arrival = stamp, stamp
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people, s.title = names, ""
	if len(charters) > 0 {
		s.title = charters[0].Title
	}
	return nil
}

func (s *shelf) close() error {
	s.timer.Stop()
	s.flush()
	return s.view.Close()
}

// reset empties the view, to be written anew from the log.
func (s *shelf) reset() error {
	clear(s.pending)
	clear(s.gone)
	s.written, s.arrival = 0, 0
	return s.view.Reset()
}

// stamp returns up to which arrival the view reflects the log.
func (s *shelf) stamp() uint64 { return s.written }

// put takes what the view is to show, to be written at the next flush. Of a
// document only the newest state is written.
func (s *shelf) put(p replica.Projected) {
	for _, d := range p.Documents {
		if d.Folded == nil {
			delete(s.pending, d.ID)
			s.gone[d.ID] = true
			continue
		}
		delete(s.gone, d.ID)
		s.pending[d.ID] = s.item(d.Folded)
	}
	if p.Arrival > 0 {
		s.arrival = p.Arrival
	}
	s.waiting.Store(int32(len(s.pending) + len(s.gone)))
	switch {
	case len(s.pending) >= mostPending:
		s.flush()
	case !s.unsaid:
		s.unsaid = true
		s.timer.Reset(flushPause)
	}
}

// item makes a row of a document, and remembers names.
func (s *shelf) item(f *envelope.Folded) view.Item {
	i := view.Item{
		ID: f.ID, Kind: f.KindName, Title: f.Title, Author: f.Author, Created: f.Created, Updated: f.Updated,
		Order: f.Created, Shelved: f.Shelved, Hash: sha256.Sum256(f.Canonical()), Text: f.Body + "\n" + f.Plain(),
	}
	if origin, ok := f.Value("origin").(envelope.Object); ok {
		i.Origin = origin.Text("path")
		if hash, ok := origin.Get("hash").(protocol.Hash); ok {
			i.OriginHash = hash[:]
		}
	}
	if hash, ok := f.Value("imported").(protocol.Hash); ok {
		i.OriginHash = hash[:]
	}
	for _, field := range f.Fields {
		for _, e := range field.Entries {
			i.Entries = append(i.Entries, envelope.EntryName(e.ID))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.KindName {
	case memberKind:
		i.Member = f.Author
		if i.Title == "" {
			i.Title = f.TextOf("name")
		}
		s.people[f.Author] = i.Title
	case charterKind:
		if i.Title == "" {
			i.Title = f.TextOf("name")
		}
		s.title = i.Title
	}
	return i
}

// flush writes what is pending in one transaction. What cannot be written
// stays pending.
func (s *shelf) flush() {
	if !s.unsaid && len(s.pending)+len(s.gone) == 0 && s.arrival == s.written {
		return
	}
	b := view.Batch{Stamp: s.arrival}
	for _, i := range s.pending {
		b.Items = append(b.Items, i)
	}
	for id := range s.gone {
		b.Gone = append(b.Gone, id)
	}
	if err := s.view.Write(b); err != nil {
		s.log.Error("the view cannot be written", "error", s.checked(err))
		s.timer.Reset(20 * flushPause)
		return
	}
	s.unsaid, s.written = false, s.arrival
	clear(s.pending)
	clear(s.gone)
	s.waiting.Store(0)
}

// fewPending is how many documents a reader waits for; nobody waits for a bulk.
const fewPending = 64

// fresh has what is pending written before somebody reads, unless it is much.
func (c *community) fresh(ctx context.Context) {
	if n := c.shelf.waiting.Load(); n > 0 && n <= fewPending {
		_ = c.ask(ctx, func(*replica.Replica) { c.shelf.flush() })
	}
}

// members returns the names of all members who have one.
func (s *shelf) members() map[protocol.MemberID]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.people)
}

func (s *shelf) nameOf(id protocol.MemberID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people[id]
}

func (s *shelf) charterName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// counts returns how many documents of each kind there are.
func (s *shelf) counts() map[string]int {
	counts, err := s.view.Counts()
	if err != nil {
		s.log.Warn("the view cannot be counted", "error", err)
	}
	return counts
}

func (s *shelf) total() (n int) {
	for _, count := range s.counts() {
		n += count
	}
	return n
}

var cursor = regexp.MustCompile(`^[0-9]+\.[0-9a-z]{52}$`)

// list returns a page of items, newest first.
func (s *shelf) list(kind string, limit int, after string) ([]view.Item, string, error) {
	if after != "" && !cursor.MatchString(after) {
		return nil, "", fmt.Errorf("%w: %q is no cursor of a list", api.ErrUsage, after)
	}
	items, next, err := s.view.List(view.Listing{Kind: kind, Limit: limit, After: after})
	return items, next, s.checked(err)
}

// each walks all documents of a kind, shelved ones too.
func (s *shelf) each(kind string, f func(protocol.DocumentID) error) error {
	for after := ""; ; {
		items, next, err := s.view.List(view.Listing{Kind: kind, Limit: mostItems, After: after, Shelved: true})
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := f(i.ID); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// known finds the document that a file is: the one whose id it bears, or the
// one that came from its origin; and what hash the file had that was taken last.
func (s *shelf) known(id protocol.DocumentID, origin string) (_ protocol.DocumentID, kind string, last protocol.Hash, err error) {
	if !id.IsZero() {
		item, err := s.view.Get(id)
		if err == nil {
			return item.ID, item.Kind, last, nil // its file was exported: only the text can tell
		}
		if !errors.Is(err, view.ErrNotFound) {
			return id, "", last, err
		}
	}
	items, err := s.view.ByOrigin(origin)
	if err != nil || len(items) == 0 {
		return protocol.DocumentID{}, "", last, err
	}
	copy(last[:], items[0].OriginHash)
	return items[0].ID, items[0].Kind, last, nil
}

// found is what an id means: a document, or an entry in one.
type found struct {
	document protocol.DocumentID
	kind     string
	entry    string // the entry's id; empty: the document itself
}

func (f found) what() string {
	if f.entry != "" {
		return "part of a " + f.kind
	}
	return f.kind
}

// find returns what an id, or its beginning, means; "me" is this node's own
// member document.
func (c *community) find(ctx context.Context, id string) (found, error) {
	if id == "me" {
		kind := c.node.kinds.Named(memberKind).Kind
		return found{document: protocol.DeriveDocument(c.id, kind, c.persona.Member[:]), kind: memberKind}, nil
	}
	if strings.TrimSpace(id) == "" {
		return found{}, fmt.Errorf("%w: no id given", api.ErrUsage)
	}
	c.fresh(ctx)
	item, entry, err := c.shelf.view.Find(id)
	var many *view.AmbiguousError
	switch {
	case errors.As(err, &many):
		return found{}, api.Hint(fmt.Errorf("%w: %q", api.ErrAmbiguous, id), "it may be %s", several(many.Candidates))
	case errors.Is(err, view.ErrNotFound):
		return found{}, fmt.Errorf("%w: nothing here has the id %q", api.ErrNotFound, id)
	case err != nil:
		return found{}, c.shelf.checked(err)
	}
	return found{item.ID, item.Kind, entry}, nil
}

func several(candidates []view.Candidate) string {
	var texts []string
	for _, c := range candidates[:min(len(candidates), 4)] {
		texts = append(texts, fmt.Sprintf("%s (%s %q)", c.ID[:min(len(c.ID), 16)], c.Kind, c.Title))
	}
	return strings.Join(texts, ", ")
}
