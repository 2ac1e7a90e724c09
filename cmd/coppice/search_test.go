package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

// hits runs a search and returns what it found, by title.
func (a asking) hits(args ...string) map[string]map[string]any {
	a.Helper()
	all := map[string]map[string]any{}
	for _, hit := range a.json(append([]string{"search"}, args...)...)["items"].([]any) {
		hit := hit.(map[string]any)
		all[hit["title"].(string)] = hit
	}
	return all
}

// Words are found wherever they stand, and a hit says where.
func TestFindWhereItStands(t *testing.T) {
	club := play(t, `
	  {"at":"2026-05-01T09:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers"]}
	  {"at":"2026-05-01T09:01:00Z","who":"Dev","run":["join","--commitment","rubber"]}
	  {"at":"2026-05-03T09:00:00Z","who":"Rosa","run":["ask","Why does it judder?"],"as":"judder"}
	  {"at":"2026-05-04T09:00:00Z","who":"Dev","run":["answer","@judder"],"stdin":"Shorten the dwell by a tenth.","as":"dwell"}
	  {"at":"2026-05-04T09:01:00Z","who":"Rosa","run":["comment","@judder","Ångström said so in Łódź."],"as":"angstrom"}
	  {"at":"2026-05-05T09:00:00Z","who":"Rosa","run":["way","new","--title","Chalk","--file","-"],"stdin":"Draw one stripe of blue chalk along the lip, then wipe.\n","as":"chalk"}
	  {"at":"2026-05-06T09:00:00Z","who":"Dev","run":["tried","@chalk","worked","It held for a fortnight.","--ctx","climate=coastal"],"as":"trial"}
	  {"at":"2026-05-07T09:00:00Z","who":"Rosa","run":["gathering","new","Bench night","--start","2026-05-08T19:00"],"as":"bench"}
	  {"at":"2026-05-08T20:00:00Z","who":"Rosa","run":["gathering","notes","@bench","--file","-"],"stdin":"We compared squeegees of 東京都.\n"}
	  {"at":"2026-05-09T09:00:00Z","who":"Dev","run":["problem","new","--title","Frozen lip"],"as":"frozen"}
	  {"at":"2026-05-09T09:01:00Z","who":"Rosa","run":["met","@frozen","On the ferry at Trondheim."],"as":"met"}
	  {"at":"2026-05-10T09:00:00Z","who":"Dev","run":["edit","@chalk","--file","-"],"stdin":"Draw one stripe, then wipe.\n"}`)
	club.together()
	for _, c := range []struct{ words, title, in, entry, snippet string }{
		{"judder", "Why does it judder?", "title", "", ""},
		{"stripe", "Chalk", "text", "", "one stripe, then"},
		{"dwell tenth", "Why does it judder?", "answer", "dwell", "dwell by a tenth"},
		{`"dwell by a"`, "Why does it judder?", "answer", "dwell", "dwell by a tenth"},
		{"dwel", "Why does it judder?", "answer", "dwell", "dwell"},
		{"angstrom lodz", "Why does it judder?", "talk", "angstrom", "Ångström said so"},
		{"fortnight", "Chalk", "text", "trial", "for a fortnight"},
		{"coastal", "Chalk", "text", "trial", "coastal"},
		{"東京", "Bench night", "notes", "", "東京都"},
		{"ferry", "Frozen lip", "text", "met", "On the ferry"},
		{`"blue chalk along the lip"`, "Chalk", "former", "", "blue chalk along the lip"},
		{"blu alon", "Chalk", "former", "", "blue chalk along"},
		{"stripe blue", "Chalk", "text", "", "stripe"}, // the best place is that which stands
	} {
		for _, who := range []string{"Rosa", "Dev"} {
			hit := club.as(who).hits(c.words)[c.title]
			if hit == nil {
				t.Errorf("%s does not find %s by %q", who, c.title, c.words)
				continue
			}
			snippet, _ := hit["snippet"].(string)
			entry, _ := hit["entry"].(string)
			if hit["in"] != c.in || entry != club.labels[c.entry] || !strings.Contains(snippet, c.snippet) {
				t.Errorf("%q: in %v, entry %q, %q", c.words, hit["in"], entry, snippet)
			}
		}
	}
	former := club.as("Rosa").hits("blue along")["Chalk"]
	if by, _ := former["by"].(map[string]any); by["name"] != "Dev" || former["change"] == nil {
		t.Errorf("taken away by %v, change %v", former["by"], former["change"])
	}
	if got := club.as("Rosa").run("search", "blue", "along"); !strings.Contains(got.stdout, "in a former wording that Dev took away: ") {
		t.Errorf("it says\n%s", got.stdout)
	}
	if got := club.as("Rosa").run("search", "fortnight", "worked"); strings.Contains(got.stdout, "Chalk") {
		t.Errorf("a name that somebody chose is found as if it were her word:\n%s", got.stdout)
	}
	if got := club.as("Rosa").hits(`"so on"`); len(got) > 0 { // the end of one entry and the beginning of another
		t.Errorf("a phrase is put together: %v", got)
	}
}

