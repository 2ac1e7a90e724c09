package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) digest() *cobra.Command {
	var peek bool
	var since string
	cmd := &cobra.Command{
		Use:   "digest [--peek] [--since TIME]",
		Short: "what happened since you last asked, what is for you first",
		Long: `Tells what others did since the digest before, once: what is for you, what was
changed of yours, what is new in the areas you help with or learn, who came. It is
made of what this node holds; nobody is told that you read it. --peek leaves it
new; --since looks further back and leaves it new too.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := api.Digestion{Seen: !peek}
			if since != "" {
				at, err := time.Parse(time.RFC3339, since)
				if err != nil {
					return api.Hint(fmt.Errorf("%w: %q is no time", api.ErrUsage, since), "write it like 2026-05-03T12:00:00Z")
				}
				d = api.Digestion{Since: at}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Digest, error) {
				return client.Digest(ctx, d)
			}, c.tellDigest)
		},
	}
	cmd.Flags().BoolVar(&peek, "peek", false, "leave it new for the next time")
	cmd.Flags().StringVar(&since, "since", "", "what happened since then, as 2026-05-03T12:00:00Z")
	return cmd
}

func (c *command) tellDigest(d api.Digest) {
	for _, part := range []struct {
		head string
		of   []api.Told
	}{
		{"For you", d.ForMe}, {"Changed of what you wrote or shaped", d.Changed},
		{"In your areas", d.InMyAreas}, {"Who came", d.Arrivals},
	} {
		if len(part.of) == 0 {
			continue
		}
		c.line("%s", part.head)
		for _, t := range part.of {
			c.line("  %s  %s %q\n            %s", short(t.ID), t.Kind, t.Title, t.What)
		}
	}
	switch told := len(d.ForMe) + len(d.Changed) + len(d.InMyAreas) + len(d.Arrivals); {
	case d.Rest > 0:
		c.line("and something in %s more: coppice list", count(d.Rest, "document"))
	case told == 0:
		c.say("nothing new since %s", d.Since.Local().Format(day))
	}
	if d.First {
		c.say("what was here when you came is no news: `coppice charter show` says what it is about, `coppice list` shows it")
	}
}
