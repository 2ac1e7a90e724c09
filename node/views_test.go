package node

import (
	"fmt"
	"strings"
	"testing"

	"coppice.example/node/api"
)

func TestHomeAndNode(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	home := func(n *Node) api.Home { return must[api.Home](t)(n.Home(t.Context(), none)) }
	h := home(ana)
	if h.Community.Name != "Bakers" || h.Community.Concern != "bread that keeps" || h.Community.Member.Name != "Ana" || h.Community.Rank != "founder" || !h.KitDue {
		t.Errorf("%+v", h.Community)
	}
	if !h.Unheld.Known || len(h.Unheld.Items) == 0 {
		t.Errorf("who is alone knows that nobody else holds it: %+v", h.Unheld)
	}
	for i := range 7 {
		w.way(ana, fmt.Sprint("Way ", i), "x")
	}
	must[api.Made](t)(ana.New(t.Context(), none, api.Draft{Kind: "question", Title: "Why?"}))
	h = home(ana)
	if len(h.Elements) != 3 {
		t.Fatal(h.Elements)
	}
	for i, want := range []string{api.ElementDomain, api.ElementCommunity, api.ElementPractice} {
		if h.Elements[i].Element != want {
			t.Errorf("element %d is %s", i, h.Elements[i].Element)
		}
	}
	practice, among := h.Elements[2], h.Elements[1]
	if practice.Count != 7 || len(practice.Newest) != 5 || practice.Newest[0].Author.Name != "Ana" {
		t.Errorf("practice: %+v", practice)
	}
	if fmt.Sprint(among.Kinds) != "[{member 1} {question 1}]" {
		t.Errorf("community: %+v", among.Kinds)
	}

	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	late := w.way(ben, "Kept by Ben alone", "x")
	_ = late
	w.same(ana, ben)
	if h = home(ben); h.People.Members != 2 || len(h.People.Items) != 2 || len(h.Near) != 1 {
		t.Errorf("%+v %+v", h.People, h.Near)
	}
	p := must[api.NodePage](t)(ana.NodePage(t.Context(), none))
	if p.Peer == "" || len(p.Addrs) == 0 || p.Web != ana.web.URL() || len(p.Devices) != 1 || len(p.Invites) != 1 || p.StateHash == "" {
		t.Errorf("%+v", p)
	}
	if len(p.Remembered) != 1 || p.Remembered[0].State != "near" || p.Remembered[0].Met == nil {
		t.Errorf("%+v", p.Remembered)
	}
}

// What nobody else is known to hold is named until somebody says he has it.
func TestUnheldIsNamedUntilItIsHeld(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	titles := func() string {
		var all []string
		u := must[api.Home](t)(ana.Home(t.Context(), none)).Unheld
		if !u.Known {
			return "unknown"
		}
		for _, i := range u.Items {
			all = append(all, i.Title)
		}
		return strings.Join(all, ", ")
	}
	w.until(ana, func() bool { return titles() == "" })
	w.board.part(ana.net.id(), ben.net.id(), true)
	w.way(ana, "Only here", "x")
	w.way(ana, "And this", "x")
	if got := titles(); got != "And this, Only here" {
		t.Errorf("%q", got)
	}
	w.board.part(ana.net.id(), ben.net.id(), false)
	w.same(ana, ben)
	w.until(ana, func() bool { return titles() == "" })
}

// until waits for something that an event of the node brings about.
func (w *world) until(n *Node, is func() bool) {
	w.Helper()
	for {
		happens := n.opened()[0].events.next()
		if is() {
			return
		}
		select {
		case <-happens:
		case <-w.Context().Done():
			w.Fatal("it never came")
		}
	}
}

func TestPagesHoldNodesAndNoHTML(t *testing.T) {
	w := newWorld(t)
	ana := w.up("")
	w.found(ana)
	canary := "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3))\n\n- **bold**\n"
	way := w.way(ana, "<b>Title</b>", canary)
	p := must[api.Page](t)(ana.Page(t.Context(), none, way))
	if p.Document.Body != canary || p.Document.Title != "<b>Title</b>" {
		t.Errorf("%+v", p.Document)
	}
	if got := fmt.Sprint(p.Prose["body"].Nodes); !strings.Contains(got, "<img src=x onerror=alert(1)>") || strings.Contains(got, "javascript") || !strings.Contains(got, "strong") {
		t.Errorf("%s", got)
	}
	question := must[api.Made](t)(ana.New(t.Context(), none, api.Draft{Kind: "question", Title: "Why?"})).ID
	answer := must[api.Made](t)(ana.Answer(t.Context(), none, question, api.Answering{Body: "*So*."})).ID
	p = must[api.Page](t)(ana.Page(t.Context(), none, question))
	if got := fmt.Sprint(p.Prose[answer].Nodes); !strings.Contains(got, "em") {
		t.Errorf("the answer's prose: %s of %v", got, p.Prose)
	}
	if p = must[api.Page](t)(ana.Page(t.Context(), none, "me")); p.Document.Kind != "member" {
		t.Errorf("%+v", p.Document)
	}
}

// What a page names by id it can say by its title: documents in sets, links and
// entries, and of an answer the question it stands in.
func TestPagesNameWhatTheyLeadTo(t *testing.T) {
	w := newWorld(t)
	ana := w.up("")
	w.found(ana)
	assign := func(id, verb, field string, value any) string {
		return must[api.Made](t)(ana.Assign(t.Context(), none, id, api.Assignment{Verb: verb, Field: field, Value: value})).ID
	}
	rubber := must[api.Made](t)(ana.New(t.Context(), none, api.Draft{Kind: "term", Title: "Rubber"})).ID
	question := must[api.Made](t)(ana.New(t.Context(), none, api.Draft{Kind: "question", Title: "Why?"})).ID
	answer := must[api.Made](t)(ana.Answer(t.Context(), none, question, api.Answering{Body: "So."})).ID
	way := w.way(ana, "Chalk the lip", "One stripe.")
	assign(way, "add", "areas", rubber)
	assign(way, "add", "links", map[string]any{"rel": "from", "to": answer})
	p := must[api.Page](t)(ana.Page(t.Context(), none, way))
	if got := p.Named[rubber]; got.Title != "Rubber" || got.Kind != "term" {
		t.Errorf("the area is %+v of %v", got, p.Named)
	}
	if got := p.Named[answer]; got.Title != "Why?" || got.ID != question {
		t.Errorf("the answer is in %+v", got)
	}
	if len(p.Named) != 2 {
		t.Errorf("named: %v", p.Named)
	}
	if p.Document.State != "untried" || p.Document.Shelved {
		t.Errorf("state %q, shelved %v", p.Document.State, p.Document.Shelved)
	}
	assign(way, "put", "shelved", map[string]any{"is": "yes", "why": "old"})
	if p = must[api.Page](t)(ana.Page(t.Context(), none, way)); !p.Document.Shelved {
		t.Error("it is put away, and the page does not say so")
	}
}
