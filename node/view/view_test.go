package view

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"coppice.example/protocol"
	"pgregory.net/rapid"
)

func open(t testing.TB, path string) *View {
	t.Helper()
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func fresh(t testing.TB) *View { return open(t, filepath.Join(t.TempDir(), "a view?#%.db")) }

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func mustWrite(t testing.TB, v *View, b Batch) {
	t.Helper()
	if err := v.Write(b); err != nil {
		t.Fatal(err)
	}
}

// id makes ids that differ early, as hashes do.
func id(n int) protocol.DocumentID { return sha256.Sum256(fmt.Append(nil, "document ", n)) }

func entryID(n int) string {
	return protocol.ChangeID(sha256.Sum256(fmt.Append(nil, "entry ", n))).String() + ".1"
}

var vocabulary = strings.Fields("hedge coppice ash hazel billhook frost mending Brücke café Łódź naïve résumé 雨水 東京都 タワー 지도 über Ångström wood-lot don't")

// randomItem is the nth document in some state.
func randomItem(r *rand.Rand, n int) Item {
	words := func(n int) string {
		var b []string
		for range n {
			b = append(b, vocabulary[r.IntN(len(vocabulary))])
		}
		return strings.Join(b, " ")
	}
	i := Item{
		ID: id(n), Kind: []string{"way", "story", "member"}[n%3], Title: words(1 + r.IntN(4)), Author: protocol.MemberID{byte(r.IntN(5))},
		Created: uint64(n), Updated: r.Uint64N(1000), Order: uint64(n / 2), Shelved: r.IntN(5) == 0, Card: []byte(words(1)), Text: words(r.IntN(40)),
	}
	if i.Kind == "member" {
		i.Member = protocol.MemberID{byte(n), 1}
	}
	if r.IntN(3) == 0 {
		i.Origin, i.OriginHash = fmt.Sprintf("notes/%d.md", r.IntN(4)), []byte{byte(r.IntN(9))}
	}
	for e := range r.IntN(4) {
		i.Entries = append(i.Entries, entryID(n*10+e))
	}
	for p := range r.IntN(4) {
		place := []Place{InTalk, InAnswer, InNotes, InFormer}[p]
		i.Passages = append(i.Passages, Passage{In: place, Entry: entryID(n*10 + p), Text: words(r.IntN(9)), Said: protocol.MemberID{9}, By: protocol.MemberID{byte(p)}})
	}
	i.Hash = sha256.Sum256(fmt.Appendf(nil, "%v", i))
	return i
}

func randomHistory(r *rand.Rand, i Item) (rows []HistoryRow) {
	for seq := range r.IntN(6) {
		rows = append(rows, HistoryRow{Document: i.ID, Seq: uint64(seq + 1), Change: protocol.ChangeID{byte(r.IntN(200))}, Member: i.Author, Device: protocol.DeviceID{1}, At: r.Uint64N(99), What: "edit"})
	}
	return rows
}

// dump tells all that a view holds, but for its own row numbers.
func dump(t testing.TB, v *View) string {
	var b bytes.Buffer
	for _, query := range []string{
		"SELECT key, hex(value) FROM meta ORDER BY 1",
		"SELECT id, kind, items.title, hex(author), hex(member), created, updated, place, shelved, hex(hash), origin, hex(origin_hash), hex(card), text, former, passages FROM items JOIN texts USING (n) ORDER BY id",
		"SELECT entries.id, items.id FROM entries JOIN items USING (n) ORDER BY 1",
		"SELECT items.id, seq, hex(change), hex(history.member), hex(device), at, what FROM history JOIN items USING (n) ORDER BY 1, 2",
		"SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM search), (SELECT count(*) FROM texts), (SELECT count(*) FROM entries), (SELECT count(*) FROM history)",
	} {
		rows, err := v.read.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			row, into := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, row...)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range vocabulary {
		var ids []string
		hits, _, err := v.Search(Question{Words: w, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			ids = append(ids, fmt.Sprint(h.ID, h.Heading, h.Snippet))
		}
		slices.Sort(ids)
		fmt.Fprintln(&b, w, ids)
	}
	return b.String()
}

// TestRebuiltIsLive writes documents through many states, with restarts, and
// their last states at once into an empty view: both are the same.
func TestRebuiltIsLive(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		path := filepath.Join(dir, fmt.Sprint(n))
		live := open(t, path)
		last, history := map[protocol.DocumentID]Item{}, map[protocol.DocumentID]map[uint64]HistoryRow{}
		stamp := uint64(0)
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			b := Batch{}
			for range r.IntN(8) {
				i := randomItem(r, r.IntN(20))
				rows := randomHistory(r, i)
				b.Items, b.History = append(b.Items, i), append(b.History, rows...)
				last[i.ID] = i
				if history[i.ID] == nil {
					history[i.ID] = map[uint64]HistoryRow{}
				}
				for _, row := range rows {
					history[i.ID][row.Seq] = row
				}
			}
			if r.IntN(3) == 0 {
				gone := id(r.IntN(20))
				b.Gone = append(b.Gone, gone)
				delete(last, gone)
				delete(history, gone)
			}
			stamp += r.Uint64N(5)
			b.Stamp = stamp
			mustWrite(t, live, b)
			if r.IntN(4) == 0 {
				_ = live.Close()
				live = open(t, path)
			}
		}
		all := Batch{Stamp: stamp}
		for _, i := range last {
			all.Items = append(all.Items, i)
			all.History = slices.AppendSeq(all.History, maps.Values(history[i.ID]))
		}
		want := dump(t, live)
		if err := live.Reset(); err != nil {
			t.Fatal(err)
		}
		if must[uint64](t)(live.Stamp()) != 0 {
			t.Fatal("a reset view has a stamp")
		}
		mustWrite(t, live, all)
		if got := dump(t, live); got != want {
			rt.Fatalf("rebuilt:\n%s\nlive:\n%s", got, want)
		}
		var sum [32]byte
		for _, i := range last {
			add(&sum, i.Hash[:], false)
		}
		if got := must[[32]byte](t)(live.Sum()); got != sum || must[uint64](t)(live.Stamp()) != stamp {
			rt.Fatalf("sum %x, want %x", got, sum)
		}
		_ = live.Close()
	})
}

