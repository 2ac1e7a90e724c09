package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// exported has somebody write everything into a fresh directory.
func (a asking) exported() string {
	a.Helper()
	dir := filepath.Join(a.TempDir(), "out")
	if g := a.run("export", dir); g.exit != 0 {
		a.Fatalf("export: %s", g.stderr)
	}
	return dir
}

// imports has somebody take a directory, and tells what became of it.
func (a asking) imports(dir string) string {
	a.Helper()
	out := a.json("import", dir)
	if failed := out["failed"].([]any); len(failed) > 0 {
		a.Errorf("not taken: %v", failed)
	}
	return fmt.Sprintf("%v added, %v changed", out["added"], out["changed"])
}

// fileOf returns the path of the file whose name begins so.
func fileOf(t *testing.T, dir, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: %v %v", pattern, paths, err)
	}
	return paths[0]
}

func replaceIn(t *testing.T, path, old, with string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatalf("%s does not say %q: %v\n%s", path, old, err, b)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), old, with)), 0o666); err != nil {
		t.Fatal(err)
	}
}

// benchClub has a thing of every kind but a bridge.
const benchClub = `
{"at":"2025-11-06T18:00:00Z","who":"Rosa","run":["found","Wiper Club","--concern","We care about a clear view in any weather.","--commitment","I share what I know of arms."]}
{"at":"2025-11-06T18:10:00Z","who":"Rosa","run":["term","new","rubber","--area","--means","What touches the glass."],"as":"rubber"}
{"at":"2025-11-06T18:13:00Z","who":"Rosa","run":["term","new","Attack angle","--means","Where the lip meets the glass.","--parent","rubber"],"as":"angle"}
{"at":"2025-11-07T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber."]}
{"at":"2025-11-07T09:02:00Z","who":"Dev","run":["hello","--does","Rubber compounds","--helps","rubber"]}
{"at":"2025-11-08T10:00:00Z","who":"Ingrid","run":["join","--commitment","I bring the cold."]}
{"at":"2025-11-10T18:00:00Z","who":"Rosa","run":["gathering","new","Thursday bench","--start","2025-11-13T18:00","--tz","Europe/Berlin","--rrule","FREQ=WEEKLY;INTERVAL=2;BYDAY=TH","--format","story circle"],"as":"bench"}
{"at":"2025-11-13T18:40:00Z","who":"Rosa","run":["gathering","here","@bench","@Rosa","@Dev","--date","2025-11-13"]}
{"at":"2025-11-13T19:00:00Z","who":"Ingrid","run":["gathering","notes","@bench","--date","2025-11-13","--file","-"],"stdin":"Dev on what wax does to a blade.\n"}
{"at":"2025-11-14T08:00:00Z","who":"Dev","run":["way","new","--title","Chalk the lip","--form","trick","--area","rubber","--file","-"],"stdin":"One stripe of chalk, one dry half-wipe, and you see where the blade does not touch.\n","as":"chalk"}
{"at":"2025-11-20T07:30:00Z","who":"Ingrid","run":["tried","@chalk","worked","The line was broken at one end only.","--ctx","climate=nordic"]}
{"at":"2025-12-01T09:00:00Z","who":"Rosa","run":["tell","--title","The squeal that came on Tuesdays","--file","-","--area","rubber"],"stdin":"I chased a noise for a month.\n","as":"squeal"}
{"at":"2025-12-02T09:00:00Z","who":"Dev","run":["used","@squeal","I asked who washes our cars."]}
{"at":"2026-03-02T09:00:00Z","who":"Sam","run":["join","--commitment","I ask until I see."]}
{"at":"2026-03-03T08:00:00Z","who":"Sam","run":["ask","Judder only in the last wipes: anyone met this?","--area","rubber"],"as":"judder"}
{"at":"2026-03-03T12:00:00Z","who":"Dev","run":["answer","@judder"],"stdin":"Shorten the dwell in the last wipes.\n","as":"dwell"}
{"at":"2026-03-05T08:00:00Z","who":"Sam","run":["helped","@dwell"]}
{"at":"2026-03-06T09:00:00Z","who":"Dev","run":["way","new","--title","Shorten the dwell first","--form","lesson","--area","rubber","--from","@judder","--from","@dwell"],"as":"lesson"}
{"at":"2026-03-12T09:00:00Z","who":"Rosa","run":["discussion","new","Sign park changes","--proposal","We sign every change to the park switch.","--closes","7d"],"as":"sign"}
{"at":"2026-03-14T09:00:00Z","who":"Ingrid","run":["project","new","Write the freezing chapter","--aim","Once and for all."],"as":"chapter"}
{"at":"2026-03-15T09:00:00Z","who":"Rosa","run":["pairing","offer","--area","rubber","--aims","To set a lip by hand."],"as":"pair"}
{"at":"2026-03-15T10:00:00Z","who":"Rosa","run":["problem","new","--title","Blade lifts above 130","--area","rubber"],"as":"lifts"}`

