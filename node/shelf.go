package node

import (
	"crypto/sha256"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// shelf is a community's view and what is not yet written to it. A goroutine
// of its own writes, so that taking changes never waits for indexing them.
type shelf struct {
	view  *view.View
	log   *slog.Logger
	told  func(map[protocol.DocumentID]replica.Document) // what the view shows since now; set before the first put, or nil
	ruin  chan struct{}                                  // tells that the view is damaged
	kick  chan struct{}                                  // tells the writer to look
	quit  chan struct{}
	ended chan struct{}

	writing sync.Mutex // held while a batch is made and written

	mu      sync.Mutex
	room    sync.Cond // tells that less is pending
	pending map[protocol.DocumentID]replica.Document
	under   map[protocol.DocumentID]replica.Document // being written, no longer pending and not yet shown
	size    int                                      // bytes of the pending, roughly
	arrival uint64                                   // what the view reflects once all pending is written
	written uint64                                   // what it reflects now
	since   time.Time
	waits   map[protocol.DocumentID][]func() // called when the document is written
	drains  []func()                         // called when all is written
	purges  bool                             // what is not shown is to leave the file
	people  map[protocol.MemberID]string
	title   string // of the charter
	ledger  ledger
	lexicon lexicon
	spoken  spoken
	// wrong are the documents of which the view does not show what verdicts make
	// of them now; false: what sets one right is pending.
	wrong map[protocol.DocumentID]bool
}

const (
	flushPause   = 250 * time.Millisecond // what others wrote shows after so long
	retryPause   = 5 * time.Second        // after a write that failed
	batchItems   = 256                    // in one transaction, so that a local act waits for little
	mostPending  = 32 << 20               // bytes beyond which whoever brings more waits
	charterKind  = "charter"
	memberKind   = "member"
	questionKind = "question"
	bridgeKind   = "bridge"
)

func openShelf(path string, kinds *envelope.Kinds, log *slog.Logger) (*shelf, error) {
	v, err := view.Open(path)
	if err != nil {
		return nil, err
	}
	s := &shelf{
		view: v, log: log, ruin: make(chan struct{}, 1), kick: make(chan struct{}, 1),
		quit: make(chan struct{}), ended: make(chan struct{}),
		ledger:  ledger{kinds: kinds},
		pending: map[protocol.DocumentID]replica.Document{}, waits: map[protocol.DocumentID][]func(){},
		people: map[protocol.MemberID]string{}, wrong: map[protocol.DocumentID]bool{},
	}
	s.room.L = &s.mu
	if err := s.load(); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	go s.run()
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
	charters, _, err3 := s.view.List(view.Listing{Kinds: []string{charterKind}, Limit: mostItems, Shelved: true})
	if err = errors.Join(err, err2, err3); errors.Is(err, view.ErrRebuild) {
		s.log.Warn("the view is made anew", "reason", err)
		return s.reset()
	}
	if err != nil {
		return err
	}
	s.written, s.arrival, s.people = stamp, stamp, names
	for _, one := range charters {
		if one.Origin == "" { // not that of another community
			s.title = one.Title
		}
	}
	return nil
}

// close writes what is pending and closes the view.
func (s *shelf) close() error {
	close(s.quit)
	<-s.ended
	return s.view.Close()
}

// reset empties the view, to be written anew from the log.
func (s *shelf) reset() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	clear(s.pending)
	s.size, s.written, s.arrival = 0, 0, 0
	s.mu.Unlock()
	s.ledger.forget()
	return s.view.Reset()
}

// stamp returns up to which arrival the view reflects the log.
func (s *shelf) stamp() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

