package domain_test

import (
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

var kinds = envelope.NewKinds(domain.Kinds())

// paper is a document that several write on; copies of it can part and meet.
type paper struct {
	t    *testing.T
	kind protocol.Kind
	doc  *envelope.Document
	sent []message
	n    *byte // of all copies
}

type message struct {
	meta  envelope.Meta
	draft envelope.Draft
}

func begin(t *testing.T, kind protocol.Kind, by protocol.MemberID, intents ...envelope.Intent) *paper {
	t.Helper()
	id := protocol.DocumentID{1}
	if kind == domain.Charter {
		id = protocol.DeriveDocument(protocol.CommunityID{}, kind)
	}
	p := &paper{t: t, kind: kind, doc: envelope.New(kinds, protocol.CommunityID{}, id), n: new(byte)}
	p.write(by, intents...)
	return p
}

// apart returns a second copy, as another node has it.
func (p *paper) apart() *paper {
	other := &paper{t: p.t, kind: p.kind, doc: envelope.New(kinds, protocol.CommunityID{}, p.doc.ID()), n: p.n}
	other.meet(p)
	return other
}

// meet takes what another copy has.
func (p *paper) meet(other *paper) {
	p.t.Helper()
	for _, m := range other.sent {
		if !p.doc.Has(m.meta.ID) {
			p.take(m)
		}
	}
}

func (p *paper) take(m message) {
	p.t.Helper()
	p.sent = append(p.sent, m)
	words := m.draft.Words
	if err := p.doc.Apply(m.meta, envelope.OpenBody(m.draft.Shape(), words, true, len(words)+protocol.WordsOverhead)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *paper) write(by protocol.MemberID, intents ...envelope.Intent) {
	p.t.Helper()
	drafts, err := p.doc.Write(envelope.Writing{Kind: p.kind, Author: by, Rank: envelope.Member}, intents)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, draft := range drafts {
		*p.n++
		creates := p.kind != domain.Charter && len(p.sent) == 0
		p.take(message{
			envelope.Meta{
				ID: protocol.ChangeID{*p.n}, Kind: p.kind, Creates: creates, Parents: p.doc.Heads(),
				Lamport: uint64(*p.n), Wall: uint64(*p.n) * 10, Author: by, Rank: envelope.Member,
			},
			draft,
		})
	}
}

func (p *paper) fold() *envelope.Folded {
	p.t.Helper()
	f, shown := p.doc.Fold()
	if !shown {
		p.t.Fatal("it does not show")
	}
	return f
}

func do(field string, verb envelope.Verb, v any) envelope.Intent {
	return envelope.Intent{Field: field, Verb: verb, Value: v}
}

// card is a folded document as tests need one: a register or set per pair.
func card(kind protocol.Kind, id byte, title string, fields ...envelope.Shown) *envelope.Folded {
	return &envelope.Folded{ID: protocol.DocumentID{id}, Kind: kind, Title: title, Created: uint64(id), Fields: fields}
}

func register(name string, v envelope.Value, at uint64) envelope.Shown {
	return envelope.Shown{Name: name, Type: envelope.Register, Values: []envelope.Stamp{{Value: v, At: at}}}
}

func set(name string, values ...envelope.Value) envelope.Shown {
	return envelope.Shown{Name: name, Type: envelope.Set, Set: values}
}

func doc(id byte) protocol.DocumentID { return protocol.DocumentID{id} }

func one(id byte) protocol.MemberID { return protocol.MemberID{id} }

func groups(facts ...*envelope.Facts) *envelope.Groups { return envelope.Group(facts) }
