package community

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coppice.example/node/envelope"
)

// Rhythm says on which days something comes again: a recurrence rule of RFC
// 5545 3.3.10, the part of it that gatherings have. Days are expanded one
// period after the other within a window, so that no rule, whoever wrote it,
// costs more than the days of the window do.
type Rhythm struct {
	every    frequency
	interval int // 1 and more
	count    int // 0: no end
	until    Day // the last day it may fall on; 0: no end
	months   []int
	dates    []int // of the month; -1 is its last
	weekdays []nth
	places   []int // BYSETPOS: which of a period's days are meant
	week     Weekday
}

type frequency uint8

const (
	daily frequency = iota + 1
	weekly
	monthly
	yearly
)

// nth is a day of the week, and which of them in the month: 0 is every one,
// -1 the last.
type nth struct {
	weekday Weekday
	n       int
}

// Bounds of a rule. A counted one is followed for [mostYears] at most, for who
// counts must begin at the start.
const (
	mostRule     = 300 // bytes
	mostInterval = 366
	mostCount    = 1000
	mostListed   = 62
	mostYears    = 60
)

var (
	frequencies  = map[string]frequency{"DAILY": daily, "WEEKLY": weekly, "MONTHLY": monthly, "YEARLY": yearly}
	weekdayNames = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
)

// refuse says what is wrong with what was typed, and what to do.
func refuse(hint, format string, args ...any) error {
	return &envelope.Refusal{Reason: envelope.ErrValue, Saying: fmt.Sprintf(format, args...), Hint: hint}
}

// ParseRhythm reads a rule, such as FREQ=WEEKLY;INTERVAL=2;BYDAY=TH. It
// refuses with an [envelope.Refusal] what is no rule, what falls more often
// than daily, and what is out of bounds.
func ParseRhythm(text string) (r Rhythm, err error) {
	if len(text) > mostRule {
		return r, refuse("say it shorter", "rrule: a rule has at most %d letters", mostRule)
	}
	text = strings.TrimSuffix(strings.TrimPrefix(strings.ToUpper(text), "RRULE:"), ";")
	r.interval = 1
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || seen[name] {
			return r, refuse("write it like FREQ=WEEKLY;BYDAY=TU,TH", "rrule: %q is no part of a rule, or stands twice", part)
		}
		seen[name] = true
		if err := r.part(name, value); err != nil {
			return r, err
		}
	}
	return r, r.fits()
}

func (r *Rhythm) part(name, value string) (err error) {
	switch name {
	case "FREQ":
		if r.every = frequencies[value]; r.every == 0 {
			return refuse("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY", "rrule: nothing here comes again %q", value)
		}
	case "INTERVAL":
		r.interval, err = number(name, value, 1, mostInterval)
	case "COUNT":
		r.count, err = number(name, value, 1, mostCount)
	case "UNTIL":
		r.until, err = untilDay(value)
	case "BYMONTH":
		r.months, err = numbers(name, value, 1, 12, false)
	case "BYMONTHDAY":
		r.dates, err = numbers(name, value, 1, 31, true)
	case "BYSETPOS":
		r.places, err = numbers(name, value, 1, 366, true)
	case "BYDAY":
		r.weekdays, err = weekdaysOf(value)
	case "WKST":
		n := slices.Index(weekdayNames, value)
		if n < 0 {
			return refuse("one of: "+strings.Join(weekdayNames, ", "), "rrule: no week begins with %q", value)
		}
		r.week = Weekday(n)
	default:
		return refuse("parts: FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, WKST", "rrule: there is no part %q here", name)
	}
	return err
}

// fits refuses parts that do not go together.
func (r *Rhythm) fits() error {
	switch {
	case r.every == 0:
		return refuse("begin it with FREQ=WEEKLY, say", "rrule: it does not say how often")
	case r.count > 0 && r.until != 0:
		return refuse("give one of them", "rrule: it ends by COUNT and by UNTIL")
	case r.every == weekly && len(r.dates) > 0:
		return refuse("BYMONTHDAY goes with MONTHLY and YEARLY", "rrule: a week has no days of a month")
	}
	for _, d := range r.weekdays {
		if d.n != 0 && r.every != monthly && (r.every != yearly || len(r.months) == 0) {
			return refuse("write FREQ=MONTHLY, or name the months by BYMONTH", "rrule: which %s is meant is said of months alone", weekdayNames[d.weekday])
		}
	}
	return nil
}

