package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) list() *cobra.Command {
	l := &api.Listing{}
	cmd := c.listing(l, "`coppice way new --title T`, `coppice tell --title T`, `coppice ask TITLE`")
	cmd.Use = "list [--kind K] [--area A] [--state S] [--by NAME] ..."
	filtered(cmd, &l.Filter)
	return cmd
}

// listOf makes the verb that lists documents of one kind.
func (c *command) listOf(kind, empty string) *cobra.Command {
	return c.listing(&api.Listing{Filter: api.Filter{Kind: kind}}, empty)
}

func (c *command) listing(l *api.Listing, empty string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "what is here, the last made first",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := pageOf(l.Limit); err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Items, error) {
				return client.List(ctx, *l)
			}, func(out api.Items) {
				c.tellItems(out.Items)
				c.tellNext(out.Next)
				switch asked := (api.Filter{Kind: l.Kind}); {
				case len(out.Items) > 0 || l.After != "":
				case l.Filter != asked:
					c.say("nothing fits all of that; fewer conditions find more")
				default:
					c.say("nothing here yet: %s", empty)
				}
			})
		},
	}
	paged(cmd, &l.Limit, 50, &l.After)
	return cmd
}

func paged(cmd *cobra.Command, limit *int, usual int, after *string) {
	cmd.Flags().IntVar(limit, "limit", usual, "how many, at most 1000")
	cmd.Flags().StringVar(after, "after", "", "go on after this page")
}

func (c *command) tellNext(next *string) {
	if next != nil {
		c.say("there is more: --after %s", *next)
	}
}

// filtered gives a command the flags that say which documents are meant.
func filtered(cmd *cobra.Command, f *api.Filter) {
	for _, flag := range []struct {
		into        *string
		name, usage string
	}{
		{&f.Kind, "kind", "of these kinds, with commas between: way, story, question, problem, term, gathering, member ..."},
		{&f.Area, "area", "in this area, or an area below it"},
		{&f.Form, "form", "of this form: lesson, trick, checklist, experience, case ..."},
		{&f.State, "state", "how far it has come, with commas between: open, solved, proven, contested ...; old: wants to be looked at again; shelved: put away"},
		{&f.By, "by", "whose it is, or who wrote it down: a name, or me"},
		{&f.Since, "since", "last touched on this day or later, 2026-05-14"},
		{&f.Until, "until", "last touched on this day or before"},
		{&f.Ctx, "ctx", "in this context: key=value; of a way, where it worked"},
	} {
		cmd.Flags().StringVar(flag.into, flag.name, "", flag.usage)
	}
	cmd.Flags().BoolVar(&f.Mine, "mine", false, "in the context on your own page")
}

func (c *command) search() *cobra.Command {
	var s api.Searching
	cmd := &cobra.Command{
		Use:   "search WORDS [--kind K] [--area A] [--state S] [--by NAME] ...",
		Short: "what holds every word (prefixes count, \"quotes\" hold a phrase)",
		Long: `Finds what holds every word, in titles, texts, comments, answers, trials, notes
and letters, and in wordings that somebody has taken away since. Words taken
back are found nowhere. With conditions and no words it lists what fits.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.Words = strings.Join(args, " "); strings.TrimSpace(s.Words) == "" && s.Filter == (api.Filter{}) {
				return api.Hint(fmt.Errorf("%w: no words to search for", api.ErrUsage), "`coppice search WORDS`; `coppice list` shows everything")
			}
			if err := pageOf(s.Limit); err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Hits, error) {
				return client.Search(ctx, s)
			}, func(out api.Hits) {
				for _, hit := range out.Items {
					c.tellHit(hit)
				}
				c.tellNext(out.Next)
				if len(out.Items) == 0 && s.After == "" {
					c.say("nothing holds all of these words; fewer words find more")
				}
			})
		},
	}
	paged(cmd, &s.Limit, 20, &s.After)
	filtered(cmd, &s.Filter)
	return cmd
}

// whereabouts say in what words were found; of titles and texts it goes without saying.
var whereabouts = map[string]string{"talk": "in a comment", "answer": "in an answer", "notes": "in the notes", "former": "in a former wording"}

func (c *command) tellHit(hit api.Hit) {
	snippet := strings.Join(strings.Fields(hit.Snippet), " ")
	hit.Snippet = ""
	c.tellItems([]api.Item{hit.Item})
	if snippet == "" || hit.Folded != "" {
		return
	}
	where := whereabouts[hit.In]
	if hit.By != nil {
		where += " that " + hit.By.Name + " took away"
	}
	if where != "" {
		where += ": "
	}
	if hit.More > 0 {
		snippet += fmt.Sprintf(" (and %s)", count(hit.More, "more place"))
	}
	c.line("            %s%s", where, snippet)
}
