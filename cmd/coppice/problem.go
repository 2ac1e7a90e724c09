package main

import (
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
