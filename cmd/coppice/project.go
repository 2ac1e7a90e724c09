package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) project() *cobra.Command {
	return noun("project", "what several of us do together",
		c.projectNew(), c.listOf("project", "`coppice project new TITLE` proposes one"), c.projectShow(), c.projectJoin(), c.projectDo(), c.projectEnd())
}

func (c *command) projectNew() *cobra.Command {
	var aim, file, due, words string
	d := api.Draft{Kind: "project", Fields: map[string]any{}}
	cmd := &cobra.Command{
		Use:   "new TITLE",
		Short: "propose something to do together; it is under way when a second joins",
		Args:  arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			d.Title, d.Body = args[0], aim
			if file != "" {
				if d.Body, err = c.text(file); err != nil {
					return err
				}
			}
			for name, value := range map[string]string{"due": due, "joined": words} {
				if value != "" {
					d.Fields[name] = value
				}
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.New(ctx, d)
			}, func(out api.Made) {
				c.line("%s", out.ID)
				c.say("proposed; `coppice project join %s` is how others come in", short(out.ID))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&aim, "aim", "", "what it is for, in a sentence")
	f.StringVar(&file, "file", "", "the same as a text, - for standard input")
	f.StringVar(&due, "due", "", "the day it should be done by, 2026-05-14")
	f.StringVar(&words, "words", "", "what you bring to it")
	f.StringArrayVar(&d.Areas, "area", nil, "an area it belongs to (repeatable)")
	return cmd
}

// reshow runs an act on a document and prints what it then is.
func (c *command) reshow(cmd *cobra.Command, id string, act func(context.Context, *api.Client, api.Document) error, tell func(api.Document)) error {
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Document, error) {
		d, err := client.Show(ctx, id)
		if err == nil {
			err = act(ctx, client, d)
		}
		if err != nil {
			return d, err
		}
		return client.Show(ctx, d.ID)
	}, tell)
}

// of refuses a document of another kind than the verb is about.
func of(d api.Document, kind string) error {
	if d.Kind == kind {
		return nil
	}
	return api.Hint(fmt.Errorf("%w: %s is no %s but a %s", api.ErrUsage, short(d.ID), kind, d.Kind), "`coppice %s list` shows them", kind)
}

func (c *command) projectShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "its aim, who is in it, and what is to do",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.reshow(cmd, args[0], func(_ context.Context, _ *api.Client, d api.Document) error {
				return of(d, "project")
			}, c.tellProject)
		},
	}
}

func (c *command) tellProject(d api.Document) {
	c.tellDocument(d)
	if due, ok := d.Fields["due"].(string); ok {
		c.line("\ndue: %s", due)
	}
	for _, one := range ownValues(d, "joined") {
		if one.Value == "" {
			c.line("in it: %s", one.Member.Name)
			continue
		}
		c.line("in it: %s: %s", one.Member.Name, one.Value)
	}
	c.tellTasks(d)
	if ended, ok := d.Fields["ended"].(map[string]any); ok && d.State == "ended" {
		c.line("\nended: %s", inWords(ended["outcome"]))
	}
}

func (c *command) tellTasks(d api.Document) {
	for i, task := range tasksOf(d) {
		if i == 0 {
			c.line("\nto do:")
		}
		mark, doer := " ", ""
		if task.done {
			mark = "x"
		}
		if task.doer != "" {
			doer = ", " + task.doer
		}
		c.line("%d. [%s] %s%s", i+1, mark, task.text, doer)
	}
}

// task is an item of a project's list.
type task struct {
	id, text, doer string
	done           bool
}

// tasksOf reads the tasks of a project as its JSON has them.
func tasksOf(d api.Document) (all []task) {
	items, _ := d.Fields["tasks"].([]any)
	for _, item := range items {
		o, _ := item.(map[string]any)
		fields, _ := o["fields"].(map[string]any)
		one := task{}
		one.id, _ = o["id"].(string)
		one.text, _ = fields["text"].(string)
		one.text = strings.TrimSpace(one.text)
		one.done, _ = fields["done"].(bool)
		if doer, ok := fields["doer"].(map[string]any); ok {
			one.doer = inWords(doer)
		}
		all = append(all, one)
	}
	return all
}

