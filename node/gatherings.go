package node

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

const gatheringKind = "gathering"

// How far the ribbon reaches, in days: a year around today.
const (
	ribbonBack  = 274
	ribbonAhead = 91
)

// meetings are the gatherings of a community as their cards have them, shelved
// ones left out.
type meetings struct {
	series []*envelope.Folded
	own    map[protocol.DocumentID][]*envelope.Folded // the occurrences of a series
	once   []*envelope.Folded                         // what takes place once, and what has no time yet
}

func (c *community) meetings() (*meetings, error) {
	cards, err := c.shelf.cards(gatheringKind)
	if err != nil {
		return nil, err
	}
	_, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	return newMeetings(cards, groups), nil
}

// newMeetings sorts the cards of gatherings.
func newMeetings(cards []*envelope.Folded, groups *envelope.Groups) *meetings {
	m := &meetings{own: map[protocol.DocumentID][]*envelope.Folded{}}
	for _, f := range cards {
		series, _, occurrence := gathered.Occurrence(f)
		_, rhythm := gathered.RhythmOf(f)
		switch {
		case f.Shelved || groups.First(f.ID) != f.ID:
		case occurrence:
			m.own[series] = append(m.own[series], f)
		case rhythm:
			m.series = append(m.series, f)
		default:
			m.once = append(m.once, f)
		}
	}
	return m
}

// of returns when a rhythm is on between two days.
func (m *meetings) of(series *envelope.Folded, from, to gathered.Day) []gathered.Occasion {
	return gathered.Occasions(series, m.own[series.ID], from, to)
}

// all returns when people gather between two days, by time.
func (m *meetings) all(from, to gathered.Day) (all []gathered.Occasion) {
	for _, series := range m.series {
		all = append(all, m.of(series, from, to)...)
	}
	for _, f := range m.once {
		if o, ok := gathered.Once(f); ok && o.Start.Day >= from && o.Start.Day <= to {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b gathered.Occasion) int { return instant(&a).Compare(instant(&b)) })
	return all
}

// period returns the mean gap of the quickest rhythm there is, false without one.
func (m *meetings) period(today gathered.Day) (least float64, live bool) {
	for _, series := range m.series {
		if days, ok := gathered.Period(series, today); ok && (!live || days < least) {
			least, live = days, true
		}
	}
	return least, live
}

// lookBack and lookAhead are how far from today the day of a rhythm is looked
// for that is meant where none is named.
const (
	lookBack  = 800
	lookAhead = 400
	week      = 7
)

// next returns the day of a rhythm that is on now or comes next; false when the
// rhythm has no more days.
func (m *meetings) next(series *envelope.Folded, wall uint64) (o gathered.Occasion, ok bool) {
	today := dayOf(wall, series.TextOf("tz"))
	for _, o := range m.of(series, today-lookAhead, today+lookAhead) {
		if !o.Over(shows(wall, o.Zone)) {
			return o, true
		}
	}
	days := gathered.Next(series, today+lookAhead, 1)
	if len(days) == 0 {
		return o, false
	}
	return gathered.OccasionOn(series, nil, days[0]), true
}

// last returns the day of a rhythm that is today or was last; before the first,
// that one.
func (m *meetings) last(series *envelope.Folded, wall uint64) (gathered.Occasion, bool) {
	today := dayOf(wall, series.TextOf("tz"))
	for _, o := range slices.Backward(m.of(series, today-lookBack, today+1)) {
		if o.Start.Day <= dayOf(wall, o.Zone) {
			return o, true
		}
	}
	return m.next(series, wall)
}

// scribeless returns what comes within a week and has nobody who takes notes.
func (c *community) scribeless(wall uint64) ([]gathered.Occasion, error) {
	m, err := c.meetings()
	if err != nil {
		return nil, err
	}
	today := gathered.Today(wall)
	return gathered.Scribeless(m.all(today, today+week), today), nil
}

// gatheringNotes returns the notes of all gatherings, for what they speak of.
func (c *community) gatheringNotes(ctx context.Context) (notes []string, err error) {
	cards, err := c.shelf.cards(gatheringKind)
	if err != nil {
		return nil, err
	}
	for _, f := range cards {
		text := f.TextOf("notes")
		if len(text) > envelope.CardText-4 { // the card may not hold all of it
			d, err := c.document(ctx, f.ID)
			if err != nil {
				return nil, err
			}
			if d != nil {
				text = d.Folded.TextOf("notes")
			}
		}
		if text != "" && !f.Shelved {
			notes = append(notes, text)
		}
	}
	return notes, nil
}

