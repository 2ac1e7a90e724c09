package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) bridge() *cobra.Command {
	return noun("bridge", "neighbour communities, and who goes between", c.bridgeNew(), c.listOf("bridge", "`coppice bridge new COMMUNITY`, where this node is in both"), c.bridgeAccept(), c.bridgeWord(), c.bridgeLetter())
}

func (c *command) bridgeNew() *cobra.Command {
	var t api.Tying
	cmd := &cobra.Command{
		Use:   "new COMMUNITY",
		Short: "tie this community to another that this node is in",
		Args:  arguments("COMMUNITY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			t.With = args[0]
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Tied, error) {
				return client.Bridge(ctx, t)
			}, func(out api.Tied) {
				c.line("%s", out.ID)
				c.say("the bridge stands on both sides, with you as a broker. `coppice share ID --with COMMUNITY` brings something over.")
			})
		},
	}
	cmd.Flags().StringVar(&t.Tie, "tie", "", "what the other is to this one: neighbour (default), parent, child, sibling")
	return cmd
}

// assigned makes a command that does one act on a field of a document.
func (c *command) assigned(use, short, done string, names []string, act func(args []string) api.Assignment) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  arguments(names...),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], act(args))
			}, func(api.Made) { c.say("%s", done) })
		},
	}
}

func (c *command) bridgeAccept() *cobra.Command {
	return c.assigned("accept ID", "go between: you are in both", "you are a broker of this bridge", []string{"ID"}, func([]string) api.Assignment {
		return api.Assignment{Verb: "put", Field: "brokers", Value: true}
	})
}

func (c *command) bridgeWord() *cobra.Command {
	return c.assigned("word ID OURS THEIRS", "say which of their words means one of ours", "noted", []string{"ID", "OURS", "THEIRS"}, func(args []string) api.Assignment {
		return api.Assignment{Verb: "add", Field: "words", Value: map[string]any{"ours": args[1], "theirs": args[2]}}
	})
}

func (c *command) bridgeLetter() *cobra.Command {
	return c.assigned("letter ID TEXT", "write down what to tell, or what they told", "it stands with the bridge", []string{"ID", "TEXT"}, func(args []string) api.Assignment {
		return api.Assignment{Verb: "enter", Field: "letters", Value: args[1]}
	})
}

func (c *command) share() *cobra.Command {
	var s api.Sharing
	cmd := &cobra.Command{
		Use:   "share ID --with COMMUNITY",
		Short: "bring a way, a story, a question or a word into another community you are in",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Shared, error) {
				return client.Share(ctx, args[0], s)
			}, func(out api.Shared) {
				c.line("%s", out.ID)
				if out.Already {
					c.say("it was there before: nothing is there twice")
				} else {
					c.say("it is there now, with where it comes from")
				}
			})
		},
	}
	cmd.Flags().StringVar(&s.With, "with", "", "the other community: its id, a prefix of it, or its name")
	return cmd
}

func (c *command) split() *cobra.Command {
	var s api.Splitting
	cmd := &cobra.Command{
		Use:   "split NAME --areas A,B [--members @X,@Y]",
		Short: "a community of its own for some areas, with copies of what is in them",
		Long: `Founds a community with copies of what is in some areas and below them, each
with where it comes from, and ties the two. Nothing is taken away here. For the
members named it prints an invite: send it to them.`,
		Example: `  coppice split "Cold Club" --areas cold --members @Ingrid,@Sam`,
		Args:    arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.Name = args[0]
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Split, error) {
				return client.Split(ctx, s)
			}, c.tellSplit)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.Concern, "concern", "", "what it cares about (default: as here)")
	f.StringSliceVar(&s.Areas, "areas", nil, "what goes along, with commas between (repeatable)")
	f.StringSliceVar(&s.Members, "members", nil, "who is invited, with commas between (repeatable)")
	return cmd
}

func copies(n int) string {
	if n == 1 {
		return "a copy of one thing"
	}
	return fmt.Sprintf("copies of %d things", n)
}

func (c *command) tellSplit(out api.Split) {
	c.line("%s", out.Community)
	c.say("%s is founded with %s that are here; nothing is taken away here.", out.Name, copies(out.Copied))
	for _, f := range out.Failed {
		c.say("not copied: %s", f)
	}
	if out.Invite != "" {
		var names []string
		for _, p := range out.For {
			names = append(names, p.Name)
		}
		c.say("invite for %s:", strings.Join(names, ", "))
		c.line("%s", out.Invite)
	}
}

// tellBeside shows what a bridge has of both sides.
func (c *command) tellBeside(b api.Beside) {
	for _, part := range []struct {
		says  string
		items []api.Item
	}{
		{"outside our domain, perhaps theirs (`coppice share ID --with THEM`):", b.Offers},
		{"asked here:", b.AskedHere},
		{"asked there:", b.AskedThere},
	} {
		if len(part.items) > 0 {
			c.line("\n%s", part.says)
			c.tellItems(part.items)
		}
	}
}
