package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) member() *cobra.Command {
	return noun("member", "who belongs here", &cobra.Command{
		Use:   "list",
		Short: "the members, and what each may do",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Members, error) {
				return client.Members(ctx)
			}, func(out api.Members) {
				for _, m := range out.Items {
					c.line("%s  %-8s  %s, %s", short(m.ID), m.Rank, m.Name, count(m.Devices, "device"))
				}
			})
		},
	})
}
