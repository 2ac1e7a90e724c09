package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) tend() *cobra.Command {
	return &cobra.Command{
		Use:   "tend",
		Short: "what falls to you this week: three things at most, and the next step of each",
		Long: `Welcoming who came, looking at a question that nobody answered, taking notes:
what has to be done by somebody falls to members by a hash of their ids and the
week, so that no one has to ask. Leave what you cannot do; next week it falls to
others. "coppice away" ends it for as long as you are away.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Duties, error) {
				return client.Duties(ctx)
			}, func(out api.Duties) {
				for _, d := range out.Duties {
					c.line("%s: %s\n  %s\n  %s", map[string]string{
						"welcome": "welcome", "answer": "look at this question", "scribe": "take notes",
					}[d.Duty], d.Item.Title, d.Why, d.Next)
				}
				if len(out.Duties) == 0 {
					c.say("nothing falls to you this week")
				}
			})
		},
	}
}
