package node

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// signKinds says what the documents of a kind are to the signs.
var signKinds = map[protocol.Kind]vitals.Kind{
	practice.Story: vitals.Story, practice.Problem: vitals.Problem, practice.Way: vitals.Way, domain.Term: vitals.Term,
	domain.Question: vitals.Question, gathered.Discussion: vitals.Discussion,
}

// counts are the deeds that signs count.
var counts = [256]bool{
	envelope.Answered: true, envelope.Worked: true, envelope.Adapted: true, envelope.Failed: true, envelope.Used: true,
	envelope.Met: true, envelope.MeToo: true, envelope.Retold: true, envelope.Talked: true,
}

// filling makes of that what the signs are read of.
type filling struct {
	*asOf
	end    uint64
	groups *envelope.Groups
	facts  []*envelope.Facts // areas that are one under one id
	people *gathered.People
	number map[protocol.MemberID]int // whoever she was before
	credit *envelope.Credits
	one    map[protocol.DocumentID][]*envelope.Facts // what is one with what stands for it
	kept   map[protocol.DocumentID]bool              // documents from which something was kept
	months uint64                                    // after which a way is to be looked at again
	out    *vitals.Community
}

// community makes what the signs are read of. Founded is when the community
// began, in seconds since 1970.
func (m *asOf) community(founded uint64) *vitals.Community {
	groups := envelope.Group(m.facts)
	f := &filling{
		asOf: m, end: endOf(m.day), groups: groups, facts: canonical(m.facts, groups), number: map[protocol.MemberID]int{},
		one: map[protocol.DocumentID][]*envelope.Facts{}, kept: map[protocol.DocumentID]bool{}, months: domain.DefaultReviewMonths,
		out: &vitals.Community{Day: int(m.day), Founded: founded, Style: domain.DefaultStyle},
	}
	f.people = m.c.peopled(m.roster, f.of(memberKind), groups)
	f.credit = envelope.NewCredits(f.facts)
	f.persons()
	f.chartered()
	f.keeping()
	for _, facts := range f.facts {
		if first := groups.First(facts.ID); first != facts.ID {
			f.one[first] = append(f.one[first], facts)
		}
	}
	exchanges := gathered.ExchangesBy(f.credit, f.facts, 0, f.end)
	f.out.Exchanges = make([]vitals.Exchange, 0, len(exchanges))
	for _, e := range exchanges {
		f.out.Exchanges = append(f.out.Exchanges, vitals.Exchange{By: f.who(e.By), To: f.who(e.To), At: e.At, Both: e.Both})
	}
	f.out.Documents = make([]vitals.Document, 0, len(f.facts))
	for _, facts := range f.facts {
		if groups.First(facts.ID) == facts.ID {
			f.out.Documents = append(f.out.Documents, f.document(facts))
		}
	}
	f.gatherings()
	for _, card := range f.of(bridgeKind) {
		f.out.Bridged = f.out.Bridged || !card.Shelved && gathered.BridgeState(card, f.end-1) == "open"
	}
	return f.out
}

// of returns the cards of one kind.
func (m *asOf) of(kind string) (some []*envelope.Folded) {
	for _, f := range m.cards {
		if f.KindName == kind {
			some = append(some, f)
		}
	}
	return some
}

// who numbers a person.
func (f *filling) who(id protocol.MemberID) int {
	if i, ok := f.number[id]; ok {
		return i
	}
	return vitals.Nobody
}

func (f *filling) persons() {
	known := map[*gathered.Person]bool{}
	for _, k := range gathered.KnowledgeBy(f.credit, f.people, f.facts, practice.Way, practice.Story) {
		known[k.Person] = known[k.Person] || len(k.Recognised) > 0 || k.Helps && len(k.Made) > 0
	}
	for i, one := range f.people.Everybody() {
		f.number[one.ID] = i
		for _, self := range one.Selves {
			f.number[self] = i
		}
		f.out.People = append(f.out.People, vitals.Person{
			Member: one.Left == 0 && !one.Guest, Away: one.Away(f.end - 1), Guest: one.Guest || one.Left > 0 && one.Joined == 0, Founder: one.Founder,
			Came: one.Came, Joined: one.Joined, Left: one.Left, Commitment: lettersIn(one.Commitment), Committed: one.Committed, Known: known[one],
		})
	}
}

// lettersIn counts those of a text, spaces at its ends apart.
func lettersIn(text string) int { return utf8.RuneCountInString(strings.TrimSpace(text)) }