// put takes what the view is to show. Of a document only the newest state is
// written. It waits while too much is pending.
func (s *shelf) put(p replica.Projected) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.size > mostPending {
		knock(s.kick)
		s.room.Wait()
	}
	if len(s.pending) == 0 && s.arrival == s.written {
		s.since = time.Now()
	}
	for _, d := range p.Documents {
		if d.Folded != nil && d.Folded.Apart {
			continue // in no list and no search
		}
		s.size += weight(d) - weight(s.pending[d.ID])
		s.pending[d.ID] = d
		s.remember(d.Folded)
		if s.wrong[d.ID] {
			s.wrong[d.ID] = false
		}
	}
	for _, id := range p.Righting {
		s.wrong[id] = true
	}
	if p.Arrival > 0 {
		s.arrival = p.Arrival
	}
	knock(s.kick)
}

func weight(d replica.Document) int {
	if d.Folded == nil {
		return 0
	}
	return 1<<10 + len(d.Folded.Body)
}

// remember keeps the names people are known by. The caller holds s.mu.
func (s *shelf) remember(f *envelope.Folded) {
	switch {
	case f == nil:
	case f.KindName == memberKind:
		s.people[f.Author] = called(f)
	case f.KindName == charterKind && !f.OfElsewhere():
		s.title = f.Title
	}
}

// when calls f once the view shows a document as it was put last.
func (s *shelf) when(id protocol.DocumentID, f func()) {
	s.mu.Lock()
	_, pending := s.pending[id]
	if _, under := s.under[id]; pending || under {
		s.waits[id] = append(s.waits[id], f)
		f = func() { knock(s.kick) }
	}
	s.mu.Unlock()
	f()
}

// drain waits until all that is pending is written, or could not be.
func (s *shelf) drain() {
	done := make(chan struct{})
	s.mu.Lock()
	s.drains = append(s.drains, func() { close(done) })
	s.mu.Unlock()
	knock(s.kick)
	select {
	case <-done:
	case <-s.ended:
	}
}

// run writes until the shelf is closed.
func (s *shelf) run() {
	defer close(s.ended)
	timer := time.NewTimer(time.Hour)
	for {
		select {
		case <-s.kick:
		case <-timer.C:
		case <-s.quit:
			s.mu.Lock()
			s.drains = append(s.drains, func() {})
			s.mu.Unlock()
			s.write()
			return
		}
		if pause := s.write(); pause > 0 {
			timer.Reset(pause)
		}
	}
}

// write writes what is due, batch after batch, and says when more will be.
func (s *shelf) write() (pause time.Duration) {
	for {
		s.writing.Lock()
		b, told, pause := s.next()
		if b == nil {
			s.forget()
			s.writing.Unlock()
			for _, f := range told {
				f()
			}
			return pause
		}
		err := s.view.Write(s.batch(b))
		told = append(told, s.wrote(b, err)...)
		s.writing.Unlock()
		for _, f := range told {
			f()
		}
		if err == nil && s.told != nil {
			s.told(b.documents)
		}
		if err != nil {
			s.log.Error("the view cannot be written", "error", s.checked(err))
			return retryPause
		}
	}
}

// wrote takes note of how writing a batch ended, and returns whom to call now
// who waits for all.
func (s *shelf) wrote(b *due, err error) (told []func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under = nil
	if err == nil {
		s.written = b.stamp
		s.right(b)
		s.ledger.take(b.documents)
	} else {
		for id, d := range b.documents { // unless a newer state came meanwhile
			if _, newer := s.pending[id]; !newer {
				s.pending[id] = d
				s.size += weight(d)
			}
		}
		told, s.drains = s.drains, nil
	}
	s.room.Broadcast()
	return told
}

// right notes that what was written shows what is so. The caller holds s.mu.
func (s *shelf) right(b *due) {
	for id := range b.documents {
		_, newer := s.pending[id]
		if due, was := s.wrong[id]; was && !due && !newer {
			delete(s.wrong, id)
		}
	}
}

// beingSetRight tells whether what the view shows of a document does not hold.
func (s *shelf) beingSetRight(id protocol.DocumentID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, is := s.wrong[id]
	return is
}

// purge has the words that documents show no more leave the view's file, once
// all that is pending is written.
func (s *shelf) purge() {
	s.mu.Lock()
	s.purges = true
	s.mu.Unlock()
	knock(s.kick)
}

