package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) leave() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "leave [--yes]",
		Short: "go out of the community; says first what stays",
		Long: `What you wrote stays, with your name, and your copy stays with you. The last
founder makes another one first.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.part(cmd, yes, parting{
				what: "take you out of the community", done: "you have left",
				look: func(ctx context.Context, client *api.Client) (api.Parting, error) { return client.Leaving(ctx) },
				act:  func(ctx context.Context, client *api.Client) (api.Parting, error) { return client.Leave(ctx) },
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
