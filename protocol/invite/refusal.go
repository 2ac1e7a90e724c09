package invite

import "fmt"

// Refusal is the one reason a node gives to who holds the right key and is
// not let in. It is an error with a sentence for the newcomer.
type Refusal uint8

// The refusals.
const (
	Expired       Refusal = 1
	UsedUp        Refusal = 2
	Revoked       Refusal = 3
	KeeperOnly    Refusal = 4 // a keeper answers; comes with the genesis
	NotPermitted  Refusal = 5 // the node's own member may let nobody in
	NeedsConvener Refusal = 6 // was removed before: only a convener lets her in again
	Later         Refusal = 7 // full, stopping: try again
	Out           Refusal = 8 // a root whose member is no longer in
)

var sentences = map[Refusal]string{
	Expired:       "this invite has expired: ask for a new one",
	UsedUp:        "this invite was used up: ask for a new one",
	Revoked:       "this invite was revoked: ask who invited you",
	KeeperOnly:    "no member is awake: a keeper answered, who cannot let you in",
	NotPermitted:  "only nodes that may not let anyone in are awake",
	NeedsConvener: "a removed person comes back only through a convener, and none is awake",
	Later:         "the node that answered cannot let anyone in just now",
	Out:           "the member of this recovery kit is no longer in the community: ask a convener for an invite",
}

// Error implements error.
func (r Refusal) Error() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return fmt.Sprintf("refused for a reason this version does not know (%d)", uint8(r))
}

// Final tells whether asking again with the same invite is of no use.
func (r Refusal) Final() bool { return r == Expired || r == UsedUp || r == Revoked || r == Out }
