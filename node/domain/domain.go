package domain

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// The numbers of the kinds.
const (
	Charter  protocol.Kind = 1
	Question protocol.Kind = 5
	Term     protocol.Kind = 6
)

// Kinds returns the tables of this element.
func Kinds() []*envelope.Schema { return []*envelope.Schema{charter(), question(), term()} }

// Field numbers of a charter.
const (
	Concern      uint64 = 32
	Domain       uint64 = 33
	InScope      uint64 = 34
	OutScope     uint64 = 35
	Commitment   uint64 = 36
	Norms        uint64 = 37
	Style        uint64 = 38
	Listed       uint64 = 39
	ContextKeys  uint64 = 40
	Starters     uint64 = 41
	ReviewMonths uint64 = 42
	Quorum       uint64 = 43
	Agreed       uint64 = 44
	Formats      uint64 = 45
)

func charter() *envelope.Schema {
	member := envelope.To(envelope.Member)
	text := func(number uint64, name string) envelope.Field {
		return envelope.Field{Number: number, Name: name, Type: envelope.Text, Rule: member, Counts: true}
	}
	return &envelope.Schema{
		Kind: Charter, Name: "charter", Create: envelope.Member, Body: Concern,
		Parts: func(protocol.MemberID) []protocol.Value { return []protocol.Value{} },
		Fields: append(envelope.Common(envelope.Rules{
			Name: "name", Title: member, Label: member, Restore: member,
			Shelve: envelope.To(envelope.Convener),
		}),
			text(Concern, "concern"),
			text(Domain, "domain"),
			text(InScope, "in_scope"),
			text(OutScope, "out_scope"),
			text(Commitment, "commitment"),
			text(Norms, "norms"),
			envelope.Field{Number: Style, Name: "style", Type: envelope.Register, Rule: member, Asks: true,
				Form: envelope.Choice("deliberate", "mixed", "incidental")},
			envelope.Field{Number: Listed, Name: "listed", Type: envelope.Register, Rule: envelope.To(envelope.Convener), Form: envelope.Flag},
			envelope.Field{Number: ContextKeys, Name: "context_keys", Type: envelope.Set, Rule: member, Form: envelope.Key},
			envelope.Field{Number: Starters, Name: "starters", Type: envelope.List, Rule: member, Entry: []envelope.Field{
				{Number: 1, Name: "document", Type: envelope.Register, Form: envelope.DocumentRef, Must: true},
			}},
			envelope.Field{Number: ReviewMonths, Name: "review_months", Type: envelope.Register, Rule: member, Form: envelope.Number},
			envelope.Field{Number: Quorum, Name: "quorum", Type: envelope.Register, Rule: envelope.To(envelope.Convener), Form: envelope.Ratio},
			envelope.Field{Number: Agreed, Name: "agreed", Type: envelope.Map, Rule: member, Form: envelope.Many(envelope.WordingRef)},
			envelope.Field{Number: Formats, Name: "formats", Type: envelope.Set, Rule: member, Form: envelope.Key},
		),
		Derive: deriveCharter,
		Deeds: func(f *envelope.Folded) (deeds []envelope.Deed) {
			for _, own := range f.Field("agreed").Own {
				deeds = append(deeds, envelope.Deed{What: envelope.Agreed, By: own.By, At: own.At})
			}
			return deeds
		},
	}
}

// Defaults of a charter that does not say.
const (
	DefaultReviewMonths = 12
	DefaultStyle        = "mixed"
)

// DefaultQuorum is the share of active members whose agreement brings a
// charter into force when it does not say.
var DefaultQuorum = envelope.Fraction{Over: 2, Under: 3}

// deriveCharter shows what holds when the charter does not say, and how many
// agreed to the text as it reads now. Which version is in force takes the
// number of active members, which no document knows.
func deriveCharter(_ int64, f *envelope.Folded) envelope.Object {
	return envelope.Object{
		{Name: "style", Value: StyleOf(f)},
		{Name: "review_months", Value: MonthsOf(f)},
		{Name: "quorum", Value: QuorumOf(f)},
		{Name: "agreed_now", Value: AgreedNow(f)},
	}
}

// MonthsOf returns after how many months a charter has ways looked at again.
func MonthsOf(f *envelope.Folded) uint64 {
	if months, ok := f.Value("review_months").(uint64); ok {
		return months
	}
	return DefaultReviewMonths
}

// AgreedNow lists who agreed to the charter as it reads now, by id.
func AgreedNow(f *envelope.Folded) []envelope.Value {
	who := []envelope.Value{}
	for _, own := range f.Field("agreed").Own {
		wordings, _ := own.Value.([]envelope.Value)
		for _, w := range wordings {
			if wording, ok := w.(protocol.Wording); ok && f.ChangedSince(wording) == 0 {
				who = append(who, own.By)
				break
			}
		}
	}
	return who
}
