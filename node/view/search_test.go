package view

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"coppice.example/protocol"
)

func found(t testing.TB, v *View, words string) []string {
	t.Helper()
	hits, _, err := v.Search(Question{Words: words, Limit: 1000})
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	var titles []string
	for _, h := range hits {
		titles = append(titles, h.Item.Title)
	}
	return titles
}

func TestSearchFinds(t *testing.T) {
	v := fresh(t)
	for n, doc := range [][2]string{
		{"Laying a hedge", "Cut the pleacher low and bend it along the line; bind with hazel."},
		{"Café notes", "naïve résumé, Ångström and Brücke; über den Fluß."},
		{"Rain", "東京都の雨水タンクを掃除する。データを記録。"},
		{"지도", "마을 지도를 만든다"},
		{"Tools", "wood-lot billhook, don't lend; v2.0 sharpen@dawn C++ 12mm"},
		{"雨水利用", "how we keep rain water"},
	} {
		mustWrite(t, v, Batch{Items: []Item{{ID: id(n), Kind: "way", Title: doc[0], Text: doc[1]}}})
	}
	for words, want := range map[string]string{
		"hedge":               "Laying a hedge",
		"HED":                 "Laying a hedge",
		"hed lay":             "Laying a hedge",
		"pleach haz":          "Laying a hedge",
		"pleacher tools":      "",
		`"bend it along"`:     "Laying a hedge",
		`"it bend along"`:     "",
		`"bend it alon"`:      "",
		`"bend it along`:      "Laying a hedge",
		`“bend it along” haz`: "Laying a hedge",
		"cafe":                "Café notes",
		"CAFÉ":                "Café notes",
		"cafe\u0301":          "Café notes",
		"resume naive":        "Café notes",
		"angstrom brucke":     "Café notes",
		"fluss":               "Café notes",
		"FLUSS":               "Café notes",
		"uber":                "Café notes",
		"雨水":                  "雨水利用|Rain",
		"京都":                  "Rain",
		"東京":                  "Rain",
		"都東":                  "",
		"タンク":                 "Rain",
		"データ":                 "Rain",
		"掃":                   "Rain",
		"利用":                  "雨水利用",
		"지도":                  "지도",
		"도를":                  "지도",
		"wood-lot":            "Tools",
		"wood-l":              "Tools",
		"lot":                 "Tools",
		"don't":               "Tools",
		"v2.0":                "Tools",
		"c++":                 "Tools|Laying a hedge|Café notes",
		"12mm sharpen@dawn":   "Tools",
		"":                    "",
		"***":                 "",
		`""`:                  "",
		"hedge ***":           "Laying a hedge",
	} {
		got := found(t, v, words)
		wanted := strings.Split(want, "|")
		if want == "" {
			wanted = nil
		}
		if len(got) != len(wanted) {
			t.Errorf("%q found %q, want %q", words, got, wanted)
			continue
		}
		for _, title := range wanted {
			if !strings.Contains(strings.Join(got, "|"), title) {
				t.Errorf("%q found %q, want %q", words, got, wanted)
			}
		}
	}
	hits, _, err := v.Search(Question{Words: "雨水", Limit: 1})
	if err != nil || len(hits) != 1 || fmt.Sprint(hits[0].Heading) != "[{雨水 true} {利用 false}]" {
		t.Errorf("the title counts more, and is marked: %+v %v", hits, err)
	}
	hits, _, err = v.Search(Question{Words: "pleach line", Limit: 1})
	if err != nil || len(hits) != 1 || fmt.Sprint(hits[0].Snippet) != "[{Cut the  false} {pleacher true} { low and bend it along the  false} {line true} {; bind with hazel false}]" {
		t.Errorf("%+v %v", hits, err)
	}
}

