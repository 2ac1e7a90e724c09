package community

import (
	"cmp"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Discussion is the number of the kind.
const Discussion protocol.Kind = 8

// Field numbers of a discussion.
const (
	DiscussionBody    uint64 = 32
	DiscussionPurpose uint64 = 33
	Summary           uint64 = 34
	Proposal          uint64 = 35
	Closes            uint64 = 36
	Stances           uint64 = 37
	Outcome           uint64 = 38
)

// Parts of a stance.
const (
	StanceSays    uint64 = 1
	StanceWhy     uint64 = 2
	StanceWording uint64 = 3
)

func discussion() *envelope.Schema {
	writer := envelope.By(envelope.Writer, envelope.Member)
	member := envelope.To(envelope.Member)
	return &envelope.Schema{
		Kind: Discussion, Name: "discussion", Create: envelope.Member, Body: DiscussionBody,
		Fields: append(envelope.Common(envelope.Rules{
			Title: writer, Label: member, Restore: writer,
			Shelve: writer.Or(envelope.Anyone, envelope.Convener),
		}),
			envelope.Field{Number: DiscussionBody, Name: "body", Type: envelope.Voice, Rule: writer},
			envelope.Field{Number: DiscussionPurpose, Name: "purpose", Type: envelope.Register, Rule: writer,
				Form: envelope.Choice("talk", "development", "coordination", "information", "proposal")},
			envelope.Field{Number: Summary, Name: "summary", Type: envelope.Text, Rule: member},
			envelope.Field{Number: Proposal, Name: "proposal", Type: envelope.Voice, Rule: writer, Counts: true},
			envelope.Field{Number: Closes, Name: "closes", Type: envelope.Register, Rule: writer, Asks: true, Form: envelope.Day},
			envelope.Field{Number: Stances, Name: "stances", Type: envelope.Map, Rule: member, Form: envelope.Record(
				envelope.Must(StanceSays, "says", envelope.Choice("agree", "abstain", "disagree", "block")),
				envelope.May(StanceWhy, "why", envelope.Words),
				envelope.Must(StanceWording, "wording", envelope.WordingRef),
			)},
			envelope.Field{Number: Outcome, Name: "outcome", Type: envelope.Text, Rule: member},
		),
		Sort: DiscussionPurpose, Derive: deriveDiscussion, State: discussionState, Deeds: discussionDeeds,
	}
}

// discussionDeeds lists who took a stance.
func discussionDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, own := range f.Field("stances").Own {
		deeds = append(deeds, envelope.Deed{What: envelope.Stood, By: own.By, To: f.Author, At: own.At})
	}
	return deeds
}

// discussionState tells how far a discussion has come without asking a clock:
// open, or decided once its outcome is written.
func discussionState(f *envelope.Folded) string {
	if strings.TrimSpace(f.TextOf("outcome")) != "" {
		return Decided
	}
	return Open
}

// How far a discussion has come.
const (
	Open    = "open"
	Closing = "closing" // its last day has come, and nobody wrote what came of it
	Decided = "decided"
)

// StateOf tells how far a discussion has come on a UTC day.
func StateOf(f *envelope.Folded, today Day) string {
	state := discussionState(f)
	closes, ok := ParseDay(f.TextOf("closes"))
	if state == Open && ok && today >= closes {
		return Closing
	}
	return state
}

// Stance is what one member says of a proposal.
type Stance struct {
	By   protocol.MemberID
	At   uint64 // seconds since 1970, by her clock
	Says string // agree, abstain, disagree or block
	Why  string
	// Earlier says that the proposal has been reworded since, by which share.
	Earlier bool
	Changed float64
}

// StancesOf lists the stances on a proposal, the latest first.
func StancesOf(f *envelope.Folded) (all []Stance) {
	for _, own := range f.Field("stances").Own {
		o, _ := own.Value.(envelope.Object)
		w, _ := o.Get("wording").(protocol.Wording)
		s := Stance{By: own.By, At: own.At, Says: o.Text("says"), Why: o.Text("why"), Changed: f.ChangedSince(w)}
		s.Earlier = s.Changed > 0
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b Stance) int { return cmp.Compare(b.At, a.At) })
	return all
}

// deriveDiscussion shows how far it has come, and how many stances of each sort
// there are on the proposal as it reads.
func deriveDiscussion(now int64, f *envelope.Folded) envelope.Object {
	counts := map[string]uint64{}
	for _, s := range StancesOf(f) {
		if !s.Earlier {
			counts[s.Says]++
		}
	}
	tally := envelope.Object{}
	for _, says := range []string{"agree", "abstain", "disagree", "block"} {
		tally = append(tally, envelope.Pair{Name: says, Value: counts[says]})
	}
	return envelope.Object{
		{Name: "state", Value: StateOf(f, Day(now/86400_000))}, {Name: "tally", Value: tally},
	}
}
