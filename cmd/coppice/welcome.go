package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) welcome() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "welcome",
		Short: "while you are new: five things to read, two people to meet, one small thing to do",
		Long: `What you have read and done of it stays on this machine; nobody else learns of it.
Some steps are done when you did them (you said hello, you come); "coppice welcome
done STEP" ticks off the others. After your first 60 days it steps aside.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Welcome, error) {
				return client.Welcome(ctx)
			}, c.tellWelcome)
		},
	}
	cmd.AddCommand(c.welcomeDone())
	return cmd
}

func (c *command) welcomeDone() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "done STEP [--undo]",
		Short: "tick off a step: its id, @NAME, do or come",
		Args:  arguments("STEP"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Welcome, error) {
				return client.Tick(ctx, api.WelcomeStep{Step: args[0], Done: !undo})
			}, c.tellWelcome)
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "it is not done after all")
	return cmd
}

func (c *command) tellWelcome(out api.Welcome) {
	if len(out.Read)+len(out.Meet) == 0 && out.Do == nil && out.Come == nil {
		c.line("You know your way around. `coppice tend` shows what wants care.")
		return
	}
	done := map[bool]string{true: "[x]", false: "[ ]"}
	if len(out.Read) > 0 {
		c.line("read these")
	}
	for _, r := range out.Read {
		c.line("  %s %s  %-9s  %s\n      %s", done[r.Done], short(r.Step), r.Item.Kind, r.Item.Title, r.Why)
	}
	if len(out.Meet) > 0 {
		c.line("meet these two")
	}
	for _, m := range out.Meet {
		c.line("  %s @%s %s\n      %s", done[m.Done], m.Member.Name, m.Why, m.Does)
	}
	if d := out.Do; d != nil {
		of := ""
		if d.Item != nil {
			of = ": " + d.Item.Title
		}
		c.line("do one small thing\n  %s do    %s%s\n      %s\n      %s", done[d.Done], d.Act, of, d.Why, d.Does)
	}
	if g := out.Come; g != nil {
		c.line("come once\n  %s come  %s\n      %s", done[g.Done], g.Item.Title, g.Does)
	}
	if out.Finished {
		c.line("That is all: you know your way around.")
	}
}
