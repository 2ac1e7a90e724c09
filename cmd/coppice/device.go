package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) device() *cobra.Command {
	return noun("device", "the machines on which you are one and the same person",
		c.deviceLink(), c.deviceList(), c.deviceRevoke())
}

func (c *command) deviceLink() *cobra.Command {
	var file string
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "link [--file F|-]",
		Short: "make another machine yours too",
		Long: `Without --file, on the machine where you are a member: shows an address. With
--file, on the other machine: reads that address from a file, or from standard
input for -, and makes this node one of your devices. Both nodes must be up; the
address holds an hour, for one device. Your root key stays where it is.

    first machine     coppice device link > link.txt
    second machine    coppice device link --file - < link.txt`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Link, error) {
					return client.ShowLink(ctx)
				}, func(out api.Link) {
					c.line("%s", out.Link)
					c.say("on the other machine: coppice device link --file -, then paste the line (until %s, for one device)", out.Expires.Local().Format("15:04"))
				})
			}
			return c.linkBy(cmd, file, wait)
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "the file that holds the address, - for standard input")
	f.DurationVar(&wait, "wait", 30*time.Second, "how long to wait here; the node goes on after it")
	return cmd
}

func (c *command) linkBy(cmd *cobra.Command, file string, wait time.Duration) error {
	address, err := c.address(file)
	if err != nil {
		return err
	}
	var joined api.Joined
	err = ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Joined, error) {
		joined, err = client.Link(ctx, api.Linking{Link: address, Wait: api.Duration(wait)})
		return joined, err
	}, func(out api.Joined) {
		c.line("%s", out.Community)
		if out.State == api.StateJoined {
			c.say("this machine is one of your devices now")
		}
	})
	if err == nil && joined.State == api.StateWaiting {
		err = api.Hint(fmt.Errorf("%w: waiting for %s", api.ErrTimeout, joined.WaitingFor),
			"the node goes on by itself, also after a restart; `coppice status` shows how far it is")
	}
	return err
}

func (c *command) deviceList() *cobra.Command {
	var member string
	var all bool
	cmd := &cobra.Command{
		Use:   "list [--member ID|--all]",
		Short: "your devices, or another member's",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if all {
				member = "all"
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.DeviceList, error) {
				return client.Devices(ctx, member)
			}, func(out api.DeviceList) {
				for _, d := range out.Items {
					c.tellDevice(d, member != "")
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&member, "member", "", "whose: an id, the beginning of one, or a name")
	f.BoolVar(&all, "all", false, "everybody's")
	return cmd
}

func (c *command) tellDevice(d api.DeviceLine, named bool) {
	by := "the root key"
	if d.By != "root" {
		by = "device " + short(d.By)
	}
	text := fmt.Sprintf("%s  %-7s  certified %s by %s", short(d.ID), d.State, d.Certified.Local().Format(day), by)
	if d.Last != nil {
		text += fmt.Sprintf(", wrote %s, last %s", count(d.Changes, "change"), d.Last.Local().Format(day))
	}
	if named {
		text += ", " + d.Member.Name
	}
	if d.This {
		text += " (this one)"
	}
	c.line("%s", text)
}

func (c *command) deviceRevoke() *cobra.Command {
	var yes, certified bool
	var kit kitFlags
	cmd := &cobra.Command{
		Use:   "revoke ID [--with-certified] [--yes] [--kit F]",
		Short: "end a device that is lost, stolen or sold",
		Long: `For another device of yours it takes your root key: it is used from this machine as
long as it lies there, else from your recovery kit (--kit). A convener can end a
member's device. What the device wrote so far stays; what it writes from now on has
no effect, it is served nothing, and the others go on under a new key.

Whoever had the device may have made further devices yours with it. They are listed:
--with-certified ends all of them at once, or end one by its own id. The machine you
sit at is never among them.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			before, err := client.Revocation(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			for _, s := range before.Says {
				c.say("%s", s)
			}
			if !yes {
				what := "revoke device " + short(before.Device.ID)
				if n := len(before.Certified); certified && n > 0 {
					what += " and the " + count(n, "device") + " that came through it"
				}
				if err := c.confirm(what); err != nil {
					return err
				}
			}
			open, err := c.openKit(kit, false)
			if err != nil {
				return err
			}
			out, err := client.Revoke(cmd.Context(), args[0], api.Revoking{OpenKit: open, WithCertified: certified})
			if err != nil {
				return err
			}
			return c.print(out, func() {
				c.line("device %s is revoked", short(out.Device.ID))
				for _, d := range out.Certified {
					if d.State == api.DeviceRevoked {
						c.line("device %s is revoked", short(d.ID))
					}
				}
			})
		},
	}
	cmd.Flags().BoolVar(&certified, "with-certified", false, "end the devices too that came through it")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	kit.add(cmd, "kit")
	return cmd
}
