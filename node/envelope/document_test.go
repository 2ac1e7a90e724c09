package envelope_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func TestAQuestionIsAskedAnsweredAndHelped(t *testing.T) {
	q := begin(t, "question", sam, envelope.Guest,
		do("title", envelope.DoSet, "  Judder in the\tlast wipes? "),
		do("body", envelope.DoText, "Only after the rain stops.\r\nNew compact."),
		do("context", envelope.DoSet, "Climate = Nordic, platform=compact"),
		do("seeks", envelope.DoSet, "Experience"))
	f := q.fold()
	if f.Title != "Judder in the last wipes?" || f.Body != "Only after the rain stops.\nNew compact." {
		t.Errorf("title %q, body %q", f.Title, f.Body)
	}
	if got := f.Value("context").(envelope.Object); got.Text("climate") != "nordic" || got.Text("platform") != "compact" {
		t.Errorf("context %v", got)
	}
	state := func() any { return kinds.Named("question").Derive(0, q.fold()).Get("state") }
	if state() != "open" {
		t.Errorf("before an answer it is %v", state())
	}
	q.write(dev, envelope.Member, do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	if state() != "answered" {
		t.Errorf("after an answer it is %v", state())
	}
	answer := q.lastEntry("answers")
	q.write(sam, envelope.Guest, envelope.Intent{Field: "answers", Entry: answer, Sub: "helped", Verb: envelope.DoPut})
	if state() != "solved" {
		t.Errorf("after it helped it is %v", state())
	}
	q.write(dev, envelope.Member, envelope.Intent{Field: "answers", Entry: answer, Sub: "body", Verb: envelope.DoText, Value: "Shorten the dwell first."})
	e := q.fold().Field("answers").Entries[0]
	if e.Field("body").Text != "Shorten the dwell first." || e.By != dev {
		t.Errorf("the answer reads %q", e.Field("body").Text)
	}
	w := e.Field("helped").Own[0].Value.(protocol.Wording)
	if w.Runes != 18 || len(w.Heads) != 1 {
		t.Errorf("the wording that helped is %v", w)
	}
	q.write(dev, envelope.Member, envelope.Intent{Field: "answers", Entry: answer, Verb: envelope.DoWithdraw})
	if e := q.fold().Field("answers").Entries[0]; !e.Withdrawn || len(e.Fields) > 0 {
		t.Error("a withdrawn answer still shows")
	}
}

// A question that is all title is found by what is answered to it.
func TestAnswersAreSearchedWithoutABody(t *testing.T) {
	q := begin(t, "question", sam, envelope.Guest, do("title", envelope.DoSet, "Judder?"))
	q.write(dev, envelope.Member, do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	if got := stretches(q); got != "answers: Shorten the dwell." {
		t.Errorf("searched is %q", got)
	}
}

func TestALongTextBecomesSeveralChanges(t *testing.T) {
	body := strings.Repeat("é wiper that wipes\n", 20000)
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Long"), do("body", envelope.DoText, body))
	if len(w.sent) < 6 {
		t.Errorf("%d KiB in %d changes", len(body)>>10, len(w.sent))
	}
	for _, s := range w.sent {
		if n := len(s.shape) + len(s.words) + protocol.ShapeOverhead + protocol.WordsOverhead; n > protocol.MaxBody {
			t.Errorf("a body of %d bytes", n)
		}
	}
	if w.fold().Body != body {
		t.Error("the text is not what was written")
	}
	_, err := w.doc.Write(envelope.Writing{Author: rosa, Rank: envelope.Member}, []envelope.Intent{
		do("body", envelope.DoText, strings.Repeat("x", protocol.MaxText+1))})
	if !errors.Is(err, envelope.ErrTooLong) {
		t.Errorf("beyond 512 KiB: %v", err)
	}
}

// apart returns copies of a document on as many nodes.
func apart(p *paper, n int) []*paper {
	copies := make([]*paper, n)
	for i := range copies {
		copies[i] = &paper{t: p.t, doc: p.again(), sent: slices.Clone(p.sent)}
	}
	return copies
}

// meet exchanges what each wrote.
func meet(papers ...*paper) {
	for _, p := range papers {
		for _, other := range papers {
			for _, s := range other.sent {
				if !p.doc.Has(s.ID) {
					p.take(s)
				}
			}
		}
	}
}

func TestBothSentencesStand(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "Dwell"), do("body", envelope.DoText, "Shorten the dwell."))
	p := apart(w, 2)
	p[0].write(rosa, member, do("body", envelope.DoText, "Shorten the dwell. Then count wipes."), do("title", envelope.DoSet, "Dwell first"))
	p[1].write(dev, member, do("body", envelope.DoText, "Wet the glass. Shorten the dwell."), do("title", envelope.DoSet, "Drying"))
	meet(p...)
	a, b := p[0].fold(), p[1].fold()
	if a.Body != "Wet the glass. Shorten the dwell. Then count wipes." || b.Body != a.Body {
		t.Errorf("%q and %q", a.Body, b.Body)
	}
	if !bytes.Equal(a.Canonical(), b.Canonical()) || len(a.Canonical()) < 100 {
		t.Error("two nodes, two states")
	}
	titles := a.Field("title").Values
	if len(titles) != 2 || titles[0].Value != a.Title || titles[0].Value == titles[1].Value {
		t.Errorf("titles %v", titles)
	}
	p[0].write(rosa, member, do("title", envelope.DoSet, titles[1].Value))
	if f := p[0].fold(); len(f.Field("title").Values) != 1 || f.Title != titles[1].Value {
		t.Error("choosing one does not settle it")
	}
}

