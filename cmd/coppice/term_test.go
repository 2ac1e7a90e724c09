package main

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/api"
)

func TestOurWords(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev := club.as("Rosa"), club.as("Dev")
	rosa.json("term", "new", "blades", "--area")
	angle := dev.id("term", "new", "Attack angle", "--means", "Where the lip meets the glass.", "--alias", "Lip angle", "--parent", "Blades")
	dev.refused(api.ExitUsage, `there is a term "Attack angle" already`, "term", "new", "lip  angle")
	dev.refused(api.ExitUsage, `"arms" names nothing here`, "term", "new", "linkage", "--parent", "arms")
	if got := dev.run("way", "new", "--title", "Grease it", "--area", "arms").stderr; !strings.Contains(got, "coppice term new arms --area") {
		t.Errorf("how to make it an area is not said: %s", got)
	}
	rosa.json("term", "edit", "lip angle", "--means", "The angle at which the lip meets the glass.")
	club.as("Marta").at("2026-05-05T09:00:00Z").stdin("The ATTACK ANGLE was off.").json("tell", "--title", "Squeal", "--file", "-")
	club.as("Sam").at("2026-05-06T09:00:00Z").json("ask", "What is a lip angle?")
	dev.json("add", angle, "stewards", "me")
	text := rosa.run("show", "attack angle").stdout
	for _, line := range []string{
		"The angle at which the lip meets the glass.", "also called Lip angle", "part of blades", "looked after by Dev",
		"used in 2 documents, first by Marta in Squeal",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	list := rosa.run("term", "list").stdout
	if !strings.Contains(list, "Attack angle (Lip angle): The angle at which") || !strings.Contains(list, "blades [area]") {
		t.Errorf("the words:\n%s", list)
	}
}

func TestWordsNobodyExplained(t *testing.T) {
	club := play(t, founding, members)
	for i, who := range []string{"Dev", "Marta", "Dev"} {
		body := fmt.Sprintf("The judder came back, part %d. Rosa saw the Blättchen flip.", i)
		club.as(who).stdin(body).json("tell", "--title", fmt.Sprint("Bench ", i), "--file", "-")
		club.as("Dev").stdin("Chalk again.").json("tell", "--title", fmt.Sprint("Alone ", i), "--file", "-")
	}
	words := func() string {
		var all []string
		for _, w := range toldAs[api.Unexplained](club.as("Rosa"), "term", "list", "--unexplained").Items {
			all = append(all, fmt.Sprintf("%s %d %d", w.Word, w.Documents, w.Members))
		}
		return strings.Join(all, "; ")
	}
	if got := words(); got != "bench 3 2; blättchen 3 2; came 3 2; flip 3 2; judder 3 2" && got != "bench 3 2; blättchen 3 2; flip 3 2; judder 3 2" {
		t.Errorf("unexplained: %s", got)
	}
	club.as("Rosa").json("term", "new", "Judder")
	club.as("Rosa").json("term", "new", "flip", "--alias", "Blättchen")
	if got := words(); got != "bench 3 2" {
		t.Errorf("then: %s", got)
	}
}

func TestMapOfWhatWeDo(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-04T11:00:00Z","who":"Rosa","run":["term","new","blades","--area"]}
{"at":"2026-05-04T11:01:00Z","who":"Rosa","run":["term","new","rubber","--area","--parent","blades"]}
{"at":"2026-05-04T11:02:00Z","who":"Rosa","run":["term","new","cold","--area"]}
{"at":"2026-05-05T09:00:00Z","who":"Dev","run":["add","me","helps","rubber"]}
{"at":"2026-05-05T09:01:00Z","who":"Dev","run":["way","new","--title","Chalk the lip","--area","rubber"]}
{"at":"2026-05-05T09:02:00Z","who":"Sam","run":["add","me","learns","cold"]}
{"at":"2026-05-05T09:03:00Z","who":"Sam","run":["ask","Does it freeze?","--area","cold"]}`)
	got := club.as("Rosa").run("map").stdout
	var lines []string
	for line := range strings.Lines(got) {
		lines = append(lines, strings.TrimSpace(line[10:]))
	}
	want := []string{
		"blades: 2 items; one keeper, Dev: pair up, or tell its stories",
		"rubber: 1 item; one keeper, Dev: pair up, or tell its stories",
		"cold: 0 items; no keeper; 1 open question; 1 learner; gap 2.0",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("the map:\n%s", got)
	}
	m := toldAs[api.Map](club.as("Sam"), "map")
	if m.Items[1].Parent != m.Items[0].ID || m.Items[1].Depth != 1 || len(m.Items[2].Open) != 1 || m.Items[2].Open[0].Title != "Does it freeze?" {
		t.Errorf("the map: %+v", m.Items)
	}
}
