package main

import (
	"context"
	"encoding/json"
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

// terminal is where a command reads and writes: what was asked for goes to
// out, all else to err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// command is what every verb shares: the flags that stand before any of them,
// and where its clock and its node are.
type command struct {
	terminal
	clock     func() (time.Time, error)              // of what is written and derived; zero: the node's own
	reach     func(home string) (*api.Client, error) // the node that runs on a home
	refuse    func(verb *cobra.Command) error        // a verb that is not to be done here; nil: every one is
	home      string
	community string
	json      bool
	quiet     bool
}

// run carries out one command line and returns its exit status.
func run(ctx context.Context, args []string, t terminal) int {
	c := &command{terminal: t, clock: now, reach: reach}
	return c.run(ctx, args)
}

func (c *command) run(ctx context.Context, args []string) int {
	return c.end(c.execute(ctx, args))
}

func (c *command) execute(ctx context.Context, args []string) error {
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && err != nil {
		err = fmt.Errorf("interrupted: %w", context.Canceled)
	}
	return err
}

// end says what failed and what to do about it, and returns the exit status.
func (c *command) end(err error) int {
	var partly *partlyDone
	switch {
	case err == nil:
		return api.ExitDone
	case errors.As(err, &partly):
		fmt.Fprintf(c.err, "coppice: %s\n", shown(err.Error()))
		return api.ExitPartly
	}
	p := api.ProblemOf(err)
	fmt.Fprintf(c.err, "coppice: %s\n", shown(p.Detail))
	if p.Hint != "" {
		fmt.Fprintf(c.err, "hint: %s\n", shown(p.Hint))
	}
	return p.Exit
}

// partlyDone ends a command that did some of what was asked.
type partlyDone struct{ failed, of int }

func (p *partlyDone) Error() string {
	return fmt.Sprintf("%d of %d files could not be taken; the reasons stand above", p.failed, p.of)
}

const help = `Coppice keeps what a community of practice knows, on every member's machine.

  begin     up                      run this machine's node (leave it open)
            found NAME --concern T  make a community
            invite                  an address that lets one person in
            join < ADDRESS          come in by it
            open                    the pages, in a browser on this machine
  practice  way new --title T       what we know how to do (--file F for the text)
            tell --title T          a story: what happened to you
            problem new --title T   what keeps coming back; met ID, when it does
            keep ID --as story      of what was said at a gathering; distil QUESTION
            ask TITLE               a question; answer ID, helped ANSWER, close ID, metoo ID
            agenda, map             what we keep asking; the areas of what we do
            charter, term           what we care about and our words, together
            discussion              talk something over, and decide
            edit ID --file F        change a text
            list, search WORDS      what is here; show ID, history ID, trail ID
            import DIR, export DIR  Markdown, in and out; book AREA, archive DIR: to read and print
  together  member list, status     who is here, which nodes are within reach
            gathering new|list      when we meet: coming ID, here ID, notes ID; ics
            project, pairing        do something together, learn at somebody's side
            member show|promote|demote|remove|log ID, away, leave
            digest, tend, mirror    what happened since you last asked; what wants care; what came of it
            signs, value            how you are doing, and what would do you good; what it was worth
            welcome                 while you are new: what to read, whom to meet, what to do
            hello, unmet, who       who came, whom you have not met, who knows what
            thanks|try|flag ID      comment ID TEXT, recognise @NAME --area A --for ID, mute @NAME
            policy, invite list     how people come in
            sync, connect ADDR      bring them together now
            conflict list, same     what two chose, wrote or named apart
            bridge, share, split    between communities you are in
            community fork          go on apart, with all that is known; community origin
  yourself  device link             one person on several machines; device list, revoke
            recovery print          a kit to come back by when all are lost; recovery restore
            service install         run the node whenever you are logged in; down ends it
  try       demo wiper|lunch        a community to look at, with every persona's node; demo play FILE

Everything takes --json. "coppice help VERB" says more of each.
Texts come from --file F, or from standard input with --file -.
`

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "coppice",
		Short:         "what a community of practice knows, on every member's machine",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return api.Hint(fmt.Errorf("%w: there is no verb %q", api.ErrUsage, args[0]), "`coppice help` lists the verbs")
			}
			return c.begin(cmd)
		},
	}
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	flags := root.PersistentFlags()
	flags.StringVar(&c.home, "home", "", "where the node keeps everything (default $COPPICE_HOME)")
	flags.StringVar(&c.community, "community", "", "which community: its id, a prefix of it, or its name")
	flags.BoolVar(&c.json, "json", false, "print one JSON value")
	flags.BoolVar(&c.quiet, "quiet", false, "say nothing but what was asked for")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "`coppice help %s` shows its flags", strings.TrimPrefix(cmd.CommandPath(), "coppice "))
	})
	if c.refuse != nil {
		root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return c.refuse(cmd) }
	}
	usual := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd == root {
			fmt.Fprint(c.out, help)
			return
		}
		usual(cmd, args)
	})
	root.AddCommand(
		c.up(), c.down(), c.found(), c.invite(), c.join(),
		c.status(), c.connect(), c.sync(),
		c.way(), c.story(), c.tell(), c.retold(), c.used(), c.tried(), c.problem(), c.met(), c.review(), c.trail(), c.keep(), c.distil(), c.ask(), c.answer(),
		c.edit(), c.set(), c.add(), c.drop(), c.show(), c.list(), c.search(), c.history(),
		c.digest(), c.tend(), c.mirror(), c.welcome(), c.signs(), c.value(),
		c.away(), c.who(), c.unmet(), c.graph(), c.hello(), c.recognise(), c.thanks(), c.try(), c.flag(), c.mute(), c.comment(),
		c.importing(), c.exporting(), c.book(), c.archive(), c.member(), c.device(), c.recovery(), c.leave(), c.policy(), c.communities(), c.open(), c.service(), c.commit(),
		c.charter(), c.term(), c.mapping(), c.question(), c.helped(), c.close(), c.metoo(), c.champion(), c.agenda(), c.discussion(),
		c.gathering(), c.project(), c.pairing(),
		c.conflict(), c.same(), c.shelve(), c.withdraw(), c.bridge(), c.share(), c.split(), c.demo(), c.debug(),
	)
	return root
}