// An author counts positions in what her fold showed. A change that her fold
// did not show, and another's does, moves nothing of hers.
func TestPositionsCountWhatTheAuthorSaw(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "T"), do("body", envelope.DoText, "AB"))
	first := w.write(dev, member, do("body", envelope.DoText, "A dev B"))[0]
	blind := envelope.New(kinds, here, w.doc.ID()) // Sam's control heads know that Dev was removed
	apply(t, blind, w.sent[0])
	struck := first
	struck.Rank = 0
	apply(t, blind, struck)
	drafts, err := blind.Write(envelope.Writing{Author: sam, Rank: member}, []envelope.Intent{do("body", envelope.DoText, "ABC")})
	if err != nil {
		t.Fatal(err)
	}
	s := change(blind, 3, sam, member, drafts[0], 3)
	s.Sight = &envelope.Sight{Key: protocol.Hash{1}, Verdict: func(id protocol.ChangeID) (uint8, bool) {
		if id == first.ID {
			return 0, false
		}
		return member, false
	}}
	w.take(s)
	if got := w.fold().Body; got != "A dev BC" {
		t.Errorf("it reads %q", got)
	}
	w.doc.SetVerdict(first.ID, 0, false)
	if got := w.fold().Body; got != "ABC" {
		t.Errorf("without Dev's it reads %q", got)
	}
	w.doc.SetVerdict(first.ID, member, true)
	w.doc.SetVerdict(s.ID, member, true)
	if got := w.fold().Body; got != "AB" {
		t.Errorf("with both redacted it reads %q", got)
	}
}

// Who is a champion is read in what the author saw, not in what came later.
func TestNeedIsFixedByThePast(t *testing.T) {
	q := begin(t, "question", rosa, member, do("title", envelope.DoSet, "Q"))
	p := apart(q, 2)
	p[0].write(dev, member, do("champion", envelope.DoAdd, "me"))
	early, _ := p[1].doc.Write(envelope.Writing{Author: dev, Rank: nobody}, []envelope.Intent{do("closed", envelope.DoSet, "moot")})
	closing := p[1].put(dev, member, early)[0]
	meet(p...)
	if need := p[0].doc.Needs(closing.ID); need[0] != convener {
		t.Errorf("closing before volunteering needs %v", need)
	}
	if p[0].fold().Value("closed") != nil {
		t.Error("it was closed by who was no champion then")
	}
	late := p[0].write(dev, member, do("closed", envelope.DoSet, "moved"))
	if need := p[0].doc.Needs(late[0].ID); need[0] != member {
		t.Errorf("a champion's closing needs %v", need)
	}
}

