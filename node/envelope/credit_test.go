package envelope_test

import (
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Whose an item is, is the same everywhere: the teller's, else the helper's
// whose answer it was made from, else whoever typed it.
func TestWhoseItIs(t *testing.T) {
	dev, sam, mai := protocol.MemberID{1}, protocol.MemberID{2}, protocol.MemberID{3}
	answer, talk := protocol.EntryID{Index: 1}, protocol.EntryID{Index: 2}
	question := &envelope.Facts{ID: protocol.DocumentID{1}, Author: sam, Deeds: []envelope.Deed{
		{What: envelope.Answered, By: dev, To: sam, Entry: answer},
		{What: envelope.Helped, By: sam, To: dev, Entry: answer},
		{What: envelope.Talked, By: mai, To: sam, Entry: talk},
	}}
	story := &envelope.Facts{ID: protocol.DocumentID{2}, Author: mai, Told: true, Acts: []envelope.Act{{By: sam, Wrote: true}}}
	masked := &envelope.Facts{ID: protocol.DocumentID{3}, Told: true}
	from := func(l envelope.Link) envelope.Link { l.Rel = "from"; return l }
	way := func(links ...envelope.Link) *envelope.Facts {
		return &envelope.Facts{ID: protocol.DocumentID{4}, Author: sam, Links: links}
	}
	c := envelope.NewCredits([]*envelope.Facts{question, story, masked})
	for name, test := range map[string]struct {
		f    *envelope.Facts
		want []protocol.MemberID
	}{
		"typed":                      {way(), []protocol.MemberID{sam}},
		"from question and answer":   {way(from(envelope.Link{To: question.ID}), from(envelope.Link{Entry: answer})), []protocol.MemberID{dev}},
		"from the same answer twice": {way(from(envelope.Link{Entry: answer}), from(envelope.Link{Entry: answer})), []protocol.MemberID{dev}},
		"from an answer and a story": {way(from(envelope.Link{Entry: answer}), from(envelope.Link{To: story.ID})), []protocol.MemberID{dev, mai}},
		"from a comment":             {way(from(envelope.Link{Entry: talk})), []protocol.MemberID{sam}},
		"about an answer":            {way(envelope.Link{Rel: "about", Entry: answer}), []protocol.MemberID{sam}},
		"told":                       {story, []protocol.MemberID{mai}},
		"told by a nurse on nights":  {masked, nil},
		"from her story":             {way(from(envelope.Link{To: masked.ID})), []protocol.MemberID{sam}},
	} {
		if got := c.Whose(test.f); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, not %v", name, got, test.want)
		}
	}
	for name, test := range map[string]struct {
		who  protocol.MemberID
		item protocol.DocumentID
		part protocol.EntryID
		want bool
	}{
		"her answer":      {dev, protocol.DocumentID{}, answer, true},
		"another's":       {sam, protocol.DocumentID{}, answer, false},
		"her comment":     {mai, protocol.DocumentID{}, talk, true},
		"her story":       {mai, story.ID, protocol.EntryID{}, true},
		"what she typed":  {sam, story.ID, protocol.EntryID{}, true},
		"not hers":        {dev, story.ID, protocol.EntryID{}, false},
		"what is not":     {dev, protocol.DocumentID{9}, protocol.EntryID{}, false},
		"an entry of nil": {dev, protocol.DocumentID{}, protocol.EntryID{Index: 9}, false},
	} {
		if got := c.Contributed(test.who, test.item, test.part); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	page := &envelope.Facts{ID: protocol.DocumentID{8}, Author: dev}
	recognised := envelope.Deed{What: envelope.Recognised, By: sam, To: dev, Entry: answer}
	self, own := recognised, recognised
	self.By, own.Entry, own.Document = dev, protocol.EntryID{}, page.ID
	if !c.Recognises(page, recognised) || c.Recognises(page, self) || c.Recognises(page, own) {
		t.Error("what a recognition names does not decide whether it counts")
	}
}
