package envelope_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

var there = protocol.CommunityID(sha256.Sum256([]byte("the fork")))

// carryTo copies a document into another community by a founder there, and
// returns the copy. Tamper changes what the copier makes of the original.
func carryTo(t testing.TB, f *envelope.Folded, by protocol.MemberID, rank uint8, g *envelope.Passage) *paper {
	t.Helper()
	p := &paper{t: t}
	carry := &envelope.Carry{Passage: g, Of: f}
	from := carry.Carried()
	p.doc = envelope.New(kinds, there, from.ID(there, f.Kind))
	g.Documents[f.ID] = p.doc.ID()
	for carry.Stage = envelope.Alone; carry.Stage <= envelope.Naming; carry.Stage++ {
		drafts, err := p.doc.Carry(envelope.Writing{Kind: f.Kind, Author: by, Rank: envelope.Founder, Carried: from}, carry)
		if rank < envelope.Founder && errors.Is(err, envelope.ErrForbidden) {
			return p // what came before had no effect
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, draft := range drafts {
			s := change(p.doc, f.Kind, by, rank, draft, uint64(len(p.sent)+1))
			p.take(s)
		}
		if now, shown := p.doc.Fold(); shown {
			carry.Entries = carriedEntries(now)
		}
		for i, e := range carriedEntries(f)[:len(carry.Entries)] {
			g.Entries[e] = carry.Entries[i]
		}
	}
	return p
}

func carriedEntries(f *envelope.Folded) (all []protocol.EntryID) {
	for _, s := range f.Fields {
		for _, e := range s.Entries {
			if !e.Withdrawn {
				all = append(all, e.ID)
			}
		}
	}
	return all
}

func passage() *envelope.Passage {
	return &envelope.Passage{From: here, Documents: map[protocol.DocumentID]protocol.DocumentID{}, Entries: map[protocol.EntryID]protocol.EntryID{}}
}

// originals are one document of each kind with all that can stand in it.
func originals(t testing.TB) (all []*envelope.Folded) {
	for _, kind := range []string{"charter", "member", "way", "story", "problem", "question"} {
		p := stage(t, kind)
		schema := p.doc.Schema()
		for i := range schema.Fields {
			f := &schema.Fields[i]
			if f.Fixed || f.Conceals || f.Number == envelope.Whole || f.Type == envelope.Log {
				continue
			}
			for _, by := range []protocol.MemberID{rosa, dev} {
				drafts, err := p.doc.Write(envelope.Writing{Author: by, Rank: envelope.Founder}, []envelope.Intent{touch(f, "e\u0301crit par "+f.Name)})
				if err == nil {
					p.put(by, envelope.Founder, drafts)
				}
			}
		}
		p.write(dev, member, do("talk", envelope.DoEnter, strings.Repeat("Ein langes Gespräch. ", 1500)))
		said := p.lastEntry("talk")
		p.write(sam, member, do("talk", envelope.DoEnter, map[string]any{"body": "In reply.", "re": said}))
		p.write(sam, member, do("talk", envelope.DoEnter, "Taken back."))
		p.write(sam, member, envelope.Intent{Field: "talk", Verb: envelope.DoWithdraw, Entry: p.lastEntry("talk")})
		if kind == "question" {
			p.write(rosa, member, envelope.Intent{Field: "answers", Entry: p.lastEntry("answers"), Sub: "helped", Verb: envelope.DoPut})
		}
		all = append(all, p.fold())
	}
	return all
}

// A copy tells what the original tells, of every kind, field by field, and
// shows it as said by those who said it, under names that nobody here has.
func TestACopyTellsTheSame(t *testing.T) {
	for _, f := range originals(t) {
		g := passage()
		p := carryTo(t, f, sam, envelope.Founder, g)
		got := p.fold()
		if !bytes.Equal(envelope.Telling(got, nil), envelope.Telling(f, g)) {
			t.Errorf("%s: the copy tells %q, not %q", f.KindName, envelope.Telling(got, nil), envelope.Telling(f, g))
		}
		if got.Author != envelope.Past(here, f.Author) || got.Author == f.Author || got.Created != f.Created || got.Title != f.Title {
			t.Errorf("%s: by %s at %d", f.KindName, got.Author, got.Created)
		}
		if got.Carried == nil || got.Carried.Community != here || got.Carried.Document != f.ID {
			t.Errorf("%s: it does not say where it is from: %+v", f.KindName, got.Carried)
		}
		again := envelope.New(kinds, there, p.doc.ID())
		for _, s := range p.sent {
			apply(t, again, s)
		}
		if folded, _ := again.Fold(); !bytes.Equal(folded.Canonical(), got.Canonical()) {
			t.Errorf("%s: two nodes, two states", f.KindName)
		}
		if f.KindName == "question" {
			if state := kinds.Named("question").Derive(0, got).Text("state"); state != "solved" {
				t.Errorf("a solved question is %s in its copy", state)
			}
		}
		for _, s := range got.Fields {
			for _, own := range s.Own {
				if !own.Carried || own.By == rosa || own.By == dev {
					t.Errorf("%s: a value of %s under her own name", s.Name, own.By)
				}
			}
		}
	}
}

// One word more or less, another author, another time: each is seen.
func TestAnAlteredCopyTellsAnother(t *testing.T) {
	p := begin(t, "way", rosa, member, do("title", envelope.DoSet, "Dwell"), do("body", envelope.DoText, "Shorten it."))
	p.write(dev, member, do("trials", envelope.DoEnter, map[string]any{"outcome": "worked", "words": "Twice."}))
	honest := p.fold()
	for name, tamper := range map[string]func(f *envelope.Folded){
		"a word":          func(f *envelope.Folded) { f.Fields[1].Text = "Lengthen it." },
		"who":             func(f *envelope.Folded) { f.Author = dev },
		"when":            func(f *envelope.Folded) { f.Created++ },
		"who entered":     func(f *envelope.Folded) { f.Fields[2].Entries[0].By = rosa },
		"an entry":        func(f *envelope.Folded) { f.Fields[2].Entries = append(f.Fields[2].Entries, f.Fields[2].Entries[0]) },
		"one entry fewer": func(f *envelope.Folded) { f.Fields[2].Entries = nil },
		"an outcome": func(f *envelope.Folded) {
			f.Fields[2].Entries[0].Fields[0].Values = []envelope.Stamp{{Value: "failed"}}
		},
	} {
		altered := p.fold()
		tamper(altered)
		g := passage()
		got := carryTo(t, altered, sam, envelope.Founder, g).fold()
		if bytes.Equal(envelope.Telling(got, nil), envelope.Telling(honest, g)) {
			t.Errorf("%s: the copy passes for the original", name)
		}
	}
}

// Below a founder nobody carries, and once a copy is whole nobody speaks in it
// for others, nor changes what they said.
func TestOthersWordsStayTheirs(t *testing.T) {
	p := begin(t, "story", rosa, member, do("title", envelope.DoSet, "Rain"), do("body", envelope.DoText, "It rained."))
	p.write(dev, member, do("talk", envelope.DoEnter, "It did."))
	f := p.fold()

	low := carryTo(t, f, sam, envelope.Convener, passage())
	if _, shown := low.doc.Fold(); shown {
		t.Error("a convener carried")
	}

	c := carryTo(t, f, sam, envelope.Founder, passage())
	carry := &envelope.Carry{Passage: passage(), Of: f, Stage: envelope.Signed}
	for _, by := range []protocol.MemberID{sam, dev} {
		if _, err := c.doc.Carry(envelope.Writing{Author: by, Rank: envelope.Founder}, carry); !errors.Is(err, envelope.ErrForbidden) {
			t.Errorf("carried into what is whole: %v", err)
		}
		for _, in := range []envelope.Intent{
			do("body", envelope.DoText, "It snowed."),
			do("title", envelope.DoSet, "Snow"),
			{Field: "talk", Entry: c.lastEntry("talk"), Sub: "body", Verb: envelope.DoText, Value: "It did not."},
			{Field: "talk", Entry: c.lastEntry("talk"), Verb: envelope.DoWithdraw},
		} {
			if _, err := c.doc.Write(envelope.Writing{Author: by, Rank: envelope.Founder}, []envelope.Intent{in}); !errors.Is(err, envelope.ErrForbidden) {
				t.Errorf("%v by %s: %v", in, by, err)
			}
		}
	}
	// who does not ask her own node is told by every other: the drafts of the
	// carrying, said again on top, have no effect
	before := c.fold().Canonical()
	other := carryTo(t, f, sam, envelope.Founder, passage())
	for _, s := range other.sent {
		s.Meta.ID[0]++
		s.Meta.Parents, s.Meta.Lamport = c.doc.Heads(), s.Meta.Lamport+100
		apply(t, c.doc, s)
	}
	now, _ := c.doc.Fold()
	now.Updated = 0
	if !bytes.Equal(now.Canonical(), before) {
		t.Errorf("more was carried afterwards: %v", now.Fields)
	}
	// and life goes on in it
	c.write(dev, member, do("talk", envelope.DoEnter, "Reading this here."))
	entries := c.fold().Field("talk").Entries
	if len(entries) != 2 || entries[1].By != dev || entries[1].Carried || !entries[0].Carried {
		t.Errorf("talk in the copy: %+v", entries)
	}
}

// Nothing carries into a document that began here.
func TestNothingIsCarriedIntoWhatBeganHere(t *testing.T) {
	p := begin(t, "way", rosa, envelope.Founder, do("title", envelope.DoSet, "Ours"))
	carry := &envelope.Carry{Passage: passage(), Of: p.fold(), Stage: envelope.Signed}
	if _, err := p.doc.Carry(envelope.Writing{Author: rosa, Rank: envelope.Founder, Carried: carry.Carried()}, carry); !errors.Is(err, envelope.ErrForbidden) {
		t.Errorf("carried: %v", err)
	}
}

// A page holds its bytes, and no more than fit.
func TestAPageOfHistory(t *testing.T) {
	page := func(size int) *envelope.Folded {
		f := &envelope.Folded{ID: community.Page(here, 3), Kind: community.History}
		f.Fields = []envelope.Shown{{Number: community.Part, Type: envelope.Register,
			Values: []envelope.Stamp{{Value: bytes.Repeat([]byte{0xff}, size)}}}}
		return f
	}
	got := carryTo(t, page(community.PageSize), rosa, envelope.Founder, passage()).fold()
	if b, _ := got.Value("part").([]byte); len(b) != community.PageSize || b[0] != 0xff {
		t.Errorf("%d bytes came back", len(b))
	}
	if got := carryTo(t, page(community.PageSize+1), rosa, envelope.Founder, passage()).fold(); got.Value("part") != nil {
		t.Error("a page beyond its size shows")
	}
}
