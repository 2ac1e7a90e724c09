package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/calendar"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// findDay returns what RHYTHM/2026-05-14 means: the occurrence of a rhythm on
// one of its days, whether somebody has begun its document or not.
func (c *community) findDay(rhythm, date string) (found, error) {
	at, err := c.find(rhythm)
	if err != nil {
		return found{}, err
	}
	day, ok := gathered.ParseDay(date)
	if !ok {
		return found{}, api.Hint(fmt.Errorf("%w: %q is no date", api.ErrUsage, date), "write the day of a rhythm like %s/2026-05-14", rhythm)
	}
	if at.kind != gatheringKind || at.entry != "" {
		return found{}, api.Hint(fmt.Errorf("%w: %s is no gathering but a %s", api.ErrUsage, rhythm, at.what()), "`coppice gathering list` shows the gatherings")
	}
	id := gathered.OccurrenceOf(c.id, at.document, day)
	if _, err := c.shelf.card(id); err == nil || !errors.Is(err, view.ErrNotFound) {
		return found{document: id, kind: at.kind}, err
	}
	series, err := c.shelf.card(at.document)
	if err != nil {
		return found{}, err
	}
	if copied, is, err := c.copiedDay(at.document, day); is || err != nil {
		return found{document: copied, kind: at.kind}, err
	}
	if _, is := gathered.RhythmOf(series); !is {
		return found{}, api.Hint(fmt.Errorf("%w: %q is no rhythm, it has no days to choose from", api.ErrUsage, series.Title), "leave out the date")
	}
	if !gathered.Falls(series, day) {
		return found{}, api.Hint(fmt.Errorf("%w: %q is not on %s", api.ErrUsage, series.Title, day.Words()), "%s", daysNear(series, day))
	}
	return found{document: id, kind: at.kind, series: at.document, slot: day}, nil
}

// copiedDay returns the occurrence that a fork brought along: a copy's id does
// not follow from its rhythm and its day.
func (c *community) copiedDay(series protocol.DocumentID, day gathered.Day) (id protocol.DocumentID, is bool, err error) {
	m, err := c.meetings()
	if err != nil {
		return id, false, err
	}
	for _, f := range m.own[series] {
		if _, slot, _ := gathered.Occurrence(f); slot == day {
			return f.ID, true, nil
		}
	}
	return id, false, nil
}

// titled returns what a document is called in lists: an occurrence that has no
// name of its own by its rhythm and its day.
func (c *community) titled(kind string, id protocol.DocumentID, title string) string {
	if kind != gatheringKind {
		return title
	}
	card, err := c.shelf.card(id)
	if err != nil || card.TextOf("title") != "" {
		return title
	}
	series, slot, is := gathered.Occurrence(card)
	if !is {
		return title
	}
	o := gathered.OccasionOn(c.rhythm(series), card, slot)
	return o.Title() + ", " + o.Start.Day.String()
}

// daysNear names the days of a rhythm after one.
func daysNear(series *envelope.Folded, day gathered.Day) string {
	next := gathered.Next(series, day, 3)
	if len(next) == 0 {
		return "it has no days any more; `coppice set ID rrule RULE` gives it others"
	}
	var days []string
	for _, d := range next {
		days = append(days, d.String())
	}
	return "its next days are " + strings.Join(days, ", ")
}

// beginning returns the write that does something to what was found: where that
// is an occurrence that nobody has begun, it begins it, with the hosts of its
// rhythm.
func (c *community) beginning(at found, intent envelope.Intent) (replica.Write, error) {
	if at.series.IsZero() {
		return replica.Write{Document: at.document, Intents: []envelope.Intent{intent}}, nil
	}
	series, err := c.shelf.card(at.series)
	if err != nil {
		return replica.Write{}, err
	}
	w := replica.Write{
		Kind: gathered.Gathering, About: gathered.AboutOccurrence(at.series, at.slot),
		Intents: []envelope.Intent{
			{Field: "series", Verb: envelope.DoBegin, Value: at.series},
			{Field: "slot", Verb: envelope.DoBegin, Value: at.slot.String()},
		},
	}
	for _, who := range series.Field("hosts").Set {
		w.Intents = append(w.Intents, envelope.Intent{Field: "hosts", Verb: envelope.DoAdd, Value: who})
	}
	w.Intents = append(w.Intents, intent)
	return w, nil
}

// unhosted is a write without what takes a member: a guest says that she
// comes, and who hosts it is for members to say.
func unhosted(w replica.Write) replica.Write {
	w.Intents = slices.DeleteFunc(slices.Clone(w.Intents), func(in envelope.Intent) bool { return in.Field == "hosts" })
	return w
}

// carryOut does one intent on what was found.
func (c *community) carryOut(ctx context.Context, call api.Call, at found, intent envelope.Intent) (written replica.Written, err error) {
	w, err := c.beginning(at, intent)
	if err != nil {
		return written, err
	}
	written, err = c.write(ctx, call, w)
	if errors.Is(err, envelope.ErrForbidden) && len(w.About) > 0 {
		written, err = c.write(ctx, call, unhosted(w))
	}
	return written, err
}

