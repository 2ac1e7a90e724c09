package community

import (
	"cmp"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Occasion is one time that people gather, or were to: a date of a rhythm,
// whether somebody has done anything about it or not, or what takes place once.
type Occasion struct {
	Series *envelope.Folded // the rhythm; nil: it takes place once
	Slot   Day              // on which day it falls by the rhythm; of what takes place once: its day
	Own    *envelope.Folded // its own document; nil: nobody did anything about it yet
	Start  Wall
	Zone   string // of its clocks; may be empty, or name none there is
	// Minutes is how long it lasts, at least 1 and at most a week.
	Minutes int
	Held    bool // two were there, or there are notes
}

// mostMinutes bounds how long a gathering lasts: a week.
const mostMinutes = 7 * 24 * 60

// Once returns what takes place once as an occasion; false for a rhythm, for an
// occurrence and for what has no time yet.
func Once(f *envelope.Folded) (o Occasion, ok bool) {
	start, ok := ParseWall(f.TextOf("start"))
	_, rhythm := RhythmOf(f)
	if _, _, is := Occurrence(f); !ok || is || rhythm {
		return o, false
	}
	o = Occasion{Slot: start.Day, Own: f, Start: start, Held: Held(f)}
	o.fill()
	return o, true
}

// fill finds out what of an occasion is said by its own document or else by
// its series.
func (o *Occasion) fill() {
	o.Zone = o.Text("tz")
	minutes, _ := o.Value("minutes").(uint64)
	if minutes == 0 {
		minutes = uint64(ReadyMinutes(o.Text("format")))
	}
	o.Minutes = int(min(minutes, mostMinutes))
}

// Value returns what a register says of the occasion: its own document, or
// where that says nothing, the series.
func (o *Occasion) Value(field string) envelope.Value {
	for _, f := range []*envelope.Folded{o.Own, o.Series} {
		if f == nil {
			continue
		}
		if v := f.Value(field); v != nil {
			return v
		}
	}
	return nil
}

// Text returns what a text or a register of a string says, as Value does.
func (o *Occasion) Text(field string) string {
	for _, f := range []*envelope.Folded{o.Own, o.Series} {
		if f == nil {
			continue
		}
		if s := f.TextOf(field); s != "" {
			return s
		}
	}
	return ""
}

// Title returns what it is called.
func (o *Occasion) Title() string {
	if o.Own != nil && o.Own.TextOf("title") != "" || o.Series == nil {
		return o.Own.Title
	}
	return o.Series.Title
}

// People returns whom a set names: in its own document, or where that names
// nobody, in the series.
func (o *Occasion) People(field string) (who []protocol.MemberID) {
	for _, f := range []*envelope.Folded{o.Own, o.Series} {
		if f == nil || len(who) > 0 {
			continue
		}
		for _, v := range f.Field(field).Set {
			if id, ok := v.(protocol.MemberID); ok {
				who = append(who, id)
			}
		}
	}
	return who
}

// Agenda returns the points of the series and then its own.
func (o *Occasion) Agenda() (items []envelope.Entry) {
	for _, f := range []*envelope.Folded{o.Series, o.Own} {
		if f != nil {
			items = append(items, f.Field("agenda").Entries...)
		}
	}
	return items
}

// State says how far it has come when its own clocks show now: planned; due
// from its start until its day is over, or the last of its days; then held or
// missed. Notes that come late make it held.
func (o *Occasion) State(now Wall) string {
	end := o.Start.Day + Day((o.Start.Minute+o.Minutes-1)/(24*60))
	switch {
	case now.Less(o.Start):
		return "planned"
	case o.Held:
		return "held"
	case now.Day <= end:
		return "due"
	}
	return "missed"
}

// ID returns the id of its document, which follows from series and day also
// while nobody has begun it.
func (o *Occasion) ID(community protocol.CommunityID) protocol.DocumentID {
	if o.Own != nil {
		return o.Own.ID
	}
	return OccurrenceOf(community, o.Series.ID, o.Slot)
}

// scribeAhead is how many days before it somebody is asked to take notes.
const scribeAhead = 7

// Scribeless returns those of the next seven days, and of today, of which
// nobody is named to take notes.
func Scribeless(all []Occasion, today Day) (without []Occasion) {
	for _, o := range all {
		if o.Start.Day >= today && o.Start.Day < today+scribeAhead && o.NeedsScribe() {
			without = append(without, o)
		}
	}
	return without
}

// Over tells whether it has ended when its own clocks show now.
func (o *Occasion) Over(now Wall) bool {
	minute := o.Start.Minute + o.Minutes
	end := Wall{o.Start.Day + Day(minute/(24*60)), minute % (24 * 60)}
	return !now.Less(end)
}

// NeedsScribe tells whether nobody is named who takes notes of it and none are
// there: then it falls to somebody by duty.
func (o *Occasion) NeedsScribe() bool {
	return len(o.People("scribes")) == 0 && (o.Own == nil || o.Own.TextOf("notes") == "")
}

// Occasions returns when a rhythm is on between two days, both included, by
// time: the days of its rule, those that were skipped apart and moved ones
// where they were moved to, and what was held on other days of its own. Own
// are the documents of its occurrences, others do not matter.
func Occasions(series *envelope.Folded, own []*envelope.Folded, from, to Day) (all []Occasion) {
	rule, ok := RhythmOf(series)
	if !ok {
		return nil
	}
	start, _ := ParseWall(series.TextOf("start"))
	skipped := skips(series)
	taken := map[Day]bool{}
	for _, f := range own {
		of, slot, is := Occurrence(f)
		if !is || of != series.ID || taken[slot] || f.Shelved {
			continue
		}
		o := Occasion{Series: series, Own: f, Slot: slot, Start: Wall{slot, start.Minute}, Held: Held(f)}
		moved, was := ParseWall(f.TextOf("start"))
		if was {
			o.Start = moved
		}
		taken[slot] = true
		falls := rule.on(start.Day, slot) && !slices.Contains(skipped, slot)
		if (falls || was || o.Held) && o.Start.Day >= from && o.Start.Day <= to {
			o.fill()
			all = append(all, o)
		}
	}
	rule.Between(start.Day, from, to, func(slot Day) bool {
		if !taken[slot] && !slices.Contains(skipped, slot) {
			o := Occasion{Series: series, Slot: slot, Start: Wall{slot, start.Minute}}
			o.fill()
			all = append(all, o)
		}
		return true
	})
	slices.SortFunc(all, func(a, b Occasion) int {
		return cmp.Or(cmp.Compare(a.Start.Day, b.Start.Day), cmp.Compare(a.Start.Minute, b.Start.Minute), cmp.Compare(a.Slot, b.Slot))
	})
	return all
}

// OccasionOn returns the occasion of a rhythm on one of its own days, whatever
// became of it. Own is its document; nil when there is none.
func OccasionOn(series, own *envelope.Folded, slot Day) Occasion {
	start, _ := ParseWall(series.TextOf("start"))
	o := Occasion{Series: series, Own: own, Slot: slot, Start: Wall{slot, start.Minute}}
	if own != nil {
		if moved, ok := ParseWall(own.TextOf("start")); ok {
			o.Start = moved
		}
		o.Held = Held(own)
	}
	o.fill()
	return o
}

func skips(series *envelope.Folded) (days []Day) {
	for _, v := range series.Field("skipped").Set {
		text, _ := v.(string)
		if day, ok := ParseDay(text); ok {
			days = append(days, day)
		}
	}
	return days
}

// Skips returns the days on which a rhythm does not take place, ascending.
func Skips(series *envelope.Folded) []Day { return slices.Sorted(slices.Values(skips(series))) }

// on tells whether the rhythm falls on a day.
func (r Rhythm) on(start, d Day) (is bool) {
	r.Between(start, d, d, func(Day) bool {
		is = true
		return false
	})
	return is
}

// Falls tells whether a rhythm falls on a day, skipped or not.
func Falls(series *envelope.Folded, d Day) bool {
	rule, ok := RhythmOf(series)
	start, _ := ParseWall(series.TextOf("start"))
	return ok && rule.on(start.Day, d)
}

// ahead is how far the next days of a rhythm are looked for: long enough for
// eight times 29 February.
const ahead = 40 * 366

// NextEight is over how many of its next days a rhythm's period is taken.
const NextEight = 8

// Next returns at most n days from a day on, itself included, on which a
// rhythm falls and that are not skipped.
func Next(series *envelope.Folded, from Day, n int) (days []Day) {
	rule, ok := RhythmOf(series)
	if !ok {
		return nil
	}
	start, _ := ParseWall(series.TextOf("start"))
	skipped := skips(series)
	from = max(from, start.Day)
	rule.Between(start.Day, from, from+ahead, func(d Day) bool {
		if !slices.Contains(skipped, d) {
			days = append(days, d)
		}
		return len(days) < n
	})
	return days
}

// Period returns the mean gap of a rhythm's next eight days in days; false
// when fewer than two are to come.
func Period(series *envelope.Folded, today Day) (days float64, live bool) {
	next := Next(series, today, NextEight)
	if len(next) < 2 {
		return 0, false
	}
	return float64(next[len(next)-1]-next[0]) / float64(len(next)-1), true
}

// Kept counts how many occasions were due in a number of days up to today, that
// day included, and how many of them were held. What is on today is due when it
// was held, else tomorrow: the day is not over.
func Kept(all []Occasion, today Day, window int) (held, due int) {
	for _, o := range all {
		if o.Start.Day > today || o.Start.Day <= today-Day(window) || o.Start.Day == today && !o.Held {
			continue
		}
		due++
		if o.Held {
			held++
		}
	}
	return held, due
}
