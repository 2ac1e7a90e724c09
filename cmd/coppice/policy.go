package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) policy() *cobra.Command {
	return noun("policy", "how people enter, and the key that all is written under",
		c.policyShow(), c.policySet(), c.policyRotate())
}

func (c *command) policyShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "who invites, and whether a convener says yes to each newcomer",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Policy, error) {
				return client.Policy(ctx)
			}, c.tellPolicy)
		},
	}
}

func (c *command) tellPolicy(p api.Policy) {
	c.line("invite   %s", p.Invite)
	c.line("entry    %s", p.Entry)
	c.line("keepers  %s", p.Keepers)
}

func (c *command) policySet() *cobra.Command {
	var p api.Policy
	cmd := &cobra.Command{
		Use:   "set [--invite members|conveners] [--entry open|approval] [--keepers members|conveners]",
		Short: "change it; takes a convener",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Policy, error) {
				return client.SetPolicy(ctx, p)
			}, c.tellPolicy)
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.Invite, "invite", "", "who may invite: members or conveners")
	f.StringVar(&p.Entry, "entry", "", "open, or approval: a convener says yes to each who comes")
	f.StringVar(&p.Keepers, "keepers", "", "who may invite keepers: members or conveners")
	return cmd
}

func (c *command) policyRotate() *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "write under a new key from now on; takes a convener",
		Long: `Makes a new key and hands it to every active device. It does not lock out anybody
who is still in; a removal does that, and makes a new key by itself.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Rotated, error) {
				return client.Rotate(ctx)
			}, func(out api.Rotated) {
				c.line("%s", out.Epoch)
				c.say("what is written from now on is under a new key")
			})
		},
	}
}