// prepared fills in what a draft leaves to us to say, by its kind.
func (c *community) prepared(call api.Call, d api.Draft) (api.Draft, error) {
	fields := map[string]any{}
	for name, value := range d.Fields {
		fields[name] = value
	}
	unless := func(name string, value any) {
		if _, given := fields[name]; !given {
			fields[name] = value
		}
	}
	switch d.Kind {
	case gatheringKind:
		if d.Form != "" {
			unless("format", d.Form)
			d.Form = ""
		}
		if err := gatheringDraft(fields, unless, at2time(c.node.cfg.wall(call.Now))); err != nil {
			return d, err
		}
	case "project":
		unless("joined", "")
	case "pairing":
		if strings.TrimSpace(d.Title) == "" {
			title, err := c.pairingTitle(d)
			if err != nil {
				return d, err
			}
			d.Title = title
		}
	}
	d.Fields = fields
	return d, nil
}

// pairingTitle names a pairing by what is learned in it.
func (c *community) pairingTitle(d api.Draft) (string, error) {
	if len(d.Areas) == 0 {
		return "", api.Hint(fmt.Errorf("%w: a pairing is about something", api.ErrUsage), "name the area: --area arms")
	}
	var titles []string
	for _, area := range d.Areas {
		id, err := names{c}.Document(area)
		if err != nil {
			return "", err
		}
		card, err := c.shelf.card(id)
		if err != nil {
			return "", err
		}
		titles = append(titles, card.Title)
	}
	return "Learning " + strings.Join(titles, ", "), nil
}

// gatheringDraft fills in a new gathering: its zone is this machine's, whoever
// makes it hosts it, and its format brings an agenda along. A rhythm that does
// not say when it begins does so today, at the usual time.
func gatheringDraft(fields map[string]any, unless func(string, any), now time.Time) error {
	text := func(name string) string {
		s, _ := fields[name].(string)
		return strings.TrimSpace(s)
	}
	for _, name := range []string{"start", "rrule", "tz", "place", "format", "purpose"} {
		if value, given := fields[name]; given && (value == nil || value == "") {
			delete(fields, name) // an empty flag says nothing
		}
	}
	if text("start") != "" || text("rrule") != "" {
		unless("tz", ownZone())
	}
	if text("rrule") != "" {
		zone, known := calendar.Zone(text("tz"))
		if !known {
			return noZone(text("tz"))
		}
		today := calendar.Shows(now, zone).Day
		unless("start", gathered.Wall{Day: today, Minute: gathered.UsualMinute(text("format"))}.String())
	}
	unless("hosts", []string{"me"})
	var agenda []any
	for _, item := range gathered.Ready(strings.ToLower(text("format"))) {
		one := map[string]any{"text": item.Text}
		if item.Minutes > 0 {
			one["min"] = uint64(item.Minutes)
		}
		agenda = append(agenda, one)
	}
	if agenda != nil {
		unless("agenda", agenda)
	}
	return nil
}

// zoned refuses a time zone that this machine does not know. What others wrote
// stays as it is: no fold depends on it.
func zoned(intents []envelope.Intent) error {
	for _, in := range intents {
		if name, is := in.Value.(string); is && in.Field == "tz" && in.Entry == "" {
			if _, known := calendar.Zone(strings.TrimSpace(name)); !known {
				return noZone(name)
			}
		}
	}
	return nil
}

func noZone(name string) error {
	return api.Hint(fmt.Errorf("%w: there is no time zone %q", api.ErrUsage, name), "write it like Europe/Berlin, as the IANA database has it")
}

// ownZone returns the IANA name of this machine's time zone, by TZ or by what
// the system's link points to; UTC when neither says.
func ownZone() string {
	name, told := os.LookupEnv("TZ")
	if !told {
		path, err := filepath.EvalSymlinks("/etc/localtime")
		if err == nil {
			_, name, _ = strings.Cut(path, "/zoneinfo/")
		}
	}
	if _, known := calendar.Zone(strings.TrimPrefix(name, ":")); known {
		return strings.TrimPrefix(name, ":")
	}
	return "UTC"
}

// dayOf returns the day it is in a zone.
func dayOf(wall uint64, zone string) gathered.Day { return shows(wall, zone).Day }

// shows returns what the clocks of a zone show.
func shows(wall uint64, zone string) gathered.Wall {
	z, _ := calendar.Zone(zone)
	return calendar.Shows(at2time(wall), z)
}

// instant returns when an occasion is.
func instant(o *gathered.Occasion) time.Time {
	zone, _ := calendar.Zone(o.Zone)
	return calendar.At(o.Start, zone).UTC()
}

// dayName is how one of a rhythm's days is named in acts.
func dayName(series protocol.DocumentID, slot gathered.Day) string {
	return series.String() + "/" + slot.String()
}
