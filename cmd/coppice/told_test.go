package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
)

// Told communities for tests. A test tells what happened, and then asks:
//
//	club := play(t, `
//	  {"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers"]}
//	  {"at":"2026-05-03T12:10:00Z","who":"Rosa","run":["ask","Why does it squeal?"],"as":"squeal"}
//	  {"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
//	  {"at":"2026-05-04T09:05:00Z","who":"Dev","run":["answer","@squeal"],"stdin":"Wax."}`)
//	q := club.as("Rosa").at("2026-06-01T00:00:00Z").json("show", "@squeal") // map[string]any
//	got := club.as("Dev").stdin("Chalk.").run("answer", "@squeal")         // got.exit, got.stdout, got.stderr
//	made := club.as("Dev").id("way", "new", "--title", "Dry the lip")      // the id it gives
//	club.apart(func() { ... })                                            // nobody hears of what is done in it, until its end
//	hash := club.together()                                               // all hold the same, or the test fails
//	club.tell(`{...}`)                                                    // more lines
//
// Lines are those of `coppice demo play`: see its help. All nodes run in this
// process, by the clock of the lines, and end with the test. The time of run,
// json and id is that of the last line, or of at. Arguments may name labels, as
// in lines. A few lines take some milliseconds each; a persona some tens.

// community is a told community whose nodes run.
type toldTest struct {
	*testing.T
	*told
	now   time.Time
	alone bool
}

// play tells a community, one line a line.
func play(t *testing.T, lines ...string) *toldTest {
	t.Helper()
	c := &toldTest{T: t, told: newTold(t.TempDir(), "")}
	t.Cleanup(func() {
		if err := c.village.Close(); err != nil {
			t.Error(err)
		}
	})
	c.tell(lines...)
	return c
}

// tell tells more of it.
func (c *toldTest) tell(text ...string) {
	c.Helper()
	lines, err := readLines(strings.NewReader(strings.Join(text, "\n")))
	if err == nil {
		err = c.told.play(c.Context(), lines)
	}
	if err != nil {
		p := api.ProblemOf(err)
		c.Fatalf("%s\nhint: %s", p.Detail, p.Hint)
	}
	c.now = lines[len(lines)-1].At
}

// apart keeps all nodes from each other while f does something.
func (c *toldTest) apart(f func()) {
	c.Helper()
	c.alone = true
	f()
	c.alone = false
	c.together()
}

