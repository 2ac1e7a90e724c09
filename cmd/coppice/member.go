package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) member() *cobra.Command {
	return noun("member", "who belongs here, and what each may do",
		c.memberList(), c.memberShow(), c.memberRank(true), c.memberRank(false), c.memberRemove(), c.memberHandOver(), c.memberLog())
}

func (c *command) memberList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "the members, and what each may do",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Members, error) {
				return client.Members(ctx)
			}, func(out api.Members) {
				for _, m := range out.Items {
					if m.Waiting {
						c.line("%s  %-8s  %s, waits for a convener's yes: coppice member promote %s", short(m.ID), "waiting", m.Name, short(m.ID))
						continue
					}
					c.line("%s  %-8s  %s%s%s", short(m.ID), m.Rank, m.Name, severalDevices(m.Devices), takesPart(m.Level, m.AwayUntil, m.Lapsed))
				}
			})
		},
	}
}

func (c *command) memberShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "one member: what she does and knows, what passed between you, how she came in",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.MemberPage, error) {
				return client.Member(ctx, args[0])
			}, c.tellMember)
		},
	}
}

const day = "2006-01-02 15:04"

// severalDevices tells of more than one, which few have.
func severalDevices(n int) string {
	if n < 2 {
		return ""
	}
	return ", " + count(n, "device")
}

// takesPart says of a member what others want to know when they meet her: that
// she is new, away or gone. How much somebody does is nobody's label.
func takesPart(level, away string, lapsed bool) string {
	text := ""
	switch {
	case away != "":
		text = ", away until " + away
	case level == "newcomer" || level == "alumnus":
		text = ", " + level
	}
	if lapsed {
		text += ", committed more than a year ago: still with us?"
	}
	return text
}

func (c *command) tellMember(m api.MemberPage) {
	standing := m.Rank
	switch {
	case m.Waiting:
		standing = "waits for a convener's yes"
	case m.Keeper:
		standing = "keeper"
	case m.Ended != "":
		standing = "no longer in: " + m.Ended
	}
	c.line("%s, %s%s", m.Name, standing, takesPart(m.Level, m.AwayUntil, m.Lapsed))
	c.tellWords(m)
	c.line("id  %s", m.ID)
	c.tellComing(m)
}

// tellWords tells what a member says of herself, and others of what she did.
func (c *command) tellWords(m api.MemberPage) {
	if m.Does != "" {
		c.line("does: %s", strings.TrimSpace(m.Does))
	}
	if m.Intro != "" {
		c.line("%s", strings.TrimSpace(m.Intro))
	}
	for _, one := range []struct {
		what string
		of   []api.Item
	}{{"helps with", m.Helps}, {"learns", m.Learns}} {
		if len(one.of) > 0 {
			c.line("%s: %s", one.what, titles(one.of))
		}
	}
	if len(m.Service) > 0 {
		c.line("does for all: %s", strings.Join(m.Service, ", "))
	}
	if len(m.Guides) > 0 {
		c.line("guided by: %s", names(m.Guides))
	}
	for _, r := range m.Recognised {
		c.line("recognised for %s", r.Says)
	}
	for _, p := range m.Between {
		c.line("%s: %s (%s)", p.At.Local().Format("2 January 2006"), p.Says, short(p.Item.ID))
	}
	switch {
	case m.Commitment == "":
		c.line("no commitment yet")
	case m.CommittedAt != nil:
		c.line("commitment: %s (since %s)", strings.TrimSpace(m.Commitment), m.CommittedAt.Local().Format("2 January 2006"))
	}
	if m.Parting != "" {
		c.line("on leaving: %s", m.Parting)
	}
}

func titles(items []api.Item) string {
	var titles []string
	for _, i := range items {
		titles = append(titles, i.Title)
	}
	return strings.Join(titles, ", ")
}

// tellComing tells how a member came in, and by which devices.
func (c *command) tellComing(m api.MemberPage) {
	for _, a := range m.Admissions {
		switch {
		case a.Invite == "":
			c.line("founded the community, %s", a.At.Local().Format(day))
		case a.InvitedBy != nil:
			c.line("came in %s by an invite of %s (%s), let in by %s's node", a.At.Local().Format(day), a.InvitedBy.Name, short(a.Invite), a.By.Name)
		default:
			c.line("came in %s, let in by %s's node", a.At.Local().Format(day), a.By.Name)
		}
	}
	for _, d := range m.Devices {
		by := "the member's root key"
		if d.By != "root" {
			by = "device " + short(d.By)
		}
		this := ""
		if d.This {
			this = " (this one)"
		}
		c.line("device %s%s, certified %s by %s", short(d.ID), this, d.Certified.Local().Format(day), by)
	}
	for _, f := range m.Follows {
		c.line("carries on as %s (%s), vouched for by %s", f.Member.Name, short(f.Member.ID), names(f.Vouched))
	}
}

