package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) conflict() *cobra.Command {
	return noun("conflict", "what two chose, wrote or named apart", c.conflicts(), c.resolve())
}

func (c *command) conflicts() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "what nobody settled yet, the last touched first",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Conflicts, error) {
				return client.Conflicts(ctx)
			}, func(out api.Conflicts) {
				for _, i := range out.Items {
					c.line("%s  %-8s  %s", short(i.ID), i.Kind, i.Title)
					for _, one := range i.Conflicts {
						c.tellConflict(one)
					}
				}
				for _, t := range out.Twins {
					c.line("%s  %-8s  %s: perhaps the same as %s %s?", short(t.Younger.ID), t.Younger.Kind, t.Younger.Title, short(t.Older.ID), t.Older.Title)
				}
				switch {
				case len(out.Items)+len(out.Twins) == 0:
					c.say("nothing is to be settled")
				case len(out.Items) > 0:
					c.say("`coppice conflict resolve ID FIELD NUMBER` chooses one; `coppice conflict resolve ID` says of a text that it reads well")
				}
				if len(out.Twins) > 0 {
					c.say("`coppice same ID ID` makes one of two")
				}
			})
		},
	}
}

// tellConflict says what stands against what, and asks which.
func (c *command) tellConflict(one api.Conflict) {
	if len(one.Values) == 0 {
		names := make([]string, len(one.By))
		for i, who := range one.By {
			names[i] = who.Name
		}
		c.line("  %s, paragraph %d: %s wrote in it apart. Read this again.", one.Field, one.Paragraph, strings.Join(names, " and "))
		return
	}
	said := make([]string, len(one.Values))
	for i, v := range one.Values {
		said[i] = fmt.Sprintf("%d. %s said %s", i+1, v.By.Name, inWords(v.Value))
	}
	c.line("  %s: %s. Which?", one.Field, strings.Join(said, ", "))
}

// inWords writes a value as JSON has it for a person.
func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case map[string]any:
		if name, ok := v["name"].(string); ok {
			return name
		}
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+"="+inWords(v[key]))
		}
		return strings.Join(parts, ", ")
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = inWords(one)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

func (c *command) resolve() *cobra.Command {
	return &cobra.Command{
		Use:   "resolve ID [FIELD] [NUMBER|VALUE]",
		Short: "choose one of the values, or say that a text reads well",
		Example: `  coppice conflict resolve 7k2m start 2
  coppice conflict resolve 7k2m`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := api.Resolution{}
			if len(args) == 3 {
				r.Field = args[1]
			}
			if len(args) > 1 {
				last := args[len(args)-1]
				if n, err := strconv.Atoi(last); err == nil {
					r.Choose = n
				} else if len(args) == 3 {
					r.Value = last
				} else {
					r.Field = last
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Resolve(ctx, args[0], r)
			}, func(api.Made) { c.say("settled") })
		},
	}
}

func (c *command) same() *cobra.Command {
	var s api.Sameness
	cmd := &cobra.Command{
		Use:   "same ID ID [--not]",
		Short: "say that two documents are one: the older stands for both",
		Args:  arguments("ID", "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.As = args[1]
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.JoinSame(ctx, args[0], s)
			}, func(out api.Made) { c.line("%s", out.ID) })
		},
	}
	cmd.Flags().BoolVar(&s.Not, "not", false, "they are two after all")
	return cmd
}

func (c *command) shelve() *cobra.Command {
	var why string
	var back bool
	cmd := &cobra.Command{
		Use:   "shelve ID [--why TEXT | --back]",
		Short: "put a document away: it is kept, and stands in no list",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			word := map[string]any{"is": "yes"}
			if back {
				word["is"] = "no"
			}
			if why != "" {
				word["why"] = why
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "put", Field: "shelved", Value: word})
			}, func(api.Made) {
				if back {
					c.say("it is back in the lists")
				} else {
					c.say("it is put away; `coppice shelve %s --back` brings it back", args[0])
				}
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "why, in a few words")
	cmd.Flags().BoolVar(&back, "back", false, "bring it back")
	return cmd
}

func (c *command) withdraw() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "withdraw ID",
		Short: "take words back for good: yours, or as a convener anybody's",
		Long: `Takes back what was said, for good: an answer, a comment, or what you wrote in a
document. Every node drops the words and keeps that there were some. Copies that
somebody printed or exported cannot be called back.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes && isTerminal(c.in) {
				if err := c.confirm("take these words back for good"); err != nil {
					return err
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Withdrawn, error) {
				return client.Withdraw(ctx, args[0])
			}, func(out api.Withdrawn) {
				c.say("%s without effect; members' nodes drop the words as they hear of it", count(out.Changes, "change"))
				if len(out.Left) > 0 {
					c.say("It shows nowhere any more. What %s typed lies in the logs, out of sight, until they or a convener say so too: coppice withdraw %s", names(out.Left), args[0])
				}
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
