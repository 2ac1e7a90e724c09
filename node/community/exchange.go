package community

import (
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
var weights = map[envelope.What]int{
	envelope.Answered: 3, envelope.Worked: 3, envelope.Adapted: 3, envelope.Failed: 3, envelope.Used: 3,
	envelope.Wrote:  2,
	envelope.Talked: 1, envelope.Thanked: 1, envelope.Helped: 1, envelope.Recognised: 1, envelope.Here: 1,
	envelope.Mentored: 3, envelope.Learned: 3, // a month
}

const (
	coEditDays = 30 // within which two who write in one text write together
	monthDays  = 30
	mostMonths = 1200 // of one pairing, whatever its clocks say
)

// Exchanges lists what passed between members from a time on and before
// another (seconds since 1970; until 0: all), document after document. Whom
// hand-overs joined are still told apart, see [People.Of].
func Exchanges(facts []*envelope.Facts, from, until uint64) []Exchange {
	if until == 0 {
		until = 1 << 63
	}
	x := &exchanging{credits: envelope.NewCredits(facts), from: from, until: until}
	room := 0
	for _, f := range facts {
		room += len(f.Deeds)
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
	whose       []protocol.MemberID // the document under way is
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
		case envelope.Here:
			x.together(f, e)
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

// together adds that somebody was at a gathering with those who come after
// her by id, so that each two are told once.
func (x *exchanging) together(f *envelope.Facts, e Exchange) {
	e.Both = true
	for _, other := range f.Deeds {
		if other.What == envelope.Here && e.By.Compare(other.By) < 0 {
			e.To = other.By
			x.add(e)
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
	for _, a := range f.Acts {
		if !a.Wrote || a == first {
			continue
		}
		last := protocol.MemberID{} // acts stand by member
		for _, b := range f.Acts {
			if b.Wrote && b.By != a.By && b.By != last && b.Day <= a.Day && a.Day-b.Day <= coEditDays {
				x.add(Exchange{By: a.By, To: b.By, What: envelope.Wrote, At: uint64(a.Day) * secondsADay, Document: f.ID})
				last = b.By
			}
		}
	}
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
