package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// Check 9: given Sam asks about cold judder, then Dev is suggested first with
// the reason, Ingrid for context, one near-peer, and nobody who is away.
func TestCheck09MatchNamesDevFirst(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-04T10:00:00Z","who":"Ingrid","run":["join","--commitment","I test in the cold room"]}
{"at":"2026-05-04T10:01:00Z","who":"Yuki","run":["join","--commitment","I keep the washers going"]}
{"at":"2026-05-04T10:02:00Z","who":"Tomas","run":["join","--commitment","Motor and park, and what breaks there"]}
{"at":"2026-05-04T11:00:00Z","who":"Rosa","run":["term","new","blades","--area"]}
{"at":"2026-05-04T11:01:00Z","who":"Rosa","run":["term","new","rubber","--area","--parent","blades","--alias","compound"]}
{"at":"2026-05-04T11:02:00Z","who":"Rosa","run":["term","new","cold","--area"]}
{"at":"2026-05-05T09:00:00Z","who":"Dev","run":["add","me","helps","rubber"]}
{"at":"2026-05-05T09:01:00Z","who":"Dev","run":["way","new","--title","Shorten the dwell","--area","rubber"],"as":"dwell"}
{"at":"2026-05-05T09:02:00Z","who":"Rosa","run":["recognise","@Dev","--area","rubber","--for","@dwell","saved our launch"]}
{"at":"2026-05-05T09:03:00Z","who":"Ingrid","run":["set","me","context","climate=nordic"]}
{"at":"2026-05-05T09:04:00Z","who":"Yuki","run":["add","me","learns","compound"]}
{"at":"2026-05-05T09:05:00Z","who":"Tomas","run":["add","me","helps","rubber"]}
{"at":"2026-05-05T09:06:00Z","who":"Tomas","run":["set","me","away_until","2026-06-30"]}`)
	asked := toldAs[api.Asked](club.as("Sam").at("2026-05-10T09:00:00Z"),
		"ask", "Judder when it is cold?", "--area", "Compound", "--area", "cold", "--ctx", "climate=Nordic", "--seeks", "experience")
	var got []string
	for _, m := range asked.Matched {
		near := ""
		if m.Near {
			near = " near"
		}
		got = append(got, fmt.Sprintf("%s%s: %s", m.Member.Name, near, strings.Join(m.Reasons, ", ")))
	}
	want := []string{
		"Dev: recognised in rubber, contributed to rubber, offers help with rubber, came lately",
		"Ingrid: works in the same context, climate=nordic, came lately",
		"Yuki near: learns rubber, came lately",
	}
	if !slices.Equal(got, want) {
		t.Errorf("matched\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !asked.First || len(asked.Known) != 0 {
		t.Errorf("first %v, known %+v", asked.First, asked.Known)
	}
	// Whom it was put to, and why, stands on its page; put to her twice more,
	// Dev is thought of less.
	for range 2 {
		club.as("Rosa").at("2026-05-11T09:00:00Z").json("ask", "One more?", "--area", "rubber", "--ask", "@Dev")
	}
	shown := club.as("Dev").at("2026-05-12T09:00:00Z").run("show", asked.ID).stdout
	for _, line := range []string{"the first question of Sam", "seeks: experience", "context: climate=nordic"} {
		if !strings.Contains(shown, line) {
			t.Errorf("%q is not in\n%s", line, shown)
		}
	}
	again := toldAs[api.Asked](club.as("Sam").at("2026-05-12T09:00:00Z"), "ask", "And in the rain?", "--area", "rubber", "--ask", "@Dev")
	if again.First {
		t.Error("her second question is her first")
	}
	if text := club.as("Rosa").run("show", again.ID).stdout; !strings.Contains(text, "put to Dev: recognised in rubber") {
		t.Errorf("it is put to\n%s", text)
	}
}

func TestWhatIsKnownIsShownFirst(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-05T09:01:00Z","who":"Dev","run":["way","new","--title","Drying-phase judder: shorten dwell first"],"as":"way"}
{"at":"2026-05-05T09:02:00Z","who":"Marta","run":["tell","--title","The squeal that came on Tuesdays"]}`)
	asked := toldAs[api.Asked](club.as("Sam"), "ask", "Judders while drying, anyone?")
	if len(asked.Known) != 1 || asked.Known[0].ID != club.labels["way"] {
		t.Errorf("known already: %+v", asked.Known)
	}
	for _, text := range []string{"how?", "Anyone?", "(((", `"`} {
		if asked = toldAs[api.Asked](club.as("Sam"), "ask", text); len(asked.Known) != 0 {
			t.Errorf("%q is known: %+v", text, asked.Known)
		}
	}
	club.as("Sam").refused(api.ExitUsage, "a question asks something", "ask", " ")
	club.as("Sam").refused(api.ExitUsage, "is no context", "ask", "Why?", "--ctx", "nordic")
	club.as("Sam").refused(api.ExitNotFound, `no term or document "airflow"`, "ask", "Why?", "--area", "airflow")
	if got := club.as("Sam").run("ask", "Why?", "--area", "airflow").stderr; !strings.Contains(got, "coppice term new airflow --area") {
		t.Errorf("how to make it an area is not said: %s", got)
	}
}

