package text

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// read decodes a trace; tests that need one say when it is absent.
func readTrace(tb testing.TB, name string, into any) bool {
	tb.Helper()
	dir := os.Getenv("COPPICE_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "traces")
	}
	f, err := os.Open(filepath.Join(dir, name+".json.gz"))
	if os.IsNotExist(err) {
		tb.Logf("the trace %s is absent (set COPPICE_TRACES); a generated history stands in for it", name)
		return false
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(into); err != nil {
		tb.Fatal(err)
	}
	return true
}

// patch is [position, runes deleted, letters inserted].
type patch struct {
	Pos, Del int
	Ins      string
}

func (p *patch) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&p.Pos, &p.Del, &p.Ins})
}

func (p patch) edit() Edit { return Edit{Pos: p.Pos, Del: p.Del, Ins: p.Ins} }

// idOf makes an id that sorts by name, then number.
func idOf(name string, number int) (id ID) {
	copy(id[:16], name)
	binary.BigEndian.PutUint64(id[24:], uint64(number))
	return id
}

type sequential struct {
	StartContent, EndContent string
	Txns                     []struct{ Patches []patch }
}

type concurrent struct {
	EndContent string
	Txns       []struct {
		Parents []int
		Agent   int
		Patches []patch
	}
}

type conformance []struct {
	Txns []struct {
		Span     [2]int
		Parents  []int
		Agent    string
		SeqStart int
		Ops      []patch
	}
	EndContent string
}

// A parent may lie in the middle of a transaction, so every rune is a change.
func TestConformance(t *testing.T) {
	var graphs conformance
	if !readTrace(t, "conformance", &graphs) {
		t.Skip("the laws alone then hold the order")
	}
	for i, g := range graphs {
		var text Text
		ids := map[int]ID{}
		for _, txn := range g.Txns {
			var parents []ID
			for _, p := range txn.Parents {
				parents = append(parents, ids[p])
			}
			n, seq := txn.Span[0], txn.SeqStart
			for _, op := range txn.Ops {
				for _, e := range op.singles() {
					id := idOf(txn.Agent, seq)
					if err := text.Apply(Change{ID: id, Parents: parents, Edits: []Edit{e}}); err != nil {
						t.Fatal(err)
					}
					ids[n], parents = id, []ID{id}
					n, seq = n+1, seq+1
				}
			}
		}
		if got := text.String(); got != g.EndContent {
			t.Fatalf("graph %d: %q, want %q", i, got, g.EndContent)
		}
	}
	t.Logf("%d graphs", len(graphs))
}

// singles takes a patch apart into edits of one rune.
func (p patch) singles() (edits []Edit) {
	for range p.Del {
		edits = append(edits, Edit{Pos: p.Pos, Del: 1})
	}
	for i, r := range []rune(p.Ins) {
		edits = append(edits, Edit{Pos: p.Pos + i, Ins: string(r)})
	}
	return edits
}

func TestSequentialTraces(t *testing.T) {
	for _, name := range []string{"automerge-paper", "seph-blog1", "sveltecomponent", "json-crdt-patch", "json-crdt-blog-post", "friendsforever_flat"} {
		t.Run(name, func(t *testing.T) {
			if raced && (name == "automerge-paper" || name == "seph-blog1") {
				t.Skip("left out under the race detector")
			}
			changes, end := history(t, name)
			text := fold(t, changes)
			if text.String() != end {
				t.Fatal("another text")
			}
			t.Logf("%d edits, %d runes, %d spans", len(changes), text.Runes(), text.order.total().spans)
		})
	}
}

func TestConcurrentTraces(t *testing.T) {
	for _, name := range []string{"friendsforever-concurrent", "node_nodecc-concurrent", "egwalker-dt-concurrent"} {
		t.Run(name, func(t *testing.T) {
			changes, end := merged(t, name)
			text := fold(t, changes)
			if text.String() != end {
				t.Fatal("another text")
			}
			t.Logf("%d changes, %d runes, %d spans", len(changes), text.Runes(), text.order.total().spans)
		})
	}
}
