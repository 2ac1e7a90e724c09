package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// outlook is what answers about the domain are made of, besides a crowd.
type outlook struct {
	terms  *domain.Terms
	groups *envelope.Groups
	made   *domain.Distillates
}

func (w *crowd) domain() (*outlook, error) {
	terms, err := w.c.shelf.terms()
	if err != nil {
		return nil, err
	}
	_, groups, err := w.c.shelf.survey()
	if err != nil {
		return nil, err
	}
	return &outlook{terms, groups, domain.NewDistillates(w.facts, groups)}, nil
}

// knowing tells who of those who are in knows what, as a match and the map see it.
func (w *crowd) knowing() (all []domain.Knows) {
	for _, k := range w.known() {
		all = append(all, domain.Knows{
			Who: k.Person.ID, Area: k.Area, Recognised: len(k.Recognised) > 0, Contributed: slices.ContainsFunc(k.Made, w.proves),
			Helps: k.Helps, Learns: k.Learns,
		})
	}
	return all
}

// proves tells whether what somebody made shows that she can help: a way, of
// hers or tried, or an answer that helped. A story is no answer yet.
func (w *crowd) proves(id protocol.DocumentID) bool {
	f := w.titles[id]
	return f != nil && (f.Kind == practice.Way || f.Kind == domain.Question)
}

// asking is a question as this node's person puts it, its names resolved.
type asking struct {
	api.Ask
	areas   []protocol.DocumentID
	context envelope.Object
	to      []protocol.MemberID
}

// mostKnown is how much of what is known already is shown before one asks.
const mostKnown = 5

// knownKinds may hold the answer to a question.
var knownKinds = []string{"way", "story", questionKind}

// Asking implements [api.Questioners].
func (n *Node) Asking(ctx context.Context, call api.Call, q api.Ask) (api.Asked, error) {
	w, a, err := n.asking(ctx, call, q)
	if err != nil {
		return api.Asked{}, err
	}
	return w.asked(a)
}

func (n *Node) asking(ctx context.Context, call api.Call, q api.Ask) (*crowd, asking, error) {
	a := asking{Ask: q}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return nil, a, err
	}
	if strings.TrimSpace(q.Title) == "" {
		return nil, a, api.Hint(fmt.Errorf("%w: a question asks something", api.ErrUsage), "coppice ask \"Judder only in the last wipes?\"")
	}
	for _, name := range q.Areas {
		id, err := names{w.c}.Document(name)
		if err != nil {
			return nil, a, err
		}
		a.areas = append(a.areas, id)
	}
	for _, name := range q.To {
		one, err := w.someone(name)
		if err != nil {
			return nil, a, err
		}
		a.to = append(a.to, one.ID)
	}
	a.context, err = contextOf(q.Context)
	return w, a, err
}

// contextOf reads "climate=nordic, platform=van" as a field of that form does.
func contextOf(text string) (o envelope.Object, err error) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.ToLower(strings.TrimSpace(value))
		if !ok || key == "" || value == "" {
			return nil, api.Hint(fmt.Errorf("%w: %q is no context", api.ErrUsage, strings.TrimSpace(part)), "write it as key=value: climate=nordic")
		}
		o = append(o, envelope.Pair{Name: key, Value: value})
	}
	return o, nil
}

// asked says what is known already and whom a question may be put to.
func (w *crowd) asked(a asking) (out api.Asked, err error) {
	out.Known = []api.Item{}
	known, err := w.c.shelf.view.Alike(domain.Keywords(a.Title), knownKinds, mostKnown)
	if err != nil {
		return out, w.c.shelf.checked(err)
	}
	for _, i := range known {
		out.Known = append(out.Known, w.c.item(i))
	}
	d, err := w.domain()
	if err != nil {
		return out, err
	}
	if out.Matched, err = w.matched(d, w.me.ID, a.areas, a.context); err != nil {
		return out, err
	}
	out.First = !slices.ContainsFunc(w.facts, func(f *envelope.Facts) bool {
		return f.Kind == domain.Question && w.people.Of(f.Author) == w.me
	})
	return out, nil
}

// matched finds whom a question may be put to.
func (w *crowd) matched(d *outlook, asker protocol.MemberID, areas []protocol.DocumentID, context envelope.Object) ([]api.Matched, error) {
	people, err := w.candidates()
	if err != nil {
		return nil, err
	}
	q := domain.Asking{Asker: asker, Areas: d.terms.Above(areas), Context: context}
	out := []api.Matched{}
	for _, m := range domain.Matches(q, people, w.knowing()) {
		out = append(out, api.Matched{Member: w.c.person(m.Who), Reasons: w.reasons(d, m), Near: m.Near})
	}
	return out, nil
}

