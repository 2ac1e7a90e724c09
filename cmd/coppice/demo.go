package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node"
	"coppice.example/node/api"
)

func (c *command) demo() *cobra.Command {
	return noun("demo", "communities to look at and to try things on", c.demoOf(wiperClub), c.demoOf(lunchTable), c.demoPlay())
}

// demos are the sample communities, told as [command.demoPlay] plays them. All
// names and contents are invented.
//
//go:embed demos
var demos embed.FS

// sample is one of them.
type sample struct {
	name, short string
	long        string
	// newcomer is the persona who came last: her welcome is still under way.
	newcomer string
}

var (
	wiperClub = sample{
		name: "wiper", short: "seven engineers who write down what bites them twice", newcomer: "Sam",
		long: `Wiper Club set out to learn: a charter they agreed to, areas with keepers, ways that
were tried here and failed there, a bench every second Thursday.`,
	}
	lunchTable = sample{
		name: "lunch", short: "seven nurses who only have lunch, and learn by it", newcomer: "Jonas",
		long: `The table of Ward 7 set out to eat. Nobody agreed to anything; what they tell each
other over lunch is all there is, and it is a lot. Demo text, not medical advice.`,
	}
)

// demoOf makes the verb that plays a sample community.
func (c *command) demoOf(s sample) *cobra.Command {
	return &cobra.Command{
		Use:   s.name,
		Short: s.short,
		Long: s.long + `

It is played into fresh homes, one for each persona, as if its last week were this
one (by COPPICE_NOW, if that is set). The first persona's home is --home DIR, or in
a new directory for what is temporary, as the others' are.`,
		Example: "  coppice --home ~/" + s.name + " demo " + s.name + "\n  coppice --home ~/" + s.name + " up",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			now, err := c.clock()
			if err != nil {
				return err
			}
			if now.IsZero() {
				now = time.Now()
			}
			lines, err := s.lines()
			if err != nil {
				return err
			}
			return c.playLines(cmd.Context(), moved(lines, now), s.tell(c))
		},
	}
}

// lines returns the lines of a sample.
func (s sample) lines() ([]line, error) {
	f, err := demos.Open("demos/" + s.name + ".jsonl")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLines(f)
}

// tell says what to type next.
func (s sample) tell(c *command) func(played) {
	return func(out played) {
		c.say("%s played. Look around as %s:\n  coppice --home %[3]s up\n  coppice --home %[3]s open", count(out.Lines, "line"), out.Personas[0].Name, out.Personas[0].Home)
		for _, p := range out.Personas {
			if p.Name == s.newcomer {
				c.say("or as %s, who came last:\n  coppice --home %[2]s up\n  coppice --home %[2]s welcome", p.Name, p.Home)
			}
		}
	}
}

// moved returns lines told by whole weeks later or earlier, so that the last
// falls into the seven days before now. Days of the week stay, and with them
// rhythms; days in arguments go along.
func moved(lines []line, now time.Time) []line {
	last := lines[len(lines)-1].At
	weeks := int(now.Sub(last).Hours() / (7 * 24))
	if last.AddDate(0, 0, 7*weeks).After(now) {
		weeks--
	}
	out := make([]line, len(lines))
	for i, l := range lines {
		l.At = l.At.AddDate(0, 0, 7*weeks)
		args := make([]string, len(l.Run))
		for j, arg := range l.Run {
			args[j] = aDate.ReplaceAllStringFunc(arg, func(day string) string {
				t, err := time.Parse(time.DateOnly, day)
				if err != nil {
					return day
				}
				return t.AddDate(0, 0, 7*weeks).Format(time.DateOnly)
			})
		}
		l.Run = args
		out[i] = l
	}
	return out
}

// aDate is a day within an argument.
var aDate = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}`)

func (c *command) demoPlay() *cobra.Command {
	return &cobra.Command{
		Use:   "play FILE.jsonl",
		Short: "play a told community, line by line, into fresh homes",
		Long: `Plays a community that is told in a file, one JSON object a line:

  {"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["ask","Why does it squeal?"],"as":"squeal"}

Each persona has a node and a home of her own; "run" is a command line without
the program's name, done there at the time "at". "stdin" is what it reads. "as"
labels the id it gives: @squeal, as a whole argument or before a /, stands for it
later. The first line founds the community. Others come in by an invite, with
their own line ["join","--commitment","..."], or without it as guests when first
named. After every line the nodes meet, but for a line with "apart":true: what it
does stays with its persona until the next line without. A line with
"fails":true must be refused. Paths are as seen from where you are.

At the end all nodes hold the same, and the homes are printed. They lie in a new
directory for what is temporary; --home DIR says where the first persona's is.`,
		Example: `  coppice --home ~/club demo play club.jsonl
  coppice --home ~/club up`,
		Args: arguments("FILE.jsonl"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.playFile(cmd.Context(), args[0]) },
	}
}

// played is what a play ends with.
type played struct {
	Community string       `json:"community"`
	Personas  []playedHome `json:"personas"`
	Lines     int          `json:"lines"`
	StateHash string       `json:"state_hash"`
}

type playedHome struct {
	Name string `json:"name"`
	Home string `json:"home"`
}

func (c *command) playFile(ctx context.Context, file string) error {
	lines, err := c.lines(file)
	if err != nil {
		return err
	}
	return c.playLines(ctx, lines, func(out played) {
		c.say("%s played. Go on with: coppice --home %s up", count(out.Lines, "line"), out.Personas[0].Home)
	})
}

// playLines plays lines into fresh homes and prints them; next says what to do
// with them.
func (c *command) playLines(ctx context.Context, lines []line, next func(played)) error {
	home, err := freeHome(c.home)
	if err != nil {
		return err
	}
	dir, err := freshDir()
	if err != nil {
		return err
	}
	t := newTold(dir, home)
	err = t.play(ctx, lines)
	hash, ended := t.end(ctx)
	if err != nil {
		c.say("%s played before it: see %s", count(t.lines, "line"), dir)
		return err
	}
	if ended != nil {
		return ended
	}
	out := played{Community: hash.Community, Lines: t.lines, StateHash: hash.Hash}
	for _, p := range t.people {
		out.Personas = append(out.Personas, playedHome{p.name, p.home})
	}
	return c.print(out, func() {
		for _, p := range out.Personas {
			c.line("%-10s  %s", p.Name, p.Home)
		}
		next(out)
	})
}

// lines reads a file of lines, - for standard input.
func (c *command) lines(file string) ([]line, error) {
	in := c.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "give the path of a file that can be read, or - for standard input")
		}
		defer f.Close()
		in = f
	}
	lines, err := readLines(in)
	if err != nil && file != "-" {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return lines, err
}

// freeHome returns the home that was asked for, which must hold no community;
// "" when none was.
func freeHome(asked string) (string, error) {
	if asked == "" {
		return "", nil
	}
	home, err := node.Home(asked)
	if err != nil {
		return "", err
	}
	occupied, err := node.Occupied(home)
	if err == nil && occupied {
		err = api.Hint(fmt.Errorf("%s holds a community already", home), "give --home a directory that is new or empty: nothing is ever played into what is there")
	}
	return home, err
}
