package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Known is what one member knows of one area, as far as what was done shows it.
type Known struct {
	Person     *Person
	Area       protocol.DocumentID
	Recognised []protocol.MemberID   // who recognised her there, each once
	Made       []protocol.DocumentID // what she contributed there: of her own, tried, or an answer of hers helped
	Helps      bool                  // she says that she helps
	Learns     bool                  // she says that she learns
}

// How says in one word why she is named for the area; the surest comes first.
func (k *Known) How() string {
	switch {
	case len(k.Recognised) > 0:
		return "recognised"
	case k.Helps && len(k.Made) > 0:
		return "helps and contributed"
	case len(k.Made) > 0:
		return "contributed"
	case k.Helps:
		return "helps"
	}
	return "learns"
}

// surest are the answers of How in the order in which people are named.
var surest = []string{"recognised", "helps and contributed", "helps", "contributed", "learns"}

// Knowledge tells who knows what: everybody who is in, by area and in each the
// surest first. Repertoire are the kinds that are contributions by themselves:
// ways and stories.
func Knowledge(people *People, facts []*envelope.Facts, repertoire ...protocol.Kind) []*Known {
	return KnowledgeBy(envelope.NewCredits(facts), people, facts, repertoire...)
}

// KnowledgeBy is Knowledge for who has the credits of the facts already.
func KnowledgeBy(credits *envelope.Credits, people *People, facts []*envelope.Facts, repertoire ...protocol.Kind) []*Known {
	k := &knowing{people: people, credits: credits, repertoire: repertoire, of: map[knower]*Known{}}
	for _, one := range people.all {
		for _, area := range one.Helps {
			k.at(one, area, func(known *Known) { known.Helps = true })
		}
		for _, area := range one.Learns {
			k.at(one, area, func(known *Known) { known.Learns = true })
		}
	}
	for _, f := range facts {
		k.document(f)
	}
	all := make([]*Known, 0, len(k.of))
	for _, known := range k.of {
		all = append(all, known)
	}
	slices.SortFunc(all, func(a, b *Known) int {
		if areas := a.Area.Compare(b.Area); areas != 0 {
			return areas // most differ here
		}
		return cmp.Or(cmp.Compare(slices.Index(surest, a.How()), slices.Index(surest, b.How())), byName(a.Person, b.Person))
	})
	return all
}

type knower struct {
	one  *Person
	area protocol.DocumentID
}

type knowing struct {
	people     *People
	credits    *envelope.Credits
	repertoire []protocol.Kind
	of         map[knower]*Known
}

// at notes something of somebody who is in.
func (k *knowing) at(one *Person, area protocol.DocumentID, note func(*Known)) {
	if one == nil || one.Left > 0 || area.IsZero() {
		return
	}
	key := knower{one, area}
	if k.of[key] == nil {
		k.of[key] = &Known{Person: one, Area: area}
	}
	note(k.of[key])
}

// document notes what was contributed in a document.
func (k *knowing) document(f *envelope.Facts) {
	if slices.Contains(k.repertoire, f.Kind) && !f.Shelved {
		for _, who := range k.credits.Whose(f) {
			k.made(who, f)
		}
	}
	answered := map[protocol.EntryID]protocol.MemberID{}
	for _, d := range f.Deeds {
		switch d.What {
		case envelope.Answered:
			answered[d.Entry] = d.By
		case envelope.Helped:
			if by := answered[d.Entry]; by != d.By { // her own word for it says nothing
				k.made(by, f)
			}
		case envelope.Worked, envelope.Adapted, envelope.Failed, envelope.Used, envelope.Met:
			k.made(d.By, f)
		case envelope.Recognised:
			if k.credits.Recognises(f, d) {
				k.at(k.people.Of(d.To), d.Area, func(known *Known) {
					if !slices.Contains(known.Recognised, d.By) {
						known.Recognised = append(known.Recognised, d.By)
					}
				})
			}
		}
	}
}

func (k *knowing) made(who protocol.MemberID, f *envelope.Facts) {
	for _, area := range f.Areas {
		k.at(k.people.Of(who), area, func(known *Known) {
			if n := len(known.Made); n == 0 || known.Made[n-1] != f.ID {
				known.Made = append(known.Made, f.ID)
			}
		})
	}
}
