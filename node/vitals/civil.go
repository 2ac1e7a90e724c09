package vitals

import "fmt"

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
}

// dayInWords writes a day, with its year when that is not the present one.
func dayInWords(day, today int) string {
	year, month, date := civil(day)
	text := fmt.Sprintf("%d %s", date, monthNames[month-1])
	if now, _, _ := civil(today); now != year {
		text += fmt.Sprintf(" %d", year)
	}
	return text
}

// civil returns the date of a day since 1970, by the Gregorian calendar: years
// are taken to begin in March, so that the leap day is the last of one.
func civil(day int) (year, month, date int) {
	day += 719468            // from 1 March of the year 0
	const daysAnEra = 146097 // 400 years
	era, of := day/daysAnEra, day%daysAnEra
	years := (of - of/1460 + of/36524 - of/146096) / 365
	of -= 365*years + years/4 - years/100
	month = (5*of + 2) / 153
	date = of - (153*month+2)/5 + 1
	year, month = era*400+years, month+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, date
}
