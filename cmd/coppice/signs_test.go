package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
)

// chronicle is a community told in days since the first of January 2026.
type chronicle struct {
	lines []string
	tick  int // each line a minute after the one before it
}

func chronicleDay(day int) time.Time { return time.Date(2026, 1, 1+day, 9, 0, 0, 0, time.UTC) }

// tell adds a line; what follows "<" is what she writes, and "=" names it.
func (c *chronicle) tell(day int, who string, run ...string) *chronicle {
	l := map[string]any{"who": who}
	for len(run) > 1 {
		switch last := run[len(run)-1]; {
		case strings.HasPrefix(last, "<"):
			l["stdin"] = last[1:]
		case strings.HasPrefix(last, "="):
			l["as"] = last[1:]
		default:
			goto told
		}
		run = run[:len(run)-1]
	}
told:
	c.tick++
	l["at"], l["run"] = chronicleDay(day).Add(time.Duration(c.tick)*time.Second).Format(time.RFC3339), run
	b, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	c.lines = append(c.lines, string(b))
	return c
}

var chronicled = []string{"Rosa", "Dev", "Marta", "Tomas", "Yuki", "Ingrid"}

// founded founds a community of some style and has so many come in, each with a
// commitment.
func founded(n int, style string) *chronicle {
	c := &chronicle{}
	c.tell(0, "Rosa", "found", "Club", "--style", style, "--concern", "What we do", "--commitment", "I keep the minutes of what we find out")
	for _, who := range chronicled[1:n] {
		c.tell(0, who, "join", "--commitment", "I bring what I know about this and patience")
	}
	return c
}

// charter has it written, and agreed to by all.
func (c *chronicle) charter(day, n int) *chronicle {
	for _, field := range []string{"concern", "domain", "in_scope", "out_scope", "commitment"} {
		c.tell(day, "Rosa", "charter", "edit", "--field", field, "--file", "-", "<What we say about it takes more than thirty letters.")
	}
	for _, who := range chronicled[:n] {
		c.tell(day, who, "charter", "agree")
	}
	return c
}

// ring has everybody ask something, and both neighbours answer.
func (c *chronicle) ring(day, n int) *chronicle {
	for i, who := range chronicled[:n] {
		label := fmt.Sprintf("q%d-%d", day, i)
		c.tell(day, who, "ask", "What about "+label+"?", "="+label)
		c.tell(day, chronicled[(i+1)%n], "answer", "@"+label, "<Try it the other way round.")
		c.tell(day, chronicled[(i+n-1)%n], "answer", "@"+label, "<Leave it out.")
	}
	return c
}

// ways has them write ways down, in turn or one alone.
func (c *chronicle) ways(day, n, of int) *chronicle {
	for i := range n {
		c.tell(day, chronicled[i%of], "way", "new", "--title", fmt.Sprintf("Way %d", i), "--file", "-", "<Do it so.", fmt.Sprintf("=w%d", i))
	}
	return c
}

// tries has the next two try each way.
func (c *chronicle) tries(day, n, of int) *chronicle {
	for i := range n {
		for j := 1; j <= 2; j++ {
			c.tell(day, chronicled[(i%of+j)%of], "tried", fmt.Sprintf("@w%d", i), "worked", "It did.")
		}
	}
	return c
}

