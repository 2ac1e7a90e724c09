package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// charterID returns the id of the charter, whether there is one or not.
func (c *community) charterID() protocol.DocumentID {
	return protocol.DeriveDocument(c.id, domain.Charter)
}

// charterStyle returns how self-conscious the community is, by its charter.
func (c *community) charterStyle() (string, error) {
	f, err := c.shelf.card(c.charterID())
	if errors.Is(err, view.ErrNotFound) {
		return domain.DefaultStyle, nil
	}
	if err != nil {
		return "", err
	}
	return domain.StyleOf(f), nil
}

// chartered is a charter with all that is derived of it.
type chartered struct {
	folded   *envelope.Folded
	versions []envelope.Version
	texts    []envelope.Shown // as they read now
	wording  protocol.Wording // likewise
	reads    protocol.Hash    // names that text
	force    *domain.InForce
}

// charter reads the charter as this node has it.
func (w *crowd) charter(ctx context.Context) (*chartered, error) {
	id := w.c.charterID()
	d, err := w.c.document(ctx, id)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, api.Hint(fmt.Errorf("%w: the charter has not come to this node yet", api.ErrNotFound), "`coppice sync` brings it from another member's node")
	}
	out := &chartered{folded: d.Folded}
	asked := w.c.ask(ctx, func(r *replica.Replica) {
		err = r.Inspect(id, func(d *envelope.Document) {
			out.versions, out.wording, out.reads = d.Versions("agreed"), d.Wording(protocol.EntryID{}), d.Reads()
			out.texts = d.TextsAt(protocol.EntryID{}, out.wording)
		})
	})
	if err := first(asked, explain(err)); err != nil {
		return nil, err
	}
	out.force = out.inForce(w.people, counted(w.people, w.now))
	return out, nil
}

// inForce finds the version of a charter that holds, by the members who count.
func (ch *chartered) inForce(people *gathered.People, counted []*gathered.Person) *domain.InForce {
	return domain.Force(ch.versions, ch.texts, domain.QuorumOf(ch.folded), len(counted), func(id protocol.MemberID) (protocol.MemberID, bool) {
		one := people.Of(id)
		if one == nil || !slices.Contains(counted, one) {
			return id, false
		}
		return one.ID, true
	})
}

// counted are the members by whom a charter comes into force: who are in,
// committed and not away.
func counted(people *gathered.People, now uint64) []*gathered.Person {
	return slices.DeleteFunc(people.Present(now), func(one *gathered.Person) bool { return strings.TrimSpace(one.Commitment) == "" })
}

// Charter implements [api.Charterers].
func (n *Node) Charter(ctx context.Context, call api.Call) (api.Charter, error) {
	w, err := n.crowd(ctx, call)
	if err != nil {
		return api.Charter{}, err
	}
	ch, err := w.charter(ctx)
	if err != nil {
		return api.Charter{}, err
	}
	out := w.shownCharter(ch)
	if out.Policy, err = n.Policy(ctx, call); err != nil {
		return out, err
	}
	out.Hint, err = w.c.hint(ctx, ch.folded)
	return out, err
}

