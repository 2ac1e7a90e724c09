package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// wanting is a club in which each kind of care is wanted.
const wanting = `
{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["set","charter","style","deliberate"]}
{"at":"2026-05-04T09:01:00Z","who":"Rosa","run":["term","new","rubber","--area"],"as":"rubber"}
{"at":"2026-05-04T09:02:00Z","who":"Rosa","run":["term","new","arms","--area"],"as":"arms"}
{"at":"2026-05-04T09:03:00Z","who":"Dev","run":["hello","--helps","rubber"]}
{"at":"2026-05-04T09:04:00Z","who":"Rosa","run":["hello","--helps","arms"]}
{"at":"2026-05-04T09:05:00Z","who":"Marta","run":["hello","--helps","rubber","--learns","arms"]}
{"at":"2026-05-05T09:00:00Z","who":"Dev","run":["way","new","--title","Chalk the lip","--area","rubber"],"as":"chalk"}
{"at":"2026-05-05T09:01:00Z","who":"Marta","run":["try","@chalk"]}
{"at":"2026-05-05T09:02:00Z","who":"Sam","run":["ask","Who met judder?","--area","rubber"],"as":"judder"}
{"at":"2026-05-06T09:00:00Z","who":"Dev","run":["answer","@judder"],"stdin":"Shorten the dwell.","as":"dwell"}
{"at":"2026-05-07T09:00:00Z","who":"Sam","run":["helped","@dwell"]}
{"at":"2026-05-08T09:00:00Z","who":"Rosa","run":["problem","new","--title","The blade lifts"],"as":"lift"}
{"at":"2026-05-09T09:00:00Z","who":"Dev","run":["met","@lift","on the van"]}
{"at":"2026-05-10T09:00:00Z","who":"Sam","run":["met","@lift","on the coupe"]}
{"at":"2026-05-11T09:00:00Z","who":"Rosa","run":["term","new","Attack angle"]}
{"at":"2026-05-12T09:00:00Z","who":"Rosa","run":["term","new","Attack angles"]}
{"at":"2026-05-13T09:00:00Z","who":"Rosa","run":["set","@chalk","title","Chalk the whole lip"],"apart":true}
{"at":"2026-05-13T09:00:00Z","who":"Dev","run":["set","@chalk","title","Chalk both lips"],"apart":true}
{"at":"2026-05-14T09:00:00Z","who":"Rosa","run":["tell","--title","A noise","--file","-"],"stdin":"The linkage ticked."}
{"at":"2026-05-14T09:01:00Z","who":"Dev","run":["tell","--title","Another noise","--file","-"],"stdin":"The linkage again."}
{"at":"2026-05-14T09:02:00Z","who":"Sam","run":["tell","--title","A third","--file","-"],"stdin":"It was the linkage."}`

func caring(all []api.Care) (lines []string) {
	for _, c := range all {
		lines = append(lines, fmt.Sprintf("%s | %s | %s", c.Title, c.Why, strings.ReplaceAll(c.Next, c.ID[:10], "ID")))
	}
	return lines
}

