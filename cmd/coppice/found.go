package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) found() *cobra.Command {
	var f api.Founding
	cmd := &cobra.Command{
		Use:     "found NAME --concern TEXT",
		Short:   "make a community, with you as its first member",
		Example: `  coppice found "Wiper Club" --concern "A clear view in any weather" --as Rosa`,
		Args:    arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Name = args[0]
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Founded, error) {
				return client.Found(ctx, f)
			}, func(out api.Founded) {
				c.line("%s", out.Community)
				c.say("%s is founded. Alone this is a notebook: invite two, with `coppice invite`.", out.Name)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Concern, "concern", "", "what you care about together, in a sentence")
	flags.StringVar(&f.Style, "style", "", "deliberate, mixed or incidental (default mixed)")
	flags.StringVar(&f.As, "as", "", "the name you go by here")
	flags.StringVar(&f.Commitment, "commitment", "", "what you promise, in your own words")
	return cmd
}
