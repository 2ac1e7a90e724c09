package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// asked lists to whom something falls, as each one's own node says.
func (c *toldTest) asked(at, duty, item string, people ...string) (who []string) {
	c.Helper()
	for _, name := range people {
		for _, d := range toldAs[api.Tend](c.as(name).at(at), "tend").Duties {
			if d.Duty == duty && d.Item.ID == item {
				who = append(who, name)
			}
		}
	}
	return who
}

// Two welcome a newcomer, by duty: every node says the same two; who is away
// is not asked, and who has welcomed her is not asked again.
func TestDutiesFallToTheSameOnEveryNode(t *testing.T) {
	club := play(t, founding, members, `{"at":"2026-05-05T09:00:00Z","who":"Yuki","run":["join","--commitment","washers and airflow"]}
{"at":"2026-08-03T09:00:00Z","who":"Jonas","run":["join","--commitment","three weeks here, to learn"]}`)
	all := []string{"Rosa", "Dev", "Marta", "Sam", "Yuki"}
	const monday = "2026-08-03T12:00:00Z"
	page := toldAs[api.MemberPage](club.as("Rosa"), "member", "show", "Jonas").Document
	who := club.asked(monday, "welcome", page, all...)
	if len(who) != 2 {
		t.Fatalf("%v are asked", who)
	}
	if own := toldAs[api.Tend](club.as("Jonas").at(monday), "tend"); len(own.Duties) != 0 || own.Week != "2026-W32" {
		t.Errorf("the newcomer is asked: %+v", own)
	}
	text := club.as(who[0]).at(monday).run("tend").stdout
	if !strings.Contains(text, "welcome: Jonas\n  Jonas came today\n  coppice hello @Jonas") {
		t.Error(text)
	}
	club.as(who[0]).at(monday).json("hello", "@Jonas", "Sit with us on Thursday.")
	if left := club.asked(monday, "welcome", page, all...); !slices.Equal(left, who[1:]) {
		t.Errorf("%v are asked when %s has done it", left, who[0])
	}
	club.as(who[1]).at(monday).json("away")
	left := club.asked(monday, "welcome", page, all...)
	if slices.Contains(left, who[1]) || len(left) == 0 {
		t.Errorf("%v are asked when %s is away", left, who[1])
	}
	for _, name := range left {
		club.as(name).at(monday).json("hello", "@Jonas", "Welcome!")
	}
	if still := club.asked(monday, "welcome", page, all...); len(still) != 0 {
		t.Errorf("%v are asked when two have done it", still)
	}
}

// A question that nobody has answered for 72 hours falls to two, who asked
// apart; an answer ends it.
func TestAnUnansweredQuestionFallsToTwo(t *testing.T) {
	club := play(t, founding, members)
	all := []string{"Rosa", "Dev", "Marta", "Sam"}
	q := club.as("Sam").at("2026-06-01T10:00:00Z").id("ask", "Who met this?")
	if who := club.asked("2026-06-04T09:00:00Z", "answer", q, all...); len(who) != 0 {
		t.Errorf("%v are asked before 72 hours", who)
	}
	who := club.asked("2026-06-04T11:00:00Z", "answer", q, all...)
	if len(who) != 2 || slices.Contains(who, "Sam") {
		t.Fatalf("%v are asked", who)
	}
	weeks := map[string]bool{}
	for week := range 8 {
		at := fmt.Sprintf("2026-%02d-%02dT11:00:00Z", 6+(3+7*week)/30, 1+(3+7*week)%30)
		weeks[strings.Join(club.asked(at, "answer", q, all...), " ")] = true
	}
	if len(weeks) < 2 {
		t.Errorf("it never falls to others: %v", weeks)
	}
	club.as(who[0]).at("2026-06-04T12:00:00Z").stdin("I did.").json("answer", q)
	if left := club.asked("2026-06-04T13:00:00Z", "answer", q, all...); len(left) != 0 {
		t.Errorf("%v are asked when it is answered", left)
	}
	club.as("Gil").at("2026-06-04T12:00:00Z").run("status")
	if who := club.asked("2026-06-20T13:00:00Z", "answer", q, "Gil"); len(who) != 0 {
		t.Error("a guest is asked")
	}
}

// What nobody takes notes of falls to somebody, until one says that she does.
func TestAScribeByDuty(t *testing.T) {
	club := play(t, founding, members)
	all := []string{"Rosa", "Dev", "Marta", "Sam"}
	bench := club.as("Rosa").id("gathering", "new", "Thursday bench", "--rrule", "FREQ=WEEKLY;BYDAY=TH", "--start", "2026-05-07T17:00", "--tz", "Europe/Berlin")
	day := bench + "/2026-06-04"
	const monday = "2026-06-01T12:00:00Z"
	who := club.asked(monday, "scribe", day, all...)
	if len(who) != 1 {
		t.Fatalf("%v are asked", who)
	}
	text := club.as(who[0]).at(monday).run("tend").stdout
	if !strings.Contains(text, "take notes: Thursday bench, 2026-06-04") || !strings.Contains(text, "/2026-06-04 scribes me") {
		t.Error(text)
	}
	next := strings.Fields(text[strings.Index(text, "coppice add"):])[1:5]
	club.as(who[0]).at(monday).json(next...)
	if left := club.asked(monday, "scribe", day, all...); len(left) != 0 {
		t.Errorf("%v are asked when %s does it", left, who[0])
	}
}
