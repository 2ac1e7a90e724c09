package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) question() *cobra.Command {
	return noun("question", "what members ask each other", c.asking("new"))
}

func (c *command) ask() *cobra.Command { return c.asking("ask") }

func (c *command) asking(verb string) *cobra.Command {
	var file string
	var post bool
	var contexts []string
	q := api.Ask{}
	cmd := &cobra.Command{
		Use:   verb + " TITLE [--area A] [--file F|-]",
		Short: "ask a question; shows first what is known already, and whom it may be put to",
		Long: `On a terminal what is perhaps known already is shown before anything is asked,
--post goes on without asking; in a script the question is asked at once. Whom it
may be put to is told with the reasons: at most three who can help, and somebody
who learns it herself.`,
		Example: `  coppice ask "Judder only in the last wipes after rain stops?" --area rubber --seeks experience --ctx climate=nordic
  coppice ask "What do cameras need from a wiped area?" --horizon agenda`,
		Args: arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			q.Title, q.Context = args[0], strings.Join(contexts, ", ")
			if q.Body, err = c.text(file); err != nil {
				return err
			}
			if !post && !c.json && file != "-" && isTerminal(c.in) && isTerminal(c.out) {
				if err := c.known(cmd, q); err != nil {
					return err
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Asked, error) {
				return client.Ask(ctx, q)
			}, func(out api.Asked) { c.tellAsked(out, q) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "more about it (Markdown), - for standard input")
	f.StringArrayVar(&q.Areas, "area", nil, "an area it belongs to: its name or id (repeatable)")
	f.StringVar(&q.Seeks, "seeks", "", "what would help: fix, pointer, experience or opinion")
	f.StringArrayVar(&contexts, "ctx", nil, "where it comes up, key=value (repeatable)")
	f.StringVar(&q.Horizon, "horizon", "", "now, or agenda: one for all of us, to keep coming back to")
	f.StringVar(&q.WantedBy, "wanted-by", "", "the day by which an answer is of use, 2026-05-14")
	f.BoolVar(&q.ForSomeone, "for-someone", false, "you carry it for somebody who stays unnamed")
	f.StringArrayVar(&q.To, "ask", nil, "put it to somebody, @Dev (repeatable)")
	f.BoolVar(&post, "post", false, "ask it, whatever is known already")
	return cmd
}

// known shows what may answer a question already, and goes on when who asks
// wants to.
func (c *command) known(cmd *cobra.Command, q api.Ask) error {
	client, err := c.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	out, err := client.Asking(cmd.Context(), q)
	if err != nil || len(out.Known) == 0 {
		return err
	}
	c.say("Perhaps known already (`coppice show ID`):")
	for _, i := range out.Known {
		c.say("  %s  %-8s  %s  %s", short(i.ID), i.Kind, strings.ReplaceAll(i.Title, "\n", " "), i.Author.Name)
	}
	return c.confirm("ask it all the same")
}

func (c *command) tellAsked(out api.Asked, q api.Ask) {
	c.line("%s", out.ID)
	if out.First && !q.ForSomeone {
		c.say("Your first question here: others see that it is.")
	}
	if len(out.Matched) > 0 && len(q.To) == 0 {
		c.say("Whom you may put it to:")
	}
	if len(q.To) == 0 {
		for _, m := range out.Matched {
			c.say("  %s", matched(m))
		}
		if len(out.Matched) > 0 {
			c.say("`coppice add %s asked @%s` asks %s.", short(out.ID), out.Matched[0].Member.Name, out.Matched[0].Member.Name)
		}
	}
}

// matched names somebody a question may be put to, and why.
func matched(m api.Matched) string {
	near := ""
	if m.Near {
		near = " (not far ahead of you)"
	}
	return m.Member.Name + near + ": " + strings.Join(m.Reasons, "; ")
}

func (c *command) answer() *cobra.Command {
	var file, story string
	cmd := &cobra.Command{
		Use:   "answer ID [--file F|-] [--story ID]",
		Short: "answer a question, in words or with a story",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" && story == "" {
				file = "-"
			}
			if file == "-" && isTerminal(c.in) {
				c.say("write the answer, then Ctrl-D on a line of its own:")
			}
			body, err := c.text(file)
			if err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Answer(ctx, args[0], api.Answering{Body: body, Story: story})
			}, func(out api.Made) { c.line("%s", out.ID) })
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "the answer (Markdown), - for standard input, which is usual without --story")
	cmd.Flags().StringVar(&story, "story", "", "a story that answers it")
	return cmd
}

func (c *command) helped() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "helped ANSWER [--undo]",
		Short: "say that an answer helped: the id of the answer, or QUESTION/ANSWER",
		Long: `Several answers may have helped. When the asker says so the question is solved;
what others say stands beside it. It is said of the answer as it reads now.`,
		Args: arguments("ANSWER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := args[0][strings.LastIndex(args[0], "/")+1:]
			a := api.Assignment{Verb: "put", Field: "helped", Value: "now"}
			if undo {
				a = api.Assignment{Verb: "take", Field: "helped"}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, id, a)
			}, func(api.Made) {
				if undo {
					c.say("taken back")
					return
				}
				c.say("noted. What was learned is worth keeping: `coppice way new --title T`, then `coppice add WAY links \"from %s\"`", short(id))
			})
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "take it back")
	return cmd
}

