package practice

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Field numbers of a problem.
const (
	Description    uint64 = 32
	ProblemContext uint64 = 33
	MetAgain       uint64 = 34
)

// Field numbers within a meeting of a problem.
const (
	MetContext uint64 = 1
	MetWords   uint64 = 2
)

func problem() *envelope.Schema {
	member := envelope.To(envelope.Member)
	return &envelope.Schema{
		Kind: Problem, Name: "problem", Create: envelope.Member, Body: Description,
		Fields: append(envelope.Common(envelope.Rules{
			Title: member, Label: member, Restore: member,
			Shelve: envelope.To(envelope.Convener).Or(envelope.Writer, envelope.Member),
		}),
			envelope.Field{Number: Description, Name: "description", Type: envelope.Text, Rule: member},
			envelope.Field{Number: ProblemContext, Name: "context", Type: envelope.Register, Rule: member, Form: envelope.Context},
			envelope.Field{Number: MetAgain, Name: "met", Type: envelope.Log, Rule: member, Entry: []envelope.Field{
				{Number: MetContext, Name: "context", Type: envelope.Register, Form: envelope.Context},
				{Number: MetWords, Name: "words", Type: envelope.Voice},
			}},
		),
		State: Recurs, Deeds: problemDeeds, Contexts: metIn,
	}
}

// metIn lists the contexts in which it was met again.
func metIn(f *envelope.Folded) (contexts []envelope.Object) {
	for _, e := range f.Field("met").Entries {
		if context, ok := e.Field("context").Value().(envelope.Object); ok && !e.Withdrawn {
			contexts = append(contexts, context)
		}
	}
	return contexts
}

// problemDeeds lists who met a problem again.
func problemDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, e := range f.Field("met").Entries {
		if !e.Withdrawn {
			deeds = append(deeds, envelope.Deed{What: envelope.Met, By: e.By, To: f.Author, At: e.At, Entry: e.ID, Context: contextIn(e)})
		}
	}
	return deeds
}

// Recurs tells whether a problem was met by one or came back, as its own page
// says: lone, or recurring once two members or three times met it. Who names a
// problem has met it, unless she brought it from elsewhere.
func Recurs(f *envelope.Folded) string {
	var met []protocol.MemberID
	if !envelope.Foreign(f) {
		met = append(met, f.Author)
	}
	for _, d := range problemDeeds(f) {
		met = append(met, d.By)
	}
	return recurs(met)
}

// recurs says it of who met a problem, each as often as she did.
func recurs(met []protocol.MemberID) string {
	if len(met) >= 3 || len(met) == 2 && met[0] != met[1] {
		return "recurring"
	}
	return "lone"
}

// contextIn returns where an entry says it was.
func contextIn(e envelope.Entry) envelope.Object {
	o, _ := e.Field("context").Value().(envelope.Object)
	return o
}
