package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) leave() *cobra.Command {
	var yes bool
	var l api.Leaving
	cmd := &cobra.Command{
		Use:   "leave [--parting TEXT] [--forget-name] [--yes]",
		Short: "go out of the community; says first what stays, and what rests on you alone",
		Long: `What you wrote stays, with your name, and your copy stays with you. What rests on
you alone is named first, with how to hand it over. With --forget-name you are
called a former member from then on, on every node. The last founder makes
another one first. To be away for a while: coppice away.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.part(cmd, yes, parting{
				what: "take you out of the community", done: "you have left",
				look: func(ctx context.Context, client *api.Client) (api.Parting, error) { return client.Leaving(ctx) },
				act:  func(ctx context.Context, client *api.Client) (api.Parting, error) { return client.Leave(ctx, l) },
			})
		},
	}
	cmd.Flags().StringVar(&l.Parting, "parting", "", "words that stay on your page")
	cmd.Flags().BoolVar(&l.ForgetName, "forget-name", false, "be called a former member from now on")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
