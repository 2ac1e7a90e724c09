package view

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"

	"coppice.example/protocol"
)

// Question asks for items that hold every word.
type Question struct {
	// Words are what a person typed: each must match as a prefix, "quotes" hold a
	// phrase. Without a letter or digit they ask for nothing, and find nothing.
	Words string
	Limit int // at most so many hits; 0: 50
	Skip  int // hits of earlier pages
	// Only tells which documents may be found, nil: all. It is called for each
	// match in the order of the hits, and must not ask the view.
	Only func(protocol.DocumentID) bool
}

// Hit is an item that a search found, and the best place where: the one with
// the most of the words.
type Hit struct {
	Item
	Heading []Part // the whole title
	Snippet []Part // some words around what matched: of the place, unless that is the title
	In      Passage
	More    int // further places with as many of the words
}

// Part is a piece of shown text; Match tells whether the search asked for it.
type Part struct {
	Text  string
	Match bool
}

const (
	maxTerms  = 16  // of a question; more are left out
	maxLength = 512 // bytes of a question; more are left out
	ranked    = 500 // items that are ranked against each other
)

// Search returns the best items for a question, and whether there are more:
// live ones before shelved ones, and those with the words in the title first.
func (v *View) Search(q Question) (hits []Hit, more bool, err error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	asked := split(q.Words)
	if len(asked) == 0 {
		return nil, false, nil
	}
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	var best []int64
	skip := q.Skip
	err = v.each(match(asked), func(n int64, id protocol.DocumentID) bool {
		switch {
		case q.Only != nil && !q.Only(id):
		case skip > 0:
			skip--
		case len(best) == q.Limit:
			more = true
		default:
			best = append(best, n)
		}
		return !more
	})
	if err != nil {
		return nil, false, err
	}
	for _, n := range best {
		h, err := v.hit(n, asked)
		if errors.Is(err, sql.ErrNoRows) {
			continue // gone since it was found
		}
		if err != nil {
			return nil, false, broken(err)
		}
		hits = append(hits, h)
	}
	return hits, more, nil
}

// hit reads an item and finds where in it the words stand.
func (v *View) hit(n int64, asked []term) (h Hit, err error) {
	var r row
	h.Item, err = scanItem(v.read.QueryRow("SELECT "+columns+", substr(texts.text, 1, ?), former, passages FROM items JOIN texts USING (n) WHERE n = ?", searched, n).Scan,
		&r.text, &r.former, &r.passages)
	if err != nil {
		return h, err
	}
	all, err := r.read()
	if err != nil {
		return h, err
	}
	words := tokens(h.Title)
	hits := matches(words, asked)
	h.Heading = part(h.Title, words, hits)
	var best look // of the passages, for the snippet
	most := distinct(hits)
	h.In = Passage{In: InTitle}
	for _, p := range all {
		l := look{text: p.Text, words: tokens(p.Text)}
		l.hits = matches(l.words, asked)
		l.terms = distinct(l.hits)
		if best.words == nil || l.terms > best.terms {
			best = l
		}
		switch {
		case l.terms > most:
			most, h.In, h.More = l.terms, p, 0
		case l.terms == most && most > 0:
			h.More++
		}
	}
	if most == 0 { // it stands beyond what is looked at
		h.In = Passage{In: InText}
	}
	h.Snippet = best.snippet()
	return h, nil
}

// each calls f with the matching items, best first, until it returns false:
// those with the words in the title, then those in which they stand, then those
// from which they were taken away. Where so many match that their order says
// little, and ranking them all takes long, the newest come before the older.
func (v *View) each(question string, f func(n int64, id protocol.DocumentID) bool) error {
	var many int
	err := v.read.QueryRow("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)", question, ranked+1).Scan(&many)
	if err != nil {
		return broken(err)
	}
	order := "rank"
	if many > ranked {
		order = "search.rowid DESC"
	}
	inTitle, stands := "title : ("+question+")", standing+"("+question+")"
	known, err := v.briefs()
	if err != nil {
		return err
	}
	var away []int64 // what is put away comes last
	for _, tier := range []string{inTitle, "(" + stands + ") NOT (" + inTitle + ")", "(" + question + ") NOT (" + stands + ")"} {
		on, err := v.walk("SELECT rowid FROM search WHERE search MATCH ? ORDER BY "+order, tier, func(n int64) bool {
			one, here := known.get(n)
			if one.shelved {
				away = append(away, n)
			}
			return !here || one.shelved || f(n, one.id)
		})
		if err != nil || !on {
			return err
		}
	}
	for _, n := range away {
		if one, here := known.get(n); here && !f(n, one.id) {
			break
		}
	}
	return nil
}

// standing restricts a question to words that stand in a document now.
const standing = "{title text} : "

// walk calls f with the rows that match a question until it returns false; on
// tells that it never did.
func (v *View) walk(query, question string, f func(n int64) bool) (on bool, err error) {
	rows, err := v.read.Query(query, question)
	if err != nil {
		return false, broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return false, broken(err)
		}
		if !f(n) {
			return false, nil
		}
	}
	return true, broken(rows.Err())
}

// term is one thing that must match: tokens in a row, the last of them as a
// prefix unless they were quoted.
type term struct {
	tokens []string
	phrase bool
}

// match turns terms into a question of FTS5. Tokens are letters and digits in
// quotes, so nothing a person types is syntax.
func match(terms []term) string {
	var all []string
	for _, t := range terms {
		part := `"` + strings.Join(t.tokens, " ") + `"`
		if !t.phrase {
			part += "*"
		}
		all = append(all, part)
	}
	return strings.Join(all, " AND ")
}

// split reads what a person typed: words parted by spaces, and quoted phrases,
// where a quote that is never closed holds to the end. Each counts once.
func split(s string) (terms []term) {
	if len(s) > maxLength {
		s = s[:maxLength]
	}
	from, quoted := 0, false
	end := func(to int) {
		t := term{phrase: quoted}
		for _, token := range tokens(fold(s[from:to])) {
			t.tokens = append(t.tokens, token.text)
		}
		same := func(o term) bool { return o.phrase == t.phrase && slices.Equal(o.tokens, t.tokens) }
		if len(t.tokens) > 0 && len(terms) < maxTerms && !slices.ContainsFunc(terms, same) {
			terms = append(terms, t)
		}
	}
	for i, r := range s {
		quote := strings.ContainsRune(`"“”„`, r)
		if !quote && (quoted || !unicode.IsSpace(r)) {
			continue
		}
		end(i)
		from, quoted = i+len(string(r)), quoted != quote
	}
	end(len(s))
	return terms
}
