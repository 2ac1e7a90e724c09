package node

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/press"
	"coppice.example/protocol"
)

// printer makes of documents what books and archives print.
type printer struct {
	c       *community
	ctx     context.Context
	facts   []*envelope.Facts
	groups  *envelope.Groups
	credits *envelope.Credits
	terms   *domain.Terms
	states  map[protocol.DocumentID]string
	ties    map[protocol.DocumentID][]tied // what leads to a document
	// at tells where a document is printed, as seen from what is printed now; ""
	// nowhere.
	at func(protocol.DocumentID) string
}

// tied is a document that leads to another.
type tied struct {
	rel string
	by  *envelope.Facts
}

func (c *community) printer(ctx context.Context, call api.Call) (*printer, error) {
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	terms, err := c.shelf.terms()
	if err != nil {
		return nil, err
	}
	p := &printer{
		c: c, ctx: ctx, facts: facts, groups: groups, credits: envelope.NewCredits(facts), terms: terms,
		states: map[protocol.DocumentID]string{}, ties: map[protocol.DocumentID][]tied{},
		at: func(protocol.DocumentID) string { return "" },
	}
	items := make([]api.Item, len(facts))
	for i, f := range facts {
		items[i].ID = f.ID.String()
		for _, l := range f.Links {
			to := l.To
			if in, _ := p.credits.Part(l.Entry); in != nil {
				to = in.ID
			}
			if to = groups.First(to); !f.Shelved && to != f.ID && !slices.Contains(p.ties[to], tied{l.Rel, f}) {
				p.ties[to] = append(p.ties[to], tied{l.Rel, f})
			}
		}
	}
	if err := c.howFar(items, c.node.cfg.wall(call.Now)); err != nil {
		return nil, err
	}
	for i, f := range facts {
		p.states[f.ID] = items[i].State
	}
	return p, nil
}

// title returns what a document is called, as a list does.
func (p *printer) title(f *envelope.Facts) string {
	name := f.Title
	if f.Kind == p.kind(memberKind) {
		name = p.c.person(f.Author).Name
	}
	schema := p.c.node.kinds.Schema(f.Kind)
	if schema == nil {
		return api.Visible(name)
	}
	return api.Visible(cmp.Or(p.c.titled(schema.Name, f.ID, name), "untitled "+schema.Name))
}

func (p *printer) kind(name string) protocol.Kind { return p.c.node.kinds.Named(name).Kind }

func (p *printer) name(id protocol.MemberID) string { return api.Visible(p.c.person(id).Name) }

func (p *printer) item(id protocol.DocumentID) press.Item {
	id = p.groups.First(id)
	f := p.credits.Of(id)
	if f == nil {
		return press.Item{Text: "something that is not here any more"}
	}
	return press.Item{Text: p.title(f), Href: p.at(id)}
}

// link tells where the id of a document or entry in a text leads.
func (p *printer) link(id string) string {
	entry, err := envelope.ParseEntry(id)
	if in, _ := p.credits.Part(entry); err == nil && in != nil {
		return p.at(p.groups.First(in.ID))
	}
	var document protocol.DocumentID
	if document.UnmarshalText([]byte(id)) != nil {
		return ""
	}
	return p.at(p.groups.First(document))
}

func (p *printer) prose(text string) template.HTML { return api.Render(text).HTML(p.link) }

// unprinted are the fields that are no part of what a document says: how it was
// brought here, and marks. Title, body and talk have places of their own.
var unprinted = []uint64{
	envelope.Title, envelope.Marks, envelope.SameAs, envelope.Shelved, envelope.Origin, envelope.Imported, envelope.Extra,
	envelope.CarriedFrom, envelope.Whole, envelope.ReadsWell, envelope.Elsewhere,
}

// piece prints a document; nil when nothing of it shows.
func (p *printer) piece(id protocol.DocumentID) (*press.Piece, error) {
	d, err := p.c.document(p.ctx, id)
	if err != nil || d == nil {
		return nil, err
	}
	if d, _, err = p.c.unite(p.ctx, d); err != nil {
		return nil, err
	}
	f, schema := d.Folded, p.c.node.kinds.Schema(d.Folded.Kind)
	facts := p.credits.Of(id)
	if facts == nil {
		facts = p.c.node.kinds.Facts(f)
	}
	out := &press.Piece{
		Anchor: "d-" + id.String(), Title: p.title(facts), Kind: cmp.Or(f.TextOf("form"), schema.Name), State: p.states[id],
		By: p.by(f, facts), Notes: p.notes(f),
	}
	for _, s := range f.Fields {
		row := schema.Field(s.Number)
		switch {
		case slices.Contains(unprinted, s.Number) || s.Name == "form":
		case s.Number == schema.Body:
			out.Texts = append([]press.Text{{Prose: p.prose(s.Text)}}, out.Texts...)
		case s.Type.Text():
			out.Texts = append(out.Texts, press.Text{Name: labelOf(s.Name), Prose: p.prose(s.Text)})
		case s.Type == envelope.Register, s.Type == envelope.Set:
			out.Facts = append(out.Facts, p.facted(s)...)
		default:
			out.Said = append(out.Said, p.chorus(row, s)...)
		}
	}
	out.Facts = append(out.Facts, p.cameOf(id)...)
	if said := p.elsewhere(f); len(said.Said) > 0 {
		out.Said = append(out.Said, said)
	}
	return out, nil
}

