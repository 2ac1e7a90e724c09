package main

import (
	"strings"
	"testing"
)

// seals adds a second community: Dev founds it, and Rosa is in both.
func seals(t *testing.T) *toldTest {
	t.Helper()
	club := play(t, bench, `
		{"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["term","new","cold","--area","--means","Below minus ten."],"as":"cold"}
		{"at":"2026-05-05T09:01:00Z","who":"Rosa","run":["add","@chalk","areas","cold"]}
		{"at":"2026-05-05T09:02:00Z","who":"Dev","run":["found","Seals Club","--concern","What keeps water out","--commitment","I bring rubber"]}`)
	// Rosa and Sam come into it too: whatever is brought twice is brought by two.
	for _, who := range []string{"Rosa", "Sam"} {
		address := club.as("Dev").json("--community", "Seals Club", "invite")["invite"].(string)
		if got := club.as(who).stdin(address+"\n").run("join", "--commitment", "I go between"); got.exit != 0 {
			t.Fatalf("%s does not come in: %s", who, got.stderr)
		}
	}
	return club
}

func in(community string, args ...string) []string {
	return append([]string{"--community", community}, args...)
}

// A way that is shared arrives with where it comes from, and is there once,
// however many bring it, together or apart.
func TestShareOverABridge(t *testing.T) {
	club := seals(t)
	shared := club.as("Rosa").json(in("Wiper Club", "share", "@chalk", "--with", "Seals Club")...)
	id := shared["id"].(string)
	if again := club.as("Rosa").json(in("Wiper Club", "share", "@chalk", "--with", "Seals Club")...); again["id"] != id || again["already"] != true {
		t.Errorf("brought twice: %v", again)
	}
	there := club.as("Dev").json(in("Seals Club", "show", id)...)
	whence := there["whence"].(map[string]any)
	if whence["name"] != "Wiper Club" || whence["by"] != "Rosa" || !strings.Contains(there["body"].(string), "Wipe once") {
		t.Errorf("it arrives as %v", there)
	}
	for _, community := range []string{"Wiper Club", "Seals Club"} {
		bridges := list(t, club.as("Dev").json(in(community, "bridge", "list")...), "items")
		if len(bridges) != 1 {
			t.Fatalf("%s has bridges %v", community, bridges)
		}
		bridge := club.as("Dev").json(in(community, "show", bridges[0].(map[string]any)["id"].(string))...)
		if bridge["state"] != "open" || len(list(t, bridge, "fields", "shared")) != 1 {
			t.Errorf("%s: %v", community, bridge)
		}
	}
	club.as("Rosa").json(in("Wiper Club", "ask", "Who draws the seal of the rear window?")...)
	glass := club.as("Rosa").id(in("Wiper Club", "tell", "--title", "The glass that sang")...)
	club.as("Rosa").json(in("Wiper Club", "add", glass, "marks", "outside")...)
	bridge := list(t, club.as("Rosa").json(in("Wiper Club", "bridge", "list")...), "items")[0].(map[string]any)["id"].(string)
	beside := club.as("Rosa").json(in("Wiper Club", "show", bridge)...)["beside"]
	if len(list(t, beside, "offers")) != 1 || len(list(t, beside, "asked_here")) != 1 || len(list(t, beside, "asked_there")) != 0 {
		t.Errorf("beside each other: %v", beside)
	}
	if got := club.as("Rosa").run(in("Seals Club", "share", id, "--with", "Wiper Club")...); got.exit != 0 || !strings.HasPrefix(got.stdout, club.labels["chalk"]) {
		t.Errorf("what came from there goes back as what it is: %d %s %s", got.exit, got.stdout, got.stderr)
	}
	if got := club.as("Rosa").run(in("Wiper Club", "share", "me", "--with", "Seals Club")...); got.exit != 2 || !strings.Contains(got.stderr, "a member stays where it is") {
		t.Errorf("her page crosses: %d %s %s", got.exit, got.stdout, got.stderr)
	}
}

// Check 19, but for trials that flow back: two brokers bring the same while
// apart, and it is shown as one.
func TestCheck19BroughtApartShownAsOne(t *testing.T) {
	club := seals(t)
	club.apart(func() {
		for _, who := range []string{"Rosa", "Sam"} {
			club.as(who).json(in("Wiper Club", "share", "@chalk", "--with", "Seals Club")...)
		}
	})
	for _, who := range []string{"Rosa", "Dev", "Sam"} {
		ways := list(t, club.as(who).json(in("Seals Club", "list", "--kind", "way")...), "items")
		if len(ways) != 1 {
			t.Fatalf("%s lists %v", who, ways)
		}
		if got := club.as(who).json(in("Seals Club", "show", ways[0].(map[string]any)["id"].(string))...); len(list(t, got, "same")) != 1 {
			t.Errorf("%s: %v", who, got)
		}
	}
}

// A split takes copies of what is in its areas along, ties both ways and takes
// nothing away.
func TestSplit(t *testing.T) {
	club := seals(t)
	before := club.as("Rosa").json(in("Wiper Club", "list")...)
	out := club.as("Rosa").json(in("Wiper Club", "split", "Cold Club", "--areas", "cold", "--members", "@Sam")...)
	if out["copied"] != 2.0 { // the way and the word
		t.Errorf("copied %v", out)
	}
	if got := club.as("Sam").stdin(out["invite"].(string)+"\n").run("join", "--commitment", "I test in the cold"); got.exit != 0 {
		t.Fatalf("Sam is not let in: %s", got.stderr)
	}
	ways := list(t, club.as("Sam").json(in("Cold Club", "list", "--kind", "way")...), "items")
	if len(ways) != 1 {
		t.Fatalf("Sam finds %v", ways)
	}
	way := club.as("Sam").json(in("Cold Club", "show", ways[0].(map[string]any)["id"].(string))...)
	if way["title"] != "Chalk the lip" || way["whence"].(map[string]any)["name"] != "Wiper Club" || len(list(t, way, "fields", "areas")) != 1 {
		t.Errorf("Sam reads %v", way)
	}
	ties := map[string]string{"Wiper Club": "child", "Cold Club": "parent"}
	for community, want := range ties {
		tie := ""
		for _, b := range list(t, club.as("Rosa").json(in(community, "bridge", "list")...), "items") {
			tie += club.as("Rosa").json(in(community, "show", b.(map[string]any)["id"].(string))...)["fields"].(map[string]any)["tie"].(string)
		}
		if tie != want {
			t.Errorf("%s has the tie %q", community, tie)
		}
	}
	after := club.as("Rosa").json(in("Wiper Club", "list")...)
	if len(list(t, after, "items")) != len(list(t, before, "items"))+1 { // and the bridge
		t.Errorf("before %v\nafter %v", before, after)
	}
}
