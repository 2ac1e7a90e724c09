package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) way() *cobra.Command {
	return noun("way", "what we know how to do", c.write("new", "way", "write down a way of doing something"))
}

func (c *command) story() *cobra.Command {
	return noun("story", "what happened to us", c.write("new", "story", "tell a story, in your own voice"))
}

func (c *command) tell() *cobra.Command {
	return c.write("tell", "story", "tell a story, in your own voice (= story new)")
}

// write makes the verb that writes a new document of a kind.
func (c *command) write(verb, kind, short string) *cobra.Command {
	d := api.Draft{Kind: kind}
	var file string
	cmd := &cobra.Command{
		Use:   verb + " --title T [--file F|-]",
		Short: short,
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.draft(cmd, d, file)
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.Title, "title", "", "what it is called")
	f.StringVar(&file, "file", "", "its text (Markdown), - for standard input")
	f.StringVar(&d.Form, "form", "", "its form, such as checklist or case")
	f.StringArrayVar(&d.Areas, "area", nil, "an area it belongs to (repeatable)")
	return cmd
}

func (c *command) draft(cmd *cobra.Command, d api.Draft, file string) (err error) {
	if d.Body, err = c.text(file); err != nil {
		return err
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
		return client.New(ctx, d)
	}, func(out api.Made) { c.line("%s", out.ID) })
}
