package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node"
	"coppice.example/node/api"
)

func (c *command) up() *cobra.Command {
	var config node.Config
	cmd := &cobra.Command{
		Use:   "up",
		Short: "run this machine's node until it is interrupted",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := c.clock()
			if err != nil {
				return err
			}
			if config.Home, err = node.Home(c.home); err != nil {
				return err
			}
			config.Now = at
			config.Log = slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
			config.Ready = func(r node.Ready) { c.ready(r) }
			return node.Run(cmd.Context(), config)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&config.Listen, "listen", nil, "a multiaddress to be reached at (repeatable; default: QUIC and TCP on any port)")
	f.StringVar(&config.Web, "web", "", "HOST:PORT of the pages, on this machine alone (default 127.0.0.1, and the port of last time if it is free)")
	f.BoolVar(&config.NoDiscovery, "no-discovery", false, "neither mDNS nor relays; remembered nodes are dialled all the same")
	f.BoolVar(&config.NoGossip, "no-gossip", false, "no doorbell: everything still arrives, a little later")
	return cmd
}

// ready is what `up` says once the node can be used.
func (c *command) ready(r node.Ready) {
	line := struct {
		Event string `json:"event"`
		node.Ready
	}{"ready", r}
	err := c.print(line, func() {
		c.line("ready: pages at %s", r.Web)
		for _, a := range r.Addrs {
			c.say("reached at %s", a)
		}
		c.tellDamaged(r.Damaged, c.say)
	})
	if err != nil {
		fmt.Fprintf(c.err, "coppice: %v\n", err)
	}
}

func (c *command) down() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "end the node that runs on this home",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 10*time.Second)
			defer cancel()
			cmd.SetContext(ctx)
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (struct{}, error) {
				return struct{}{}, client.Down(ctx)
			}, func(struct{}) { c.say("the node has ended") })
		},
	}
}
