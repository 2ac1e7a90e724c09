package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// Leaving implements [api.People].
func (n *Node) Leaving(ctx context.Context, call api.Call) (out api.Parting, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	asked := c.ask(ctx, func(r *replica.Replica) {
		if err = c.may(r, &membership.Leave{}); err != nil {
			return
		}
		var kept api.Kept
		if kept, err = c.kept(r, c.persona.Member); err != nil {
			return
		}
		out = api.Parting{Kept: []api.Kept{kept}, Says: []string{
			fmt.Sprintf("%s of yours %s in the community, with your name unless you take it with you.", changes(kept.Changes), stays(kept.Changes)),
			"You still have your copy of everything up to now, to read, search and export. Nothing new reaches you, and you can write nothing.",
			"To come back you need a new invite.",
		}}
		out = c.leftOpen(r, []protocol.MemberID{c.persona.Member}, out)
	})
	if err := first(asked, err); err != nil {
		return out, err
	}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	out.Rests = w.rests()
	for _, r := range out.Rests {
		out.Says = append(out.Says, r.Says+" "+r.Next)
	}
	return out, nil
}

// over are states of what nobody has to care for any more.
var over = []string{"solved", "moot", "moved", "ended", "held", "missed", "decided"}

// rests lists what rests on this node's person alone.
func (w *crowd) rests() []api.Rest {
	out := []api.Rest{}
	live := func(f *envelope.Facts) bool {
		hosted := f.Did(envelope.Hosted)
		past := f.Kind == gathered.Gathering && f.State != "rhythm" && len(hosted) > 0 && hosted[0].At < w.now
		return !slices.Contains(over, f.State) && !past
	}
	for _, r := range gathered.RestsOn(w.me, w.people, w.facts, w.known(), live) {
		if w.titles[r.Item] == nil {
			continue
		}
		item := w.item(r.Item)
		rest := api.Rest{Item: item, Others: []api.Person{}}
		who := ""
		for _, one := range r.Others {
			rest.Others = append(rest.Others, as(one))
			if who == "" {
				who = quoted("@" + one.Name)
			}
		}
		id := item.ID[:10]
		switch r.What {
		case gathered.Steward:
			rest.What, rest.Says = "steward", fmt.Sprintf("You alone look after the %s %q.", item.Kind, item.Title)
			rest.Next = fmt.Sprintf("Who takes it says `coppice add %s stewards me`", id)
		case gathered.Host:
			rest.What, rest.Says = "host", fmt.Sprintf("You alone host %q.", item.Title)
			rest.Next = fmt.Sprintf("`coppice add %s hosts %s` hands it over", id, or(who, "NAME"))
			who = ""
		case gathered.Champion:
			rest.What, rest.Says = "champion", fmt.Sprintf("You alone take care of the question %q.", item.Title)
			rest.Next = fmt.Sprintf("Who takes it says `coppice champion %s`", id)
		default:
			rest.What, rest.Says = "helper", fmt.Sprintf("You alone help with %s.", item.Title)
			rest.Next = fmt.Sprintf("Tell what you know before you go: `coppice tell --area %s`", quoted(item.Title))
		}
		if who != "" {
			rest.Next += fmt.Sprintf("; ask %s: `coppice hello %s \"...\"`", rest.Others[0].Name, who)
		}
		rest.Next += "."
		out = append(out, rest)
	}
	return out
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Leave implements [api.People]: parting words and leaving are one batch.
func (n *Node) Leave(ctx context.Context, call api.Call, l api.Leaving) (api.Parting, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Parting{}, err
	}
	out, err := n.Leaving(ctx, call)
	if err != nil {
		return out, err
	}
	wall := n.cfg.wall(call.Now)
	var makes []func(replica.Token) replica.Input
	if words := strings.TrimSpace(l.Parting); words != "" || l.ForgetName {
		parting := map[string]any{"words": words, "keep_name": !l.ForgetName}
		makes = append(makes, func(t replica.Token) replica.Input {
			return replica.Write{Token: t, Kind: gathered.Member, Wall: wall, Names: names{c}, Intents: []envelope.Intent{
				{Field: "name", Verb: envelope.DoBegin, Value: c.persona.Name},
				{Field: "parting", Verb: envelope.DoSet, Value: parting},
			}}
		})
	}
	makes = append(makes, func(t replica.Token) replica.Input {
		return replica.Decide{Token: t, Operation: &membership.Leave{}, Wall: wall}
	})
	replies, err := c.act(ctx, makes...)
	if err != nil {
		return out, explain(err)
	}
	decided, _ := replies[len(replies)-1].Result.(replica.Decided)
	out.Change = decided.Change.String()
	return out, nil
}

// back takes back, of one who comes back, that she left without her name.
func (c *community) back(ctx context.Context) ([]envelope.Intent, error) {
	d, err := c.document(ctx, protocol.DeriveDocument(c.id, gathered.Member, c.persona.Member[:]))
	if err != nil || d == nil || !gathered.ForgetsName(d.Folded) {
		return nil, err
	}
	o, _ := d.Folded.Value("parting").(envelope.Object)
	return []envelope.Intent{{Field: "parting", Verb: envelope.DoSet, Value: map[string]any{"words": o.Text("words"), "keep_name": true}}}, nil
}
