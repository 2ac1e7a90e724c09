package community

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Project is the number of the kind: something that several do together.
const Project protocol.Kind = 10

// Field numbers of a project.
const (
	Aim   uint64 = 32
	InIt  uint64 = 33
	Tasks uint64 = 34
	Due   uint64 = 35
	Ended uint64 = 36
)

// mostWords is how many letters somebody says what she brings in, at most.
const mostWords = 2000

// Field numbers within a task, and parts of how it ended.
const (
	TaskText     uint64 = 1
	TaskDoer     uint64 = 2
	TaskDone     uint64 = 3
	EndedIs      uint64 = 1
	EndedOutcome uint64 = 2
)

func project() *envelope.Schema {
	member := envelope.To(envelope.Member)
	keepers := envelope.By(envelope.Writer, envelope.Member).Or(envelope.Anyone, envelope.Convener)
	return &envelope.Schema{
		Kind: Project, Name: "project", Create: envelope.Member, Body: Aim,
		Fields: append(envelope.Common(envelope.Rules{
			Title: member, Label: member, Restore: member, Shelve: keepers,
		}),
			envelope.Field{Number: Aim, Name: "aim", Type: envelope.Text, Rule: member},
			envelope.Field{Number: InIt, Name: "joined", Type: envelope.Map, Rule: member, Form: envelope.Words, Most: mostWords},
			envelope.Field{Number: Tasks, Name: "tasks", Type: envelope.List, Rule: member, Entry: []envelope.Field{
				{Number: TaskText, Name: "text", Type: envelope.Text, Must: true},
				{Number: TaskDoer, Name: "doer", Type: envelope.Register, Form: envelope.MemberRef},
				{Number: TaskDone, Name: "done", Type: envelope.Register, Form: envelope.Flag},
			}},
			envelope.Field{Number: Due, Name: "due", Type: envelope.Register, Rule: keepers, Asks: true, Form: envelope.Day},
			envelope.Field{Number: Ended, Name: "ended", Type: envelope.Register, Rule: keepers, Form: envelope.Record(
				envelope.Must(EndedIs, "is", envelope.Choice("yes", "no")),
				envelope.May(EndedOutcome, "outcome", envelope.Words),
			)},
		),
		Derive: func(_ int64, f *envelope.Folded) envelope.Object {
			return envelope.Object{{Name: "state", Value: ProjectState(f)}, {Name: "left", Value: uint64(TasksLeft(f))}}
		},
		State: ProjectState, Deeds: projectDeeds,
	}
}

// ProjectState says how far a project has come: proposed (one is in it, or
// nobody), under way, ended.
func ProjectState(f *envelope.Folded) string {
	ended, _ := f.Value("ended").(envelope.Object)
	switch {
	case ended.Text("is") == "yes":
		return "ended"
	case len(f.Field("joined").Own) > 1:
		return "under way"
	}
	return "proposed"
}

// TasksLeft counts the tasks that are not done.
func TasksLeft(f *envelope.Folded) (n int) {
	for _, task := range f.Field("tasks").Entries {
		if task.Field("done").Value() != true {
			n++
		}
	}
	return n
}

// projectDeeds lists who is in it.
func projectDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, own := range f.Field("joined").Own {
		d := envelope.Deed{What: envelope.Joined, By: own.By, At: own.At}
		if own.By != f.Author {
			d.To = f.Author
		}
		deeds = append(deeds, d)
	}
	return deeds
}
