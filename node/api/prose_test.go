package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
)

const someID = "0bpp3fenyndtqk05sa0m1vasj4hhv4sv429yyjw9e5nvt8b7abqg"

func TestRender(t *testing.T) {
	for source, want := range map[string]string{
		"":                               `[]`,
		"Rest *the* **dough**.":          `[{"tag":"p","children":["Rest ",{"tag":"em","children":["the"]}," ",{"tag":"strong","children":["dough"]},"."]}]`,
		"# One\n\n###### Six":            `[{"tag":"h2","children":["One"]},{"tag":"h6","children":["Six"]}]`,
		"3. a\n4. b":                     `[{"tag":"ol","start":3,"children":[{"tag":"li","children":["a\n"]},{"tag":"li","children":["b\n"]}]}]`,
		"- [x] a\n- [ ] b":               `[{"tag":"ul","children":[{"tag":"li","task":"done","children":["a\n"]},{"tag":"li","task":"open","children":["b\n"]}]}]`,
		"a\\\nb\nc":                      `[{"tag":"p","children":["a",{"tag":"br"},"b\nc"]}]`,
		"```js\n<b>\n```":                `[{"tag":"pre","children":[{"tag":"code","children":["\u003cb\u003e\n"]}]}]`,
		"`<b>` ~~x~~":                    `[{"tag":"p","children":[{"tag":"code","children":["\u003cb\u003e"]}," ",{"tag":"del","children":["x"]}]}]`,
		"|a|b|\n|-|:-:|\n|1|2|":          `[{"tag":"table","children":[{"tag":"thead","children":[{"tag":"tr","children":[{"tag":"th","children":["a"]},{"tag":"th","align":"center","children":["b"]}]}]},{"tag":"tbody","children":[{"tag":"tr","children":[{"tag":"td","children":["1"]},{"tag":"td","align":"center","children":["2"]}]}]}]}]`,
		"[a](https://a.example/x?y=z)":   `[{"tag":"p","children":[{"tag":"a","href":"https://a.example/x?y=z","children":["a"]}]}]`,
		"https://a.example/x.":           `[{"tag":"p","children":[{"tag":"a","href":"https://a.example/x","children":["https://a.example/x"]},"."]}]`,
		"<mailto:a@b.example>":           `[{"tag":"p","children":[{"tag":"a","href":"mailto:a@b.example","children":["mailto:a@b.example"]}]}]`,
		"[a](" + someID + ")":            `[{"tag":"p","children":[{"tag":"a","ref":"` + someID + `","children":["a"]}]}]`,
		"[a](coppice:" + someID + ".3)":  `[{"tag":"p","children":[{"tag":"a","ref":"` + someID + `.3","children":["a"]}]}]`,
		"![a cat](https://a.example/c)":  `[{"tag":"p","children":[{"tag":"a","href":"https://a.example/c","children":["a cat"]}]}]`,
		"&lt;b&gt; &amp;amp; \\&lt; \\*": `[{"tag":"p","children":["\u003cb\u003e \u0026amp; \u0026lt; *"]}]`,
		"> q\n\n---":                     `[{"tag":"blockquote","children":[{"tag":"p","children":["q"]}]},{"tag":"hr"}]`,
		"a\u202eb&#8238;c&#0;":           `[{"tag":"p","children":["abc` + "\ufffd" + `"]}]`,
		"<b onclick=x>t</b>":             `[{"tag":"p","children":["\u003cb onclick=x\u003et\u003c/b\u003e"]}]`,
		"<script>\nalert(1)\n</script>":  `[{"tag":"p","children":["\u003cscript\u003e\nalert(1)\n\u003c/script\u003e"]}]`,
	} {
		got, err := json.Marshal(Render(source).Nodes)
		if err != nil || string(got) != want {
			t.Errorf("%q:\n got %s\nwant %s %v", source, got, want, err)
		}
		var back []Node
		if err := json.Unmarshal(got, &back); err != nil {
			t.Error(err)
		}
		if again, _ := json.Marshal(back); string(again) != string(got) {
			t.Errorf("%q does not survive its JSON: %s", source, again)
		}
	}
}