// Gatherings implements [api.Gatherers].
func (n *Node) Gatherings(_ context.Context, call api.Call, l api.GatheringListing) (out api.Gatherings, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	if l.Limit, err = within(l.Limit, usualItems); err != nil {
		return out, err
	}
	m, err := c.meetings()
	if err != nil {
		return out, err
	}
	wall := n.cfg.wall(call.Now)
	lines := m.lines(wall)
	begin := 0
	if l.After != "" {
		begin = 1 + slices.IndexFunc(lines, func(g api.GatheringLine) bool { return g.ID == l.After })
		if begin == 0 {
			return out, api.Hint(fmt.Errorf("%w: no list goes on from %q", api.ErrUsage, l.After), "give what the page before said comes next")
		}
	}
	end := min(begin+l.Limit, len(lines))
	if out.Items = append([]api.GatheringLine{}, lines[begin:end]...); end < len(lines) {
		out.Next = &lines[end-1].ID
	}
	today := gathered.Today(wall)
	all := m.all(today-vitals.MostWindow, today+ribbonAhead)
	out.Ribbon = ribbon(all, wall)
	period, _ := m.period(today)
	out.Rhythm = sign(all, today, period)
	return out, nil
}

// lines lists rhythms and what takes place once: what is to come, the soonest
// first, then what has no time yet, then what was, the last first.
func (m *meetings) lines(wall uint64) []api.GatheringLine {
	lines := []api.GatheringLine{}
	for _, f := range m.series {
		line := api.GatheringLine{ID: f.ID.String(), Title: f.Title, Format: f.TextOf("format"), Every: every(f), State: "rhythm"}
		if o, ok := m.next(f, wall); ok {
			fill(&line, &o)
			line.On = dayName(f.ID, o.Slot)
		}
		lines = append(lines, line)
	}
	for _, f := range m.once {
		line := api.GatheringLine{ID: f.ID.String(), Title: f.Title, Format: f.TextOf("format"), State: "planned", Place: f.TextOf("place")}
		if o, ok := gathered.Once(f); ok {
			fill(&line, &o)
			line.State = o.State(shows(wall, o.Zone))
		}
		lines = append(lines, line)
	}
	over := func(g api.GatheringLine) int {
		switch {
		case g.Start == nil:
			return 1
		case g.State == "held" || g.State == "missed":
			return 2
		}
		return 0
	}
	slices.SortStableFunc(lines, func(a, b api.GatheringLine) int {
		if by := cmp.Compare(over(a), over(b)); by != 0 || a.Start == nil {
			return cmp.Or(by, cmp.Compare(a.ID, b.ID))
		}
		if over(a) == 2 {
			return cmp.Or(b.Start.Compare(*a.Start), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(a.Start.Compare(*b.Start), cmp.Compare(a.ID, b.ID))
	})
	return lines
}

// fill says of a line when and where it is, and how many come.
func fill(line *api.GatheringLine, o *gathered.Occasion) {
	at := instant(o)
	line.Start, line.Local, line.Zone, line.Place = &at, o.Start.String(), o.Zone, o.Text("place")
	if o.Own == nil {
		return
	}
	for _, own := range o.Own.Field("coming").Own {
		if own.Value == "yes" {
			line.Coming++
		}
	}
}

// every says a rhythm in words.
func every(series *envelope.Folded) string {
	rule, ok := gathered.RhythmOf(series)
	if !ok {
		return ""
	}
	start, _ := gathered.ParseWall(series.TextOf("start"))
	return rule.Words(start.Day)
}

// ribbon lists the dates of a year around today.
func ribbon(all []gathered.Occasion, wall uint64) []api.RibbonDate {
	today := gathered.Today(wall)
	dates := []api.RibbonDate{}
	for i := range all {
		o := &all[i]
		if o.Start.Day < today-ribbonBack || o.Start.Day > today+ribbonAhead {
			continue
		}
		date := api.RibbonDate{Date: o.Start.Day.String(), State: o.State(shows(wall, o.Zone)), Title: o.Title()}
		if date.State == "planned" {
			date.State = "coming"
		}
		if o.Own != nil {
			date.ID, date.Gathering = o.Own.ID.String(), o.Own.ID.String()
		}
		if o.Series != nil {
			date.Gathering = o.Series.ID.String()
		}
		dates = append(dates, date)
	}
	return dates
}

// sign says how well a rhythm is kept.
func sign(all []gathered.Occasion, today gathered.Day, period float64) api.RhythmSign {
	out := api.RhythmSign{Period: math.Round(period*1000) / 1000, Window: vitals.Window(period)}
	out.Held, out.Due = gathered.Kept(all, today, out.Window)
	if out.Due > 0 {
		value := math.Round(float64(out.Held)/float64(out.Due)*1000) / 1000
		out.Value = &value
	}
	return out
}

// meant returns the occasion that an id and a day mean. Of a rhythm alone it is
// nil: the rhythm itself is meant.
func (c *community) meant(id, on string, wall uint64) (at found, occasion *gathered.Occasion, m *meetings, err error) {
	if !slices.Contains([]string{"", api.OnNext, api.OnLast, api.OnNone}, on) {
		id, on = id+"/"+on, ""
	}
	if at, err = c.find(id); err != nil {
		return at, nil, nil, err
	}
	if at.kind != gatheringKind || at.entry != "" {
		return at, nil, nil, api.Hint(fmt.Errorf("%w: %s is no gathering but a %s", api.ErrUsage, id, at.what()), "`coppice gathering list` shows the gatherings")
	}
	if m, err = c.meetings(); err != nil {
		return at, nil, nil, err
	}
	if !at.series.IsZero() {
		o := gathered.OccasionOn(c.rhythm(at.series), nil, at.slot)
		return at, &o, m, nil
	}
	card, err := c.shelf.card(at.document)
	if err != nil {
		return at, nil, nil, err
	}
	if series, slot, is := gathered.Occurrence(card); is {
		o := gathered.OccasionOn(c.rhythm(series), card, slot)
		return at, &o, m, nil
	}
	if _, rhythm := gathered.RhythmOf(card); !rhythm {
		o, ok := gathered.Once(card)
		if !ok {
			o = gathered.Occasion{Own: card}
		}
		return at, &o, m, nil
	}
	if on == "" || on == api.OnNone {
		return at, nil, m, nil
	}
	find := m.next
	if on == api.OnLast {
		find = m.last
	}
	o, ok := find(card, wall)
	if !ok {
		return at, nil, nil, api.Hint(fmt.Errorf("%w: %q has no days any more", api.ErrUsage, card.Title), "`coppice set %s rrule RULE` gives it others", id)
	}
	if o.Own != nil {
		return found{document: o.Own.ID, kind: gatheringKind}, &o, m, nil
	}
	return found{document: o.ID(c.id), kind: gatheringKind, series: card.ID, slot: o.Slot}, &o, m, nil
}

// rhythm returns the card of a rhythm; of one that is not here yet, a sheet
// that says nothing.
func (c *community) rhythm(id protocol.DocumentID) *envelope.Folded {
	card, err := c.shelf.card(id)
	if err != nil {
		return &envelope.Folded{ID: id}
	}
	return card
}

// Gathering implements [api.Gatherers].
func (n *Node) Gathering(ctx context.Context, call api.Call, id, on string) (api.GatheringPage, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.GatheringPage{}, err
	}
	wall := n.cfg.wall(call.Now)
	at, o, m, err := c.meant(id, on, wall)
	if err != nil {
		return api.GatheringPage{}, err
	}
	d, err := c.document(ctx, at.document)
	if err != nil {
		return api.GatheringPage{}, err
	}
	out := api.GatheringPage{
		ID: at.document.String(), On: at.document.String(), Begun: d != nil,
		Hosts: []api.Person{}, Scribes: []api.Person{}, Agenda: []api.AgendaItem{}, Coming: []api.Said{}, Here: []api.Person{},
		Kept: []api.Item{}, Ribbon: []api.RibbonDate{},
	}
	if !at.series.IsZero() {
		out.On = dayName(at.series, at.slot)
	}
	var whole *envelope.Folded // its own document, its texts to their ends
	if d != nil {
		whole = d.Folded
	}
	if o == nil { // the rhythm itself
		o = &gathered.Occasion{Own: whole}
		out.State = "rhythm"
		out.Local, out.Zone = whole.TextOf("start"), whole.TextOf("tz")
		out.Series, out.Ribbon = c.series(whole, m, wall)
	} else {
		o.Own = whole
		out.State = o.State(shows(wall, o.Zone))
		if o.Series != nil {
			out.Slot = o.Slot.String()
			out.Series, _ = c.series(o.Series, m, wall)
		}
	}
	if o.Minutes > 0 {
		start := instant(o)
		out.Start, out.Local, out.Zone, out.Minutes = &start, o.Start.String(), o.Zone, o.Minutes
		out.Scribe = o.NeedsScribe() && out.State != "missed"
	}
	c.fillGathering(&out, o)
	out.Kept, err = c.keptOf(at.document)
	return out, err
}

// fillGathering says who, where and what of an occasion.
func (c *community) fillGathering(out *api.GatheringPage, o *gathered.Occasion) {
	out.Title, out.Format, out.Purpose, out.Place = o.Title(), o.Text("format"), o.Text("purpose"), o.Text("place")
	for _, who := range o.People("hosts") {
		out.Hosts = append(out.Hosts, c.person(who))
	}
	for _, who := range o.People("scribes") {
		out.Scribes = append(out.Scribes, c.person(who))
	}
	for _, item := range o.Agenda() {
		out.Agenda = append(out.Agenda, c.agendaItem(item))
	}
	if o.Own == nil {
		return
	}
	for _, own := range o.Own.Field("coming").Own {
		value, _ := own.Value.(string)
		out.Coming = append(out.Coming, api.Said{Member: c.person(own.By), Value: value})
	}
	for _, who := range gathered.Here(o.Own) {
		out.Here = append(out.Here, c.person(who))
	}
	out.Notes, out.Conflicts = o.Own.TextOf("notes"), c.conflicts(o.Own)
}

func (c *community) agendaItem(e envelope.Entry) api.AgendaItem {
	item := api.AgendaItem{ID: envelope.EntryName(e.ID), Text: e.Field("text").Text}
	if n, ok := e.Field("min").Value().(uint64); ok {
		item.Minutes = int(min(n, math.MaxInt32))
	}
	if who, ok := e.Field("who").Value().(protocol.MemberID); ok {
		person := c.person(who)
		item.Who = &person
	}
	switch doc := e.Field("doc").Value().(type) {
	case protocol.DocumentID:
		item.Doc = doc.String()
	case protocol.EntryID:
		item.Doc = envelope.EntryName(doc)
	}
	return item
}

// series says of a rhythm when it comes again and how it is kept.
func (c *community) series(f *envelope.Folded, m *meetings, wall uint64) (*api.SeriesLine, []api.RibbonDate) {
	today := dayOf(wall, f.TextOf("tz"))
	line := &api.SeriesLine{ID: f.ID.String(), Title: f.Title, Rule: f.TextOf("rrule"), Every: every(f), Next: []string{}, Skips: []string{}}
	for _, d := range gathered.Next(f, today, gathered.NextEight) {
		line.Next = append(line.Next, d.String())
	}
	for _, d := range gathered.Skips(f) {
		line.Skips = append(line.Skips, d.String())
	}
	period, _ := gathered.Period(f, today)
	all := m.of(f, today-vitals.MostWindow, today+ribbonAhead)
	line.Sign = sign(all, today, period)
	return line, ribbon(all, wall)
}

// keptOf lists what was told at a gathering, or came of it, the newest first.
func (c *community) keptOf(id protocol.DocumentID) ([]api.Item, error) {
	kept := []api.Item{}
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return kept, err
	}
	var items []*envelope.Facts
	for _, f := range facts {
		if !f.Shelved && groups.First(f.ID) == f.ID && slices.ContainsFunc(f.Links, func(l envelope.Link) bool {
			return l.To == id && (l.Rel == "told_at" || l.Rel == "from")
		}) {
			items = append(items, f)
		}
	}
	slices.SortStableFunc(items, func(a, b *envelope.Facts) int { return cmp.Compare(b.Created, a.Created) })
	for _, f := range items {
		kept = append(kept, c.line(f))
	}
	return kept, nil
}

// gatheringState says how far a gathering has come by the call's clock.
func (c *community) gatheringState(f *envelope.Folded, wall uint64) string {
	if _, rhythm := gathered.RhythmOf(f); rhythm {
		return "rhythm"
	}
	if series, slot, is := gathered.Occurrence(f); is {
		o := gathered.OccasionOn(c.rhythm(series), f, slot)
		return o.State(shows(wall, o.Zone))
	}
	if o, ok := gathered.Once(f); ok {
		return o.State(shows(wall, o.Zone))
	}
	return gathered.GatheringState(f)
}