func (c *command) memberRank(up bool) *cobra.Command {
	r := api.Ranking{Up: up}
	cmd := &cobra.Command{
		Use:   "demote ID [--to RANK]",
		Short: "take one step of rank away",
		Long: `A convener demotes members, a founder conveners too. What the demoted wrote so far
stays as this node holds it.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Ranked, error) {
				return client.SetRank(ctx, args[0], r)
			}, func(out api.Ranked) {
				c.line("%s is a %s now", out.Member.Name, out.To)
			})
		},
	}
	if up {
		cmd.Use, cmd.Short = "promote ID [--to RANK]", "give one step of rank more, or let in who waits"
		cmd.Long = `A convener makes guests members, and says yes to who waits; only a founder makes
conveners and founders. Nobody can take anything from a founder again.`
	}
	cmd.Flags().StringVar(&r.To, "to", "", "guest, member, convener or founder (default: the next step)")
	return cmd
}

func (c *command) memberRemove() *cobra.Command {
	var r api.Removing
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove ID [--reason TEXT] [--yes]",
		Short: "take someone out; says first what is kept and what they still have",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.part(cmd, yes, parting{
				what: "remove this member", done: "removed",
				look: func(ctx context.Context, client *api.Client) (api.Parting, error) {
					return client.Removal(ctx, args[0])
				},
				act: func(ctx context.Context, client *api.Client) (api.Parting, error) {
					return client.Remove(ctx, args[0], r)
				},
			})
		},
	}
	cmd.Flags().StringVar(&r.Reason, "reason", "", "why; every member reads it, and so does who is removed")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (c *command) memberHandOver() *cobra.Command {
	var to string
	var yes bool
	cmd := &cobra.Command{
		Use:   "hand-over ID --to ID [--yes]",
		Short: "let someone who lost every key carry on as the same person",
		Long: `For a member who lost every device and has no recovery kit: she comes in anew by
an invite, and this makes what the old member wrote her own again. A founder can
say so alone; of two conveners the second says the same as the first.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return api.Hint(fmt.Errorf("%w: who carries on?", api.ErrUsage), "name the new member with --to; `coppice member list` shows the ids")
			}
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			means, err := client.HandingOver(cmd.Context(), args[0], to)
			if err != nil {
				return err
			}
			for _, text := range means.Says {
				c.say("%s", text)
			}
			if !yes {
				if err := c.confirm("do this"); err != nil {
					return err
				}
			}
			out, err := client.HandOver(cmd.Context(), args[0], to)
			if err != nil {
				return err
			}
			return c.print(out, func() {
				if out.Waits {
					c.line("vouched for")
				} else {
					c.line("handed over")
				}
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "who carries on: an id, the beginning of one, or a name")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func names(people []api.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// parting is an act that takes people out: what it means, and the act itself.
type parting struct {
	what, done string
	look, act  func(context.Context, *api.Client) (api.Parting, error)
}

// part says what the act means, asks on a terminal, and does it.
func (c *command) part(cmd *cobra.Command, yes bool, p parting) error {
	client, err := c.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	ctx := cmd.Context()
	means, err := p.look(ctx, client)
	if err != nil {
		return err
	}
	if !yes {
		for _, text := range means.Says {
			fmt.Fprintln(c.err, shown(text))
		}
		if err := c.confirm(p.what); err != nil {
			return err
		}
	}
	out, err := p.act(ctx, client)
	if err != nil {
		return err
	}
	return c.print(out, func() {
		c.line("%s", p.done)
		if yes {
			for _, text := range out.Says {
				c.say("%s", text)
			}
		}
	})
}

// confirm asks a person; a script is told to say --yes.
func (c *command) confirm(what string) error {
	if !isTerminal(c.in) {
		return api.Hint(fmt.Errorf("%w: nobody is there to ask whether to %s; nothing was changed", api.ErrUsage, what),
			"read what stands above, then say it again with --yes")
	}
	fmt.Fprintf(c.err, "Shall I %s? [y/N] ", what)
	line, _ := bufio.NewReader(c.in).ReadString('\n') // no answer is a no
	if answer := strings.ToLower(strings.TrimSpace(line)); answer == "y" || answer == "yes" {
		return nil
	}
	return api.Hint(fmt.Errorf("nothing was changed"), "answer y to go on")
}

func (c *command) memberLog() *cobra.Command {
	return &cobra.Command{
		Use:   "log [ID]",
		Short: "what is kept without effect: what, whose, and why",
		Long: `Lists what was decided without the right to, and words that a removal, a leave or
a demotion set aside: all of it, or one member's. It is kept and passed on; it
has no effect. Someone with the right can say it anew.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.MemberLog, error) {
				return client.MemberLog(ctx, strings.Join(args, ""))
			}, func(out api.MemberLog) {
				for _, v := range out.Items {
					c.line("%s  %s  %s: %s. Without effect: %s.", v.At.Local().Format(day), short(v.ID), v.By.Name, v.What, v.Why)
				}
				if out.More {
					c.say("older ones are not listed")
				}
				if len(out.Items) == 0 {
					c.say("nothing: all that was written and decided has its effect")
				}
			})
		},
	}
}
