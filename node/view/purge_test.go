package view

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"coppice.example/protocol"
)

// holds looks for bytes in the file of a view and what SQLite keeps beside it.
func holds(t *testing.T, path, words string) bool {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(b), []byte(words)) {
			return true
		}
	}
	return false
}

// What a document said before its words were redacted is in no page, log or
// index of the file once it is purged; all else is found as before.
func TestPurgeForgetsWhatIsNotShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view.db")
	v := open(t, path)
	item := func(n byte, title, text string) Item {
		return Item{ID: protocol.DocumentID{n}, Kind: "way", Title: title, Text: text, Hash: protocol.Hash{n, byte(len(text))}}
	}
	b := Batch{Stamp: 1}
	for n := range byte(100) {
		b.Items = append(b.Items, item(n+1, "about rye", fmt.Sprintf("the zanzibarine secret number %d", n)))
	}
	if err := v.Write(b); err != nil {
		t.Fatal(err)
	}
	for i := range b.Items {
		b.Items[i] = item(byte(i)+1, "about rye", "nothing")
	}
	b.Items[7] = item(8, "about rye", "a vermilion crust")
	b.Gone, b.Items = []protocol.DocumentID{b.Items[99].ID}, b.Items[:99]
	b.Stamp = 2
	if err := v.Write(b); err != nil {
		t.Fatal(err)
	}
	if !holds(t, path, "zanzibar") {
		t.Fatal("the words are nowhere before: this test sees nothing")
	}
	if err := v.Purge(); err != nil {
		t.Fatal(err)
	}
	if holds(t, path, "zanzibar") {
		t.Error("the words are in the file")
	}
	if !holds(t, path, "vermilion") {
		t.Error("words that are shown are not in the file")
	}
	if found, _, err := v.Search(Question{Words: "vermilion", Limit: 10}); err != nil || len(found) != 1 {
		t.Errorf("found %d, %v", len(found), err)
	}
	if found, _, err := v.Search(Question{Words: "zanzibarine", Limit: 10}); err != nil || len(found) != 0 {
		t.Errorf("found %d, %v", len(found), err)
	}
}
