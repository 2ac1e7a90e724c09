package node

import (
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// announce notes what a step meant for who holds what, and lets pages know
// who is within reach. Only the loop calls it.
func (c *community) announce(inputs []replica.Input, outputs []replica.Output) {
	same := slices.ContainsFunc(outputs, func(o replica.Output) bool {
		e, is := o.(replica.Event)
		return is && e.What == replica.InSync
	})
	moved := same || slices.ContainsFunc(outputs, func(o replica.Output) bool { _, is := o.(replica.Append); return is }) ||
		slices.ContainsFunc(inputs, func(in replica.Input) bool {
			switch in.(type) {
			case replica.Connected, replica.Closed:
				return true
			}
			return false
		})
	heard := c.node.feed.Heard()
	if !heard {
		c.reach = [2]int{-1, -1} // whoever comes next is told the next change, whatever it is
	}
	if !same && !(moved && heard) {
		return
	}
	sessions := c.replica.Status().Sessions
	reach := [2]int{len(sessions), 0}
	for _, s := range sessions {
		if s.InSync {
			reach[1]++
		}
	}
	if reach[1] > 0 { // another node holds all that this one holds
		c.heldTo.Store(c.store.Arrived())
	}
	if heard && reach != c.reach {
		c.reach = reach
		c.node.feed.Tell(api.Event{Event: api.EventSync, Community: c.id.String(), Peers: &reach[0], InSync: &reach[1]})
	}
}

// changed lets pages know which documents the view shows anew.
func (c *community) changed(documents map[protocol.DocumentID]replica.Document) {
	if len(documents) == 0 || !c.node.feed.Heard() {
		return
	}
	e := api.Event{Event: api.EventChanged, Community: c.id.String()}
	for id, d := range documents {
		e.IDs = append(e.IDs, id.String())
		if d.Folded != nil && !slices.Contains(e.Kinds, d.Folded.KindName) {
			e.Kinds = append(e.Kinds, d.Folded.KindName)
		}
	}
	slices.Sort(e.IDs)
	slices.Sort(e.Kinds)
	c.node.feed.Tell(e)
}