func raw(ops ...protocol.Operation) envelope.Draft { return envelope.Draft{Operations: ops} }

func TestWhatIsUnknownIsKeptAndDoesNothing(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "T"))
	before := w.fold()
	draft := raw(
		protocol.Operation{Path: protocol.Path{Field: 999}, Code: protocol.Set, Args: []protocol.Value{protocol.Words(3)}},
		protocol.Operation{Path: protocol.Path{Field: 33}, Code: 77, Args: []protocol.Value{[]protocol.Value{protocol.Words(2)}}},
		protocol.Operation{Path: protocol.Path{Field: 32}, Code: protocol.Set, Args: []protocol.Value{"no form"}},
		protocol.Operation{Path: protocol.Path{Field: 33}, Code: protocol.Insert, Args: []protocol.Value{uint64(0), "no words"}},
		protocol.Operation{Path: protocol.Path{Field: 33}, Code: protocol.Insert, Args: []protocol.Value{uint64(0), protocol.Words(4)}},
		protocol.Operation{Path: protocol.Path{Field: 39}, Code: protocol.Enter, Args: []protocol.Value{[]protocol.Value{
			[]protocol.Value{uint64(1), "worked"}, []protocol.Value{uint64(900), protocol.Words(1)}}}},
	)
	draft.Words = []byte("abcdeWORDz")
	s := w.put(rosa, member, []envelope.Draft{draft})[0]
	if got := w.doc.Effect(s.ID); !slices.Equal(got, []bool{false, false, false, false, true, true}) {
		t.Errorf("effect %v", got)
	}
	if f := w.fold(); f.Body != "WORD" || len(f.Field("trials").Entries) != 1 {
		t.Errorf("it reads %q", f.Body)
	}
	w.doc.SetVerdict(s.ID, 0, false)
	if !bytes.Equal(w.fold().Canonical(), before.Canonical()) {
		t.Error("a void change shows")
	}

	s = change(w.doc, 3, rosa, member, raw(), 50)
	s.shape = []byte{0xff}
	w.take(s) // inert: does not decode, may be built upon
	s = change(w.doc, 4, rosa, member, draft, 51)
	w.take(s) // inert: not the kind of its root
	if got := w.doc.Effect(s.ID); len(got) != 0 {
		t.Errorf("a change of another kind has effect %v", got)
	}
	w.write(rosa, member, do("body", envelope.DoText, "goes on"))
	if w.fold().Body != "goes on" {
		t.Error("nothing can be built on an inert change")
	}

	d := envelope.New(kinds, here, protocol.DocumentID{5})
	song := sent{Meta: envelope.Meta{ID: protocol.ChangeID{5}, Kind: 600, Creates: true, Lamport: 1, Author: rosa, Rank: member}, shape: draft.Shape(), words: draft.Words}
	apply(t, d, song)
	if _, shown := d.Fold(); shown || d.Schema() != nil || !d.Has(song.ID) {
		t.Error("a document of an unknown kind is not just kept")
	}
}

func TestUnreadableWordsCountAsRunes(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "Title"), do("body", envelope.DoText, "secret"))
	s := w.sent[0]
	d := envelope.New(kinds, here, w.doc.ID())
	if err := d.Apply(s.Meta, envelope.OpenBody(s.shape, nil, false, len(s.words)+protocol.WordsOverhead)); err != nil {
		t.Fatal(err)
	}
	next := w.write(dev, member, do("body", envelope.DoText, "secrets"))
	apply(t, d, next[0])
	f, _ := d.Fold()
	if f.Body != strings.Repeat("\ufffd", 6)+"s" || f.Title != strings.Repeat("\ufffd", 5) {
		t.Errorf("it reads %q under %q", f.Body, f.Title)
	}
	if !slices.Equal(d.Needs(s.ID), w.doc.Needs(s.ID)) {
		t.Error("words decide")
	}
}

