package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"coppice.example/node/calendar"
	"coppice.example/node/community"
)

func wall(t testing.TB, s string) community.Wall {
	t.Helper()
	w, ok := community.ParseWall(s)
	if !ok {
		t.Fatalf("%q is no time", s)
	}
	return w
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, known := calendar.Zone(name)
	if !known {
		t.Fatalf("there is no %s", name)
	}
	return z
}

// What clocks show means an instant; around the changes of the clocks too.
func TestWallTimesAreInstants(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/Berlin", "2026-03-28T12:15", "2026-03-28T11:15:00Z"},
		{"Europe/Berlin", "2026-03-29T12:15", "2026-03-29T10:15:00Z"},
		{"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"}, // the clocks skip it: 3:30
		{"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-24T12:15", "2026-10-24T10:15:00Z"},
		{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"}, // the clocks show it twice: the first
		{"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
		{"Europe/Berlin", "2026-10-25T12:15", "2026-10-25T11:15:00Z"},
		{"America/New_York", "2026-03-07T09:00", "2026-03-07T14:00:00Z"},
		{"America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"},
		{"America/New_York", "2026-03-08T09:00", "2026-03-08T13:00:00Z"},
		{"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"},
		{"America/New_York", "2026-11-01T09:00", "2026-11-01T14:00:00Z"},
		{"Australia/Sydney", "2026-04-04T09:00", "2026-04-03T22:00:00Z"},
		{"Australia/Sydney", "2026-04-05T02:30", "2026-04-04T15:30:00Z"},
		{"Australia/Sydney", "2026-04-05T09:00", "2026-04-04T23:00:00Z"},
		{"Australia/Sydney", "2026-10-04T02:30", "2026-10-03T16:30:00Z"},
		{"Australia/Sydney", "2026-10-04T09:00", "2026-10-03T22:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"}, // they skip half an hour
		{"Asia/Kolkata", "2024-02-29T09:00", "2024-02-29T03:30:00Z"},
		{"UTC", "1969-12-31T23:59", "1969-12-31T23:59:00Z"},
	} {
		at := calendar.At(wall(t, c.wall), zone(t, c.zone))
		if got := at.UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s is %s, not %s", c.wall, c.zone, got, c.want)
		}
	}
}

// Every wall time that the clocks show is what they show at its instant.
func TestInstantsAreWallTimes(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Pacific/Apia", "UTC"} {
		z := zone(t, name)
		for at := time.Date(2026, 1, 1, 0, 7, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(47 * time.Minute) {
			shown := calendar.Shows(at, z)
			if want := at.In(z).Format("2006-01-02T15:04"); shown.String() != want {
				t.Fatalf("at %s the clocks of %s show %s, not %s", at, name, shown, want)
			}
			if back := calendar.At(shown, z); !back.Equal(at) && !back.Equal(at.Add(-time.Hour)) {
				t.Fatalf("%s in %s is %s, not %s", shown, name, back.UTC(), at)
			}
		}
	}
}

func TestZones(t *testing.T) {
	for _, name := range []string{"", "Local", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\n"} {
		if z, known := calendar.Zone(name); known || z != time.UTC {
			t.Errorf("%q is a zone", name)
		}
	}
}

// expanded reads an iCalendar file as a calendar does, by a library of its
// own, and returns when it shows something, with what it is called.
func expanded(t *testing.T, text string, from, to time.Time) (shows []string) {
	t.Helper()
	c, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	instead := map[string]map[int64]bool{}
	for _, e := range c.Events() {
		if p := e.GetProperty(ics.ComponentPropertyRecurrenceId); p != nil {
			if instead[e.Id()] == nil {
				instead[e.Id()] = map[int64]bool{}
			}
			instead[e.Id()][parsed(t, p).Unix()] = true
		}
	}
	show := func(at time.Time, e *ics.VEvent) {
		if !at.Before(from) && at.Before(to) {
			shows = append(shows, at.UTC().Format(time.RFC3339)+" "+e.GetProperty(ics.ComponentPropertySummary).Value)
		}
	}
	for _, e := range c.Events() {
		start, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		rule := e.GetProperty(ics.ComponentPropertyRrule)
		if rule == nil {
			show(start, e)
			continue
		}
		set := rrule.Set{}
		option, err := rrule.StrToROptionInLocation(rule.Value, start.Location())
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start
		r, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		set.RRule(r)
		for _, p := range e.GetProperties(ics.ComponentPropertyExdate) {
			set.ExDate(parsed(t, p))
		}
		for _, at := range set.Between(from, to, true) {
			if !instead[e.Id()][at.Unix()] {
				show(at, e)
			}
		}
	}
	slices.Sort(shows)
	return shows
}

