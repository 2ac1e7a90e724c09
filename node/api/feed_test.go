package api

import (
	"fmt"
	"testing"
)

func TestFeedJoinsWhatWaits(t *testing.T) {
	f := NewFeed()
	f.Tell(Event{Event: EventPeople}) // nobody hears it
	l := f.listen()
	defer f.leave(l)
	for i := range 100 {
		f.Tell(Event{Event: EventChanged, Community: "c", IDs: []string{fmt.Sprint(i), "again"}, Kinds: []string{[]string{"way", "story"}[i%2]}})
	}
	f.Tell(Event{Event: EventPeople, Community: "c"})
	got := l.take()
	if len(got) != 3 || got[0].Event != EventHello || got[0].Boot != f.Boot() || got[2].Event != EventPeople {
		t.Fatalf("%+v", got)
	}
	if e := got[1]; len(e.IDs) != mostIDs || !e.More || fmt.Sprint(e.Kinds) != "[way story]" {
		t.Errorf("%+v", e)
	}
	if l.take() != nil {
		t.Error("an event came twice")
	}
}

func TestFeedSaysWhatWasMissed(t *testing.T) {
	f := NewFeed()
	slow, quick := f.listen(), f.listen()
	for i := range mostQueued * 3 {
		f.Tell(Event{Event: EventPeople, Community: fmt.Sprint(i)})
		if got := quick.take(); len(got) == 0 || got[len(got)-1].Community != fmt.Sprint(i) {
			t.Fatalf("who keeps up misses %d: %+v", i, got)
		}
	}
	got := slow.take()
	if len(got) > mostQueued || got[0].Event != EventResync {
		t.Errorf("%d events, first %+v", len(got), got[0])
	}
	f.leave(slow)
	f.leave(quick)
	if f.Heard() {
		t.Error("it speaks to an empty room")
	}
}

func TestFeedHasSeats(t *testing.T) {
	f := NewFeed()
	var all []*listener
	for range mostListeners {
		all = append(all, f.listen())
	}
	if f.listen() != nil {
		t.Error("one listener too many")
	}
	f.leave(all[0])
	if f.listen() == nil {
		t.Error("a seat that was left stays empty")
	}
}
