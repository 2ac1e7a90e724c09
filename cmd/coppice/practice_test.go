package main

import (
	"testing"
)

// blade is a problem of the wiper club.
const blade = `{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers","--commitment","I keep the arms"]}
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["term","new","arms","--area"],"as":"arms"}
{"at":"2026-05-03T12:02:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-03T12:03:00Z","who":"Sam","run":["join","--commitment","I ask what nobody asks"]}
{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["problem","new","--title","Blade lifts above 120","--file","-","--area","arms","--ctx","platform=sedan"],"stdin":"Worse with crosswind.","as":"lift"}`

func TestAProblemIsMetAgain(t *testing.T) {
	club := play(t, blade)
	if d := club.as("Dev").json("show", "@lift"); d["state"] != "lone" || d["body"] != "Worse with crosswind." {
		t.Errorf("a new problem shows %v", d)
	}
	club.tell(`{"at":"2026-05-05T09:00:00Z","who":"Dev","run":["met","@lift","again on the new compact","--ctx","Platform=Compact"],"as":"again"}`)
	d := club.as("Rosa").json("show", "@lift")
	if d["state"] != "recurring" {
		t.Errorf("met by two it is %v", d["state"])
	}
	if got := club.as("Sam").run("met", "@arms", "here"); got.exit == 0 {
		t.Error("a word can be met")
	}
}
