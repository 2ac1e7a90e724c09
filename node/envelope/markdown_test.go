package envelope_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"pgregory.net/rapid"
)

// fileOrigin is where a file lies.
func fileOrigin(hash protocol.Hash) envelope.Object {
	return envelope.Object{{Name: "path", Value: "docs/x.md"}, {Name: "hash", Value: hash}}
}

// imported makes a way of a page, as an import does.
func imported(t testing.TB, page *envelope.Page) *paper {
	t.Helper()
	schema, hash := kinds.Named("way"), protocol.Hash(sha256.Sum256([]byte("x")))
	return begin(t, "way", rosa, envelope.Member, page.Intents(schema, fileOrigin(hash), hash)...)
}

func exported(t testing.TB, p *paper) *envelope.Page {
	t.Helper()
	b := envelope.Markdown(p.doc.Schema(), p.fold(), envelope.Source{})
	page, err := envelope.ParseMarkdown(kinds, b, "exported.md")
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	return page
}

// samePage tells whether the export of a page reads as the page did.
func samePage(t testing.TB, page *envelope.Page) {
	t.Helper()
	p := imported(t, page)
	back := exported(t, p)
	if back.ID != p.doc.ID() || back.Kind != "way" || back.Title != page.Title || back.Body != page.Body || back.Extra != page.Extra {
		t.Errorf("a page came back as another:\n%+v\nwas\n%+v", back, page)
	}
	drafts, err := p.doc.Write(envelope.Writing{Author: rosa, Rank: envelope.Member}, back.Intents(p.doc.Schema(), nil, protocol.Hash{}))
	if err != nil || len(drafts) > 0 {
		t.Errorf("reading the export again writes %d changes, %v", len(drafts), err)
	}
}

func TestStrangersFrontMatterIsKept(t *testing.T) {
	for name, c := range map[string]struct{ file, title, extra, body string }{
		"hugo": {"---\n# a remark\ntitle: \"Cold  blades\"\ndate: 2026-05-14T10:00:00Z\ntags:\n  - cold\n  - rubber # hard\ndraft: false\n---\n\nText\n",
			"Cold blades", "# a remark\ndate: 2026-05-14T10:00:00Z\ntags:\n  - cold\n  - rubber # hard\ndraft: false\n", "\nText\n"},
		"no title":        {"---\nlayout: post\n---\n# Here it is #\nText", "Here it is", "layout: post\n", "# Here it is #\nText"},
		"flow":            {"---\n{title: A, tags: [x, y]}\n---\nT", "A", "tags:\n    - x\n    - \"y\"\n", "T"},
		"alias":           {"---\ntitle: &t A\nslug: *t\n---\nT", "A", "slug: A\n", "T"},
		"title no word":   {"---\ntitle: [1, 2]\n---\n# B\n", "B", "title: [1, 2]\n", "# B\n"},
		"our words":       {"---\nform: 12\nextra: 1\nsigned: x\ncount: 3\n---\n# B\n", "B", "form: 12\nextra: 1\nsigned: x\ncount: 3\n", "# B\n"},
		"a rule":          {"---\nnot yaml: : :\n---\n# B\n", "not yaml: : :", "", "---\nnot yaml: : :\n---\n# B\n"},
		"open":            {"---\ntitle: A\n", "x", "", "---\ntitle: A\n"},
		"comment between": {"---\ntitle: A\n# stays\n\nb: 1\n---\nT", "A", "# stays\nb: 1\n", "T"},
		"underlined":      {"Intro\n\nHead & line\n===\n", "Head & line", "", "Intro\n\nHead & line\n===\n"},
		"code":            {"```\n# not\n```\n# [![b](c)](d) *Yes* [it](x(y)) is <b>1</b>\n", "Yes it is 1", "", "```\n# not\n```\n# [![b](c)](d) *Yes* [it](x(y)) is <b>1</b>\n"},
		"nothing":         {"", "x", "", ""},
		"crlf and nfd":    {"\ufeff# Cafe\u0301\r\n\r\nx\r", "Caf\u00e9", "", "# Caf\u00e9\n\nx\n"},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := envelope.ParseMarkdown(kinds, []byte(c.file), "notes/x.md")
			if err != nil {
				t.Fatal(err)
			}
			if page.Title != c.title || page.Extra != c.extra || page.Body != c.body {
				t.Errorf("title %q extra %q body %q", page.Title, page.Extra, page.Body)
			}
			samePage(t, page)
		})
	}
}