func parsed(t *testing.T, p *ics.IANAProperty) time.Time {
	t.Helper()
	in := time.UTC
	format := "20060102T150405Z"
	if tz := p.ICalParameters["TZID"]; len(tz) == 1 {
		in, format = zone(t, tz[0]), "20060102T150405"
	}
	at, err := time.ParseInLocation(format, p.Value, in)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A calendar that reads the file shows what we show, over a year, in three
// zones and in UTC: skipped days, a moved one and the changes of the clocks too.
func TestOthersShowWhatWeShow(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"} {
		for _, rule := range []string{
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=DAILY;UNTIL=20260610", "FREQ=DAILY;INTERVAL=9;COUNT=20",
		} {
			z := zone(t, name)
			r, err := community.ParseRhythm(rule)
			if err != nil {
				t.Fatal(err)
			}
			begins := wall(t, "2026-02-26T12:15")
			var days []community.Day
			r.Between(begins.Day, begins.Day, begins.Day+365, func(d community.Day) bool { days = append(days, d); return true })
			first := community.Wall{Day: days[0], Minute: begins.Minute}
			moved := community.Wall{Day: days[3] + 1, Minute: 9 * 60}
			text := calendar.Write("Ward 7", []calendar.Event{
				{UID: "a@coppice", Summary: "Lunch", Start: first, Zone: name, Minutes: 60, Rule: &r, Except: []community.Day{days[1], days[5]}},
				{UID: "a@coppice", Summary: "Lunch, moved", Start: moved, Zone: name, Minutes: 60,
					Instead: &calendar.Instead{Start: community.Wall{Day: days[3], Minute: begins.Minute}, Zone: name}},
				{UID: "b@coppice", Summary: "Cold room", Start: wall(t, "2026-10-25T14:00"), Zone: name, Minutes: 90},
			}, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
			var want []string
			say := func(w community.Wall, what string) {
				want = append(want, calendar.At(w, z).UTC().Format(time.RFC3339)+" "+what)
			}
			for i, d := range days {
				if i != 1 && i != 3 && i != 5 {
					say(community.Wall{Day: d, Minute: begins.Minute}, "Lunch")
				}
			}
			say(moved, "Lunch, moved")
			say(wall(t, "2026-10-25T14:00"), "Cold room")
			slices.Sort(want)
			from := calendar.At(begins, z)
			to := calendar.At(community.Wall{Day: begins.Day + 366}, z)
			if got := expanded(t, text, from, to); !slices.Equal(got, want) {
				t.Errorf("%s in %s:\n%s\nnot\n%s", rule, name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// A calendar that knows no zone learns it from the file: each instant of the
// years described has the offset that the zone has.
func TestZonesAreDescribed(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata"} {
		z := zone(t, name)
		text := calendar.Write("x", []calendar.Event{{UID: "a", Summary: "x", Start: wall(t, "2026-02-26T12:15"), Zone: name, Minutes: 60}}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		c, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil || len(c.Timezones()) != 1 {
			t.Fatalf("%d zones, %v", len(c.Timezones()), err)
		}
		type stretch struct {
			begins time.Time
			offset int
		}
		var stretches []stretch
		for _, sub := range c.Timezones()[0].SubComponents() {
			var base ics.ComponentBase
			switch sub := sub.(type) {
			case *ics.Standard:
				base = sub.ComponentBase
			case *ics.Daylight:
				base = sub.ComponentBase
			}
			from, to := seconds(t, base.GetProperty("TZOFFSETFROM").Value), seconds(t, base.GetProperty("TZOFFSETTO").Value)
			begins, err := time.Parse("20060102T150405", base.GetProperty(ics.ComponentPropertyDtStart).Value)
			if err != nil {
				t.Fatal(err)
			}
			stretches = append(stretches, stretch{begins.Add(-time.Duration(from) * time.Second), to})
		}
		for at := time.Date(2026, 2, 26, 0, 0, 0, 0, time.UTC); at.Year() < 2036; at = at.Add(6 * time.Hour) {
			said := 0
			for _, s := range stretches {
				if !at.Before(s.begins) {
					said = s.offset
				}
			}
			if _, offset := at.In(z).Zone(); offset != said {
				t.Fatalf("%s at %s: %d seconds, not %d", name, at, said, offset)
			}
		}
	}
}

func seconds(t *testing.T, offset string) int {
	t.Helper()
	var sign rune
	var h, m int
	if _, err := fmt.Sscanf(offset, "%c%02d%02d", &sign, &h, &m); err != nil {
		t.Fatal(err)
	}
	if sign == '-' {
		return -(h*3600 + m*60)
	}
	return h*3600 + m*60
}

// What members write stays text: no line of theirs begins a property.
func TestWordsStayWords(t *testing.T) {
	evil := "Lunch\r\nBEGIN:VEVENT\r\nUID:x\u0000;,\\n \u0085END:VCALENDAR " + strings.Repeat("äöü-", 60)
	text := calendar.Write("Ward\r\n7: lunch", []calendar.Event{
		{UID: "a@coppice", Summary: evil, Place: evil, Words: evil + "\n\nmore", Start: wall(t, "2026-02-26T12:15"), Zone: "Europe/Berlin", Minutes: 60},
	}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	c, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil || len(c.Events()) != 1 {
		t.Fatalf("%d events, %v", len(c.Events()), err)
	}
	for name, want := range map[ics.ComponentProperty]string{
		ics.ComponentPropertySummary:     "Lunch BEGIN:VEVENT UID:x;,\\n END:VCALENDAR " + strings.Repeat("äöü-", 60),
		ics.ComponentPropertyDescription: "Lunch\nBEGIN:VEVENT\nUID:x;,\\n END:VCALENDAR " + strings.Repeat("äöü-", 60) + "\n\nmore",
	} {
		if got := c.Events()[0].GetProperty(name).Value; got != want {
			t.Errorf("%s reads %q, not %q", name, got, want)
		}
	}
}

func TestTheFileIsWhatCalendarsAskFor(t *testing.T) {
	r, _ := community.ParseRhythm("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231")
	text := calendar.Write("Ward 7", []calendar.Event{{
		UID: "a@coppice", Summary: "Lunch, with soup", Place: "the kitchen", Start: wall(t, "2026-02-26T12:15"), Zone: "Europe/Berlin", Minutes: 45, Rule: &r,
		Changed: time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC), Sequence: 3,
	}}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	for _, line := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Coppice//Coppice//EN", "X-WR-CALNAME:Ward 7", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "TZID:Europe/Berlin", "TZOFFSETTO:+0200",
		"UID:a@coppice", "DTSTAMP:20260201T080000Z", "SEQUENCE:3", "SUMMARY:Lunch\\, with soup", "LOCATION:the kitchen",
		"DTSTART;TZID=Europe/Berlin:20260226T121500", "DTEND;TZID=Europe/Berlin:20260226T130000",
		"RRULE:FREQ=WEEKLY;UNTIL=20261231T225900Z;BYDAY=TH", "END:VCALENDAR",
	} {
		if !strings.Contains(text, line+"\r\n") {
			t.Errorf("there is no line %s in\n%s", line, text)
		}
	}
}
