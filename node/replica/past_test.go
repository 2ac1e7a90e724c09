package replica

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// recorded is all that a node knows, as it would go into a history.
func (n *node) recorded() *community.Recorded {
	n.w.t.Helper()
	h := &community.Recorded{Keys: n.replica.Keys()}
	if err := n.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		h.Add(run)
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	again, err := community.Read(h.Append(nil), n.w.community)
	if err != nil {
		n.w.t.Fatal(err)
	}
	return again
}

// lived is a community in which somebody was removed, something redacted, and
// keys changed.
func lived(t *testing.T) (w *world, a *node, shown []protocol.DocumentID) {
	w, a, b, c := trio(t)
	way := w.kinds.Named("way").Kind
	for _, n := range []*node{a, b, c} {
		shown = append(shown, n.must(Write{Kind: way, Intents: titled("kept")}).(Written).Document)
	}
	w.sync(a, b, c)
	w.cutAll()
	void := b.must(Write{Kind: way, Intents: titled("void")}).(Written)
	a.must(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{b.member()}}})
	a.after(b)
	shown = append(shown, a.must(Write{Kind: way, Intents: titled("under a new key")}).(Written).Document)
	if !a.holds(&protocol.Change{ID: void.Change}) {
		t.Fatal("the removed one's word did not come")
	}
	w.sync(a, c)
	return w, a, shown
}

// What is read anew is what the node shows that knows it: the same documents,
// void words left out, and the same frontier.
func TestAHistoryIsReadAnew(t *testing.T) {
	w, a, shown := lived(t)
	past, err := Reread(w.kinds, w.community, a.recorded())
	if err != nil {
		t.Fatal(err)
	}
	if past.Frontier() != a.replica.Status().Frontier || past.Genesis().Name != a.replica.Genesis().Name {
		t.Error("it reaches elsewhere")
	}
	seen := 0
	for _, id := range past.Documents() {
		f, waiting, err := past.Document(id)
		if err != nil || waiting > 0 {
			t.Errorf("%s: %v, %d changes wait", id, err, waiting)
		}
		was, err := a.replica.Document(id)
		if (f == nil) != errors.Is(err, ErrUnknown) || f != nil && !bytes.Equal(f.Canonical(), was.Folded.Canonical()) {
			t.Errorf("%s shows something else: %v", id, err)
		}
		if slices.Contains(shown, id) && f != nil {
			seen++
		}
	}
	if seen != len(shown) {
		t.Errorf("%d of %d documents", seen, len(shown))
	}
}

func TestAHistoryThatWasMeddledWith(t *testing.T) {
	w, a, _ := lived(t)
	whole := a.recorded()
	last := len(whole.Content) - 1
	for name, meddle := range map[string]func(h *community.Recorded) protocol.CommunityID{
		"another community": func(*community.Recorded) protocol.CommunityID { return protocol.CommunityID{1} },
		"no birth": func(h *community.Recorded) protocol.CommunityID {
			h.Control = h.Control[1:]
			return w.community
		},
		"a seal": func(h *community.Recorded) protocol.CommunityID {
			run := *h.Content[last]
			run.Seal[3]++
			h.Content = append(slices.Clone(h.Content[:last]), &run)
			return w.community
		},
		"a run from the middle": func(h *community.Recorded) protocol.CommunityID {
			h.Content = slices.Delete(slices.Clone(h.Content), 0, 1)
			return w.community
		},
		"an admission": func(h *community.Recorded) protocol.CommunityID {
			h.Control = slices.Delete(slices.Clone(h.Control), 2, 3)
			return w.community
		},
		"a key of nothing": func(h *community.Recorded) protocol.CommunityID {
			h.Keys = append(slices.Clone(h.Keys), community.EpochKey{Epoch: protocol.ChangeID{0xff}})
			return w.community
		},
	} {
		h := *whole
		of := meddle(&h)
		if _, err := Reread(w.kinds, of, &h); !errors.Is(err, ErrPast) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// the end left out is a history, but of another frontier
	h := *whole
	h.Content = h.Content[:last]
	past, err := Reread(w.kinds, w.community, &h)
	if err != nil || past.Frontier() == a.replica.Status().Frontier {
		t.Errorf("without its end: %v", err)
	}
	// and without a key it says that it cannot be read
	h = *whole
	h.Keys = h.Keys[1:]
	past, err = Reread(w.kinds, w.community, &h)
	if err != nil {
		t.Fatal(err)
	}
	waits := 0
	for _, id := range past.Documents() {
		_, waiting, _ := past.Document(id)
		waits += waiting
	}
	if waits == 0 {
		t.Error("all is read without the key")
	}
}

// A copy is remembered as it was when it was whole, whatever comes after, and
// whatever is written beside that.
func TestACopyAsItWas(t *testing.T) {
	w := newWorld(t, 3)
	a := w.found()
	there := protocol.CommunityID{9}
	f := &envelope.Folded{ID: protocol.DocumentID{8}, Kind: w.kinds.Named("way").Kind, Author: protocol.MemberID{7}, Created: 5, Fields: []envelope.Shown{
		{Number: envelope.Title, Type: envelope.Register, Values: []envelope.Stamp{{Value: "Dwell"}}},
		{Number: envelope.Talk, Type: envelope.Log, Entries: []envelope.Entry{{By: protocol.MemberID{6}, At: 4, Fields: []envelope.Shown{
			{Number: envelope.TalkBody, Type: envelope.Voice, Text: "Yes."}}}}},
	}}
	carry := envelope.Carry{Passage: &envelope.Passage{From: there}, Of: f}
	var id protocol.DocumentID
	for ; carry.Stage <= envelope.Naming; carry.Stage++ {
		stage := carry
		written := a.must(Write{Carry: &stage, Wall: 99}).(Written)
		id, carry.Entries = written.Document, written.Entries
	}
	if id != carry.Carried().ID(w.community, f.Kind) {
		t.Errorf("it stands at %s", id)
	}
	b := a.join(true)
	w.sync(a, b)
	b.must(Write{Document: id, Intents: titled("Dwell longer")})
	w.sync(a, b)
	for _, n := range []*node{a, b} {
		was, whole, err := n.replica.Copied(id)
		if err != nil || !whole || was.Title != "Dwell" || was.Author != envelope.Past(there, f.Author) {
			t.Errorf("it was %+v, whole %v, %v", was, whole, err)
		}
		now, err := n.replica.Document(id)
		if err != nil || now.Folded.Title != "Dwell longer" || now.Folded.Field("talk").Entries[0].By != envelope.Past(there, protocol.MemberID{6}) {
			t.Errorf("it is %+v, %v", now.Folded, err)
		}
	}
}
