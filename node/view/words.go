package view

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain are letters that decomposition leaves whole, as people type them who
// have no such key.
var plain = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ς': "σ",
}

// latin is foldRune of the letters of Europe.
var latin = func() (table [0x250]string) {
	for r := range table {
		table[r] = foldRune(rune(r))
	}
	return table
}()

// foldRune takes case away, and the combining marks of European scripts; those
// of other scripts are letters to their readers.
func foldRune(r rune) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(string(r)) {
		if r >= 0x300 && r <= 0x36f {
			continue
		}
		r = unicode.ToLower(r)
		if p, ok := plain[r]; ok {
			b.WriteString(p)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFKC.String(b.String())
}

// fold makes alike what should be found alike: lower case, without diacritics,
// wide and joined forms plain. Characters of scripts that write without spaces
// are parted, so that each is a token of its own and two that follow each
// other a phrase.
func fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	parted := false
	for _, r := range s {
		if r == between {
			r = ' '
		}
		now := unspaced(r)
		if (now || parted) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		parted = now
		if r < rune(len(latin)) {
			b.WriteString(latin[r])
		} else {
			b.WriteString(foldRune(r))
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func unspaced(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// token is a word in a text, as the index parts it.
type token struct {
	text     string
	from, to int // bytes
}

// tokens parts a text as the index does: runs of letters, digits and marks.
func tokens(s string) (all []token) {
	from := -1
	end := func(to int) {
		if from >= 0 {
			all = append(all, token{s[from:to], from, to})
		}
		from = -1
	}
	for i, r := range s {
		switch {
		case unspaced(r):
			end(i)
			from = i
			end(i + utf8.RuneLen(r))
		case r == between:
			end(i)
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'),
			r >= utf8.RuneSelf && unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Co):
			if from < 0 {
				from = i
			}
		default:
			end(i)
		}
	}
	end(len(s))
	return all
}
