package view

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const benchItems = 20_000

// dictionary makes words as often used as in a language: the nth about 1/n.
func dictionary(r *rand.Rand) func() string {
	words := make([]string, 30_000)
	for i := range words {
		var b strings.Builder
		for range 2 + r.IntN(4) {
			b.WriteString([]string{"ba", "co", "di", "fe", "gu", "hal", "jo", "ker", "lim", "no", "pé", "rus", "ta", "vo", "zen", "mor"}[r.IntN(16)])
		}
		words[i] = b.String()
	}
	zipf := rand.NewZipf(r, 1.1, 8, uint64(len(words)-1))
	return func() string { return words[zipf.Uint64()] }
}

func benchBatches() (batches []Batch, word func() string) {
	r := rand.New(rand.NewPCG(1, 1))
	word = dictionary(r)
	text := func(n int) string {
		words := make([]string, n)
		for i := range words {
			words[i] = word()
		}
		return strings.Join(words, " ")
	}
	for n := 0; n < benchItems; n += 500 {
		b := Batch{Stamp: uint64(n)}
		for i := n; i < n+500; i++ {
			item := Item{ID: id(i), Kind: []string{"way", "story", "question", "member"}[i%4], Title: text(5), Created: uint64(i), Updated: uint64(i), Order: uint64(i), Card: []byte(text(150)), Text: text(120), Entries: []string{entryID(i)}}
			for seq := range uint64(5) {
				b.History = append(b.History, HistoryRow{Document: item.ID, Seq: seq + 1, What: "edit"})
			}
			b.Items = append(b.Items, item)
		}
		batches = append(batches, b)
	}
	return batches, word
}

func benchView(b *testing.B) (*View, func() string) {
	batches, word := benchBatches()
	v := open(b, filepath.Join(b.TempDir(), "view.db"))
	for _, batch := range batches {
		mustWrite(b, v, batch)
	}
	return v, word
}

// BenchmarkRebuild writes 20k documents of 5 changes each into an empty view.
func BenchmarkRebuild(b *testing.B) {
	batches, _ := benchBatches()
	for range b.N {
		v := open(b, filepath.Join(b.TempDir(), "view.db"))
		for _, batch := range batches {
			mustWrite(b, v, batch)
		}
		_ = v.Close()
	}
	b.ReportMetric(float64(b.N)*benchItems*5/b.Elapsed().Seconds(), "changes/s")
}

func BenchmarkSearch(b *testing.B) {
	v, word := benchView(b)
	for name, ask := range map[string]func() string{
		"word":   word,
		"two":    func() string { return word() + " " + word() },
		"prefix": func() string { return word()[:2] },
		"letter": func() string { return word()[:1] },
		"phrase": func() string { return `"` + word() + " " + word() + `"` },
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for range b.N {
				start := time.Now()
				if _, _, err := v.Search(Question{Words: ask(), Limit: 20}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	v, _ := benchView(b)
	_ = v.Close()
	b.ResetTimer()
	for range b.N {
		w := open(b, v.path)
		if _, _, err := w.List(Listing{Kinds: []string{"way"}, Limit: 20}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = w.Close()
		b.StartTimer()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB_sys")
}

func BenchmarkWriteOne(b *testing.B) {
	v, word := benchView(b)
	b.ResetTimer()
	for n := range b.N {
		i := Item{ID: id(n % benchItems), Kind: "way", Title: word(), Text: strings.Repeat(word()+" ", 120), Card: []byte(word())}
		mustWrite(b, v, Batch{Items: []Item{i}, Stamp: uint64(n)})
	}
}

// BenchmarkHostileText searches for a word in a text made of nothing else.
func BenchmarkHostileText(b *testing.B) {
	v := fresh(b)
	for n := range 10 {
		mustWrite(b, v, Batch{Items: []Item{{ID: id(n), Text: strings.Repeat("a ", 256<<10)}}})
	}
	for _, words := range []string{"a", "a b", `"a a a a a a a a"`} {
		b.Run(fmt.Sprintf("%.5s", words), func(b *testing.B) {
			for range b.N {
				if _, _, err := v.Search(Question{Words: words, Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
