package practice

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Field numbers of a story. Its sections by form are from FirstSection on.
const (
	StoryForm    uint64 = 32
	Teller       uint64 = 33
	StoryBody    uint64 = 34
	StoryContext uint64 = 35
	Happened     uint64 = 36
	Masked       uint64 = 37
	Used         uint64 = 38
	Retold       uint64 = 39
	Withdrawn    uint64 = 40
	FirstSection uint64 = 64
)

// Field numbers within a use.
const (
	UsedWords   uint64 = 1
	UsedContext uint64 = 2
)

// Sections names the parts a story can have, by its form; their field numbers
// follow from the order, so names are only ever added at the end.
var Sections = []struct{ Form, Name string }{
	{"review", "expected"}, {"review", "what_happened"}, {"review", "why"}, {"review", "learned"},
	{"value", "immediate"}, {"value", "potential"}, {"value", "applied"}, {"value", "realized"}, {"value", "reframing"},
	{"case", "situation"}, {"case", "did"}, {"case", "outcome"}, {"case", "would_do_now"},
}

func story() *envelope.Schema {
	writer := envelope.By(envelope.Writer, envelope.Member)
	voice := writer.Or(envelope.Named, envelope.Guest, Teller)
	member := envelope.To(envelope.Member)
	fields := append(envelope.Common(envelope.Rules{
		Title: voice, Restore: writer,
		Label:  member,
		Shelve: voice.Or(envelope.Anyone, envelope.Convener),
	}),
		envelope.Field{Number: StoryForm, Name: "form", Type: envelope.Register, Rule: voice,
			Form: envelope.Choice("experience", "case", "review", "value", "visit")},
		envelope.Field{Number: Teller, Name: "teller", Type: envelope.Register, Rule: writer, Form: envelope.Person, Most: protocol.MaxName},
		envelope.Field{Number: StoryBody, Name: "body", Type: envelope.Voice, Rule: voice, Counts: true},
		envelope.Field{Number: StoryContext, Name: "context", Type: envelope.Register, Rule: voice, Form: envelope.Context},
		envelope.Field{Number: Happened, Name: "happened", Type: envelope.Register, Rule: voice, Form: envelope.Day},
		envelope.Field{Number: Masked, Name: "masked", Type: envelope.Register, Rule: voice, Form: envelope.Flag},
		envelope.Field{Number: Used, Name: "used", Type: envelope.Log, Rule: member, Entry: []envelope.Field{
			{Number: UsedWords, Name: "words", Type: envelope.Voice},
			{Number: UsedContext, Name: "context", Type: envelope.Register, Form: envelope.Context},
		}},
		envelope.Field{Number: Retold, Name: "retold", Type: envelope.Set, Rule: member, Form: envelope.DocumentRef, Signed: true},
		envelope.Field{Number: Withdrawn, Name: "withdrawn", Type: envelope.Register, Rule: voice, Form: envelope.Flag, Conceals: true},
	)
	for i, section := range Sections {
		fields = append(fields, envelope.Field{
			Number: FirstSection + uint64(i), Name: section.Name, Type: envelope.Voice, Rule: voice, Counts: true,
		})
	}
	return &envelope.Schema{
		Kind: Story, Name: "story", Create: envelope.Member, Body: StoryBody, Fields: fields,
		Sort: StoryForm, Derive: deriveStory, Whose: tells, Deeds: storyDeeds,
	}
}

// tells returns the member whose story it is, zero for somebody who is none.
func tells(f *envelope.Folded) protocol.MemberID {
	who, _ := TellerOf(f).(protocol.MemberID)
	return who
}

// storyDeeds lists who used a story, and who said that it was told once more.
func storyDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, e := range f.Field("used").Entries {
		if !e.Withdrawn {
			deeds = append(deeds, envelope.Deed{What: envelope.Used, By: e.By, To: tells(f), At: e.At, Entry: e.ID, Context: contextIn(e)})
		}
	}
	for _, again := range f.Field("retold").Added {
		gathering, _ := again.Value.(protocol.DocumentID)
		deeds = append(deeds, envelope.Deed{What: envelope.Retold, By: again.By, To: tells(f), At: again.At, Document: gathering})
	}
	return deeds
}

// deriveStory shows who tells, how often it was told (once, and once more a
// retelling) and how often it was of use to somebody.
func deriveStory(_ int64, f *envelope.Folded) envelope.Object {
	used := 0
	for _, e := range f.Field("used").Entries {
		if !e.Withdrawn {
			used++
		}
	}
	return envelope.Object{
		{Name: "credited", Value: TellerOf(f)},
		{Name: "told", Value: uint64(1 + len(f.Field("retold").Set))},
		{Name: "used_by", Value: uint64(used)},
	}
}

// TellerOf returns whose story it is: a member id, or words for somebody who
// is no member; the writer's when it does not say.
func TellerOf(f *envelope.Folded) envelope.Value {
	if teller := f.Value("teller"); teller != nil {
		return teller
	}
	return f.Author
}