// life is one community through two years.
func life() *chronicle {
	c := founded(5, "deliberate").tell(10, "Rosa", "ask", "Anybody?", "=q").tell(10, "Dev", "answer", "@q", "<Yes.")
	c.tell(100, "Rosa", "ask", "Still there?", "=still").tell(101, "Dev", "answer", "@still", "<Yes.")
	for _, day := range []int{200, 210} {
		label := fmt.Sprintf("g%d", day)
		c.tell(day-1, "Rosa", "gathering", "new", "On the stairs", "--start", chronicleDay(day).Format("2006-01-02")+"T18:00", "="+label)
		c.tell(day, "Rosa", "gathering", "here", "@"+label, "@Rosa", "@Dev", "@Marta", "@Tomas", "@Yuki")
	}
	c.ring(320, 5)
	for _, who := range chronicled[:5] {
		c.tell(400, who, "commit", "I bring what I know about this, still")
	}
	c.charter(401, 5).ring(510, 5)
	c.ways(600, 4, 5).tries(601, 4, 5).ring(602, 5).tell(602, "Rosa", "discussion", "new", "What goes on", "=d")
	for i := range 15 {
		c.tell(605, chronicled[i%5], "comment", "@d", "And another thing.")
	}
	for i := range 8 {
		c.tell(710, chronicled[i%5], "way", "new", "--title", fmt.Sprintf("Later way %d", i), "--file", "-", "<Do it so.")
	}
	return c.ring(711, 5)
}

// lived is what it looked like on some days.
var lived = []struct {
	day     int
	verdict string
}{
	{15, "a good conversation (so far)"}, {110, "contact list"}, {215, "neighbourhood"}, {325, "club"}, {425, "job title"},
	{515, "interest group"}, {610, "mailing list"}, {715, "museum"}, {760, "dormant"},
}

func TestCheck15OneCommunityThroughItsVerdicts(t *testing.T) {
	club := play(t, life().lines...)
	club.together()
	now := chronicleDay(760)
	ask := func(who string, at time.Time, args ...string) string {
		return club.as(who).at(at.Format(time.RFC3339)).run(append([]string{"--json", "signs"}, args...)...).stdout
	}
	for _, one := range lived {
		day := chronicleDay(one.day).Format("2006-01-02")
		past := ask("Rosa", now, "--day", day)
		if dev := ask("Dev", now.Add(9*time.Hour), "--day", day); dev != past {
			t.Errorf("day %d: two nodes that hold the same say\n%s and\n%s", one.day, past, dev)
		}
		if then := ask("Marta", chronicleDay(one.day)); then != past {
			t.Errorf("day %d: asked on that day it is\n%s, and later\n%s", one.day, then, past)
		}
		if v := verdictOf(t, past); v != one.verdict {
			t.Errorf("day %d looks like %s, not %s", one.day, v, one.verdict)
			t.Log(club.as("Rosa").at(now.Format(time.RFC3339)).run("signs", "--day", day).stdout)
		}
	}
	var history struct{ Weeks []map[string]any }
	if err := json.Unmarshal([]byte(ask("Yuki", now, "--history")), &history); err != nil || len(history.Weeks) != 109 {
		t.Fatalf("%d weeks, %v", len(history.Weeks), err)
	}
	for i, week := range history.Weeks {
		if i%9 > 0 && i+1 < len(history.Weeks) {
			continue
		}
		day := club.as("Dev").at(now.Format(time.RFC3339)).json("signs", "--day", week["day"].(string))
		for name, value := range week {
			if day[name] != value {
				t.Errorf("the week to %v has %s %v, the day %v", week["day"], name, value, day[name])
			}
		}
	}
}

func verdictOf(t *testing.T, signs string) string {
	t.Helper()
	var of struct{ Verdict string }
	if err := json.Unmarshal([]byte(signs), &of); err != nil {
		t.Fatalf("%s: %v", signs, err)
	}
	return of.Verdict
}