// From the question to the lesson: check 10 as far as questions go.
func TestCheck10QuestionReadsDistilled(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-05T09:00:00Z","who":"Sam","run":["ask","Judder in the last wipes?"],"as":"q"}`)
	sam, dev, rosa := club.as("Sam").at("2026-05-06T09:00:00Z"), club.as("Dev").at("2026-05-05T10:00:00Z"), club.as("Rosa").at("2026-05-07T09:00:00Z")
	state := func(want string) {
		t.Helper()
		listed := toldAs[api.Items](rosa, "list", "--kind", "question").Items[0].State
		if got := rosa.json("show", "@q")["state"]; got != want || listed != want {
			t.Errorf("it reads %v, in the list %s, not %s", got, listed, want)
		}
	}
	state("open")
	answer := dev.stdin("Shorten the dwell in the last wipes.").id("answer", "@q")
	state("answered")
	rosa.json("helped", answer) // she did not ask
	state("answered")
	sam.json("helped", club.labels["q"]+"/"+answer)
	state("solved")
	way := dev.id("way", "new", "--title", "Drying-phase judder", "--form", "lesson")
	dev.json("add", way, "links", "from "+answer)
	state("distilled")
	text := rosa.run("show", "@q").stdout
	for _, line := range []string{"kept as way", "-> it helped Sam, who asked\n", "-> it helped Rosa\n", "Dev answers"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	sam.at("2026-05-08T09:00:00Z").json("close", "@q", "open", "It is back.")
	state("answered")
	club.as("Marta").refused(api.ExitNotAllowed, "not yours", "close", "@q", "moot")
	rosa.at("2026-05-09T09:00:00Z").json("close", "@q", "moot", "The blade is gone.")
	state("moot")
	if text := rosa.run("show", "@q").stdout; !strings.Contains(text, "moot: The blade is gone.") {
		t.Errorf("why it was closed is not said:\n%s", text)
	}
}

func TestAnswerWithAStory(t *testing.T) {
	club := play(t, founding, members)
	q := club.as("Sam").id("ask", "How do you tell them?")
	story := club.as("Dev").id("tell", "--title", "The day I said it")
	made := toldAs[api.Made](club.as("Dev"), "answer", q, "--story", story)
	if made.Question != q || made.ID == "" {
		t.Errorf("made %+v", made)
	}
	if text := club.as("Sam").run("show", q).stdout; !strings.Contains(text, "with a story: coppice show "+story[:8]) {
		t.Errorf("it shows\n%s", text)
	}
	club.as("Dev").refused(api.ExitUsage, "is no story but a question", "answer", q, "--story", q)
	club.as("Dev").refused(api.ExitUsage, "an answer says something", "answer", q, "--file", "-")
}

// The mark stays on what was read; what the answer says now is shown as edited.
func TestMergeAskerMarksHelpedWhileAnswerIsEdited(t *testing.T) {
	club := play(t, founding, members)
	q := club.as("Sam").id("ask", "Judder?")
	answer := club.as("Dev").stdin("Shorten the dwell.").id("answer", q)
	club.apart(func() {
		club.as("Sam").json("helped", answer)
		if got := club.as("Dev").stdin("Shorten the dwell in the last wipes, and say so.").run("edit", answer, "--file", "-"); got.exit != 0 {
			t.Fatal(got.stderr)
		}
	})
	for _, who := range []string{"Sam", "Dev"} {
		d := toldAs[api.Document](club.as(who), "show", q)
		type help struct {
			Member api.Person
			Edited bool `json:"edited_since"`
			Text   string
		}
		helps := into[[]help](d.Answers[0].Fields["helped"])
		if d.State != "solved" || len(helps) != 1 || helps[0].Member.Name != "Sam" || !helps[0].Edited || helps[0].Text != "Shorten the dwell." {
			t.Errorf("%s sees %s, %+v", who, d.State, helps)
		}
		if text := club.as(who).run("show", q).stdout; !strings.Contains(text, "it helped Sam, who asked (edited since") {
			t.Errorf("%s reads\n%s", who, text)
		}
	}
}

func TestLearningAgenda(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-05T09:00:00Z","who":"Sam","run":["ask","Whom does nobody visit?","--horizon","agenda"],"as":"visits"}
{"at":"2026-05-05T10:00:00Z","who":"Dev","run":["ask","What do cameras need?"],"as":"cameras"}`)
	for i, who := range []string{"Rosa", "Marta", "Sam"} {
		got := club.as(who).run("metoo", "@cameras")
		if said := strings.Contains(got.stderr, "one for all of us"); got.exit != 0 || said != (i == 2) {
			t.Errorf("%s hears %q", who, got.stderr)
		}
	}
	agenda := func(want string) {
		t.Helper()
		var lines []string
		for _, a := range toldAs[api.Agenda](club.as("Rosa"), "agenda").Items {
			lines = append(lines, fmt.Sprintf("%s %d %d", a.Title, len(a.MeToo), len(a.Champions)))
		}
		if got := strings.Join(lines, "; "); got != want {
			t.Errorf("the agenda: %s, not %s", got, want)
		}
	}
	agenda("Whom does nobody visit? 0 0")
	club.as("Rosa").json("set", "@cameras", "horizon", "agenda")
	club.as("Marta").json("champion", "@visits")
	agenda("What do cameras need? 3 0; Whom does nobody visit? 0 1")
	club.as("Sam").json("metoo", "@cameras", "--undo")
	agenda("What do cameras need? 2 0; Whom does nobody visit? 0 1")
	if text := club.as("Rosa").run("agenda").stdout; !strings.Contains(text, "looked after by Marta") {
		t.Errorf("it reads\n%s", text)
	}
	club.as("Marta").json("close", "@visits", "solved") // who takes care of it may
	agenda("What do cameras need? 2 0")
	club.as("Rosa").json("set", "charter", "style", "incidental")
	if out := toldAs[api.Agenda](club.as("Rosa"), "agenda"); !out.Off || len(out.Items) != 1 {
		t.Errorf("in a community that does without: %+v", out)
	}
}

func TestAQuestionForSomebodyElse(t *testing.T) {
	club := play(t, founding, members)
	q := toldAs[api.Asked](club.as("Marta"), "ask", "How do you say no to the line?", "--for-someone")
	if text := club.as("Dev").run("show", q.ID).stdout; !strings.Contains(text, "Marta carries it for somebody else") || strings.Contains(text, "first question") {
		t.Errorf("it reads\n%s", text)
	}
}
