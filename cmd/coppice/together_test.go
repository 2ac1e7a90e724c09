package main

import (
	"slices"
	"strings"
	"testing"
)

// pair is a community in which Sam wants to learn about arms.
const pair = founding + `
{"at":"2026-05-03T12:30:00Z","who":"Rosa","run":["term","new","arms","--area"],"as":"arms"}
{"at":"2026-05-03T13:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-03T14:00:00Z","who":"Sam","run":["join","--commitment","I come from seats"]}
{"at":"2026-05-04T09:00:00Z","who":"Sam","run":["pairing","want","--area","arms","--aims","to set the angle by hand"],"as":"pair"}`

// side lists who is on a side of a pairing.
func side(d map[string]any, field string) (who []string) {
	for _, one := range d["fields"].(map[string]any)[field].([]any) {
		who = append(who, one.(map[string]any)["member"].(map[string]any)["name"].(string))
	}
	slices.Sort(who)
	return who
}

func TestMergeTwoMentorsAcceptOneApprentice(t *testing.T) {
	club := play(t, pair)
	if d := club.as("Dev").json("pairing", "show", "@pair"); d["state"] != "wanted" || d["title"] != "Learning arms" {
		t.Errorf("%v is %v", d["title"], d["state"])
	}
	club.apart(func() {
		club.as("Rosa").json("pairing", "accept", "@pair")
		club.as("Dev").json("pairing", "accept", "@pair")
	})
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		d := club.as(who).json("show", "@pair")
		if d["state"] != "under way" || !slices.Equal(side(d, "mentors"), []string{"Dev", "Rosa"}) || !slices.Equal(side(d, "apprentices"), []string{"Sam"}) {
			t.Errorf("%s: %v, %v with %v", who, d["state"], side(d, "mentors"), side(d, "apprentices"))
		}
	}
}

// The stage that shows is the lower of both views, and both have to come to
// teaching.
func TestStagesOfAPairing(t *testing.T) {
	club := play(t, pair, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["pairing","accept","@pair"]}`)
	stage := func(who, stage, want string) string {
		t.Helper()
		got := club.as(who).run("pairing", "stage", "@pair", stage)
		if got.exit != 0 {
			t.Fatal(got.stderr)
		}
		if shown := club.as("Dev").json("show", "@pair")["fields"].(map[string]any)["at_stage"]; shown != want {
			t.Errorf("after %s says %s it shows %v, not %s", who, stage, shown, want)
		}
		return got.stderr
	}
	stage("Sam", "together", "watching")
	stage("Rosa", "alone", "together")
	stage("Sam", "teaching", "alone")
	if says := stage("Rosa", "teaching", "teaching"); !strings.Contains(says, "guide the next newcomer") {
		t.Errorf("coming to teaching says %q", says)
	}
	stage("Rosa", "together", "together")
	if got := club.as("Dev").run("pairing", "stage", "@pair", "watching"); got.exit != 12 || !strings.Contains(got.stderr, "accept") {
		t.Errorf("who is not in it says how far it is: %d %s", got.exit, got.stderr)
	}
	if got := club.as("Sam").run("pairing", "stage", "@pair", "asleep"); got.exit != 2 {
		t.Errorf("a stage that is none: %d", got.exit)
	}
}

func TestDiaryAndEndOfAPairing(t *testing.T) {
	club := play(t, pair, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["pairing","accept","@pair"]}
{"at":"2026-05-06T09:00:00Z","who":"Sam","run":["pairing","diary","@pair","We set three arms; mine rattled."]}`)
	if got := club.as("Dev").run("pairing", "diary", "@pair"); !strings.Contains(got.stdout, "mine rattled") || !strings.Contains(got.stdout, "Sam, 2026-05-06") {
		t.Errorf("others read %q", got.stdout)
	}
	for _, args := range [][]string{{"pairing", "diary", "@pair", "I was not there"}, {"pairing", "end", "@pair"}} {
		if got := club.as("Dev").run(args...); got.exit != 12 {
			t.Errorf("%v by somebody else ended with %d", args, got.exit)
		}
	}
	// Past the verb too: it counts when one of the two says it.
	club.as("Dev").json("set", "@pair", "ended", "yes")
	if d := club.as("Sam").json("show", "@pair"); d["state"] != "under way" {
		t.Errorf("somebody else ends it: %v", d["state"])
	}
	club.as("Rosa").json("pairing", "end", "@pair", "Sam sets them alone now")
	if d := club.as("Dev").json("show", "@pair"); d["state"] != "ended" {
		t.Errorf("after its end it is %v", d["state"])
	}
	if d := club.as("Sam").json("pairing", "end", "@pair", "--undo"); d["state"] != "under way" {
		t.Errorf("it goes on: %v", d["state"])
	}
}

