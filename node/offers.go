package node

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

// offers gathers what there is to choose from.
func (w *walk) offers() (gathered.Offers, error) {
	var o gathered.Offers
	o.Read = w.readings()
	o.Meet = w.neighbours()
	small, err := w.smallThings()
	if err != nil {
		return o, err
	}
	o.Do = gathered.Spread(w.me.ID, small)
	for i := range w.coming {
		if next := &w.coming[i]; !next.Over(shows(w.now, next.Zone)) {
			o.Come = append(o.Come, next.ID(w.c.id))
			break
		}
	}
	return o, nil
}

// mostOffered is how many of one sort of reading are looked at.
const mostOffered = 5

// readings lists what there is to read, in the order in which it is offered.
func (w *walk) readings() (all []gathered.Choice) {
	offer := func(sort gathered.Sort, ids ...protocol.DocumentID) {
		for _, id := range ids[:min(len(ids), mostOffered)] {
			if f := w.titles[id]; f != nil && !f.Shelved {
				all = append(all, gathered.Choice{Sort: sort, Item: id})
			}
		}
	}
	if f := w.charter.card; f != nil {
		for _, e := range f.Field("starters").Entries {
			if id, ok := e.Field("document").Value().(protocol.DocumentID); ok {
				offer(gathered.ReadStarter, w.look.groups.First(id))
			}
		}
		if strings.TrimSpace(f.Body) != "" {
			offer(gathered.ReadCharter, f.ID)
		}
	}
	offer(gathered.ReadStory, w.best(practice.Story, practice.Resonance)...)
	offer(gathered.ReadWay, w.best(practice.Way, practice.Proof)...)
	for _, a := range domain.Agenda(w.facts, w.look.groups, w.look.made) {
		offer(gathered.ReadQuestion, a.ID)
	}
	for i := range w.coming {
		if next := &w.coming[i]; !next.Over(shows(w.now, next.Zone)) {
			if next.Series != nil {
				offer(gathered.ReadGathering, next.Series.ID)
			} else {
				offer(gathered.ReadGathering, next.Own.ID)
			}
			break
		}
	}
	return all
}