func number(name, value string, low, high int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return 0, refuse("", "rrule: %s is a number from %d to %d, not %q", name, low, high, value)
	}
	return n, nil
}

// numbers reads a list, ascending and each once; signed ones may count from
// the end.
func numbers(name, value string, low, high int, signed bool) (all []int, err error) {
	for text := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(text)
		if size := max(n, -n); err != nil || size < low || size > high || n < 0 && !signed {
			return nil, refuse("", "rrule: %s takes numbers from %d to %d, not %q", name, low, high, text)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return within(name, slices.Compact(all))
}

func within[T any](name string, all []T) ([]T, error) {
	if len(all) > mostListed {
		return nil, refuse("", "rrule: %s lists at most %d", name, mostListed)
	}
	return all, nil
}

func weekdaysOf(value string) (all []nth, err error) {
	for text := range strings.SplitSeq(value, ",") {
		split := max(len(text)-2, 0)
		d := nth{weekday: Weekday(slices.Index(weekdayNames, text[split:]))}
		if text[:split] != "" {
			if d.n, err = strconv.Atoi(text[:split]); err != nil || d.n == 0 || max(d.n, -d.n) > 5 {
				d.weekday = -1
			}
		}
		if d.weekday < 0 {
			return nil, refuse("write it like TU,TH or 1MO or -1FR", "rrule: %q is no day of a week", text)
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b nth) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.weekday, b.weekday)) })
	return within("BYDAY", slices.Compact(all))
}

// untilDay reads the last day. A time of that day says no more; one in UTC
// would mean another day in some zones.
func untilDay(value string) (Day, error) {
	date, _, _ := strings.Cut(value, "T")
	if len(date) == 8 && !strings.HasSuffix(value, "Z") {
		if d, ok := ParseDay(date[:4] + "-" + date[4:6] + "-" + date[6:]); ok && d > 0 {
			return d, nil
		}
	}
	return 0, refuse("write the last day like UNTIL=20261231", "rrule: %q is no date", value)
}

// String writes the rule in one way, whichever it was read from.
func (r Rhythm) String() string {
	var parts []string
	add := func(name, value string) { parts = append(parts, name+"="+value) }
	for name, f := range frequencies {
		if f == r.every {
			add("FREQ", name)
		}
	}
	if r.interval > 1 {
		add("INTERVAL", strconv.Itoa(r.interval))
	}
	if r.count > 0 {
		add("COUNT", strconv.Itoa(r.count))
	}
	if r.until != 0 {
		add("UNTIL", strings.ReplaceAll(r.until.String(), "-", ""))
	}
	for _, list := range []struct {
		name string
		of   []int
	}{{"BYMONTH", r.months}, {"BYMONTHDAY", r.dates}} {
		if len(list.of) > 0 {
			add(list.name, joined(list.of, strconv.Itoa))
		}
	}
	if len(r.weekdays) > 0 {
		add("BYDAY", joined(r.weekdays, nth.String))
	}
	if len(r.places) > 0 {
		add("BYSETPOS", joined(r.places, strconv.Itoa))
	}
	if r.week != Monday {
		add("WKST", weekdayNames[r.week])
	}
	return strings.Join(parts, ";")
}

// String writes the day as rules have it: TH, or -1FR.
func (d nth) String() string {
	if d.n == 0 {
		return weekdayNames[d.weekday]
	}
	return strconv.Itoa(d.n) + weekdayNames[d.weekday]
}

func joined[T any](all []T, text func(T) string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = text(one)
	}
	return strings.Join(texts, ",")
}

// settleRule writes a rule as [Rhythm.String] does.
func settleRule(s string) (string, error) {
	r, err := ParseRhythm(s)
	if err != nil {
		return "", err
	}
	return r.String(), nil
}

