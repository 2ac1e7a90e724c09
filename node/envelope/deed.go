package envelope

import (
	"slices"

	"coppice.example/protocol"
)

// What says what a deed was.
type What uint8

// The deeds. Numbers are of this version's memory alone: nothing keeps them.
const (
	Made       What = iota + 1 // began the document
	Talked                     // commented on it
	Thanked                    // marked it: thanks
	MeToo                      // marked it: I have the same
	Trying                     // marked it: I shall try this
	Flagged                    // marked it: look at this
	Outside                    // marked it: outside our domain, for neighbours
	Answered                   // answered the question
	Helped                     // said of an answer that it helped; To is who gave it
	Asked                      // thought of somebody for the question; To is she
	Championed                 // takes care of the question
	Closed                     // closed the question
	Reopened                   // opened it again
	Agreed                     // agreed to a wording
	Worked                     // did as the way says, and it worked
	Adapted                    // did it otherwise, and that worked
	Failed                     // did as it says, and it did not work
	Reviewed                   // read the way again: still good, or worked on since
	Doubted                    // read it again: it needs work
	Retired                    // read it again: to be retired
	Used                       // used the story
	Retold                     // told it once more
	Met                        // met the problem again
	Recognised                 // recognised To for something, in Area
	Guided                     // is To's guide
	Stewarded                  // looks after it
	Coming                     // says she will come
	Here                       // was there
	Hosted                     // hosts it
	Joined                     // is in it
	Mentored                   // helps To along
	Learned                    // learns with To
	Stood                      // took a stance
	Wrote                      // changed a text that others began
	Shared                     // shared Document over the bridge
)

// Deed is one thing a member did, as her own signed words say. Totals, levels,
// ties and standings are counted from deeds and stored nowhere.
type Deed struct {
	What  What
	Reply bool // of Talked: to an entry, whose author To is; else to the document
	By    protocol.MemberID
	// To is to whom it was done: whose question, way or page it is, unless
	// What says otherwise. Zero: nobody in particular.
	To   protocol.MemberID
	At   uint64              // seconds since 1970, by her clock
	Area protocol.DocumentID // of Recognised; else zero: the document's areas
	// Entry is the entry that it made, or that it was done to; zero: none. Of
	// Recognised it is what she is recognised for, or Document is. Of Retold,
	// Document is the gathering it was told at, and By who says so; of Answered,
	// the story that it is told by.
	Entry    protocol.EntryID
	Document protocol.DocumentID
	// Context is where, of a trial, a use and a meeting. Faded says that a trial
	// is on a wording that has changed too much since, Effect that it says what
	// came of it in the end.
	Context Object
	Faded   bool
	Effect  bool
}

// Act says that a member did something in a document on a day.
type Act struct {
	By    protocol.MemberID
	Day   uint32 // UTC, since 1970
	Wrote bool   // she changed one of its texts
}

// Link is a link of a document to another, or to one of its entries.
type Link struct {
	Rel string
	To  protocol.DocumentID
	// Entry is the entry it leads to; then To is zero.
	Entry protocol.EntryID
}

// Facts are what of a document counts beyond its own page: what lists, maps,
// matches, duties and signs are derived of. They hold no text but the title.
type Facts struct {
	ID      protocol.DocumentID
	Kind    protocol.Kind
	Title   string
	Author  protocol.MemberID // whose it is: its teller, else who began it; zero: somebody who is no member
	Told    bool              // it has the voice of its author, and of no helper it came from
	Created uint64            // seconds since 1970
	Updated uint64
	Shelved bool
	Sort    string // which of its kind it is: a way's form, a question's horizon
	State   string // how far it has come, as the document alone tells without a clock
	Areas   []protocol.DocumentID
	Links   []Link
	// ReviewBy is the day by which it asks to be looked at again, 2026-05-14;
	// empty: it does not say.
	ReviewBy string
	Contexts []Object              // in which it holds, or was met: what one says of it
	Same     []protocol.DocumentID // marked as the same as these
	Origin   string                // names what it is a copy of, where that is known; documents of one origin are one
	Entries  []protocol.EntryID    // that links may lead to: answers, talk
	Deeds    []Deed
	Acts     []Act
	// Open are the registers for which people chose apart and nobody between,
	// and the texts with paragraphs to be read again.
	Open []string
}

// Did returns the deeds of one sort, in the order they stand.
func (f *Facts) Did(what What) (deeds []Deed) {
	for _, d := range f.Deeds {
		if d.What == what {
			deeds = append(deeds, d)
		}
	}
	return deeds
}

// In tells whether the document is in an area.
func (f *Facts) In(area protocol.DocumentID) bool { return slices.Contains(f.Areas, area) }