// best lists items of a kind, those first that are of an area she wants to
// learn, then the higher score, then the newer. What scores nothing comes last.
func (w *walk) best(kind protocol.Kind, score func(*envelope.Facts) int) (ids []protocol.DocumentID) {
	type scored struct {
		f    *envelope.Facts
		mine bool
		n    int
	}
	var all []scored
	for _, f := range w.facts {
		if f.Kind == kind && !f.Shelved && w.look.groups.First(f.ID) == f.ID && w.people.Of(f.Author) != w.me {
			all = append(all, scored{f, w.learns(f), score(f)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(-cmp.Compare(min(a.n, 1), min(b.n, 1)), -compareBool(a.mine, b.mine), -cmp.Compare(a.n, b.n), -cmp.Compare(a.f.Created, b.f.Created), a.f.ID.Compare(b.f.ID))
	})
	for _, one := range all[:min(len(all), mostOffered)] {
		ids = append(ids, one.f.ID)
	}
	return ids
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// learns tells whether a document is of an area she wants to learn.
func (w *walk) learns(f *envelope.Facts) bool { return slices.ContainsFunc(f.Areas, w.me.Wants) }

// neighbours lists whom she may meet: with whom she shares an area first, the
// best reason first, then those who do most here of what is done for all.
func (w *walk) neighbours() (all []gathered.Neighbour) {
	levels := gathered.Levels(w.people, w.facts, w.now)
	type candidate struct {
		one    *gathered.Person
		shared []gathered.Share
		met    bool
		near   bool
	}
	var some []candidate
	for _, one := range w.people.Present(w.now) {
		if one == w.me {
			continue
		}
		c := candidate{one: one, shared: gathered.Shared(w.known(), w.me, one), met: w.spoken[one]}
		c.near = one.New(w.now) && !one.Founder || slices.ContainsFunc(one.Learns, w.me.Wants)
		some = append(some, c)
	}
	order := func(c candidate) int {
		if len(c.shared) > 0 {
			return int(c.shared[0].Why)
		}
		return int(gathered.BothKnow) + 1
	}
	quiet := func(c candidate) int { return compareBool(levels[c.one.ID] == gathered.Edge, false) }
	slices.SortFunc(some, func(a, b candidate) int {
		return cmp.Or(compareBool(a.met, b.met), cmp.Compare(order(a), order(b)), -cmp.Compare(len(a.shared), len(b.shared)), cmp.Compare(quiet(a), quiet(b)), a.one.ID.Compare(b.one.ID))
	})
	for _, c := range some {
		all = append(all, gathered.Neighbour{Who: c.one.ID, Near: c.near})
	}
	return all
}

// smallThings lists the small things that she could do and has not.
func (w *walk) smallThings() (all []gathered.Small, err error) {
	offer := func(sort gathered.Sort, f *envelope.Facts) {
		if f != nil && !w.did(f.ID) {
			all = append(all, gathered.Small{Choice: gathered.Choice{Sort: sort, Item: f.ID}, Fits: w.learns(f)})
		}
	}
	word, err := w.bareWord()
	if err != nil {
		return nil, err
	}
	offer(gathered.DoWord, word)
	for _, id := range w.best(practice.Problem, func(f *envelope.Facts) int { return 1 + len(f.Did(envelope.Met)) }) {
		offer(gathered.DoMeToo, w.titles[id])
		break
	}
	if w.charter.on.Reviews {
		for _, s := range gathered.StaleOf(w.facts, w.look.groups, practice.Way, w.charter.months, w.now) {
			offer(gathered.DoConfirm, s.Facts)
			break
		}
	}
	today := gathered.Today(w.now)
	for _, o := range gathered.Scribeless(w.coming, today) {
		all = append(all, gathered.Small{Choice: gathered.Choice{Sort: gathered.DoNotes, Item: o.ID(w.c.id)}})
		break
	}
	if ask := (gathered.Choice{Sort: gathered.DoAsk}); !w.acted(ask) {
		all = append(all, gathered.Small{Choice: ask})
	}
	return all, nil
}

// bareWord returns a word without an example, of what she wants to learn if
// there is one; nil when all have some.
func (w *walk) bareWord() (best *envelope.Facts, err error) {
	cards, err := w.c.shelf.cards(termKind)
	if err != nil {
		return nil, err
	}
	for _, f := range cards {
		facts := w.titles[f.ID]
		if facts == nil || f.Shelved || len(f.Field("examples").Set) > 0 || w.look.groups.First(f.ID) != f.ID || f.Value("area") == true {
			continue
		}
		own := *facts
		if above := w.look.terms.Parent(f.ID); above != nil {
			own.Areas = append(slices.Clone(own.Areas), above.ID)
		}
		if fits := w.learns(&own); best == nil || fits && !w.learns(best) {
			best = &own
		}
	}
	return best, nil
}

// show says the path.
func (w *walk) show(out *api.Welcome) {
	for _, c := range w.path.Read {
		step := api.ToRead{Step: c.Item.String(), Item: w.item(c.Item), Why: w.whyRead(c), Done: w.did(c.Item)}
		if c.Sort == gathered.ReadGathering {
			step.Done = step.Done || w.comesTo(c.Item)
		}
		out.Read = append(out.Read, step)
		out.Finished = out.Finished && step.Done
	}
	for _, id := range w.path.Meet {
		one := w.people.Of(id)
		step := api.ToMeet{
			Step: id.String(), Member: as(one), Why: w.whyMeet(one), Done: w.spoken[one] || w.ticked(id.String()),
			Does: fmt.Sprintf("coppice hello %s \"...\"", quoted("@"+one.Name)),
		}
		out.Meet = append(out.Meet, step)
		out.Finished = out.Finished && step.Done
	}
	for _, c := range w.path.Do {
		out.Do = w.toDo(c)
		out.Finished = out.Finished && out.Do.Done
	}
	for _, id := range w.path.Come {
		o := w.occasion(id)
		item := api.Item{ID: id.String(), Kind: gatheringKind, Title: o.Title() + ", " + o.Start.Day.String()}
		if o.Own == nil {
			item.ID = dayName(o.Series.ID, o.Slot)
		}
		out.Come = &api.ToCome{Step: stepCome, Item: item, Start: instant(o), Does: "coppice gathering coming " + meant(o), Done: w.comes(id)}
		out.Finished = out.Finished && out.Come.Done
	}
}

// meant names an occasion as a person types it.
func meant(o *gathered.Occasion) string {
	if o.Series != nil {
		return o.Series.ID.String()[:10] + "/" + o.Slot.String()
	}
	return o.Own.ID.String()[:10]
}

// comesTo tells whether she comes to any day of a rhythm.
func (w *walk) comesTo(series protocol.DocumentID) bool {
	return slices.ContainsFunc(w.coming, func(o gathered.Occasion) bool {
		return o.Series != nil && o.Series.ID == series && o.Own != nil && w.comes(o.Own.ID)
	})
}

// whyRead says why something is worth reading first.
func (w *walk) whyRead(c gathered.Choice) string {
	f := w.titles[c.Item]
	in := ""
	if i := slices.IndexFunc(f.Areas, w.me.Wants); i >= 0 && w.titles[f.Areas[i]] != nil {
		in = ", about " + w.titles[f.Areas[i]].Title + ", which you want to learn"
	}
	switch c.Sort {
	case gathered.ReadStarter:
		return "chosen here for everybody who is new" + in
	case gathered.ReadCharter:
		if w.charter.on.Charter {
			return "what we care about, and what we promise each other"
		}
		return "what we care about"
	case gathered.ReadStory:
		if practice.Resonance(f) > 0 {
			return "a story that stayed with others" + in
		}
		return "a story of ours" + in
	case gathered.ReadWay:
		if practice.Proof(f) > 0 {
			return "a way that others did, and it worked" + in
		}
		return "a way that waits for somebody to try it" + in
	case gathered.ReadQuestion:
		return "a question we keep coming back to"
	}
	return "when we meet next, and what for"
}

// whyMeet says why somebody is worth meeting first.
func (w *walk) whyMeet(one *gathered.Person) string {
	if i := slices.IndexFunc(one.Learns, w.me.Wants); i >= 0 && w.titles[one.Learns[i]] != nil {
		return gathered.Share{Why: gathered.BothLearn}.Says(w.titles[one.Learns[i]].Title)
	}
	for _, s := range gathered.Shared(w.known(), w.me, one) {
		if area := w.titles[s.Area]; area != nil {
			return s.Says(area.Title)
		}
	}
	switch {
	case slices.ContainsFunc(w.me.Guides, func(id protocol.MemberID) bool { return w.people.Of(id) == one }):
		return "is your guide"
	case one.Founder:
		return "began all this"
	case one.New(w.now):
		return "came lately, too"
	}
	return "has been here since " + gathered.Today(one.Came).String()
}

// toDo says a small thing, with the command that does it.
func (w *walk) toDo(c gathered.Choice) *api.ToDo {
	out := &api.ToDo{Step: stepDo, Done: w.acted(c)}
	id := c.Item.String()[:10]
	if c.Sort != gathered.DoAsk {
		item := w.item(c.Item)
		out.Item = &item
	}
	switch c.Sort {
	case gathered.DoWord:
		out.Act, out.Why = "give a word an example", fmt.Sprintf("nobody has shown yet what %q looks like; who is new still sees it", out.Item.Title)
		out.Does = "coppice add " + id + " examples ID"
	case gathered.DoMeToo:
		out.Act, out.Why = "say that you have met this, too", "you may have met it where nobody else of us was"
		out.Does = "coppice metoo " + id
	case gathered.DoConfirm:
		out.Act, out.Why = "look at an old way with fresh eyes", "who wrote it no longer sees what is missing"
		out.Does = "coppice review " + id + " good|work"
	case gathered.DoNotes:
		out.Act, out.Why = "take notes", "nobody does yet, and who takes notes may ask anything"
		if o := w.occasion(c.Item); o != nil {
			if out.Item.Kind, out.Item.Title = gatheringKind, o.Title()+", "+o.Start.Day.String(); o.Own == nil {
				out.Item.ID = dayName(o.Series.ID, o.Slot)
			}
			out.Does = "coppice gathering notes " + meant(o) + " --file -"
		}
	case gathered.DoAsk:
		out.Act, out.Why = "ask what nobody asks", "what strikes you now, we no longer hear"
		out.Does = "coppice ask \"...\""
	}
	return out
}
