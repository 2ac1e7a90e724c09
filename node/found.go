package node

import (
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// placesOf says in what the words of a field stand; text where it says nothing.
var placesOf = map[string]view.Place{"talk": view.InTalk, "answers": view.InAnswer, "notes": view.InNotes, "diary": view.InNotes}

// placesInTurn is in which order a search looks at what a document holds: of
// places that say as much it shows the first.
var placesInTurn = []view.Place{view.InText, view.InAnswer, view.InNotes, view.InTalk, view.InFormer}

// words returns a document's own text and what else can be found in it.
func words(kinds *envelope.Kinds, f *envelope.Folded) (text string, all []view.Passage) {
	text = f.Body
	if schema := kinds.Schema(f.Kind); schema != nil && f.Body != "" {
		if in, ok := placesOf[schema.Field(schema.Body).Name]; ok { // notes are what a gathering is about
			text, all = "", append(all, view.Passage{In: in, Text: f.Body})
		}
	}
	for _, s := range kinds.Stretches(f) {
		p := view.Passage{In: view.InText, Entry: entryOf(s), Said: s.By, Text: s.Text}
		if in, ok := placesOf[s.Field]; ok {
			p.In = in
		}
		all = append(all, p)
	}
	if !gathered.ForgetsName(f) { // who left without her name is called by no former word of her page
		for _, g := range f.Former {
			all = append(all, view.Passage{In: view.InFormer, Entry: entryOf(g.Stretch), Said: g.Stretch.By, Text: g.Text, Change: g.Change, By: g.By})
		}
	}
	slices.SortStableFunc(all, func(a, b view.Passage) int {
		return slices.Index(placesInTurn, a.In) - slices.Index(placesInTurn, b.In)
	})
	return text, all
}

func entryOf(s envelope.Stretch) string {
	if s.Entry == (protocol.EntryID{}) {
		return ""
	}
	return envelope.EntryName(s.Entry)
}

// hit says of a found document where the words stand. What somebody says who is
// muted here is not shown.
func (c *community) hit(h view.Hit, muted []protocol.MemberID) api.Hit {
	hit := api.Hit{Item: c.item(h.Item), In: string(h.In.In), Entry: h.In.Entry, More: h.More}
	if !slices.Contains(muted, h.In.Said) {
		hit.Snippet = text(h.Snippet)
	}
	if h.In.In == view.InFormer {
		by := c.person(h.In.By)
		hit.Change, hit.By = h.In.Change.String(), &by
	}
	return hit
}

// text joins what a search shows; what matched is not marked.
func text(parts []view.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
