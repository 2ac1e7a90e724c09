package community_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
)

func day(t testing.TB, s string) community.Day {
	t.Helper()
	d, ok := community.ParseDay(s)
	if !ok {
		t.Fatalf("%q is no day", s)
	}
	return d
}

func rhythm(t testing.TB, s string) community.Rhythm {
	t.Helper()
	r, err := community.ParseRhythm(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func falls(t testing.TB, rule, start, from, to string) (days []string) {
	t.Helper()
	rhythm(t, rule).Between(day(t, start), day(t, from), day(t, to), func(d community.Day) bool {
		days = append(days, d.String())
		return true
	})
	return days
}

// Days are those of the calendar everybody uses.
func TestDaysAgreeWithTheCalendar(t *testing.T) {
	for at := time.Date(1899, 12, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2105; at = at.AddDate(0, 0, 1) {
		d := community.Day(at.Unix() / 86400)
		if at.Unix() < 0 {
			d = community.Day((at.Unix() - 86399) / 86400)
		}
		y, m, n := d.Civil()
		if y != at.Year() || m != int(at.Month()) || n != at.Day() || community.Date(y, m, n) != d || d.String() != at.Format(time.DateOnly) {
			t.Fatalf("%v is day %d, which reads %s", at, d, d)
		}
		if back, ok := community.ParseDay(d.String()); !ok || back != d {
			t.Fatalf("%s reads back as %d, not %d", d, back, d)
		}
		if int(d.Weekday()) != (int(at.Weekday())+6)%7 {
			t.Fatalf("%s is day %d of the week", d, d.Weekday())
		}
	}
	for _, wrong := range []string{"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-05-1x", "", "0000-01-01"} {
		if _, ok := community.ParseDay(wrong); ok {
			t.Errorf("%q is a day", wrong)
		}
	}
	for _, wrong := range []string{"2026-05-14T24:00", "2026-05-14T12:60", "2026-05-14 12:15", "2026-05-14T12:15:00", "2026-05-14T1x:15"} {
		if _, ok := community.ParseWall(wrong); ok {
			t.Errorf("%q is a time", wrong)
		}
	}
}

func TestRhythms(t *testing.T) {
	for _, c := range []struct {
		name, rule, start, from, to string
		want                        []string
	}{
		{"the bench", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-05-14", "2026-05-01", "2026-06-30", []string{"2026-05-14", "2026-05-28", "2026-06-11", "2026-06-25"}},
		{"lunch", "FREQ=WEEKLY;BYDAY=TU,TH", "2026-05-14", "2026-05-18", "2026-05-31", []string{"2026-05-19", "2026-05-21", "2026-05-26", "2026-05-28"}},
		{"by its start alone", "FREQ=WEEKLY", "2026-05-14", "2026-05-20", "2026-05-30", []string{"2026-05-21", "2026-05-28"}},
		{"a start that does not fit", "FREQ=WEEKLY;BYDAY=MO", "2026-05-14", "2026-05-01", "2026-05-31", []string{"2026-05-18", "2026-05-25"}},
		{"the last Friday", "FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30", "2026-01-01", "2026-04-30", []string{"2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"}},
		{"the first and third Monday", "FREQ=MONTHLY;BYDAY=1MO,3MO", "2026-05-01", "2026-05-01", "2026-06-30", []string{"2026-05-04", "2026-05-18", "2026-06-01", "2026-06-15"}},
		{"every Monday and the first Tuesday", "FREQ=MONTHLY;BYDAY=MO,1TU", "2026-05-01", "2026-05-01", "2026-05-12", []string{"2026-05-04", "2026-05-05", "2026-05-11"}},
		{"the last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", "2026-01-01", "2026-03-31", []string{"2026-01-31", "2026-02-28", "2026-03-31"}},
		{"months without a 31st are left out", "FREQ=MONTHLY", "2026-01-31", "2026-01-01", "2026-05-31", []string{"2026-01-31", "2026-03-31", "2026-05-31"}},
		{"leap days", "FREQ=YEARLY", "2024-02-29", "2024-01-01", "2033-12-31", []string{"2024-02-29", "2028-02-29", "2032-02-29"}},
		{"a yearly camp", "FREQ=YEARLY;BYMONTH=7;BYDAY=1SA", "2025-07-05", "2025-01-01", "2027-12-31", []string{"2025-07-05", "2026-07-04", "2027-07-03"}},
		{"four times", "FREQ=DAILY;INTERVAL=3;COUNT=4", "2026-05-14", "2026-05-17", "2027-01-01", []string{"2026-05-17", "2026-05-20", "2026-05-23"}},
		{"until, its day included", "FREQ=DAILY;UNTIL=20260516", "2026-05-14", "2026-05-01", "2026-12-31", []string{"2026-05-14", "2026-05-15", "2026-05-16"}},
		{"the last working day", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-05-29", "2026-05-01", "2026-07-31", []string{"2026-05-29", "2026-06-30", "2026-07-31"}},
		{"never", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", "2026-01-01", "2040-01-01", nil},
	} {
		if got := falls(t, c.rule, c.start, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
}

// What is typed in many ways is written in one, and reads the same again.
func TestRulesAreWrittenInOneWay(t *testing.T) {
	for typed, want := range map[string]string{
		"rrule:freq=weekly;byday=th,tu,th":             "FREQ=WEEKLY;BYDAY=TU,TH",
		"BYDAY=-1FR,2MO;FREQ=MONTHLY;INTERVAL=1":       "FREQ=MONTHLY;BYDAY=-1FR,2MO",
		"FREQ=YEARLY;BYMONTH=12,3;BYMONTHDAY=-1,1":     "FREQ=YEARLY;BYMONTH=3,12;BYMONTHDAY=-1,1",
		"FREQ=WEEKLY;WKST=SU;UNTIL=20261231T235959":    "FREQ=WEEKLY;UNTIL=20261231;WKST=SU",
		"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1,1;COUNT=10": "FREQ=MONTHLY;COUNT=10;BYDAY=FR;BYSETPOS=-1,1",
	} {
		if got := rhythm(t, typed).String(); got != want || rhythm(t, got).String() != want {
			t.Errorf("%s is written %s, not %s", typed, got, want)
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for _, rule := range []string{
		"", "WEEKLY", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=WEEKLY;FREQ=DAILY", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1",
		"FREQ=DAILY;INTERVAL=367", "FREQ=DAILY;COUNT=1001", "FREQ=DAILY;COUNT=999999999999999999999", "FREQ=DAILY;COUNT=3;UNTIL=20261231",
		"FREQ=DAILY;UNTIL=20261231T000000Z", "FREQ=DAILY;UNTIL=20261331", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=20MO",
		"FREQ=MONTHLY;BYDAY=53MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=", "FREQ=MONTHLY;BYMONTHDAY=32",
		"FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTH=-1", "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;BYEASTER=1", "FREQ=DAILY;BYYEARDAY=1",
		"FREQ=DAILY;BYWEEKNO=1", "FREQ=DAILY;WKST=1MO", "FREQ=DAILY;" + strings.Repeat("X", 400), "FREQ=YEARLY;BYSETPOS=367", "FREQ=DAILY\nBEGIN:VEVENT",
	} {
		_, err := community.ParseRhythm(rule)
		if refusal := (*envelope.Refusal)(nil); !errors.As(err, &refusal) || refusal.Saying == "" {
			t.Errorf("%q: %v", rule, err)
		}
	}
}

// rules draws rules that another implementation reads the same way: RFC 5545
// leaves open what BYSETPOS means in the week of the start, and that one takes
// days with and without a number together for days that are both.
func rules(t *rapid.T) (rule string, start time.Time) {
	start = time.Date(2024, 1, 1, 12, 15, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "start"))
	every := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "every")
	parts := []string{"FREQ=" + every}
	maybe := func(what string, part func() string) {
		if rapid.Bool().Draw(t, what) {
			parts = append(parts, part())
		}
	}
	list := func(what string, low, high int, signed bool) string {
		all := rapid.SliceOfN(rapid.IntRange(low, high), 1, 4).Draw(t, what)
		for i := range all {
			if signed && rapid.Bool().Draw(t, "from the end") {
				all[i] = -all[i]
			}
		}
		return what + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ","), "[]")
	}
	maybe("INTERVAL", func() string { return fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 7).Draw(t, "n")) })
	months := rapid.Bool().Draw(t, "months")
	if months {
		parts = append(parts, list("BYMONTH", 1, 12, false))
	}
	if every != "WEEKLY" {
		maybe("BYMONTHDAY", func() string { return list("BYMONTHDAY", 1, 31, true) })
	}
	maybe("BYDAY", func() string {
		numbered := (every == "MONTHLY" || every == "YEARLY" && months) && rapid.Bool().Draw(t, "numbered")
		days := rapid.SliceOfN(rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}), 1, 4).Draw(t, "days")
		for i := range days {
			if numbered {
				days[i] = rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "-1", "-2"}).Draw(t, "which") + days[i]
			}
		}
		return "BYDAY=" + strings.Join(days, ",")
	})
	if every == "MONTHLY" || every == "YEARLY" {
		maybe("BYSETPOS", func() string { return list("BYSETPOS", 1, 5, true) })
	}
	maybe("WKST", func() string { return "WKST=" + rapid.SampledFrom([]string{"MO", "SU", "TH"}).Draw(t, "week") })
	switch rapid.IntRange(0, 2).Draw(t, "ends") {
	case 1:
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 40).Draw(t, "count")))
	case 2:
		parts = append(parts, "UNTIL="+start.AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "until")).Format("20060102"))
	}
	return strings.Join(parts, ";"), start
}

