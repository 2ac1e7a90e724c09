package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) charter() *cobra.Command {
	return noun("charter", "what we care about, written by all of us", c.charterShow(), c.charterEdit(), c.charterAgree())
}

// charterFields are the texts of a charter that are agreed to, in the order in
// which they are read, and what each answers.
var charterFields = []struct{ name, asks string }{
	{"concern", "What we care about"}, {"domain", "What we do"}, {"in_scope", "What is part of it"},
	{"out_scope", "Who or what it is not for"}, {"commitment", "What members promise"}, {"norms", "How we work"},
}

func (c *command) charterShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "what is in force, since when and by whom, and what the draft says otherwise",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Charter, error) {
				return client.Charter(ctx)
			}, c.tellCharter)
		},
	}
}

func (c *command) charterEdit() *cobra.Command {
	var field, file string
	cmd := &cobra.Command{
		Use:   "edit [--field F] --file F|-",
		Short: "have a text of the charter say what the file says",
		Long: `What is in force stays so until enough members agree to the new text. Fields:
concern, domain, in_scope, out_scope, commitment, norms.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return api.Hint(fmt.Errorf("%w: there is no new text", api.ErrUsage), "give the whole text as it should be: --file F, or --file - for standard input")
			}
			text, err := c.text(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Edit(ctx, "charter", api.Rewrite{Field: field, Text: text})
			}, func(api.Made) { c.say("saved; `coppice charter agree` says that you stand by it") })
		},
	}
	cmd.Flags().StringVar(&field, "field", "", "which text (default: concern)")
	cmd.Flags().StringVar(&file, "file", "", "the text as it should be, - for standard input")
	return cmd
}

func (c *command) charterAgree() *cobra.Command {
	return &cobra.Command{
		Use:   "agree",
		Short: "say that you stand by the charter as it reads now",
		Long: `A text is in force once enough of the members agree to it: two thirds, unless the
charter says otherwise. Who agreed to an earlier text still does: a draft unseats
nothing before as many stand by it.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Charter, error) {
				return client.Agree(ctx, api.Agreeing{})
			}, func(out api.Charter) {
				switch in, draft := out.InForce, out.Draft; {
				case draft != nil:
					c.say("you agree to it, with %s of %d; %d make it the one in force", decimal(len(draft.Agreed)), draft.Of, draft.Needs)
				case in != nil:
					c.say("you agree to it: %s", inForce(*in))
				}
			})
		},
	}
}

// inForce says how a version stands.
func inForce(in api.CharterInForce) string {
	stands := "in force"
	if in.Thinly {
		stands = fmt.Sprintf("thinly agreed (%d make it firm)", in.Needs)
	}
	return fmt.Sprintf("%s since %s, agreed by %d of %d", stands, in.Since.Local().Format("2 January 2006"), len(in.Agreed), in.Of)
}

func (c *command) tellCharter(ch api.Charter) {
	c.line("%s (%s)", ch.Name, ch.Style)
	in := map[string]string{}
	switch {
	case ch.InForce != nil:
		in = ch.InForce.Text
		c.line("%s: %s", inForce(*ch.InForce), names(ch.InForce.Agreed))
	case ch.Prompts.Charter:
		c.line("a draft: nobody has agreed to it yet")
	default:
		c.line("nobody has needed to agree to it yet")
	}
	differs := map[string]bool{}
	if ch.Draft != nil {
		for _, name := range ch.Draft.Differs {
			differs[name] = true
		}
	}
	for _, f := range charterFields {
		text := strings.TrimSpace(in[f.name])
		if text != "" {
			c.line("\n%s\n%s", f.asks, text)
		}
		if !differs[f.name] {
			continue
		}
		switch draft := strings.TrimSpace(ch.Draft.Text[f.name]); {
		case ch.InForce == nil:
			c.line("\n%s\n%s", f.asks, draft)
		case draft == "":
			c.line("  draft, differs here: left out")
		case text == "":
			c.line("\n%s\n  draft, differs here:\n%s", f.asks, draft)
		default:
			c.line("  draft, differs here:\n%s", draft)
		}
	}
	c.tellCharterRest(ch)
}

func (c *command) tellCharterRest(ch api.Charter) {
	if ch.Draft != nil && ch.InForce != nil {
		c.line("\nthe draft is agreed to by %d of %d; %d bring it into force", len(ch.Draft.Agreed), ch.Draft.Of, ch.Draft.Needs)
	}
	if len(ch.ContextKeys) > 0 {
		c.line("\nwe say of a context: %s", strings.Join(ch.ContextKeys, ", "))
	}
	if len(ch.Starters) > 0 {
		c.line("\nto begin with:")
		c.tellItems(ch.Starters)
	}
	entry := "everybody with an invite comes in at once"
	if ch.Policy.Entry == api.PolicyApproval {
		entry = "a convener says yes to each who comes"
	}
	c.line("\n%s invite; %s", ch.Policy.Invite, entry)
	if len(ch.Hint) > 0 {
		c.say("You keep talking about: %s. Is this your domain? `coppice charter edit --field domain --file -` says so.", strings.Join(ch.Hint, ", "))
	}
	if ch.Prompts.Charter && !ch.AgreedByMe {
		c.say("You have not agreed to it as it reads: `coppice charter agree`.")
	}
}
