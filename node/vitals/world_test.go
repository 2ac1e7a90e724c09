package vitals_test

import (
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// today is the day that tests ask for: 1 June 2026.
const today = 20605

// world is a community to be told, in days before today.
type world struct {
	c    vitals.Community
	last byte
}

// noon is the middle of a day so many days ago.
func noon(ago int) uint64 { return uint64(today-ago)*86400 + 43200 }

// members are people who came when the community began, so many days ago: the
// first founded it.
func members(n, ago int) *world {
	w := &world{c: vitals.Community{Day: today, Founded: noon(ago), Style: "deliberate"}}
	for i := range n {
		w.join(ago)
		w.c.People[i].Founder = i == 0
	}
	return w
}

// join lets somebody in.
func (w *world) join(ago int) int {
	w.c.People = append(w.c.People, vitals.Person{Member: true, Came: noon(ago), Joined: noon(ago)})
	return len(w.c.People) - 1
}

// states has the charter said, agreed to by all, and all committed.
func (w *world) states() *world {
	w.c.Charter = vitals.Charter{ID: protocol.DocumentID{255}, Concern: 40, Domain: 40, InScope: 40, OutScope: 40, Commitment: 40, InForce: true}
	for i := range w.c.People {
		p := &w.c.People[i]
		p.Agreed, p.Commitment, p.Committed = true, 30, noon(30)
	}
	return w
}

// names has all known for something.
func (w *world) names() *world {
	for i := range w.c.People {
		w.c.People[i].Known = true
	}
	return w
}

// make makes a document.
func (w *world) make(kind vitals.Kind, by, ago int) *vitals.Document {
	w.last++
	w.c.Documents = append(w.c.Documents, vitals.Document{
		ID: protocol.DocumentID{w.last, byte(len(w.c.Documents) >> 8)}, Kind: kind, Live: true, Created: noon(ago), Updated: noon(ago), Authors: []int{by},
		Mapped: true, Review: today + 100, Acts: []vitals.Act{{By: by, Day: today - ago}},
	})
	return &w.c.Documents[len(w.c.Documents)-1]
}

// does does something in a document.
func does(d *vitals.Document, what envelope.What, by, ago int) {
	d.Deeds = append(d.Deeds, vitals.Deed{What: what, By: by, At: noon(ago)})
	d.Acts = append(d.Acts, vitals.Act{By: by, Day: today - ago})
	d.Updated = max(d.Updated, noon(ago))
}

// items makes items of ways and stories, by everybody in turn.
func (w *world) items(n, ago int) *world {
	for i := range n {
		w.make([]vitals.Kind{vitals.Way, vitals.Story}[i%2], i%len(w.c.People), ago)
	}
	return w
}

// tries has everybody try ways of others, on a day.
func (w *world) tries(ago int) *world {
	n := len(w.c.People)
	for i := range w.c.Documents {
		if d := &w.c.Documents[i]; d.Kind == vitals.Way {
			does(d, envelope.Worked, (d.Authors[0]+1)%n, ago)
			does(d, envelope.Adapted, (d.Authors[0]+2)%n, ago)
		}
	}
	return w
}

// speaks has one speak to another on some days.
func (w *world) speaks(by, to int, ago ...int) *world {
	for _, day := range ago {
		w.c.Exchanges = append(w.c.Exchanges, vitals.Exchange{By: by, To: to, At: noon(day)})
	}
	return w
}

// circle has everybody speak with both neighbours on some days.
func (w *world) circle(ago ...int) *world {
	n := len(w.c.People)
	for i := range n {
		w.speaks(i, (i+1)%n, ago...).speaks((i+1)%n, i, ago...)
	}
	return w
}

// acts has everybody do something on a day.
func (w *world) acts(ago int) *world {
	for i := range w.c.People {
		w.make(vitals.Other, i, ago)
	}
	return w
}

// meets gathers on some days.
func (w *world) meets(held bool, ago ...int) *world {
	w.c.Rhythm, w.c.Period = true, 14
	for _, day := range ago {
		w.c.Occasions = append(w.c.Occasions, vitals.Occasion{ID: protocol.DocumentID{9, byte(day)}, Day: today - day, Held: held, Kept: held})
	}
	return w
}

// talks has so much said.
func (w *world) talks(n, ago int) *world {
	d := w.make(vitals.Discussion, 0, ago)
	for i := range n {
		does(d, envelope.Talked, i%len(w.c.People), ago)
	}
	return w
}

// sign reads a sign's number, -1 when it is null.
func sign(t *testing.T, c *vitals.Community, name string) float64 {
	t.Helper()
	s := vitals.Read(c).Sign(name)
	if s == nil {
		t.Fatalf("no sign is called %q", name)
	}
	if n := s.Value.Number(); n != nil {
		return *n
	}
	return -1
}
