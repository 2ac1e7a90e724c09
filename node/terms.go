package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

const termKind = "term"

// lexicon keeps the terms as they were read last.
type lexicon struct {
	mu    sync.Mutex
	of    *envelope.Groups // with which they were read
	at    uint64           // how often terms had changed then
	terms *domain.Terms
}

// terms returns the words of the domain.
func (s *shelf) terms() (*domain.Terms, error) {
	s.fresh()
	at := s.ledger.terms() // what changes from here on is read the next time
	_, groups, err := s.survey()
	if err != nil {
		return nil, err
	}
	s.lexicon.mu.Lock()
	defer s.lexicon.mu.Unlock()
	if s.lexicon.of != groups || s.lexicon.at != at {
		cards, err := s.cards(termKind)
		if err != nil {
			return nil, err
		}
		s.lexicon.of, s.lexicon.at, s.lexicon.terms = groups, at, domain.NewTerms(cards, groups)
	}
	return s.lexicon.terms, nil
}

// spoken keeps the words in use as they were read last.
type spoken struct {
	mu    sync.Mutex
	words []domain.Usage
	moved uint64 // how often anything had changed then
	of    int    // how many documents there were
}

// slack is the share of what is there, one in so many, that may have changed
// since the words in use were read: reading them costs a walk of the whole index.
const slack = 1000

// vocabulary returns the words that several of some documents hold. In a large
// community what was said last may not be counted yet.
func (s *shelf) vocabulary(total int) ([]domain.Usage, error) {
	s.fresh()
	moved := s.ledger.position()
	s.spoken.mu.Lock()
	defer s.spoken.mu.Unlock()
	room := total / slack
	near := moved-s.spoken.moved <= uint64(room) && total-s.spoken.of <= room && s.spoken.of-total <= room
	if s.spoken.words != nil && near {
		return s.spoken.words, nil
	}
	words, err := s.view.Words(leastHolding, total)
	if err != nil {
		return nil, s.checked(err)
	}
	usages := make([]domain.Usage, len(words))
	for i, w := range words {
		usages[i] = domain.Usage{Word: w.Text, Documents: w.Documents, Authors: w.Documents, Uses: w.Uses}
	}
	s.spoken.words, s.spoken.moved, s.spoken.of = usages, moved, total
	return usages, nil
}

// term returns the term that a title or an alias names; false when it names none.
func (n names) term(text string) (id protocol.DocumentID, ok bool, err error) {
	terms, err := n.shelf.terms()
	if err != nil {
		return id, false, err
	}
	switch all := terms.Named(text); len(all) {
	case 0:
		return id, false, nil
	case 1:
		return all[0].ID, true, nil
	default:
		var several []string
		for _, w := range all[:min(len(all), 4)] {
			several = append(several, fmt.Sprintf("%s (%q)", w.ID.String()[:16], w.Title))
		}
		return id, false, api.Hint(fmt.Errorf("%w: %q is the name of %d terms", api.ErrAmbiguous, text, len(all)), "it may be %s; `coppice same` makes two one", strings.Join(several, ", "))
	}
}

// unknown says that nothing is called so, and how a word becomes known.
func unknown(text string) error {
	return api.Hint(fmt.Errorf("%w: there is no term or document %q", api.ErrNotFound, text),
		"`coppice map` shows the areas; `coppice term new %s --area` makes it one", quoted(text))
}

// newWord refuses to make a term under a name that one has.
func (c *community) newWord(title string) error {
	terms, err := c.shelf.terms()
	if err != nil {
		return err
	}
	if all := terms.Named(title); len(all) > 0 {
		id := all[0].ID.String()[:8]
		return api.Hint(fmt.Errorf("%w: there is a term %q already", api.ErrUsage, all[0].Title),
			"`coppice show %s` shows it; `coppice term edit %s` says better what it means, `coppice set %s area yes` makes it an area", id, id, id)
	}
	return nil
}

