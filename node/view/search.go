package view

import (
	"database/sql"
	"strings"
	"unicode"
)

// Hit is an item that a search found.
type Hit struct {
	Item
	Heading []Part // the whole title
	Snippet []Part // some words of the text around what matched
}

// Part is a piece of shown text; Match tells whether the search asked for it.
type Part struct {
	Text  string
	Match bool
}

// Bounds of a search: what is beyond them is left out of the question.
const (
	maxWords  = 16
	maxLength = 512 // bytes
)

// Marks that SQLite puts around what matched, and what parts characters that
// are written without spaces. None of them can be typed.
const (
	markOn  = '\x02'
	markOff = '\x03'
	parting = '\u200b' // no letter, so a boundary; zero wide, so nothing to see
)

// Search returns the best items for words, at most limit (0: 50), shelved ones
// too. Words without a letter or digit ask for nothing; asking for nothing
// finds nothing.
func (v *View) Search(words string, limit int) ([]Hit, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	question := match(words)
	if question == "" {
		return nil, nil
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	rows, err := v.read.Query("SELECT "+columns+`, highlight(search, 0, char(2), char(3)), snippet(search, 1, char(2), char(3), '…', 24)
		FROM search JOIN items ON items.n = search.rowid WHERE search MATCH ? ORDER BY rank LIMIT ?`, question, limit)
	if err != nil {
		return nil, broken(err)
	}
	return collect(rows, func(rows *sql.Rows) (h Hit, err error) {
		var heading, snippet string
		h.Item, err = scanItem(rows.Scan, &heading, &snippet)
		h.Heading, h.Snippet = parts(heading), parts(snippet)
		return h, err
	})
}

// match turns what a person typed into a question of FTS5 that cannot fail to
// parse: a conjunction of quoted strings, each a prefix unless it was quoted.
func match(words string) string {
	var parts []string
	for _, w := range split(words) {
		if !strings.ContainsFunc(w.text, asks) {
			continue
		}
		part := `"` + spaced(w.text) + `"`
		if !w.phrase {
			part += "*"
		}
		if parts = append(parts, part); len(parts) == maxWords {
			break
		}
	}
	return strings.Join(parts, " AND ")
}

type word struct {
	text   string
	phrase bool
}

// split parts words at spaces and takes quoted phrases whole; a quote that is
// never closed holds to the end.
func split(s string) (words []word) {
	if len(s) > maxLength {
		s = strings.ToValidUTF8(s[:maxLength], "")
	}
	var text strings.Builder
	quoted := false
	end := func() {
		if text.Len() > 0 {
			words = append(words, word{text.String(), quoted})
			text.Reset()
		}
	}
	for _, r := range s {
		switch {
		case r == '"' || r == '“' || r == '”' || r == '„':
			end()
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			end()
		case r < ' ' || r == unicode.ReplacementChar:
			text.WriteRune(' ')
		default:
			text.WriteRune(r)
		}
	}
	end()
	return words
}

// asks tells whether the index knows r as part of a word.
func asks(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.Co) }

// spaced parts characters of scripts that write without spaces, so that each
// is a word of its own in the index and two that follow each other a phrase.
func spaced(s string) string {
	if !strings.ContainsFunc(s, unspaced) {
		return s
	}
	var b strings.Builder
	before := false
	for i, r := range s {
		now := unspaced(r)
		if i > 0 && (now || before) {
			b.WriteRune(parting)
		}
		b.WriteRune(r)
		before = now
	}
	return b.String()
}

func unspaced(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// parts reads the marks and takes out the partings.
func parts(marked string) (all []Part) {
	marked = strings.ReplaceAll(marked, string(parting), "")
	for match := false; marked != ""; match = !match {
		mark := markOn
		if match {
			mark = markOff
		}
		text, rest, _ := strings.Cut(marked, string(mark))
		if text != "" {
			all = append(all, Part{text, match})
		}
		marked = rest
	}
	return all
}
