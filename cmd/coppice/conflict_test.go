package main

import (
	"strings"
	"testing"
)

// bench is a club of three with one way.
const bench = `
{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Wiper Club","--concern","A clear view in any weather"]}
{"at":"2026-05-03T12:05:00Z","who":"Dev","run":["join","--commitment","I bring what I know of rubber"]}
{"at":"2026-05-03T12:06:00Z","who":"Sam","run":["join","--commitment","I come from seats and learn"]}
{"at":"2026-05-03T12:10:00Z","who":"Rosa","run":["way","new","--title","Chalk the lip","--file","-"],"stdin":"Wipe once, dry.\n\nThen look where it does not touch.\n","as":"chalk"}`

func list(t *testing.T, v any, path ...string) []any {
	t.Helper()
	for _, p := range path {
		o, _ := v.(map[string]any)
		v = o[p]
	}
	items, ok := v.([]any)
	if !ok {
		t.Fatalf("%v is no list in %v", path, v)
	}
	return items
}

// Two choose apart: both values stand with who said them, on both nodes, until
// somebody chooses.
func TestConflictIsShownAndResolved(t *testing.T) {
	club := play(t, bench)
	club.apart(func() {
		club.tell(`{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["set","@chalk","title","Chalk the blade"],"apart":true}
			{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["set","@chalk","title","One stripe of chalk"],"apart":true}`)
	})
	var shown []any
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		items := list(t, club.as(who).json("conflict", "list"), "items")
		if len(items) != 1 {
			t.Fatalf("%s sees %v", who, items)
		}
		values := list(t, list(t, items[0], "conflicts")[0], "values")
		shown = append(shown, values[0].(map[string]any)["value"])
		if len(values) != 2 || shown[0] != shown[len(shown)-1] {
			t.Errorf("%s: %v", who, values)
		}
		out := club.as(who).run("conflict", "list").stdout
		for _, want := range []string{"Rosa said Chalk the blade", "Dev said One stripe of chalk", "Which?"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s is not told %q:\n%s", who, want, out)
			}
		}
	}
	if got := club.as("Sam").run("conflict", "resolve", "@chalk", "title", "3"); got.exit != 2 || !strings.Contains(got.stderr, "from 1 to 2") {
		t.Errorf("a third of two: %d %s", got.exit, got.stderr)
	}
	club.tell(`{"at":"2026-05-04T10:00:00Z","who":"Sam","run":["conflict","resolve","@chalk","title","2"]}`)
	for _, who := range []string{"Rosa", "Dev"} {
		if items := list(t, club.as(who).json("conflict", "list"), "items"); len(items) != 0 {
			t.Errorf("%s still sees %v", who, items)
		}
		if title := club.as(who).json("show", "@chalk")["title"]; title == shown[0] {
			t.Errorf("%s: the other was chosen, and %q stands", who, title)
		}
	}
	if got := club.as("Rosa").run("conflict", "resolve", "@chalk"); got.exit != 13 {
		t.Errorf("nothing to settle: %d %s", got.exit, got.stderr)
	}
}

// Check 5: both edit one paragraph, both sentences stand, and either clears
// that it is to be read again.
func TestCheck05ReadThisAgain(t *testing.T) {
	club := play(t, bench)
	club.apart(func() {
		club.tell(`{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["edit","@chalk","--file","-"],"stdin":"Wipe once, quite dry.\n\nThen look where it does not touch.\n","apart":true}
			{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["edit","@chalk","--file","-"],"stdin":"Wipe once, dry, from the left.\n\nThen look where it does not touch.\n","apart":true}`)
	})
	for _, who := range []string{"Rosa", "Dev"} {
		if body := club.as(who).json("show", "@chalk")["body"]; body != "Wipe once, quite dry, from the left.\n\nThen look where it does not touch.\n" {
			t.Errorf("%s has %q", who, body)
		}
		if out := club.as(who).run("conflict", "list").stdout; !strings.Contains(out, "Read this again") || !strings.Contains(out, "paragraph 1") {
			t.Errorf("%s is told:\n%s", who, out)
		}
	}
	club.tell(`{"at":"2026-05-04T10:00:00Z","who":"Dev","run":["conflict","resolve","@chalk"]}`)
	for _, who := range []string{"Rosa", "Dev"} {
		if items := list(t, club.as(who).json("conflict", "list"), "items"); len(items) != 0 {
			t.Errorf("%s is still asked: %v", who, items)
		}
	}
}

// One shelves while another edits: it is put away, and nothing is lost.
func TestMergeShelvedAndEdited(t *testing.T) {
	club := play(t, bench)
	club.apart(func() {
		club.tell(`{"at":"2026-05-04T09:00:00Z","who":"Rosa","run":["shelve","@chalk","--why","nobody does it"],"apart":true}
			{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["edit","@chalk","--file","-"],"stdin":"Wipe twice.\n","apart":true}`)
	})
	for _, who := range []string{"Rosa", "Dev"} {
		if items := list(t, club.as(who).json("list", "--kind", "way"), "items"); len(items) != 0 {
			t.Errorf("%s lists %v", who, items)
		}
		if got := club.as(who).json("show", "@chalk"); got["body"] != "Wipe twice.\n" {
			t.Errorf("%s has lost the edit: %v", who, got["body"])
		}
	}
	club.tell(`{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["shelve","@chalk","--back"]}`)
	if items := list(t, club.as("Dev").json("list", "--kind", "way"), "items"); len(items) != 1 {
		t.Errorf("it does not come back: %v", items)
	}
}

// What slipped in is taken back: by who wrote it, or by a convener; by nobody
// else. No node shows it any more.
func TestWithdraw(t *testing.T) {
	club := play(t, bench, `
		{"at":"2026-05-04T09:00:00Z","who":"Sam","run":["ask","Judder on the test car?"],"as":"q"}
		{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["answer","@q"],"stdin":"The supplier is Kowalski, do not tell.","as":"slip"}
		{"at":"2026-05-04T09:02:00Z","who":"Dev","run":["answer","@q"],"stdin":"Shorten the dwell.","as":"good"}`)
	if got := club.as("Sam").run("withdraw", "@slip"); got.exit != 12 {
		t.Errorf("another's answer: %d %s", got.exit, got.stderr)
	}
	club.tell(`{"at":"2026-05-04T09:10:00Z","who":"Dev","run":["withdraw","@slip"]}`)
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if out := club.as(who).run("show", "@q").stdout; strings.Contains(out, "Kowalski") || !strings.Contains(out, "Shorten the dwell") {
			t.Errorf("%s reads:\n%s", who, out)
		}
		if items := list(t, club.as(who).json("search", "Kowalski"), "items"); len(items) != 0 {
			t.Errorf("%s finds %v", who, items)
		}
	}
	club.tell(`{"at":"2026-05-04T09:20:00Z","who":"Rosa","run":["withdraw","@good"]}`) // a founder
	if out := club.as("Sam").run("show", "@q").stdout; strings.Contains(out, "Shorten") {
		t.Errorf("Sam reads:\n%s", out)
	}
}
