package main

import (
	"strings"
	"testing"
)

// A story told at a gathering is its teller's, whoever writes it down, and
// trials and uses have ids of their own.
func TestTellForWhoToldIt(t *testing.T) {
	club := play(t, founding, members, `{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["gathering","new","Thursday bench","--start","2026-05-07T18:00"],"as":"bench"}
{"at":"2026-05-05T09:01:00Z","who":"Dev","run":["way","new","--title","Shorten the dwell"],"as":"lesson"}`)
	lift := club.as("Sam").stdin("The blade lifted above 120.\n").id("tell", "--title", "The lift", "--teller", "Marta", "--at", "@bench", "--file", "-")
	told := club.as("Rosa").json("show", lift)
	if who := told["fields"].(map[string]any)["credited"].(map[string]any)["name"]; who != "Marta" {
		t.Errorf("it is %v's", who)
	}
	if got := club.as("Rosa").run("set", lift, "title", "Mine now"); got.exit != 12 {
		t.Errorf("Rosa renames it: %d %s", got.exit, got.stderr)
	}
	if got := club.as("Marta").run("set", lift, "title", "The lift at 120"); got.exit != 0 {
		t.Errorf("its teller may not: %s", got.stderr)
	}
	nurse := club.as("Sam").id("tell", "--title", "He said he was fine", "--teller", "a nurse on nights", "--masked")
	if got := club.as("Rosa").json("show", nurse)["fields"].(map[string]any)["credited"]; got != "a nurse on nights" {
		t.Errorf("told by %v", got)
	}
	club.as("Dev").json("retold", lift, "--at", "@bench")
	if got := club.as("Rosa").json("show", lift)["fields"].(map[string]any); got["told"] != 2.0 {
		t.Errorf("told %v times", got["told"])
	}
	trial := club.as("Sam").id("tried", "@lesson", "worked", "On the compact.", "--ctx", "platform=compact")
	if got := club.as("Dev").json("comment", trial, "Which dwell?"); got["id"] == nil {
		t.Errorf("a trial has no id: %v", got)
	}
	if got := club.as("Sam").run("tried", "@lesson", "maybe"); got.exit != 2 || !strings.Contains(got.stderr, "worked, adapted, failed") {
		t.Errorf("maybe: %d %s", got.exit, got.stderr)
	}
}
