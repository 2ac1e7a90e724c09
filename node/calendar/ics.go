package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"coppice.example/node/community"
)

// Event is what a calendar shows: something once, a rhythm, or one of a
// rhythm's days that is otherwise than the rest.
type Event struct {
	UID      string // the same for a rhythm and its days
	Summary  string
	Place    string
	Words    string // more about it
	Start    community.Wall
	Zone     string
	Minutes  int
	Rule     *community.Rhythm // nil: once. Its first day is Start's.
	Except   []community.Day   // of a rule: on which it is not
	Instead  *Instead          // of a rhythm's day
	Changed  time.Time
	Sequence int // grows with every change
}

// Instead says when one of a rhythm's days would have been, by the rhythm.
type Instead struct {
	Start community.Wall
	Zone  string
}

// yearsAhead is for how long zones are described.
const yearsAhead = 10

// Write returns an iCalendar file with the name of a calendar and its events,
// in this order. Now says until when zones are described.
func Write(name string, events []Event, now time.Time) string {
	c := ics.NewCalendarFor("Coppice")
	c.SetProductId("-//Coppice//Coppice//EN")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(line(name))
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	var described []string
	for i := range events {
		if zone, known := Zone(events[i].Zone); known && !slices.Contains(described, zone.String()) && !universal(zone) {
			described = append(described, zone.String())
			describe(c, zone, earliest(events, zone), now.AddDate(yearsAhead, 0, 0))
		}
	}
	for i := range events {
		events[i].write(c)
	}
	return c.Serialize(ics.WithNewLine("\r\n"))
}

// universal tells whether a zone's times are written as UTC.
func universal(zone *time.Location) bool { return zone == time.UTC || zone.String() == "UTC" }

func earliest(events []Event, zone *time.Location) time.Time {
	var first time.Time
	for i := range events {
		if other, _ := Zone(events[i].Zone); other == zone {
			if at := At(events[i].Start, zone); first.IsZero() || at.Before(first) {
				first = at
			}
		}
	}
	return first
}

// local and utc are how times are written.
const (
	local = "20060102T150405"
	utc   = "20060102T150405Z"
)

// stamp returns a wall time as a property's value, and in which zone.
func stamp(w community.Wall, zone *time.Location) (string, []ics.PropertyParameter) {
	at := At(w, zone)
	if universal(zone) {
		return at.UTC().Format(utc), nil
	}
	return at.Format(local), []ics.PropertyParameter{ics.WithTZID(zone.String())}
}

func (e *Event) write(c *ics.Calendar) {
	zone, _ := Zone(e.Zone)
	v := c.AddEvent(e.UID)
	set := func(name ics.ComponentProperty, w community.Wall, zone *time.Location) {
		value, in := stamp(w, zone)
		v.AddProperty(name, value, in...)
	}
	v.SetDtStampTime(e.Changed)
	v.SetModifiedAt(e.Changed)
	v.SetSequence(e.Sequence)
	v.SetSummary(line(e.Summary))
	if e.Place != "" {
		v.SetLocation(line(e.Place))
	}
	if e.Words != "" {
		v.SetDescription(clean(e.Words))
	}
	set(ics.ComponentPropertyDtStart, e.Start, zone)
	end := At(e.Start, zone).Add(time.Duration(e.Minutes) * time.Minute)
	set(ics.ComponentPropertyDtEnd, Shows(end, zone), zone)
	if e.Instead != nil {
		of, _ := Zone(e.Instead.Zone)
		set(ics.ComponentPropertyRecurrenceId, e.Instead.Start, of)
	}
	if e.Rule != nil {
		v.AddRrule(e.rule(zone))
		for _, day := range e.Except {
			set(ics.ComponentPropertyExdate, community.Wall{Day: day, Minute: e.Start.Minute}, zone)
		}
	}
}

// rule writes the rule, its last day as an instant, which RFC 5545 3.3.10 asks
// for where the start has a zone.
func (e *Event) rule(zone *time.Location) string {
	text := e.Rule.String()
	last, ends := e.Rule.Until()
	if !ends {
		return text
	}
	day := strings.ReplaceAll(last.String(), "-", "")
	at := At(community.Wall{Day: last, Minute: 24*60 - 1}, zone)
	return strings.Replace(text, "UNTIL="+day, "UNTIL="+at.UTC().Format(utc), 1)
}

// describe adds a zone: every change of its clocks from before one instant
// until another.
func describe(c *ics.Calendar, zone *time.Location, from, to time.Time) {
	v := c.AddTimezone(zone.String())
	at := from.In(zone)
	begins, ends := at.ZoneBounds()
	before, name := offsetOf(at), ""
	if !begins.IsZero() {
		before = offsetOf(begins.Add(-time.Second).In(zone))
	}
	for {
		name, _ = at.Zone()
		observe(v, at.IsDST(), begins, before, offsetOf(at), name)
		if ends.IsZero() || ends.After(to) {
			return
		}
		before, at = offsetOf(at), ends.In(zone)
		begins, ends = at.ZoneBounds()
	}
}

func offsetOf(at time.Time) int {
	_, seconds := at.Zone()
	return seconds
}

// observe adds one stretch of time with one offset to a zone.
func observe(v *ics.VTimezone, summer bool, begins time.Time, from, to int, name string) {
	properties := []ics.IANAProperty{}
	add := func(token ics.ComponentProperty, value string) {
		properties = append(properties, ics.IANAProperty{BaseProperty: ics.BaseProperty{IANAToken: string(token), Value: value}})
	}
	start := "19700101T000000" // it was so before anybody wrote it down
	if !begins.IsZero() {
		start = begins.UTC().Add(time.Duration(from) * time.Second).Format(local)
	}
	add(ics.ComponentPropertyDtStart, start)
	add(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset(from))
	add(ics.ComponentProperty(ics.PropertyTzoffsetto), offset(to))
	add(ics.ComponentProperty(ics.PropertyTzname), name)
	if summer {
		v.Components = append(v.Components, &ics.Daylight{ComponentBase: ics.ComponentBase{Properties: properties}})
		return
	}
	v.Components = append(v.Components, &ics.Standard{ComponentBase: ics.ComponentBase{Properties: properties}})
}

// offset writes seconds east of UTC as +0100.
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}

// clean keeps what members wrote from being anything but text: of control
// characters only line feeds and tabs stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// line is clean in one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
