package node

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"coppice.example/node/api"
)

// bench makes a node on the real network stack, on loopback.
func benchNode(b *testing.B, home string) *Node {
	b.Helper()
	n, err := New(Config{Home: home, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1"}, NoDiscovery: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = n.Close() })
	return n
}

func benchFound(b *testing.B, n *Node) {
	b.Helper()
	_, err := n.Found(b.Context(), none, api.Founding{Name: "Bench", Concern: "speed", As: "Ana", Commitment: "x"})
	if err != nil {
		b.Fatal(err)
	}
}

func benchFiles(b *testing.B, n int) (dir string) {
	b.Helper()
	dir = filepath.Join(b.TempDir(), "wiki")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		text := fmt.Sprintf("# Way number %d\n\n", i)
		for k := range 40 {
			text += fmt.Sprintf("Line %d of way %d says what to do with thing %d.\n", k, i, i*k%97)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.md", i)), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// One edit, acknowledged: the budget is a median of 15 ms.
func BenchmarkEdit(b *testing.B) {
	n := benchNode(b, b.TempDir())
	benchFound(b, n)
	made, err := n.New(b.Context(), none, api.Draft{Kind: "way", Title: "T", Body: "start"})
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	text := "start"
	for b.Loop() {
		text += " word"
		begin := time.Now()
		if _, err := n.Edit(b.Context(), none, made.ID, api.Rewrite{Text: text}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// A thousand files: the budget is 10 s.
func BenchmarkImport1000(b *testing.B) {
	dir := benchFiles(b, 1000)
	for b.Loop() {
		n := benchNode(b, b.TempDir())
		benchFound(b, n)
		out, err := n.Import(b.Context(), none, api.Importing{Dir: dir})
		if err != nil || out.Added != 1000 {
			b.Fatal(out, err)
		}
		_ = n.Close()
	}
}

// A home with 20,000 documents opens: the budget is 1 s, and 120 MB after it.
func BenchmarkOpen20k(b *testing.B) {
	home := b.TempDir()
	n := benchNode(b, home)
	benchFound(b, n)
	if out, err := n.Import(b.Context(), none, api.Importing{Dir: benchFiles(b, 20_000)}); err != nil || out.Added != 20_000 {
		b.Fatal(out, err)
	}
	if err := n.Close(); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	for b.Loop() {
		n, err := New(Config{Home: home, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1"}, NoDiscovery: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := n.List(b.Context(), none, api.Listing{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap-MB")
		_ = n.Close()
		b.StartTimer()
	}
}

// cpu returns the processor time this process has used: what a loaded machine
// does not disturb.
func cpu() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// A newcomer takes 10,000 changes: the budget is 3 s until they are held. The
// processor time is that of both nodes.
func BenchmarkJoin10k(b *testing.B) {
	ana := benchNode(b, b.TempDir())
	benchFound(b, ana)
	if out, err := ana.Import(b.Context(), none, api.Importing{Dir: benchFiles(b, 10_000)}); err != nil || out.Added != 10_000 {
		b.Fatal(out, err)
	}
	for b.Loop() {
		b.StopTimer()
		invited, err := ana.Invite(b.Context(), none, api.Invitation{})
		if err != nil {
			b.Fatal(err)
		}
		ben := benchNode(b, b.TempDir())
		b.StartTimer()
		begin, used := time.Now(), cpu()
		joined, err := ben.Join(b.Context(), none, api.Joining{Invite: invited.Invite, As: "Ben", Commitment: "x", Wait: api.Duration(time.Minute)})
		if err != nil || joined.State != api.StateJoined {
			b.Fatal(joined, err)
		}
		for c := ben.opened()[0]; ; {
			next := c.events.next()
			if out, err := ben.StateHash(b.Context(), none); err != nil {
				b.Fatal(err)
			} else if out.Changes >= 10_000 {
				break
			}
			<-next
		}
		b.StopTimer()
		b.ReportMetric(time.Since(begin).Seconds(), "held-s")
		b.ReportMetric((cpu() - used).Seconds(), "cpu-s")
		if _, err := ben.Sync(b.Context(), none, api.Syncing{Wait: api.Duration(time.Minute)}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "searchable-s")
		_ = ben.Close()
		b.StartTimer()
	}
}

// benchProblem names a problem with 40 ways that were tried 2,000 times.
func benchProblem(b *testing.B, n *Node) (id string) {
	b.Helper()
	problem, err := n.New(b.Context(), none, api.Draft{Kind: "problem", Title: "It comes back"})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 40 {
		way, err := n.New(b.Context(), none, api.Draft{Kind: "way", Title: fmt.Sprintf("Way %d to it", i), Body: "Do it so.", Fields: map[string]any{
			"links": []any{map[string]any{"rel": "about", "to": problem.ID}},
		}})
		for k := 0; k < 50 && err == nil; k++ {
			_, err = n.Assign(b.Context(), none, way.ID, api.Assignment{Verb: "enter", Field: "trials", Value: map[string]any{
				"outcome": []string{"worked", "adapted", "failed"}[k%3], "context": fmt.Sprintf("shift=%d", k%7), "words": "It went as it says.",
			}})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return problem.ID
}

// What is derived of 20,000 documents: the budget of each answer is 100 ms, of
// a problem with 40 ways and of a trail 50.
func BenchmarkDerive20k(b *testing.B) {
	n := benchNode(b, b.TempDir())
	benchFound(b, n)
	if out, err := n.Import(b.Context(), none, api.Importing{Dir: benchFiles(b, 20_000)}); err != nil || out.Added != 20_000 {
		b.Fatal(out, err)
	}
	problem := benchProblem(b, n)
	for name, derive := range map[string]func() error{
		"problem": func() error {
			out, err := n.Show(b.Context(), none, problem)
			if err == nil && len(out.Ways) != 40 {
				err = fmt.Errorf("%d ways", len(out.Ways))
			}
			return err
		},
		"trail":   func() error { _, err := n.Trail(b.Context(), none, problem); return err },
		"tend":    func() error { _, err := n.Tend(b.Context(), none); return err },
		"mirror":  func() error { _, err := n.Mirror(b.Context(), none); return err },
		"welcome": func() error { _, err := n.Welcome(b.Context(), none); return err },
		"words":   func() error { _, err := n.Unexplained(b.Context(), none); return err },
		"map":     func() error { _, err := n.Map(b.Context(), none); return err },
	} {
		b.Run(name, func(b *testing.B) {
			used := cpu()
			for b.Loop() {
				if err := derive(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-used).Milliseconds())/float64(b.N), "cpu-ms")
		})
	}
}
