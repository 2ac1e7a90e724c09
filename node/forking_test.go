package node

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// lively makes a community of two with something of every kind in it: a solved
// question, a reply, links, a removed member's words. It returns the node of
// its founder, and who stays.
func lively(w *world) (rosa, dev *Node) {
	t := w.T
	rosa, dev = w.up(""), w.up("")
	w.found(rosa)
	w.join(rosa, dev, "Dev")
	ctx, call := t.Context(), api.Call{}
	way := w.way(rosa, "Chalk the lip", "Twice.\n")
	asked := must[api.Made](t)(dev.New(ctx, call, api.Draft{Kind: "question", Title: "Why does it judder?"}))
	w.same(rosa, dev)
	answer := must[api.Made](t)(rosa.Answer(ctx, call, asked.ID, api.Answering{Body: "The dwell."}))
	w.same(rosa, dev)
	c := dev.opened()[0]
	said := func(document string, intents ...envelope.Intent) {
		t.Helper()
		at := must[found](t)(c.find(document))
		must[replica.Written](t)(c.write(ctx, call, replica.Write{Document: at.document, Intents: intents}))
	}
	said(asked.ID, envelope.Intent{Field: "answers", Entry: answer.ID, Sub: "helped", Verb: envelope.DoPut})
	said(way, envelope.Intent{Field: "trials", Verb: envelope.DoEnter, Value: map[string]any{"outcome": "worked", "words": "On a bus."}},
		envelope.Intent{Field: "links", Verb: envelope.DoAdd, Value: "about " + answer.ID},
		envelope.Intent{Field: "marks", Verb: envelope.DoAdd, Value: "thanks"})
	w.same(rosa, dev)
	return rosa, dev
}

func (w *world) forked(n *Node, f api.Forking) (api.ForkMade, api.Call) {
	w.Helper()
	out := must[api.ForkMade](w.T)(n.MakeFork(w.Context(), api.Call{}, f))
	return out, api.Call{Community: out.Community}
}

func (w *world) checked(n *Node, call api.Call) *api.OriginCheck {
	w.Helper()
	out := must[api.Origin](w.T)(n.Origin(w.Context(), call, api.OriginAsking{Check: true}))
	if out.From == nil || out.Check == nil {
		w.Fatalf("it does not say where it is from: %+v", out)
	}
	return out.Check
}

// A third, who never was in the old community, reads everything in the fork
// in the names of those who said it, and checks it on her own machine.
func TestAForkCarriesEverything(t *testing.T) {
	w := newWorld(t)
	rosa, dev := lively(w)
	before := must[api.Items](t)(dev.List(t.Context(), api.Call{}, api.Listing{}))
	out, call := w.forked(dev, api.Forking{Name: "The other club"})
	if out.Documents != len(before.Items) || out.Pages < 1 || out.Name != "The other club" {
		t.Errorf("carried %+v of %d documents", out, len(before.Items))
	}
	if members := must[api.Members](t)(dev.Members(t.Context(), call)); len(members.Items) != 1 || members.Items[0].Rank != "founder" || members.Items[0].Name != "Dev" {
		t.Errorf("in the fork are %+v", members.Items)
	}

	third := w.up("")
	invited := must[api.Invited](t)(dev.Invite(t.Context(), call, api.Invitation{}))
	w.joinBy(third, invited.Invite, "Third")
	must[api.Synced](t)(third.Sync(t.Context(), api.Call{}, api.Syncing{Wait: api.Duration(patience)}))
	for _, check := range []*api.OriginCheck{w.checked(third, api.Call{}), w.checked(dev, call)} {
		if !check.Holds || check.Documents != len(before.Items) || check.Same != check.Documents || check.Changed != 0 {
			t.Errorf("checked: %+v", check)
		}
	}
	items := must[api.Items](t)(third.List(t.Context(), api.Call{}, api.Listing{}))
	if len(items.Items) != len(before.Items)+2 { // and the two member documents of the fork
		t.Errorf("%d documents, there were %d", len(items.Items), len(before.Items))
	}
	for _, i := range items.Items {
		if i.Kind != "question" {
			continue
		}
		q := must[api.Document](t)(third.Show(t.Context(), api.Call{}, i.ID))
		if q.State != "solved" || q.Author.Name != "Dev (before)" || len(q.Answers) != 1 || q.Answers[0].Author.Name != "Ana (before)" || q.Answers[0].Body != "The dwell." {
			t.Errorf("the question reads %+v", q)
		}
	}
	if hits := must[api.Hits](t)(third.Search(t.Context(), api.Call{}, api.Searching{Words: "bus"})); len(hits.Items) != 1 {
		t.Errorf("%d hits for what was said in a trial", len(hits.Items))
	}

	// life goes on, and the check tells what is from then and what from now
	for _, i := range items.Items {
		if i.Kind == "way" {
			must[api.Made](t)(third.Edit(t.Context(), api.Call{}, i.ID, api.Rewrite{Text: "Three times.\n"}))
		}
	}
	if check := w.checked(third, api.Call{}); !check.Holds || check.Same != check.Documents || check.Changed != 1 {
		t.Errorf("after an edit: %+v", check)
	}
	if origin := must[api.Origin](t)(rosa.Origin(t.Context(), api.Call{}, api.OriginAsking{})); origin.From != nil {
		t.Errorf("the old one is from %+v", origin.From)
	}
}

