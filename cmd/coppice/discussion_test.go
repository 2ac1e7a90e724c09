package main

import (
	"strings"
	"testing"

	"coppice.example/node/api"
)

func TestDecideTogether(t *testing.T) {
	club := play(t, founding, members)
	rosa := club.as("Rosa").at("2026-05-05T09:00:00Z")
	d := rosa.id("discussion", "new", "Sign park changes", "--proposal", "We sign every change.", "--closes", "7d")
	club.as("Dev").at("2026-05-06T09:00:00Z").json("discussion", "stance", d, "agree", "it would have saved us a launch")
	club.as("Marta").at("2026-05-06T10:00:00Z").json("discussion", "stance", d, "block", "who reads them?")
	club.as("Sam").refused(api.ExitUsage, "is not a choice", "discussion", "stance", d, "maybe")
	club.as("Dev").refused(api.ExitNotAllowed, "not yours", "set", d, "proposal", "We sign nothing.")
	rosa.at("2026-05-07T09:00:00Z").json("set", d, "proposal", "We sign every change, and Tomas reads them.")
	club.as("Marta").at("2026-05-08T10:00:00Z").json("discussion", "stance", d, "agree")
	text := club.as("Sam").at("2026-05-09T09:00:00Z").run("show", d).stdout
	for _, line := range []string{
		"discussion by Rosa, 5 May 2026, open", "closes on 2026-05-12", "proposed:\nWe sign every change, and Tomas reads them.",
		"  Marta: agree\n", "  Dev: agree (of an earlier wording), it would have saved us a launch\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	if state := club.as("Sam").at("2026-05-12T00:30:00Z").json("show", d)["state"]; state != "closing" {
		t.Errorf("on its last day it is %v", state)
	}
	club.as("Sam").at("2026-05-12T01:00:00Z").stdin("We talked of signing.").json("edit", d, "--field", "summary", "--file", "-") // by many hands
	got := rosa.at("2026-05-13T09:00:00Z").run("discussion", "outcome", d, "We sign, and Tomas reads.")
	if got.exit != 0 || !strings.Contains(got.stderr, "charter edit --field norms") {
		t.Errorf("deciding ends with %d: %s", got.exit, got.stderr)
	}
	if i := toldAs[api.Items](club.as("Dev"), "list", "--kind", "discussion").Items[0]; i.State != "decided" {
		t.Errorf("the list says %s", i.State)
	}
	club.as("Guest Gil").refused(api.ExitNotAllowed, "may not begin", "discussion", "new", "Cake?")
}
