package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) gathering() *cobra.Command {
	cmd := noun("gathering", "when we meet: a rhythm, one of its days, or once",
		c.gatheringNew(), c.gatheringList(), c.gatheringShow(), c.coming(), c.here(), c.notes(), c.agendaOf(),
		c.gatheringMove(), c.gatheringSkip(), c.ics())
	cmd.Long = `When we meet: a rhythm, one of its days, or once.

A day of a rhythm is named by the rhythm's id and the day, ID/2026-05-14, or by
the rhythm's id and --date. Where neither says which, the next day is meant by
coming, agenda and move, and today's or the last by here and notes.`
	return cmd
}

func (c *command) gatheringNew() *cobra.Command {
	var start, rule, zone, place, format, purpose string
	var minutes int
	var areas []string
	cmd := &cobra.Command{
		Use:   "new TITLE",
		Short: "make a gathering: once, or with --rrule again and again",
		Example: `  coppice gathering new "Thursday bench" --start 2026-05-14T18:00 --rrule "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH" --format "story circle"
  coppice gathering new "Cold room" --start "2026-06-03 14:00" --place "Hall 4" --format visit`,
		Args: arguments("TITLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d := api.Draft{Kind: "gathering", Title: args[0], Areas: areas, Fields: map[string]any{}}
			for name, value := range map[string]string{"start": start, "rrule": rule, "tz": zone, "place": place, "format": format, "purpose": purpose} {
				if value != "" {
					d.Fields[name] = value
				}
			}
			if minutes != 0 {
				d.Fields["minutes"] = minutes
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
				made, err := client.New(ctx, d)
				if err != nil {
					return api.GatheringPage{}, err
				}
				return client.Gathering(ctx, made.ID, api.OnNone)
			}, func(out api.GatheringPage) {
				c.line("%s", out.ID)
				switch {
				case out.Series != nil && len(out.Series.Next) > 0:
					c.say("%s, first on %s", out.Series.Every, when(out.Series.Next[0]+out.Local[10:], out.Zone))
				case out.Series != nil:
					c.say("the rule means no day to come: `coppice set %s rrule RULE` gives it another", short(out.ID))
				case out.Local != "":
					c.say("on %s", when(out.Local, out.Zone))
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&start, "start", "", "when it begins, by the clocks of its place: 2026-05-14T18:00")
	f.StringVar(&rule, "rrule", "", "how it comes again (RFC 5545), such as FREQ=WEEKLY;BYDAY=TU,TH")
	f.StringVar(&zone, "tz", "", "the time zone of its clocks, such as Europe/Berlin (default: this machine's)")
	f.IntVar(&minutes, "minutes", 0, "how long it lasts (default: as its format does)")
	f.StringVar(&place, "place", "", "where")
	f.StringVar(&format, "format", "", "lunch, cafe, story circle, case clinic, peer assist, after-action, visit, critique, bee, review table, look back; it brings an agenda")
	f.StringVar(&purpose, "purpose", "", "what for")
	f.StringArrayVar(&areas, "area", nil, "an area it belongs to (repeatable)")
	return cmd
}

func (c *command) gatheringList() *cobra.Command {
	var l api.GatheringListing
	cmd := &cobra.Command{
		Use:   "list",
		Short: "what is to come, the soonest first, and how the rhythm is kept",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := pageOf(l.Limit); err != nil {
				return err
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Gatherings, error) {
				return client.Gatherings(ctx, l)
			}, c.tellGatherings)
		},
	}
	f := cmd.Flags()
	f.IntVar(&l.Limit, "limit", 50, "how many, at most 1000")
	f.StringVar(&l.After, "after", "", "go on after this page")
	return cmd
}

func (c *command) tellGatherings(out api.Gatherings) {
	for _, g := range out.Items {
		at := "no time yet"
		switch {
		case g.Start != nil:
			at = when(g.Local, "")
		case g.State == "rhythm":
			at = "over"
		}
		more := ""
		if g.Every != "" {
			more = ", " + g.Every
		}
		if g.State != "rhythm" && g.State != "planned" {
			more += ", " + g.State
		}
		if g.Coming > 0 {
			more += fmt.Sprintf(", %d coming", g.Coming)
		}
		c.line("%s  %s  %s%s", short(g.ID), at, g.Title, more)
	}
	if out.Next != nil {
		c.say("there is more: --after %s", *out.Next)
	}
	if len(out.Items) == 0 {
		c.say("nothing planned: `coppice gathering new TITLE --start 2026-05-14T18:00`, with --rrule for a rhythm")
	}
	c.tellRhythm(out.Rhythm, out.Ribbon)
}

// tellRhythm says how a rhythm was kept, and what can be done about its gaps.
func (c *command) tellRhythm(sign api.RhythmSign, ribbon []api.RibbonDate) {
	if sign.Due > 0 {
		c.line("held %d of %d in the last %d days", sign.Held, sign.Due, sign.Window)
	}
	var gaps []api.RibbonDate
	for _, date := range ribbon {
		if date.State == "missed" {
			gaps = append(gaps, date)
		}
	}
	if len(gaps) == 0 {
		return
	}
	for _, gap := range gaps[max(0, len(gaps)-mostGaps):] {
		c.line("a gap: %s, %s", gap.Date, gap.Title)
	}
	last := gaps[len(gaps)-1]
	c.say("hold it: `coppice gathering here %[1]s @NAME @NAME --date %[2]s` or notes, if you did meet\n"+
		"move it: `coppice gathering move %[1]s --date %[2]s --to WHEN`\n"+
		"change the rhythm: `coppice set %[1]s rrule RULE`, `coppice gathering skip %[1]s --date %[2]s`", short(last.Gathering), last.Date)
}

// mostGaps is how many gaps a terminal shows.
const mostGaps = 5

// acting adds the flag that names a day of a rhythm.
func acting(cmd *cobra.Command, date *string) *cobra.Command {
	cmd.Flags().StringVar(date, "date", "", "which day of a rhythm, such as 2026-05-14")
	return cmd
}

// onDay runs an act on the gathering that an id, a date or neither names, and
// prints what it then is.
func (c *command) onDay(cmd *cobra.Command, id, date, usual string, act func(context.Context, *api.Client, api.GatheringPage) error, tell func(api.GatheringPage)) error {
	if date == "" {
		date = usual
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
		page, err := client.Gathering(ctx, id, date)
		if err != nil {
			return page, err
		}
		if err := act(ctx, client, page); err != nil {
			return page, err
		}
		return client.Gathering(ctx, page.On, "")
	}, tell)
}

