package envelope_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"pgregory.net/rapid"
)

// A state of the control graph, as far as a document is concerned: the verdict
// on any change is a fixed function of the two.
type state int

func (s state) verdict(id protocol.ChangeID) (rank uint8, redacted bool) {
	h := sha256.Sum256(append(id[:], byte(s)))
	switch {
	case h[0] < 40:
		rank = envelope.None
	case h[0] < 60:
		rank = envelope.Guest
	case h[0] < 90:
		rank = envelope.Convener
	default:
		rank = envelope.Member
	}
	return rank, h[1] < 25
}

func (s state) sight() *envelope.Sight {
	return &envelope.Sight{Key: protocol.Hash{byte(s) + 1}, Verdict: s.verdict}
}

// written is a change and the control state its author knew.
type written struct {
	sent
	knew state
}

// node is a copy of the document with the verdicts of one state.
type node struct {
	t   testing.TB
	doc *envelope.Document
	at  state
	has []protocol.ChangeID
}

// take applies a change as the node's control state judges it. Where that is
// what the author knew, it says so by leaving the sight out, now and then.
func (n *node) take(w written, plain bool) {
	m := w.Meta
	m.Rank, m.Redacted = n.at.verdict(m.ID)
	m.Sight = w.knew.sight()
	if plain && n.at == w.knew {
		m.Sight = nil
	}
	if err := n.doc.Apply(m, w.body()); err != nil {
		n.t.Fatal(err)
	}
	n.has = append(n.has, m.ID)
}

func (n *node) learn(s state) {
	n.at = s
	for _, id := range n.has {
		rank, redacted := s.verdict(id)
		n.doc.SetVerdict(id, rank, redacted)
	}
}

// act is one random act: mostly what a member would write, at times a shape
// that nobody's node would.
func act(r *rand.Rand, n *node, by protocol.MemberID) (envelope.Draft, bool) {
	if r.IntN(5) == 0 {
		return rogue(r, n), true
	}
	some := func(words ...string) string { return words[r.IntN(len(words))] }
	body := ""
	if f, ok := n.doc.Fold(); ok {
		body = f.Body
	}
	runes := []rune(body)
	at := r.IntN(len(runes) + 1)
	end := min(len(runes), at+r.IntN(4))
	intents := []envelope.Intent{
		do("body", envelope.DoText, string(runes[:at])+some("é", "cold ", "\n", "")+string(runes[end:])),
		do("title", envelope.DoSet, some("A", "B", "C")),
		do("marks", envelope.DoAdd, some("thanks", "metoo", "try")),
		do("marks", envelope.DoTake, nil),
		do("champion", envelope.DoAdd, "me"), do("champion", envelope.DoDrop, "me"),
		do("closed", envelope.DoSet, some("solved yes", "moot", "open")),
		do("horizon", envelope.DoSet, some("now", "agenda")),
		do("answers", envelope.DoEnter, some("try this", "or that")),
		do("areas", some2(r, envelope.DoAdd, envelope.DoDrop), protocol.DocumentID{byte(r.IntN(2)) + 1}),
		do("shelved", envelope.DoPut, some("yes", "no")),
	}
	if f, ok := n.doc.Fold(); ok {
		for _, e := range f.Field("answers").Entries {
			id := envelope.EntryName(e.ID)
			intents = append(intents,
				envelope.Intent{Field: "answers", Entry: id, Sub: "body", Verb: envelope.DoText, Value: e.Field("body").Text + some("!", "?")},
				envelope.Intent{Field: "answers", Entry: id, Sub: "helped", Verb: envelope.DoPut},
				envelope.Intent{Field: "answers", Entry: id, Verb: envelope.DoWithdraw})
		}
	}
	drafts, err := n.doc.Write(envelope.Writing{Author: by, Rank: envelope.Founder}, []envelope.Intent{intents[r.IntN(len(intents))]})
	if err != nil || len(drafts) == 0 {
		return envelope.Draft{}, false
	}
	return drafts[0], true
}

func some2(r *rand.Rand, a, b envelope.Verb) envelope.Verb {
	if r.IntN(2) == 0 {
		return a
	}
	return b
}

