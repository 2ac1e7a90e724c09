package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// mostRedacted is how many changes one redaction names.
const mostRedacted = 256

// Withdraw implements [api.Choosers]. Of an entry it takes back the changes
// that wrote it; of a document those of this member, or for a convener all. A
// story that its teller or its writer takes back shows nowhere any more, whoever
// typed it.
func (n *Node) Withdraw(ctx context.Context, call api.Call, id string) (api.Withdrawn, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Withdrawn{}, err
	}
	at, d, err := c.withdrawable(ctx, id)
	if err != nil {
		return api.Withdrawn{}, err
	}
	var all bool
	if err := c.ask(ctx, func(r *replica.Replica) {
		all = r.State().Rank(c.persona.Member) >= membership.Convener
	}); err != nil {
		return api.Withdrawn{}, err
	}
	entry := protocol.EntryID{}
	if at.entry != "" {
		if entry, err = envelope.ParseEntry(at.entry); err != nil {
			return api.Withdrawn{}, err
		}
	}
	out := api.Withdrawn{}
	changes, hidden := withdrawn(d, entry, c.persona.Member, all), false
	if at.entry == "" {
		if hidden, err = c.conceal(ctx, call, d); err != nil {
			return out, err
		}
		if hidden && !all {
			out.Left = c.persons(typed(d, c.persona.Member))
		}
	}
	if len(changes) == 0 && !hidden {
		return api.Withdrawn{}, api.Hint(fmt.Errorf("%w: nothing in it is yours to take back", api.ErrNotPermitted), "a convener can: `coppice member list` shows who is one")
	}
	slices.SortFunc(changes, protocol.ChangeID.Compare)
	for part := range slices.Chunk(changes, mostRedacted) {
		if _, err := c.decide(ctx, n.cfg.wall(call.Now), &membership.Redact{Changes: part}, ""); err != nil {
			return api.Withdrawn{}, err
		}
	}
	out.Changes = len(changes)
	return out, nil
}

// withdrawable finds what is to be taken back. What shows no more, because its
// teller took it back, is found by its whole id.
func (c *community) withdrawable(ctx context.Context, id string) (at found, d *replica.Document, err error) {
	at, err = c.findItself(id)
	if errors.Is(err, api.ErrNotFound) && at.document.UnmarshalText([]byte(id)) == nil {
		var unknown error
		if err := c.ask(ctx, func(r *replica.Replica) { d, unknown = r.Withheld(at.document) }); err != nil {
			return at, nil, err
		}
		if unknown == nil && len(d.History) > 0 {
			return at, d, nil
		}
	}
	if err != nil {
		return at, nil, err
	}
	if d, err = c.document(ctx, at.document); err == nil && d == nil {
		err = fmt.Errorf("%w: %s shows nothing any more", api.ErrNotFound, id)
	}
	return at, d, err
}

// conceal has a story of this member's, that she tells or wrote down, show
// nothing any more; false for anything else.
func (c *community) conceal(ctx context.Context, call api.Call, d *replica.Document) (bool, error) {
	f := d.Folded
	if f == nil || f.Kind != practice.Story || practice.TellerOf(f) != envelope.Value(c.persona.Member) && f.Author != c.persona.Member {
		return false, nil
	}
	_, err := c.write(ctx, call, replica.Write{Document: f.ID, Intents: []envelope.Intent{{Field: "withdrawn", Verb: envelope.DoSet, Value: true}}})
	return err == nil, err
}

// typed lists who else wrote in the texts of a document, by id.
func typed(d *replica.Document, but protocol.MemberID) (who []protocol.MemberID) {
	for _, s := range d.History {
		wrote := slices.ContainsFunc(s.Operations, func(op protocol.Operation) bool {
			return op.Path.Entry == protocol.EntryID{} && op.Code == protocol.Insert
		})
		if wrote && s.Author != but && !slices.Contains(who, s.Author) {
			who = append(who, s.Author)
		}
	}
	slices.SortFunc(who, protocol.MemberID.Compare)
	return who
}

// withdrawn lists the changes that wrote an entry, or with none named the
// document; those of one member, or of all.
func withdrawn(d *replica.Document, entry protocol.EntryID, who protocol.MemberID, all bool) (changes []protocol.ChangeID) {
	for _, s := range d.History {
		conceals := func(op protocol.Operation) bool {
			return (d.Folded == nil || d.Folded.Kind == practice.Story) && op.Path == (protocol.Path{Field: practice.Withdrawn})
		}
		if s.Author != who && !all || s.Waiting || slices.ContainsFunc(s.Operations, conceals) {
			continue // without its last word a story would show again
		}
		of := func(op protocol.Operation) bool { return op.Path.Entry == entry }
		if entry == (protocol.EntryID{}) || s.Change == entry.Change || slices.ContainsFunc(s.Operations, of) {
			changes = append(changes, s.Change)
		}
	}
	return changes
}