func assign(ctx context.Context, client *api.Client, id, verb, field string, value any) error {
	_, err := client.Assign(ctx, id, api.Assignment{Verb: verb, Field: field, Value: value})
	return err
}

func (c *command) gatheringShow() *cobra.Command {
	var date string
	return acting(&cobra.Command{
		Use:   "show ID",
		Short: "when, where, who and what",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
				return client.Gathering(ctx, args[0], date)
			}, c.tellGathering)
		},
	}, &date)
}

func (c *command) tellGathering(g api.GatheringPage) {
	c.line("%s\n%s", g.Title, g.On)
	if g.Series != nil {
		c.line("%s", g.Series.Every)
	}
	switch {
	case g.State == "rhythm":
		c.line("at %s (%s), since %s", g.Local[11:], g.Zone, g.Local[:10])
	case g.Local != "":
		c.line("%s, %d minutes, %s", when(g.Local, g.Zone), g.Minutes, g.State)
	default:
		c.line("it has no time yet: `coppice set %s start 2026-05-14T18:00`", short(g.ID))
	}
	for _, one := range g.Conflicts {
		c.tellConflict(one)
	}
	if len(g.Conflicts) > 0 {
		c.say("`coppice conflict resolve %s FIELD NUMBER` chooses one", short(g.ID))
	}
	for _, part := range []struct{ what, says string }{
		{"at", g.Place}, {"for", g.Purpose}, {"format", g.Format}, {"hosts", people(g.Hosts)}, {"takes notes", people(g.Scribes)},
		{"coming", saying(g.Coming, "yes")}, {"perhaps", saying(g.Coming, "maybe")}, {"not coming", saying(g.Coming, "no")}, {"here", people(g.Here)},
	} {
		if part.says != "" {
			c.line("%s: %s", part.what, part.says)
		}
	}
	if g.Scribe {
		c.say("nobody is named who takes notes: `coppice add %s scribes me`", g.On)
	}
	c.tellAgenda(g)
	if g.Notes != "" {
		c.line("\n%s", strings.TrimRight(g.Notes, "\n"))
	}
	for i, kept := range g.Kept {
		if i == 0 {
			c.line("\nkept:")
		}
		c.line("%s  %-8s  %s", short(kept.ID), kept.Kind, kept.Title)
	}
	if g.State == "rhythm" && g.Series != nil {
		if len(g.Series.Next) > 0 {
			c.line("next: %s", strings.Join(g.Series.Next[:min(len(g.Series.Next), 4)], ", "))
		}
		c.tellRhythm(g.Series.Sign, g.Ribbon)
	}
}

