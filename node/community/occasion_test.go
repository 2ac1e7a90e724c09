package community_test

import (
	"fmt"
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

var (
	rosa, dev, sam = protocol.MemberID{1}, protocol.MemberID{2}, protocol.MemberID{3}
	benchID        = protocol.DocumentID{9}
)

// sheet is a folded gathering made by hand.
type sheet struct{ envelope.Folded }

func gathering(title string) *sheet {
	s := &sheet{envelope.Folded{ID: benchID, Kind: community.Gathering, Author: rosa, Title: title, Created: 70}}
	return s.register("title", title)
}

func (s *sheet) field(name string) *envelope.Shown {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	s.Fields = append(s.Fields, envelope.Shown{Name: name})
	return &s.Fields[len(s.Fields)-1]
}

func (s *sheet) register(name string, v envelope.Value) *sheet {
	f := s.field(name)
	f.Type, f.Values = envelope.Register, append(f.Values, envelope.Stamp{Value: v, By: rosa})
	return s
}

func (s *sheet) set(name string, values ...envelope.Value) *sheet {
	f := s.field(name)
	f.Type, f.Set = envelope.Set, append(f.Set, values...)
	return s
}

func (s *sheet) own(name string, by protocol.MemberID, v envelope.Value) *sheet {
	f := s.field(name)
	f.Type, f.Own = envelope.Map, append(f.Own, envelope.Stamp{Value: v, By: by, At: 100})
	return s
}

func (s *sheet) text(name, text string) *sheet {
	f := s.field(name)
	f.Type, f.Text = envelope.Text, text
	return s
}

// on is an occurrence of the bench.
func on(slot string) *sheet {
	s := &sheet{envelope.Folded{ID: protocol.DocumentID{10, slot[8], slot[9]}, Kind: community.Gathering, Author: dev}}
	return s.register("series", benchID).register("slot", slot)
}

// bench is every second Thursday, from 14 May 2026 on.
func bench() *sheet {
	return gathering("Thursday bench").register("start", "2026-05-14T18:00").register("tz", "Europe/Berlin").
		register("rrule", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH").register("place", "the shed").set("hosts", rosa)
}

func tell(all []community.Occasion, now string) (lines []string) {
	at, _ := community.ParseWall(now)
	for _, o := range all {
		lines = append(lines, fmt.Sprintf("%s %s", o.Start, o.State(at)))
	}
	return lines
}

func folded(sheets ...*sheet) (all []*envelope.Folded) {
	for _, s := range sheets {
		all = append(all, &s.Folded)
	}
	return all
}

func TestOccasionsOfARhythm(t *testing.T) {
	series := bench().set("skipped", "2026-07-09")
	own := folded(
		on("2026-05-14").set("here", rosa, dev),
		on("2026-06-11").set("here", rosa),
		on("2026-06-25").register("start", "2026-06-26T09:00").text("notes", "we met on Friday"),
		on("2026-07-01").own("coming", dev, "yes"), // by the rhythm of before
		on("2026-07-09").own("coming", dev, "yes"), // and then it was skipped
	)
	all := community.Occasions(&series.Folded, own, day(t, "2026-05-01"), day(t, "2026-08-01"))
	want := []string{
		"2026-05-14T18:00 held", "2026-05-28T18:00 missed", "2026-06-11T18:00 missed", "2026-06-26T09:00 held", "2026-07-23T18:00 planned",
	}
	if got := tell(all, "2026-07-20T12:00"); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if held, due := community.Kept(all, day(t, "2026-07-20"), 90); held != 2 || due != 4 {
		t.Errorf("%d of %d held", held, due)
	}
	if held, due := community.Kept(all, day(t, "2026-07-20"), 30); held != 1 || due != 1 {
		t.Errorf("in a month %d of %d held", held, due)
	}
}

func TestHowFarAnOccasionHasCome(t *testing.T) {
	for _, c := range []struct {
		now  string
		own  *sheet
		want string
	}{
		{"2026-05-14T17:59", nil, "planned"},
		{"2026-05-14T17:59", on("2026-05-14").text("notes", "to bring: the jig"), "planned"},
		{"2026-05-14T18:00", nil, "due"},
		{"2026-05-14T23:59", nil, "due"},
		{"2026-05-15T00:00", nil, "missed"},
		{"2026-05-15T00:00", on("2026-05-14").register("minutes", uint64(24*60)), "due"},
		{"2026-05-14T18:01", on("2026-05-14").set("here", rosa, dev), "held"},
		{"2026-05-20T00:00", on("2026-05-14").set("here", rosa, dev).own("veto", dev, true), "missed"},
		{"2026-05-20T00:00", on("2026-05-14").set("here", rosa, dev).own("veto", dev, false), "held"},
		{"2026-05-20T00:00", on("2026-05-14").set("here", rosa, dev).own("veto", sam, true), "held"},
		{"2026-05-20T00:00", on("2026-05-14").text("notes", " \n"), "missed"},
		{"2026-05-20T00:00", on("2026-05-14").text("notes", "the squeal"), "held"},
	} {
		var own *envelope.Folded
		if c.own != nil {
			own = &c.own.Folded
		}
		o := community.OccasionOn(&bench().Folded, own, day(t, "2026-05-14"))
		now, _ := community.ParseWall(c.now)
		if got := o.State(now); got != c.want {
			t.Errorf("at %s with %v it is %s, not %s", c.now, own, got, c.want)
		}
	}
}

// What an occurrence does not say itself holds as its rhythm says.
func TestAnOccurrenceInherits(t *testing.T) {
	series := bench().register("format", "critique")
	o := community.OccasionOn(&series.Folded, nil, day(t, "2026-05-28"))
	if o.Title() != "Thursday bench" || o.Text("place") != "the shed" || o.Zone != "Europe/Berlin" || o.Minutes != 60 || !slices.Equal(o.People("hosts"), []protocol.MemberID{rosa}) {
		t.Errorf("%q at %q, %s, %d minutes, by %v", o.Title(), o.Text("place"), o.Zone, o.Minutes, o.People("hosts"))
	}
	own := on("2026-05-28").register("place", "the pub").set("hosts", dev).register("minutes", uint64(20)).register("title", "Bench in the pub")
	own.Title = "Bench in the pub"
	o = community.OccasionOn(&series.Folded, &own.Folded, day(t, "2026-05-28"))
	if o.Title() != "Bench in the pub" || o.Text("place") != "the pub" || o.Minutes != 20 || !slices.Equal(o.People("hosts"), []protocol.MemberID{dev}) {
		t.Errorf("%q at %q, %d minutes, by %v", o.Title(), o.Text("place"), o.Minutes, o.People("hosts"))
	}
}

func TestOnceAndNotYet(t *testing.T) {
	if _, ok := community.Once(&bench().Folded); ok {
		t.Error("a rhythm takes place once")
	}
	if _, ok := community.Once(&gathering("Some day").Folded); ok {
		t.Error("what has no time is on")
	}
	if _, ok := community.Once(&on("2026-05-14").register("start", "2026-05-15T10:00").Folded); ok {
		t.Error("an occurrence takes place once more")
	}
	o, ok := community.Once(&gathering("Cold room").register("start", "2026-06-03T14:00").register("format", "visit").Folded)
	if !ok || o.Start.String() != "2026-06-03T14:00" || o.Minutes != 80 || o.Title() != "Cold room" {
		t.Errorf("%v %v", o, ok)
	}
	// A rule that nobody can read makes no rhythm, and no mistake of it.
	if o, ok := community.Once(&gathering("x").register("start", "2026-06-03T14:00").register("rrule", "FREQ=SECONDLY").Folded); !ok || o.Series != nil {
		t.Error("it is lost")
	}
}

func TestPeriod(t *testing.T) {
	for rule, want := range map[string]float64{
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH": 14, "FREQ=WEEKLY;BYDAY=TU,TH": 26.0 / 7, "FREQ=YEARLY": (7*365 + 2.0) / 7, "FREQ=DAILY;COUNT=3": 1,
	} {
		g := gathering("x").register("start", "2026-05-14T18:00").register("rrule", rule)
		if got, live := community.Period(&g.Folded, day(t, "2026-05-01")); !live || got < want-.1 || got > want+.1 {
			t.Errorf("%s: %v days, not %v", rule, got, want)
		}
	}
	ended := gathering("x").register("start", "2026-05-14T18:00").register("rrule", "FREQ=DAILY;COUNT=3")
	if _, live := community.Period(&ended.Folded, day(t, "2026-06-01")); live {
		t.Error("what is over has a period")
	}
}

func TestScribeless(t *testing.T) {
	own := folded(on("2026-05-14").set("scribes", dev), on("2026-05-28").text("notes", "begun"))
	all := community.Occasions(&bench().Folded, own, day(t, "2026-05-01"), day(t, "2026-07-31"))
	for today, want := range map[string]int{"2026-05-10": 0, "2026-05-25": 0, "2026-06-03": 0, "2026-06-05": 1, "2026-06-11": 1, "2026-06-12": 0} {
		if got := community.Scribeless(all, day(t, today)); len(got) != want {
			t.Errorf("on %s %d lack a scribe, not %d", today, len(got), want)
		}
	}
}

func TestDeedsOfAGathering(t *testing.T) {
	facts := envelope.NewKinds(community.Kinds()).Facts(&on("2026-05-14").set("here", rosa, dev).own("veto", dev, true).own("coming", sam, "yes").own("coming", rosa, "no").Folded)
	here, coming := facts.Did(envelope.Here), facts.Did(envelope.Coming)
	if len(here) != 1 || here[0].By != rosa || here[0].At/86400 != uint64(day(t, "2026-05-14")) {
		t.Errorf("here: %v", here)
	}
	if len(coming) != 1 || coming[0].By != sam || coming[0].At != 100 {
		t.Errorf("coming: %v", coming)
	}
}
