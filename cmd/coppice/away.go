package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) away() *cobra.Command {
	return &cobra.Command{
		Use:   "away [UNTIL|back]",
		Short: "be away for a while: nobody asks you for anything, and nothing is lost",
		Long: `UNTIL is the last day: 2026-08-31, or a while such as 10d or 6w; four weeks when
you do not say. Until then no question is put to you and no duty falls to you.
"coppice away back" ends it at once.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Away, error) {
				return client.Away(ctx, api.Away{Until: strings.Join(args, "")})
			}, func(out api.Away) {
				if out.Back {
					c.line("you are back")
				} else {
					c.line("away until %s; `coppice away back` ends it", out.Until)
				}
			})
		},
	}
}
