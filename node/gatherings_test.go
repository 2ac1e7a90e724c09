package node

import (
	"errors"
	"strings"
	"testing"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// thursdays makes a rhythm from 14 May 2026 on, and returns its id.
func (w *world) thursdays(n *Node) string {
	w.Helper()
	return must[api.Made](w.T)(n.New(w.Context(), none, api.Draft{Kind: "gathering", Title: "Proofing night", Fields: map[string]any{
		"start": "2026-05-14T18:00", "tz": "Europe/Berlin", "rrule": "FREQ=WEEKLY;BYDAY=TH",
	}})).ID
}

// A day of a rhythm has one document, which the first act on it begins, and is
// called by the rhythm and the day where it has no name of its own.
func TestADayOfARhythm(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	bench := w.thursdays(n)
	day := bench + "/2026-05-21"
	if _, err := n.Show(t.Context(), none, day); !errors.Is(err, api.ErrNotFound) || !strings.Contains(api.ProblemOf(err).Hint, "gathering show") {
		t.Errorf("before anybody did anything: %v", err)
	}
	page := must[api.GatheringPage](t)(n.Gathering(t.Context(), none, day, ""))
	if page.Begun || page.On != day || page.Title != "Proofing night" || page.Slot != "2026-05-21" {
		t.Errorf("%+v", page)
	}
	made := must[api.Made](t)(n.Assign(t.Context(), none, day[:20]+"/2026-05-21", api.Assignment{Verb: "put", Field: "coming", Value: "maybe"}))
	if made.ID != page.ID {
		t.Errorf("it was to be %s and is %s", page.ID, made.ID)
	}
	again := must[api.Made](t)(n.Edit(t.Context(), none, day, api.Rewrite{Text: "The dough was cold.\n"}))
	shown := must[api.Document](t)(n.Show(t.Context(), none, day))
	if again.ID != made.ID || shown.ID != made.ID || shown.Title != "Proofing night, 2026-05-21" || shown.Body != "The dough was cold.\n" {
		t.Errorf("%s: %q, %q", shown.ID, shown.Title, shown.Body)
	}
	for _, i := range must[api.Items](t)(n.List(t.Context(), none, api.Listing{Filter: api.Filter{Kind: "gathering"}})).Items {
		if i.ID == made.ID && i.Title != "Proofing night, 2026-05-21" {
			t.Errorf("in the list it is %q", i.Title)
		}
	}
	if hits := must[api.Hits](t)(n.Search(t.Context(), none, api.Searching{Words: "dough"})); len(hits.Items) != 1 || hits.Items[0].Title != "Proofing night, 2026-05-21" {
		t.Errorf("found %+v", hits.Items)
	}
	c := n.opened()[0]
	if notes, err := c.gatheringNotes(t.Context()); err != nil || len(notes) != 1 || notes[0] != "The dough was cold.\n" {
		t.Errorf("notes: %q, %v", notes, err)
	}
	for _, wrong := range []string{bench + "/2026-05-22", bench + "/tomorrow", bench + "/", made.ID + "/2026-05-21"} {
		if _, err := n.Assign(t.Context(), none, wrong, api.Assignment{Verb: "put", Field: "coming", Value: "yes"}); !errors.Is(err, api.ErrUsage) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// Notes longer than what lists keep of a text are read to their ends.
func TestLongNotes(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	day := w.thursdays(n) + "/2026-05-21"
	long := strings.Repeat("Dough. ", 300) + "\n"
	must[api.Made](t)(n.Edit(t.Context(), none, day, api.Rewrite{Text: long}))
	if page := must[api.GatheringPage](t)(n.Gathering(t.Context(), none, day, "")); page.Notes != long {
		t.Errorf("%d bytes of %d", len(page.Notes), len(long))
	}
	if notes, err := n.opened()[0].gatheringNotes(t.Context()); err != nil || len(notes) != 1 || notes[0] != long {
		t.Errorf("%d notes, %v", len(notes), err)
	}
}

// In a fork the days of a rhythm are those that were carried, and are not
// begun a second time.
func TestDaysOfARhythmInAFork(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	bench := w.thursdays(n)
	must[api.Made](t)(n.Edit(t.Context(), none, bench+"/2026-05-21", api.Rewrite{Text: "The dough was cold.\n"}))
	_, call := w.forked(n, api.Forking{Name: "The other bakers"})
	list := must[api.Gatherings](t)(n.Gatherings(t.Context(), call, api.GatheringListing{}))
	if len(list.Items) != 1 || list.Items[0].ID == bench || list.Items[0].State != "rhythm" {
		t.Fatalf("%+v", list.Items)
	}
	day := list.Items[0].ID + "/2026-05-21"
	page := must[api.GatheringPage](t)(n.Gathering(t.Context(), call, day, ""))
	if page.Notes != "The dough was cold.\n" || page.Slot != "2026-05-21" {
		t.Errorf("%+v", page)
	}
	made := must[api.Made](t)(n.Edit(t.Context(), call, day, api.Rewrite{Text: "The dough was cold. It rose.\n"}))
	if made.ID != page.ID {
		t.Error("it was begun again")
	}
}

// forge sets a field as a node does that asks nobody whether it makes sense.
func (w *world) forge(c *community, id protocol.DocumentID, field, value string) {
	w.Helper()
	must[replica.Written](w.T)(one[replica.Written](w.Context(), c, func(t replica.Token) replica.Input {
		return replica.Write{Token: t, Document: id, Intents: []envelope.Intent{{Field: field, Verb: envelope.DoSet, Value: value}}}
	}))
}

// What somebody wrote past every door of ours is kept and means nothing.
func TestGatheringsThatMeanNothing(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	bench := w.thursdays(n)
	for i := range n.kinds.Named(gatheringKind).Fields {
		n.kinds.Named(gatheringKind).Fields[i].Settle = nil
	}
	c := n.opened()[0]
	id := must[protocol.DocumentID](t)(names{c}.Document(bench))
	for field, values := range map[string][]string{
		"rrule": {"FREQ=SECONDLY", "FREQ=MONTHLY;BYDAY=53MO", "nonsense", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
		"start": {"soon", "2026-02-30T10:00", "9999-12-31T23:59", "0001-01-01T00:00"},
		"tz":    {"Europe/Nowhere", "Local", "../../etc/passwd"},
	} {
		for _, value := range values {
			w.forge(c, id, field, value)
			for _, call := range []func() error{
				func() error { _, err := n.Gatherings(t.Context(), none, api.GatheringListing{}); return err },
				func() error { _, err := n.Gathering(t.Context(), none, bench, api.OnNone); return err },
				func() error { _, err := n.Show(t.Context(), none, bench); return err },
				func() error { _, err := n.Calendar(t.Context(), none, false); return err },
			} {
				if err := call(); err != nil {
					t.Errorf("%s %q: %v", field, value, err)
				}
			}
		}
	}
}
