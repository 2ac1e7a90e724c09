package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) debug() *cobra.Command {
	hash := &cobra.Command{
		Use:   "state-hash",
		Short: "one hash of all this node holds, equal on nodes that hold the same",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.StateHash, error) {
				return client.StateHash(ctx)
			}, func(out api.StateHash) { c.line("%s", out.Hash) })
		},
	}
	rebuild := &cobra.Command{
		Use:   "rebuild",
		Short: "make the lists and the search anew from the log",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Rebuilt, error) {
				return client.Rebuild(ctx)
			}, func(out api.Rebuilt) {
				c.say("%s read, %s made anew", count(out.Changes, "change"), count(out.Documents, "document"))
			})
		},
	}
	return noun("debug", "for whoever looks inside", hash, rebuild)
}