// Whom one muted is not read by way of a search.
func TestFindNothingOfWhomOneMuted(t *testing.T) {
	club := play(t, founding, `
	  {"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","rubber"]}
	  {"at":"2026-05-05T12:00:00Z","who":"Rosa","run":["ask","Why?"],"as":"why"}
	  {"at":"2026-05-06T12:00:00Z","who":"Dev","run":["comment","@why","Rubbish, all of it."]}`)
	club.together()
	club.as("Rosa").json("mute", "@Dev")
	for who, shows := range map[string]bool{"Rosa": false, "Dev": true} {
		hit := club.as(who).hits("rubbish")["Why?"]
		if snippet, _ := hit["snippet"].(string); hit == nil || strings.Contains(snippet, "Rubbish") != shows {
			t.Errorf("for %s: %v", who, hit)
		}
	}
}

// Words that were taken back are found nowhere, whatever was written over them
// since, whoever heard of what first, and not after the view is made anew.
func TestWordsTakenBackAreNotFound(t *testing.T) {
	for _, order := range []string{"together", "apart"} {
		club := play(t, `
		  {"at":"2026-05-01T09:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers"]}
		  {"at":"2026-05-01T09:01:00Z","who":"Dev","run":["join","--commitment","rubber"]}
		  {"at":"2026-05-01T09:02:00Z","who":"Sam","run":["join","--commitment","eyes"]}
		  {"at":"2026-05-02T09:00:00Z","who":"Rosa","run":["ask","Why?"],"as":"why"}
		  {"at":"2026-05-02T09:00:00Z","who":"Rosa","run":["way","new","--title","Chalk","--file","-"],"stdin":"Draw one stripe, then wipe.\n","as":"chalk"}
		  {"at":"2026-05-03T09:00:00Z","who":"Dev","run":["answer","@why"],"stdin":"Because of patient Alder in the north bed.","as":"answer"}
		  {"at":"2026-05-03T09:01:00Z","who":"Dev","run":["comment","@why","Her neighbour Birch told me everything."],"as":"talk"}
		  {"at":"2026-05-03T09:02:00Z","who":"Dev","run":["tell","--title","Night","--file","-"],"stdin":"It was doctor Cedar who slept.","as":"story"}
		  {"at":"2026-05-03T09:03:00Z","who":"Dev","run":["edit","@chalk","--file","-"],"stdin":"Draw one stripe, as patient Dogwood likes it so much, then wipe.\n"}`)
		club.together()
		secrets := []string{"alder", "birch", "cedar", "dogwood"}
		for _, word := range secrets {
			if len(club.as("Sam").hits(word)) != 1 {
				t.Fatalf("%s is not there before: this test sees nothing", word)
			}
		}
		rewrite := func() {
			club.as("Dev").stdin("Because of somebody in the north bed.").run("edit", "@answer", "--file", "-")
			club.as("Dev").stdin("I was told.").run("edit", "@talk", "--file", "-")
			club.as("Dev").stdin("Somebody slept.").run("edit", "@story", "--file", "-")
			club.as("Rosa").stdin("Draw one stripe, then wipe.\n").run("edit", "@chalk", "--file", "-")
		}
		withdraw := func() {
			for _, label := range []string{"answer", "talk", "story", "chalk"} {
				if got := club.as("Dev").run("withdraw", "@"+label); got.exit != 0 {
					t.Fatalf("withdraw %s: %s", label, got.stderr)
				}
			}
		}
		if order == "apart" {
			club.apart(func() { rewrite(); withdraw() })
		} else {
			rewrite()
			club.together()
			if len(club.as("Sam").hits("dogwood")) != 1 {
				t.Fatal("a former wording is not found: this test sees nothing")
			}
			withdraw()
		}
		club.together()
		nowhere := func(when string) {
			t.Helper()
			for _, who := range []string{"Rosa", "Dev", "Sam"} {
				for _, word := range secrets {
					if got := club.as(who).hits(word); len(got) > 0 {
						t.Errorf("%s, %s: %s finds %s: %v", order, when, who, word, got)
					}
				}
			}
		}
		nowhere("after it")
		for _, who := range []string{"Rosa", "Dev", "Sam"} {
			club.as(who).json("debug", "rebuild")
		}
		nowhere("made anew")
	}
}