// shownCharter is the charter as answers have it, without what other documents
// and the control graph say.
func (w *crowd) shownCharter(ch *chartered) api.Charter {
	f, in := ch.folded, ch.force
	out := api.Charter{
		ID: f.ID.String(), Name: f.Title, Style: domain.StyleOf(f), Version: ch.reads.String(),
		ContextKeys: texts(f.Field("context_keys").Set), Formats: texts(f.Field("formats").Set), Starters: []api.Item{},
		Quorum: domain.QuorumOf(f).String(), ReviewMonths: domain.MonthsOf(f), AgreedByMe: w.agrees(ch),
	}
	out.Listed, _ = f.Value("listed").(bool)
	on := domain.SwitchesOf(out.Style)
	out.Prompts = api.Prompts{Charter: on.Charter, Agenda: on.Agenda, Stewards: on.Stewards, Reviews: on.Reviews, Mirror: on.Mirror}
	for _, e := range f.Field("starters").Entries {
		if id, ok := e.Field("document").Value().(protocol.DocumentID); ok && w.titles[id] != nil {
			out.Starters = append(out.Starters, w.item(id))
		}
	}
	if in.Version != nil {
		out.InForce = &api.CharterInForce{
			Since: at2time(in.Since), Agreed: w.c.persons(in.Agreed), Of: in.Of, Needs: in.Needs, Thinly: in.Thinly, Text: named(in.Version.Texts, nil),
		}
	}
	if in.Draft {
		out.Draft = &api.CharterDraft{Differs: in.Differs, Text: named(ch.texts, in.Differs), Agreed: w.c.persons(in.DraftAgreed), Of: in.Of, Needs: in.Needs}
	}
	return out
}

// agrees tells whether this node's person agreed to the text as it reads now.
func (w *crowd) agrees(ch *chartered) bool {
	return slices.ContainsFunc(ch.versions, func(v envelope.Version) bool {
		return v.Now && slices.ContainsFunc(v.By, func(s envelope.Stamp) bool { return w.people.Of(s.By) == w.me })
	})
}

// named returns texts by the names of their fields: of some fields, nil of all.
func named(all []envelope.Shown, some []string) map[string]string {
	out := map[string]string{}
	for _, name := range some {
		out[name] = ""
	}
	for _, s := range all {
		if some == nil || slices.Contains(some, s.Name) {
			out[s.Name] = s.Text
		}
	}
	return out
}

// texts returns the words of a set.
func texts(values []envelope.Value) []string {
	out := []string{}
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// hint names what members keep talking about where they meet, if the style
// offers it and nobody wrote down what the domain is.
func (c *community) hint(ctx context.Context, charter *envelope.Folded) ([]string, error) {
	if !domain.SwitchesOf(domain.StyleOf(charter)).Hint || strings.TrimSpace(charter.TextOf("domain")) != "" {
		return []string{}, nil
	}
	notes, err := c.gatheringNotes(ctx)
	if err != nil {
		return nil, err
	}
	return append([]string{}, domain.Hint(notes, c.called())...), nil
}

// called lists the names of everybody who is or was here.
func (c *community) called() []string { return slices.Collect(maps.Values(c.shelf.members())) }

// Agree implements [api.Charterers].
func (n *Node) Agree(ctx context.Context, call api.Call, a api.Agreeing) (api.Charter, error) {
	w, err := n.crowd(ctx, call)
	if err != nil {
		return api.Charter{}, err
	}
	if w.me.Guest || strings.TrimSpace(w.me.Commitment) == "" {
		return api.Charter{}, api.Hint(fmt.Errorf("%w: who agrees to the charter has said what she is here for", api.ErrNotPermitted),
			"`coppice commit \"...\"` says it, in your own words; then agree")
	}
	ch, err := w.charter(ctx)
	if err != nil {
		return api.Charter{}, err
	}
	switch {
	case a.Version != "" && a.Version != ch.reads.String():
		return api.Charter{}, api.Hint(fmt.Errorf("%w: the charter was rewritten since you read it", api.ErrUsage), "`coppice charter show` shows how it reads now")
	case len(ch.texts) == 0:
		return api.Charter{}, api.Hint(fmt.Errorf("%w: the charter says nothing yet", api.ErrUsage), "`coppice charter edit --field concern --file F` begins it")
	case !w.agrees(ch):
		intent := envelope.Intent{Field: "agreed", Verb: envelope.DoAdd, Value: ch.wording}
		if _, err := w.c.write(ctx, call, replica.Write{Document: w.c.charterID(), Intents: []envelope.Intent{intent}}); err != nil {
			return api.Charter{}, err
		}
	}
	return n.Charter(ctx, call)
}