// candidates are the members who are in and not away.
func (w *crowd) candidates() (all []domain.Candidate, err error) {
	cards, err := w.c.shelf.cards(memberKind)
	if err != nil {
		return nil, err
	}
	contexts := map[protocol.DocumentID]envelope.Object{}
	for _, f := range cards {
		contexts[f.ID], _ = f.Value("context").(envelope.Object)
	}
	put := domain.Put(w.facts, w.now)
	acts := gathered.Acts(w.people, w.facts, w.now)
	for _, one := range w.people.Present(w.now) {
		c := domain.Candidate{ID: one.ID, Context: contexts[one.Page], New: one.New(w.now) && !one.Founder, Active: acts[one] > 0, Put: put[one.ID]}
		for _, self := range one.Selves {
			c.Put += put[self]
		}
		all = append(all, c)
	}
	return all, nil
}

// reasons says in words what speaks for asking somebody.
func (w *crowd) reasons(d *outlook, m domain.Match) (words []string) {
	for _, r := range m.Reasons {
		area := ""
		if word := d.terms.Of(r.Area); word != nil {
			area = word.Title
		}
		value, _ := r.Pair.Value.(string)
		words = append(words, r.Why.In(area, r.Pair.Name+"="+value))
	}
	return words
}

// Ask implements [api.Questioners].
func (n *Node) Ask(ctx context.Context, call api.Call, q api.Ask) (api.Asked, error) {
	w, a, err := n.asking(ctx, call, q)
	if err != nil {
		return api.Asked{}, err
	}
	out, err := w.asked(a)
	if err != nil {
		return out, err
	}
	written, err := w.c.write(ctx, call, replica.Write{Kind: domain.Question, Intents: a.intents()})
	out.ID = written.Document.String()
	return out, err
}

func (a *asking) intents() []envelope.Intent {
	intents := []envelope.Intent{{Field: "title", Verb: envelope.DoSet, Value: a.Title}}
	for _, id := range a.areas {
		intents = append(intents, envelope.Intent{Field: "areas", Verb: envelope.DoAdd, Value: id})
	}
	if a.Body != "" {
		intents = append(intents, envelope.Intent{Field: "body", Verb: envelope.DoText, Value: a.Body})
	}
	for _, one := range []struct{ field, value string }{{"seeks", a.Seeks}, {"horizon", a.Horizon}, {"wanted_by", a.WantedBy}} {
		if one.value != "" {
			intents = append(intents, envelope.Intent{Field: one.field, Verb: envelope.DoSet, Value: one.value})
		}
	}
	if len(a.context) > 0 {
		intents = append(intents, envelope.Intent{Field: "context", Verb: envelope.DoSet, Value: a.context})
	}
	for _, id := range a.to {
		intents = append(intents, envelope.Intent{Field: "asked", Verb: envelope.DoAdd, Value: id})
	}
	if a.ForSomeone {
		intents = append(intents, envelope.Intent{Field: "for_someone", Verb: envelope.DoSet, Value: true})
	}
	return intents
}

