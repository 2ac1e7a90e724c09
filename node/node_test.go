package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
)

// world is some nodes on one switchboard.
type world struct {
	*testing.T
	board *switchboard
}

func newWorld(t *testing.T) *world { return &world{t, newSwitchboard()} }

// up runs a node on a home; an empty one is made.
func (w *world) up(home string, change ...func(*Config)) *Node {
	w.Helper()
	if home == "" {
		home = w.TempDir()
	}
	cfg := Config{Home: home, host: w.board.plug, Log: logTo(w.T)}
	for _, f := range change {
		f(&cfg)
	}
	n, err := New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { w.down(n) })
	return n
}

func (w *world) down(n *Node) {
	w.Helper()
	if err := n.Close(); err != nil {
		w.Error(err)
	}
}

const patience = 30 * time.Second // for what must happen; nothing waits that long

var none api.Call

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) found(n *Node) api.Founded {
	w.Helper()
	return must[api.Founded](w.T)(n.Found(w.Context(), none, api.Founding{
		Name: "Bakers", Concern: "bread that keeps", As: "Ana", Commitment: "I bake and tell",
	}))
}

// join lets a new node in by an invite of n.
func (w *world) join(n, other *Node, name string) api.Joined {
	w.Helper()
	invited := must[api.Invited](w.T)(n.Invite(w.Context(), none, api.Invitation{}))
	return w.joinBy(other, invited.Invite, name)
}

func (w *world) joinBy(other *Node, address, name string) api.Joined {
	w.Helper()
	joined := must[api.Joined](w.T)(other.Join(w.Context(), none, api.Joining{
		Invite: address, As: name, Commitment: "I come to learn", Wait: api.Duration(patience),
	}))
	if joined.State != api.StateJoined {
		w.Fatalf("%s waits for %s", name, joined.WaitingFor)
	}
	return joined
}

func (w *world) way(n *Node, title, body string) string {
	w.Helper()
	return must[api.Made](w.T)(n.New(w.Context(), none, api.Draft{Kind: "way", Title: title, Body: body})).ID
}

func (w *world) edit(n *Node, id, text string) {
	w.Helper()
	must[api.Made](w.T)(n.Edit(w.Context(), none, id, api.Rewrite{Text: text}))
}

func (w *world) show(n *Node, id string) api.Document {
	w.Helper()
	return must[api.Document](w.T)(n.Show(w.Context(), none, id))
}

func (w *world) hash(n *Node) string {
	w.Helper()
	h := must[api.StateHash](w.T)(n.StateHash(w.Context(), none))
	return fmt.Sprint(h.Hash, h.Changes)
}

// same waits until all nodes have the same state.
func (w *world) same(nodes ...*Node) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	for {
		next := make(chan struct{}, len(nodes))
		hashes := map[string]bool{}
		for _, n := range nodes {
			happens := n.opened()[0].events.next()
			go func() {
				select {
				case <-happens:
				case <-ctx.Done():
				}
				next <- struct{}{}
			}()
			hashes[w.hash(n)] = true
		}
		if len(hashes) == 1 {
			return
		}
		<-next
		if ctx.Err() != nil {
			for _, n := range nodes {
				w.Logf("%+v", must[api.Status](w.T)(n.Status(w.Context(), none)))
			}
			w.Fatalf("they do not come to the same: %v", hashes)
		}
	}
}

