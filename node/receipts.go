package node

import (
	"context"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// held says on whose machines all of a document lies, as last told.
func (c *community) held(ctx context.Context, document protocol.DocumentID) (out *api.Held, err error) {
	asked := c.ask(ctx, func(r *replica.Replica) {
		var latest uint64
		if latest, err = r.Latest(document); err == nil {
			out = c.holders(r, latest)
		}
	})
	if asked != nil {
		return nil, asked
	}
	return out, explain(err)
}

// holders counts who holds all that the runs up to a number brought. A member
// counts once, by any of her devices; this node's person always does.
func (c *community) holders(r *replica.Replica, arrival uint64) *api.Held {
	told := map[protocol.DeviceID]uint64{} // seconds since 1970
	for _, got := range r.Receipts() {
		if got.Arrival >= arrival {
			told[got.Device] = got.At
		}
	}
	out := &api.Held{}
	for _, m := range r.State().Members() {
		holds := m.ID == c.persona.Member
		for _, device := range m.Devices {
			if at, ok := told[device]; ok {
				holds = true
				if t := time.Unix(int64(at), 0).UTC(); out.AsOf == nil || t.After(*out.AsOf) {
					out.AsOf = &t
				}
			}
		}
		switch {
		case m.Keeper && holds:
			out.Keepers++
		case !m.Keeper && !m.Waiting:
			out.Of++
			if holds {
				out.Members++
			}
		}
	}
	return out
}
