package view

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coppice.example/protocol"
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
			item.Passages = []Passage{{In: InTalk, Entry: entryID(i), Text: text(20)}, {In: InFormer, Text: text(20)}}
			plant(i, &item)
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

// BenchmarkPlanted asks 20k documents for what is planted in each; all must be
// found. It says how much larger than the words the index is, and the file.
func BenchmarkPlanted(b *testing.B) {
	v, _ := benchView(b)
	var words, index, pages, size int64
	if err := errors.Join(
		v.read.QueryRow("SELECT sum(length(CAST(title AS BLOB)) + length(CAST(text AS BLOB)) + length(CAST(former AS BLOB))) FROM items JOIN texts USING (n)").Scan(&words),
		v.read.QueryRow("SELECT sum(length(block)) FROM search_data").Scan(&index),
		v.read.QueryRow("PRAGMA page_count").Scan(&pages), v.read.QueryRow("PRAGMA page_size").Scan(&size),
	); err != nil {
		b.Fatal(err)
	}
	n, missed := 0, 0
	for b.Loop() {
		if what := misses(v, n%benchItems, id(n%benchItems), n/6); what != "" {
			b.Error(what)
			missed++
		}
		n++
	}
	b.ReportMetric(float64(n-missed)/float64(n), "recall")
	b.ReportMetric(float64(index)/float64(words), "index/words")
	b.ReportMetric(float64(pages*size)/float64(words), "file/words")
}

func BenchmarkSearch(b *testing.B) {
	v, word := benchView(b)
	third := func(id protocol.DocumentID) bool { return id[0]%3 == 0 }
	few := func(id protocol.DocumentID) bool { return id[0] == 0 && id[1] < 16 }
	common := func() string { return "oak" }
	for _, q := range []struct {
		name string
		ask  func() string
		only func(protocol.DocumentID) bool
	}{
		{"word", word, nil},
		{"two", func() string { return word() + " " + word() }, nil},
		{"prefix", func() string { return word()[:2] }, nil},
		{"letter", func() string { return word()[:1] }, nil},
		{"phrase", func() string { return `"` + word() + " " + word() + `"` }, nil},
		{"a-third", word, third},
		{"few", word, few},
		{"few-of-most", common, few},
	} {
		b.Run(q.name, func(b *testing.B) {
			var took []time.Duration
			for range b.N {
				start := time.Now()
				if _, _, err := v.Search(Question{Words: q.ask(), Limit: 20, Only: q.only}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// BenchmarkHolding walks all that hold a word which five of six documents hold.
func BenchmarkHolding(b *testing.B) {
	v, _ := benchView(b)
	for b.Loop() {
		n := 0
		if err := v.Holding([]string{"oak", "the oak"}, func(protocol.DocumentID) { n++ }); err != nil || n < benchItems/2 {
			b.Fatal(n, err)
		}
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
