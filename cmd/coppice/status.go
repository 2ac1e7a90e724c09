package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) status() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "this node, its communities, and who is within reach",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Status, error) {
				return client.Status(ctx)
			}, c.tellStatus)
		},
	}
}

func (c *command) tellStatus(s api.Status) {
	c.line("node %s", s.Peer)
	for _, a := range s.Addrs {
		c.line("  reached at %s", a)
	}
	for _, i := range s.Communities {
		c.line("%s (%s): %s, %s", i.Name, short(i.ID), count(i.Members, "member"), count(i.Changes, "change"))
		if i.Ended != "" {
			c.line("  you are no longer in: %s", i.Ended)
			c.line("  what came before is here to read and to export; nothing new comes")
			continue
		}
		if i.KitDue {
			c.line("  your recovery kit is not printed: coppice recovery print")
		}
		if i.Waiting > 0 {
			c.line("  %s for a key", count(i.Waiting, "change")+" waiting")
		}
		if i.BeingSetRight > 0 {
			c.line("  %s being set right", count(i.BeingSetRight, "document"))
		}
		for _, d := range i.Delayed {
			c.line("  %s of %s: taken one a minute, after the first 64", count(d.Runs, "control run")+" waiting", d.Member.Name)
		}
		if i.UpdateNeeded > 0 {
			c.line("  an update of this program is needed: %s it cannot read", count(i.UpdateNeeded, "log")+" in reach")
		}
		for _, f := range i.ForkedLogs {
			c.line("  a device of %s (%s) went two ways from one point: its home was put back to an earlier state, or somebody deceives. Both are kept", f.Member.Name, short(f.Device))
		}
		for _, p := range i.Peers {
			state := "not in sync yet"
			if p.InSync {
				state = "in sync"
			}
			if p.LastSync != nil {
				state += ", last " + p.LastSync.Local().Format("15:04:05")
			}
			c.line("  %s is within reach: %s", p.Member.Name, state)
		}
		if len(i.Peers) == 0 {
			c.line("  nobody within reach now; what you write is kept and goes out later")
		}
	}
	for _, j := range s.Joining {
		c.line("joining %s: waiting for %s", short(j.Community), j.WaitingFor)
	}
	c.tellDamaged(s.Damaged, c.line)
	if len(s.Communities)+len(s.Joining)+len(s.Damaged) == 0 {
		c.say("no community yet: `coppice found NAME --concern TEXT`, or `coppice join`")
	}
}

// tellDamaged names the communities that cannot be opened.
func (c *command) tellDamaged(damaged []api.Damaged, tell func(string, ...any)) {
	for _, d := range damaged {
		who := ""
		if d.As != "" {
			who = ", where you are " + d.As + ","
		}
		tell("community %s%s cannot be opened: %s", short(d.ID), who, d.Reason)
		tell("  %s", d.Next)
	}
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return decimal(n) + " " + noun
}

func (c *command) connect() *cobra.Command {
	return &cobra.Command{
		Use:   "connect MULTIADDR",
		Short: "dial a node by hand",
		Args:  arguments("MULTIADDR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Connected, error) {
				return client.Connect(ctx, args[0])
			}, func(out api.Connected) { c.say("connected to %s", out.Peer) })
		},
	}
}

func (c *command) sync() *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "come together with every node within reach, now",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Synced, error) {
				return client.Sync(ctx, api.Syncing{Wait: api.Duration(wait)})
			}, func(out api.Synced) {
				c.say("in sync with %s, %s held", count(out.InSync, "node"), count(out.Changes, "change"))
			})
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 30*time.Second, "how long to wait for it")
	return cmd
}