// hostile are texts that want to become more than text.
var hostile = []string{
	`<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`, `<iframe srcdoc="<script>alert(1)</script>">`,
	`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, `[x](java&#115;cript:alert(1))`, `[x](javascript&colon;alert(1))`, `[x](javascript&#58;alert(1))`,
	`[x](&#106;avascript:alert(1))`, `[x](&#x6A;avascript:alert(1))`, "[x](<java\tscript:alert(1)>)", "[x](<java\nscript:alert(1)>)", `[x](java&Tab;script:alert(1))`,
	`[x](java&NewLine;script:alert(1))`, `[x](\javascript:alert(1))`, `[x]( javascript:alert(1))`, `[x](<&#1;javascript:alert(1)>)`, `[x](javascript\:alert(1))`,
	`[x](vbscript:msgbox(1))`, `[x](data:text/html;base64,PHNjcmlwdD4=)`, `[x](DATA:text/html,x)`, `[x](blob:http://a/b)`, `[x](file:///etc/passwd)`, `[x](smb://a/b)`,
	`[x](view-source:http://a)`, `[x](//evil.example)`, `[x](/v1/down)`, `[x](../x)`, `[x](\\evil.example\x)`, `[x](http:evil)`, `[x](http:/evil)`, `[x](http:///evil)`,
	`[x](https://good.example@evil.example)`, `[x](https://u:p@evil.example)`, `[x](http://a\@b)`, `[x](mailto:)`, `[x](coppice:join/ABC)`, `[x](coppice:` + someID + `/../x)`,
	`<javascript:alert(1)>`, `<data:text/html,x>`, `<JAVASCRIPT:alert(1)>`, `![x](javascript:alert(1))`, `![x](data:image/svg+xml,<svg onload=alert(1)>)`,
	"[x]: javascript:alert(1)\n\n[x]", `[x](https://a.example "onmouseover=alert(1)")`, `<!--><script>alert(1)</script>-->`, `<![CDATA[<script>]]>`, `<?php echo 1 ?>`,
	"| <img src=x> | [a](javascript:x) |\n|-|-|\n| `x` | <b> |", `**<b>**`, "```\"><script>\nx\n```", `&lt;script&gt;alert(1)&lt;/script&gt;`, "- [ ] [x](javascript:x)\n- [x] <b>",
	`[a](https://ex.example/` + "\u202e" + `gpj.exe)`, `[` + "\u202e" + `moc](https://a.example)`, "\x00\x01\x1b[31m", `[x](https://a.example/"onclick="x)`,
}

// sound fails when prose holds anything but what may be there.
func sound(t *testing.T, source string, p Prose) {
	t.Helper()
	count := 0
	var walk func(nodes []Node, depth int)
	walk = func(nodes []Node, depth int) {
		for _, n := range nodes {
			count++
			if depth > mostDepth+8 {
				t.Fatalf("%.80q: nodes lie %d deep", source, depth)
			}
			if n.Tag == "" {
				if n.Href+n.Ref+n.Align+n.Task != "" || n.Children != nil || strings.ContainsFunc(n.Text, func(r rune) bool {
					return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && r != '\n' && r != '\t'
				}) {
					t.Fatalf("%.80q: the text %+v", source, n)
				}
				continue
			}
			u, err := url.Parse(n.Href)
			switch {
			case !slices.Contains(tags, n.Tag), n.Text != "":
				t.Fatalf("%.80q: %+v", source, n)
			case n.Href != "" && (n.Tag != "a" || err != nil || u.User != nil || u.Scheme != "mailto" && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "")):
				t.Fatalf("%.80q leads to %q", source, n.Href)
			case strings.ContainsFunc(n.Href, func(r rune) bool { return r <= ' ' || r == '"' || r == '<' || r == '>' || r == '\\' || r > '~' }):
				t.Fatalf("%.80q: the address %q", source, n.Href)
			case n.Ref != "" && (n.Tag != "a" || !reference.MatchString(n.Ref) || n.Href != ""),
				n.Start != 0 && n.Tag != "ol", n.Align != "" && (n.Tag != "td" && n.Tag != "th" || !slices.Contains([]string{"left", "center", "right"}, n.Align)),
				n.Task != "" && (n.Tag != "li" || n.Task != "done" && n.Task != "open"):
				t.Fatalf("%.80q: %+v", source, n)
			}
			walk(n.Children, depth+1)
		}
	}
	walk(p.Nodes, 0)
	if count > 2*mostNodes+1024 {
		t.Fatalf("%.80q makes %d nodes", source, count)
	}
}

