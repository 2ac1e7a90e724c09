package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// thursdays is a community with a rhythm, every second Thursday from 14 May 2026 on.
const thursdays = founding + `
{"at":"2026-05-03T13:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-03T14:00:00Z","who":"Ana","run":["join","--commitment","I measure"]}
{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["gathering","new","Thursday bench","--start","2026-05-14T18:00","--tz","Europe/Berlin","--rrule","FREQ=WEEKLY;INTERVAL=2;BYDAY=TH","--place","the shed"],"as":"bench"}`

// namesOf lists the names of people as JSON has them.
func namesOf(v any) (all []string) {
	for _, one := range v.([]any) {
		all = append(all, one.(map[string]any)["name"].(string))
	}
	slices.Sort(all)
	return all
}

// dates lists a ribbon as "date state".
func dates(v any) (all []string) {
	for _, one := range v.([]any) {
		date := one.(map[string]any)
		all = append(all, date["date"].(string)+" "+date["state"].(string))
	}
	return all
}

func TestCheck06BothMoveTheBench(t *testing.T) {
	club := play(t, thursdays, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["add","@bench","hosts","@Dev"]}`)
	club.apart(func() {
		club.as("Rosa").at("2026-05-06T09:00:00Z").json("gathering", "move", "@bench", "--date", "2026-05-14", "--to", "2026-05-14T12:30")
		club.as("Dev").at("2026-05-06T10:00:00Z").json("gathering", "move", "@bench", "--date", "2026-05-14", "--to", "2026-05-15T09:00")
	})
	var start string
	for _, who := range []string{"Rosa", "Dev", "Ana"} {
		page := club.as(who).json("gathering", "show", "@bench/2026-05-14")
		if start == "" {
			start = page["local"].(string)
		}
		if page["local"] != start {
			t.Errorf("%s is shown %v, others %s", who, page["local"], start)
		}
		conflicts := page["conflicts"].([]any)
		if len(conflicts) != 1 || conflicts[0].(map[string]any)["field"] != "start" {
			t.Fatalf("%s: %v", who, conflicts)
		}
		var said []string
		for _, v := range conflicts[0].(map[string]any)["values"].([]any) {
			v := v.(map[string]any)
			said = append(said, v["by"].(map[string]any)["name"].(string)+" said "+v["value"].(string))
		}
		if said[0] != map[string]string{"2026-05-14T12:30": "Rosa", "2026-05-15T09:00": "Dev"}[start]+" said "+start {
			t.Errorf("%s is shown %s first, and %s", who, said[0], start)
		}
		slices.Sort(said)
		if want := []string{"Dev said 2026-05-15T09:00", "Rosa said 2026-05-14T12:30"}; !slices.Equal(said, want) {
			t.Errorf("%s is told %v", who, said)
		}
		if got := club.as(who).run("gathering", "show", "@bench/2026-05-14").stdout; !strings.Contains(got, "Which?") {
			t.Errorf("%s is not asked which: %s", who, got)
		}
	}
	club.as("Dev").at("2026-05-07T09:00:00Z").json("set", "@bench/2026-05-14", "start", "2026-05-15T09:00")
	for _, who := range []string{"Rosa", "Dev", "Ana"} {
		page := club.as(who).at("2026-05-07T10:00:00Z").json("gathering", "show", "@bench/2026-05-14")
		if page["local"] != "2026-05-15T09:00" || page["conflicts"] != nil {
			t.Errorf("%s: after choosing it is %v, %v", who, page["local"], page["conflicts"])
		}
		if got := page["start"]; got != "2026-05-15T07:00:00Z" {
			t.Errorf("9:00 in Berlin is %v", got)
		}
	}
}

func TestMergeTwoMoveAGathering(t *testing.T) {
	club := play(t, thursdays, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["gathering","new","Cold room","--start","2026-06-03T14:00","--tz","Europe/Berlin","--place","Hall 4","--format","visit"],"as":"cold"}
{"at":"2026-05-05T09:10:00Z","who":"Rosa","run":["add","@cold","hosts","@Dev"]}`)
	club.apart(func() {
		club.as("Rosa").at("2026-05-06T09:00:00Z").json("set", "@cold", "place", "Hall 5")
		club.as("Dev").at("2026-05-06T10:00:00Z").json("set", "@cold", "place", "the yard")
	})
	page := club.as("Ana").json("gathering", "show", "@cold")
	if len(page["conflicts"].([]any)) != 1 {
		t.Fatalf("%v", page["conflicts"])
	}
	club.as("Ana").run("conflict", "resolve", "@cold", "place", "1")
	if got := club.as("Ana").run("conflict", "resolve", "@cold", "place", "1"); got.exit != 12 {
		t.Errorf("somebody who hosts nothing chooses: %d %s", got.exit, got.stderr)
	}
	shown := page["place"].(string)
	if got := club.as("Dev").run("conflict", "resolve", "@cold", "place", "1"); got.exit != 0 {
		t.Fatal(got.stderr)
	}
	if page := club.as("Rosa").json("gathering", "show", "@cold"); page["place"] != shown || page["conflicts"] != nil {
		t.Errorf("after choosing %s it is at %v, %v", shown, page["place"], page["conflicts"])
	}
}

