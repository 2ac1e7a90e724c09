package node

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// States that are derived of a document whatever its kind.
const (
	stateOld     = "old"     // a way that wants to be looked at again
	stateShelved = "shelved" // put away
)

// states are all that a list says of how far something has come, and those two.
var states = []string{
	"open", "answered", "solved", "distilled", "moot", "moved", // questions
	"lone", "recurring", "has ways", "settled", // problems
	"untried", "untried on this wording", "tried", "works here", "proven", "contested", // ways, and problems
	"rhythm", "planned", "held", // gatherings
	"proposed", "under way", "ended", "offered", "wanted", // projects and pairings
	gathered.Closing, gathered.Decided, // discussions
	stateOld, stateShelved,
}

// filter tells which documents an [api.Filter] means. It looks at nothing but
// the facts of all documents, so that no index can disagree with what is shown.
type filter struct {
	c       *community
	kinds   []protocol.Kind
	area    protocol.DocumentID // zero: any
	in      map[protocol.DocumentID]bool
	terms   *domain.Terms
	form    string
	states  []string
	stages  stages
	review  tended // where what is old is asked for
	by      *gathered.Person
	people  *gathered.People
	credits *envelope.Credits
	since   uint64 // seconds since 1970
	until   uint64 // before then
	context envelope.Object
}