func TestOffersAndWhoTakesThemUp(t *testing.T) {
	club := play(t, pair)
	offer := club.as("Rosa").id("pairing", "offer", "--area", "arms")
	if d := club.as("Sam").json("show", offer); d["state"] != "offered" {
		t.Errorf("it is %v", d["state"])
	}
	if d := club.as("Sam").json("pairing", "accept", offer); !slices.Equal(side(d, "apprentices"), []string{"Sam"}) || d["state"] != "under way" {
		t.Errorf("%v", d)
	}
	if d := club.as("Dev").json("pairing", "accept", offer, "--as", "mentor"); !slices.Equal(side(d, "mentors"), []string{"Dev", "Rosa"}) {
		t.Errorf("%v", d)
	}
	for want, args := range map[string][]string{
		"another takes it up": {"pairing", "accept", offer},
		"name the area":       {"pairing", "offer"},
		"--as mentor":         {"pairing", "accept", offer, "--as", "boss"},
	} {
		if got := club.as("Rosa").run(args...); got.exit != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%v ended with %d: %s", args, got.exit, got.stderr)
		}
	}
}

func TestAProjectFromProposalToEnd(t *testing.T) {
	club := play(t, pair, `{"at":"2026-06-01T09:00:00Z","who":"Rosa","run":["project","new","The freezing chapter","--aim","five ice questions in two winters","--due","2026-11-30","--area","arms"],"as":"ice"}`)
	state := func(want string) map[string]any {
		t.Helper()
		d := club.as("Sam").json("project", "show", "@ice")
		if d["state"] != want {
			t.Errorf("it is %v, not %s", d["state"], want)
		}
		return d
	}
	state("proposed")
	club.as("Dev").json("project", "join", "@ice", "I have the failures of two winters")
	if d := state("under way"); !slices.Equal(side(d, "joined"), []string{"Dev", "Rosa"}) {
		t.Errorf("in it: %v", side(d, "joined"))
	}
	club.as("Rosa").json("project", "do", "@ice", "add", "collect", "--who", "@Dev")
	club.as("Rosa").json("project", "do", "@ice", "add", "cold-room day")
	club.as("Sam").json("project", "do", "@ice", "2")
	club.as("Dev").json("project", "do", "@ice", "1", "--done")
	if got := club.as("Rosa").run("project", "do", "@ice").stdout; !strings.Contains(got, "1. [x] collect, Dev") || !strings.Contains(got, "2. [ ] cold-room day, Sam") {
		t.Errorf("to do:\n%s", got)
	}
	if d := state("under way"); d["fields"].(map[string]any)["left"] != 1.0 {
		t.Errorf("left: %v", d["fields"].(map[string]any)["left"])
	}
	if got := club.as("Rosa").run("project", "do", "@ice", "3", "--done"); got.exit != 2 {
		t.Errorf("a task that is not there: %d %s", got.exit, got.stderr)
	}
	if got := club.as("Sam").run("project", "end", "@ice"); got.exit != 12 {
		t.Errorf("somebody else ends it: %d %s", got.exit, got.stderr)
	}
	club.as("Rosa").json("project", "end", "@ice", "one chapter, two tricks")
	way := club.as("Rosa").stdin("Warm it slowly.").id("way", "new", "--title", "Thaw first", "--file", "-")
	club.as("Rosa").json("add", "@ice", "links", "produced "+way)
	d := state("ended")
	if links := d["fields"].(map[string]any)["links"].([]any); len(links) != 1 || links[0].(map[string]any)["rel"] != "produced" {
		t.Errorf("produced: %v", links)
	}
	if got := club.as("Dev").run("project", "list").stdout; !strings.Contains(got, "The freezing chapter") {
		t.Errorf("the list: %s", got)
	}
}
