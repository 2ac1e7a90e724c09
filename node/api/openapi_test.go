package api

import (
	"bytes"
	"os"
	"testing"
)

// TestOpenAPI holds the file that programs are written by to what the node
// says of itself.
func TestOpenAPI(t *testing.T) {
	said := NewDoors(&fake{}, "http://127.0.0.1:1/", NewFeed()).openapi()
	if os.Getenv("COPPICE_WRITE_OPENAPI") != "" {
		if err := os.WriteFile("openapi.json", said, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, said) {
		t.Error("openapi.json is not what the node serves: run `go generate ./node/api`")
	}
}
