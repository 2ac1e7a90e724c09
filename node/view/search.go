package view

import (
	"database/sql"
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

// Bounds of a question: what is beyond them is left out.
const (
	maxTerms  = 16
	maxLength = 512 // bytes
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
	rows, err := v.read.Query("SELECT "+columns+`, substr(texts.text, 1, ?)
		FROM (SELECT rowid, rank FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?) AS best
		JOIN items ON items.n = best.rowid JOIN texts ON texts.n = best.rowid ORDER BY best.rank, items.id`, searched, match(asked), limit)
	if err != nil {
		return nil, broken(err)
	}
	return collect(rows, func(rows *sql.Rows) (h Hit, err error) {
		var text string
		h.Item, err = scanItem(rows.Scan, &text)
		h.Heading, h.Snippet = mark(h.Title, asked), snippet(text, asked)
		return h, err
	})
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
