package envelope

import "coppice.example/protocol"

// Page is a document as a Markdown file: YAML front matter and the body.
type Page struct {
	ID     protocol.DocumentID // zero in a file that was never exported
	Kind   string              // "" when the file does not say
	Title  string
	Body   string
	Fields []Intent // the other fields, in table order
	Extra  string   // front matter that is not ours, as it was
}

// Markdown returns the file of a document: LF, UTF-8, front matter first.
func Markdown(s *Schema, f *Folded) []byte { panic("being written") }

// ParseMarkdown reads a file of at most 512 KiB. Path is its name relative to
// the import, with slashes: the title of a file that has none. Refusals are
// [Refusal] with [ErrText], [ErrTooLong] or [ErrFrontMatter].
func ParseMarkdown(kinds *Kinds, b []byte, path string) (*Page, error) { panic("being written") }

// Intents returns what makes a document read as the page does. For a new
// document the origin is among them: path and hash of the file.
func (p *Page) Intents(s *Schema, path string, hash protocol.Hash) []Intent { panic("being written") }