// filter reads what is asked for, and refuses what nothing can fit.
func (n *Node) filter(ctx context.Context, call api.Call, c *community, asked api.Filter) (*filter, error) {
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	f := &filter{c: c, form: asked.Form, until: math.MaxUint64, stages: stages{c: c, facts: facts, groups: groups, now: n.cfg.wall(call.Now)}}
	for _, read := range []func() error{
		func() error { return f.ofKind(asked.Kind, asked.Form) },
		func() error { return f.inArea(asked.Area) },
		func() error { return f.inState(asked.State) },
		func() error { return f.byMember(ctx, n, call, asked.By) },
		func() error { return f.within(asked.Since, asked.Until) },
		func() error { return f.near(asked.Ctx, asked.Mine) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// ofKind reads kinds, and a form that one of them has.
func (f *filter) ofKind(asked, form string) error {
	kinds := f.c.node.kinds
	for kind := range strings.FieldsFuncSeq(asked, func(r rune) bool { return r == ',' }) {
		if kind = strings.TrimSpace(kind); !slices.Contains(kinds.Names(), kind) {
			return api.Hint(fmt.Errorf("%w: there is no kind %q", api.ErrUsage, kind), "there are %s", strings.Join(kinds.Names(), ", "))
		}
		f.kinds = append(f.kinds, kinds.Named(kind).Kind)
	}
	var forms []string
	for _, schema := range kinds.All() {
		if row := schema.Field(schema.Sort); row != nil && (len(f.kinds) == 0 || slices.Contains(f.kinds, schema.Kind)) {
			if row.Form.Is != envelope.IsChoice {
				return nil // a community names its own
			}
			forms = append(forms, row.Form.Choices...)
		}
	}
	switch {
	case form == "" || slices.Contains(forms, form):
		return nil
	case len(forms) == 0:
		return api.Hint(fmt.Errorf("%w: a %s has no form", api.ErrUsage, asked), "leave --form out")
	}
	return api.Hint(fmt.Errorf("%w: there is no form %q", api.ErrUsage, form), "there are %s", strings.Join(forms, ", "))
}

func (f *filter) inArea(asked string) (err error) {
	if asked == "" {
		return nil
	}
	if f.terms, err = f.c.shelf.terms(); err != nil {
		return err
	}
	id, err := names{f.c}.Document(asked)
	if err != nil {
		return err
	}
	word := f.terms.Of(id)
	if word == nil {
		return api.Hint(fmt.Errorf("%w: %q is no area", api.ErrUsage, asked), "`coppice map` shows the areas")
	}
	f.area, f.in = word.ID, map[protocol.DocumentID]bool{}
	return nil
}

func (f *filter) inState(asked string) (err error) {
	for state := range strings.FieldsFuncSeq(asked, func(r rune) bool { return r == ',' }) {
		if state = strings.ToLower(strings.TrimSpace(state)); !slices.Contains(states, state) {
			return api.Hint(fmt.Errorf("%w: nothing is ever %q", api.ErrUsage, state), "there are %s", strings.Join(states, ", "))
		}
		f.states = append(f.states, state)
	}
	if slices.Contains(f.states, stateOld) {
		f.review, err = f.c.chartered()
	}
	return err
}

func (f *filter) byMember(ctx context.Context, n *Node, call api.Call, asked string) error {
	if asked == "" {
		return nil
	}
	w, err := n.crowd(ctx, api.Call{Community: f.c.id.String(), Now: call.Now})
	if err != nil {
		return err
	}
	if f.by, err = w.someone(asked); err != nil {
		return err
	}
	f.people, f.credits = w.people, envelope.NewCredits(f.stages.facts)
	return nil
}

func (f *filter) within(since, until string) (err error) {
	if since != "" {
		if f.since, _, err = moment(since); err != nil {
			return err
		}
	}
	if until != "" {
		at, day, err := moment(until)
		if f.until = at; day {
			f.until += 86_400 // of a day on it too
		}
		return err
	}
	return nil
}

// moment reads a UTC day, or a time.
func moment(text string) (at uint64, day bool, err error) {
	t, err := time.Parse(time.DateOnly, text)
	if day = err == nil; !day {
		t, err = time.Parse(time.RFC3339, text)
	}
	if err != nil || t.Unix() < 0 {
		return 0, false, api.Hint(fmt.Errorf("%w: %q is no day", api.ErrUsage, text), "write it like 2026-05-14, or 2026-05-14T12:00:00Z")
	}
	return uint64(t.Unix()), day, nil
}

func (f *filter) near(asked string, mine bool) (err error) {
	switch {
	case mine && asked != "":
		return api.Hint(fmt.Errorf("%w: two contexts at once", api.ErrUsage), "give --ctx or --mine")
	case !mine:
		f.context, err = contextOf(asked)
		return err
	}
	at, err := f.c.find("me")
	if err != nil {
		return err
	}
	if page := factsOf(f.stages.facts, at.document); page != nil && len(page.Contexts) > 0 {
		f.context = page.Contexts[0]
		return nil
	}
	return api.Hint(fmt.Errorf("%w: your page does not say in which context you work", api.ErrUsage), "`coppice set me context \"climate=nordic\"` says it, or give --ctx climate=nordic")
}

// fits tells whether a document is meant, what is put away too.
func (f *filter) fits(facts *envelope.Facts) (bool, error) {
	switch {
	case len(f.kinds) > 0 && !slices.Contains(f.kinds, facts.Kind),
		f.form != "" && facts.Sort != f.form,
		facts.Updated < f.since, facts.Updated >= f.until,
		!f.area.IsZero() && !f.lies(facts),
		f.by != nil && !f.hers(facts),
		len(f.context) > 0 && !slices.ContainsFunc(facts.Contexts, f.shares):
		return false, nil
	case len(f.states) > 0:
		return f.stands(facts)
	}
	return true, nil
}

// lies tells whether a document is in the area, or an area below it.
func (f *filter) lies(facts *envelope.Facts) bool {
	below := func(id protocol.DocumentID) bool {
		in, known := f.in[id]
		if !known {
			in = slices.Contains(f.terms.Above([]protocol.DocumentID{id}), f.area)
			f.in[id] = in
		}
		return in
	}
	return slices.ContainsFunc(facts.Areas, below) || facts.Kind == domain.Term && below(facts.ID)
}

// hers tells whether a document is the member's, or she wrote it down.
func (f *filter) hers(facts *envelope.Facts) bool {
	is := func(id protocol.MemberID) bool {
		one := f.people.Of(id)
		return id == f.by.ID || one != nil && one == f.by
	}
	return is(facts.Author) || slices.ContainsFunc(f.credits.Whose(facts), is) ||
		slices.ContainsFunc(facts.Did(envelope.Made), func(d envelope.Deed) bool { return is(d.By) })
}

func (f *filter) shares(other envelope.Object) bool {
	return slices.ContainsFunc(f.context, func(p envelope.Pair) bool { return other.Get(p.Name) == p.Value })
}

func (f *filter) stands(facts *envelope.Facts) (bool, error) {
	if slices.Contains(f.states, stateShelved) && facts.Shelved {
		return true, nil
	}
	if slices.Contains(f.states, stateOld) && facts.Kind == practice.Way && f.review.old(facts, f.stages.now) {
		return true, nil
	}
	state, err := f.stages.of(facts)
	return slices.Contains(f.states, state), err
}

// only returns which documents a search may find: those that fit, and of those
// that are one the first it meets.
func (f *filter) only() (func(protocol.DocumentID) bool, error) {
	fitting := make(map[protocol.DocumentID]bool, len(f.stages.facts))
	for _, one := range f.stages.facts {
		fits, err := f.fits(one)
		if err != nil {
			return nil, err
		}
		if fits {
			fitting[one.ID] = true
		}
	}
	met := map[protocol.DocumentID]bool{}
	return func(id protocol.DocumentID) bool {
		first := f.stages.groups.First(id)
		fits := fitting[id] && !met[first]
		met[first] = met[first] || fits
		return fits
	}, nil
}

// putAway tells whether what is shelved is asked for.
func (f *filter) putAway() bool { return slices.Contains(f.states, stateShelved) }

// stages tell of documents how far they have come, at a time.
type stages struct {
	c      *community
	facts  []*envelope.Facts
	groups *envelope.Groups
	made   *domain.Distillates // once it was asked for
	now    uint64              // seconds since 1970
}

func (s *stages) of(f *envelope.Facts) (string, error) {
	switch f.Kind {
	case domain.Question:
		if s.made == nil {
			s.made = domain.NewDistillates(s.facts, s.groups)
		}
		return s.made.State(f), nil
	case gathered.Discussion:
		card, err := s.c.shelf.card(f.ID)
		if errors.Is(err, view.ErrNotFound) {
			return "", nil // taken back just now
		}
		if err != nil {
			return "", err
		}
		return gathered.StateOf(card, gathered.Today(s.now)), nil
	}
	return f.State, nil
}
