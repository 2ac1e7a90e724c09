package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) commit() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "commit [TEXT]",
		Short: "say, or say anew, what you are here for",
		Long: `Say, or say anew, what you are here for. Everybody reads it on your page, and
who came in as a guest becomes by it what her invite gives.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (file == "") == (len(args) == 0) {
				return api.Hint(fmt.Errorf("%w: a commitment is given as TEXT or by --file", api.ErrUsage), "coppice commit \"I come to learn, and tell what I tried\"")
			}
			words, err := c.text(file)
			if err != nil {
				return err
			}
			if file == "" {
				words = args[0]
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (struct{}, error) {
				return struct{}{}, client.Commit(ctx, words)
			}, func(struct{}) { c.say("it stands on your page") })
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "read it from a file, or from standard input with -")
	return cmd
}
