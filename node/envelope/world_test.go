package envelope_test

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

var (
	kinds = envelope.NewKinds(domain.Kinds(), community.Kinds(), practice.Kinds())
	here  = protocol.CommunityID(sha256.Sum256([]byte("Wiper Club")))
	rosa  = person("Rosa")
	dev   = person("Dev")
	sam   = person("Sam")
)

func person(name string) protocol.MemberID { return protocol.MemberID(sha256.Sum256([]byte(name))) }

// sent is a change as the tests pass it around: what envelope is told of it.
type sent struct {
	envelope.Meta
	shape []byte
	words []byte
}

func (s sent) body() envelope.Body {
	return envelope.OpenBody(s.shape, s.words, true, len(s.words)+protocol.WordsOverhead)
}

// paper is one node's copy of one document.
type paper struct {
	t    testing.TB
	doc  *envelope.Document
	sent []sent
}

func apply(t testing.TB, d *envelope.Document, s sent) {
	t.Helper()
	if err := d.Apply(s.Meta, s.body()); err != nil {
		t.Fatal(err)
	}
}

// change makes the change that a draft becomes on top of a document.
func change(d *envelope.Document, kind protocol.Kind, by protocol.MemberID, rank uint8, draft envelope.Draft, lamport uint64) sent {
	s := sent{
		Meta: envelope.Meta{
			Kind: kind, Parents: d.Heads(), Lamport: lamport, Wall: 1700000000 + lamport, Author: by, Rank: rank,
		},
		shape: draft.Shape(), words: draft.Words,
	}
	h := sha256.New()
	h.Write(s.shape)
	h.Write(s.words)
	h.Write(by[:])
	h.Write(binary.BigEndian.AppendUint64(nil, lamport))
	for _, p := range s.Parents {
		h.Write(p[:])
	}
	s.ID = protocol.ChangeID(h.Sum(nil))
	return s
}

// begin makes a document of a kind by a member's intents.
func begin(t testing.TB, kind string, by protocol.MemberID, rank uint8, intents ...envelope.Intent) *paper {
	t.Helper()
	return beginAt(t, kind, by, rank, kinds.Named(kind).Parts == nil, intents...)
}

// beginAt is begin of a document that is named by the change that creates it,
// or at the id that its kind derives.
func beginAt(t testing.TB, kind string, by protocol.MemberID, rank uint8, creates bool, intents ...envelope.Intent) *paper {
	t.Helper()
	schema := kinds.Named(kind)
	id := protocol.DocumentID{}
	if !creates {
		id = protocol.DeriveDocument(here, schema.Kind, schema.Parts(by)...)
	}
	d := envelope.New(kinds, here, id)
	drafts, err := d.Write(envelope.Writing{Kind: schema.Kind, Author: by, Rank: rank}, intents)
	if err != nil {
		t.Fatal(err)
	}
	p := &paper{t: t, doc: d}
	for i, draft := range drafts {
		s := change(p.doc, schema.Kind, by, rank, draft, uint64(len(p.sent)+1))
		if i == 0 && creates {
			s.Creates = true
			p.doc = envelope.New(kinds, here, protocol.DocumentID(s.ID))
		}
		p.take(s)
	}
	return p
}

func (p *paper) take(s sent) {
	p.t.Helper()
	p.sent = append(p.sent, s)
	apply(p.t, p.doc, s)
}

// write writes intents; it fails the test when they are refused.
func (p *paper) write(by protocol.MemberID, rank uint8, intents ...envelope.Intent) []sent {
	p.t.Helper()
	drafts, err := p.doc.Write(envelope.Writing{Author: by, Rank: rank}, intents)
	if err != nil {
		p.t.Fatalf("%v: %v", intents, err)
	}
	return p.put(by, rank, drafts)
}

func (p *paper) put(by protocol.MemberID, rank uint8, drafts []envelope.Draft) []sent {
	p.t.Helper()
	from := len(p.sent)
	for _, draft := range drafts {
		p.take(change(p.doc, p.doc.Schema().Kind, by, rank, draft, uint64(len(p.sent)+1)))
	}
	return p.sent[from:]
}

func (p *paper) fold() *envelope.Folded {
	p.t.Helper()
	f, shown := p.doc.Fold()
	if !shown {
		p.t.Fatal("nothing shows")
	}
	return f
}

func (p *paper) lastEntry(field string) string {
	entries := p.fold().Field(field).Entries
	return envelope.EntryName(entries[len(entries)-1].ID)
}

// again applies the same changes in the same order to a new document.
func (p *paper) again() *envelope.Document {
	d := envelope.New(kinds, here, p.doc.ID())
	for _, s := range p.sent {
		apply(p.t, d, s)
	}
	return d
}

func do(field string, verb envelope.Verb, value any) envelope.Intent {
	return envelope.Intent{Field: field, Verb: verb, Value: value}
}

func names(fields []envelope.Shown) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	slices.Sort(out)
	return out
}
