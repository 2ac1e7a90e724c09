package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) way() *cobra.Command {
	return noun("way", "what we know how to do", c.wayNew(), c.listOf("way", "`coppice way new --title T` writes one down"))
}

// wayNew makes the verb that writes down a way.
func (c *command) wayNew() *cobra.Command {
	d := api.Draft{Kind: "way"}
	var file, useWhen, notWhen string
	to := map[string]*[]string{"from": {}, "about": {}, "adapts": {}}
	cmd := &cobra.Command{
		Use:   "new --title T [--file F|-] [--about PROBLEM] [--adapts WAY] [--from ID] [--use-when T] [--not-when T]",
		Short: "write down a way of doing something",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.Fields = map[string]any{}
			var all []any
			for _, rel := range slices.Sorted(maps.Keys(to)) {
				all = append(all, links(rel, *to[rel])...)
			}
			if len(all) > 0 {
				d.Fields["links"] = all
			}
			for name, text := range map[string]string{"use_when": useWhen, "not_when": notWhen} {
				if text != "" {
					d.Fields[name] = text
				}
			}
			return c.draft(cmd, d, file)
		},
	}
	drafting(cmd, &d, &file)
	f := cmd.Flags()
	f.StringArrayVar(to["from"], "from", nil, "what it was made of: a question, an answer, a story (repeatable)")
	f.StringArrayVar(to["about"], "about", nil, "a problem it deals with (repeatable)")
	f.StringArrayVar(to["adapts"], "adapts", nil, "a way it is a variant of (repeatable)")
	f.StringVar(&useWhen, "use-when", "", "when to do so")
	f.StringVar(&notWhen, "not-when", "", "when not to")
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
					c.say("is yours a variant worth a page of its own? `coppice way new --title T --adapts %s`", args[0])
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

// verdicts are what a review can say, as the verb is told it and as it stands.
var verdicts = map[string]string{"good": "still good", "work": "needs work", "retire": "retire"}

func (c *command) review() *cobra.Command {
	return &cobra.Command{
		Use:   "review WAY good|work|retire [WORDS]",
		Short: "say whether a way is still good, now that you looked at it again",
		Args:  cobra.RangeArgs(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			says, ok := verdicts[args[1]]
			if !ok {
				return api.Hint(fmt.Errorf("%w: %q says nothing of a way", api.ErrUsage, args[1]), "good: it is still good; work: it needs work; retire: it has had its day")
			}
			value := map[string]any{"says": says, "wording": "now"}
			if len(args) == 3 {
				value["words"] = args[2]
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "put", Field: "reviews", Value: value})
			}, func(out api.Made) {
				switch args[1] {
				case "work":
					c.say("noted; `coppice edit %s --file F` works on it, or talk it over: `coppice discussion new T --about %s`", short(out.ID), short(out.ID))
				case "retire":
					c.say("noted; who began it, looks after it or convenes can put it away: `coppice shelve %s`", short(out.ID))
				default:
					c.say("noted")
				}
			})
		},
	}
}

// tellWay tells whose a way is, when to do so, and what came of it for whom.
func (c *command) tellWay(d api.Document) {
	if len(d.Credited) > 0 && (len(d.Credited) > 1 || d.Credited[0].ID != d.Author.ID) {
		c.line("the insight is %s's", names(d.Credited))
	}
	for _, i := range d.About {
		c.line("deals with %s: %s", short(i.ID), i.Title)
	}
	if d.Old != nil && *d.Old {
		c.line("to be looked at again since %s: coppice review %s good|work|retire", d.ReviewBy, short(d.ID))
	}
}

// tellTried tells below its text who tried a way, both sides of it, and which
// other ways there are.
func (c *command) tellTried(d api.Document) {
	for _, one := range []struct{ field, head string }{{"use_when", "when to"}, {"not_when", "when not to"}} {
		if text := into[string](d.Fields[one.field]); text != "" {
			c.line("\n%s: %s", one.head, strings.TrimRight(text, "\n"))
		}
	}
	if e := d.Evidence; e != nil && len(d.Trials) > 0 {
		c.line("\n%s", d.State)
		c.tellSide("worked for", e.Worked, e.Contexts)
		c.tellSide("failed for", e.Failed, e.FailedIn)
		for _, t := range d.Trials {
			c.tellTrial(t)
		}
	}
	for _, r := range d.Reviews {
		c.line("%s, %s: %s", r.By.Name, r.At.Local().Format(day), strings.TrimSuffix(r.Says+": "+r.Words, ": "))
	}
	for _, i := range d.Rivals {
		c.line("or: %s %s, %s", short(i.ID), i.Title, i.State)
	}
}

// tellSide tells for whom something worked or failed, and where.
func (c *command) tellSide(head string, who []api.Person, where []map[string]string) {
	if len(who) == 0 {
		return
	}
	var places []string
	for _, one := range where {
		if text := pairs(one); text != "" {
			places = append(places, text)
		}
	}
	text := head + " " + names(who)
	if len(places) > 0 {
		text += ", in " + strings.Join(places, "; ")
	}
	c.line("  %s", text)
}

func (c *command) tellTrial(t api.Trial) {
	if t.Folded != "" {
		c.line("  - (closed: %s)", t.Folded)
		return
	}
	text := fmt.Sprintf("%s, %s: %s", t.By.Name, t.At.Local().Format(day), t.Outcome)
	for _, more := range []string{pairs(t.Context), t.Words, t.Effect} {
		if more != "" {
			text += "; " + more
		}
	}
	switch {
	case t.Own:
		text += " (their own way: it does not count)"
	case t.Faded:
		text += " (on an older wording)"
	}
	c.line("  - %s", text)
}