func files(t *testing.T, dir string, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneNode(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	n := w.up(home)
	ctx := t.Context()
	if _, err := n.List(ctx, none, api.Listing{}); !errors.Is(err, api.ErrNoCommunity) {
		t.Errorf("before there is a community: %v", err)
	}
	founded := w.found(n)
	if founded.Name != "Bakers" || len(founded.Community) != 52 {
		t.Errorf("%+v", founded)
	}
	id := w.way(n, "Rest the dough", "Let it rest.\n\nAn hour is enough.\n")
	w.edit(n, id[:12], "Let it rest well.\n\nAn hour is enough.\n")
	d := w.show(n, id)
	if d.ID != id || d.Kind != "way" || d.Title != "Rest the dough" || d.Body != "Let it rest well.\n\nAn hour is enough.\n" ||
		d.Author != (api.Person{ID: founded.Member, Name: "Ana"}) || len(d.History) != 2 {
		t.Errorf("%+v", d)
	}
	q := must[api.Made](t)(n.New(ctx, none, api.Draft{Kind: "question", Title: "How long does it keep?"}))
	a := must[api.Made](t)(n.Answer(ctx, none, q.ID, api.Answering{Body: "Three days."}))
	if a.Question != q.ID || a.ID == q.ID {
		t.Errorf("%+v", a)
	}
	if d := w.show(n, q.ID); len(d.Answers) != 1 || d.Answers[0].ID != a.ID || d.Answers[0].Body != "Three days." {
		t.Errorf("%+v", d)
	}
	w.edit(n, a.ID, "Four days.")
	if d := w.show(n, q.ID); d.Answers[0].Body != "Four days." {
		t.Errorf("an answer does not change: %+v", d)
	}
	if _, err := n.Answer(ctx, none, id, api.Answering{Body: "x"}); !errors.Is(err, api.ErrUsage) {
		t.Errorf("an answer to a way: %v", err)
	}
	items := must[api.Items](t)(n.List(ctx, none, api.Listing{Filter: api.Filter{Kind: "way"}}))
	if len(items.Items) != 1 || items.Items[0].ID != id || items.Next != nil {
		t.Errorf("%+v", items)
	}
	hits := must[api.Hits](t)(n.Search(ctx, none, api.Searching{Words: "dou hour"}))
	if len(hits.Items) != 1 || hits.Items[0].ID != id {
		t.Errorf("%+v", hits)
	}
	before := w.hash(n)
	rebuilt := must[api.Rebuilt](t)(n.Rebuild(ctx, none))
	if rebuilt.Documents != 4 {
		t.Errorf("%+v", rebuilt)
	}
	w.down(n)
	n = w.up(home)
	if after := w.hash(n); after != before {
		t.Errorf("a restart changes the state: %s, %s", before, after)
	}
	if d := w.show(n, id); d.Body != "Let it rest well.\n\nAn hour is enough.\n" {
		t.Errorf("%+v", d)
	}
}

func TestBadInput(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	id := w.way(n, "A way", "with a body")
	ctx := t.Context()
	before := w.hash(n)
	long := strings.Repeat("word ", 200<<10)
	for name, c := range map[string]struct {
		act  func() error
		want error
	}{
		"an unknown id":          {func() error { _, err := n.Show(ctx, none, strings.Repeat("z", 52)); return err }, api.ErrNotFound},
		"no id":                  {func() error { _, err := n.Show(ctx, none, ""); return err }, api.ErrUsage},
		"no id at all":           {func() error { _, err := n.Show(ctx, none, "../../etc/passwd"); return err }, api.ErrNotFound},
		"an empty title":         {func() error { _, err := n.New(ctx, none, api.Draft{Kind: "way"}); return err }, api.ErrUsage},
		"a title of spaces":      {func() error { _, err := n.New(ctx, none, api.Draft{Kind: "way", Title: "  \t "}); return err }, api.ErrUsage},
		"a body too long":        {func() error { _, err := n.New(ctx, none, api.Draft{Kind: "way", Title: "x", Body: long}); return err }, api.ErrTooLarge},
		"an edit too long":       {func() error { _, err := n.Edit(ctx, none, id, api.Rewrite{Text: long}); return err }, api.ErrTooLarge},
		"bytes that are no text": {func() error { _, err := n.New(ctx, none, api.Draft{Kind: "way", Title: "\xff"}); return err }, api.ErrText},
		"an unknown kind":        {func() error { _, err := n.New(ctx, none, api.Draft{Kind: "poem", Title: "x"}); return err }, api.ErrUsage},
		"an unknown field":       {func() error { _, err := n.Edit(ctx, none, id, api.Rewrite{Field: "nose", Text: "x"}); return err }, api.ErrUsage},
		"an unknown area": {func() error {
			_, err := n.New(ctx, none, api.Draft{Kind: "way", Title: "x", Areas: []string{"ovens"}})
			return err
		}, api.ErrUsage},
		"an area that is none": {func() error {
			_, err := n.Assign(ctx, none, id, api.Assignment{Verb: "set", Field: "areas", Value: "x"})
			return err
		}, api.ErrUsage},
		"an unknown community": {func() error { _, err := n.List(ctx, api.Call{Community: "zz"}, api.Listing{}); return err }, api.ErrNotFound},
		"a negative limit":     {func() error { _, err := n.List(ctx, none, api.Listing{Limit: -1}); return err }, api.ErrUsage},
		"a bad cursor":         {func() error { _, err := n.List(ctx, none, api.Listing{After: "nonsense"}); return err }, api.ErrUsage},
		"no invite":            {func() error { _, err := n.Join(ctx, none, api.Joining{Invite: "coppice:joi"}); return err }, api.ErrUsage},
		"an invite for nobody": {func() error { _, err := n.Invite(ctx, none, api.Invitation{Uses: -1}); return err }, api.ErrUsage},
		"an unknown invite":    {func() error { return n.RevokeInvite(ctx, none, "zzzz") }, api.ErrNotFound},
		"a relative directory": {func() error { _, err := n.Import(ctx, none, api.Importing{Dir: "x"}); return err }, api.ErrUsage},
		"no directory":         {func() error { _, err := n.Import(ctx, none, api.Importing{Dir: "/nonexistent/x"}); return err }, api.ErrUsage},
		"no name":              {func() error { _, err := n.Found(ctx, none, api.Founding{Concern: "x"}); return err }, api.ErrUsage},
		"a name too long": {func() error {
			_, err := n.Found(ctx, none, api.Founding{Name: strings.Repeat("x", 65), Concern: "x"})
			return err
		}, api.ErrUsage},
		"a style of one's own": {func() error {
			_, err := n.Found(ctx, none, api.Founding{Name: "x", Concern: "x", Style: "wild"})
			return err
		}, api.ErrUsage},
	} {
		err := c.act()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if p := api.ProblemOf(err); p != nil && (len(p.Detail) > 400 || p.Exit == api.ExitFailed) {
			t.Errorf("%s: exit %d: %.400s", name, p.Exit, p.Detail)
		}
	}
	if after := w.hash(n); after != before {
		t.Error("a refused act changed something")
	}
}

func TestImportExport(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "wiki")
	files(t, dir, map[string]string{
		"a.md":           "# Proof\n\nText of a.\n",
		"deep/b.md":      "---\ntitle: Crumb\nmood: sunny\n---\n\nText of b.\r\nSecond line.\r\n",
		"plain.md":       "no heading at all\n",
		".hidden/c.md":   "# Hidden\n",
		".d.md":          "# Hidden too\n",
		"e.txt":          "# No Markdown\n",
		"bad.md":         "# Bad \xff\n",
		"big.md":         "# Big\n\n" + strings.Repeat("word ", 200<<10),
		"empty/.keep.md": "",
	})
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "out.md")); err != nil {
		t.Fatal(err)
	}
	got := must[api.Imported](t)(n.Import(ctx, none, api.Importing{Dir: dir}))
	if got.Added != 3 || got.Changed != 0 || got.Unchanged != 0 || len(got.Failed) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, path := range []string{"bad.md", "big.md"} {
		if got.Failed[i].Path != path || got.Failed[i].Reason == "" {
			t.Errorf("%+v", got.Failed[i])
		}
	}
	before := w.hash(n)
	got = must[api.Imported](t)(n.Import(ctx, none, api.Importing{Dir: dir}))
	if got.Added != 0 || got.Changed != 0 || got.Unchanged != 3 || w.hash(n) != before {
		t.Errorf("importing twice: %+v", got)
	}
	files(t, dir, map[string]string{"a.md": "# Proof\n\nText of a, and more.\n"})
	got = must[api.Imported](t)(n.Import(ctx, none, api.Importing{Dir: dir}))
	if got.Added != 0 || got.Changed != 1 || got.Unchanged != 2 {
		t.Errorf("importing a changed file: %+v", got)
	}
	hits := must[api.Hits](t)(n.Search(ctx, none, api.Searching{Words: "more"}))
	if len(hits.Items) != 1 {
		t.Fatalf("%+v", hits)
	}
	if d := w.show(n, hits.Items[0].ID); d.Title != "Proof" || len(d.History) != 2 || !strings.Contains(d.Body, "Text of a, and more.") {
		t.Errorf("%+v", d)
	}

	out := filepath.Join(t.TempDir(), "export")
	exported := must[api.Exported](t)(n.Export(ctx, none, api.Exporting{Dir: out}))
	if exported.Written != 7 { // three ways, the charter, the founder's page, the calendar, and what the folder is
		t.Errorf("%+v", exported)
	}
	before = w.hash(n)
	got = must[api.Imported](t)(n.Import(ctx, none, api.Importing{Dir: out}))
	if got.Added != 0 || got.Changed != 0 || len(got.Failed) != 0 || w.hash(n) != before {
		t.Errorf("an export imports back as %+v", got)
	}
	again := must[api.Exported](t)(n.Export(ctx, none, api.Exporting{Dir: out}))
	if again != exported {
		t.Errorf("a second export: %+v", again)
	}

	other := w.up("")
	must[api.Founded](t)(other.Found(ctx, none, api.Founding{Name: "Others", Concern: "bread", As: "Ben"}))
	got = must[api.Imported](t)(other.Import(ctx, none, api.Importing{Dir: filepath.Join(out, "way")}))
	if got.Added != 3 || len(got.Failed) != 0 {
		t.Errorf("another community imports it as %+v", got)
	}
	hits = must[api.Hits](t)(other.Search(ctx, none, api.Searching{Words: "crumb second"}))
	if len(hits.Items) != 1 {
		t.Fatalf("%+v", hits)
	}
	if d := w.show(other, hits.Items[0].ID); strings.TrimSpace(d.Body) != "Text of b.\nSecond line." {
		t.Errorf("%q", d.Body)
	}
}