func TestAnExportComesBack(t *testing.T) {
	club := play(t, benchClub)
	before := club.together()
	dir := club.as("Sam").exported()
	for _, kind := range []string{"charter", "member", "way", "story", "question", "term", "problem", "discussion", "gathering", "project", "pairing"} {
		if files, _ := filepath.Glob(filepath.Join(dir, kind, "*.md")); len(files) == 0 {
			t.Errorf("no file of a %s", kind)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "gatherings.ics")); err != nil || !strings.Contains(string(b), "Thursday bench") {
		t.Errorf("the calendar: %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil || !strings.Contains(string(b), "# Wiper Club") || !strings.Contains(string(b), "a clear view") {
		t.Errorf("what the folder is: %v\n%s", err, b)
	}
	for _, who := range []string{"Sam", "Rosa"} { // whoever's node made it
		if got := club.as(who).imports(dir); got != "0 added, 0 changed" {
			t.Errorf("%s imports what was exported: %s", who, got)
		}
	}
	if club.together() != before {
		t.Error("an import of what is there changed something")
	}

	chalk := fileOf(t, dir, "way/chalk-the-lip-*.md")
	replaceIn(t, chalk, "One stripe of chalk", "Two stripes of chalk")
	replaceIn(t, chalk, "form: trick", "form: approach")
	club.as("Ingrid").stdin("One stripe of chalk, one dry half-wipe, and you see where the blade does not touch.\n\nIn frost, warm the chalk.\n").run("edit", "@chalk", "--file", "-")
	club.as("Ingrid").run("set", "@chalk", "title", "Chalk the whole lip")
	club.together()
	if got := club.as("Sam").imports(dir); got != "0 added, 1 changed" {
		t.Errorf("a file with edits: %s", got)
	}
	way := club.as("Sam").json("show", "@chalk")
	if body := way["body"].(string); !strings.HasPrefix(body, "Two stripes of chalk,") || !strings.HasSuffix(body, "warm the chalk.\n") {
		t.Errorf("both wrote, and it reads %q", body)
	}
	if form := way["fields"].(map[string]any)["form"]; form != "approach" || way["title"] != "Chalk the whole lip" {
		t.Errorf("%v, %v", form, way["title"])
	}
	if got := club.as("Sam").exported(); filepath.Base(fileOf(t, got, "way/*chalk*")) != "chalk-the-whole-lip"+chalk[len(chalk)-14:] {
		t.Error("a fresh folder names the file by its title")
	}
	club.as("Sam").run("export", dir)
	if fileOf(t, dir, "way/*chalk*") != chalk {
		t.Error("a folder that was there names the file anew")
	}
}

// Who made the file knew more than the node that is to take it.
func TestAFileThatIsAheadIsNotTaken(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["way","new","--title","Chalk","--file","-"],"stdin":"One.\n","as":"chalk"}
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}`)
	club.together()
	club.apart(func() {
		club.as("Rosa").stdin("One.\n\nTwo.\n").run("edit", "@chalk", "--file", "-")
		g := club.as("Dev").run("import", filepath.Join(club.as("Rosa").exported(), "way"))
		if g.exit != api.ExitPartly || !strings.Contains(g.stderr, "coppice sync") {
			t.Errorf("%+v", g)
		}
	})
	if got := club.as("Dev").json("show", "@chalk")["body"]; got != "One.\n\nTwo.\n" {
		t.Errorf("it reads %q", got)
	}
}

func TestAnExportGoesToAnotherCommunity(t *testing.T) {
	club := play(t, benchClub)
	club.tell(`{"at":"2026-03-20T09:00:00Z","who":"Ingrid","run":["comment","@chalk","--file","-"],"stdin":"Which chalk, in frost?"}`)
	dir := club.as("Rosa").exported()
	seals := play(t, `
{"at":"2026-04-01T12:00:00Z","who":"Ana","run":["found","Seals","--concern","Doors that shut","--commitment","I bring doors"]}
{"at":"2026-04-01T12:10:00Z","who":"Ben","run":["join","--commitment","I listen"]}`)
	if got := seals.as("Ben").imports(dir); !strings.HasSuffix(got, " added, 0 changed") {
		t.Errorf("Ben brings %s", got)
	}
	seals.together()
	if got := seals.as("Ben").imports(dir); got != "0 added, 0 changed" {
		t.Errorf("Ben brings it twice: %s", got)
	}
	if got := seals.as("Ana").imports(dir); got != "0 added, 0 changed" {
		t.Errorf("Ana brings what Ben brought: %s", got)
	}

	ways := seals.as("Ana").json("list", "--kind", "way")["items"].([]any)
	id := func(items []any, title string) string {
		for _, i := range items {
			if i := i.(map[string]any); i["title"] == title {
				return i["id"].(string)
			}
		}
		t.Fatalf("no %q in %v", title, items)
		return ""
	}
	chalk := seals.as("Ana").json("show", id(ways, "Chalk the lip"))
	whence := chalk["whence"].(map[string]any)
	if whence["name"] != "Wiper Club" || whence["by"] != "Dev" || chalk["author"].(map[string]any)["name"] != "Ben" {
		t.Errorf("from %v, brought by %v", whence, chalk["author"])
	}
	if trials, _ := chalk["trials"].([]any); len(trials) > 0 || chalk["state"] == "tried" {
		t.Errorf("a trial of another community counts here: %v %v", chalk["state"], trials)
	}
	said := map[string]string{}
	for _, s := range list(t, chalk, "elsewhere") {
		s := s.(map[string]any)
		said[s["field"].(string)] = fmt.Sprintf("%s in %s, %s: %s", s["by"], s["in"], s["at"], s["words"])
	}
	if got := said["trials"]; got != "Ingrid in Wiper Club, 2025-11-20T07:30:00Z: worked; climate: nordic; The line was broken at one end only." {
		t.Errorf("the trial reads %q", got)
	}
	if got := said["talk"]; !strings.HasSuffix(got, "Which chalk, in frost?") {
		t.Errorf("the talk reads %q", got)
	}
	if out := seals.as("Ana").run("show", chalk["id"].(string)).stdout; !strings.Contains(out, "said in Wiper Club by Ingrid, trials: worked") {
		t.Errorf("on a terminal:\n%s", out)
	}

	// What belongs together there belongs together here.
	words := seals.as("Ana").json("list", "--kind", "term")["items"].([]any)
	if areas := list(t, chalk, "fields", "areas"); len(areas) != 1 || areas[0] != id(words, "rubber") {
		t.Errorf("it is in %v", areas)
	}
	judder := seals.as("Ana").json("show", id(ways, "Shorten the dwell first"))
	asked := id(seals.as("Ana").json("list", "--kind", "question")["items"].([]any), "Judder only in the last wipes: anyone met this?")
	if links := fmt.Sprint(list(t, judder, "fields", "links")); !strings.Contains(links, asked) {
		t.Errorf("it comes from %v, not from %s", links, asked)
	}
	question := seals.as("Ana").json("show", asked)
	if answers, _ := question["answers"].([]any); len(answers) > 0 || question["state"] == "solved" {
		t.Errorf("answers of another community count here: %v %v", question["state"], answers)
	}

	// It is who it was.
	if got := seals.as("Ana").json("charter", "show")["name"]; got != "Seals" {
		t.Errorf("the community is %v", got)
	}
	if got := seals.ranks("Ana"); len(got) != 2 {
		t.Errorf("members: %v", got)
	}
	if got := seals.as("Ana").json("status")["communities"].([]any)[0].(map[string]any)["name"]; got != "Seals" {
		t.Errorf("the node says it is in %v", got)
	}
	if g := seals.as("Ana").run("digest"); g.exit != 0 {
		t.Errorf("digest: %s", g.stderr)
	}

	// And back: nothing is made twice, and what Ana said is said elsewhere.
	seals.tell(fmt.Sprintf(`{"at":"2026-04-02T12:00:00Z","who":"Ana","run":["tried","%s","failed","Doors do not wipe."]}`, chalk["id"]))
	if got := club.as("Rosa").imports(filepath.Join(seals.as("Ana").exported(), "way")); got != "0 added, 1 changed" {
		t.Errorf("back come %s", got)
	}
	home := club.as("Rosa").json("show", "@chalk")
	if got := fmt.Sprint(list(t, home, "elsewhere")); !strings.Contains(got, "failed; Doors do not wipe.") || strings.Contains(got, "Ingrid") {
		t.Errorf("said elsewhere: %v", got)
	}
	if len(list(t, home, "fields", "trials")) != 1 {
		t.Error("a trial of elsewhere became one")
	}
}
