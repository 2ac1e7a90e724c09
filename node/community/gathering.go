package community

import (
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Gathering is the number of the kind: a rhythm, one of its occurrences, or
// something that takes place once.
const Gathering protocol.Kind = 9

// Field numbers of a gathering.
const (
	Format      uint64 = 32
	GatheredFor uint64 = 33
	Start       uint64 = 34
	Minutes     uint64 = 35
	Zone        uint64 = 36
	Rule        uint64 = 37
	Skipped     uint64 = 38
	Place       uint64 = 39
	Hosts       uint64 = 40
	Scribes     uint64 = 41
	Agenda      uint64 = 42
	Comes       uint64 = 43
	Present     uint64 = 44
	Veto        uint64 = 45
	Notes       uint64 = 46
	Series      uint64 = 47
	Slot        uint64 = 48
)

// Field numbers within an item of an agenda.
const (
	ItemText    uint64 = 1
	ItemDoc     uint64 = 2
	ItemWho     uint64 = 3
	ItemMinutes uint64 = 4
)

// Formats are the ways of gathering, see [Ready].
var Formats = []string{
	"lunch", "cafe", "story circle", "case clinic", "peer assist", "after-action", "visit", "critique", "bee", "review table", "look back",
}

// gathering is the table. Guests may say that they come, and so may begin the
// document of an occurrence, which follows from its series and its day; all
// that says what it is takes a member.
func gathering() *envelope.Schema {
	guest, member := envelope.To(envelope.Guest), envelope.To(envelope.Member)
	keepers := envelope.By(envelope.Writer, envelope.Member).
		Or(envelope.Listed, envelope.Member, Hosts).Or(envelope.Anyone, envelope.Convener)
	register := func(number uint64, name string, rule envelope.Rule, form envelope.Form) envelope.Field {
		return envelope.Field{Number: number, Name: name, Type: envelope.Register, Rule: rule, Form: form}
	}
	people := func(number uint64, name string) envelope.Field {
		return envelope.Field{Number: number, Name: name, Type: envelope.Set, Rule: member, Form: envelope.MemberRef}
	}
	asks := func(f envelope.Field, settle func(string) (string, error)) envelope.Field {
		f.Asks, f.Settle = true, settle
		return f
	}
	zone := register(Zone, "tz", keepers, envelope.Path)
	zone.Settle = settleZone
	place := asks(register(Place, "place", keepers, envelope.Words), nil)
	place.Most = 200
	return &envelope.Schema{
		Kind: Gathering, Name: "gathering", Create: envelope.Guest, Body: Notes, Sort: Format, About: []uint64{Series, Slot},
		Fields: append(envelope.Common(envelope.Rules{
			Title: member, Label: member, Restore: member,
			Shelve: envelope.By(envelope.Writer, envelope.Member).Or(envelope.Anyone, envelope.Convener),
		}),
			register(Format, "format", member, envelope.Choice(Formats...)),
			envelope.Field{Number: GatheredFor, Name: "purpose", Type: envelope.Text, Rule: member},
			asks(register(Start, "start", keepers, envelope.Path), settleStart),
			register(Minutes, "minutes", keepers, envelope.Number),
			zone,
			asks(register(Rule, "rrule", keepers, envelope.Path), settleRule),
			envelope.Field{Number: Skipped, Name: "skipped", Type: envelope.Set, Rule: keepers, Form: envelope.Day},
			place,
			people(Hosts, "hosts"),
			people(Scribes, "scribes"),
			envelope.Field{Number: Agenda, Name: "agenda", Type: envelope.List, Rule: member, Entry: []envelope.Field{
				{Number: ItemText, Name: "text", Type: envelope.Text, Must: true},
				{Number: ItemDoc, Name: "doc", Type: envelope.Register, Form: envelope.Reference},
				{Number: ItemWho, Name: "who", Type: envelope.Register, Form: envelope.MemberRef},
				{Number: ItemMinutes, Name: "min", Type: envelope.Register, Form: envelope.Number},
			}},
			envelope.Field{Number: Comes, Name: "coming", Type: envelope.Map, Rule: guest, Form: envelope.Choice("yes", "no", "maybe")},
			people(Present, "here"),
			envelope.Field{Number: Veto, Name: "veto", Type: envelope.Map, Rule: guest, Form: envelope.Flag},
			envelope.Field{Number: Notes, Name: "notes", Type: envelope.Text, Rule: member},
			envelope.Field{Number: Series, Name: "series", Type: envelope.Register, Rule: guest, Form: envelope.DocumentRef, Fixed: true},
			envelope.Field{Number: Slot, Name: "slot", Type: envelope.Register, Rule: guest, Form: envelope.Day, Fixed: true},
		),
		Deeds: gatheringDeeds, State: GatheringState,
	}
}

// mostZone is how many letters the name of a zone has, at most.
const mostZone = 64

// settleZone refuses what cannot be the name of a time zone. Whether there is
// such a zone is for a caller to say who knows them.
func settleZone(s string) (string, error) {
	if len(s) <= mostZone && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("/_+-", c)
	}) {
		return s, nil
	}
	return "", refuse("write it like Europe/Berlin", "tz: %q is no time zone", s)
}