func TestItemsAreReadAsWritten(t *testing.T) {
	v, r := fresh(t), rand.New(rand.NewPCG(2, 2))
	names := map[protocol.MemberID]string{}
	origins := map[string][]string{}
	counts := map[string]int{}
	for n := range 60 {
		i := randomItem(r, n)
		rows := randomHistory(r, i)
		mustWrite(t, v, Batch{Items: []Item{i}, History: rows, Stamp: uint64(n)})
		got := must[Item](t)(v.Get(i.ID))
		if i.Kind == "member" {
			names[i.Member] = i.Title
		}
		if i.Origin != "" {
			origins[i.Origin] = append(origins[i.Origin], i.ID.String())
		}
		counts[i.Kind]++
		for _, e := range i.Entries {
			if item, entry, err := v.Find(e[:20]); err != nil || item.ID != i.ID || entry != e {
				t.Fatal(item.ID, entry, err)
			}
		}
		i.Text, i.Passages, i.Entries = "", nil, nil
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", i) {
			t.Fatalf("read %+v, written %+v", got, i)
		}
		slices.Reverse(rows)
		var pages []HistoryRow
		for after := ""; ; {
			page, next, err := v.History(i.ID, 2, after)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page...)
			if after = next; next == "" {
				break
			}
		}
		if !slices.Equal(pages, rows) {
			t.Fatalf("history %v, written %v", pages, rows)
		}
	}
	if got := must[map[protocol.MemberID]string](t)(v.Names()); !maps.Equal(got, names) {
		t.Fatal(got)
	}
	if got := must[map[string]int](t)(v.Counts()); !maps.Equal(got, counts) {
		t.Fatal(got)
	}
	for origin, ids := range origins {
		slices.Sort(ids)
		var got []string
		for _, i := range must[[]Item](t)(v.ByOrigin(origin)) {
			got = append(got, i.ID.String())
		}
		if !slices.Equal(got, ids) {
			t.Fatalf("%s: %v, want %v", origin, got, ids)
		}
	}
	if _, err := v.Get(id(1000)); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	if err := v.Write(Batch{History: []HistoryRow{{Document: id(1000)}}, Stamp: 1}); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	v := fresh(t)
	a, b := protocol.DocumentID{0xab, 0xcd, 0x01}, protocol.DocumentID{0xab, 0xcd, 0x02}
	own := a.String() + ".3" // an entry that the document's own first change wrote
	mustWrite(t, v, Batch{Items: []Item{
		{ID: a, Kind: "way", Title: "one", Entries: []string{own}},
		{ID: b, Kind: "way", Title: "two", Entries: []string{entryID(1)}},
	}})
	for prefix, want := range map[string]struct {
		id    protocol.DocumentID
		entry string
	}{
		a.String():                               {a, ""},
		strings.ToUpper(a.String()):              {a, ""},
		" " + a.String()[:10] + " ":              {a, ""},
		strings.ReplaceAll(b.String(), "0", "O"): {b, ""},
		own:                                      {a, own},
		entryID(1)[:5]:                           {b, entryID(1)},
	} {
		if item, entry, err := v.Find(prefix); err != nil || item.ID != want.id || entry != want.entry {
			t.Errorf("%q: %s %q %v", prefix, item.ID, entry, err)
		}
	}
	_, _, err := v.Find(a.String()[:3])
	ambiguous, ok := errors.AsType[*AmbiguousError](err)
	if !ok || !errors.Is(err, ErrAmbiguous) || len(ambiguous.Candidates) != 3 || ambiguous.Candidates[0] != (Candidate{a.String(), "way", "one"}) || !strings.Contains(err.Error(), a.String()) {
		t.Errorf("%+v %v", ambiguous, err)
	}
	for _, prefix := range []string{"", "  ", "zzzz", a.String() + "0", "%", "' OR 1", "\x00", "é"} {
		if _, _, err := v.Find(prefix); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

// TestPagesWhileWriting pages through a list while every document is written
// again and others come: each that was there is met once, in order.
func TestPagesWhileWriting(t *testing.T) {
	v, r := fresh(t), rand.New(rand.NewPCG(3, 3))
	const held = 100
	b := Batch{}
	for n := range held {
		i := randomItem(r, n)
		i.Shelved = false
		b.Items = append(b.Items, i)
	}
	mustWrite(t, v, b)
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		r := rand.New(rand.NewPCG(4, 4))
		for n := held; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			i, j := b.Items[r.IntN(held)], randomItem(r, n)
			i.Title, i.Updated = "touched", uint64(n)
			if err := v.Write(Batch{Items: []Item{i, j}}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for _, kinds := range [][]string{nil, {"way"}, {"way", "story"}} {
		of := func(i Item) bool { return len(kinds) == 0 || slices.Contains(kinds, i.Kind) }
		met, order := map[protocol.DocumentID]int{}, ^uint64(0)
		for after := ""; ; {
			items, next, err := v.List(Listing{Kinds: kinds, Limit: 7, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range items {
				met[i.ID]++
				if i.Order > order || !of(i) {
					t.Fatalf("%s of kind %s and order %d after %d", i.ID, i.Kind, i.Order, order)
				}
				order = i.Order
			}
			if after = next; next == "" {
				break
			}
		}
		for _, i := range b.Items {
			if want := of(i); (met[i.ID] == 1) != want {
				t.Errorf("%s met %d times", i.ID, met[i.ID])
			}
		}
	}
	close(stop)
	writer.Wait()
}

func TestList(t *testing.T) {
	v := fresh(t)
	for n := range 5 {
		mustWrite(t, v, Batch{Items: []Item{{ID: id(n), Kind: "way", Order: uint64(n), Updated: uint64(10 - n), Shelved: n == 3}}})
	}
	for want, l := range map[string]Listing{
		"4 2 1 0":   {},
		"4 3 2 1 0": {Shelved: true},
		"0 1 2 4":   {Touched: true},
		"0 1":       {Touched: true, Limit: 2},
		"":          {Kinds: []string{"story"}},
		"4 2":       {Limit: 2, After: "nonsense"},
	} {
		items, _, err := v.List(l)
		var got []string
		for _, i := range items {
			got = append(got, fmt.Sprint(i.Order))
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%+v: %v %v, want %s", l, got, err, want)
		}
	}
}

// TestDamagedIsMadeAgain opens files that are no view, an old one, or one with
// a hole, and meets damage while open.
func TestDamagedIsMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view.db")
	full := func() *View {
		v := open(t, path)
		if must[uint64](t)(v.Stamp()) != 0 {
			t.Fatal("a new view has a stamp")
		}
		b := Batch{Stamp: 7}
		for n := range 300 {
			b.Items = append(b.Items, Item{ID: id(n), Kind: "way", Title: strings.Repeat("word ", 50), Text: fmt.Sprint("text ", n)})
		}
		mustWrite(t, v, b)
		if v.Close() != nil {
			t.Fatal("not closed")
		}
		v = open(t, path)
		if must[uint64](t)(v.Stamp()) != 7 || len(must[map[string]int](t)(v.Counts())) != 1 {
			t.Fatal("what was written is not there")
		}
		return v
	}
	_ = full().Close()
	for name, spoil := range map[string]func(){
		"junk":    func() { _ = os.WriteFile(path, bytes.Repeat([]byte("junk"), 5000), 0o600) },
		"short":   func() { _ = os.Truncate(path, 5000) },
		"header":  func() { scribble(t, path, 20, 80) },
		"missing": func() { _ = os.Remove(path) },
		"foreign": func() {
			v := open(t, path)
			_, _ = v.write.Exec("DROP TABLE items; PRAGMA user_version = 0")
			_ = v.Close()
		},
		"the past": func() { v := open(t, path); _, _ = v.write.Exec("PRAGMA user_version = 99"); _ = v.Close() },
	} {
		spoil()
		v := full() // has stamp 0 when opened
		_ = v.Close()
		t.Log(name)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	scribble(t, path, 4096, int(info.Size())-4096) // all but the first page
	v := open(t, path)
	if _, _, err = v.List(Listing{}); err == nil && must[uint64](t)(v.Stamp()) != 0 {
		t.Fatal("damage was not met")
	} else if err != nil && !errors.Is(err, ErrRebuild) {
		t.Fatal(err)
	}
	if err := v.Reset(); err != nil {
		t.Fatal(err)
	}
	if stamp, err := v.Stamp(); stamp != 0 || err != nil {
		t.Fatal(stamp, err)
	}
	mustWrite(t, v, Batch{Items: []Item{{ID: id(1)}}, Stamp: 3})
}

func scribble(t *testing.T, path string, from, n int) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < from+n && i < len(data); i++ {
		data[i] ^= 0x5a
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