// Who forks a fork carries what was carried, with the oldest names.
func TestAForkOfAFork(t *testing.T) {
	w := newWorld(t)
	_, dev := lively(w)
	first, _ := w.forked(dev, api.Forking{Name: "Second"})
	out, err := dev.MakeFork(t.Context(), api.Call{Community: first.Community}, api.Forking{Name: "Third"})
	if err != nil {
		t.Fatal(err)
	}
	call := api.Call{Community: out.Community}
	if check := w.checked(dev, call); !check.Holds || check.Documents != first.Documents+1 {
		t.Errorf("checked: %+v, of %d", check, first.Documents)
	}
	questions := must[api.Items](t)(dev.List(t.Context(), call, api.Listing{Filter: api.Filter{Kind: "question"}}))
	if q := must[api.Document](t)(dev.Show(t.Context(), call, questions.Items[0].ID)); q.Author.Name != "Dev (before)" {
		t.Errorf("asked by %s", q.Author.Name)
	}
}

// Whatever the one who forks leaves out, alters or makes up is found.
func TestAForgedFork(t *testing.T) {
	w := newWorld(t)
	_, dev := lively(w)
	old := api.Call{Community: dev.opened()[0].id.String()}
	for name, forgery := range map[string]struct {
		meddle       func(*carrying)
		what, failed string
	}{
		"a word": {what: "altered", meddle: func(k *carrying) {
			k.alters("way", func(f *envelope.Folded) { fieldOf(f, "body").Text = "Thrice.\n" })
		}},
		"who said it": {what: "altered", meddle: func(k *carrying) {
			k.alters("question", func(f *envelope.Folded) { fieldOf(f, "answers").Entries[0].By = protocol.MemberID{1} })
		}},
		"an answer left out": {what: "altered", meddle: func(k *carrying) {
			k.alters("question", func(f *envelope.Folded) { fieldOf(f, "answers").Entries = nil })
		}},
		"thanks never given": {what: "altered", meddle: func(k *carrying) {
			k.alters("way", func(f *envelope.Folded) { fieldOf(f, "marks").Own[0].By = protocol.MemberID{1} })
		}},
		"a document left out": {what: "missing", meddle: func(k *carrying) {
			k.documents = k.documents[:len(k.documents)-1]
		}},
		"a document made up": {what: "added", meddle: func(k *carrying) {
			fold, last := k.fold, k.documents[len(k.documents)-1]
			made := protocol.DocumentID{1}
			k.fold = func(id protocol.DocumentID) (*envelope.Folded, int, error) {
				if id != made {
					return fold(id)
				}
				f, n, err := fold(last.id)
				f.ID = made
				return f, n, err
			}
			k.documents = append(k.documents, original{id: made, kind: last.kind})
		}},
		"the last page": {failed: "not all of it", meddle: func(k *carrying) { k.pages = [][]byte{k.pages[0][:len(k.pages[0])-100]} }},
		"no page":       {failed: "no page", meddle: func(k *carrying) { k.pages = nil }},
		"a byte of a page": {failed: "not", meddle: func(k *carrying) {
			page := []byte(string(k.pages[0]))
			page[len(page)-1000]++
			k.pages = [][]byte{page}
		}},
		"how far it reaches": {failed: "reaches elsewhere", meddle: func(k *carrying) { k.frontier[0]++ }},
		"another community":  {failed: "another community", meddle: func(k *carrying) { k.from[0]++ }},
	} {
		k, err := dev.prepareFork(t.Context(), old, nil)
		if err != nil {
			t.Fatal(err)
		}
		forgery.meddle(k)
		out, err := dev.fork(k, api.Forking{Name: "Forged"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		check := w.checked(dev, api.Call{Community: out.Community})
		switch {
		case check.Holds:
			t.Errorf("%s: passes for whole", name)
		case forgery.failed != "":
			if !strings.Contains(check.Failed, forgery.failed) {
				t.Errorf("%s: %q", name, check.Failed)
			}
		case !slices.ContainsFunc(check.Differs, func(d api.Difference) bool { return d.What == forgery.what && d.Says != "" }):
			t.Errorf("%s: %+v", name, check)
		}
	}
}

// alters has the documents of a kind carried with something else in them.
func (k *carrying) alters(kind string, alter func(*envelope.Folded)) {
	fold := k.fold
	k.fold = func(id protocol.DocumentID) (*envelope.Folded, int, error) {
		f, n, err := fold(id)
		if f != nil && f.KindName == kind {
			alter(f)
		}
		return f, n, err
	}
}

func fieldOf(f *envelope.Folded, name string) *envelope.Shown {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	panic("no field " + name)
}

// What is broken off leaves nothing that a person could take for a community.
func TestAForkBrokenOff(t *testing.T) {
	w := newWorld(t)
	_, dev := lively(w)
	k, err := dev.prepareFork(t.Context(), api.Call{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	fold, left := k.fold, 3
	k.fold = func(id protocol.DocumentID) (*envelope.Folded, int, error) {
		if left--; left == 0 {
			return nil, 0, context.Canceled
		}
		return fold(id)
	}
	if _, err := dev.fork(k, api.Forking{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("broken off: %v", err)
	}
	entries, err := os.ReadDir(dev.home.path("communities"))
	if err != nil || len(entries) != 1 || len(dev.opened()) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
}
