package node

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// Starters implements [api.Charterers].
func (n *Node) Starters(context.Context, api.Call) (api.Starters, error) {
	out := api.Starters{Items: make([]api.Starter, len(domain.SixStarters))}
	for i, s := range domain.SixStarters {
		out.Items[i] = api.Starter{
			Name: s.Name, Whose: s.Whose, Style: s.Style, Concern: s.Concern, Domain: s.Domain, InScope: s.InScope, OutScope: s.OutScope,
			ContextKeys: s.ContextKeys, Formats: s.Formats,
		}
	}
	return out, nil
}

// prefilled completes a founding by its starter, and returns what the charter
// says besides name, concern and style.
func prefilled(f api.Founding) (api.Founding, []envelope.Intent, error) {
	f.Name, f.Concern = strings.TrimSpace(f.Name), strings.TrimSpace(f.Concern)
	if f.Lunch != nil && f.Name == "" {
		f.Name = strings.TrimSpace(f.Lunch.Title)
	}
	var s domain.Starter
	if f.Starter != "" {
		var ok bool
		if s, ok = domain.StarterNamed(strings.ToLower(strings.TrimSpace(f.Starter))); !ok {
			var names []string
			for _, one := range domain.SixStarters {
				names = append(names, one.Name)
			}
			return f, nil, api.Hint(fmt.Errorf("%w: there is no starter %q", api.ErrUsage, f.Starter), "there are %s", strings.Join(names, ", "))
		}
	}
	unless := func(said *string, example string) {
		if strings.TrimSpace(*said) == "" {
			*said = example
		}
	}
	unless(&f.Style, s.Style)
	unless(&f.Concern, s.Concern)
	unless(&f.Domain, s.Domain)
	unless(&f.NotFor, s.OutScope)
	if f.Style == "" && f.Lunch != nil {
		f.Style = "incidental"
	}
	unless(&f.Style, domain.DefaultStyle)
	incidental := f.Style == "incidental"
	switch {
	case f.Name == "" || utf8.RuneCountInString(f.Name) > protocol.MaxName:
		return f, nil, api.Hint(fmt.Errorf("%w: a community's name has 1 to %d characters", api.ErrUsage, protocol.MaxName), "give it a name: `coppice found NAME --concern TEXT`")
	case f.Concern == "" && !incidental || utf8.RuneCountInString(f.Concern) > protocol.MaxFounding:
		return f, nil, api.Hint(fmt.Errorf("%w: what its members care about takes 1 to %d characters", api.ErrUsage, protocol.MaxFounding), "say it with --concern TEXT; the charter has room for more later")
	}
	return f, charterIntents(f, s), nil
}

func charterIntents(f api.Founding, s domain.Starter) (intents []envelope.Intent) {
	for _, text := range []struct{ field, says string }{{"domain", f.Domain}, {"in_scope", s.InScope}, {"out_scope", f.NotFor}} {
		if strings.TrimSpace(text.says) != "" {
			intents = append(intents, envelope.Intent{Field: text.field, Verb: envelope.DoText, Value: text.says})
		}
	}
	for _, key := range s.ContextKeys {
		intents = append(intents, envelope.Intent{Field: "context_keys", Verb: envelope.DoAdd, Value: key})
	}
	for _, format := range s.Formats {
		intents = append(intents, envelope.Intent{Field: "formats", Verb: envelope.DoAdd, Value: format})
	}
	return intents
}

// lunch makes the rhythm by which people meet already a part of what their
// community begins with.
func (n *Node) lunch(call api.Call, l *api.Lunch) ([]replica.Write, error) {
	if l == nil {
		return nil, nil
	}
	if strings.TrimSpace(l.RRule) == "" {
		return nil, api.Hint(fmt.Errorf("%w: how often do they meet?", api.ErrUsage), "say it with --rrule FREQ=WEEKLY;BYDAY=TU,TH")
	}
	d := api.Draft{Kind: gatheringKind, Title: l.Title, Fields: map[string]any{"rrule": l.RRule, "start": l.Start, "format": "lunch"}}
	unless := func(name string, value any) {
		if _, given := d.Fields[name]; !given {
			d.Fields[name] = value
		}
	}
	if err := gatheringDraft(d.Fields, unless, at2time(n.cfg.wall(call.Now))); err != nil {
		return nil, err
	}
	schema, intents, err := n.drafted(d)
	if err == nil {
		err = zoned(intents)
	}
	return []replica.Write{{Kind: schema.Kind, Intents: intents}}, err
}
