package main

import (
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// Check 10: the answer that helped is distilled; the lesson's trail shows the
// question and the answer, Dev first, and the question reads distilled.
func TestCheck10DistilledWithItsTrail(t *testing.T) {
	club := play(t, blade, judder, `
{"at":"2026-05-07T09:00:00Z","who":"Rosa","run":["distil","@q","--title","Drying-phase judder: shorten dwell first"],"as":"lesson"}`)
	d := club.shows("Ingrid", "@lesson")
	if d.Kind != "way" || d.Fields["form"] != "lesson" || d.Body != "Shorten the dwell in the last wipes." || len(d.Credited) != 1 || d.Credited[0].Name != "Dev" || d.Author.Name != "Rosa" {
		t.Errorf("the lesson is %+v", d)
	}
	if got := says(d.Trail.From); !slices.Equal(got, []string{"Sam asked", "Dev answered, and it helped"}) {
		t.Errorf("it came from %q", got)
	}
	if areas := d.Fields["areas"].([]any); len(areas) != 1 || areas[0] != club.labels["arms"] {
		t.Errorf("it is in %v", areas)
	}
	if q := club.shows("Sam", "@q"); q.State != "distilled" || !slices.Contains(says(q.Trail.To), "kept as a way; the insight is Dev's") {
		t.Errorf("the question reads %s and went %q", q.State, says(q.Trail.To))
	}
	if text := club.as("Sam").run("show", "@lesson").stdout; !strings.Contains(text, "the insight is Dev's") {
		t.Errorf("a person reads\n%s", text)
	}
	club.as("Dev").json("tried", "@lesson", "worked") // whose it is does not count
	club.as("Rosa").json("tried", "@lesson", "worked", "--ctx", "climate=mild")
	if d := club.shows("Ingrid", "@lesson"); d.State != "tried" || len(d.Evidence.Worked) != 1 || d.Evidence.Worked[0].Name != "Rosa" {
		t.Errorf("it is %s: %+v", d.State, d.Evidence)
	}
	lone := club.as("Sam").id("ask", "And the cold?")
	club.as("Rosa").refused(api.ExitUsage, "nobody has answered", "distil", lone)
	club.as("Rosa").refused(api.ExitUsage, "is no question but a way", "distil", "@lesson")
}

// lunchNotes is a lunch of which Kofi took notes.
const lunchNotes = `{"at":"2026-05-03T12:00:00Z","who":"Adaeze","run":["found","Ward 7 table","--concern","Our patients","--commitment","I come to lunch"]}
{"at":"2026-05-03T12:01:00Z","who":"Kofi","run":["join","--commitment","I take notes"]}
{"at":"2026-05-03T12:02:00Z","who":"Mai","run":["join","--commitment","I tell"]}
{"at":"2026-05-03T12:03:00Z","who":"Jonas","run":["join","--commitment","I learn"]}
{"at":"2026-05-05T12:00:00Z","who":"Kofi","run":["gathering","new","Lunch","--start","2026-05-05T12:15"],"as":"lunch"}
{"at":"2026-05-05T12:40:00Z","who":"Kofi","run":["gathering","notes","@lunch","--file","-"],"stdin":"Mai's gentleman who only ate half:\nshe turned the tray. Should Jonas do Sundays yet?"}
{"at":"2026-05-05T13:00:00Z","who":"Kofi","run":["keep","@lunch","--as","story","--teller","Mai","--title","She left half of every plate","--text","who only ate half: she turned the tray."],"as":"plate"}`

// What was said at lunch is kept: a story of her who told it, and told at that
// lunch.
func TestKeepWhatWasSaidAtLunch(t *testing.T) {
	club := play(t, lunchNotes)
	d := club.shows("Jonas", "@plate")
	if d.Kind != "story" || len(d.Credited) != 1 || d.Credited[0].Name != "Mai" || d.Author.Name != "Kofi" || d.Body != "who only ate half: she turned the tray." {
		t.Errorf("it is kept as %+v", d)
	}
	if len(d.Trail.From) != 1 || d.Trail.From[0].Says != "it was said at Lunch" {
		t.Errorf("it came from %q", says(d.Trail.From))
	}
	question := club.as("Jonas").at("2026-05-05T13:30:00Z").id("keep", "@lunch", "--as", "question", "--text", "Should Jonas do Sundays yet?")
	if q := club.shows("Mai", question); q.Title != "Should Jonas do Sundays yet?" || q.Author.Name != "Jonas" || len(q.Trail.From) != 1 {
		t.Errorf("the question is %+v", q)
	}
	lunch := toldAs[api.TrailOf](club.as("Mai"), "trail", "@lunch")
	if got := says(lunch.To); !slices.Equal(got, []string{"kept as a story, told by Mai", "kept as a question by Jonas"}) {
		t.Errorf("the lunch went %q", got)
	}
	nurse := club.as("Kofi").id("keep", "@lunch", "--as", "story", "--teller", "a nurse on nights", "--title", "The light at the door")
	if d := club.shows("Mai", nurse); d.Credited[0].Name != "a nurse on nights" || d.Credited[0].ID != "" {
		t.Errorf("credited is %+v", d.Credited)
	}
	jonas := club.as("Jonas")
	jonas.refused(api.ExitUsage, "does not stand in the notes", "keep", "@lunch", "--as", "way", "--text", "Turn every tray.")
	jonas.refused(api.ExitUsage, "has no teller", "keep", "@lunch", "--as", "way", "--teller", "Mai", "--title", "T")
	jonas.refused(api.ExitUsage, "is kept as", "keep", "@lunch", "--as", "poem", "--title", "T")
	jonas.refused(api.ExitUsage, "is no gathering but a story", "keep", "@plate", "--as", "way", "--title", "T")
}

// The parts of a story's form are told with it.
func TestAStoryHasTheParts(t *testing.T) {
	club := play(t, lunchNotes)
	value := club.as("Jonas").id("tell", "--title", "What lunch is worth", "--form", "value", "--applied", "I turn trays.", "--reframing", "Eating is the point.")
	if d := club.shows("Mai", value); d.Fields["applied"] != "I turn trays." || d.Fields["reframing"] != "Eating is the point." {
		t.Errorf("it tells %v", d.Fields)
	}
	if text := club.as("Mai").run("show", value).stdout; !strings.Contains(text, "What counts as success now?\nEating is the point.") {
		t.Errorf("a person reads\n%s", text)
	}
	club.as("Jonas").refused(api.ExitUsage, "--form review", "tell", "--title", "T", "--learned", "A lot.")
}

// Check 17: Mai's story that Kofi kept from his notes is edited by Mai and Kofi
// alone; Mai masks it, and takes it back from every node.
func TestCheck17TheTellersStory(t *testing.T) {
	club := play(t, lunchNotes)
	for _, who := range []string{"Jonas", "Adaeze"} {
		if got := club.as(who).stdin("I was there too.").run("edit", "@plate", "--file", "-"); got.exit != api.ExitNotAllowed {
			t.Errorf("%s edits it: %+v", who, got)
		}
		if got := club.as(who).run("set", "@plate", "masked", "yes"); got.exit != api.ExitNotAllowed {
			t.Errorf("%s masks it: %+v", who, got)
		}
	}
	club.as("Kofi").stdin("Who only ate half; she turned the tray.").json("edit", "@plate", "--file", "-")
	club.as("Mai").stdin("He only ate half. I turned the tray, and he ate the rest.").json("edit", "@plate", "--file", "-")
	club.as("Mai").json("set", "@plate", "masked", "yes")
	if d := club.shows("Jonas", "@plate"); d.Fields["masked"] != true || !strings.HasPrefix(d.Body, "He only ate half.") {
		t.Errorf("it reads %+v", d)
	}
	club.as("Adaeze").json("comment", "@plate", "I do this now.")
	if got := club.as("Mai").run("withdraw", "@plate"); got.exit != 0 || !strings.Contains(got.stderr, "Kofi") {
		t.Errorf("taking it back: %+v", got)
	}
	plate := club.labels["plate"]
	gone := func() {
		t.Helper()
		for _, who := range []string{"Adaeze", "Kofi", "Mai", "Jonas"} {
			if got := club.as(who).run("show", plate); got.exit != api.ExitNotFound {
				t.Errorf("%s still sees it: %+v", who, got)
			}
			if hits := toldAs[api.Hits](club.as(who), "search", "tray ate rest"); len(hits.Items) != 0 {
				t.Errorf("%s still finds %+v", who, hits.Items)
			}
			if trail := toldAs[api.TrailOf](club.as(who), "trail", "@lunch"); len(trail.To) != 0 {
				t.Errorf("on %s's node the lunch still leads to %q", who, says(trail.To))
			}
		}
	}
	gone()
	if got := club.as("Jonas").run("withdraw", plate); got.exit == 0 {
		t.Errorf("Jonas takes back what is not his: %+v", got)
	}
	if out := toldAs[api.Withdrawn](club.as("Kofi"), "withdraw", plate); out.Changes == 0 || len(out.Left) != 0 {
		t.Errorf("Kofi's own words stay: %+v", out)
	}
	gone()
}