// Until returns the last day the rule allows, false when it names none.
func (r Rhythm) Until() (Day, bool) { return r.until, r.until != 0 }

// Between calls yield with the days from the first to the last, both included,
// on which a rhythm with a start falls, until it returns false. The start is
// one of them when it fits the rule.
func (r Rhythm) Between(start, from, to Day, yield func(Day) bool) {
	if r.every == 0 {
		return
	}
	k, left, begins := r.reaches(start, from), r.count, dateOf(start)
	if left > 0 {
		k = 0
		to = min(to, start+mostYears*366)
	}
	for ; ; k++ {
		first, last := r.period(start, k)
		if first > to || first > Date(lastYear, 12, 31) {
			return
		}
		for _, d := range r.falls(begins, first, last) {
			switch {
			case d < start:
				continue
			case d > to || r.until != 0 && d > r.until:
				return
			case d >= from && !yield(d):
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// period returns the first and last day of the k-th period that the rule
// speaks of; start lies in period 0.
func (r Rhythm) period(start Day, k int) (first, last Day) {
	year, month, _ := start.Civil()
	k *= r.interval
	switch r.every {
	case daily:
		return start + Day(k), start + Day(k)
	case weekly:
		first = r.weekOf(start) + Day(7*k)
		return first, first + 6
	case monthly:
		return Date(year, month+k, 1), Date(year, month+k+1, 1) - 1
	}
	return Date(year+k, 1, 1), Date(year+k+1, 1, 1) - 1
}

// reaches returns a period that ends no later than one with day d begins.
func (r Rhythm) reaches(start, d Day) int {
	if d <= start {
		return 0
	}
	year, month, _ := start.Civil()
	toYear, toMonth, _ := d.Civil()
	between := toYear - year // in the rule's unit
	switch r.every {
	case daily:
		between = int(d - start)
	case weekly:
		between = int(d-r.weekOf(start)) / 7
	case monthly:
		between = 12*(toYear-year) + toMonth - month
	}
	return between / r.interval
}

func (r Rhythm) weekOf(d Day) Day { return d - Day((d.Weekday()-r.week+7)%7) }

// dated is a day with what rules ask of it.
type dated struct {
	Day
	month, date int
	length      int // of the month
	weekday     Weekday
}

func dateOf(d Day) dated {
	year, month, date := d.Civil()
	return dated{d, month, date, monthLength(year, month), d.Weekday()}
}

// next returns the day after, which costs less than finding its date anew.
func (d dated) next() dated {
	if d.date == d.length {
		return dateOf(d.Day + 1)
	}
	d.Day, d.date, d.weekday = d.Day+1, d.date+1, (d.weekday+1)%7
	return d
}

// falls returns the days of a period that the rule means.
func (r Rhythm) falls(start dated, first, last Day) (days []Day) {
	for d := dateOf(first); d.Day <= last; d = d.next() {
		if r.means(start, d) {
			days = append(days, d.Day)
		}
	}
	if len(r.places) == 0 {
		return days
	}
	var placed []Day
	for i := range days {
		if slices.Contains(r.places, i+1) || slices.Contains(r.places, i-len(days)) {
			placed = append(placed, days[i])
		}
	}
	return placed
}

// means tells whether the rule means a day, by what it says of days or, where
// it says nothing, by the start.
func (r Rhythm) means(start, d dated) bool {
	if len(r.months) > 0 && !slices.Contains(r.months, d.month) {
		return false
	}
	if len(r.dates) > 0 && !slices.Contains(r.dates, d.date) && !slices.Contains(r.dates, d.date-d.length-1) {
		return false
	}
	if len(r.weekdays) > 0 {
		return slices.ContainsFunc(r.weekdays, func(w nth) bool {
			return w.weekday == d.weekday && (w.n == 0 || w.n == (d.date-1)/7+1 || w.n == -1-(d.length-d.date)/7)
		})
	}
	switch {
	case len(r.dates) > 0 || r.every == daily:
		return true
	case r.every == weekly:
		return d.weekday == start.weekday
	}
	return d.date == start.date && (r.every == monthly || len(r.months) > 0 || d.month == start.month)
}