func TestHostileTextsRemainText(t *testing.T) {
	for _, source := range hostile {
		p := Render(source)
		sound(t, source, p)
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{`"href":"javascript`, `"href":"data`, `"href":"file`, "evil.example\"", `"href":"/`} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%q became %s", source, raw)
			}
		}
	}
}

func TestNoTextTakesLong(t *testing.T) {
	for name, pattern := range map[string]string{
		"quotes": ">", "spaced quotes": "> ", "brackets": "[", "links": "[a](", "nested": "[a](b", "images": "![", "lists": "- ", "numbers": "1. ", "stars": "*a ",
		"both": "*a _b ", "ticks": "`a``b```", "angles": "<a ", "comments": "<!--", "references": "[a]: <b\n", "rows": "|a|b|\n", "tildes": "~~a~", "lines": "a\n=\n",
		"quoted list": "> - ", "lazy": "2. [a](", "wide": "a|", "entities": "&lt", "hosts": "http://a", "emphasis": "**a *b ", "tabs": "\t- a\n", "empty items": "-\n",
		"backslashes": "\\[", "footnotes": "[^a]", "mails": "a@b.c ", "deep": "*_~~",
	} {
		source := strings.Repeat(pattern, 64<<10/len(pattern)+1)
		least := time.Hour
		for range 5 { // the collector has its own times: the best of five is the text's
			began := spent(t)
			p := Render(source)
			least = min(least, spent(t)-began)
			sound(t, name, p)
			if raced || least < 50*time.Millisecond {
				break
			}
		}
		if !raced && least >= 50*time.Millisecond {
			t.Errorf("%s: 64 KiB take %v", name, least)
		}
	}
}

var raced bool

// spent returns the processor time of this process, which other programs on
// the machine do not change.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What a hand writes is rendered, however much of it there is.
func TestLongTextsAreRenderedInPart(t *testing.T) {
	item := "- see [the way](https://a.example/way) and *try* it\n"
	p := Render(strings.Repeat(item, 3000))
	if len(p.Nodes) != 1 || p.Nodes[0].Tag != "ul" || !strings.HasPrefix(p.Rest, "- see [the way]") {
		t.Errorf("%d nodes, the rest begins %.40q", len(p.Nodes), p.Rest)
	}
	if done := len(p.Nodes[0].Children)*len(item) + len(p.Rest); done != 3000*len(item) {
		t.Errorf("%d of %d bytes are shown", done, 3000*len(item))
	}
	p = Render(strings.Repeat("é", 20<<10))
	if len(p.Nodes) != 1 || strings.ContainsRune(p.Rest, '\ufffd') || !strings.HasPrefix(p.Rest, "é") {
		t.Errorf("a line without an end was cut in a letter: %.10q", p.Rest)
	}
}

func FuzzRender(f *testing.F) {
	for _, source := range hostile {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 64<<10 {
			return
		}
		began := time.Now()
		p := Render(source)
		if took := time.Since(began); took > 2*time.Second { // under a fuzzer on a busy machine; TestNoTextTakesLong holds the figure
			t.Errorf("it took %v", took)
		}
		sound(t, source, p)
		if _, err := json.Marshal(p); err != nil {
			t.Error(err)
		}
	})
}