// What came in another order, and was written apart, says the same.
func TestCheck15SaysTheSameWhateverCameFirst(t *testing.T) {
	c := founded(3, "deliberate").charter(1, 3).ways(100, 4, 3).tell(100, "Rosa", "term", "new", "Craft", "--area", "=craft")
	club := play(t, c.lines...)
	club.apart(func() {
		for i, who := range chronicled[:3] {
			at := club.as(who).at(chronicleDay(110 - i).Format(time.RFC3339))
			at.id("add", "@w0", "areas", "@craft")
			at.id("tried", fmt.Sprintf("@w%d", (i+1)%3), "worked", "Yes.")
			at.stdin("A question of mine.").id("ask", "Who else?", "--file", "-")
			at.id("thanks", fmt.Sprintf("@w%d", (i+2)%3))
		}
	})
	club.together()
	now := chronicleDay(120).Format(time.RFC3339)
	want := club.as("Rosa").at(now).run("signs", "--json").stdout
	for _, who := range chronicled[1:3] {
		if got := club.as(who).at(now).run("signs", "--json").stdout; got != want {
			t.Errorf("%s has\n%s, Rosa\n%s", who, got, want)
		}
	}
}

// One community in which each thing counts for something, or does not: worked
// out by hand.
func TestSignsCountWhatTheyShould(t *testing.T) {
	c := founded(5, "deliberate")
	c.tell(0, "Ingrid", "join", "--commitment", "I stay for a while and look").tell(0, "Hal", "join", "--commitment", "I help")
	c.tell(3, "Rosa", "hello", "@Dev", "Welcome!").tell(4, "Dev", "hello", "@Rosa", "Thank you.")
	c.tell(50, "Rosa", "term", "new", "Cold", "--area", "=cold")
	c.tell(60, "Dev", "way", "new", "--title", "Warm it first", "--area", "@cold", "--file", "-", "<By hand.", "=way")
	c.tell(61, "Marta", "way", "new", "--title", "Warm it before", "--file", "-", "<In the pocket.", "=twin")
	c.tell(61, "Marta", "same", "@way", "@twin")
	c.tell(61, "Rosa", "tell", "--title", "The frozen morning", "--teller", "Dev", "--file", "-", "<It would not move.", "=story")
	c.tell(62, "Dev", "hello", "--helps", "@cold").tell(62, "Marta", "hello", "--helps", "@cold").tell(62, "Hal", "hello", "--helps", "@cold")
	c.tell(62, "Ingrid", "comment", "@way", "Goodbye to it.").tell(63, "Ingrid", "leave", "--yes")
	c.tell(64, "Yuki", "thanks", "@way").tell(64, "Yuki", "away", chronicleDay(300).Format("2006-01-02"))
	c.tell(200, "Dev", "comment", "@way", "My clock is ahead.") // and what builds on it counts
	c.tell(113, "Marta", "tried", "@way", "worked", "It moved.")
	c.tell(114, "Rosa", "used", "@story", "I did as he did.")
	c.tell(115, "Rosa", "gathering", "new", "Once", "--start", chronicleDay(115).Format("2006-01-02")+"T18:00", "=once")
	c.tell(115, "Tomas", "retold", "@story", "--at", "@once")
	c.tell(110, "Sam", "ask", "Why so stiff?", "--area", "@cold", "=why")
	c.tell(111, "Tomas", "answer", "@why", "<The grease.", "=grease").tell(112, "Sam", "helped", "@grease")
	c.tell(113, "Dev", "recognise", "@Tomas", "--area", "@cold", "--for", "@grease", "He knows his grease.")
	club := play(t, c.lines...)
	club.together()
	signs := club.as("Marta").at(chronicleDay(120).Format(time.RFC3339)).json("signs")
	if signs["n"] != 5.0 { // Rosa, Dev, Marta, Tomas, Hal: Yuki is away, Ingrid left, Sam is a guest
		t.Errorf("n is %v", signs["n"])
	}
	want := map[string]any{
		"stated": 0.0, "agreed": 0.0,
		"committed":  0.8,   // Hal's is too short
		"on_the_map": 0.333, // of the word, the way with its twin, and the story
		"agenda":     0.0,
		"distinct":   0.6,   // Dev helps and wrote the way, Marta helps and tried it, Tomas is recognised; Hal only helps
		"linked":     0.4,   // Dev; Tomas by Sam and Dev; Rosa, Marta by Dev alone
		"mutual":     0.2,   // Sam and Tomas, of five pairs: Ingrid's does not count
		"rhythm":     0.162, // 3 of 13 weeks
		"answered":   1.0,
		"welcome":    0.167, // Dev, of six who joined
		"repertoire": 0.15,  // 3 of 20
		"practised":  0.6,   // Marta's trial, Rosa's use of Dev's story, its two tellings half each
		"proven":     nil, "kept": nil, "fresh": nil,
		"many_hands": 0.667, // the way and the story; the word is Rosa's
	}
	for name, value := range want {
		sign := signs["signs"].(map[string]any)[name].(map[string]any)
		if sign["value"] != value {
			t.Errorf("%s is %v (%v), not %v", name, sign["value"], sign["of"], value)
		}
	}
}

