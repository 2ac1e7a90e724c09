package main

import (
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// blade is a problem of the wiper club, and two ways to deal with it.
const blade = `{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers","--commitment","I keep the arms"]}
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["term","new","arms","--area"],"as":"arms"}
{"at":"2026-05-03T12:02:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-03T12:03:00Z","who":"Sam","run":["join","--commitment","I ask what nobody asks"]}
{"at":"2026-05-03T12:04:00Z","who":"Ingrid","run":["join","--commitment","I freeze it"]}
{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["problem","new","--title","Blade lifts above 120","--file","-","--area","arms","--ctx","platform=sedan"],"stdin":"Worse with crosswind.","as":"lift"}
{"at":"2026-05-04T09:10:00Z","who":"Rosa","run":["way","new","--title","Airfoil on the arm","--file","-","--about","@lift","--use-when","The screen is steep.","--not-when","It is a van."],"stdin":"Bolt the airfoil on, leading edge down.","as":"airfoil"}
{"at":"2026-05-04T09:20:00Z","who":"Rosa","run":["way","new","--title","More spring","--file","-","--about","@lift"],"stdin":"Softer rubber, more spring.","as":"spring"}`

// shows is what a member sees of a document.
func (c *toldTest) shows(who, id string, ctx ...string) api.Document {
	c.Helper()
	return toldAs[api.Document](c.as(who), append([]string{"show", id}, ctx...)...)
}

func TestAProblemIsMetAgain(t *testing.T) {
	club := play(t, blade)
	if d := club.shows("Dev", "@lift"); d.State != "has ways" || d.Body != "Worse with crosswind." || len(d.Met) != 0 {
		t.Errorf("a new problem shows %+v", d)
	}
	lone := club.as("Rosa").id("problem", "new", "--title", "It whistles")
	if d := club.shows("Sam", lone); d.State != "lone" {
		t.Errorf("named by one it is %s", d.State)
	}
	again := club.as("Dev").id("met", lone, "again on the new compact", "--ctx", "Platform=Compact")
	d := club.shows("Rosa", lone)
	if d.State != "recurring" || len(d.Met) != 1 || d.Met[0].ID != again || d.Met[0].By.Name != "Dev" || d.Met[0].Context["platform"] != "compact" || d.Met[0].Words != "again on the new compact" {
		t.Errorf("met by two it is %s: %+v", d.State, d.Met)
	}
	if items := toldAs[api.Items](club.as("Sam"), "problem", "list").Items; len(items) != 2 || items[0].State != "recurring" && items[1].State != "recurring" {
		t.Errorf("the list says %+v", items)
	}
	club.as("Sam").refused(api.ExitUsage, "", "met", "@arms", "here")
	if got := club.as("Sam").run("show", "@lift").stdout; !strings.Contains(got, "Airfoil on the arm") || !strings.Contains(got, "when not to: It is a van.") {
		t.Errorf("a person reads\n%s", got)
	}
}

// Check 11: proven by three in two climates; rewritten by more than 30 % it is
// untried on this wording.
func TestCheck11ProvenThenFaded(t *testing.T) {
	club := play(t, blade)
	for who, climate := range map[string]string{"Dev": "mild", "Sam": "mild", "Ingrid": "cold"} {
		club.as(who).json("tried", "@airfoil", "worked", "It stays down.", "--ctx", "climate="+climate)
	}
	club.as("Rosa").json("tried", "@airfoil", "failed", "--ctx", "climate=wet") // her own
	d := club.shows("Dev", "@airfoil")
	if d.State != "proven" || d.Fields["standing"] != "proven" || len(d.Trials) != 4 || d.Evidence.Bound != 0.647 || len(d.Evidence.Contexts) != 2 || len(d.Evidence.Failed) != 0 {
		t.Errorf("it is %s: %+v", d.State, d.Evidence)
	}
	if own := d.Trials[slices.IndexFunc(d.Trials, func(t api.Trial) bool { return t.By.Name == "Rosa" })]; !own.Own || own.Faded {
		t.Errorf("her own trial shows %+v", own)
	}
	if p := club.shows("Dev", "@lift"); p.State != "settled" || p.Ways[0].Title != "Airfoil on the arm" || p.Ways[0].Standing != "proven" || p.Ways[1].Standing != "untried" {
		t.Errorf("the problem is %s: %+v", p.State, p.Ways)
	}
	if m := toldAs[api.Map](club.as("Sam"), "map"); m.Items[0].Unsolved != 0 {
		t.Errorf("the map counts it as unsolved: %+v", m.Items[0])
	}
	club.as("Sam").stdin("Glue it on at the tip, trailing edge up, and drill nothing.").json("edit", "@airfoil", "--file", "-")
	d = club.shows("Ingrid", "@airfoil")
	if d.State != "untried on this wording" || !d.Trials[0].Faded || d.Evidence.Bound != 0 {
		t.Errorf("rewritten it is %s: %+v", d.State, d.Trials)
	}
	if items := toldAs[api.Items](club.as("Dev"), "list", "--kind", "way").Items; !slices.ContainsFunc(items, func(i api.Item) bool { return i.State == "untried on this wording" }) {
		t.Errorf("the list says %+v", items)
	}
	if p := club.shows("Dev", "@lift"); p.State != "has ways" {
		t.Errorf("then the problem is %s", p.State)
	}
}

// Check 12: two failed against four worked is contested, and both contexts show.
func TestCheck12ContestedBothContexts(t *testing.T) {
	club := play(t, blade, `
{"at":"2026-05-05T09:00:00Z","who":"Yuki","run":["join","--commitment","I know airflow"]}
{"at":"2026-05-05T09:00:00Z","who":"Marta","run":["join","--commitment","I hear noise"]}
{"at":"2026-05-05T09:00:00Z","who":"Hal","run":["join","--commitment","I did it before"]}`)
	for _, who := range []string{"Dev", "Sam", "Yuki", "Hal"} {
		club.as(who).json("tried", "@spring", "worked", "--ctx", "climate=mild")
	}
	for _, who := range []string{"Ingrid", "Marta"} {
		club.as(who).json("tried", "@spring", "failed", "the lip took a set overnight", "--ctx", "climate=nordic")
	}
	d := club.shows("Rosa", "@spring")
	named := func(people []api.Person) (all []string) {
		for _, p := range people {
			all = append(all, p.Name)
		}
		slices.Sort(all)
		return all
	}
	if d.State != "contested" || !slices.Equal(named(d.Evidence.Worked), []string{"Dev", "Hal", "Sam", "Yuki"}) || !slices.Equal(named(d.Evidence.Failed), []string{"Ingrid", "Marta"}) {
		t.Errorf("it is %s: %+v", d.State, d.Evidence)
	}
	if len(d.Evidence.Contexts) != 1 || d.Evidence.Contexts[0]["climate"] != "mild" || len(d.Evidence.FailedIn) != 1 || d.Evidence.FailedIn[0]["climate"] != "nordic" {
		t.Errorf("it worked in %v, it failed in %v", d.Evidence.Contexts, d.Evidence.FailedIn)
	}
	if p := club.shows("Rosa", "@lift"); p.State != "contested" {
		t.Errorf("the problem is %s", p.State)
	}
	for _, text := range []string{club.as("Rosa").run("show", "@spring").stdout, club.as("Rosa").run("show", "@lift").stdout} {
		for _, side := range []string{"worked for ", "in climate=mild", "failed for ", "in climate=nordic", "contested"} {
			if !strings.Contains(text, side) {
				t.Errorf("%q is not in\n%s", side, text)
			}
		}
	}
}

// Each reads the way that fits where she is first (social.md 30c).
func TestTheWayThatFitsComesFirst(t *testing.T) {
	club := play(t, blade)
	club.as("Dev").json("tried", "@airfoil", "worked", "--ctx", "climate=mild")
	club.as("Sam").json("tried", "@airfoil", "worked", "--ctx", "climate=mild")
	club.as("Ingrid").json("tried", "@spring", "worked", "--ctx", "climate=Nordic")
	club.as("Ingrid").json("set", "me", "context", "climate=nordic, platform=van")
	first := func(d api.Document) string { return d.Ways[0].Title }
	if d := club.shows("Ingrid", "@lift"); first(d) != "More spring" || d.Mine["platform"] != "van" || d.Ways[0].Fit != 0.5 {
		t.Errorf("in the cold she sees %s first: %+v", first(d), d.Ways)
	}
	if d := club.shows("Rosa", "@lift"); first(d) != "Airfoil on the arm" {
		t.Errorf("who says nothing of where she is sees %s first", first(d))
	}
	if d := club.shows("Rosa", "@lift", "--ctx", "climate=NORDIC"); first(d) != "More spring" || d.Ways[0].Fit != 1 {
		t.Errorf("--ctx: %s first", first(d))
	}
	if d := club.shows("Ingrid", "@airfoil"); len(d.Rivals) != 1 || d.Rivals[0].State != "tried" || len(d.About) != 1 || d.About[0].Title != "Blade lifts above 120" {
		t.Errorf("beside it stand %+v, it is about %+v", d.Rivals, d.About)
	}
}

// A way is looked at again when its time has come, and whoever finds it good
// puts that off.
func TestAWayIsReviewed(t *testing.T) {
	club := play(t, blade, `{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["set","charter","style","deliberate"]}`)
	old := func(at string) api.Document {
		return toldAs[api.Document](club.as("Dev").at(at), "show", "@airfoil")
	}
	if d := old("2027-05-04T09:00:00Z"); *d.Old || d.ReviewBy != "2027-05-04" {
		t.Errorf("on the day it is old: %v, %s", *d.Old, d.ReviewBy)
	}
	if d := old("2027-05-05T09:00:00Z"); !*d.Old {
		t.Error("past the day it is not old")
	}
	sam := club.as("Sam").at("2027-06-01T09:00:00Z")
	sam.json("review", "@airfoil", "good", "still on my bench")
	if d := old("2027-06-02T09:00:00Z"); *d.Old || d.ReviewBy != "2028-06-01" || len(d.Reviews) != 1 || d.Reviews[0].Says != "still good" || d.Reviews[0].Words != "still on my bench" {
		t.Errorf("found good: %v, %s, %+v", *d.Old, d.ReviewBy, d.Reviews)
	}
	if got := sam.run("review", "@airfoil", "retire").stderr; !strings.Contains(got, "coppice shelve") {
		t.Errorf("what to do next is not said: %s", got)
	}
	sam.refused(api.ExitUsage, "it needs work", "review", "@airfoil", "great")
	sam.json("discussion", "new", "Does it whistle?", "--about", "@airfoil")
}

// Two name the same problem apart; joined they are one, with whoever met either
// and the ways to deal with either.
func TestMergeTwoNameTheSameProblem(t *testing.T) {
	club := play(t, blade)
	club.apart(func() {
		club.tell(`{"at":"2026-05-05T09:00:00Z","who":"Dev","run":["problem","new","--title","Wiper squeals in cold","--area","arms"],"as":"older","apart":true}
			{"at":"2026-05-05T09:01:00Z","who":"Ingrid","run":["problem","new","--title","Wiper squeals in the cold","--area","arms"],"as":"younger","apart":true}
			{"at":"2026-05-05T09:02:00Z","who":"Ingrid","run":["met","@younger","at minus 20"],"apart":true}
			{"at":"2026-05-05T09:03:00Z","who":"Dev","run":["met","@older"],"apart":true}
			{"at":"2026-05-05T09:04:00Z","who":"Ingrid","run":["way","new","--title","Talc","--about","@younger"],"as":"talc","apart":true}`)
	})
	twins := list(t, club.as("Sam").json("conflict", "list"), "twins")
	if len(twins) != 1 {
		t.Fatalf("near-twins: %v", twins)
	}
	club.tell(`{"at":"2026-05-05T10:00:00Z","who":"Sam","run":["same","@younger","@older"]}`)
	for _, who := range []string{"Rosa", "Dev", "Ingrid"} {
		for _, id := range []string{"@older", "@younger"} {
			d := club.shows(who, id)
			if d.ID != club.labels["older"] || len(d.Met) != 2 || len(d.Ways) != 1 || d.State != "has ways" {
				t.Errorf("%s sees of %s: %s, met %d times, %d ways", who, id, d.State, len(d.Met), len(d.Ways))
			}
		}
		if d := club.shows(who, "@talc"); len(d.About) != 1 || d.About[0].ID != club.labels["older"] {
			t.Errorf("%s: the way is about %+v", who, d.About)
		}
	}
}

// The same member tries it apart on two machines, so to speak, and two members
// do: each member and context counts once, and all trials stand.
func TestMergeTrialsMadeApart(t *testing.T) {
	club := play(t, blade)
	club.apart(func() {
		club.as("Dev").json("tried", "@airfoil", "failed", "--ctx", "climate=mild")
		club.as("Dev").at("2026-05-06T09:00:00Z").json("tried", "@airfoil", "worked", "--ctx", "climate=mild")
		club.as("Sam").json("tried", "@airfoil", "worked", "--ctx", "climate=mild")
	})
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if d := club.shows(who, "@airfoil"); d.State != "works here" || len(d.Trials) != 3 || len(d.Evidence.Failed) != 0 {
			t.Errorf("%s sees %s with %d trials", who, d.State, len(d.Trials))
		}
	}
}

