package main

import (
	"context"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) keep() *cobra.Command {
	var k api.Keeping
	var file string
	cmd := &cobra.Command{
		Use:   "keep GATHERING[/DATE] --as story|way|question|term [--title T] [--teller NAME] [--text WORDS | --file F|-]",
		Short: "keep something of what was said at a gathering",
		Long: `Makes a story, a way, a question or a term of what was said. --text takes words
that stand in the notes; --file a text of its own. A story is its teller's: --teller
names her, a member or anybody else; a member can change it, mask it or take it back.`,
		Example: `  coppice keep 01ab23/2026-05-14 --as story --teller Mai --title "She left half of every plate" --text "Mai's gentleman who only ate half"`,
		Args:    arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			k.Gathering = args[0]
			if k.Body, err = c.text(file); err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				return client.Keep(ctx, k)
			}, func(out api.Made) {
				c.line("%s", out.ID)
				if k.Teller != "" {
					c.say("kept; it is %s's story now: nobody else but you can change it", k.Teller)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&k.As, "as", "", "story, way, question or term")
	f.StringVar(&k.Title, "title", "", "what it is called (default: how the text begins)")
	f.StringVar(&k.Text, "text", "", "words that stand in the notes")
	f.StringVar(&file, "file", "", "a text of its own (Markdown), - for standard input")
	f.StringVar(&k.Teller, "teller", "", "whose story it is, if not yours: a member's name, or words such as \"a nurse on nights\"")
	f.StringArrayVar(&k.Areas, "area", nil, "an area it belongs to (repeatable; default: those of the gathering)")
	return cmd
}

func (c *command) distil() *cobra.Command {
	var title, form, file string
	cmd := &cobra.Command{
		Use:   "distil QUESTION [--form lesson] [--title T] [--file F|-]",
		Short: "make a lesson of a question and the answers that helped",
		Long: `Writes down as a way what a question came to: the words of the answers that helped,
unless --file gives others. Whose answers they are is credited before whoever writes it down.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := c.text(file)
			if err != nil {
				return err
			}
			var whose []api.Person
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Made, error) {
				d, err := client.Distillate(ctx, args[0])
				if err != nil {
					return api.Made{}, err
				}
				whose = d.Credited
				for _, one := range []struct {
					given string
					into  *string
				}{{title, &d.Title}, {form, &d.Form}, {text, &d.Body}} {
					if one.given != "" {
						*one.into = one.given
					}
				}
				return client.New(ctx, d.Draft)
			}, func(out api.Made) {
				c.line("%s", out.ID)
				c.say("kept; the insight is %s's. `coppice edit %s --file F` puts it in better words", names(whose), short(out.ID))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&title, "title", "", "what it is called (default: as the question)")
	f.StringVar(&form, "form", "", "its form (default: lesson)")
	f.StringVar(&file, "file", "", "its text (Markdown; default: the answers that helped), - for standard input")
	return cmd
}
