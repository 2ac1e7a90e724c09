package node

import (
	"log/slog"
	"path/filepath"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// What is being written is not there yet: a reader waits for it, and so does who
// wrote it.
func TestShelfWaitsForWhatIsBeingWritten(t *testing.T) {
	s, err := openShelf(filepath.Join(t.TempDir(), "view.db"), replica.Kinds(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	id := protocol.DocumentID{7}
	s.writing.Lock() // the test writes
	s.put(replica.Projected{Arrival: 1, Documents: []replica.Document{{ID: id, Folded: &envelope.Folded{ID: id, KindName: "way", Title: "T"}}}})
	seen := false
	s.when(id, func() {})
	b, _, _ := s.next()
	if b == nil || len(b.documents) != 1 {
		t.Fatalf("nothing is due: %+v", b)
	}
	if n := s.waiting(); n != 1 {
		t.Errorf("%d documents are waited for while one is being written", n)
	}
	s.when(id, func() { seen = true })
	if seen {
		t.Error("what is being written passes for shown")
	}
	s.wrote(b, s.view.Write(s.batch(b)))
	s.writing.Unlock()
	s.drain()
	if n := s.waiting(); n != 0 || !seen {
		t.Errorf("%d documents are waited for after all, seen: %v", n, seen)
	}
}

// A line of a list says that it is being set right until what sets it right is
// written, whatever was under way before.
func TestShelfSaysWhatIsBeingSetRight(t *testing.T) {
	s, err := openShelf(filepath.Join(t.TempDir(), "view.db"), replica.Kinds(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	id := protocol.DocumentID{7}
	document := func(title string) replica.Projected {
		f := &envelope.Folded{ID: id, KindName: "way", Title: title}
		return replica.Projected{Arrival: 1, Documents: []replica.Document{{ID: id, Folded: f}}}
	}
	s.put(document("as it was"))
	s.put(replica.Projected{Arrival: 2, Righting: []protocol.DocumentID{id}})
	s.drain()
	if !s.beingSetRight(id) {
		t.Error("writing what is no longer so passes for setting it right")
	}
	s.put(document("as it is"))
	s.drain()
	if s.beingSetRight(id) {
		t.Error("what is right is still said to be set right")
	}
}