func TestCheck07BothOpenNotesOfTheSameLunch(t *testing.T) {
	club := play(t, thursdays)
	club.apart(func() {
		club.as("Dev").at("2026-05-14T17:00:00Z").stdin("The squeal came on Tuesdays.").json("gathering", "notes", "@bench", "--file", "-")
		club.as("Ana").at("2026-05-14T17:05:00Z").stdin("Chalk the lip.").json("gathering", "notes", "@bench", "--file", "-")
	})
	var ids []string
	for _, who := range []string{"Rosa", "Dev", "Ana"} {
		page := club.as(who).at("2026-05-14T19:00:00Z").json("gathering", "notes", "@bench")
		ids = append(ids, page["id"].(string))
		lines := strings.Split(strings.TrimSpace(page["notes"].(string)), "\n")
		slices.Sort(lines)
		if !slices.Equal(lines, []string{"Chalk the lip.", "The squeal came on Tuesdays."}) {
			t.Errorf("%s reads %q", who, lines)
		}
		if page["state"] != "held" || page["slot"] != "2026-05-14" {
			t.Errorf("%s: %v on %v", who, page["state"], page["slot"])
		}
	}
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("there are several of one lunch: %v", ids)
	}
	if got := club.as("Rosa").json("show", "@bench/2026-05-14"); got["id"] != ids[0] || namesOf(got["fields"].(map[string]any)["hosts"])[0] != "Rosa" {
		t.Errorf("its page is %v, hosted by %v", got["id"], got["fields"].(map[string]any)["hosts"])
	}
}

// Who writes notes keeps what others wrote, and replaces what was hers.
func TestNotesOfOthersStay(t *testing.T) {
	club := play(t, thursdays)
	notes := func(who, text string, more ...string) string {
		t.Helper()
		page := club.as(who).at("2026-05-15T08:00:00Z").stdin(text).json(append([]string{"gathering", "notes", "@bench", "--file", "-"}, more...)...)
		return page["notes"].(string)
	}
	notes("Dev", "Dev: chalk")
	if got := notes("Ana", "Ana: wax"); got != "Dev: chalk\n\nAna: wax\n" {
		t.Errorf("%q", got)
	}
	if got := notes("Dev", "Dev: chalk the lip"); got != "Dev: chalk the lip\n\nAna: wax\n" {
		t.Errorf("%q", got)
	}
	if got := notes("Ana", "Dev: chalk the lip\n\nAna: wax\n\nAna: and a cloth"); got != "Dev: chalk the lip\n\nAna: wax\n\nAna: and a cloth\n" {
		t.Errorf("what she read and wrote on is doubled: %q", got)
	}
}

