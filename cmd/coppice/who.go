package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) who() *cobra.Command {
	var l api.Looking
	cmd := &cobra.Command{
		Use:   "who [@NAME] [--area A]",
		Short: "who knows what: recognised, contributed, helps, learns",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l.Member = strings.Join(args, "")
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Who, error) {
				return client.Who(ctx, l)
			}, func(out api.Who) {
				for _, area := range out.Items {
					c.line("%s", area.Area.Title)
					for _, k := range area.People {
						c.tellKnows(k)
					}
				}
				if len(out.Items) == 0 {
					c.say("nobody has said or shown anything here yet: `coppice hello --helps AREA --learns AREA`")
				}
			})
		},
	}
	cmd.Flags().StringVar(&l.Area, "area", "", "in this area alone: its title or id")
	return cmd
}

func (c *command) tellKnows(k api.Knows) {
	text := "  " + k.Member.Name + ", " + k.How
	if k.Learns && k.How != "learns" {
		text += ", and learns more"
	}
	c.line("%s", text)
	for _, r := range k.Recognised {
		c.line("    %s", r.Says)
	}
}

func (c *command) unmet() *cobra.Command {
	return &cobra.Command{
		Use:   "unmet",
		Short: "who shares an area with you and whom you have not met",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Unmet, error) {
				return client.Unmet(ctx)
			}, func(out api.Unmet) {
				c.tellAcquaintances(out.Items)
				if len(out.Items) == 0 {
					c.say("nobody: you met all who share an area with you. `coppice hello --learns AREA` says what else you want to learn")
				}
			})
		},
	}
}

func (c *command) tellAcquaintances(all []api.Acquaintance) {
	for _, a := range all {
		c.line("%s", a.Says)
		if a.Does != "" {
			c.line("  does: %s", firstLine(a.Does))
		}
		c.line("  %s", a.Next)
	}
}

// firstLine returns a text's first line.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func (c *command) graph() *cobra.Command {
	return &cobra.Command{
		Use:   "graph",
		Short: "who knows whom, by what passed between them this year",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Graph, error) {
				return client.Graph(ctx)
			}, func(out api.Graph) {
				for _, e := range out.Edges {
					c.line("%s", e.Says)
				}
				if len(out.Edges) == 0 {
					c.say("nothing passed between members yet: `coppice ask`, `coppice unmet`")
				}
			})
		},
	}
}

func (c *command) hello() *cobra.Command {
	var i api.Introduction
	var file, meet string
	cmd := &cobra.Command{
		Use:   "hello [@NAME TEXT] [--meet @NAME] [--does TEXT] [--helps AREA] [--learns AREA] [--intro TEXT]",
		Short: "introduce yourself, or greet somebody; alone: who came lately",
		Long: `With flags it says something of yourself on your page. With a name and a text it
says hello to somebody, on her page; --meet names another whom she should meet, and
says it on both pages. Without either it shows who came lately and what you have
in common.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			said := cmd.Flags().NFlag() > 0 && len(i.Intro+i.Does+file)+len(i.Helps)+len(i.Learns)+len(i.Service) > 0
			switch {
			case len(args) == 0 && said:
				return c.introduce(cmd, i, file)
			case len(args) == 0:
				return c.arrivals(cmd)
			}
			return c.greet(cmd, args, meet)
		},
	}
	f := cmd.Flags()
	f.StringVar(&meet, "meet", "", "introduce her to this other member")
	f.StringVar(&i.Does, "does", "", "what you do, and since when")
	f.StringVar(&i.Intro, "intro", "", "more about you")
	f.StringVar(&file, "file", "", "the same from a file, - for standard input")
	f.StringArrayVar(&i.Helps, "helps", nil, "an area in which you help (repeatable)")
	f.StringArrayVar(&i.Learns, "learns", nil, "an area you want to learn (repeatable)")
	f.StringArrayVar(&i.Service, "service", nil, "what you do for all: welcomer, agenda keeper, reporter, critical friend, messenger, value detective")
	return cmd
}

func (c *command) introduce(cmd *cobra.Command, i api.Introduction, file string) error {
	if file != "" {
		text, err := c.text(file)
		if err != nil {
			return err
		}
		i.Intro = text
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
		return client.Introduce(ctx, i)
	}, func(api.Made) { c.say("it stands on your page: `coppice show me`") })
}

func (c *command) arrivals(cmd *cobra.Command) error {
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Arrivals, error) {
		return client.Arrivals(ctx)
	}, func(out api.Arrivals) {
		for _, a := range out.Items {
			c.line("%s came in %s", a.Member.Name, a.Came.Local().Format("2 January 2006"))
			c.tellAcquaintances([]api.Acquaintance{a})
		}
		if len(out.Items) == 0 {
			c.say("nobody came lately")
		}
		if len(out.Unsaid) > 0 {
			c.say("you have not said yet: %s. For instance: coppice hello --does \"...\" --helps AREA --learns AREA", strings.Join(out.Unsaid, ", "))
		}
	})
}

// greeted names the comments that greet somebody.
type greeted struct {
	ID  string   `json:"id"`
	IDs []string `json:"ids"`
}

// greet says something to somebody, on her page; of two who should meet, on both.
func (c *command) greet(cmd *cobra.Command, args []string, meet string) error {
	if len(args) < 2 {
		return api.Hint(fmt.Errorf("%w: hello needs words", api.ErrUsage), "coppice hello %s \"welcome!\"", args[0])
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (out greeted, err error) {
		who := []string{strings.TrimPrefix(args[0], "@")}
		if meet = strings.TrimPrefix(meet, "@"); meet != "" {
			who = append(who, meet)
		}
		pages := make([]api.MemberPage, len(who))
		for i, name := range who { // both are there before anything is said
			if pages[i], err = client.Member(ctx, name); err != nil {
				return out, err
			}
		}
		for i := range pages {
			text := args[1]
			if len(pages) > 1 {
				text = pages[1-i].Name + " and you should meet. " + text
			}
			made, err := client.Comment(ctx, pages[i].Document, api.Commenting{Body: text})
			if err != nil {
				return out, err
			}
			out.IDs = append(out.IDs, made.ID)
		}
		out.ID = out.IDs[0]
		return out, nil
	}, func(out greeted) {
		for _, id := range out.IDs {
			c.line("%s", id)
		}
	})
}

func (c *command) recognise() *cobra.Command {
	var r api.Recognising
	var undo bool
	cmd := &cobra.Command{
		Use:   `recognise @NAME --area A --for ID[,ID] ["WORDS"]`,
		Short: "say for what somebody is good to ask, by what she did",
		Long: `It stands as a sentence on her page. --for names what she contributed: a way, a
story, an answer, a trial; without one it says nothing and is refused.
--undo takes yours back.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if undo {
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (struct{}, error) {
					return struct{}{}, client.Unrecognise(ctx, args[0], r.Area)
				}, func(struct{}) { c.say("taken back") })
			}
			if len(args) > 1 {
				r.Words = args[1]
			}
			if r.For == nil {
				r.For = []string{} // the node says what there is to name
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Recognition, error) {
				return client.Recognise(ctx, args[0], r)
			}, func(out api.Recognition) { c.line("%s", out.Says) })
		},
	}
	cmd.Flags().StringVar(&r.Area, "area", "", "in which area: its title or id")
	cmd.Flags().StringSliceVar(&r.For, "for", nil, "what she contributed: ids, with commas between")
	cmd.Flags().BoolVar(&undo, "undo", false, "take it back")
	return cmd
}