func (c *command) tellAgenda(g api.GatheringPage) {
	for i, item := range g.Agenda {
		if i == 0 {
			c.line("\nagenda:")
		}
		text := strings.TrimSpace(item.Text)
		if item.Minutes > 0 {
			text += fmt.Sprintf(" (%d min)", item.Minutes)
		}
		if item.Who != nil {
			text += ", " + item.Who.Name
		}
		if item.Doc != "" {
			text += " [" + short(item.Doc) + "]"
		}
		c.line("%d. %s", i+1, text)
	}
}

func people(all []api.Person) string {
	names := make([]string, len(all))
	for i, who := range all {
		names[i] = who.Name
	}
	return strings.Join(names, ", ")
}

func saying(all []api.Said, value string) string {
	var who []api.Person
	for _, one := range all {
		if one.Value == value {
			who = append(who, one.Member)
		}
	}
	return people(who)
}

func (c *command) coming() *cobra.Command {
	var date string
	return acting(&cobra.Command{
		Use:   "coming ID [yes|no|maybe]",
		Short: "say that you come",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer := "yes"
			if len(args) > 1 {
				answer = args[1]
			}
			return c.onDay(cmd, args[0], date, api.OnNext, func(ctx context.Context, client *api.Client, g api.GatheringPage) error {
				return assign(ctx, client, g.On, "put", "coming", answer)
			}, func(g api.GatheringPage) {
				c.say("%s, %s: %s", g.Title, when(g.Local, g.Zone), answer)
			})
		},
	}, &date)
}

func (c *command) here() *cobra.Command {
	var date string
	var not bool
	cmd := acting(&cobra.Command{
		Use:   "here ID [@NAME ...]",
		Short: "say who is there; with no names, that you are",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who := args[1:]
			if not && len(who) > 0 {
				return api.Hint(fmt.Errorf("%w: --not is about yourself", api.ErrUsage), "`coppice gathering here ID --not`; others say it themselves")
			}
			if len(who) == 0 {
				who = []string{"me"}
			}
			return c.onDay(cmd, args[0], date, api.OnLast, func(ctx context.Context, client *api.Client, g api.GatheringPage) error {
				if not {
					return assign(ctx, client, g.On, "put", "veto", true)
				}
				for _, name := range who { // all of them, or none
					if _, err := client.Member(ctx, name); err != nil {
						return err
					}
				}
				for _, name := range who {
					if err := assign(ctx, client, g.On, "add", "here", name); err != nil {
						return err
					}
					if name == "me" { // who said before that she was not
						if err := assign(ctx, client, g.On, "take", "veto", nil); err != nil {
							return err
						}
					}
				}
				return nil
			}, func(g api.GatheringPage) { c.line("here: %s", people(g.Here)) })
		},
	}, &date)
	cmd.Flags().BoolVar(&not, "not", false, "say that you were not there, whoever said you were")
	return cmd
}

