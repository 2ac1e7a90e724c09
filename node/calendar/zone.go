package calendar

import (
	"sync"
	"time"

	"coppice.example/node/community"
)

// zones are those that were asked for and are there: some hundreds at most.
var zones sync.Map

// Zone returns the time zone of an IANA name. One of no name, or of a name
// that this machine does not know, is UTC, and known is false.
func Zone(name string) (zone *time.Location, known bool) {
	if name == "" || name == "Local" { // what a machine calls its own says nothing elsewhere
		return time.UTC, false
	}
	if found, ok := zones.Load(name); ok {
		return found.(*time.Location), true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, false
	}
	zones.Store(name, zone)
	return zone, true
}

const day = 24 * 60 * 60 // seconds

// At returns the instant at which the clocks of a zone show a wall time.
func At(w community.Wall, zone *time.Location) time.Time {
	shown := int64(w.Day)*day + int64(w.Minute)*60
	offset := func(at int64) int64 {
		_, seconds := time.Unix(at, 0).In(zone).Zone()
		return int64(seconds)
	}
	before := offset(shown - day - offset(shown-day)) // a day earlier, when no change has come between
	first := shown - before
	if after := offset(first); after != before {
		if second := shown - after; offset(second) == after {
			return time.Unix(second, 0).In(zone)
		}
	}
	return time.Unix(first, 0).In(zone)
}

// Shows returns what the clocks of a zone show at an instant.
func Shows(at time.Time, zone *time.Location) community.Wall {
	local := at.In(zone)
	_, offset := local.Zone()
	shown := local.Unix() + int64(offset)
	date := shown / day
	if shown < 0 && shown%day != 0 {
		date--
	}
	return community.Wall{Day: community.Day(date), Minute: int((shown - date*day) / 60)}
}
