package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	hrefs = regexp.MustCompile(`href="([^"]*)"`)
	loads = regexp.MustCompile(`(?i)<(script|img|iframe|object|embed|link|video|audio|source|base|form)\b|src=|url\(|@import|srcset|[ "]on[a-z]+=|style="`)
)

// standsAlone holds a file to loading nothing and running nothing.
func standsAlone(t *testing.T, name, html string) {
	t.Helper()
	if found := loads.FindString(html); found != "" {
		t.Errorf("%s: %q stands in it", name, found)
	}
	head, _, _ := strings.Cut(html, "</title>")
	if !strings.Contains(head, "Content-Security-Policy") || !strings.Contains(head, "default-src &#39;none&#39;") && !strings.Contains(head, "default-src 'none'") {
		t.Errorf("%s: nothing says that it loads nothing: %s", name, head)
	}
}

// One club lived long enough for both.
func TestWhatIsReadWithoutANode(t *testing.T) {
	club := demo(t, wiperClub)
	t.Run("book", func(t *testing.T) { theBookOfAnArea(t, club) })
	t.Run("archive", func(t *testing.T) { theArchive(t, club) })
}

func theBookOfAnArea(t *testing.T, club *toldTest) {
	club.as("Dev").run("add", "@rubber", "stewards", "me")
	club.together()
	file := filepath.Join(t.TempDir(), "rubber.html")
	out := club.as("Sam").json("book", "rubber", "--out", file)
	b, err := os.ReadFile(file)
	if err != nil || int(out["bytes"].(float64)) != len(b) || out["file"] != file {
		t.Fatalf("%v %v", out, err)
	}
	book := string(b)
	standsAlone(t, "the book", book)
	for _, href := range hrefs.FindAllStringSubmatch(book, -1) {
		if id, inside := strings.CutPrefix(href[1], "#"); inside && !strings.Contains(book, `id="`+id+`"`) {
			t.Errorf("%s leads nowhere", href[1])
		}
	}
	ways, tried := 0, 0
	for _, i := range club.as("Sam").json("list", "--kind", "way", "--area", "rubber", "--limit", "100")["items"].([]any) {
		i := i.(map[string]any)
		ways++
		_, piece, there := strings.Cut(book, `id="d-`+i["id"].(string)+`"`)
		piece, _, _ = strings.Cut(piece, "</article>")
		way := club.as("Sam").json("show", i["id"].(string))
		if !there || !strings.Contains(piece, i["title"].(string)) {
			t.Errorf("%s is not in it", i["title"])
			continue
		}
		trials, is := way["trials"].([]any)
		if !is {
			trials, _ = way["fields"].(map[string]any)["trials"].([]any)
		}
		tried += len(trials)
		for _, trial := range trials {
			trial := trial.(map[string]any)
			if who := trial["by"].(map[string]any)["name"].(string); !strings.Contains(piece, "<b>"+who+"</b>") || !strings.Contains(piece, trial["outcome"].(string)) {
				t.Errorf("%s: what %s tried is not in it:\n%s", i["title"], who, piece)
			}
			if context, _ := trial["context"].(map[string]any); context["climate"] != nil && !strings.Contains(piece, "climate: "+context["climate"].(string)) {
				t.Errorf("%s: nothing of %v", i["title"], context)
			}
		}
	}
	if ways < 2 || tried < 2 {
		t.Errorf("only %d ways in rubber, with %d trials", ways, tried)
	}
	for _, says := range []string{"<h1>rubber</h1>", "Looked after by Dev.", "Attack angle", "and what they are made of", "Contents", "@page", "Chalk the lip"} {
		if !strings.Contains(book, says) {
			t.Errorf("it does not say %q", says)
		}
	}
	again := filepath.Join(t.TempDir(), "again.html")
	club.as("Sam").run("book", "rubber", "--out", again)
	if b, err := os.ReadFile(again); err != nil || string(b) != book {
		t.Error("the same state makes another book")
	}
	if g := club.as("Sam").run("book", "snow", "--out", again); g.exit == 0 || !strings.Contains(g.stderr, "hint:") {
		t.Errorf("a book of no area: %+v", g)
	}
	if g := club.as("Sam").run("book", "rubber", "--out", filepath.Join(t.TempDir(), "no", "where.html")); g.exit == 0 {
		t.Error("a book in no directory")
	}
}