// Occurrence returns of which rhythm a gathering is an occurrence, and on
// which of its days; false for one that is none.
func Occurrence(f *envelope.Folded) (series protocol.DocumentID, slot Day, is bool) {
	series, is = f.Value("series").(protocol.DocumentID)
	slot, ok := ParseDay(f.TextOf("slot"))
	return series, slot, is && ok
}

// OccurrenceOf returns the id of the occurrence of a rhythm on one of its days.
func OccurrenceOf(community protocol.CommunityID, series protocol.DocumentID, slot Day) protocol.DocumentID {
	return protocol.DeriveDocument(community, Gathering, AboutOccurrence(series, slot)...)
}

// AboutOccurrence returns what the id of an occurrence follows from.
func AboutOccurrence(series protocol.DocumentID, slot Day) []protocol.Value {
	return []protocol.Value{series[:], slot.String()}
}

// Here lists who was there, by id: whom somebody said to be there and who did
// not say that she was not.
func Here(f *envelope.Folded) (who []protocol.MemberID) {
	for _, v := range f.Field("here").Set {
		id, ok := v.(protocol.MemberID)
		if ok && !slices.ContainsFunc(f.Field("veto").Own, func(own envelope.Stamp) bool { return own.By == id && own.Value == true }) {
			who = append(who, id)
		}
	}
	return who
}

// enoughHere is with how many people there a gathering was held.
const enoughHere = 2

// Held tells whether a gathering took place: two were there, or there are notes.
func Held(f *envelope.Folded) bool {
	return len(Here(f)) >= enoughHere || strings.TrimSpace(f.TextOf("notes")) != ""
}

// GatheringState says what a gathering is without a clock: "rhythm", "held",
// else "planned".
func GatheringState(f *envelope.Folded) string {
	switch _, rhythm := RhythmOf(f); {
	case rhythm:
		return "rhythm"
	case Held(f):
		return "held"
	}
	return "planned"
}

// RhythmOf returns the rhythm of a gathering, false when it has none, or none
// that can be read, or does not say from when on.
func RhythmOf(f *envelope.Folded) (r Rhythm, ok bool) {
	if _, _, is := Occurrence(f); is {
		return r, false
	}
	if _, ok = ParseWall(f.TextOf("start")); !ok {
		return r, false
	}
	r, err := ParseRhythm(f.TextOf("rrule"))
	return r, err == nil
}

// On returns the day a gathering is on, moved ones where they were moved to;
// false for a rhythm, and for what has no day yet.
func On(f *envelope.Folded) (Day, bool) {
	if _, rhythm := RhythmOf(f); rhythm {
		return 0, false
	}
	if w, ok := ParseWall(f.TextOf("start")); ok {
		return w.Day, true
	}
	_, slot, is := Occurrence(f)
	return slot, is
}

// noon is when of a day a deed is timed that has a day alone, in seconds: it
// is the same day in almost every zone.
const noon = 12 * 60 * 60

// gatheringDeeds lists who comes, who hosts and who was there, on the day it is on.
func gatheringDeeds(f *envelope.Folded) (deeds []envelope.Deed) {
	for _, own := range f.Field("coming").Own {
		if own.Value == "yes" {
			deeds = append(deeds, envelope.Deed{What: envelope.Coming, By: own.By, At: own.At})
		}
	}
	at := f.Created
	if day, ok := On(f); ok {
		at = uint64(max(int(day)*86400+noon, 0))
	}
	for _, v := range f.Field("hosts").Set {
		if who, ok := v.(protocol.MemberID); ok {
			deeds = append(deeds, envelope.Deed{What: envelope.Hosted, By: who, At: at})
		}
	}
	for _, who := range Here(f) {
		deeds = append(deeds, envelope.Deed{What: envelope.Here, By: who, At: at})
	}
	return deeds
}
