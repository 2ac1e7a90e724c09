package community

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Bridge is the number of the kind: a neighbour community, and who goes
// between. Its id follows from the neighbour's, so there is one.
const Bridge protocol.Kind = 12

// Field numbers of a bridge.
const (
	BridgeOther   uint64 = 32
	BridgeBetween uint64 = 33
	BridgeTie     uint64 = 34
	BridgeBrokers uint64 = 35
	BridgeShared  uint64 = 36
	BridgeWords   uint64 = 37
	BridgeLetters uint64 = 38
)

// Field numbers within the glossary and a letter.
const (
	WordOurs   uint64 = 1
	WordTheirs uint64 = 2
	WordNote   uint64 = 3
	LetterBody uint64 = 1
)

const quietAfter = 180 * 86400 // seconds

// bridgeTies are what one community can be to another.
var bridgeTies = []string{"neighbour", "parent", "child", "sibling"}

func bridge() *envelope.Schema {
	member := envelope.To(envelope.Member)
	hands := envelope.By(envelope.Writer, envelope.Member).Or(envelope.Anyone, envelope.Convener)
	return &envelope.Schema{
		Kind: Bridge, Name: "bridge", Create: envelope.Member, Body: BridgeBetween, About: []uint64{BridgeOther},
		Fields: append(envelope.Common(envelope.Rules{Title: hands, Label: member, Restore: hands, Shelve: hands}),
			envelope.Field{Number: BridgeOther, Name: "other", Type: envelope.Register, Rule: member, Fixed: true, Form: envelope.Bytes(32)},
			envelope.Field{Number: BridgeBetween, Name: "between", Type: envelope.Text, Rule: member},
			envelope.Field{Number: BridgeTie, Name: "tie", Type: envelope.Register, Rule: hands, Form: envelope.Choice(bridgeTies...)},
			envelope.Field{Number: BridgeBrokers, Name: "brokers", Type: envelope.Map, Rule: member, Form: envelope.Flag},
			envelope.Field{Number: BridgeShared, Name: "shared", Type: envelope.Set, Rule: member, Form: envelope.DocumentRef, Signed: true},
			envelope.Field{Number: BridgeWords, Name: "words", Type: envelope.List, Rule: member, Entry: []envelope.Field{
				{Number: WordOurs, Name: "ours", Type: envelope.Register, Form: envelope.Words, Must: true},
				{Number: WordTheirs, Name: "theirs", Type: envelope.Register, Form: envelope.Words, Must: true},
				{Number: WordNote, Name: "note", Type: envelope.Register, Form: envelope.Words},
			}},
			envelope.Field{Number: BridgeLetters, Name: "letters", Type: envelope.Log, Rule: member, Entry: []envelope.Field{
				{Number: LetterBody, Name: "body", Type: envelope.Voice, Must: true},
			}},
		),
		Sort: BridgeTie,
		Derive: func(now int64, f *envelope.Folded) envelope.Object {
			return envelope.Object{{Name: "state", Value: BridgeState(f, uint64(max(now, 0))/1000)}}
		},
		Deeds: func(f *envelope.Folded) (deeds []envelope.Deed) {
			for _, e := range f.Field("letters").Entries {
				if !e.Withdrawn {
					deeds = append(deeds, envelope.Deed{What: envelope.Talked, By: e.By, At: e.At, Entry: e.ID})
				}
			}
			for _, once := range f.Field("shared").Added {
				if item, ok := once.Value.(protocol.DocumentID); ok {
					deeds = append(deeds, envelope.Deed{What: envelope.Shared, By: once.By, At: once.At, Document: item})
				}
			}
			return deeds
		},
	}
}

// BridgeState tells whether a bridge is proposed, open, or quiet: open once a
// broker said yes, for she is in both communities; quiet when nothing has gone
// over it for half a year. Now is seconds since 1970.
func BridgeState(f *envelope.Folded, now uint64) string {
	open := false
	for _, own := range f.Field("brokers").Own {
		open = open || own.Value == true
	}
	switch {
	case !open:
		return "proposed"
	case f.Updated+quietAfter < now:
		return "quiet"
	}
	return "open"
}
