package envelope

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"coppice.example/protocol"
)

// Groups says which documents are one: those that somebody marked as the same,
// within a kind, and those of one origin.
type Groups struct {
	first map[protocol.DocumentID]protocol.DocumentID
	all   map[protocol.DocumentID][]protocol.DocumentID
	about map[protocol.DocumentID]bool // what may be one with another, here or not
}

// About tells whether a document may be one with another: when it comes, changes
// or goes, the groups are others.
func (g *Groups) About(id protocol.DocumentID) bool { return g.about[id] }

// First returns the document that stands for the group of id: the oldest of
// those that are not shelved, so that putting one away hides none of the others;
// id itself when it is alone.
func (g *Groups) First(id protocol.DocumentID) protocol.DocumentID {
	if first, ok := g.first[id]; ok {
		return first
	}
	return id
}

// Others returns the rest of the group that id stands for, the older first.
func (g *Groups) Others(id protocol.DocumentID) []protocol.DocumentID {
	if all := g.all[id]; len(all) > 0 {
		return all[1:]
	}
	return nil
}

// Group finds out which documents are one. It does not matter who said so, nor
// in which direction, nor whether both did.
func Group(facts []*Facts) *Groups {
	by := map[protocol.DocumentID]*Facts{}
	root := map[protocol.DocumentID]protocol.DocumentID{}
	var find func(id protocol.DocumentID) protocol.DocumentID
	find = func(id protocol.DocumentID) protocol.DocumentID {
		up, joined := root[id]
		if !joined || up == id {
			return id
		}
		up = find(up)
		root[id] = up
		return up
	}
	join := func(a, b protocol.DocumentID) {
		root[a], root[b] = find(a), find(b)
		root[find(a)] = find(b)
	}
	type place struct {
		kind   protocol.Kind
		origin string
	}
	from := map[place]protocol.DocumentID{}
	about := map[protocol.DocumentID]bool{}
	for _, f := range facts {
		by[f.ID] = f
	}
	for _, f := range facts {
		if len(f.Same) > 0 || f.Origin != "" {
			about[f.ID] = true
		}
		for _, other := range f.Same {
			about[other] = true
			if o := by[other]; o != nil && o.Kind == f.Kind {
				join(f.ID, other)
			}
		}
		if f.Origin != "" {
			at := place{f.Kind, f.Origin}
			if other, known := from[at]; known {
				join(f.ID, other)
			} else {
				from[at] = f.ID
			}
		}
	}
	g := gathered(by, root, find)
	g.about = about
	return g
}

func gathered(by map[protocol.DocumentID]*Facts, root map[protocol.DocumentID]protocol.DocumentID, find func(protocol.DocumentID) protocol.DocumentID) *Groups {
	members := map[protocol.DocumentID][]protocol.DocumentID{}
	for id := range root {
		members[find(id)] = append(members[find(id)], id)
	}
	g := &Groups{first: map[protocol.DocumentID]protocol.DocumentID{}, all: map[protocol.DocumentID][]protocol.DocumentID{}}
	for _, ids := range members {
		if len(ids) < 2 {
			continue
		}
		slices.SortFunc(ids, func(a, b protocol.DocumentID) int {
			return cmp.Or(shelvedLast(by[a], by[b]), cmp.Compare(by[a].Created, by[b].Created), a.Compare(b))
		})
		g.all[ids[0]] = ids
		for _, id := range ids {
			g.first[id] = ids[0]
		}
	}
	return g
}

func shelvedLast(a, b *Facts) int {
	switch {
	case a.Shelved == b.Shelved:
		return 0
	case a.Shelved:
		return 1
	}
	return -1
}

// Twins are two documents with nearly one name: perhaps they are one.
type Twins struct{ Older, Younger *Facts }

// Alike is the share of trigrams that the titles of twins have in common.
const Alike = 0.6

// NearTwins lists pairs of documents of one kind, with an area in common or
// both without, whose titles are alike and which nobody joined yet; the newest
// pair first. Shelved ones have no twins.
func NearTwins(facts []*Facts, groups *Groups, kinds ...protocol.Kind) (pairs []Twins) {
	for _, kind := range kinds {
		var some []*Facts
		for _, f := range facts {
			if f.Kind == kind && !f.Shelved && groups.First(f.ID) == f.ID {
				some = append(some, f)
			}
		}
		pairs = append(pairs, twins(some)...)
	}
	slices.SortFunc(pairs, func(a, b Twins) int {
		return cmp.Or(cmp.Compare(b.Younger.Created, a.Younger.Created), a.Older.ID.Compare(b.Older.ID), a.Younger.ID.Compare(b.Younger.ID))
	})
	return pairs
}

