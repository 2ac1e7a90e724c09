package community_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

const (
	aDay = uint64(24 * 60 * 60)
	noon = 20000*aDay + 12*60*60 // 2024-10-04, a Friday
)

var (
	cold   = protocol.DocumentID{1}
	rubber = protocol.DocumentID{2}
	arms   = protocol.DocumentID{3}
)

// person makes a member called name who came long ago and committed herself
// lately.
func person(n byte, name string, change ...func(*community.Person)) *community.Person {
	p := &community.Person{
		ID: protocol.MemberID{n}, Name: name, Page: protocol.DocumentID{200, n}, Came: noon - 300*aDay, Committed: noon - 100*aDay,
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func helps(areas ...protocol.DocumentID) func(*community.Person) {
	return func(p *community.Person) { p.Helps = areas }
}

func learns(areas ...protocol.DocumentID) func(*community.Person) {
	return func(p *community.Person) { p.Learns = areas }
}

func came(days uint64) func(*community.Person) {
	return func(p *community.Person) { p.Came = noon - days*aDay }
}

func away(p *community.Person) { p.AwayUntil = "2024-10-04" }

// document makes facts of a document that somebody wrote days ago.
func document(n byte, by *community.Person, days uint64, change ...func(*envelope.Facts)) *envelope.Facts {
	at := noon - days*aDay
	f := &envelope.Facts{
		ID: protocol.DocumentID{100, n}, Kind: 3, Title: fmt.Sprint("Document ", n), Author: by.ID, Created: at, Updated: at,
		Acts:  []envelope.Act{{By: by.ID, Day: uint32(at / aDay), Wrote: true}},
		Deeds: []envelope.Deed{{What: envelope.Made, By: by.ID, At: at}},
	}
	for _, g := range change {
		g(f)
	}
	return f
}

func in(areas ...protocol.DocumentID) func(*envelope.Facts) {
	return func(f *envelope.Facts) { f.Areas = areas }
}

// did adds a deed to whose the document is.
func did(what envelope.What, by *community.Person, days uint64, change ...func(*envelope.Deed)) func(*envelope.Facts) {
	return func(f *envelope.Facts) {
		d := envelope.Deed{What: what, By: by.ID, To: f.Author, At: noon - days*aDay}
		for _, g := range change {
			g(&d)
		}
		f.Deeds = append(f.Deeds, d)
		if !slices.ContainsFunc(f.Acts, func(a envelope.Act) bool { return a.By == by.ID && uint64(a.Day) == d.At/aDay }) {
			f.Acts = append(f.Acts, envelope.Act{By: by.ID, Day: uint32(d.At / aDay)})
		}
	}
}

func to(p *community.Person) func(*envelope.Deed) {
	return func(d *envelope.Deed) { d.To = p.ID }
}

func entry(n uint64) func(*envelope.Deed) {
	return func(d *envelope.Deed) { d.Entry = protocol.EntryID{Change: protocol.ChangeID{7}, Index: n} }
}

func wrote(by *community.Person, days uint64) func(*envelope.Facts) {
	return func(f *envelope.Facts) {
		f.Acts = append(f.Acts, envelope.Act{By: by.ID, Day: uint32((noon - days*aDay) / aDay), Wrote: true})
		slices.SortStableFunc(f.Acts, func(a, b envelope.Act) int { return a.By.Compare(b.By) })
	}
}

func TestSheIsAwayUntilTheDaySheSays(t *testing.T) {
	p := person(1, "Ana", away)
	if !p.Away(noon) || !p.Away(noon-aDay) || p.Away(noon+aDay) {
		t.Error("away is not up to and with the day")
	}
	if p.AwayUntil = ""; p.Away(noon) {
		t.Error("who never said is away")
	}
}

func TestACommitmentLastsAYear(t *testing.T) {
	p := person(1, "Ana")
	p.Committed = noon - 400*aDay
	if p.Lapsed(noon) || !p.Lapsed(noon+1) {
		t.Error("it does not lapse after 400 days")
	}
	if p.Left = noon; p.Lapsed(noon + aDay) {
		t.Error("who left is asked whether she is still with us")
	}
	if p.Left, p.Committed = 0, 0; p.Lapsed(noon) {
		t.Error("what was never said has lapsed")
	}
}

func TestLevels(t *testing.T) {
	var all []*community.Person
	for n := range byte(16) {
		all = append(all, person(n+1, fmt.Sprint("M", n+1)))
	}
	gone := person(40, "Hal", func(p *community.Person) { p.Left = noon - 5*aDay })
	out := person(41, "Ingrid", away)
	guest := person(42, "Jonas", func(p *community.Person) { p.Guest = true })
	fresh := person(43, "Sam", came(59))
	people := community.NewPeople(append(all, gone, out, guest, fresh))
	var facts []*envelope.Facts
	n := byte(0)
	acts := func(p *community.Person, days ...uint64) {
		for _, d := range days {
			n++
			facts = append(facts, document(n, p, d))
		}
	}
	acts(all[0], 1, 2, 3, 4, 5, 6, 7)
	acts(all[1], 1, 2, 3, 4, 5, 6)
	acts(all[2], 1, 2, 3, 4, 5)
	acts(all[3], 1, 2, 89)                        // three in time
	acts(all[4], 1, 2, 90)                        // one too long ago
	acts(all[5], 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) // of one day five count
	facts = append(facts, document(250, all[6], 1, func(f *envelope.Facts) { f.Kind = community.Member; f.ID = all[6].Page },
		wrote(all[6], 2), wrote(all[6], 3), wrote(all[6], 4))) // her own page is no act
	acts(fresh, 1, 2, 3, 4, 5, 6, 7, 8)
	levels := community.Levels(people, facts, noon)
	for p, want := range map[*community.Person]community.Level{
		all[0]: community.Core, all[1]: community.Core, all[2]: community.Active, all[5]: community.Active,
		all[3]: community.Active, all[4]: community.Edge, all[6]: community.Edge, all[7]: community.Edge,
		gone: community.Alumnus, out: community.AwayLevel, guest: community.GuestLevel, fresh: community.Newcomer,
	} {
		if got := levels[p.ID]; got != want {
			t.Errorf("%s is %q, not %q", p.Name, got, want)
		}
	}
}

// Where several did the same, nobody is picked from among them.
func TestNobodyStandsOutAmongEquals(t *testing.T) {
	a, b := person(1, "Ana"), person(2, "Ben")
	var facts []*envelope.Facts
	for d := range uint64(4) {
		facts = append(facts, document(byte(2*d), a, d), document(byte(2*d+1), b, d))
	}
	all := []*community.Person{a, b}
	for n := range byte(8) {
		all = append(all, person(n+10, "x"))
	}
	levels := community.Levels(community.NewPeople(all), facts, noon)
	if levels[a.ID] != community.Active || levels[b.ID] != community.Active {
		t.Errorf("%v", levels)
	}
}

// What passes between people, whose it is credited to, and when.
// pageOf makes the facts of somebody's own page.
func pageOf(one *community.Person) *envelope.Facts {
	return document(200, one, 90, func(f *envelope.Facts) { f.Kind, f.ID = community.Member, one.Page })
}

// Who is said to have been there is not believed in whom nobody knows, and who
// was in a crowd has not met everybody in it.
func TestWhoWasThereTogether(t *testing.T) {
	bench := document(4, person(1, "Rosa"), 10)
	facts := []*envelope.Facts{bench}
	for n := range 64 {
		one := person(byte(n+1), "")
		did(envelope.Here, one, 10)(bench)
		facts = append(facts, pageOf(one))
	}
	did(envelope.Here, person(100, "nobody"), 10)(bench)
	if pairs := len(community.Exchanges(facts, 0, 0)); pairs != 64*63/2 {
		t.Errorf("64 people make %d pairs", pairs)
	}
	one := person(65, "")
	did(envelope.Here, one, 10)(bench)
	if pairs := len(community.Exchanges(append(facts, pageOf(one)), 0, 0)); pairs != 0 {
		t.Errorf("a crowd makes %d pairs", pairs)
	}
}

func TestExchanges(t *testing.T) {
	rosa, dev, sam, mai := person(1, "Rosa"), person(2, "Dev"), person(3, "Sam"), person(4, "Mai")
	names := map[protocol.MemberID]string{rosa.ID: "Rosa", dev.ID: "Dev", sam.ID: "Sam", mai.ID: "Mai"}
	question := document(1, sam, 20, did(envelope.Answered, dev, 19, entry(1)), did(envelope.Answered, sam, 19, entry(2)),
		did(envelope.Helped, sam, 18, to(dev), entry(1)), did(envelope.MeToo, rosa, 17))
	way := document(2, rosa, 15, func(f *envelope.Facts) {
		f.Links = []envelope.Link{{Rel: "from", Entry: protocol.EntryID{Change: protocol.ChangeID{7}, Index: 1}}}
	}, did(envelope.Worked, mai, 14, entry(3)), did(envelope.Thanked, sam, 13), did(envelope.Talked, rosa, 12, entry(4)),
		did(envelope.Talked, sam, 11, entry(5), to(rosa), func(d *envelope.Deed) { d.Reply = true }))
	text := document(3, rosa, 100, wrote(dev, 69), wrote(rosa, 60), wrote(mai, 5))
	bench := document(4, rosa, 10, did(envelope.Here, rosa, 10), did(envelope.Here, dev, 10), did(envelope.Here, sam, 10))
	page := document(5, dev, 90, func(f *envelope.Facts) { f.Kind, f.ID = community.Member, dev.Page },
		did(envelope.Recognised, rosa, 3, entry(1), func(d *envelope.Deed) { d.Area = rubber }),
		did(envelope.Recognised, rosa, 3, func(d *envelope.Deed) { d.Area, d.Document = rubber, way.ID }),
		did(envelope.Recognised, mai, 2, func(d *envelope.Deed) { d.Document = bench.ID }))
	pair := document(6, rosa, 70, did(envelope.Mentored, rosa, 70, to(sam)), did(envelope.Learned, sam, 70, to(rosa)),
		func(f *envelope.Facts) { f.Updated = noon - 35*aDay })
	facts := []*envelope.Facts{question, way, text, bench, page, pair, pageOf(rosa), pageOf(sam)}
	var got []string
	for _, e := range community.Exchanges(facts, noon-30*aDay, noon+1) {
		arrow := ">"
		if e.Both {
			arrow = "-"
		}
		got = append(got, fmt.Sprintf("%s%s%s %d %d %s", names[e.By], arrow, names[e.To], e.What, e.Weight, community.Today(e.At)))
	}
	want := []string{
		fmt.Sprintf("Dev>Sam %d 3 2024-09-15", envelope.Answered),
		fmt.Sprintf("Sam>Dev %d 1 2024-09-16", envelope.Helped),
		fmt.Sprintf("Mai>Dev %d 3 2024-09-20", envelope.Worked), // the lesson is Dev's, Rosa typed it
		fmt.Sprintf("Sam>Dev %d 1 2024-09-21", envelope.Thanked),
		fmt.Sprintf("Rosa>Dev %d 1 2024-09-22", envelope.Talked),
		fmt.Sprintf("Sam>Rosa %d 1 2024-09-23", envelope.Talked), // a reply
		fmt.Sprintf("Rosa-Dev %d 1 2024-09-24", envelope.Here),
		fmt.Sprintf("Rosa-Sam %d 1 2024-09-24", envelope.Here),
		fmt.Sprintf("Dev-Sam %d 1 2024-09-24", envelope.Here),
		fmt.Sprintf("Sam>Rosa %d 3 2024-09-24", envelope.Learned), // the third month
		fmt.Sprintf("Rosa>Sam %d 3 2024-09-24", envelope.Mentored),
		fmt.Sprintf("Rosa>Dev %d 1 2024-10-01", envelope.Recognised), // once for two things; Mai named nothing of his
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var edits []string
	for _, e := range community.Exchanges([]*envelope.Facts{text}, 0, 0) {
		edits = append(edits, fmt.Sprintf("%s>%s %s %d", names[e.By], names[e.To], community.Today(e.At), e.Weight))
	}
	// Dev wrote on 31 days after Rosa's first text: too late to be together.
	if want := []string{"Rosa>Dev 2024-08-05 2"}; !slices.Equal(edits, want) {
		t.Errorf("who wrote together: %v, not %v", edits, want)
	}
}

// A pairing whose clocks are wild costs no more than another.
func TestAPairingOfManyYears(t *testing.T) {
	rosa, sam := person(1, "Rosa"), person(2, "Sam")
	pair := document(1, rosa, 0, did(envelope.Mentored, rosa, 0, to(sam)), func(f *envelope.Facts) { f.Updated = 1 << 62 })
	pair.Deeds[1].At = 0
	if n := len(community.Exchanges([]*envelope.Facts{pair}, 0, 0)); n != 1200 {
		t.Errorf("%d months", n)
	}
}

func TestWhoKnowsWhat(t *testing.T) {
	rosa, dev, sam, ingrid := person(1, "Rosa", helps(arms)), person(2, "Dev", helps(rubber)), person(3, "Sam", learns(rubber)), person(4, "Ingrid", helps(rubber))
	hal := person(5, "Hal", helps(rubber), func(p *community.Person) { p.Left = noon })
	question := document(1, sam, 9, in(rubber), func(f *envelope.Facts) { f.Kind = 5 }, did(envelope.Answered, dev, 8, entry(1)),
		did(envelope.Answered, ingrid, 8, entry(2)), did(envelope.Helped, sam, 7, to(dev), entry(1)), did(envelope.Helped, ingrid, 7, to(ingrid), entry(2)))
	question.Deeds[3], question.Deeds[2] = question.Deeds[2], question.Deeds[3]
	way := document(2, rosa, 5, in(rubber))
	page := document(3, dev, 20, func(f *envelope.Facts) { f.Kind, f.ID = community.Member, dev.Page },
		did(envelope.Recognised, rosa, 3, entry(1), func(d *envelope.Deed) { d.Area = cold }))
	people := community.NewPeople([]*community.Person{rosa, dev, sam, ingrid, hal})
	var got []string
	for _, k := range community.Knowledge(people, []*envelope.Facts{question, way, page}, 3) {
		got = append(got, fmt.Sprintf("%d %s %s", k.Area[0], k.Person.Name, k.How()))
	}
	want := []string{
		"1 Dev recognised",
		"2 Dev helps and contributed", "2 Ingrid helps", "2 Rosa contributed", "2 Sam learns",
		"3 Rosa helps",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestUnmet(t *testing.T) {
	sam := person(1, "Sam", learns(rubber), helps(cold))
	dev, mai, yuki := person(2, "Dev", helps(rubber)), person(3, "Mai", learns(rubber)), person(4, "Yuki", learns(cold))
	met, off, alien := person(5, "Rosa", helps(rubber)), person(6, "Ingrid", helps(rubber), away), person(7, "Petra", helps(arms))
	kofi := person(8, "Kofi", helps(cold))
	people := community.NewPeople([]*community.Person{sam, dev, mai, yuki, met, off, alien, kofi})
	facts := []*envelope.Facts{document(1, sam, 9, did(envelope.Talked, met, 8, entry(1)))}
	known := community.Knowledge(people, facts, 3)
	var got []string
	for _, m := range community.Unmet(sam, people, known, community.Exchanges(facts, 0, 0), noon) {
		got = append(got, m.Person.Name+" "+m.Shared[0].Says("it"))
	}
	want := []string{
		"Dev can help with it, which you want to learn",
		"Yuki wants to learn it, which you can help with",
		"Mai wants to learn it, as you do",
		"Kofi knows it, as you do",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestArrivals(t *testing.T) {
	me := person(1, "Rosa", helps(arms))
	plain, shares, old := person(2, "Ben", came(1)), person(3, "Sam", came(9), learns(arms)), person(4, "Dev", learns(arms))
	founder := person(5, "Ana", came(1), func(p *community.Person) { p.Founder = true })
	people := community.NewPeople([]*community.Person{me, plain, shares, old, founder})
	got := community.Arrivals(me, people, community.Knowledge(people, nil), noon)
	if len(got) != 2 || got[0].Person != shares || got[1].Person != plain || got[0].Shared[0].Why != community.IHelp {
		t.Errorf("%+v", got)
	}
}

// Who lost every key and came anew is one person, whatever she did as whom.
func TestWhoCameAnewIsOne(t *testing.T) {
	was := protocol.MemberID{9}
	ana := person(1, "Ana", func(p *community.Person) { p.Selves = []protocol.MemberID{was} })
	ben := person(2, "Ben")
	people := community.NewPeople([]*community.Person{ana, ben})
	old := document(1, person(9, "Ana"), 9, did(envelope.Thanked, ben, 8))
	ties := community.Ties(people, community.Exchanges([]*envelope.Facts{old}, 0, 0))
	if len(ties) != 1 || ties[0].By != ben || ties[0].To != ana || len(community.Between(people, community.Exchanges([]*envelope.Facts{old}, 0, 0), ana, ben)) != 1 {
		t.Errorf("%+v", ties)
	}
	if n := community.Acts(people, []*envelope.Facts{old}, noon)[ana]; n != 1 {
		t.Errorf("%d acts", n)
	}
}

func TestWhatRestsOnOne(t *testing.T) {
	tomas, rosa, sam := person(1, "Tomas", helps(arms, cold)), person(2, "Rosa", helps(cold)), person(3, "Sam", learns(arms))
	hal := person(4, "Hal", helps(arms), func(p *community.Person) { p.Left = noon })
	people := community.NewPeople([]*community.Person{tomas, rosa, sam, hal})
	facts := []*envelope.Facts{
		document(1, rosa, 9, did(envelope.Stewarded, tomas, 8), did(envelope.Stewarded, hal, 8)),
		document(2, rosa, 9, did(envelope.Stewarded, tomas, 8), did(envelope.Stewarded, rosa, 8)),
		document(3, tomas, 9, did(envelope.Hosted, tomas, 8), did(envelope.Talked, sam, 2)),
		document(4, sam, 9, did(envelope.Championed, tomas, 8), func(f *envelope.Facts) { f.State = "solved" }),
		document(5, sam, 9, did(envelope.Stewarded, tomas, 8), func(f *envelope.Facts) { f.Shelved = true }),
	}
	var got []string
	live := func(f *envelope.Facts) bool { return f.State != "solved" }
	for _, r := range community.RestsOn(tomas, people, facts, community.Knowledge(people, facts), live) {
		var others []string
		for _, one := range r.Others {
			others = append(others, one.Name)
		}
		got = append(got, fmt.Sprint(r.What, r.Item[:2], others))
	}
	want := []string{
		fmt.Sprint(community.Steward, []byte{100, 1}, []string{"Rosa"}),
		fmt.Sprint(community.Host, []byte{100, 3}, []string{"Sam"}),
		fmt.Sprint(community.Helper, arms[:2], []string{"Sam"}),
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
