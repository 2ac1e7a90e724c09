package main

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// All six starters pass one acceptance script: they bring words, and nothing
// works otherwise.
func TestSixStarters(t *testing.T) {
	for _, starter := range []string{"survival", "art", "engineering", "identity", "technique", "coping"} {
		t.Run(starter, func(t *testing.T) {
			club := play(t, fmt.Sprintf(`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Us","--starter","%s","--do","We do this.","--commitment","I am in"]}`, starter), `
{"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","So am I, for what it is worth"]}
{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["charter","agree"]}
{"at":"2026-05-04T10:01:00Z","who":"Dev","run":["charter","agree"]}
{"at":"2026-05-04T10:02:00Z","who":"Dev","run":["term","new","edge","--area"]}
{"at":"2026-05-04T10:03:00Z","who":"Dev","run":["add","me","helps","edge"]}
{"at":"2026-05-04T10:04:00Z","who":"Rosa","run":["ask","How do we begin?","--area","edge"],"as":"q"}
{"at":"2026-05-04T10:05:00Z","who":"Dev","run":["answer","@q"],"stdin":"Small.","as":"a"}
{"at":"2026-05-04T10:06:00Z","who":"Rosa","run":["helped","@a"]}`)
			ch := toldAs[api.Charter](club.as("Dev"), "charter", "show")
			in := ch.InForce
			if in == nil || in.Thinly || in.Text["domain"] != "We do this." || in.Text["concern"] == "" || in.Text["in_scope"] == "" || in.Text["out_scope"] == "" {
				t.Fatalf("in force %+v", in)
			}
			if len(ch.ContextKeys) < 2 || len(ch.Formats) < 2 || ch.Style == "" {
				t.Errorf("it brings %v, %v, %s", ch.ContextKeys, ch.Formats, ch.Style)
			}
			for _, format := range ch.Formats {
				club.as("Rosa").json("gathering", "new", format, "--start", "2026-06-01T10:00", "--format", format)
			}
			if state := club.as("Dev").json("show", "@q")["state"]; state != "solved" {
				t.Errorf("the question is %v", state)
			}
		})
	}
}

// A lunch that is there already is all it takes: no charter, and nobody asks for one.
func TestFoundedAroundALunch(t *testing.T) {
	club := play(t, `{"at":"2026-05-03T12:00:00Z","who":"Adaeze","run":["found","--lunch","Ward 7 table","--rrule","FREQ=WEEKLY;BYDAY=TU,TH","--start","2026-05-05T12:15","--commitment","I come to eat and listen"]}`)
	adaeze := club.as("Adaeze")
	ch := toldAs[api.Charter](adaeze, "charter", "show")
	if ch.Name != "Ward 7 table" || ch.Style != "incidental" || ch.InForce != nil || ch.Draft != nil || ch.Prompts.Charter {
		t.Errorf("the charter %+v", ch)
	}
	if got := adaeze.run("charter", "show"); strings.Contains(got.stderr, "agree") {
		t.Errorf("it is told to agree: %s", got.stderr)
	}
	list := toldAs[api.Gatherings](adaeze, "gathering", "list").Items
	if len(list) != 1 || list[0].Title != "Ward 7 table" || !strings.HasPrefix(list[0].Local, "2026-05-05T12:15") || list[0].Format != "lunch" {
		t.Errorf("they meet %+v", list)
	}
	adaeze.refused(api.ExitUsage, "says nothing yet", "charter", "agree")
}

func TestFoundingSaysWhatIsMissing(t *testing.T) {
	for run, says := range map[string]string{
		`"found","Us"`:                                   "what its members care about",
		`"found","Us","--starter","club"`:                `no starter "club"`,
		`"found","--lunch","Us"`:                         "how often do they meet",
		`"found","--rrule","FREQ=DAILY"`:                 "a rhythm needs a name",
		`"found","--lunch","Us","--rrule","FREQ=NEVER"`:  "rrule",
		`"found","","--concern","A clear view"`:          "a community's name",
		`"found","Us","--concern","x","--style","bossy"`: "is not a choice",
	} {
		fresh := newTold(t.TempDir(), "")
		lines, err := readLines(strings.NewReader(`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":[` + run + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := fresh.play(t.Context(), lines); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", run, err)
		}
		if s, err := fresh.people[0].client.Status(t.Context()); err != nil || len(s.Communities) != 0 {
			t.Errorf("%s: something was founded: %v", run, err)
		}
		if err := fresh.village.Close(); err != nil {
			t.Error(err)
		}
	}
}

// In an incidental community, after six gatherings with notes, what its members
// keep talking about is offered as its domain.
func TestWhatTheyKeepTalkingAboutIsOffered(t *testing.T) {
	club := play(t, `{"at":"2026-05-04T12:00:00Z","who":"Adaeze","run":["found","--lunch","Ward 7 table","--rrule","FREQ=WEEKLY;BYDAY=TU,TH","--start","2026-05-05T12:15","--commitment","I come to eat and listen"]}`)
	rhythm := toldAs[api.Gatherings](club.as("Adaeze"), "gathering", "list").Items[0].ID
	for i, text := range []string{
		"Kofi on sleepless nights; the handover was late.", "Nights again. The families at the door.", "Handover loses the small things.",
		"Families who stay; handover at the bedside?", "The nights and the families.", "Cake, and the handover.",
	} {
		day := fmt.Sprintf("2026-05-%02d", []int{5, 7, 12, 14, 19, 21}[i])
		lunch := club.as("Adaeze").at(day + "T13:00:00Z")
		lunch.stdin(text).json("gathering", "notes", rhythm+"/"+day, "--file", "-")
		if hint := toldAs[api.Charter](lunch, "charter", "show").Hint; (len(hint) > 0) != (i == 5) {
			t.Errorf("after %d lunches %v", i+1, hint)
		}
	}
	late := club.as("Adaeze").at("2026-05-22T13:00:00Z")
	if got := late.run("charter", "show"); !strings.Contains(got.stderr, "You keep talking about: handover, families, nights. Is this your domain?") {
		t.Errorf("it is offered: %s", got.stderr)
	}
	late.stdin("Looking after people who cannot say what they need.").json("charter", "edit", "--field", "domain", "--file", "-")
	if hint := toldAs[api.Charter](late, "charter", "show").Hint; len(hint) > 0 {
		t.Errorf("with a domain of their own words it is still offered: %v", hint)
	}
}