// together brings all nodes together and returns their state hash.
func (c *toldTest) together() string {
	c.Helper()
	hashes, err := c.village.Together(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return hashes[0].Hash
}

// asking is somebody at a time.
type asking struct {
	*toldTest
	who   string
	when  time.Time
	input string
}

// as has somebody act, who comes in as a guest if she is not there.
func (c *toldTest) as(who string) asking { return asking{toldTest: c, who: who, when: c.now} }

// at has her act at a time, RFC 3339.
func (a asking) at(when string) asking {
	a.Helper()
	t, err := time.Parse(time.RFC3339, when)
	if err != nil {
		a.Fatal(err)
	}
	a.when = t
	return a
}

// stdin gives what she writes on standard input.
func (a asking) stdin(text string) asking {
	a.input = text
	return a
}

// got is what a command line came to, as a shell sees it.
type got struct {
	exit           int
	stdout, stderr string
}

// run runs a command line, whatever comes of it.
func (a asking) run(args ...string) got {
	a.Helper()
	l := line{At: a.when, Who: a.who, Run: args, Stdin: a.input, Apart: a.alone}
	p, err := a.enter(a.Context(), l)
	var out *outcome
	if err == nil {
		out, err = a.told.run(a.Context(), p, l)
	}
	if err != nil {
		a.Fatalf("%s: coppice %s: %v", a.who, strings.Join(args, " "), err)
	}
	c := &command{terminal: terminal{err: &out.stderr}}
	exit := c.end(out.err)
	return got{exit, out.stdout.String(), out.stderr.String()}
}

// json runs a command line that must succeed, and returns what it prints.
func (a asking) json(args ...string) map[string]any {
	a.Helper()
	g := a.run(append([]string{"--json"}, args...)...)
	if g.exit != 0 {
		a.Fatalf("%s: coppice %s ended with %d\n%s", a.who, strings.Join(args, " "), g.exit, g.stderr)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(g.stdout), &out); err != nil {
		a.Fatalf("%s: coppice %s printed %q: %v", a.who, strings.Join(args, " "), g.stdout, err)
	}
	return out
}

// id runs a command line that must succeed, and returns the id it gives.
func (a asking) id(args ...string) string {
	a.Helper()
	raw, err := json.Marshal(a.json(args...))
	if err != nil {
		a.Fatal(err)
	}
	return idIn(raw)
}

// founding begins most communities of the tests below.
const founding = `{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Wiper Club","--concern","A clear view","--commitment","I bring the bench"]}`

func TestToldLabels(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["ask","Why?"],"as":"why"}
{"at":"2026-05-03T12:02:00Z","who":"Rosa","run":["answer","@why"],"stdin":"@why is no label here","as":"because"}
{"at":"2026-05-03T12:03:00Z","who":"Rosa","run":["ask","@nobody"],"as":"unknown"}
{"at":"2026-05-03T12:04:00Z","who":"Rosa","run":["ask","by @why"],"as":"within"}
{"at":"2026-05-03T12:05:00Z","who":"Rosa","run":["ask","@why/more"],"as":"slash"}`)
	why := club.labels["why"]
	asked := club.as("Rosa").json("show", "@why")
	if asked["id"] != why || asked["title"] != "Why?" {
		t.Errorf("@why is not what was asked: %v", asked)
	}
	answers := asked["answers"].([]any)
	if len(answers) != 1 || answers[0].(map[string]any)["body"] != "@why is no label here" {
		t.Errorf("a label in what is read on standard input was touched: %v", answers)
	}
	for label, title := range map[string]string{"unknown": "@nobody", "within": "by @why", "slash": why + "/more"} {
		if got := club.as("Rosa").json("show", "@"+label)["title"]; got != title {
			t.Errorf("%s: the title is %q, not %q", label, got, title)
		}
	}
	club.tell(`{"at":"2026-05-03T13:00:00Z","who":"Rosa","run":["ask","Why again?"],"as":"why"}`)
	if got := club.as("Rosa").json("show", "@why")["title"]; got != "Why again?" {
		t.Errorf("a label given anew means %q", got)
	}
}

// ranks says what everybody is, as somebody sees it.
func (c *toldTest) ranks(who string) map[string]string {
	c.Helper()
	out := map[string]string{}
	for _, m := range c.as(who).json("member", "list")["items"].([]any) {
		m := m.(map[string]any)
		out[m["name"].(string)] = m["rank"].(string)
	}
	return out
}

// named returns the id of a member with a name, as somebody sees it.
func (c *toldTest) named(who, name string) string {
	c.Helper()
	for _, m := range c.as(who).json("member", "list")["items"].([]any) {
		if m := m.(map[string]any); m["name"] == name {
			return m["id"].(string)
		}
	}
	c.Fatalf("%s knows of no %s", who, name)
	return ""
}

func TestToldGuestsAndMembers(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-05T12:00:00Z","who":"Sam","run":["ask","May I?"],"as":"may"}
{"at":"2026-05-06T12:00:00Z","who":"Hal","run":["join"]}
{"at":"2026-05-07T12:00:00Z","who":"Ingrid Berg","run":["join","--as","Inge","--commitment","Cold"]}`)
	want := map[string]string{"Rosa": "founder", "Dev": "member", "Sam": "guest", "Hal": "guest", "Inge": "member"}
	for _, who := range []string{"Rosa", "Sam", "Ingrid Berg"} {
		got := club.ranks(who)
		for name, rank := range want {
			if got[name] != rank {
				t.Errorf("for %s, %s is %q, not %q", who, name, got[name], rank)
			}
		}
	}
	if at := club.as("Rosa").json("show", "@may")["created"]; at != "2026-05-05T12:00:00Z" {
		t.Errorf("asked at %v", at)
	}
	if g := club.as("Sam").run("member", "promote", "Dev"); g.exit != api.ExitNotAllowed {
		t.Errorf("a guest promotes: %+v", g)
	}
}