// Find returns where in facts, which ascend by id, those of a document are.
func Find(facts []*Facts, id protocol.DocumentID) (at int, found bool) {
	return slices.BinarySearchFunc(facts, id, func(f *Facts, id protocol.DocumentID) int { return f.ID.Compare(id) })
}

// Facts returns what of a document counts beyond its own page.
func (k *Kinds) Facts(f *Folded) *Facts {
	facts := &Facts{
		ID: f.ID, Kind: f.Kind, Title: f.Title, Author: f.Author, Created: f.Created, Updated: f.Updated, Shelved: f.Shelved,
		Acts: f.Acts, Same: documentsOf(f.Field("same_as").Set), Areas: documentsOf(f.Field("areas").Set),
	}
	facts.Origin = f.origin()
	for _, v := range f.Field("links").Set {
		if link, ok := linkOf(v); ok {
			facts.Links = append(facts.Links, link)
		}
	}
	schema := k.Schema(f.Kind)
	if schema == nil {
		return facts
	}
	if schema.Sort != 0 {
		facts.Sort = f.TextOf(schema.Field(schema.Sort).Name)
	}
	if schema.ReviewBy != 0 {
		facts.ReviewBy = f.TextOf(schema.Field(schema.ReviewBy).Name)
	}
	if schema.Whose != nil {
		facts.Author, facts.Told = schema.Whose(f), true
	}
	if schema.State != nil {
		facts.State = schema.State(f)
	}
	for _, s := range f.Fields {
		if row := schema.Field(s.Number); row != nil && row.Asks && s.Chosen() != nil {
			facts.Open = append(facts.Open, s.Name)
		}
		if s.Type == Log {
			for _, e := range s.Entries {
				facts.Entries = append(facts.Entries, e.ID)
			}
		}
	}
	for _, again := range f.Again {
		if !slices.Contains(facts.Open, again.Field) {
			facts.Open = append(facts.Open, again.Field)
		}
	}
	if context, ok := f.Value("context").(Object); ok {
		facts.Contexts = append(facts.Contexts, context)
	}
	if schema.Contexts != nil {
		facts.Contexts = append(facts.Contexts, schema.Contexts(f)...)
	}
	facts.Deeds = append(commonDeeds(f, facts.Author), Deed{What: Made, By: f.Author, At: f.Created})
	if schema.Deeds != nil {
		facts.Deeds = append(facts.Deeds, schema.Deeds(f)...)
	}
	return facts
}

// marked says which deed a mark is.
var marked = map[string]What{"thanks": Thanked, "metoo": MeToo, "try": Trying, "flag": Flagged, "outside": Outside}

// commonDeeds are those that every kind knows: marks and talk, done to whose
// the document is.
func commonDeeds(f *Folded, whose protocol.MemberID) (deeds []Deed) {
	for _, own := range f.Field("marks").Own {
		marks, _ := own.Value.([]Value)
		for _, m := range marks {
			name, _ := m.(string)
			deeds = append(deeds, Deed{What: marked[name], By: own.By, To: whose, At: own.At})
		}
	}
	talk := f.Field("talk").Entries
	if len(talk) == 0 {
		return deeds
	}
	said := f.said()
	for _, e := range talk {
		if !e.Withdrawn {
			re, _ := e.Field("re").Value().(protocol.EntryID)
			to, reply := said[re]
			if !reply {
				to = whose
			}
			deeds = append(deeds, Deed{What: Talked, Reply: reply, By: e.By, To: to, At: e.At, Entry: e.ID})
		}
	}
	return deeds
}

// originOf names an origin: what another community calls it, or a file with what
// it held. A file's name alone says little: two may keep a README.
func originOf(origin Object) string {
	if from, ok := origin.Get("community").(protocol.Hash); ok {
		return from.String() + "/" + origin.Text("path")
	}
	if hash, ok := origin.Get("hash").(protocol.Hash); ok {
		return hash.String() + "/" + origin.Text("path")
	}
	return ""
}

// Foreign tells whether somebody brought a document from elsewhere: its facts
// name an origin.
func Foreign(f *Folded) bool { return f.origin() != "" }

func (f *Folded) origin() string {
	origin, _ := f.Value("origin").(Object)
	return originOf(origin)
}

func documentsOf(values []Value) (ids []protocol.DocumentID) {
	for _, v := range values {
		if id, ok := v.(protocol.DocumentID); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func linkOf(v Value) (link Link, ok bool) {
	o, _ := v.(Object)
	link.Rel = o.Text("rel")
	switch to := o.Get("to").(type) {
	case protocol.DocumentID:
		link.To, ok = to, true
	case protocol.EntryID:
		link.Entry, ok = to, true
	}
	return link, ok
}
