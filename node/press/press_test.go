package press

import (
	"bytes"
	"html/template"
	"strings"
	"testing"
)

// nasty wants to become more than text.
const nasty = `</title></style><script>alert(1)</script>"onload='x`

func everywhere() (*Book, *Sheet, *Front) {
	item := Item{Text: nasty, Href: "javascript:alert(1)"}
	piece := Piece{
		Anchor: "d-1", Title: nasty, Kind: nasty, By: []string{nasty}, State: nasty, Notes: []string{nasty},
		Facts: []Fact{{nasty, []Item{item}}}, Texts: []Text{{nasty, "<p>prose</p>"}},
		Said: []Chorus{{nasty, []Said{{What: nasty, By: nasty, Href: "javascript:alert(1)", At: nasty, Facts: []Fact{{nasty, []Item{item}}}}}}},
	}
	b := &Book{Title: nasty, Community: nasty, Concern: "<p>concern</p>", Keepers: []string{nasty}, Day: nasty, Parts: []Part{{nasty, "practice", []Piece{piece}}, {Title: "empty"}}}
	s := &Sheet{Title: nasty, Community: nasty, Day: nasty, Up: []Item{item}, Piece: &piece}
	f := &Front{Community: nasty, Day: nasty, Nutshell: piece.Texts, People: piece.Said[0].Said, Books: []Item{item}, Files: piece.Facts}
	f.Elements[0] = Element{"domain", nasty, []Item{item}}
	return b, s, f
}

func TestStringsAreText(t *testing.T) {
	b, s, f := everywhere()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"book":  func(w *bytes.Buffer) error { return b.Write(w) },
		"sheet": func(w *bytes.Buffer) error { return s.Write(w) },
		"front": func(w *bytes.Buffer) error { return f.Write(w) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		html := out.String()
		if strings.Contains(html, "<script") || strings.Contains(html, "javascript:") || strings.Count(html, "</style>") != 1 || strings.Count(html, "</title>") != 1 {
			t.Errorf("%s:\n%s", name, html)
		}
		if _, at, _ := strings.Cut(html, "<style>"); !strings.HasPrefix(at, style+"</style>") {
			t.Errorf("%s: the style is not what its digest lets in", name)
		}
		if again := new(bytes.Buffer); write(again) != nil || again.String() != html {
			t.Errorf("%s: the same values give other bytes", name)
		}
		if name != "front" && !strings.Contains(html, "<p>prose</p>") {
			t.Errorf("%s: prose is not in it", name)
		}
	}
}

func TestABookLeavesOutWhatIsEmpty(t *testing.T) {
	var out bytes.Buffer
	b, _, _ := everywhere()
	if err := b.Write(&out); err != nil || strings.Contains(out.String(), "empty") {
		t.Errorf("%v: an empty chapter is in it", err)
	}
	out.Reset()
	if err := (&Book{Title: "cold", Concern: template.HTML("<p>x</p>")}).Write(&out); err != nil || !strings.Contains(out.String(), "Nothing has been kept here yet.") {
		t.Errorf("%v: an empty book says\n%s", err, out.String())
	}
}
