package domain

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Field numbers of a question.
const (
	Body     uint64 = 32
	Seeks    uint64 = 33
	Horizon  uint64 = 34
	Context  uint64 = 35
	WantedBy uint64 = 36
	Asked    uint64 = 37
	Answers  uint64 = 38
	Champion uint64 = 39
	Closed   uint64 = 40
	ForOther uint64 = 41
)

// Field numbers within an answer.
const (
	AnswerBody   uint64 = 1
	AnswerStory  uint64 = 2
	AnswerHelped uint64 = 3
)

// Part numbers of why a question is closed.
const (
	ClosedWhy   uint64 = 1
	ClosedWords uint64 = 2
)

func question() *envelope.Schema {
	asker := envelope.By(envelope.Writer, envelope.Guest)
	member := envelope.To(envelope.Member)
	return &envelope.Schema{
		Kind: Question, Name: "question", Create: envelope.Guest, Body: Body,
		Fields: append(envelope.Common(envelope.Rules{
			Title: asker, Restore: asker,
			Label:  member.Or(envelope.Writer, envelope.Guest),
			Shelve: envelope.To(envelope.Convener).Or(envelope.Writer, envelope.Guest),
		}),
			envelope.Field{Number: Body, Name: "body", Type: envelope.Voice, Rule: asker, Counts: true},
			envelope.Field{Number: Seeks, Name: "seeks", Type: envelope.Register, Rule: asker,
				Form: envelope.Choice("fix", "pointer", "experience", "opinion")},
			envelope.Field{Number: Horizon, Name: "horizon", Type: envelope.Register, Asks: true,
				Rule: member.Or(envelope.Writer, envelope.Guest), Form: envelope.Choice("now", "agenda")},
			envelope.Field{Number: Context, Name: "context", Type: envelope.Register, Rule: asker, Form: envelope.Context},
			envelope.Field{Number: WantedBy, Name: "wanted_by", Type: envelope.Register, Rule: asker, Form: envelope.Day},
			envelope.Field{Number: Asked, Name: "asked", Type: envelope.Set, Rule: asker, Form: envelope.MemberRef},
			envelope.Field{Number: Answers, Name: "answers", Type: envelope.Log, Rule: envelope.To(envelope.Guest), Entry: []envelope.Field{
				{Number: AnswerBody, Name: "body", Type: envelope.Voice, Counts: true},
				{Number: AnswerStory, Name: "story", Type: envelope.Register, Form: envelope.DocumentRef},
				{Number: AnswerHelped, Name: "helped", Type: envelope.Map, Form: envelope.WordingRef,
					Rule: member.Or(envelope.Writer, envelope.Guest)},
			}},
			envelope.Field{Number: Champion, Name: "champion", Type: envelope.Set, Form: envelope.MemberRef,
				Rule: envelope.By(envelope.Herself, envelope.Member)},
			envelope.Field{Number: Closed, Name: "closed", Type: envelope.Register, Asks: true,
				Rule: asker.Or(envelope.Listed, envelope.Member, Champion).Or(envelope.Anyone, envelope.Convener),
				Form: envelope.Record(
					envelope.Must(ClosedWhy, "why", envelope.Choice("solved", "moot", "moved", "open")),
					envelope.May(ClosedWords, "words", envelope.Words),
				)},
			envelope.Field{Number: ForOther, Name: "for_someone", Type: envelope.Register, Rule: asker, Form: envelope.Flag},
		),
		Sort: Horizon, Derive: deriveQuestion, State: State, Deeds: questionDeeds,
	}
}

// questionDeeds lists who answered, whom it helped, who was asked, who takes
// care of it, and who closed it or opened it again.
func questionDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, answer := range f.Field("answers").Entries {
		if answer.Withdrawn {
			continue
		}
		story, _ := answer.Field("story").Value().(protocol.DocumentID)
		deeds = append(deeds, envelope.Deed{What: envelope.Answered, By: answer.By, To: f.Author, At: answer.At, Entry: answer.ID, Document: story})
		for _, own := range answer.Field("helped").Own {
			deeds = append(deeds, envelope.Deed{What: envelope.Helped, By: own.By, To: answer.By, At: own.At, Entry: answer.ID})
		}
	}
	for _, v := range f.Field("asked").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Asked, By: f.Author, To: who, At: f.Created})
		}
	}
	for _, v := range f.Field("champion").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Championed, By: who, To: f.Author, At: f.Created})
		}
	}
	if closed := f.Field("closed"); len(closed.Values) > 0 {
		what := envelope.Closed
		if isOpened(closed) {
			what = envelope.Reopened
		}
		deeds = append(deeds, envelope.Deed{What: what, By: closed.Values[0].By, To: f.Author, At: closed.Values[0].At})
	}
	return deeds
}

