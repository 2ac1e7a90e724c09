package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/protocol"
)

func TestAlikeHoldsTwoOfTheWords(t *testing.T) {
	v := fresh(t)
	for n, doc := range [][3]string{
		{"way", "Drying-phase judder: shorten dwell first", "Friction peaks as the film dries."},
		{"story", "The squeal", "It juddered after the rain stopped."},
		{"question", "Judder when it rains", ""},
		{"way", "Rain gutters", "Clean them."},
		{"member", "Dev", "judder, rain, dwell"},
		{"story", "Gone", "judder in the rain"},
	} {
		mustWrite(t, v, Batch{Items: []Item{{ID: id(n), Kind: doc[0], Title: doc[1], Text: doc[2], Shelved: doc[1] == "Gone"}}})
	}
	for words, want := range map[string]string{
		"judder rain":         "Judder when it rains|The squeal",
		"rain judder dwell":   "Drying-phase judder: shorten dwell first|Judder when it rains|The squeal",
		"gutters":             "Rain gutters",
		"judder airflow":      "",
		"":                    "",
		`"judder" ) * ^ NEAR`: "",
		`( judder* ^`:         "Drying-phase judder: shorten dwell first|Judder when it rains|The squeal",
	} {
		items, err := v.Alike(strings.Fields(words), []string{"way", "story", "question"}, 3)
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		var titles []string
		for _, i := range items {
			titles = append(titles, i.Title)
		}
		slices.Sort(titles)
		if got := strings.Join(titles, "|"); got != want {
			t.Errorf("%q is like %q, not %q", words, got, want)
		}
	}
}

func TestWordsOfTheIndex(t *testing.T) {
	v := fresh(t)
	for n := range 6 {
		text := "judder judder in the film"
		if n > 2 {
			text = "Büroklammer"
		}
		mustWrite(t, v, Batch{Items: []Item{{ID: id(n), Kind: "way", Author: protocol.MemberID{byte(n % 2)}, Title: fmt.Sprint("n", n), Text: text}}})
	}
	list := func() (all []string) {
		words, err := v.Words(2, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			all = append(all, fmt.Sprint(w.Text, w.Documents, w.Uses))
		}
		return all
	}
	if got := fmt.Sprint(list()); got != "[buroklammer3 3 film3 3 in3 3 judder3 6 the3 3]" {
		t.Errorf("the words %s", got)
	}
	held := func(want int) {
		t.Helper()
		n := 0
		if err := v.Holding([]string{"judder", "no such words"}, func(protocol.DocumentID) { n++ }); err != nil || n != want {
			t.Errorf("%d hold it, not %d: %v", n, want, err)
		}
	}
	held(3)
	mustWrite(t, v, Batch{Gone: []protocol.DocumentID{id(0)}})
	held(2)
	mustWrite(t, v, Batch{Items: []Item{{ID: id(1), Kind: "way", Title: "n1", Text: "nothing of it"}}})
	held(1)
	mustWrite(t, v, Batch{Items: []Item{{ID: id(2), Kind: "member", Title: "n2", Text: "judder"}}})
	held(1)
	if got := fmt.Sprint(list()); got != "[buroklammer3 3]" {
		t.Errorf("the words are now %s", got)
	}
}
