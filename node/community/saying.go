package community

import (
	"fmt"
	"strings"
)

var (
	weekdayWords = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	monthWords   = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	whichWords   = map[int]string{1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}
)

// Words says the rhythm as people do: every 2 weeks on Thursday. What they have
// no short words for it says as the rule has it.
func (r Rhythm) Words(start Day) string {
	on, ok := r.onWords(start)
	if !ok {
		return r.String()
	}
	unit := map[frequency]string{daily: "day", weekly: "week", monthly: "month", yearly: "year"}[r.every]
	text := "every " + unit
	if r.interval > 1 {
		text = fmt.Sprintf("every %d %ss", r.interval, unit)
	}
	text += on
	if len(r.months) > 0 && r.every != yearly {
		text += " in " + listed(r.months, monthWord)
	}
	switch {
	case r.count > 0:
		text += fmt.Sprintf(", %d times", r.count)
	case r.until != 0:
		text += ", until " + r.until.Words()
	}
	return text
}

// onWords says on which days of its period a rhythm falls.
func (r Rhythm) onWords(start Day) (text string, ok bool) {
	_, month, date := start.Civil()
	switch {
	case len(r.places) > 0 || len(r.weekdays) > 0 && len(r.dates) > 0:
		return "", false
	case len(r.weekdays) > 0:
		for _, d := range r.weekdays {
			if d.n != 0 && whichWords[d.n] == "" {
				return "", false
			}
		}
		text = " on " + listed(r.weekdays, nth.words)
	case len(r.dates) > 0:
		for _, d := range r.dates {
			if d < -1 {
				return "", false
			}
		}
		text = " on " + listed(r.dates, dateWord)
	case r.every == weekly:
		return " on " + weekdayWords[start.Weekday()], true
	case r.every == daily:
		return "", true
	default:
		text = " on " + dateWord(date)
	}
	if r.every != yearly {
		return text, true
	}
	months := r.months
	if len(months) == 0 && len(r.weekdays)+len(r.dates) == 0 {
		months = []int{month}
	}
	if len(months) > 0 {
		text += " of " + listed(months, monthWord)
	}
	return text, true
}

func (d nth) words() string {
	if d.n == 0 {
		return weekdayWords[d.weekday]
	}
	return "the " + whichWords[d.n] + " " + weekdayWords[d.weekday]
}

func dateWord(date int) string {
	if date < 0 {
		return "the last day"
	}
	end := "th"
	if date/10 != 1 {
		end = map[int]string{1: "st", 2: "nd", 3: "rd"}[date%10]
		if end == "" {
			end = "th"
		}
	}
	return fmt.Sprintf("the %d%s", date, end)
}

func monthWord(month int) string { return monthWords[month-1] }

// listed joins what several are called: a, b and c.
func listed[T any](all []T, text func(T) string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = text(one)
	}
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

// Words writes the day as people do: Thursday 14 May 2026.
func (d Day) Words() string {
	year, month, date := d.Civil()
	return fmt.Sprintf("%s %d %s %d", weekdayWords[d.Weekday()], date, monthWord(month), year)
}

// Clock writes the time of the day: 12:15.
func (w Wall) Clock() string { return fmt.Sprintf("%02d:%02d", w.Minute/60, w.Minute%60) }
