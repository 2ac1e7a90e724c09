package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) trail() *cobra.Command {
	return &cobra.Command{
		Use:   "trail ID",
		Short: "where something came from, and where it went",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.TrailOf, error) {
				return client.Trail(ctx, args[0])
			}, func(out api.TrailOf) {
				c.tellSteps("where it came from", out.From)
				c.tellSteps("where it went", out.To)
				if len(out.From)+len(out.To) == 0 {
					c.say("nothing led to it that is written down, and nothing was made of it yet")
				}
			})
		},
	}
}

func (c *command) tellSteps(head string, steps []api.TrailStep) {
	if len(steps) == 0 {
		return
	}
	c.line("%s:", head)
	for _, s := range steps {
		c.line("  %s  %-10s  %s  (%s)", s.At.Local().Format(day), short(s.Item.ID), s.Says, s.Item.Title)
	}
}
