package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"coppice.example/node"
	"coppice.example/node/api"
)

func (c *command) demo() *cobra.Command {
	return noun("demo", "communities to look at and to try things on", c.demoPlay())
}

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
		c.say("%s played. Go on with: coppice --home %s up", count(out.Lines, "line"), out.Personas[0].Home)
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
