package text

import (
	"strings"
	"unicode/utf8"
)

// String returns the text as it shows now.
func (t *Text) String() string {
	if !t.fresh {
		t.shown, t.fresh = t.join((*span).shows), true
	}
	return t.shown
}

// At returns the text as the author of a change with these parents and this
// hidden set saw it. Parents it does not hold count for nothing.
func (t *Text) At(parents []ID, hidden []OpRef) string {
	numbers, _ := t.find(parents)
	t.stand(numbers, t.numbersOf(hidden))
	return t.join((*span).isSeen)
}

// join returns the letters of those spans that show.
func (t *Text) join(shows func(*span) bool) string {
	var b strings.Builder
	b.Grow(int(t.order.total().now))
	for m := t.order.after(0); m != 0; m = t.order.after(m) {
		if s := &t.order.spans[m]; shows(s) {
			t.write(&b, s.at, s.size, s.n)
		}
	}
	return b.String()
}

// write writes n runes, U+FFFD when their letters are missing.
func (t *Text) write(b *strings.Builder, at, size, n int32) {
	if size > 0 {
		b.Write(t.letters[at : at+size])
		return
	}
	for range n {
		b.WriteRune(utf8.RuneError)
	}
}

// Runes returns the length of the text that shows, in runes.
func (t *Text) Runes() int { return int(t.order.total().now) }

// UTF16 returns the length of the text that shows, in UTF-16 code units.
func (t *Text) UTF16() int { return int(t.order.total().now) + int(t.order.total().wide) }

// RuneToUTF16 turns a position in runes into one in UTF-16 units. Positions
// outside the text are moved to its nearer end.
func (t *Text) RuneToUTF16(pos int) int {
	pos = min(max(pos, 0), t.Runes())
	m, rest, wide := t.locate(func(s sums) int32 { return s.now }, int32(pos))
	if m != 0 && rest > 0 {
		s := &t.order.spans[m]
		_, w := measure(t.letters[s.at:s.at+s.size], s.n, s.astral, rest)
		wide += w
	}
	return pos + int(wide)
}

// UTF16ToRune turns a position in UTF-16 units into one in runes; inside a
// surrogate pair it is the rune's beginning.
func (t *Text) UTF16ToRune(pos int) int {
	pos = min(max(pos, 0), t.UTF16())
	m, rest, wide := t.locate(func(s sums) int32 { return s.now + s.wide }, int32(pos))
	if m == 0 || rest == 0 {
		return pos - int(wide)
	}
	s := &t.order.spans[m]
	runes := pos - int(wide) - int(rest)
	if s.astral == 0 {
		return runes + int(rest)
	}
	for b := t.letters[s.at : s.at+s.size]; ; runes++ {
		r, size := utf8.DecodeRune(b)
		width := int32(1)
		if r > 0xFFFF {
			width = 2
		}
		if rest < width {
			return runes
		}
		rest, b = rest-width, b[size:]
	}
}

// locate returns the span in which pos lies by the measure that of gives, how
// far into it, and the runes of two UTF-16 units before the span.
func (t *Text) locate(of func(sums) int32, pos int32) (m, rest, wide int32) {
	spans := t.order.spans
	for m = t.order.root; m != 0; {
		s := &spans[m]
		l := spans[s.left].sum
		if pos < of(l) {
			m = s.left
			continue
		}
		pos, wide = pos-of(l), wide+l.wide
		if s.shows() {
			own := s.own()
			if pos < of(own) {
				return m, pos, wide
			}
			pos, wide = pos-of(own), wide+own.wide
		}
		m = s.right
	}
	return 0, pos, wide
}

// Run is a stretch of the text that shows, written by one change.
type Run struct {
	Change  ID
	Text    string
	Missing bool // its letters are not here; Text is as many U+FFFD
}

// Runs returns the text that shows, in order, by who wrote what.
func (t *Text) Runs() []Run {
	var runs []Run
	var b strings.Builder
	end := func() {
		if len(runs) > 0 {
			runs[len(runs)-1].Text = b.String()
			b.Reset()
		}
	}
	for m := t.order.after(0); m != 0; m = t.order.after(m) {
		s := &t.order.spans[m]
		if !s.shows() {
			continue
		}
		at, size, rest := s.at, s.size, s.n
		for i := t.insertOf(s.first); rest > 0; i++ {
			o := &t.ops[t.inserts[i]]
			n := min(rest, o.first+o.n-(s.first+s.n-rest))
			var part int32
			if size > 0 {
				part, _ = measure(t.letters[at:at+size], rest, 0, n)
			}
			id := t.changes[o.change].id
			if l := len(runs); l == 0 || runs[l-1].Change != id || runs[l-1].Missing != (size == 0) {
				end()
				runs = append(runs, Run{Change: id, Missing: size == 0})
			}
			t.write(&b, at, part, n)
			at, size, rest = at+part, size-part, rest-n
		}
	}
	end()
	return runs
}
