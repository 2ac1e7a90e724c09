package main

import (
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

func says(steps []api.TrailStep) (all []string) {
	for _, s := range steps {
		all = append(all, s.Says)
	}
	return all
}

// judder is a question that Dev answered.
const judder = `
{"at":"2026-05-05T09:00:00Z","who":"Sam","run":["ask","Judder in the last wipes?","--area","arms"],"as":"q"}
{"at":"2026-05-05T10:00:00Z","who":"Dev","run":["answer","@q"],"stdin":"Shorten the dwell in the last wipes.","as":"a"}
{"at":"2026-05-05T10:30:00Z","who":"Rosa","run":["answer","@q"],"stdin":"Change the blade.","as":"b"}
{"at":"2026-05-06T09:00:00Z","who":"Sam","run":["helped","@a"]}`

// A trail goes on over what was made of a thing: from the question to where the
// lesson worked, and back.
func TestTrailFromQuestionToWhereItWorked(t *testing.T) {
	club := play(t, blade, judder, `
{"at":"2026-05-07T09:00:00Z","who":"Rosa","run":["way","new","--title","Shorten dwell first","--from","@q","--from","@a","--about","@lift"],"as":"lesson"}
{"at":"2026-05-08T09:00:00Z","who":"Ingrid","run":["tried","@lesson","worked","--ctx","climate=nordic"]}
{"at":"2026-05-09T09:00:00Z","who":"Ingrid","run":["way","new","--title","Shorten it more in the cold","--adapts","@lesson"],"as":"variant"}`)
	q := toldAs[api.TrailOf](club.as("Rosa"), "trail", "@q")
	if want := []string{"Dev answered, and it helped", "Rosa answered", "kept as a way; the insight is Dev's", "Ingrid tried it: it worked", "Ingrid wrote a variant"}; !slices.Equal(says(q.To), want) {
		t.Errorf("the question went %q", says(q.To))
	}
	variant := club.shows("Dev", "@variant")
	if got := says(variant.Trail.From); !slices.Contains(got, "Sam asked") || !slices.Contains(got, "Dev answered, and it helped") || !slices.Contains(got, "Dev wrote it down") || !slices.Contains(got, "Rosa named it") {
		t.Errorf("the variant came from %q", got)
	}
	lift := toldAs[api.TrailOf](club.as("Sam"), "trail", "@lift")
	if len(lift.To) < 3 || lift.To[len(lift.To)-1].Item.Title != "Shorten it more in the cold" {
		t.Errorf("the problem went %q", says(lift.To))
	}
	answer := toldAs[api.TrailOf](club.as("Sam"), "trail", "@a")
	if answer.ID != club.labels["a"] || len(answer.From) != 1 || answer.From[0].Rel != "asked" || len(answer.To) == 0 || answer.To[0].Rel != "distilled" {
		t.Errorf("the answer came %q and went %q", says(answer.From), says(answer.To))
	}
	if text := club.as("Sam").run("trail", "@lesson").stdout; !strings.Contains(text, "where it came from:") || !strings.Contains(text, "Ingrid tried it: it worked") {
		t.Errorf("a person reads\n%s", text)
	}
}

// Retold twice and used once, a story shows three tellings and one use (social.md 30a).
func TestRetoldTwiceAndUsedOnce(t *testing.T) {
	club := play(t, blade, `
{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["gathering","new","Bench","--start","2026-05-10T18:00"],"as":"bench"}
{"at":"2026-05-04T10:01:00Z","who":"Rosa","run":["gathering","new","Cold room","--start","2026-05-17T18:00"],"as":"cold"}
{"at":"2026-05-04T11:00:00Z","who":"Dev","run":["tell","--title","The squeal on Tuesdays","--file","-"],"stdin":"They waxed it on Mondays.","as":"squeal"}
{"at":"2026-05-10T19:00:00Z","who":"Sam","run":["retold","@squeal","--at","@bench"]}
{"at":"2026-05-17T19:00:00Z","who":"Ingrid","run":["retold","@squeal","--at","@cold"]}
{"at":"2026-05-18T19:00:00Z","who":"Ingrid","run":["used","@squeal","found the wax at once","--ctx","climate=nordic"]}`)
	d := club.shows("Rosa", "@squeal")
	if d.Fields["told"] != 3.0 || d.Fields["used_by"] != 1.0 || len(d.Retold) != 2 || len(d.Used) != 1 || d.Used[0].By.Name != "Ingrid" || d.Used[0].Context["climate"] != "nordic" {
		t.Errorf("it shows %+v, %+v and %v", d.Retold, d.Used, d.Fields)
	}
	if got := says(d.Trail.To); !slices.Equal(got, []string{"told again, as Sam noted", "told again, as Ingrid noted", "Ingrid used it"}) {
		t.Errorf("it went %q", got)
	}
	if bench := toldAs[api.TrailOf](club.as("Dev"), "trail", "@bench"); len(bench.To) != 1 || bench.To[0].Item.Title != "The squeal on Tuesdays" {
		t.Errorf("what was told there: %q", says(bench.To))
	}
}
