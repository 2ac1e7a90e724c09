package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func decimal(n int) string { return strconv.Itoa(n) }

func (c *command) edit() *cobra.Command {
	var field, file string
	cmd := &cobra.Command{
		Use:   "edit ID [--field F] --file F|-",
		Short: "have a text say what the file says; the difference becomes edits",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return api.Hint(fmt.Errorf("%w: there is no new text", api.ErrUsage), "give the whole text as it should be: --file F, or --file - for standard input")
			}
			text, err := c.text(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Edit(ctx, args[0], api.Rewrite{Field: field, Text: text})
			}, func(out api.Made) { c.say("saved") })
		},
	}
	cmd.Flags().StringVar(&field, "field", "", "which text (default: the body)")
	cmd.Flags().StringVar(&file, "file", "", "the text as it should be, - for standard input")
	return cmd
}

func (c *command) set() *cobra.Command {
	return c.assign("set", "give a field a value")
}

func (c *command) add() *cobra.Command {
	return c.assign("add", "add a value to a field that holds several")
}

func (c *command) drop() *cobra.Command {
	return c.assign("drop", "take a value from a field that holds several")
}

func (c *command) assign(verb, short string) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " ID FIELD VALUE",
		Short: short + ` ("me" stands for your own page)`,
		Args:  arguments("ID", "FIELD", "VALUE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: verb, Field: args[1], Value: args[2]})
			}, func(api.Made) { c.say("saved") })
		},
	}
}

func (c *command) show() *cobra.Command {
	var where []string
	cmd := &cobra.Command{
		Use:   "show ID [--ctx k=v]",
		Short: "a document as it stands, and whose it is",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Document, error) {
				client.Call.Where = strings.Join(where, ",")
				return client.Show(ctx, args[0])
			}, func(d api.Document) { c.tellShown(cmd, d) })
		},
	}
	cmd.Flags().StringArrayVar(&where, "ctx", nil, "where you are, key=value: the ways to deal with a problem that fit come first (repeatable)")
	return cmd
}

func (c *command) tellDocument(d api.Document) {
	state := ""
	if d.State != "" {
		state = ", " + d.State
	}
	c.line("%s\n%s by %s, %s%s\n%s", d.Title, d.Kind, d.Author.Name, d.Created.Local().Format("2 January 2006"), state, d.ID)
	if held := holders(d.Held); held != "" {
		c.line("%s", held)
	}
	if d.Whence != nil {
		c.line("%s", from(d.Whence))
	}
	for _, one := range d.Conflicts {
		c.tellConflict(one)
	}
	if d.Beside != nil {
		c.tellBeside(*d.Beside)
	}
	if d.Waiting > 0 {
		c.line("(%s for a key)", count(d.Waiting, "change")+" waiting")
	}
	switch d.Kind {
	case "question":
		c.tellQuestion(d)
	case "term":
		c.tellTerm(d)
	case "way":
		c.tellWay(d)
	case "story":
		c.tellStory(d)
	}
	if d.Body != "" {
		c.line("\n%s", strings.TrimRight(d.Body, "\n"))
	}
	switch d.Kind {
	case "discussion":
		c.tellDiscussion(d)
	case "way":
		c.tellTried(d)
	case "problem":
		c.tellProblem(d)
	case "story":
		c.tellUse(d)
	}
	for _, said := range d.Elsewhere {
		c.line("\nsaid in %s by %s, %s: %s", cmp.Or(said.In, "another community"), cmp.Or(said.By, "somebody"), said.Field, said.Words)
	}
	for _, a := range d.Answers {
		if !a.Withdrawn && a.Folded != "" {
			c.line("\nan answer is closed: %s", a.Folded)
		} else if !a.Withdrawn {
			c.tellAnswer(a, d.Author)
		}
	}
}

// from says which community a document came from, and whose it is there.
func from(w *api.Whence) string {
	text := "from " + w.Name
	if w.Name == "" {
		text = "from community " + short(w.Community)
	}
	if w.By != "" {
		text += ", by " + w.By
	}
	return text
}

// holders says on whose machines something lies, for somebody who is not alone.
func holders(h *api.Held) string {
	switch {
	case h == nil || h.Of < 2:
		return ""
	case h.Members < 2 && h.Keepers == 0:
		return "on no other member's machine yet, as far as is known"
	}
	text := fmt.Sprintf("held by at least %d of %d members", h.Members, h.Of)
	if h.Keepers > 0 {
		text += " and " + count(h.Keepers, "keeper")
	}
	if h.AsOf != nil {
		text += ", as told " + h.AsOf.Local().Format(day)
	}
	return text
}

// pageOf refuses what is no number of lines.
func pageOf(limit int) error {
	if limit < 0 || limit > 1000 {
		return api.Hint(fmt.Errorf("%w: a page has 1 to 1000 lines, not %d", api.ErrUsage, limit), "give --limit a number up to 1000; --after goes on after a page")
	}
	return nil
}

func (c *command) tellItems(items []api.Item) {
	for _, i := range items {
		by := ""
		if i.Author != nil {
			by = "  " + i.Author.Name
		}
		if i.State != "" {
			by += ", " + i.State
		}
		if i.BeingSetRight {
			by += "  (being set right)"
		}
		title := strings.ReplaceAll(i.Title, "\n", " ")
		if i.Folded != "" {
			title, i.Snippet = "(closed: "+i.Folded+")", ""
		}
		c.line("%s  %-8s  %s%s", short(i.ID), i.Kind, title, by)
		if i.Snippet != "" {
			c.line("            %s", strings.Join(strings.Fields(i.Snippet), " "))
		}
	}
}

func (c *command) history() *cobra.Command {
	return &cobra.Command{
		Use:   "history ID",
		Short: "what happened to a document, the first change first",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.History, error) {
				return client.History(ctx, args[0])
			}, func(out api.History) {
				for _, s := range out.Items {
					void := ""
					if s.Void != "" {
						void = " (without effect: " + s.Void + ")"
					}
					c.line("%s  %s  %s%s", s.At.Local().Format("2006-01-02 15:04"), s.Author.Name, s.What, void)
				}
			})
		},
	}
}