func TestCheck14GapsOfTheBench(t *testing.T) {
	club := play(t, thursdays, `{"at":"2026-05-14T17:00:00Z","who":"Rosa","run":["gathering","here","@bench","@Rosa","@Dev"]}
{"at":"2026-05-28T17:00:00Z","who":"Rosa","run":["gathering","here","@bench","@Rosa","@Dev"]}
{"at":"2026-06-11T17:00:00Z","who":"Rosa","run":["gathering","here","@bench","@Rosa"]}`)
	list := club.as("Ana").at("2026-06-01T09:00:00Z").json("gathering", "list")
	if sign := list["rhythm"].(map[string]any); sign["value"] != 1.0 || sign["held"] != 2.0 || sign["due"] != 2.0 || sign["period_days"] != 14.0 || sign["window_days"] != 90.0 {
		t.Errorf("before the gaps: %v", sign)
	}
	list = club.as("Ana").at("2026-06-27T09:00:00Z").json("gathering", "list")
	if sign := list["rhythm"].(map[string]any); sign["value"] != 0.5 || sign["due"] != 4.0 {
		t.Errorf("after two gaps: %v", sign)
	}
	want := []string{"2026-05-14 held", "2026-05-28 held", "2026-06-11 missed", "2026-06-25 missed", "2026-07-09 coming", "2026-07-23 coming", "2026-08-06 coming", "2026-08-20 coming", "2026-09-03 coming", "2026-09-17 coming"}
	if got := dates(list["ribbon"]); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	shown := club.as("Ana").at("2026-06-27T09:00:00Z").run("gathering", "show", "@bench")
	for _, what := range []string{"held 2 of 4 in the last 90 days", "a gap: 2026-06-11", "a gap: 2026-06-25"} {
		if !strings.Contains(shown.stdout, what) {
			t.Errorf("it does not say %q:\n%s", what, shown.stdout)
		}
	}
	for _, what := range []string{"hold it", "move it", "change the rhythm"} {
		if !strings.Contains(shown.stderr, what) {
			t.Errorf("it does not offer to %s:\n%s", what, shown.stderr)
		}
	}
	// Notes that come late fill a gap, and so does another day in its place.
	club.as("Dev").at("2026-06-27T10:00:00Z").stdin("we did meet").json("gathering", "notes", "@bench/2026-06-11", "--file", "-")
	club.as("Rosa").at("2026-06-27T11:00:00Z").json("gathering", "skip", "@bench", "--date", "2026-06-25")
	list = club.as("Ana").at("2026-06-27T12:00:00Z").json("gathering", "list")
	if sign := list["rhythm"].(map[string]any); sign["value"] != 1.0 || sign["due"] != 3.0 {
		t.Errorf("after they are filled: %v", sign)
	}
}