// A way is rewritten on one node while it is tried on another: the trial is of
// the wording it was made on.
func TestMergeRewrittenApartFromATrial(t *testing.T) {
	club := play(t, blade)
	club.apart(func() {
		club.as("Dev").json("tried", "@airfoil", "worked", "as it was written")
		club.as("Sam").stdin("Glue it on at the tip, trailing edge up, and drill nothing.").json("edit", "@airfoil", "--file", "-")
	})
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if d := club.shows(who, "@airfoil"); d.State != "untried on this wording" || len(d.Trials) != 1 || !d.Trials[0].Faded {
			t.Errorf("%s sees %s: %+v", who, d.State, d.Trials)
		}
	}
}

// Ways that are one count their trials together.
func TestWaysThatAreOneAreWeighedAsOne(t *testing.T) {
	club := play(t, blade)
	club.as("Dev").json("tried", "@airfoil", "worked", "--ctx", "climate=mild")
	club.as("Sam").json("tried", "@spring", "worked", "--ctx", "climate=mild")
	club.as("Ingrid").json("same", "@spring", "@airfoil")
	d := club.shows("Rosa", "@lift")
	if len(d.Ways) != 1 || d.Ways[0].Standing != "works here" || d.Ways[0].Trials != 2 {
		t.Errorf("the problem has %+v", d.Ways)
	}
	if way := club.shows("Rosa", "@spring"); way.State != "works here" || len(way.Evidence.Worked) != 2 {
		t.Errorf("the way is %s: %+v", way.State, way.Evidence)
	}
}
