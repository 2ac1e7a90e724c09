package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"coppice.example/node"
	"coppice.example/node/api"
)

// told is a community that is told line by line: each persona has a home and a
// node of her own, all in this process and by the clock of the lines.
type told struct {
	village *node.Village
	dir     string // where homes are made
	home    string // of the first persona; "": in dir too
	people  []*persona
	labels  labels
	guests  map[string]bool // who acts in a file and nowhere says how she joins
	lines   int
}

// persona is somebody who acts.
type persona struct {
	name   string
	home   string
	node   *node.Node
	client *api.Client
	inside bool // she founded it or came in, or asked to
}

// outcome is what a command line came to.
type outcome struct {
	err    error
	stdout bytes.Buffer
	stderr bytes.Buffer
}

// newTold returns a told community without anybody, whose homes are made in dir.
func newTold(dir, home string) *told {
	return &told{village: node.NewVillage(), dir: dir, home: home, labels: labels{}, guests: map[string]bool{}}
}

// readLines reads a file of lines. Errors name the line and are of [api.ErrUsage].
func readLines(in io.Reader) (lines []line, err error) {
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxLine)
	number := 1
	for ; s.Scan(); number++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		l, err := readLine(s.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		l.Number = number
		lines = append(lines, l)
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return nil, api.Hint(fmt.Errorf("line %d: %w: it has more than %d bytes", number, api.ErrUsage, maxLine), "%s", lineForm)
	}
	if s.Err() == nil && len(lines) == 0 {
		return nil, api.Hint(fmt.Errorf("%w: there is no line in it", api.ErrUsage), "%s", lineForm)
	}
	return lines, s.Err()
}

// play plays lines after those that were played. What fails is named with its line.
func (t *told) play(ctx context.Context, lines []line) error {
	for _, l := range lines {
		t.guests[l.Who] = true
	}
	for _, l := range lines {
		t.guests[l.Who] = t.guests[l.Who] && l.verb() != "join"
	}
	for _, l := range lines {
		if err := t.tell(ctx, l); err != nil {
			return failed(l, err)
		}
		t.lines++
	}
	return nil
}

// failed says which line failed, for whom and why. Whatever it was for the
// persona, for who plays it the play has failed.
func failed(l line, err error) error {
	p := api.ProblemOf(err)
	said := fmt.Errorf("line %d: %s: coppice %s: %s", l.Number, l.Who, strings.Join(l.Run, " "), p.Detail)
	if p.Exit == api.ExitInterrupted {
		return err
	}
	return api.Hint(said, "%s", p.Hint)
}

// tell plays one line.
func (t *told) tell(ctx context.Context, l line) error {
	p, err := t.enter(ctx, l)
	if err != nil {
		return err
	}
	for _, arg := range l.Run[1:] { // who is spoken of is there
		if name, at := strings.CutPrefix(arg, "@"); at && t.guests[name] && t.labels[name] == "" {
			if _, err := t.guest(ctx, l, name); err != nil {
				return err
			}
		}
	}
	out, err := t.run(ctx, p, l)
	switch {
	case err != nil:
		return err
	case l.Fails && out.err == nil:
		return api.Hint(errors.New("it is said to fail, and it did not"), `leave out "fails", or tell what makes it fail`)
	case l.Fails:
		return nil
	case out.err != nil:
		return out.err
	}
	if l.As != "" {
		if t.labels[l.As] = idIn(out.stdout.Bytes()); t.labels[l.As] == "" {
			return api.Hint(fmt.Errorf("it gives no id for the label %q", l.As), `leave out "as"`)
		}
	}
	return nil
}

// enter returns the persona of a line, who founds the community if she is the
// first, or comes in by the line, or has come in before it.
func (t *told) enter(ctx context.Context, l line) (*persona, error) {
	switch {
	case len(t.people) > 0 && l.verb() != "join":
		return t.guest(ctx, l, l.Who)
	case len(t.people) == 0 && l.verb() != "found":
		return nil, api.Hint(errors.New("there is no community yet"), "the first line founds it: {...,\"run\":[\"found\",\"NAME\",\"--concern\",\"TEXT\"]}")
	}
	return t.persona(l.Who)
}

// guest returns a persona who is in. If she is not she comes in before a line,
// without a commitment.
func (t *told) guest(ctx context.Context, l line, name string) (*persona, error) {
	p, err := t.persona(name)
	if err != nil || p.inside {
		return p, err
	}
	out, err := t.run(ctx, p, line{At: l.At, Who: name, Run: []string{"join"}, Apart: l.Apart})
	if err == nil {
		err = out.err
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot come in before it: %w", name, err)
	}
	return p, nil
}