// by names whose a document is, the first credited first, then who began it.
func (p *printer) by(f *envelope.Folded, facts *envelope.Facts) (names []string) {
	for _, who := range p.credits.Whose(facts) {
		names = append(names, p.name(who))
	}
	if words, is := f.Value("teller").(string); is && len(names) == 0 {
		names = append(names, api.Visible(words))
	}
	if author := p.name(f.Author); f.KindName != charterKind && !slices.Contains(names, author) && !facts.Told {
		names = append(names, author)
	}
	return names
}

// notes are what a reader must know before she reads.
func (p *printer) notes(f *envelope.Folded) (notes []string) {
	if f.Value("masked") == true {
		notes = append(notes, "Details are changed to protect people.")
	}
	if from := whence(f); from != nil {
		text := "It came from " + cmp.Or(from.Name, "another community")
		if from.By != "" {
			text += ", where it is by " + from.By
		}
		notes = append(notes, api.Visible(text)+".")
	}
	if f.Shelved {
		notes = append(notes, "It was put away.")
	}
	return notes
}

// labels are what fields are called where their name says too little.
var labels = map[string]string{
	"use_when": "Use it when", "not_when": "Not when", "trials": "Who tried it", "used": "Who used it", "met": "Who met it",
	"in_scope": "What is ours", "out_scope": "What is not", "tz": "Time zone", "rrule": "Again", "coming": "Who comes", "here": "Who was there",
	"told_at": "Told at", "review_by": "To be read again by", "uri": "Where it is", "wanted_by": "Wanted by", "parent": "Part of",
	"agreed": "Who agrees", "recognised": "Recognised", "what_happened": "What happened", "would_do_now": "What we would do now",
	"about": "About", "from": "Made from", "replaces": "Replaces", "adapts": "Adapts", "needs": "Needs", "produced": "Led to",
}

// labelOf says the name of a field as a person reads it.
func labelOf(field string) string {
	return cmp.Or(labels[field], capital(strings.ReplaceAll(field, "_", " ")))
}

// facted prints a register or a set; links by what they say.
func (p *printer) facted(s envelope.Shown) (all []press.Fact) {
	add := func(name string, item press.Item) {
		if item.Text == "" {
			return
		}
		i := slices.IndexFunc(all, func(f press.Fact) bool { return f.Name == name })
		if i < 0 {
			i, all = len(all), append(all, press.Fact{Name: name})
		}
		all[i].Items = append(all[i].Items, item)
	}
	values := s.Set
	if s.Type == envelope.Register {
		values = []envelope.Value{s.Value()}
	}
	for _, v := range values {
		link, _ := v.(envelope.Object)
		if to := link.Get("to"); to != nil && link.Text("rel") != "" {
			add(labelOf(link.Text("rel")), p.value(to))
			continue
		}
		add(labelOf(s.Name), p.value(v))
	}
	return all
}

// value says a value in words.
func (p *printer) value(v envelope.Value) press.Item {
	switch v := v.(type) {
	case protocol.DocumentID:
		return p.item(v)
	case protocol.EntryID:
		if in, _ := p.credits.Part(v); in != nil {
			return p.item(in.ID)
		}
		return press.Item{Text: "something that is not here any more"}
	}
	return press.Item{Text: api.Visible(p.said(v))}
}