func (c *command) notes() *cobra.Command {
	var date, file, base string
	cmd := acting(&cobra.Command{
		Use:   "notes ID [--file F|-]",
		Short: "print the notes, or with --file write yours",
		Long: `Print the notes of a gathering, or with --file write yours.

What others wrote stays: who has not written yet adds hers below, who has
replaces hers. With --base, the file is taken as an edit of that text.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				if date == "" {
					date = api.OnLast
				}
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
					return client.Gathering(ctx, args[0], date)
				}, func(g api.GatheringPage) {
					if g.Notes == "" {
						c.say("no notes of %s, %s: --file F writes them", g.Title, when(g.Local, g.Zone))
						return
					}
					c.line("%s", strings.TrimRight(g.Notes, "\n"))
				})
			}
			r := api.Rewrite{Field: "notes", Mine: base == ""}
			var err error
			if r.Text, err = c.text(file); err != nil {
				return err
			}
			if r.Text != "" && !strings.HasSuffix(r.Text, "\n") {
				r.Text += "\n" // who writes at the same time begins a line of her own
			}
			if base != "" {
				text, err := c.text(base)
				if err != nil {
					return err
				}
				r.Base = &text
			}
			return c.onDay(cmd, args[0], date, api.OnLast, func(ctx context.Context, client *api.Client, g api.GatheringPage) error {
				_, err := client.Edit(ctx, g.On, r)
				return err
			}, c.tellKeep)
		},
	}, &date)
	cmd.Flags().StringVar(&file, "file", "", "your notes, - for standard input")
	cmd.Flags().StringVar(&base, "base", "", "what the notes said when you began")
	return cmd
}

// tellKeep shows the three boxes at the end of a gathering.
func (c *command) tellKeep(g api.GatheringPage) {
	c.say("the notes of %s, %s, are saved. Worth keeping?", g.Title, when(g.Local, g.Zone))
	c.say("  a story:    coppice tell --title TITLE --file -\n"+
		"  a way:      coppice way new --title TITLE --file -\n"+
		"  a question: coppice ask TITLE\n"+
		"and then where it was told: coppice add ID links \"told_at %s\"", short(g.ID))
}

func (c *command) agendaOf() *cobra.Command {
	var date, who, doc string
	var minutes int
	cmd := acting(&cobra.Command{
		Use:   "agenda ID [add TEXT]",
		Short: "print the agenda, or add a point to it",
		Example: `  coppice gathering agenda 7k2m
  coppice gathering agenda 7k2m add "what the cold does to rubber" --min 20 --who @Ingrid`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if date == "" {
					date = api.OnNext
				}
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
					return client.Gathering(ctx, args[0], date)
				}, func(g api.GatheringPage) {
					c.line("%s, %s", g.Title, when(g.Local, g.Zone))
					c.tellAgenda(g)
				})
			}
			if len(args) != 3 || args[1] != "add" || minutes < 0 {
				return api.Hint(fmt.Errorf("%w: coppice gathering agenda takes ID, or ID add TEXT", api.ErrUsage), "coppice gathering agenda ID add TEXT --min 10")
			}
			item := map[string]any{"text": args[2]}
			if minutes > 0 {
				item["min"] = minutes
			}
			if who != "" {
				item["who"] = who
			}
			if doc != "" {
				item["doc"] = doc
			}
			return c.onDay(cmd, args[0], date, api.OnNext, func(ctx context.Context, client *api.Client, g api.GatheringPage) error {
				return assign(ctx, client, g.On, "place", "agenda", item)
			}, func(g api.GatheringPage) { c.say("on the agenda of %s, %s", g.Title, when(g.Local, g.Zone)) })
		},
	}, &date)
	f := cmd.Flags()
	f.IntVar(&minutes, "min", 0, "how many minutes it takes")
	f.StringVar(&who, "who", "", "who brings it, such as @Rosa")
	f.StringVar(&doc, "doc", "", "the document it is about")
	return cmd
}

func (c *command) gatheringMove() *cobra.Command {
	var date, to string
	cmd := acting(&cobra.Command{
		Use:   "move ID --to WHEN",
		Short: "move a gathering, or one day of a rhythm",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return api.Hint(fmt.Errorf("%w: it does not say where to", api.ErrUsage), "give the new time: --to 2026-05-15T09:00")
			}
			return c.onDay(cmd, args[0], date, api.OnNext, func(ctx context.Context, client *api.Client, g api.GatheringPage) error {
				return assign(ctx, client, g.On, "set", "start", to)
			}, func(g api.GatheringPage) { c.say("%s is on %s", g.Title, when(g.Local, g.Zone)) })
		},
	}, &date)
	cmd.Flags().StringVar(&to, "to", "", "the new time, by the clocks of its place: 2026-05-15T09:00")
	return cmd
}

func (c *command) gatheringSkip() *cobra.Command {
	var date string
	var undo bool
	cmd := acting(&cobra.Command{
		Use:   "skip ID [--date D]",
		Short: "leave out one day of a rhythm",
		Args:  arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if date == "" {
				date = api.OnNext
			}
			verb, day := "add", ""
			if undo {
				verb = "drop"
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.GatheringPage, error) {
				g, err := client.Gathering(ctx, args[0], date)
				if err != nil {
					return g, err
				}
				if g.Series == nil || g.Slot == "" {
					return g, api.Hint(fmt.Errorf("%w: %q has no days to leave out", api.ErrUsage, g.Title), "`coppice shelve %s` puts it away", short(g.ID))
				}
				day = g.Slot
				if err := assign(ctx, client, g.Series.ID, verb, "skipped", day); err != nil {
					return g, err
				}
				return client.Gathering(ctx, g.Series.ID, "")
			}, func(g api.GatheringPage) {
				if undo {
					c.say("%s is on again on %s", g.Title, day)
					return
				}
				c.say("%s is not on %s; to meet another day instead: `coppice gathering new TITLE --start WHEN`", g.Title, day)
			})
		},
	}, &date)
	cmd.Flags().BoolVar(&undo, "undo", false, "have it take place after all")
	return cmd
}

func (c *command) ics() *cobra.Command {
	var out string
	var mine, feed, revoke bool
	cmd := &cobra.Command{
		Use:   "ics",
		Short: "gatherings for another calendar: a file, or an address it reads",
		Long: `Gatherings for another calendar, as iCalendar (RFC 5545).

Printed, or with --out written to a file. With --feed it prints an address on
this machine that a calendar reads again and again: it is for reading this and
nothing else, stays when the node restarts, and ends with --revoke. Who knows
the address can read the gatherings as long as this machine runs the node.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case feed && (revoke || out != ""), revoke && out != "":
				return api.Hint(fmt.Errorf("%w: --out, --feed and --revoke are three things", api.ErrUsage), "one at a time")
			case revoke:
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.FeedsEnded, error) {
					return client.EndFeeds(ctx)
				}, func(ended api.FeedsEnded) { c.line("%s ended", count(ended.Feeds, "calendar")) })
			case feed:
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.FeedOpened, error) {
					return client.OpenFeed(ctx, mine)
				}, func(opened api.FeedOpened) {
					c.line("%s", opened.Address)
					c.say("give it to a calendar on this machine as a subscription; `coppice gathering ics --revoke` ends it")
				})
			}
			return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Calendar, error) {
				calendar, err := client.Calendar(ctx, mine)
				if err == nil && out != "" {
					err = os.WriteFile(out, []byte(calendar.ICS), 0o600)
				}
				return calendar, err
			}, func(calendar api.Calendar) {
				if out == "" {
					fmt.Fprint(c.out, calendar.ICS)
					return
				}
				c.say("%s written to %s", count(calendar.Events, "event"), out)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "a file to write")
	f.BoolVar(&mine, "mine", false, "only what you said yes to or host")
	f.BoolVar(&feed, "feed", false, "print an address that a calendar on this machine reads")
	f.BoolVar(&revoke, "revoke", false, "end all such addresses of this community")
	return cmd
}

// when writes a local time as people do: Thursday 14 May 2026, 18:00.
func when(local, zone string) string {
	at, err := time.Parse("2006-01-02T15:04", local)
	if err != nil {
		return local
	}
	text := at.Format("Mon 2 January 2006, 15:04")
	if zone != "" {
		text += " (" + zone + ")"
	}
	return text
}
