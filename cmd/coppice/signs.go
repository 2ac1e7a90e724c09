package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) signs() *cobra.Command {
	var on string
	var history bool
	cmd := &cobra.Command{
		Use:   "signs [--day DAY] [--history]",
		Short: "how this community is doing, and what would do it good",
		Long: `Says what the community looks like today, reads the signs of its three elements,
domain, community and practice, and names one thing to do for each. The signs are
read of what members did here; nobody is named, counted or ranked. --day looks at
the end of a past day, --history at the end of each week.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if history {
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (out api.SignsHistory, err error) {
					for !out.Complete && err == nil {
						out, err = client.SignsHistory(ctx, on)
					}
					return out, err
				}, c.tellSignsHistory)
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Signs, error) {
				return client.Signs(ctx, on)
			}, c.tellSigns)
		},
	}
	cmd.Flags().StringVar(&on, "day", "", "at the end of this day, like 2026-05-14")
	cmd.Flags().BoolVar(&history, "history", false, "at the end of each week since it began")
	return cmd
}

func (c *command) value() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "value [--from DAY]",
		Short: "what this community was worth to its members lately",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Value, error) {
				return client.Value(ctx, from)
			}, c.tellValue)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "since this day, like 2026-05-14")
	return cmd
}

// signNames are the signs in their order, with what they are called.
var signNames = []struct{ name, called string }{
	{"stated", "what it is about is written down"}, {"agreed", "the charter is agreed to"}, {"committed", "members are committed"},
	{"on_the_map", "what is made has its area"}, {"agenda", "questions that several want"}, {"distinct", "members are known for something"},
	{"linked", "members are linked"}, {"mutual", "it goes both ways"}, {"breadth", "many take part"}, {"rhythm", "the rhythm is kept"},
	{"answered", "questions are answered"}, {"welcome", "newcomers are welcomed"},
	{"repertoire", "there is a repertoire"}, {"practised", "it is practised"}, {"proven", "ways are proven"},
	{"kept", "what is found out is kept"}, {"fresh", "ways are fresh"}, {"many_hands", "many hands shape it"},
}

func (c *command) tellSigns(s api.Signs) {
	c.line("%s: %s", strings.ToUpper(s.Verdict[:1])+s.Verdict[1:], s.Says)
	for _, n := range s.Notes {
		c.line("Also %s: %s", n.Verdict, n.Says)
	}
	c.line("On %s, with %s in and not away; its stage: %s.", s.Day, count(s.N, "member"), s.Stage)
	for _, e := range []struct {
		name  string
		value *float64
	}{{api.ElementDomain, s.D}, {api.ElementCommunity, s.C}, {api.ElementPractice, s.P}} {
		c.line("")
		c.line("%-38s %s", strings.ToUpper(e.name), asFigure(e.value, s.Small))
		for _, row := range signNames {
			if sign, ok := s.Signs[row.name]; ok && sign.Element == e.name {
				c.line("  %-36s %-8s %s", row.called, asFigure(sign.Value, s.Small), sign.Of)
			}
		}
	}
	c.line("")
	c.line("vitality %s, balance %s", asFigure(s.Vitality, s.Small), asFigure(s.Balance, s.Small))
	if len(s.Next) > 0 {
		c.line("")
		c.line("Next")
	}
	for _, next := range s.Next {
		c.line("  %s: %s", next.Element, next.Act)
		c.line("    %s", next.Why)
		does := next.Does
		if next.Item != nil {
			c.line("    %s  %s %q", short(next.Item.ID), next.Item.Kind, next.Item.Title)
			does = strings.ReplaceAll(does, next.Item.ID, short(next.Item.ID))
		}
		c.line("    %s", does)
	}
}

// asFigure says a figure; in a small community in a word, since one member more
// or less moves it by a third.
func asFigure(value *float64, small bool) string {
	switch {
	case value == nil:
		return "-"
	case !small:
		return fmt.Sprintf("%.3f", *value)
	case *value >= 0.7:
		return "strong"
	case *value >= 0.4:
		return "steady"
	}
	return "thin"
}

func (c *command) tellSignsHistory(h api.SignsHistory) {
	c.line("%-12s %-6s %-10s %-9s %-9s %s", "week to", "domain", "community", "practice", "vitality", "looks like")
	figure := func(value *float64) string { return asFigure(value, false) }
	for _, w := range slices.Backward(h.Weeks) {
		c.line("%-12s %-6s %-10s %-9s %-9s %s", w.Day, figure(w.D), figure(w.C), figure(w.P), figure(w.Vitality), w.Verdict)
	}
}

// stepNames say what the five steps of value are.
var stepNames = map[string]string{
	"immediate": "What was good at once", "potential": "What may be of use", "applied": "What was done with it",
	"realized": "What came of it", "reframing": "What is seen otherwise now",
}

func (c *command) tellValue(v api.Value) {
	c.say("from %s to %s", v.From, v.To)
	for _, step := range v.Steps {
		c.line("%s: %d", stepNames[step.Step], step.Count)
		for _, one := range step.Items {
			who := ""
			if one.By != nil {
				who = one.By.Name + ": "
			}
			c.line("  %s  %s %q\n            %s%s", short(one.ID), one.Kind, one.Title, who, one.Says)
		}
	}
}
