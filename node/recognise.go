package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// recognition is what one member said of another's contribution.
type recognition struct {
	by    protocol.MemberID
	of    *gathered.Person
	area  protocol.DocumentID
	items []api.Item // what she did, each one hers
	words string
	at    uint64
}

// recognitions lists those that count, of everybody, the latest first: whoever
// names nothing that the other contributed has said nothing.
func (w *crowd) recognitions() (all []recognition, err error) {
	cards, err := w.c.shelf.cards(memberKind)
	if err != nil {
		return nil, err
	}
	_, groups, err := w.c.shelf.survey()
	if err != nil {
		return nil, err
	}
	credits := envelope.NewCredits(w.facts)
	for _, f := range cards {
		of := w.people.Of(f.Author)
		if of == nil {
			continue
		}
		for _, said := range gathered.RecognitionsOf(f) {
			r := recognition{by: said.By, of: of, area: groups.First(said.Area), words: said.Words, at: said.At}
			for _, ref := range said.For {
				if f.ID != ref.Document && said.By != f.Author && w.contributed(credits, of, ref.Document, ref.Entry) {
					r.items = append(r.items, w.refer(credits, ref))
				}
			}
			if len(r.items) > 0 {
				all = append(all, r)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b recognition) int { return cmp.Compare(b.at, a.at) })
	return all, nil
}

// contributed tells whether something is somebody's contribution, whoever she
// was then.
func (w *crowd) contributed(credits *envelope.Credits, who *gathered.Person, item protocol.DocumentID, entry protocol.EntryID) bool {
	return slices.ContainsFunc(append([]protocol.MemberID{who.ID}, who.Selves...), func(id protocol.MemberID) bool {
		return credits.Contributed(id, item, entry)
	})
}

func (w *crowd) refer(credits *envelope.Credits, ref gathered.Ref) api.Item {
	if ref.Document.IsZero() {
		return w.part(credits, ref.Entry)
	}
	return w.item(ref.Document)
}

// recognised tells a recognition as a sentence.
func (w *crowd) recognised(r recognition) api.Recognition {
	out := api.Recognition{
		By: w.c.person(r.by), Of: as(r.of), Area: w.item(r.area), For: r.items, Words: r.words, At: at2time(r.at),
	}
	var things []string
	for _, i := range r.items {
		things = append(things, fmt.Sprintf("the %s %q", i.Kind, i.Title))
	}
	names := w.naming()
	out.Says = fmt.Sprintf("%s recognised %s for %s: %s", names.Who(r.by), names.Who(r.of.ID), out.Area.Title, strings.Join(things, ", "))
	if r.words != "" {
		out.Says = fmt.Sprintf("%s: %q, for %s, by %s", out.Area.Title, r.words, strings.Join(things, " and "), names.Who(r.by))
	}
	return out
}

// Recognise implements [api.Acquainting].
func (n *Node) Recognise(ctx context.Context, call api.Call, member string, said api.Recognising) (out api.Recognition, err error) {
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	of, area, err := w.recognising(member, said.Area)
	if err != nil {
		return out, err
	}
	credits := envelope.NewCredits(w.facts)
	r := recognition{by: w.me.ID, of: of, area: area, words: strings.TrimSpace(said.Words), at: w.now}
	var refs []gathered.Ref
	hers := false
	for _, text := range said.For {
		ref, err := w.ref(text)
		if err != nil {
			return out, err
		}
		if ref.Document != of.Page && w.contributed(credits, of, ref.Document, ref.Entry) {
			hers, r.items = true, append(r.items, w.refer(credits, ref))
		}
		refs = append(refs, ref)
	}
	if !hers {
		return out, w.notHers(of, area, len(said.For))
	}
	record := gathered.Recognition{Area: area, For: refs, Words: r.words}
	if err := w.say(ctx, call, of, area, &record); err != nil {
		return out, err
	}
	return w.recognised(r), nil
}

// recognising finds who is recognised and in which area.
func (w *crowd) recognising(member, area string) (of *gathered.Person, at protocol.DocumentID, err error) {
	if of, err = w.someone(member); err != nil {
		return of, at, err
	}
	if of == w.me {
		return of, at, api.Hint(fmt.Errorf("%w: nobody recognises herself", api.ErrUsage), "what you did speaks for you; `coppice thanks ID` thanks somebody else")
	}
	if strings.TrimSpace(area) == "" {
		return of, at, api.Hint(fmt.Errorf("%w: in which area?", api.ErrUsage), "--area rubber; `coppice term list` shows the words of the domain")
	}
	at, err = w.c.word(area)
	return of, at, err
}

// ref finds what an id names: a document or an entry.
func (w *crowd) ref(text string) (ref gathered.Ref, err error) {
	at, err := w.c.find(text)
	if err != nil {
		return ref, err
	}
	if at.entry == "" {
		return gathered.Ref{Document: at.document}, nil
	}
	ref.Entry, err = envelope.ParseEntry(at.entry)
	return ref, err
}

// notHers refuses a recognition that names no contribution of hers, and names
// some that there are.
func (w *crowd) notHers(of *gathered.Person, area protocol.DocumentID, named int) error {
	why := "it names nothing that " + of.Name + " did"
	if named > 0 {
		why = "nothing of what it names is by " + of.Name
	}
	err := fmt.Errorf("%w: a recognition is for a contribution, and %s", api.ErrUsage, why)
	var some []string
	for _, k := range w.known() {
		if k.Person == of && (k.Area == area || len(some) == 0) {
			for _, id := range k.Made[:min(len(k.Made), 3)] {
				some = append(some, fmt.Sprintf("%s %q", id.String()[:10], w.item(id).Title))
			}
		}
	}
	if len(some) == 0 {
		return api.Hint(err, "name a way, a story, an answer or a trial by %s with --for ID", of.Name)
	}
	return api.Hint(err, "name it with --for ID; of %s there is: %s", of.Name, strings.Join(some[:min(len(some), 3)], ", "))
}

// Unrecognise implements [api.Acquainting].
func (n *Node) Unrecognise(ctx context.Context, call api.Call, member, area string) error {
	w, err := n.crowd(ctx, call)
	if err != nil {
		return err
	}
	of, at, err := w.recognising(member, area)
	if err != nil {
		return err
	}
	return w.say(ctx, call, of, at, nil)
}

// say puts what this node's person says of somebody in an area in the place of
// what she said of it before; nil: nothing any more.
func (w *crowd) say(ctx context.Context, call api.Call, of *gathered.Person, area protocol.DocumentID, said *gathered.Recognition) error {
	d, err := w.c.document(ctx, of.Page)
	if err != nil {
		return err
	}
	if d == nil {
		return api.Hint(fmt.Errorf("%w: %s has no page yet", api.ErrNotFound, of.Name), "it comes with the first sync with a node that holds it")
	}
	values := []envelope.Value{}
	for _, before := range gathered.RecognitionsOf(d.Folded) {
		if before.By == w.me.ID && before.Area != area {
			values = append(values, before.Record())
		}
	}
	if said != nil {
		values = append(values, said.Record())
	}
	intent := envelope.Intent{Field: "recognised", Verb: envelope.DoPut, Value: values}
	if len(values) == 0 {
		intent = envelope.Intent{Field: "recognised", Verb: envelope.DoTake}
	}
	_, err = w.c.write(ctx, call, replica.Write{Document: of.Page, Intents: []envelope.Intent{intent}})
	return err
}