// deriveQuestion shows how far a question has come.
func deriveQuestion(_ int64, f *envelope.Folded) envelope.Object {
	return envelope.Object{
		{Name: "state", Value: State(f)},
		{Name: "helped", Value: Helped(f)},
		{Name: "metoo", Value: uint64(len(MeToo(f)))},
	}
}

// State tells how far a question has come: open, answered (by another than the
// asker), solved (the asker marked an answer as helpful, or it was closed so),
// moot or moved. Opened again, what helped before then solves it no more. It is
// distilled once a way or story is made from it, see [Distillates.State].
func State(f *envelope.Folded) string {
	closed, _ := f.Value("closed").(envelope.Object)
	if why := closed.Text("why"); why != "" && why != "open" {
		return why
	}
	state, since := "open", uint64(0)
	if s := f.Field("closed"); isOpened(s) {
		since = s.Values[0].At + 1
	}
	for _, answer := range f.Field("answers").Entries {
		if answer.Withdrawn {
			continue
		}
		if at, helped := helpedAsker(f, answer); helped && at >= since {
			return "solved"
		}
		if answer.By != f.Author {
			state = "answered"
		}
	}
	return state
}

// SolvedAt returns when a question was solved, by its facts: when the asker
// first said that an answer helped, or when it was closed, if that was before;
// 0 when it is not solved.
func SolvedAt(q *envelope.Facts) (at uint64) {
	if q.State != "solved" {
		return 0
	}
	since := uint64(0)
	for _, d := range q.Did(envelope.Reopened) {
		since = d.At + 1
	}
	for _, d := range q.Deeds {
		if (d.What == envelope.Closed || d.What == envelope.Helped && d.By == q.Author) && d.At >= since && (at == 0 || d.At < at) {
			at = d.At
		}
	}
	return at
}

// Helped lists the answers that the asker marked as helpful.
func Helped(f *envelope.Folded) []envelope.Value {
	ids := []envelope.Value{}
	for _, answer := range f.Field("answers").Entries {
		if _, helped := helpedAsker(f, answer); helped {
			ids = append(ids, answer.ID)
		}
	}
	return ids
}

// isOpened tells whether the field that closes a question says "open".
func isOpened(closed envelope.Shown) bool {
	o, _ := closed.Value().(envelope.Object)
	return o.Text("why") == "open"
}

// helpedAsker tells whether the asker said that an answer helped, and when.
func helpedAsker(f *envelope.Folded, answer envelope.Entry) (at uint64, helped bool) {
	for _, own := range answer.Field("helped").Own {
		if own.By == f.Author {
			return own.At, true
		}
	}
	return 0, false
}

// MeToo lists the members who have the same question, the asker apart.
func MeToo(f *envelope.Folded) (who []protocol.MemberID) {
	for _, own := range f.Field("marks").Own {
		marks, _ := own.Value.([]envelope.Value)
		for _, m := range marks {
			if m == "metoo" && own.By != f.Author {
				who = append(who, own.By)
			}
		}
	}
	return who
}

// Help is one member's word that an answer helped.
type Help struct {
	By      protocol.MemberID
	At      uint64 // seconds since 1970, by her clock
	Wording protocol.Wording
	// Changed is which share of the answer, 0 to 1, has been edited since.
	Changed float64
}

// Helps lists who said that an answer helped, by id.
func Helps(f *envelope.Folded, answer envelope.Entry) (all []Help) {
	for _, own := range answer.Field("helped").Own {
		w, _ := own.Value.(protocol.Wording)
		all = append(all, Help{By: own.By, At: own.At, Wording: w, Changed: f.ChangedIn(answer.ID, w)})
	}
	return all
}
