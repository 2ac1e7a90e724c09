package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// harvest says by which link each kind that is kept names the gathering.
var harvest = map[string]string{"story": "told_at", "way": "from", "question": "from", "term": "from"}

// Keep implements [api.Harvesting].
func (n *Node) Keep(ctx context.Context, call api.Call, k api.Keeping) (api.Made, error) {
	rel := harvest[k.As]
	switch {
	case rel == "":
		return api.Made{}, api.Hint(fmt.Errorf("%w: nothing is kept as %q", api.ErrUsage, k.As), "keep it as story, way, question or term")
	case k.Teller != "" && k.As != "story":
		return api.Made{}, api.Hint(fmt.Errorf("%w: a %s has no teller", api.ErrUsage, k.As), "keep it as a story, and make the %s of that: --from STORY names it, and whose it is with it", k.As)
	}
	c, at, d, err := n.folded(ctx, call, k.Gathering)
	if err != nil {
		return api.Made{}, err
	}
	if at.kind != gatheringKind || at.entry != "" {
		return api.Made{}, api.Hint(fmt.Errorf("%w: %s is no gathering but a %s", api.ErrUsage, k.Gathering, at.what()), "`coppice gathering list` shows the gatherings")
	}
	if d, _, err = c.unite(ctx, d); err != nil {
		return api.Made{}, err
	}
	if k.Text != "" && !strings.Contains(plainly(d.Folded.TextOf("notes")), plainly(k.Text)) {
		return api.Made{}, api.Hint(fmt.Errorf("%w: that does not stand in the notes", api.ErrUsage), "`coppice gathering show %s` shows them; a text of its own goes in with --file", k.Gathering)
	}
	draft := api.Draft{Kind: k.As, Title: k.Title, Body: k.Body, Areas: k.Areas, Fields: map[string]any{
		"links": []any{map[string]any{"rel": rel, "to": at.document}},
	}}
	if draft.Body == "" {
		draft.Body = strings.TrimSpace(k.Text)
	}
	if draft.Title == "" {
		draft.Title = titleOf(draft.Body)
	}
	if len(draft.Areas) == 0 {
		for _, v := range d.Folded.Field("areas").Set {
			if area, ok := v.(protocol.DocumentID); ok {
				draft.Areas = append(draft.Areas, area.String())
			}
		}
	}
	if k.Teller != "" {
		if draft.Fields["teller"], err = c.teller(k.Teller); err != nil {
			return api.Made{}, err
		}
	}
	return n.New(ctx, api.Call{Community: c.id.String(), Now: call.Now}, draft)
}

// plainly is a text as it reads, however its lines break.
func plainly(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// mostTitle is how many letters a title has that nobody gave.
const mostTitle = 80

// titleOf is a title for a text: its first line, or as much of it as one reads
// at a glance.
func titleOf(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	words := []rune(strings.Trim(line, "# \t."))
	if len(words) <= mostTitle {
		return string(words)
	}
	cut := string(words[:mostTitle-1])
	if at := strings.LastIndex(cut, " "); at > 0 {
		cut = cut[:at]
	}
	return cut + "…"
}

// teller returns whom a name means: a member, or somebody who is none.
func (c *community) teller(name string) (any, error) {
	id, err := names{c}.Member(name)
	switch {
	case err == nil:
		return id, nil
	case errors.Is(err, api.ErrNotFound) && !strings.HasPrefix(name, "@"):
		return name, nil
	}
	return nil, err
}

// Distillate implements [api.Harvesting].
func (n *Node) Distillate(ctx context.Context, call api.Call, id string) (out api.Distillate, err error) {
	c, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return out, err
	}
	if at.kind != questionKind {
		return out, api.Hint(fmt.Errorf("%w: %s is no question but a %s", api.ErrUsage, id, at.what()), "`coppice list --kind question` shows the questions; what was said at a gathering is kept with `coppice keep`")
	}
	if d, _, err = c.unite(ctx, d); err != nil {
		return out, err
	}
	f := d.Folded
	answers := helping(f)
	if len(answers) == 0 {
		return out, api.Hint(fmt.Errorf("%w: nobody has answered %q yet, so there is nothing to make a lesson of", api.ErrUsage, f.Title), "`coppice answer %s` answers it", id)
	}
	links := []any{map[string]any{"rel": "from", "to": f.ID.String()}}
	var texts []string
	var who []protocol.MemberID
	for _, a := range answers {
		links = append(links, map[string]any{"rel": "from", "to": envelope.EntryName(a.ID)})
		if story, ok := a.Field("story").Value().(protocol.DocumentID); ok {
			links = append(links, map[string]any{"rel": "from", "to": story.String()})
		}
		if text := strings.TrimSpace(a.Field("body").Text); text != "" {
			texts = append(texts, text)
		}
		if !slices.Contains(who, a.By) {
			who = append(who, a.By)
		}
	}
	out.Draft = api.Draft{Kind: "way", Title: f.Title, Body: strings.Join(texts, "\n\n"), Form: "lesson", Areas: []string{}, Fields: map[string]any{"links": links}}
	for _, v := range f.Field("areas").Set {
		if area, ok := v.(protocol.DocumentID); ok {
			out.Areas = append(out.Areas, area.String())
		}
	}
	out.Credited = c.persons(who)
	return out, nil
}

// helping returns the answers of which a lesson is made: those that helped the
// asker, else those that helped anybody, else those of others than she.
func helping(f *envelope.Folded) []envelope.Entry {
	var hers, anybodys, others []envelope.Entry
	for _, a := range f.Field("answers").Entries {
		helps := domain.Helps(f, a)
		switch {
		case a.Withdrawn:
		case slices.ContainsFunc(helps, func(h domain.Help) bool { return h.By == f.Author }):
			hers = append(hers, a)
		case len(helps) > 0:
			anybodys = append(anybodys, a)
		case a.By != f.Author:
			others = append(others, a)
		}
	}
	for _, some := range [][]envelope.Entry{hers, anybodys} {
		if len(some) > 0 {
			return some
		}
	}
	return others
}
