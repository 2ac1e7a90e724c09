package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) discussion() *cobra.Command {
	return noun("discussion", "what we talk over, and what we decide", c.discussionNew(), c.listOf("discussion", "`coppice discussion new TITLE`"), c.stance(), c.result())
}

func (c *command) discussionNew() *cobra.Command {
	var file, purpose, proposal, closes string
	var about []string
	d := api.Draft{Kind: "discussion"}
	cmd := &cobra.Command{
		Use:   "new TITLE [--about ID] [--purpose P] [--file F|-] [--proposal TEXT [--closes 7d]]",
		Short: "begin to talk something over, or propose something",
		Example: `  coppice discussion new "Two benches a month?" --purpose coordination --file -
  coppice discussion new "Sign park changes" --proposal "We sign every change to the park switch." --closes 7d`,
		Args: arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			d.Title, d.Fields = args[0], map[string]any{}
			if d.Body, err = c.text(file); err != nil {
				return err
			}
			if proposal != "" {
				d.Fields["proposal"] = proposal
				if purpose == "" {
					purpose = "proposal"
				}
			}
			if len(about) > 0 {
				d.Fields["links"] = links("about", about)
			}
			if purpose != "" {
				d.Fields["purpose"] = purpose
			}
			if closes != "" {
				if d.Fields["closes"], err = c.dayOf(closes); err != nil {
					return err
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.New(ctx, d)
			}, func(out api.Made) {
				c.line("%s", out.ID)
				if proposal != "" {
					c.say("Others say what they think: `coppice discussion stance %s agree|abstain|disagree|block WHY`", short(out.ID))
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&purpose, "purpose", "", "talk, development, coordination, information or proposal")
	f.StringArrayVar(&about, "about", nil, "what it is about: a way, a problem, anything (repeatable)")
	f.StringVar(&file, "file", "", "what there is to say (Markdown), - for standard input")
	f.StringVar(&proposal, "proposal", "", "what you propose, in a sentence or two")
	f.StringVar(&closes, "closes", "", "the last day to say something: 7d, 2w or 2026-05-14")
	f.StringArrayVar(&d.Areas, "area", nil, "an area it belongs to: its name or id (repeatable)")
	return cmd
}

// dayOf reads a day, or how far off it is: 7d, 2w.
func (c *command) dayOf(text string) (string, error) {
	if len(text) < 2 {
		return text, nil // refused where it is written
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	days := map[byte]int{'d': 1, 'w': 7}[text[len(text)-1]]
	if err != nil || n < 0 || n > 3660 || days == 0 {
		return text, nil
	}
	now, err := c.clock()
	if err != nil {
		return "", err
	}
	if now.IsZero() {
		now = time.Now()
	}
	return now.UTC().AddDate(0, 0, n*days).Format(time.DateOnly), nil
}

func (c *command) stance() *cobra.Command {
	return &cobra.Command{
		Use:   "stance ID agree|abstain|disagree|block [WHY]",
		Short: "say what you think of a proposal, and why",
		Long: `It is said of the proposal as it reads now: when it is reworded, who took a stance
before is shown to have done so on the earlier text. Say it again to say it anew.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 || len(args) == 3 {
				return nil
			}
			return api.Hint(fmt.Errorf("%w: coppice discussion stance takes ID, a stance, and why", api.ErrUsage), "coppice discussion stance ID agree|abstain|disagree|block \"why\"")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			value := map[string]any{"says": args[1], "wording": "now"}
			if len(args) > 2 {
				value["why"] = args[2]
			} else if args[1] == "block" || args[1] == "disagree" {
				c.say("(a reason helps the others: say it again with WHY)")
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "put", Field: "stances", Value: value})
			}, func(api.Made) { c.say("noted") })
		},
	}
}

func (c *command) result() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "outcome ID [TEXT | --file F|-]",
		Short: "write down what came of it: then it is decided",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (file == "") == (len(args) < 2) {
				return api.Hint(fmt.Errorf("%w: what came of it is given as TEXT or by --file", api.ErrUsage), "coppice discussion outcome ID \"We meet twice a month\"")
			}
			text, err := c.text(file)
			if err != nil {
				return err
			}
			if file == "" {
				text = args[1]
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Edit(ctx, args[0], api.Rewrite{Field: "outcome", Text: text})
			}, func(api.Made) {
				c.say("decided. If it is how we work from now on: `coppice charter edit --field norms --file F`")
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "read it from a file, or from standard input with -")
	return cmd
}

// tellDiscussion says what matters of a discussion besides its words.
func (c *command) tellDiscussion(d api.Document) {
	if purpose := into[string](d.Fields["purpose"]); purpose != "" {
		c.line("%s", purpose)
	}
	if closes := into[string](d.Fields["closes"]); closes != "" && d.State != "decided" {
		c.line("closes on %s", closes)
	}
	for _, part := range []struct{ field, says string }{{"proposal", "proposed"}, {"summary", "in short"}, {"outcome", "what came of it"}} {
		if text := strings.TrimSpace(into[string](d.Fields[part.field])); text != "" {
			c.line("\n%s:\n%s", part.says, text)
		}
	}
	for _, s := range into[[]api.Stance](d.Fields["stances"]) {
		line := s.Member.Name + ": " + s.Value.Says
		if s.Earlier {
			line += " (of an earlier wording)"
		}
		if s.Value.Why != "" {
			line += ", " + s.Value.Why
		}
		c.line("  %s", line)
	}
}
