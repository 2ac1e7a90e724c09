package membership

import "fmt"

// Rank is what a member may do, in steps that leave room between them.
type Rank uint8

// The ranks. A keeper has none.
const (
	None     Rank = 0
	Guest    Rank = 1
	Member   Rank = 2
	Convener Rank = 4
	Founder  Rank = 6
)

// Valid tells whether r is one of the ranks.
func (r Rank) Valid() bool {
	switch r {
	case None, Guest, Member, Convener, Founder:
		return true
	}
	return false
}

// String returns the rank's name in the dictionary.
func (r Rank) String() string {
	switch r {
	case None:
		return "none"
	case Guest:
		return "guest"
	case Member:
		return "member"
	case Convener:
		return "convener"
	case Founder:
		return "founder"
	}
	return fmt.Sprintf("rank(%d)", uint8(r))
}