// What members write is text in a book, whatever it looks like.
func TestABookHoldsWhatMembersWriteAsText(t *testing.T) {
	club := play(t, `
{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","<b>Club</b>","--concern","<script>alert(1)</script> clear view","--commitment","I bring <i>it</i>"]}
{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["term","new","<img src=x onerror=alert(1)>","--area","--means","[x](javascript:alert(1)) ![p](https://evil.example/p.gif)"],"as":"area"}
{"at":"2026-05-03T12:02:00Z","who":"Rosa","run":["way","new","--title","</title><script>alert(2)</script>","--area","@area","--file","-"],"stdin":"<iframe src=//evil.example></iframe>\n\n</style><script>alert(3)</script>\n\nright ‮left","as":"way"}
{"at":"2026-05-03T12:03:00Z","who":"Rosa","run":["set","@way","uri","javascript:alert(4)"]}
{"at":"2026-05-04T12:00:00Z","who":"Dev","run":["join","--commitment","I am \"><svg onload=alert(5)>"]}
{"at":"2026-05-04T12:01:00Z","who":"Dev","run":["tried","@way","worked","<a href=data:text/html,x>x</a>","--ctx","climate=\"><script>"]}
{"at":"2026-05-04T12:02:00Z","who":"Rosa","run":["tell","--title","Masked","--masked","--area","@area","--file","-"],"stdin":"Once.","as":"masked"}
{"at":"2026-05-04T12:03:00Z","who":"Rosa","run":["tell","--title","Taken back","--area","@area","--file","-"],"stdin":"A secret of mine.","as":"back"}
{"at":"2026-05-04T12:04:00Z","who":"Rosa","run":["set","@back","withdrawn","true"]}`)
	dir := filepath.Join(t.TempDir(), "all")
	if g := club.as("Dev").run("archive", dir); g.exit != 0 {
		t.Fatal(g.stderr)
	}
	files := 0
	walk(t, dir, func(name, text string) {
		if strings.HasSuffix(name, ".html") {
			files++
			standsAlone(t, name, strings.NewReplacer("&lt;", "", "href=data", "", "onerror=alert", "", "onload=alert", "", "src=x", "", "src=//", "").Replace(text))
			if strings.Contains(text, "<script") || strings.Contains(text, `href="javascript`) || strings.ContainsRune(text, '\u202e') {
				t.Errorf("%s: %s", name, text)
			}
		}
		if strings.Contains(text, "A secret of mine.") {
			t.Errorf("%s tells what was taken back", name)
		}
	})
	if files < 8 {
		t.Errorf("%d pages", files)
	}
	masked, _ := filepath.Glob(filepath.Join(dir, "pages", "story", "masked-*.html"))
	if b, _ := os.ReadFile(masked[0]); !strings.Contains(string(b), "Details are changed to protect people.") {
		t.Error("a masked story does not say so")
	}
}

