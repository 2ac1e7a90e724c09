package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) way() *cobra.Command {
	return noun("way", "what we know how to do", c.write("new", "way", "write down a way of doing something"))
}

func (c *command) story() *cobra.Command {
	return noun("story", "what happened to us", c.telling("new"))
}

func (c *command) tell() *cobra.Command { return c.telling("tell") }

// write makes the verb that writes a new document of a kind.
func (c *command) write(verb, kind, short string) *cobra.Command {
	d := api.Draft{Kind: kind}
	var file string
	var from []string
	cmd := &cobra.Command{
		Use:   verb + " --title T [--file F|-] [--from ID]...",
		Short: short,
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(from) > 0 {
				d.Fields = map[string]any{"links": links("from", from)}
			}
			return c.draft(cmd, d, file)
		},
	}
	drafting(cmd, &d, &file)
	cmd.Flags().StringArrayVar(&from, "from", nil, "what it was made of: a question, an answer, a story (repeatable)")
	return cmd
}

// links makes links of one relation.
func links(rel string, to []string) (all []any) {
	for _, id := range to {
		all = append(all, map[string]any{"rel": rel, "to": id})
	}
	return all
}

// drafting gives a verb the flags of what is written.
func drafting(cmd *cobra.Command, d *api.Draft, file *string) {
	f := cmd.Flags()
	f.StringVar(&d.Title, "title", "", "what it is called")
	f.StringVar(file, "file", "", "its text (Markdown), - for standard input")
	if d.Kind != "problem" {
		f.StringVar(&d.Form, "form", "", "its form, such as checklist or case")
	}
	f.StringArrayVar(&d.Areas, "area", nil, "an area it belongs to (repeatable)")
}

func (c *command) draft(cmd *cobra.Command, d api.Draft, file string) (err error) {
	if d.Body, err = c.text(file); err != nil {
		return err
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
		return client.New(ctx, d)
	}, func(out api.Made) { c.line("%s", out.ID) })
}

// telling makes the verb that tells a story: one's own, or for who told it.
func (c *command) telling(verb string) *cobra.Command {
	d := api.Draft{Kind: "story"}
	var file, teller, at, happened string
	var where []string
	var masked bool
	cmd := &cobra.Command{
		Use:   verb + " --title T [--file F|-] [--at GATHERING] [--teller NAME]",
		Short: "tell a story, in your own voice (tell = story new)",
		Long: `Tells a story. Only its teller and who writes it down can change it. --teller names
who told it, a member or anybody else; a member can mask it or take it back.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.Fields = map[string]any{}
			for name, value := range map[string]string{"teller": c.teller(cmd, teller), "happened": happened} {
				if value != "" {
					d.Fields[name] = value
				}
			}
			if at != "" {
				d.Fields["links"] = links("told_at", []string{at})
			}
			if len(where) > 0 {
				d.Fields["context"] = strings.Join(where, ",")
			}
			if masked {
				d.Fields["masked"] = true
			}
			return c.draft(cmd, d, file)
		},
	}
	drafting(cmd, &d, &file)
	f := cmd.Flags()
	f.StringVar(&teller, "teller", "", "who told it, if not you: a member's name, or words such as \"a nurse on nights\"")
	f.StringVar(&at, "at", "", "the gathering it was told at")
	f.StringVar(&happened, "happened", "", "the day it happened: 2026-05-14")
	f.StringArrayVar(&where, "ctx", nil, "where it happened, key=value (repeatable)")
	f.BoolVar(&masked, "masked", false, "details are changed to protect people")
	return cmd
}

// teller returns whom a name means: a member of that name, if there is one.
func (c *command) teller(cmd *cobra.Command, name string) string {
	if name == "" || name == "me" || strings.HasPrefix(name, "@") {
		return name
	}
	client, err := c.dial()
	if err != nil {
		return name // the act that follows says so
	}
	defer client.Close()
	members, err := client.Members(cmd.Context())
	if err != nil {
		return name
	}
	for _, m := range members.Items {
		if strings.EqualFold(m.Name, name) {
			return "@" + m.ID
		}
	}
	return name
}

func (c *command) retold() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "retold STORY --at GATHERING",
		Short: "note that a story was told once more",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if at == "" {
				return api.Hint(fmt.Errorf("%w: where was it told?", api.ErrUsage), "name the gathering: --at ID; `coppice gathering list` shows them")
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "add", Field: "retold", Value: at})
			}, func(api.Made) { c.say("noted") })
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "the gathering")
	return cmd
}

// entering makes a verb that enters something in a log of a document: words,
// and the context they were made in.
func (c *command) entering(use, short, field string, args cobra.PositionalArgs, fill func(args []string, entry map[string]any) string) *cobra.Command {
	var where []string
	var effect string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  args,
		RunE: func(cmd *cobra.Command, args []string) error {
			entry := map[string]any{}
			words := fill(args, entry)
			if words != "" {
				entry["words"] = words
			}
			if len(where) > 0 {
				entry["context"] = strings.Join(where, ",")
			}
			if effect != "" {
				entry["effect"] = effect
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "enter", Field: field, Value: entry})
			}, func(out api.Made) {
				c.line("%s", out.ID)
				if entry["outcome"] == "adapted" {
					c.say("is yours a variant worth a page of its own? `coppice way new`, then `coppice add ID links \"adapts %s\"`", args[0])
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&where, "ctx", nil, "where, key=value (repeatable)")
	if field == "trials" {
		f.StringVar(&effect, "effect", "", "what came of it in the end")
	}
	return cmd
}

func (c *command) tried() *cobra.Command {
	return c.entering("tried WAY worked|adapted|failed [WORDS] [--ctx k=v]", "say what happened when you did as a way says", "trials", cobra.RangeArgs(2, 3),
		func(args []string, entry map[string]any) string {
			entry["outcome"] = args[1]
			return strings.Join(args[2:], " ")
		})
}

func (c *command) used() *cobra.Command {
	return c.entering("used STORY [WORDS] [--ctx k=v]", "say that a story was of use to you", "used", cobra.RangeArgs(1, 2),
		func(args []string, _ map[string]any) string { return strings.Join(args[1:], " ") })
}
