package view

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"coppice.example/protocol"
)

// mostAlike is how many words of a text are looked for: each pair of them is
// asked for.
const mostAlike = 8

// Alike returns items of some kinds that hold at least two of the words, or the
// word if there is only one, in any form that begins like it; the best first,
// at most limit. Shelved items are left out.
func (v *View) Alike(words []string, kinds []string, limit int) ([]Item, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	question := pairs(words)
	if question == "" {
		return nil, nil
	}
	var best []int64
	err := v.each(standing+"("+question+")", func(n int64, _ protocol.DocumentID) bool {
		best = append(best, n)
		return len(best) < ranked
	})
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, n := range best {
		i, err := scanItem(v.read.QueryRow("SELECT "+columns+" FROM items WHERE n = ?", n).Scan)
		switch {
		case errors.Is(err, sql.ErrNoRows): // gone since it was found
		case err != nil:
			return nil, broken(err)
		case slices.Contains(kinds, i.Kind) && !i.Shelved:
			if items = append(items, i); len(items) == limit {
				return items, nil
			}
		}
	}
	return items, nil
}

// pairs asks for every two of the words.
func pairs(words []string) string {
	var terms []term
	for _, word := range words {
		for _, t := range split(word) {
			if len(terms) < mostAlike {
				terms = append(terms, t)
			}
		}
	}
	if len(terms) == 1 {
		return match(terms)
	}
	var all []string
	for i := range terms {
		for j := range i {
			all = append(all, "("+match([]term{terms[j], terms[i]})+")")
		}
	}
	return strings.Join(all, " OR ")
}

// Word is a word of the index: lower case, without diacritics.
type Word struct {
	Text      string
	Documents int // that hold it, in title and text each
	Uses      int
}

// Words lists the words that at least so many documents hold, and no more than
// most, in the order of the index. It reads the whole index.
func (v *View) Words(least, most int) ([]Word, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	rows, err := v.read.Query("SELECT term, doc, cnt FROM vocabulary WHERE col <> 'former' AND term <> ?", string(between))
	if err != nil {
		return nil, broken(err)
	}
	all, err := collect(rows, func(rows *sql.Rows) (w Word, err error) { return w, rows.Scan(&w.Text, &w.Documents, &w.Uses) })
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for i, w := range all { // a word has a row in the title and one in the text
		if next := i + 1; next < len(all) && all[next].Text == w.Text {
			all[next].Documents, all[next].Uses = all[next].Documents+w.Documents, all[next].Uses+w.Uses
		} else if w.Documents >= least && w.Documents <= most {
			kept = append(kept, w)
		}
	}
	return kept, nil
}

// Holding calls f with every item that holds one of some phrases now, shelved
// ones too. F must not ask the view.
func (v *View) Holding(phrases []string, f func(protocol.DocumentID)) error {
	v.reset.RLock()
	defer v.reset.RUnlock()
	var all []string
	for _, phrase := range phrases {
		t := term{phrase: true}
		for _, token := range tokens(fold(phrase)) {
			t.tokens = append(t.tokens, token.text)
		}
		if len(t.tokens) > 0 {
			all = append(all, match([]term{t}))
		}
	}
	if len(all) == 0 {
		return nil
	}
	known, err := v.briefs()
	if err != nil {
		return err
	}
	_, err = v.walk("SELECT rowid FROM search WHERE search MATCH ?", standing+"("+strings.Join(all, " OR ")+")", func(n int64) bool {
		if one, here := known.get(n); here {
			f(one.id)
		}
		return true
	})
	return err
}