func (c *command) close() *cobra.Command {
	return &cobra.Command{
		Use:   "close ID solved|moot|moved|open [WORDS]",
		Short: "close a question and say why, or open it again",
		Long: `The asker closes it, who takes care of it, or a convener. "open" takes an earlier
word back, and what helped before then solves it no more.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 || len(args) == 3 {
				return nil
			}
			return api.Hint(fmt.Errorf("%w: coppice close takes ID, why, and words if you like", api.ErrUsage), "coppice close ID solved|moot|moved|open \"in your words\"")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			value := map[string]any{"why": args[1]}
			if len(args) > 2 {
				value["words"] = args[2]
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: "set", Field: "closed", Value: value})
			}, func(api.Made) { c.say("noted") })
		},
	}
}

// oursFrom is how many others make a question one for all.
const oursFrom = 3

func (c *command) metoo() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "metoo ID [--undo]",
		Short: "say that you have this question, or met this, too",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			verb := "add"
			if undo {
				verb = "drop"
			}
			out, err := client.Assign(cmd.Context(), args[0], api.Assignment{Verb: verb, Field: "marks", Value: "metoo"})
			if err != nil {
				return err
			}
			return c.print(out, func() { c.tellMeToo(cmd.Context(), client, out.ID, undo) })
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "take it back")
	return cmd
}

// tellMeToo says how many have the same, and offers a question that many have
// to all.
func (c *command) tellMeToo(ctx context.Context, client *api.Client, id string, undo bool) {
	if undo {
		c.say("taken back")
		return
	}
	d, err := client.Show(ctx, id)
	if err != nil || d.Kind != "question" {
		c.say("noted")
		return
	}
	others := into[int](d.Fields["metoo"])
	c.say("noted: %s said so", count(others, "member"))
	if into[string](d.Fields["horizon"]) != api.HorizonAgenda && others >= oursFrom {
		c.say("So many have it that it may be one for all of us: `coppice set %s horizon agenda` puts it on the agenda.", short(id))
	}
}

func (c *command) champion() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "champion ID [--undo]",
		Short: "take care of a question: see that it is answered, close it in the end",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			verb, done := "add", "you take care of it"
			if undo {
				verb, done = "drop", "you no longer take care of it"
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Assign(ctx, args[0], api.Assignment{Verb: verb, Field: "champion", Value: "me"})
			}, func(api.Made) { c.say("%s", done) })
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "step down")
	return cmd
}

func (c *command) agenda() *cobra.Command {
	return &cobra.Command{
		Use:   "agenda",
		Short: "the questions we keep coming back to, those most of us have first",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Agenda, error) {
				return client.Agenda(ctx)
			}, func(out api.Agenda) {
				for _, a := range out.Items {
					care := ""
					if len(a.Champions) > 0 {
						care = ", looked after by " + names(a.Champions)
					}
					c.line("%s  %s\n            %s and %s more, %s%s", short(a.ID), a.Title, a.Author.Name, decimal(len(a.MeToo)), a.State, care)
				}
				if len(out.Items) == 0 {
					c.say("nothing is on it: `coppice ask TITLE --horizon agenda`, or `coppice set ID horizon agenda`")
				}
			})
		},
	}
}

// into reads a field of a document as what it is.
func into[T any](field any) (out T) {
	b, err := json.Marshal(field)
	if err != nil || json.Unmarshal(b, &out) != nil {
		var none T
		return none
	}
	return out
}

// pairs writes a context as people do.
func pairs(context map[string]string) string {
	var all []string
	for key, value := range context {
		all = append(all, key+"="+value)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// tellQuestion says what matters of a question besides its words.
func (c *command) tellQuestion(d api.Document) {
	if into[bool](d.Fields["for_someone"]) {
		c.line("%s carries it for somebody else", d.Author.Name)
	} else if into[bool](d.Fields["first_question"]) {
		c.line("the first question of %s", d.Author.Name)
	}
	if seeks := into[string](d.Fields["seeks"]); seeks != "" {
		c.line("seeks: %s", seeks)
	}
	if context := pairs(into[map[string]string](d.Fields["context"])); context != "" {
		c.line("context: %s", context)
	}
	if by := into[string](d.Fields["wanted_by"]); by != "" {
		c.line("wanted by %s", by)
	}
	if into[string](d.Fields["horizon"]) == api.HorizonAgenda {
		c.line("on the agenda; %s", meToo(d))
	} else if into[int](d.Fields["metoo"]) > 0 {
		c.line("%s", meToo(d))
	}
	if champions := into[[]api.Person](d.Fields["champion"]); len(champions) > 0 {
		c.line("looked after by %s", names(champions))
	}
	for _, m := range into[[]api.Matched](d.Fields["put_to"]) {
		c.line("put to %s", strings.TrimSuffix(matched(m), ": "))
	}
	for _, i := range into[[]api.Item](d.Fields["made"]) {
		c.line("kept as %s %s: %s", i.Kind, short(i.ID), i.Title)
	}
	closed := into[struct{ Why, Words string }](d.Fields["closed"])
	if closed.Words != "" {
		c.line("%s: %s", closed.Why, closed.Words)
	}
}

func meToo(d api.Document) string {
	return count(into[int](d.Fields["metoo"]), "other") + " said: me too"
}

// tellAnswer tells an answer, and whom it helped.
func (c *command) tellAnswer(a api.Entry, asker api.Person) {
	c.line("\n%s answers (%s):", a.Author.Name, short(a.ID))
	if a.Body != "" {
		c.line("%s", strings.TrimRight(a.Body, "\n"))
	}
	if story := into[string](a.Fields["story"]); story != "" {
		c.line("with a story: coppice show %s", short(story))
	}
	type help struct {
		Member  api.Person
		Edited  bool    `json:"edited_since"`
		Changed float64 `json:"changed"`
	}
	for _, h := range into[[]help](a.Fields["helped"]) {
		who := h.Member.Name
		if h.Member.ID == asker.ID {
			who += ", who asked"
		}
		edited := ""
		if h.Edited {
			edited = fmt.Sprintf(" (edited since: %.0f %% of it)", max(1, h.Changed*100))
		}
		c.line("-> it helped %s%s", who, edited)
	}
}
