package press

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io"
)

// Book is one file that holds what belongs together.
type Book struct {
	Title     string // the area
	Community string
	Concern   template.HTML // what the community cares about
	Means     template.HTML // what the area is
	Keepers   []string      // who look after it, by name
	Day       string        // on which it was made, in words
	Parts     []Part        // empty ones are left out
}

// Part is a chapter: pieces of one kind.
type Part struct {
	Title   string
	Element string // domain, community or practice
	Pieces  []Piece
}

// Piece is one document as it is printed.
type Piece struct {
	Anchor string // unique in the file
	Title  string
	Kind   string   // "lesson", "story"
	By     []string // whose it is, the first credited first
	State  string   // in words
	Notes  []string // what a reader must know first
	Facts  []Fact
	Texts  []Text
	Said   []Chorus
}

// Fact is a line of a piece.
type Fact struct {
	Name  string
	Items []Item
}

// Item is a value of a fact.
type Item struct {
	Text string
	Href string // relative, or "#" and an anchor; "" leads nowhere
}

// Text is a text with its own name, "" for the main one.
type Text struct {
	Name  string
	Prose template.HTML
}

// Chorus is what several people said, each in her own name.
type Chorus struct {
	Title string
	Said  []Said
}

// Said is what somebody said.
type Said struct {
	What  string // in a word: "worked"
	By    string
	Href  string // of who said it; "" leads nowhere
	At    string // in words
	Facts []Fact
	Texts []Text
}

// Sheet is a page of an archive that holds one document, or a list.
type Sheet struct {
	Title     string
	Community string
	Day       string
	Up        []Item // where one comes from, the first page first
	Piece     *Piece
	Lists     []Fact // of a list
}

// Front is the first page of an archive.
type Front struct {
	Community string
	Concern   template.HTML
	Day       string
	// Elements are the domain, the community and the practice in this order,
	// with what there is of each.
	Elements [3]Element
	Nutshell []Text
	People   []Said
	Books    []Item
	Files    []Fact // what else lies beside it
}

// Element is a corner of the triangle.
type Element struct {
	Name  string // as in [Part.Element]
	Title string
	Items []Item
}

// Write writes the book as one file.
func (b *Book) Write(w io.Writer) error { return pages.ExecuteTemplate(w, "book", b) }

// Write writes the sheet as one file.
func (s *Sheet) Write(w io.Writer) error { return pages.ExecuteTemplate(w, "sheet", s) }

// Write writes the page as one file.
func (f *Front) Write(w io.Writer) error { return pages.ExecuteTemplate(w, "front", f) }

// Policy lets a file be read and styled, and nothing run or load: for the head
// of the file, and for whoever serves it.
var Policy = "default-src 'none'; style-src 'sha256-" + digest(style) + "'; base-uri 'none'; form-action 'none'"

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"policy": func() string { return Policy },
	"some":   func(parts []Part) []Part { return some(parts) },
}).Parse(layout))

func some(parts []Part) (full []Part) {
	for _, p := range parts {
		if len(p.Pieces) > 0 {
			full = append(full, p)
		}
	}
	return full
}
