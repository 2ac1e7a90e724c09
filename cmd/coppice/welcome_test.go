package main

import (
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// ward is a table that has something of each sort for a newcomer.
const ward = `
{"at":"2026-05-05T12:15:00Z","who":"Adaeze","run":["found","Ward 7 lunch table","--concern","the small things the chart does not say","--commitment","I eat here and tell"]}
{"at":"2026-05-05T12:20:00Z","who":"Petra","run":["join","--commitment","I tell what worked on nights"]}
{"at":"2026-05-05T12:21:00Z","who":"Lucia","run":["join","--commitment","I listen, and say what I see"]}
{"at":"2026-05-05T12:22:00Z","who":"Kofi","run":["join","--commitment","nights"]}
{"at":"2026-05-05T12:23:00Z","who":"Adaeze","run":["term","new","nights","--area"]}
{"at":"2026-05-05T12:24:00Z","who":"Adaeze","run":["term","new","families","--area"]}
{"at":"2026-05-05T12:25:00Z","who":"Petra","run":["hello","--learns","nights"]}
{"at":"2026-05-05T12:26:00Z","who":"Lucia","run":["hello","--helps","families"]}
{"at":"2026-05-05T12:27:00Z","who":"Kofi","run":["hello","--helps","nights","--helps","families"]}
{"at":"2026-05-05T12:28:00Z","who":"Kofi","run":["away","2026-12-31"]}
{"at":"2026-05-06T12:00:00Z","who":"Lucia","run":["tell","--title","The plate","--area","families"],"as":"plate"}
{"at":"2026-05-06T12:01:00Z","who":"Lucia","run":["tell","--title","The lamp","--area","nights"],"as":"lamp"}
{"at":"2026-05-06T12:02:00Z","who":"Petra","run":["thanks","@plate"]}
{"at":"2026-05-06T12:03:00Z","who":"Lucia","run":["way","new","--title","Warm towel first","--area","nights"],"as":"towel"}
{"at":"2026-05-06T12:04:00Z","who":"Petra","run":["tried","@towel","worked","It came up."]}
{"at":"2026-05-06T12:05:00Z","who":"Petra","run":["ask","Whom nobody visits?","--horizon","agenda"],"as":"nobody"}
{"at":"2026-05-06T12:06:00Z","who":"Adaeze","run":["gathering","new","Lunch","--start","2026-05-07T12:15","--tz","Europe/Berlin","--rrule","FREQ=WEEKLY;BYDAY=TU,TH","--format","lunch"],"as":"lunch"}
{"at":"2026-05-06T12:07:00Z","who":"Adaeze","run":["term","new","the look","--parent","nights","--means","grey and quiet"],"as":"look"}
{"at":"2026-05-06T12:08:00Z","who":"Adaeze","run":["add","charter","starters","@lamp"]}
{"at":"2026-07-20T08:00:00Z","who":"Jonas","run":["join","--commitment","three weeks here"]}
{"at":"2026-07-20T08:05:00Z","who":"Jonas","run":["hello","--learns","nights","--learns","families"]}`

func toRead(w api.Welcome) (titles []string) {
	for _, r := range w.Read {
		titles = append(titles, r.Item.Title)
	}
	return titles
}

func toMeet(w api.Welcome) (names []string) {
	for _, m := range w.Meet {
		names = append(names, m.Member.Name)
	}
	return names
}

// Check 4: a newcomer is shown five readings, those chosen for all who are new
// first, and two named people, one of them not far ahead, nobody who is away.
func TestCheck04FiveReadingsAndTwoPeople(t *testing.T) {
	club := play(t, ward)
	jonas := club.as("Jonas").at("2026-07-20T09:00:00Z")
	w := toldAs[api.Welcome](jonas, "welcome")
	if got, want := toRead(w), []string{"The lamp", "Ward 7 lunch table", "The plate", "Warm towel first", "Whom nobody visits?"}; !slices.Equal(got, want) {
		t.Errorf("he reads %q", got)
	}
	if got := toMeet(w); !slices.Equal(got, []string{"Lucia", "Petra"}) {
		t.Errorf("he meets %q", got)
	}
	for _, r := range w.Read {
		if r.Why == "" || r.Done {
			t.Errorf("%+v", r)
		}
	}
	if !strings.HasSuffix(w.Meet[0].Why, ", which you want to learn") || w.Meet[1].Why != "wants to learn nights, as you do" {
		t.Errorf("why: %q, %q", w.Meet[0].Why, w.Meet[1].Why)
	}
	if w.Do == nil || w.Do.Does == "" || w.Come == nil || w.Come.Start.Format("2006-01-02T15:04") != "2026-07-21T10:15" || w.Finished {
		t.Errorf("do %+v, come %+v", w.Do, w.Come)
	}
	text := jonas.run("welcome").stdout
	for _, want := range []string{"[ ] " + w.Read[0].Step[:10], "@Lucia can help with", "coppice hello @Petra", "coppice gathering coming"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}

// What a newcomer ticks off stays on her node and moves nothing else; what she
// did herself is done; in the end it steps aside.
func TestANewcomersPathStaysWithHer(t *testing.T) {
	club := play(t, ward)
	before := club.together()
	jonas := club.as("Jonas").at("2026-07-20T09:00:00Z")
	chosen := toldAs[api.Welcome](jonas, "welcome")
	ticked := toldAs[api.Welcome](jonas, "welcome", "done", chosen.Read[2].Step[:10])
	ticked = toldAs[api.Welcome](jonas, "welcome", "done", "@Petra")
	if !ticked.Read[2].Done || !ticked.Meet[1].Done || ticked.Finished {
		t.Errorf("%+v", ticked)
	}
	if after := club.together(); after != before {
		t.Error("what he ticked off was told to others")
	}
	jonas.refused(api.ExitNotFound, "no step", "welcome", "done", "nothing")
	// What is better for a newcomer now changes nothing of what was chosen.
	for _, who := range []string{"Petra", "Adaeze"} {
		club.as(who).at("2026-07-20T10:00:00Z").json("thanks", "@lamp")
	}
	club.as("Adaeze").at("2026-07-20T10:00:00Z").json("add", "charter", "starters", "@towel")
	club.as("Petra").at("2026-07-20T10:01:00Z").id("tell", "--title", "A better one", "--area", "families")
	again := toldAs[api.Welcome](jonas, "welcome")
	if !slices.Equal(toRead(again), toRead(chosen)) || !slices.Equal(toMeet(again), toMeet(chosen)) || again.Do.Act != chosen.Do.Act {
		t.Errorf("it moved under his feet: %q, %q, %q", toRead(again), toMeet(again), again.Do.Act)
	}
	// What is there no more is replaced, and nothing else moves.
	club.as("Lucia").at("2026-07-20T11:00:00Z").json("shelve", "@plate")
	club.as("Lucia").at("2026-07-20T11:01:00Z").json("shelve", "@lamp")
	again = toldAs[api.Welcome](jonas, "welcome")
	if got := toRead(again); len(got) != 5 || got[0] == "The lamp" || !slices.Contains(got, "The plate") {
		t.Errorf("with one shelved, and one he has read: %q", got)
	}
	// What he did is done.
	jonas.json("hello", "@Lucia", "How do you tell them?")
	jonas.json("gathering", "coming", "@lunch")
	again = toldAs[api.Welcome](jonas, "welcome")
	if !again.Meet[0].Done || !again.Come.Done {
		t.Errorf("he said hello and comes: %+v, %+v", again.Meet[0], again.Come)
	}
	for _, r := range again.Read {
		jonas.json("welcome", "done", r.Step)
	}
	if last := toldAs[api.Welcome](jonas, "welcome", "done", "do"); !last.Finished {
		t.Errorf("all is done: %+v", last)
	}
	if back := toldAs[api.Welcome](jonas, "welcome", "done", "do", "--undo"); back.Finished || back.Do.Done {
		t.Errorf("taken back: %+v", back)
	}
	old := toldAs[api.Welcome](club.as("Jonas").at("2026-09-19T09:00:00Z"), "welcome")
	if len(old.Read) != 0 || !old.Finished {
		t.Errorf("after sixty days: %+v", old)
	}
	if founder := toldAs[api.Welcome](club.as("Adaeze").at("2026-05-06T12:00:00Z"), "welcome"); !founder.Finished || len(founder.Read) != 0 {
		t.Errorf("the founder: %+v", founder)
	}
}

// Each small thing is done by doing it, or by nothing else.
func TestTheSmallThingIsDoneByDoingIt(t *testing.T) {
	club := play(t, ward)
	jonas := club.as("Jonas").at("2026-07-20T09:00:00Z")
	small := toldAs[api.Welcome](jonas, "welcome").Do
	if small.Act != "give a word an example" || small.Item.Title != "the look" {
		t.Fatalf("he wants to learn nights, and does %+v", small)
	}
	jonas.json("gathering", "coming", "@lunch")
	if toldAs[api.Welcome](jonas, "welcome").Do.Done {
		t.Error("done by coming to lunch")
	}
	jonas.json("add", "@look", "examples", "@lamp")
	if !toldAs[api.Welcome](jonas, "welcome").Do.Done {
		t.Error("the word has his example")
	}
}

// In a community of one day there is little, and it is shown.
func TestAPathOfLittle(t *testing.T) {
	club := play(t, founding, `{"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join"]}`)
	w := toldAs[api.Welcome](club.as("Dev"), "welcome")
	if !slices.Equal(toRead(w), []string{"Wiper Club"}) || !slices.Equal(toMeet(w), []string{"Rosa"}) || w.Meet[0].Why != "began all this" || w.Do == nil || w.Come != nil {
		t.Errorf("%+v", w)
	}
}
