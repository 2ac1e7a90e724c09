package membership

import (
	"slices"

	"coppice.example/protocol"
)

// redaction is an effective redaction and whether it has power over the words
// of members and guests, or of its author alone.
type redaction struct {
	node      int32
	moderates bool
}

// Redaction is an effective redaction as a state has it.
type Redaction struct {
	ID      protocol.ChangeID
	Author  protocol.MemberID
	Changes []protocol.ChangeID // ascending
	// Moderates: it takes the words of others too who were below its author.
	Moderates bool
}

// Redactions returns the effective redactions by (lamport, id). What each takes
// of a change depends on whose that is, see [State.Redacts].
func (s *State) Redactions() []Redaction {
	var redactions []Redaction
	for i := range s.redactions.len() {
		r := s.redactions.get(int32(i))
		n := &s.g.nodes[r.node]
		redactions = append(redactions, Redaction{n.change.ID, s.g.members.ids[n.born.author], n.op.(*Redact).Changes, r.moderates})
	}
	slices.SortFunc(redactions, func(a, b Redaction) int { return s.g.compare(s.g.index[a.ID], s.g.index[b.ID]) })
	return redactions
}

// Redacts tells whether a redaction takes the words of a change by the given
// device that it names: its author's own, or, when it moderates, of whoever
// was below its author where it was written.
func (s *State) Redacts(r Redaction, device protocol.DeviceID) bool {
	i, ok := s.g.index[r.ID]
	if !ok {
		return false
	}
	n := &s.g.nodes[i]
	m, known := s.owner(device)
	if known && m == n.born.author {
		return true
	}
	return r.Moderates && (!known || above(n.before.rank(m)) <= n.born.rank)
}

// NamesWords tells whether any held redaction, void or not, names the change:
// then a run that lacks its words is taken.
func (g *Graph) NamesWords(id protocol.ChangeID) bool { return g.redacted[id] }
