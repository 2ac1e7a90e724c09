package node

import (
	"context"
	"slices"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// words adds to a member's page what she says of herself, what others say of
// what she did, and what passed between her and this node's person.
func (w *crowd) words(ctx context.Context, out *api.MemberPage) error {
	var id protocol.MemberID
	if err := id.UnmarshalText([]byte(out.ID)); err != nil {
		return err
	}
	out.Recognised, out.Between = []api.Recognition{}, []api.Passed{}
	one := w.people.Of(id)
	if one == nil {
		return nil // she waits for a nod, or keeps what others write
	}
	d, err := w.c.document(ctx, one.Page) // a card has the beginnings of texts alone
	if err != nil {
		return err
	}
	whole := *one
	if d != nil {
		whole.Read(d.Folded)
	}
	out.MemberWords = w.said(&whole)
	recognitions, err := w.recognitions()
	if err != nil {
		return err
	}
	for _, r := range recognitions {
		if r.of == one {
			out.Recognised = append(out.Recognised, w.recognised(r))
		}
	}
	if one != w.me {
		out.Between = w.between(one)
	}
	return nil
}

func (w *crowd) said(one *gathered.Person) api.MemberWords {
	out := api.MemberWords{
		Level: string(gathered.Levels(w.people, w.facts, w.now)[one.ID]),
		Does:  one.Does, Intro: one.Intro, Helps: w.items(one.Helps), Learns: w.items(one.Learns), Service: one.Service,
		Commitment: one.Commitment, Lapsed: one.Lapsed(w.now), Parting: one.Parting,
	}
	if one.Away(w.now) {
		out.AwayUntil = one.AwayUntil
	}
	if one.Committed > 0 {
		at := at2time(one.Committed)
		out.CommittedAt = &at
	}
	for _, id := range one.Guides {
		out.Guides = append(out.Guides, w.c.person(id))
	}
	return out
}

// between lists what passed between somebody and this node's person, the
// latest first. What both did side by side stands once.
func (w *crowd) between(one *gathered.Person) []api.Passed {
	out := []api.Passed{}
	for _, e := range slices.Backward(gathered.Between(w.people, w.exchanges(0), w.me, one)) {
		if e.What == envelope.Learned {
			continue // the other half of being helped along
		}
		out = append(out, api.Passed{
			At: at2time(e.At), By: w.c.person(e.By), To: w.c.person(e.To), Item: w.item(e.Document), Says: w.says(e),
		})
	}
	return out
}