func rogue(r *rand.Rand, n *node) envelope.Draft {
	fields := []uint64{1, 2, 4, 5, 7, 8, 32, 33, 38, 39, 40, 99}
	var d envelope.Draft
	for range 1 + r.IntN(3) {
		op := protocol.Operation{Path: protocol.Path{Field: fields[r.IntN(len(fields))]}, Code: protocol.Code(r.IntN(13))}
		if len(n.has) > 0 && r.IntN(3) == 0 {
			op.Path.Entry = protocol.EntryID{Change: n.has[r.IntN(len(n.has))], Index: uint64(r.IntN(2))}
			op.Path.Sub = uint64(r.IntN(4))
		}
		for range r.IntN(3) {
			switch r.IntN(5) {
			case 0:
				d.Words = append(d.Words, "xy"...)
				op.Args = append(op.Args, protocol.Words(2))
			case 1:
				op.Args = append(op.Args, uint64(r.IntN(6)))
			case 2:
				op.Args = append(op.Args, dev[:])
			case 3:
				op.Args = append(op.Args, "now")
			case 4:
				op.Args = append(op.Args, []protocol.Value{})
			}
		}
		d.Operations = append(d.Operations, op)
	}
	return d
}

// history lets three members write apart, each with what her node holds and knows.
func history(t testing.TB, r *rand.Rand, kind string, steps int) (id protocol.DocumentID, all []written) {
	schema := kinds.Named(kind)
	people := []protocol.MemberID{rosa, dev, sam}
	nodes := make([]*node, len(people))
	add := func(by int, s sent, knew state) {
		w := written{s, knew}
		all = append(all, w)
		nodes[by].take(w, r.IntN(2) == 0)
	}
	lamport := map[protocol.ChangeID]uint64{}
	first := begin(t, kind, sam, envelope.Founder, do("title", envelope.DoSet, "Q"), do("body", envelope.DoText, "Only after rain."))
	id = first.doc.ID()
	for i := range nodes {
		nodes[i] = &node{t: t, doc: envelope.New(kinds, here, id), at: state(r.IntN(2))}
	}
	first.sent[0].Rank = 0
	lamport[first.sent[0].ID] = 1
	add(2, first.sent[0], nodes[2].at)
	for range steps {
		i := r.IntN(len(nodes))
		n := nodes[i]
		switch r.IntN(6) {
		case 0:
			n.learn(state(r.IntN(4)))
			continue
		case 1, 2:
			for _, w := range all { // in causal order: some of what she lacks
				if !n.doc.Has(w.ID) && !slices.ContainsFunc(w.Parents, func(p protocol.ChangeID) bool { return !n.doc.Has(p) }) && r.IntN(4) > 0 {
					n.take(w, r.IntN(2) == 0)
				}
			}
			continue
		}
		if len(n.has) == 0 {
			continue
		}
		draft, ok := act(r, n, people[i])
		if !ok {
			continue
		}
		top := uint64(0)
		for _, h := range n.doc.Heads() {
			top = max(top, lamport[h])
		}
		s := change(n.doc, schema.Kind, people[i], 0, draft, top+1)
		if r.IntN(20) == 0 {
			s.Kind++
		}
		if lamport[s.ID] > 0 {
			continue
		}
		lamport[s.ID] = top + 1
		add(i, s, n.at)
	}
	return id, all
}

// shuffled applies all changes in a random causal order, the verdicts moving
// on the way, and ends with those of state 3.
func shuffled(t testing.TB, r *rand.Rand, id protocol.DocumentID, all []written) *node {
	n := &node{t: t, doc: envelope.New(kinds, here, id), at: state(r.IntN(4))}
	left := slices.Clone(all)
	for len(left) > 0 {
		var ready []int
		for i, w := range left {
			if !slices.ContainsFunc(w.Parents, func(p protocol.ChangeID) bool { return !n.doc.Has(p) }) {
				ready = append(ready, i)
			}
		}
		i := ready[r.IntN(len(ready))]
		n.take(left[i], r.IntN(2) == 0)
		left = slices.Delete(left, i, i+1)
		if r.IntN(5) == 0 {
			n.learn(state(r.IntN(4)))
		}
		if r.IntN(7) == 0 {
			n.doc.Fold()
		}
	}
	n.learn(3)
	return n
}

func shows(n *node, all []written) string {
	var b bytes.Buffer
	f, shown := n.doc.Fold()
	fmt.Fprintln(&b, shown)
	if f != nil {
		fmt.Fprintf(&b, "%x\n", f.Canonical())
	}
	for _, w := range all {
		fmt.Fprintln(&b, n.doc.Needs(w.ID), n.doc.Effect(w.ID))
	}
	fmt.Fprintln(&b, n.doc.Heads())
	return b.String()
}

// However changes and verdicts come, the document is the same.
func TestOrderDecidesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		kind := []string{"question", "way", "story", "problem"}[r.IntN(4)]
		id, all := history(t, r, kind, 40)
		want := shows(shuffled(t, r, id, all), all)
		for range 4 {
			if got := shows(shuffled(t, r, id, all), all); got != want {
				rt.Fatalf("seed %d: two orders, two documents:\n%s\n%s", seed, got, want)
			}
		}
	})
}