// Who is spoken of before her first line is there, unless she says later how
// she joins.
func TestToldSpeaksOfOthers(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Rosa","run":["ask","@Sam"]}
{"at":"2026-05-04T12:00:00Z","who":"Rosa","run":["ask","@Dev"]}
{"at":"2026-05-05T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-06T12:00:00Z","who":"Sam","run":["ask","Who, me?"]}`)
	if got := club.ranks("Rosa"); got["Sam"] != "guest" || got["Dev"] != "member" {
		t.Errorf("%v", got)
	}
	if at := club.as("Sam").json("show", "me")["created"]; at != "2026-05-04T12:00:00Z" {
		t.Errorf("Sam came at %v", at)
	}
}

func TestToldApart(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["way","new","--title","Chalk","--file","-"],"stdin":"One stripe.\n\nOne wipe.\n","as":"chalk"}
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-04T12:00:00Z","who":"Sam","run":["join","--commitment","I come to learn"]}`)
	body := func(who string) any { t.Helper(); return club.as(who).json("show", "@chalk")["body"] }
	club.apart(func() {
		club.as("Rosa").stdin("One stripe of chalk.\n\nOne wipe.\n").run("edit", "@chalk", "--file", "-")
		if got := body("Dev"); got != "One stripe.\n\nOne wipe.\n" {
			t.Errorf("Dev reads %q, apart", got)
		}
		club.as("Dev").stdin("One stripe.\n\nOne dry wipe.\n").run("edit", "@chalk", "--file", "-")
		if got := body("Rosa"); got != "One stripe of chalk.\n\nOne wipe.\n" {
			t.Errorf("Rosa reads %q, apart", got)
		}
		if g := club.as("Dev").run("sync"); g.exit != api.ExitTimeout {
			t.Errorf("a sync, apart: %+v", g)
		}
	})
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if got := body(who); got != "One stripe of chalk.\n\nOne dry wipe.\n" {
			t.Errorf("%s reads %q", who, got)
		}
	}
	if g := club.as("Dev").run("sync"); g.exit != 0 {
		t.Errorf("a sync: %+v", g)
	}
}

// A line that is not apart is done before its node hears of those that were.
func TestToldApartEndsAfterTheNextLine(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["way","new","--title","Chalk","--file","-"],"stdin":"One.\n\nTwo.\n","as":"chalk"}
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-05T12:00:00Z","who":"Rosa","run":["edit","@chalk","--file","-"],"stdin":"One stripe.\n\nTwo.\n","apart":true}
{"at":"2026-05-05T12:00:00Z","who":"Dev","run":["edit","@chalk","--file","-"],"stdin":"One.\n\nTwo wipes.\n"}
{"at":"2026-05-05T13:00:00Z","who":"Sam","run":["ask","Which chalk?"]}`)
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if got := club.as(who).json("show", "@chalk")["body"]; got != "One stripe.\n\nTwo wipes.\n" {
			t.Errorf("%s reads %q", who, got)
		}
	}
}

func TestToldEverybodyHoldsTheSame(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-05T12:00:00Z","who":"Sam","run":["ask","One?"],"as":"one"}
{"at":"2026-05-05T12:00:00Z","who":"Hal","run":["join","--commitment","I leave"]}
{"at":"2026-05-06T12:00:00Z","who":"Dev","run":["answer","@one"],"stdin":"Yes.","apart":true}
{"at":"2026-05-06T12:00:00Z","who":"Hal","run":["tell","--title","Once"],"apart":true}
{"at":"2026-05-06T13:00:00Z","who":"Rosa","run":["member","promote","Dev","--to","convener"]}
{"at":"2026-05-07T12:00:00Z","who":"Hal","run":["leave","--yes"]}
{"at":"2026-05-08T12:00:00Z","who":"Dev","run":["way","new","--title","After Hal"]}`)
	hash := club.together()
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		if got := club.as(who).json("debug", "state-hash")["hash"]; got != hash {
			t.Errorf("%s has %v, not %v", who, got, hash)
		}
	}
	if got := club.as("Hal").json("status")["communities"].([]any)[0].(map[string]any)["ended"]; got == nil || got == "" {
		t.Error("Hal's node does not know that he left")
	}
}

