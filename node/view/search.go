package view

import (
	"database/sql"
	"errors"
	"fmt"
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

// Hit is an item that a search found.
type Hit struct {
	Item
	Heading []Part // the whole title
	Snippet []Part // some words of the text, around what matched
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
		var h Hit
		var text string
		h.Item, err = scanItem(v.read.QueryRow("SELECT "+columns+", substr(texts.text, 1, ?) FROM items JOIN texts USING (n) WHERE n = ?", searched, n).Scan, &text)
		if errors.Is(err, sql.ErrNoRows) {
			continue // gone since it was found
		}
		if err != nil {
			return nil, false, broken(err)
		}
		h.Heading, h.Snippet = mark(h.Title, asked), snippet(text, asked)
		hits = append(hits, h)
	}
	return hits, more, nil
}

// each calls f with the matching items, best first, until it returns false.
// Where so many match that their order says little, and ranking them all takes
// long, the newest come before the older.
func (v *View) each(question string, f func(n int64, id protocol.DocumentID) bool) error {
	var matching int
	err := v.read.QueryRow("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)", question, ranked+1).Scan(&matching)
	if err != nil {
		return broken(err)
	}
	order := "rank"
	if matching > ranked {
		order = "search.rowid DESC"
	}
	inTitle := "title : (" + question + ")"
	for shelved := range 2 {
		for _, tier := range []string{inTitle, "(" + question + ") NOT (" + inTitle + ")"} {
			on, err := v.walk("SELECT n, id FROM search JOIN items ON items.n = search.rowid WHERE search MATCH ? AND shelved = ? ORDER BY "+order, f, tier, shelved)
			if err != nil || !on {
				return err
			}
		}
	}
	return nil
}

// walk calls f with what a query finds until it returns false; on tells that it
// never did.
func (v *View) walk(query string, f func(n int64, id protocol.DocumentID) bool, args ...any) (on bool, err error) {
	rows, err := v.read.Query(query, args...)
	if err != nil {
		return false, broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var name sql.RawBytes
		var id protocol.DocumentID
		if err := rows.Scan(&n, &name); err != nil {
			return false, broken(err)
		}
		if err := id.UnmarshalText(name); err != nil {
			return false, fmt.Errorf("view: %w: %w", ErrRebuild, err)
		}
		if !f(n, id) {
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
