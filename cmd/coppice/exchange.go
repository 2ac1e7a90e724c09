package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) importing() *cobra.Command {
	var i api.Importing
	cmd := &cobra.Command{
		Use:   "import DIR",
		Short: "take the Markdown files of a directory; twice adds nothing",
		Args:  arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if i.Dir, err = directory(args[0]); err != nil {
				return err
			}
			var got api.Imported
			err = ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Imported, error) {
				job, end := c.watch(cmd, client)
				defer end()
				i.Job = job
				got, err = client.Import(ctx, i)
				return got, err
			}, func(out api.Imported) {
				c.line("%d added, %d changed, %d unchanged", out.Added, out.Changed, out.Unchanged)
			})
			if err != nil {
				return err
			}
			if len(got.Failed) == 0 {
				return nil
			}
			for _, f := range got.Failed {
				c.say("%s: %s", f.Path, f.Reason)
			}
			return &partlyDone{len(got.Failed), got.Added + got.Changed + got.Unchanged + len(got.Failed)}
		},
	}
	cmd.Flags().StringVar(&i.Kind, "kind", "", "what a file is that does not say so itself: way, story, question, problem, term or discussion (default way)")
	return cmd
}

func (c *command) exporting() *cobra.Command {
	return &cobra.Command{
		Use:   "export DIR",
		Short: "write everything as Markdown files that import back",
		Args:  arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args[0])
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Exported, error) {
				return client.Export(ctx, api.Exporting{Dir: dir})
			}, func(out api.Exported) { c.say("%s written to %s", count(out.Written, "file"), out.Dir) })
		},
	}
}
