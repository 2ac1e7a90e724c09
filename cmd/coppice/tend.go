package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) tend() *cobra.Command {
	return &cobra.Command{
		Use:   "tend",
		Short: "what falls to you this week, and what else wants care, each with the next step",
		Long: `Welcoming who came, looking at a question that nobody answered, taking notes,
reading an old way again: what has to be done by somebody falls to members by a
hash of their ids and the week, so that no one has to ask, and to nobody more than
three times. Leave what you cannot do; next week it falls to others. "coppice away"
ends it for as long as you are away. The rest is for whoever likes to.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Tend, error) {
				return client.Tend(ctx)
			}, c.tellTend)
		},
	}
}

func (c *command) tellTend(out api.Tend) {
	for _, d := range out.Duties {
		c.line("%s: %s\n  %s\n  %s", map[string]string{
			"welcome": "welcome", "answer": "look at this question", "scribe": "take notes", "review": "read this again",
		}[d.Duty], d.Item.Title, d.Why, d.Next)
	}
	if len(out.Duties) == 0 {
		c.say("nothing falls to you this week")
	}
	c.tellCares(out, "tries", "you meant to try", out.Tries)
	c.tellCares(out, "stale", "to be looked at again", out.Stale)
	c.tellCares(out, "undistilled", "answered, and not kept yet", out.Undistilled)
	c.tellCares(out, "unwritten", "keeps coming back", out.Unwritten)
	c.heading(len(out.OneKeeper), "rests on one")
	for _, k := range out.OneKeeper {
		c.line("%s, kept by %s\n  %s\n  %s", k.Area.Title, k.Keeper.Name, k.Why, k.Next)
	}
	c.more(out, "one_keeper")
	c.heading(len(out.Unexplained), "words without a meaning")
	for _, w := range out.Unexplained[:min(len(out.Unexplained), mostWords)] {
		c.line("%-20s  in %s, of %s", w.Word, count(w.Documents, "document"), count(w.Members, "member"))
	}
	if len(out.Unexplained) > 0 {
		c.line("  coppice term new %q --means \"...\"", out.Unexplained[0].Word)
	}
	if len(out.Unexplained) > mostWords {
		c.say("and more: coppice term list --unexplained")
	}
	c.heading(len(out.Twins), "perhaps one")
	for _, t := range out.Twins {
		c.line("%s\n%s\n  coppice same %s %s", t.Older.Title, t.Younger.Title, short(t.Younger.ID), short(t.Older.ID))
	}
	c.more(out, "twins")
	c.heading(len(out.Conflicts), "to be settled")
	for _, one := range out.Conflicts {
		c.line("%s  %s", short(one.ID), one.Title)
		for _, conflict := range one.Conflicts {
			c.tellConflict(conflict)
		}
	}
	c.more(out, "conflicts")
	if len(out.Hint) > 0 {
		c.line("\nyou keep talking about: %s. Is this your domain?\n  coppice charter edit --field domain --file -", strings.Join(out.Hint, ", "))
	}
}

// mostWords is how many words without a meaning a terminal shows.
const mostWords = 5

// heading begins a list of a page, if there is anything in it.
func (c *command) heading(lines int, says string) {
	if lines > 0 {
		c.line("\n%s:", says)
	}
}

func (c *command) tellCares(out api.Tend, list, says string, all []api.Care) {
	c.heading(len(all), says)
	for _, one := range all {
		c.line("%s\n  %s\n  %s", one.Title, one.Why, one.Next)
	}
	c.more(out, list)
}

// more says how much of a list is left out.
func (c *command) more(out api.Tend, list string) {
	if n := out.More[list]; n > 0 {
		c.say("and %d more", n)
	}
}

func (c *command) mirror() *cobra.Command {
	return &cobra.Command{
		Use:   "mirror",
		Short: "what came of telling each other: what was told, what was used, who learned from whom",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Mirror, error) {
				return client.Mirror(ctx)
			}, func(out api.Mirror) {
				for _, line := range out.Says {
					c.line("%s", line)
				}
				for _, one := range out.Learned {
					c.line("\n%s used", one.Member.Name)
					for _, i := range one.From {
						c.line("  %s  %s", short(i.ID), i.Title)
					}
				}
			})
		},
	}
}
