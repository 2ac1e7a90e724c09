package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) term() *cobra.Command {
	return noun("term", "our words, and what we mean by them", c.termNew(), c.termEdit(), c.termList())
}

func (c *command) termNew() *cobra.Command {
	var file, means, parent string
	var area bool
	var aliases []string
	cmd := &cobra.Command{
		Use:   "new TITLE [--means TEXT | --file F|-] [--area] [--parent T] [--alias A]",
		Short: "write down a word of ours; --area makes it a region of what we do",
		Example: `  coppice term new "Attack angle" --means "the angle at which the lip meets the glass" --alias "lip angle"
  coppice term new cold --area`,
		Args: arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if means != "" && file != "" {
				return api.Hint(fmt.Errorf("%w: what it means is given twice", api.ErrUsage), "give --means TEXT or --file F")
			}
			body, err := c.text(file)
			if err != nil {
				return err
			}
			d := api.Draft{Kind: "term", Title: args[0], Body: means + body, Fields: map[string]any{}}
			if area {
				d.Fields["area"] = true
			}
			if parent != "" {
				d.Fields["parent"] = parent
			}
			if len(aliases) > 0 {
				d.Fields["aliases"] = aliases
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.New(ctx, d)
			}, func(out api.Made) { c.line("%s", out.ID) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&means, "means", "", "what we mean by it")
	f.StringVar(&file, "file", "", "the same, from a file (Markdown), - for standard input")
	f.BoolVar(&area, "area", false, "it is a region of what we do: questions, ways and people have it as their area")
	f.StringVar(&parent, "parent", "", "the term it lies in: its name or id")
	f.StringArrayVar(&aliases, "alias", nil, "another name for it (repeatable)")
	return cmd
}

func (c *command) termEdit() *cobra.Command {
	var file, means string
	cmd := &cobra.Command{
		Use:   "edit TERM --means TEXT | --file F|-",
		Short: "say better what a word means: its name or id",
		Long:  "`coppice set ID parent T`, `coppice add ID aliases A` and `coppice add ID examples DOCUMENT` change the rest;\n`coppice add ID stewards me` says that you look after it.",
		Args:  arguments("TERM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (means == "") == (file == "") {
				return api.Hint(fmt.Errorf("%w: say once what it means", api.ErrUsage), "give --means TEXT or --file F")
			}
			body, err := c.text(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Edit(ctx, args[0], api.Rewrite{Text: means + body})
			}, func(api.Made) { c.say("saved") })
		},
	}
	cmd.Flags().StringVar(&means, "means", "", "what we mean by it")
	cmd.Flags().StringVar(&file, "file", "", "the same, from a file (Markdown), - for standard input")
	return cmd
}

func (c *command) termList() *cobra.Command {
	var unexplained bool
	cmd := &cobra.Command{
		Use:   "list [--unexplained]",
		Short: "our words; or words that several of us use and nobody explained",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if unexplained {
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Unexplained, error) {
					return client.Unexplained(ctx)
				}, c.tellUnexplained)
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Terms, error) {
				return client.Terms(ctx)
			}, func(out api.Terms) {
				for _, t := range out.Items {
					c.line("%s  %s", short(t.ID), termLine(t))
				}
				if len(out.Items) == 0 {
					c.say("no words yet: `coppice term new TITLE --means TEXT`; `coppice term list --unexplained` shows what we say")
				}
			})
		},
	}
	cmd.Flags().BoolVar(&unexplained, "unexplained", false, "words that stand in three documents or more, of two members or more, and have no meaning yet")
	return cmd
}

func termLine(t api.Term) string {
	line := t.Title
	if len(t.Aliases) > 0 {
		line += " (" + strings.Join(t.Aliases, ", ") + ")"
	}
	if t.Area {
		line += " [area]"
	}
	if t.Means != "" {
		line += ": " + t.Means
	}
	return line
}

func (c *command) tellUnexplained(out api.Unexplained) {
	for _, w := range out.Items {
		c.line("%-20s  in %s, of %s", w.Word, count(w.Documents, "document"), count(w.Members, "member"))
	}
	if len(out.Items) == 0 {
		c.say("none: what we say often is explained, or we do not say it often yet")
		return
	}
	c.say("`coppice term new %q --means TEXT` explains it", out.Items[0].Word)
}

func (c *command) mapping() *cobra.Command {
	return &cobra.Command{
		Use:   "map",
		Short: "the areas of what we do: what there is, who keeps it, what is missing",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Map, error) {
				return client.Map(ctx)
			}, func(out api.Map) {
				for _, r := range out.Items {
					c.line("%s  %s%s: %s", short(r.ID), strings.Repeat("  ", r.Depth), r.Title, regionLine(r))
				}
				if len(out.Items) == 0 {
					c.say("no areas yet: `coppice term new TITLE --area` makes one")
				}
			})
		},
	}
}

// regionLine says of an area what there is and what is missing.
func regionLine(r api.Region) string {
	parts := []string{count(r.Size, "item")}
	switch {
	case r.RestsOnOne:
		parts = append(parts, "one keeper, "+r.Keepers[0].Name+": pair up, or tell its stories")
	case len(r.Keepers) == 0:
		parts = append(parts, "no keeper")
	default:
		parts = append(parts, "kept by "+names(r.Keepers))
	}
	if n := len(r.Open); n > 0 {
		parts = append(parts, count(n, "open question"))
	}
	if n := len(r.Learners); n > 0 {
		parts = append(parts, count(n, "learner"))
	}
	if r.Unsolved > 0 {
		parts = append(parts, count(r.Unsolved, "problem")+" without a proven way")
	}
	if r.Gap > 0 {
		parts = append(parts, fmt.Sprintf("gap %.1f", r.Gap))
	}
	return strings.Join(parts, "; ")
}

// tellTerm says what matters of a term besides its meaning.
func (c *command) tellTerm(d api.Document) {
	if into[bool](d.Fields["area"]) {
		c.line("an area of what we do")
	}
	if aliases := into[[]string](d.Fields["aliases"]); len(aliases) > 0 {
		c.line("also called %s", strings.Join(aliases, ", "))
	}
	if above := into[[]api.Item](d.Fields["above"]); len(above) > 0 {
		c.line("part of %s (%s)", above[0].Title, short(above[0].ID))
	}
	if stewards := into[[]api.Person](d.Fields["stewards"]); len(stewards) > 0 {
		c.line("looked after by %s", names(stewards))
	}
	for _, example := range into[[]string](d.Fields["examples"]) {
		c.line("for example: coppice show %s", short(example))
	}
	switch used := into[int](d.Fields["used"]); {
	case used > 0:
		first := into[api.Item](d.Fields["first_used"])
		by := ""
		if first.Author != nil {
			by = ", first by " + first.Author.Name + " in " + first.Title
		}
		c.line("used in %s%s", count(used, "document"), by)
	default:
		c.line("used nowhere yet")
	}
}
