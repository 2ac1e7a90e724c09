package text

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Gone is a wording that a change took away: whole words as they read before
// it, with the signs between them.
type Gone struct {
	Change ID
	Text   string
}

// Gone returns wordings of at least so many words that stand in the text no
// more, those taken away last first, of one change in the order of the text,
// and most bytes of them in all. What is hidden is as if it had never been: a
// hidden insertion was no wording, and a hidden deletion took nothing away.
//
// Compare puts the changes into one order with each behind its parents. Of two
// that took the same the first did; what one wrote apart counts as read by all
// that come behind. So the result follows from the changes and from what is
// hidden, in whatever order they came. It costs the length of the history, the
// first time after something was taken away or hidden; read only.
func (t *Text) Gone(words, most int, compare func(a, b ID) int) []Gone {
	g := &t.gone
	if !g.fresh || !t.wroteOnly(compare) {
		*g = gone{fresh: true}
		if ls := t.lives(compare); ls != nil {
			g.all = ls.gone(words, most)
		}
	}
	for ; g.changes < len(t.changes); g.changes++ {
		if id := t.changes[g.changes].id; g.changes == 0 || compare(g.last, id) < 0 {
			g.last = id
		}
	}
	return g.all
}

// gone is what [Text.Gone] returned, and of how many changes.
type gone struct {
	all     []Gone
	fresh   bool // but for changes beyond those
	changes int
	last    ID // of them, in their order
}

// wroteOnly tells whether what came since took nothing away and stands behind
// all that was there: then nothing else is gone.
func (t *Text) wroteOnly(compare func(a, b ID) int) bool {
	for n := t.gone.changes; n < len(t.changes); n++ {
		if n > 0 && compare(t.changes[n].id, t.gone.last) < 0 {
			return false
		}
		for _, o := range t.ops[t.changes[n].ops:t.opsEnd(int32(n))] {
			if o.kind == deletion {
				return false
			}
		}
	}
	return true
}

// life is a stretch of the text with when it came and went, by the order of the
// changes.
type life struct {
	text       string
	missing    bool // the letters: they are no words, and the text is one U+FFFD
	born, died int32
}

const alive = math.MaxInt32

// lives is all stretches that were ever shown, in the order of the text.
type lives struct {
	all     []life
	changes []ID      // in their order
	taken   [][]int32 // by change: which stretches it took away
}

// reach bounds how far a wording is followed beyond what was taken away, in
// stretches and in bytes: no word is that long.
const reach = 256

// lives finds when each stretch came and went; nil when nothing is gone.
func (t *Text) lives(compare func(a, b ID) int) *lives {
	order, rank := make([]int32, len(t.changes)), make([]int32, len(t.changes))
	for n := range order {
		order[n] = int32(n)
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(t.changes[a].id, t.changes[b].id) })
	ls := &lives{changes: make([]ID, len(order)), taken: make([][]int32, len(order))}
	for r, n := range order {
		rank[n], ls.changes[r] = int32(r), t.changes[n].id
	}
	ends, died := t.deaths(rank)
	if len(ends) == 0 {
		return nil
	}
	for m := t.order.after(0); m != 0; m = t.order.after(m) {
		s := &t.order.spans[m]
		if s.hidden {
			continue
		}
		i := t.insertOf(s.first)
		cell, _ := slices.BinarySearch(ends, s.first+1)
		at, size := s.at, s.size
		for r, end := s.first, s.first+s.n; r < end; {
			o := &t.ops[t.inserts[i]]
			stop := min(end, o.first+o.n)
			l := life{text: string(utf8.RuneError), missing: size == 0, born: rank[o.change], died: alive}
			if cell < len(ends) {
				stop, l.died = min(stop, ends[cell]), died[cell]
			}
			if !l.missing {
				part, _ := measure(t.letters[at:at+size], end-r, 0, stop-r)
				l.text = string(t.letters[at : at+part])
				at, size = at+part, size-part
			}
			ls.add(l)
			if r = stop; r == o.first+o.n {
				i++
			}
			if cell < len(ends) && r == ends[cell] {
				cell++
			}
		}
	}
	return ls
}

func (ls *lives) add(l life) {
	if n := len(ls.all) - 1; n >= 0 && ls.all[n].born == l.born && ls.all[n].died == l.died && ls.all[n].missing == l.missing {
		if !l.missing {
			ls.all[n].text += l.text
		}
		return
	}
	if l.born < l.died && l.died != alive {
		ls.taken[l.died] = append(ls.taken[l.died], int32(len(ls.all)))
	}
	ls.all = append(ls.all, l)
}

