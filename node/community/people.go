package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Spans of time in days.
const (
	newcomerDays = 60  // after which a newcomer is none any more
	lapsedDays   = 400 // after which a commitment is to be said anew
	actDays      = 90  // of whose acts a level is made
)

// AwayDays is how many days somebody is away who does not say until when.
const AwayDays = 28

const secondsADay = 24 * 60 * 60

// Person is a member, or one who was: what the control graph says of her
// standing, and her own page of herself.
type Person struct {
	ID       protocol.MemberID
	Name     string
	Selves   []protocol.MemberID // as whom she was known before keys were lost
	Guest    bool                // may ask and answer; no member yet
	Convener bool                // may act on members; founders too
	Founder  bool                // began the community: nobody had to welcome her
	Came     uint64              // when she was first let in, seconds since 1970
	Joined   uint64              // when she first committed herself and became a member; 0: never
	Left     uint64              // when she went out; 0: she is in

	Page       protocol.DocumentID // her member document, whether there is one or not
	Intro      string
	Does       string
	Helps      []protocol.DocumentID // areas in which she offers help
	Learns     []protocol.DocumentID // areas in which she wants to learn
	Service    []string
	Guides     []protocol.MemberID // who guide her
	Commitment string
	Committed  uint64 // when she said it last; 0: never
	AwayUntil  string // a day, 2026-05-14: the last on which she is away; empty: she is not
	Parting    string
	NoName     bool // she left and did not leave her name
}

// Read fills in what her own page says.
func (p *Person) Read(f *envelope.Folded) {
	p.Intro, p.Does = f.Body, f.TextOf("does")
	p.Helps, p.Learns = documents(f.Field("helps").Set), documents(f.Field("learns").Set)
	p.Service, p.Guides = nil, nil
	for _, v := range f.Field("service").Set {
		if name, ok := v.(string); ok {
			p.Service = append(p.Service, name)
		}
	}
	for _, v := range f.Field("guide").Set {
		if who, ok := v.(protocol.MemberID); ok {
			p.Guides = append(p.Guides, who)
		}
	}
	p.Commitment, p.Committed = Commits(f)
	p.AwayUntil = f.TextOf("away_until")
	parting, _ := f.Value("parting").(envelope.Object)
	p.Parting, p.NoName = parting.Text("words"), ForgetsName(f)
}

// ForgetsName tells whether a member's page says that who left is to be called
// a former member.
func ForgetsName(f *envelope.Folded) bool {
	parting, _ := f.Value("parting").(envelope.Object)
	return parting.Get("keep_name") == false
}

// Today returns the day of a time in seconds since 1970, in UTC.
func Today(now uint64) Day { return Day(now / secondsADay) }

// Away tells whether she said that she is away on that day.
func (p *Person) Away(now uint64) bool {
	until, ok := ParseDay(p.AwayUntil)
	return ok && Today(now) <= until
}

// Lapsed tells whether it is more than a year since she said what she is here
// for: somebody may ask her whether she is still with us.
func (p *Person) Lapsed(now uint64) bool {
	return p.Committed > 0 && p.Left == 0 && now > p.Committed+lapsedDays*secondsADay
}

// New tells whether she came lately.
func (p *Person) New(now uint64) bool { return now < p.Came+newcomerDays*secondsADay }

// Offers tells whether she offers help in an area, Wants whether she wants to
// learn it.
func (p *Person) Offers(area protocol.DocumentID) bool { return slices.Contains(p.Helps, area) }

// Wants tells whether she wants to learn an area.
func (p *Person) Wants(area protocol.DocumentID) bool { return slices.Contains(p.Learns, area) }

// People are all members and all who were, by id.
type People struct {
	all []*Person
	who map[protocol.MemberID]*Person // selves too
}

// NewPeople puts people together.
func NewPeople(all []*Person) *People {
	p := &People{all: slices.Clone(all), who: map[protocol.MemberID]*Person{}}
	slices.SortFunc(p.all, func(a, b *Person) int { return a.ID.Compare(b.ID) })
	for _, one := range p.all {
		for _, self := range one.Selves {
			p.who[self] = one
		}
	}
	for _, one := range p.all {
		if p.who[one.ID] == nil {
			p.who[one.ID] = one
		}
	}
	return p
}

// Of returns the person behind a member id, whoever she is now; nil when
// nothing is known of her.
func (p *People) Of(id protocol.MemberID) *Person { return p.who[id] }

// Everybody returns all, by id, who was here before as well as who is.
func (p *People) Everybody() []*Person { return p.all }

// Members returns the members who are in, guests apart, by id.
func (p *People) Members() []*Person {
	return slices.DeleteFunc(slices.Clone(p.all), func(one *Person) bool { return one.Left > 0 || one.Guest })
}

// Present returns the members who are in and not away.
func (p *People) Present(now uint64) []*Person {
	return slices.DeleteFunc(p.Members(), func(one *Person) bool { return one.Away(now) })
}

// is tells whether somebody is the person behind an id.
func (p *People) is(one *Person, id protocol.MemberID) bool { return one != nil && p.who[id] == one }

func documents(values []envelope.Value) (ids []protocol.DocumentID) {
	for _, v := range values {
		if id, ok := v.(protocol.DocumentID); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// byName sorts people as a list shows them.
func byName(a, b *Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.ID.Compare(b.ID)) }

// Ref names a document or an entry of one; the other is zero.
type Ref struct {
	Document protocol.DocumentID
	Entry    protocol.EntryID
}

// Recognition is what stands on a member's page of what she did.
type Recognition struct {
	By    protocol.MemberID
	At    uint64 // when By last said any of it, seconds since 1970
	Area  protocol.DocumentID
	For   []Ref
	Words string
}

// RecognitionsOf lists what stands on a member's page, whether it counts or
// not, see [envelope.Credits.Recognises].
func RecognitionsOf(f *envelope.Folded) (all []Recognition) {
	for _, own := range f.Field("recognised").Own {
		for _, v := range several(own.Value) {
			o, _ := v.(envelope.Object)
			r := Recognition{By: own.By, At: own.At, Words: o.Text("words")}
			r.Area, _ = o.Get("area").(protocol.DocumentID)
			for _, item := range several(o.Get("for")) {
				ref := Ref{}
				ref.Document, _ = item.(protocol.DocumentID)
				ref.Entry, _ = item.(protocol.EntryID)
				r.For = append(r.For, ref)
			}
			all = append(all, r)
		}
	}
	return all
}

// Record returns the recognition as the page holds it.
func (r *Recognition) Record() envelope.Object {
	items := []envelope.Value{}
	for _, ref := range r.For {
		if ref.Document.IsZero() {
			items = append(items, ref.Entry)
		} else {
			items = append(items, ref.Document)
		}
	}
	o := envelope.Object{{Name: "area", Value: r.Area}, {Name: "for", Value: items}}
	if r.Words != "" {
		o = append(o, envelope.Pair{Name: "words", Value: r.Words})
	}
	return o
}
