package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// lines writes what a part of a digest says.
func digestLines(told []api.Told) (all []string) {
	for _, t := range told {
		all = append(all, t.Kind+" "+t.Title+": "+t.What)
	}
	slices.Sort(all) // all is of one time in these tests
	return all
}

// What is for me comes first, with all that happened to it in words; the next
// digest does not say it again, and peeking changes nothing.
func TestDigestTellsWhatIsForMe(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam, marta := club.as("Rosa"), club.as("Dev"), club.as("Sam"), club.as("Marta")
	rubber, noise := rosa.area("rubber"), rosa.area("noise")
	sam.json("hello", "--learns", rubber)
	for _, who := range []asking{rosa, dev, sam, marta} {
		who.json("digest")
	}
	q := sam.id("ask", "Judder after rain?", "--area", rubber)
	way := sam.stdin("Wipe it.").id("way", "new", "--title", "Clean glass first", "--file", "-")
	a := dev.stdin("Shorten the dwell.").id("answer", q)
	marta.json("comment", q, "Does it squeal too?")
	rosa.json("thanks", way)
	rosa.stdin("Wipe it dry.").json("edit", way, "--file", "-")
	marta.json("add", q, "marks", "metoo")
	dev.id("way", "new", "--title", "Softer lip", "--area", rubber)
	dev.id("way", "new", "--title", "Longer arm")
	rosa.json("set", q, "horizon", "agenda")

	peeked := toldAs[api.Digest](sam, "digest", "--peek")
	d := toldAs[api.Digest](sam, "digest")
	if strings.Join(digestLines(peeked.ForMe), "\n") != strings.Join(digestLines(d.ForMe), "\n") {
		t.Error("peeking told something else")
	}
	got := strings.Join(digestLines(d.ForMe), "\n")
	want := `question Judder after rain?: Dev answered: “Shorten the dwell.”; Marta said: “Does it squeal too?”, has the same; Rosa set horizon to agenda
way Clean glass first: Rosa thanked you, changed body`
	if got != want {
		t.Errorf("for me:\n%s\nnot\n%s", got, want)
	}
	if got := strings.Join(digestLines(d.InMyAreas), "\n"); got != "way Softer lip: Dev wrote it down" || len(d.Changed)+len(d.Arrivals) != 0 || d.Rest != 1 {
		t.Errorf("%s, %+v", got, d)
	}
	if again := toldAs[api.Digest](sam, "digest"); len(again.ForMe)+len(again.Changed)+len(again.InMyAreas)+len(again.Arrivals)+again.Rest != 0 {
		t.Errorf("told twice: %+v", again)
	}
	sam.json("add", q, "asked", "@Marta")
	sam.json("set", a, "helped", "now")
	lesson := marta.id("way", "new", "--title", "Drying judder", "--area", noise)
	marta.json("add", lesson, "links", "from "+a)
	back := dev.at("2026-05-06T09:00:00Z")
	got = strings.Join(digestLines(toldAs[api.Digest](back, "digest").ForMe), "\n")
	if !strings.Contains(got, "way Drying judder: Marta wrote it down, made it from what you said") || !strings.Contains(got, "Sam said that your answer helped") {
		t.Errorf("for Dev:\n%s", got)
	}
	if got := strings.Join(digestLines(toldAs[api.Digest](marta, "digest").ForMe), "\n"); !strings.Contains(got, "Sam thought of you for it") {
		t.Errorf("for Marta:\n%s", got)
	}
	long := toldAs[api.Digest](sam, "digest", "--since", "2026-05-01T00:00:00Z")
	if got := strings.Join(digestLines(long.ForMe), "\n"); !strings.HasPrefix(got, want[:40]) {
		t.Errorf("further back:\n%s", got)
	}
	if before, after := club.together(), func() string { rosa.json("digest"); return club.together() }(); before != after {
		t.Error("reading leaves a trace")
	}
	text := rosa.run("digest", "--since", "2026-05-01T00:00:00Z").stdout
	if !strings.Contains(text, "Who came") || !strings.Contains(text, "and something in") {
		t.Error(text)
	}
}

