package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) invite() *cobra.Command {
	var i api.Invitation
	cmd := &cobra.Command{
		Use:   "invite",
		Short: "make an address that lets someone in",
		Long: `Makes an invite and prints its address. Hand it over as a whole, to the person
alone: who has it may come in, and a newcomer reads everything written so far.
Any member's node can let them in; yours may be asleep by then.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Invited, error) {
				return client.Invite(ctx, i)
			}, func(out api.Invited) {
				c.line("%s", out.Invite)
				c.say("They type: coppice join, and paste it. A newcomer reads all that was written so far.")
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&i.Uses, "uses", 1, "how many may come in by it")
	f.IntVar(&i.Days, "days", 14, "how many days it holds")
	f.BoolVar(&i.Guest, "guest", false, "as a guest: reads, asks and answers, no more")
	f.BoolVar(&i.Approval, "approval", false, "a convener says yes to each who comes by it")
	cmd.AddCommand(c.inviteList(), c.inviteRevoke())
	return cmd
}

func (c *command) inviteList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "the invites made so far",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Invites, error) {
				return client.Invites(ctx)
			}, func(out api.Invites) {
				for _, i := range out.Items {
					c.line("%s  %-8s  %d of %d used  until %s  by %s", short(i.ID), i.State, i.Used, i.Uses, i.Expires.Format("2006-01-02"), i.By.Name)
				}
				if len(out.Items) == 0 {
					c.say("no invites yet; `coppice invite` makes one")
				}
			})
		},
	}
}

func (c *command) inviteRevoke() *cobra.Command {
	var entrants, yes bool
	var r api.Removing
	cmd := &cobra.Command{
		Use:   "revoke ID [--with-entrants [--reason TEXT] [--yes]]",
		Short: "end an invite; who came in by it stays, unless said otherwise",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if entrants {
				return c.part(cmd, yes, parting{
					what: "end the invite and remove who came in by it", done: "the invite no longer lets anyone in, and who came in by it is removed",
					look: func(ctx context.Context, client *api.Client) (api.Parting, error) {
						return client.Entrants(ctx, args[0])
					},
					act: func(ctx context.Context, client *api.Client) (api.Parting, error) {
						return client.RemoveEntrants(ctx, args[0], r)
					},
				})
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (struct{}, error) {
				return struct{}{}, client.RevokeInvite(ctx, args[0])
			}, func(struct{}) { c.say("the invite no longer lets anyone in") })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&entrants, "with-entrants", false, "also remove everybody who came in by it")
	f.StringVar(&r.Reason, "reason", "", "why they are removed; every member reads it")
	f.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// short is as much of an id as a person reads.
func short(id string) string { return id[:min(len(id), 10)] }
