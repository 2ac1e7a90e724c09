package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) book() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "book AREA",
		Short: "write all that is known in an area as one file to read and print",
		Long: `Writes one HTML file that needs no network and no software but a browser: every
live way in the area and below it with its trials, the problems, the stories, and
the words. Who reads it on paper sees who it is from.`,
		Example: `  coppice book rubber --out rubber.html`,
		Args:    arguments("AREA"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				file = args[0] + ".html"
			}
			path, err := filepath.Abs(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Bound, error) {
				return client.Book(ctx, api.Binding{Area: args[0], File: path})
			}, func(out api.Bound) { c.say("%s written to %s", count(out.Items, "document"), out.File) })
		},
	}
	cmd.Flags().StringVar(&file, "out", "", "the file to write (default AREA.html)")
	return cmd
}

func (c *command) archive() *cobra.Command {
	return &cobra.Command{
		Use:   "archive DIR",
		Short: "write everything as a folder of pages that opens with no software",
		Long: `Writes a folder that anybody can open for years to come: begin with index.html.
It holds a page of every document, the book of every area, who we were, the
gatherings with their notes; beside them the Markdown of ` + "`coppice export`" + `, which
can be imported again, and all of it as JSON.`,
		Args: arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args[0])
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Archived, error) {
				return client.Archive(ctx, api.Archiving{Dir: dir})
			}, func(out api.Archived) {
				c.say("%s written to %s; begin with %s", count(out.Written, "file"), out.Dir, filepath.Join(out.Dir, "index.html"))
			})
		},
	}
}
