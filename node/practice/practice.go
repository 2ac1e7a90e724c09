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
			envelope.Field{Number: Stewards, Name: "stewards", Type: envelope.Set, Form: envelope.MemberRef,
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
			)},
		),
		Sort: WayForm, ReviewBy: ReviewBy, Derive: deriveWay, State: Standing, Deeds: wayDeeds, Contexts: worksIn,
	}
}

// tried says which deed a trial is.
var tried = map[string]envelope.What{"worked": envelope.Worked, "adapted": envelope.Adapted, "failed": envelope.Failed}

// reviewed says which deed a review is.
var reviewed = map[string]envelope.What{"still good": envelope.Reviewed, "needs work": envelope.Doubted, "retire": envelope.Retired}

// wayDeeds lists who tried a way, looked at it again or looks after it.
func wayDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, t := range TrialsOf(f) {
		deeds = append(deeds, envelope.Deed{What: tried[t.Outcome], By: t.By, To: f.Author, At: t.At, Entry: t.ID})
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
	for _, v := range f.Field("stewards").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Stewarded, By: who, To: f.Author, At: f.Created})
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

// Faded is the share of a way's text beyond which a trial of an older wording
// says nothing of the present one.
const Faded = 0.30

// Trial is what one member found when she did as a way says.
type Trial struct {
	ID      protocol.EntryID
	By      protocol.MemberID
	At      uint64 // seconds since 1970, by her clock
	Outcome string // worked, adapted, failed
	Context envelope.Object
	Words   string
	Faded   bool // it is on a wording that has changed too much since
}

// TrialsOf lists the trials of a way in the order they came, withdrawn ones apart.
func TrialsOf(f *envelope.Folded) (trials []Trial) {
	for _, e := range f.Field("trials").Entries {
		outcome, _ := e.Field("outcome").Value().(string)
		if e.Withdrawn || outcome == "" {
			continue
		}
		t := Trial{ID: e.ID, By: e.By, At: e.At, Outcome: outcome, Words: e.Field("words").Text}
		t.Context, _ = e.Field("context").Value().(envelope.Object)
		if w, ok := e.Field("wording").Value().(protocol.Wording); ok {
			t.Faded = f.ChangedSince(w) > Faded
		}
		trials = append(trials, t)
	}
	return trials
}

// Standing tells what the trials on the present wording say of a way
// (social.md 2.5): the latest of each member and context counts, its author's
// own do not.
func Standing(f *envelope.Folded) string {
	type place struct {
		by      protocol.MemberID
		context string
	}
	latest := map[place]string{}
	faded := false
	for _, t := range TrialsOf(f) {
		switch {
		case t.By == f.Author:
		case t.Faded:
			faded = true
		default:
			latest[place{t.By, contextKey(t.Context)}] = t.Outcome
		}
	}
	worked, failed := map[protocol.MemberID]bool{}, map[protocol.MemberID]bool{}
	contexts := map[string]bool{}
	for at, outcome := range latest {
		if outcome == "failed" {
			failed[at.by] = true
			continue
		}
		worked[at.by], contexts[at.context] = true, true
	}
	w, c, n := len(worked), len(contexts), len(failed)
	switch {
	case len(latest) == 0 && faded:
		return "untried on this wording"
	case len(latest) == 0:
		return "untried"
	case n >= 2 && 3*n > w:
		return "contested"
	case w >= 3 && c >= 2:
		return "proven"
	case w >= 2 && c == 1:
		return "works here"
	}
	return "tried"
}

func contextKey(o envelope.Object) (key string) {
	for _, p := range o {
		value, _ := p.Value.(string)
		key += p.Name + "\x00" + value + "\x00"
	}
	return key
}

func deriveWay(_ int64, f *envelope.Folded) envelope.Object {
	trials := []envelope.Value{}
	for _, t := range TrialsOf(f) {
		o := envelope.Object{{Name: "id", Value: t.ID}, {Name: "by", Value: t.By}, {Name: "at", Value: t.At},
			{Name: "outcome", Value: t.Outcome}, {Name: "faded", Value: t.Faded}}
		if len(t.Context) > 0 {
			o = append(o, envelope.Pair{Name: "context", Value: t.Context})
		}
		if t.Words != "" {
			o = append(o, envelope.Pair{Name: "words", Value: t.Words})
		}
		trials = append(trials, o)
	}
	return envelope.Object{{Name: "standing", Value: Standing(f)}, {Name: "trials", Value: trials}}
}
