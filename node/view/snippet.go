package view

import (
	"math/bits"
	"slices"
	"strings"
)

// SQLite's own snippet takes time with the square of how often a word stands
// in a text: minutes for a text made for it. This one reads a text once.

const (
	searched = 64 << 10 // characters of an item that are looked at for where its words stand
	shown    = 24       // tokens of a snippet
)

// matches tells for each token which terms it helps to match, a bit each.
func matches(all []token, terms []term) []uint32 {
	folded := make([]string, len(all))
	for i, t := range all {
		folded[i] = fold(t.text)
	}
	hits := make([]uint32, len(all))
	for bit, t := range terms {
		for at := 0; at+len(t.tokens) <= len(folded); at++ {
			if t.matches(folded[at:]) {
				for i := range t.tokens {
					hits[at+i] |= 1 << bit
				}
			}
		}
	}
	return hits
}

// matches tells whether the text, given as folded tokens, begins with the term.
func (t term) matches(folded []string) bool {
	last := len(t.tokens) - 1
	for i, want := range t.tokens {
		if folded[i] != want && (i < last || t.phrase || !strings.HasPrefix(folded[i], want)) {
			return false
		}
	}
	return true
}

// part cuts s at where matches begin and end; neighbours that match are one part.
func part(s string, all []token, hits []uint32) (parts []Part) {
	done := 0
	for i := 0; i < len(all); i++ {
		if hits[i] == 0 {
			continue
		}
		from := all[i].from
		for i+1 < len(all) && hits[i+1] != 0 && all[i+1].from == all[i].to {
			i++ // characters that are tokens of their own
		}
		if from > done {
			parts = append(parts, Part{s[done:from], false})
		}
		parts = append(parts, Part{s[from:all[i].to], true})
		done = all[i].to
	}
	if done < len(s) {
		parts = append(parts, Part{s[done:], false})
	}
	return parts
}

// look is a text that was looked at for terms.
type look struct {
	text  string
	words []token
	hits  []uint32 // by token: which terms it helps to match
	terms int      // how many it has
}

// distinct counts the terms that are matched.
func distinct(hits []uint32) int {
	var all uint32
	for _, h := range hits {
		all |= h
	}
	return bits.OnesCount32(all)
}

// snippet returns the stretch of the text that has the most terms, the first of
// equals, with a little before it; the beginning when none is there.
func (l look) snippet() []Part {
	s, all, hits := l.text, l.words, l.hits
	if len(all) == 0 {
		return nil
	}
	best, most := 0, 0
	counts := [maxTerms]int{}
	for end := range all {
		count(&counts, hits[end], 1)
		if end >= shown {
			count(&counts, hits[end-shown], -1)
		}
		n := 0
		for _, c := range counts {
			if c > 0 {
				n++
			}
		}
		if n > most {
			best, most = max(0, end-shown+1), n
		}
	}
	if most > 0 { // slide on, so that the first match stands near the front
		first := best
		for hits[first] == 0 {
			first++
		}
		best = max(best, min(first-4, len(all)-shown))
	}
	last := min(best+shown, len(all)) - 1
	from, to := all[best].from, all[last].to
	cut := slices.Clone(all[best : last+1])
	for i := range cut {
		cut[i].from, cut[i].to = cut[i].from-from, cut[i].to-from
	}
	parts := part(s[from:to], cut, hits[best:last+1])
	if best > 0 {
		parts = append([]Part{{"…", false}}, parts...)
	}
	if last < len(all)-1 {
		parts = append(parts, Part{"…", false})
	}
	return parts
}

func count(counts *[maxTerms]int, hits uint32, by int) {
	for ; hits != 0; hits &= hits - 1 {
		counts[bits.TrailingZeros32(hits)] += by
	}
}
