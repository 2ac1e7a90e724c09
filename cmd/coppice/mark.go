package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) thanks() *cobra.Command {
	return c.mark("thanks", "thank whose it is", "thanked")
}

func (c *command) try() *cobra.Command {
	return c.mark("try", "say that you will try this way", "noted: say how it went when you did")
}

// mark makes a verb that puts one word on a document, or takes it back.
func (c *command) mark(verb, short, done string) *cobra.Command {
	m := api.Mark{Mark: verb}
	cmd := &cobra.Command{
		Use:   verb + " ID [--undo]",
		Short: short,
		Args:  arguments("ID"),
		RunE:  func(cmd *cobra.Command, args []string) error { return c.setMark(cmd, args[0], m, done) },
	}
	cmd.Flags().BoolVar(&m.Undo, "undo", false, "take it back")
	return cmd
}

func (c *command) setMark(cmd *cobra.Command, id string, m api.Mark, done string) error {
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
		return client.Mark(ctx, id, m)
	}, func(api.Made) {
		if m.Undo {
			done = "taken back"
		}
		c.say("%s", done)
	})
}

func (c *command) flag() *cobra.Command {
	m := api.Mark{Mark: "flag"}
	cmd := &cobra.Command{
		Use:   "flag ID [WHY] [--undo]",
		Short: "look at this: it closes for you, and for all once three say so or a convener",
		Long: `WHY is said beside it, in your name, for all to read: its author can answer.
--undo takes your flag back.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				m.Why = args[1]
			}
			return c.setMark(cmd, args[0], m, "closed for you; when three members flag it, or a convener does, it is for all")
		},
	}
	cmd.Flags().BoolVar(&m.Undo, "undo", false, "take it back")
	return cmd
}

func (c *command) mute() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "mute [@NAME] [--undo]",
		Short: "close what somebody says, on this node alone; alone: who is muted",
		Long:  `Nobody is told, and nothing of it leaves this machine.`,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Muted, error) {
				switch {
				case len(args) == 0:
					return client.Muted(ctx)
				case undo:
					return client.Unmute(ctx, args[0])
				}
				return client.Mute(ctx, args[0])
			}, func(out api.Muted) {
				for _, p := range out.Items {
					c.line("%s  %s", short(p.ID), p.Name)
				}
				if len(out.Items) == 0 {
					c.say("nobody is muted")
				}
			})
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "hear her again")
	return cmd
}

func (c *command) comment() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "comment ID [TEXT|--file F|-]",
		Short: "say something beside it, or reply to an entry of it",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := ""
			switch {
			case len(args) > 1 && file != "":
				return api.Hint(fmt.Errorf("%w: the comment is given twice", api.ErrUsage), "as TEXT, or by --file")
			case len(args) > 1 && args[1] != "-":
				text = args[1]
			default:
				if file == "" {
					file = "-"
				}
				if file == "-" && isTerminal(c.in) {
					c.say("write the comment, then Ctrl-D on a line of its own:")
				}
				var err error
				if text, err = c.text(file); err != nil {
					return err
				}
			}
			return c.speak(cmd, args[0], text)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "the comment (Markdown), - for standard input")
	return cmd
}

// speak says something beside a document, or replies to an entry.
func (c *command) speak(cmd *cobra.Command, id, text string) error {
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
		return client.Comment(ctx, id, api.Commenting{Body: strings.TrimRight(text, "\n")})
	}, func(out api.Made) { c.line("%s", out.ID) })
}
