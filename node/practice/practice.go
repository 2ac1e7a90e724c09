package practice

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// The numbers of the kinds.
const (
	Way     protocol.Kind = 3
	Story   protocol.Kind = 4
	Problem protocol.Kind = 7
)

// Kinds returns the tables of this element.
func Kinds() []*envelope.Schema { return []*envelope.Schema{way(), story(), problem()} }

// Field numbers of a way.
const (
	WayForm  uint64 = 32
	WayBody  uint64 = 33
	UseWhen  uint64 = 34
	NotWhen  uint64 = 35
	URI      uint64 = 36
	Stewards uint64 = 37
	ReviewBy uint64 = 38
	Trials   uint64 = 39
	Reviews  uint64 = 40
)

// Field numbers within a trial, and parts of a review.
const (
	TrialOutcome uint64 = 1
	TrialContext uint64 = 2
	TrialWords   uint64 = 3
	TrialEffect  uint64 = 4
	TrialWording uint64 = 5
	ReviewSays   uint64 = 1
	ReviewOf     uint64 = 2
	ReviewWords  uint64 = 3
)

func way() *envelope.Schema {
	member := envelope.To(envelope.Member)
	text := func(number uint64, name string) envelope.Field {
		return envelope.Field{Number: number, Name: name, Type: envelope.Text, Rule: member, Counts: true}
	}
	return &envelope.Schema{
		Kind: Way, Name: "way", Create: envelope.Member, Body: WayBody,
		Fields: append(envelope.Common(envelope.Rules{
			Title: member, Label: member, Restore: member,
			Shelve: envelope.To(envelope.Convener).Or(envelope.Writer, envelope.Member).Or(envelope.Listed, envelope.Member, Stewards),
		}),
			envelope.Field{Number: WayForm, Name: "form", Type: envelope.Register, Rule: member,
				Form: envelope.Choice("lesson", "trick", "approach", "checklist", "tool", "template", "reference")},
			text(WayBody, "body"),
			text(UseWhen, "use_when"),
			text(NotWhen, "not_when"),
			envelope.Field{Number: URI, Name: "uri", Type: envelope.Register, Rule: member, Asks: true, Form: envelope.Words, Most: 2000},
			envelope.Field{Number: Stewards, Name: "stewards", Type: envelope.Set, Form: envelope.MemberRef, Signed: true,
				Rule: envelope.By(envelope.Herself, envelope.Member)},
			envelope.Field{Number: ReviewBy, Name: "review_by", Type: envelope.Register, Rule: member, Form: envelope.Day},
			envelope.Field{Number: Trials, Name: "trials", Type: envelope.Log, Rule: member, Entry: []envelope.Field{
				{Number: TrialOutcome, Name: "outcome", Type: envelope.Register, Form: envelope.Choice("worked", "adapted", "failed"), Must: true},
				{Number: TrialContext, Name: "context", Type: envelope.Register, Form: envelope.Context},
				{Number: TrialWords, Name: "words", Type: envelope.Voice},
				{Number: TrialEffect, Name: "effect", Type: envelope.Voice},
				{Number: TrialWording, Name: "wording", Type: envelope.Register, Form: envelope.WordingRef},
			}},
			envelope.Field{Number: Reviews, Name: "reviews", Type: envelope.Map, Rule: member, Form: envelope.Record(
				envelope.Must(ReviewSays, "says", envelope.Choice("still good", "needs work", "retire")),
				envelope.Must(ReviewOf, "wording", envelope.WordingRef),
				envelope.May(ReviewWords, "words", envelope.Words),
			)},
		),
		Sort: WayForm, ReviewBy: ReviewBy, State: Standing, Deeds: wayDeeds, Contexts: worksIn,
	}
}

// tried says which deed a trial is.
var tried = map[string]envelope.What{"worked": envelope.Worked, "adapted": envelope.Adapted, "failed": envelope.Failed}

// reviewed says which deed a review is.
var reviewed = map[string]envelope.What{"still good": envelope.Reviewed, "needs work": envelope.Doubted, "retire": envelope.Retired}

// wayDeeds lists who tried a way, looked at it again or looks after it.
func wayDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, t := range TrialsOf(f) {
		deeds = append(deeds, envelope.Deed{
			What: tried[t.Outcome], By: t.By, To: f.Author, At: t.At, Entry: t.ID, Context: t.Context, Faded: t.Faded, Effect: t.Effect != "",
		})
	}
	for _, own := range f.Field("reviews").Own {
		says, _ := own.Value.(envelope.Object)
		w, _ := says.Get("wording").(protocol.Wording)
		what := reviewed[says.Text("says")]
		if what != envelope.Reviewed && f.ChangedSince(w) > 0 {
			what = envelope.Reviewed // what it was said of has been worked on
		}
		deeds = append(deeds, envelope.Deed{What: what, By: own.By, To: f.Author, At: own.At})
	}
	for _, since := range f.Field("stewards").Added {
		if who, ok := since.Value.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Stewarded, By: who, To: f.Author, At: since.At})
		}
	}
	return deeds
}

// worksIn lists the contexts in which a way worked, as it says or adapted.
func worksIn(f *envelope.Folded) (contexts []envelope.Object) {
	for _, t := range TrialsOf(f) {
		if t.Outcome != "failed" && len(t.Context) > 0 {
			contexts = append(contexts, t.Context)
		}
	}
	return contexts
}