// Which day is meant: the next, today's, the last, or the one that is named.
func TestWhichDayOfARhythm(t *testing.T) {
	club := play(t, thursdays)
	for _, c := range []struct{ at, verb, date, want string }{
		{"2026-05-10T12:00:00Z", "coming", "", "2026-05-14"},
		{"2026-05-14T16:59:00Z", "coming", "", "2026-05-14"}, // it is on, one minute to seven in Berlin
		{"2026-05-14T17:00:00Z", "coming", "", "2026-05-28"}, // it is over
		{"2026-05-14T06:00:00Z", "notes", "", "2026-05-14"},  // this evening's
		{"2026-05-20T06:00:00Z", "notes", "", "2026-05-14"},  // the last
		{"2026-05-27T22:30:00Z", "notes", "", "2026-05-28"},  // it is Thursday in Berlin
		{"2026-05-05T06:00:00Z", "here", "", "2026-05-14"},   // the first is to come
		{"2026-05-20T06:00:00Z", "here", "2026-06-11", "2026-06-11"},
		{"2026-05-20T06:00:00Z", "agenda", "", "2026-05-28"},
	} {
		args := []string{"gathering", c.verb, "@bench"}
		if c.date != "" {
			args = append(args, "--date", c.date)
		}
		if page := club.as("Dev").at(c.at).json(args...); page["slot"] != c.want {
			t.Errorf("%s at %s is about %v, not %s", c.verb, c.at, page["slot"], c.want)
		}
	}
	for args, want := range map[string]string{
		"gathering coming @bench --date 2026-05-15":         "2026-05-28, 2026-06-11, 2026-06-25",
		"gathering coming @bench/2026-05-15":                "2026-05-28, 2026-06-11, 2026-06-25",
		"gathering coming @bench --date soon":               "2026-05-14",
		"gathering move @bench --to soon":                   "2026-05-14T12:15",
		"set @bench rrule FREQ=SECONDLY":                    "DAILY, WEEKLY, MONTHLY or YEARLY",
		"set @bench tz Europe/Nowhere":                      "Europe/Berlin",
		"gathering new X --start 2026-02-29T10:00":          "2026-05-14T12:15",
		"gathering new X --start 2026-02-28":                "2026-05-14T12:15",
		"gathering new X --start 2026-02-28T10:00 --tz x/y": "Europe/Berlin",
	} {
		got := club.as("Rosa").run(strings.Fields(args)...)
		if got.exit != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s ended with %d and %q", args, got.exit, got.stderr)
		}
	}
}

// Moving is for hosts, who made it, and conveners; others say that they come.
func TestWhoMayMoveAGathering(t *testing.T) {
	club := play(t, thursdays, `{"at":"2026-05-05T09:00:00Z","who":"Gil","run":["join"]}`)
	if got := club.as("Dev").run("set", "@bench", "start", "2026-05-14T19:00"); got.exit != 12 {
		t.Errorf("a member moves it: %d %s", got.exit, got.stderr)
	}
	if got := club.as("Dev").run("gathering", "skip", "@bench"); got.exit != 12 {
		t.Errorf("a member skips it: %d %s", got.exit, got.stderr)
	}
	club.as("Rosa").json("add", "@bench", "hosts", "@Dev")
	if got := club.as("Dev").run("set", "@bench", "start", "2026-05-14T19:00"); got.exit != 0 {
		t.Errorf("a host does not: %s", got.stderr)
	}
	// A guest says that she comes, to a day that nobody has begun.
	page := club.as("Gil").json("gathering", "coming", "@bench")
	coming := page["coming"].([]any)
	if len(coming) != 1 || coming[0].(map[string]any)["value"] != "yes" {
		t.Errorf("a guest comes: %v", coming)
	}
	if got := club.as("Gil").stdin("x").run("gathering", "notes", "@bench", "--file", "-"); got.exit != 12 {
		t.Errorf("a guest writes notes: %d", got.exit)
	}
	page = club.as("Rosa").json("gathering", "show", "@bench/2026-05-14")
	if !slices.Equal(namesOf(page["hosts"]), []string{"Dev", "Rosa"}) || len(page["coming"].([]any)) != 1 {
		t.Errorf("hosts %v, coming %v", page["hosts"], page["coming"])
	}
}

func TestNobodyIsHereAgainstHerWord(t *testing.T) {
	club := play(t, thursdays)
	club.as("Rosa").at("2026-05-14T17:00:00Z").json("gathering", "here", "@bench", "@Rosa", "@Dev", "@Ana")
	if got := club.as("Ana").at("2026-05-15T08:00:00Z").json("gathering", "here", "@bench", "--not"); !slices.Equal(namesOf(got["here"]), []string{"Dev", "Rosa"}) {
		t.Errorf("here: %v", got["here"])
	}
	if got := club.as("Rosa").at("2026-05-15T09:00:00Z").json("gathering", "here", "@bench", "@Ana"); !slices.Equal(namesOf(got["here"]), []string{"Dev", "Rosa"}) {
		t.Errorf("somebody else puts her back: %v", got["here"])
	}
	if got := club.as("Ana").at("2026-05-15T10:00:00Z").json("gathering", "here", "@bench"); !slices.Equal(namesOf(got["here"]), []string{"Ana", "Dev", "Rosa"}) {
		t.Errorf("she was there after all: %v", got["here"])
	}
}