func TestWhatIsNoTextIsRefusedWithTheReason(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want error
		says string
	}{
		"utf-8":   {"ab\xffc", envelope.ErrText, "from byte 2"},
		"nul":     {"a\nb\x00", envelope.ErrText, "U+0000) in line 2"},
		"escape":  {"\x1b[1m", envelope.ErrText, "U+001B"},
		"long":    {strings.Repeat("x", protocol.MaxText+1), envelope.ErrTooLong, "512 KiB"},
		"id":      {"---\ncoppice: nothing\n---\n", envelope.ErrFrontMatter, "nothing"},
		"yaml":    {"---\ncoppice: [\n---\n", envelope.ErrFrontMatter, "YAML"},
		"no kind": {"---\ncoppice: " + rosa.String() + "\nkind: song\n---\n", envelope.ErrFrontMatter, "song"},
		"twice":   {"---\ncoppice: " + rosa.String() + "\nkind: way\nkind: way\n---\n", envelope.ErrFrontMatter, ""},
	} {
		_, err := envelope.ParseMarkdown(kinds, []byte(c.file), "x.md")
		var r *envelope.Refusal
		if !errors.As(err, &r) || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryToldFieldComesBack(t *testing.T) {
	id := protocol.DocumentID(person("an area"))
	w := begin(t, "way", rosa, envelope.Member,
		do("title", envelope.DoSet, "no"), do("body", envelope.DoText, "\n\n  spaced\n---\nx: y\n"),
		do("form", envelope.DoSet, "trick"), do("use_when", envelope.DoText, "# when\n\tit's \"cold\"  \n\n"),
		do("not_when", envelope.DoText, " \u0085\u2028 lead\n"), do("areas", envelope.DoAdd, id.String()),
		do("links", envelope.DoAdd, "from "+id.String()), do("uri", envelope.DoSet, "null"),
		do("review_by", envelope.DoSet, "2027-02-28"), do("extra", envelope.DoText, "title: mine\n---\n"),
		do("stewards", envelope.DoAdd, "me"), do("trials", envelope.DoEnter, map[string]any{"outcome": "worked", "context": "a=b"}))
	page := exported(t, w)
	fresh := begin(t, "way", dev, envelope.Member, page.Intents(w.doc.Schema(), nil, protocol.Hash{})...)
	was, is := w.fold(), fresh.fold()
	for _, f := range was.Fields {
		switch f.Name {
		case "stewards", "trials":
			continue // signed by their members, not to be said by another
		}
		other := is.Field(f.Name)
		if f.Text != other.Text || !reflect.DeepEqual(f.Value(), other.Value()) || !reflect.DeepEqual(f.Set, other.Set) {
			t.Errorf("%s was %+v, is %+v", f.Name, f, other)
		}
	}
	if drafts, err := w.doc.Write(envelope.Writing{Author: rosa, Rank: envelope.Member}, page.Intents(w.doc.Schema(), nil, protocol.Hash{})); err != nil || len(drafts) > 0 {
		t.Errorf("the export of a document changes it: %v %v", drafts, err)
	}
	s := begin(t, "story", rosa, envelope.Member, do("title", envelope.DoSet, "s"), do("teller", envelope.DoSet, "a nurse on nights"),
		do("masked", envelope.DoSet, "yes"), do("context", envelope.DoSet, "shift=night"), do("why", envelope.DoText, "because"))
	again := begin(t, "story", dev, envelope.Member, exported(t, s).Intents(s.doc.Schema(), nil, protocol.Hash{})...)
	if got, want := names(again.fold().Fields), names(s.fold().Fields); !reflect.DeepEqual(got, want) || again.fold().Value("teller") != "a nurse on nights" {
		t.Errorf("a story came back with %v, not %v", got, want)
	}
}

func TestAnyTextComesBackFromFrontMatter(t *testing.T) {
	// a line that ends where YAML ends one and people do not
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "t"), do("use_when", envelope.DoText, "\n\u2028"), do("extra", envelope.DoText, "\n\u2028"))
	if page := exported(t, w); page.Extra != "\n\u2028" || page.Body != "" {
		t.Errorf("body %q extra %q", page.Body, page.Extra)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab:#-\"'\\|>{}[]&*!%@`,? \t\n\u0085\u2028\ufeff\u00e9😀\u007f\u0099\u200b0~")), 0, 40, -1).Draw(r, "text")
		clean, err := envelope.Clean(text)
		if err != nil {
			r.Fatal(err)
		}
		w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "t "+strings.ReplaceAll(text, "\n", " ")),
			do("use_when", envelope.DoText, text), do("body", envelope.DoText, text), do("extra", envelope.DoText, text))
		page := exported(t, w)
		if page.Body != clean || page.Extra != clean || page.Title != w.fold().Title {
			r.Fatalf("body %q extra %q title %q of %q", page.Body, page.Extra, page.Title, clean)
		}
		for _, in := range page.Fields {
			if in.Field == "use_when" && in.Value != clean {
				r.Fatalf("%q came back as %q", clean, in.Value)
			}
		}
	})
}

