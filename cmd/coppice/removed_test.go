package main

import (
	"encoding/json"
	"testing"
)

// Check 20, its second half: what Ben wrote offline after he was removed is set
// aside on all nodes alike. That a newcomer gets everything from any one
// member's node is told in testdata/join-while-inviter-sleeps.txtar.
func TestCheck20RemovedWhileWritingOffline(t *testing.T) {
	club := play(t, bench, `
		{"at":"2026-05-04T08:00:00Z","who":"Ben","run":["join","--commitment","I drive"]}
		{"at":"2026-05-04T08:05:00Z","who":"Ben","run":["tell","--title","Before"]}`)
	club.apart(func() {
		club.tell(`{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["member","remove","@Ben","--reason","He sells what he hears here.","--yes"],"apart":true}
			{"at":"2026-05-04T09:05:00Z","who":"Ben","run":["tell","--title","After"],"as":"after","apart":true}`)
	})
	var said []string
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		stories := list(t, club.as(who).json("list", "--kind", "story"), "items")
		if len(stories) != 1 || stories[0].(map[string]any)["title"] != "Before" {
			t.Errorf("%s lists %v", who, stories)
		}
		void, err := json.Marshal(club.as(who).json("member", "log", "@Ben"))
		if err != nil {
			t.Fatal(err)
		}
		if said = append(said, string(void)); said[0] != string(void) || len(void) < 60 {
			t.Errorf("%s sees set aside %s, not %s", who, void, said[0])
		}
	}
}
