package node

import (
	"log/slog"
	"path/filepath"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

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