// forget purges the view if that is due. The caller holds s.writing.
func (s *shelf) forget() {
	s.mu.Lock()
	due := s.purges && len(s.pending) == 0
	s.purges = s.purges && !due
	s.mu.Unlock()
	if !due {
		return
	}
	if err := s.view.Purge(); err != nil {
		s.log.Error("words that were redacted are still in the view's file", "error", s.checked(err))
	}
}

// due is a batch that is written now.
type due struct {
	documents map[protocol.DocumentID]replica.Document
	stamp     uint64
}

// next takes what is due: documents somebody waits for before all others, then
// the rest when it has waited long enough, is much, or is asked for. A stamp
// moves only when nothing is left. Told is whom to call after it.
func (s *shelf) next() (b *due, told []func(), pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b = &due{documents: map[protocol.DocumentID]replica.Document{}, stamp: s.written}
	defer func() {
		if b != nil {
			s.under = b.documents
		}
	}()
	for id, waits := range s.waits {
		delete(s.waits, id)
		told = append(told, waits...)
		s.take(b, id)
	}
	switch age := time.Since(s.since); {
	case len(b.documents) > 0:
		return b, told, 0
	case len(s.pending) == 0 && s.arrival == s.written:
		told = append(told, s.drains...)
		s.drains = nil
		return nil, told, 0
	case len(s.drains) == 0 && age < flushPause && s.size < mostPending/2:
		return nil, told, flushPause - age
	}
	for id := range s.pending {
		if s.take(b, id); len(b.documents) == batchItems {
			break
		}
	}
	if len(s.pending) == 0 {
		b.stamp = s.arrival
	}
	return b, told, 0
}

// take moves a document from the pending to a batch. The caller holds s.mu.
func (s *shelf) take(b *due, id protocol.DocumentID) {
	if d, is := s.pending[id]; is {
		delete(s.pending, id)
		s.size -= weight(d)
		b.documents[id] = d
	}
}

func (s *shelf) batch(b *due) view.Batch {
	out := view.Batch{Stamp: b.stamp}
	for id, d := range b.documents {
		if d.Folded == nil {
			out.Gone = append(out.Gone, id)
		} else {
			out.Items = append(out.Items, itemOf(s.ledger.kinds, d.Folded))
		}
	}
	return out
}

// formerMember is who left and did not leave her name.
const formerMember = "a former member"

// called returns the title of a document. Of someone who was a member where it
// was carried from it says so: she is not here under that name. Who left
// without her name is called by none.
func called(f *envelope.Folded) string {
	switch {
	case f.KindName != memberKind:
	case gathered.ForgetsName(f):
		return formerMember
	case f.Carried != nil:
		return f.Title + " (before)"
	case f.OfElsewhere():
		return f.Title + " (elsewhere)"
	}
	return f.Title
}

// itemOf makes a row of a document.
func itemOf(kinds *envelope.Kinds, f *envelope.Folded) view.Item {
	i := view.Item{
		ID: f.ID, Kind: f.KindName, Title: called(f), Author: f.Author, Created: f.Created, Updated: f.Updated,
		Order: f.Created, Shelved: f.Shelved, Hash: sha256.Sum256(f.Canonical()), Card: f.Card(),
	}
	i.Text, i.Passages = words(kinds, f)
	if f.KindName == memberKind {
		i.Member = f.Author
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
	return i
}

// fewPending is how many documents a reader waits for; nobody waits for a bulk.
const fewPending = 64

// fresh has what is pending written before somebody reads, unless it is much.
func (s *shelf) fresh() {
	if n := s.waiting(); n > 0 && n <= fewPending {
		s.drain()
	}
}

// waiting counts the documents that are not yet in the view.
func (s *shelf) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending) + len(s.under)
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

// each walks all documents of a kind, shelved ones too.
func (s *shelf) each(kind string, f func(protocol.DocumentID) error) error {
	for after := ""; ; {
		items, next, err := s.view.List(view.Listing{Kinds: []string{kind}, Limit: mostItems, After: after, Shelved: true})
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
