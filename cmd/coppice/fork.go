package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) fork() *cobra.Command {
	var f api.Forking
	var yes bool
	cmd := &cobra.Command{
		Use:   "fork [--name NAME] [--concern TEXT] [--yes]",
		Short: "go on apart, in a new community that begins with all that this one knows",
		Long: `For when the founders are lost, or a group parts. Makes a new community, with you
as its founder, that begins with a copy of every document, each in the name of who
said it, and with the whole history of the old one, so that everyone there can check
the copies ("coppice community origin --check"). Nobody is taken along: invite them.
Whoever was removed is not known there. The old community goes on as it is.

Every member and guest may do this, also offline. What it means is said first; --yes
does not ask. Until the last line nothing of it is there, so it can be broken off.`,
		Example: `  coppice community fork --name "Night Kitchen"`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			before, err := client.Fork(cmd.Context())
			if err != nil {
				return err
			}
			client.Call.Community = before.Community // whatever is founded meanwhile
			for _, s := range before.Says {
				c.say("%s", s)
			}
			if !yes {
				if err := c.confirm("make the fork"); err != nil {
					return err
				}
			}
			job, end := c.watch(cmd, client)
			f.Job = job
			out, err := client.MakeFork(cmd.Context(), f)
			end()
			if err != nil {
				return err
			}
			return c.print(out, func() {
				c.line("%s", out.Community)
				c.say("%s is founded, with %s of %s. You are its founder: invite the others, with `coppice invite --community %s`.",
					out.Name, count(out.Documents, "document"), before.Name, short(out.Community))
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Name, "name", "", "what it is called (default: as the old one)")
	flags.StringVar(&f.Concern, "concern", "", "what you care about together, in a sentence (default: as the old one)")
	flags.StringVar(&f.As, "as", "", "the name you go by there (default: as here)")
	flags.StringVar(&f.Commitment, "commitment", "", "what you promise there, in your own words")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// errOrigin ends a check that found something.
var errOrigin = errors.New("this community does not hold what the other one had")

func (c *command) origin() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "origin [--check]",
		Short: "from which community this one began, and whether its copies are true",
		Long: `Says from which community all was carried when this one began, by whom and when.
With --check it reads that community's own history, seal by seal, on this machine,
and compares every document with its copy. It needs nobody's word, nor the network.
Ends with status 1 when something is not as it was there.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			asking, end := api.OriginAsking{Check: check}, func() {}
			if check {
				asking.Job, end = c.watch(cmd, client)
			}
			out, err := client.Origin(cmd.Context(), asking)
			end()
			if err != nil {
				return err
			}
			if err := c.print(out, func() { c.tellOrigin(out) }); err != nil {
				return err
			}
			switch {
			case out.Check == nil || out.Check.Holds:
				return nil
			case out.Check.Failed != "":
				return api.Hint(fmt.Errorf("the copies cannot be checked: %s", out.Check.Failed),
					"if all has been synced, then whoever carried it left something out or changed it: ask others who were there")
			}
			return api.Hint(fmt.Errorf("%w: %s", errOrigin, count(len(out.Check.Differs), "document")),
				"`coppice show ID` shows one; ask whoever carried it how that came")
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "compare every copy with the other community's own history")
	return cmd
}

func (c *command) tellOrigin(out api.Origin) {
	if out.From == nil {
		c.line("%s began with nothing: it was carried from no other community", out.Name)
		return
	}
	name := out.From.Name
	if name == "" {
		name = "a community whose history is not here yet"
	}
	c.line("%s began with all that %s knew (%s)", out.Name, name, short(out.From.Community))
	if out.From.Concern != "" {
		c.line("    %s", out.From.Concern)
	}
	c.line("    carried by %s on %s", out.From.By.Name, out.From.At.Local().Format(day))
	k := out.Check
	if k == nil {
		c.say("whether the copies are true: coppice community origin --check")
		return
	}
	if k.Failed != "" {
		return
	}
	text := fmt.Sprintf("%d of %s as the other community had them", k.Same, are(k.Documents))
	if k.Changed > 0 {
		text += fmt.Sprintf("; of these, %s changed here since", was(k.Changed))
	}
	c.line("%s", text)
	for _, d := range k.Differs {
		c.line("%s  %s %q: %s", short(d.ID), d.Kind, d.Title, d.Says)
	}
}

func are(n int) string {
	if n == 1 {
		return "1 document is"
	}
	return fmt.Sprintf("%d documents are", n)
}

func was(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}