// twins compares only titles that share one of their rarest trigrams: of two
// that are alike, the rarest ones of either meet those of the other.
func twins(some []*Facts) (pairs []Twins) {
	grams := rarest(some)
	postings := map[int][]int{}
	seen := make([]int, len(some)) // by title: the last one it was compared with, from 1
	for i, gs := range grams {
		for _, g := range gs[:len(gs)-int(math.Ceil(Alike*float64(len(gs))))+min(1, len(gs))] {
			for _, j := range postings[g] {
				if seen[j] != i+1 && nearby(some[i], some[j]) && alike(gs, grams[j]) {
					pairs = append(pairs, twinsOf(some[i], some[j]))
				}
				seen[j] = i + 1
			}
			postings[g] = append(postings[g], i)
		}
	}
	return pairs
}

// rarest returns the trigrams of each title as numbers, of which the rarer are
// the smaller, ascending.
func rarest(some []*Facts) [][]int {
	titles := make([][]string, len(some))
	often := map[string]int{}
	for i, f := range some {
		titles[i] = trigrams(f.Title)
		for _, g := range titles[i] {
			often[g]++
		}
	}
	order := slices.SortedFunc(maps.Keys(often), func(a, b string) int { return cmp.Or(cmp.Compare(often[a], often[b]), cmp.Compare(a, b)) })
	number := make(map[string]int, len(order))
	for n, g := range order {
		number[g] = n
	}
	grams := make([][]int, len(some))
	for i, title := range titles {
		for _, g := range title {
			grams[i] = append(grams[i], number[g])
		}
		slices.Sort(grams[i])
	}
	return grams
}

func twinsOf(a, b *Facts) Twins {
	if cmp.Or(cmp.Compare(a.Created, b.Created), a.ID.Compare(b.ID)) > 0 {
		a, b = b, a
	}
	return Twins{a, b}
}

func nearby(a, b *Facts) bool {
	return len(a.Areas)+len(b.Areas) == 0 || slices.ContainsFunc(a.Areas, b.In)
}

// alike compares two titles by their trigrams, ascending both.
func alike(a, b []int) bool {
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return float64(common) >= Alike*float64(len(a)+len(b)-common)
}

// trigrams returns the trigrams of a title's words, each once, with a space
// before and behind each word.
func trigrams(title string) (all []string) {
	for word := range strings.FieldsSeq(strings.ToLower(title)) {
		runes := []rune(" " + word + " ")
		for i := 0; i+3 <= len(runes); i++ {
			if g := string(runes[i : i+3]); !slices.Contains(all, g) {
				all = append(all, g)
			}
		}
	}
	return all
}

// Unite returns a document with what stands in others that are one with it:
// their links, areas and marks, and the entries of their logs. Texts and
// registers stay its own.
func Unite(f *Folded, others ...*Folded) *Folded {
	out := *f
	out.Fields = slices.Clone(f.Fields)
	for _, other := range others {
		for _, s := range other.Fields {
			i := slices.IndexFunc(out.Fields, func(have Shown) bool { return have.Number >= s.Number })
			switch {
			case s.Type != Set && s.Type != Map && s.Type != Log:
			case i < 0:
				out.Fields = append(out.Fields, s)
			case out.Fields[i].Number > s.Number:
				out.Fields = slices.Insert(out.Fields, i, s)
			default:
				out.Fields[i] = united(out.Fields[i], s)
			}
		}
		for key, share := range other.changed {
			if out.changed = maps.Clone(out.changed); out.changed == nil {
				out.changed = map[string]float64{}
			}
			out.changed[key] = share
		}
	}
	return &out
}

func united(a, b Shown) Shown {
	switch a.Type {
	case Set:
		a.Set, a.Added = unionOf(a.Set, b.Set), append(slices.Clone(a.Added), b.Added...)
	case Map:
		a.Own = slices.Clone(a.Own)
		for _, own := range b.Own {
			a.Own = unitedOwn(a.Own, own)
		}
	case Log:
		a.Entries = append(slices.Clone(a.Entries), b.Entries...)
		slices.SortStableFunc(a.Entries, func(x, y Entry) int { return cmp.Compare(x.At, y.At) })
	}
	return a
}

// unitedOwn adds a member's own value: several are put together, of single ones
// the later stands.
func unitedOwn(all []Stamp, own Stamp) []Stamp {
	i := slices.IndexFunc(all, func(have Stamp) bool { return have.By == own.By })
	if i < 0 {
		return append(all, own)
	}
	mine, many := all[i].Value.([]Value)
	others, too := own.Value.([]Value)
	switch {
	case many && too:
		all[i].Value, all[i].At = unionOf(mine, others), max(all[i].At, own.At)
	case own.At > all[i].At:
		all[i] = own
	}
	return all
}

func unionOf(a, b []Value) []Value {
	out := slices.Clone(a)
	seen := map[string]bool{}
	for _, v := range a {
		seen[string(appendTold(nil, v))] = true
	}
	for _, v := range b {
		if !seen[string(appendTold(nil, v))] {
			out = append(out, v)
		}
	}
	return out
}