// Two roots at a derived id both stand; the smallest says who began and when.
func TestTwoRootsOfACharter(t *testing.T) {
	a := begin(t, "charter", rosa, member, do("name", envelope.DoSet, "Wiper Club"), do("concern", envelope.DoText, "A clear view."))
	b := begin(t, "charter", dev, member, do("name", envelope.DoSet, "Wipers"), do("norms", envelope.DoText, "Write it down."))
	if a.doc.ID() != b.doc.ID() {
		t.Fatal("two ids for one charter")
	}
	want := a.sent[0]
	if b.sent[0].ID.Compare(want.ID) < 0 {
		want = b.sent[0]
	}
	meet(a, b)
	for _, p := range []*paper{a, b} {
		f := p.fold()
		if f.Author != want.Author || f.Created != want.Wall || f.Body != "A clear view." || f.TextOf("norms") != "Write it down." {
			t.Errorf("author %v, body %q", f.Author, f.Body)
		}
	}
	if !bytes.Equal(a.fold().Canonical(), b.fold().Canonical()) {
		t.Error("two states")
	}
	stray := change(envelope.New(kinds, here, a.doc.ID()), 3, rosa, member, raw(), 1)
	a.take(stray) // a way at the charter's id
	if got := a.doc.Needs(stray.ID); len(got) != 0 {
		t.Error("a root of another kind stands")
	}
}

func TestAParentMustBeThere(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "T"))
	s := w.write(rosa, member, do("title", envelope.DoSet, "U"))[0]
	if err := envelope.New(kinds, here, w.doc.ID()).Apply(s.Meta, s.body()); !errors.Is(err, envelope.ErrParent) {
		t.Errorf("without its parent: %v", err)
	}
	if err := w.doc.Apply(s.Meta, s.body()); err != nil || len(w.doc.Changes()) != 2 {
		t.Errorf("twice: %v", err)
	}
}

func TestWordingsMeasureWhatChanged(t *testing.T) {
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "T"), do("body", envelope.DoText, "0123456789"))
	then := w.doc.Wording(protocol.EntryID{})
	w.write(dev, member, do("marks", envelope.DoAdd, "thanks"), do("trials", envelope.DoEnter, map[string]any{"outcome": "worked"}))
	now := w.doc.Wording(protocol.EntryID{})
	if !w.doc.Same(protocol.EntryID{}, then, now) || w.doc.Changed(protocol.EntryID{}, then) != 0 {
		t.Error("a thanks changed the wording")
	}
	w.write(dev, member, do("body", envelope.DoText, "01234567xy"), do("use_when", envelope.DoText, "wet"))
	if w.doc.Same(protocol.EntryID{}, then, w.doc.Wording(protocol.EntryID{})) {
		t.Error("another text is the same wording")
	}
	// 8 of 10 runes kept, 13 now.
	if got := w.doc.Changed(protocol.EntryID{}, then); got < 0.384 || got > 0.385 {
		t.Errorf("changed share %v", got)
	}
	f := w.fold()
	trial := f.Field("trials").Entries[0].Field("wording").Value().(protocol.Wording)
	if got := f.ChangedSince(trial); got != w.doc.Changed(protocol.EntryID{}, then) {
		t.Errorf("the fold says %v", got)
	}
}

