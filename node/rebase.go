package node

import (
	"context"

	letters "coppice.example/crdt/text"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
)

// rebase returns what a text reads when two came from one base apart: what
// stands now, and what a writer made of the base. What both did alike is done
// once, so that saying it again after a lost answer changes nothing.
func rebase(base, now, wanted string) (string, error) {
	if base == now {
		return wanted, nil
	}
	theirs, mine := letters.Diff(base, now), letters.Diff(base, wanted)
	common := map[letters.Edit]bool{}
	for _, e := range onBase(theirs) {
		common[e] = true
	}
	ours, drift := []letters.Edit(nil), 0
	for i, e := range onBase(mine) {
		if common[e] {
			drift += len([]rune(e.Ins)) - e.Del // not done, so what follows stands elsewhere
			continue
		}
		kept := mine[i]
		kept.Pos -= drift
		ours = append(ours, kept)
	}
	var t letters.Text
	begun := []letters.ID{{1}}
	for _, c := range []letters.Change{
		{ID: begun[0], Edits: []letters.Edit{{Ins: base}}},
		{ID: letters.ID{2}, Parents: begun, Edits: theirs},
		{ID: letters.ID{3}, Parents: begun, Edits: ours},
	} {
		if err := t.Apply(c); err != nil {
			return "", err
		}
	}
	return t.String(), nil
}

// onBase moves edits, each of which stands on those before it, to where they
// stand on the text they all began from.
func onBase(edits []letters.Edit) []letters.Edit {
	out, drift := make([]letters.Edit, len(edits)), 0
	for i, e := range edits {
		out[i] = e
		out[i].Pos, out[i].Index = e.Pos-drift, 0
		drift += len([]rune(e.Ins)) - e.Del
	}
	return out
}

// rewrite does a rewrite that began from a base: what the writer changed is
// set into what stands when it is taken. Merged tells that this is not what
// she wrote, for others had written too.
func (c *community) rewrite(ctx context.Context, w replica.Write, base string) (merged bool, _ error) {
	in := &w.Intents[0]
	wanted, _ := in.Value.(string)
	replies := make(chan replica.Reply, 1)
	others := false // the loop's, until it has replied
	w.Token = replica.Token(c.tokens.Add(1))
	j := job{calls: map[replica.Token]waiter{w.Token: {replies: replies}}}
	j.make = func(r *replica.Replica) []replica.Input {
		now, err := standing(r, w, in)
		if err == nil {
			now, err = rebase(base, now, wanted)
		}
		if err != nil {
			replies <- replica.Reply{Token: w.Token, Err: err}
			return nil
		}
		in.Value, others = now, now != wanted
		return []replica.Input{w}
	}
	if err := c.put(ctx, j); err != nil {
		return false, err
	}
	select {
	case r := <-replies:
		return others, explain(r.Err)
	case <-ctx.Done():
		return false, ctx.Err() // what was asked for may still be done
	case <-c.done:
		return false, errEnding
	}
}

// standing returns what the text that an intent rewrites says now.
func standing(r *replica.Replica, w replica.Write, in *envelope.Intent) (string, error) {
	d, err := r.Document(w.Document)
	if err != nil || d.Folded == nil {
		return "", err
	}
	shown := d.Folded.Field(in.Field)
	if in.Entry == "" {
		return shown.Text, nil
	}
	for _, e := range shown.Entries {
		if envelope.EntryName(e.ID) != in.Entry {
			continue
		}
		for _, f := range e.Fields {
			if f.Name == in.Sub {
				return f.Text, nil
			}
		}
	}
	return "", nil
}
