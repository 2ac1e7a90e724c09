package node

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// tried returns a way that two members tried, as it shows.
func tried(n int) *envelope.Folded {
	id := protocol.DocumentID{1}
	binary.BigEndian.PutUint32(id[4:], uint32(n))
	who := func(i int) protocol.MemberID { return protocol.MemberID{byte(i % 200), 1} }
	entry := func(i int) envelope.Entry {
		return envelope.Entry{
			ID: protocol.EntryID{Change: protocol.ChangeID(id), Index: uint64(i)}, By: who(n + i), At: 1700000000 + uint64(n+i),
			Fields: []envelope.Shown{
				{Number: practice.TrialOutcome, Name: "outcome", Type: envelope.Register, Values: []envelope.Stamp{{Value: "worked", By: who(n + i)}}},
				{Number: practice.TrialWords, Name: "words", Type: envelope.Voice, Text: "It did, in the rain."},
			},
		}
	}
	return &envelope.Folded{
		ID: id, Kind: practice.Way, KindName: "way", Title: fmt.Sprintf("Way %d", n), Author: who(n),
		Created: 1700000000 + uint64(n), Updated: 1700000000 + uint64(n), Changes: 4,
		Acts: []envelope.Act{{By: who(n), Day: 19700, Wrote: true}, {By: who(n + 1), Day: 19701}, {By: who(n + 2), Day: 19702}},
		Fields: []envelope.Shown{
			{Number: envelope.Title, Name: "title", Type: envelope.Register, Values: []envelope.Stamp{{Value: fmt.Sprintf("Way %d", n), By: who(n)}}},
			{Number: envelope.Areas, Name: "areas", Type: envelope.Set, Set: []envelope.Value{protocol.DocumentID{7, byte(n % 40)}}},
			{Number: practice.WayBody, Name: "body", Type: envelope.Text, Text: "One stripe of chalk, one dry half-wipe, and you see where the blade does not touch."},
			{Number: practice.Trials, Name: "trials", Type: envelope.Log, Entries: []envelope.Entry{entry(1), entry(2)}},
		},
	}
}

// shelved returns a shelf whose view has n ways.
func shelved(b testing.TB, n int) *shelf {
	path := filepath.Join(b.TempDir(), "view.db")
	v, err := view.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	var batch view.Batch
	for i := range n {
		batch.Items = append(batch.Items, itemOf(replica.Kinds(), tried(i)))
	}
	if err := v.Write(batch); err != nil {
		b.Fatal(err)
	}
	if err := v.Close(); err != nil {
		b.Fatal(err)
	}
	s, err := openShelf(path, replica.Kinds(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// The ledger says what the view shows, also what was written since it was read.
func TestLedgerFollowsTheView(t *testing.T) {
	s := shelved(t, 3)
	facts, groups, err := s.survey()
	if err != nil || len(facts) != 3 || len(facts[0].Did(envelope.Worked)) != 2 || groups.First(facts[0].ID) != facts[0].ID {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	changed := tried(1)
	changed.Title = "Another"
	s.put(replica.Projected{Arrival: 2, Documents: []replica.Document{
		{ID: changed.ID, Folded: changed}, {ID: tried(2).ID}, {ID: tried(5).ID, Folded: tried(5)},
	}})
	if facts, _, err = s.survey(); err != nil || len(facts) != 3 || facts[1].Title != "Another" || facts[2].Title != "Way 5" {
		t.Errorf("%d facts, %v", len(facts), err)
	}
	if cards, err := s.cards("way"); err != nil || len(cards) != 3 || cards[1].Title != "Another" {
		t.Errorf("%d cards, %v", len(cards), err)
	}
	if err := s.reset(); err != nil {
		t.Fatal(err)
	}
	if facts, _, err = s.survey(); err != nil || len(facts) != 0 {
		t.Errorf("%d facts of an empty view, %v", len(facts), err)
	}
}

// What is one follows what comes, in whichever order: also when the document
// that another names arrives after it, or is put away.
func TestLedgerJoinsWhatComesLater(t *testing.T) {
	s := shelved(t, 1)
	if _, _, err := s.survey(); err != nil {
		t.Fatal(err)
	}
	older, younger := tried(3), tried(4)
	younger.Fields = append([]envelope.Shown{}, younger.Fields...)
	younger.Fields = append(younger.Fields, envelope.Shown{Number: envelope.SameAs, Name: "same_as", Type: envelope.Set, Set: []envelope.Value{older.ID}})
	slices.SortFunc(younger.Fields, func(a, b envelope.Shown) int { return cmp.Compare(a.Number, b.Number) })
	first := func(f *envelope.Folded) protocol.DocumentID {
		t.Helper()
		s.put(replica.Projected{Documents: []replica.Document{{ID: f.ID, Folded: f}}})
		_, groups, err := s.survey()
		if err != nil {
			t.Fatal(err)
		}
		return groups.First(younger.ID)
	}
	if got := first(younger); got != younger.ID {
		t.Errorf("alone it is %s", got)
	}
	if got := first(older); got != older.ID {
		t.Error("what it is one with came later, and they are two")
	}
	away := *older
	away.Shelved = true
	if got := first(&away); got != younger.ID {
		t.Error("the one that was put away still hides the other")
	}
}

// BenchmarkSurvey reads the facts of 20,000 documents for the first time, and
// again after one changed.
func BenchmarkSurvey(b *testing.B) {
	s := shelved(b, 20000)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			s.ledger.forget()
			if _, _, err := s.survey(); err != nil {
				b.Fatal(err)
			}
		}
		var before, after runtime.MemStats
		s.ledger.forget()
		runtime.GC()
		runtime.ReadMemStats(&before)
		facts, _, err := s.survey()
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(facts)), "B/document")
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			s.ledger.take(map[protocol.DocumentID]replica.Document{tried(7).ID: {ID: tried(7).ID, Folded: tried(7)}})
			if _, _, err := s.survey(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
