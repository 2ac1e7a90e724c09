package view

import (
	"encoding/json"
	"fmt"
	"strings"

	"coppice.example/protocol"
)

// Place says in what of a document words stand.
type Place string

// The places, the best first.
const (
	InTitle  Place = "title"
	InText   Place = "text"
	InAnswer Place = "answer"
	InNotes  Place = "notes"
	InTalk   Place = "talk"
	InFormer Place = "former" // a wording that was taken away
)

// Passage is a stretch of a document's words that stand together: no phrase
// goes beyond it.
type Passage struct {
	In    Place
	Entry string            // the id of the entry it is in; empty: of none
	Said  protocol.MemberID // whose that entry is
	Text  string
	// Change and By are of a former wording: what took it away, and whose that is.
	Change protocol.ChangeID
	By     protocol.MemberID
}

// kept is a passage as a row keeps it, apart from its text.
type kept struct {
	In     Place  `json:"in"`
	Entry  string `json:"entry,omitempty"`
	Said   []byte `json:"said,omitempty"`
	Length int    `json:"n"` // bytes
	Change []byte `json:"change,omitempty"`
	By     []byte `json:"by,omitempty"`
}

// row is what of an item's words lies in a row of texts: the passages one after
// the other, those that stand and those that were taken away.
type row struct{ text, former, passages string }

func rowOf(i *Item) (r row, err error) {
	var text, former strings.Builder
	text.WriteString(i.Text)
	all := []kept{{In: InText, Length: len(i.Text)}}
	for _, p := range i.Passages {
		k := kept{In: p.In, Entry: p.Entry, Length: len(p.Text)}
		if !p.Said.IsZero() {
			k.Said = p.Said[:]
		}
		if p.In == InFormer {
			former.WriteString(p.Text)
			k.Change, k.By = p.Change[:], p.By[:]
		} else {
			text.WriteString(p.Text)
		}
		all = append(all, k)
	}
	b, err := json.Marshal(all)
	return row{text.String(), former.String(), string(b)}, err
}

// read takes the row apart; the end of a long text may be missing.
func (r row) read() (all []Passage, err error) {
	var rows []kept
	if err := json.Unmarshal([]byte(r.passages), &rows); err != nil {
		return nil, fmt.Errorf("view: %w: %w", ErrRebuild, err)
	}
	for _, k := range rows {
		p, from := Passage{In: k.In, Entry: k.Entry}, &r.text
		if k.In == InFormer {
			from = &r.former
		}
		end := min(max(k.Length, 0), len(*from))
		p.Text, *from = (*from)[:end], (*from)[end:]
		copy(p.Said[:], k.Said)
		copy(p.Change[:], k.Change)
		copy(p.By[:], k.By)
		if p.Text != "" {
			all = append(all, p)
		}
	}
	return all, nil
}

// between parts passages in the index, so that no phrase reaches from one into
// the next. It is folded away where people write it.
const between = '\ue000'

// indexed returns what the index is given of the passages that stand, and of
// those that were taken away.
func indexed(i *Item) (text, former string) {
	var stand, gone strings.Builder
	stand.WriteString(fold(i.Text))
	for _, p := range i.Passages {
		into := &stand
		if p.In == InFormer {
			into = &gone
		}
		if into.Len() > 0 {
			into.WriteByte(' ')
			into.WriteRune(between)
			into.WriteByte(' ')
		}
		into.WriteString(fold(p.Text))
	}
	return stand.String(), gone.String()
}