func TestListsSetsAndMaps(t *testing.T) {
	c := begin(t, "charter", rosa, member, do("name", envelope.DoSet, "C"))
	doc := func(n byte) string { return protocol.DocumentID{n}.String() }
	c.write(rosa, member, do("starters", envelope.DoPlace, doc(1)), do("starters", envelope.DoPlace, doc(2)))
	first := envelope.EntryName(c.fold().Field("starters").Entries[0].ID)
	c.write(rosa, member, envelope.Intent{Field: "starters", Verb: envelope.DoPlace, Value: doc(3), Before: first})
	order := func() (s []byte) {
		for _, e := range c.fold().Field("starters").Entries {
			id := e.Field("document").Value().(protocol.DocumentID)
			s = append(s, id[0])
		}
		return s
	}
	if got := order(); !slices.Equal(got, []byte{3, 1, 2}) {
		t.Errorf("order %v", got)
	}
	c.write(dev, member, envelope.Intent{Field: "starters", Verb: envelope.DoPlace, Entry: first})
	if got := order(); !slices.Equal(got, []byte{3, 2, 1}) {
		t.Errorf("after moving %v", got)
	}
	c.write(dev, member, envelope.Intent{Field: "starters", Verb: envelope.DoRemove, Entry: first})
	if got := order(); !slices.Equal(got, []byte{3, 2}) {
		t.Errorf("after removing %v", got)
	}
	c.write(dev, member, do("context_keys", envelope.DoSet, []any{"Climate", "platform"}))
	c.write(dev, member, do("context_keys", envelope.DoSet, []any{"climate", "blade"}))
	if got := c.fold().Field("context_keys").Set; !slices.Equal(got, []envelope.Value{"blade", "climate"}) {
		t.Errorf("keys %v", got)
	}
	c.write(dev, member, do("marks", envelope.DoAdd, "thanks"))
	c.write(dev, member, do("marks", envelope.DoAdd, "flag"))
	c.write(dev, member, do("marks", envelope.DoDrop, "thanks"))
	if got := fmt.Sprint(c.fold().Field("marks").Own[0].Value); got != "[flag]" {
		t.Errorf("marks %v", got)
	}
	if len(c.write(dev, member, do("marks", envelope.DoAdd, "flag"), do("context_keys", envelope.DoAdd, "blade"), do("name", envelope.DoSet, "C"))) != 0 {
		t.Error("what changes nothing was written")
	}
	c.write(dev, member, do("marks", envelope.DoTake, nil))
	if len(c.fold().Field("marks").Own) != 0 {
		t.Error("a mark taken back still shows")
	}
	w := begin(t, "way", rosa, member, do("title", envelope.DoSet, "W"))
	w.write(rosa, member, do("shelved", envelope.DoPut, "yes it is old"))
	if !w.fold().Shelved {
		t.Error("it is not shelved")
	}
	w.write(dev, convener, do("shelved", envelope.DoPut, "no"))
	if w.fold().Shelved {
		t.Error("the later word does not decide")
	}
	b, err := w.fold().MarshalJSON()
	if want := `"fields":{"title":"W","shelved":[`; err != nil || !strings.Contains(string(b), want) {
		t.Errorf("%s, %v", b, err)
	}
}

func FuzzShape(f *testing.F) {
	w := begin(f, "question", rosa, member, do("title", envelope.DoSet, "T"), do("body", envelope.DoText, "text"))
	w.write(dev, member, do("answers", envelope.DoEnter, "answer"))
	for _, s := range w.sent {
		f.Add(s.shape, s.words)
	}
	f.Fuzz(func(t *testing.T, shape, words []byte) {
		w := &paper{t: t, doc: w.doc, sent: w.sent}
		d := w.again()
		s := change(d, 5, dev, convener, envelope.Draft{}, 9)
		s.shape, s.words = shape, words
		apply(t, d, s)
		folded, shown := d.Fold()
		if !shown {
			t.Fatal("a change hid a document")
		}
		if err := protocol.NewReader(folded.Canonical()).Skip(); err == nil {
			t.Fatal("the canonical bytes are not canonical")
		}
		// The words decide nothing.
		blind := w.again()
		if err := blind.Apply(s.Meta, envelope.OpenBody(shape, nil, false, len(words)+protocol.WordsOverhead)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.Needs(s.ID), blind.Needs(s.ID)) {
			t.Fatal("without its words the change needs something else")
		}
	})
}
