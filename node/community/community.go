package community

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Member is the number of the kind.
const Member protocol.Kind = 2

// Kinds returns the tables of this element.
func Kinds() []*envelope.Schema {
	return []*envelope.Schema{member(), discussion(), gathering(), project(), pairing(), bridge(), history()}
}

// Field numbers of a member's document.
const (
	Intro      uint64 = 32
	Does       uint64 = 33
	Commitment uint64 = 34
	Helps      uint64 = 35
	Learns     uint64 = 36
	AwayUntil  uint64 = 37
	Serves     uint64 = 38
	Parting    uint64 = 39
	Recognised uint64 = 40
	Guide      uint64 = 41
	Context    uint64 = 42
)

// Parts of a commitment, a parting and a recognition.
const (
	CommitmentWords   uint64 = 1
	CommitmentCharter uint64 = 2
	PartingWords      uint64 = 1
	PartingKeepName   uint64 = 2
	RecognisedArea    uint64 = 1
	RecognisedFor     uint64 = 2
	RecognisedWords   uint64 = 3
)

func member() *envelope.Schema {
	self := envelope.By(envelope.Writer, envelope.Guest)
	others := envelope.To(envelope.Member)
	return &envelope.Schema{
		Kind: Member, Name: "member", Create: envelope.Guest, Body: Intro,
		Parts: func(author protocol.MemberID) []protocol.Value { return []protocol.Value{author[:]} },
		Fields: append(envelope.Common(envelope.Rules{
			Name: "name", Title: self, Label: self, Restore: self, Shelve: self,
		}),
			envelope.Field{Number: Intro, Name: "intro", Type: envelope.Voice, Rule: self},
			envelope.Field{Number: Does, Name: "does", Type: envelope.Voice, Rule: self},
			envelope.Field{Number: Commitment, Name: "commitment", Type: envelope.Register, Rule: self, Form: envelope.Record(
				envelope.Must(CommitmentWords, "words", envelope.Words),
				envelope.May(CommitmentCharter, "charter_version", envelope.WordingRef),
			)},
			envelope.Field{Number: Helps, Name: "helps", Type: envelope.Set, Rule: self, Form: envelope.DocumentRef},
			envelope.Field{Number: Learns, Name: "learns", Type: envelope.Set, Rule: self, Form: envelope.DocumentRef},
			envelope.Field{Number: AwayUntil, Name: "away_until", Type: envelope.Register, Rule: self, Form: envelope.Day},
			envelope.Field{Number: Serves, Name: "service", Type: envelope.Set, Rule: self, Form: envelope.Choice(
				"welcomer", "agenda keeper", "reporter", "critical friend", "messenger", "value detective")},
			envelope.Field{Number: Parting, Name: "parting", Type: envelope.Register, Rule: self, Form: envelope.Record(
				envelope.Must(PartingWords, "words", envelope.Words),
				envelope.May(PartingKeepName, "keep_name", envelope.Flag),
			)},
			envelope.Field{Number: Recognised, Name: "recognised", Type: envelope.Map, Rule: others, Form: envelope.Many(envelope.Record(
				envelope.Must(RecognisedArea, "area", envelope.DocumentRef),
				envelope.Must(RecognisedFor, "for", envelope.Many(envelope.Reference)),
				envelope.May(RecognisedWords, "words", envelope.Words),
			))},
			envelope.Field{Number: Guide, Name: "guide", Type: envelope.Set, Form: envelope.MemberRef,
				Rule: envelope.By(envelope.Herself, envelope.Member)},
			envelope.Field{Number: Context, Name: "context", Type: envelope.Register, Rule: self, Form: envelope.Context},
		),
		Derive: derive, Deeds: memberDeeds,
	}
}

// memberDeeds lists who recognised her, in which area and for what, one deed a
// thing, and who is her guide.
func memberDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, r := range RecognitionsOf(f) {
		for _, ref := range r.For {
			deeds = append(deeds, envelope.Deed{
				What: envelope.Recognised, By: r.By, To: f.Author, At: r.At, Area: r.Area, Document: ref.Document, Entry: ref.Entry,
			})
		}
	}
	for _, v := range f.Field("guide").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Guided, By: who, To: f.Author, At: f.Created})
		}
	}
	return deeds
}

// several returns the values of a form that holds many.
func several(v envelope.Value) []envelope.Value {
	all, _ := v.([]envelope.Value)
	return all
}

// derive shows whether the commitment in her own words is there. Rank, leaving
// and levels are not the document's: they come from the control graph and from
// what she did elsewhere.
func derive(_ int64, f *envelope.Folded) envelope.Object {
	words, at := Commits(f)
	o := envelope.Object{{Name: "committed", Value: words != ""}}
	if words != "" {
		o = append(o, envelope.Pair{Name: "committed_at", Value: at})
	}
	return o
}

// Commits returns the words of a member's commitment and when she wrote them,
// in seconds since 1970; "" when she wrote none.
func Commits(f *envelope.Folded) (words string, at uint64) {
	s := f.Field("commitment")
	o, _ := s.Value().(envelope.Object)
	if words = o.Text("words"); words != "" {
		at = s.Values[0].At
	}
	return words, at
}