func TestToldEndsWithALeave(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-05T12:00:00Z","who":"Hal","run":["join","--commitment","I leave"]}
{"at":"2026-05-06T12:00:00Z","who":"Hal","run":["tell","--title","Once"],"as":"once"}
{"at":"2026-05-07T12:00:00Z","who":"Hal","run":["leave","--yes"]}`)
	club.together()
	if got := club.as("Dev").json("show", "@once")["title"]; got != "Once" {
		t.Errorf("Dev reads %q", got)
	}
	club.tell(`
{"at":"2026-05-08T12:00:00Z","who":"Dev","run":["way","new","--title","While he was away"],"as":"away"}
{"at":"2026-05-09T12:00:00Z","who":"Hal","run":["ask","May I?"],"fails":true}
{"at":"2026-05-10T12:00:00Z","who":"Hal","run":["join","--commitment","I am back"]}
{"at":"2026-05-11T12:00:00Z","who":"Hal","run":["way","new","--title","Back"],"as":"back"}`)
	if got := club.as("Hal").json("show", "@away")["title"]; got != "While he was away" {
		t.Errorf("Hal, who is back, reads %q", got)
	}
	if got := club.as("Rosa").json("show", "@back")["title"]; got != "Back" {
		t.Errorf("Rosa reads %q", got)
	}
	club.together()
}

func TestToldRemovedWhileWriting(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Ben","run":["join","--commitment","I write"]}
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-05T12:00:00Z","who":"Ben","run":["way","new","--title","Before"],"as":"before"}
{"at":"2026-05-06T12:00:00Z","who":"Ben","run":["way","new","--title","Meanwhile"],"as":"meanwhile","apart":true}
{"at":"2026-05-06T12:00:00Z","who":"Rosa","run":["member","remove","Ben","--yes"],"apart":true}
{"at":"2026-05-07T12:00:00Z","who":"Dev","run":["list"]}`)
	club.together()
	for _, who := range []string{"Rosa", "Dev"} {
		if g := club.as(who).run("show", "@before"); g.exit != 0 {
			t.Errorf("%s: what Ben wrote before: %+v", who, g)
		}
		if g := club.as(who).run("show", "@meanwhile"); g.exit != api.ExitNotFound {
			t.Errorf("%s: what Ben wrote meanwhile: %+v", who, g)
		}
	}
	if g := club.as("Ben").run("ask", "Why?"); g.exit != api.ExitNotAllowed {
		t.Errorf("Ben asks: %+v", g)
	}
}

func TestToldWaitsForAYes(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-03T13:00:00Z","who":"Rosa","run":["policy","set","--entry","approval"]}
{"at":"2026-05-04T12:00:00Z","who":"Sam","run":["join","--commitment","I come to learn"]}`)
	if g := club.as("Sam").run("ask", "Am I in?"); g.exit != api.ExitNoCommunity {
		t.Errorf("Sam asks before a yes: %+v", g)
	}
	sam := club.as("Rosa").json("member", "list")["items"].([]any)[1].(map[string]any)["id"].(string)
	club.as("Rosa").json("member", "promote", sam)
	asked := club.as("Sam").id("ask", "Am I in?")
	if got := club.as("Rosa").json("show", asked)["title"]; got != "Am I in?" {
		t.Errorf("Rosa reads %q", got)
	}
	club.together()
}

// What a dozen people do within one instant keeps nobody waiting.
func TestToldAllAtOnce(t *testing.T) {
	club := play(t, founding)
	for n := range 11 {
		who := string(rune('B' + n))
		club.as(who).json("join", "--commitment", "I am "+who)
		club.as("Rosa").json("member", "promote", club.named("Rosa", who), "--to", "convener")
		club.as(who).json("commit", "I am "+who+" still")
	}
	club.together()
	for _, who := range []string{"Rosa", "L"} {
		if got := len(club.ranks(who)); got != 12 {
			t.Errorf("%s knows of %d", who, got)
		}
	}
}

func TestToldLinesThatFail(t *testing.T) {
	for name, c := range map[string]struct{ line, says, hints string }{
		"not found": {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["show","abcdef"]}`, "line 3: Dev: coppice show abcdef: not found", "coppice list"},
		"not let":   {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["way","new","--title","T"]}`, "line 3: Dev: coppice way new", ""},
		"no verb":   {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["fly"]}`, "line 3: Dev: coppice fly", "coppice help"},
		"elsewhere": {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["service","install"]}`, "coppice service install", "leave it out"},
		"no id":     {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["status"],"as":"s"}`, `no id for the label "s"`, "leave out"},
		"must fail": {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["status"],"fails":true}`, "did not", "fails"},
		"its home":  {`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["--home","/nowhere","status"]}`, "/nowhere is not Dev's home", "leave out"},
	} {
		t.Run(name, func(t *testing.T) {
			club := play(t, founding)
			lines, err := readLines(strings.NewReader(founding + "\n\n" + c.line))
			if err != nil {
				t.Fatal(err)
			}
			p := api.ProblemOf(club.told.play(t.Context(), lines[1:]))
			if p == nil {
				t.Fatal("it does not fail")
			}
			if p.Exit != api.ExitFailed || !strings.Contains(p.Detail, c.says) || !strings.Contains(p.Hint, c.hints) {
				t.Errorf("%q, %q, exit %d", p.Detail, p.Hint, p.Exit)
			}
			if got := club.as("Rosa").json("status"); got["communities"] == nil {
				t.Error("what came before it does not stand")
			}
		})
	}
	play(t, founding, `{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["way","new","--title","T"],"fails":true}`)
}

func TestToldBeginsWithFounding(t *testing.T) {
	lines, err := readLines(strings.NewReader(`{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["ask","T"]}`))
	if err != nil {
		t.Fatal(err)
	}
	told := newTold(t.TempDir(), "")
	defer told.village.Close()
	if p := api.ProblemOf(told.play(t.Context(), lines)); p == nil || p.Exit != api.ExitFailed || !strings.Contains(p.Detail, "line 1: Dev") || !strings.Contains(p.Hint, "found") {
		t.Errorf("%+v", p)
	}
}

func TestToldMalformedLines(t *testing.T) {
	for raw, says := range map[string]string{
		`{`:                              "unexpected EOF",
		`["found"]`:                      "cannot unmarshal array",
		`{"who":"Rosa","run":["found"]}`: `no "at"`,
		`{"at":"yesterday","who":"Rosa","run":["found"]}`:                                         "yesterday",
		`{"at":"2026-05-03T12:00:00Z","run":["found"]}`:                                           `no "who"`,
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa"}`:                                              `no "run"`,
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":[]}`:                                     `no "run"`,
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":"found"}`:                                "cannot unmarshal string",
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found"],"alone":true}`:                 `unknown field "alone"`,
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found"]} {}`:                           "something follows",
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["ask","x"],"as":"@x"}`:                  `the label "@x"`,
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["ask","x"],"as":"x","fails":true}`:      "has to fail",
		"{\"at\":\"2026-05-03T12:00:00Z\",\"who\":\"Rosa\",\"run\":[\"ask\",\"caf\xe9\"]}":        "not UTF-8",
		`{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["ask","` + strings.Repeat("x", maxLine): "it has more than",
	} {
		_, err := readLines(strings.NewReader(founding + "\n\n" + raw))
		p := api.ProblemOf(err)
		if p == nil || p.Exit != api.ExitUsage || !strings.Contains(p.Detail, says) || p.Hint == "" {
			t.Errorf("%.100s: %+v", raw, p)
		}
		if p != nil && !strings.HasPrefix(p.Detail, "line 3: ") {
			t.Errorf("%.100s: no line is named in %q", raw, p.Detail)
		}
	}
}

