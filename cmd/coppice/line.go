package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"coppice.example/node/api"
)

// line is one line of a told community: who does what when.
type line struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Run    []string  `json:"run"`   // a command line, without the program's name
	Stdin  string    `json:"stdin"` // what it reads
	As     string    `json:"as"`    // the label of the id it gives
	Apart  bool      `json:"apart"` // what it does stays with her until the next line that is not apart
	Fails  bool      `json:"fails"` // it has to
	Number int       `json:"-"`     // in its file, from 1
}

// verb returns what a line does: its first argument that is no flag.
func (l *line) verb() string {
	for _, arg := range l.Run {
		if !strings.HasPrefix(arg, "-") {
			return arg
		}
	}
	return ""
}

// maxLine bounds a line: a text of the largest size, each of its bytes escaped.
const maxLine = 6*api.MaxText + 64<<10

// readLine reads one line. Errors are of [api.ErrUsage].
func readLine(raw []byte) (l line, err error) {
	malformed := func(format string, args ...any) (line, error) {
		return line{}, api.Hint(fmt.Errorf("%w: "+format, append([]any{api.ErrUsage}, args...)...), "%s", lineForm)
	}
	if !utf8.Valid(raw) {
		return malformed("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return malformed("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("something follows the line's one object")
	}
	switch {
	case l.At.IsZero():
		return malformed(`it has no "at"`)
	case strings.TrimSpace(l.Who) == "":
		return malformed(`it has no "who"`)
	case len(l.Run) == 0 || l.Run[0] == "":
		return malformed(`it has no "run"`)
	case strings.ContainsAny(l.As, "@/"):
		return malformed(`the label %q has an @ or a / in it`, l.As)
	case l.As != "" && l.Fails:
		return malformed("a line that has to fail gives no id for a label")
	}
	return l, nil
}

const lineForm = `a line is like {"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["ask","Why does it squeal?"],"as":"squeal"}`

// labels are the ids that lines gave.
type labels map[string]string

// in puts ids in place of labels: @label, as a whole argument or before a /.
// What is no label stays as it is.
func (l labels) in(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		name, rest, slash := strings.Cut(arg, "/")
		if name, at := strings.CutPrefix(name, "@"); at && l[name] != "" {
			if out[i] = l[name]; slash {
				out[i] += "/" + rest
			}
		}
	}
	return out
}

// idIn takes the id from what a verb printed as JSON: its own, or that of the
// community, or an invite's address.
func idIn(printed []byte) string {
	var out struct{ ID, Community, Invite string }
	if json.Unmarshal(printed, &out) != nil {
		return ""
	}
	for _, id := range []string{out.ID, out.Community, out.Invite} {
		if id != "" {
			return id
		}
	}
	return ""
}