// Tend lists each kind of care, with the next step, and says it in words.
func TestTendListsEachKindOfCare(t *testing.T) {
	club := play(t, founding, members, wanting)
	const later = "2027-06-01T09:00:00Z"
	out := toldAs[api.Tend](club.as("Marta").at(later), "tend")
	for what, c := range map[string]struct {
		got  []api.Care
		want string
	}{
		"tries":       {out.Tries, `Chalk both lips | How did it go? | coppice tried ID worked|adapted|failed "..."`},
		"stale":       {out.Stale, "Chalk both lips | to be looked at again since 2027-05-05 | coppice review ID good|work|retire"},
		"undistilled": {out.Undistilled, "Who met judder? | answered, and nothing is kept of it yet | coppice distil ID"},
		"unwritten":   {out.Unwritten, "The blade lifts | met 3 times, and no way is proven yet: write it down together | coppice gathering new 'Write it down: The blade lifts' --format bee"},
	} {
		got := caring(c.got)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "Chalk the whole lip", "Chalk both lips")
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q", what, got)
		}
	}
	if len(out.OneKeeper) != 1 || out.OneKeeper[0].Area.Title != "arms" || out.OneKeeper[0].Keeper.Name != "Rosa" || out.OneKeeper[0].Next != "coppice pairing want --area arms" {
		t.Errorf("rests on one: %+v", out.OneKeeper)
	}
	if len(out.Unexplained) != 1 || out.Unexplained[0].Word != "linkage" {
		t.Errorf("unexplained: %+v", out.Unexplained)
	}
	if len(out.Twins) != 1 || out.Twins[0].Younger.Title != "Attack angles" {
		t.Errorf("twins: %+v", out.Twins)
	}
	if len(out.Conflicts) != 1 || out.Conflicts[0].Conflicts[0].Field != "title" {
		t.Errorf("conflicts: %+v", out.Conflicts)
	}
	text := club.as("Marta").at(later).run("tend").stdout
	for _, want := range []string{"you meant to try:", "to be looked at again:", "answered, and not kept yet:", "keeps coming back:", "rests on one:", "words without a meaning:", "perhaps one:", "to be settled:"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if tries := toldAs[api.Tend](club.as("Dev").at(later), "tend").Tries; len(tries) != 0 {
		t.Errorf("Dev is asked how Marta's try went: %+v", tries)
	}
	club.as("Marta").at(later).json("tried", "@chalk", "worked", "It did.")
	if tries := toldAs[api.Tend](club.as("Marta").at(later), "tend").Tries; len(tries) != 0 {
		t.Errorf("she told how it went: %+v", tries)
	}
}

// No list is longer than a person looks at; how much is left out is said.
func TestTendIsBounded(t *testing.T) {
	club := play(t, founding, members)
	dev := club.as("Dev").at("2026-05-05T09:00:00Z")
	for n := range api.MostCare + 2 {
		way := dev.id("way", "new", "--title", fmt.Sprint("Way ", n))
		dev.json("try", way)
	}
	dev = club.as("Dev").at("2026-05-20T09:00:00Z")
	out := toldAs[api.Tend](dev, "tend")
	if len(out.Tries) != api.MostCare || out.More["tries"] != 2 || len(out.More) != 1 {
		t.Errorf("%d tries, more %v", len(out.Tries), out.More)
	}
	if got := dev.run("tend"); !strings.Contains(got.stderr, "and 2 more") {
		t.Error(got.stderr)
	}
	if early := toldAs[api.Tend](club.as("Dev").at("2026-05-19T09:00:00Z"), "tend"); len(early.Tries) != 0 {
		t.Errorf("within two weeks: %+v", early.Tries)
	}
}

// An old way falls to who knows the area and did not write it; where nobody set
// out to write anything, nobody is asked to read it again.
func TestReviewsFallToWhoKnowsAndNeverIncidentally(t *testing.T) {
	club := play(t, founding, members, wanting)
	const later = "2027-06-01T09:00:00Z"
	all := []string{"Rosa", "Dev", "Marta", "Sam"}
	for _, who := range all {
		club.as(who).at(later).json("commit", "still here")
	}
	if who := club.asked(later, "review", club.labels["chalk"], all...); !slices.Equal(who, []string{"Marta"}) {
		t.Errorf("%v are asked", who)
	}
	if text := club.as("Marta").at(later).run("tend").stdout; !strings.Contains(text, "read this again: ") {
		t.Error(text)
	}
	club.as("Rosa").at(later).json("set", "charter", "style", "incidental")
	if who := club.asked(later, "review", club.labels["chalk"], all...); len(who) != 0 {
		t.Errorf("%v are asked at a lunch", who)
	}
	if stale := toldAs[api.Tend](club.as("Marta").at(later), "tend").Stale; len(stale) != 0 {
		t.Errorf("at a lunch: %+v", stale)
	}
}

