//go:build linux

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// typed has somebody run a command line at a terminal and type there.
func (a asking) typed(keys string, args ...string) got {
	a.Helper()
	p, err := a.persona(a.who)
	if err != nil {
		a.Fatal(err)
	}
	person, side := newPseudo(a.T)
	if _, err := person.WriteString(keys); err != nil {
		a.Fatal(err)
	}
	var shown, stderr bytes.Buffer
	seen := make(chan struct{})
	go func() {
		_, _ = io.Copy(&shown, person) // until the other side is closed
		close(seen)
	}()
	c := p.command(a.when, terminal{side, side, &stderr})
	a.village.Set(a.when)
	err = a.village.Act(a.Context(), p.node, a.alone, func() error {
		root := c.root()
		root.SetArgs(args)
		return root.ExecuteContext(a.Context())
	})
	exit := c.end(err)
	if err := side.Close(); err != nil {
		a.Fatal(err)
	}
	<-seen
	return got{exit, shown.String(), stderr.String()}
}

// Check 1, the part before the pages: given a fresh machine, who runs `coppice
// found` and answers is told that alone this is a notebook.
func TestCheck01FoundAsksThreeLines(t *testing.T) {
	club := &toldTest{T: t, told: newTold(t.TempDir(), "")}
	t.Cleanup(func() { _ = club.village.Close() })
	rosa := club.as("Rosa").at("2026-05-03T12:00:00Z")
	out := rosa.typed("Wiper Club\nWe design wipers.\n\nStyling and glass.\n", "found", "--starter", "engineering")
	if out.exit != 0 || !strings.Contains(out.stderr, "Alone this is a notebook: invite two") {
		t.Fatalf("it ended with %d: %s", out.exit, out.stderr)
	}
	for _, asked := range []string{"What is it called?", "What do we do? [We design, test", "What do we care about? [We care that", "Who or what is it not for?"} {
		if !strings.Contains(out.stderr, asked) {
			t.Errorf("it did not ask %q: %s", asked, out.stderr)
		}
	}
	rosa.people[0].inside = true
	ch := toldAs[api.Charter](rosa, "charter", "show")
	if ch.Name != "Wiper Club" || ch.Draft == nil || ch.Draft.Text["domain"] != "We design wipers." || ch.Draft.Text["out_scope"] != "Styling and glass." ||
		!strings.HasPrefix(ch.Draft.Text["concern"], "We care that what we build works") {
		t.Errorf("the charter says %+v", ch.Draft)
	}
	if out = club.as("Dev").at("2026-05-03T12:00:00Z").typed("\x04", "found", "Us"); out.exit != api.ExitUsage || !strings.Contains(out.stderr, "nothing was founded") {
		t.Errorf("whoever answers nothing hears %d: %s", out.exit, out.stderr)
	}
}

// At a terminal what is known already comes first, and nothing is asked before
// who asks says so.
func TestAskShowsWhatIsKnownFirst(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-05T09:01:00Z","who":"Dev","run":["way","new","--title","Drying-phase judder: shorten dwell first"]}`)
	sam := club.as("Sam")
	questions := func() int { return len(toldAs[api.Items](sam, "list", "--kind", "question").Items) }
	out := sam.typed("n\n", "ask", "Judder while drying?")
	if out.exit == 0 || !strings.Contains(out.stderr, "Perhaps known already") || !strings.Contains(out.stderr, "Drying-phase judder") || questions() != 0 {
		t.Errorf("it ended with %d, %d were asked: %s%s", out.exit, questions(), out.stderr, out.stdout)
	}
	if out = sam.typed("y\n", "ask", "Judder while drying?"); out.exit != 0 || questions() != 1 {
		t.Errorf("said yes: it ended with %d, %d were asked", out.exit, questions())
	}
	if out = sam.typed("", "ask", "Judder while drying, again?", "--post"); out.exit != 0 || questions() != 2 || strings.Contains(out.stderr, "Perhaps") {
		t.Errorf("with --post it ended with %d, %d were asked: %s", out.exit, questions(), out.stderr)
	}
	if out = sam.typed("", "ask", "Anything about arms?"); out.exit != 0 || questions() != 3 {
		t.Errorf("nothing is known of it: it ended with %d: %s", out.exit, out.stderr)
	}
}
