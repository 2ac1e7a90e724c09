package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
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
