package view

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"
)

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

// Search returns the best items for words, at most limit (0: 50), shelved ones
// too. Words without a letter or digit ask for nothing; asking for nothing
// finds nothing.
func (v *View) Search(words string, limit int) ([]Hit, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	asked := split(words)
	if len(asked) == 0 {
		return nil, nil
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	best, err := v.best(match(asked), limit)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, 0, len(best))
	for _, n := range best {
		var h Hit
		var text string
		h.Item, err = scanItem(v.read.QueryRow("SELECT "+columns+", substr(texts.text, 1, ?) FROM items JOIN texts USING (n) WHERE n = ?", searched, n).Scan, &text)
		if errors.Is(err, sql.ErrNoRows) {
			continue // gone since it was found
		}
		if err != nil {
			return nil, broken(err)
		}
		h.Heading, h.Snippet = mark(h.Title, asked), snippet(text, asked)
		hits = append(hits, h)
	}
	return hits, nil
}

// best returns the row numbers of the best items. Where so many match that
// their order says little, and ranking them all takes long, those with the
// words in the title come first and the newest before the older.
func (v *View) best(question string, limit int) (best []int64, err error) {
	matching, err := v.numbers("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)", question, ranked+1)
	if err != nil {
		return nil, err
	}
	if matching[0] <= ranked {
		return v.numbers("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?", question, limit)
	}
	for _, question := range []string{"title : (" + question + ")", question} {
		newest, err := v.numbers("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?", question, limit)
		if err != nil {
			return nil, err
		}
		for _, n := range newest {
			if len(best) < limit && !slices.Contains(best, n) {
				best = append(best, n)
			}
		}
	}
	return best, nil
}

func (v *View) numbers(query string, args ...any) ([]int64, error) {
	rows, err := v.read.Query(query, args...)
	if err != nil {
		return nil, broken(err)
	}
	return collect(rows, func(rows *sql.Rows) (n int64, err error) { return n, rows.Scan(&n) })
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
