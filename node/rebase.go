package node

import (
	"context"
	"slices"
	"strings"
	"unicode"

	letters "coppice.example/crdt/text"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
)

// rebase returns what a text reads when two came from one base apart: what
// stands now, and what a writer made of the base. What both did alike in one
// place is done once: who says it again after a lost answer changes nothing,
// as long as nobody wrote right beside it.
func rebase(base, now, wanted string) (string, error) {
	if base == now {
		return wanted, nil
	}
	from := []rune(base)
	theirs, mine := hunks(from, now), hunks(from, wanted)
	mine = slices.DeleteFunc(mine, func(h hunk) bool {
		return slices.ContainsFunc(theirs, func(other hunk) bool {
			return h.at == other.at && h.del == other.del && slices.Equal(h.ins, other.ins)
		})
	})
	var t letters.Text
	begun := []letters.ID{{1}}
	for _, c := range []letters.Change{
		{ID: begun[0], Edits: []letters.Edit{{Ins: base}}},
		{ID: letters.ID{2}, Parents: begun, Edits: edits(theirs)},
		{ID: letters.ID{3}, Parents: begun, Edits: edits(mine)},
	} {
		if err := t.Apply(c); err != nil {
			return "", err
		}
	}
	return t.String(), nil
}

// hunk says that del runes of a base were struck at a place and others written.
type hunk struct {
	at, del int
	ins     []rune
}

// hunks tells what became of a base, in order. Of the places that one hunk
// could stand at alike ("a b" to "a a b") it takes the same whoever asks.
func hunks(base []rune, now string) []hunk {
	var out []hunk
	drift := 0
	for _, e := range letters.Diff(string(base), now) {
		h := hunk{e.Pos - drift, e.Del, []rune(e.Ins)}
		drift += len(h.ins) - h.del
		out = append(out, h)
	}
	for i := range out {
		low, high := 0, len(base)
		if i > 0 {
			low = out[i-1].at + out[i-1].del
		}
		if i+1 < len(out) {
			high = out[i+1].at
		}
		out[i] = out[i].slid(base, low, high)
	}
	return out
}

// slid moves a hunk that only writes or only strikes, within low and high, to
// the best of the places at which it means the same: where a line begins, else
// where a word does, else the last.
func (h hunk) slid(base []rune, low, high int) hunk {
	n := len(h.ins) + h.del
	if n == 0 || h.del > 0 && len(h.ins) > 0 {
		return h
	}
	// The rune k places right of where what is written or struck begins, when
	// that is thought of as going on for ever.
	turned := func(k int) rune {
		k = (k%n + n) % n
		if h.del > 0 {
			return base[h.at+k]
		}
		return h.ins[k]
	}
	left, right := 0, 0
	for h.at+left > low && base[h.at+left-1] == turned(left-1) {
		left--
	}
	for h.at+right+h.del < high && base[h.at+right+h.del] == turned(right) {
		right++
	}
	best := right
	for _, begins := range []func(rune) bool{func(r rune) bool { return r == '\n' }, unicode.IsSpace} {
		k := right
		for k >= left && h.at+k > 0 && !begins(base[h.at+k-1]) {
			k--
		}
		if k >= left {
			best = k
			break
		}
	}
	moved := hunk{at: h.at + best, del: h.del}
	for k := range h.ins {
		moved.ins = append(moved.ins, turned(best+k))
	}
	return moved
}

// edits makes the edits of a text of hunks in order.
func edits(hunks []hunk) []letters.Edit {
	out, drift := make([]letters.Edit, len(hunks)), 0
	for i, h := range hunks {
		out[i] = letters.Edit{Index: i, Pos: h.at + drift, Del: h.del, Ins: string(h.ins)}
		drift += len(h.ins) - h.del
	}
	return out
}

// merging sets what somebody wants a text to say into what it says now.
type merging func(r *replica.Replica, w replica.Write, now, wanted string) (string, error)

// ontoBase merges what was made of a base.
func ontoBase(base string) merging {
	return func(_ *replica.Replica, _ replica.Write, now, wanted string) (string, error) {
		return rebase(base, now, wanted)
	}
}

// ontoMine merges what somebody wants her part of a text to say: what others
// wrote since she last did stays. Who never wrote in it adds hers below, unless
// what she wants holds all that is there.
func ontoMine(r *replica.Replica, w replica.Write, now, wanted string) (string, error) {
	left, err := r.Left(w.Document, w.Intents[0].Field)
	switch {
	case err != nil:
		return "", err
	case strings.Contains(wanted, strings.TrimSpace(now)):
		return wanted, nil
	case strings.TrimSpace(left) == "":
		return strings.TrimRight(now, "\n") + "\n\n" + wanted, nil
	}
	return rebase(left, now, wanted)
}

// rewrite does a rewrite that began from something else than what stands: what
// the writer changed is set into what stands when it is taken. Merged tells
// that this is not what she wrote, for others had written too.
func (c *community) rewrite(ctx context.Context, w replica.Write, onto merging) (merged bool, _ error) {
	in := &w.Intents[0]
	wanted, _ := in.Value.(string)
	replies := make(chan replica.Reply, 1)
	others := false // the loop's, until it has replied
	w.Token = replica.Token(c.tokens.Add(1))
	j := job{calls: map[replica.Token]waiter{w.Token: {replies: replies}}}
	j.make = func(r *replica.Replica) []replica.Input {
		now, err := standing(r, w, in)
		if err == nil {
			now, err = onto(r, w, now, wanted)
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
