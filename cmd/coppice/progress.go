package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

// progressPause is how often a person hears how far an act is.
const progressPause = 300 * time.Millisecond

// watch gives an act a name and tells on standard error how far it is, until
// end is called: on a terminal in one line that changes, else a line a step.
func (c *command) watch(cmd *cobra.Command, client *api.Client) (job string, end func()) {
	if c.quiet || c.json {
		return "", func() {}
	}
	job = rand.Text()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		t := &teller{c: c, onTerminal: isTerminal(c.err)}
		defer t.end()
		tick := time.NewTicker(progressPause)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-cmd.Context().Done():
				return
			case <-tick.C:
			}
			if p, err := client.Progress(cmd.Context(), job); err == nil {
				t.tell(p)
			}
		}
	}()
	return job, func() { close(stop); <-stopped }
}

// teller says how far an act is.
type teller struct {
	c          *command
	onTerminal bool
	last       string // the step told
	open       bool   // a line is begun
}

func (t *teller) tell(p api.Progress) {
	text := p.Step
	if p.Of > 0 {
		text = fmt.Sprintf("%s: %d of %d", p.Step, min(p.Done, p.Of), p.Of)
	} else if p.Done > 0 {
		text = fmt.Sprintf("%s: %d", p.Step, p.Done)
	}
	switch {
	case t.onTerminal:
		fmt.Fprintf(t.c.err, "\r\033[K%s", shown(text))
		t.open = true
	case p.Step != t.last:
		fmt.Fprintf(t.c.err, "%s\n", shown(text))
	}
	t.last = p.Step
}

// end takes back the line that changes.
func (t *teller) end() {
	if t.open {
		fmt.Fprint(t.c.err, "\r\033[K")
	}
}

// isTerminal tells whether a person types into a file, or sees what is written to it.
func isTerminal(file any) bool {
	f, ok := file.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	nowhere, err := os.Stat(os.DevNull) // a device of characters too
	return err != nil || !os.SameFile(info, nowhere)
}
