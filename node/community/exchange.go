package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Exchange is one thing that passed from one member to another (social.md 4).
type Exchange struct {
	By, To   protocol.MemberID
	What     envelope.What
	At       uint64 // seconds since 1970
	Document protocol.DocumentID
	Entry    protocol.EntryID // zero: the document
	Weight   int              // how much thicker it makes a line, and nothing else
	Both     bool             // it has no direction; it stands once
}

// What an exchange weighs.
var weights = [256]int{
	envelope.Answered: 3, envelope.Worked: 3, envelope.Adapted: 3, envelope.Failed: 3, envelope.Used: 3,
	envelope.Wrote:  2,
	envelope.Talked: 1, envelope.Thanked: 1, envelope.Helped: 1, envelope.Recognised: 1, envelope.Here: 1,
	envelope.Mentored: 3, envelope.Learned: 3, // a month
}

const (
	coEditDays = 30 // within which two who write in one text write together
	monthDays  = 30
	mostMonths = 1200 // of one pairing, whatever its clocks say
	// mostTogether is how many can be at a gathering for each two of them to
	// have been there together: beyond it, who was there met a crowd.
	mostTogether = 64
)

// Exchanges lists what passed between members from a time on and before
// another (seconds since 1970; until 0: all), document after document. Whom
// hand-overs joined are still told apart, see [People.Of].
func Exchanges(facts []*envelope.Facts, from, until uint64) []Exchange {
	return ExchangesBy(envelope.NewCredits(facts), facts, from, until)
}

// ExchangesBy is Exchanges for who has the credits of the facts already.
func ExchangesBy(credits *envelope.Credits, facts []*envelope.Facts, from, until uint64) []Exchange {
	if until == 0 {
		until = 1 << 63
	}
	x := &exchanging{credits: credits, from: from, until: until, people: map[protocol.MemberID]bool{}}
	room := 0
	for _, f := range facts {
		room += len(f.Deeds)
		if f.Kind == Member {
			x.people[f.Author] = true
		}
	}
	x.all = make([]Exchange, 0, room)
	for _, f := range facts {
		x.document(f)
	}
	return x.all
}

type exchanging struct {
	credits     *envelope.Credits
	from, until uint64
	people      map[protocol.MemberID]bool // who has a page
	whose       []protocol.MemberID        // the document under way is
	all         []Exchange
}

// add adds an exchange if it is in time and between two people.
func (x *exchanging) add(e Exchange) {
	if e.By == e.To || e.By.IsZero() || e.To.IsZero() || e.At < x.from || e.At >= x.until {
		return
	}
	e.Weight = weights[e.What]
	x.all = append(x.all, e)
}

func (x *exchanging) document(f *envelope.Facts) {
	x.whose = x.credits.Whose(f)
	var last envelope.Deed // the recognition that was added last
	for _, d := range f.Deeds {
		if weights[d.What] == 0 {
			continue
		}
		e := Exchange{By: d.By, To: d.To, What: d.What, At: d.At, Document: f.ID, Entry: d.Entry}
		switch d.What {
		case envelope.Here: // they are put together below
		case envelope.Mentored, envelope.Learned:
			x.months(f, e)
		case envelope.Recognised:
			if e.Entry = (protocol.EntryID{}); x.credits.Recognises(f, d) && (d.By != last.By || d.Area != last.Area) {
				x.add(e)
				last = d
			}
		case envelope.Answered, envelope.Helped:
			x.add(e)
		default:
			x.toWhose(e, d.Reply)
		}
	}
	x.together(f)
	x.coEdits(f)
}

// toWhose adds what is done to whoever the document is of; a reply goes to
// whom it answers.
func (x *exchanging) toWhose(e Exchange, reply bool) {
	if reply {
		x.add(e)
		return
	}
	for _, e.To = range x.whose {
		x.add(e)
	}
}

// together adds who was at a gathering with whom, each two once. Anybody can be
// said to have been there; those count who have a page here.
func (x *exchanging) together(f *envelope.Facts) {
	var here []envelope.Deed
	for _, d := range f.Deeds {
		if d.What == envelope.Here && x.people[d.By] {
			here = append(here, d)
		}
	}
	if len(here) > mostTogether {
		return
	}
	for _, a := range here {
		for _, b := range here {
			if a.By.Compare(b.By) < 0 {
				x.add(Exchange{By: a.By, To: b.By, What: envelope.Here, At: a.At, Document: f.ID, Entry: a.Entry, Both: true})
			}
		}
	}
}

// months adds one exchange for each month that a pairing has been under way,
// to a month after the last sign of it.
func (x *exchanging) months(f *envelope.Facts, e Exchange) {
	end := f.Updated
	if f.State != "ended" {
		end += monthDays * secondsADay
	}
	for n := 0; n < mostMonths && e.At < min(end, x.until); n++ {
		x.add(e)
		e.At += monthDays * secondsADay
	}
}

// coEdits adds who wrote on in a text that another had written in within 30
// days. The first text of a document is no co-edit.
func (x *exchanging) coEdits(f *envelope.Facts) {
	first := firstText(f)
	var byDay []envelope.Act
	for _, a := range f.Acts {
		if a.Wrote {
			byDay = append(byDay, a)
		}
	}
	slices.SortStableFunc(byDay, func(a, b envelope.Act) int { return cmp.Compare(a.Day, b.Day) })
	from := 0
	for upto, a := range byDay {
		for a.Day-byDay[from].Day > coEditDays {
			from++
		}
		for upto+1 < len(byDay) && byDay[upto+1].Day == a.Day {
			upto++
		}
		if a == first {
			continue
		}
		var with []protocol.MemberID
		for _, b := range byDay[from : upto+1] {
			if b.By != a.By && !slices.Contains(with, b.By) {
				with = append(with, b.By)
			}
		}
		slices.SortFunc(with, protocol.MemberID.Compare)
		for _, other := range with {
			x.add(Exchange{By: a.By, To: other, What: envelope.Wrote, At: uint64(a.Day) * secondsADay, Document: f.ID})
		}
	}
}

// Writers returns who wrote on in a document's texts, by id: the first text of
// whoever began it is no co-edit.
func Writers(f *envelope.Facts) (who []protocol.MemberID) {
	first := firstText(f)
	for _, a := range f.Acts {
		if a.Wrote && a != first && !slices.Contains(who, a.By) {
			who = append(who, a.By)
		}
	}
	slices.SortFunc(who, protocol.MemberID.Compare)
	return who
}

// firstText returns the act by which whoever began a document first wrote in it.
func firstText(f *envelope.Facts) (first envelope.Act) {
	began := protocol.MemberID{}
	if made := f.Did(envelope.Made); len(made) > 0 {
		began = made[0].By
	}
	for _, a := range f.Acts {
		if a.Wrote && a.By == began && (first.By.IsZero() || a.Day < first.Day) {
			first = a
		}
	}
	return first
}
