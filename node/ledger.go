package node

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// ledger is the facts of every document that the view shows, shelved ones too:
// what lists, matches, duties and the digest are derived of. It is read from
// the view once, when the community opens or somebody asks before that is done,
// and follows what is written from then on.
type ledger struct {
	kinds *envelope.Kinds

	mu     sync.Mutex
	facts  map[protocol.DocumentID]*envelope.Facts // nil: not read yet
	sorted []*envelope.Facts                       // by id
	groups *envelope.Groups                        // of sorted; nil: to be made
	stand  []*envelope.Facts                       // sorted, with the states that all together tell; nil: to be made
	trails *practice.Trails                        // of stand; nil: to be made
	termed uint64                                  // how often terms have changed
	moved  uint64                                  // how often anything has
}

// take notes what the view shows now. The shelf's writer alone calls it.
func (l *ledger) take(documents map[protocol.DocumentID]replica.Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.facts == nil {
		return
	}
	l.moved++
	l.sorted, l.stand, l.trails = slices.Clone(l.sorted), nil, nil // whoever reads the old one goes on with it
	for id, d := range documents {
		var now *envelope.Facts
		if d.Folded != nil {
			now = l.kinds.Facts(d.Folded)
		}
		at, known := envelope.Find(l.sorted, id)
		if now != nil && joins(now) || l.groups != nil && l.groups.About(id) {
			l.groups = nil
		}
		if was := l.facts[id]; was != nil && was.Kind == domain.Term || now != nil && now.Kind == domain.Term {
			l.termed++
		}
		switch {
		case now == nil && known:
			l.sorted = slices.Delete(l.sorted, at, at+1)
			delete(l.facts, id)
		case now != nil && known:
			l.sorted[at], l.facts[id] = now, now
		case now != nil:
			l.sorted = slices.Insert(l.sorted, at, now)
			l.facts[id] = now
		}
	}
}

// joins tells whether a document may be one with another.
func joins(f *envelope.Facts) bool { return len(f.Same) > 0 || f.Origin != "" }

// forget has all be read again.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts, l.sorted, l.groups, l.stand, l.trails = nil, nil, nil, nil, nil
	l.termed++
	l.moved++
}

// read takes the facts of all documents.
func (l *ledger) read(facts map[protocol.DocumentID]*envelope.Facts) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts, l.groups, l.stand, l.trails = facts, nil, nil, nil
	l.termed++
	l.moved++
	l.sorted = slices.SortedFunc(maps.Values(facts), func(a, b *envelope.Facts) int { return a.ID.Compare(b.ID) })
}

// snapshot returns the facts by id and which are one, false when they are not read yet.
func (l *ledger) snapshot() ([]*envelope.Facts, *envelope.Groups, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.facts == nil {
		return nil, nil, false
	}
	if l.groups == nil {
		l.groups = envelope.Group(l.sorted)
	}
	if l.stand == nil {
		l.stand = practice.Settled(l.sorted, l.groups)
	}
	return l.stand, l.groups, true
}

// trailing returns the trails of what the ledger holds, made when first asked for.
func (l *ledger) trailing(facts []*envelope.Facts, groups *envelope.Groups) *practice.Trails {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(facts) == 0 || len(l.stand) != len(facts) || &l.stand[0] != &facts[0] { // it holds others by now
		return practice.NewTrails(facts, groups)
	}
	if l.trails == nil {
		l.trails = practice.NewTrails(facts, groups)
	}
	return l.trails
}

// terms tells how often terms have changed.
func (l *ledger) terms() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.termed
}

// position tells how often anything has changed.
func (l *ledger) position() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.moved
}

// facts returns the facts of every document by id: to be read, not changed.
func (s *shelf) facts() ([]*envelope.Facts, error) {
	all, _, err := s.survey()
	return all, err
}

// survey returns the facts of every document by id, and which of them are one.
func (s *shelf) survey() ([]*envelope.Facts, *envelope.Groups, error) {
	s.fresh()
	if all, groups, ok := s.ledger.snapshot(); ok {
		return all, groups, nil
	}
	s.writing.Lock() // nothing is written while it is read
	defer s.writing.Unlock()
	if all, groups, ok := s.ledger.snapshot(); ok {
		return all, groups, nil
	}
	facts := map[protocol.DocumentID]*envelope.Facts{}
	err := s.walk(nil, func(f *envelope.Folded) { facts[f.ID] = s.ledger.kinds.Facts(f) })
	if err != nil {
		return nil, nil, err
	}
	s.ledger.read(facts)
	all, groups, _ := s.ledger.snapshot()
	return all, groups, nil
}

// trails tell where documents came from and went.
func (s *shelf) trails() (*practice.Trails, error) {
	facts, groups, err := s.survey()
	if err != nil {
		return nil, err
	}
	return s.ledger.trailing(facts, groups), nil
}

// cards returns the documents of some kinds as their cards keep them, by id,
// shelved ones too: whole but for the ends of long texts.
func (s *shelf) cards(kinds ...string) (all []*envelope.Folded, err error) {
	s.fresh()
	err = s.walk(kinds, func(f *envelope.Folded) { all = append(all, f) })
	return all, err
}

// card returns one document as its card keeps it. Errors: [view.ErrNotFound].
func (s *shelf) card(id protocol.DocumentID) (*envelope.Folded, error) {
	s.fresh()
	item, err := s.view.Get(id)
	if err != nil {
		return nil, s.checked(err)
	}
	return s.read(id, item.Card)
}

// walk reads the cards of some kinds, none: all.
func (s *shelf) walk(kinds []string, f func(*envelope.Folded)) error {
	return s.checked(s.view.Cards(kinds, func(id protocol.DocumentID, card []byte) error {
		folded, err := s.read(id, card)
		if err == nil {
			f(folded)
		}
		return err
	}))
}

func (s *shelf) read(id protocol.DocumentID, card []byte) (*envelope.Folded, error) {
	f, err := s.ledger.kinds.ReadCard(card)
	if err != nil {
		return nil, fmt.Errorf("document %s in the view: %w: %w", id, view.ErrRebuild, err)
	}
	return f, nil
}
