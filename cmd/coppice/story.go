package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) story() *cobra.Command {
	return noun("story", "what happened to us", c.telling("new"), c.listOf("story", "`coppice tell --title T` tells one"))
}

// section is a part that stories of one form have.
type section struct{ name, asks string }

// sections are the parts of the forms that have any, in the order they are asked.
var sections = map[string][]section{
	"review": {
		{"expected", "What did you expect?"}, {"what_happened", "What happened?"}, {"why", "Why?"}, {"learned", "What did you learn?"},
	},
	"value": {
		{"immediate", "What was it like?"}, {"potential", "What did you take away?"}, {"applied", "What did you change?"},
		{"realized", "What came of it?"}, {"reframing", "What counts as success now?"},
	},
	"case": {
		{"situation", "What was the situation?"}, {"did", "What did you do?"}, {"outcome", "What came of it?"}, {"would_do_now", "What would you do now?"},
	},
}

func (c *command) tell() *cobra.Command { return c.telling("tell") }

// telling makes the verb that tells a story: one's own, or for who told it.
func (c *command) telling(verb string) *cobra.Command {
	d := api.Draft{Kind: "story"}
	var file, teller, at, happened string
	var where []string
	var masked bool
	parts := map[string]*string{}
	cmd := &cobra.Command{
		Use:   verb + " --title T [--file F|-] [--at GATHERING] [--teller NAME]",
		Short: "tell a story, in your own voice (tell = story new)",
		Long: `Tells a story. Only its teller and who writes it down can change it. --teller names
who told it, a member or anybody else; a member can mask it or take it back. A review,
a case and a story of what something was worth (--form value) have parts of their own:
give them as flags, or be asked for them at a terminal.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.Fields = map[string]any{}
			for name, value := range map[string]string{"teller": c.teller(cmd, teller), "happened": happened} {
				if value != "" {
					d.Fields[name] = value
				}
			}
			if at != "" {
				d.Fields["links"] = links("told_at", []string{at})
			}
			if len(where) > 0 {
				d.Fields["context"] = strings.Join(where, ",")
			}
			if masked {
				d.Fields["masked"] = true
			}
			if err := c.sectioned(&d, file, parts); err != nil {
				return err
			}
			return c.draft(cmd, d, file)
		},
	}
	drafting(cmd, &d, &file)
	f := cmd.Flags()
	f.StringVar(&teller, "teller", "", "who told it, if not you: a member's name, or words such as \"a nurse on nights\"")
	f.StringVar(&at, "at", "", "the gathering it was told at")
	f.StringVar(&happened, "happened", "", "the day it happened: 2026-05-14")
	f.StringArrayVar(&where, "ctx", nil, "where it happened, key=value (repeatable)")
	f.BoolVar(&masked, "masked", false, "details are changed to protect people")
	for _, form := range slices.Sorted(maps.Keys(sections)) {
		for _, s := range sections[form] {
			parts[s.name] = f.String(strings.ReplaceAll(s.name, "_", "-"), "", "of a "+form+": "+s.asks)
		}
	}
	return cmd
}

// sectioned fills in the parts of a story that were given. Who tells at a
// terminal and gave none of it is asked for them.
func (c *command) sectioned(d *api.Draft, file string, parts map[string]*string) error {
	given := file != ""
	for form, all := range sections {
		for _, s := range all {
			if text := *parts[s.name]; text != "" {
				if d.Form != form {
					return api.Hint(fmt.Errorf("%w: --%s is a part of a %s", api.ErrUsage, strings.ReplaceAll(s.name, "_", "-"), form), "tell it with --form %s", form)
				}
				d.Fields[s.name], given = text, true
			}
		}
	}
	if given || len(sections[d.Form]) == 0 || c.json || !isTerminal(c.in) || !isTerminal(c.out) {
		return nil
	}
	in := bufio.NewReader(c.in)
	for _, s := range sections[d.Form] {
		fmt.Fprintf(c.err, "%s ", s.asks)
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			return api.Hint(fmt.Errorf("%w: the story was not told", api.ErrUsage), "answer the questions; an empty line leaves one out")
		}
		if line = strings.TrimSpace(line); line != "" {
			d.Fields[s.name] = line
		}
	}
	return nil
}

// teller returns whom a name means: a member of that name, if there is one.
func (c *command) teller(cmd *cobra.Command, name string) string {
	if name == "" || name == "me" || strings.HasPrefix(name, "@") {
		return name
	}
	client, err := c.dial()
	if err != nil {
		return name // the act that follows says so
	}
	defer client.Close()
	members, err := client.Members(cmd.Context())
	if err != nil {
		return name
	}
	for _, m := range members.Items {
		if strings.EqualFold(m.Name, name) {
			return "@" + m.ID
		}
	}
	return name
}

func (c *command) retold() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "retold STORY --at GATHERING",
		Short: "note that a story was told once more",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if at == "" {
				return api.Hint(fmt.Errorf("%w: where was it told?", api.ErrUsage), "name the gathering: --at ID; `coppice gathering list` shows them")
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "add", Field: "retold", Value: at})
			}, func(api.Made) { c.say("noted") })
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "the gathering")
	return cmd
}

func (c *command) used() *cobra.Command {
	return c.entering("used STORY [WORDS] [--ctx k=v]", "say that a story was of use to you", "used", cobra.RangeArgs(1, 2),
		func(args []string, _ map[string]any) string { return strings.Join(args[1:], " ") })
}

// tellStory tells above its text whose a story is.
func (c *command) tellStory(d api.Document) {
	if len(d.Credited) > 0 && d.Credited[0].ID != d.Author.ID {
		c.line("told by %s", names(d.Credited))
	}
	if into[bool](d.Fields["masked"]) {
		c.line("details are changed to protect people")
	}
}

// tellUse tells below its text the parts of a story, where it was told again
// and who used it.
func (c *command) tellUse(d api.Document) {
	for _, s := range sections[into[string](d.Fields["form"])] {
		if text := into[string](d.Fields[s.name]); text != "" {
			c.line("\n%s\n%s", s.asks, strings.TrimRight(text, "\n"))
		}
	}
	if told := into[int](d.Fields["told"]); told > 1 {
		c.line("\ntold %d times", told)
	}
	for _, i := range d.Retold {
		c.line("  told again at %s: %s", short(i.ID), i.Title)
	}
	for _, u := range d.Used {
		if u.Folded != "" {
			c.line("  - (closed: %s)", u.Folded)
			continue
		}
		text := fmt.Sprintf("%s used it, %s", u.By.Name, u.At.Local().Format(day))
		for _, more := range []string{pairs(u.Context), u.Words} {
			if more != "" {
				text += "; " + more
			}
		}
		c.line("  - %s", text)
	}
}