// deaths parts the runes by which change took them first: those before ends[0]
// by died[0], those from there to ends[1] by died[1], and so on; alive when
// none did. What lies behind the last end is alive.
func (t *Text) deaths(rank []int32) (ends, died []int32) {
	type taking struct{ first, end, by int32 }
	var all []taking
	for i := range t.ops {
		o := &t.ops[i]
		if o.kind != deletion || o.hidden {
			continue
		}
		for _, x := range t.extents[o.first : o.first+o.extents] {
			all = append(all, taking{x.first, x.first + x.n, rank[o.change]})
			ends = append(ends, x.first, x.first+x.n)
		}
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	slices.SortFunc(all, func(a, b taking) int { return cmp.Compare(a.by, b.by) })
	died = make([]int32, len(ends))
	next := make([]int32, len(ends)+1) // the first cell from here on that nobody took
	for c := range ends {
		died[c], next[c+1] = alive, int32(c+1)
	}
	free := func(c int32) int32 {
		for next[c] != c {
			next[c] = next[next[c]]
			c = next[c]
		}
		return c
	}
	for _, k := range all {
		from, _ := slices.BinarySearch(ends, k.first)
		for c := free(int32(from + 1)); int(c) < len(ends) && ends[c] <= k.end; c = free(c) {
			died[c], next[c] = k.by, c+1
		}
	}
	return ends, died
}

func (ls *lives) gone(words, most int) (all []Gone) {
	for by := len(ls.taken) - 1; by >= 0 && most > 0; by-- {
		for _, s := range ls.wordings(int32(by)) {
			if countWords(s) < words || most == 0 {
				continue
			}
			if len(s) > most {
				for s = s[:most]; !utf8.ValidString(s); s = s[:len(s)-1] {
				}
				most = len(s)
			}
			most -= len(s)
			all = append(all, Gone{ls.changes[by], s})
		}
	}
	return all
}

// wordings returns what a change took away: stretches that stood next to each
// other, and what is part of a word with them.
func (ls *lives) wordings(by int32) (all []string) {
	for taken := ls.taken[by]; len(taken) > 0; {
		n := 1
		for n < len(taken) && ls.together(by, taken[n-1], taken[n]) {
			n++
		}
		var b strings.Builder
		b.WriteString(ls.lead(by, taken[0]))
		for i := taken[0]; i <= taken[n-1]; i++ {
			if ls.stood(by, i) {
				b.WriteString(ls.all[i].text)
			}
		}
		b.WriteString(ls.trail(by, taken[n-1]))
		all, taken = append(all, b.String()), taken[n:]
	}
	return all
}

// stood tells whether a stretch was shown when a change came.
func (ls *lives) stood(by, i int32) bool { return ls.all[i].born < by && ls.all[i].died >= by }

// together tells whether no whole word stood between two stretches.
func (ls *lives) together(by, a, b int32) bool {
	if b-a > reach {
		return false
	}
	between := ""
	for i := a + 1; i < b && len(between) <= reach; i++ {
		if ls.stood(by, i) {
			between += ls.all[i].text
		}
	}
	if len(between) > reach {
		return false
	}
	if r, _ := utf8.DecodeLastRuneInString(ls.all[a].text); inside(r) {
		between = strings.TrimLeftFunc(between, inside)
	}
	if r, _ := utf8.DecodeRuneInString(ls.all[b].text); inside(r) {
		between = strings.TrimRightFunc(between, inside)
	}
	return !strings.ContainsFunc(between, inWord)
}

// lead returns what stood before a stretch and is of a word with its beginning.
func (ls *lives) lead(by, i int32) (part string) {
	if r, _ := utf8.DecodeRuneInString(ls.all[i].text); !inside(r) {
		return ""
	}
	for k := i - 1; k >= 0 && k >= i-reach && len(part) <= reach; k-- {
		if !ls.stood(by, k) {
			continue
		}
		before := ls.all[k].text
		rest := strings.TrimRightFunc(before, inside)
		if part = before[len(rest):] + part; rest != "" {
			break
		}
	}
	return part
}

// trail returns what stood behind a stretch and is of a word with its end.
func (ls *lives) trail(by, i int32) (part string) {
	if r, _ := utf8.DecodeLastRuneInString(ls.all[i].text); !inside(r) {
		return ""
	}
	for k := i + 1; int(k) < len(ls.all) && k <= i+reach && len(part) <= reach; k++ {
		if !ls.stood(by, k) {
			continue
		}
		after := ls.all[k].text
		rest := strings.TrimLeftFunc(after, inside)
		if part += after[:len(after)-len(rest)]; rest != "" {
			break
		}
	}
	return part
}

// alone tells whether a rune is of a script that writes without spaces: each is
// a word.
func alone(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// inside tells whether a rune is of a word with its neighbours.
func inside(r rune) bool { return inWord(r) && !alone(r) }

func countWords(s string) (n int) {
	within := false
	for _, r := range s {
		if now := inside(r); alone(r) || now && !within {
			n++
		}
		within = inside(r)
	}
	return n
}
