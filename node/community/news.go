package community

import (
	"cmp"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Step is one change in the history of a document.
type Step struct {
	Change     protocol.ChangeID
	Author     protocol.MemberID
	At         uint64 // seconds since 1970, by her clock
	Operations []protocol.Operation
	Takes      []bool // which of them take effect now
	New        bool   // it is to be told: another's, with effect, not told before
}

// News is a document in which others did something.
type News struct {
	Facts   *envelope.Facts
	Folded  *envelope.Folded
	History []Step // all of it, in causal order
	Born    bool   // the first of it is new too
}

// Section is the part of a digest that a document stands in.
type Section uint8

// The sections, the most urgent first. A document stands in one.
const (
	ForMe Section = iota
	Changed
	InMyAreas
	Arrived
	Elsewhere
)

// Told is what a digest says of one document.
type Told struct {
	Section  Section
	Document protocol.DocumentID
	By       protocol.MemberID // who did the last of it
	At       uint64            // when, seconds since 1970
	What     string            // all that happened, in words
	Shared   int               // of Arrived: how many areas she has in common with me
}

// Reader is for whom a digest is made, and what it goes by.
type Reader struct {
	Me     *Person
	People *People
	Known  []*Known
	Kinds  *envelope.Kinds
	Muted  []protocol.MemberID // whose doings are not told in words
	Naming Naming
	Title  func(protocol.DocumentID) string
	Now    uint64

	credits *envelope.Credits
	grounds map[*Person]grounds
}

// Digest tells what others did, each document once: what is for the reader
// first, in each section the latest first. Facts are those of all documents.
func (r *Reader) Digest(facts []*envelope.Facts, news []News) []*Told {
	r.credits, r.grounds = envelope.NewCredits(facts), groundsOf(r.Known)
	all := make([]*Told, 0, len(news))
	for i := range news {
		if t := r.tell(&news[i]); t != nil {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *Told) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(b.Shared, a.Shared), cmp.Compare(b.At, a.At), a.Document.Compare(b.Document))
	})
	return all
}

// tell tells one document; nil when nothing of it is new.
func (r *Reader) tell(n *News) *Told {
	t := &telling{
		Reader: r, News: n, schema: r.Kinds.Schema(n.Facts.Kind),
		known: map[phrase]bool{}, entries: map[protocol.EntryID]*envelope.Entry{},
	}
	t.mine = t.isMine()
	for _, field := range n.Folded.Fields {
		for i := range field.Entries {
			if e := &field.Entries[i]; !e.Withdrawn {
				t.entries[e.ID] = e
			}
		}
	}
	out := &Told{Document: n.Facts.ID}
	said := false
	for i := range n.History {
		s := &n.History[i]
		if !s.New {
			continue
		}
		said = true
		if s.At >= out.At {
			out.By, out.At = s.Author, s.At
		}
		if !slices.Contains(r.Muted, s.Author) {
			t.step(i)
		}
	}
	if !said {
		return nil
	}
	out.What, out.Section = t.words(), t.section()
	if out.What == "" {
		out.What, out.Section = "something was done that is not told", Elsewhere
	}
	if out.Section == Arrived {
		out.Shared = len(t.common())
	}
	return out
}

// telling is the telling of one document.
type telling struct {
	*Reader
	*News
	schema *envelope.Schema
	mine   bool // it is the reader's
	said   []phrase
	known  map[phrase]bool // of said, and of what is too much to say
	says   int             // how often there was something to say
	forMe  bool            // something concerns the reader herself
	edited bool            // somebody changed what the document says
	herOwn bool            // on a member's page: she whose it is did something, and
	wrote  bool            // changed what it says

	entries map[protocol.EntryID]*envelope.Entry // as they show
}

// phrase is one thing that somebody did.
type phrase struct {
	by   protocol.MemberID
	text string
}

// mostPhrases is how much is said of one document.
const mostPhrases = 24

func (t *telling) say(s *Step, forMe, edit bool, text string) {
	p := phrase{s.Author, text}
	hers := s.Author == t.Facts.Author
	t.says++
	t.forMe, t.edited = t.forMe || forMe, t.edited || edit
	t.herOwn, t.wrote = t.herOwn || hers, t.wrote || hers && edit
	if text == "" || t.known[p] {
		return
	}
	t.known[p] = true
	if len(t.said) < mostPhrases {
		t.said = append(t.said, p)
	}
}

// isMine tells whether the document is the reader's.
func (t *telling) isMine() bool {
	return slices.ContainsFunc(t.credits.Whose(t.Facts), t.isMe)
}

func (t *telling) isMe(id protocol.MemberID) bool { return t.People.is(t.Me, id) || id == t.Me.ID }

// shaped tells whether the reader wrote in one of its texts.
func (t *telling) shaped() bool {
	return slices.ContainsFunc(t.Facts.Acts, func(a envelope.Act) bool { return a.Wrote && t.isMe(a.By) })
}

// words joins what was done, person after person as they did it.
func (t *telling) words() string {
	var parts []string
	var last protocol.MemberID
	for i, p := range t.said {
		if i > 0 && p.by == last {
			parts[len(parts)-1] += ", " + p.text
			continue
		}
		parts, last = append(parts, t.Naming.Who(p.by)+" "+p.text), p.by
	}
	if len(t.known) > len(t.said) {
		parts = append(parts, "and more")
	}
	return strings.Join(parts, "; ")
}

// section says where the document stands.
func (t *telling) section() Section {
	switch {
	case t.forMe:
		return ForMe
	case t.edited && (t.mine || t.shaped()):
		return Changed
	case t.Facts.Kind == Member:
		return t.arrival()
	case slices.ContainsFunc(t.Facts.Areas, func(a protocol.DocumentID) bool { return t.Me.Offers(a) || t.Me.Wants(a) }):
		return InMyAreas
	}
	return Elsewhere
}

// arrival says where a member's page stands: that of one who came lately is
// for all to see.
func (t *telling) arrival() Section {
	switch one := t.People.Of(t.Facts.Author); {
	case one == nil || one.Left > 0 || one.Founder:
		return Elsewhere
	case one.New(t.Now) && t.herOwn:
		return Arrived
	case len(t.common()) > 0 && t.wrote:
		return InMyAreas
	}
	return Elsewhere
}

// common lists what the reader and whose page it is have in common.
func (t *telling) common() []Share {
	return shared(t.grounds[t.Me], t.grounds[t.People.Of(t.Facts.Author)])
}
