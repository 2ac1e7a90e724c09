package store

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// benchWorld makes n changes of about 300 bytes in 20 logs and n/5 documents,
// in runs of each changes.
func benchWorld(n, each int) (*world, []*protocol.Run) {
	w := newWorld(1)
	for range 20 {
		w.log(protocol.Content)
	}
	var runs []*protocol.Run
	for ; n > 0; n -= each {
		runs = append(runs, w.run(w.lines[w.IntN(len(w.lines))], min(each, n)))
	}
	return w, runs
}

func sizeOf(runs []*protocol.Run) (changes, bytes int) {
	for _, r := range runs {
		changes += len(r.Changes)
		bytes += r.Size()
	}
	return changes, bytes
}

func benchmarkAppend(b *testing.B, each int) {
	w, runs := benchWorld(b.N*each, each)
	s, err := Open(b.TempDir(), w.community, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range runs {
		if _, err := s.Append(Batch{Runs: []*protocol.Run{r}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*each), "µs/change")
}

func BenchmarkAppendOne(b *testing.B) { benchmarkAppend(b, 1) }
func BenchmarkAppend256(b *testing.B) { benchmarkAppend(b, 256) }

// BenchmarkDisk says what a change takes on disk, over its header and body.
func BenchmarkDisk(b *testing.B) {
	for _, each := range []int{1, 20, 256} {
		b.Run(fmt.Sprintf("run=%d", each), func(b *testing.B) {
			for range b.N {
				w, runs := benchWorld(100_000, each)
				s, err := Open("db", w.community, Options{FS: vfs.NewMem()})
				if err != nil {
					b.Fatal(err)
				}
				for from := 0; from < len(runs); from += 64 {
					mustAppend(b, s, Batch{Runs: runs[from:min(from+64, len(runs))]})
				}
				changes, bytes := sizeOf(runs)
				b.ReportMetric(float64(bytes)/float64(changes), "B/change")
				b.ReportMetric(float64(s.ds.DB.Metrics().Total().TablesSize)/float64(bytes), "x_tables")
				b.ReportMetric(float64(s.Size())/float64(bytes), "x_all")
				if err := s.ds.DB.Compact(b.Context(), []byte{0}, []byte{0xff}, false); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(s.ds.DB.Metrics().Total().TablesSize)/float64(bytes), "x_settled")
				if os.Getenv("V") != "" {
					b.Log(s.ds.DB.Metrics())
				}
				_ = s.Close()
			}
		})
	}
}

// filled makes a store of n changes on a real disk and closes it.
func filled(b *testing.B, n int) (w *world, dir string, runs []*protocol.Run) {
	w, runs = benchWorld(n, 4)
	dir = b.TempDir()
	s, err := Open(dir, w.community, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for from := 0; from < len(runs); from += 256 {
		mustAppend(b, s, Batch{Runs: runs[from:min(from+256, len(runs))]})
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return w, dir, runs
}

func BenchmarkOpen100k(b *testing.B) {
	w, dir, _ := filled(b, 100_000)
	b.ResetTimer()
	for range b.N {
		s, err := Open(dir, w.community, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
}

func BenchmarkRead100k(b *testing.B) {
	w, dir, runs := filled(b, 100_000)
	s, err := Open(dir, w.community, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.Run("change", func(b *testing.B) {
		for i := range b.N {
			r := runs[(i*7919)%len(runs)]
			if _, _, err := s.Change(r.Last().ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("runs", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			n := 0
			if err := s.Runs(1, func(_ uint64, r *protocol.Run) error { n += len(r.Changes); return nil }); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n)/float64(b.N), "µs/change")
		}
	})
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB_sys")
}

func BenchmarkOpenInMemory(b *testing.B) {
	w := newWorld(1)
	for range b.N {
		s, err := Open("db", w.community, Options{FS: vfs.NewMem()})
		if err != nil {
			b.Fatal(err)
		}
		mustAppend(b, s, Batch{Local: []Local{{"a", []byte("b")}}})
		_ = s.Close()
	}
}
