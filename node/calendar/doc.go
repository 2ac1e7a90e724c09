// Package calendar says when people gather by the clocks of a place, and
// writes it down for the calendars of others.
//
// Package community knows rhythms by local dates alone, so that no node needs
// to know a time zone to decide what holds. Here wall times meet zones: [Zone]
// finds one by its IANA name, [At] says which instant a wall time is there,
// [Shows] what the clocks show at an instant. What the clocks skip in spring
// is taken by the offset before, and of what they show twice in autumn the
// first is meant, as RFC 5545 3.3.5 has it, so all nodes that know the zones
// alike say the same.
//
// [Write] makes an iCalendar file (RFC 5545) of [Event]s: rules stay rules,
// skipped days are exceptions, moved ones bear the day they were moved from,
// and every zone is described for the years ahead, so that a calendar that
// knows none shows the right times. What members wrote reaches it as text
// only. Making one costs what the events do; nothing here reads a clock, and
// no disk but for the zone database of the system, where there is one.
package calendar