func (f *filling) chartered() {
	ch := f.charter
	if ch == nil {
		return
	}
	card := ch.folded
	f.out.Style = domain.StyleOf(card)
	f.months = domain.MonthsOf(card)
	say := func(field string) int { return lettersIn(card.TextOf(field)) }
	in := ch.inForce(f.people, counted(f.people, f.end-1))
	f.out.Charter = vitals.Charter{
		ID: card.ID, Concern: say("concern"), Domain: say("domain"), InScope: say("in_scope"), OutScope: say("out_scope"),
		Commitment: say("commitment"), InForce: in.Version != nil, Rewritten: ch.rewritten,
	}
	if in.Version == nil {
		return
	}
	for _, s := range in.Version.By {
		if i := f.who(s.By); i != vitals.Nobody {
			f.out.People[i].Agreed = true
		}
	}
}

// keeping finds the documents from which something was kept: items made from a
// question or its answers, and what was told at a gathering or came of it.
func (f *filling) keeping() {
	for _, facts := range f.facts {
		kind := signKinds[facts.Kind]
		if facts.Shelved || kind == vitals.Other || kind == vitals.Discussion {
			continue
		}
		for _, l := range facts.Links {
			id, to := l.To, f.credit.Of(l.To)
			if part, _ := f.credit.Part(l.Entry); part != nil {
				id, to = part.ID, part
			}
			// An occurrence that nobody began has no facts.
			if l.Rel == "told_at" || l.Rel == "from" && (to == nil || to.Kind == gathered.Gathering || kind != vitals.Question) {
				f.kept[f.groups.First(id)] = true
			}
		}
	}
}

// document makes one document of those that are one with it.
func (f *filling) document(first *envelope.Facts) vitals.Document {
	d := vitals.Document{
		ID: first.ID, Kind: signKinds[first.Kind], Live: !first.Shelved, Created: first.Created, Agenda: first.Sort == domain.OnAgenda,
		Kept: f.kept[first.ID],
	}
	for _, who := range f.credit.Whose(first) {
		d.Authors = append(d.Authors, f.who(who))
	}
	if d.Kind == vitals.Way {
		d.Review = int(gathered.ReviewDay(first, f.months))
	}
	f.add(&d, first)
	for _, other := range f.one[first.ID] {
		f.add(&d, other)
	}
	slices.SortFunc(d.Acts, func(a, b vitals.Act) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.By, b.By)) })
	d.Acts = slices.Compact(d.Acts) // who was two people before is one
	return d
}

// add adds what was done in a document.
func (f *filling) add(d *vitals.Document, facts *envelope.Facts) {
	d.Updated = max(d.Updated, facts.Updated)
	d.Mapped = d.Mapped || len(facts.Areas) > 0
	if d.Kind == vitals.Question && facts.State == "solved" {
		if at := domain.SolvedAt(facts); d.Solved == 0 || at < d.Solved {
			d.Solved = at
		}
	}
	if signKinds[facts.Kind] != vitals.Other {
		for _, who := range gathered.Writers(facts) {
			d.Writers = append(d.Writers, f.who(who))
		}
	}
	if facts.Kind != gathered.Bridge { // letters over one are no talk
		d.Deeds = slices.Grow(d.Deeds, len(facts.Deeds))
		for _, deed := range facts.Deeds {
			if counts[deed.What] {
				d.Deeds = append(d.Deeds, vitals.Deed{What: deed.What, By: f.who(deed.By), At: deed.At})
			}
		}
	}
	own := f.who(facts.Author)
	d.Acts = slices.Grow(d.Acts, len(facts.Acts))
	for _, a := range facts.Acts {
		if by := f.who(a.By); facts.Kind != gathered.Member || by == vitals.Nobody || by != own {
			d.Acts = append(d.Acts, vitals.Act{By: by, Day: int(a.Day)})
		}
	}
}

// gatherings notes when people gathered, or were to.
func (f *filling) gatherings() {
	m := newMeetings(f.of(gatheringKind), f.groups)
	f.out.Period, f.out.Rhythm = m.period(f.day)
	from := f.day - gathered.Day(vitals.Window(f.out.Period)) + 1
	for _, series := range m.series { // one that is over was there as long as its days are in the window
		f.out.Rhythm = f.out.Rhythm || len(gathered.Next(series, f.day, 1)) > 0 || len(m.of(series, from, f.day)) > 0
	}
	for _, o := range m.all(f.day-2*vitals.MostWindow, f.day) {
		f.out.Occasions = append(f.out.Occasions, vitals.Occasion{
			ID: o.ID(f.c.id), Day: int(o.Start.Day), Held: o.Held, Kept: f.kept[o.ID(f.c.id)],
		})
	}
}
