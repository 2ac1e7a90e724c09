package envelope

import (
	"slices"
	"strings"
	"unicode/utf8"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Stretch is words that stand together in a document: those of one of its
// fields, or of one entry.
type Stretch struct {
	Field string
	Entry protocol.EntryID  // zero: the document's own
	By    protocol.MemberID // whose that entry is
	Text  string
}

// Stretches returns what can be read in a document besides title and body: the
// other texts, words in values, entries. What somebody chose among given names
// is no word of hers.
func (k *Kinds) Stretches(f *Folded) (all []Stretch) {
	schema := k.Schema(f.Kind)
	if schema == nil {
		return nil
	}
	for _, s := range f.Fields {
		row := schema.Field(s.Number)
		switch {
		case s.Number == Title || s.Number == schema.Body || row == nil:
		case len(row.Entry) == 0:
			if text := reading(row, s); text != "" {
				all = append(all, Stretch{Field: s.Name, Text: text})
			}
		default:
			for _, e := range s.Entries {
				var texts []string
				for _, sub := range e.Fields {
					if text := reading(row.Sub(sub.Number), sub); text != "" {
						texts = append(texts, text)
					}
				}
				if len(texts) > 0 {
					all = append(all, Stretch{s.Name, e.ID, e.By, strings.Join(texts, "\n")})
				}
			}
		}
	}
	return all
}

// reading returns the words of a field, a line for each value.
func reading(row *Field, s Shown) string {
	if row == nil || row.Type.Text() {
		return s.Text
	}
	var lines []string
	for _, v := range s.Values {
		lines = speech(lines, row.Form, v.Value)
	}
	for _, v := range s.Set {
		lines = speech(lines, row.Form, v)
	}
	for _, v := range s.Own {
		lines = speech(lines, row.Form, v.Value)
	}
	return strings.Join(lines, "\n")
}

func speech(lines []string, form Form, v Value) []string {
	switch v := v.(type) {
	case string:
		if form.Is != IsChoice && v != "" {
			lines = append(lines, v)
		}
	case Object:
		for _, p := range v {
			i := slices.IndexFunc(form.Parts, func(part FormPart) bool { return part.Name == p.Name })
			switch {
			case i >= 0:
				lines = speech(lines, form.Parts[i].Form, p.Value)
			case form.Is == IsPairs:
				lines = speech(lines, Words, p.Value)
			}
		}
	case []Value:
		if form.Of != nil {
			for _, one := range v {
				lines = speech(lines, *form.Of, one)
			}
		}
	}
	return lines
}

// Former is a wording that stood in a text of a document, or of one of its
// entries, until somebody took it away.
type Former struct {
	Stretch
	Change protocol.ChangeID // that took it away
	By     protocol.MemberID // whose that is
	At     uint64            // when, seconds since 1970
}

// Bounds of what is kept of former wordings: as much as stands in the document,
// but something of a short one too, and no more of a long one than is found in
// a moment. A text that is rewritten every week would else be found by its past
// alone, and an index grow with edits instead of with what people know. What
// was taken away last is kept.
const (
	leastFormer = 4 << 10  // bytes
	mostFormer  = 64 << 10 // bytes
	formerWords = 3        // less is a slip, and says nothing
)

// formerly is a former wording and what took it away.
type formerly struct {
	Former
	by *change
}

// former notes what was taken away of a text. The entries it is called for are
// those that show, so what stood in one that was taken back is in none.
func (w *folding) former(s Shown, p crdt.Path) {
	w.size += len(s.Text)
	for _, g := range w.d.merged.Gone(p, formerWords, mostFormer) {
		by := w.d.changes[w.d.numbers[protocol.ChangeID(g.Change)]]
		stretch := Stretch{Field: s.Name, By: w.said, Text: strings.TrimSpace(g.Text)}
		if p.Sub != 0 {
			stretch.Field = w.d.schema.Field(p.Field).Name
			stretch.Entry = protocol.EntryID{Change: protocol.ChangeID(p.Entry.Change), Index: uint64(p.Entry.Index)}
		}
		w.past = append(w.past, formerly{Former{stretch, by.id, by.author, by.wall}, by})
	}
}

// fewFormer returns the last former wordings, each once.
func (w *folding) fewFormer() (all []Former) {
	slices.SortStableFunc(w.past, func(a, b formerly) int { return b.by.compare(a.by) })
	rest := min(max(w.size, leastFormer), mostFormer)
	seen := map[string]bool{}
	for _, one := range w.past {
		if seen[one.Text] {
			continue
		}
		seen[one.Text] = true
		for len(one.Text) > rest || !utf8.ValidString(one.Text) {
			one.Text = one.Text[:min(rest, len(one.Text)-1)]
		}
		if one.Text == "" {
			break
		}
		rest -= len(one.Text)
		all = append(all, one.Former)
	}
	return all
}
