package text

import (
	"slices"
	"unicode"
)

// Diff returns edits that turn old into new when applied in order, few and
// small where the difference is; invalid UTF-8 counts as U+FFFD.
//
// Lines that both texts have exactly once hold the two together, then words,
// and what lies between is compared rune by rune (Myers, 1986) as long as that
// is cheap and finds much in common; else it is replaced. Its time is bounded
// by n log n.
func Diff(old, new string) []Edit {
	d := differ{a: []rune(old), b: []rune(new)}
	d.compare(0, len(d.a), 0, len(d.b), byLine)
	edits := make([]Edit, 0, len(d.hunks))
	for _, h := range d.hunks {
		edits = append(edits, Edit{Pos: h.b0, Del: h.a1 - h.a0, Ins: string(d.b[h.b0:h.b1])})
	}
	return edits
}

type differ struct {
	a, b  []rune
	hunks []hunk
}

// A hunk says that a[a0:a1] became b[b0:b1].
type hunk struct{ a0, a1, b0, b1 int }

type level int

const (
	byLine level = iota
	byWord
	byRune
)

func (d *differ) replace(h hunk) {
	if h.a0 == h.a1 && h.b0 == h.b1 {
		return
	}
	if n := len(d.hunks); n > 0 && d.hunks[n-1].a1 == h.a0 && d.hunks[n-1].b1 == h.b0 {
		d.hunks[n-1].a1, d.hunks[n-1].b1 = h.a1, h.b1
		return
	}
	d.hunks = append(d.hunks, h)
}

// compare finds the hunks between two stretches, in order.
func (d *differ) compare(a0, a1, b0, b1 int, by level) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	switch {
	case a0 == a1 || b0 == b1:
		d.replace(hunk{a0, a1, b0, b1})
	case by == byRune:
		d.runes(a0, a1, b0, b1)
	default:
		for _, h := range anchors(cut(d.a, a0, a1, by), cut(d.b, b0, b1, by)) {
			d.compare(a0, h.a0, b0, h.b0, by+1)
			a0, b0 = h.a1, h.b1
		}
		d.compare(a0, a1, b0, b1, by+1)
	}
}

// A token is a line or a word of a text, where it begins.
type token struct {
	text string
	at   int
	end  int
}

// cut takes a stretch apart into lines or words.
func cut(text []rune, from, to int, by level) (tokens []token) {
	for from < to {
		end := from + 1
		if by == byLine {
			for end < to && text[end-1] != '\n' {
				end++
			}
		} else {
			for end < to && inWord(text[end-1]) && inWord(text[end]) {
				end++
			}
		}
		tokens = append(tokens, token{string(text[from:end]), from, end})
		from = end
	}
	return tokens
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// anchors returns the longest ascending row of tokens that occur exactly once
// on either side.
func anchors(a, b []token) (row []hunk) {
	type seen struct{ inA, inB, a, b int }
	places := make(map[string]*seen, len(a))
	for i, t := range a {
		s := places[t.text]
		if s == nil {
			s = &seen{}
			places[t.text] = s
		}
		s.inA, s.a = s.inA+1, i
	}
	for i, t := range b {
		if s := places[t.text]; s != nil {
			s.inB, s.b = s.inB+1, i
		}
	}
	type link struct{ a, b, before int }
	var links []link
	var ends []int // of the best row of each length: its last link
	for i, t := range a {
		s := places[t.text]
		if s.inA != 1 || s.inB != 1 {
			continue
		}
		at, _ := slices.BinarySearchFunc(ends, s.b, func(e, b int) int { return links[e].b - b })
		before := -1
		if at > 0 {
			before = ends[at-1]
		}
		links = append(links, link{i, s.b, before})
		if at == len(ends) {
			ends = append(ends, 0)
		}
		ends[at] = len(links) - 1
	}
	if len(ends) == 0 {
		return nil
	}
	for l := ends[len(ends)-1]; l >= 0; l = links[l].before {
		x, y := a[links[l].a], b[links[l].b]
		row = append(row, hunk{x.at, x.end, y.at, y.end})
	}
	slices.Reverse(row)
	return row
}

// runes compares rune by rune, or replaces when too little is common.
func (d *differ) runes(a0, a1, b0, b1 int) {
	n, m := a1-a0, b1-b0
	limit := min((n+m)/2, 256, 16+(1<<22)/(n+m))
	trace, ok := d.search(a0, b0, n, m, limit)
	if !ok {
		d.replace(hunk{a0, a1, b0, b1})
		return
	}
	var back []hunk // the steps of the shortest script, last first
	x, y := n, m
	for e := len(trace) - 1; e > 0; e-- {
		v, k := trace[e-1], x-y
		down := k == -e || k != e && v[k-1+e] < v[k+1+e]
		px := 0
		if down {
			px = int(v[k+1+e])
			back = append(back, hunk{a0 + px, a0 + px, b0 + px - k - 1, b0 + px - k})
			x, y = px, px-k-1
		} else {
			px = int(v[k-1+e])
			back = append(back, hunk{a0 + px, a0 + px + 1, b0 + px - k + 1, b0 + px - k + 1})
			x, y = px, px-k+1
		}
	}
	for _, h := range slices.Backward(back) {
		d.replace(h)
	}
}

// search runs Myers' greedy algorithm for at most limit edits and returns the
// furthest reach on each diagonal after every number of edits: trace[e] holds
// diagonals -e-1 ... e+1, so that diagonal k lies at k+e+1.
func (d *differ) search(a0, b0, n, m, limit int) (trace [][]int32, ok bool) {
	for e := 0; e <= limit; e++ {
		v := make([]int32, 2*e+3)
		for k := -e; k <= e; k += 2 {
			x := 0
			if e > 0 {
				p := trace[e-1] // diagonal k lies at k+e
				if k == -e || k != e && p[k-1+e] < p[k+1+e] {
					x = int(p[k+1+e])
				} else {
					x = int(p[k-1+e]) + 1
				}
			}
			y := x - k
			for x < n && y < m && y >= 0 && d.a[a0+x] == d.b[b0+y] {
				x, y = x+1, y+1
			}
			v[k+e+1] = int32(x)
			if x >= n && y >= m {
				return append(trace, v), true
			}
		}
		trace = append(trace, v)
	}
	return nil, false
}