// persona returns who has a name; one who was not named before gets a home.
func (t *told) persona(name string) (*persona, error) {
	if i := slices.IndexFunc(t.people, func(p *persona) bool { return p.name == name }); i >= 0 {
		return t.people[i], nil
	}
	p := &persona{name: name, home: t.homeOf(name)}
	var err error
	if p.node, err = t.village.Open(p.home); err != nil {
		return nil, err
	}
	p.client = p.node.Client()
	t.people = append(t.people, p)
	return p, nil
}

// homeOf returns a directory for a new persona: her name, as far as it is of
// letters and digits.
func (t *told) homeOf(name string) string {
	if len(t.people) == 0 && t.home != "" {
		return t.home
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, name)
	home := filepath.Join(t.dir, plain)
	for n := 2; slices.ContainsFunc(t.people, func(p *persona) bool { return p.home == home }); n++ {
		home = filepath.Join(t.dir, fmt.Sprintf("%s-%d", plain, n))
	}
	return home
}

// run runs a line's command line on a persona's node. The error says that it
// could not be run; what came of it is in the outcome.
func (t *told) run(ctx context.Context, p *persona, l line) (*outcome, error) {
	t.village.Set(l.At)
	args := t.labels.in(l.Run)
	if l.As != "" {
		args = append([]string{"--json"}, args...)
	}
	stdin := l.Stdin
	switch l.verb() {
	case "found":
		args = naming(args, "found", p.name)
		p.inside = true
	case "join":
		args = naming(args, "join", p.name)
		if stdin == "" {
			address, err := t.invite(ctx, l)
			if err != nil {
				return nil, err
			}
			stdin = address
		}
		p.inside = true
	}
	out := &outcome{}
	err := t.village.Act(ctx, p.node, l.Apart, func() error {
		c := p.command(l.At, terminal{strings.NewReader(stdin), &out.stdout, &out.stderr})
		out.err = c.execute(ctx, args)
		return nil
	})
	if l.verb() == "join" && errors.Is(out.err, api.ErrTimeout) {
		out.err = nil // she has asked, and waits for a convener's yes
	}
	return out, err
}

// naming has a verb say who one is, unless the line says it itself.
func naming(args []string, verb, name string) []string {
	return slices.Insert(args, slices.Index(args, verb)+1, "--as", name)
}

// invite has the first who may invite somebody, once.
func (t *told) invite(ctx context.Context, l line) (address string, err error) {
	for _, p := range t.people {
		if !p.inside {
			continue
		}
		var invited api.Invited
		failed := t.village.Act(ctx, p.node, l.Apart, func() (err error) {
			client := *p.client
			client.Call = api.Call{Now: l.At}
			invited, err = client.Invite(ctx, api.Invitation{})
			return err
		})
		if failed == nil {
			return invited.Invite + "\n", nil
		}
		if err == nil {
			err = failed
		}
	}
	return "", err
}

// elsewhere are verbs that are not about what somebody does in a community.
var elsewhere = []string{"up", "down", "open", "service", "connect", "demo"}

// command returns what carries out a command line of a persona.
func (p *persona) command(at time.Time, t terminal) *command {
	return &command{
		terminal: t,
		clock:    func() (time.Time, error) { return at, nil },
		reach: func(home string) (*api.Client, error) {
			if home != "" && home != p.home {
				return nil, api.Hint(fmt.Errorf("%w: %s is not %s's home", api.ErrUsage, home, p.name), "leave out --home: a line is done on its persona's node")
			}
			client := *p.client
			return &client, nil
		},
		refuse: func(verb *cobra.Command) error {
			for verb.HasParent() && verb.Parent().HasParent() {
				verb = verb.Parent()
			}
			if !slices.Contains(elsewhere, verb.Name()) {
				return nil
			}
			return api.Hint(fmt.Errorf("%w: `coppice %s` is nothing to be told", api.ErrUsage, verb.Name()), "leave it out: the nodes run, and meet after each line that is not apart")
		},
	}
}

// end brings everybody together and closes the nodes.
func (t *told) end(ctx context.Context) (hash api.StateHash, err error) {
	hashes, err := t.village.Together(ctx)
	if len(hashes) > 0 {
		hash = hashes[0]
	}
	return hash, errors.Join(err, t.village.Close())
}

// freshDir makes the directory of the homes of a played community.
func freshDir() (string, error) { return os.MkdirTemp("", "coppice-told-") }
