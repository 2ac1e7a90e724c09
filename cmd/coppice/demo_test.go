package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
)

// demo plays a sample community as it is told.
func demo(t *testing.T, s sample) *toldTest {
	t.Helper()
	story, err := demos.ReadFile("demos/" + s.name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	club := play(t, string(story))
	club.together()
	return club
}

// speaks holds verbs that print data to saying something, as text and as JSON.
func (c *toldTest) speaks(who string, verbs ...string) {
	c.Helper()
	for _, verb := range verbs {
		args := strings.Fields(verb)
		if got := c.as(who).run(args...); got.exit != 0 || got.stdout == "" {
			c.Errorf("%s says nothing: %d %s", verb, got.exit, got.stderr)
		}
		if got := c.as(who).run(append(args, "--json")...); got.exit != 0 || !strings.HasPrefix(got.stdout, "{") {
			c.Errorf("%s --json: %d %s%s", verb, got.exit, got.stdout, got.stderr)
		}
	}
}

// states holds documents to how far they have come.
func (c *toldTest) states(who string, want map[string]string) {
	c.Helper()
	for label, want := range want {
		if got := c.as(who).json("show", "@"+label)["state"]; got != want {
			c.Errorf("%s is %v, not %s", label, got, want)
		}
	}
}

// The club has something to show on every page.
func TestDemoWiper(t *testing.T) {
	club := demo(t, wiperClub)
	club.states("Sam", map[string]string{
		"judder": "distilled", "jet": "solved", "clip": "open", "chalk": "proven", "lesson": "proven", "spring": "contested",
		"lift": "contested", "sheet": "tried",
		"cameras": "answered", "sign": "decided", "pair": "under way", "chapter": "under way", "visit": "held",
	})
	club.speaks("Rosa", "status", "digest", "tend", "mirror", "map", "agenda", "who", "graph", "gathering list", "charter show",
		"member list", "term list", "discussion list", "project list", "pairing list", "bridge list", "conflict list", "list", "search judder", "signs", "signs --history", "value", "show @lift", "show @lesson", "trail @lesson")
	tend := toldAs[api.Tend](club.as("Rosa"), "tend")
	for what, n := range map[string]int{
		"tries": len(tend.Tries), "stale": len(tend.Stale), "undistilled": len(tend.Undistilled), "unwritten": len(tend.Unwritten),
		"one_keeper": len(tend.OneKeeper), "unexplained": len(tend.Unexplained), "twins": len(tend.Twins), "conflicts": len(tend.Conflicts),
	} {
		if n == 0 {
			t.Errorf("nothing of %s", what)
		}
	}
	club.looksLike("Rosa", "a community of practice")
	club.leads("Sam")
	club.prints("Rosa", "rubber")
	if out := club.as("Sam").run("member", "show", "@Dev").stdout; !strings.Contains(out, "his dwell trick saved our launch") {
		t.Errorf("Sam reads of Dev:\n%s", out)
	}
	if out := club.as("Rosa").run("member", "list").stdout; !strings.Contains(out, "Marta, away until") || !strings.Contains(out, "Sam, newcomer") {
		t.Errorf("who is here:\n%s", out)
	}
	if page := toldAs[api.MemberPage](club.as("Rosa"), "member", "show", "Hal"); page.Level != "alumnus" || page.Parting == "" {
		t.Errorf("Hal: %+v", page)
	}
}

// looksLike holds a community to what it looks like by its signs.
func (c *toldTest) looksLike(who, verdict string) {
	c.Helper()
	if got := c.as(who).json("signs")["verdict"]; got != verdict {
		c.Errorf("it looks like %v, not %s", got, verdict)
	}
}

// prints holds the book of an area to holding something.
func (c *toldTest) prints(who, area string) {
	c.Helper()
	file := filepath.Join(c.TempDir(), "book.html")
	if book := c.as(who).json("book", area, "--out", file); book["items"] == 0.0 {
		c.Errorf("the book of %s is empty", area)
	}
	if html, err := os.ReadFile(file); err != nil || !strings.Contains(string(html), area) {
		c.Errorf("the book of %s: %v, %.200s", area, err, html)
	}
}

// leads holds the path of who is new to having all that there is on a path.
func (c *toldTest) leads(who string) {
	c.Helper()
	w := toldAs[api.Welcome](c.as(who), "welcome")
	if len(w.Read) != 5 || len(w.Meet) != 2 || w.Do == nil || w.Come == nil || w.Finished {
		c.Errorf("%s is led to %+v", who, w)
	}
}

// The table shows what it learned without setting out to.
func TestDemoLunch(t *testing.T) {
	club := demo(t, lunchTable)
	club.states("Jonas", map[string]string{"sleep": "solved", "nobody": "answered", "pair": "under way", "towel": "works here", "loses": "has ways"})
	club.speaks("Adaeze", "status", "digest", "tend", "mirror", "map", "agenda", "who", "graph", "gathering list", "charter show",
		"member list", "term list", "pairing list", "bridge list", "conflict list", "list", "search handover", "signs", "signs --history", "value", "show @loses", "show @fine", "trail @fine")
	want := []string{"In 12 lunches: 14 stories, 9 tricks, 5 used by someone else.", "Jonas learned three of them here.", "You did not set out to write any of it."}
	if says := toldAs[api.Mirror](club.as("Jonas"), "mirror").Says; !slices.Equal(says, want) {
		t.Errorf("%q", says)
	}
	club.looksLike("Adaeze", "a community of practice")
	club.leads("Jonas")
	club.prints("Adaeze", "nights")
	tend := toldAs[api.Tend](club.as("Adaeze"), "tend")
	slices.Sort(tend.Hint)
	if !slices.Equal(tend.Hint, []string{"families", "handover", "nights"}) || len(tend.Stale) != 0 {
		t.Errorf("hint %v, stale %v", tend.Hint, tend.Stale)
	}
}

// A sample is moved by whole weeks, days in its arguments with it, so that its
// last line falls into the week before now, whenever that is.
func TestASampleIsOfThisWeek(t *testing.T) {
	for _, s := range []sample{wiperClub, lunchTable} {
		lines, err := s.lines()
		if err != nil {
			t.Fatal(err)
		}
		last := lines[len(lines)-1].At
		if same := moved(lines, last.Add(6*24*time.Hour)); !slices.EqualFunc(same, lines, func(a, b line) bool { return a.At.Equal(b.At) && slices.Equal(a.Run, b.Run) }) {
			t.Errorf("%s is moved within its own week", s.name)
		}
		for _, now := range []time.Time{last, last.Add(-time.Second), last.AddDate(0, 0, 7), last.AddDate(0, 0, -7), last.AddDate(3, 1, 1), last.AddDate(-2, 0, 0)} {
			got := moved(lines, now)
			by := got[0].At.Sub(lines[0].At)
			if age := now.Sub(got[len(got)-1].At); age < 0 || age >= 7*24*time.Hour {
				t.Errorf("%s at %s ends %s before", s.name, now, age)
			}
			for i := range got {
				if got[i].At.Weekday() != lines[i].At.Weekday() || got[i].At.Sub(lines[i].At) != by {
					t.Fatalf("%s, line %d: %s became %s", s.name, i+1, lines[i].At, got[i].At)
				}
				for j, arg := range got[i].Run {
					was, is := aDate.FindString(lines[i].Run[j]), aDate.FindString(arg)
					if was == "" {
						continue
					}
					from, err1 := time.Parse(time.DateOnly, was)
					to, err2 := time.Parse(time.DateOnly, is)
					if err1 != nil || err2 != nil || to.Sub(from) != by {
						t.Fatalf("%s, line %d: %s became %s", s.name, i+1, lines[i].Run[j], arg)
					}
				}
			}
		}
	}
}