func walk(t *testing.T, dir string, see func(name, text string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		see(path, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func theArchive(t *testing.T, club *toldTest) {
	dir := filepath.Join(t.TempDir(), "archive")
	out := club.as("Rosa").json("archive", dir)
	files := 0
	walk(t, dir, func(name, text string) {
		files++
		if !strings.HasSuffix(name, ".html") {
			return
		}
		standsAlone(t, name, text)
		for _, href := range hrefs.FindAllStringSubmatch(text, -1) {
			to, _, _ := strings.Cut(href[1], "#")
			if to == "" || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(to))); err != nil {
				t.Errorf("%s: %s leads nowhere", name, href[1])
			}
		}
	})
	if int(out["written"].(float64)) != files {
		t.Errorf("%v files written, %d there", out["written"], files)
	}
	index, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"Wiper Club", "Domain", "Community", "Practice", "Who we were", "Books", "Ingrid", "markdown/README.md", "coppice.json"} {
		if !strings.Contains(string(index), says) {
			t.Errorf("the first page does not say %q", says)
		}
	}
	for _, kind := range []string{"charter", "member", "way", "story", "question", "gathering", "problem"} {
		if _, err := os.Stat(filepath.Join(dir, "pages", kind, "index.html")); err != nil {
			t.Errorf("no list of %s: %v", kind, err)
		}
	}
	var whole struct{ Documents []map[string]any }
	if b, err := os.ReadFile(filepath.Join(dir, "coppice.json")); err != nil || json.Unmarshal(b, &whole) != nil || len(whole.Documents) < 50 {
		t.Errorf("coppice.json: %v, %d documents", err, len(whole.Documents))
	}
	again := filepath.Join(t.TempDir(), "again")
	club.as("Rosa").run("archive", again)
	walk(t, dir, func(name, text string) {
		rel, _ := filepath.Rel(dir, name)
		if b, err := os.ReadFile(filepath.Join(again, rel)); err != nil || string(b) != text {
			t.Errorf("%s is another the second time: %v", rel, err)
		}
	})
	if got := club.as("Rosa").imports(filepath.Join(dir, "markdown")); got != "0 added, 0 changed" {
		t.Errorf("its Markdown imports as %s", got)
	}
}

// Who left without her name is in no page under it.
func TestAnArchiveForgetsWhoAskedForIt(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T12:00:00Z","who":"Halvard","run":["join","--commitment","I stay a while"]}
{"at":"2026-05-05T12:00:00Z","who":"Halvard","run":["tell","--title","Once","--file","-"],"stdin":"It was cold."}
{"at":"2026-05-06T12:00:00Z","who":"Halvard","run":["leave","--yes","--forget-name"]}`)
	club.together()
	dir := filepath.Join(t.TempDir(), "all")
	if g := club.as("Rosa").run("archive", dir); g.exit != 0 {
		t.Fatal(g.stderr)
	}
	walk(t, dir, func(name, text string) {
		if strings.Contains(strings.ToLower(name+text), "halvard") {
			t.Errorf("%s names who left without her name", name)
		}
	})
}

// Whom somebody does not want to hear is hers to know: an archive is for all.
func TestAnArchiveTellsNothingOfWhomOneMuted(t *testing.T) {
	club := play(t, `
		{"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers","--commitment","I come."]}
		{"at":"2026-05-03T12:01:00Z","who":"Rosa","run":["problem","new","--title","Judder"],"as":"judder"}
		{"at":"2026-05-03T12:02:00Z","who":"Rosa","run":["way","new","--title","Chalk","--about","@judder"],"as":"chalk"}
		{"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber."]}
		{"at":"2026-05-04T09:01:00Z","who":"Dev","run":["way","new","--title","Shorter dwell","--about","@judder","--use-when","The glass dries."],"as":"dwell"}
		{"at":"2026-05-04T09:02:00Z","who":"Dev","run":["tried","@chalk","worked","It showed at once."]}
		{"at":"2026-05-04T09:03:00Z","who":"Dev","run":["met","@judder","On the compact."]}
		{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["mute","@Dev"]}`)
	if shown := club.as("Rosa").run("show", "@chalk", "--json").stdout; !strings.Contains(shown, "you muted Dev") {
		t.Fatalf("she hears him still: %s", shown)
	}
	dir := filepath.Join(t.TempDir(), "archive")
	club.as("Rosa").json("archive", dir)
	whole, err := os.ReadFile(filepath.Join(dir, "coppice.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(whole), "muted") {
		t.Error("the archive says whom she muted")
	}
	if strings.Count(string(whole), "The glass dries.") < 2 { // on its own page, and beside the problem
		t.Error("the archive leaves out what she does not want to hear")
	}
}
