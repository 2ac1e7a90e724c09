package envelope

import (
	"slices"

	"coppice.example/protocol"
)

// Credits tells who made what, over all documents: whose an item is, and what
// counts as somebody's contribution. It is as new as the facts it is made of.
type Credits struct {
	documents map[protocol.DocumentID]*Facts
	entries   map[protocol.EntryID]credited
}

// credited is who entered an entry, where, and what she did by it.
type credited struct {
	by   protocol.MemberID
	what What
	in   *Facts
}

// NewCredits reads the facts of all documents.
func NewCredits(facts []*Facts) *Credits {
	n := 0
	for _, f := range facts {
		for i := range f.Deeds {
			if enters[f.Deeds[i].What] {
				n++
			}
		}
	}
	c := &Credits{
		documents: make(map[protocol.DocumentID]*Facts, len(facts)),
		entries:   make(map[protocol.EntryID]credited, n),
	}
	for _, f := range facts {
		c.documents[f.ID] = f
		for _, d := range f.Deeds {
			if d.Entry != (protocol.EntryID{}) && enters[d.What] {
				c.entries[d.Entry] = credited{d.By, d.What, f}
			}
		}
	}
	return c
}

// enters are the deeds that are entries of logs.
var enters = [256]bool{
	Talked: true, Answered: true, Worked: true, Adapted: true, Failed: true, Used: true, Met: true,
}

// Of returns the facts of a document; nil when it shows nothing.
func (c *Credits) Of(id protocol.DocumentID) *Facts { return c.documents[id] }

// Part returns what an entry is a part of, and what somebody did by it; nil for
// one that shows nothing.
func (c *Credits) Part(entry protocol.EntryID) (in *Facts, what What) {
	e := c.entries[entry]
	return e.in, e.what
}

// Whose returns whose a document is (social.md 4b): its teller, else whose
// answers or stories it was made from, else who began it; nobody when it is
// told by somebody who is no member.
func (c *Credits) Whose(f *Facts) (who []protocol.MemberID) {
	for _, l := range f.Links {
		from := protocol.MemberID{}
		if e, ok := c.entries[l.Entry]; ok && e.what == Answered {
			from = e.by
		} else if story := c.documents[l.To]; story != nil && story.Told {
			from = story.Author
		}
		if l.Rel == "from" && !from.IsZero() && !slices.Contains(who, from) {
			who = append(who, from)
		}
	}
	switch {
	case f.Author.IsZero():
		return nil
	case f.Told || len(who) == 0:
		return []protocol.MemberID{f.Author}
	}
	return who
}

// Contributed tells whether somebody contributed an item: it is hers, she has
// a part in its text, or it is an entry of hers.
func (c *Credits) Contributed(who protocol.MemberID, item protocol.DocumentID, entry protocol.EntryID) bool {
	if entry != (protocol.EntryID{}) {
		return c.entries[entry].by == who
	}
	f := c.documents[item]
	return f != nil && (slices.Contains(c.Whose(f), who) || f.Wrote(who))
}

// Wrote tells whether somebody wrote in one of the document's texts.
func (f *Facts) Wrote(who protocol.MemberID) bool {
	return slices.ContainsFunc(f.Acts, func(a Act) bool { return a.Wrote && a.By == who })
}

// Recognises tells whether a recognition that stands on a member's page counts:
// it is another's, and names something that the recognised contributed, which
// what she says of herself on that page is not.
func (c *Credits) Recognises(page *Facts, d Deed) bool {
	return d.What == Recognised && d.By != d.To && d.Document != page.ID && c.Contributed(d.To, d.Document, d.Entry)
}

// said returns who entered what comments can reply to: the entries of all logs.
func (f *Folded) said() map[protocol.EntryID]protocol.MemberID {
	by := map[protocol.EntryID]protocol.MemberID{}
	for _, s := range f.Fields {
		if s.Type == Log {
			for _, e := range s.Entries {
				by[e.ID] = e.By
			}
		}
	}
	return by
}
