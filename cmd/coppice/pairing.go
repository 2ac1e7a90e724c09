package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

// The two sides of a pairing, as its fields are called.
const (
	mentors     = "mentors"
	apprentices = "apprentices"
)

func (c *command) pairing() *cobra.Command {
	return noun("pairing", "somebody who can and somebody who learns, side by side",
		c.pairingNew("want", apprentices, "say that you want to learn something from somebody"),
		c.pairingNew("offer", mentors, "say that you will help somebody along"),
		c.listOf("pairing", "`coppice pairing want --area A` or `offer --area A` begins one"),
		c.pairingShow(), c.accept(), c.stage(), c.diary(), c.pairingEnd())
}

func (c *command) pairingNew(verb, side, about string) *cobra.Command {
	var aims, rhythm string
	d := api.Draft{Kind: "pairing", Fields: map[string]any{side: true}}
	cmd := &cobra.Command{
		Use:     verb + " --area A",
		Short:   about,
		Example: "  coppice pairing " + verb + ` --area arms --aims "to set the angle by hand"`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if d.Body = aims; rhythm != "" {
				d.Fields["rhythm"] = rhythm
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.New(ctx, d)
			}, func(out api.Made) {
				c.line("%s", out.ID)
				c.say("who takes it up: coppice pairing accept %s", short(out.ID))
			})
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&d.Areas, "area", nil, "what is learned: an area, by its name or id (repeatable)")
	f.StringVar(&aims, "aims", "", "what should come of it")
	f.StringVar(&rhythm, "rhythm", "", "how often you meet, in words")
	return cmd
}

func (c *command) pairingShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "who learns with whom, how far they are, and their diary",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.reshow(cmd, args[0], func(_ context.Context, _ *api.Client, d api.Document) error {
				return of(d, "pairing")
			}, c.tellPairing)
		},
	}
}

func (c *command) tellPairing(d api.Document) {
	c.tellDocument(d)
	for _, side := range []string{mentors, apprentices} {
		var who []api.Person
		for _, one := range ownValues(d, side) {
			if one.Value == "yes" {
				who = append(who, one.Member)
			}
		}
		if len(who) > 0 {
			c.line("%s: %s", side, people(who))
		}
	}
	if stage, ok := d.Fields["at_stage"].(string); ok {
		c.line("stage: %s", stage)
	}
	for _, one := range ownValues(d, "stage") {
		c.line("  %s sees: %s", one.Member.Name, one.Value)
	}
	c.tellDiary(d)
}

func (c *command) tellDiary(d api.Document) {
	entries, _ := d.Fields["diary"].([]any)
	for _, item := range entries {
		o, _ := item.(map[string]any)
		body, _ := o["body"].(string)
		if o["withdrawn"] == true {
			continue
		}
		at, _ := o["at"].(string)
		c.line("\n%s, %s:\n%s", inWords(o["author"]), at[:min(len(at), 10)], strings.TrimRight(body, "\n"))
	}
}

// onPairing runs an act on a pairing by somebody and prints what it then is.
func (c *command) onPairing(cmd *cobra.Command, id string, act func(context.Context, *api.Client, api.Document, string) error, tell func(api.Document)) error {
	return c.reshow(cmd, id, func(ctx context.Context, client *api.Client, d api.Document) error {
		if err := of(d, "pairing"); err != nil {
			return err
		}
		me, err := client.Member(ctx, "me")
		if err != nil {
			return err
		}
		return act(ctx, client, d, me.ID)
	}, tell)
}

// isIn tells whether somebody is on a side of a pairing.
func isIn(d api.Document, side, who string) bool {
	return slices.ContainsFunc(ownValues(d, side), func(one api.Said) bool { return one.Member.ID == who && one.Value == "yes" })
}

// partner refuses who is not in a pairing.
func partner(d api.Document, me string) error {
	if isIn(d, mentors, me) || isIn(d, apprentices, me) {
		return nil
	}
	return api.Hint(fmt.Errorf("%w: that is for the two of them to say", api.ErrNotPermitted), "`coppice pairing accept %s` brings you in; `coppice comment %s` is for others", short(d.ID), short(d.ID))
}

func (c *command) accept() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:   "accept ID",
		Short: "take up what another offers or wants",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			side, known := map[string]string{"": "", "mentor": mentors, "apprentice": apprentices}[as]
			if !known {
				return api.Hint(fmt.Errorf("%w: nobody is in it as %q", api.ErrUsage, as), "--as mentor or --as apprentice")
			}
			return c.onPairing(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document, me string) error {
				if side == "" { // across from who began it
					if side = mentors; isIn(d, mentors, d.Author.ID) {
						side = apprentices
					}
				}
				if d.Author.ID == me && as == "" {
					return api.Hint(fmt.Errorf("%w: you began it, another takes it up", api.ErrUsage), "`coppice unmet` shows whom you could ask")
				}
				return assign(ctx, client, d.ID, "put", side, true)
			}, func(d api.Document) { c.say("%s: %s", d.Title, d.State) })
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "mentor or apprentice (default: across from who began it)")
	return cmd
}

func (c *command) stage() *cobra.Command {
	return &cobra.Command{
		Use:   "stage ID watching|together|alone|teaching",
		Short: "say how far it has come, as you see it",
		Args:  arguments("ID", "STAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			before := any(nil)
			return c.onPairing(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document, me string) error {
				if err := partner(d, me); err != nil {
					return err
				}
				before = d.Fields["at_stage"]
				return assign(ctx, client, d.ID, "put", "stage", args[1])
			}, func(d api.Document) {
				stage, both := d.Fields["at_stage"].(string)
				switch {
				case !both:
					c.say("noted; nobody has taken it up yet")
				case stage != args[1]:
					c.say("noted; it shows as %s until both see it so", stage)
				case stage == "teaching" && before != "teaching":
					c.say("%s has come to teaching. Who learned here can now guide the next newcomer: coppice add @NAME guide me", d.Title)
				default:
					c.say("it shows as %s", stage)
				}
			})
		},
	}
}

func (c *command) diary() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "diary ID [TEXT | --file F|-]",
		Short: "print what was tried, or write it down for all to read",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := c.text(file)
			if err != nil {
				return err
			}
			if len(args) > 1 {
				text = args[1]
			}
			return c.onPairing(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document, me string) error {
				if strings.TrimSpace(text) == "" {
					return nil
				}
				if err := partner(d, me); err != nil {
					return err
				}
				return assign(ctx, client, d.ID, "enter", "diary", map[string]any{"body": text})
			}, c.tellDiary)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "what to write, - for standard input")
	return cmd
}

func (c *command) pairingEnd() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "end ID [WORDS]",
		Short: "end it, and say what it was good for",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ended := map[string]any{"is": "yes"}
			if undo {
				ended["is"] = "no"
			}
			if len(args) > 1 {
				ended["words"] = args[1]
			}
			return c.onPairing(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document, me string) error {
				if d.Author.ID != me {
					if err := partner(d, me); err != nil {
						return err
					}
				}
				return assign(ctx, client, d.ID, "set", "ended", ended)
			}, func(d api.Document) { c.say("%s: %s", d.Title, d.State) })
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "it goes on after all")
	return cmd
}
