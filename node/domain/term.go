package domain

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Field numbers of a term.
const (
	Definition   uint64 = 32
	Aliases      uint64 = 33
	Area         uint64 = 34
	Parent       uint64 = 35
	Examples     uint64 = 36
	TermStewards uint64 = 37
)

func term() *envelope.Schema {
	member := envelope.To(envelope.Member)
	return &envelope.Schema{
		Kind: Term, Name: "term", Create: envelope.Member, Body: Definition,
		Fields: append(envelope.Common(envelope.Rules{
			Title: member, Label: member, Restore: member,
			Shelve: envelope.To(envelope.Convener).Or(envelope.Listed, envelope.Member, TermStewards),
		}),
			envelope.Field{Number: Definition, Name: "definition", Type: envelope.Text, Rule: member},
			envelope.Field{Number: Aliases, Name: "aliases", Type: envelope.Set, Rule: member, Form: envelope.Path},
			envelope.Field{Number: Area, Name: "area", Type: envelope.Register, Rule: member, Form: envelope.Flag},
			envelope.Field{Number: Parent, Name: "parent", Type: envelope.Register, Rule: member, Asks: true, Form: envelope.DocumentRef},
			envelope.Field{Number: Examples, Name: "examples", Type: envelope.Set, Rule: member, Form: envelope.DocumentRef},
			envelope.Field{Number: TermStewards, Name: "stewards", Type: envelope.Set, Form: envelope.MemberRef,
				Rule: envelope.By(envelope.Herself, envelope.Member)},
		),
		Deeds: termDeeds,
	}
}

// termDeeds lists who looks after a term: she keeps the book of its area.
func termDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, v := range f.Field("stewards").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Stewarded, By: who, To: f.Author, At: f.Created})
		}
	}
	return deeds
}