// readmes finds README files of strangers on this machine, at most 1,000.
func readmes(t testing.TB) (paths []string) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command to say where modules are")
	}
	root := strings.TrimSpace(string(out))
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case len(paths) >= 1000:
			return fs.SkipAll
		case e.Type().IsRegular() && strings.EqualFold(filepath.Ext(path), ".md"):
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

func TestThousandRealFiles(t *testing.T) {
	paths := readmes(t)
	if len(paths) < 1000 {
		t.Logf("only %d Markdown files in the module cache", len(paths))
	}
	if len(paths) == 0 {
		t.Skip("no Markdown file in the module cache")
	}
	refused, front := 0, 0
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		page, err := envelope.ParseMarkdown(kinds, b, path)
		if err != nil {
			var r *envelope.Refusal
			if !errors.As(err, &r) {
				t.Errorf("%s: %v", path, err)
			}
			refused++
			continue
		}
		if page.Extra != "" {
			front++
		}
		if page.Title == "" || page.Body == "" && page.Extra == "" && bytes.Count(b, []byte("\n")) > 5 {
			t.Errorf("%s: title %q, body of %d bytes", path, page.Title, len(page.Body))
		}
		samePage(t, page)
	}
	t.Logf("%d files, %d refused, %d with front matter", len(paths), refused, front)
}

func FuzzMarkdown(f *testing.F) {
	f.Add([]byte("---\ntitle: A\ntags: [x]\n---\n# B\n"))
	f.Add([]byte("---\n? a\n: b\n---\nx"))
	f.Add([]byte("---\ncoppice: " + rosa.String() + "\nkind: way\nuse_when: |\n  # x\n\n---\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		page, err := envelope.ParseMarkdown(kinds, b, "x.md")
		if err != nil {
			return
		}
		page.Fields = nil
		page.ID = protocol.DocumentID{}
		if page.Title == "" || len(page.Title) > 200 {
			return
		}
		samePage(t, page)
	})
}

func TestTheOriginOfALongFileIsSetAtTheRoot(t *testing.T) {
	page, err := envelope.ParseMarkdown(kinds, []byte("# Long\n"+strings.Repeat("wipers wipe\n", 10<<10)), "long.md")
	if err != nil {
		t.Fatal(err)
	}
	p := imported(t, page)
	origin, _ := p.fold().Value("origin").(envelope.Object)
	if len(p.sent) < 2 || origin.Text("path") != "docs/x.md" || p.fold().Value("imported") != origin.Get("hash") {
		t.Errorf("%d changes, origin %v, imported %v", len(p.sent), origin, p.fold().Value("imported"))
	}
	again := p.write(rosa, envelope.Member, page.Intents(p.doc.Schema(), fileOrigin(protocol.Hash{9}), protocol.Hash{9})...)
	if len(again) != 1 || p.fold().Value("imported") != (protocol.Hash{9}) {
		t.Errorf("the same text from another file made %d changes", len(again))
	}
}
