package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) problem() *cobra.Command {
	return noun("problem", "what keeps coming back, and the ways to deal with it", c.problemNew(), c.listOf("problem", "`coppice problem new --title T` names one"))
}

// problemNew makes the verb that names a problem.
func (c *command) problemNew() *cobra.Command {
	d := api.Draft{Kind: "problem", Fields: map[string]any{}}
	var file string
	var where []string
	cmd := &cobra.Command{
		Use:   "new --title T [--file F|-] [--area A] [--ctx k=v]",
		Short: "name something that keeps coming back",
		Long: `Names a problem. Who names it has met it once; others say so with "coppice met", and
whoever has a way to deal with it links it: coppice way new --about PROBLEM.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(where) > 0 {
				d.Fields["context"] = strings.Join(where, ",")
			}
			return c.draft(cmd, d, file)
		},
	}
	drafting(cmd, &d, &file)
	cmd.Flags().StringArrayVar(&where, "ctx", nil, "where you met it, key=value (repeatable)")
	return cmd
}

func (c *command) met() *cobra.Command {
	return c.entering("met PROBLEM [WORDS] [--ctx k=v]", "say that you met a problem again", "met", cobra.RangeArgs(1, 2),
		func(args []string, _ map[string]any) string { return strings.Join(args[1:], " ") })
}

// tellProblem tells below its text who met a problem, and the ways to deal with
// it side by side: those first that fit where one is.
func (c *command) tellProblem(d api.Document) {
	if where := pairs(into[map[string]string](d.Fields["context"])); where != "" {
		c.line("in %s", where)
	}
	for _, m := range d.Met {
		if m.Folded != "" {
			c.line("  - (closed: %s)", m.Folded)
			continue
		}
		text := fmt.Sprintf("%s met it again, %s", m.By.Name, m.At.Local().Format(day))
		for _, more := range []string{pairs(m.Context), m.Words} {
			if more != "" {
				text += "; " + more
			}
		}
		c.line("  - %s", text)
	}
	if len(d.Ways) == 0 {
		c.say("no way to deal with it is written down yet: `coppice way new --title T --about %s`", short(d.ID))
		return
	}
	head := count(len(d.Ways), "way")
	if where := pairs(d.Mine); where != "" {
		head += ", for " + where
	}
	c.line("\n%s", head)
	for _, way := range d.Ways {
		c.tellDealing(way)
	}
}

func (c *command) tellDealing(way api.Dealing) {
	old := ""
	if way.Old {
		old = ", to be looked at again"
	}
	c.line("\n  %s  %s\n    %s%s, by %s", short(way.ID), way.Title, way.Standing, old, names(way.Credited))
	if way.Folded != "" {
		c.line("    (closed: %s)", way.Folded)
		return
	}
	for _, one := range []struct{ head, text string }{{"when to", way.UseWhen}, {"when not to", way.NotWhen}, {"looked after by", names(way.Stewards)}} {
		if one.text != "" {
			c.line("    %s: %s", one.head, strings.TrimRight(one.text, "\n"))
		}
	}
	c.tellSide("  worked for", way.Worked, way.Contexts)
	c.tellSide("  failed for", way.Failed, way.FailedIn)
}
