package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) found() *cobra.Command {
	var f api.Founding
	var lunch api.Lunch
	cmd := &cobra.Command{
		Use:   "found [NAME] [--concern TEXT]",
		Short: "make a community, with you as its first member",
		Long: `Without --concern it asks, on a terminal, what you do, what you care about, and
who or what it is not for. --starter prefills what you leave out, after one of six
communities: survival, art, engineering, identity, technique, coping; every word
of it can be changed later. --lunch founds one around a rhythm by which you meet
already: nothing else has to be said.`,
		Example: `  coppice found "Wiper Club" --concern "A clear view in any weather" --as Rosa
  coppice found "Wiper Club" --starter engineering --do "We design and fix wipers" --not-for "Styling"
  coppice found --lunch "Ward 7 table" --rrule "FREQ=WEEKLY;BYDAY=TU,TH" --start 2026-05-05T12:15`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Name = strings.Join(args, "")
			if lunch != (api.Lunch{}) {
				if f.Lunch = &lunch; lunch.Title == "" {
					return api.Hint(fmt.Errorf("%w: a rhythm needs a name", api.ErrUsage), "coppice found --lunch \"Ward 7 table\" --rrule \"FREQ=WEEKLY;BYDAY=TU,TH\"")
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Founded, error) {
				if f.Lunch == nil && f.Concern == "" && !c.json && isTerminal(c.in) && isTerminal(c.out) {
					if err := c.threeLines(ctx, client, &f); err != nil {
						return api.Founded{}, err
					}
				}
				return client.Found(ctx, f)
			}, func(out api.Founded) { c.tellFounded(out, f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Concern, "concern", "", "what you care about together, in a sentence")
	flags.StringVar(&f.Domain, "do", "", "what you do, in a sentence")
	flags.StringVar(&f.NotFor, "not-for", "", "who or what it is not for")
	flags.StringVar(&f.Style, "style", "", "deliberate, mixed or incidental (default mixed; incidental with --lunch)")
	flags.StringVar(&f.Starter, "starter", "", "prefill what is not said: survival, art, engineering, identity, technique or coping")
	flags.StringVar(&lunch.Title, "lunch", "", "what you call the lunch, or the round, where you meet already")
	flags.StringVar(&lunch.RRule, "rrule", "", "how it comes again (RFC 5545), such as FREQ=WEEKLY;BYDAY=TU,TH")
	flags.StringVar(&lunch.Start, "start", "", "when it first was or will be: 2026-05-05T12:15")
	flags.StringVar(&f.As, "as", "", "the name you go by here")
	flags.StringVar(&f.Commitment, "commitment", "", "what you promise, in your own words")
	return cmd
}

func (c *command) tellFounded(out api.Founded, f api.Founding) {
	c.line("%s", out.Community)
	c.say("%s is founded. Alone this is a notebook: invite two, with `coppice invite`.", out.Name)
	if f.Starter != "" {
		c.say("`coppice charter show` shows what it begins with; `coppice charter edit` says it in your words.")
	}
}

// threeLines asks a person for what she did not say: the name, what they do, what
// they care about, and who or what it is not for. An empty line takes the
// example of the starter, if there is one.
func (c *command) threeLines(ctx context.Context, client *api.Client, f *api.Founding) error {
	all, err := client.Starters(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all.Items, func(s api.Starter) bool { return s.Name == strings.ToLower(f.Starter) })
	var s api.Starter
	if i >= 0 {
		s = all.Items[i]
	}
	in := bufio.NewReader(c.in)
	for _, one := range []struct {
		into          *string
		asks, example string
	}{
		{&f.Name, "What is it called?", ""}, {&f.Domain, "What do we do?", s.Domain},
		{&f.Concern, "What do we care about?", s.Concern}, {&f.NotFor, "Who or what is it not for?", s.OutScope},
	} {
		if *one.into != "" {
			continue
		}
		if one.example != "" {
			one.asks += " [" + one.example + "]"
		}
		fmt.Fprintf(c.err, "%s ", one.asks)
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			return api.Hint(fmt.Errorf("%w: nothing was founded", api.ErrUsage), "answer the questions, or give --do, --concern and --not-for")
		}
		*one.into = strings.TrimSpace(line)
	}
	return nil
}
