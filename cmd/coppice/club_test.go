package main

import (
	"os"
	"strings"
	"testing"
)

// wiper plays the club that the README shows.
func wiper(t *testing.T) *toldTest {
	t.Helper()
	story, err := os.ReadFile("testdata/wiper.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return play(t, string(story))
}

// A club that lived for months says of each of its things how far it has come.
func TestAClubThatLived(t *testing.T) {
	club := wiper(t)
	club.together()
	for label, want := range map[string]string{
		"judder": "distilled", "chalk": "tried", "cameras": "open", "sign": "open", "pair": "offered", "chapter": "proposed",
	} {
		got := club.as("Sam").json("show", "@"+label)
		if state := got["state"]; state != want {
			t.Errorf("%s is %v, not %s", label, state, want)
		}
	}
	if out := club.as("Sam").run("member", "show", "@Dev").stdout; !strings.Contains(out, "ended a week of guessing") {
		t.Errorf("Sam reads of Dev:\n%s", out)
	}
	for _, verb := range []string{"status", "digest", "tend", "map", "agenda", "who", "unmet", "graph", "gathering list", "charter show", "member list", "term list", "discussion list", "project list", "pairing list", "bridge list", "conflict list"} {
		if got := club.as("Ingrid").run(strings.Fields(verb)...); got.exit != 0 || got.stdout+got.stderr == "" {
			t.Errorf("%s: %d %s", verb, got.exit, got.stderr)
		}
		if got := club.as("Ingrid").run(append(strings.Fields(verb), "--json")...); got.exit != 0 || !strings.HasPrefix(got.stdout, "{") {
			t.Errorf("%s --json: %d %s", verb, got.exit, got.stdout)
		}
	}
}

// A story told at a gathering is its teller's, whoever writes it down, and
// trials and uses have ids of their own.
func TestTellForWhoToldIt(t *testing.T) {
	club := wiper(t)
	lift := club.as("Sam").stdin("The blade lifted above 120.\n").id("tell", "--title", "The lift", "--teller", "Ingrid", "--at", "@bench", "--file", "-")
	told := club.as("Rosa").json("show", lift)
	if who := told["fields"].(map[string]any)["credited"].(map[string]any)["name"]; who != "Ingrid" {
		t.Errorf("it is %v's", who)
	}
	if got := club.as("Rosa").run("set", lift, "title", "Mine now"); got.exit != 12 {
		t.Errorf("Rosa renames it: %d %s", got.exit, got.stderr)
	}
	if got := club.as("Ingrid").run("set", lift, "title", "The lift at 120"); got.exit != 0 {
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