// ownValues reads what members said of themselves in a field.
func ownValues(d api.Document, field string) (all []api.Said) {
	items, _ := d.Fields[field].([]any)
	for _, item := range items {
		o, _ := item.(map[string]any)
		who, _ := o["member"].(map[string]any)
		one := api.Said{Value: inWords(o["value"])}
		one.Member.ID, _ = who["id"].(string)
		one.Member.Name, _ = who["name"].(string)
		all = append(all, one)
	}
	return all
}

func (c *command) projectJoin() *cobra.Command {
	var leave bool
	cmd := &cobra.Command{
		Use:   "join ID [WORDS]",
		Short: "come into a project, and say what you bring",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			words := ""
			if len(args) > 1 {
				words = args[1]
			}
			return c.reshow(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document) error {
				if err := of(d, "project"); err != nil {
					return err
				}
				if leave {
					return assign(ctx, client, d.ID, "take", "joined", nil)
				}
				return assign(ctx, client, d.ID, "put", "joined", words)
			}, func(d api.Document) {
				c.say("%s: %s, %s", d.Title, d.State, count(len(ownValues(d, "joined")), "member"))
			})
		},
	}
	cmd.Flags().BoolVar(&leave, "leave", false, "step out of it")
	return cmd
}

func (c *command) projectDo() *cobra.Command {
	var who string
	var done, undone bool
	cmd := &cobra.Command{
		Use:   "do ID [add TEXT | NUMBER]",
		Short: "list what is to do, add to it, take something on, or tick it off",
		Example: `  coppice project do 7k2m
  coppice project do 7k2m add "collect the five ice questions" --who @Ingrid
  coppice project do 7k2m 1          (you take it on)
  coppice project do 7k2m 1 --done`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.reshow(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document) error {
				if err := of(d, "project"); err != nil {
					return err
				}
				switch {
				case len(args) == 1:
					return nil
				case args[1] == "add" && len(args) == 3:
					item := map[string]any{"text": args[2]}
					if who != "" {
						item["doer"] = who
					}
					return assign(ctx, client, d.ID, "place", "tasks", item)
				case len(args) == 2:
					return taskDone(ctx, client, d, args[1], who, done, undone)
				}
				return api.Hint(fmt.Errorf("%w: coppice project do takes ID, ID add TEXT, or ID NUMBER", api.ErrUsage), "`coppice project do %s` shows the numbers", args[0])
			}, c.tellTasks)
		},
	}
	f := cmd.Flags()
	f.StringVar(&who, "who", "", "who does it, such as @Ingrid")
	f.BoolVar(&done, "done", false, "it is done")
	f.BoolVar(&undone, "undone", false, "it is not done after all")
	return cmd
}

// taskDone takes a task on, or ticks it off; it is named by its number or id.
func taskDone(ctx context.Context, client *api.Client, d api.Document, name, who string, done, undone bool) error {
	id := name
	if n, err := strconv.Atoi(name); err == nil {
		tasks := tasksOf(d)
		if n < 1 || n > len(tasks) {
			return api.Hint(fmt.Errorf("%w: there is no task %d", api.ErrUsage, n), "`coppice project do %s` shows %d", short(d.ID), len(tasks))
		}
		id = tasks[n-1].id
	}
	if done || undone {
		return assign(ctx, client, id, "set", "done", done)
	}
	if who == "" {
		who = "me"
	}
	return assign(ctx, client, id, "set", "doer", who)
}

func (c *command) projectEnd() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "end ID [OUTCOME]",
		Short: "end a project, and say what came of it",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ended := map[string]any{"is": "yes"}
			if undo {
				ended["is"] = "no"
			}
			if len(args) > 1 {
				ended["outcome"] = args[1]
			}
			return c.reshow(cmd, args[0], func(ctx context.Context, client *api.Client, d api.Document) error {
				if err := of(d, "project"); err != nil {
					return err
				}
				return assign(ctx, client, d.ID, "set", "ended", ended)
			}, func(d api.Document) {
				c.say("%s: %s", d.Title, d.State)
				if !undo {
					c.say("what came of it: coppice add %s links \"produced ID\"", short(d.ID))
				}
			})
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "it goes on after all")
	return cmd
}
