package main

import "testing"

// Check 8: both add the same word; it is proposed to join them, and the older
// stands for both, with what was said of either.
func TestCheck08TwinsAreJoined(t *testing.T) {
	club := play(t, bench)
	club.apart(func() {
		club.tell(`{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["term","new","judder","--means","The lip sticks, bends, jumps."],"as":"older","apart":true}
			{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["term","new","Judder","--means","A stutter."],"as":"younger","apart":true}`)
	})
	older, younger := club.labels["older"], club.labels["younger"]
	for _, who := range []string{"Rosa", "Dev"} {
		twins := list(t, club.as(who).json("conflict", "list"), "twins")
		if len(twins) != 1 || twins[0].(map[string]any)["older"].(map[string]any)["id"] != older {
			t.Fatalf("%s: %v", who, twins)
		}
	}
	club.tell(`{"at":"2026-05-04T09:30:00Z","who":"Sam","run":["add","@younger","marks","metoo"]}
		{"at":"2026-05-04T09:31:00Z","who":"Dev","run":["add","@younger","talk","Or chatter?"]}
		{"at":"2026-05-04T09:40:00Z","who":"Sam","run":["same","@younger","@older"]}`)
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		for _, id := range []string{older, younger} {
			got := club.as(who).json("show", id)
			fields := got["fields"].(map[string]any)
			if got["id"] != older || len(list(t, got, "same")) != 1 || len(list(t, fields, "marks")) != 1 || len(list(t, fields, "talk")) != 1 {
				t.Errorf("%s, %s: %v", who, id[:8], got)
			}
		}
		if items := list(t, club.as(who).json("list", "--kind", "term"), "items"); len(items) != 1 {
			t.Errorf("%s lists %v", who, items)
		}
		if twins := list(t, club.as(who).json("conflict", "list"), "twins"); len(twins) != 0 {
			t.Errorf("%s is still asked: %v", who, twins)
		}
	}
	club.tell(`{"at":"2026-05-04T09:50:00Z","who":"Rosa","run":["same","` + younger + `","` + older + `","--not"]}`)
	if items := list(t, club.as("Dev").json("list", "--kind", "term"), "items"); len(items) != 2 {
		t.Errorf("two after all: %v", items)
	}
}
