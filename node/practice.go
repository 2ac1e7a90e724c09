package node

import (
	"errors"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// practised is what answers about ways and problems are made of, besides a
// crowd.
type practised struct {
	*crowd
	groups *envelope.Groups
	ways   *practice.Ways
	review tended
	mine   practice.Context
}

// practice gathers it, for somebody in a context: as the call says, else as the
// page of this node's person does.
func (w *crowd) practice(where string) (*practised, error) {
	_, groups, err := w.c.shelf.survey()
	if err != nil {
		return nil, err
	}
	p := &practised{crowd: w, groups: groups, ways: practice.NewWays(w.facts, groups)}
	if p.review, err = w.c.chartered(); err != nil {
		return nil, err
	}
	var mine envelope.Object
	if where != "" {
		mine, err = contextOf(where)
	} else if page, missing := w.c.shelf.card(w.me.Page); missing == nil {
		mine, _ = page.Value("context").(envelope.Object)
	} else if !errors.Is(missing, view.ErrNotFound) {
		err = missing
	}
	p.mine = practice.ContextOf(mine)
	return p, err
}

// practise adds to a document where it came from and where it went, and to a
// way, a problem or a story what its own page does not know.
func (s *showing) practise(out *api.Document, f *envelope.Folded) error {
	w, err := s.crowd()
	if err != nil {
		return err
	}
	trail, err := w.trail(f.ID, protocol.EntryID{})
	if err != nil {
		return err
	}
	if out.Trail = &trail; f.Kind != practice.Way && f.Kind != practice.Problem && f.Kind != practice.Story {
		return nil
	}
	p, err := s.practice()
	if err != nil {
		return err
	}
	if facts := w.titles[f.ID]; facts != nil && f.Kind != practice.Story {
		out.State = facts.State
	}
	switch f.Kind {
	case practice.Way:
		return p.showWay(out, f, s.folds)
	case practice.Problem:
		return p.showProblem(out, f, s.folds)
	}
	p.showStory(out, f, s.folds)
	return nil
}

// showWay says who tried a way and what it comes to, for which problems it is,
// and which other ways there are.
func (p *practised) showWay(out *api.Document, f *envelope.Folded, folds *folds) error {
	way := p.ways.Of(f.ID)
	if way == nil { // taken back just now
		return nil
	}
	out.Fields["standing"] = out.State
	out.Credited = p.c.persons(way.Authors)
	out.Trials = []api.Trial{}
	for _, t := range practice.TrialsOf(f) {
		out.Trials = append(out.Trials, api.Trial{
			ID: envelope.EntryName(t.ID), By: p.c.person(t.By), At: at2time(t.At), Outcome: t.Outcome, Context: said(t.Context),
			Words: t.Words, Effect: t.Effect, Faded: t.Faded, Own: slices.Contains(way.Authors, t.By), Folded: folds.by(t.By),
		})
	}
	out.Evidence = &api.Evidence{
		Worked: p.c.persons(way.Worked), Adapted: p.c.persons(way.Adapted), Failed: p.c.persons(way.Failed),
		Contexts: mapped(way.WorkedIn), FailedIn: mapped(way.FailedIn), Bound: rounded(way.Bound()),
	}
	old := p.review.old(way.Facts, p.now)
	out.Old, out.ReviewBy = &old, gathered.ReviewDay(way.Facts, p.review.months).String()
	out.Reviews = []api.Review{}
	for _, own := range f.Field("reviews").Own {
		o, _ := own.Value.(envelope.Object)
		on, _ := o.Get("wording").(protocol.Wording)
		out.Reviews = append(out.Reviews, api.Review{
			By: p.c.person(own.By), At: at2time(own.At), Says: o.Text("says"), Words: o.Text("words"), Earlier: f.ChangedSince(on) > 0,
		})
	}
	out.About = p.items(way.About)
	var rivals []protocol.DocumentID
	for _, problem := range way.About {
		for _, other := range p.ways.For(problem, p.mine) {
			if other != way && !slices.Contains(rivals, other.ID) {
				rivals = append(rivals, other.ID)
			}
		}
	}
	out.Rivals = []api.Item{}
	for _, id := range rivals {
		out.Rivals = append(out.Rivals, p.c.line(p.titles[id]))
	}
	return p.c.howFar(out.Rivals, p.now)
}

// showProblem says who met a problem, and shows the ways to deal with it side
// by side.
func (p *practised) showProblem(out *api.Document, f *envelope.Folded, folds *folds) error {
	out.Mine = mappedOne(p.mine)
	out.Met = p.meetings(f.Field("met").Entries, folds)
	out.Ways = []api.Dealing{}
	for _, way := range p.ways.For(f.ID, p.mine) {
		one := api.Dealing{
			Item: p.c.line(way.Facts), Standing: way.State, Fit: rounded(practice.Fit(way.Where(), p.mine)), Bound: rounded(way.Bound()),
			Credited: p.c.persons(way.Authors), Worked: p.c.persons(way.Worked), Adapted: p.c.persons(way.Adapted), Failed: p.c.persons(way.Failed),
			Contexts: mapped(way.WorkedIn), FailedIn: mapped(way.FailedIn), Trials: len(way.Trials), Old: p.review.old(way.Facts, p.now),
		}
		var stewards []protocol.MemberID
		for _, d := range way.Did(envelope.Stewarded) {
			stewards = append(stewards, d.By)
		}
		one.State, one.Stewards = way.State, p.c.persons(stewards)
		var err error
		if one.Folded, err = folds.document(way.Facts); err != nil {
			return err
		}
		card, err := p.c.shelf.card(way.ID)
		if errors.Is(err, view.ErrNotFound) {
			continue // taken back just now
		}
		if err != nil {
			return err
		}
		if one.Folded == "" {
			one.UseWhen, one.NotWhen = card.TextOf("use_when"), card.TextOf("not_when")
		}
		out.Ways = append(out.Ways, one)
	}
	return nil
}

// showStory says whose a story is, where it was told again and who used it.
func (p *practised) showStory(out *api.Document, f *envelope.Folded, folds *folds) {
	out.Credited = []api.Person{p.c.told(f)}
	out.Retold = []api.Item{}
	for _, v := range f.Field("retold").Set {
		if id, ok := v.(protocol.DocumentID); ok && p.titles[id] != nil {
			out.Retold = append(out.Retold, p.item(id))
		}
	}
	out.Used = p.meetings(f.Field("used").Entries, folds)
}

// told returns whose a story is; who is no member has a name alone.
func (c *community) told(f *envelope.Folded) api.Person {
	switch who := practice.TellerOf(f).(type) {
	case protocol.MemberID:
		return c.person(who)
	case string:
		return api.Person{Name: who}
	}
	return api.Person{}
}

func (p *practised) meetings(entries []envelope.Entry, folds *folds) []api.Meeting {
	out := []api.Meeting{}
	for _, e := range entries {
		if !e.Withdrawn {
			where, _ := e.Field("context").Value().(envelope.Object)
			out = append(out, api.Meeting{
				ID: envelope.EntryName(e.ID), By: p.c.person(e.By), At: at2time(e.At), Context: said(where), Words: e.Field("words").Text, Folded: folds.by(e.By),
			})
		}
	}
	return out
}

// said is a context as somebody said it, as JSON has it.
func said(o envelope.Object) map[string]string {
	out := map[string]string{}
	for _, p := range o {
		out[p.Name], _ = p.Value.(string)
	}
	return out
}

// mapped are contexts as JSON has them.
func mapped(all []practice.Context) []map[string]string {
	out := []map[string]string{}
	for _, c := range all {
		out = append(out, mappedOne(c))
	}
	return out
}

func mappedOne(c practice.Context) map[string]string {
	out := map[string]string{}
	for _, pair := range c {
		key, value, _ := strings.Cut(pair, "=")
		out[key] = value
	}
	return out
}