// A newcomer hears nothing of what was here before, whenever it reaches her,
// and of herself nothing at all; the others hear that she came.
func TestDigestOfANewcomer(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev := club.as("Rosa"), club.as("Dev")
	arms := rosa.area("arms")
	dev.json("hello", "--helps", arms)
	dev.id("way", "new", "--title", "Old way", "--area", arms)
	rosa.json("digest")
	dev.json("digest")
	club.tell(`{"at":"2026-06-01T09:00:00Z","who":"Ingrid","run":["join","--commitment","cold testing, and I tell"]}`)
	ingrid := club.as("Ingrid")
	first := toldAs[api.Digest](ingrid, "digest")
	if !first.First || len(first.ForMe)+len(first.InMyAreas)+len(first.Changed)+len(first.Arrivals)+first.Rest != 0 {
		t.Errorf("%+v", first)
	}
	if got := ingrid.run("digest", "--peek"); got.exit != 0 || !strings.Contains(got.stderr, "nothing new") {
		t.Errorf("%+v", got)
	}
	ingrid.json("hello", "--learns", arms)
	d := toldAs[api.Digest](dev, "digest")
	if got := strings.Join(digestLines(d.Arrivals), "\n"); got != "member Ingrid: Ingrid came in and wants to learn arms, which you can help with" || d.First {
		t.Errorf("%q, %+v", got, d)
	}
	if d := toldAs[api.Digest](rosa, "digest"); len(d.Arrivals) != 1 || d.Arrivals[0].What != "Ingrid came in" {
		t.Errorf("%+v", d.Arrivals)
	}
	dev.json("hello", "@Ingrid", "Welcome!")
	if d := toldAs[api.Digest](ingrid, "digest"); len(d.ForMe) != 1 || d.ForMe[0].What != "Dev said: “Welcome!”" || d.ForMe[0].By.Name != "Dev" {
		t.Errorf("%+v", d)
	}
}

// What was taken back says nothing, and neither does what never took effect.
func TestDigestSaysNothingOfWhatIsVoid(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam := club.as("Rosa"), club.as("Dev"), club.as("Sam")
	story := dev.stdin("He said too much.").id("tell", "--title", "Too much", "--file", "-")
	rosa.json("digest")
	sam.json("digest")
	c := dev.id("comment", story, "The patient in bed nine.")
	dev.json("withdraw", c)
	other := dev.stdin("A secret.").id("tell", "--title", "A secret", "--file", "-")
	dev.json("set", other, "withdrawn", "yes")
	for _, who := range []asking{rosa, sam} {
		d := toldAs[api.Digest](who, "digest")
		if text := who.run("digest", "--since", "2026-05-04T00:00:00Z").stdout; strings.Contains(text, "bed nine") || strings.Contains(text, "secret") {
			t.Errorf("%s hears %s", who.who, text)
		}
		for _, told := range [][]api.Told{d.ForMe, d.InMyAreas, d.Changed, d.Arrivals} {
			for _, one := range told {
				if strings.Contains(one.What, "nine") || strings.Contains(one.Title, "secret") {
					t.Errorf("%+v", one)
				}
			}
		}
	}
}

// What names somebody, or is offered to her, is for her: recognitions, stances
// on what she proposed, a place beside somebody in what she wants to learn.
func TestDigestTellsWhatIsOfferedToMe(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam := club.as("Rosa"), club.as("Dev"), club.as("Sam")
	arms := rosa.area("arms")
	sam.json("hello", "--learns", arms)
	way := sam.id("way", "new", "--title", "Swap arms left to right")
	for _, who := range []asking{rosa, dev, sam} {
		who.json("digest")
	}
	rosa.json("pairing", "offer", "--area", arms)
	rosa.json("recognise", "@Sam", "--area", arms, "--for", way, "he swaps before he talks")
	dev.json("add", way, "marks", "try")
	dev.json("add", way, "marks", "thanks")
	dev.json("add", way, "stewards", "me")
	got := strings.Join(digestLines(toldAs[api.Digest](sam, "digest").ForMe), "\n")
	for _, says := range []string{"pairing ", "Rosa offers to learn side by side", "member Sam: Rosa recognised you for arms: “he swaps before he talks”",
		"way Swap arms left to right: Dev will try it, thanked you, volunteered in stewards"} {
		if !strings.Contains(got, says) {
			t.Errorf("%q is not in\n%s", says, got)
		}
	}
	if d := toldAs[api.Digest](dev, "digest"); len(d.ForMe) != 0 || d.Rest != 2 {
		t.Errorf("what is for Sam is for Dev: %+v", d)
	}
}

// Of a document in which very much happened not all is said, and none of it is lost.
func TestDigestOfMuchInOnePlace(t *testing.T) {
	club := play(t, founding, members)
	dev, sam := club.as("Dev"), club.as("Sam")
	way := sam.id("way", "new", "--title", "Chalk the lip")
	sam.json("digest")
	for i := range 30 {
		dev.json("comment", way, fmt.Sprint("remark ", i))
	}
	club.as("Rosa").json("thanks", way)
	d := toldAs[api.Digest](sam, "digest")
	if len(d.ForMe) != 1 || !strings.Contains(d.ForMe[0].What, "remark 0") || !strings.HasSuffix(d.ForMe[0].What, "; and more") || d.ForMe[0].By.Name != "Rosa" {
		t.Errorf("%+v", d)
	}
	if d = toldAs[api.Digest](sam, "digest"); len(d.ForMe) != 0 {
		t.Errorf("told twice: %+v", d)
	}
}
