package node

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// A damaged home: what can be made anew is, what cannot is named, nothing is
// overwritten.
func TestDamagedHome(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	n := w.up(home)
	founded := w.found(n)
	id := w.way(n, "Kept", "text")
	before := w.hash(n)
	w.down(n)
	dir := filepath.Join(home, "communities", founded.Community)
	manifests, err := filepath.Glob(filepath.Join(dir, "store", "MANIFEST-*"))
	if err != nil || len(manifests) == 0 {
		t.Fatal(manifests, err)
	}
	for _, path := range []string{filepath.Join(dir, "device"), filepath.Join(dir, "root"), filepath.Join(dir, "member"), manifests[len(manifests)-1]} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("garbage in its place"), 0o600); err != nil {
			t.Fatal(err)
		}
		n, err := New(Config{Home: home, host: w.board.plug})
		if err == nil {
			_ = n.Close()
		}
		p := api.ProblemOf(err)
		if p == nil || p.Exit != api.ExitFailed || !errors.Is(err, api.ErrDamaged) || p.Hint == "" || !strings.Contains(p.Detail, founded.Community) {
			t.Errorf("%s: %+v (%v)", filepath.Base(path), p, err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != "garbage in its place" {
			t.Errorf("%s was overwritten: %v", path, err)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"view.db", "view.db-wal"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("garbage in its place"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "peers"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "communities", stagePrefix+founded.Community), 0o700); err != nil {
		t.Fatal(err)
	}
	n = w.up(home)
	if after := w.hash(n); after != before {
		t.Errorf("%s, %s", before, after)
	}
	if hits := must[api.Hits](t)(n.Search(t.Context(), none, api.Searching{Words: "kept"})); len(hits.Items) != 1 || hits.Items[0].ID != id {
		t.Errorf("%+v", hits)
	}
	if left, _ := filepath.Glob(filepath.Join(home, "communities", stagePrefix+"*")); len(left) > 0 {
		t.Errorf("what was never made is still there: %v", left)
	}
}

// One community is damaged: the other goes on, the damaged one is named with
// what to do, and nothing meant for it lands in the other.
func TestOneOfTwoIsDamaged(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	n := w.up(home)
	bad := w.found(n)
	good := must[api.Founded](t)(n.Found(t.Context(), none, api.Founding{Name: "Smiths", Concern: "edges that hold", As: "Ana"}))
	invited := must[api.Invited](t)(n.Invite(t.Context(), api.Call{Community: bad.Community}, api.Invitation{}))
	w.down(n)
	dir := filepath.Join(home, "communities", bad.Community)
	manifests, err := filepath.Glob(filepath.Join(dir, "store", "MANIFEST-*"))
	if err != nil || len(manifests) == 0 {
		t.Fatal(manifests, err)
	}
	if err := os.WriteFile(manifests[len(manifests)-1], []byte("garbage in its place"), 0o600); err != nil {
		t.Fatal(err)
	}
	n = w.up(home)
	status := must[api.Status](t)(n.Status(t.Context(), none))
	if len(status.Communities) != 1 || status.Communities[0].ID != good.Community {
		t.Errorf("open are %+v", status.Communities)
	}
	for _, lines := range [][]api.Damaged{status.Damaged, n.Ready().Damaged} {
		if len(lines) != 1 || lines[0].ID != bad.Community || lines[0].As != "Ana" || lines[0].Reason == "" || !strings.Contains(lines[0].Next, dir) {
			t.Errorf("damaged are %+v", lines)
		}
	}
	_, err = n.New(t.Context(), none, api.Draft{Kind: "way", Title: "For the bakers"})
	if !errors.Is(err, api.ErrWhichCommunity) {
		t.Errorf("it lands in the other: %v", err)
	}
	_, err = n.New(t.Context(), api.Call{Community: bad.Community[:12]}, api.Draft{Kind: "way", Title: "For the bakers"})
	if p := api.ProblemOf(err); !errors.Is(err, api.ErrDamaged) || !strings.Contains(p.Hint, "move "+dir) {
		t.Errorf("%+v", p)
	}
	must[api.Made](t)(n.New(t.Context(), api.Call{Community: "Smiths"}, api.Draft{Kind: "way", Title: "For the smiths"}))
	_, err = n.Join(t.Context(), none, api.Joining{Invite: invited.Invite, As: "Ana"})
	if !errors.Is(err, api.ErrDamaged) {
		t.Errorf("a join takes its place: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Join(home, "joining")); err != nil || len(entries) > 0 {
		t.Errorf("joining: %v, %v", entries, err)
	}
}