// begin answers a bare "coppice": what to type next, from where one stands.
func (c *command) begin(cmd *cobra.Command) error {
	client, err := c.dial()
	if errors.Is(err, api.ErrNotRunning) {
		fmt.Fprint(c.out, help)
		c.say("\nNo node is running here. Next: coppice up")
		return nil
	}
	if err != nil {
		return err
	}
	defer client.Close()
	status, err := client.Status(cmd.Context())
	if err != nil {
		return err
	}
	fmt.Fprint(c.out, help)
	if len(status.Communities) == 0 {
		c.say("\nA node is running and in no community. Next: coppice found, or coppice join")
	}
	return nil
}

// noun makes a command that only groups verbs.
func noun(name, short string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			names := make([]string, len(verbs))
			for i, v := range verbs {
				names[i] = v.Name()
			}
			what := "needs a verb"
			if len(args) > 0 {
				what = fmt.Sprintf("has no verb %q", args[0])
			}
			return api.Hint(fmt.Errorf("%w: coppice %s %s", api.ErrUsage, name, what), "coppice %s %s", name, strings.Join(names, "|"))
		},
	}
	cmd.AddCommand(verbs...)
	return cmd
}

// arguments asks for exactly n arguments and names them in the refusal.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			if i := slices.Index(names, "ID"); i >= 0 && strings.TrimSpace(args[i]) == "" {
				return api.Hint(fmt.Errorf("%w: the ID is empty", api.ErrUsage), "`coppice list` and `coppice search WORDS` show ids; enough of the beginning will do")
			}
			return nil
		}
		wants := "no argument"
		if len(names) > 0 {
			wants = strings.Join(names, " ")
		}
		return api.Hint(fmt.Errorf("%w: %s takes %s", api.ErrUsage, cmd.CommandPath(), wants), "`coppice help %s` shows how", strings.TrimPrefix(cmd.CommandPath(), "coppice "))
	}
}

// now reads COPPICE_NOW; zero when it is not set.
func now() (time.Time, error) {
	text := os.Getenv("COPPICE_NOW")
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, api.Hint(fmt.Errorf("%w: COPPICE_NOW is %q", api.ErrUsage, text), "write it like 2026-05-03T12:00:00Z")
	}
	return t, nil
}

// reach returns a client of the node that runs on a home: the one named, or
// else the usual one.
func reach(home string) (*api.Client, error) {
	home, err := node.Home(home)
	if err != nil {
		return nil, err
	}
	return api.Dial(home)
}

// dial returns a client of the node that this command speaks to.
func (c *command) dial() (*api.Client, error) {
	at, err := c.clock()
	if err != nil {
		return nil, err
	}
	client, err := c.reach(c.home)
	if err != nil {
		return nil, err
	}
	client.Call = api.Call{Community: c.community, Now: at}
	return client, nil
}

// ask runs one act on the running node and prints what came of it: as JSON, or as
// the given lines for a person.
func ask[Out any](c *command, cmd *cobra.Command, act func(context.Context, *api.Client) (Out, error), tell func(Out)) error {
	client, err := c.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	out, err := act(cmd.Context(), client)
	if err != nil {
		return err
	}
	return c.print(out, func() { tell(out) })
}

// print writes v as one line of JSON, or has tell write it for a person.
func (c *command) print(v any, tell func()) error {
	if !c.json {
		tell()
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// line writes a line that was asked for.
func (c *command) line(format string, args ...any) {
	fmt.Fprintln(c.out, shown(fmt.Sprintf(format, args...)))
}

// say writes a line beside what was asked for.
func (c *command) say(format string, args ...any) {
	if !c.quiet && !c.json {
		fmt.Fprintln(c.err, shown(fmt.Sprintf(format, args...)))
	}
}

// shown keeps what members wrote from steering a terminal: control characters
// but tab and line feed go, and so do the marks that turn text around.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// text reads a text from a file, or from standard input for "-".
func (c *command) text(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	in := c.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "give the path of a file that can be read, or - for standard input")
		}
		defer f.Close()
		in = f
	}
	// One byte more than a text holds is enough to be refused by its size.
	b, err := io.ReadAll(io.LimitReader(in, api.MaxText+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return string(b), nil
}

// directory returns the absolute path of a directory argument.
func directory(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", api.ErrUsage, err)
	}
	return abs, nil
}
