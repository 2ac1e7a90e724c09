package node

import (
	"context"
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

// Trail implements [api.Trailing].
func (n *Node) Trail(ctx context.Context, call api.Call, id string) (api.TrailOf, error) {
	c, at, _, err := n.folded(ctx, call, id)
	if err != nil {
		return api.TrailOf{}, err
	}
	w, err := n.crowd(ctx, api.Call{Community: c.id.String(), Now: call.Now})
	if err != nil {
		return api.TrailOf{}, err
	}
	out := api.TrailOf{ID: at.document.String()}
	entry := protocol.EntryID{}
	if at.entry != "" {
		out.ID = at.entry
		if entry, err = envelope.ParseEntry(at.entry); err != nil {
			return out, err
		}
	}
	out.Trail, err = w.trail(at.document, entry)
	return out, err
}

// trail tells where a document, or an entry of one, came from and where it went.
func (w *crowd) trail(document protocol.DocumentID, entry protocol.EntryID) (out api.Trail, err error) {
	trails, err := w.c.shelf.trails()
	if err != nil {
		return out, err
	}
	out.From, out.To = []api.TrailStep{}, []api.TrailStep{}
	for _, s := range trails.From(document, entry) {
		step := w.step(s)
		if s.Rel == practice.RelShared {
			if step.Says, err = w.cameFrom(s.Document); err != nil {
				return out, err
			}
		}
		out.From = append(out.From, step)
	}
	for _, s := range trails.To(document, entry) {
		out.To = append(out.To, w.step(s))
	}
	return out, nil
}

// step tells one step.
func (w *crowd) step(s practice.Step) api.TrailStep {
	out := api.TrailStep{Item: w.item(s.Document), Rel: string(s.Rel), By: w.c.persons(s.By), At: at2time(s.At)}
	if s.Entry != (protocol.EntryID{}) {
		out.Item.ID, out.Item.Kind = envelope.EntryName(s.Entry), "comment"
		if kind := partNames[s.What]; kind != "" {
			out.Item.Kind = kind
		}
	}
	out.Says = w.tells(s, out.Item)
	return out
}

// cameFrom says which community a document came from, and whose it is there.
func (w *crowd) cameFrom(id protocol.DocumentID) (string, error) {
	card, err := w.c.shelf.card(id)
	if err != nil {
		return "", err
	}
	from := whence(card)
	switch {
	case from == nil || from.Name == "":
		return "it was brought here from elsewhere", nil
	case from.By == "":
		return "it came from " + from.Name, nil
	}
	return "it came from " + from.Name + ", where it is " + from.By + "'s", nil
}

// began says what one does who begins something; else she began it.
var began = map[practice.Rel]string{
	practice.RelAsked: "asked", practice.RelTold: "told it", practice.RelNamed: "named it", practice.RelWritten: "wrote it down",
	practice.RelSaid: "said so", practice.RelUsed: "used it", practice.RelMet: "met it again", practice.RelReplaced: "wrote what takes its place",
	practice.RelAdapted: "wrote a variant",
}

// went says how a trial went.
var went = map[envelope.What]string{
	envelope.Worked: "it worked", envelope.Adapted: "it worked once adapted", envelope.Failed: "it did not work",
}

// tells tells a step in a sentence.
func (w *crowd) tells(s practice.Step, item api.Item) string {
	who := w.named(s.By)
	if who == "" {
		who = "somebody"
	}
	switch s.Rel {
	case practice.RelAnswered:
		switch others := slices.DeleteFunc(slices.Clone(s.Helped), func(id protocol.MemberID) bool { return slices.Contains(s.By, id) }); {
		case s.Asker:
			return who + " answered, and it helped"
		case len(others) > 0:
			return who + " answered, and it helped " + w.named(others)
		}
		return who + " answered"
	case practice.RelTried:
		return who + " tried it: " + went[s.What]
	case practice.RelGathered:
		return "it was said at " + item.Title
	case practice.RelRetold:
		return "told again, as " + who + " noted"
	case practice.RelShared:
		return "shared with " + item.Title
	case practice.RelDistilled, practice.RelKept, practice.RelMade:
		return w.kept(s, item, who)
	case practice.RelAbout:
		if item.Kind == "way" {
			return who + " wrote a way to deal with it"
		}
		return who + " began a " + item.Kind + " about it"
	case practice.RelProduced:
		return "the project led to this " + item.Kind
	}
	if verb := began[s.Rel]; verb != "" {
		return who + " " + verb
	}
	return who + " began this " + item.Kind
}

// kept tells what was made of something, and whose it is.
func (w *crowd) kept(s practice.Step, item api.Item, who string) string {
	says := "kept as a " + item.Kind
	switch item.Kind {
	case "story":
		return says + ", told by " + who
	case "way":
		return says + "; the insight is " + who + "'s"
	}
	return says + " by " + who
}

// named lists people in words.
func (w *crowd) named(people []protocol.MemberID) (text string) {
	for i, id := range people {
		switch {
		case i > 0 && i == len(people)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += w.c.person(id).Name
	}
	return text
}
