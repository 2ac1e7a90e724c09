package main

import (
	"slices"
	"strings"
	"testing"
)

// titles runs a command line that lists, and returns the titles as they stand.
func (a asking) titles(args ...string) (titles []string) {
	a.Helper()
	for _, item := range a.json(args...)["items"].([]any) {
		titles = append(titles, item.(map[string]any)["title"].(string))
	}
	return titles
}

// Lists and searches go by kind, area, form, state, person, time and context.
func TestFindByWhatItIs(t *testing.T) {
	club := play(t, `
	  {"at":"2026-05-01T09:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers"]}
	  {"at":"2026-05-01T09:01:00Z","who":"Dev","run":["join","--commitment","rubber"]}
	  {"at":"2026-05-02T09:00:00Z","who":"Rosa","run":["term","new","Wiping","--area"],"as":"wiping"}
	  {"at":"2026-05-02T09:01:00Z","who":"Rosa","run":["term","new","Blades","--area","--parent","Wiping"],"as":"blades"}
	  {"at":"2026-05-02T09:02:00Z","who":"Rosa","run":["term","new","Cameras","--area"]}
	  {"at":"2026-05-03T09:00:00Z","who":"Rosa","run":["ask","Why do blades judder?","--area","Blades","--ctx","climate=nordic"],"as":"judder"}
	  {"at":"2026-05-04T09:00:00Z","who":"Dev","run":["answer","@judder"],"stdin":"Shorten the dwell.","as":"dwell"}
	  {"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["helped","@dwell"]}
	  {"at":"2026-05-06T09:00:00Z","who":"Rosa","run":["way","new","--title","Shorten dwell first","--from","@judder","--from","@dwell","--file","-"],"stdin":"Ten per cent.","as":"way"}
	  {"at":"2026-05-07T09:00:00Z","who":"Rosa","run":["way","new","--title","Chalk the camera","--form","trick","--area","Cameras"],"as":"chalk"}
	  {"at":"2026-05-08T09:00:00Z","who":"Dev","run":["tried","@chalk","worked","Held for a week.","--ctx","climate=coastal"]}
	  {"at":"2026-05-09T09:00:00Z","who":"Dev","run":["tell","--title","The lift","--file","-"],"stdin":"It lifted.","as":"lift"}
	  {"at":"2026-05-10T09:00:00Z","who":"Dev","run":["set","me","context","climate=nordic"]}`)
	club.together()
	rosa, dev := club.as("Rosa").at("2026-05-11T00:00:00Z"), club.as("Dev").at("2026-05-11T00:00:00Z")
	for _, c := range []struct {
		asked, want string
	}{
		{"--kind way", "Chalk the camera|Shorten dwell first"},
		{"--kind way,story", "The lift|Chalk the camera|Shorten dwell first"},
		{"--area Wiping", "Why do blades judder?|Blades|Wiping"},
		{"--area Blades --kind question", "Why do blades judder?"},
		{"--form trick", "Chalk the camera"},
		{"--state distilled", "Why do blades judder?"},
		{"--state tried,distilled", "Chalk the camera|Why do blades judder?"},
		{"--state old", ""},
		{"--kind way --by Dev", "Shorten dwell first"}, // his answer is in it
		{"--by me --kind story,way", "Chalk the camera|Shorten dwell first"},
		{"--since 2026-05-09 --kind way,story,question", "The lift"},
		{"--until 2026-05-05 --kind way,story,question", "Why do blades judder?"},
		{"--since 2026-05-05T09:30:00Z --until 2026-05-07 --kind way,question", "Shorten dwell first"},
		{"--ctx climate=coastal", "Chalk the camera"},
		{"--ctx climate=nordic,platform=van --kind question", "Why do blades judder?"},
		{"--ctx climate=alpine", ""},
	} {
		if got := strings.Join(rosa.titles(append([]string{"list"}, strings.Fields(c.asked)...)...), "|"); got != c.want {
			t.Errorf("list %s: %q, not %q", c.asked, got, c.want)
		}
		found := rosa.titles(append([]string{"search"}, strings.Fields(c.asked)...)...)
		if got := strings.Join(found, "|"); got != c.want {
			t.Errorf("search without words %s: %q, not %q", c.asked, got, c.want)
		}
	}
	if got := dev.titles("list", "--mine", "--kind", "question"); !slices.Equal(got, []string{"Why do blades judder?"}) {
		t.Errorf("in his own context: %q", got)
	}
	if got := rosa.titles("search", "dwell", "--kind", "question"); !slices.Equal(got, []string{"Why do blades judder?"}) {
		t.Errorf("of one kind: %q", got)
	}
	if got := rosa.titles("search", "dwell", "--by", "Dev", "--kind", "way"); !slices.Equal(got, []string{"Shorten dwell first"}) {
		t.Errorf("what is Dev's: %q", got)
	}
	if old := club.as("Rosa").at("2027-06-01T00:00:00Z").titles("list", "--state", "old"); len(old) != 2 {
		t.Errorf("a year on there is to be looked at: %q", old)
	}
	rosa.run("shelve", "@chalk")
	if got := rosa.titles("list", "--state", "shelved"); !slices.Equal(got, []string{"Chalk the camera"}) {
		t.Errorf("put away: %q", got)
	}
	for asked, hint := range map[string]string{
		"--kind recipe": "there are charter", "--area Lasers": "coppice map", "--area @lift": "coppice map", "--state prooven": "proven",
		"--form haiku": "checklist", "--by Nobody": "coppice member list", "--since yesterday": "2026-05-14", "--ctx nordic": "climate=nordic",
		"--mine": "coppice set me context", "--mine --ctx a=b": "--ctx or --mine", "--after nonsense": "the page before",
	} {
		if got := rosa.run(append([]string{"list"}, strings.Fields(asked)...)...); got.exit == 0 || !strings.Contains(got.stderr, hint) {
			t.Errorf("list %s: %d %s", asked, got.exit, got.stderr)
		}
	}
}

// Pages bring each document once, whatever is asked for.
func TestFindPageByPage(t *testing.T) {
	club := play(t, `{"at":"2026-05-01T09:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers"]}`)
	for _, n := range strings.Fields("one two three four five six seven") {
		club.as("Rosa").id("way", "new", "--title", "Rule "+n, "--form", "trick")
	}
	for _, verb := range []string{"list --form trick", "search rule --form trick"} {
		seen, after := map[string]bool{}, ""
		for range 4 {
			page := club.as("Rosa").json(append(strings.Fields(verb), "--limit", "2", "--after", after)...)
			for _, item := range page["items"].([]any) {
				seen[item.(map[string]any)["title"].(string)] = true
			}
			after, _ = page["next"].(string)
		}
		if len(seen) != 7 || after != "" {
			t.Errorf("%s: %v, then %q", verb, seen, after)
		}
	}
}