// lunches is an incidental group that met a dozen times and has no charter.
func lunches() string {
	lines := []string{
		`{"at":"2026-03-03T09:00:00Z","who":"Adaeze","run":["found","--lunch","Ward 7 table","--rrule","FREQ=WEEKLY;BYDAY=TU","--start","2026-03-03T12:15","--commitment","I eat here and tell"]}`,
		`{"at":"2026-03-03T09:01:00Z","who":"Mai","run":["join","--commitment","I tell what I see"]}`,
		`{"at":"2026-03-03T09:02:00Z","who":"Jonas","run":["join","--commitment","I ask"]}`,
		`{"at":"2026-03-03T09:03:00Z","who":"Adaeze","run":["gathering","list"]}`,
	}
	return strings.Join(lines, "\n")
}

// Check 16: given an incidental group with 12 lunches and no charter, then no
// prompt asks for one except the domain hint, and the mirror lists what was
// told and used.
func TestCheck16TwelveLunchesAndNoCharter(t *testing.T) {
	club := play(t, lunches())
	mai := club.as("Mai")
	table := toldAs[api.Gatherings](mai, "gathering", "list").Items[0].ID
	var days []string
	for week := range 12 {
		days = append(days, []string{"2026-03-03", "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31", "2026-04-07", "2026-04-14", "2026-04-21", "2026-04-28", "2026-05-05", "2026-05-12", "2026-05-19"}[week])
		mai.at(days[week]+"T13:00:00Z").stdin("Nights again, and the families.\n").json("gathering", "notes", table, "--date", days[week], "--file", "-")
	}
	const after = "2026-05-20T09:00:00Z"
	at := table + "/" + days[11]
	plate := mai.at(after).stdin("I turned the tray around.\n").id("tell", "--title", "She left half of every plate", "--at", at, "--file", "-")
	mai.at(after).id("tell", "--title", "The man who walked at night", "--at", at)
	towel := mai.at(after).id("way", "new", "--title", "Warm towel first", "--form", "trick", "--from", at)
	jonas := club.as("Jonas").at(after)
	if says := toldAs[api.Mirror](jonas, "mirror").Says; !slices.Equal(says, []string{"In 12 lunches: 2 stories, 1 trick.", "Each of them waits for somebody to try it and tell how it went."}) {
		t.Errorf("before anybody used any of it: %q", says)
	}
	jonas.json("used", plate, "I turned it, and she ate.")
	jonas.json("tried", towel, "worked", "The vein came up.")
	mai.at(after).json("tried", towel, "worked", "As always.")
	m := toldAs[api.Mirror](jonas, "mirror")
	if m.Gatherings != 12 || m.Stories != 2 || m.Tricks != 1 || m.Used != 2 || len(m.Learned) != 1 || m.Learned[0].Member.Name != "Jonas" || len(m.Learned[0].From) != 2 {
		t.Errorf("%+v", m)
	}
	want := []string{"In 12 lunches: 2 stories, 1 trick, 2 used by someone else.", "Jonas learned two of them here.", "You did not set out to write any of it."}
	if !slices.Equal(m.Says, want) {
		t.Errorf("%q", m.Says)
	}
	tend := toldAs[api.Tend](jonas, "tend")
	if !slices.Equal(tend.Hint, []string{"families", "nights"}) || len(tend.Stale) != 0 {
		t.Errorf("%+v", tend)
	}
	for _, verb := range []string{"tend", "mirror", "charter show", "digest", "map", "status"} {
		got := jonas.run(strings.Fields(verb)...)
		text := strings.ReplaceAll(got.stdout+got.stderr, "coppice charter edit --field domain", "")
		if got.exit != 0 || strings.Contains(text, "charter edit") || strings.Contains(text, "charter agree") {
			t.Errorf("%s asks for a charter: %d %s", verb, got.exit, text)
		}
	}
}

// A mirror in which there is little to see says something kind.
func TestAMirrorOfLittle(t *testing.T) {
	club := play(t, founding)
	if says := toldAs[api.Mirror](club.as("Rosa"), "mirror").Says; len(says) != 1 || !strings.Contains(says[0], "nothing is missing") {
		t.Errorf("%q", says)
	}
	club.as("Rosa").json("tell", "--title", "A noise")
	if says := toldAs[api.Mirror](club.as("Rosa"), "mirror").Says; len(says) != 2 || says[0] != "So far: 1 story." {
		t.Errorf("%q", says)
	}
}