// Agenda implements [api.Questioners].
func (n *Node) Agenda(ctx context.Context, call api.Call) (api.Agenda, error) {
	out := api.Agenda{Items: []api.Agendum{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	d, err := w.domain()
	if err != nil {
		return out, err
	}
	for _, a := range domain.Agenda(w.facts, d.groups, d.made) {
		out.Items = append(out.Items, api.Agendum{
			ID: a.ID.String(), Title: a.Title, Author: w.c.person(a.Author), Created: at2time(a.Created), State: d.made.State(a.Facts),
			MeToo: w.c.persons(a.MeToo), Champions: w.c.persons(a.Champion), Areas: w.items(a.Areas),
		})
	}
	style, err := w.c.charterStyle()
	out.Off = !domain.SwitchesOf(style).Agenda
	return out, err
}

// question adds to a question what its own page does not know: what was
// made from it, why those were asked who were, and whether it is the asker's
// first.
func (s *showing) question(out *api.Document, f *envelope.Folded) error {
	w, err := s.crowd()
	if err != nil {
		return err
	}
	d, err := w.domain()
	if err != nil {
		return err
	}
	if facts := w.titles[f.ID]; facts != nil {
		own := *facts
		own.State = out.State // of all that are one with it
		out.State = d.made.State(&own)
	}
	var made []protocol.DocumentID
	for _, item := range d.made.Of(f.ID) {
		made = append(made, item.ID)
	}
	if len(made) > 0 {
		out.Fields["made"] = w.items(made)
	}
	if own := w.first(f); own {
		out.Fields["first_question"] = true
	}
	put, err := w.putTo(d, f)
	if err != nil {
		return err
	}
	if len(put) > 0 {
		out.Fields["put_to"] = put
	}
	return s.c.showHelped(s.ctx, out, f)
}

// first tells whether a question is the first its asker asks.
func (w *crowd) first(q *envelope.Folded) bool {
	asker := w.people.Of(q.Author)
	return asker != nil && !slices.ContainsFunc(w.facts, func(f *envelope.Facts) bool {
		return f.Kind == domain.Question && f.ID != q.ID && w.people.Of(f.Author) == asker &&
			(f.Created < q.Created || f.Created == q.Created && f.ID.Compare(q.ID) < 0)
	})
}

// putTo says to whom a question was put, and what speaks for asking her.
func (w *crowd) putTo(d *outlook, f *envelope.Folded) (put []api.Matched, err error) {
	context, _ := f.Value("context").(envelope.Object)
	var areas []protocol.DocumentID
	if facts := w.titles[f.ID]; facts != nil {
		areas = facts.Areas
	}
	q := domain.Asking{Areas: d.terms.Above(areas), Context: context}
	asked := f.Field("asked").Set
	if len(asked) == 0 {
		return nil, nil
	}
	all, err := w.candidates()
	if err != nil {
		return nil, err
	}
	knows := w.knowing()
	for _, v := range asked {
		who, _ := v.(protocol.MemberID)
		one := api.Matched{Member: w.c.person(who), Reasons: []string{}}
		if p := w.people.Of(who); p != nil {
			who = p.ID
		}
		if i := slices.IndexFunc(all, func(c domain.Candidate) bool { return c.ID == who }); i >= 0 {
			one.Reasons = append(one.Reasons, w.reasons(d, q.Weigh(all[i], knows))...)
		}
		put = append(put, one)
	}
	return put, nil
}

// showHelped marks in answers what was said of an earlier wording: how much of
// the answer has changed since it helped, and how it read to the asker.
func (c *community) showHelped(ctx context.Context, out *api.Document, f *envelope.Folded) error {
	for i, e := range f.Field("answers").Entries {
		helps := domain.Helps(f, e)
		if len(helps) == 0 || i >= len(out.Answers) {
			continue
		}
		var all []map[string]any
		for _, h := range helps {
			one := map[string]any{"member": c.person(h.By), "at": at2time(h.At), "value": h.Wording}
			if h.Changed > 0 {
				one["edited_since"], one["changed"] = true, rounded(h.Changed)
				text, err := c.textAt(ctx, f.ID, e.ID, h.Wording)
				if err != nil {
					return err
				}
				one["text"] = text
			}
			all = append(all, one)
		}
		out.Answers[i].Fields["helped"] = all
	}
	return nil
}

// textAt returns how an entry's text read at a wording.
func (c *community) textAt(ctx context.Context, document protocol.DocumentID, entry protocol.EntryID, w protocol.Wording) (text string, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		err = r.Inspect(document, func(d *envelope.Document) {
			for _, s := range d.TextsAt(entry, w) {
				text = s.Text
			}
		})
	})
	return text, first(asked, explain(err))
}

// storyCalled returns the story with this id.
func (c *community) storyCalled(id string) (protocol.DocumentID, error) {
	at, err := c.find(id)
	if err != nil {
		return at.document, err
	}
	if at.kind != "story" || at.entry != "" {
		return at.document, api.Hint(fmt.Errorf("%w: %s is no story but a %s", api.ErrUsage, id, at.what()), "`coppice list --kind story` shows the stories; `coppice tell --title T` tells a new one")
	}
	return at.document, nil
}

// domain adds to a document of this element what its own page does not know.
func (s *showing) domain(out *api.Document, f *envelope.Folded) error {
	switch f.Kind {
	case domain.Question:
		return s.question(out, f)
	case domain.Term:
		return s.c.showTerm(out, f)
	case gathered.Discussion:
		s.c.showStances(out, f)
	}
	return nil
}

// showStances shows of each stance whether it is on an earlier wording.
func (c *community) showStances(out *api.Document, f *envelope.Folded) {
	all := []api.Stance{}
	for _, s := range gathered.StancesOf(f) {
		all = append(all, api.Stance{
			Member: c.person(s.By), At: at2time(s.At), Value: api.Standing{Says: s.Says, Why: s.Why}, Earlier: s.Earlier, Changed: rounded(s.Changed),
		})
	}
	out.Fields["stances"] = all
}

// howFar says of items how far they have come, at a time in seconds since 1970.
func (c *community) howFar(items []api.Item, now uint64) error {
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return err
	}
	s := stages{c: c, facts: facts, groups: groups, now: now}
	for i := range items {
		var id protocol.DocumentID
		if id.UnmarshalText([]byte(items[i].ID)) != nil {
			continue
		}
		if f := factsOf(facts, id); f != nil {
			if items[i].State, err = s.of(f); err != nil {
				return err
			}
		}
	}
	return nil
}