// Of several who are named, all are here or none.
func TestWhoIsHereIsKnown(t *testing.T) {
	club := play(t, thursdays)
	if got := club.as("Rosa").at("2026-05-14T17:00:00Z").run("gathering", "here", "@bench", "@Dev", "@Nobody"); got.exit != 13 {
		t.Errorf("somebody unknown is here: %d %s", got.exit, got.stderr)
	}
	if page := club.as("Rosa").json("gathering", "show", "@bench/2026-05-14"); len(page["here"].([]any)) != 0 || page["begun"] != false {
		t.Errorf("here: %v", page["here"])
	}
}

// Who makes a rhythm is told when it is first on, which need not be its start.
func TestANewRhythmSaysWhenItIsFirstOn(t *testing.T) {
	club := play(t, founding)
	for rule, want := range map[string]string{
		"FREQ=WEEKLY;BYDAY=TU":                 "every week on Tuesday, first on Tue 5 May 2026, 18:00 (Europe/Berlin)",
		"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30": "means no day to come",
	} {
		got := club.as("Rosa").at("2026-05-04T09:00:00Z").run("gathering", "new", "Clinic", "--rrule", rule, "--tz", "Europe/Berlin")
		if got.exit != 0 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %d %q", rule, got.exit, got.stderr)
		}
	}
}

// A format brings its agenda along; points that are added stand on their day.
func TestFormatsBringAnAgenda(t *testing.T) {
	club := play(t, founding, `{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["gathering","new","Clinic","--rrule","FREQ=WEEKLY;BYDAY=TU","--tz","Europe/Berlin","--format","case clinic"],"as":"clinic"}`)
	page := club.as("Rosa").json("gathering", "show", "@clinic")
	var minutes []string
	for _, item := range page["agenda"].([]any) {
		minutes = append(minutes, fmt.Sprint(item.(map[string]any)["min"]))
	}
	if got := strings.Join(minutes, "/"); got != "10/5/2/10/20/3" {
		t.Errorf("a case clinic goes %s", got)
	}
	if page["local"] != "2026-05-04T18:00" || page["series"].(map[string]any)["next"].([]any)[0] != "2026-05-05" {
		t.Errorf("it begins %v, next %v", page["local"], page["series"].(map[string]any)["next"])
	}
	club.as("Rosa").json("gathering", "agenda", "@clinic", "add", "the cold room", "--min", "15", "--who", "@Rosa")
	if page := club.as("Rosa").json("gathering", "agenda", "@clinic"); len(page["agenda"].([]any)) != 7 || page["minutes"] != 50.0 {
		t.Errorf("the next has %d points, %v minutes", len(page["agenda"].([]any)), page["minutes"])
	}
	if page := club.as("Rosa").json("gathering", "agenda", "@clinic/2026-05-12"); len(page["agenda"].([]any)) != 6 {
		t.Errorf("the one after has %d points", len(page["agenda"].([]any)))
	}
}