// Twelve lunches and no charter: nothing asks for one, and what belongs to a
// style that sets out to learn is left out.
func TestCheck16ALunchTableIsNotToldOff(t *testing.T) {
	c := &chronicle{}
	c.tell(0, "Rosa", "found", "--lunch", "Ward 7 table", "--rrule", "FREQ=WEEKLY;BYDAY=TH", "--start", "2026-01-01T12:15", "--commitment", "I bring soup and stories")
	for _, who := range chronicled[1:3] {
		c.tell(0, who, "join", "--commitment", "I come to lunch when I can")
	}
	club := play(t, c.lines...)
	lunch := club.as("Rosa").json("gathering", "list")["items"].([]any)[0].(map[string]any)["id"].(string)
	for week := range 12 {
		day := chronicleDay(7 * week)
		at := club.as("Rosa").at(day.Add(6 * time.Hour).Format(time.RFC3339))
		on := lunch + "/" + day.Format("2006-01-02")
		if out := at.run("gathering", "here", on, "@Rosa", "@Dev"); out.exit != 0 {
			t.Fatal(out.stderr)
		}
		if out := at.stdin("Handover, nights, families; handover again.").run("gathering", "notes", on, "--file", "-"); out.exit != 0 {
			t.Fatal(out.stderr)
		}
	}
	club.together()
	at := club.as("Dev").at(chronicleDay(80).Format(time.RFC3339))
	signs := at.json("signs")
	for _, name := range []string{"agreed", "agenda", "proven", "fresh"} {
		if value := signs["signs"].(map[string]any)[name].(map[string]any)["value"]; value != nil {
			t.Errorf("%s is %v", name, value)
		}
	}
	if rhythm := signs["signs"].(map[string]any)["rhythm"].(map[string]any); rhythm["value"] != 1.0 || rhythm["of"] != "12 of 12 gatherings" {
		t.Errorf("the rhythm is %v, %v", rhythm["value"], rhythm["of"])
	}
	offered := map[string]bool{}
	for range 12 {
		for _, next := range at.json("signs")["next"].([]any) {
			next := next.(map[string]any)
			key, does := next["key"].(string), next["does"].(string)
			if offered[key] {
				t.Fatalf("%s is offered after it was refused twice", key)
			}
			if key != "hint" && (strings.Contains(does, "charter") || strings.Contains(does, "review")) {
				t.Errorf("it is asked for %s", does)
			}
			offered[key] = true
			for range 2 {
				if err := club.refuse("Dev", key, chronicleDay(80)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if !offered["hint"] {
		t.Error("nobody tells it what it keeps talking about")
	}
	if again := club.as("Dev").at(chronicleDay(141).Format(time.RFC3339)).json("signs")["next"].([]any); len(again) != 3 {
		t.Errorf("after 60 days it is offered %v", again)
	}
}

// refuse has somebody refuse an act.
func (c *toldTest) refuse(who, key string, at time.Time) error {
	p, err := c.persona(who)
	if err != nil {
		return err
	}
	client := *p.client
	client.Call = api.Call{Now: at}
	return c.village.Act(c.Context(), p.node, false, func() error { return client.RefuseAct(c.Context(), api.Refusal{Key: key}) })
}

func TestSignsAreForMembersOfDaysThatWere(t *testing.T) {
	club := play(t, founded(1, "mixed").lines...)
	if out := club.as("Rosa").run("signs", "--day", "2025-12-31"); out.exit != 2 || !strings.Contains(out.stderr, "not there yet") {
		t.Errorf("exit %d: %s", out.exit, out.stderr)
	}
	if out := club.as("Rosa").run("signs", "--day", "yesterday"); out.exit != 2 || !strings.Contains(out.stderr, "2026-05-14") {
		t.Errorf("exit %d: %s", out.exit, out.stderr)
	}
	if out := club.as("Sam").run("signs"); out.exit != 12 || !strings.Contains(out.stderr, "coppice commit") {
		t.Errorf("a guest: exit %d: %s", out.exit, out.stderr)
	}
	home := club.as("Rosa").run("signs")
	if !strings.Contains(home.stdout, "A good conversation (so far): Good talk.") || strings.Contains(home.stdout, "0.") {
		t.Errorf("alone she reads\n%s", home.stdout)
	}
}

// What belongs into a week that was counted has it counted again.
func TestLateArrivalsRedrawHistory(t *testing.T) {
	club := play(t, founded(2, "mixed").ring(10, 2).lines...)
	at := chronicleDay(35).Format(time.RFC3339)
	weeks := func() []any { return club.as("Rosa").at(at).json("signs", "--history")["weeks"].([]any) }
	before := weeks()
	club.as("Dev").at(chronicleDay(20).Format(time.RFC3339)).id("way", "new", "--title", "Found long ago")
	club.together()
	after := weeks()
	for i := range after {
		day := after[i].(map[string]any)["day"].(string)
		was, is := before[i].(map[string]any)["P"], after[i].(map[string]any)["P"]
		if late := day >= chronicleDay(20).Format("2006-01-02"); late == (was == is) {
			t.Errorf("the week to %s had %v and has %v", day, was, is)
		}
		if now := club.as("Dev").at(at).json("signs", "--day", day)["P"]; now != is {
			t.Errorf("the week to %s has %v, the day %v", day, is, now)
		}
	}
}

func TestValueInFiveSteps(t *testing.T) {
	c := founded(3, "deliberate").charter(5, 3).ways(10, 1, 1)
	c.tell(11, "Dev", "thanks", "@w0").tell(11, "Marta", "try", "@w0")
	c.tell(12, "Dev", "tried", "@w0", "worked", "It did.", "--effect", "No late change.")
	c.tell(13, "Marta", "tried", "@w0", "failed", "It did not.")
	c.tell(14, "Rosa", "tell", "--title", "What it was worth", "--form", "value", "=worth")
	c.tell(14, "Rosa", "edit", "@worth", "--field", "reframing", "--file", "-", "<No surprises is what counts now.")
	c.tell(15, "Rosa", "term", "new", "Surprise")
	club := play(t, c.lines...)
	at := club.as("Dev").at(chronicleDay(20).Format(time.RFC3339))
	counted := func(args ...string) map[string]any {
		out := map[string]any{}
		for _, step := range at.json(append([]string{"value"}, args...)...)["steps"].([]any) {
			step := step.(map[string]any)
			out[step["step"].(string)] = step["count"]
		}
		return out
	}
	for from, want := range map[string]map[string]any{
		"2026-01-01": {"immediate": 1.0, "potential": 4.0, "applied": 2.0, "realized": 1.0, "reframing": 2.0},
		"2026-01-14": {"immediate": 0.0, "potential": 2.0, "applied": 1.0, "realized": 0.0, "reframing": 1.0},
	} {
		if got := counted("--from", from); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("since %s: %v, not %v", from, got, want)
		}
	}
	if out := at.run("value").stdout; !strings.Contains(out, "Rosa: No surprises is what counts now.") {
		t.Errorf("it reads\n%s", out)
	}
}
