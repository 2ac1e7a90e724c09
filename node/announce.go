package node

import (
	"slices"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// announce lets pages know who is within reach and who of them holds what this
// node holds, when a step changed that. Only the loop calls it.
func (c *community) announce(inputs []replica.Input, outputs []replica.Output) {
	if !c.node.feed.Heard() {
		c.reach = [2]int{-1, -1} // whoever comes next is told the next change, whatever it is
		return
	}
	if !slices.ContainsFunc(inputs, comesOrGoes) && !slices.ContainsFunc(outputs, tellsOfReach) {
		return
	}
	sessions := c.replica.Status().Sessions
	reach := [2]int{len(sessions), 0}
	for _, s := range sessions {
		if s.InSync {
			reach[1]++
		}
	}
	if reach != c.reach {
		c.reach = reach
		c.node.feed.Tell(api.Event{Event: api.EventSync, Community: c.id.String(), Peers: &reach[0], InSync: &reach[1]})
	}
}

func comesOrGoes(in replica.Input) bool {
	switch in.(type) {
	case replica.Connected, replica.Closed:
		return true
	}
	return false
}

// tellsOfReach tells whether an output may mean that another node holds what
// this one holds, or no longer does.
func tellsOfReach(o replica.Output) bool {
	switch o := o.(type) {
	case replica.Append:
		return true
	case replica.Event:
		return o.What == replica.InSync || o.What == replica.CaughtUp
	}
	return false
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
