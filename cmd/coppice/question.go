package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) ask() *cobra.Command {
	var file string
	d := api.Draft{Kind: "question"}
	cmd := &cobra.Command{
		Use:   "ask TITLE [--file F|-]",
		Short: "ask a question",
		Args:  arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Title = args[0]
			return c.draft(cmd, d, file)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "more about it (Markdown), - for standard input")
	cmd.Flags().StringArrayVar(&d.Areas, "area", nil, "an area it belongs to (repeatable)")
	return cmd
}

func (c *command) answer() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "answer ID [--file F|-]",
		Short: "answer a question",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "-" && onTerminal(c.in) {
				c.say("write the answer, then Ctrl-D on a line of its own:")
			}
			body, err := c.text(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Answer(ctx, args[0], api.Answering{Body: body})
			}, func(out api.Made) { c.line("%s", out.ID) })
		},
	}
	cmd.Flags().StringVar(&file, "file", "-", "the answer (Markdown), - for standard input")
	return cmd
}
