package node

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// crossing are the kinds that go over a bridge: what a community knows and
// asks, not who it is or when it meets. Words go first, for others are in
// their areas.
var crossing = []string{"term", "problem", "way", "story", "question"}

// other returns another community that this node is in.
func (n *Node) other(here *community, name string) (*community, error) {
	there, err := n.pick(api.Call{Community: name})
	switch {
	case err != nil:
		return nil, api.Hint(err, "come into it first, with `coppice join`: who brings something is in both")
	case name == "" || there == here:
		return nil, api.Hint(fmt.Errorf("%w: that is this community itself", api.ErrUsage), "name another that this node is in: `coppice community list`")
	}
	return there, nil
}

// Bridge implements [api.Bridging].
func (n *Node) Bridge(ctx context.Context, call api.Call, t api.Tying) (api.Tied, error) {
	here, err := n.pick(call)
	if err != nil {
		return api.Tied{}, err
	}
	there, err := n.other(here, t.With)
	if err != nil {
		return api.Tied{}, err
	}
	if t.Tie == "" {
		t.Tie = "neighbour"
	}
	return tie(ctx, call, here, there, t.Tie)
}

// back is what a community is to one that is a tie to it.
var back = map[string]string{"neighbour": "neighbour", "parent": "child", "child": "parent", "sibling": "sibling"}

// tie makes the bridge on both sides, or finds it there, with this node's
// person as a broker. Over there first: a bridge that only we see is none.
func tie(ctx context.Context, call api.Call, here, there *community, as string) (out api.Tied, err error) {
	over, err := there.bridge(ctx, call, here, back[as])
	if err != nil {
		return out, err
	}
	id, err := here.bridge(ctx, call, there, as)
	return api.Tied{ID: id.String(), With: there.id.String(), There: over.String()}, err
}

// bridge makes this side of a bridge to another community.
func (c *community) bridge(ctx context.Context, call api.Call, to *community, as string) (protocol.DocumentID, error) {
	intents := []envelope.Intent{{Field: "brokers", Verb: envelope.DoPut, Value: true}}
	id := bridgeTo(c.id, to.id)
	d, err := c.document(ctx, id)
	if err != nil {
		return id, err
	}
	if d == nil {
		intents = append([]envelope.Intent{
			{Field: "other", Verb: envelope.DoSet, Value: protocol.Hash(to.id)},
			{Field: "title", Verb: envelope.DoSet, Value: to.name()},
			{Field: "tie", Verb: envelope.DoSet, Value: as},
		}, intents...)
	}
	_, err = c.write(ctx, call, replica.Write{Kind: gathered.Bridge, About: []protocol.Value{to.id[:]}, Intents: intents})
	return id, err
}

func bridgeTo(from, to protocol.CommunityID) protocol.DocumentID {
	return protocol.DeriveDocument(from, gathered.Bridge, to[:])
}

