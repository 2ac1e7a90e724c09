package node

import (
	"context"
	"fmt"
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// mostRedacted is how many changes one redaction names.
const mostRedacted = 256

// Withdraw implements [api.Choosers]. Of an entry it takes back the changes
// that wrote it; of a document those of this member, or for a convener all.
func (n *Node) Withdraw(ctx context.Context, call api.Call, id string) (api.Withdrawn, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Withdrawn{}, err
	}
	at, err := c.findItself(id)
	if err != nil {
		return api.Withdrawn{}, err
	}
	d, err := c.document(ctx, at.document)
	if err == nil && d == nil {
		err = fmt.Errorf("%w: %s shows nothing any more", api.ErrNotFound, id)
	}
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
	changes := withdrawn(d, entry, c.persona.Member, all)
	if len(changes) == 0 {
		return api.Withdrawn{}, api.Hint(fmt.Errorf("%w: nothing in it is yours to take back", api.ErrNotPermitted), "a convener can: `coppice member list` shows who is one")
	}
	slices.SortFunc(changes, protocol.ChangeID.Compare)
	for part := range slices.Chunk(changes, mostRedacted) {
		if _, err := c.decide(ctx, n.cfg.wall(call.Now), &membership.Redact{Changes: part}, ""); err != nil {
			return api.Withdrawn{}, err
		}
	}
	return api.Withdrawn{Changes: len(changes)}, nil
}

// withdrawn lists the changes that wrote an entry, or with none named the
// document; those of one member, or of all.
func withdrawn(d *replica.Document, entry protocol.EntryID, who protocol.MemberID, all bool) (changes []protocol.ChangeID) {
	for _, s := range d.History {
		if s.Author != who && !all || s.Waiting {
			continue
		}
		of := func(op protocol.Operation) bool { return op.Path.Entry == entry }
		if entry == (protocol.EntryID{}) || s.Change == entry.Change || slices.ContainsFunc(s.Operations, of) {
			changes = append(changes, s.Change)
		}
	}
	return changes
}
