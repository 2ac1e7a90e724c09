package main

import (
	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) communities() *cobra.Command {
	list := &cobra.Command{
		Use:   "list",
		Short: "which this node is in, and as whom",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			client.Call.Community = "" // all of them, whichever is chosen
			status, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			return c.print(listed(status), func() { c.tellCommunities(status) })
		},
	}
	return noun("community", "the communities of this node, and what they come from", list, c.fork(), c.origin())
}

// place is this node's standing in one community.
type place struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Member  api.Person `json:"member"`
	Rank    string     `json:"rank"`
	Ended   string     `json:"ended,omitempty"`
	Members int        `json:"members"`
}

// places is what the list of communities prints.
type places struct {
	Items   []place      `json:"items"`
	Joining []api.Joined `json:"joining"`
}

func listed(s api.Status) places {
	out := places{Items: []place{}, Joining: s.Joining}
	for _, i := range s.Communities {
		out.Items = append(out.Items, place{i.ID, i.Name, i.Member, i.Rank, i.Ended, i.Members})
	}
	return out
}

func (c *command) tellCommunities(s api.Status) {
	for _, i := range s.Communities {
		standing := i.Rank
		if i.Ended != "" {
			standing = i.Ended
		}
		c.line("%s  %s: %s, you are %s (%s)", short(i.ID), i.Name, count(i.Members, "member"), i.Member.Name, standing)
	}
	for _, j := range s.Joining {
		c.line("%s  joining: waiting for %s", short(j.Community), j.WaitingFor)
	}
	if len(s.Communities)+len(s.Joining) == 0 {
		c.say("no community yet: `coppice found NAME --concern TEXT`, or `coppice join`")
	}
}
