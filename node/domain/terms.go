package domain

import (
	"cmp"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Word is a term as maps and names need it.
type Word struct {
	ID       protocol.DocumentID
	Title    string
	Aliases  []string // ascending
	Area     bool     // it is a region of the domain
	Means    bool     // somebody wrote down what it means
	Shelved  bool
	Created  uint64 // seconds since 1970
	Parent   protocol.DocumentID
	since    uint64 // when the parent was set
	Stewards []protocol.MemberID
}

// Terms are the words of a community. Of terms that are one the oldest stands
// for all, and answers to the names of all.
type Terms struct {
	groups *envelope.Groups
	words  []*Word // those that stand for others or alone, by id
	of     map[protocol.DocumentID]*Word
	parent map[protocol.DocumentID]protocol.DocumentID // without circles, shown terms alone
	named  map[string][]*Word                          // by folded title and alias, the older first
}

// NewTerms reads the cards of all terms.
func NewTerms(cards []*envelope.Folded, groups *envelope.Groups) *Terms {
	t := &Terms{
		groups: groups, of: map[protocol.DocumentID]*Word{},
		parent: map[protocol.DocumentID]protocol.DocumentID{}, named: map[string][]*Word{},
	}
	for _, f := range cards {
		if f.Kind == Term && groups.First(f.ID) == f.ID {
			w := wordOf(f)
			t.words, t.of[w.ID] = append(t.words, w), w
		}
	}
	for _, f := range cards {
		if w := t.Of(f.ID); w != nil && w.ID != f.ID && f.Kind == Term {
			w.join(wordOf(f))
		}
	}
	slices.SortFunc(t.words, func(a, b *Word) int { return cmp.Or(cmp.Compare(a.Created, b.Created), a.ID.Compare(b.ID)) })
	for _, w := range t.words {
		slices.Sort(w.Aliases)
		w.Aliases = slices.Compact(w.Aliases)
		for _, name := range w.Names() {
			if key := folded(name); !slices.Contains(t.named[key], w) && !w.Shelved {
				t.named[key] = append(t.named[key], w)
			}
		}
	}
	t.settleParents()
	return t
}

func wordOf(f *envelope.Folded) *Word {
	w := &Word{ID: f.ID, Title: f.Title, Created: f.Created, Shelved: f.Shelved, Means: strings.TrimSpace(f.Body) != ""}
	w.Area, _ = f.Value("area").(bool)
	if parents := f.Field("parent").Values; len(parents) > 0 {
		w.Parent, _ = parents[0].Value.(protocol.DocumentID)
		w.since = parents[0].At
	}
	for _, v := range f.Field("aliases").Set {
		if alias, ok := v.(string); ok {
			w.Aliases = append(w.Aliases, alias)
		}
	}
	for _, v := range f.Field("stewards").Set {
		if who, ok := v.(protocol.MemberID); ok {
			w.Stewards = append(w.Stewards, who)
		}
	}
	return w
}

// join takes in a younger term that is one with w.
func (w *Word) join(other *Word) {
	w.Aliases = append(w.Aliases, other.Aliases...)
	if folded(other.Title) != folded(w.Title) {
		w.Aliases = append(w.Aliases, other.Title)
	}
	w.Area, w.Means = w.Area || other.Area, w.Means || other.Means
	if w.Parent.IsZero() {
		w.Parent, w.since = other.Parent, other.since
	}
	for _, who := range other.Stewards {
		if !slices.Contains(w.Stewards, who) {
			w.Stewards = append(w.Stewards, who)
		}
	}
}

// Names returns the title and the aliases.
func (w *Word) Names() []string { return append([]string{w.Title}, w.Aliases...) }

// folded is what names are compared by: case and runs of space do not count.
func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// settleParents finds the parent of each term. Of the links that make a circle
// the youngest is ignored: the one set last, then the one of the greater id.
func (t *Terms) settleParents() {
	for _, w := range t.words {
		if p := t.Of(w.Parent); p != nil && p != w && !p.Shelved && !w.Shelved {
			t.parent[w.ID] = p.ID
		}
	}
	seen := map[protocol.DocumentID]int{} // the walk that came by
	for walk, w := range t.words {
		var path []*Word
		id, ok := w.ID, true
		for ok && seen[id] == 0 {
			seen[id] = walk + 1
			path = append(path, t.of[id])
			id, ok = t.parent[id]
		}
		if !ok || seen[id] != walk+1 {
			continue
		}
		circle := path[slices.IndexFunc(path, func(p *Word) bool { return p.ID == id }):]
		youngest := slices.MaxFunc(circle, func(a, b *Word) int { return cmp.Or(cmp.Compare(a.since, b.since), a.ID.Compare(b.ID)) })
		delete(t.parent, youngest.ID)
	}
}

// Of returns the term that stands for the one with this id; nil when it is none.
func (t *Terms) Of(id protocol.DocumentID) *Word { return t.of[t.groups.First(id)] }

// All returns the terms, the oldest first, shelved ones too.
func (t *Terms) All() []*Word { return t.words }

// Named returns the terms that are called so, by title or alias, whatever the
// case, the oldest first; shelved ones have no name any more.
func (t *Terms) Named(name string) []*Word { return t.named[folded(name)] }

// Parent returns the term above one; nil when it is at the top.
func (t *Terms) Parent(id protocol.DocumentID) *Word { return t.of[t.parent[t.groups.First(id)]] }

// Above returns areas as the terms that stand for them, with all that lie above
// them, each once: the areas first, in the order given.
func (t *Terms) Above(areas []protocol.DocumentID) (ids []protocol.DocumentID) {
	for _, id := range areas {
		if w := t.Of(id); w != nil && !slices.Contains(ids, w.ID) {
			ids = append(ids, w.ID)
		}
	}
	for i := 0; i < len(ids); i++ {
		if p := t.Parent(ids[i]); p != nil && !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Areas returns the regions of the domain as a tree is read: those at the top
// by title, and below each those it holds. Depth counts from 0. Besides the
// terms that are said to be areas, those that are used as one are, and those
// above them.
func (t *Terms) Areas(used map[protocol.DocumentID]bool) (areas []*Word, depth []int) {
	region := map[protocol.DocumentID]bool{}
	for _, w := range t.words {
		if (w.Area || used[w.ID]) && !w.Shelved {
			for _, id := range t.Above([]protocol.DocumentID{w.ID}) {
				region[id] = true
			}
		}
	}
	below := map[protocol.DocumentID][]*Word{}
	for _, w := range t.words {
		if region[w.ID] {
			below[t.parent[w.ID]] = append(below[t.parent[w.ID]], w)
		}
	}
	var visit func(id protocol.DocumentID, level int)
	visit = func(id protocol.DocumentID, level int) {
		all := below[id]
		slices.SortFunc(all, func(a, b *Word) int { return cmp.Or(cmp.Compare(folded(a.Title), folded(b.Title)), a.ID.Compare(b.ID)) })
		for _, w := range all {
			areas, depth = append(areas, w), append(depth, level)
			visit(w.ID, level+1)
		}
	}
	visit(protocol.DocumentID{}, 0)
	return areas, depth
}