// plant hides words of its own in the nth item, somewhere, and returns by what
// they must be found, and in what.
func plant(n int, i *Item) (asks []string, in Place) {
	const letters, marked, plain = "bcdfghjklmnpqrstvz", "áèîõüçñ", "aeioucn"
	r := rand.New(rand.NewPCG(uint64(n), 5))
	word, bare := "", ""
	for range 8 {
		k := r.IntN(7)
		c := string(letters[r.IntN(len(letters))])
		word += c + string([]rune(marked)[k])
		bare += c + string(plain[k])
	}
	han := string(rune(0x4e00+n/150)) + string(rune(0x6e00+n%150))
	switch in = []Place{InTitle, InText, InTalk, InAnswer, InNotes, InFormer}[n%6]; in {
	case InTitle:
		i.Title += " " + word
	case InText:
		i.Text = strings.ToUpper(word) + ", the oak " + han + "掃除 " + i.Text
	default:
		i.Passages = append(i.Passages, Passage{In: in, Entry: entryID(n), Text: "An ash " + word + " the oak of 東" + han + "除"})
	}
	asks = []string{word, bare, strings.ToUpper(bare), string([]rune(word)[:12]), bare[:10], `"` + bare + `"`}
	if in != InTitle {
		asks = append(asks, `"`+bare+` the oak"`, han, bare+" oak")
	}
	return asks, in
}

// TestPlanted hides words of its own in each of many documents and finds each
// by the word, its beginnings, its plain form, two characters and a phrase.
func TestPlanted(t *testing.T) {
	v, r := fresh(t), rand.New(rand.NewPCG(5, 5))
	const documents = 2000
	b := Batch{}
	for n := range documents {
		i := randomItem(r, n)
		plant(n, &i)
		b.Items = append(b.Items, i)
	}
	mustWrite(t, v, b)
	for n, item := range b.Items {
		if missed := misses(v, n, item.ID, n/6); missed != "" {
			t.Fatal(missed)
		}
	}
}

// misses tells what planted in the nth document is not found by one of the
// ways to ask for it; empty: nothing.
func misses(v *View, n int, document protocol.DocumentID, way int) string {
	asks, in := plant(n, &Item{})
	words := asks[way%len(asks)]
	hits, _, err := v.Search(Question{Words: words, Limit: 3})
	if err != nil || len(hits) == 0 || hits[0].ID != document || hits[0].In.In != in {
		return fmt.Sprintf("document %d not found by %q in %s: %d hits, %v", n, words, in, len(hits), err)
	}
	return ""
}

// TestHostileWords asks for what FTS5 takes for syntax: no error, and no word
// of the question is lost to it.
func TestHostileWords(t *testing.T) {
	v := fresh(t)
	mustWrite(t, v, Batch{Items: []Item{{ID: id(1), Title: "and or not near", Text: "near (title text) -- title: and text: and"}}})
	for _, words := range []string{"AND", "OR", "NOT", "NEAR(title text)", "title:and", "near -not", "{title text}: and", "^and", "and OR zebra" /* finds nothing */} {
		hits, _, err := v.Search(Question{Words: words, Limit: 9})
		if want := !strings.Contains(words, "zebra"); err != nil || (len(hits) == 1) != want {
			t.Errorf("%q: %d hits, %v", words, len(hits), err)
		}
	}
	for _, words := range hostile {
		if _, _, err := v.Search(Question{Words: words, Limit: 9}); err != nil {
			t.Errorf("%q: %v", words, err)
		}
	}
}

var hostile = []string{
	"(", ")", "*", "a*", "*a", "a AND", "AND a", "NEAR(", "a NEAR/3 b", "-a", "a -", "+a", "a + b", "^", "{a}", "{", ":", "a:b", "\"", "\"\"\"", "'", "';--", "\\", "\x00", "a\x00b", "\xff\xfe",
	"\x02", "\x03\x02", "\u200b", "\u0301", "🙂", "🙂*", "\"a", "a\"b\"c", "a\"\"b", strings.Repeat("a ", 5000), strings.Repeat("\"", 999), strings.Repeat("雨", 3000), strings.Repeat("(", 3000), "\ue000", "\U0003fffd", "𝕏", "٣", "ﬁ",
}

func FuzzSearch(f *testing.F) {
	for _, words := range hostile {
		f.Add(words, "some text "+words)
	}
	v := fresh(f)
	f.Fuzz(func(t *testing.T, words, text string) {
		text = strings.ToValidUTF8(text, "")
		mustWrite(t, v, Batch{Items: []Item{{ID: id(1), Title: "title", Text: text}}})
		hits, _, err := v.Search(Question{Words: words, Limit: 5})
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		for _, h := range hits {
			for _, p := range append(h.Heading, h.Snippet...) {
				if p.Text == "" || !utf8.ValidString(p.Text) {
					t.Fatalf("%q: part %q", words, p.Text)
				}
			}
		}
		if _, _, err := v.Find(words); err == nil && len(words) < 3 {
			t.Logf("%q is the beginning of an id", words)
		}
	})
}