// Share implements [api.Bridging].
func (n *Node) Share(ctx context.Context, call api.Call, id string, s api.Sharing) (api.Shared, error) {
	here, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return api.Shared{}, err
	}
	there, err := n.other(here, s.With)
	if err != nil {
		return api.Shared{}, err
	}
	if at.entry != "" || !slices.Contains(crossing, at.kind) {
		return api.Shared{}, api.Hint(fmt.Errorf("%w: a %s stays where it is", api.ErrUsage, at.what()), "over a bridge go a way, a story, a problem, a question, a word")
	}
	if d.Waiting > 0 {
		return api.Shared{}, api.Hint(fmt.Errorf("%w: part of it cannot be read here yet", api.ErrNotPermitted), "`coppice status` shows what it waits for")
	}
	out := api.Shared{With: there.id.String()}
	copied, already, err := carry(ctx, call, here, there, d.Folded)
	if err != nil {
		return out, err
	}
	out.ID, out.Already = copied.String(), already
	if _, err := tie(ctx, call, here, there, tieOf(here, there)); err != nil {
		return out, err
	}
	for side, shared := range map[*community]protocol.DocumentID{here: at.document, there: copied} {
		to := there
		if side == there {
			to = here
		}
		if _, err := side.write(ctx, call, replica.Write{Document: bridgeTo(side.id, to.id), Intents: []envelope.Intent{
			{Field: "shared", Verb: envelope.DoAdd, Value: shared.String()},
		}}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// tieOf returns what the other side is already, a neighbour where nothing says so.
func tieOf(here, there *community) string {
	if card, err := here.shelf.card(bridgeTo(here.id, there.id)); err == nil && card.TextOf("tie") != "" {
		return card.TextOf("tie")
	}
	return "neighbour"
}

// carry brings a copy of a document into another community, unless one of its
// origin is there. It is this person's there, and says whose it is here.
func carry(ctx context.Context, call api.Call, here, there *community, f *envelope.Folded) (id protocol.DocumentID, already bool, err error) {
	from := originOf(here, f)
	facts, groups, err := there.shelf.survey()
	if err != nil {
		return id, false, err
	}
	if from.community == there.id { // it goes back to where it began
		if id.UnmarshalText([]byte(from.path)) != nil || factsOf(facts, id) == nil {
			return id, false, fmt.Errorf("%w: what it is a copy of is not there any more", api.ErrNotFound)
		}
		return groups.First(id), true, nil
	}
	for _, known := range facts {
		if known.Kind == f.Kind && known.Origin == from.key() {
			return groups.First(known.ID), true, nil
		}
	}
	intents, err := copying(here, there, f)
	if err != nil {
		return id, false, err
	}
	intents = append(intents, envelope.Intent{Field: "origin", Verb: envelope.DoSet, Value: from.value()})
	w, err := there.write(ctx, call, replica.Write{Kind: f.Kind, Intents: intents})
	return w.Document, false, err
}

// origin is where a document came from first, over however many bridges.
type origin struct {
	community protocol.CommunityID
	path      string
	hash      protocol.Hash
	by, in    string
}

func originOf(c *community, f *envelope.Folded) origin {
	if o, ok := f.Value("origin").(envelope.Object); ok {
		if from, ok := o.Get("community").(protocol.Hash); ok {
			first := origin{community: protocol.CommunityID(from), path: o.Text("path"), by: o.Text("by"), in: o.Text("in")}
			first.hash, _ = o.Get("hash").(protocol.Hash)
			return first
		}
	}
	whose := c.person(f.Author).Name
	if schema := c.node.kinds.Schema(f.Kind); schema != nil && schema.Whose != nil {
		if teller := schema.Whose(f); !teller.IsZero() {
			whose = c.person(teller).Name
		} else if words, ok := f.Value("teller").(string); ok {
			whose = words
		}
	}
	return origin{c.id, f.ID.String(), sha256.Sum256(f.Canonical()), whose, c.name()}
}

func (o origin) key() string { return protocol.Hash(o.community).String() + "/" + o.path }

func (o origin) value() envelope.Object {
	return envelope.Object{
		{Name: "community", Value: protocol.Hash(o.community)}, {Name: "path", Value: o.path}, {Name: "hash", Value: o.hash},
		{Name: "by", Value: o.by}, {Name: "in", Value: o.in},
	}
}

// whence says of a document where it came from; nil for one that began here.
func whence(f *envelope.Folded) *api.Whence {
	o, _ := f.Value("origin").(envelope.Object)
	from, ok := o.Get("community").(protocol.Hash)
	if !ok {
		return nil
	}
	at := at2time(f.Created)
	return &api.Whence{Community: protocol.CommunityID(from).String(), Name: o.Text("in"), By: o.Text("by"), ID: o.Text("path"), At: &at}
}

// saidElsewhere lists what was said of a document in the communities it came from.
func saidElsewhere(f *envelope.Folded) (all []api.SaidElsewhere) {
	for _, s := range envelope.SaidElsewhere(f.TextOf("elsewhere")) {
		all = append(all, api.SaidElsewhere{In: s.In, By: s.By, At: s.At, Field: s.Field, Words: s.Words})
	}
	return all
}

// ours are the common fields that do not cross: what ties a document to others
// here, and where it came from. Areas cross by their titles, see copying.
var ours = map[uint64]bool{
	envelope.Areas: true, envelope.Links: true, envelope.SameAs: true, envelope.Origin: true, envelope.Imported: true,
	envelope.CarriedFrom: true, envelope.Whole: true,
}

// copying returns what writes a document's words anew elsewhere: its texts,
// its registers and sets but for those that name members or documents, its
// areas by the titles they have on both sides.
func copying(here, there *community, f *envelope.Folded) (intents []envelope.Intent, err error) {
	schema := here.node.kinds.Schema(f.Kind)
	say := func(field string, verb envelope.Verb, v any) {
		intents = append(intents, envelope.Intent{Field: field, Verb: verb, Value: v})
	}
	for _, s := range f.Fields {
		row := schema.Field(s.Number)
		switch {
		case ours[s.Number]:
		case s.Type.Text():
			say(s.Name, envelope.DoText, s.Text)
		case s.Type == envelope.Register && s.Name == "teller":
			if who, ok := s.Value().(protocol.MemberID); ok {
				say(s.Name, envelope.DoSet, here.person(who).Name+" ("+here.name()+")")
			} else {
				say(s.Name, envelope.DoSet, s.Value())
			}
		case s.Type == envelope.Register && !refers(row.Form):
			say(s.Name, envelope.DoSet, s.Value())
		case s.Type == envelope.Set && !refers(row.Form):
			for _, v := range s.Set {
				say(s.Name, envelope.DoAdd, v)
			}
		}
	}
	areas, err := here.titles(f.Field("areas").Set)
	if err != nil || len(areas) == 0 {
		return intents, err
	}
	terms, err := there.shelf.terms()
	if err != nil {
		return nil, err
	}
	for _, title := range areas {
		for _, word := range terms.Named(title) {
			say("areas", envelope.DoAdd, word.ID)
		}
	}
	return intents, nil
}

// refers tells whether values of a form name somebody or something of one
// community, or a text of it.
func refers(f envelope.Form) bool {
	switch f.Is {
	case envelope.IsMember, envelope.IsDocument, envelope.IsReference, envelope.IsPerson, envelope.IsWording:
		return true
	case envelope.IsRecord:
		return slices.ContainsFunc(f.Parts, func(p envelope.FormPart) bool { return refers(p.Form) })
	case envelope.IsMany:
		return refers(*f.Of)
	}
	return false
}

// titles returns what terms are called; what is none has no name elsewhere.
func (c *community) titles(ids []envelope.Value) (titles []string, err error) {
	terms, err := c.shelf.terms()
	if err != nil {
		return nil, err
	}
	for _, v := range ids {
		id, _ := v.(protocol.DocumentID)
		if word := terms.Of(id); word != nil {
			titles = append(titles, word.Title)
		}
	}
	return titles, nil
}

// mostBeside is how many lines of each sort a bridge shows.
const mostBeside = 20

// beside returns what a bridge shows of both sides.
func (n *Node) beside(c *community, f *envelope.Folded) (*api.Beside, error) {
	facts, _, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	out := &api.Beside{Offers: []api.Item{}}
	shared := f.Field("shared").Set
	for _, one := range facts {
		schema := n.kinds.Schema(one.Kind)
		if schema == nil || !slices.Contains(crossing, schema.Name) || len(one.Did(envelope.Outside)) == 0 || slices.Contains(shared, envelope.Value(one.ID)) {
			continue
		}
		if !one.Shelved && len(out.Offers) < mostBeside {
			out.Offers = append(out.Offers, c.line(one))
		}
	}
	areas, err := c.titles(f.Field("areas").Set)
	if err != nil {
		return nil, err
	}
	if out.AskedHere, err = c.asked(areas); err != nil {
		return nil, err
	}
	other, _ := f.Value("other").(protocol.Hash)
	if there := n.community(protocol.CommunityID(other)); there != nil {
		out.AskedThere, err = there.asked(areas)
	}
	return out, err
}

// asked lists open questions in areas of these titles, in any where there are
// none; the newest first.
func (c *community) asked(areas []string) (items []api.Item, err error) {
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	terms, err := c.shelf.terms()
	if err != nil {
		return nil, err
	}
	var ids []protocol.DocumentID
	for _, title := range areas {
		for _, word := range terms.Named(title) {
			ids = append(ids, word.ID)
		}
	}
	var open []*envelope.Facts
	for _, f := range facts {
		in := len(areas) == 0 || slices.ContainsFunc(f.Areas, func(a protocol.DocumentID) bool { return slices.Contains(ids, groups.First(a)) })
		if f.Kind == domain.Question && !f.Shelved && in && (f.State == "open" || f.State == "answered") {
			open = append(open, f)
		}
	}
	slices.SortFunc(open, func(a, b *envelope.Facts) int { return cmp.Or(cmp.Compare(b.Created, a.Created), a.ID.Compare(b.ID)) })
	items = []api.Item{}
	for _, f := range open[:min(len(open), mostBeside)] {
		items = append(items, c.line(f))
	}
	return items, nil
}