func (p *printer) said(v envelope.Value) string {
	switch v := p.c.plain(v).(type) {
	case string:
		return v
	case api.Person:
		return v.Name
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case uint64:
		return strconv.FormatUint(v, 10)
	}
	var parts []string
	switch v := v.(type) {
	case envelope.Object:
		for _, pair := range v {
			if text := p.value(pair.Value).Text; text != "" {
				parts = append(parts, strings.ReplaceAll(pair.Name, "_", " ")+": "+text)
			}
		}
	case []envelope.Value:
		for _, one := range v {
			if text := p.value(one).Text; text != "" {
				parts = append(parts, text)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// chorus prints what several people said, or the items of a list.
func (p *printer) chorus(row *envelope.Field, s envelope.Shown) []press.Chorus {
	out := press.Chorus{Title: labelOf(s.Name)}
	for _, own := range s.Own {
		out.Said = append(out.Said, press.Said{What: p.value(own.Value).Text, By: p.name(own.By), At: onDay(own.At)})
	}
	for _, e := range s.Entries {
		if e.Withdrawn {
			continue
		}
		one := press.Said{By: p.name(e.By), At: onDay(e.At)}
		if s.Type == envelope.List {
			one.By, one.At = "", "" // many hands keep it
		}
		for _, sub := range e.Fields {
			switch {
			case sub.Type.Text():
				text := press.Text{Prose: p.prose(sub.Text)}
				if sub.Name != "words" && sub.Name != "body" && sub.Name != "text" {
					text.Name = labelOf(sub.Name)
				}
				one.Texts = append(one.Texts, text)
			case sub.Type == envelope.Map:
				fact := press.Fact{Name: labelOf(sub.Name)}
				for _, own := range sub.Own {
					fact.Items = append(fact.Items, press.Item{Text: p.name(own.By)})
				}
				one.Facts = append(one.Facts, fact)
			case row.Sub(sub.Number).Form.Is == envelope.IsChoice:
				one.What, _ = sub.Value().(string)
			default:
				one.Facts = append(one.Facts, p.facted(sub)...)
			}
		}
		out.Said = append(out.Said, one)
	}
	if len(out.Said) == 0 {
		return nil
	}
	return []press.Chorus{out}
}

// cameOf prints what leads to a document: the ways to a problem first.
func (p *printer) cameOf(id protocol.DocumentID) (all []press.Fact) {
	named := map[string]string{"about": "About it", "from": "Made of it", "told_at": "Told there", "produced": "Came of", "replaces": "Replaced by", "adapts": "Adapted in", "needs": "Needed by"}
	ways := press.Fact{Name: "Ways"}
	for _, rel := range envelope.Relations {
		fact := press.Fact{Name: cmp.Or(named[rel], capital(rel))}
		for _, tie := range p.ties[id] {
			item := p.item(tie.by.ID)
			if state := p.states[tie.by.ID]; state != "" {
				item.Text += " (" + state + ")"
			}
			switch {
			case tie.rel != rel:
			case rel == "about" && tie.by.Kind == practice.Way:
				ways.Items = append(ways.Items, item)
			default:
				fact.Items = append(fact.Items, item)
			}
		}
		if len(fact.Items) > 0 {
			all = append(all, fact)
		}
	}
	if len(ways.Items) > 0 {
		all = append([]press.Fact{ways}, all...)
	}
	return all
}

// elsewhere prints what was said of a document in other communities.
func (p *printer) elsewhere(f *envelope.Folded) press.Chorus {
	out := press.Chorus{Title: "Said elsewhere"}
	for _, s := range saidElsewhere(f) {
		out.Said = append(out.Said, press.Said{
			By: api.Visible(s.By), At: api.Visible(s.At), What: labelOf(s.Field),
			Facts: []press.Fact{{Name: "In", Items: []press.Item{{Text: api.Visible(s.In)}}}},
			Texts: []press.Text{{Prose: p.prose(s.Words)}},
		})
	}
	return out
}

// onDay says the day of a time in seconds since 1970.
func onDay(at uint64) string { return at2time(at).Format("2 January 2006") }

// within returns the documents of a kind that a book holds, by title: those in
// areas, or where they are nil those in none. Each stands for all that are one
// with it; what was put away stays out.
func (p *printer) within(kind protocol.Kind, areas map[protocol.DocumentID]bool) (ids []protocol.DocumentID) {
	var some []*envelope.Facts
	for _, f := range p.facts {
		at := f.Areas
		if f.Kind == domain.Term {
			at = p.terms.Above([]protocol.DocumentID{f.ID})
		}
		in := slices.ContainsFunc(at, func(a protocol.DocumentID) bool { return areas[p.groups.First(a)] })
		if areas == nil {
			in = !slices.ContainsFunc(at, p.isArea)
		}
		if f.Kind == kind && !f.Shelved && in && p.groups.First(f.ID) == f.ID {
			some = append(some, f)
		}
	}
	slices.SortFunc(some, func(a, b *envelope.Facts) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), a.ID.Compare(b.ID))
	})
	for _, f := range some {
		ids = append(ids, f.ID)
	}
	return ids
}

// isArea tells whether a book is made of what is in a term.
func (p *printer) isArea(id protocol.DocumentID) bool {
	word := p.terms.Of(id)
	return word != nil && word.Area && !word.Shelved
}
