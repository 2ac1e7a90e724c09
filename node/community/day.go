package community

import (
	"fmt"
	"strings"
)

// Day is a date of the Gregorian calendar, as days since 1 January 1970. It is
// of no place: what day it is somewhere is for a caller with a clock to say.
type Day int

// Wall is a time as a clock on the wall shows it, in no zone: what people
// agree on. It stays when the clocks change.
type Wall struct {
	Day
	Minute int // since midnight, 0 to 1439
}

// Weekday is a day of the week.
type Weekday int

// The days of the week, Monday first.
const (
	Monday Weekday = iota
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// The years a [Day] is read in.
const (
	firstYear = 1
	lastYear  = 9999
)

// Date returns the day of a date, which need not be one: month 13 is the next
// January, day 0 the last of the month before.
func Date(year, month, day int) Day {
	month--
	year, month = year+floor(month, 12), month-12*floor(month, 12)
	// Days from a civil date, years beginning in March (H. Hinnant,
	// "chrono-compatible low-level date algorithms").
	if month < 2 {
		year--
	}
	era := floor(year, 400)
	ofEra := year - 400*era
	ofYear := (153*((month+10)%12) + 2) / 5
	return Day(146097*era + 365*ofEra + ofEra/4 - ofEra/100 + ofYear + day - 1 - 719468)
}

// Civil returns the date of a day.
func (d Day) Civil() (year, month, day int) {
	z := int(d) + 719468
	era := floor(z, 146097)
	ofEra := z - 146097*era
	year = (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	march := (5*ofYear + 2) / 153
	day = ofYear - (153*march+2)/5 + 1
	month = (march+2)%12 + 1
	year += 400 * era
	if month < 3 {
		year++
	}
	return year, month, day
}

// Weekday returns the day's day of the week: 1 January 1970 was a Thursday.
func (d Day) Weekday() Weekday { return Weekday(int(d) + 3 - 7*floor(int(d)+3, 7)) }

// String writes the day as 2026-05-14.
func (d Day) String() string {
	year, month, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// ParseDay reads what String wrote.
func ParseDay(s string) (d Day, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	year, month, day := digits(s[:4]), digits(s[5:7]), digits(s[8:])
	d = Date(year, month, day)
	return d, year >= firstYear && d.String() == s
}

// String writes the time as 2026-05-14T12:15.
func (w Wall) String() string {
	return fmt.Sprintf("%sT%02d:%02d", w.Day, w.Minute/60, w.Minute%60)
}

// ParseWall reads what String wrote.
func ParseWall(s string) (w Wall, ok bool) {
	if len(s) != 16 || s[10] != 'T' || s[13] != ':' {
		return w, false
	}
	day, ok := ParseDay(s[:10])
	hour, minute := digits(s[11:13]), digits(s[14:])
	w = Wall{day, 60*hour + minute}
	return w, ok && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

// Less tells whether w comes before other, on clocks that show the same.
func (w Wall) Less(other Wall) bool {
	return w.Day < other.Day || w.Day == other.Day && w.Minute < other.Minute
}

// digits reads a number of digits alone, -1 when there is anything else.
func digits(s string) (n int) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// floor divides, rounding down.
func floor(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// monthLength returns how many days a month has.
func monthLength(year, month int) int { return int(Date(year, month+1, 1) - Date(year, month, 1)) }

// settleStart reads a local date and time as people type it.
func settleStart(s string) (string, error) {
	typed := strings.ToUpper(strings.Replace(s, " ", "T", 1))
	if w, ok := ParseWall(typed); ok {
		return w.String(), nil
	}
	if w, ok := ParseWall(strings.TrimSuffix(typed, ":00")); ok {
		return w.String(), nil
	}
	return "", refuse("write it like 2026-05-14T12:15", "start: %q is no date and time", s)
}