// TestPlayIntoAHome plays through the program's own front.
func TestPlayIntoAHome(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	home := t.TempDir()
	play := func(in string) (int, string, string) {
		var out, errs bytes.Buffer
		exit := run(context.Background(), []string{"--home", home, "demo", "play", "-", "--json"}, terminal{strings.NewReader(in), &out, &errs})
		return exit, out.String(), errs.String()
	}
	exit, out, errs := play(founding + "\n" + `{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join"]}`)
	var got played
	if err := json.Unmarshal([]byte(out), &got); err != nil || exit != 0 {
		t.Fatalf("exit %d: %q, %s", exit, out, errs)
	}
	if len(got.Community) != 52 || got.Lines != 2 || got.StateHash == "" || len(got.Personas) != 2 || got.Personas[0] != (playedHome{"Rosa", home}) || got.Personas[1].Name != "Dev" {
		t.Errorf("%+v", got)
	}
	exit, out, errs = play(founding)
	if exit != api.ExitFailed || out != "" || !strings.Contains(errs, "holds a community already") || !strings.Contains(errs, "hint: give --home") {
		t.Errorf("into a home that is taken: exit %d, %q, %q", exit, out, errs)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(founding))
	f.Add([]byte(`{"at":"2026-05-03T12:00:00+02:00","who":"Rosa","run":["edit","@a/b","--file","-"],"stdin":"x","as":"b","apart":true}`))
	f.Add([]byte(`{"at":null,"run":[null]}`))
	for _, sample := range []sample{wiperClub, lunchTable} {
		story, err := demos.ReadFile("demos/" + sample.name + ".jsonl")
		if err != nil {
			f.Fatal(err)
		}
		for raw := range bytes.Lines(story) {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := readLine(raw)
		if err != nil {
			if p := api.ProblemOf(err); p.Exit != api.ExitUsage || p.Hint == "" {
				t.Errorf("%+v", p)
			}
			return
		}
		if l.At.IsZero() || l.Who == "" || len(l.Run) == 0 {
			t.Errorf("taken: %+v", l)
		}
		again, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := readLine(again)
		if err != nil || !back.At.Equal(l.At) || back.Who != l.Who || !slices.Equal(back.Run, l.Run) || back.Stdin != l.Stdin || back.As != l.As {
			t.Errorf("%s came back as %+v, %v", again, back, err)
		}
		if ids := (labels{"a": "1"}).in(l.Run); len(ids) != len(l.Run) {
			t.Errorf("%q became %q", l.Run, ids)
		}
	})
}
