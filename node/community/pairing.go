package community

import (
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Pairing is the number of the kind: somebody who can do something and
// somebody who learns it, side by side.
const Pairing protocol.Kind = 11

// Field numbers of a pairing.
const (
	Aims        uint64 = 32
	Mentors     uint64 = 33
	Apprentices uint64 = 34
	StageView   uint64 = 35
	Meets       uint64 = 36
	Diary       uint64 = 37
	PairEnded   uint64 = 38
)

// Field numbers within the diary, and parts of how it ended.
const (
	DiaryBody      uint64 = 1
	PairEndedIs    uint64 = 1
	PairEndedWords uint64 = 2
)

// Stages of learning at somebody's side, the first first.
var Stages = []string{"watching", "together", "alone", "teaching"}

// pairing is the table. Who is in it says so herself, in an own-key map, so
// that nobody can be put into one; what only the two may say counts when one
// of them said it.
func pairing() *envelope.Schema {
	member := envelope.To(envelope.Member)
	own := func(number uint64, name string, form envelope.Form) envelope.Field {
		return envelope.Field{Number: number, Name: name, Type: envelope.Map, Rule: member, Form: form}
	}
	return &envelope.Schema{
		Kind: Pairing, Name: "pairing", Create: envelope.Member, Body: Aims,
		Fields: append(envelope.Common(envelope.Rules{
			Title: envelope.By(envelope.Writer, envelope.Member), Label: member, Restore: envelope.By(envelope.Writer, envelope.Member),
			Shelve: envelope.By(envelope.Writer, envelope.Member).Or(envelope.Anyone, envelope.Convener),
		}),
			envelope.Field{Number: Aims, Name: "aims", Type: envelope.Text, Rule: member},
			own(Mentors, "mentors", envelope.Flag),
			own(Apprentices, "apprentices", envelope.Flag),
			own(StageView, "stage", envelope.Choice(Stages...)),
			envelope.Field{Number: Meets, Name: "rhythm", Type: envelope.Register, Rule: member, Form: envelope.Words, Most: 200},
			envelope.Field{Number: Diary, Name: "diary", Type: envelope.Log, Rule: member, Entry: []envelope.Field{
				{Number: DiaryBody, Name: "body", Type: envelope.Voice, Must: true},
			}},
			envelope.Field{Number: PairEnded, Name: "ended", Type: envelope.Register, Rule: member, Form: envelope.Record(
				envelope.Must(PairEndedIs, "is", envelope.Choice("yes", "no")),
				envelope.May(PairEndedWords, "words", envelope.Words),
			)},
		),
		Derive: func(_ int64, f *envelope.Folded) envelope.Object {
			o := envelope.Object{{Name: "state", Value: PairingState(f)}}
			if len(In(f, "mentors")) > 0 && len(In(f, "apprentices")) > 0 {
				o = append(o, envelope.Pair{Name: "at_stage", Value: Stage(f)})
			}
			return o
		},
		State: PairingState, Deeds: pairingDeeds,
	}
}

// In lists who put herself into one side of a pairing, "mentors" or
// "apprentices".
func In(f *envelope.Folded, side string) (who []protocol.MemberID) {
	for _, own := range f.Field(side).Own {
		if own.Value == true {
			who = append(who, own.By)
		}
	}
	return who
}

// Partners lists all who are in a pairing.
func Partners(f *envelope.Folded) []protocol.MemberID {
	return append(In(f, "mentors"), In(f, "apprentices")...)
}

// PairingState says how far it has come: offered, wanted, under way, ended.
func PairingState(f *envelope.Folded) string {
	mentors, apprentices := In(f, "mentors"), In(f, "apprentices")
	if ended := f.Field("ended"); len(ended.Values) > 0 && slices.Contains(append(Partners(f), f.Author), ended.Values[0].By) {
		if o, _ := ended.Value().(envelope.Object); o.Text("is") == "yes" {
			return "ended"
		}
	}
	switch {
	case len(mentors) > 0 && len(apprentices) > 0:
		return "under way"
	case len(mentors) > 0:
		return "offered"
	case len(apprentices) > 0:
		return "wanted"
	}
	return "ended" // nobody is in it any more
}

// Stage returns how far the apprentice is by those who are in the pairing: the
// lowest that any of them sees. Who has not said sees the first.
func Stage(f *envelope.Folded) string {
	least := len(Stages) - 1
	for _, who := range Partners(f) {
		seen := 0
		for _, own := range f.Field("stage").Own {
			if name, _ := own.Value.(string); own.By == who {
				seen = max(slices.Index(Stages, name), 0)
			}
		}
		least = min(least, seen)
	}
	return Stages[least]
}

// pairingDeeds lists who helps whom along and who learns with whom: from when
// the later of the two said so, and again with all that either wrote into the
// diary.
func pairingDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	since := func(side string, who protocol.MemberID) (at uint64) {
		for _, own := range f.Field(side).Own {
			if own.By == who {
				at = own.At
			}
		}
		return at
	}
	for _, m := range In(f, "mentors") {
		for _, a := range In(f, "apprentices") {
			if m == a {
				continue
			}
			at := max(since("mentors", m), since("apprentices", a))
			mentored := envelope.Deed{What: envelope.Mentored, By: m, To: a, At: at}
			learned := envelope.Deed{What: envelope.Learned, By: a, To: m, At: at}
			deeds = append(deeds, mentored, learned)
			for _, e := range f.Field("diary").Entries {
				d := mentored
				if e.By == a {
					d = learned
				}
				if d.At, d.Entry = e.At, e.ID; d.By == e.By && !e.Withdrawn {
					deeds = append(deeds, d)
				}
			}
		}
	}
	return deeds
}