// What is kept of a gathering is linked to it, and shows on its page.
func TestWhatIsKeptOfAGathering(t *testing.T) {
	club := play(t, thursdays)
	notes := club.as("Dev").at("2026-05-14T19:00:00Z").stdin("the squeal").run("gathering", "notes", "@bench", "--file", "-")
	for _, box := range []string{"a story:", "a way:", "a question:", "told_at"} {
		if !strings.Contains(notes.stderr, box) {
			t.Errorf("after notes it does not offer %s\n%s", box, notes.stderr)
		}
	}
	story := club.as("Dev").at("2026-05-14T19:10:00Z").stdin("Marta chased a noise.").id("tell", "--title", "The squeal", "--file", "-")
	id := club.as("Dev").id("gathering", "show", "@bench/2026-05-14")
	club.as("Dev").at("2026-05-14T19:11:00Z").json("add", story, "links", "told_at "+id)
	kept := club.as("Ana").at("2026-05-14T20:00:00Z").json("gathering", "show", "@bench/2026-05-14")["kept"].([]any)
	if len(kept) != 1 || kept[0].(map[string]any)["id"] != story {
		t.Errorf("kept: %v", kept)
	}
}

// The wall time stays when the clocks change.
func TestTheBenchStaysAtSix(t *testing.T) {
	club := play(t, thursdays)
	for date, want := range map[string]string{"2026-10-15": "2026-10-15T16:00:00Z", "2026-10-29": "2026-10-29T17:00:00Z", "2027-03-25": "", "2027-04-01": "2027-04-01T16:00:00Z"} {
		got := club.as("Dev").run("--json", "gathering", "show", "@bench", "--date", date)
		if want == "" {
			if got.exit != 2 {
				t.Errorf("%s is no day of it, and it says %s", date, got.stdout)
			}
			continue
		}
		if !strings.Contains(got.stdout, `"start":"`+want+`"`) {
			t.Errorf("on %s it is not at %s: %s%s", date, want, got.stdout, got.stderr)
		}
	}
	if _, err := time.Parse(time.RFC3339, club.as("Dev").json("gathering", "list")["items"].([]any)[0].(map[string]any)["start"].(string)); err != nil {
		t.Error(err)
	}
}

func TestCalendarsOfOthers(t *testing.T) {
	club := play(t, thursdays, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["gathering","new","Cold room","--start","2026-06-03T14:00","--tz","America/New_York"],"as":"cold"}
{"at":"2026-05-05T09:10:00Z","who":"Rosa","run":["gathering","move","@bench","--date","2026-05-28","--to","2026-05-29T09:00"]}
{"at":"2026-05-05T09:20:00Z","who":"Rosa","run":["gathering","skip","@bench","--date","2026-06-11"]}
{"at":"2026-05-05T09:30:00Z","who":"Dev","run":["gathering","coming","@bench/2026-05-14"]}`)
	all := club.as("Dev").json("gathering", "ics")
	text := all["ics"].(string)
	series := club.labels["bench"]
	for _, want := range []string{
		"X-WR-CALNAME:Wiper Club", "UID:" + series + "@coppice", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "DTSTART;TZID=Europe/Berlin:20260514T180000",
		"EXDATE;TZID=Europe/Berlin:20260611T180000", "RECURRENCE-ID;TZID=Europe/Berlin:20260528T180000", "DTSTART;TZID=Europe/Berlin:20260529T090000",
		"DTSTART;TZID=America/New_York:20260603T140000", "BEGIN:VTIMEZONE",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	if all["events"] != 3.0 {
		t.Errorf("%v events", all["events"])
	}
	// Dev's own: the one day he said yes to. Rosa's: what she hosts.
	if mine := club.as("Dev").json("gathering", "ics", "--mine"); mine["events"] != 1.0 || strings.Contains(mine["ics"].(string), "RRULE:FREQ=WEEKLY") {
		t.Errorf("Dev's own: %v", mine["ics"])
	}
	if mine := club.as("Rosa").json("gathering", "ics", "--mine"); mine["events"] != 3.0 {
		t.Errorf("Rosa's own: %v events", mine["events"])
	}
	if mine := club.as("Ana").json("gathering", "ics", "--mine"); mine["events"] != 0.0 {
		t.Errorf("Ana's own: %v events", mine["events"])
	}
	if other := club.as("Ana").json("gathering", "ics"); other["ics"] != text {
		t.Error("two nodes write different files")
	}
}