// What is found does not depend on who heard of what first, nor on whether the
// view followed the changes or was made anew from all of them.
func TestFoundTheSameHoweverItCame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("COPPICE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("COPPICE_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	club := play(t, founding, `
	  {"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","rubber"]}
	  {"at":"2026-05-04T12:00:00Z","who":"Sam","run":["join","--commitment","eyes"]}
	  {"at":"2026-05-05T12:00:00Z","who":"Rosa","run":["way","new","--title","One"],"as":"one"}
	  {"at":"2026-05-05T12:00:00Z","who":"Rosa","run":["way","new","--title","Two"],"as":"two"}`)
	everybody, words := []string{"Rosa", "Dev", "Sam"}, strings.Fields("oak ash hazel birch elm")
	text := func() string {
		var b []string
		for range 3 + r.IntN(9) {
			b = append(b, words[r.IntN(len(words))])
		}
		return strings.Join(b, " ") + ".\n"
	}
	for range 4 {
		club.apart(func() {
			for range 6 {
				who, at := club.as(everybody[r.IntN(3)]), "@"+[]string{"one", "two"}[r.IntN(2)]
				switch r.IntN(6) {
				case 0:
					who.run("withdraw", at) // refused where nothing is hers
				case 1:
					who.run("comment", at, text())
				default:
					who.stdin(text()).run("edit", at, "--file", "-")
				}
			}
		})
	}
	found := func(who string) string {
		var b strings.Builder
		for _, first := range words {
			for _, second := range words {
				for title, hit := range club.as(who).hits(`"` + first + " " + second + `"`) {
					fmt.Fprintln(&b, first, second, title, hit["in"], hit["entry"], hit["change"], hit["more"], hit["snippet"])
				}
			}
		}
		lines := strings.Split(b.String(), "\n")
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	want := found("Rosa")
	if !strings.Contains(want, "former") {
		t.Log("nothing is former: this run sees little")
	}
	for _, who := range everybody {
		if got := found(who); got != want {
			t.Errorf("%s finds\n%s\nnot\n%s", who, got, want)
		}
		club.as(who).json("debug", "rebuild")
		if got := found(who); got != want {
			t.Errorf("made anew, %s finds\n%s\nnot\n%s", who, got, want)
		}
	}
}