// Terms implements [api.Wordsmiths].
func (n *Node) Terms(_ context.Context, call api.Call) (api.Terms, error) {
	out := api.Terms{Items: []api.Term{}}
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	terms, err := c.shelf.terms()
	if err != nil {
		return out, err
	}
	cards, err := c.shelf.cards(termKind)
	if err != nil {
		return out, err
	}
	means := map[protocol.DocumentID]string{}
	for _, f := range cards {
		if w := terms.Of(f.ID); w != nil && (means[w.ID] == "" || f.ID == w.ID) && f.Body != "" {
			means[w.ID] = strings.Join(strings.Fields(f.Body), " ")
		}
	}
	for _, w := range terms.All() {
		if w.Shelved {
			continue
		}
		t := api.Term{ID: w.ID.String(), Title: w.Title, Means: means[w.ID], Area: w.Area, Aliases: append([]string{}, w.Aliases...), Stewards: c.persons(w.Stewards)}
		if p := terms.Parent(w.ID); p != nil {
			t.Parent = &api.Item{ID: p.ID.String(), Kind: termKind, Title: p.Title}
		}
		out.Items = append(out.Items, t)
	}
	slices.SortFunc(out.Items, func(a, b api.Term) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// unsaid are the kinds that do not use words but are about people, or explain.
var unsaid = []string{memberKind, charterKind, termKind}

const (
	leastHolding = 3  // documents that hold a word which may want a meaning
	mostAsked    = 60 // words of which is asked whose they are
	mostOpen     = 20 // words that are listed
)

// Unexplained implements [api.Wordsmiths].
func (n *Node) Unexplained(_ context.Context, call api.Call) (api.Unexplained, error) {
	out := api.Unexplained{Items: []api.Word{}}
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	terms, err := c.shelf.terms()
	if err != nil {
		return out, err
	}
	total := c.shelf.total()
	usages, err := c.shelf.vocabulary(total)
	if err != nil {
		return out, err
	}
	names := c.called()
	likely := domain.Unexplained(usages, total, terms, names)
	likely = likely[:min(len(likely), mostAsked)]
	var authors map[protocol.MemberID]bool
	for i := range likely {
		word := likely[i].Word
		if likely[i].Word, err = c.asWritten(word); err != nil {
			return out, err
		}
		likely[i].Documents, authors = 0, map[protocol.MemberID]bool{}
		err := c.usedIn([]string{word}, func(f *envelope.Facts) {
			if !f.Shelved {
				likely[i].Documents++
				authors[f.Author] = true
			}
		})
		if err != nil {
			return out, err
		}
		likely[i].Authors = len(authors)
	}
	for _, u := range domain.Unexplained(likely, total, terms, names) {
		if len(out.Items) == mostOpen {
			break
		}
		out.Items = append(out.Items, api.Word{Word: u.Word, Documents: u.Documents, Members: u.Authors})
	}
	return out, nil
}

// usedIn calls f with what uses one of some phrases, without what explains words
// or is about people.
func (c *community) usedIn(phrases []string, f func(*envelope.Facts)) error {
	facts, err := c.shelf.facts()
	if err != nil {
		return err
	}
	return c.shelf.checked(c.shelf.view.Holding(phrases, func(id protocol.DocumentID) {
		one := factsOf(facts, id)
		if one == nil {
			return // it has come or gone just now
		}
		if schema := c.node.kinds.Schema(one.Kind); schema != nil && !slices.Contains(unsaid, schema.Name) {
			f(one)
		}
	}))
}

// asWritten returns a word of the index as some document spells it.
func (c *community) asWritten(word string) (string, error) {
	hits, _, err := c.shelf.view.Search(view.Question{Words: `"` + word + `"`, Limit: 1})
	if err != nil {
		return "", c.shelf.checked(err)
	}
	for _, h := range hits {
		for _, part := range slices.Concat(h.Heading, h.Snippet) {
			if part.Match {
				return strings.ToLower(part.Text), nil
			}
		}
	}
	return word, nil
}

// Map implements [api.Wordsmiths].
func (n *Node) Map(ctx context.Context, call api.Call) (api.Map, error) {
	out := api.Map{Items: []api.Region{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	d, err := w.domain()
	if err != nil {
		return out, err
	}
	for _, r := range domain.Map(d.terms, w.facts, d.groups, d.made, w.knowing()) {
		region := api.Region{
			ID: r.ID.String(), Title: r.Title, Depth: r.Depth, Size: r.Size, Stewards: w.c.persons(r.Stewards),
			Keepers: w.c.persons(r.Keepers), Recognised: w.c.persons(r.Recognised), Learners: w.c.persons(r.Learners),
			Open: w.items(r.Open), Unsolved: r.Unsolved, Proven: r.Proven,
			Demand: r.Demand(), Supply: r.Supply(), Gap: rounded(r.Gap()), RestsOnOne: r.RestsOnOne(),
		}
		if p := d.terms.Parent(r.ID); p != nil {
			region.Parent = p.ID.String()
		}
		out.Items = append(out.Items, region)
	}
	return out, nil
}

// rounded cuts a figure to three decimals.
func rounded(x float64) float64 { return float64(int(x*1000+0.5)) / 1000 }

// showTerm adds to a term what lies above it, how often its names are used, and
// where first.
func (c *community) showTerm(out *api.Document, f *envelope.Folded) error {
	terms, err := c.shelf.terms()
	if err != nil {
		return err
	}
	w := terms.Of(f.ID)
	if w == nil {
		return nil
	}
	used, first := 0, (*envelope.Facts)(nil)
	err = c.usedIn(w.Names(), func(one *envelope.Facts) {
		used++
		if first == nil || one.Created < first.Created || one.Created == first.Created && one.ID.Compare(first.ID) < 0 {
			first = one
		}
	})
	if err != nil {
		return err
	}
	out.Fields["used"] = used
	var above []api.Item
	for _, id := range terms.Above([]protocol.DocumentID{w.ID})[1:] {
		above = append(above, api.Item{ID: id.String(), Kind: termKind, Title: terms.Of(id).Title})
	}
	if len(above) > 0 {
		out.Fields["above"] = above
	}
	if first != nil {
		out.Fields["first_used"] = c.line(first)
	}
	return nil
}