// What a rule means is what others take it to mean.
func TestRhythmsAgreeWithAnotherImplementation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, start := rules(t)
		rule, err := community.ParseRhythm(text)
		if err != nil {
			t.Fatal(err)
		}
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start
		if !option.Until.IsZero() {
			option.Until = option.Until.Add(24*time.Hour - time.Second)
		}
		other, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		from := start.AddDate(0, 0, rapid.IntRange(-100, 1000).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "days"))
		var want, got []string
		next := other.Iterator()
		for at, ok := next(); ok && !at.After(to); at, ok = next() {
			if !at.Before(from) {
				want = append(want, at.Format(time.DateOnly))
			}
		}
		days := func(at time.Time) community.Day { return community.Day(at.Unix() / 86400) }
		rule.Between(days(start), days(from), days(to), func(d community.Day) bool {
			got = append(got, d.String())
			return true
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s: %v, and elsewhere %v", text, start, got, want)
		}
	})
}

// FuzzRhythm reads rules that a stranger may have written: what is taken is
// written in one way, and no window costs more than its days, whatever the
// rule and its start.
func FuzzRhythm(f *testing.F) {
	for _, rule := range []string{
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=12;BYDAY=5MO,-5SU", "FREQ=DAILY;COUNT=1000",
		"FREQ=MONTHLY;INTERVAL=366;BYDAY=-1FR;BYSETPOS=-366", "FREQ=YEARLY;INTERVAL=366;BYMONTH=2;BYMONTHDAY=29;COUNT=1000",
	} {
		f.Add(rule, 20000)
		f.Add(rule, -719162)
	}
	f.Fuzz(func(t *testing.T, text string, start int) {
		r, err := community.ParseRhythm(text)
		if err != nil {
			return
		}
		if again, err := community.ParseRhythm(r.String()); err != nil || again.String() != r.String() {
			t.Fatalf("%q is written %q, which reads %q: %v", text, r, again, err)
		}
		from := community.Day(start%4000000) + 5
		last, n := from-1, 0
		r.Between(community.Day(start%4000000), from, from+400, func(d community.Day) bool {
			if d <= last || d > from+400 {
				t.Fatalf("%s: %s after %s", r, d, last)
			}
			last, n = d, n+1
			return true
		})
		if n > 401 {
			t.Fatalf("%s falls %d times in 401 days", r, n)
		}
	})
}

func TestRhythmsInWords(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH":             "every 2 weeks on Thursday",
		"FREQ=WEEKLY;BYDAY=TU,TH":                     "every week on Tuesday and Thursday",
		"FREQ=WEEKLY":                                 "every week on Thursday",
		"FREQ=DAILY;COUNT=3":                          "every day, 3 times",
		"FREQ=MONTHLY;BYDAY=1MO,-1FR":                 "every month on the last Friday and the first Monday",
		"FREQ=MONTHLY":                                "every month on the 14th",
		"FREQ=MONTHLY;BYMONTHDAY=1,3,-1;BYMONTH=2,12": "every month on the last day, the 1st and the 3rd in February and December",
		"FREQ=YEARLY":                                 "every year on the 14th of May",
		"FREQ=YEARLY;BYMONTH=7;BYDAY=1SA":             "every year on the first Saturday of July",
		"FREQ=WEEKLY;UNTIL=20261231":                  "every week on Thursday, until Thursday 31 December 2026",
		"FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1":        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
	} {
		if got := rhythm(t, rule).Words(day(t, "2026-05-14")); got != want {
			t.Errorf("%s: %s, not %s", rule, got, want)
		}
	}
}
