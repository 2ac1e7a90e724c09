package main

import (
	"bytes"
	"testing"

	"coppice.example/node/api"
)

// A pipe hears a line a step, a terminal one line that changes and goes.
func TestProgressIsTold(t *testing.T) {
	said := []api.Progress{{Step: "taking files", Done: 3}, {Step: "taking files", Done: 9}, {Step: "carrying", Done: 2, Of: 4}}
	for terminal, want := range map[bool]string{
		false: "taking files: 3\ncarrying: 2 of 4\n",
		true:  "\r\x1b[Ktaking files: 3\r\x1b[Ktaking files: 9\r\x1b[Kcarrying: 2 of 4\r\x1b[K",
	} {
		var out bytes.Buffer
		c := &command{}
		c.err = &out
		tell := &teller{c: c, onTerminal: terminal}
		for _, p := range said {
			tell.tell(p)
		}
		tell.end()
		if out.String() != want {
			t.Errorf("on a terminal %v: %q", terminal, out.String())
		}
	}
}
